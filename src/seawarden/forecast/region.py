"""Regions from weighted samples: the places where a kernel density is above a threshold.

The kernel of each sample is a Gaussian with a heavy tail; its width follows the spread of the samples. A position's
**oddness** is the log density that 90 % of the samples reach (each under the density of the others), less the log
density at the position: about 0 for a position on the edge of the 90 % region, positive outside. It is comparable
between ships and horizons, which is what conformal calibration needs. The 90 % region is where the oddness is below
its calibrated threshold.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import shapely
from numba import njit

from seawarden.forecast.query import STEP_MIN
from seawarden.model.position import F64

WIDTH: Final = 0.4
"""Kernel width over the spread of the samples."""
SPREAD_FLOOR_KM: Final = 0.5
"""Spread added at one hour; it grows with the power 0.8 of time."""
HEAVY: Final = 0.2
"""Share of the kernel that has the tail of a Student t with four degrees of freedom."""
LEVEL: Final = 0.9
MIN_WEIGHT: Final = 1e-5
GRID: Final = 72
"""Cells a side of the grid that areas and outlines are drawn on."""


@njit(cache=True)
def _kernel(r2: float, width: float) -> float:
    gauss = 0.0
    if r2 < 60.0:
        gauss = (1.0 - HEAVY) * math.exp(-0.5 * r2) / (2.0 * math.pi)
    return (gauss + HEAVY / (2.0 * math.pi * (1.0 + 0.25 * r2) ** 3)) / (width * width)


@njit(cache=True)
def log_density(x: float, y: float, points: F64, weights: F64, width: float, skip: int) -> float:
    """Log of the density (per km2) at a point, leaving out sample number `skip` (-1 for none)."""
    total = 0.0
    mass = 1.0
    for k in range(points.shape[0]):
        if k == skip:
            mass -= weights[k]
            continue
        if weights[k] < MIN_WEIGHT:
            continue
        dx = x - points[k, 0]
        dy = y - points[k, 1]
        total += weights[k] * _kernel((dx * dx + dy * dy) / (width * width), width)
    return math.log(total / max(mass, 1e-6) + 1e-300)


@njit(cache=True)
def width_and_reference(points: F64, weights: F64, hours: float) -> tuple[float, float]:
    """Kernel width (km) and the log density that LEVEL of the samples reach."""
    K = points.shape[0]
    mx = 0.0
    my = 0.0
    for k in range(K):
        mx += weights[k] * points[k, 0]
        my += weights[k] * points[k, 1]
    apart = np.empty(K)
    for k in range(K):
        apart[k] = math.hypot(points[k, 0] - mx, points[k, 1] - my)
    order = np.argsort(apart, kind="mergesort")
    run = 0.0
    spread = 0.0
    for k in range(K):
        run += weights[order[k]]
        spread = apart[order[k]]
        if run >= 0.5:
            break
    width = WIDTH * (spread + SPREAD_FLOOR_KM * hours**0.8)
    level = np.full(K, np.inf)
    for k in range(K):
        if weights[k] >= MIN_WEIGHT:
            level[k] = log_density(points[k, 0], points[k, 1], points, weights, width, k)
    order = np.argsort(level, kind="mergesort")
    run = 0.0
    reference = level[order[0]]
    for k in range(K):
        run += weights[order[k]]
        reference = level[order[k]]
        if run >= 1.0 - LEVEL:
            break
    return width, reference


@njit(cache=True)
def oddness(points: F64, weights: F64, truth: F64, hours: float) -> F64:
    """Oddness of where ships went (n,): samples (n, S, 2) in km, weights (n, S), truth (n, 2); NaN stays NaN."""
    n = truth.shape[0]
    out = np.full(n, np.nan)
    for q in range(n):
        if np.isnan(truth[q, 0]):
            continue
        width, reference = width_and_reference(points[q], weights[q], hours)
        out[q] = reference - log_density(truth[q, 0], truth[q, 1], points[q], weights[q], width, -1)
    return out


@njit(cache=True)
def _raster(points: F64, weights: F64, width: float, low: F64, cell: F64, size: int) -> F64:
    out = np.empty((size, size))
    for a in range(size):
        for b in range(size):
            x = low[0] + (a + 0.5) * cell[0]
            y = low[1] + (b + 0.5) * cell[1]
            out[a, b] = log_density(x, y, points, weights, width, -1)
    return out


def _inside(points: F64, weights: F64, step: int, threshold: float) -> tuple[np.ndarray, F64, F64]:
    hours = step * STEP_MIN / 60.0
    used = weights >= MIN_WEIGHT
    points, weights = np.ascontiguousarray(points[used]), np.ascontiguousarray(weights[used])
    weights = weights / weights.sum()
    width, reference = width_and_reference(points, weights, hours)
    floor = reference - threshold
    # Beyond this distance from every sample the kernel alone is below the threshold.
    reach = width
    while reach < 64 * width and math.log(_kernel((reach / width) ** 2, width) + 1e-300) > floor:
        reach *= 1.25
    low, high = points.min(0) - reach, points.max(0) + reach
    cell = (high - low) / GRID
    density = _raster(points, weights, width, low, cell, GRID)
    # a region is never empty, however low outcomes have brought its threshold: she is somewhere
    return density >= min(floor, float(density.max())), low, cell


def area_km2(points: F64, weights: F64, step: int, threshold: float) -> float:
    """Area of the region, km2: samples (S, 2) in km at a step (from 1), under a calibrated threshold of oddness."""
    inside, _, cell = _inside(points, weights, step, threshold)
    return float(inside.sum() * cell[0] * cell[1])


def outline(points: F64, weights: F64, step: int, threshold: float) -> shapely.Geometry:
    """The region as a polygon or several, in the samples' plane (km)."""
    inside, low, cell = _inside(points, weights, step, threshold)
    a, b = np.nonzero(inside)
    # Whole numbers, so that neighbouring cells share their corners and merge.
    shape = shapely.union_all(shapely.box(a, b, a + 1, b + 1))
    return shapely.transform(shapely.simplify(shape, 0.75), lambda xy: low + xy * cell)
