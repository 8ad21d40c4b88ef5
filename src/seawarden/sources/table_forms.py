"""Recognising tables: which column is what and how times are written, for text, JSON lines and Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

import numpy as np
import polars as pl

from seawarden.model.error import SourceError
from seawarden.model.position import NO_TIME
from seawarden.sources.cells import number
from seawarden.sources.columns import missing, plain, recognise
from seawarden.sources.delimited import Frame, frames, header_of
from seawarden.sources.json_lines import LONGEST as JSON_LONGEST
from seawarden.sources.json_lines import json_frames, json_sample
from seawarden.sources.line_blocks import LONGEST, LineBlocks
from seawarden.sources.moments import Moments, moments_of
from seawarden.sources.pieces import Piece
from seawarden.sources.table import TableForm
from seawarden.sources.untimed import UntimedError

SAMPLE_ROWS: Final = 1000


def choose(
    sample: pl.DataFrame, file: str, mapping: Mapping[str, str] | None, day_first: bool | None = None
) -> tuple[dict[str, str], Moments | None, Moments | None, int]:
    """Fields to columns, forms of event time and receive time, and the earliest time, from some rows of a table.

    Raises:
        SourceError: a required column is missing, or days can't be told from months.
    """
    header = sample.columns
    found = recognise(header, mapping)
    if gap := missing(found, header):
        raise SourceError(f"{file}: {gap}")
    time_format = (mapping or {}).get("time_format", "")
    fields = {field: columns[0] for field, columns in found.items()}
    fields.pop("t", None)
    moments = None
    earliest = NO_TIME
    for column in found.get("t", []):
        try:
            moments = moments_of(sample[column], day_first=day_first, time_format=time_format)
        except SourceError as error:
            raise SourceError(f"{file}: column '{column}': {error}") from error
        if moments is not None:
            fields["t"] = column
            earliest = moments.parse(sample[column]).min() or NO_TIME  # type: ignore[assignment]
            break
    receive = None
    if "receive_t" in fields:
        receive = moments_of(sample[fields["receive_t"]], day_first=day_first, time_format=time_format)
        if receive is None:
            del fields["receive_t"]
    if fields.get("msg_type") is not None and plain(fields["msg_type"]) == "type":
        _sort_out_type(sample, fields)
    return fields, moments, receive, earliest


def text_table(piece: Piece, mapping: Mapping[str, str] | None) -> TableForm:
    """A delimited text file as a table.

    Raises:
        SourceError: it holds no rows, or is not recognised.
    """
    head = piece.head(1 << 18)
    header, delimiter, skip = header_of(head)
    lines = head.split(b"\n")[: skip + SAMPLE_ROWS]
    if not any(line.strip() for line in lines[skip:]):
        raise SourceError(f"{piece.name}: the table has a header and no row")
    every = {name: name for name in header}
    sample = next(frames(LineBlocks([b"\n".join(lines) + b"\n"]), piece.name, header, delimiter, skip, every)).data
    danish = "typeofmobile" in [plain(name) for name in header]
    chosen = choose(sample, piece.name, mapping, True if danish else None)
    read = partial(_text_frames, piece.name, header, delimiter, skip, chosen[0])
    return _lines_form(piece, header, chosen, read, LONGEST)


def json_table(piece: Piece, mapping: Mapping[str, str] | None) -> TableForm:
    """A file of JSON records, one a line, as a table.

    Raises:
        SourceError: it holds no record, or is not recognised.
    """
    sample = json_sample(piece.head(1 << 20), SAMPLE_ROWS)
    if not len(sample):
        raise SourceError(f"{piece.name}: no line is a JSON record")
    chosen = choose(sample, piece.name, mapping)
    return _lines_form(piece, sample.columns, chosen, partial(_json_frames, piece.name, chosen[0]), JSON_LONGEST)


def parquet_table(piece: Piece, mapping: Mapping[str, str] | None) -> TableForm:
    """A Parquet file as a table.

    Raises:
        SourceError: it can't be read, or is not recognised.
    """
    try:
        source = piece.path if not piece.member else piece.read()
        scan = pl.scan_parquet(source)
        sample = scan.head(SAMPLE_ROWS).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise SourceError(f"{piece.name}: not a readable Parquet file: {str(error)[:200]}") from error
    if not len(sample):
        raise SourceError(f"{piece.name}: the table has no row")
    chosen = choose(sample, piece.name, mapping)
    go = partial(_parquet_frames, scan, piece.name, chosen[0])
    return _form(piece, sample.columns, chosen, go)


Chosen = tuple[dict[str, str], Moments | None, Moments | None, int]


def _form(
    piece: Piece,
    header: Sequence[str],
    chosen: Chosen,
    go: Callable[[], Iterator[Frame]],
    fault: Callable[[], str] = lambda: "",
) -> TableForm:
    fields, moments, receive, earliest = chosen
    if moments is None:
        raise _untimed(piece.name, header, fields, go())
    return TableForm(
        file=piece.name, fields=fields, moments=moments, receive=receive, frames=go, fault=fault, starts_t=earliest
    )


def _lines_form(
    piece: Piece, header: Sequence[str], chosen: Chosen, read: Callable[[LineBlocks], Iterator[Frame]], longest: int
) -> TableForm:
    faults: list[LineBlocks] = []

    def go() -> Iterator[Frame]:
        blocks = LineBlocks(piece.chunks(), longest=longest)
        faults[:] = [blocks]
        return read(blocks)

    return _form(piece, header, chosen, go, lambda: faults[0].fault if faults else "")


def _untimed(file: str, header: Sequence[str], fields: Mapping[str, str], read: Iterator[Frame]) -> UntimedError:
    records = 0
    positions = 0
    ships: set[int] = set()
    for frame in read:
        records += frame.records
        mmsi, lat, lon = (number(frame.data, field) for field in ("mmsi", "lat", "lon"))
        good = (np.abs(lat) <= 90.0) & (np.abs(lon) <= 180.0) & (mmsi >= 1) & (mmsi <= 999_999_999)
        positions += int(np.count_nonzero(good))
        ships.update(np.unique(mmsi[good]).astype(int).tolist())
    return UntimedError(
        f"{file} holds {positions} position reports of {len(ships)} ships but no usable time: no column gives the "
        f"time of each row, so it can't be replayed; the columns are {', '.join(header)[:500]}; "
        "if one of them is the time, name it with --columns t=COLUMN",
        {"records": records, "positions": positions, "ships": len(ships)},
    )


def _text_frames(
    file: str, header: Sequence[str], delimiter: str, skip: int, fields: Mapping[str, str], blocks: LineBlocks
) -> Iterator[Frame]:
    return frames(blocks, file, header, delimiter, skip, fields)


def _json_frames(file: str, fields: Mapping[str, str], blocks: LineBlocks) -> Iterator[Frame]:
    return json_frames(blocks, file, fields)


def _parquet_frames(scan: pl.LazyFrame, file: str, fields: Mapping[str, str]) -> Iterator[Frame]:
    try:
        data = scan.select(pl.col(column).alias(field) for field, column in fields.items()).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise SourceError(f"{file}: not a readable Parquet file: {str(error)[:200]}") from error
    yield Frame(data, np.arange(1, len(data) + 1, dtype=np.int64), [], len(data))


def _sort_out_type(sample: pl.DataFrame, fields: dict[str, str]) -> None:
    """A column named `type` is the message's type where it says AIS.n, else the ship's."""
    column = sample[fields["msg_type"]]
    if column.dtype == pl.String and column.str.contains(r"^AIS\.\d+$").fill_null(False).any():
        return
    name = fields.pop("msg_type")
    fields.setdefault("ship_type", name)
