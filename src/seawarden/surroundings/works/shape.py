"""From the points of a declaration to the ring inside of which ships are expected to work."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Literal

from shapely.geometry import LineString, MultiPoint, Point, Polygon
from shapely.geometry.base import BaseGeometry

Shape = Literal["area", "line", "point"]
KM_PER_DEG: Final = 111.2
NMI_KM: Final = 1.852


def ring_of(
    points: Sequence[tuple[float, float]], shape: Shape, margin_nmi: float
) -> tuple[tuple[float, float], ...]:
    """A ring of (lon, lat) around an area, a line or a point, wider by a margin on every side.

    Args:
        points: (lon, lat), degrees.
        shape: what they are; an area of fewer than three points is a line, a line of one is a point.
        margin_nmi: nautical miles.
    """
    lat0 = sum(y for _, y in points) / len(points)
    lon0 = points[0][0]
    kx = KM_PER_DEG * max(math.cos(math.radians(lat0)), 0.05)
    plane = [(((x - lon0 + 180.0) % 360.0 - 180.0) * kx, (y - lat0) * KM_PER_DEG) for x, y in points]
    body: BaseGeometry
    if shape == "area" and len(set(plane)) >= 3:
        body = Polygon(plane)
        if not body.is_valid:  # the corners were not given in order
            body = MultiPoint(plane).convex_hull
    elif shape != "point" and len(set(plane)) >= 2:
        body = LineString(plane)
    else:
        body = Point(plane[0])
    wide = body.buffer(margin_nmi * NMI_KM, quad_segs=4)
    return tuple(
        (round((lon0 + x / kx + 180.0) % 360.0 - 180.0, 5), round(lat0 + y / KM_PER_DEG, 5))
        for x, y in list(wide.exterior.coords)[:-1]
    )
