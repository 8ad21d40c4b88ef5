"""How a screen's kernel hands out candidates: a buffer of rows that it fills and that grows between calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.model.position import F64, I32, I64
from seawarden.ports import VALUES, Rows

SPARE: Final = 32
"""Places that must be free before a kernel takes the next position: no position gives more candidates."""


class Buffer(NamedTuple):
    """Arrays (capacity,) and how many are in use, (1,)."""

    t: I64
    slot: I32
    code: I32
    asset: I32
    start_t: I64
    v: F64
    used: I64


def new_buffer(capacity: int) -> Buffer:
    """An empty buffer."""
    return Buffer(
        t=np.empty(capacity, dtype=np.int64),
        slot=np.empty(capacity, dtype=np.int32),
        code=np.empty(capacity, dtype=np.int32),
        asset=np.empty(capacity, dtype=np.int32),
        start_t=np.empty(capacity, dtype=np.int64),
        v=np.empty((capacity, VALUES)),
        used=np.zeros(1, dtype=np.int64),
    )


@njit(cache=True, inline="always")
def emit(out: Buffer, t: int, slot: int, code: int, asset: int, start_t: int) -> int:
    """Write a candidate and return its place, whose `v` (all NaN) the caller fills."""
    k = out.used[0]
    out.used[0] = k + 1
    out.t[k] = t
    out.slot[k] = slot
    out.code[k] = code
    out.asset[k] = asset
    out.start_t[k] = start_t
    for i in range(VALUES):
        out.v[k, i] = np.nan
    return int(k)


def collect(n: int, run: Callable[[int, Buffer], int]) -> Rows:
    """Call a kernel until it has taken all `n` positions, with as much room as it needs.

    Args:
        n: positions in the batch.
        run: called with the first position and a buffer; returns the position at which the buffer was full, or n.
    """
    parts: list[Rows] = []
    begin = 0
    capacity = 4 * SPARE + n // 8
    while True:
        out = new_buffer(capacity)
        begin = run(begin, out)
        used = int(out.used[0])
        if used:
            columns: list[Any] = [column[:used] for column in out[:-1]]
            parts.append(Rows(*columns))
        if begin >= n:
            break
    return join(parts)


def join(parts: list[Rows]) -> Rows:
    """Rows one after another."""
    if not parts:
        return NO_ROWS
    if len(parts) == 1:
        return parts[0]
    columns: list[Any] = [np.concatenate(same) for same in zip(*parts, strict=True)]
    return Rows(*columns)


def pick(rows: Rows, index: Any) -> Rows:
    """The rows at an index, mask or slice."""
    columns: list[Any] = [column[index] for column in rows]
    return Rows(*columns)


_EMPTY: list[Any] = [column[:0] for column in new_buffer(1)[:-1]]
NO_ROWS: Final = Rows(*_EMPTY)
"""No candidates."""
