"""Times in tables: found out from a sample, then parsed a column at a time. A time without a zone is UTC."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec
import polars as pl

from seawarden.model.error import SourceError

EARLIEST_MS: Final = 631_152_000_000
"""1990-01-01: AIS is younger."""
LATEST_MS: Final = 4_102_444_800_000
"""2100-01-01. Clocks that run ahead less than that are kept; judging them is not a reader's business."""
LEAST_CELLS: Final = 20
"""So many times on full minutes come from a table that holds minutes: by chance it is one in 60^20."""

_NUMBER = re.compile(r"^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$")
_ISO = re.compile(r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}")
_BASIC = re.compile(r"^\d{8}(?:[T ]\d{4}|\d{4})(?:\d\d)?(?!\d)")
_SHORT = re.compile(r"^(\d{1,2})([./-])(\d{1,2})[./-]\d{4}")
_ZONE = r"[ ]?(?:Z|UTC|GMT)$"


class Moments(msgspec.Struct, frozen=True):
    """How one table writes its times."""

    formats: tuple[str, ...] = ()
    """strptime formats without zone, tried in turn; empty: numbers or real datetimes."""
    resolution_s: float = 1.0

    def parse(self, column: pl.Series) -> pl.Series:
        """Milliseconds UTC as Int64; null where the text is no time, or one outside 1990..2100."""
        if isinstance(column.dtype, pl.Datetime):
            if column.dtype.time_zone is not None:
                column = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
            return _plausible(column.dt.cast_time_unit("ms").cast(pl.Int64))
        if column.dtype == pl.Date:
            return _plausible(column.cast(pl.Datetime("ms")).cast(pl.Int64))
        if column.dtype.is_numeric():
            return _plausible(_from_numbers(column))
        if column.dtype != pl.String:
            return pl.Series(column.name, [None] * len(column), dtype=pl.Int64)
        if not self.formats:
            return _plausible(_from_numbers(column.str.strip_chars().cast(pl.Float64, strict=False)))
        return _plausible(self._from_text(column))

    def _from_text(self, column: pl.Series) -> pl.Series:
        # the common case first: all cells in the first format, no zone
        out = _strptime(column, self.formats[0])
        if not out.null_count():
            return out
        text = column.str.strip_chars().str.replace(_ZONE, "+0000")
        zoned = text.str.extract(r"\d([+-]\d{2}):?(\d{2})?$", 1).is_not_null() & text.str.contains(r"\d:\d|[T ]\d{4}")
        for form in self.formats:
            plain = _strptime(text.set(zoned, None) if zoned.any() else text, form)
            out = out.zip_with(out.is_not_null(), plain)
            if zoned.any():
                full = text.str.replace(r"([+-]\d{2})$", "${1}00").str.replace(r"([+-]\d{2}):(\d{2})$", "$1$2")
                shifted = full.set(~zoned, None).str.to_datetime(
                    form + "%z", time_unit="ms", strict=False, time_zone="UTC"
                )
                out = out.zip_with(out.is_not_null(), shifted.cast(pl.Int64))
            if not out.null_count():
                break
        return out


def moments_of(sample: pl.Series, *, day_first: bool | None = None, time_format: str = "") -> Moments | None:
    """How these cells write times, or None when most of them are no times.

    Args:
        sample: some cells of the column.
        day_first: whether 01/02/2024 is the first of February; None: find out from the sample.
        time_format: a strptime format given by hand.

    Raises:
        SourceError: days and months can't be told apart.
    """
    cells = sample.drop_nulls()
    if sample.dtype == pl.String:
        cells = cells.str.strip_chars().filter(cells.str.strip_chars() != "")
    if not len(cells):
        return None
    if sample.dtype != pl.String:
        form = Moments(resolution_s=_resolution(cells))
    else:
        formats = (time_format,) if time_format else _formats(cells.to_list(), day_first)
        if formats is None:
            return None
        form = Moments(formats, _resolution(cells))
    good = form.parse(cells)
    if good.null_count() * 2 > len(good):
        return None
    if form.resolution_s < 60.0 and len(good) >= LEAST_CELLS and bool((good.drop_nulls() % 60_000 == 0).all()):
        return msgspec.structs.replace(form, resolution_s=60.0)  # seconds are written, but they are always nought
    return form


def _formats(cells: Sequence[str], day_first: bool | None) -> tuple[str, ...] | None:
    if sum(_NUMBER.match(cell) is not None for cell in cells) * 2 > len(cells) and not _BASIC.match(cells[0]):
        return ()
    dates: dict[str, None] = {}
    for cell in cells:
        if (match := _SHORT.match(cell)) is not None:
            separator = match[2]
            if day_first is None and separator != ".":
                day_first = _day_first(cells)
            order = ("%d", "%m") if day_first or separator == "." else ("%m", "%d")
            dates[separator.join([*order, "%Y"])] = None
        elif _ISO.match(cell):
            dates["%Y-%m-%d" if cell[4] == "-" else "%Y/%m/%d"] = None
        elif _BASIC.match(cell):
            dates["%Y%m%d"] = None
    if not dates:
        return None
    out: list[str] = []
    for date in dates:
        if date == "%Y%m%d":
            out += [date + "T%H%M%S", date + " %H%M%S", date + "%H%M%S", date + "T%H%M", date + "%H%M"]
            continue
        for middle in (" ", "T"):
            out += [f"{date}{middle}%H:%M:%S", f"{date}{middle}%H:%M:%S%.f", f"{date}{middle}%H:%M"]
    # the form of the first cell goes first
    first = cells[0]
    return tuple(sorted(out, key=lambda form: _strptime(pl.Series([first]), form)[0] is None))


def _day_first(cells: Sequence[str]) -> bool:
    pairs = [(int(m[1]), int(m[3])) for cell in cells if (m := _SHORT.match(cell))]
    if any(first > 12 for first, _ in pairs):
        return True
    if any(second > 12 for _, second in pairs):
        return False
    raise SourceError(
        f"times such as '{cells[0]}' do not tell day from month; say which with "
        "--columns 'time_format=%d/%m/%Y %H:%M:%S' or 'time_format=%m/%d/%Y %H:%M:%S'"
    )


def _strptime(column: pl.Series, form: str) -> pl.Series:
    return column.str.to_datetime(form, time_unit="ms", strict=False).cast(pl.Int64)


def _from_numbers(column: pl.Series) -> pl.Series:
    size = pl.col("n").abs()
    milliseconds = (
        pl.when(size < 1e11)
        .then(pl.col("n") * 1e3)
        .when(size < 1e14)
        .then(pl.col("n"))
        .when(size < 1e17)
        .then(pl.col("n") / 1e3)
        .otherwise(pl.col("n") / 1e6)
    )
    numbers = column.cast(pl.Float64).alias("n").to_frame()
    return numbers.select(milliseconds.round().cast(pl.Int64, strict=False)).to_series().alias(column.name)


def _plausible(column: pl.Series) -> pl.Series:
    return column.set(((column < EARLIEST_MS) | (column >= LATEST_MS)).fill_null(True), None)


def _resolution(cells: pl.Series) -> float:
    """Half a second at best: AIS reports carry whole seconds."""
    if cells.dtype == pl.String and not cells.str.contains(r":\d\d:\d\d|\d{10}|T\d{6}| \d{6}").any():
        return 60.0
    return 1.0
