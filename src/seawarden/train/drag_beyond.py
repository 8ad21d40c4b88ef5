"""How large the losses of speed are that ships show by themselves (`behaviours.drag.beyond`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from seawarden.behaviours.drag.beyond import (
    EVERY_MIN,
    KINDS,
    NOWHERE,
    PLACES,
    Beyond,
    Beyonds,
    kind_of,
    kinds,
    magnitude,
)
from seawarden.model.position import F64
from seawarden.simulate.cadence import thin
from seawarden.train.drag_alarms import gated, held, peaks, tail_of
from seawarden.train.drag_cases import real, rows_of
from seawarden.train.drag_rows import Fitted, calibrated, fold_of
from seawarden.train.drag_sources import Stratum
from seawarden.train.drag_tracks import RealTrack

LEAST_LOSS: Final = 0.05
"""Greater losses of log speed fall off exponentially in the Kattegat: in lanes by e every 0.029 over this, over 0.08
and over 0.1 alike (114, 41 and 21 of them), aside from them by e every 0.040-0.053 (15, 9 and 7)."""
HEARD_S: Final = dict(zip(EVERY_MIN, (0.0, 180.0, 300.0), strict=True))
"""How tracks are thinned to learn how natural losses look when heard less often: shortest gap, s; 0 as they are."""
LEAST_REPORTS: Final = 8
LEAST_EVENTS: Final = 5
"""With fewer natural losses nothing is said of greater ones; with few the bound of their mean claims little."""


class Shown(NamedTuple):
    """What one track shows by itself, no anchor out."""

    mmsi: int
    days: float
    """Under way."""
    high: F64
    """Peaks of the score of its trees, log-odds, shape (p,)."""
    losses: Mapping[str, F64]
    """The most of each hour by kind (`behaviours.drag.beyond.KINDS`), shape (k,) each."""


def with_beyond(fits: Sequence[Fitted], shown: Sequence[Shown]) -> list[Fitted]:
    """The fits, each with what the natural losses of the ships of the other folds tell of greater ones."""
    fold = fold_of(np.array([one.mmsi for one in shown], dtype=np.int64))
    return [
        fitted._replace(beyond=beyond_of([one for one, own in zip(shown, fold, strict=True) if own != k]))
        for k, fitted in enumerate(fits)
    ]


def beyond_of(shown: Sequence[Shown]) -> Beyonds:
    """For each kind the exponential tail of natural losses, set beside the tail of natural scores.

    Both say how often in a ship-day natural traffic goes so far: a loss counts for the score that is reached as
    often, from the loss on that is as rare as the begin of the scores' tail to the one of which one is to be expected
    in all that was watched. The mean of the losses is its upper 95 % bound, so that few of them claim little.
    """
    high = np.concatenate([one.high for one in shown]) if shown else np.empty(0)
    if len(high) <= LEAST_EVENTS:
        return NOWHERE
    from scipy.stats import chi2

    tail = tail_of(high, sum(one.days for one in shown))
    found: dict[str, Beyond] = {}
    for kind, losses in losses_of(shown).items():
        count = len(losses)
        if count < LEAST_EVENTS:
            continue
        mean = float(2.0 * np.sum(losses - LEAST_LOSS) / chi2.ppf(0.05, 2 * count))
        more = max(float(np.log(count / tail.peaks)), 0.0)
        level = tail.begin + tail.scale * (float(np.log(tail.peaks / count)) + more)
        end = LEAST_LOSS + mean * float(np.log(count))
        found[kind] = Beyond(LEAST_LOSS + mean * more, level, tail.scale / mean, end, mean)
    return found


def losses_of(shown: Sequence[Shown]) -> dict[str, F64]:
    """Natural losses over `LEAST_LOSS` of each kind, shape (k,) each."""
    joined = {kind: np.concatenate([np.empty(0), *(one.losses[kind] for one in shown)]) for kind in KINDS}
    return {kind: losses[losses > LEAST_LOSS] for kind, losses in joined.items()}


def natural_losses(strata: Sequence[Stratum], fits: Sequence[Fitted], lines: dict[str, list[float]]) -> list[Shown]:
    """What each track heard every minute shows by itself, scored by the fit that has not seen the ship."""
    found: list[Shown] = []
    for stratum in (s for s in strata if s.heard == "minute"):
        for number, track in enumerate(stratum.tracks):
            losses: dict[str, F64] = dict.fromkeys(KINDS, np.empty(0))
            high = np.empty(0)
            for every, cadence_s in HEARD_S.items():
                ship = _thinned(track, cadence_s)
                if ship is None:
                    continue
                t_s, x = rows_of(real(ship, number, heading=False), ship)
                of = kinds(x)
                for kind in (kind_of(place, every) for place in PLACES):
                    losses[kind] = peaks(t_s[of[kind]], held(magnitude(x[of[kind]]), stratum.dense))
                if cadence_s == 0.0:
                    fitted = fits[int(fold_of(np.array([track.mmsi]))[0])]._replace(beyond=NOWHERE)
                    high = peaks(t_s, held(gated(calibrated(x, fitted, lines), x), stratum.dense))
            found.append(Shown(track.mmsi, track.hours / 24.0, high, losses))
    return found


def _thinned(track: RealTrack, cadence_s: float) -> RealTrack | None:
    """The track as if heard less often; None where too little of it is left."""
    if cadence_s == 0.0:
        return track
    kept = thin(track.positions, track.mmsi, int(track.positions.t[0]), cadence_s=cadence_s)
    return track._replace(positions=kept, cadence_s=cadence_s) if len(kept.t) >= LEAST_REPORTS else None
