"""What waits between the feeds and the engine, bounded: under overload the newest position of each ship is kept.

Nothing that has come waits outside: while more than a quarter of what may wait does, feeds read nothing, and then the
newest of what has come meanwhile (`sources.feeds.newest`). When more positions wait than may, those of which a newer
one of the same ship waits too are left out and counted; when that is not enough, the oldest go. Static reports are
thinned to the newest of each ship. Events (people's actions, faults, heartbeats, a feed's ups and downs) are never
left out.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from seawarden.model.batch import Batch
from seawarden.model.position import I64, concat, make_positions, take
from seawarden.model.static import StaticReport

REJECTS = 2_000
"""Rejected lines that are kept with their text between two steps; all are counted."""


class Waiting(NamedTuple):
    """One batch of one feed."""

    feed: int
    batch: Batch


class LiveQueue:
    """Batches of all feeds in order of arrival; safe to use from several threads.

    Args:
        most: positions that may wait.
        shed: told how many positions of which feed were left out.
    """

    def __init__(self, most: int, shed: Callable[[int, int], None]) -> None:
        self._most = most
        self._shed_told = shed
        self._waiting: list[Waiting] = []
        self._ready = threading.Condition()
        self.positions = 0
        """Positions that wait."""
        self.shed = 0
        """Positions left out so far."""
        self.deepest = 0
        """Most positions that ever waited."""
        self._rejects = 0

    def put(self, feed: int, batch: Batch) -> None:
        """Add a batch; never waits."""
        with self._ready:
            room = REJECTS - self._rejects
            if len(batch.rejects) > room:
                batch.rejects = batch.rejects[: max(0, room)]
            self._rejects += len(batch.rejects)
            self._waiting.append(Waiting(feed, batch))
            self.positions += len(batch.positions.t)
            self.deepest = max(self.deepest, self.positions)
            if self.positions > self._most:
                self._thin()
            self._ready.notify_all()

    def take(self, timeout_s: float) -> list[Waiting]:
        """All that waits, after waiting for something for at most that long."""
        with self._ready:
            self._ready.wait_for(lambda: self._waiting, timeout_s)
            found, self._waiting = self._waiting, []
            self.positions = self._rejects = 0
            self._ready.notify_all()
            return found

    def wait_for_room(self, timeout_s: float) -> bool:
        """Wait until at most a quarter of what may wait does; False when it did not come to that."""
        with self._ready:
            return self._ready.wait_for(lambda: 4 * self.positions <= self._most, timeout_s)

    def _thin(self) -> None:
        """Leave out positions until half of what may wait is left at most, newest of each ship first kept."""
        mmsi: I64 = np.concatenate([w.batch.positions.mmsi for w in self._waiting])
        t: I64 = np.concatenate([w.batch.positions.t for w in self._waiting])
        order = np.lexsort((np.arange(len(t)), t, mmsi))
        last = np.ones(len(order), dtype=np.bool_)
        last[:-1] = mmsi[order][1:] != mmsi[order][:-1]
        keep = np.zeros(len(t), dtype=np.bool_)
        keep[order[last]] = True
        most = self._most // 2
        if np.count_nonzero(keep) > most:
            rows = np.flatnonzero(keep)
            keep[rows[np.argsort(t[rows], kind="stable")[:-most]]] = False
        begin = 0
        kept = 0
        for waiting in self._waiting:
            p = waiting.batch.positions
            mine = keep[begin : begin + len(p.t)]
            begin += len(p.t)
            gone = len(p.t) - int(np.count_nonzero(mine))
            if gone:
                waiting.batch.positions = take(p, mine)
                self.shed += gone
                self._shed_told(waiting.feed, gone)
            kept += len(p.t) - gone
        self.positions = kept
        newest: dict[int, StaticReport] = {}
        for waiting in self._waiting:
            newest.update((report.mmsi, report) for report in waiting.batch.statics)
        for waiting in self._waiting:
            waiting.batch.statics = [r for r in waiting.batch.statics if newest[r.mmsi] is r]
        self._waiting = [w for w in self._waiting if _holds(w.batch)]


def _holds(batch: Batch) -> bool:
    return bool(len(batch.positions.t) or batch.statics or batch.events or batch.rejects or batch.records)


def joined(batches: list[Batch]) -> Batch:
    """Several batches as one, in their order."""
    if len(batches) == 1:
        return batches[0]
    return Batch(
        positions=concat(batch.positions for batch in batches) if batches else make_positions(0),
        statics=[report for batch in batches for report in batch.statics],
        events=[event for batch in batches for event in batch.events],
        rejects=[reject for batch in batches for reject in batch.rejects],
        records=sum(batch.records for batch in batches),
    )
