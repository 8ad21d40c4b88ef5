"""Polygons of economic zones from Marine Regions, as the service's GeoJSON tells them."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import shapely
from shapely.errors import ShapelyError

from seawarden.model.error import AssetError


def zones_of_features(features: Iterable[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, int]]:
    """A GeoJSON collection of zones, and how many features were left out, by reason.

    Properties of a zone: `name`, `state` (three letters, empty for none), `sovereign`, `kind` (`200NM`,
    `Overlapping claim`, `Joint regime`...), `mrgid`.
    """
    zones: list[dict[str, Any]] = []
    left: Counter[str] = Counter()
    for feature in features:
        said = {str(key).lower(): value for key, value in (feature.get("properties") or {}).items()}
        try:
            shape = shapely.geometry.shape(feature["geometry"]) if feature.get("geometry") else None
        except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError):
            shape = None
        _add(shape, said, zones, left)
    return {"type": "FeatureCollection", "features": zones}, dict(sorted(left.items()))


def write_zones(zones: dict[str, Any], path: Path, attribution: str) -> Path:
    """Write a collection of zones with its attribution.

    Raises:
        AssetError: it can't be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**zones, "attribution": attribution}, ensure_ascii=False))
    except OSError as error:
        raise AssetError(f"{path}: can't be written ({error.strerror or error})") from error
    return path


def _add(shape: Any, said: dict[str, Any], zones: list[dict[str, Any]], left: Counter[str]) -> None:
    if shape is None or shape.is_empty:
        left["no_geometry"] += 1
        return
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        left["no_polygon"] += 1
        return
    if not shape.is_valid:
        shape = shapely.make_valid(shape, method="structure")
        left["mended"] += 1
    name = _word(said.get("geoname"))
    if not name and not _word(said.get("sovereign1")):
        left["nameless"] += 1
        return
    properties = {
        "name": name,
        "state": _word(said.get("iso_ter1")) or _word(said.get("iso_sov1")),
        "sovereign": _word(said.get("sovereign1")),
        "kind": _word(said.get("pol_type")),
        "mrgid": _word(said.get("mrgid")),
    }
    others = [_word(said.get(key)) for key in ("sovereign2", "sovereign3") if _word(said.get(key))]
    if others:
        properties["other_sovereigns"] = ", ".join(others)
    zones.append({"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape)})


def _word(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()
