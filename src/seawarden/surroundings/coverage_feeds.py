"""The pulse of each feed: a source as a whole, and each of its receivers where they are told apart.

A feed is down when nothing has come from it for longer than its own pulse allows; it went down at its last delivery,
and it is up again at its next. Our own feed's silence is never a ship's: whoever asks about a ship leaves out every
feed that was down at any time since she was last heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from seawarden.model.position import F64, I8, I32, I64, NO_TIME
from seawarden.settings_coverage import OutageSettings
from seawarden.surroundings.coverage_arrays import Packed, longer, pack, unpack

MEMORY_MIN: Final = 30.0
"""Time constant of a feed's rate, minutes of its being up."""
THINNED_FACTOR: Final = 6.0
"""Key frames come in bursts, some minutes apart: a feed of them is down six times later."""
DAY_MS: Final = 86_400_000


class Feeds(NamedTuple):
    """Arrays (n,)."""

    source: I32
    receiver: I32
    """-1: the source tells of none."""
    first_t: I64
    last_t: I64
    rate_min: F64
    """Deliveries a minute while it is up."""
    thinned: I8
    down: I8
    declared: I8
    """1 while the source itself says that it is down."""
    since_t: I64
    """When it last went down or came up: at its last delivery before, or its first after."""


def _blank(n: int) -> Feeds:
    never = np.full(n, NO_TIME, dtype=np.int64)
    return Feeds(
        source=np.zeros(n, dtype=np.int32),
        receiver=np.full(n, -1, dtype=np.int32),
        first_t=never,
        last_t=never.copy(),
        rate_min=np.zeros(n),
        thinned=np.zeros(n, dtype=np.int8),
        down=np.zeros(n, dtype=np.int8),
        declared=np.zeros(n, dtype=np.int8),
        since_t=never.copy(),
    )


class FeedBook:
    """All feeds, in the order in which they were first heard."""

    def __init__(self, settings: OutageSettings) -> None:
        self._s = settings
        self.n = 0
        self.table = _blank(16)
        self._rows: dict[tuple[int, int], int] = {}

    def rows_of(self, source: I32, receiver: I32) -> I32:
        """Rows of the feeds that delivered, added when new; arrays (n,)."""
        if not len(source):
            return np.empty(0, dtype=np.int32)
        joint = source.astype(np.int64) * (1 << 31) + receiver.astype(np.int64) + 1
        kinds, which = np.unique(joint, return_inverse=True)
        rows = np.array([self._row(int(k >> 31), int(k & ((1 << 31) - 1)) - 1) for k in kinds], dtype=np.int32)
        found: I32 = rows[which]
        return found

    def _row(self, source: int, receiver: int) -> int:
        row = self._rows.get((source, receiver))
        if row is None:
            row = self._rows[source, receiver] = self.n
            if row == len(self.table.source):
                self.table = longer(self.table, _blank(2 * row), row)
            self.table.source[row], self.table.receiver[row] = source, receiver
            self.n += 1
        return row

    def deliver(self, feed: I32, t: I64, thinned: I8, minutes: float) -> list[int]:
        """Count a step's deliveries; returns the feeds that came up with it.

        Args:
            feed: rows, (n,).
            t: ms, ascending, (n,).
            thinned: 1 for key frames, (n,).
            minutes: length of the step.
        """
        f = self.table
        came_up = []
        counts = np.bincount(feed, minlength=self.n)[: self.n] if len(feed) else np.zeros(self.n, dtype=np.int64)
        for row in np.flatnonzero(counts).tolist():
            mine = feed == row
            first = int(t[mine][0])
            if f.first_t[row] == NO_TIME:
                f.first_t[row] = f.since_t[row] = first
                f.rate_min[row] = counts[row] / minutes
            elif f.down[row] and not f.declared[row]:
                f.down[row] = 0
                f.since_t[row] = first
                came_up.append(row)
            f.last_t[row] = int(t[mine][-1])
            f.thinned[row] = thinned[mine][-1]
        weight = 1.0 - np.exp(-minutes / MEMORY_MIN)
        up = np.flatnonzero(f.down[: self.n] == 0)
        f.rate_min[up] += weight * (counts[up] / minutes - f.rate_min[up])
        return came_up

    def limit_ms(self, row: int) -> float:
        """Silence after which a feed is down, ms."""
        f = self.table
        rate = max(float(f.rate_min[row]), 1e-3)
        allowed = max(self._s.blind_s * 1000.0, self._s.reports / rate * 60_000.0)
        return min(allowed * (THINNED_FACTOR if f.thinned[row] else 1.0), float(DAY_MS))

    def fall_silent(self, now: int) -> list[int]:
        """The feeds that are down from this step on."""
        f = self.table
        went = []
        for row in np.flatnonzero(f.down[: self.n] == 0).tolist():
            if f.last_t[row] != NO_TIME and now - f.last_t[row] > self.limit_ms(row):
                f.down[row] = 1
                f.since_t[row] = f.last_t[row]
                went.append(row)
        return went

    def declare(self, sources: Sequence[int], up: bool, t: int) -> list[int]:
        """Take a source's word that it is down or up; returns the feeds that changed."""
        f = self.table
        changed = []
        for row in range(self.n):
            if int(f.source[row]) not in sources or bool(f.declared[row]) != up:
                continue
            f.declared[row] = 0 if up else 1
            if not f.down[row]:
                f.down[row] = 1
                f.since_t[row] = t
                changed.append(row)
            elif up:
                f.down[row] = 0
                f.since_t[row] = t
                f.last_t[row] = max(int(f.last_t[row]), t)
                changed.append(row)
        return changed

    def next_silence(self) -> int | None:
        """Event time at which the next feed would be down if nothing came, ms."""
        f = self.table
        due = [int(f.last_t[k] + self.limit_ms(k)) for k in range(self.n) if not f.down[k] and f.last_t[k] != NO_TIME]
        return min(due, default=None)

    def heard_through(self, since_t: int) -> I8:
        """1 for each feed that is up and has been since before `since_t`, ms; (n,)."""
        f = self.table
        ok: I8 = ((f.down[: self.n] == 0) & (f.since_t[: self.n] <= since_t)).astype(np.int8)
        return ok

    def memory(self) -> list[Packed]:
        """For a snapshot."""
        return pack(self.table, self.n)

    def recall(self, columns: list[Packed]) -> None:
        """Take up what `memory` gave."""
        table = Feeds(*unpack(columns))
        self.n = len(table.source)
        self._rows = {(int(s), int(r)): k for k, (s, r) in enumerate(zip(table.source, table.receiver, strict=True))}
        self.table = longer(table, _blank(max(16, 2 * self.n)), self.n)
