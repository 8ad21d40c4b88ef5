"""A loss greater than ships show by themselves where they are.

Trees know what they were shown. In open water, without a great turn, where few of the ships before slowed, natural
losses of speed fall off exponentially: in the Kattegat by e every 3 % of the speed where ten ships and more are known
to pass, by e every 6 % where fewer are. From some loss on none was seen; there trees count a loss of 50 % no more
than one of 25 %, and where few ships are known they count either too little. So such a loss counts for no less than
a natural score that is as rare as the loss itself (`train.drag_beyond`); beyond all that was watched its log-odds
grow by one for each time that it is rarer by e, as a likelihood ratio does, but for `RARER` times at the most:
engines do fail.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from seawarden.behaviours.drag.asked import LEAST_BEFORE_KN, STOPPED_KN
from seawarden.behaviours.drag.names import INDEX
from seawarden.model.position import F64, I64

TURN_MOST_DEG: Final = 40.0
"""Ships in the Kattegat's lanes lose no more in turns of 20-40 degrees than on a straight course; over 40 they do."""
SHIPS_MANY: Final = 10.0
SLOWED_MOST: Final = 0.08
SHELTER_MOST: Final = 0.1
"""Among islands and in fjords ships stop on a straight course as a matter of course."""
EVERY_MIN: Final = (2.0, 4.0, 7.0)
"""How often a ship is heard: her natural losses fall off as fast in reports of three minutes as of one, somewhat
slower in reports of five, where a turn in between goes unheard. Beyond seven minutes nothing was measured."""
SETTLED_MIN: Final = 5.0
"""So long after its onset a loss is measured past its settling (`features.SETTLE_S`); before, on few reports."""
RARER: Final = 30.0
"""Thirty times rarer than what nineteen ship-days show is once in a year and a half under way: about as often as
engines fail (own estimate)."""
PLACES: Final = ("lane", "aside")
"""Ten ships or more are known to pass here on this course; fewer are, where others are known near."""


class Beyond(NamedTuple):
    """How rare natural losses are in one kind of place, in the terms of natural scores as rare."""

    begin: float
    """Loss of log speed that is as rare there as the scores in whose tail it is set."""
    level: float
    """Log-odds that natural traffic reaches as often as it loses `begin` there."""
    slope: float
    """Log-odds for each unit of log speed more, as far as natural losses were seen."""
    end: float
    """Loss of log speed of which one is to be expected in all that was watched."""
    fall: float
    """Natural losses fall by e over so much, upper 95 % bound: beyond the end the log-odds grow by one for each."""


_UNKNOWN: Final = Beyond(*(math.nan,) * 5)
_MOST: Final = math.log(RARER)
_LOSS: Final = INDEX["loss"]
_LOSS_NOW: Final = INDEX["loss_now"]
_TURN_NEAR: Final = INDEX["turn_near_deg"]
_TURN: Final = INDEX["turn_deg"]
_SHIPS: Final = INDEX["lane_ships"]
_SLOWED: Final = INDEX["lane_slowed"]
_SHELTER: Final = INDEX["shelter"]
_AGE: Final = INDEX["onset_age_min"]
_CADENCE: Final = INDEX["cadence_min"]
_BEFORE: Final = INDEX["before_kn"]
_NOW: Final = INDEX["now_kn"]


Beyonds = Mapping[str, Beyond]
"""By kind (`kind_of`); nothing is known of natural losses in those that are left out, and nothing is added."""
NOWHERE: Final[Beyonds] = {}


def magnitude(features: F64) -> F64:
    """Loss of log speed that is told by the whole time since the onset and by the last five minutes, shape (m,)."""
    least: F64 = np.minimum(features[:, INDEX["loss"]], features[:, INDEX["loss_now"]])
    return least


def kind_of(place: str, every_min: float) -> str:
    """Name of a kind: the place, and the most minutes between two reports, as `lane/2`."""
    return f"{place}/{every_min:g}"


KINDS: Final = tuple(kind_of(place, every) for every in EVERY_MIN for place in PLACES)


def kinds(features: F64) -> dict[str, npt.NDArray[np.bool_]]:
    """Rows of each of `KINDS`, where natural losses fall off, shape (m,) each: open water, few ships slow there.

    A place of which no traffic is known at all is of no kind, nor is a loss that has not settled, nor a ship that the
    model is not asked about.
    """
    found = np.empty(len(features), dtype=np.int64)
    _kinds(features, found)
    return {kind: found == k for k, kind in enumerate(KINDS)}


def least_log_odds(features: F64, beyonds: Beyonds) -> F64:
    """What the loss counts for at the least, shape (m,); minus infinity where natural losses say nothing of it."""
    least = np.full(len(features), -np.inf)
    if beyonds:
        table = np.array([beyonds.get(kind, _UNKNOWN) for kind in KINDS])
        _least(features, table, least)
    return least


@njit(cache=True)
def _kind(row: F64) -> int:
    """Place in `KINDS` of one row, -1 without any."""
    near, across = row[_TURN_NEAR], row[_TURN]
    turned = across if math.isnan(near) else near if math.isnan(across) else max(near, across)
    heard, ships = row[_CADENCE], row[_SHIPS]
    asked = row[_BEFORE] >= LEAST_BEFORE_KN and row[_NOW] >= STOPPED_KN
    open_water = row[_SHELTER] <= SHELTER_MOST and turned < TURN_MOST_DEG
    if not (asked and open_water and row[_AGE] >= SETTLED_MIN and heard > 0.0) or row[_SLOWED] > SLOWED_MOST:
        return -1
    place = 0 if ships >= SHIPS_MANY else 1 if ships < SHIPS_MANY else -1
    if place < 0:
        return -1
    for k, most in enumerate(EVERY_MIN):
        if heard <= most:
            return len(PLACES) * k + place
    return -1


@njit(cache=True)
def _kinds(features: F64, found: I64) -> None:
    for i in range(len(features)):
        found[i] = _kind(features[i])


@njit(cache=True)
def _least(features: F64, table: F64, least: F64) -> None:
    """Fill in what losses count for, by a table of `Beyond`, shape (len(KINDS), 5), NaN where nothing is known."""
    for i in range(len(features)):
        lost = min(features[i, _LOSS], features[i, _LOSS_NOW])
        if math.isnan(features[i, _LOSS]) or math.isnan(features[i, _LOSS_NOW]):
            continue
        kind = _kind(features[i])
        if kind < 0 or not lost > table[kind, 0]:
            continue
        seen = table[kind, 1] + table[kind, 2] * (min(lost, table[kind, 3]) - table[kind, 0])
        least[i] = seen + min(max((lost - table[kind, 3]) / table[kind, 4], 0.0), _MOST)


def beyond_term(features: F64, own: F64, beyonds: Beyonds) -> F64:
    """What a loss beyond the natural ones adds to the log-odds `own` of the trees, shape (m,)."""
    return np.maximum(least_log_odds(features, beyonds) - own, 0.0)


def to_plain(beyonds: Beyonds) -> dict[str, dict[str, float]]:
    """For a JSON file."""
    return {kind: {k: round(v, 6) for k, v in one._asdict().items()} for kind, one in beyonds.items()}


def from_plain(plain: dict[str, dict[str, float]]) -> Beyonds:
    """What `to_plain` gave."""
    return {kind: Beyond(**{name: float(x) for name, x in one.items()}) for kind, one in plain.items()}
