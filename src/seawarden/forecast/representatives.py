"""A few whole paths that stand for a weighted set: chosen so that one of them is near whatever the ship does.

Greedy medoids (each next path lowers the expected root of the distance to the nearest most), then Lloyd's steps
towards the geometric median of each cluster (Weiszfeld's weights). Distance between paths is the mean over the steps,
each scaled by how much that horizon counts. By its root the paths go where the ship may well be, and few are spent on
single samples far off, which no sixteen paths would come near. All constants were chosen by cross-validation.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from seawarden.model.position import F64

HORIZON_POWER: Final = 0.5
"""Step h (from 1) counts by (h + 1) to minus this power: far steps, though less certain, weigh more than by 1."""
HORIZON_SCALE: Final = 0.3
EVERY: Final = 2
"""Paths are compared at every second step: as good, and twice as fast."""
BLUNT: Final = 0.5
"""Added to a sample's distance before it is divided by: near samples pull no more than those this far off."""


@njit(cache=True)
def _apart(a: F64, b: F64, scale: F64) -> float:
    total = 0.0
    for h in range(scale.shape[0]):
        if scale[h] == 0.0:
            continue
        total += math.hypot(a[h, 0] - b[h, 0], a[h, 1] - b[h, 1]) * scale[h]
    return total


@njit(cache=True)
def _choose(paths: F64, weights: F64, chance: F64, scale: F64, count: int, rounds: int) -> tuple[F64, F64]:
    n, K, H, _ = paths.shape
    out = np.zeros((n, count, H, 2))
    share = np.zeros((n, count))
    apart = np.zeros((K, K))
    nearest = np.zeros(K)
    owner = np.zeros(K, np.int64)
    for q in range(n):
        for a in range(K):
            for b in range(a):
                d = 0.0
                if weights[q, a] > 0 or weights[q, b] > 0:
                    d = math.sqrt(_apart(paths[q, a], paths[q, b], scale))
                apart[a, b] = d
                apart[b, a] = d
        nearest[:] = 1e6
        for m in range(count):
            best = -1.0
            pick = 0
            for c in range(K):
                if weights[q, c] <= 0:
                    continue
                gain = 0.0
                for k in range(K):
                    if apart[k, c] < nearest[k]:
                        gain += weights[q, k] * (nearest[k] - apart[k, c])
                if gain > best:
                    best = gain
                    pick = c
            out[q, m] = paths[q, pick]
            for k in range(K):
                nearest[k] = min(nearest[k], apart[k, pick])
        for step in range(rounds + 1):
            for k in range(K):
                best = 1e18
                for m in range(count):
                    d = _apart(paths[q, k], out[q, m], scale)
                    if d < best:
                        best = d
                        owner[k] = m
                nearest[k] = best
            if step == rounds:
                break
            for m in range(count):
                total = 0.0
                for k in range(K):
                    if owner[k] == m:
                        total += weights[q, k] / (nearest[k] + BLUNT)
                if total <= 0:
                    continue
                out[q, m] = 0.0
                for k in range(K):
                    if owner[k] == m and weights[q, k] > 0:
                        f = weights[q, k] / (nearest[k] + BLUNT) / total
                        for h in range(H):
                            out[q, m, h, 0] += f * paths[q, k, h, 0]
                            out[q, m, h, 1] += f * paths[q, k, h, 1]
        for k in range(K):
            share[q, owner[k]] += chance[q, k]
    return out, share


def representatives(
    paths_km: F64, weights: F64, count: int, *, chance: F64 | None = None, upto: int = 24, rounds: int = 5
) -> tuple[F64, F64]:
    """Choose `count` paths for each ship.

    Args:
        paths_km: (n, S, H, 2) in a plane.
        weights: (n, S), by which they are chosen.
        count: paths wanted.
        chance: (n, S), by which it is told how likely each is; `weights` when None.
        upto: steps over which paths are compared.
        rounds: Lloyd's steps.

    Returns:
        Paths (n, count, H, 2), and the chance that each stands for (n, count).
    """
    steps = min(upto, paths_km.shape[2])
    scale = 1.0 / (HORIZON_SCALE * (np.arange(1, steps + 1) + 1.0) ** HORIZON_POWER) / steps
    if steps > EVERY:
        scale[np.arange(1, steps + 1) % EVERY != 0] = 0.0
        scale *= EVERY
    return _choose(
        np.ascontiguousarray(paths_km),
        np.ascontiguousarray(weights),
        np.ascontiguousarray(weights if chance is None else chance),
        np.ascontiguousarray(scale),
        count,
        rounds,
    )
