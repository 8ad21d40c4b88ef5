"""Which assets lie ahead of a ship, and when she is there: a fan of steady courses with a spread that grows.

The first forecast: constant speed and course. Nine courses stand for a normal spread around her own; each is
followed hour by hour for the horizon, and an asset's chance is the weight of the courses that cross it, falling with
the time by which ships turn off. A better forecaster takes its place through the protocol `Ahead`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
from numba import njit

from seawarden.geodesy import destination
from seawarden.geography.index import AssetIndex, crossings
from seawarden.model.position import F64, I32
from seawarden.model.risk import AssetAhead
from seawarden.risk.needs import Fix, Layer
from seawarden.settings_risk import RiskSettings

OFFSETS: Final = np.array([-2.0, -1.4, -0.9, -0.45, 0.0, 0.45, 0.9, 1.4, 2.0])
"""Courses of the fan, in standard deviations."""
SLOWEST_KN: Final = 0.3
"""Slower ships have no course to speak of."""
SPEED_SHARE: Final = 0.12
"""Spread of the speed made good over some hours, as a share (own estimate from changes of speed on passage)."""
STEP_H: Final = 1.0


class Ahead(Protocol):
    """A forecast of the assets that a ship will cross."""

    def ahead(self, fix: Fix, horizon_min: float) -> Sequence[tuple[int, AssetAhead]]:
        """Rows of assets and when she is there, soonest first; each asset once, at her first crossing."""
        ...


@njit(cache=True)
def fan(
    index: AssetIndex, lat: float, lon: float, sog_kn: float, cog_deg: F64, hours: float, out_min: F64, out_kp: F64
) -> None:
    """Minutes to the first crossing of each asset on each course, and its KP.

    Args:
        index: the assets.
        lat: degrees.
        lon: degrees.
        sog_kn: speed, kn.
        cog_deg: (c,) courses, degrees.
        hours: horizon.
        out_min: (assets, c) filled with minutes; inf where a course does not cross.
        out_kp: (assets, c) filled with KP, km.
    """
    asset = np.empty(256, dtype=np.int32)
    frac = np.empty(256, dtype=np.float64)
    kp = np.empty(256, dtype=np.float64)
    seg = np.empty(256, dtype=np.int32)
    steps = math.ceil(hours / STEP_H)
    for c in range(cog_deg.shape[0]):
        at_lat, at_lon = lat, lon
        for step in range(steps):
            span = min(STEP_H, hours - step * STEP_H)
            to_lat, to_lon = destination(at_lat, at_lon, cog_deg[c], sog_kn * span * 1852.0)
            n = crossings(index, at_lat, at_lon, to_lat, to_lon, asset, frac, kp, seg)
            for k in range(n):
                minutes = (step * STEP_H + frac[k] * span) * 60.0
                if minutes < out_min[asset[k], c]:
                    out_min[asset[k], c] = minutes
                    out_kp[asset[k], c] = kp[k]
            at_lat, at_lon = to_lat, to_lon


class SteadyCourse:
    """Constant velocity with a growing spread."""

    def __init__(self, layer: Layer, settings: RiskSettings) -> None:
        self._layer = layer
        self._s = settings
        weights = np.exp(-0.5 * OFFSETS**2) * np.gradient(OFFSETS)
        self._weights: F64 = weights / weights.sum()

    def ahead(self, fix: Fix, horizon_min: float) -> list[tuple[int, AssetAhead]]:
        """See `Ahead`."""
        count = len(self._layer.assets)
        usable = all(math.isfinite(x) for x in (fix.lat, fix.lon, fix.sog_kn, fix.cog_deg))
        if not count or not usable or fix.sog_kn < SLOWEST_KN:
            return []
        courses = fix.cog_deg + OFFSETS * self._s.course_spread_deg
        minutes = np.full((count, len(courses)), np.inf)
        kps = np.full((count, len(courses)), np.nan)
        fan(self._layer.index, fix.lat, fix.lon, fix.sog_kn, courses, horizon_min / 60.0, minutes, kps)
        out: list[tuple[int, AssetAhead]] = []
        rows: I32 = np.flatnonzero(np.isfinite(minutes).any(axis=1)).astype(np.int32)
        for row in rows.tolist():
            hit = np.isfinite(minutes[row])
            weight = float(self._weights[hit].sum())
            centre = int(np.argmin(np.where(hit, np.abs(OFFSETS), np.inf)))
            mid = float(minutes[row, centre])
            low = float(minutes[row][hit].min()) / (1.0 + SPEED_SHARE)
            high = float(minutes[row][hit].max()) * (1.0 + SPEED_SHARE)
            kp_sigma = float(np.std(kps[row][hit])) if hit.sum() > 1 else None
            out.append(
                (
                    row,
                    AssetAhead(
                        asset=self._layer.ref(row, float(kps[row, centre]), kp_sigma),
                        minutes=mid,
                        minutes_low=low,
                        minutes_high=high,
                        chance=weight * 0.5 ** (mid / self._s.leave_half_life_min),
                    ),
                )
            )
        out.sort(key=lambda item: (item[1].minutes, item[1].asset.id))
        return out
