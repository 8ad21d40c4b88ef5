"""The memory of where each ship has been: one growing table, its rows chained ship by ship.

A row is written once. Each row knows the row of the same track before it, each track its newest row; whoever asks at
a tick walks back from there and sees nothing later than the tick, however far the table has been filled. A late
record is chained in where it belongs.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import njit

from seawarden.model.position import DTYPES, F32, I8, I32, I64, Positions
from seawarden.ports import Enriched, Track

EXTRA: Final[dict[str, np.dtype[Any]]] = {
    "believed": np.dtype(np.int8),
    "expected_kn": np.dtype(np.float32),
    "expected_sigma_kn": np.dtype(np.float32),
}


@njit(cache=True)
def _chain(slot: I32, t: I64, base: int, last: I64, prev: I64, times: I64) -> None:
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
def _walk(last: I64, prev: I64, times: I64, slot: int, since: int, until: int, out: I64) -> int:
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
def _mean(last: I64, prev: I64, times: I64, values: F32, slot: int, since: int, until: int) -> float:
    """Mean of a column over a track's rows with since <= t < until, NaN left out; NaN when there is none."""
    row = last[slot]
    while row >= 0 and times[row] >= until:
        row = prev[row]
    total = 0.0
    n = 0
    while row >= 0 and times[row] >= since:
        if not np.isnan(values[row]):
            total += values[row]
            n += 1
        row = prev[row]
    return total / n if n > 0 else np.nan


@njit(cache=True)
def _newest(last: I64, prev: I64, times: I64, believed: I8, count: int, until: int, out: I64) -> None:
    """The newest believed row before `until` of each track, -1 none."""
    for i in range(count):
        row = last[i]
        while row >= 0 and (times[row] >= until or believed[row] == 0):
            row = prev[row]
        out[i] = row


@njit(cache=True)
def _window(
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
def _unchain(last: I64, prev: I64, times: I64, slot: int, since: int) -> None:
    """Forget a track's rows from `since` on."""
    row = last[slot]
    while row >= 0 and times[row] >= since:
        row = prev[row]
    last[slot] = row


@njit(cache=True)
def _advance(slot: I32, times: I64, begin: int, end: int, until: int, heads: I64) -> int:
    """Take rows begin..end with t < until, in order of time, as the newest of their tracks; where it ended."""
    row = begin
    while row < end and times[row] < until:
        if slot[row] >= 0:
            heads[slot[row]] = row
        row += 1
    return row


@njit(cache=True)
def _sought(last: I64, prev: I64, times: I64, until: int, heads: I64) -> None:
    """The newest row of each track before `until`, by walking back, -1 none."""
    for i in range(len(last)):
        row = last[i]
        while row >= 0 and times[row] >= until:
            row = prev[row]
        heads[i] = row


class Heads:
    """The newest row of each track before a time that mostly moves on, so that nobody walks back to it twice."""

    def __init__(self) -> None:
        self.rows: I64 = np.empty(0, dtype=np.int64)
        self.t = np.iinfo(np.int64).min
        self.at = 0
        """First row of the table that is not in it."""
        self.version = -1


class History:
    """Positions of all tracks over the last hours."""

    def __init__(self) -> None:
        self._capacity = 1 << 16
        self._columns: dict[str, npt.NDArray[Any]] = {
            name: np.empty(self._capacity, dtype=dtype) for name, dtype in {**DTYPES, **EXTRA}.items()
        }
        self._slot: I32 = np.empty(self._capacity, dtype=np.int32)
        self._prev: I64 = np.empty(self._capacity, dtype=np.int64)
        self._last: I64 = np.full(64, -1, dtype=np.int64)
        self.rows = 0
        self._heads = {False: Heads(), True: Heads()}
        self._version = 0
        self._settled = 0
        """From this row on the table is in order of time, and later than all before it."""
        self._settled_t = np.iinfo(np.int64).min
        self._newest_t = np.iinfo(np.int64).min

    def reserve(self, more: int) -> None:
        """Make room for so many further rows at once, before they come hour by hour."""
        self._make_room(self.rows + more, len(self._last))

    def append(self, e: Enriched, keep: npt.NDArray[np.bool_] | None = None) -> None:
        """Remember the rows of a batch that belong to a track (and are in `keep`, shape (n,), if given)."""
        chosen = e.slot >= 0
        if keep is not None:
            chosen &= keep
        n = int(np.count_nonzero(chosen))
        if n == 0:
            return
        every = n == len(chosen)
        self._make_room(self.rows + n, int(e.slot.max()) + 1)
        a, b = self.rows, self.rows + n
        for name in DTYPES:
            column = getattr(e.p, name)
            self._columns[name][a:b] = column if every else column[chosen]
        for name, column in (
            ("believed", e.believed),
            ("expected_kn", e.expected_kn),
            ("expected_sigma_kn", e.expected_sigma_kn),
        ):
            self._columns[name][a:b] = column if every else column[chosen]
        self._slot[a:b] = e.slot if every else e.slot[chosen]
        self._in_order(a, b)
        _chain(self._slot[a:b], self._columns["t"][a:b], a, self._last, self._prev, self._columns["t"])
        self.rows = b

    def _in_order(self, a: int, b: int) -> None:
        """Keep to which rows the table is in order of time."""
        times = self._columns["t"][a:b]
        if int(times[0]) < self._newest_t or bool((times[1:] < times[:-1]).any()):
            self._settled, self._version = b, self._version + 1
            self._settled_t = max(self._newest_t, int(times.max())) + 1
        self._newest_t = max(self._newest_t, int(times.max()))

    def heads(self, until_t: int, whole: bool = False) -> I64:
        """A row of each track from which all rows before `until_t` can be walked to, -1 none: an array to read only.

        Args:
            until_t: of the one who asks, ms; cheapest when it moves on.
            whole: for the ticks of the whole fleet, which follow those of single ships at their own pace.
        """
        held = self._heads[whole]
        if until_t < self._settled_t:
            return self._last
        times = self._columns["t"]
        if held.version != self._version or until_t < held.t:
            held.rows = np.empty(len(self._last), dtype=np.int64)
            _sought(self._last, self._prev, times, until_t, held.rows)
            held.at = self._settled + int(np.searchsorted(times[self._settled : self.rows], until_t, side="left"))
            held.version = self._version
        else:
            if len(held.rows) < len(self._last):
                held.rows = _longer(held.rows, len(held.rows), len(self._last), -1)
            held.at = _advance(self._slot, times, held.at, self.rows, until_t, held.rows)
        held.t = until_t
        return held.rows

    def row_ids(self, slot: int, since_t: int, until_t: int, heads: I64 | None = None) -> I64:
        """Rows of one track with since_t <= t < until_t, oldest first; `heads` of then or later make it quick."""
        begin = self._last if heads is None else heads
        if slot >= len(begin):
            return np.empty(0, dtype=np.int64)
        out = np.empty(256, dtype=np.int64)
        n = _walk(begin, self._prev, self._columns["t"], slot, since_t, until_t, out)
        if n > len(out):
            out = np.empty(n, dtype=np.int64)
            _walk(begin, self._prev, self._columns["t"], slot, since_t, until_t, out)
        return out[:n][::-1]

    def track(self, slot: int, since_t: int, until_t: int, heads: I64 | None = None) -> Track:
        """One track's rows in a time span, oldest first."""
        return self.at(self.row_ids(slot, since_t, until_t, heads))

    def mean_sog(self, slot: int, since_t: int, until_t: int, heads: I64 | None = None) -> float:
        """Mean reported speed of a track over a time span, kn; NaN when none was reported."""
        columns = self._columns
        begin = self._last if heads is None else heads
        return float(_mean(begin, self._prev, columns["t"], columns["sog_kn"], slot, since_t, until_t))

    def at(self, rows: I64) -> Track:
        """The named rows as a track."""
        return Track(*(self._columns[name][rows] for name in Track._fields))

    def positions(self, rows: I64) -> Positions:
        """The named rows as a batch, as they came in."""
        return Positions(*(self._columns[name][rows] for name in DTYPES))

    def believed(self, rows: I64) -> I8:
        """Whether each of the named rows is believed."""
        column: I8 = self._columns["believed"][rows]
        return column

    def newest(self, count: int, until_t: int, heads: I64 | None = None) -> tuple[I32, I64]:
        """Slots and rows of the newest believed position before `until_t` of the first `count` tracks."""
        out = np.full(count, -1, dtype=np.int64)
        begin = self._last if heads is None else heads
        _newest(begin, self._prev, self._columns["t"], self._columns["believed"], min(count, len(self._last)),
                until_t, out)  # fmt: skip
        slots = np.flatnonzero(out >= 0).astype(np.int32)
        return slots, out[slots]

    def window(self, count: int, since_t: int, until_t: int, step_ms: int = 0) -> tuple[I32, I64]:
        """Slots and rows of the first `count` tracks with since_t <= t < until_t, in no order.

        With `step_ms`, only the newest believed row of a track in each such step of the clock.
        """
        if step_ms == 0 and (since_t >= self._settled_t or self._settled == 0):
            times = self._columns["t"][self._settled : self.rows]
            a, b = self._settled + np.searchsorted(times, (since_t, until_t), side="left")
            found = np.arange(a, b)[::-1]
            slots = self._slot[found]
            if len(slots) and int(slots.max()) >= count:
                found = found[slots < count]
                slots = self._slot[found]
            return slots, found
        room = 1024
        while True:
            slots, out = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int64)
            n = _window(self._last, self._prev, self._columns["t"], self._columns["believed"],
                        min(count, len(self._last)), since_t, until_t, step_ms, slots, out)  # fmt: skip
            if n <= room:
                return slots[:n], out[:n]
            room = n

    def forget(self, slot: int, since_t: int) -> None:
        """Forget a track's rows from a time on (they are about to be replaced by a corrected run)."""
        if slot < len(self._last):
            self._settled, self._version = self.rows, self._version + 1
            self._settled_t = self._newest_t + 1
            _unchain(self._last, self._prev, self._columns["t"], slot, since_t)

    def compact(self, before_t: int) -> None:
        """Drop rows older than a time and rows that no chain reaches, when they are at least half of the table."""
        times = self._columns["t"][: self.rows]
        if np.count_nonzero(times < before_t) * 2 < self.rows:
            return
        rows = self._reachable(before_t)
        for name, column in self._columns.items():
            column[: len(rows)] = self._columns[name][rows]
        self._slot[: len(rows)] = self._slot[rows]
        self.rows = len(rows)
        self._settled, self._settled_t, self._version = 0, np.iinfo(np.int64).min, self._version + 1
        self._last[:] = -1
        _chain(
            self._slot[: self.rows], self._columns["t"][: self.rows], 0, self._last, self._prev, self._columns["t"]
        )

    def all_rows(self) -> tuple[Positions, I32, I8, F32, F32]:
        """Everything remembered: positions, slots, believed, expected speed and its error (for a snapshot)."""
        rows = self._reachable(np.iinfo(np.int64).min)
        columns = self._columns
        return (
            self.positions(rows),
            self._slot[rows],
            columns["believed"][rows],
            columns["expected_kn"][rows],
            columns["expected_sigma_kn"][rows],
        )

    def _reachable(self, since_t: int) -> I64:
        """Rows that a chain reaches, with t >= since_t, in order of time."""
        found = [self.row_ids(int(slot), since_t, np.iinfo(np.int64).max) for slot in np.flatnonzero(self._last >= 0)]
        rows = np.sort(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)
        order: I64 = np.argsort(self._columns["t"][rows], kind="stable")
        return rows[order]

    def _make_room(self, rows: int, slots: int) -> None:
        if rows > self._capacity:
            self._capacity = max(rows, 2 * self._capacity)
            for name, column in self._columns.items():
                self._columns[name] = _longer(column, self.rows, self._capacity)
            self._slot = _longer(self._slot, self.rows, self._capacity)
            self._prev = _longer(self._prev, self.rows, self._capacity)
        if slots > len(self._last):
            more = np.full(max(slots, 2 * len(self._last)), -1, dtype=np.int64)
            more[: len(self._last)] = self._last
            self._last = more


def _longer(column: npt.NDArray[Any], used: int, capacity: int, fill: int | None = None) -> npt.NDArray[Any]:
    out = np.empty(capacity, dtype=column.dtype)
    out[:used] = column[:used]
    if fill is not None:
        out[used:] = fill
    return out
