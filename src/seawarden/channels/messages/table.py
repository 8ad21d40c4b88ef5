"""Alerts as rows: CSV (RFC 4180) for a spreadsheet, GeoPackage (OGC 12-128r19) for a GIS."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import pyogrio.raw
import shapely

from seawarden.channels.messages.told import LISTS, Told, from_flat, to_flat
from seawarden.model.error import MessageError

COLUMNS: Final = tuple(name for name in Told.__struct_fields__ if name not in LISTS)
"""A row holds no lists."""
LAYER: Final = "alerts"


def to_csv(items: Iterable[Told]) -> bytes:
    """A header and a row an alert, UTF-8, lines end in CR LF."""
    out = io.StringIO(newline="")
    rows = csv.DictWriter(out, COLUMNS, restval="", extrasaction="ignore")
    rows.writeheader()
    rows.writerows({name: _tame(text) for name, text in to_flat(item).items()} for item in items)
    return out.getvalue().encode()


def from_csv(data: bytes) -> list[Told]:
    """What `to_csv` wrote.

    Raises:
        MessageError: not such a table.
    """
    try:
        rows = csv.DictReader(io.StringIO(data.decode(), newline=""))
        return [from_flat({k: _wild(v) for k, v in row.items() if k and v}) for row in rows]
    except (msgspec.ValidationError, UnicodeDecodeError, csv.Error) as error:
        raise MessageError(f"not a table of alerts: {error}") from None


def to_geopackage(path: Path, items: Sequence[Told]) -> None:
    """Write a file with one layer of points; an alert without a place has an empty geometry.

    Raises:
        MessageError: the file can't be written.
    """
    points = np.array(
        [None if i.lat is None or i.lon is None else shapely.to_wkb(shapely.Point(i.lon, i.lat)) for i in items],
        dtype=object,
    )
    columns: list[Any] = []
    for name in COLUMNS:
        values = [getattr(item, name) for item in items]
        kind: Any = np.int64 if name in _WHOLE else np.float64 if name in _NUMBERS else object
        columns.append(
            np.array([np.nan if v is None else str(v) if kind is object else v for v in values], dtype=kind)
        )
    try:
        pyogrio.raw.write(
            path, points, columns, np.array(COLUMNS), driver="GPKG", layer=LAYER, geometry_type="Point",
            crs="EPSG:4326",
        )  # fmt: skip
    except (pyogrio.errors.DataSourceError, OSError, RuntimeError) as error:
        raise MessageError(f"{path}: can't be written: {error}") from None


def from_geopackage(path: Path) -> list[Told]:
    """What `to_geopackage` wrote.

    Raises:
        MessageError: not such a file.
    """
    try:
        meta, _, _, values = pyogrio.raw.read(path, layer=LAYER, read_geometry=False)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError) as error:
        raise MessageError(f"{path}: can't be read: {error}") from None
    names = [str(name) for name in meta["fields"]]
    found = []
    for row in zip(*values, strict=True):
        known = [
            (name, value) for name, value in zip(names, row, strict=True) if value is not None and value == value
        ]
        texts = {name: _text(name, value) for name, value in known}
        found.append(from_flat({name: text for name, text in texts.items() if text}))
    return found


_WHOLE: Final = frozenset({"revision", "mmsi", "start_t", "raised_t", "updated_t"})
_NUMBERS: Final = frozenset({"risk", "lat", "lon"})
_TRUTHS: Final = frozenset({"simulated", "exercise"})


def _text(name: str, value: Any) -> str:
    if name in _TRUTHS:
        return str(value).lower()
    return repr(float(value)) if isinstance(value, np.floating) else str(value)


def _tame(text: str) -> str:
    """A text that a spreadsheet will not take for a formula (a ship may call herself `=1+1`)."""
    return f"'{text}" if text[:1] in ("=", "+", "@", "\t", "\r") or text[:1] == "'" else text


def _wild(text: str) -> str:
    return text[1:] if text[:1] == "'" else text
