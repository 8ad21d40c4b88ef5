"""A user's own map layers, only to be looked at: GeoJSON, GeoPackage, KML, Shapefile, through GDAL, in WGS84 degrees.

What can't be used is told with its line or feature and the reason; the rest is shown.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import pyogrio
import shapely
from lxml import etree
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import Transformer

from seawarden.geography.importing.problem import Problem
from seawarden.geography.reference_system import system_of, turn_from, turned
from seawarden.model.error import AssetError

FORMS: Final = (".geojson", ".json", ".gpkg", ".kml", ".kmz", ".shp")
FEATURES_AT_MOST: Final = 20_000
VERTICES_AT_MOST: Final = 1_000_000
DECIMALS: Final = 6
PROPERTIES_AT_MOST: Final = 12
TEXT_AT_MOST: Final = 200
NAMES: Final = ("name", "title", "label", "objnam", "id")


class MapLayer(msgspec.Struct, frozen=True, kw_only=True):
    """One file as a layer of the map."""

    id: str
    name: str
    file: str
    visibility: str = "public"
    """`public`, or the group that alone may see it."""
    features: tuple[dict[str, Any], ...] = ()
    """GeoJSON features; `properties.name` is what is written beside one."""
    problems: tuple[Problem, ...] = ()


def layers_of(names: Sequence[str]) -> list[MapLayer]:
    """The layers of an option's values: paths, or `GROUP=PATH` for those that one group alone may see.

    Raises:
        AssetError: a file can't be read at all, or holds nothing that can be drawn.
    """
    found: list[MapLayer] = []
    for value in names:
        group, sign, after = value.partition("=")
        restricted = bool(sign) and not Path(value).exists()
        layer = read_layer(Path(after if restricted else value), visibility=group if restricted else "public")
        number = sum(held.id == layer.id or held.id.startswith(f"{layer.id}-") for held in found)
        found.append(msgspec.structs.replace(layer, id=f"{layer.id}-{number + 1}") if number else layer)
    return found


def read_layer(path: Path, *, visibility: str = "public") -> MapLayer:
    """One file as a layer.

    Args:
        path: the file.
        visibility: `public`, or the group that alone may see it.

    Raises:
        AssetError: it can't be read at all, or holds nothing that can be drawn; with line or feature and the reason.
    """
    if not path.is_file():
        raise AssetError(f"{path}: there is no such map layer")
    if path.suffix.lower() not in FORMS:
        raise AssetError(f"{path}: the form '{path.suffix}' is not read; give one of {', '.join(FORMS)}")
    _well_formed(path)
    problems: list[Problem] = []
    features: list[dict[str, Any]] = []
    vertices = 0
    try:
        for name, _ in pyogrio.list_layers(path):
            meta, _, wkb, columns = pyogrio.raw.read(path, layer=str(name), force_2d=True)
            if wkb is None:
                continue
            shapes = shapely.from_wkb(wkb, on_invalid="ignore")
            system = system_of(path, meta["crs"]) if meta.get("crs") else None
            turn = turn_from(system) if system is not None else None
            fields = [str(field) for field in meta["fields"]]
            for row, shape in enumerate(shapes):
                told = {field: columns[k][row] for k, field in enumerate(fields)}
                made = _feature(path, shape, told, len(features) + len(problems) + 1, turn, problems)
                if made is not None:
                    features.append(made)
                    vertices += int(shapely.get_num_coordinates(shape))
                if len(features) > FEATURES_AT_MOST or vertices > VERTICES_AT_MOST:
                    raise AssetError(
                        f"{path}: more than {FEATURES_AT_MOST:,} features or {VERTICES_AT_MOST:,} vertices: "
                        "cut it to the area that is watched"
                    )
    except (DataSourceError, DataLayerError, ValueError, RuntimeError) as error:
        raise AssetError(f"{path}: can't be read as a map ({error})") from error
    if not features:
        why = str(problems[0]) if problems else "it holds no feature"
        raise AssetError(f"{path}: nothing in it can be drawn: {why}")
    slug = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "layer"
    return MapLayer(
        id=slug,
        name=path.stem.replace("_", " "),
        file=path.name,
        visibility=visibility,
        features=tuple(features),
        problems=tuple(problems),
    )


def _well_formed(path: Path) -> None:
    """Tell a broken text file by its line, which GDAL does not.

    Raises:
        AssetError: it is not JSON, or not XML.
    """
    suffix = path.suffix.lower()
    try:
        if suffix in (".geojson", ".json"):
            held = json.loads(path.read_bytes())
            if not isinstance(held, dict) or "type" not in held:
                raise AssetError(f"{path}: is JSON, but no GeoJSON: it has no `type`")
        elif suffix == ".kml":
            etree.parse(str(path), etree.XMLParser(resolve_entities=False, no_network=True))
    except json.JSONDecodeError as error:
        raise AssetError(f"{path}, line {error.lineno}, column {error.colno}: is no JSON: {error.msg}") from None
    except UnicodeDecodeError as error:
        raise AssetError(f"{path}: is no text in UTF-8 (byte {error.start})") from None
    except etree.XMLSyntaxError as error:
        raise AssetError(f"{path}, line {error.lineno}: is no XML: {error.msg}") from None
    except OSError as error:
        raise AssetError(f"{path}: can't be read ({error.strerror or error})") from None


def _feature(
    path: Path, shape: Any, told: dict[str, Any], number: int, turn: Transformer | None, problems: list[Problem]
) -> dict[str, Any] | None:
    plain = {key: _plain(value) for key, value in told.items()}
    low = {key.lower(): value for key, value in plain.items()}
    name = next((str(low[key]) for key in NAMES if low.get(key) not in (None, "")), "")
    label = f"{number} '{name}'" if name else str(number)

    def refuse(what: str, text: str) -> None:
        problems.append(Problem(severity="refused", what=what, text=text, file=path.name, feature=label))

    if shape is None or shape.is_empty:
        refuse("no_geometry", "has no geometry, or one that can't be read, and was left out")
        return None
    if turn is not None:
        shape = turned(shape, turn)
    xy = shapely.get_coordinates(shape)
    bad = np.flatnonzero(~np.isfinite(xy).all(axis=1) | (np.abs(xy[:, 0]) > 360.0) | (np.abs(xy[:, 1]) > 90.0))
    if len(bad):
        lon, lat = xy[bad[0]].tolist()
        refuse(
            "out_of_range",
            f"has vertex {int(bad[0]) + 1} at longitude {lon:g}, latitude {lat:g}, which is nowhere; are these "
            "metres, or latitude and longitude swapped?",
        )
        return None
    kept = {k: v for k, v in list(plain.items())[:PROPERTIES_AT_MOST] if v not in (None, "")}
    geometry = json.loads(shapely.to_geojson(shapely.set_precision(shape, 10.0**-DECIMALS, mode="pointwise")))
    return {"type": "Feature", "geometry": geometry, "properties": {**kept, "name": name}}


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return ", ".join(str(part) for part in value)[:TEXT_AT_MOST]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, (int, bool)) or value is None else str(value)[:TEXT_AT_MOST]
