"""A recording as fleet behaviours see the fleet: all tracks at once, cut off at a moment."""

from __future__ import annotations

import numpy as np

from seawarden.model.position import I32, I64, Trust
from seawarden.ports import Track
from seawarden.service.recorded_view import Ends, RecordedView
from seawarden.store.recording import Recording


class RecordedFleet(RecordedView):
    """A `WholeView` over a recording. A position counts as believed unless it is a jump, as in the engine."""

    def __init__(self, recording: Recording, t: int, ends: Ends | None = None) -> None:
        """Cut the recording off; arguments as for `RecordedView`."""
        known = ends or Ends(recording)
        super().__init__(recording, t, known)
        self._mmsi, self._branch = known.mmsi, known.branch

    def recent(self, since_t: int, until_t: int | None = None, step_ms: int = 0) -> tuple[I32, Track]:
        """All tracks' positions with since_t <= t < min(until_t, self.t), in order of (t, MMSI, branch)."""
        until = self.t if until_t is None else min(until_t, self.t)
        times, tracks = self._recording.positions.t, self._recording.track
        rows = np.flatnonzero((times >= since_t) & (times < until))
        if step_ms:
            rows = rows[(self._recording.positions.trust[rows] & np.uint32(Trust.JUMP)) == 0]
            bucket = times[rows] // step_ms
            newest = np.ones(len(rows), np.bool_)
            newest[:-1] = (bucket[1:] != bucket[:-1]) | (tracks[rows][1:] != tracks[rows][:-1])
            rows = rows[newest]
        slots = tracks[rows]
        order = np.lexsort((self._branch[slots], self._mmsi[slots], times[rows]))
        return slots[order].astype(np.int32), self._rows(rows[order])

    def count(self, since_t: int) -> int:
        """How many positions `recent` would bring since then."""
        times = self._recording.positions.t
        return int(np.count_nonzero((times >= since_t) & (times < self.t)))

    def names(self, slots: I32) -> tuple[I64, I64]:
        """MMSI and branch of the tracks in these rows."""
        return self._mmsi[slots], self._branch[slots]
