"""Zones out of a user's maps: GeoJSON (gzipped too), GeoPackage, Shapefile and the zip of one, through GDAL."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, get_args

import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from seawarden.geography.reference_system import system_of, turn_from, turned
from seawarden.geography.zones import Zone, ZoneLayer
from seawarden.geography.zones_kinds import RADIUS_M, Named, ZoneKind, name_feature
from seawarden.model.error import AssetError

METRES_PER_DEG: Final = 111_200.0
AREAS_AS_LINES: Final = ("anchorage", "wind_farm", "dredging", "disposal", "port", "restricted", "separation_zone")
"""Kinds whose closed lines are meant as areas."""


class ReadZones(NamedTuple):
    """What a map held."""

    zones: list[tuple[Zone, shapely.Geometry]]
    left: dict[str, int]
    """Features left out, by reason: `no_geometry`, `unknown_kind`, `no_area`."""


def zones_of(names: Sequence[str]) -> ZoneLayer:
    """One layer out of several maps.

    Args:
        names: paths; `KIND=PATH` says what the features of a map are that does not say so itself.

    Raises:
        AssetError: a map can't be read, or nothing in it is known as a zone.
    """
    zones: list[tuple[Zone, shapely.Geometry]] = []
    for name in names:
        kind, path = split_name(name)
        zones += read_zones(path, kind).zones
    return ZoneLayer(zones)


def split_name(name: str) -> tuple[ZoneKind | None, Path]:
    """`anchorage=areas.gpkg` as kind and path; without a kind, None.

    Raises:
        AssetError: the word before the sign is no kind of zone.
    """
    before, sign, after = name.partition("=")
    if not sign or Path(name).exists():
        return None, Path(name)
    for kind in get_args(ZoneKind):
        if kind == before.strip():
            return kind, Path(after)
    raise AssetError(f"'{before}' is no kind of zone: there are {', '.join(get_args(ZoneKind))}")


def read_zones(path: Path, kind: ZoneKind | None = None) -> ReadZones:
    """Every zone of every layer of a map, in WGS84 degrees.

    Args:
        path: the file.
        kind: what features are that say nothing themselves.

    Raises:
        AssetError: it can't be read, or no feature of it is known as a zone.
    """
    if not path.is_file():
        raise AssetError(f"{path}: there is no such map of zones")
    source = f"/vsigzip/{path.resolve()}" if path.suffix == ".gz" else str(path)
    zones: list[tuple[Zone, shapely.Geometry]] = []
    left: Counter[str] = Counter()
    try:
        for layer, _ in pyogrio.list_layers(source):
            meta, _, wkb, columns = pyogrio.raw.read(source, layer=str(layer), force_2d=True)
            if wkb is not None:
                shapes = shapely.from_wkb(wkb, on_invalid="ignore")
                _take(path, _in_degrees(path, shapes, meta.get("crs")), meta["fields"], columns, kind, zones, left)
    except (DataSourceError, DataLayerError, ValueError, RuntimeError) as error:
        raise AssetError(f"{path}: can't be read as a map of zones ({error})") from error
    if not zones:
        why = ", ".join(f"{n} {reason}" for reason, n in sorted(left.items())) or "it holds no feature"
        raise AssetError(f"{path}: nothing in it is known as a zone ({why}); say what it holds: --zones KIND={path}")
    return ReadZones(zones, dict(sorted(left.items())))


def _in_degrees(path: Path, shapes: Any, said: Any) -> Any:
    if not said:
        return shapes
    system = system_of(path, said)
    return shapes if system is None else turned(shapes, turn_from(system))


def _take(
    path: Path,
    shapes: Any,
    fields: Any,
    columns: Any,
    kind: ZoneKind | None,
    zones: list[tuple[Zone, shapely.Geometry]],
    left: Counter[str],
) -> None:
    names = [str(field) for field in fields]
    for row, shape in enumerate(shapes):
        if shape is None or shape.is_empty:
            left["no_geometry"] += 1
            continue
        named = name_feature({name: columns[k][row] for k, name in enumerate(names)}, kind)
        if named is None:
            left["unknown_kind"] += 1
            continue
        area = _area(shape, named)
        if area is None:
            left["no_area"] += 1
            continue
        name = named.name or f"{named.kind.replace('_', ' ')} {row + 1}"
        zone = Zone(
            kind=named.kind, name=name, country=named.country, source=path.name, area_km2=round(_km2(area), 4)
        )
        zones.append((zone, area))


def _area(shape: shapely.Geometry, named: Named) -> shapely.Geometry | None:
    """The area that a feature means: itself, a closed line's inside, or what lies within its kind's radius."""
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape if shape.is_valid else shapely.make_valid(shape, method="structure")
    if shape.geom_type == "LineString" and shape.is_closed and named.kind in AREAS_AS_LINES:
        return shapely.make_valid(shapely.Polygon(shape), method="structure")
    radius_m = RADIUS_M.get(named.kind)
    if radius_m is None or shape.geom_type == "GeometryCollection":
        return None
    squeeze = math.cos(math.radians(shape.centroid.y))
    flat = shapely.transform(shape, lambda xy: xy * (squeeze, 1.0))
    wide = shapely.buffer(flat, radius_m / METRES_PER_DEG, quad_segs=8)
    return shapely.transform(wide, lambda xy: xy / (squeeze, 1.0))


def _km2(area: shapely.Geometry) -> float:
    squeeze = math.cos(math.radians(area.centroid.y))
    return float(area.area) * squeeze * (METRES_PER_DEG / 1000.0) ** 2
