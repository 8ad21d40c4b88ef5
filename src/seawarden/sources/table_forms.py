"""Recognising tables: which column is what and how times are written, for text, JSON lines and Parquet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

import numpy as np
import polars as pl

from seawarden.model.error import SourceError
from seawarden.sources.columns import missing, plain, recognise
from seawarden.sources.delimited import Frame, frames, header_of
from seawarden.sources.line_blocks import LineBlocks
from seawarden.sources.moments import Moments, moments_of
from seawarden.sources.pieces import Piece
from seawarden.sources.table import TableForm

SAMPLE_ROWS: Final = 1000


def choose(
    sample: pl.DataFrame, file: str, mapping: Mapping[str, str] | None, day_first: bool | None = None
) -> tuple[dict[str, str], Moments, Moments | None]:
    """Fields to columns, and the forms of event time and receive time, from some rows of a table.

    Raises:
        SourceError: a required column is missing, no column gives a time, or days can't be told from months.
    """
    header = sample.columns
    found = recognise(header, mapping)
    if gap := missing(found, header):
        raise SourceError(f"{file}: {gap}")
    time_format = (mapping or {}).get("time_format", "")
    fields = {field: columns[0] for field, columns in found.items()}
    moments = None
    for column in found.get("t", []):
        try:
            moments = moments_of(sample[column], day_first=day_first, time_format=time_format)
        except SourceError as error:
            raise SourceError(f"{file}: column '{column}': {error}") from error
        if moments is not None:
            fields["t"] = column
            break
    if moments is None:
        tried = ", ".join(f"'{column}'" for column in found.get("t", []))
        why = f"the columns {tried} hold no times" if tried else "no column gives the time of each row"
        raise SourceError(
            f"{file}: {why}, so it can't be replayed; the columns are {', '.join(header)[:500]}; "
            "if one of them is the time, name it with --columns t=COLUMN"
        )
    receive = None
    if "receive_t" in fields:
        receive = moments_of(sample[fields["receive_t"]], day_first=day_first, time_format=time_format)
        if receive is None:
            del fields["receive_t"]
    if fields.get("msg_type") is not None and plain(fields["msg_type"]) == "type":
        _sort_out_type(sample, fields)
    return fields, moments, receive


def text_table(piece: Piece, mapping: Mapping[str, str] | None) -> TableForm:
    """A delimited text file as a table.

    Raises:
        SourceError: it holds no rows, or is not recognised.
    """
    head = piece.head(1 << 18)
    header, delimiter, skip = header_of(head)
    lines = head.decode("utf-8", "replace").splitlines()
    if len(lines) <= skip:
        raise SourceError(f"{piece.name}: the table has a header and no row")
    whole = b"\n".join(line.encode() for line in lines[: skip + SAMPLE_ROWS]) + b"\n"
    every = {name: name for name in header}
    sample = next(frames(LineBlocks([whole]), piece.name, header, delimiter, skip, every)).data
    sample = sample.with_columns(pl.col(pl.Float64).cast(pl.String))
    danish = "typeofmobile" in [plain(name) for name in header]
    fields, moments, receive = choose(sample, piece.name, mapping, True if danish else None)
    return _lines_form(piece, fields, moments, receive, partial(_text_frames, piece, header, delimiter, skip, fields))


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
    fields, moments, receive = choose(sample, piece.name, mapping)
    return TableForm(
        file=piece.name,
        fields=fields,
        moments=moments,
        receive=receive,
        frames=partial(_parquet_frames, scan, piece.name, fields),
    )


def _lines_form(
    piece: Piece, fields: dict[str, str], moments: Moments, receive: Moments | None, read: partial[Iterator[Frame]]
) -> TableForm:
    faults: list[LineBlocks] = []

    def go() -> Iterator[Frame]:
        blocks = LineBlocks(piece.chunks())
        faults[:] = [blocks]
        return read(blocks)

    return TableForm(
        file=piece.name,
        fields=fields,
        moments=moments,
        receive=receive,
        frames=go,
        fault=lambda: faults[0].fault if faults else "",
    )


def _text_frames(
    piece: Piece, header: Sequence[str], delimiter: str, skip: int, fields: Mapping[str, str], blocks: LineBlocks
) -> Iterator[Frame]:
    return frames(blocks, piece.name, header, delimiter, skip, fields)


def _parquet_frames(scan: pl.LazyFrame, file: str, fields: Mapping[str, str]) -> Iterator[Frame]:
    try:
        data = scan.select(pl.col(column).alias(field) for field, column in fields.items()).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise SourceError(f"{file}: not a readable Parquet file: {str(error)[:200]}") from error
    yield Frame(data, np.arange(1, len(data) + 1, dtype=np.int64), [], len(data))


def _sort_out_type(sample: pl.DataFrame, fields: dict[str, str]) -> None:
    """A column named `type` is the message's type where it says AIS.n, else the ship's."""
    column = sample[fields["msg_type"]]
    if (column.dtype == pl.String and column.str.contains(r"^AIS\.\d+$").fill_null(False).mean()) or 0.0:
        return
    name = fields.pop("msg_type")
    fields.setdefault("ship_type", name)
