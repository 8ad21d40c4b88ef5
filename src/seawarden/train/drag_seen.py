"""How often a drag is found by what was known of the ship before it began: drags on real tracks, and lines fitted.

Drags of 30 % and of 15 % are laid on every track at moments drawn anew, without a heading, and with one and a drift
angle; some tracks are cut short before the onset, some heard less often, and each is judged with past traffic known
and with none. They are scored as the watch would look at them, a report at a time, by the fit that has not seen the
ship, at the thresholds of the watch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from seawarden.behaviours.drag.asked import is_asked
from seawarden.behaviours.drag.before import BEFORE, before_at
from seawarden.behaviours.drag.lanes import no_lanes
from seawarden.behaviours.drag.seen import (
    CLASSES,
    LOSSES,
    RATES,
    TERMS,
    WITHIN_MIN,
    classes_of,
    worse,
)
from seawarden.behaviours.drag.series import extract, series_of
from seawarden.model.position import F64, I64, Positions, take
from seawarden.physics.speed_loss import Law
from seawarden.simulate.cadence import thin
from seawarden.simulate.draws import generator
from seawarden.train.drag_alarms import held
from seawarden.train.drag_cases import lay
from seawarden.train.drag_rows import Fitted, calibrated, fold_of
from seawarden.train.drag_sources import Stratum
from seawarden.train.drag_tracks import RealTrack, place_at

HEARD: Final[dict[str, tuple[tuple[float, float], ...]]] = {
    "minute": (*((0.0, 0.0),) * 4, (120.0, 0.0), (90.0, 0.0), (0.0, 0.25), (180.0, 0.0), (360.0, 0.0), (600.0, 0.0)),
    "uneven": ((0.0, 0.0),) * 2,
}
"""How each stratum is heard, once a drag: shortest gap between reports, s, and share of them lost."""
LEAST_S: Final = 180.0
"""A drag begins this long after the track does, or later."""
ROOM_S: Final = 1800.0
CUT_S: Final = (300.0, 3600.0)
"""Every other track is cut so long before the onset."""
LOOK_S: Final = 59.0
"""Looks of the watch are a minute apart."""
RIDGE: Final = 2.0
SWEEPS: Final = 60
NOTHING: Final = -99.0
_NOTHING: Final = no_lanes()


class Begun(NamedTuple):
    """Drags by what was known when they began; arrays (n,)."""

    state: F64
    """Shape (n, len(BEFORE))."""
    mmsi: I64
    loss: F64
    angle: npt.NDArray[np.bool_]
    """With a heading, and held at a drift angle."""
    known: npt.NDArray[np.bool_]
    """Whether past traffic was given."""
    best: F64
    """Highest held score within each of `WITHIN_MIN`, shape (n, 2)."""


class _Looks(NamedTuple):
    """One drag, looked at."""

    state: F64
    loss: float
    angle: bool
    known: bool
    since_min: F64
    """Of each look after the onset, shape (m,)."""
    x: F64
    """Features, shape (m, COUNT)."""


def begun(strata: Sequence[Stratum], fits: Sequence[Fitted], lines: dict[str, list[float]]) -> Begun:
    """Lay and score all drags; strata heard every ten minutes are left out: no moment of them is asked about."""
    rows: list[tuple[F64, int, float, bool, bool, F64]] = []
    for stratum in strata:
        for number, track in enumerate(stratum.tracks):
            drags = [
                drag
                for k, (cadence_s, dropout) in enumerate(HEARD.get(stratum.heard, ()))
                for drag in _drags(track, number, k, cadence_s, dropout)
            ]
            if not drags:
                continue
            fitted = fits[int(fold_of(np.array([track.mmsi]))[0])]
            score = _score(np.concatenate([drag.x for drag in drags]), fitted, lines)
            ends = np.cumsum([len(drag.x) for drag in drags])[:-1]
            for drag, mine in zip(drags, np.split(score, ends), strict=True):
                best = _best(drag.since_min, mine)
                rows.append((drag.state, track.mmsi, drag.loss, drag.angle, drag.known, best))
    columns = list(zip(*rows, strict=True)) if rows else [()] * 6
    return Begun(
        np.array(columns[0], dtype=np.float64).reshape(-1, len(BEFORE)),
        np.array(columns[1], dtype=np.int64),
        np.array(columns[2], dtype=np.float64),
        np.array(columns[3], dtype=np.bool_),
        np.array(columns[4], dtype=np.bool_),
        np.array(columns[5], dtype=np.float64).reshape(-1, len(WITHIN_MIN)),
    )


def _drags(track: RealTrack, number: int, k: int, cadence_s: float, dropout: float) -> Iterator[_Looks]:
    """All drags that begin at one moment of a track, each with past traffic known and with none."""
    moment = _moment(track, k, cadence_s, dropout)
    if moment is None:
        return
    ship, onset_s = moment
    law: Law = "power" if k % 2 == 0 else "thrust"
    for loss in LOSSES:
        for angle in (False, True):
            case = lay(ship, number, "seen", k, loss=loss, law=law, drift=angle, heading=angle, onset_s=onset_s)
            if case is None:
                continue
            series = series_of(case.positions)
            past = series_of(_until(case.positions, onset_s))
            ticks = _looks(series.t_s, onset_s)
            place = place_at(case.positions, ticks)
            for known in (True, False):
                tables = (track.lanes, track.own_lanes) if known else (_NOTHING, _NOTHING)
                x = extract(series, ticks, place, lanes=tables[0], own=tables[1])
                state = before_at(past, onset_s, *tables)
                yield _Looks(state, loss, angle, known, (ticks - onset_s) / 60.0, x)


def _moment(track: RealTrack, k: int, cadence_s: float, dropout: float) -> tuple[RealTrack, float] | None:
    """A ship as she is heard, and when her drag begins; None where the track has no room for one."""
    random = generator("seen", track.mmsi, int(track.positions.t[0]), k)
    p = track.positions
    if cadence_s > 0.0 or dropout > 0.0:
        p = thin(p, track.mmsi, int(p.t[0]), k, cadence_s=cadence_s, dropout=dropout)
    cut = random.uniform(*CUT_S) if random.random() < 0.5 else np.inf
    t_s = p.t / 1000.0
    if len(t_s) < 4:
        return None
    fit = np.flatnonzero((t_s >= t_s[0] + LEAST_S) & (t_s <= t_s[-1] - ROOM_S) & (p.sog_kn > 4.0))
    if not len(fit):
        return None
    row = int(fit[random.integers(0, len(fit))])
    onset_s = float(t_s[row] + random.uniform(0.0, min(t_s[row + 1] - t_s[row], ROOM_S)))
    kept = take(p, np.flatnonzero(t_s >= onset_s - cut).astype(np.int64))
    if not (len(kept.t) >= 4 and kept.t[0] / 1000.0 < onset_s < kept.t[-1] / 1000.0):
        return None
    return track._replace(positions=kept), onset_s


def _until(positions: Positions, until_s: float) -> Positions:
    return take(positions, np.flatnonzero(positions.t <= until_s * 1000.0).astype(np.int64))


def _looks(t_s: F64, onset_s: float) -> F64:
    """Reports after the onset at which the watch would look, s, shape (m,)."""
    looks: list[float] = []
    for t in t_s[(t_s > onset_s) & (t_s <= onset_s + 60.0 * WITHIN_MIN[-1])].tolist():
        if not looks or t - looks[-1] >= LOOK_S:
            looks.append(t)
    return np.array(looks)


def _score(x: F64, fitted: Fitted, lines: dict[str, list[float]]) -> F64:
    """Log-odds of each look, minus infinity where the model would not have been asked, shape (m,)."""
    score = np.full(len(x), -np.inf)
    asked = is_asked(x)
    if asked.any():
        score[asked] = calibrated(x[asked], fitted, lines)
    return score


def _best(since_min: F64, score: F64) -> F64:
    """Highest held score within each of `WITHIN_MIN` of the onset, shape (2,)."""
    high = held(score, dense=True)
    return np.array(
        [max(float(np.max(high[since_min <= minutes], initial=NOTHING)), NOTHING) for minutes in WITHIN_MIN]
    )


def found(cases: Begun, threshold: float, minutes: int) -> F64:
    """1 where found within so many minutes at a threshold, shape (n,)."""
    return (cases.best[:, WITHIN_MIN.index(minutes)] > threshold).astype(np.float64)


def learn_seen(cases: Begun, thresholds: dict[str, float]) -> dict[str, Any]:
    """The part `seen` of a model: a line and the shares of the classes for each loss, time, rate, with and without.

    Args:
        cases: of `begun`.
        thresholds: log-odds by the name of the rate, one for each of `seen.RATES`.
    """
    lines: list[dict[str, Any]] = []
    kinds, x = classes_of(cases.state), worse(cases.state)
    for loss in LOSSES:
        for angle in (False, True):
            mine = (cases.loss == loss) & (cases.angle == angle)
            for minutes in WITHIN_MIN:
                for rate in RATES:
                    out = found(cases, thresholds[rate], minutes)
                    constant, weights = line_of(x[mine], out[mine], kinds[mine])
                    lines.append(
                        {
                            "loss": loss,
                            "minutes": minutes,
                            "rate": rate,
                            "angle": angle,
                            "constant": constant,
                            "weights": weights,
                            "shares": shares_of(out[mine], kinds[mine]),
                        }
                    )
    return {
        "before": list(BEFORE),
        "terms": list(TERMS),
        "cases": len(cases.mmsi),
        "ships": len(np.unique(cases.mmsi)),
        "thresholds": {rate: round(thresholds[rate], 4) for rate in RATES},
        "lines": lines,
    }


def line_of(x: F64, out: F64, kinds: I64) -> tuple[float, list[float]]:
    """Constant and weights, none above zero, of the ships that the model is asked about; rounded to three digits."""
    asked = kinds == CLASSES.index("asked")
    if not asked.any():
        return -30.0, [0.0] * x.shape[1]
    constant, weights = falling_fit(x[asked], out[asked])
    return round(constant, 3), [round(float(w), 3) + 0.0 for w in weights]


def shares_of(out: F64, kinds: I64) -> dict[str, float]:
    """Share found in each class that the line does not judge; a ship that is not heard is not seen."""
    shares = {"silent": 0.0}
    for name in ("below", "rare"):
        mine = out[kinds == CLASSES.index(name)]
        shares[name] = round(float(np.mean(mine)), 3) if len(mine) else 0.0
    return shares


def falling_fit(x: F64, out: F64) -> tuple[float, F64]:
    """Constant and weights of a logistic line of which no weight is above zero: ridge, coordinate by coordinate.

    Args:
        x: shape (n, k).
        out: 0 or 1, shape (n,).
    """
    scale = np.maximum(x.std(axis=0), 1e-9)
    z = x / scale
    weights, constant = np.zeros(x.shape[1]), 0.0
    line = np.zeros(len(out))
    for _ in range(SWEEPS):
        for k in range(-1, x.shape[1]):
            p = 1.0 / (1.0 + np.exp(-np.clip(line, -30.0, 30.0)))
            column = z[:, k] if k >= 0 else np.ones(len(out))
            held_by = RIDGE * weights[k] if k >= 0 else 0.0
            slope = float(np.sum(column * (out - p))) - held_by
            curve = float(np.sum(column * column * p * (1.0 - p))) + (RIDGE if k >= 0 else 1e-6)
            step = float(np.clip(slope / max(curve, 1e-9), -1.0, 1.0))
            if k < 0:
                constant += step
            else:
                step = min(weights[k] + step, 0.0) - weights[k]
                weights[k] += step
            line = line + step * column
    fitted: F64 = weights / scale
    return float(constant), fitted
