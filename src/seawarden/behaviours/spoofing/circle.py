"""The circle that positions run round: centre, radius, how far they keep to it and to a steady rate."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from seawarden.geodesy import KNOT_MS, local_radii
from seawarden.model.position import F32, F64, I64


class Circle(NamedTuple):
    """A fitted circle."""

    lat: float
    lon: float
    radius_m: float
    off_m: float
    """Root mean square of the distances from the circle, m."""
    off_rad: float
    """Root mean square of the angles from those of a steady rate, rad."""
    rate_rad_s: float
    """Turn a second, clockwise positive."""
    round_rad: float
    """How far round the positions go."""


def fit_circle(t: I64, lat: F64, lon: F64, sog_kn: F32) -> Circle | None:
    """The circle through positions in order of time; None for fewer than five or a straight line.

    Kasa's fit (I. Kåsa, IEEE Trans. Instrum. Meas. IM-25, 1976): linear least squares on x2 + y2.

    Args:
        t: ms, shape (n,).
        lat: degrees, shape (n,).
        lon: degrees, shape (n,), across 180 as they come.
        sog_kn: reported speed, shape (n,): tells how often she went round between two reports.
    """
    if len(t) < 5:
        return None
    lat0, lon0 = float(lat[0]), float(lon[0])
    m_lat, m_lon = local_radii(lat0)
    x = ((lon - lon0 + 180.0) % 360.0 - 180.0) * m_lon
    y = (lat - lat0) * m_lat
    scale = max(float(np.hypot(x - x.mean(), y - y.mean()).max()), 1.0)
    columns = np.column_stack([x / scale, y / scale, np.ones(len(x))])
    (a, b, c), _, rank, _ = np.linalg.lstsq(columns, (x * x + y * y) / scale**2, rcond=None)
    if rank < 3:
        return None
    x0, y0 = 0.5 * a * scale, 0.5 * b * scale
    square = (c + 0.25 * (a * a + b * b)) * scale**2
    if not square > 0.0:
        return None
    radius = float(np.sqrt(square))
    away = np.hypot(x - x0, y - y0)
    seconds = (t - t[0]) / 1000.0
    bare = np.arctan2(x - x0, y - y0)
    speed = float(np.nanmedian(sog_kn)) * KNOT_MS if not np.isnan(sog_kn).all() else 0.0
    best: tuple[float, float, F64] | None = None
    for sense in (0.0, 1.0, -1.0):
        foretold = sense * speed / max(radius, 1.0) * seconds
        angle = np.unwrap(bare - foretold) + foretold
        rate, begin = np.polyfit(seconds, angle, 1)
        off = float(np.sqrt(np.mean((angle - begin - rate * seconds) ** 2)))
        if best is None or off < best[0]:
            best = (off, float(rate), angle)
    assert best is not None
    off, rate, angle = best
    return Circle(
        lat=lat0 + float(y0) / m_lat,
        lon=(lon0 + float(x0) / m_lon + 180.0) % 360.0 - 180.0,
        radius_m=radius,
        off_m=float(np.sqrt(np.mean((away - radius) ** 2))),
        off_rad=off,
        rate_rad_s=rate,
        round_rad=float(abs(angle[-1] - angle[0])),
    )
