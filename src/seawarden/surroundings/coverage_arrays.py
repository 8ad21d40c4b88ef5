"""Growing tables of equal rows: named tuples of arrays that can be lengthened, and packed without pickle."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
import numpy as np

Table = TypeVar("Table", bound=tuple[Any, ...])


class Packed(msgspec.Struct, array_like=True):
    """One array as bytes."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes


def longer(table: Table, blank: Table, rows: int) -> Table:
    """The table with at least `rows` rows; new ones are taken from `blank`, a table of the wanted length.

    Args:
        table: a named tuple of arrays whose first axis is the row.
        blank: the same of fresh rows, at least as long.
        rows: rows of `table` that are kept.
    """
    for old, new in zip(table, blank, strict=True):
        new[:rows] = old[:rows]
    return blank


def pack(table: tuple[Any, ...], rows: int) -> list[Packed]:
    """The first `rows` rows, column by column."""
    return [Packed(str(c.dtype), (rows, *c.shape[1:]), np.ascontiguousarray(c[:rows]).tobytes()) for c in table]


def unpack(columns: list[Packed]) -> list[Any]:
    """What `pack` gave, as fresh writable arrays."""
    return [np.frombuffer(c.data, dtype=c.dtype).reshape(c.shape).copy() for c in columns]
