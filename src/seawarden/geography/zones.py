"""Zones: areas with a name in which something is usual, or somebody has a say; with a fast answer to what lies where.

The answer comes from a grid whose cells are worked out when they are first asked for: a cell knows which zones cover
it wholly and which only in part, so that most questions need no geometry at all.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
import numpy as np
import shapely

from seawarden.geography.zones_kinds import ZoneKind

CELL_DEG: Final = 0.02


class Zone(msgspec.Struct, frozen=True, kw_only=True):
    """One zone, without its geometry."""

    kind: ZoneKind
    name: str
    """What the map calls it, or a made-up one such as `anchorage 12` of a nameless one."""
    country: str = ""
    """ISO 3166-1 code of two letters where it is known."""
    source: str = ""
    """Name of the file it came from."""
    area_km2: float = 0.0


class ZoneLayer:
    """Zones by row, the smallest first."""

    def __init__(self, zones: Iterable[tuple[Zone, shapely.Geometry]] = ()) -> None:
        held = sorted(zones, key=lambda pair: (pair[0].area_km2, pair[0].kind, pair[0].name, pair[0].source))
        self.zones: list[Zone] = [zone for zone, _ in held]
        self.shapes = np.array([shape for _, shape in held], dtype=object)
        shapely.prepare(self.shapes)
        self._tree = shapely.STRtree(self.shapes)
        self._cells: dict[tuple[int, int], tuple[tuple[int, bool], ...]] = {}

    def __len__(self) -> int:
        return len(self.zones)

    @property
    def hash(self) -> str:
        """SHA-256 of the zones and their geometry."""
        digest = hashlib.sha256(msgspec.json.encode(self.zones))
        for shape in self.shapes:
            digest.update(shapely.to_wkb(shape))
        return digest.hexdigest()

    def at(self, lat: float, lon: float, kinds: Sequence[str] = ()) -> list[Zone]:
        """Zones in which a place lies, the smallest first; of these kinds alone when any are given."""
        return [self.zones[row] for row in self.rows_at(lat, lon) if not kinds or self.zones[row].kind in kinds]

    def rows_at(self, lat: float, lon: float) -> list[int]:
        """Rows of the zones in which a place lies, the smallest first; none for missing coordinates."""
        if not (math.isfinite(lat) and math.isfinite(lon)) or not self.zones:
            return []
        lon = (lon + 180.0) % 360.0 - 180.0
        key = (math.floor(lat / CELL_DEG), math.floor(lon / CELL_DEG))
        cell = self._cells.get(key)
        if cell is None:
            cell = self._cells[key] = self._work_out(key)
        return [row for row, whole in cell if whole or shapely.intersects_xy(self.shapes[row], lon, lat)]

    def _work_out(self, key: tuple[int, int]) -> tuple[tuple[int, bool], ...]:
        south, west = key[0] * CELL_DEG, key[1] * CELL_DEG
        box = shapely.box(west, south, west + CELL_DEG, south + CELL_DEG)
        rows = np.sort(self._tree.query(box, predicate="intersects"))
        return tuple((int(row), bool(shapely.covers(self.shapes[row], box))) for row in rows)
