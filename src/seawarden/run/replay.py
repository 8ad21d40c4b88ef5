"""Replay: sources through the engine into a recording."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from seawarden import __version__
from seawarden.engine.collector import collecting_seldom
from seawarden.engine.core import Tracked
from seawarden.model.alert import Alert
from seawarden.model.asset import Asset
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.error import SourceError
from seawarden.model.event import Event
from seawarden.model.fault import Fault
from seawarden.model.finding import Finding
from seawarden.model.position import I32, NO_TIME, Positions, concat, make_positions, take
from seawarden.model.reject import Reject
from seawarden.model.risk import Risk
from seawarden.ports import Source
from seawarden.run.build import Watchroom, build, load_kernels
from seawarden.run.charts import NO_CHARTS, Charts
from seawarden.run.memory import MemorySource
from seawarden.run.merge import merged
from seawarden.run.read_ahead import ReadAhead
from seawarden.run.sights import cannot_see, episodes, outages
from seawarden.run.tally import Tally, alerts_by_tier, findings_by_kind
from seawarden.run.weather import area_of, weathered
from seawarden.settings import Settings
from seawarden.sources.door import open_source
from seawarden.sources.weather import open_weather
from seawarden.store.canonical import digest
from seawarden.store.journal_read import is_journal
from seawarden.store.journal_source import JournalSource
from seawarden.store.recording import Recording, make_recording
from seawarden.store.summary import Summary

Progress = Callable[[int, int], None]
"""Called with records read so far and the newest event time (ms)."""


class ReplayResult(NamedTuple):
    """A finished run."""

    recording: Recording
    rejects: list[Reject]
    room: Watchroom


@collecting_seldom()
def replay(
    sources: Sequence[str | Path],
    *,
    settings: Settings,
    assets: Sequence[Asset],
    columns: Mapping[str, str] | None = None,
    from_t: int | None = None,
    to_t: int | None = None,
    events: Sequence[Event] = (),
    weather: Sequence[str | Path] = (),
    charts: Charts = NO_CHARTS,
    shards: int = 1,
    chunk: int = 1_000_000,
    more: Callable[[Catalogue], list[Source]] | None = None,
    attribution: Sequence[str] = (),
    progress: Progress | None = None,
    keep_positions: bool = True,
) -> ReplayResult:
    """Run files through the engine.

    Args:
        sources: paths, folders, patterns or addresses, as `open_source` takes them; the journal of a live run too.
        settings: the whole tree.
        assets: what is watched.
        columns: field to column, for tables that are not recognised.
        from_t: positions before this time are left out, ms.
        to_t: positions from this time on are left out, ms.
        events: coverage, faults and other events that enter the stream.
        weather: files of weather, as `open_weather` takes them.
        charts: a user's maps of zones, norms of past traffic, depths, and a model of drags.
        shards: number of shards; changes nothing in the outcome.
        chunk: most positions in a batch; changes nothing in the outcome.
        more: gives further sources in memory, made with the run's catalogue.
        attribution: whose data the sources are.
        progress: called after every batch.
        keep_positions: whether the recording holds the positions (a page or a store needs them).

    Raises:
        SourceError: a source can't be opened, or none of them holds a usable position.
        AssetError: the assets can't be compiled.
    """
    load_kernels(settings)
    began = time.perf_counter()
    catalogue = Catalogue()
    opened: list[Source] = [
        JournalSource(Path(uri), catalogue)
        if is_journal(Path(uri))
        else open_source(uri, catalogue=catalogue, columns=columns, chunk=chunk)
        for uri in sources
    ]
    if more is not None:
        opened += more(catalogue)
    if events:
        opened.append(MemorySource("declared", catalogue, events=events))
    tally = Tally(catalogue)
    gathered = _Gathered(keep_positions)
    stream = merged(opened)
    if weather:
        stream = weathered(stream, open_weather(*weather, area=area_of(assets)))
    with ReadAhead(stream) as batches:
        room = build(settings, assets, catalogue=catalogue, shards=shards, charts=charts)
        for batch in batches:
            wanted = _between(batch, from_t, to_t)
            tally.came_in(wanted)
            outcome = room.engine.step(wanted)
            for part in outcome.tracked:
                room.canary.over(part.enriched.p.t)
            gathered.take(outcome.findings, outcome.alerts, outcome.risks, outcome.faults, outcome.tracked)
            tally.came_out(outcome)
            if progress is not None:
                progress(tally.records, tally.last_t)
    if any(getattr(source, "open_ended", False) for source in opened):
        outcome = room.engine.step(Batch())
    else:
        outcome = room.engine.finish()
    for part in outcome.tracked:
        room.canary.over(part.enriched.p.t)
    gathered.take(outcome.findings, outcome.alerts, outcome.risks, outcome.faults, outcome.tracked)
    tally.came_out(outcome)
    if tally.positions == 0 and not events:
        raise SourceError(_nothing(sources, tally))
    seconds = time.perf_counter() - began
    for source in opened:
        tally.notes.update(getattr(source, "notes", {}))
    summary = _summary(room, tally, gathered, attribution, seconds)
    return ReplayResult(gathered.recording(room, summary), tally.rejects, room)


class _Gathered:
    """All that the engine gave, until the run is over."""

    def __init__(self, keep_positions: bool) -> None:
        self._keep = keep_positions
        self.findings: list[Finding] = []
        self.alerts: list[Alert] = []
        self.risks: list[Risk] = []
        self.faults: list[Fault] = []
        self.tracked: list[Tracked] = []

    def take(
        self,
        findings: list[Finding],
        alerts: list[Alert],
        risks: list[Risk],
        faults: list[Fault],
        tracked: list[Tracked],
    ) -> None:
        self.findings += findings
        self.alerts += alerts
        self.risks += risks
        self.faults += faults
        if self._keep:
            self.tracked += tracked

    def recording(self, room: Watchroom, summary: Summary) -> Recording:
        """The run as a recording."""
        who = room.engine.ships()
        rows = {slot: k for k, slot in enumerate(sorted(who, key=lambda slot: who[slot].track_id))}
        lookup = np.full(max(rows, default=-1) + 2, -1, dtype=np.int32)
        for slot, row in rows.items():
            lookup[slot] = row
        tracks: list[I32] = [lookup[item.slot] for item in self.tracked]
        positions: Positions = concat(item.enriched.p for item in self.tracked) if self.tracked else make_positions(0)
        expected = [item.enriched.expected_kn for item in self.tracked]
        sigma = [item.enriched.expected_sigma_kn for item in self.tracked]
        refutes = [item.enriched.refutes for item in self.tracked]
        nothing = np.empty(0, dtype=np.float32)
        minutes = room.around.coverage.minutes()
        return make_recording(
            positions,
            np.concatenate(tracks) if tracks else np.empty(0, dtype=np.int32),
            [who[slot] for slot in sorted(who, key=lambda slot: who[slot].track_id)],
            summary,
            findings=self.findings,
            alerts=self.alerts,
            risks=self.risks,
            faults=self.faults,
            catalogue=room.catalogue,
            outages=outages(minutes),
            episodes=episodes(minutes),
            expected_kn=np.concatenate(expected) if expected else nothing,
            expected_sigma_kn=np.concatenate(sigma) if sigma else nothing,
            refutes=np.concatenate(refutes) if refutes else None,
            watch=room.around.coverage.watch.changes if room.around.coverage.watch is not None else (),
        )


def _summary(
    room: Watchroom, tally: Tally, gathered: _Gathered, attribution: Sequence[str], seconds: float
) -> Summary:
    kinds, retracted = findings_by_kind(gathered.findings)
    said = {a.attribution or a.source for a in room.layer.assets} - {""}
    return Summary(
        version=__version__,
        settings_hash=room.settings_hash,
        assets_hash=room.layer.hash,
        records=tally.records,
        rejected=tally.rejected(),
        notes=dict(sorted(tally.notes.items())),
        positions=tally.positions,
        late=tally.late,
        duplicates=sum(stage.merged for stage in room.engine.stages),
        doubted=dict(sorted(tally.doubted.items())),
        ships=len({ship.mmsi for ship in room.engine.ships().values()}),
        tracks=sum(stage.count for stage in room.engine.stages),
        ship_days=round(tally.watched_ms / 86_400_000, 4),
        from_t=tally.first_t if tally.first_t != NO_TIME else None,
        to_t=tally.last_t if tally.last_t != NO_TIME else None,
        assets=len(room.layer.assets),
        findings=kinds,
        retracted=retracted,
        alerts=alerts_by_tier(gathered.alerts),
        faults=len({fault.id for fault in gathered.faults}),
        watched=room.around.coverage.watch.shares() if room.around.coverage.watch is not None else {},
        positions_per_s=round(tally.positions / seconds, 1) if seconds > 0 else None,
        seen=room.watched.hours if room.watched is not None else None,
        digest=digest(gathered.findings, gathered.alerts),
        depths=room.around.depth.sources(),
        drag_model=room.drag.named if room.drag is not None else None,
        feeds=tally.feeds(),
        attribution=tuple(sorted(said | set(attribution))),
        cannot_see=cannot_see(room, tally),
        simulated=any(finding.simulated for finding in gathered.findings),
        canaries=room.canary.passed + room.canary.failed,
        canaries_missed=room.canary.failed,
        not_watching=tuple(room.canary.why_not()),
    )


def _between(batch: Batch, from_t: int | None, to_t: int | None) -> Batch:
    if from_t is None and to_t is None:
        return batch
    t = batch.positions.t
    keep = np.ones(len(t), dtype=np.bool_)
    if from_t is not None:
        keep &= t >= from_t
    if to_t is not None:
        keep &= t < to_t
    return msgspec.structs.replace(batch, positions=take(batch.positions, keep))


def _nothing(sources: Sequence[str | Path], tally: Tally) -> str:
    named = ", ".join(str(s) for s in sources)
    reasons = ", ".join(f"{n} {reason}" for reason, n in tally.rejected().items()) or "no record was found"
    return f"{named}: {tally.records} records read, none of them a usable position ({reasons})"
