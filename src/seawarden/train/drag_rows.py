"""Rows that the drag model learns from: real traffic, real traffic sailed backwards, and simulated drags."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from seawarden.behaviours.drag.asked import STOPPED_KN
from seawarden.behaviours.drag.beyond import NOWHERE, Beyonds
from seawarden.behaviours.drag.names import INDEX, LANE
from seawarden.behaviours.drag.parts import COLUMNS, PARTS, log_odds_of, part_of, raw_of
from seawarden.behaviours.drag.trees import Trees
from seawarden.model.position import F64, I64
from seawarden.physics.speed_loss import Law
from seawarden.simulate.draws import generator
from seawarden.train.drag_cases import Case, lay, real, rows_of
from seawarden.train.drag_fit import grow, straight_fit
from seawarden.train.drag_sources import Stratum
from seawarden.train.drag_tracks import RealTrack, reversed_track

FOLDS = 5
WEIGHT = {"minute": 1.0, "uneven": 1.0, "rare": 0.3}
BACKWARDS_WEIGHT = 0.5
DRAGS = {"minute": 8, "uneven": 6, "rare": 1}
LEARN_S = 5400.0
SLOW_KN = 5.5
"""Ships slower than this before, or than `STOPPED_KN` now, are none of this model's business."""
LEAST_ROWS = 1000
PREVALENCE = 0.1
"""The lines are fitted where one tick in ten is a drag's: nearer to a watch than even odds, and a line through even
odds is too timid there."""
LEAST_LOSS = 0.03
"""A tick of a drag at which not even this was lost teaches nothing but noise."""


class Rows(NamedTuple):
    """Shape (n, COUNT) and (n,)."""

    x: F64
    out: F64
    weight: F64
    mmsi: I64
    t_s: F64


class Fitted(NamedTuple):
    """The trees of all parts, uncalibrated."""

    parts: dict[str, Trees]
    beyond: Beyonds = NOWHERE

    def raw(self, x: F64) -> F64:
        """Log-odds of the ship's own trees, shape (m,)."""
        return raw_of(self.parts, x)


def fold_of(mmsi: I64) -> I64:
    """Fold of each ship, 0..4, from her number alone: all her tracks fall together."""
    numbers, place = np.unique(mmsi, return_inverse=True)
    folds = [int.from_bytes(hashlib.sha256(f"fold {m}".encode()).digest()[:4], "big") % FOLDS for m in numbers]
    return np.array(folds, dtype=np.int64)[place]


def training_rows(strata: Sequence[Stratum], laws: Sequence[Law] = ("power", "thrust")) -> Rows:
    """All rows, weighted so that drags and real traffic weigh the same in each stratum.

    Where a source is heard every minute, uneven ones teach only what ships heard rarely look like: they tell of turns
    and changes in bursts, and of steady legs hardly at all.

    Args:
        strata: real traffic.
        laws: force laws of the simulated drags, in equal parts; one of them alone to hold the other out.
    """
    parts: list[Rows] = []
    evenly = any(stratum.heard == "minute" for stratum in strata)
    for stratum in strata:
        groups: dict[str, list[tuple[F64, F64, int]]] = {"real": [], "backwards": [], "drag": []}
        for number, track in enumerate(stratum.tracks):
            for group, case, sailed, step in _cases(track, number, stratum, laws):
                groups[group].append((*_rows(case, sailed, step), track.mmsi))
        for group, share in (("real", 1.0), ("backwards", BACKWARDS_WEIGHT), ("drag", 1.0)):
            rows = [(t, x, np.full(len(t), m, dtype=np.int64)) for t, x, m in groups[group] if len(t)]
            if not rows:
                continue
            t_s, x, mmsi = (np.concatenate([row[k] for row in rows]) for k in range(3))
            weight = np.full(len(t_s), share * WEIGHT[stratum.heard] / len(t_s))
            some = Rows(x, np.full(len(t_s), float(group == "drag")), weight, mmsi, t_s)
            parts.append(chosen(some, part_of(x)["rare"]) if evenly and stratum.heard == "uneven" else some)
    joined = Rows(*(np.concatenate(same) for same in zip(*parts, strict=True)))
    return joined._replace(weight=joined.weight / joined.weight.mean())


def fit(rows: Rows, keep: npt.NDArray[np.bool_] | None = None) -> Fitted:
    """The trees of all parts on the rows in `keep`."""
    kept = rows if keep is None else chosen(rows, keep)
    rarely = part_of(kept.x)["rare"]
    often, seldom = chosen(kept, ~rarely), chosen(kept, rarely)
    return Fitted({"ship": _trees(often, "ship"), "blind": _trees(often, "blind"), "rare": _trees(seldom, "rare")})


def _trees(rows: Rows, part: str) -> Trees:
    """The trees of one part; ships too slow before or as good as stopped are not asked about."""
    taught = (rows.out == 0.0) | (rows.x[:, INDEX["loss"]] > LEAST_LOSS)
    taught &= (rows.x[:, INDEX["before_kn"]] >= SLOW_KN) & (rows.x[:, INDEX["now_kn"]] >= STOPPED_KN)
    rows = chosen(rows, taught)
    if min(np.count_nonzero(rows.out > 0.0), np.count_nonzero(rows.out == 0.0)) < LEAST_ROWS:
        return _nothing()
    weight = rows.weight / rows.weight.mean()
    return grow(np.ascontiguousarray(rows.x[:, COLUMNS[part]]), rows.out, weight, PARTS[part])


def chosen(rows: Rows, keep: npt.NDArray[np.bool_]) -> Rows:
    """The rows in `keep`, shape (n,)."""
    return Rows(rows.x[keep], rows.out[keep], rows.weight[keep], rows.mmsi[keep], rows.t_s[keep])


def cross_fit(rows: Rows) -> list[Fitted]:
    """One fit a fold, each on the ships of the other folds."""
    fold = fold_of(rows.mmsi)
    return [fit(rows, fold != k) for k in range(FOLDS)]


def calibrate(rows: Rows, fits: Sequence[Fitted]) -> dict[str, list[float]]:
    """Logistic lines from raw to calibrated log-odds, on ships that each fit has not seen; evidence without a prior.

    The term of the heading is a likelihood ratio already: the lines are fitted where no heading is known.
    """
    fold = fold_of(rows.mmsi)
    own, unlearned = np.empty((2, len(rows.out)))
    without = rows.x.copy()
    without[:, [INDEX[name] for name in LANE]] = np.nan
    for k, fitted in enumerate(fits):
        mine = fold == k
        own[mine] = fitted.raw(rows.x[mine])
        unlearned[mine] = fitted.raw(without[mine])
    weight, prior = at_prevalence(rows), float(np.log(PREVALENCE / (1.0 - PREVALENCE)))
    headless = np.isnan(rows.x[:, INDEX["heading_llr"]])
    of = part_of(rows.x)
    lines = {}
    asked = {"ship": (own, of["ship"]), "blind": (unlearned, ~of["rare"]), "rare": (own, of["rare"])}
    for name, (raw, mine) in asked.items():
        some = headless & mine
        both = np.any(rows.out[some] > 0.0) and np.any(rows.out[some] == 0.0)
        line = straight_fit(raw[some], rows.out[some], weight[some], prior) if both else (0.0, 1.0)
        lines[name] = [round(v, 6) for v in line]
    return lines


def at_prevalence(rows: Rows, prevalence: float = PREVALENCE) -> F64:
    """Weights that make so large a share of the rows drags, shape (n,), one in the mean."""
    drag = rows.out > 0
    share = np.where(drag, prevalence, 1.0 - prevalence)
    of_class = np.where(drag, max(rows.weight[drag].sum(), 1e-300), max(rows.weight[~drag].sum(), 1e-300))
    weight: F64 = rows.weight * share / of_class * len(rows.weight)
    return weight


def calibrated(x: F64, fitted: Fitted, lines: dict[str, list[float]]) -> F64:
    """Calibrated log-odds, shape (m,), as `behaviours.drag.model` reckons them."""
    return log_odds_of(fitted.parts, lines, fitted.beyond, x)


def _cases(
    track: RealTrack, number: int, stratum: Stratum, laws: Sequence[Law]
) -> list[tuple[str, Case, RealTrack, int]]:
    """Cases of one track: (group, case, track sailed, rows to step over)."""
    back = reversed_track(track)
    cases: list[tuple[str, Case, RealTrack, int]] = []
    for heading in (False, True):
        cases.append(("real", real(track, number, heading=heading), track, 1))
        cases.append(("backwards", real(back, number, heading=heading), back, 5))
    for k in range(DRAGS[stratum.heard]):
        random = generator("train", track.mmsi, int(track.positions.t[0]), k)
        loss = float(np.exp(random.uniform(np.log(0.04), np.log(0.45))))
        law = laws[int(random.integers(0, len(laws)))]
        wobble, drift, heading = (bool(random.random() < share) for share in (0.4, 0.5, 0.5))
        laid = lay(track, number, "train", k, loss=loss, law=law, wobble=wobble, drift=drift, heading=heading)
        if laid is not None:
            cases.append(("drag", laid, track, 3))
    return cases


def _rows(case: Case, track: RealTrack, step: int) -> tuple[F64, F64]:
    until = LEARN_S if np.isfinite(case.onset_s) else None
    every = step if track.cadence_s < 300.0 else 1
    return rows_of(case, track, until_s=until, step=every)


def _nothing() -> Trees:
    """Trees that add nothing."""
    none: I64 = np.empty(0, dtype=np.int64)
    return Trees(
        root=none.astype(np.int32), feature=none.astype(np.int32), threshold=none.astype(np.float64),
        left=none.astype(np.int32), right=none.astype(np.int32), value=none.astype(np.float64),
        missing_left=none.astype(np.int8),
    )  # fmt: skip
