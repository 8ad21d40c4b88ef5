"""One shard of ships: tracks, trust, near assets, screens, and single-ship behaviours at each tick.

Everything here looks at one MMSI at a time, so that ships can be dealt out over shards in any way. Positions are run
through the kernels in long stretches; behaviours' `on_tick` is called only for ticks at which something became known.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from seawarden.behaviours.emit import NO_ROWS, join, pick
from seawarden.engine.bound import spread
from seawarden.engine.register import Register
from seawarden.engine.view import StageView
from seawarden.geography.index import AssetIndex, cell_of, nearest
from seawarden.model.batch import Catalogue
from seawarden.model.finding import Finding
from seawarden.model.position import F32, F64, I8, I32, I64, Positions, Trust
from seawarden.model.vessel import ShipRef
from seawarden.ports import Behaviour, Enriched, Rows, Surroundings, Tick
from seawarden.settings import Settings
from seawarden.tracks import arrays
from seawarden.tracks.assign import assign, rules_of
from seawarden.tracks.history import History
from seawarden.tracks.order import rows
from seawarden.tracks.state import SlotTable, TrackState, init_state, init_table
from seawarden.tracks.statics import StaticBook


@njit(cache=True, nogil=True)
def _near(index: AssetIndex, lat: F64, lon: F64, believed: I8, asset: I32, dist: F32, kp: F64, sigma: F32) -> None:
    for j in range(len(lat)):
        asset[j] = -1
        dist[j] = np.inf
        kp[j] = np.nan
        sigma[j] = np.nan
        if believed[j] == 1 and cell_of(index, lat[j], lon[j]) >= 0:
            s, d, k = nearest(index, lat[j], lon[j])
            if s >= 0:
                asset[j] = index.asset[s]
                dist[j] = d
                kp[j] = k
                sigma[j] = index.sigma_m[s]


class Step(NamedTuple):
    """What one tick brought."""

    t: int
    findings: list[Finding]


class Checkpoint(NamedTuple):
    """The shard's memory at a full hour, for rerunning a ship from there."""

    t: int
    tracks: Any
    table: SlotTable
    states: list[Any]
    findings: dict[str, Finding]
    pending: list[Rows]


class Prepared(NamedTuple):
    """A stretch that has been through the kernels and waits for its ticks."""

    enriched: Enriched | None
    rows: list[list[Rows]]
    """Candidates of each behaviour."""
    until_t: int
    seen: int
    """Tracks up to here."""
    memory: tuple[TrackState, SlotTable, list[Any]] | None
    """The kernels' memory, where the stretch ends at a full hour."""


class ShipStage:
    """Tracks and behaviours of the ships of one shard."""

    def __init__(
        self,
        settings: Settings,
        behaviours: Sequence[Behaviour],
        around: Surroundings,
        catalogue: Catalogue,
        statics: StaticBook,
        identity: tuple[str, str],
    ) -> None:
        self.settings = settings
        self.behaviours = behaviours
        self.around = around
        self.catalogue = catalogue
        self.statics = statics
        self.identity = identity
        self._rules = rules_of(settings.tracks)
        self.capacity = 256
        self.tracks = init_state(self.capacity)
        self.table = init_table(1024)
        self.states: list[Any] = [b.init_state(self.capacity) for b in behaviours]
        self.pending: list[Rows] = [NO_ROWS for _ in behaviours]
        self.history = History()
        self.register = Register(catalogue, around, *identity)
        self.checkpoints: list[Checkpoint] = []
        self.forgot = False
        self.seen = 0
        """Tracks that the ticks may know of; `count` may be ahead of it."""
        self.taken: list[Enriched] = []
        self.merged = 0
        self.unusable = 0
        self._by_name: dict[tuple[int, int], int] = {}
        self._mark = 0
        self._dirty = False  # whether positions came since the last full hour

    @property
    def count(self) -> int:
        """Tracks that the kernels have seen so far."""
        return int(self.table.used[0])

    def ship(self, slot: int, t: int) -> ShipRef:
        """How findings name the ship in a row."""
        mmsi = int(self.tracks.mmsi[slot])
        return self.statics.ship(mmsi, f"{mmsi}-{int(self.tracks.branch[slot])}", t)

    def find(self, mmsi: int, branch: int) -> int | None:
        """Row of a track, None when the ticks may not know of it yet."""
        slot = self._by_name.get((mmsi, branch))
        if slot is None or slot >= self.seen or self.tracks.branch[slot] != branch:
            begin = len(self._by_name) if slot is None else 0
            for new in range(begin, self.seen):
                self._by_name[int(self.tracks.mmsi[new]), int(self.tracks.branch[new])] = new
            slot = self._by_name.get((mmsi, branch))
        return slot if slot is not None and slot < self.seen else None

    def advance(self, p: Positions, until_t: int) -> list[Step]:
        """Take positions in order, all before `until_t`, and run every tick up to it."""
        return [step for prepared in self.prepare(p, until_t) for step in self.complete(prepared)]

    def prepare(self, p: Positions, until_t: int) -> list[Prepared]:
        """Run positions, all before `until_t`, through the kernels; `complete` must be called with each, in order.

        Touches only what the kernels touch, so that the next stretch can be prepared while this one's ticks run.
        """
        out: list[Prepared] = []
        hour = int(self.settings.time.checkpoint_s * 1000)
        begin = 0
        while begin < len(p.t) or (self._dirty and until_t >= self._mark):
            if not self._dirty:
                self._mark = (int(p.t[begin]) // hour + 1) * hour
            if until_t < self._mark:
                break
            end = int(np.searchsorted(p.t, self._mark, side="left"))
            out.append(self._screened(rows(p, begin, end), self._mark, keep=True))
            self._dirty = False
            begin = end
        out.append(self._screened(rows(p, begin, len(p.t)), until_t, keep=False))
        self._dirty = self._dirty or begin < len(p.t)
        return out

    def complete(self, prepared: Prepared) -> list[Step]:
        """Remember a prepared stretch and run its ticks."""
        if prepared.enriched is not None:
            self.taken.append(prepared.enriched)
            self.history.append(prepared.enriched)
        self.seen = prepared.seen
        for k, parts in enumerate(prepared.rows):
            self.pending[k] = join([part for part in (self.pending[k], *parts) if len(part.t)])
        steps = self._ticks(prepared.until_t)
        if prepared.memory is not None:
            self._checkpoint(prepared.until_t, *prepared.memory)
        return steps

    def counters(self) -> dict[str, Any]:
        """The small facts between two stretches, for a snapshot."""
        return {
            "mark": self._mark,
            "dirty": self._dirty,
            "forgot": self.forgot,
            "merged": self.merged,
            "unusable": self.unusable,
            "thinned": self.history.thinned_t,
        }

    def recall(self, facts: dict[str, Any]) -> None:
        """Take up what `counters` gave."""
        self._mark, self._dirty = facts["mark"], facts["dirty"]
        self.forgot, self.merged, self.unusable = facts["forgot"], facts["merged"], facts["unusable"]
        self.history.thinned_t = facts["thinned"]

    def enrich(self, p: Positions) -> Enriched:
        """Run positions through tracks and trust."""
        n = len(p.t)
        e = Enriched(
            p=p,
            slot=np.empty(n, dtype=np.int32),
            believed=np.empty(n, dtype=np.int8),
            prev_t=np.empty(n, dtype=np.int64),
            prev_lat=np.empty(n),
            prev_lon=np.empty(n),
            prev_sog_kn=np.empty(n, dtype=np.float32),
            speed_kn=np.empty(n, dtype=np.float32),
            refutes=np.empty(n, dtype=np.int8),
            expected_kn=np.empty(n, dtype=np.float32),
            expected_sigma_kn=np.empty(n, dtype=np.float32),
            near_asset=np.empty(n, dtype=np.int32),
            near_m=np.empty(n, dtype=np.float32),
            near_kp_km=np.empty(n),
            near_sigma_m=np.empty(n, dtype=np.float32),
        )
        merged = np.zeros(n, dtype=np.int8)
        land = self.around.land
        if land is not None and n:
            p.trust[land.on_land(p.lat, p.lon, self.settings.tracks.land_tolerance_m) > 0] |= np.uint32(Trust.ON_LAND)
        begin = 0
        while True:
            begin = assign(
                begin, p, self.tracks, self.table, self._rules, e.slot, e.believed, merged, e.prev_t, e.prev_lat,
                e.prev_lon, e.prev_sog_kn, e.speed_kn, e.refutes, e.expected_kn, e.expected_sigma_kn,
            )  # fmt: skip
            if begin >= n:
                break
            self.grow()
        _near(
            self.around.assets.index, p.lat, p.lon, e.believed, e.near_asset, e.near_m, e.near_kp_km, e.near_sigma_m
        )
        self.merged += int(merged.sum())
        self.unusable += int(np.count_nonzero((e.slot < 0) & (merged == 0)))
        return e

    def _screened(self, p: Positions, until_t: int, *, keep: bool) -> Prepared:
        e = self.enrich(p) if len(p.t) else None
        found: list[list[Rows]] = []
        for k, behaviour in enumerate(self.behaviours):
            parts = [behaviour.screen(e, self.states[k], self.around)] if e is not None else []
            late = behaviour.silent(self.states[k], until_t, self.around)
            if late is not None:
                parts.append(late)
            found.append(parts)
        memory = None
        if keep:
            index = np.arange(max(1, self.count))
            memory = (
                arrays.rows(self.tracks, index),
                arrays.copy(self.table),
                [arrays.rows(state, index) for state in self.states],
            )
        return Prepared(e, found, until_t, self.count, memory)

    def _ticks(self, until_t: int) -> list[Step]:
        """Call behaviours at each tick up to `until_t` at which candidates became known."""
        tick_ms = self.settings.time.tick_ms
        last = until_t // tick_ms * tick_ms
        ready: list[Rows] = []
        marks: list[I64] = []
        for k, waiting in enumerate(self.pending):
            at = (waiting.t // tick_ms + 1) * tick_ms
            due = at <= last
            mine = pick(waiting, due)
            self.pending[k] = pick(waiting, ~due) if not due.all() else NO_ROWS
            order = np.lexsort((mine.start_t, mine.asset, mine.code, mine.slot, mine.t))
            ready.append(pick(mine, order))
            marks.append((ready[k].t // tick_ms + 1) * tick_ms)
        steps = []
        if not marks:  # every behaviour is switched off
            return []
        for t in np.unique(np.concatenate(marks)):
            view = StageView(self, int(t))
            findings: list[Finding] = []
            for k, behaviour in enumerate(self.behaviours):
                a, b = np.searchsorted(marks[k], [t, t + 1])
                if a == b:
                    continue
                tick = Tick(int(t), pick(ready[k], slice(a, b)))
                for change in behaviour.on_tick(tick, view, self.around, self.states[k]):
                    finding = self.register.apply(change, view)
                    if finding is not None:
                        findings.append(finding)
            if findings:
                steps.append(Step(int(t), findings))
        return steps

    def grow(self) -> None:
        """Twice as many rows in all state arrays."""
        self.capacity *= 2
        self.tracks = arrays.grow(self.tracks, init_state(self.capacity), self.capacity)
        self.states = [
            arrays.grow(state, behaviour.init_state(self.capacity), self.capacity)
            for state, behaviour in zip(self.states, self.behaviours, strict=True)
        ]
        table = init_table(4 * self.capacity)
        keys, slots = self.table.keys, self.table.slots
        mask = len(table.keys) - 1
        for key, slot in zip(keys[keys != 0], slots[keys != 0], strict=True):
            place = place_of(int(key), mask)
            while table.keys[place] != 0:
                place = (place + 1) & mask
            table.keys[place] = key
            table.slots[place] = slot
        table.used[0] = self.table.used[0]
        self.table = table

    def _checkpoint(self, t: int, tracks: TrackState, table: SlotTable, states: list[Any]) -> None:
        self.checkpoints.append(
            Checkpoint(t, tracks, table, states, findings=dict(self.register.findings), pending=list(self.pending))
        )
        oldest = t - int(self.settings.time.history_h * 3_600_000)
        kept = [c for c in self.checkpoints if c.t >= oldest]
        self.forgot = self.forgot or len(kept) < len(self.checkpoints)
        self.checkpoints = spread(kept, self.count, int(self.settings.time.checkpoint_s * 1000))
        self.history.compact(oldest)
        self.register.forget(oldest)


def place_of(mmsi: int, mask: int) -> int:
    """Where an MMSI hashes to in a table of `mask` + 1 places (the kernel's own formula)."""
    return ((mmsi * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF) >> 20 & mask
