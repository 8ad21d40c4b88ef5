"""Which assets lie ahead of a ship, and when she is there: a fan of steady courses with a spread that grows.

The first forecast: constant speed and course. Nine courses stand for a normal spread around her own; each is
followed hour by hour for the horizon, and an asset's chance is the weight of the courses that cross it, falling with
the time by which ships turn off. A better forecaster takes its place through the protocol `Ahead`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

import numpy as np
from numba import njit

from seawarden.geodesy import destination
from seawarden.geography.index import AssetIndex, crossings, may_cross
from seawarden.model.position import F64, I32
from seawarden.model.risk import AssetAhead
from seawarden.ports import FleetView
from seawarden.risk.needs import Fix, Layer
from seawarden.settings_risk import RiskSettings

OFFSETS: Final = np.array([-2.0, -1.4, -0.9, -0.45, 0.0, 0.45, 0.9, 1.4, 2.0])
"""Courses of the fan, in standard deviations."""
SLOWEST_KN: Final = 0.3
"""Slower ships have no course to speak of."""
SPEED_SHARE: Final = 0.12
"""Spread of the speed made good over some hours, as a share (own estimate from changes of speed on passage)."""
STEP_H: Final = 1.0


class Seen(NamedTuple):
    """A ship in the view of a tick, for a forecast that asks for her past."""

    view: FleetView
    slot: int
    track_id: str
    mmsi: int


class Ahead(Protocol):
    """A forecast of the assets that a ship will cross."""

    least_chance: float
    """Chance of an anchor out from which it is worth while to ask again with `seen`."""

    def ahead(self, fix: Fix, horizon_min: float, seen: Seen | None = None) -> Sequence[tuple[int, AssetAhead]]:
        """Rows of assets and when she is there, soonest first; each asset once, at her first crossing.

        Args:
            fix: her last position.
            horizon_min: how far ahead, minutes.
            seen: where her past can be asked for; None for the cheap answer.
        """
        ...


@njit(cache=True)
def _total(values: F64, n: int) -> float:
    """Sum of the first `n` values, at most 15, in the order in which NumPy adds: results stay the same to the bit."""
    total = 0.0
    begin = 0
    if n >= 8:
        total = (values[0] + values[1]) + (values[2] + values[3])
        total += (values[4] + values[5]) + (values[6] + values[7])
        begin = 8
    for k in range(begin, n):
        total += values[k]
    return total


@njit(cache=True)
def _met(minutes: F64, kps: F64, weights: F64, offsets: F64, rows: I32, out: F64) -> int:
    """Assets that any course crosses: their rows and, in `out` (assets, 6), the weight of the courses, minutes of the
    middle, first and last of them, KP of the middle one and the spread of the KPs (NaN for a single course)."""
    n = 0
    courses = minutes.shape[1]
    held = np.empty(courses)
    for row in range(minutes.shape[0]):
        hits = 0
        centre = 0
        nearest = np.inf
        low = np.inf
        high = -np.inf
        for c in range(courses):
            if minutes[row, c] < np.inf:
                held[hits] = weights[c]
                hits += 1
                low = min(low, minutes[row, c])
                high = max(high, minutes[row, c])
                if abs(offsets[c]) < nearest:
                    nearest = abs(offsets[c])
                    centre = c
        if hits == 0:
            continue
        rows[n] = row
        out[n, 0] = _total(held, hits)
        out[n, 1] = minutes[row, centre]
        out[n, 2] = low
        out[n, 3] = high
        out[n, 4] = kps[row, centre]
        out[n, 5] = np.nan
        if hits > 1:
            k = 0
            for c in range(courses):
                if minutes[row, c] < np.inf:
                    held[k] = kps[row, c]
                    k += 1
            mean = _total(held, hits) / hits
            for k in range(hits):
                held[k] = (held[k] - mean) * (held[k] - mean)
            out[n, 5] = math.sqrt(_total(held, hits) / hits)
        n += 1
    return n


SQUARE_DEG: Final = 0.25
AROUND_DEG: Final = 0.1
"""A leg bends from the box of its ends by less than this, below `SCREENED_KN` and `SCREENED_DEG`."""
SCREENED_KN: Final = 60.0
SCREENED_DEG: Final = 75.0


def seas_of(index: AssetIndex) -> I32:
    """Where assets lie, roughly: pieces of them in all squares of `SQUARE_DEG` to the south and west of each corner.

    Shape (rows + 1, columns + 1); a look at any box of squares is four reads.
    """
    rows, columns = round(180 / SQUARE_DEG), round(360 / SQUARE_DEG)
    count = np.zeros((rows + 1, columns + 1), dtype=np.int32)
    for lat1, lon1, lat2, lon2 in zip(index.lat1, index.lon1, index.lat2, index.lon2, strict=True):
        bend = 0.01 * max(abs(lat1 - lat2), abs(lon1 - lon2)) ** 2
        a, b = _square(max(min(lat1, lat2) - bend, -90.0) + 90.0), _square(max(lat1, lat2) + bend + 90.0)
        c, d = _square(min(lon1, lon2) + 180.0), _square(max(lon1, lon2) + 180.0)
        count[a + 1 : b + 2, c + 1 : d + 2] += 1  # across 180 degrees: all round the earth
    return np.ascontiguousarray(count.cumsum(0, dtype=np.int32).cumsum(1, dtype=np.int32))


@njit(cache=True)
def _square(deg: float) -> int:
    return math.floor(deg / SQUARE_DEG)


@njit(cache=True)
def _empty(seas: I32, lat1: float, lon1: float, lat2: float, lon2: float) -> bool:
    """Whether no asset lies near a leg; False when it can't be told."""
    if abs(lat1) > SCREENED_DEG or abs(lat2) > SCREENED_DEG or abs(lon1) > 179.0 or abs(lon2) > 179.0:
        return False
    a, b = _square(min(lat1, lat2) - AROUND_DEG + 90.0), _square(max(lat1, lat2) + AROUND_DEG + 90.0) + 1
    wide = AROUND_DEG / math.cos(math.radians(SCREENED_DEG))
    c, d = _square(min(lon1, lon2) - wide + 180.0), _square(max(lon1, lon2) + wide + 180.0) + 1
    return bool(seas[b, d] - seas[a, d] - seas[b, c] + seas[a, c] == 0)


@njit(cache=True)
def fan(
    index: AssetIndex,
    seas: I32,
    lat: float,
    lon: float,
    sog_kn: float,
    cog_deg: F64,
    hours: float,
    out_min: F64,
    out_kp: F64,
) -> None:
    """Minutes to the first crossing of each asset on each course, and its KP.

    Args:
        index: the assets.
        seas: of `seas_of`.
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
    screened = sog_kn <= SCREENED_KN
    for c in range(cog_deg.shape[0]):
        at_lat, at_lon = lat, lon
        for step in range(steps):
            span = min(STEP_H, hours - step * STEP_H)
            to_lat, to_lon = destination(at_lat, at_lon, cog_deg[c], sog_kn * span * 1852.0)
            n = 0
            skipped = screened and _empty(seas, at_lat, at_lon, to_lat, to_lon)
            if not skipped and may_cross(index, at_lat, at_lon, to_lat, to_lon):
                n = crossings(index, at_lat, at_lon, to_lat, to_lon, asset, frac, kp, seg)
            for k in range(n):
                minutes = (step * STEP_H + frac[k] * span) * 60.0
                if minutes < out_min[asset[k], c]:
                    out_min[asset[k], c] = minutes
                    out_kp[asset[k], c] = kp[k]
            at_lat, at_lon = to_lat, to_lon


class SteadyCourse:
    """Constant velocity with a growing spread."""

    least_chance = math.inf

    def __init__(self, layer: Layer, settings: RiskSettings) -> None:
        self._layer = layer
        self._s = settings
        weights = np.exp(-0.5 * OFFSETS**2) * np.gradient(OFFSETS)
        self._weights: F64 = weights / weights.sum()
        self._seas: I32 | None = None

    def ahead(self, fix: Fix, horizon_min: float, seen: Seen | None = None) -> list[tuple[int, AssetAhead]]:
        """See `Ahead`; her past is not asked for."""
        count = len(self._layer.assets)
        usable = all(math.isfinite(x) for x in (fix.lat, fix.lon, fix.sog_kn, fix.cog_deg))
        if not count or not usable or fix.sog_kn < SLOWEST_KN:
            return []
        courses = fix.cog_deg + OFFSETS * self._s.course_spread_deg
        minutes = np.full((count, len(courses)), np.inf)
        kps = np.full((count, len(courses)), np.nan)
        if self._seas is None:
            self._seas = seas_of(self._layer.index)
        fan(self._layer.index, self._seas, fix.lat, fix.lon, fix.sog_kn, courses, horizon_min / 60.0, minutes, kps)
        out: list[tuple[int, AssetAhead]] = []
        rows = np.empty(count, dtype=np.int32)
        met = np.empty((count, 6))
        n = _met(minutes, kps, self._weights, OFFSETS, rows, met)
        for row, (weight, mid, first, last, kp, kp_sigma) in zip(rows[:n].tolist(), met[:n].tolist(), strict=True):
            out.append(
                (
                    row,
                    AssetAhead(
                        asset=self._layer.ref(row, kp, kp_sigma if kp_sigma == kp_sigma else None),
                        minutes=mid,
                        minutes_low=first / (1.0 + SPEED_SHARE),
                        minutes_high=last * (1.0 + SPEED_SHARE),
                        chance=weight * 0.5 ** (mid / self._s.leave_half_life_min),
                    ),
                )
            )
        out.sort(key=lambda item: (item[1].minutes, item[1].asset.id))
        return out
