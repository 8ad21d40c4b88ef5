"""Boosting of the candidates' weights straight on the energy score.

The energy score of a forecast with weights w over candidates (Gneiting and Raftery 2007),

    ES = sum_k w_k d_k - 1/2 sum_kl w_k w_l D_kl,      d = distance to the outcome, D = between candidates,

is differentiable in the scores f of which w is the softmax: dES/df_k = w_k (g_k - sum_l w_l g_l) with
g = d - D w. Trees are grown on that gradient (LightGBM with its own objective), so that what is learnt is how likely
each candidate is, given how alike it is, and not how near it would be on average.
"""

from __future__ import annotations

from typing import Any, Final

import lightgbm
import numpy as np

from seawarden.forecast.boosted import Trees, from_dump
from seawarden.forecast.candidates import Candidates
from seawarden.forecast.likeness import LOOK, local_km
from seawarden.forecast.query import Queries
from seawarden.model.position import F32, F64

HORIZON_SCALE_KM: Final = np.array([1.4, 3.3, 5.8, 9.0])
"""Typical energy score at the horizons of LOOK, so that each counts alike."""
ROUNDS: Final = 110
LEARNING_RATE: Final = 0.1
LEAVES: Final = 15
LEAF_MIN: Final = 300


class Lists:
    """For each case the distances of its candidates to the outcome and to each other, over the horizons together."""

    def __init__(self, found: Candidates, queries: Queries, truth_lat: F64, truth_lon: F64) -> None:
        """Measure all distances; horizons without outcome count nothing."""
        n, s, _ = found.lat.shape
        self.features = found.features.astype(np.float32)
        self.prior = found.prior
        self.to_truth: F32 = np.zeros((n, s), np.float32)
        self.between: F32 = np.zeros((n, s, s), np.float32)
        for step, scale in zip(LOOK, HORIZON_SCALE_KM, strict=True):
            truth = local_km(queries, truth_lat[:, step], truth_lon[:, step]).astype(np.float32)
            at = local_km(queries, found.lat[:, :, step], found.lon[:, :, step]).astype(np.float32)
            known = (~np.isnan(truth[:, 0])).astype(np.float32) / np.float32(scale)
            gap = np.nan_to_num(truth)[:, None] - at
            self.to_truth += np.sqrt((gap**2).sum(-1)) * known[:, None]
            dx = at[:, :, None, 0] - at[:, None, :, 0]
            dy = at[:, :, None, 1] - at[:, None, :, 1]
            np.multiply(dx, dx, out=dx)
            np.multiply(dy, dy, out=dy)
            np.add(dx, dy, out=dx)
            np.sqrt(dx, out=dx)
            np.multiply(dx, known[:, None, None], out=dx)
            self.between += dx


def boost(lists: Lists, rows: np.ndarray, *, rounds: int = ROUNDS, threads: int = 2, seed: int = 0) -> Trees:
    """Grow the trees.

    Args:
        lists: candidates of all cases.
        rows: cases to learn from.
        rounds: trees.
        threads: threads of LightGBM; the result depends on their number in the last digits.
        seed: of the draws of rows and features.
    """
    prior = lists.prior[rows]
    exists = prior > 0
    chosen = exists.ravel()
    with np.errstate(divide="ignore"):
        base = np.log(prior).astype(np.float32)
    to_truth, between = lists.to_truth[rows], lists.between[rows]
    n, s = prior.shape
    table = lists.features[rows].reshape(n * s, -1)[chosen]
    score = np.full(n * s, -np.inf, np.float32)

    def objective(predicted: np.ndarray, _: Any) -> tuple[np.ndarray, np.ndarray]:
        score[chosen] = predicted
        f = score.reshape(n, s) + base
        f -= f.max(1, keepdims=True)
        w = np.exp(f)
        w /= w.sum(1, keepdims=True)
        g = to_truth - np.matmul(between, w[:, :, None])[..., 0]
        g -= (w * g).sum(1, keepdims=True)
        gradient = w * g
        curvature = np.maximum(np.abs(gradient), 0.2 * w) + np.float32(1e-3)
        return gradient.ravel()[chosen] * s, curvature.ravel()[chosen] * s

    parameters = {
        "objective": objective,
        "learning_rate": LEARNING_RATE,
        "num_leaves": LEAVES,
        "min_data_in_leaf": LEAF_MIN,
        "feature_fraction": 0.6,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "lambda_l2": 1.0,
        "max_bin": 127,
        "verbosity": -1,
        "num_threads": threads,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
    }
    booster = lightgbm.train(parameters, lightgbm.Dataset(table), rounds)
    return from_dump(booster.dump_model())
