"""Works written down by hand: CSV, JSON or TOML with the same fields.

| field | |
|---|---|
| `id` | a name of its own; the line's number when left out |
| `mmsi`, `name` | who; several names with `;` or as a list |
| `asset` | where: ids or names of assets, several with `;` or as a list |
| `polygon` | or an area: `lon lat, lon lat, ...`, a list of pairs, WKT or a GeoJSON polygon |
| `from`, `to` | ISO 8601, UTC where no zone is given; a day without an hour lasts from its begin to its end |
| `kind`, `note` | in words |
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from seawarden.model.error import SourceError
from seawarden.model.event import WorksDeclared
from seawarden.model.position import NO_TIME
from seawarden.surroundings.works.shape import ring_of

FIELDS: Final = ("id", "mmsi", "name", "names", "asset", "assets", "polygon", "from", "to", "kind", "note")
PAIR: Final = re.compile(r"(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)")


def read_table(path: Path, text: str) -> list[WorksDeclared]:
    """All works of a file.

    Raises:
        SourceError: it is no such file, or a row of it is wrong; the sentence names the row and the field.
    """
    rows = _rows(path, text)
    if not rows:
        raise SourceError(f"{path.name}: holds no works")
    return [_works(f"{path.name} {k + 1}", path.name, row) for k, row in enumerate(rows)]


def _rows(path: Path, text: str) -> list[Mapping[str, Any]]:
    start = text.lstrip()[:1]
    try:
        if path.suffix.lower() == ".toml":
            tree: Any = tomllib.loads(text).get("works", [])
        elif start in ("[", "{"):
            tree = msgspec.json.decode(text)
            if isinstance(tree, dict):
                tree = tree.get("works", [tree])
        else:
            dialect = csv.Sniffer().sniff(text[:4096], ",;\t") if ";" in text.split("\n")[0] else csv.excel
            tree = [dict(row) for row in csv.DictReader(io.StringIO(text), dialect=dialect)]
    except (tomllib.TOMLDecodeError, msgspec.DecodeError, csv.Error) as error:
        raise SourceError(f"{path.name}: can't be read ({error})") from None
    if not isinstance(tree, list) or not all(isinstance(row, dict) for row in tree):
        raise SourceError(f"{path.name}: works must be a list of tables")
    return [{str(k).strip().lower(): v for k, v in row.items() if k is not None} for row in tree]


def _works(where: str, source: str, row: Mapping[str, Any]) -> WorksDeclared:
    unknown = [name for name in row if name not in FIELDS]
    if unknown:
        raise SourceError(f"{where}: unknown field '{unknown[0]}'; known are {', '.join(FIELDS)}")
    mmsi = str(row.get("mmsi") or "").strip()
    if mmsi and not re.fullmatch(r"\d{9}", mmsi):
        raise SourceError(f"{where}: mmsi '{mmsi}' is not of nine digits")
    names = _words(row.get("names") or row.get("name"))
    assets = _words(row.get("assets") or row.get("asset"))
    polygon = _ring(where, row.get("polygon"))
    if not assets and not polygon:
        raise SourceError(f"{where}: states neither an asset nor a polygon")
    begin, end = _time(where, "from", row.get("from"), end=False), _time(where, "to", row.get("to"), end=True)
    if begin != NO_TIME and end != NO_TIME and end <= begin:
        raise SourceError(f"{where}: 'to' lies before 'from'")
    return WorksDeclared(
        t=0,
        source=source,
        works_id=str(row.get("id") or where),
        kind=str(row.get("kind") or "works"),
        mmsi=int(mmsi or 0),
        names=names,
        assets=assets,
        polygon=polygon,
        from_t=begin,
        to_t=end,
        note=str(row.get("note") or ""),
    )


def _words(value: Any) -> tuple[str, ...]:
    parts: Sequence[Any] = value if isinstance(value, list) else str(value or "").split(";")
    return tuple(str(part).strip() for part in parts if str(part).strip())


def _time(where: str, name: str, value: Any, *, end: bool) -> int:
    if value is None or value == "":
        return NO_TIME
    text = value.isoformat() if hasattr(value, "isoformat") else str(value).strip()
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise SourceError(f"{where}: '{name}' is '{text}': write 2025-01-31 or 2025-01-31T12:00Z") from None
    zoned = read if read.tzinfo else read.replace(tzinfo=UTC)
    whole_day = 86_399_999 if end and len(text) == 10 else 0
    return round(zoned.timestamp() * 1000) + whole_day


def _ring(where: str, value: Any) -> tuple[tuple[float, float], ...]:
    if value is None or value == "":
        return ()
    try:
        if isinstance(value, str) and value.lstrip().startswith("{"):
            value = msgspec.json.decode(value)
        if isinstance(value, dict):
            value = value["coordinates"][0] if value["type"] == "Polygon" else None
        if isinstance(value, str):
            points = [(float(x), float(y)) for x, y in PAIR.findall(value)]
        else:
            points = [(float(point[0]), float(point[1])) for point in value]
    except (TypeError, ValueError, KeyError, IndexError, msgspec.DecodeError):
        points = []
    if len(set(points)) < 3 or any(abs(x) > 180.0 or abs(y) > 90.0 for x, y in points):
        raise SourceError(f"{where}: the polygon must have three or more points, longitude before latitude")
    return ring_of(points, "area", 0.0)
