"""Scores of forecasts: the published metric of ct_dma and the honest ones beside it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from scipy.stats import beta

from seawarden.forecast.query import KM_PER_DEG
from seawarden.model.position import F64

EARTH_KM: Final = 6371.0
KM_PER_NMI: Final = 1.852
PUBLISHED_MIN: Final = (70, 130, 190)
"""What the published code calls 1, 2 and 3 h."""
JOINT_MIN: Final = (60, 120, 180)
ENERGY_MIN: Final = (60, 120, 180, 240)
JOINT_OVER_STEPS: Final = 24
"""The best whole path is the one with the least mean error over four hours (or to the end of the track)."""


def haversine_km(lat1: F64, lon1: F64, lat2: F64, lon2: F64) -> F64:
    """Great-circle distance on the benchmark's sphere, km."""
    a, b = np.radians(lat1), np.radians(lat2)
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(lon2 - lon1) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(h, 0, 1))))


def published_box(lat: F64, lon: F64) -> tuple[F64, F64]:
    """Coordinates as the published code maps them: normalised by the right box, scaled back by a wrong one.

    The box of the data is 55.5-58 N, 10.3-13 E; the code scales the unit square by [2, 3] degrees from 55.5 N, 7 W.
    """
    return (lat - 55.5) / 2.5 * 2.0 + 55.5, (lon - 10.3) / 2.7 * 3.0 - 7.0


def best16_published(paths: F64, truth_lat: F64, truth_lon: F64) -> dict[str, float]:
    """Mean error of the best of the paths (n, 16, H, 2) at each step by itself, in the published geometry, nmi."""
    lat, lon = published_box(paths[..., 0], paths[..., 1])
    true_lat, true_lon = published_box(truth_lat, truth_lon)
    out = {}
    for minute in PUBLISHED_MIN:
        h = minute // 10 - 1
        error = haversine_km(lat[:, :, h], lon[:, :, h], true_lat[:, None, h], true_lon[:, None, h]).min(1)
        out[str(minute)] = float(np.nanmean(error)) / KM_PER_NMI
    return out


def joint16(paths: F64, truth_lat: F64, truth_lon: F64, over_steps: int = JOINT_OVER_STEPS) -> dict[str, float]:
    """Mean error of the best whole path of each track, true geometry, nmi."""
    error = haversine_km(paths[..., 0], paths[..., 1], truth_lat[:, None], truth_lon[:, None])
    best = np.nanmean(error[:, :, :over_steps], axis=2).argmin(1)
    own = error[np.arange(len(error)), best]
    return {str(m): float(np.nanmean(own[:, m // 10 - 1])) / KM_PER_NMI for m in JOINT_MIN}


def energy_scores(samples: F64, weights: F64, truth_lat: F64, truth_lon: F64, step: int) -> F64:
    """Energy score of each track at a step (from 1), km; NaN where it was not seen that far.

    Args:
        samples: (n, S, H, 2) degrees.
        weights: (n, S).
        truth_lat: (n, H).
        truth_lon: (n, H).
        step: horizon in steps.
    """
    h = step - 1
    near = haversine_km(samples[:, :, h, 0], samples[:, :, h, 1], truth_lat[:, None, h], truth_lon[:, None, h])
    out: F64 = np.sum(near * weights, axis=1)
    for q in range(len(out)):
        y, x = samples[q, :, h, 0], samples[q, :, h, 1]
        kx = KM_PER_DEG * np.cos(np.radians(float((y * weights[q]).sum())))
        dx = ((x[:, None] - x[None, :] + 180.0) % 360.0 - 180.0) * kx
        dy = (y[:, None] - y[None, :]) * KM_PER_DEG
        out[q] -= 0.5 * float(weights[q] @ np.sqrt(dx * dx + dy * dy) @ weights[q])
    return out


def binomial_interval(hits: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Exact (Clopper-Pearson) interval of a share."""
    tail = (1 - level) / 2
    low = float(beta.ppf(tail, hits, n - hits + 1)) if hits else 0.0
    high = float(beta.ppf(1 - tail, hits + 1, n - hits)) if hits < n else 1.0
    return low, high


def coverage(inside: np.ndarray) -> dict[str, Any]:
    """Share inside, with its exact interval."""
    n, hits = len(inside), int(np.sum(inside))
    if n == 0:
        return {"coverage": None, "n": 0, "interval": [None, None]}
    low, high = binomial_interval(hits, n)
    return {"coverage": hits / n, "n": n, "interval": [low, high], "contains_90": low <= 0.9 <= high}
