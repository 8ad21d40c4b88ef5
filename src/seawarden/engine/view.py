"""The ships as they were known at a tick, over one shard or over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from seawarden.model.position import I32
from seawarden.model.static import StaticReport
from seawarden.model.vessel import ShipRef
from seawarden.ports import Track
from seawarden.tracks.history import History
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


class StageView:
    """One shard at a tick; slots are the shard's own rows."""

    def __init__(self, stage: Shard, t: int) -> None:
        self._stage = stage
        self.t = t

    def track(self, slot: int, since_t: int, until_t: int | None = None) -> Track:
        """Positions of one track with since_t <= t < min(until_t, tick)."""
        until = self.t if until_t is None else min(until_t, self.t)
        return self._stage.history.track(slot, since_t, until)

    def mean_sog(self, slot: int, since_t: int, until_t: int) -> float:
        """Mean reported speed of one track with since_t <= t < min(until_t, tick), kn."""
        return self._stage.history.mean_sog(slot, since_t, min(until_t, self.t))

    def ship(self, slot: int) -> ShipRef:
        """Who she is, by the static data known at the tick."""
        return self._stage.ship(slot, self.t)

    def static(self, slot: int) -> StaticReport | None:
        """Her latest static report at the tick."""
        return self._stage.statics.at(int(self._stage.tracks.mmsi[slot]), self.t)

    def slots(self) -> Sequence[int]:
        """Rows of all tracks seen so far."""
        return range(self._stage.seen)

    def last(self) -> tuple[I32, Track]:
        """Slots and the last believed position of each at the tick."""
        slots, rows = self._stage.history.newest(self._stage.seen, self.t)
        return slots, self._stage.history.at(rows)


class FleetViewOver:
    """All shards at a tick; a slot is the shard's row times the number of shards, plus the shard."""

    def __init__(self, stages: Sequence[Shard], t: int) -> None:
        self._views = [StageView(stage, t) for stage in stages]
        self.t = t

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
        n = len(self._views)
        found = [view.last() for view in self._views]
        slots = np.concatenate([slots * n + s for s, (slots, _) in enumerate(found)]).astype(np.int32)
        columns = [np.concatenate(same) for same in zip(*(track for _, track in found), strict=True)]
        names = [self.ship(int(slot)).track_id for slot in slots]
        order = sorted(range(len(names)), key=lambda k: names[k])
        return slots[order], Track(*(column[order] for column in columns))
