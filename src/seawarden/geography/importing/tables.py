"""Lines from tables: points in order, and route position lists as owners keep them in spreadsheets."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from seawarden.geography.importing.columns import Columns, find_columns
from seawarden.geography.importing.notation import angle, number, split_angle
from seawarden.geography.importing.problem import Problem
from seawarden.geography.importing.raw import RawLine, Read, kind_of, status_of
from seawarden.geography.layer import GEOD
from seawarden.model.error import AssetError

SUFFIXES: Final = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")
POINTS_M: Final = 100.0
LIST_M: Final = 15.0
"""As-laid lists come from the ship's own navigation; 15 m is a good ship's antenna, layback and survey together."""
Table = list[list[Any]]


def read_table(path: Path, problems: list[Problem]) -> Read:
    """Points of a CSV or a spreadsheet, as one line for each name, in their order.

    A table with cable distance, slack, burial or events is a route position list: rows without a position tell of
    the piece between the positions around them.

    Raises:
        AssetError: not a table, or no columns of latitude and longitude.
    """
    lines: list[RawLine] = []
    form = "points"
    rows_of_first: list[int] = []
    sheets = _sheets(path)
    found = False
    for sheet, table in sheets:
        columns = find_columns(table)
        if columns is None:
            continue
        found = True
        more, rows = _lines(path, sheet if len(sheets) > 1 else "", table, columns, problems)
        lines += more
        rows_of_first = rows_of_first or rows
        if columns.is_list:
            form = "route position list"
    if not found:
        raise AssetError(
            f"{path}: no columns of latitude and longitude; name them `lat` and `lon` (decimal degrees or "
            "degrees and minutes), or `lat deg`, `lat min`, `N/S` and the same of the longitude"
        )
    if form == "points":
        return Read(
            lines=lines, form=form, sigma_m=POINTS_M, sigma_method="points of a table, 100 m", rows=rows_of_first
        )
    method = "route position list, 15 m for the laying ship's navigation"
    return Read(lines=lines, form=form, sigma_m=LIST_M, sigma_method=method, rows=rows_of_first)


def _sheets(path: Path) -> list[tuple[str, Table]]:
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        try:
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            return [
                (sheet.title, [list(row) for row in sheet.iter_rows(values_only=True)]) for sheet in book.worksheets
            ]
        except (OSError, BadZipFile, InvalidFileException, KeyError, ValueError) as error:
            raise AssetError(f"{path}: can't be read as a spreadsheet ({error})") from error
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    head = "\n".join(text.splitlines()[:20])
    delimiter = max(";\t,", key=lambda d: (head.count(d), d == ","))
    try:
        return [(path.stem, [list(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter)])]
    except csv.Error as error:
        raise AssetError(f"{path}: can't be read as a table ({error})") from error


def _cell(row: Sequence[Any], column: int | None) -> Any:
    return row[column] if column is not None and column < len(row) else None


def _position(row: Sequence[Any], c: Columns) -> tuple[float | None, float | None, bool]:
    """Latitude, longitude, and whether the row tries to give one."""
    cells = [_cell(row, k) for k in (c.lat, c.lon, c.lat_deg, c.lat_min, c.lon_deg, c.lon_min)]
    tries = any(v not in (None, "") for v in cells)
    if c.lat is not None and c.lon is not None:
        return angle(_cell(row, c.lat)), angle(_cell(row, c.lon)), tries
    lat = split_angle(_cell(row, c.lat_deg), _cell(row, c.lat_min), _cell(row, c.lat_half))
    lon = split_angle(_cell(row, c.lon_deg), _cell(row, c.lon_min), _cell(row, c.lon_half))
    return lat, lon, tries


class _Line:
    """One line while its rows are read."""

    def __init__(self) -> None:
        self.points: list[tuple[float, float]] = []
        self.rows: list[int] = []
        self.order: list[float] = []
        self.cumulative: list[float] = []
        self.piece: list[dict[str, float]] = []
        self.events: list[str] = []
        self.attributes: dict[str, Any] = {}


def _lines(
    path: Path, sheet: str, table: Table, c: Columns, problems: list[Problem]
) -> tuple[list[RawLine], list[int]]:
    lines: dict[str, _Line] = {}
    current = ""
    for k, row in enumerate(table[c.header + 1 :], start=c.header + 2):
        if not any(v not in (None, "") for v in row):
            continue
        name = str(_cell(row, c.name) or "").strip()
        current = name or current
        line = lines.setdefault(current, _Line())
        lat, lon, tries = _position(row, c)
        values = {key: number(_cell(row, col)) for key, col in c.piece.items()}
        told = {key: value for key, value in values.items() if value is not None}
        event = str(_cell(row, c.event) or "").strip()
        if lat is None or lon is None:
            if tries:
                held = ", ".join(str(v) for v in row if v not in (None, ""))[:120]
                text = f"row {k} has no position that can be read ({held}) and was left out; write e.g. 57 18.083 N"
                problems.append(
                    Problem(
                        severity="doubtful",
                        what="bad_position",
                        text=text,
                        file=path.name,
                        feature=current or sheet,
                        vertex=k,
                    )
                )
            elif line.piece:
                line.piece[-1].update(told)
            continue
        if not line.points:
            line.attributes = {str(h): v for h, v in zip(table[c.header], row, strict=False) if h not in (None, "")}
        line.points.append((lon, lat))
        line.rows.append(k)
        place = number(_cell(row, c.order))
        line.order.append(math.nan if place is None else place)
        total = number(_cell(row, c.cable_total))
        line.cumulative.append(math.nan if total is None else total * c.cable_factor)
        line.piece.append(told)
        if event:
            line.events.append(f"{event} (point {len(line.points)})")
    made = [(_raw(name, sheet, line, c), line.rows) for name, line in lines.items() if line.points]
    return [raw for raw, _ in made], made[0][1] if made else []


def _raw(name: str, sheet: str, line: _Line, c: Columns) -> RawLine:
    order = list(range(len(line.points)))
    if c.order is not None and not any(math.isnan(o) for o in line.order):
        order.sort(key=lambda i: (line.order[i], i))
    points = [line.points[i] for i in order]
    pieces = [line.piece[i] for i in order][: max(0, len(points) - 1)]
    burial = [p.get("burial", math.nan) for p in pieces]
    title = name or sheet
    notes = "Events: " + "; ".join(line.events) + "." if line.events else ""
    return RawLine(
        label=f"'{title}'" if title else "1",
        name=title,
        parts=[points],
        kind=kind_of(line.attributes),
        status=status_of(line.attributes),
        burial_m=[burial] if any(math.isfinite(b) for b in burial) else [],
        cable_km=_cable_km([line.cumulative[i] for i in order], points, pieces, c),
        notes=notes,
        attributes=line.attributes,
    )


def _cable_km(
    cumulative: list[float], points: list[tuple[float, float]], pieces: list[dict[str, float]], c: Columns
) -> list[list[float]]:
    """Cable distance at each vertex: as given, or from the pieces' own cable distance, or from their slack."""
    if any(math.isfinite(v) for v in cumulative):
        return [cumulative]
    if not any("cable" in p or "slack" in p for p in pieces):
        return []
    marks = [0.0]
    for k, piece in enumerate(pieces):
        if "cable" in piece:
            step = piece["cable"] * c.piece_factor
        elif "slack" in piece:
            route_km = GEOD.inv(*points[k], *points[k + 1])[2] / 1000.0
            step = route_km * (1.0 + piece["slack"] / 100.0)
        else:
            step = math.nan
        marks.append(marks[-1] + step)
    return [marks]
