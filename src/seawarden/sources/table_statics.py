"""Static columns of tables: one report per change of a ship's content, not one per row."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numba import njit

from seawarden.model.position import I32, I64, NO_TIME
from seawarden.model.static import StaticReport
from seawarden.sources.cells import STATIC, numbers

SPREAD: Final = -7046029254386353131
"""2^64 / golden ratio, odd: neighbouring MMSIs land far from each other (Knuth, Fibonacci hashing)."""
_NO_CONTENT: Final = StaticReport(t=NO_TIME, mmsi=0)
_NOTHING: Final = ("", "unknown", "undefined", "null", "none", "nan", "n/a")


class TableStatics:
    """Remembers the distinct contents of static columns, so that rows need to carry a small number only."""

    def __init__(self) -> None:
        self._contents = pl.DataFrame()

    def number(self, typed: pl.DataFrame) -> pl.DataFrame:
        """Replace the static columns by one column `static`: a hash of their content, 0 when all are empty."""
        columns = [name for name in STATIC if name in typed.columns]
        if not columns:
            return typed.with_columns(pl.lit(0, dtype=pl.UInt64).alias("static"))
        empty = pl.all_horizontal(pl.col(name).is_null() for name in columns)
        content = pl.struct(columns).hash()
        typed = typed.with_columns(pl.when(empty).then(pl.lit(0, dtype=pl.UInt64)).otherwise(content).alias("static"))
        new = typed.filter(pl.col("static") != 0).select("static", *columns)
        new = new.unique("static", keep="first", maintain_order=True)
        new = new.with_columns(pl.col(name).cast(pl.String) for name in columns)
        if len(self._contents):
            new = pl.concat([self._contents, new]).unique("static", keep="first", maintain_order=True)
        self._contents = new
        return typed.drop(columns)

    def contents(self) -> tuple[list[StaticReport], dict[int, int]]:
        """The distinct contents as reports without time and ship, and the place of each hash in that list.

        The first report is the empty one. Equal contents that were written differently are one.
        """
        places: dict[StaticReport, int] = {_NO_CONTENT: 0}
        by_hash = {0: 0}
        data = self._contents
        if len(data):
            columns = {name: data[name].str.strip_chars().to_list() for name in data.columns if name != "static"}
            figures = {
                name: numbers(data[name])
                for name in data.columns
                if name.endswith("_m") or name in ("imo", "ship_type")
            }
            for row, key in enumerate(data["static"].to_list()):
                text = {name: _text(values[row]) for name, values in columns.items()}
                figure = {name: float(values[row]) for name, values in figures.items()}
                by_hash[key] = places.setdefault(_report(text, figure), len(places))
        return list(places), by_hash


class Changes:
    """Finds the rows at which a ship's content differs from her last one; remembers from call to call."""

    def __init__(self) -> None:
        self._table: I64 = np.zeros((1 << 12, 2), dtype=np.int64)
        self._count = 0

    def rows(self, mmsi: I64, static: I32) -> list[int]:
        """Rows with new content; content 0 is none."""
        need = 2 * (self._count + pl.Series(mmsi).n_unique())
        if need > len(self._table):
            old = self._table[self._table[:, 0] != 0]
            size = 1 << int(2 * need).bit_length()
            self._table = np.zeros((size, 2), dtype=np.int64)
            _changed(old[:, 0].copy(), old[:, 1].astype(np.int32), self._table)
        changed = _changed(mmsi, static, self._table)
        self._count = int(np.count_nonzero(self._table[:, 0]))
        rows: list[int] = np.flatnonzero(changed).tolist()
        return rows


@njit(cache=True)
def _changed(mmsi, static, table):  # type: ignore[no-untyped-def]
    n = len(mmsi)
    out = np.zeros(n, dtype=np.bool_)
    mask = len(table) - 1
    for row in range(n):
        ship, content = mmsi[row], static[row]
        if content == 0:
            continue
        at = (ship * SPREAD) >> 36 & mask
        while table[at, 0] != 0 and table[at, 0] != ship:
            at = (at + 1) & mask
        if table[at, 1] != content:
            table[at, 0] = ship
            table[at, 1] = content
            out[row] = True
    return out


def _report(text: dict[str, str], figure: dict[str, float]) -> StaticReport:
    def size(name: str) -> float | None:
        value = figure.get(name, np.nan)
        return value if 0.0 < value < 1000.0 else None

    bow, stern, port, starboard = (size(f"to_{side}_m") for side in ("bow", "stern", "port", "starboard"))
    code = figure.get("ship_type", np.nan)
    whole = code == np.floor(code) and 0 <= code <= 255
    kind = text.get("ship_type", "")
    imo = figure.get("imo", np.nan)
    if np.isnan(imo):
        digits = text.get("imo", "").upper().removeprefix("IMO").strip()
        imo = float(digits) if digits.isdigit() else 0.0
    return StaticReport(
        t=NO_TIME,
        mmsi=0,
        imo=int(imo) if 1_000_000 <= imo <= 9_999_999 else 0,
        name=text.get("name", ""),
        callsign=text.get("callsign", ""),
        ship_type=int(code) if whole else 0,
        type_text="" if whole or _is_number(kind) else kind,
        length_m=size("length_m") or (bow + stern if bow and stern else None),
        breadth_m=size("breadth_m") or (port + starboard if port and starboard else None),
        to_bow_m=bow,
        to_port_m=port,
        draught_m=size("draught_m"),
        destination=text.get("destination", ""),
        eta=text.get("eta", ""),
    )


def _text(value: str | None) -> str:
    if value is None or value.lower() in _NOTHING:
        return ""
    return value


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()
