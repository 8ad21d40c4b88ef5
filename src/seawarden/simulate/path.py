"""One ship's positions as a path that can be sailed again at another speed.

The path goes straight (on the local tangent plane) from one position to the next. A warp says at which time of the
original voyage the ship now is; her place and every later position follow, so that speed and positions agree.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from seawarden.model.position import F64, I64, Positions, Provenance, take

_A_M = 6_378_137.0
_E2 = 6.694379990141317e-3
KN_MS = 1852.0 / 3600.0
"""Metres per second in a knot."""


def metres_per_degree(lat_deg: F64) -> tuple[F64, F64]:
    """Metres per degree of latitude and longitude on the WGS84 ellipsoid at `lat_deg`, shape kept."""
    lat = np.radians(lat_deg)
    w2 = 1.0 - _E2 * np.sin(lat) ** 2
    meridian = _A_M * (1.0 - _E2) / (w2 * np.sqrt(w2))
    normal = _A_M / np.sqrt(w2)
    return np.radians(meridian), np.radians(normal * np.cos(lat))


def wrap_deg(angle: F64) -> F64:
    """Angles to -180..180 degrees."""
    wrapped: F64 = (np.asarray(angle, dtype=np.float64) + 180.0) % 360.0 - 180.0
    return wrapped


class Path(NamedTuple):
    """The voyage of one ship; arrays of shape (n,)."""

    t_s: F64
    """Seconds since the first position."""
    lat: F64
    lon: F64
    """Unwrapped: it may pass 180."""
    step_m: F64
    """Length of the step that ends at each position, m; 0 at the first."""
    speed_kn: F64
    """Smoothed reported speed over ground, kn."""
    course_deg: F64
    """Course over ground, unwrapped, degrees."""


def path_of(ship: Positions) -> Path:
    """The path of one ship's positions, which must be in order of strictly rising time.

    Raises:
        ValueError: fewer than three positions, several ships, or times that do not rise.
    """
    if len(ship.t) < 3:
        raise ValueError(f"a path needs three positions, got {len(ship.t)}")
    if np.any(ship.mmsi != ship.mmsi[0]):
        raise ValueError("a path is of one ship")
    if np.any(np.diff(ship.t) <= 0):
        raise ValueError("the times of a path must rise")
    t_s = (ship.t - ship.t[0]) / 1000.0
    lon = ship.lon[0] + np.concatenate(([0.0], np.cumsum(wrap_deg(np.diff(ship.lon)))))
    m_lat, m_lon = metres_per_degree(ship.lat)
    dy = np.diff(ship.lat) * 0.5 * (m_lat[1:] + m_lat[:-1])
    dx = np.diff(lon) * 0.5 * (m_lon[1:] + m_lon[:-1])
    step = np.concatenate(([0.0], np.hypot(dx, dy)))
    implied = np.concatenate(([np.nan], np.hypot(dx, dy) / np.diff(t_s) / KN_MS))
    implied[0] = implied[1]
    sog = ship.sog_kn.astype(np.float64)
    speed = smooth(np.where(np.isfinite(sog), sog, implied))
    track = np.degrees(np.arctan2(dx, dy))
    track = np.concatenate((track[:1], track))
    cog = ship.cog_deg.astype(np.float64)
    cog = np.where(np.isfinite(cog), cog, track)
    course = cog[0] + np.concatenate(([0.0], np.cumsum(wrap_deg(np.diff(cog)))))
    return Path(t_s, ship.lat.astype(np.float64), lon, step, speed, smooth(course))


def smooth(values: F64) -> F64:
    """Mean of five neighbours (fewer at the ends); shape (n,) kept."""
    n = len(values)
    total = np.concatenate(([0.0], np.cumsum(values)))
    low = np.maximum(np.arange(n) - 2, 0)
    high = np.minimum(np.arange(n) + 3, n)
    mean: F64 = (total[high] - total[low]) / (high - low)
    return mean


def sail(ship: Positions, path: Path, origin_s: F64, ratio: F64, now_t: I64, rows: I64) -> Positions:
    """Positions of the ship when at `now_t` she is where she originally was at `origin_s`, at `ratio` of that speed.

    What a report differed from the smooth voyage (speed and course noise, heading minus course) stays with the report
    in time: a warp of ratio one gives back the original to the last bit.

    Args:
        ship: the original positions.
        path: `path_of(ship)`.
        origin_s: time of the original voyage, s since its first position, shape (m,).
        ratio: speed over the original speed at that place, shape (m,).
        now_t: event time of each new position, ms, shape (m,).
        rows: the original row whose noise and other columns each new position keeps, shape (m,).
    """
    out = take(ship, rows)
    same = (origin_s == path.t_s[rows]) & (ratio == 1.0)
    t = path.t_s
    lat = np.interp(origin_s, t, path.lat)
    lon = np.interp(origin_s, t, path.lon)
    out.t[:] = now_t
    out.lat[:] = np.where(same, out.lat, lat)
    out.lon[:] = np.where(same, out.lon, (lon + 180.0) % 360.0 - 180.0)
    noise = ship.sog_kn[rows] - path.speed_kn[rows]
    sog = np.maximum(np.interp(origin_s, t, path.speed_kn) * ratio + noise, 0.0)
    out.sog_kn[:] = np.where(same, out.sog_kn, np.round(sog, 2))
    turn = np.interp(origin_s, t, path.course_deg) - path.course_deg[rows]
    out.cog_deg[:] = np.where(same, out.cog_deg, np.round((out.cog_deg + turn) % 360.0, 1) % 360.0)
    out.heading_deg[:] = np.where(same, out.heading_deg, np.round((out.heading_deg + turn) % 360.0) % 360.0)
    out.provenance[:] = int(Provenance.SIMULATED)
    return out
