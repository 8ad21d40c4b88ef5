"""Which points lie in the area of a finding."""

from __future__ import annotations

from typing import Any

import numpy as np

from seawarden.geodesy import distances_m
from seawarden.model.finding import AreaRef
from seawarden.model.position import F64


def covers(area: AreaRef, lat: F64, lon: F64) -> Any:
    """Whether points lie in an area: in its polygon where there is one, else in its circle; (n,) bool."""
    if len(area.polygon) < 3:
        far = distances_m(np.full(len(lat), area.lat), np.full(len(lat), area.lon), lat, lon)
        return far <= area.radius_m
    odd = np.zeros(len(lat), dtype=np.bool_)
    ring = area.polygon
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        dx, dx2 = (lon - x1 + 180.0) % 360.0 - 180.0, (x2 - x1 + 180.0) % 360.0 - 180.0
        if y1 != y2:
            odd ^= ((y1 > lat) != (y2 > lat)) & (dx < dx2 * (lat - y1) / (y2 - y1))
    return odd
