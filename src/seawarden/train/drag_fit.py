"""Growing the trees of the drag model: shallow, monotone where physics says so, the same to the byte every time."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from seawarden.behaviours.drag.trees import Trees
from seawarden.model.position import F64

MONOTONE: Final = {
    "loss": 1,
    "loss_z": 1,
    "loss_now": 1,
    "before_sigma": -1,
    "regained": -1,
    "turn_deg": -1,
    "turn_near_deg": -1,
    "wobble_llr": 1,
    "lane_ships": 1,
    "lane_change": 1,
    "lane_slowed": -1,
    "port_km": 1,
    "shelter": -1,
}
"""More loss never speaks against an anchor, more turn never for it."""
ROUNDS: Final = 800


def grow(rows: F64, out: F64, weight: F64, names: tuple[str, ...]) -> Trees:
    """Boosted trees of four leaves for the log-odds of `out` (0 or 1).

    Args:
        rows: shape (n, len(names)).
        out: shape (n,).
        weight: shape (n,).
        names: columns, for the monotone constraints.
    """
    import lightgbm

    options: dict[str, Any] = {
        "objective": "binary",
        "num_leaves": 4,
        "learning_rate": 0.03,
        "min_data_in_leaf": 400,
        "feature_fraction": 0.4,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "lambda_l2": 20.0,
        "max_bin": 63,
        "monotone_constraints": [MONOTONE.get(name, 0) for name in names],
        "boost_from_average": False,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "seed": 1,
        "verbosity": -1,
    }
    data = lightgbm.Dataset(rows, label=out, weight=weight)
    booster = lightgbm.train(options, data, ROUNDS)
    return flatten(booster.dump_model())


def flatten(dump: dict[str, Any]) -> Trees:
    """LightGBM's dump as arrays; thresholds and values rounded to nine digits, so that the file is short."""
    root: list[int] = []
    nodes: list[tuple[int, float, int, int, float, int]] = []

    def walk(node: dict[str, Any]) -> int:
        place = len(nodes)
        if "split_feature" not in node:
            nodes.append((-1, 0.0, -1, -1, float(f"{node['leaf_value']:.9g}"), 0))
            return place
        nodes.append((0, 0.0, 0, 0, 0.0, 0))
        left, right = walk(node["left_child"]), walk(node["right_child"])
        threshold = float(node["threshold"])
        if node["missing_type"] == "NaN":
            missing = int(node["default_left"])
        else:  # no value was missing in training: the library then takes a missing one for zero
            missing = int(threshold >= 0.0)
        value = float(f"{node['internal_value']:.9g}")
        nodes[place] = (int(node["split_feature"]), threshold, left, right, value, missing)
        return place

    for tree in dump["tree_info"]:
        root.append(walk(tree["tree_structure"]))
    columns = list(zip(*nodes, strict=True))
    return Trees(
        root=np.array(root, dtype=np.int32),
        feature=np.array(columns[0], dtype=np.int32),
        threshold=np.array(columns[1], dtype=np.float64),
        left=np.array(columns[2], dtype=np.int32),
        right=np.array(columns[3], dtype=np.int32),
        value=np.array(columns[4], dtype=np.float64),
        missing_left=np.array(columns[5], dtype=np.int8),
    )


def straight_fit(raw: F64, out: F64, weight: F64, prior: float = 0.0) -> tuple[float, float]:
    """Intercept and slope of the logistic line from raw to calibrated log-odds (bounded Newton steps).

    Args:
        raw: log-odds, shape (n,).
        out: 0 or 1, shape (n,).
        weight: shape (n,).
        prior: log-odds that the weights' own prevalence adds to the line's; no part of the line.
    """
    a, b = 0.0, 1.0
    for _ in range(100):
        p = 1.0 / (1.0 + np.exp(-np.clip(a + b * raw + prior, -40.0, 40.0)))
        g0, g1 = float(np.sum(weight * (out - p))), float(np.sum(weight * (out - p) * raw))
        v = weight * p * (1.0 - p)
        h00, h01, h11 = float(np.sum(v)), float(np.sum(v * raw)), float(np.sum(v * raw * raw))
        det = h00 * h11 - h01 * h01
        if det <= 1e-12 * max(h00 * h11, 1e-300):
            break
        da, db = (h11 * g0 - h01 * g1) / det, (h00 * g1 - h01 * g0) / det
        short = min(1.0, 1.0 / max(abs(da), 1e-12), 0.3 / max(abs(db), 1e-12))
        a, b = a + short * da, b + short * db
        if abs(da) + abs(db) < 1e-10:
            break
    return a, b
