"""The compiled asset index: which asset is how near, and where a ship's way crosses one.

Assets are cut along the geodesic into pieces of some kilometres; a grid of cells lists, nearest first, the pieces
that come within `reach_m` of each cell. Every kernel takes one point, or the movement between two fixes, and can be
called from other kernels. `layer.py` builds the index. In a loop over many
points test `cell_of` first: handing the index's eleven arrays to a kernel costs more than the geometry (numba counts
a reference to each), and most points have no asset within reach.

**Crossings.** A movement is cut into steps of at most 5 km along the geodesic; near a step, movement and asset are
straight lines of the tangent plane. Which side of an asset's line a fix lies on is judged in that piece's own plane
and counts zero as left, so that a fix right on a line crosses it exactly once, before or after; which side of the
movement an asset's vertex lies on is judged in the movement's plane, so that a joint of two pieces is crossed once.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.geodesy import distance_m, foot_of, leg_point, plane, plane_xy, side_of, wrap_deg
from seawarden.model.position import F32, F64, I32

STEP_M: Final = 5_000.0
"""Longest step of a movement that is taken as straight, m."""


class AssetIndex(NamedTuple):
    """Segments of all assets and the grid over them. All arrays are C-contiguous and writable."""

    asset: I32
    """(m,) row of the asset of each segment."""
    lat1: F64
    lon1: F64
    lat2: F64
    lon2: F64
    """(m,) ends, degrees."""
    kp1_km: F64
    kp2_km: F64
    """(m,) kilometre points of the ends."""
    sigma_m: F64
    """(m,) standard error of the route across its line."""
    cell_start: I32
    """(rows * cols + 1,) where each cell's list begins."""
    cell_items: I32
    """Segments by cell, nearest to the cell first."""
    cell_dist_m: F32
    """Distance of each listed segment from the cell's centre, less the cell's half diagonal: a lower bound, m."""
    lat0: float
    lon0: float
    cell_deg: float
    rows: int
    cols: int
    reach_m: float


@njit(cache=True, error_model="numpy")
def cell_of(index: AssetIndex, lat: float, lon: float) -> int:
    """The cell of a point, or -1 outside the grid, for missing coordinates, and where no asset is within reach.

    Written without branches: 2 ns where the full kernels take 100.
    """
    row = (lat - index.lat0) / index.cell_deg
    east = lon - index.lon0
    east -= 360.0 * math.floor(east / 360.0)
    col = east / index.cell_deg
    inside = 0.0 <= row < index.rows and 0.0 <= col < index.cols
    cell = int(row) * index.cols + int(col) if inside else -1
    at = max(cell, 0)
    return cell if index.cell_start[at + 1] > index.cell_start[at] else -1


@njit(cache=True, error_model="numpy")
def nearest(index: AssetIndex, lat: float, lon: float) -> tuple[int, float, float]:
    """The nearest segment to a point.

    Returns:
        Segment, distance in m and KP in km; (-1, inf, nan) when no asset lies within reach.
    """
    best = -1
    best_m = index.reach_m
    best_u = 0.0
    kp_km = math.nan
    cell = cell_of(index, lat, lon)
    k = index.cell_start[max(cell, 0)]
    end = index.cell_start[cell + 1] if cell >= 0 else k
    a, b, c, d = plane(lat)
    while k < end and index.cell_dist_m[k] <= best_m:
        s = index.cell_items[k]
        x1, y1 = plane_xy(a, b, c, d, index.lat1[s] - lat, wrap_deg(index.lon1[s] - lon))
        x2, y2 = plane_xy(a, b, c, d, index.lat2[s] - lat, wrap_deg(index.lon2[s] - lon))
        far, u = foot_of(x1, y1, x2, y2)
        if far < best_m or (far == best_m and (best < 0 or s < best)):
            best = s
            best_m = far
            best_u = u
        k += 1
    if best >= 0:
        kp_km = index.kp1_km[best] + best_u * (index.kp2_km[best] - index.kp1_km[best])
    else:
        best_m = math.inf
    return best, best_m, kp_km


@njit(cache=True, error_model="numpy")
def nearest_of(index: AssetIndex, lat: F64, lon: F64) -> tuple[I32, F64, F64]:
    """`nearest` of many points, arrays of shape (n,): segment, distance in m, KP in km."""
    segment = np.full(lat.shape[0], -1, dtype=np.int32)
    distance = np.full(lat.shape[0], math.inf)
    kp_km = np.full(lat.shape[0], math.nan)
    for i in range(lat.shape[0]):
        if cell_of(index, lat[i], lon[i]) >= 0:
            segment[i], distance[i], kp_km[i] = nearest(index, lat[i], lon[i])
    return segment, distance, kp_km


@njit(cache=True, error_model="numpy")
def near_all(
    index: AssetIndex,
    lat: float,
    lon: float,
    max_m: float,
    out_asset: I32,
    out_dist: F64,
    out_kp: F64,
    out_sigma: F64,
) -> int:
    """The nearest point of every asset within `max_m` (no farther than the index's reach), nearest first.

    The out arrays share one length; when more assets are near than they hold, the farthest are left out.

    Returns:
        How many were written: asset row, distance in m, KP in km, sigma of the route in m.
    """
    n = 0
    room = out_asset.shape[0]
    a, b, c, d = plane(lat)
    cell = cell_of(index, lat, lon)
    k = index.cell_start[max(cell, 0)]
    end = index.cell_start[cell + 1] if cell >= 0 else k
    limit = min(max_m, index.reach_m)
    while k < end and index.cell_dist_m[k] <= limit:
        s = index.cell_items[k]
        k += 1
        x1, y1 = plane_xy(a, b, c, d, index.lat1[s] - lat, wrap_deg(index.lon1[s] - lon))
        x2, y2 = plane_xy(a, b, c, d, index.lat2[s] - lat, wrap_deg(index.lon2[s] - lon))
        far, u = foot_of(x1, y1, x2, y2)
        if far > limit:
            continue
        row = index.asset[s]
        kp = index.kp1_km[s] + u * (index.kp2_km[s] - index.kp1_km[s])
        at = 0
        while at < n and out_asset[at] != row:
            at += 1
        if at < n:
            better = far < out_dist[at] or (far == out_dist[at] and kp < out_kp[at])
        elif n < room:
            n += 1
            better = True
        else:
            at = room - 1
            better = at >= 0 and (far < out_dist[at] or (far == out_dist[at] and row < out_asset[at]))
        if not better:
            continue
        while at > 0 and (out_dist[at - 1] > far or (out_dist[at - 1] == far and out_asset[at - 1] > row)):
            out_asset[at] = out_asset[at - 1]
            out_dist[at] = out_dist[at - 1]
            out_kp[at] = out_kp[at - 1]
            out_sigma[at] = out_sigma[at - 1]
            at -= 1
        out_asset[at] = row
        out_dist[at] = far
        out_kp[at] = kp
        out_sigma[at] = index.sigma_m[s]
    return n


@njit(cache=True, error_model="numpy")
def _step_crossings(
    index: AssetIndex,
    cell: int,
    lat1: float,
    lon1: float,
    lat2: float,
    lon2: float,
    step: int,
    steps: int,
    n: int,
    out_asset: I32,
    out_frac: F64,
    out_kp: F64,
    out_seg: I32,
) -> int:
    """Crossings of one short step of a movement, sorted into the out arrays; returns their new count."""
    mid_lat = 0.5 * (lat1 + lat2)
    half_lon = 0.5 * wrap_deg(lon2 - lon1)
    mid_lon = lon1 + half_lon
    a, b, c, d = plane(mid_lat)
    x1, y1 = plane_xy(a, b, c, d, lat1 - mid_lat, -half_lon)
    x2, y2 = plane_xy(a, b, c, d, lat2 - mid_lat, half_lon)
    dx = x2 - x1
    dy = y2 - y1
    # A tenth more than half the step: its middle in degrees is not quite its middle.
    radius = 0.55 * math.sqrt(dx * dx + dy * dy) + 1.0
    k = index.cell_start[cell]
    while k < index.cell_start[cell + 1] and index.cell_dist_m[k] <= radius:
        s = index.cell_items[k]
        k += 1
        ax, ay = plane_xy(a, b, c, d, index.lat1[s] - mid_lat, wrap_deg(index.lon1[s] - mid_lon))
        bx, by = plane_xy(a, b, c, d, index.lat2[s] - mid_lat, wrap_deg(index.lon2[s] - mid_lon))
        side_a = dx * (ay - y1) - dy * (ax - x1)
        side_b = dx * (by - y1) - dy * (bx - x1)
        if (side_a >= 0.0) == (side_b >= 0.0):
            continue
        before = side_of(lat1, lon1, index.lat1[s], index.lon1[s], index.lat2[s], index.lon2[s])
        after = side_of(lat2, lon2, index.lat1[s], index.lon1[s], index.lat2[s], index.lon2[s])
        if (before >= 0.0) == (after >= 0.0):
            continue
        frac = (step + before / (before - after)) / steps
        if n < out_asset.shape[0]:
            at = n
            n += 1
        elif n > 0 and out_frac[n - 1] > frac:
            at = n - 1
        else:
            continue
        while at > 0 and (out_frac[at - 1] > frac or (out_frac[at - 1] == frac and out_seg[at - 1] > s)):
            out_asset[at] = out_asset[at - 1]
            out_frac[at] = out_frac[at - 1]
            out_kp[at] = out_kp[at - 1]
            out_seg[at] = out_seg[at - 1]
            at -= 1
        out_asset[at] = index.asset[s]
        out_frac[at] = frac
        out_kp[at] = index.kp1_km[s] + side_a / (side_a - side_b) * (index.kp2_km[s] - index.kp1_km[s])
        out_seg[at] = s
    return n


@njit(cache=True, error_model="numpy")
def _steps_of(lat1: float, lon1: float, lat2: float, lon2: float, longest_m: float) -> int:
    """Into how many steps a movement is cut; none when it goes nowhere or a coordinate is missing."""
    length = distance_m(lat1, lon1, lat2, lon2)
    return math.ceil(length / longest_m) if length > 0.0 and math.isfinite(length) else 0


@njit(cache=True, error_model="numpy")
def may_cross(index: AssetIndex, lat1: float, lon1: float, lat2: float, lon2: float) -> bool:
    """Whether it is worth asking for `crossings`: False only when there is none. Costs 2 ns, without branches."""
    dlat = lat2 - lat1
    dlon = lon2 - lon1
    dlon -= 360.0 * math.floor((dlon + 180.0) / 360.0)
    # No degree is longer than 111.7 km: a movement that is short by this is one step, and its middle's cell decides.
    longest = min(STEP_M, index.reach_m) / 111_700.0
    cell = cell_of(index, 0.5 * (lat1 + lat2), lon1 + 0.5 * dlon)
    short = dlat * dlat + dlon * dlon <= longest * longest
    return (cell >= 0) | (not short)


@njit(cache=True, error_model="numpy")
def crossings(
    index: AssetIndex,
    lat1: float,
    lon1: float,
    lat2: float,
    lon2: float,
    out_asset: I32,
    out_frac: F64,
    out_kp: F64,
    out_seg: I32,
) -> int:
    """Every crossing of the geodesic between two fixes with an asset, in order along the way.

    The out arrays share one length; when there are more crossings than they hold, the first along the way are kept.

    Returns:
        How many were written: asset row, fraction of the way (0..1), KP in km, segment.
    """
    n = 0
    steps = _steps_of(lat1, lon1, lat2, lon2, min(STEP_M, index.reach_m))
    from_lat = lat1
    from_lon = lon1
    for step in range(steps):
        to_lat = lat2
        to_lon = lon2
        if step < steps - 1:
            to_lat, to_lon = leg_point(lat1, lon1, lat2, lon2, (step + 1) / steps)
        cell = cell_of(index, 0.5 * (from_lat + to_lat), from_lon + 0.5 * wrap_deg(to_lon - from_lon))
        if cell >= 0:
            n = _step_crossings(
                index,
                cell,
                from_lat,
                from_lon,
                to_lat,
                to_lon,
                step,
                steps,
                n,
                out_asset,
                out_frac,
                out_kp,
                out_seg,
            )
        from_lat = to_lat
        from_lon = to_lon
    return n
