"""Rows of a table chained track by track: each knows the row of its track before it, each track its newest row.

All kernels take the whole columns of the table: `last` (tracks,) the newest row of each track, `prev` (rows,) the row
before each, -1 none; `times` (rows,) ms.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

from seawarden.model.position import F32, I8, I32, I64, U32, Trust

UNPROVEN: Final = int(Trust.SPEED_UNPROVEN)


@njit(cache=True)
def chain(slot: I32, t: I64, base: int, last: I64, prev: I64, times: I64) -> None:
    """Chain new rows base.. of the table behind their tracks; a row older than its track's newest is put in place."""
    for j in range(len(slot)):
        row = base + j
        i = slot[j]
        prev[row] = -1
        if i < 0:
            continue
        at = last[i]
        if at < 0 or times[at] <= t[j]:
            prev[row] = at
            last[i] = row
            continue
        while prev[at] >= 0 and times[prev[at]] > t[j]:
            at = prev[at]
        prev[row] = prev[at]
        prev[at] = row


@njit(cache=True)
def walk(last: I64, prev: I64, times: I64, slot: int, since: int, until: int, out: I64) -> int:
    """Rows of a track with since <= t < until, newest first, into `out`; returns how many there are in all."""
    n = 0
    row = last[slot]
    while row >= 0 and times[row] >= until:
        row = prev[row]
    while row >= 0 and times[row] >= since:
        if n < len(out):
            out[n] = row
        n += 1
        row = prev[row]
    return n


@njit(cache=True)
def mean(last: I64, prev: I64, times: I64, values: F32, trust: U32, slot: int, since: int, until: int) -> float:
    """Mean of speeds over a track's rows with since <= t < until, without NaN and unproven ones; NaN for none."""
    row = last[slot]
    while row >= 0 and times[row] >= until:
        row = prev[row]
    total = 0.0
    n = 0
    while row >= 0 and times[row] >= since:
        if not np.isnan(values[row]) and trust[row] & np.uint32(UNPROVEN) == 0:
            total += values[row]
            n += 1
        row = prev[row]
    return total / n if n > 0 else np.nan


@njit(cache=True)
def newest(last: I64, prev: I64, times: I64, believed: I8, count: int, until: int, out: I64) -> None:
    """The newest believed row before `until` of each track, -1 none."""
    for i in range(count):
        row = last[i]
        while row >= 0 and (times[row] >= until or believed[row] == 0):
            row = prev[row]
        out[i] = row


@njit(cache=True)
def window(
    last: I64,
    prev: I64,
    times: I64,
    believed: I8,
    count: int,
    since: int,
    until: int,
    step: int,
    slots: I32,
    out: I64,
) -> int:
    """Slots and rows with since <= t < until of the first `count` tracks; returns how many there are in all.

    With a step, only the newest believed row of a track in each step of the clock.
    """
    n = 0
    for i in range(count):
        row = last[i]
        while row >= 0 and times[row] >= until:
            row = prev[row]
        bound = until
        while row >= 0 and times[row] >= since:
            if step == 0 or (believed[row] == 1 and times[row] < bound):
                if n < len(out):
                    slots[n] = i
                    out[n] = row
                n += 1
                if step > 0:
                    bound = times[row] // step * step
            row = prev[row]
    return n


@njit(cache=True)
def unchain(last: I64, prev: I64, times: I64, slot: int, since: int) -> None:
    """Forget a track's rows from `since` on."""
    row = last[slot]
    while row >= 0 and times[row] >= since:
        row = prev[row]
    last[slot] = row


@njit(cache=True)
def advance(slot: I32, times: I64, begin: int, end: int, until: int, heads: I64) -> int:
    """Take rows begin..end with t < until, in order of time, as the newest of their tracks; where it ended."""
    row = begin
    while row < end and times[row] < until:
        if slot[row] >= 0:
            heads[slot[row]] = row
        row += 1
    return row


@njit(cache=True)
def sought(last: I64, prev: I64, times: I64, until: int, heads: I64) -> None:
    """The newest row of each track before `until`, by walking back, -1 none."""
    for i in range(len(last)):
        row = last[i]
        while row >= 0 and times[row] >= until:
            row = prev[row]
        heads[i] = row


@njit(cache=True)
def reach(last: I64, prev: I64, times: I64, since: int, keep: I8) -> None:
    """Mark the rows with t >= since that a chain reaches."""
    for i in range(len(last)):
        row = last[i]
        while row >= 0 and times[row] >= since:
            keep[row] = 1
            row = prev[row]


@njit(cache=True)
def thinned(slot: I32, times: I64, believed: I8, rows: int, before: int, step: int, bound: I64, keep: I8) -> int:
    """Mark all rows from `before` on, and of older ones the newest believed of each track in each step of the clock.

    The table must be in order of time; `bound` (tracks,) holds the largest number there is. Returns how many.
    """
    n = 0
    for k in range(rows):
        row = rows - 1 - k
        keep[row] = 0
        if times[row] >= before:
            keep[row] = 1
        elif believed[row] == 1 and times[row] < bound[slot[row]]:
            keep[row] = 1
            bound[slot[row]] = times[row] // step * step
        n += keep[row]
    return n
