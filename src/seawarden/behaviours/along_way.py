"""One ship's way beside one asset: a plane to measure in, how far off she was, and where along the asset."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.geodesy import plane, plane_xy, wrap_deg
from seawarden.geography.index import AssetIndex, near_all, nearest_of
from seawarden.model.position import F32, F64, I8, I32, I64
from seawarden.ports import Track
from seawarden.surroundings.doubts import placed

LEAST_STEP_MS: Final = 30_000
"""One position of each half minute is taken: more say nothing more of a way that takes hours."""
NEAR_ASSETS: Final = 32


class Way(NamedTuple):
    """A stretch of a ship's track beside an asset; arrays (n,)."""

    t: I64
    x: F64
    """East of the first position, m."""
    y: F64
    """North of it, m."""
    lat: F64
    lon: F64
    sog_kn: F32
    nav_status: I8
    off_m: F64
    """Distance to the asset, inf beyond the index's reach."""
    kp_km: F64
    """Where along the asset, NaN beyond its reach."""
    sigma_m: F64
    """Error of the route there."""


@njit(cache=True)
def _beside(index: AssetIndex, row: int, lat: F64, lon: F64, off_m: F64, kp_km: F64, sigma_m: F64) -> None:
    asset, dist = np.empty(NEAR_ASSETS, dtype=np.int32), np.empty(NEAR_ASSETS)
    kp, sigma = np.empty(NEAR_ASSETS), np.empty(NEAR_ASSETS)
    for j in range(len(lat)):
        off_m[j] = np.inf
        kp_km[j] = np.nan
        sigma_m[j] = np.nan
        n = near_all(index, lat[j], lon[j], index.reach_m, asset, dist, kp, sigma)
        for k in range(n):
            if asset[k] == row:
                off_m[j] = dist[k]
                kp_km[j] = kp[k]
                sigma_m[j] = sigma[k]


@njit(cache=True)
def _flat(lat: F64, lon: F64, x: F64, y: F64) -> None:
    a, b, c, d = plane(lat[0])
    for j in range(len(lat)):
        x[j], y[j] = plane_xy(a, b, c, d, lat[j] - lat[0], wrap_deg(lon[j] - lon[0]))


def assets_by(track: Track, index: AssetIndex) -> list[int]:
    """Rows of the assets that a ship was nearest to, the one that most of her positions were first.

    Args:
        track: positions in order of time.
        index: the assets' index.
    """
    rows = _half_minutes(track)
    if not len(rows):
        return []
    segment = nearest_of(index, np.ascontiguousarray(track.lat[rows]), np.ascontiguousarray(track.lon[rows]))[0]
    assets, counts = np.unique(index.asset[segment[segment >= 0]], return_counts=True)
    return [int(asset) for asset in assets[np.lexsort((assets, -counts))]]


def _half_minutes(track: Track) -> I64:
    """Rows of one undoubted position of each half minute."""
    fit = np.flatnonzero(placed(track.trust) & np.isfinite(track.lat) & np.isfinite(track.lon))
    rows: I64 = fit[np.diff(track.t[fit] // LEAST_STEP_MS, prepend=-1) != 0].astype(np.int64)
    return rows


def way_of(track: Track, index: AssetIndex, row: int) -> Way | None:
    """The way of a track beside an asset; None when fewer than three of its positions are undoubted.

    Args:
        track: positions in order of time.
        index: the assets' index.
        row: which asset.
    """
    rows = _half_minutes(track)
    if len(rows) < 3:
        return None
    lat, lon = np.ascontiguousarray(track.lat[rows]), np.ascontiguousarray(track.lon[rows])
    n = len(rows)
    x, y, off, kp, sigma = np.empty(n), np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    _flat(lat, lon, x, y)
    _beside(index, row, lat, lon, off, kp, sigma)
    return Way(track.t[rows], x, y, lat, lon, track.sog_kn[rows], track.nav_status[rows], off, kp, sigma)


class Pass(NamedTuple):
    """A stretch on which the ship followed the asset one way."""

    first: int
    last: int
    """Rows of the way."""
    along_km: float
    """Signed: positive towards higher kilometre points."""
    mean_kn: float
    off_m: float
    """Mean distance to the asset."""


def passes_of(way: Way, off_m: float, angle_deg: float, bridge: int = 2) -> list[Pass]:
    """Stretches on which the ship followed the asset.

    Args:
        way: her way.
        off_m: how near she must keep; the route's own error is added.
        angle_deg: largest angle of her course and the asset.
        bridge: steps that may fall out without ending a stretch.
    """
    step_m = np.hypot(np.diff(way.x), np.diff(way.y))
    along_m = np.diff(way.kp_km) * 1000.0
    near = way.off_m <= off_m + np.nan_to_num(way.sigma_m)
    with np.errstate(invalid="ignore"):
        follows = (
            near[1:] & near[:-1] & (step_m > 5.0) & (np.abs(along_m) >= math.cos(math.radians(angle_deg)) * step_m)
        )
    sign = np.where(follows, np.sign(np.nan_to_num(along_m)), 0.0).astype(np.int32)
    return [
        Pass(a, b, float(np.nansum(along_m[a:b])) / 1000.0, _mean_kn(way, a, b), float(np.mean(way.off_m[a : b + 1])))
        for a, b in _runs(sign, bridge)
    ]


def _runs(sign: I32, bridge: int) -> list[tuple[int, int]]:
    """Runs of one sign among steps, as (first, last) rows of positions; up to `bridge` zeros do not end one."""
    runs: list[tuple[int, int]] = []
    begin, last, holds = -1, -1, 0
    for k, s in enumerate(sign.tolist()):
        if s == 0:
            continue
        if begin >= 0 and s == holds and k - last - 1 <= bridge:
            last = k
            continue
        if begin >= 0:
            runs.append((begin, last + 1))
        begin, last, holds = k, k, s
    if begin >= 0:
        runs.append((begin, last + 1))
    return runs


def _mean_kn(way: Way, a: int, b: int) -> float:
    seconds = (int(way.t[b]) - int(way.t[a])) / 1000.0
    gone = float(np.sum(np.hypot(np.diff(way.x[a : b + 1]), np.diff(way.y[a : b + 1]))))
    return gone / max(seconds, 1.0) * 3600.0 / 1852.0
