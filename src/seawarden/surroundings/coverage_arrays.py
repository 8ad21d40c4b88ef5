"""Growing tables of equal rows: named tuples of arrays that can be lengthened, and packed without pickle."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
import numpy as np

from seawarden.model.position import I64

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


class KeyRows:
    """Rows by key, for many keys at once; a new key gets the next row."""

    def __init__(self, keys: I64 | None = None) -> None:
        self.keys: I64 = np.empty(0, dtype=np.int64) if keys is None else keys
        """Key of each row, (n,)."""
        self._sort()

    def __len__(self) -> int:
        return len(self.keys)

    def find(self, keys: I64) -> I64:
        """Rows of keys, -1 for unknown ones; (n,)."""
        if not len(self.keys):
            return np.full(len(keys), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self._sorted, keys), len(self._sorted) - 1)
        found: I64 = np.where(self._sorted[at] == keys, self._order[at], -1)
        return found

    def add(self, keys: I64) -> I64:
        """Rows of distinct keys; the unknown ones are added in the order given."""
        rows = self.find(keys)
        new = rows < 0
        if new.any():
            rows[new] = len(self.keys) + np.arange(int(new.sum()))
            self.keys = np.concatenate([self.keys, keys[new]])
            self._sort()
        return rows

    def _sort(self) -> None:
        self._order: I64 = np.argsort(self.keys, kind="stable")
        self._sorted: I64 = self.keys[self._order]
