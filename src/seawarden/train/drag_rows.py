"""Rows that the drag model learns from: real traffic, real traffic sailed backwards, and simulated drags."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from seawarden.behaviours.drag.names import AROUND, INDEX, SHIP
from seawarden.behaviours.drag.trees import Trees, score
from seawarden.model.position import F64, I64
from seawarden.physics.speed_loss import Law
from seawarden.simulate.draws import generator
from seawarden.train.drag_cases import Case, lay, real, rows_of
from seawarden.train.drag_fit import grow, straight_fit
from seawarden.train.drag_sources import Stratum
from seawarden.train.drag_tracks import RealTrack, Traffic, reversed_track

FOLDS = 5
SHIP_COLUMNS: I64 = np.array([INDEX[name] for name in SHIP], dtype=np.int64)
AROUND_COLUMNS: I64 = np.array([INDEX[name] for name in AROUND], dtype=np.int64)
SPARSE_WEIGHT = 0.3
BACKWARDS_WEIGHT = 0.5
DRAGS_DENSE = 6
LEARN_S = 5400.0


class Rows(NamedTuple):
    """Shape (n, COUNT) and (n,)."""

    x: F64
    out: F64
    weight: F64
    mmsi: I64
    t_s: F64


class Fitted(NamedTuple):
    """Both stages, uncalibrated."""

    ship: Trees
    around: Trees

    def raw(self, x: F64) -> F64:
        """Log-odds of the ship's own stage, shape (m,)."""
        return score(self.ship, np.ascontiguousarray(x[:, SHIP_COLUMNS]))

    def raw_around(self, x: F64) -> F64:
        """The same with the ships around where they are known."""
        more = score(self.around, np.ascontiguousarray(x[:, AROUND_COLUMNS]))
        return self.raw(x) + np.where(np.isnan(x[:, INDEX["others_change"]]), 0.0, more)


def fold_of(mmsi: I64) -> I64:
    """Fold of each ship, 0..4, from her number alone: all her tracks fall together."""
    numbers, place = np.unique(mmsi, return_inverse=True)
    folds = [int.from_bytes(hashlib.sha256(f"fold {m}".encode()).digest()[:4], "big") % FOLDS for m in numbers]
    return np.array(folds, dtype=np.int64)[place]


def training_rows(strata: Sequence[Stratum], laws: Sequence[Law] = ("power", "thrust")) -> Rows:
    """All rows, weighted so that drags and real traffic weigh the same in each stratum.

    Args:
        strata: real traffic.
        laws: force laws of the simulated drags, in equal parts; one of them alone to hold the other out.
    """
    parts: list[Rows] = []
    for stratum in strata:
        groups: dict[str, list[tuple[F64, F64, int]]] = {"real": [], "backwards": [], "drag": []}
        for number, track in enumerate(stratum.tracks):
            for group, case, sailed, step in _cases(track, number, stratum.dense, laws):
                traffic = stratum.traffic if group != "backwards" else None
                groups[group].append((*_rows(case, sailed, traffic, step), track.mmsi))
        for group, share in (("real", 1.0), ("backwards", BACKWARDS_WEIGHT), ("drag", 1.0)):
            rows = [(t, x, np.full(len(t), m, dtype=np.int64)) for t, x, m in groups[group] if len(t)]
            if not rows:
                continue
            t_s, x, mmsi = (np.concatenate([row[k] for row in rows]) for k in range(3))
            weight = np.full(len(t_s), share * (1.0 if stratum.dense else SPARSE_WEIGHT) / len(t_s))
            parts.append(Rows(x, np.full(len(t_s), float(group == "drag")), weight, mmsi, t_s))
    joined = Rows(*(np.concatenate(same) for same in zip(*parts, strict=True)))
    return joined._replace(weight=joined.weight / joined.weight.mean())


def fit(rows: Rows, keep: npt.NDArray[np.bool_] | None = None) -> Fitted:
    """Both stages on the rows in `keep`."""
    x, out, weight = (
        (rows.x, rows.out, rows.weight) if keep is None else (rows.x[keep], rows.out[keep], rows.weight[keep])
    )
    ship = grow(np.ascontiguousarray(x[:, SHIP_COLUMNS]), out, weight, SHIP)
    known = ~np.isnan(x[:, INDEX["others_change"]])
    if np.count_nonzero(known & (out > 0.0)) < 1000:
        return Fitted(ship, _nothing())
    x, out, weight = x[known], out[known], weight[known]
    start = score(ship, np.ascontiguousarray(x[:, SHIP_COLUMNS]))
    return Fitted(ship, grow(np.ascontiguousarray(x[:, AROUND_COLUMNS]), out, weight, AROUND, start=start))


def cross_fit(rows: Rows) -> list[Fitted]:
    """One fit a fold, each on the ships of the other folds."""
    fold = fold_of(rows.mmsi)
    return [fit(rows, fold != k) for k in range(FOLDS)]


def calibrate(rows: Rows, fits: Sequence[Fitted]) -> dict[str, list[float]]:
    """Logistic lines from raw to calibrated log-odds, on ships that each fit has not seen; even prior."""
    fold = fold_of(rows.mmsi)
    own, all_ = np.empty(len(rows.out)), np.empty(len(rows.out))
    for k, fitted in enumerate(fits):
        mine = fold == k
        own[mine], all_[mine] = fitted.raw(rows.x[mine]), fitted.raw_around(rows.x[mine])
    even = rows.weight / np.where(rows.out > 0, rows.weight[rows.out > 0].sum(), rows.weight[rows.out == 0].sum())
    known = ~np.isnan(rows.x[:, INDEX["others_change"]])
    ship = straight_fit(own, rows.out, even)
    around = straight_fit(all_[known], rows.out[known], even[known]) if np.any(known) else ship
    return {"ship": [round(v, 6) for v in ship], "around": [round(v, 6) for v in around]}


def _cases(track: RealTrack, number: int, dense: bool, laws: Sequence[Law]) -> list[tuple[str, Case, RealTrack, int]]:
    """Cases of one track: (group, case, track sailed, rows to step over)."""
    back = reversed_track(track)
    cases: list[tuple[str, Case, RealTrack, int]] = []
    for heading in (False, True):
        cases.append(("real", real(track, number, heading=heading), track, 3))
        cases.append(("backwards", real(back, number, heading=heading), back, 5))
    for k in range(DRAGS_DENSE if dense else 1):
        random = generator("train", track.mmsi, int(track.positions.t[0]), k)
        loss = float(np.exp(random.uniform(np.log(0.04), np.log(0.45))))
        law = laws[int(random.integers(0, len(laws)))]
        wobble, drift, heading = (bool(random.random() < share) for share in (0.4, 0.5, 0.5))
        laid = lay(track, number, "train", k, loss=loss, law=law, wobble=wobble, drift=drift, heading=heading)
        if laid is not None:
            cases.append(("drag", laid, track, 3))
    return cases


def _rows(case: Case, track: RealTrack, traffic: Traffic | None, step: int) -> tuple[F64, F64]:
    until = LEARN_S if np.isfinite(case.onset_s) else None
    every = step if track.cadence_s < 300.0 else 1
    return rows_of(case, track, traffic, until_s=until, step=every)


def _nothing() -> Trees:
    """A stage that adds nothing."""
    none: I64 = np.empty(0, dtype=np.int64)
    return Trees(
        root=none.astype(np.int32), feature=none.astype(np.int32), threshold=none.astype(np.float64),
        left=none.astype(np.int32), right=none.astype(np.int32), value=none.astype(np.float64),
        missing_left=none.astype(np.int8),
    )  # fmt: skip
