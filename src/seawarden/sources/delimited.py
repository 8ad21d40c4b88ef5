"""Delimited text: blocks of lines to frames of the wanted columns, with each bad line told by its number."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import polars as pl
from numba import njit

from seawarden.model.error import SourceError
from seawarden.model.position import I64
from seawarden.model.reject import Reject
from seawarden.sources.line_blocks import LineBlocks

NUMERIC: Final = frozenset(
    (
        "mmsi",
        "lat",
        "lon",
        "sog_kn",
        "cog_deg",
        "heading_deg",
        "rot_deg_min",
        "imo",
        "length_m",
        "breadth_m",
        "draught_m",
        "to_bow_m",
        "to_stern_m",
        "to_port_m",
        "to_starboard_m",
        "pos_sigma_m",
        "t_sigma_s",
    )
)
DELIMITERS: Final = (",", ";", "\t", "|")
_GOOD, _BLANK, _COUNT, _QUOTE, _MENDED = 0, 1, 2, 3, 4


class Frame:
    """Some records of a table: wanted columns under their fields' names, and the number of each record."""

    def __init__(self, data: pl.DataFrame, record: I64, rejects: list[Reject], records: int) -> None:
        self.data = data
        self.record = record
        self.rejects = rejects
        self.records = records
        """Records read to make this frame, rejected ones included."""


def header_of(head: bytes) -> tuple[list[str], str, int]:
    """Column names, delimiter and number of lines up to and including the header, from a file's first bytes.

    Lines before the header that begin with `#` and hold no delimiter are comments.

    Raises:
        SourceError: there is no line.
    """
    lines = head.decode("utf-8", "replace").removeprefix("\ufeff").splitlines()
    for number, line in enumerate(lines, 1):
        delimiter = max(DELIMITERS, key=line.count)
        if not line.strip() or (line.startswith("#") and delimiter not in line):
            continue
        names = next(csv.reader([line.removeprefix("#").strip("\r\n")], delimiter=delimiter))
        return [name.strip() or f"column {i}" for i, name in enumerate(names, 1)], delimiter, number
    raise SourceError("the file is empty")


def frames(
    blocks: LineBlocks, file: str, header: Sequence[str], delimiter: str, skip: int, fields: Mapping[str, str]
) -> Iterator[Frame]:
    """Frames of the wanted columns, block by block.

    Args:
        blocks: the file's lines.
        file: its name, for rejects.
        header: all column names.
        delimiter: the character between columns.
        skip: lines up to and including the header.
        fields: field to column name.
    """
    names = [f"c{i}" for i in range(len(header))]
    where = {field: names[header.index(column)] for field, column in fields.items()}
    line = 0
    header_line = b""
    for block in blocks:
        start = 0
        while line < skip and start < len(block):
            end = block.index(b"\n", start) + 1
            header_line = block[start:end].strip()
            start = end
            line += 1
        if start:
            block = block[start:]
        if not block:
            continue
        body, record, rejects, total, lines = _clean(block, line, delimiter, len(header), file, header_line)
        line += lines
        data, lost = _read(body, delimiter, names, where, file, record)
        if lost:
            rejects = sorted([*rejects, *lost], key=lambda reject: reject.line)
            gone = {reject.line for reject in lost}
            record = record[[int(number) not in gone for number in record]]
        yield Frame(data, record, rejects, total)


def _clean(
    block: bytes, before: int, delimiter: str, columns: int, file: str, header_line: bytes
) -> tuple[bytes, I64, list[Reject], int, int]:
    """The block without its bad lines, the line number of each kept line, rejects, numbers of records and lines."""
    first = header_line[0] if header_line else 10
    lines, delimiters, special, starts = _survey(np.frombuffer(block, dtype=np.uint8), ord(delimiter), first)
    if not special and not starts and delimiters == lines * (columns - 1):
        # no quotes and the right number of delimiters: lines with too many would make read_csv fail, which is caught
        return block, np.arange(before + 1, before + lines + 1, dtype=np.int64), [], lines, lines
    data = np.frombuffer(bytearray(block), dtype=np.uint8)
    begins, ends, verdict = _judge(data, ord(delimiter), columns, lines)
    rejects: list[Reject] = []
    head = header_line.decode("utf-8", "replace")
    for i in np.flatnonzero((verdict == _COUNT) | (verdict == _QUOTE)):
        text = block[begins[i] : min(ends[i], begins[i] + 200)].decode("utf-8", "replace").strip()
        reason = "bad_quote" if verdict[i] == _QUOTE else "bad_columns"
        if ends[i] - begins[i] > 60_000:
            reason = "long_line"
        rejects.append(Reject(file=file, line=before + int(i) + 1, reason=reason, detail=text[:200]))
    keep = (verdict == _GOOD) | (verdict == _MENDED)
    if header_line and header_line in block:
        for i in np.flatnonzero(keep):
            if block[begins[i] : ends[i]].strip() == header_line:
                keep[i] = False
                line = before + int(i) + 1
                rejects.append(Reject(file=file, line=line, reason="repeated_header", detail=head[:200]))
        rejects.sort(key=lambda reject: reject.line)
    records = int(np.count_nonzero(verdict != _BLANK))
    kept = np.flatnonzero(keep)
    mended = data.tobytes() if (verdict == _MENDED).any() else block
    body = mended if len(kept) == lines else b"".join(mended[begins[i] : ends[i] + 1] for i in kept)
    return body, (kept + before + 1).astype(np.int64), rejects, records, lines


def _read(
    body: bytes, delimiter: str, names: list[str], where: Mapping[str, str], file: str, record: I64
) -> tuple[pl.DataFrame, list[Reject]]:
    top = delimiter.join(names).encode() + b"\n"
    wanted = list(dict.fromkeys(where.values()))
    numeric = {column: pl.Float64 for field, column in where.items() if field in NUMERIC}
    text = dict.fromkeys(wanted, pl.String)
    data = None
    for types, encoding in (({**text, **numeric}, "utf8"), (text, "utf8"), (text, "utf8-lossy")):
        try:
            data = pl.read_csv(
                io.BytesIO(top + body) if encoding == "utf8-lossy" else top + body,
                separator=delimiter,
                columns=wanted,
                schema_overrides=types,
                infer_schema=False,
                encoding="utf8" if encoding == "utf8" else "utf8-lossy",
            )
        except pl.exceptions.PolarsError:
            continue
        if len(data) == len(record):
            break
        data = None
    lost: list[Reject] = []
    if data is None:
        data, lost = _read_slowly(body, delimiter, names, wanted, file, record)
    return data.select(pl.col(column).alias(field) for field, column in where.items()), lost


def _read_slowly(
    body: bytes, delimiter: str, names: list[str], wanted: list[str], file: str, record: I64
) -> tuple[pl.DataFrame, list[Reject]]:
    """Line by line, for blocks that the fast reader refuses."""
    rows: list[list[str]] = []
    lost: list[Reject] = []
    for number, line in zip(record, body.split(b"\n"), strict=False):
        text = line.decode("utf-8", "replace").rstrip("\r").replace("\x00", "\ufffd")
        cells = next(csv.reader([text], delimiter=delimiter), [])
        if len(cells) == len(names):
            rows.append(cells)
        else:
            lost.append(Reject(file=file, line=int(number), reason="bad_columns", detail=text[:200]))
    columns = {name: [row[i] or None for row in rows] for i, name in enumerate(names) if name in wanted}
    return pl.DataFrame(columns, schema=dict.fromkeys(wanted, pl.String)), lost


@njit(cache=True)
def _survey(data, delimiter, first):  # type: ignore[no-untyped-def]
    """Count lines, delimiters, quotes and NULs, and lines that are blank or begin like the header.

    Eight-bit counters over short stretches, so that the loop becomes vector code: 2 GB/s and more.
    """
    n = len(data)
    lines, delimiters, special, starts = 0, 0, 0, 0
    if n:
        byte = data[0]
        lines += byte == 10
        delimiters += byte == delimiter
        special += (byte == 34) | (byte == 0)
        starts += (byte == 10) | (byte == 13) | (byte == first)
    one, ten, thirteen, quote = np.uint8(1), np.uint8(10), np.uint8(13), np.uint8(34)
    nul: Any = np.uint8(0)
    mark, head = np.uint8(delimiter), np.uint8(first)
    i = 1
    while i < n:
        a, b, c, d = nul, nul, nul, nul
        end = min(i + 128, n)
        for j in range(i, end):
            byte = data[j]
            begins = np.uint8(byte == ten) | np.uint8(byte == thirteen) | np.uint8(byte == head)
            a = np.uint8(a + np.uint8(byte == ten))
            b = np.uint8(b + np.uint8(byte == mark))
            c = np.uint8(c + (np.uint8(byte == quote) | np.uint8(byte == nul)))
            d = np.uint8(d + (np.uint8(data[j - 1] == ten) & begins & one))
        lines += a
        delimiters += b
        special += c
        starts += d
        i = end
    return lines, delimiters, special, starts


@njit(cache=True)
def _judge(data, delimiter, columns, lines):  # type: ignore[no-untyped-def]
    starts = np.zeros(lines, dtype=np.int64)
    ends = np.zeros(lines, dtype=np.int64)
    verdict = np.zeros(lines, dtype=np.int8)
    start = 0
    line = 0
    n = len(data)
    while start < n:
        count = 1  # columns with quotes obeyed
        bare = 1  # columns with quotes taken as letters
        quoted = False
        odd = False
        quotes = 0
        blank = True
        i = start
        while i < n and data[i] != 10:
            byte = data[i]
            if byte == 34:
                quotes += 1
                if not quoted:
                    quoted = True
                    if i > start and data[i - 1] != delimiter and data[i - 1] != 34:
                        odd = True
                else:
                    quoted = False
                    after = data[i + 1] if i + 1 < n else 10
                    if after != delimiter and after != 10 and after != 13 and after != 34:
                        odd = True
            elif byte == delimiter:
                bare += 1
                if not quoted:
                    count += 1
            if byte != 13 and byte != 32:
                blank = False
            i += 1
        starts[line] = start
        ends[line] = i
        if blank:
            verdict[line] = 1
        elif quoted or odd:
            if bare == columns:
                for j in range(start, i):
                    if data[j] == 34:
                        data[j] = 39
                verdict[line] = 4
            else:
                verdict[line] = 3
        elif count != columns:
            verdict[line] = 2
        line += 1
        start = i + 1
    return starts, ends, verdict
