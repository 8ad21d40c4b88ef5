"""Boosted trees as plain arrays: trained with LightGBM, evaluated here, stored without pickle.

The evaluation follows LightGBM's numerical decisions (`value <= threshold` goes left, a missing value goes to the
default side), so that a running watch needs neither LightGBM nor the OpenMP library that it links to.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.model.position import F64, I32, I64

NO_CHILD: Final = -1


class Trees(NamedTuple):
    """An ensemble; all trees' nodes end to end."""

    root: I64
    """(trees,): the first node of each."""
    feature: I32
    """(nodes,): feature that splits it, NO_CHILD for a leaf."""
    threshold: F64
    left: I32
    right: I32
    missing_left: I32
    """1: a missing value goes left."""
    value: F64
    """Of the leaf."""


@njit(cache=True)
def evaluate(
    x: F64, root: I64, feature: I32, threshold: F64, left: I32, right: I32, missing_left: I32, value: F64
) -> F64:
    """Sum of the trees' leaves for each row of `x` (rows, features)."""
    out = np.zeros(x.shape[0])
    for r in range(x.shape[0]):
        total = 0.0
        for t in range(root.shape[0]):
            i = root[t]
            while feature[i] >= 0:
                v = x[r, feature[i]]
                if np.isnan(v):
                    i = left[i] if missing_left[i] == 1 else right[i]
                elif v <= threshold[i]:
                    i = left[i]
                else:
                    i = right[i]
            total += value[i]
        out[r] = total
    return out


def from_dump(dump: dict[str, Any]) -> Trees:
    """Trees from LightGBM's `Booster.dump_model()`.

    Raises:
        ValueError: for a categorical split, or a split that treats zero as missing.
    """
    feature: list[int] = []
    threshold: list[float] = []
    left: list[int] = []
    right: list[int] = []
    missing: list[int] = []
    value: list[float] = []
    roots: list[int] = []

    def add(node: dict[str, Any]) -> int:
        here = len(feature)
        feature.append(NO_CHILD)
        threshold.append(0.0)
        left.append(NO_CHILD)
        right.append(NO_CHILD)
        missing.append(0)
        value.append(float(node.get("leaf_value", 0.0)))
        if "split_feature" in node:
            kind = node["missing_type"]
            if node["decision_type"] != "<=" or kind not in ("None", "NaN"):
                raise ValueError(f"split of type {node['decision_type']}, missing {kind}: not supported")
            feature[here] = int(node["split_feature"])
            threshold[here] = float(node["threshold"])
            # LightGBM reads NaN as 0 where training saw none missing.
            goes_left = bool(node["default_left"]) if kind == "NaN" else threshold[here] >= 0.0
            missing[here] = int(goes_left)
            left[here] = add(node["left_child"])
            right[here] = add(node["right_child"])
        return here

    for tree in dump["tree_info"]:
        roots.append(add(tree["tree_structure"]))
    return Trees(
        np.array(roots, np.int64),
        np.array(feature, np.int32),
        np.array(threshold, np.float64),
        np.array(left, np.int32),
        np.array(right, np.int32),
        np.array(missing, np.int32),
        np.array(value, np.float64),
    )
