"""Boosted trees as plain arrays: scored and explained without the library that grew them."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from seawarden.model.position import F64, I8, I32


class Trees(NamedTuple):
    """An ensemble; nodes of all trees one after another, arrays of shape (nodes,), `root` of shape (trees,)."""

    root: I32
    feature: I32
    """Column that the node asks for, -1 at a leaf."""
    threshold: F64
    """Left when the value is at most this."""
    left: I32
    right: I32
    value: F64
    """Log-odds of a leaf, mean log-odds under an inner node."""
    missing_left: I8
    """1 when a missing value goes left."""


@njit(cache=True)
def score(trees: Trees, rows: F64) -> F64:
    """Sum of the leaves' log-odds of each row; rows of shape (m, columns), result (m,)."""
    out = np.zeros(len(rows))
    for k in range(len(rows)):
        total = 0.0
        for i in trees.root:
            while trees.feature[i] >= 0:
                x = rows[k, trees.feature[i]]
                left = trees.missing_left[i] == 1 if math.isnan(x) else x <= trees.threshold[i]
                i = trees.left[i] if left else trees.right[i]
            total += trees.value[i]
        out[k] = total
    return out


@njit(cache=True)
def explain(trees: Trees, row: F64, out: F64) -> float:
    """Share of a row's log-odds that each column gave, into `out` (columns,); returns what none of them gave.

    Each step down a tree moves the mean log-odds; the move belongs to the column that was asked (the path attribution
    of Saabas). The shares and the returned constant sum to the score.
    """
    out[:] = 0.0
    constant = 0.0
    for i in trees.root:
        constant += trees.value[i]
        while trees.feature[i] >= 0:
            x = row[trees.feature[i]]
            left = trees.missing_left[i] == 1 if math.isnan(x) else x <= trees.threshold[i]
            k = trees.left[i] if left else trees.right[i]
            out[trees.feature[i]] += trees.value[k] - trees.value[i]
            i = k
    return constant


def to_plain(trees: Trees) -> dict[str, list[Any]]:
    """The arrays as lists, for a JSON file."""
    columns: list[Any] = list(trees)
    return {name: column.tolist() for name, column in zip(trees._fields, columns, strict=True)}


def check(trees: Trees, columns: int) -> None:
    """See that scoring stays inside the arrays and comes to an end: it looks at neither.

    Args:
        trees: from a file.
        columns: columns of the rows that will be scored.

    Raises:
        ValueError: they are damaged.
    """
    nodes, inner = len(trees.feature), trees.feature >= 0
    if any(len(column) != nodes for column in trees[1:]):
        raise ValueError("its trees are not whole")
    at = np.arange(nodes)
    down = [(child > at) & (child < nodes) for child in (trees.left, trees.right)]
    begins = (trees.root >= 0) & (trees.root < nodes)
    if not (np.all(begins) and np.all(trees.feature < columns) and all(np.all(child[inner]) for child in down)):
        raise ValueError("its trees point at what is not there")


def from_plain(plain: dict[str, list[Any]]) -> Trees:
    """What `to_plain` gave."""
    kinds = (np.int32, np.int32, np.float64, np.int32, np.int32, np.float64, np.int8)
    columns: list[Any] = [np.array(plain[name], dtype=kind) for name, kind in zip(Trees._fields, kinds, strict=True)]
    return Trees(*columns)
