"""Overpass elements into lines of GeoJSON that the import of assets reads."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

Line = list[tuple[float, float]]
SIGMA_M: Final = 500.0
"""Undersea lines of OpenStreetMap are mostly traced from charts and published maps; none states its accuracy."""


def lines_of_elements(elements: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """A GeoJSON collection of the ways and relations with their tags.

    Ways that belong to a relation among the elements are drawn with it, once. Points outside of the area, which
    Overpass gives as null, cut a line in two.
    """
    known = list(elements)
    members = {
        member.get("ref")
        for element in known
        if element.get("type") == "relation"
        for member in element.get("members") or ()
        if member.get("type") == "way"
    }
    features = []
    for element in known:
        if element.get("type") == "relation":
            ways = [member for member in element.get("members") or () if member.get("type") == "way"]
            parts = [line for way in ways for line in _lines(way.get("geometry"))]
        elif element.get("type") == "way" and element.get("id") not in members:
            parts = _lines(element.get("geometry"))
        else:
            continue
        if parts:
            features.append(_feature(element, parts))
    return {"type": "FeatureCollection", "features": features}


def _feature(element: dict[str, Any], parts: list[Line]) -> dict[str, Any]:
    tags = {str(key): str(value) for key, value in (element.get("tags") or {}).items()}
    number = f"{element.get('type')}-{element.get('id')}"
    properties: dict[str, str] = {
        "id": f"osm-{number}",
        "name": tags.get("name:en") or tags.get("name") or tags.get("ref") or f"OSM {number}",
        "kind": _kind(tags),
        "status": "out of service" if _is_dead(tags) else "in service",
        "osm": number,
        **{key: tags[key] for key in ("operator", "voltage", "substance", "wikidata") if key in tags},
    }
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "MultiLineString", "coordinates": parts},
    }


def _kind(tags: dict[str, str]) -> str:
    if tags.get("man_made") == "pipeline":
        return "pipeline"
    return "power_cable" if tags.get("power") else "telecom_cable"


def _is_dead(tags: dict[str, str]) -> bool:
    return any(tags.get(key) == "yes" for key in ("disused", "abandoned")) or tags.get("power") == "disused"


def _lines(geometry: Any) -> list[Line]:
    points = [_point(point) for point in geometry or ()]
    runs = [list(run) for there, run in groupby(points, key=lambda p: p is not None) if there]
    return [[p for p in run if p is not None] for run in runs if len(run) > 1]


def _point(point: Any) -> tuple[float, float] | None:
    try:
        lon, lat = float(point["lon"]), float(point["lat"])
    except (TypeError, KeyError, ValueError):
        return None
    return (lon, lat) if math.isfinite(lon) and math.isfinite(lat) else None
