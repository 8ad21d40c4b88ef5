"""The engine: the only place where the stages meet. Live, replay, tests, shards and evaluation run this `step`.

Batches come in order of arrival. The order stage releases them in order of event time; each shard of ships runs
tracks, trust, screens and single-ship behaviours; at each tick the fleet stage sees all shards' findings in one
canonical order and makes risks, alerts and fault rankings of them. Nothing depends on how the stream was cut, on the
number of shards, or on a snapshot in between.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple, Protocol

import msgspec
import numpy as np

from seawarden.engine.bound import EVERY_MS, MOST_POSITIONS, bound, crowded, marks
from seawarden.engine.collector import handing_over_quickly
from seawarden.engine.correct import correct
from seawarden.engine.register import Register
from seawarden.engine.ship_stage import Prepared, ShipStage
from seawarden.engine.view import FleetViewOver
from seawarden.model.alert import Alert
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.event import CoverageDeclared, DeclaredGap, Event, WeatherSample, WorksDeclared
from seawarden.model.fault import Fault
from seawarden.model.finding import Finding
from seawarden.model.position import I32, I64, NO_TIME, Positions, take
from seawarden.model.reject import Reject
from seawarden.model.risk import Risk
from seawarden.model.vessel import ShipRef
from seawarden.ports import Behaviour, Enriched, FleetBehaviour, FleetView, Surroundings
from seawarden.settings import Settings
from seawarden.tracks.order import Order, Release, rows
from seawarden.tracks.statics import StaticBook

BESIDE: Final = 20_000
"""Positions in a step from which a second thread is worth its start."""
WEATHER_MS: Final = 12 * 3_600_000
"""How long weather is kept beyond the tracks that it explains."""


PAUSE_MS: Final = 6 * 3_600_000
"""Fleet behaviours are not woken when nobody has been heard for this long; an event still reaches them."""


class FleetOutput(Protocol):
    """What the fleet stage makes of a tick."""

    @property
    def risks(self) -> Sequence[Risk]:
        """Risks that changed."""
        ...

    @property
    def alerts(self) -> Sequence[Alert]:
        """New revisions of alerts."""
        ...

    @property
    def faults(self) -> Sequence[Fault]:
        """New revisions of faults."""
        ...


class FleetStage(Protocol):
    """All that looks at more than one ship: risk, alerts, faults."""

    def on_tick(self, t: int, findings: Sequence[Finding], events: Sequence[Event], view: FleetView) -> FleetOutput:
        """Take a tick's findings (in canonical order) and events."""
        ...

    def next_wake(self) -> int | None:
        """Event time of the next deadline, ms, or None."""
        ...

    def snapshot(self) -> bytes:
        """All memory, without pickle."""
        ...

    def restore(self, data: bytes) -> None:
        """Take up a snapshot."""
        ...


class Tracked(NamedTuple):
    """Positions with the tracks they were given; slots are those of `FleetView`."""

    slot: I32
    enriched: Enriched


class Outcome(NamedTuple):
    """What a step brought, in the order in which it became known."""

    findings: list[Finding]
    risks: list[Risk]
    alerts: list[Alert]
    faults: list[Fault]
    rejects: list[Reject]
    tracked: list[Tracked]


class Engine:
    """The watch itself, without any input or output."""

    def __init__(
        self,
        settings: Settings,
        behaviours: Sequence[Behaviour],
        around: Surroundings,
        catalogue: Catalogue,
        fleet: FleetStage,
        *,
        settings_hash: str,
        code_version: str,
        shards: int = 1,
        across: Sequence[FleetBehaviour] = (),
        most_positions: int = MOST_POSITIONS,
    ) -> None:
        self.settings = settings
        self.most_positions = most_positions
        self.around = around
        self.catalogue = catalogue
        self.fleet = fleet
        self.statics = StaticBook()
        self.order = Order(settings.time)
        self.across = list(across)
        self.register = Register(catalogue, around, settings_hash, code_version)
        """Findings of the fleet behaviours."""
        self.stages = [
            ShipStage(settings, behaviours, around, catalogue, self.statics, (settings_hash, code_version))
            for _ in range(shards)
        ]
        self.late: list[tuple[int, Positions]] = []
        self.events: list[tuple[int, Event]] = []
        self.fleet_t = NO_TIME
        self.first_t = NO_TIME
        self.newest_t = NO_TIME
        """Newest position that the ticks have seen."""
        self.too_late = 0
        self.corrected = 0

    @property
    def horizon(self) -> int:
        """Everything before this event time has been released, ms; NO_TIME at the very beginning."""
        return self.order.horizon

    def step(self, batch: Batch) -> Outcome:
        """Take a batch in order of arrival; returns all that became known by it."""
        out = Outcome([], [], [], [], list(batch.rejects), [])
        self._process(self.order.push(batch), out)
        return out

    def finish(self) -> Outcome:
        """The stream has ended: release what is still held and run the last tick."""
        out = Outcome([], [], [], [], [], [])
        release, ahead = self.order.flush()
        tick = self.settings.time.tick_ms
        if release.horizon != NO_TIME:
            release = release._replace(horizon=-(-release.horizon // tick) * tick)
        self._process(release, out)
        for k in range(len(ahead.t)):
            file = int(ahead.file[k])
            out.rejects.append(
                Reject(
                    file=self.catalogue.files[file] if file >= 0 else "",
                    line=int(ahead.offset[k]),
                    reason="clock_ahead",
                    detail="the record's clock runs far ahead of all others of its source",
                )
            )
        return out

    def _process(self, release: Release, out: Outcome) -> None:
        tick = self.settings.time.tick_ms
        p = release.positions
        for static in release.statics:
            self.statics.add(static)
        self.late += release.late
        for event in release.events:
            if isinstance(event, (CoverageDeclared, DeclaredGap, WeatherSample, WorksDeclared)):
                self._declare(event)
                continue
            at = max(event.t, self.fleet_t)
            self.events.append(((at // tick + 1) * tick, event))
        if release.horizon == NO_TIME:
            return
        if self.first_t == NO_TIME and len(p.t):
            self.first_t = int(p.t[0])
        self.around.coverage.heard(p.t)
        if self.around.weather is not None and self.fleet_t != NO_TIME:
            self.around.weather.forget(self.fleet_t - int(self.settings.time.history_h * 3_600_000) - WEATHER_MS)
        self.late.sort(key=lambda item: item[0])
        self.events.sort(key=lambda item: (item[0], msgspec.json.encode(item[1])))
        begin = 0
        marks = sorted({t for t, _ in self.late} | {t for t, _ in self.events})
        for mark in [m for m in marks if m <= release.horizon]:
            end = int(np.searchsorted(p.t, mark, side="left"))
            self._advance(rows(p, begin, end), mark, out)
            begin = end
            self._at_mark(mark, out)
        self._advance(rows(p, begin, len(p.t)), release.horizon, out)

    def _declare(self, event: CoverageDeclared | DeclaredGap | WeatherSample | WorksDeclared) -> None:
        if isinstance(event, WeatherSample):
            if self.around.weather is not None:
                self.around.weather.declare(event)
        elif isinstance(event, WorksDeclared):
            if self.around.works is not None:
                self.around.works.declare(event)
        elif isinstance(event, CoverageDeclared):
            self.around.coverage.declare(event)
        else:
            self.around.coverage.declare_gap(event)

    def _advance(self, p: Positions, until_t: int, out: Outcome) -> None:
        """Positions before `until_t` through the engine, an hour at a time.

        Shards forget positions at full hours; the fleet stage must have looked at an hour before that.
        """
        hour = int(self.settings.time.checkpoint_s * 1000)
        stretches: list[tuple[Positions, int]] = []
        begin = 0
        if crowded(self.stages, len(p.t), self.most_positions):  # stop wherever positions may have to be thinned
            hour = math.gcd(hour, EVERY_MS)
            first_t = int(p.t[0]) if len(p.t) else until_t
            stretches = [(rows(p, 0, 0), mark) for mark in marks(self.stages, first_t, until_t)]
        while begin < len(p.t):
            mark = (int(p.t[begin]) // hour + 1) * hour
            if mark >= until_t:
                break
            end = int(np.searchsorted(p.t, mark, side="left"))
            stretches.append((rows(p, begin, end), mark))
            begin = end
        stretches.append((rows(p, begin, len(p.t)), until_t))
        if len(stretches) == 1 or len(p.t) < BESIDE:
            for positions, end_t in stretches:
                self._stretch(self._prepared(positions, end_t), positions.t, end_t, out)
            return
        for stage in self.stages:
            stage.history.reserve(len(p.t) // len(self.stages))
        # the kernels of the next hour run beside the ticks of this one; they share nothing that either writes
        with handing_over_quickly(), ThreadPoolExecutor(max_workers=1) as beside:
            coming = beside.submit(self._prepared, *stretches[0])
            for k, (positions, end_t) in enumerate(stretches):
                prepared = coming.result()
                if k + 1 < len(stretches):
                    coming = beside.submit(self._prepared, *stretches[k + 1])
                self._stretch(prepared, positions.t, end_t, out)

    def _prepared(self, p: Positions, until_t: int) -> list[list[Prepared]]:
        """Positions through the kernels of each shard."""
        n = len(self.stages)
        return [
            stage.prepare(p if n == 1 else take(p, p.mmsi % n == k), until_t) for k, stage in enumerate(self.stages)
        ]

    def _stretch(self, prepared: list[list[Prepared]], times: I64, until_t: int, out: Outcome) -> None:
        """The ticks of each shard, then the fleet stage at every tick that needs it."""
        by_tick: dict[int, list[Finding]] = {}
        for k, stage in enumerate(self.stages):
            for part in prepared[k]:
                for step in stage.complete(part):
                    by_tick.setdefault(step.t, []).extend(step.findings)
            self._hand_out(k, out)
        tick = self.settings.time.tick_ms
        last = until_t // tick * tick
        due = sorted(by_tick)
        at = 0
        while True:
            wake = self._next_wake(times)
            t = due[at] if at < len(due) else None
            if wake is not None and wake <= last and (t is None or wake < t):
                self._fleet(wake, [], [], out)
            elif t is not None:
                self._fleet(t, by_tick[t], [], out)
                at += 1
            else:
                break
        if len(times):
            self.newest_t = int(times[-1])
        if until_t % EVERY_MS == 0:
            bound(self.stages, until_t, int(self.settings.time.history_h * 3_600_000), self.most_positions)

    def _next_wake(self, times: I64) -> int | None:
        """The tick of the next deadline, given the times of the positions at hand.

        Those of fleet behaviours count from the first position on, and pause when nobody has been heard for long: a
        recording may hold days that lie months apart.
        """
        wake = self._tick_of(self.fleet.next_wake())
        if self.first_t == NO_TIME:
            return wake
        tick = self.settings.time.tick_ms
        asked = [own for own in (behaviour.next_wake() for behaviour in self.across) if own is not None]
        across = self._tick_of(max(min(asked), self.first_t)) if asked else None
        if across is not None:
            k = int(np.searchsorted(times, across, side="left"))
            newest = int(times[k - 1]) if k else self.newest_t
            if across - newest > PAUSE_MS:
                across = (int(times[k]) // tick + 1) * tick if k < len(times) else None
        return min((own for own in (wake, across) if own is not None), default=None)

    def _tick_of(self, wake: int | None) -> int | None:
        """The first tick at a time that the fleet stage has not yet passed."""
        if wake is None:
            return None
        tick = self.settings.time.tick_ms
        return max(-(-wake // tick) * tick, self.fleet_t + tick if self.fleet_t != NO_TIME else wake)

    def _at_mark(self, mark: int, out: Outcome) -> None:
        """Events and corrections that belong to a tick, after everything else of it."""
        events = [event for t, event in self.events if t == mark]
        self.events = [item for item in self.events if item[0] != mark]
        if events:
            self._fleet(mark, [], events, out)
        late = [records for t, records in self.late if t == mark]
        self.late = [item for item in self.late if item[0] != mark]
        findings: list[Finding] = []
        n = len(self.stages)
        for records in late:
            self.corrected += len(records.t)
            for k, stage in enumerate(self.stages):
                mine = take(records, records.mmsi % n == k)
                if len(mine.t):
                    changed, too_late = correct(stage, mine, mark)
                    findings += changed
                    self.too_late += too_late
                    self._hand_out(k, out)
        if findings:
            self._fleet(mark, findings, [], out)

    def _hand_out(self, shard: int, out: Outcome) -> None:
        stage = self.stages[shard]
        for enriched in stage.taken:
            slots = enriched.slot
            out.tracked.append(Tracked(np.where(slots >= 0, slots * len(self.stages) + shard, -1), enriched))
        stage.taken = []

    def ships(self) -> dict[int, ShipRef]:
        """Who each track is, as known now, by the slots of `FleetView`."""
        n = len(self.stages)
        latest = np.iinfo(np.int64).max
        return {
            slot * n + k: stage.ship(slot, latest)
            for k, stage in enumerate(self.stages)
            for slot in range(stage.count)
        }

    def _fleet(self, t: int, findings: list[Finding], events: list[Event], out: Outcome) -> None:
        findings.sort(key=canonical_order)
        view = FleetViewOver(self.stages, t)
        for behaviour in self.across:
            for change in behaviour.on_tick(t, findings, events, view, self.around):
                finding = self.register.apply(change, view)
                if finding is not None:
                    findings.append(finding)
        if self.across:
            findings.sort(key=canonical_order)
            self._forget(t)
        out.findings.extend(findings)
        made = self.fleet.on_tick(t, findings, events, view)
        self.fleet_t = max(self.fleet_t, t)
        out.risks.extend(made.risks)
        out.alerts.extend(made.alerts)
        out.faults.extend(made.faults)

    def _forget(self, t: int) -> None:
        """At the first tick of an hour, drop old findings of the fleet behaviours; they live on in the store."""
        hour = int(self.settings.time.checkpoint_s * 1000)
        if self.fleet_t != NO_TIME and t // hour != self.fleet_t // hour:
            self.register.forget(t - int(self.settings.time.history_h * 3_600_000))


def canonical_order(finding: Finding) -> tuple[str, int, str, str, str, int]:
    """The order of findings within a tick."""
    asset = finding.asset.id if finding.asset else finding.area.id if finding.area else ""
    return (finding.kind, finding.ship.mmsi, finding.ship.track_id, asset, finding.id, finding.revision)
