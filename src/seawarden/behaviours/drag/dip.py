"""The short dip at an asset: an anchor that catches on a line costs speed for minutes, just after the crossing.

A dip by itself says little; a dip that begins within minutes of a crossing says much. Its strength is the lesser of
its depth over 5 % and its statistic over 3, so that neither a deep dip of an unsteady ship nor a trifle of a steady
one counts. The likelihood ratios are measured by density: simulated five-minute dips of 5-20 % at real crossings
against the same crossings untouched.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from seawarden.behaviours.drag.names import INDEX
from seawarden.geography.index import AssetIndex, crossings
from seawarden.model.position import F64, I32
from seawarden.ports import Track

EARLIEST_S: Final = 120.0
LATEST_S: Final = 480.0
"""A timed dip begins from two minutes before to eight minutes after the crossing."""
DEPTH: Final = 0.0513
"""A dip of 5 %, in log speed."""
LEAST_Z: Final = 3.0
KNOTS: Final = (0.5, 0.7, 0.9, 1.15, 1.6, 3.0)
KNOTS_LOG_ODDS: Final = (0.0, 1.3, 2.6, 3.7, 4.2, 4.8)
"""Measured on 1,965 dips and 393 crossings; four of the crossings lie above 1, so the upper end is held down."""


def strength(x: F64) -> F64:
    """Strength of the best dip of each feature vector, shape (m,), for features (m, COUNT); NaN without one."""
    lesser: F64 = np.minimum(x[:, INDEX["dip"]] / DEPTH, x[:, INDEX["dip_z"]] / LEAST_Z)
    return lesser


def timed_dip(x: F64, track: Track, index: AssetIndex, now_s: float) -> tuple[float, int, float]:
    """Evidence of a dip timed to a crossing of the last forty minutes.

    Args:
        x: feature vector at `now_s`.
        track: her positions up to `now_s`.
        index: compiled assets.
        now_s: s.

    Returns:
        Log-odds (0 without a timed dip), row of the asset crossed (-1 none), time of the crossing (s, NaN none).
    """
    strong, age = float(strength(x[np.newaxis, :])[0]), float(x[INDEX["dip_age_min"]])
    if math.isnan(strong) or strong <= KNOTS[0]:
        return 0.0, -1, math.nan
    begin = now_s - age * 60.0
    rows = np.flatnonzero(track.t / 1000.0 > begin - LATEST_S - 300.0)
    asset: I32 = np.empty(8, dtype=np.int32)
    segment: I32 = np.empty(8, dtype=np.int32)
    share, kp = np.empty(8), np.empty(8)
    for i in rows[:-1]:
        n = crossings(
            index, track.lat[i], track.lon[i], track.lat[i + 1], track.lon[i + 1], asset, share, kp, segment
        )
        for k in range(n):
            t = float(track.t[i] + share[k] * (track.t[i + 1] - track.t[i])) / 1000.0
            if t - EARLIEST_S <= begin <= t + LATEST_S:
                return float(np.interp(strong, KNOTS, KNOTS_LOG_ODDS)), int(asset[k]), t
    return 0.0, -1, math.nan
