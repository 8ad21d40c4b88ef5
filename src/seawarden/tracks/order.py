"""Order: records as they arrive become one stream in order of (event time, MMSI, sequence).

Each source has its own clock: the newest time it has shown, less the lateness it is allowed. The release horizon is
the slowest clock of the sources that are still moving, and never goes back; what lies before it is released in
order. A record older than the horizon is late and goes to the correction lane at the next tick. A record far ahead
of its source's clock moves nothing until the records after it agree with it, so that one clock in 2038 makes nobody
else late. They agree when time does not go back from it, and goes on by no more than it has just gone on: a source
that is heard every few hours moves on as well as one that paused.

Who is ahead is known by who is not: a record is refused as ahead, at the end of the stream, only where its source
went back from it. Where nothing older came after it the whole source had moved on, and so had time (`reached`). Only
for a step of more than a week three records must have said so: one broken clock in 2038 may be the last to speak.

Whether a record is late, and at which tick, depends on the sequence of arrivals alone, never on how it was cut into
batches.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from numba import njit

from seawarden.model.batch import Batch
from seawarden.model.event import Event, Heartbeat
from seawarden.model.position import I32, I64, NO_TIME, Positions, Trust, concat, make_positions, take
from seawarden.model.static import StaticReport
from seawarden.settings import TimeSettings

AGREE = 3
"""Records in a row that must agree before a clock jumps ahead."""
AGREE_FAR = 50
"""The same for a jump of more than a week: a receiver with a broken clock easily repeats itself three times."""
FAR_MS = 7 * 86_400_000


class Clocks(NamedTuple):
    """State of the sources' clocks; arrays of shape (sources,) and (1,)."""

    newest: I64
    pending: I64
    agreed: I32
    reached: I64
    """Where the source has come to by all that it has said, believed or not; it goes back when the source does."""
    far: I64
    """A time more than a week beyond that, or NO_TIME."""
    far_agreed: I32
    """Records that told such a time and were not gone back from."""
    horizon: I64


class Memory(NamedTuple):
    """What the buffer holds between two pushes."""

    clocks: Clocks
    held: Positions
    statics: list[StaticReport]
    events: list[Event]


class Release(NamedTuple):
    """What one push sets free."""

    positions: Positions
    """In order, all with event time before `horizon`."""
    late: list[tuple[int, Positions]]
    """(tick at which they are corrected, records), ticks ascending."""
    statics: list[StaticReport]
    events: list[Event]
    """In order of time, all before `horizon` (late ones included: they count from the next tick)."""
    horizon: int
    """Everything before this time has been released, ms; NO_TIME at the very beginning."""


@njit(cache=True)
def _reach(s: int, time: int, jump_ms: int, reached: I64, far: I64, far_agreed: I32) -> None:
    """Take note of where a source has come to."""
    if reached[s] == NO_TIME or time <= reached[s] + FAR_MS:
        if reached[s] == NO_TIME or time > reached[s] or time < reached[s] - jump_ms:
            reached[s] = time
        if far[s] != NO_TIME and time < far[s] - jump_ms:
            far[s] = NO_TIME
        return
    if far[s] != NO_TIME and -jump_ms <= time - far[s] <= FAR_MS:
        far_agreed[s] += 1
        far[s] = max(far[s], time)
    else:
        far_agreed[s] = 1
        far[s] = time
    if far_agreed[s] >= AGREE:
        reached[s] = far[s]
        far[s] = NO_TIME


@njit(cache=True)
def _advance(
    t: I64,
    source: I32,
    newest: I64,
    pending: I64,
    agreed: I32,
    reached: I64,
    far: I64,
    far_agreed: I32,
    horizon: I64,
    lateness_ms: int,
    jump_ms: int,
    idle_ms: int,
    horizons: I64,
    late: npt.NDArray[np.bool_],
) -> None:
    n_sources = len(newest)
    h = horizon[0]
    for i in range(len(t)):
        s = source[i]
        time = t[i]
        late[i] = h != NO_TIME and time < h
        moved = False
        if newest[s] == NO_TIME or time > newest[s] + jump_ms:
            step = FAR_MS if newest[s] == NO_TIME else max(jump_ms, pending[s] - newest[s])
            if agreed[s] > 0 and -jump_ms <= time - pending[s] <= step:
                agreed[s] += 1
                pending[s] = max(pending[s], time)
            else:
                agreed[s] = 1
                pending[s] = time
            need = AGREE
            if newest[s] != NO_TIME and time > newest[s] + FAR_MS:
                need = AGREE_FAR
            if agreed[s] >= need:
                newest[s] = pending[s]
                agreed[s] = 0
                moved = True
        else:
            agreed[s] = 0
            if time > newest[s]:
                newest[s] = time
                moved = True
        _reach(s, time, jump_ms, reached, far, far_agreed)
        if moved:
            top = NO_TIME
            for k in range(n_sources):
                if newest[k] > top:
                    top = newest[k]
            slowest = top
            for k in range(n_sources):
                if newest[k] != NO_TIME and newest[k] >= top - idle_ms and newest[k] < slowest:
                    slowest = newest[k]
            if h == NO_TIME or slowest - lateness_ms > h:
                h = slowest - lateness_ms
        horizons[i] = h
    horizon[0] = h


class Order:
    """The reorder buffer in front of the engine."""

    def __init__(self, settings: TimeSettings) -> None:
        self._settings = settings
        self._clocks = Clocks(
            newest=np.full(0, NO_TIME, dtype=np.int64),
            pending=np.full(0, NO_TIME, dtype=np.int64),
            agreed=np.zeros(0, dtype=np.int32),
            reached=np.full(0, NO_TIME, dtype=np.int64),
            far=np.full(0, NO_TIME, dtype=np.int64),
            far_agreed=np.zeros(0, dtype=np.int32),
            horizon=np.full(1, NO_TIME, dtype=np.int64),
        )
        self._held = make_positions(0)
        self._statics: list[StaticReport] = []
        self._events: list[Event] = []

    @property
    def horizon(self) -> int:
        """The release horizon, ms."""
        return int(self._clocks.horizon[0])

    def memory(self) -> Memory:
        """All that is held, for a snapshot."""
        return Memory(self._clocks, self._held, self._statics, self._events)

    def recall(
        self, clocks: Clocks | None, held: Positions, statics: list[StaticReport], events: list[Event]
    ) -> None:
        """Take up what `memory` gave; no clocks means that no source has been heard yet."""
        if clocks is not None:
            self._clocks = clocks
        self._held, self._statics, self._events = held, list(statics), list(events)

    def push(self, batch: Batch) -> Release:
        """Take a batch in order of arrival and release what is ready."""
        p = batch.positions
        self._statics.extend(batch.statics)
        self._events.extend(batch.events)
        late: list[tuple[int, Positions]] = []
        if len(p.t):
            self._make_room(int(p.source.max()) + 1)
            late = self._arrive(p)
        for event in batch.events:
            if isinstance(event, Heartbeat):
                ready = event.t - int(self._settings.lateness_s * 1000)
                if self.horizon == NO_TIME or ready > self.horizon:
                    self._clocks.horizon[0] = ready
        return self._release(self.horizon, late)

    def flush(self) -> tuple[Release, Positions]:
        """End of the stream: release all, and hand back apart the records whose clock ran ahead of everybody.

        A source that has come beyond its clock, and has not gone back, has moved on; one of a few records, without a
        clock of its own, by a week at most.
        """
        times = self._held.t
        limit = np.iinfo(np.int64).max
        ahead = make_positions(0)
        c = self._clocks
        newest = int(c.newest.max()) if len(c.newest) else NO_TIME
        if newest != NO_TIME:
            newest = max(newest, *c.reached[(c.newest != NO_TIME) | (c.reached <= newest + FAR_MS)].tolist())
        if newest != NO_TIME and len(times):
            too_far = times > newest + int(self._settings.max_forward_jump_s * 1000)
            ahead = take(self._held, too_far)
            self._held = take(self._held, ~too_far)
        release = self._release(limit, [])
        last = int(release.positions.t.max()) + 1 if len(release.positions.t) else self.horizon
        self._clocks.horizon[0] = max(self.horizon, last)
        return release._replace(horizon=self.horizon), ahead

    def _make_room(self, n: int) -> None:
        c = self._clocks
        more = n - len(c.newest)
        if more > 0:
            blank = np.full(more, NO_TIME, dtype=np.int64)
            self._clocks = Clocks(
                newest=np.concatenate([c.newest, blank]),
                pending=np.concatenate([c.pending, blank]),
                agreed=np.concatenate([c.agreed, np.zeros(more, dtype=np.int32)]),
                reached=np.concatenate([c.reached, blank]),
                far=np.concatenate([c.far, blank]),
                far_agreed=np.concatenate([c.far_agreed, np.zeros(more, dtype=np.int32)]),
                horizon=c.horizon,
            )

    def _arrive(self, p: Positions) -> list[tuple[int, Positions]]:
        s = self._settings
        n = len(p.t)
        before = self.horizon
        horizons = np.empty(n, dtype=np.int64)
        is_late = np.empty(n, dtype=np.bool_)
        _advance(
            p.t, p.source, *self._clocks, int(s.lateness_s * 1000), int(s.max_forward_jump_s * 1000),
            int(s.idle_source_s * 1000), horizons, is_late,
        )  # fmt: skip
        late: list[tuple[int, Positions]] = []
        if is_late.any():
            at = np.concatenate([[before], horizons[:-1]])[is_late]
            ticks = (at // s.tick_ms + 1) * s.tick_ms
            records = take(p, is_late)
            records.trust[:] |= np.uint32(Trust.LATE)
            for tick in np.unique(ticks):
                late.append((int(tick), take(records, ticks == tick)))
            p = take(p, ~is_late)
        self._held = concat([self._held, p]) if len(self._held.t) else p
        return late

    def _release(self, horizon: int, late: list[tuple[int, Positions]]) -> Release:
        if horizon == NO_TIME:
            return Release(make_positions(0), late, [], [], horizon)
        held = self._held
        ready = held.t < horizon
        count = int(np.count_nonzero(ready))
        if count == len(ready):
            out, self._held = held, make_positions(0)
        elif ready[:count].all():  # in order already, as a table's batches are
            out, self._held = rows(held, 0, count), take(held, slice(count, None))
        else:
            out, self._held = take(held, ready), take(held, ~ready)
        out = in_order(out)
        statics = sorted((x for x in self._statics if x.t < horizon), key=lambda x: (x.t, x.mmsi, x.seq))
        self._statics = [x for x in self._statics if x.t >= horizon]
        events = sorted((x for x in self._events if x.t < horizon), key=lambda x: (x.t, msgspec.json.encode(x)))
        self._events = [x for x in self._events if x.t >= horizon]
        return Release(out, late, statics, events, horizon)


def _is_in_order(t: I64, mmsi: I64, seq: I64) -> bool:
    if (t[1:] < t[:-1]).any():
        return False
    same = np.flatnonzero(t[1:] == t[:-1])
    mmsi_before, mmsi_after = mmsi[same], mmsi[same + 1]
    tied = same[mmsi_before == mmsi_after]
    return bool((mmsi_before <= mmsi_after).all() and (seq[tied] <= seq[tied + 1]).all())


def in_order(p: Positions) -> Positions:
    """The batch in order of (event time, MMSI, sequence); returned as it is when it is so already."""
    if len(p.t) < 2:
        return p
    if _is_in_order(p.t, p.mmsi, p.seq):
        return p
    index = np.lexsort((p.seq, p.mmsi, p.t))
    return take(p, index)


def rows(p: Positions, begin: int, end: int) -> Positions:
    """Rows `begin`..`end` of a batch as a view: no column is copied."""
    if begin == 0 and end == len(p.t):
        return p
    columns: list[Any] = [column[begin:end] for column in p]
    return Positions(*columns)
