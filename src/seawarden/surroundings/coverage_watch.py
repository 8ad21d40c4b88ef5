"""The watch state of every stretch of every asset: observed, thin, unobserved or jammed; history as changes.

A stretch is judged by the cell that its middle lies in. Where a source declared that it hears ships, a stretch is
observed while that source is up, unless what was learned says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

from seawarden.geography.layer import AssetLayer
from seawarden.model.finding import AreaRef
from seawarden.model.position import F64, I8, I32, I64, NO_TIME, U8
from seawarden.model.watch import WORDS, WatchChange
from seawarden.surroundings.coverage_areas import covers
from seawarden.surroundings.coverage_arrays import Packed, pack, unpack
from seawarden.surroundings.coverage_learned import Learned
from seawarden.surroundings.coverage_tables import around

OBSERVED: Final = 0
THIN: Final = 1
UNOBSERVED: Final = 2
JAMMED: Final = 3
WORSE: Final = 2.0
"""Once observed, a stretch stays so until it is worse than the limit by this factor: states must not flicker."""
LEAST_PASSES: Final = 2.0
MOST_AREAS: Final = 200


class Stretches(NamedTuple):
    """Equal stretches of all assets, arrays (n,)."""

    asset: I32
    kp_from_km: F64
    kp_to_km: F64
    lat: F64
    """Of the middle, degrees."""
    lon: F64


def stretches_of(layer: AssetLayer, stretch_km: float) -> Stretches:
    """Cut every asset into stretches of at most `stretch_km`."""
    index = layer.index
    parts: list[list[Any]] = [[], [], [], [], []]
    for row in range(len(layer.assets)):
        mine = np.flatnonzero(index.asset == row)
        if not len(mine):
            continue
        mine = mine[np.argsort(index.kp1_km[mine], kind="stable")]
        length = layer.length_km(row)
        edges = np.linspace(0.0, length, max(1, int(np.ceil(length / stretch_km - 1e-9))) + 1)
        middle = 0.5 * (edges[1:] + edges[:-1])
        at = mine[np.clip(np.searchsorted(index.kp1_km[mine], middle, side="right") - 1, 0, None)]
        span = np.maximum(index.kp2_km[at] - index.kp1_km[at], 1e-9)
        share = np.clip((middle - index.kp1_km[at]) / span, 0.0, 1.0)
        step = (index.lon2[at] - index.lon1[at] + 180.0) % 360.0 - 180.0
        lon = (index.lon1[at] + share * step + 180.0) % 360.0 - 180.0
        lat = index.lat1[at] + share * (index.lat2[at] - index.lat1[at])
        columns = (np.full(len(middle), row), edges[:-1], edges[1:], lat, lon)
        for part, column in zip(parts, columns, strict=True):
            part.append(column)
    whole = [np.concatenate(part) if part else np.empty(0) for part in parts]
    return Stretches(whole[0].astype(np.int32), *whole[1:])


class WatchBook:
    """State, since when, and what changed."""

    def __init__(self, layer: AssetLayer, learned: Learned) -> None:
        self._layer = layer
        self._learned = learned
        self.stretches = s = stretches_of(layer, learned.settings.stretch_km)
        n = len(s.lat)
        self.state: U8 = np.full(n, UNOBSERVED, dtype=np.uint8)
        self.since: I64 = np.full(n, NO_TIME, dtype=np.int64)
        self.changes: list[WatchChange] = []
        self.km_h: F64 = np.zeros(len(WORDS))
        """Kilometres of asset times hours, by state, since the first update."""
        self.updated_t = NO_TIME
        self._keys, self._which = np.unique(learned.keys_at(s.lat, s.lon), return_inverse=True)
        self._near = around(self._keys, learned.settings.cell_deg)
        self._km = s.kp_to_km - s.kp_from_km
        self._bad = np.zeros(len(self._keys), dtype=np.bool_)
        self._within: dict[AreaRef, Any] = {}

    def update(
        self, t: int, since: int, declared: Sequence[AreaRef], blind: Sequence[AreaRef],
        jammed: Sequence[AreaRef],
    ) -> int:  # fmt: skip
        """Judge all stretches at a time; returns how many changed.

        Args:
            t: now, ms.
            since: event time from which what changed holds, ms.
            declared: areas in which a source that is up says that it hears ships.
            blind: areas in which a station fell silent.
            jammed: areas of interference.
        """
        self._count(t)
        s = self.stretches
        if not len(s.lat):
            return 0
        new = self._judged(t)[self._which]
        for place in declared:
            new[self._covered(place) & ((new == UNOBSERVED) | ~self._bad[self._which])] = OBSERVED
        for place in blind:
            new[self._covered(place)] = UNOBSERVED
        for place in jammed:
            new[self._covered(place)] = JAMMED
        changed = np.flatnonzero(new != self.state)
        if len(changed):
            self._record(changed, new, t, since)
        return len(changed)

    def _covered(self, area: AreaRef) -> Any:
        """Which stretches lie in an area, (n,) bool; remembered for the areas of the last updates."""
        found = self._within.get(area)
        if found is None:
            if len(self._within) >= MOST_AREAS:
                self._within.clear()
            found = self._within[area] = covers(area, self.stretches.lat, self.stretches.lon)
        return found

    def _judged(self, t: int) -> U8:
        """State of each cell by what was learned, (cells,)."""
        book, s = self._learned, self._learned.settings
        rows = book.rows_of_cells(self._near.reshape(-1)).reshape(-1, 9)
        alive: I8 = (book.feeds.table.down[: book.feeds.n] == 0).astype(np.int8)
        heard = book.hearing_at(rows, alive)
        before = np.full(len(self._keys), UNOBSERVED, dtype=np.uint8)
        before[self._which] = self.state
        slack = np.where(before == OBSERVED, WORSE, 1.0)
        loss = heard.lost / np.maximum(heard.hours, 1e-9)
        self._bad = (heard.hours >= s.good_hours) & (loss > WORSE * s.observed_loss_per_h)
        good = (
            (heard.hours >= s.thin_hours)
            & (heard.passes >= LEAST_PASSES)
            & (loss <= slack * s.observed_loss_per_h)
            & (heard.share >= s.good_share / slack)
            & (t - heard.last_t <= s.stale_h * 3_600_000)
        )
        state = np.where(good, OBSERVED, np.where(heard.last_t != NO_TIME, THIN, UNOBSERVED))
        out: U8 = state.astype(np.uint8)
        return out

    def _record(self, changed: I64, new: U8, t: int, since: int) -> None:
        s = self.stretches
        self.state[changed] = new[changed]
        self.since[changed] = since
        new_run = (
            (np.diff(changed, prepend=-9) != 1)
            | (np.diff(s.asset[changed], prepend=-1) != 0)
            | (np.diff(new[changed].astype(np.int16), prepend=-1) != 0)
        )
        starts = np.flatnonzero(new_run)
        for a, b in zip(starts.tolist(), [*starts[1:].tolist(), len(changed)], strict=True):
            first, last = int(changed[a]), int(changed[b - 1])
            self.changes.append(
                WatchChange(
                    asset=self._layer.assets[int(s.asset[first])].id,
                    kp_from_km=round(float(s.kp_from_km[first]), 4),
                    kp_to_km=round(float(s.kp_to_km[last]), 4),
                    state=WORDS[int(new[first])],
                    since_t=since,
                    known_t=t,
                )
            )

    def _count(self, t: int) -> None:
        if self.updated_t != NO_TIME and t > self.updated_t:
            km = np.bincount(self.state, weights=self._km, minlength=len(WORDS))
            self.km_h += km * (t - self.updated_t) / 3_600_000.0
        self.updated_t = t

    def shares(self) -> dict[str, float]:
        """Share of asset length times time that was watched in each way; empty before anything was judged."""
        total = float(self.km_h.sum())
        if total <= 0.0:
            return {}
        return {word: round(float(part) / total, 4) for word, part in zip(WORDS, self.km_h, strict=True)}

    def km(self) -> dict[str, float]:
        """Kilometres of asset in each state now."""
        now = np.bincount(self.state, weights=self._km, minlength=len(WORDS))
        return {word: round(float(part), 1) for word, part in zip(WORDS, now, strict=True)}

    def memory(self) -> list[Any]:
        """For a snapshot."""
        return [
            pack((self.state, self.since), len(self.state)), msgspec.to_builtins(self.changes), self.km_h.tolist(),
            self.updated_t,
        ]  # fmt: skip

    def recall(self, held: list[Any]) -> None:
        """Take up what `memory` gave."""
        self.state, self.since = unpack(msgspec.convert(held[0], list[Packed]))
        self.changes = msgspec.convert(held[1], list[WatchChange])
        self.km_h = np.array(held[2], dtype=np.float64)
        self.updated_t = int(held[3])
