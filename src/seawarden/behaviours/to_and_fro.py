"""To and fro where she came to lie: what a ship does that heaves an anchor in, or works loose from what it holds.

A bulk carrier that had dragged an anchor for a day and a half in November 2024 lay for about an hour and moved to and
fro before she sailed on. A ship adrift goes one way, one that swings at her anchor takes hours for it. Innocent ships
do it seldom: in 315 ship-days under way of nine sources (127 of them kept aside), of 90 spells of a quarter of an
hour and more off anchorages, by 53 ships that do not fish, three were to and fro, two of one ship (0.03, exact 95 %
0.01-0.09; kept aside 1 of 23). At anchorages 8 of 160 were, of fishing vessels 24 of 85: these and other craft whose
trade it is are passed over, and so are ports and ships that say that they are at anchor.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.behaviours import measure
from seawarden.behaviours.emit import SPARE, Buffer, collect, emit
from seawarden.behaviours.judged import Candidate, Judged, ended
from seawarden.behaviours.patterned import RESTRICTED, explained, in_port, plies, ship_type
from seawarden.behaviours.swings import Swings, swings_of
from seawarden.model.error import Uncertain
from seawarden.model.finding import Change, Threshold
from seawarden.model.position import I32, I64, NO_TIME
from seawarden.ports import Enriched, FleetView, Rows, Spec, Surroundings, Track
from seawarden.settings_patterns import ToAndFroSettings

LOOK: Final = 0
CLOSE: Final = 1
AT_REST: Final = (1, 5, 6)
"""Navigational status by ITU-R M.1371-5, table 45: at anchor, moored, aground."""
GROWTH: Final = 1.5
"""It is told again when there are half as many legs more."""


class Limits(NamedTuple):
    """The screen's settings."""

    way_kn: float
    slow_kn: float
    came_ms: int
    least_ms: int
    most_ms: int
    step_ms: int
    gap_ms: int


class ToAndFroState(NamedTuple):
    """Arrays (n,). The screen writes the first part alone, the looks the last column."""

    last_t: I64
    way_t: I64
    """Last position under way, ms, or NO_TIME."""
    since: I64
    """Begin of the spell in which she is slow and to which she came from way, ms, or NO_TIME."""
    look_t: I64
    legs: I32
    """Legs told of the open finding; 0 when none is open."""


def new_state(n: int) -> ToAndFroState:
    """State arrays for `n` ships."""
    last_t, way_t, since, look_t = (np.full(n, NO_TIME, dtype=np.int64) for _ in range(4))
    return ToAndFroState(last_t, way_t, since, look_t, np.zeros(n, dtype=np.int32))


@njit(cache=True, nogil=True)
def screen(begin: int, e: Enriched, state: ToAndFroState, limits: Limits, out: Buffer) -> int:
    """Follow each ship from way to rest; hand her out while she is slow, and once more when that ends."""
    p = e.p
    for j in range(begin, len(p.t)):
        if len(out.t) - out.used[0] < SPARE:
            return j
        v = e.speed_kn[j]
        if e.believed[j] == 0 or np.isnan(v):
            continue
        i = e.slot[j]
        t = p.t[j]
        if state.last_t[i] != NO_TIME and t - state.last_t[i] > limits.gap_ms:
            _end(out, state, i, state.last_t[i])
            state.way_t[i] = NO_TIME
        state.last_t[i] = t
        if v >= limits.slow_kn:
            _end(out, state, i, t)
            if v >= limits.way_kn:
                state.way_t[i] = t
            continue
        if state.since[i] == NO_TIME:
            if state.way_t[i] == NO_TIME or t - state.way_t[i] > limits.came_ms:
                continue
            state.since[i] = t
            state.look_t[i] = t
        lasted = t - state.since[i]
        if limits.least_ms <= lasted <= limits.most_ms and t - state.look_t[i] >= limits.step_ms:
            state.look_t[i] = t
            row = emit(out, t, i, LOOK, -1, state.since[i])
            out.v[row, 0] = p.lat[j]
            out.v[row, 1] = p.lon[j]
    return len(p.t)


@njit(cache=True, nogil=True)
def silent(begin: int, state: ToAndFroState, until_t: int, gap_ms: int, out: Buffer) -> int:
    """A gap in her reports ends the spell."""
    for i in range(begin, len(state.last_t)):
        if len(out.t) - out.used[0] < SPARE:
            return i
        if state.since[i] != NO_TIME and state.last_t[i] + gap_ms < until_t:
            _end(out, state, i, state.last_t[i])
            state.way_t[i] = NO_TIME
    return len(state.last_t)


@njit(cache=True)
def _end(out: Buffer, state: ToAndFroState, i: int, t: int) -> None:
    if state.since[i] != NO_TIME:
        emit(out, t, i, CLOSE, -1, state.since[i])
        state.since[i] = NO_TIME


class ToAndFro(Judged):
    """To and fro where she came to lie."""

    spec = Spec(
        name="to_and_fro",
        kinds=("to_and_fro",),
        scope="ship",
        title="A ship that came to lie moves to and fro over a short stretch, as one does that heaves an anchor in.",
        inputs=("t", "lat", "lon", "sog_kn", "nav_status", "trust"),
        look_back_s=4 * 3600,
    )

    def __init__(self, settings: ToAndFroSettings) -> None:
        self._settings = s = settings
        spans = (int(value * 1000) for value in (s.came_s, s.least_s, s.most_s, s.step_s, s.gap_s))
        self._limits = Limits(float(s.way_kn), float(s.slow_kn), *spans)
        where = "behaviours.to_and_fro."
        self._thresholds = (
            Threshold(name="most speed", value=s.slow_kn, unit="kn", setting=where + "slow_kn"),
            Threshold(name="least leg", value=s.least_leg_m, unit="m", setting=where + "least_leg_m"),
            Threshold(name="legs", value=s.least_legs, unit="1", setting=where + "least_legs"),
        )

    def init_state(self, n: int) -> ToAndFroState:
        """State arrays for `n` ships."""
        return new_state(n)

    def screen(self, batch: Enriched, state: ToAndFroState, around: Surroundings) -> Rows:
        """Spells worth a look."""
        return collect(len(batch.slot), lambda begin, out: screen(begin, batch, state, self._limits, out))

    def silent(self, state: ToAndFroState, until_t: int, around: Surroundings) -> Rows | None:
        """A gap in her reports ends the spell."""
        waits = state.since != NO_TIME
        return ended(waits, lambda begin, out: silent(begin, state, until_t, self._limits.gap_ms, out))

    def judge(self, one: Candidate, view: FleetView, around: Surroundings, state: ToAndFroState) -> Iterator[Change]:
        """Movements to and fro as findings."""
        slot, told = one.slot, int(state.legs[one.slot])
        if one.code == CLOSE:
            state.legs[slot] = 0
            if told:
                yield one.closes("to_and_fro", measure.duration("duration", (one.t - one.start_t) / 1000))
            return
        lat, lon = float(one.v[0]), float(one.v[1])
        if plies(ship_type(view, slot)) or in_port(around, lat, lon):
            return
        s = self._settings
        track = view.track(slot, one.start_t, one.t + 1)
        said, restricted = _says(track)
        found = (
            None
            if said
            else swings_of(
                track, slow_kn=s.slow_kn, least_s=s.least_s, least_leg_m=s.least_leg_m, least_legs=s.least_legs
            )
        )
        if found is None or found.legs < GROWTH * told:
            return
        state.legs[slot] = found.legs
        yield Change(
            action="update" if told else "open", kind="to_and_fro", slot=slot, asset=-1, start_t=one.start_t, t=one.t,
            measured=_measured(found), thresholds=self._thresholds,
            benign=explained(view, slot, around, lat, lon, restricted),
        )  # fmt: skip


def _says(track: Track) -> tuple[bool, bool]:
    """Whether she mostly says that she lies, and that she is restricted."""
    if not len(track.t):
        return False, False
    return (
        float(np.mean(np.isin(track.nav_status, AT_REST))) >= 0.5,
        float(np.mean(track.nav_status == RESTRICTED)) >= 0.5,
    )


def _measured(found: Swings) -> tuple[Uncertain, ...]:
    return (
        Uncertain(name="legs", value=float(found.legs), unit="1", method=found.told),
        measure.distance(found.length_m, found.sigma_m, "leg", "the middle one, along the line that fits best"),
        measure.duration("duration", found.spell_s, method="since she was slow"),
    )
