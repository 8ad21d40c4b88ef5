"""JSON lines: one flat record a line, with the same column names as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
import numpy as np
import polars as pl

from seawarden.model.reject import Reject
from seawarden.sources.delimited import Frame
from seawarden.sources.line_blocks import LineBlocks

LONGEST: Final = 1 << 20


def json_sample(head: bytes, rows: int) -> pl.DataFrame:
    """The first records of a file as a frame of text."""
    lines = head.split(b"\n")[:rows]
    records = [record for line in lines if isinstance(record := _decoded(line), dict)]
    names = list(dict.fromkeys(name for record in records for name in record))
    return pl.DataFrame(
        {name: [_cell(record.get(name)) for record in records] for name in names},
        schema=dict.fromkeys(names, pl.String),
    )


def json_frames(blocks: LineBlocks, file: str, fields: Mapping[str, str]) -> Iterator[Frame]:
    """Frames of the wanted fields, block by block."""
    number = 0
    for block in blocks:
        rows: list[dict[str, Any]] = []
        record: list[int] = []
        rejects: list[Reject] = []
        for line in block[:-1].split(b"\n"):
            number += 1
            if not line.strip():
                continue
            row = _decoded(line)
            if isinstance(row, dict):
                rows.append(row)
                record.append(number)
            else:
                text = line[:200].decode("utf-8", "replace")
                rejects.append(Reject(file=file, line=number, reason="bad_json", detail=text))
        data = pl.DataFrame(
            {field: [_cell(row.get(column)) for row in rows] for field, column in fields.items()},
            schema=dict.fromkeys(fields, pl.String),
        )
        yield Frame(data, np.array(record, dtype=np.int64), rejects, len(rows) + len(rejects))


def _decoded(line: bytes) -> Any:
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, (dict, list)):
        return None
    return str(value)
