"""The ships as they were known at a tick, over one shard or over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from seawarden.model.position import I32, I64, Trust
from seawarden.model.static import StaticReport
from seawarden.model.vessel import ShipRef
from seawarden.ports import Track
from seawarden.tracks.history import History
from seawarden.tracks.refuted import refuted
from seawarden.tracks.state import TrackState
from seawarden.tracks.statics import StaticBook


class Shard(Protocol):
    """What a view needs of a shard of ships."""

    history: History
    statics: StaticBook
    tracks: TrackState
    seen: int

    def ship(self, slot: int, t: int) -> ShipRef:
        """How findings name the ship in a row."""
        ...

    def find(self, mmsi: int, branch: int) -> int | None:
        """Row of a track, None when the ticks may not know of it yet."""
        ...


class StageView:
    """One shard at a tick; slots are the shard's own rows."""

    def __init__(self, stage: Shard, t: int, whole: bool = False) -> None:
        self._stage = stage
        self.t = t
        self._whole = whole
        self._heads: I64 | None = None
        self._last: tuple[I32, Track] | None = None

    @property
    def heads(self) -> I64:
        """Rows from which each track's past before the tick is walked."""
        if self._heads is None:
            self._heads = self._stage.history.heads(self.t, self._whole)
        return self._heads

    def track(self, slot: int, since_t: int, until_t: int | None = None) -> Track:
        """Positions of one track with since_t <= t < min(until_t, tick)."""
        until = self.t if until_t is None else min(until_t, self.t)
        rows = self._stage.history.row_ids(slot, since_t, until, self.heads)
        track = self.at(rows)
        sog_kn, trust = refuted(track.sog_kn, track.trust, self._stage.history.refutes(rows))
        return track._replace(sog_kn=sog_kn, trust=trust)

    def mean_sog(self, slot: int, since_t: int, until_t: int) -> float:
        """Mean reported speed of one track with since_t <= t < min(until_t, tick), kn."""
        return self._stage.history.mean_sog(slot, since_t, min(until_t, self.t), self.heads)

    def ship(self, slot: int) -> ShipRef:
        """Who she is, by the static data known at the tick."""
        return self._stage.ship(slot, self.t)

    def static(self, slot: int) -> StaticReport | None:
        """Her latest static report at the tick."""
        return self._stage.statics.at(int(self._stage.tracks.mmsi[slot]), self.t)

    def told(self, since_t: int) -> list[tuple[StaticReport | None, StaticReport]]:
        """Before and after each static report of any ship with since_t <= t < tick that told a new identity."""
        return self._stage.statics.news(since_t, self.t)

    def slots(self) -> Sequence[int]:
        """Rows of all tracks seen so far."""
        return range(self._stage.seen)

    def last(self) -> tuple[I32, Track]:
        """Slots and the last believed position of each at the tick."""
        if self._last is None:
            slots, rows = self.newest()
            self._last = slots, self.at(rows)
        return self._last

    def newest(self) -> tuple[I32, I64]:
        """Slots and the rows of their last believed positions in the history."""
        return self._stage.history.newest(self._stage.seen, self.t, self.heads)

    def at(self, rows: I64) -> Track:
        """Rows of the history, the speed of the way made in place of one that was not borne out by it."""
        track = self._stage.history.at(rows)
        unproven = np.flatnonzero(track.trust & np.uint32(Trust.SPEED_UNPROVEN))
        if len(unproven):
            track.sog_kn[unproven] = self._stage.history.speeds(rows[unproven])
        return track

    def recent(self, since_t: int, until_t: int | None = None, step_ms: int = 0) -> tuple[I32, Track]:
        """All tracks' positions with since_t <= t < min(until_t, tick), in order of (t, MMSI, branch).

        With `step_ms`, only the newest believed one of a track in each such step of the clock.
        """
        until = self.t if until_t is None else min(until_t, self.t)
        slots, rows = self._stage.history.window(self._stage.seen, since_t, until, step_ms)
        order = np.lexsort((*self.names(slots)[::-1], self._stage.history.times(rows)))
        return slots[order], self.at(rows[order])

    def count(self, since_t: int) -> int:
        """How many positions `recent` would bring since then."""
        return len(self._stage.history.window(self._stage.seen, since_t, self.t)[0])

    def find(self, track_id: str) -> int | None:
        """Row of the track with this id, None when it has not been seen."""
        mmsi, _, branch = track_id.partition("-")
        return self._stage.find(int(mmsi), int(branch)) if mmsi.isdigit() and branch.isdigit() else None

    def names(self, slots: I32) -> tuple[I64, I64]:
        """MMSI and branch of the tracks in these rows: together their track id."""
        tracks = self._stage.tracks
        return tracks.mmsi[slots].astype(np.int64), tracks.branch[slots].astype(np.int64)


class FleetViewOver:
    """All shards at a tick; a slot is the shard's row times the number of shards, plus the shard."""

    def __init__(self, stages: Sequence[Shard], t: int) -> None:
        self._views = [StageView(stage, t, whole=True) for stage in stages]
        self.t = t
        self._last: tuple[I32, Track] | None = None

    def track(self, slot: int, since_t: int, until_t: int | None = None) -> Track:
        """Positions of one track with since_t <= t < min(until_t, tick)."""
        return self._views[slot % len(self._views)].track(slot // len(self._views), since_t, until_t)

    def mean_sog(self, slot: int, since_t: int, until_t: int) -> float:
        """Mean reported speed of one track with since_t <= t < min(until_t, tick), kn."""
        return self._views[slot % len(self._views)].mean_sog(slot // len(self._views), since_t, until_t)

    def ship(self, slot: int) -> ShipRef:
        """Who she is, by the static data known at the tick."""
        return self._views[slot % len(self._views)].ship(slot // len(self._views))

    def static(self, slot: int) -> StaticReport | None:
        """Her latest static report at the tick."""
        return self._views[slot % len(self._views)].static(slot // len(self._views))

    def slots(self) -> Sequence[int]:
        """All tracks seen so far."""
        n = len(self._views)
        return [k * n + s for s, view in enumerate(self._views) for k in view.slots()]

    def last(self) -> tuple[I32, Track]:
        """All tracks' last believed positions at the tick, in order of (MMSI, branch) whatever the shards."""
        if self._last is None:
            n = len(self._views)
            if n == 1:
                slots, rows = self._views[0].newest()
                order = np.lexsort(self.names(slots)[::-1])
                self._last = slots[order], self._views[0].at(rows[order])
                return self._last
            found = [view.last() for view in self._views]
            slots = np.concatenate([slots * n + s for s, (slots, _) in enumerate(found)]).astype(np.int32)
            columns = [np.concatenate(same) for same in zip(*(track for _, track in found), strict=True)]
            order = np.lexsort(self.names(slots)[::-1])
            self._last = slots[order], _ordered(columns, order)
        return self._last

    def recent(self, since_t: int, until_t: int | None = None, step_ms: int = 0) -> tuple[I32, Track]:
        """All tracks' positions with since_t <= t < min(until_t, tick), in order of (t, MMSI, branch).

        With `step_ms`, only the newest believed one of a track in each such step of the clock.
        """
        n = len(self._views)
        found = [view.recent(since_t, until_t, step_ms) for view in self._views]
        if n == 1:
            return found[0]
        slots = np.concatenate([slots * n + s for s, (slots, _) in enumerate(found)]).astype(np.int32)
        columns = [np.concatenate(same) for same in zip(*(track for _, track in found), strict=True)]
        order = np.lexsort((*self.names(slots)[::-1], columns[0]))
        return slots[order], _ordered(columns, order)

    def count(self, since_t: int) -> int:
        """How many positions `recent` would bring since then."""
        return sum(view.count(since_t) for view in self._views)

    def find(self, track_id: str) -> int | None:
        """Row of the track with this id, None when it has not been seen."""
        n = len(self._views)
        mmsi = track_id.partition("-")[0]
        k = int(mmsi) % n if mmsi.isdigit() else 0
        slot = self._views[k].find(track_id)
        return None if slot is None else slot * n + k

    def names(self, slots: I32) -> tuple[I64, I64]:
        """MMSI and branch of the tracks in these rows: together their track id."""
        n = len(self._views)
        mmsi, branch = np.empty(len(slots), dtype=np.int64), np.empty(len(slots), dtype=np.int64)
        for k, view in enumerate(self._views):
            mine = slots % n == k
            mmsi[mine], branch[mine] = view.names(slots[mine] // n)
        return mmsi, branch

    def told(self, since_t: int) -> list[tuple[StaticReport | None, StaticReport]]:
        """What was known before and after each static report since then that told a new identity, in order."""
        return self._views[0].told(since_t)


def _ordered(columns: list[Any], order: I64) -> Track:
    return Track(*(column[order] for column in columns))
