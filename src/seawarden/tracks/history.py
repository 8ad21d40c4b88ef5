"""The memory of where each ship has been: one growing table, its rows chained ship by ship.

A row is written once. Each row knows the row of the same track before it, each track its newest row; whoever asks at
a tick walks back from there and sees nothing later than the tick, however far the table has been filled. A late
record is chained in where it belongs. A row takes `ROW_BYTES`; of too many, the engine has old ones thinned.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from seawarden.model.position import DTYPES, F32, I8, I32, I64, Positions
from seawarden.ports import Enriched, Track
from seawarden.tracks.chains import advance, chain, mean, newest, reach, sought, thinned, unchain, walk, window

EXTRA: Final[dict[str, np.dtype[Any]]] = {
    "believed": np.dtype(np.int8),
    "speed_kn": np.dtype(np.float32),
    "refutes": np.dtype(np.int8),
    "expected_kn": np.dtype(np.float32),
    "expected_sigma_kn": np.dtype(np.float32),
}
ROW_BYTES: Final = sum(dtype.itemsize for dtype in (*DTYPES.values(), *EXTRA.values())) + 4 + 8
"""Of memory for each position: its columns, its track and the row before it."""


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
        self.thinned_t = np.iinfo(np.int64).min
        """Older rows are not all there; a ship can't be run again from before it."""
        self._settled = 0
        """From this row on the table is in order of time, and later than all before it."""
        self._settled_t = np.iinfo(np.int64).min
        self.newest_t = np.iinfo(np.int64).min

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
        for name in EXTRA:
            column = getattr(e, name)
            self._columns[name][a:b] = column if every else column[chosen]
        self._slot[a:b] = e.slot if every else e.slot[chosen]
        self._in_order(a, b)
        chain(self._slot[a:b], self._columns["t"][a:b], a, self._last, self._prev, self._columns["t"])
        self.rows = b

    def _in_order(self, a: int, b: int) -> None:
        """Keep to which rows the table is in order of time."""
        times = self._columns["t"][a:b]
        if int(times[0]) < self.newest_t or bool((times[1:] < times[:-1]).any()):
            self._settled, self._version = b, self._version + 1
            self._settled_t = max(self.newest_t, int(times.max())) + 1
        self.newest_t = max(self.newest_t, int(times.max()))

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
            sought(self._last, self._prev, times, until_t, held.rows)
            held.at = self._settled + int(np.searchsorted(times[self._settled : self.rows], until_t, side="left"))
            held.version = self._version
        else:
            if len(held.rows) < len(self._last):
                held.rows = _longer(held.rows, len(held.rows), len(self._last), -1)
            held.at = advance(self._slot, times, held.at, self.rows, until_t, held.rows)
        held.t = until_t
        return held.rows

    def row_ids(self, slot: int, since_t: int, until_t: int, heads: I64 | None = None) -> I64:
        """Rows of one track with since_t <= t < until_t, oldest first; `heads` of then or later make it quick."""
        begin = self._last if heads is None else heads
        if slot >= len(begin):
            return np.empty(0, dtype=np.int64)
        out = np.empty(256, dtype=np.int64)
        n = walk(begin, self._prev, self._columns["t"], slot, since_t, until_t, out)
        if n > len(out):
            out = np.empty(n, dtype=np.int64)
            walk(begin, self._prev, self._columns["t"], slot, since_t, until_t, out)
        return out[:n][::-1]

    def track(self, slot: int, since_t: int, until_t: int, heads: I64 | None = None) -> Track:
        """One track's rows in a time span, oldest first."""
        return self.at(self.row_ids(slot, since_t, until_t, heads))

    def mean_sog(self, slot: int, since_t: int, until_t: int, heads: I64 | None = None) -> float:
        """Mean reported speed of a track over a time span, unproven ones left out, kn; NaN when there is none."""
        columns = self._columns
        begin = self._last if heads is None else heads
        return float(
            mean(begin, self._prev, columns["t"], columns["sog_kn"], columns["trust"], slot, since_t, until_t)
        )

    def at(self, rows: I64) -> Track:
        """The named rows as a track."""
        return Track(*(self._columns[name][rows] for name in Track._fields))

    def times(self, rows: I64) -> I64:
        """Times of the named rows, ms."""
        column: I64 = self._columns["t"][rows]
        return column

    def positions(self, rows: I64) -> Positions:
        """The named rows as a batch, as they came in."""
        return Positions(*(self._columns[name][rows] for name in DTYPES))

    def believed(self, rows: I64) -> I8:
        """Whether each of the named rows is believed."""
        column: I8 = self._columns["believed"][rows]
        return column

    def speeds(self, rows: I64) -> F32:
        """Speed of each of the named rows as the tracks believe it, kn; NaN unknown."""
        column: F32 = self._columns["speed_kn"][rows]
        return column

    def refutes(self, rows: I64) -> I8:
        """Whether each of the named rows shows that its track's report before it told a wrong speed."""
        column: I8 = self._columns["refutes"][rows]
        return column

    def newest(self, count: int, until_t: int, heads: I64 | None = None) -> tuple[I32, I64]:
        """Slots and rows of the newest believed position before `until_t` of the first `count` tracks."""
        out = np.full(count, -1, dtype=np.int64)
        begin = self._last if heads is None else heads
        newest(begin, self._prev, self._columns["t"], self._columns["believed"], min(count, len(self._last)),
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
            n = window(self._last, self._prev, self._columns["t"], self._columns["believed"],
                        min(count, len(self._last)), since_t, until_t, step_ms, slots, out)  # fmt: skip
            if n <= room:
                return slots[:n], out[:n]
            room = n

    def forget(self, slot: int, since_t: int) -> None:
        """Forget a track's rows from a time on (they are about to be replaced by a corrected run)."""
        if slot < len(self._last):
            self._settled, self._version = self.rows, self._version + 1
            self._settled_t = self.newest_t + 1
            unchain(self._last, self._prev, self._columns["t"], slot, since_t)

    def compact(self, before_t: int) -> None:
        """Drop rows older than a time and rows that no chain reaches, when they are at least half of the table."""
        times = self._columns["t"][: self.rows]
        if np.count_nonzero(times < before_t) * 2 < self.rows:
            return
        self._keep(self._reachable(before_t))

    def thin(self, before_t: int, step_ms: int) -> None:
        """Of rows older than a time keep the newest believed of each track in each step of the clock; at once."""
        keep, _ = self._thinned(before_t, step_ms)
        self._keep(np.flatnonzero(keep))
        self.thinned_t = max(self.thinned_t, before_t)

    def left(self, before_t: int, step_ms: int) -> int:
        """Rows that `thin` would leave."""
        return self._thinned(before_t, step_ms)[1]

    def settle(self, oldest_t: int) -> int:
        """Drop rows older than a time and rows that no chain reaches; returns how many are left."""
        if self._settled or (self.rows and int(self._columns["t"][0]) < oldest_t):
            self._keep(self._reachable(oldest_t))
        return self.rows

    def _thinned(self, before_t: int, step_ms: int) -> tuple[I8, int]:
        keep = np.empty(self.rows, dtype=np.int8)
        bound = np.full(len(self._last), np.iinfo(np.int64).max)
        columns = self._columns
        left = thinned(self._slot, columns["t"], columns["believed"], self.rows, before_t, step_ms, bound, keep)
        return keep, int(left)

    def _keep(self, rows: I64) -> None:
        """Keep these rows alone, in this order, which is that of time."""
        for name, column in self._columns.items():
            column[: len(rows)] = self._columns[name][rows]
        self._slot[: len(rows)] = self._slot[rows]
        self.rows = len(rows)
        self._settled, self._settled_t, self._version = 0, np.iinfo(np.int64).min, self._version + 1
        self._last[:] = -1
        chain(self._slot[: self.rows], self._columns["t"][: self.rows], 0, self._last, self._prev, self._columns["t"])

    def all_rows(self) -> tuple[Positions, I32, I8, F32, I8, F32, F32]:
        """Everything remembered: positions, slots, and the further columns in their order (for a snapshot)."""
        rows = self._reachable(np.iinfo(np.int64).min)
        columns = self._columns
        return (
            self.positions(rows),
            self._slot[rows],
            columns["believed"][rows],
            columns["speed_kn"][rows],
            columns["refutes"][rows],
            columns["expected_kn"][rows],
            columns["expected_sigma_kn"][rows],
        )

    def _reachable(self, since_t: int) -> I64:
        """Rows that a chain reaches, with t >= since_t, in order of time."""
        keep = np.zeros(self.rows, dtype=np.int8)
        reach(self._last, self._prev, self._columns["t"], since_t, keep)
        rows: I64 = np.flatnonzero(keep)
        times = self._columns["t"][rows]
        return rows[np.argsort(times, kind="stable")] if bool((times[1:] < times[:-1]).any()) else rows

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
