"""Lines from GeoJSON, GeoPackage, Shapefile, KML and KMZ, TeleGeography's map and S-57 cells, through GDAL."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import Transformer

from seawarden.geography.importing.problem import Problem
from seawarden.geography.importing.raw import RawLine, Read, kind_of, status_of
from seawarden.geography.reference_system import system_of, turn_from
from seawarden.model.asset import Kind
from seawarden.model.error import AssetError

SUFFIXES: Final = (".geojson", ".json", ".gpkg", ".shp", ".kml", ".kmz", ".000")
S57_LAYERS: Final = ("CBLSUB", "CBLARE", "PIPSOL")
DISPLAY_M: Final = 500.0
TELEGEOGRAPHY_M: Final = 15_000.0
"""TeleGeography's map is drawn for the eye: 4 to 50 km off."""
S57_M: Final = 100.0
CHART_MM: Final = 0.0005
"""Half a millimetre on the chart, in metres per unit of its scale: what a compiler can draw."""
NAME_COLUMNS: Final = ("name", "objnam", "title", "label", "cable_name", "asset_name", "route_name")
ID_COLUMNS: Final = ("id", "asset_id", "cable_id", "feature_id")


def read_vector(path: Path, problems: list[Problem], *, crs: str | None = None) -> Read:
    """Every line of every layer, in WGS84 degrees.

    Args:
        path: the file.
        problems: what is wrong is appended here.
        crs: reference system to assume when the file names none, e.g. `EPSG:25832`.

    Raises:
        AssetError: GDAL can't open the file, its reference system is unknown, or it has no geometry.
    """
    try:
        layers = [str(name) for name, _ in pyogrio.list_layers(path)]
    except (DataSourceError, DataLayerError) as error:
        raise AssetError(f"{path}: can't be read as a map file ({error})") from error
    is_s57 = path.suffix.lower() == ".000"
    if is_s57:
        wanted = [name for name in layers if name in S57_LAYERS]
        if not wanted:
            raise AssetError(f"{path}: this S-57 cell holds no CBLSUB, CBLARE or PIPSOL objects")
        layers = wanted
    scale = _s57_sigma(path) if is_s57 else S57_M
    lines: list[RawLine] = []
    telegeography = False
    for layer in layers:
        meta, shapes, columns = _layer(path, layer)
        if shapes is None:
            continue
        fields = [str(f) for f in meta["fields"]]
        telegeography = telegeography or {"feature_id", "color", "id"} <= set(fields)
        turn = _turn(path, _named_crs(path) or meta.get("crs"), crs, shapes, problems)
        for k in range(len(shapes)):
            attributes = {f: _plain(columns[j][k]) for j, f in enumerate(fields)}
            label = _label(attributes, len(lines) + 1)
            parts = _parts(shapes[k], path, label, layer, problems, turn)
            if parts:
                lines.append(_line(attributes, label, parts, layer if is_s57 else ""))
    form, sigma, method = "map file", DISPLAY_M, "the file states no accuracy: taken as a display route, 500 m"
    if telegeography:
        lines = _grouped(lines)
        form, sigma, method = "TeleGeography map", TELEGEOGRAPHY_M, "drawn for the eye, 4 to 50 km off"
    elif is_s57:
        form, sigma, method = "S-57 cell", scale, "half a millimetre at the scale of the chart, 20 m at least"
    return Read(lines=lines, form=form, sigma_m=sigma, sigma_method=method)


def _layer(path: Path, layer: str) -> tuple[dict[str, Any], Any, Any]:
    try:
        meta, _, wkb, columns = pyogrio.raw.read(path, layer=layer, force_2d=True)
    except (DataSourceError, DataLayerError, ValueError, RuntimeError) as error:
        raise AssetError(f"{path}: layer '{layer}' can't be read ({error})") from error
    return meta, None if wkb is None else shapely.from_wkb(wkb, on_invalid="ignore"), columns


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return ", ".join(str(v) for v in value)
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and math.isnan(value) else value


def _label(attributes: dict[str, Any], number: int) -> str:
    low = {k.lower(): v for k, v in attributes.items()}
    name = next((str(low[c]) for c in NAME_COLUMNS if low.get(c)), "")
    return f"{number} '{name}'" if name else str(number)


def _named_crs(path: Path) -> str | None:
    """The system that a GeoJSON's old `crs` member names; GDAL takes one it does not know for WGS84."""
    if path.suffix.lower() not in (".geojson", ".json"):
        return None
    try:
        member = json.loads(path.read_bytes()).get("crs")
        name = member["properties"]["name"] if member else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return str(name) if name else None


def _turn(path: Path, said: Any, given: str | None, shapes: Any, problems: list[Problem]) -> Transformer | None:
    """What brings the layer's coordinates to WGS84 degrees; None when they are already."""
    if not said and given is None:
        bounds = shapely.total_bounds(shapes)
        if np.isfinite(bounds).all() and max(abs(bounds[0]), abs(bounds[2])) > 360.5:
            raise AssetError(
                f"{path}: coordinates such as {bounds[0]:.0f}, {bounds[1]:.0f} are no degrees and the file names no "
                "reference system; add its .prj, or name it with --crs, e.g. --crs EPSG:25832"
            )
        text = "names no reference system; its coordinates are taken as WGS84 degrees. If not so, name it with --crs"
        problems.append(Problem(severity="doubtful", what="unknown_crs", text=text, file=path.name))
        return None
    system = system_of(path, said or given, hint="; name it with --crs")
    if system is None:
        return None
    text = f"is in {system.name}; its coordinates were turned into WGS84"
    problems.append(Problem(severity="mended", what="foreign_crs", text=text, file=path.name))
    return turn_from(system)


def _parts(
    shape: Any, path: Path, label: str, layer: str, problems: list[Problem], turn: Transformer | None
) -> list[list[tuple[float, float]]]:
    if shape is None or shape.is_empty:
        text = "has no geometry and was left out"
        problems.append(Problem(severity="refused", what="no_geometry", text=text, file=path.name, feature=label))
        return []
    kinds = {"LineString", "LinearRing", "MultiLineString", "GeometryCollection"}
    if layer == "CBLARE":
        kinds |= {"Polygon", "MultiPolygon"}
    pieces = []
    for piece in shapely.get_parts(shape) if hasattr(shape, "geoms") else [shape]:
        if piece.geom_type in kinds and piece.geom_type != "GeometryCollection":
            pieces.append(piece.exterior if piece.geom_type == "Polygon" else piece)
    if not pieces:
        text = (
            f"is a {shape.geom_type.lower()}, not a line, and was left out; a cable or pipe must be drawn as a line"
        )
        problems.append(Problem(severity="refused", what="not_a_line", text=text, file=path.name, feature=label))
        return []
    parts = []
    for piece in pieces:
        xy = shapely.get_coordinates(piece)
        if turn is not None:
            x, y = turn.transform(xy[:, 0], xy[:, 1])
            xy = np.column_stack([x, y])
        parts.append([(float(x), float(y)) for x, y in xy])
    return parts


def _line(attributes: dict[str, Any], label: str, parts: list[list[tuple[float, float]]], s57: str) -> RawLine:
    low = {k.lower(): v for k, v in attributes.items()}
    kind, status, notes = kind_of(attributes), status_of(attributes), ""
    burial: list[list[float]] = []
    if s57:
        kind = "pipeline" if s57 == "PIPSOL" else _s57_cable(low.get("catcbl"))
        disused = "4" in [s.strip() for s in str(low.get("status") or "").split(",")]
        status = "out_of_service" if disused else "in_service"
        notes = "Outline of a cable area, not a route." if s57 == "CBLARE" else ""
        if low.get("burdep") is not None:
            burial = [[float(low["burdep"])] * (len(part) - 1) for part in parts]
    sigma = low.get("sigma_m", low.get("accuracy_m"))
    return RawLine(
        label=label,
        parts=parts,
        name=next((str(low[c]) for c in NAME_COLUMNS if low.get(c)), ""),
        id=next((str(low[c]) for c in ID_COLUMNS if low.get(c)), ""),
        kind=kind,
        status=status,
        sigma_m=float(sigma) if isinstance(sigma, (int, float)) and sigma > 0 else None,
        sigma_method="stated in the file" if isinstance(sigma, (int, float)) and sigma > 0 else "",
        burial_m=burial,
        notes=notes,
        attributes=attributes,
    )


def _s57_cable(category: Any) -> Kind:
    """S-57 attribute 11, CATCBL: 1 power line, 3 transmission line, 4 telephone, 5 telegraph, 6 mooring."""
    kinds: dict[int, Kind] = {1: "power_cable", 3: "power_cable", 4: "telecom_cable", 5: "telecom_cable"}
    return kinds.get(int(category), "other") if isinstance(category, (int, float)) else "other"


def _s57_sigma(path: Path) -> float:
    """Half a millimetre at the cell's compilation scale; 100 m when the cell does not say."""
    try:
        meta, _, _, columns = pyogrio.raw.read(path, layer="DSID", read_geometry=False)
        scale = float(columns[[str(f) for f in meta["fields"]].index("DSPM_CSCL")][0])
    except (DataSourceError, DataLayerError, ValueError, IndexError, KeyError, TypeError):
        return S57_M
    return max(20.0, CHART_MM * scale) if scale > 0 else S57_M


def _grouped(lines: list[RawLine]) -> list[RawLine]:
    """TeleGeography's map may give one cable several features: one asset with several parts."""
    by_id: dict[str, RawLine] = {}
    for line in lines:
        first = by_id.setdefault(line.id or line.label, line)
        if first is not line:
            first.parts = first.parts + line.parts
        line.kind = "telecom_cable"
    return list(by_id.values())
