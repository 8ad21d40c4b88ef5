"""Delimited text with quotes, whatever the delimiter and the encoding."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

from seawarden.model.error import SourceError

DELIMITERS: Final = ",;\t|"
csv.field_size_limit(1 << 24)  # statements of reasons run to many thousand characters


def text_of(content: bytes) -> str:
    """The text of a file in UTF-8, or in the Windows code page of older ones; OFAC's closing 0x1A is cut off."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    return text.rstrip("\x1a\r\n ").replace("\x00", "") + "\n"


def rows_of(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Line (from 1) on which each row ends, and its cells without outer blanks; empty rows are passed over.

    Raises:
        SourceError: the quotes never end, or a cell is beyond all measure.
    """
    head = text[:4_000].split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise SourceError(f"{name}, line {reader.line_num}: not a table that can be read ({error})") from None
