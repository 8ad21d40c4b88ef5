"""Each track's likeliest passage of a stretch of an asset in a window of time, as one compiled kernel.

A passage is judged by one number: how many standard errors it misses the stretch by, in distance, in kilometre point
and in time together (a sum of squares, so that exp(-cost / 2) is its likelihood up to a constant). Between two fixes
a ship is taken to sail straight and evenly, with an error that grows with their distance and gap; between two key
frames of a thinned track the error of place is the thinning's.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from numba import njit

from seawarden.geodesy import plane, plane_xy, wrap_deg
from seawarden.model.position import F64, I8, I64


class Stretch(NamedTuple):
    """Straight pieces of the asset around the stretch in question; arrays (m,)."""

    lat1: F64
    lon1: F64
    lat2: F64
    lon2: F64
    kp1_km: F64
    kp2_km: F64
    sigma_m: F64


class Window(NamedTuple):
    """Where and when, with the errors of both."""

    from_t: float
    to_t: float
    time_sigma_ms: float
    kp_from_km: float
    kp_to_km: float
    kp_sigma_km: float
    set_back_m: float
    key_frame_sigma_m: float
    interpolation_share: float
    interpolation_time_share: float


@njit(cache=True)
def _foot(px: float, py: float, ax: float, ay: float, bx: float, by: float) -> tuple[float, float]:
    """Squared distance of a point from a segment, and the fraction along the segment."""
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    u = 0.0
    if length > 0.0:
        u = min(1.0, max(0.0, ((px - ax) * dx + (py - ay) * dy) / length))
    x, y = ax + u * dx - px, ay + u * dy - py
    return x * x + y * y, u


@njit(cache=True)
def _between(
    ax: float, ay: float, bx: float, by: float, cx: float, cy: float, dx: float, dy: float
) -> tuple[float, float, float]:
    """Distance of two segments AB and CD, and the fractions along both where they are nearest."""
    rx, ry, sx, sy = bx - ax, by - ay, dx - cx, dy - cy
    cross = rx * sy - ry * sx
    if cross != 0.0:
        u = ((cx - ax) * sy - (cy - ay) * sx) / cross
        v = ((cx - ax) * ry - (cy - ay) * rx) / cross
        if 0.0 <= u <= 1.0 and 0.0 <= v <= 1.0:
            return 0.0, u, v
    best, v = _foot(ax, ay, cx, cy, dx, dy)
    u = 0.0
    far, w = _foot(bx, by, cx, cy, dx, dy)
    if far < best:
        best, u, v = far, 1.0, w
    far, w = _foot(cx, cy, ax, ay, bx, by)
    if far < best:
        best, u, v = far, w, 0.0
    far, w = _foot(dx, dy, ax, ay, bx, by)
    if far < best:
        best, u, v = far, w, 1.0
    return math.sqrt(best), u, v


@njit(cache=True)
def passages(start: I64, t: I64, lat: F64, lon: F64, provenance: I8, stretch: Stretch, w: Window, out: F64) -> None:
    """The likeliest passage of each track.

    Args:
        start: (k + 1,) where each track's positions begin in the columns.
        t: (n,) ms.
        lat: (n,) degrees.
        lon: (n,) degrees.
        provenance: (n,) `Provenance`.
        stretch: pieces of the asset.
        w: window and errors.
        out: (k, 8) filled with cost, distance in m, its sigma in m, KP in km, time in ms, gap in s, latitude and
            longitude; cost inf for a track that was never in question.
    """
    for k in range(start.shape[0] - 1):
        best = math.inf
        for j in range(8):
            out[k, j] = math.nan
        out[k, 0] = math.inf
        for i in range(start[k], start[k + 1] - 1):
            gap = float(t[i + 1] - t[i])
            slack = 6.0 * math.hypot(w.time_sigma_ms, w.interpolation_time_share * gap)
            if gap <= 0.0 or t[i + 1] < w.from_t - slack or t[i] > w.to_t + slack:
                continue
            thinned = provenance[i] == 1 or provenance[i + 1] == 1
            for p in range(stretch.lat1.shape[0]):
                lat0, lon0 = stretch.lat1[p], stretch.lon1[p]
                a, b, c, d = plane(lat0)
                ax, ay = plane_xy(a, b, c, d, lat[i] - lat0, wrap_deg(lon[i] - lon0))
                bx, by = plane_xy(a, b, c, d, lat[i + 1] - lat0, wrap_deg(lon[i + 1] - lon0))
                ex, ey = plane_xy(a, b, c, d, stretch.lat2[p] - lat0, wrap_deg(stretch.lon2[p] - lon0))
                if max(ax, bx) < min(0.0, ex) - 2e4 or min(ax, bx) > max(0.0, ex) + 2e4:
                    continue
                if max(ay, by) < min(0.0, ey) - 2e4 or min(ay, by) > max(0.0, ey) + 2e4:
                    continue
                far, u, v = _between(ax, ay, bx, by, 0.0, 0.0, ex, ey)
                middle = 4.0 * u * (1.0 - u)
                length = math.hypot(bx - ax, by - ay)
                loose = w.interpolation_share * length * middle
                if thinned:
                    loose = w.key_frame_sigma_m * math.sqrt(middle)
                sigma = math.sqrt(stretch.sigma_m[p] ** 2 + w.set_back_m**2 + 400.0 + loose * loose)
                at = t[i] + u * gap
                time_sigma = math.hypot(w.time_sigma_ms, w.interpolation_time_share * gap * middle)
                kp = stretch.kp1_km[p] + v * (stretch.kp2_km[p] - stretch.kp1_km[p])
                miss_t = max(0.0, w.from_t - at, at - w.to_t) / time_sigma
                miss_kp = max(0.0, w.kp_from_km - kp, kp - w.kp_to_km) / w.kp_sigma_km
                cost = (far / sigma) ** 2 + miss_t * miss_t + miss_kp * miss_kp
                if cost < best:
                    best = cost
                    out[k, 0] = cost
                    out[k, 1] = far
                    out[k, 2] = sigma
                    out[k, 3] = kp
                    out[k, 4] = at
                    out[k, 5] = gap / 1000.0
                    out[k, 6] = lat[i] + u * (lat[i + 1] - lat[i])
                    out[k, 7] = lon[i] + u * wrap_deg(lon[i + 1] - lon[i])
