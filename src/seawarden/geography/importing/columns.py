"""Which column of a table is which: the header may stand under a title, in many people's words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

HEADER_ROWS = 30
"""A header is looked for in so many rows."""


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """Columns by meaning, as indices; None where the table has none."""

    header: int
    """Index of the header row."""
    lat: int | None = None
    lon: int | None = None
    lat_deg: int | None = None
    lat_min: int | None = None
    lat_half: int | None = None
    lon_deg: int | None = None
    lon_min: int | None = None
    lon_half: int | None = None
    name: int | None = None
    order: int | None = None
    event: int | None = None
    cable_total: int | None = None
    """Cumulative cable distance."""
    cable_factor: float = 1.0
    """What makes kilometres of it."""
    piece: dict[str, int] = {}
    """Columns that tell of the piece after a position: `cable`, `slack`, `burial`."""
    piece_factor: float = 1.0

    @property
    def is_list(self) -> bool:
        """Whether this is a route position list rather than bare points."""
        return self.cable_total is not None or bool(self.piece) or self.event is not None


def _words(cell: Any) -> str:
    return " ".join(re.sub(r"[^a-z0-9/%]+", " ", str(cell or "").lower()).split())


def _find(heads: Sequence[str], *patterns: str, without: str = "") -> int | None:
    for pattern in patterns:
        for k, head in enumerate(heads):
            if head and re.search(pattern, head) and not (without and re.search(without, head)):
                return k
    return None


def _metres(head: str) -> float:
    """0.001 for a column in metres, else 1 (kilometres, as route position lists have it)."""
    return 0.001 if re.search(r"\bm\b|metres|meters", head) and not re.search(r"\bkm\b", head) else 1.0


def find_columns(table: Sequence[Sequence[Any]]) -> Columns | None:
    """The columns of a table, or None when no row of its head names latitude and longitude."""
    for row, cells in enumerate(table[:HEADER_ROWS]):
        heads = [_words(cell) for cell in cells]
        found = _positions(heads)
        if found is None:
            continue
        total = _find(
            heads, r"cum.*cable", r"cable.*cum", r"cable.*total", r"total.*cable", r"cable (distance|dist|km|kp)"
        )
        piece: dict[str, int] = {}
        for key, patterns in (
            ("cable", (r"cable (length|between)", r"between.*cable", r"seg.*cable")),
            ("slack", (r"slack",)),
            ("burial", (r"buri", r"\bdob\b", r"trench depth")),
        ):
            at = _find(heads, *patterns, without=r"cum|total" if key != "burial" else "type|status")
            if at is not None and at != total:
                piece[key] = at
        return Columns(
            header=row,
            name=_find(heads, r"^(cable id|asset id|route name|cable name|cable|route|segment|name|id)$"),
            order=_find(heads, r"^(point order|order|seq|sequence|pos no|position no|pos|no|point|nr|vertex)$"),
            event=_find(heads, r"event", r"bod(y|ies)", r"repeater", r"description", r"remark"),
            cable_total=total,
            cable_factor=_metres(heads[total]) if total is not None else 1.0,
            piece=piece,
            piece_factor=_metres(heads[piece["cable"]]) if "cable" in piece else 1.0,
            **found,
        )
    return None


def _positions(heads: list[str]) -> dict[str, int] | None:
    lat_deg = _find(heads, r"^lat(itude)? ?(deg|d|degrees)$", r"^lat(itude)? deg\b")
    lat_min = _find(heads, r"^lat(itude)? ?(min|m|minutes)$", r"^lat(itude)? min\b")
    lon_deg = _find(heads, r"^lon(g|gitude)? ?(deg|d|degrees)$", r"^lon(g|gitude)? deg\b")
    lon_min = _find(heads, r"^lon(g|gitude)? ?(min|m|minutes)$", r"^lon(g|gitude)? min\b")
    if None not in (lat_deg, lat_min, lon_deg, lon_min):
        split = {"lat_deg": lat_deg, "lat_min": lat_min, "lon_deg": lon_deg, "lon_min": lon_min}
        half = {
            "lat_half": _find(heads, r"^(n ?/ ?s|ns|lat(itude)? (hem.*|dir|n ?/ ?s))$"),
            "lon_half": _find(heads, r"^(e ?/ ?w|ew|lon(g|gitude)? (hem.*|dir|e ?/ ?w))$"),
        }
        return {k: v for k, v in {**split, **half}.items() if v is not None}
    lat = _find(heads, r"^lat(itude)?$", r"^(y|northing lat|wgs84 lat.*)$", r"^lat(itude)?\b", r"\blat(itude)?\b")
    lon = _find(
        heads, r"^lon(g|gitude)?$", r"^(x|lng|wgs84 lon.*)$", r"^(lon(g|gitude)?|lng)\b", r"\blon(g|gitude)?\b"
    )
    if lat is None or lon is None or lat == lon:
        return None
    return {"lat": lat, "lon": lon}
