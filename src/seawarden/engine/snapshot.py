"""Snapshot and restore: all memory of an engine as Arrow and JSON files with a manifest, no pickle.

A snapshot belongs to the settings and assets it was made with; restoring it into an engine of others is refused with
a sentence. It is written beside its place and moved there whole, so that a crash leaves the old one.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

from seawarden.engine import arrow_state
from seawarden.engine.core import Engine
from seawarden.engine.ship_stage import Checkpoint, ShipStage
from seawarden.model.error import StoreError
from seawarden.model.event import Event
from seawarden.model.finding import Finding
from seawarden.model.position import F32, I8, I32, I64, Positions
from seawarden.model.static import StaticReport
from seawarden.ports import Enriched, Rows
from seawarden.tracks.order import Clocks
from seawarden.tracks.state import SlotTable, TrackState

FORMAT: Final = 5


class Manifest(msgspec.Struct, kw_only=True):
    """What a snapshot is and what it belongs to."""

    format: int = FORMAT
    settings_hash: str
    code_version: str
    assets_hash: str
    behaviours: list[str]
    across: list[str]
    """Fleet behaviours."""
    shards: int
    fleet_t: int
    first_t: int
    newest_t: int
    too_late: int
    corrected: int
    sources: list[str]
    receivers: list[str]
    files: list[str]
    late: list[int]
    """Tick of each bundle of late records."""
    events: list[tuple[int, Event]]
    held_statics: list[StaticReport]
    held_events: list[Event]
    statics: list[StaticReport]
    coverage: dict[str, Any]
    weather: list[Any] = []
    works: list[Any] = []
    stages: list[dict[str, Any]]


class _Places(NamedTuple):
    keys: I64
    slots: I32


class _Memory(NamedTuple):
    slot: I32
    believed: I8
    speed_kn: F32
    refutes: I8
    expected_kn: F32
    expected_sigma_kn: F32


def save(engine: Engine, folder: str | Path) -> Path:
    """Write the engine's memory to a folder; an older snapshot there is replaced.

    Raises:
        StoreError: the folder can't be written.
    """
    target = Path(folder)
    beside = target.with_name(target.name + ".new")
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        _write(engine, beside)
        shutil.rmtree(target, ignore_errors=True)
        beside.rename(target)
    except OSError as error:
        raise StoreError(f"{target}: the snapshot can't be written ({error.strerror or error})") from error
    return target


def load(engine: Engine, folder: str | Path) -> None:
    """Take up a snapshot in an engine that was built with the same settings and assets and has not run yet.

    Raises:
        StoreError: there is no snapshot, it is damaged, or it belongs to other settings, assets or shards.
    """
    place = Path(folder)
    try:
        raw = (place / "manifest.json").read_bytes()
        manifest = msgspec.json.decode(raw, type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise StoreError(f"{place}: no readable snapshot ({error})") from error
    identity = engine.stages[0].identity
    wanted = {
        "format": (manifest.format, FORMAT),
        "settings": (manifest.settings_hash, identity[0]),
        "code version": (manifest.code_version, identity[1]),
        "assets": (manifest.assets_hash, engine.around.assets.hash),
        "behaviours": (manifest.behaviours, [b.spec.name for b in engine.stages[0].behaviours]),
        "fleet behaviours": (manifest.across, [b.spec.name for b in engine.across]),
        "shards": (manifest.shards, len(engine.stages)),
    }
    for what, (theirs, ours) in wanted.items():
        if theirs != ours:
            raise StoreError(
                f"{place}: the snapshot's {what} differ from this run's; replay from the journal instead"
            )
    _read(engine, place, manifest)


def _write(engine: Engine, folder: Path) -> None:
    order = engine.order.memory()
    arrow_state.write(folder / "held.arrow", order.held)
    clocks = order.clocks
    arrow_state.write(
        folder / "clocks.arrow", clocks._replace(horizon=np.full_like(clocks.newest, clocks.horizon[0]))
    )
    for k, (_, records) in enumerate(engine.late):
        arrow_state.write(folder / f"late-{k}.arrow", records)
    manifest = Manifest(
        settings_hash=engine.stages[0].identity[0],
        code_version=engine.stages[0].identity[1],
        assets_hash=engine.around.assets.hash,
        behaviours=[b.spec.name for b in engine.stages[0].behaviours],
        across=[b.spec.name for b in engine.across],
        shards=len(engine.stages),
        fleet_t=engine.fleet_t,
        first_t=engine.first_t,
        newest_t=engine.newest_t,
        too_late=engine.too_late,
        corrected=engine.corrected,
        sources=engine.catalogue.sources,
        receivers=engine.catalogue.receivers,
        files=engine.catalogue.files,
        late=[t for t, _ in engine.late],
        events=engine.events,
        held_statics=order.statics,
        held_events=order.events,
        statics=engine.statics.all(),
        coverage=engine.around.coverage.memory(),
        weather=engine.around.weather.memory() if engine.around.weather is not None else [],
        works=engine.around.works.memory() if engine.around.works is not None else [],
        stages=[_write_stage(stage, folder / f"stage-{k}") for k, stage in enumerate(engine.stages)],
    )
    (folder / "fleet.bin").write_bytes(engine.fleet.snapshot())
    for k, behaviour in enumerate(engine.across):
        (folder / f"across-{k}.bin").write_bytes(behaviour.snapshot())
    (folder / "across.json").write_bytes(msgspec.json.encode(list(engine.register.findings.values())))
    (folder / "manifest.json").write_bytes(msgspec.json.encode(manifest))


def _write_stage(stage: ShipStage, folder: Path) -> dict[str, Any]:
    folder.mkdir()
    now = Checkpoint(0, stage.tracks, stage.table, stage.states, stage.register.findings, stage.pending)
    _write_memory(now, folder / "now")
    for k, checkpoint in enumerate(stage.checkpoints):
        _write_memory(checkpoint, folder / f"checkpoint-{k}")
    positions, slot, believed, speed, refutes, expected, sigma = stage.history.all_rows()
    arrow_state.write(folder / "history.arrow", positions)
    memory = _Memory(slot, believed, speed, refutes, expected, sigma)
    arrow_state.write(folder / "history-tracks.arrow", memory)
    return {
        "capacity": stage.capacity,
        "count": stage.count,
        "checkpoints": [c.t for c in stage.checkpoints],
        "used": [int(c.table.used[0]) for c in stage.checkpoints],
        **stage.counters(),
    }


def _write_memory(memory: Checkpoint, folder: Path) -> None:
    folder.mkdir()
    arrow_state.write(folder / "tracks.arrow", memory.tracks)
    arrow_state.write(folder / "table.arrow", _Places(memory.table.keys, memory.table.slots))
    for k, state in enumerate(memory.states):
        arrow_state.write(folder / f"state-{k}.arrow", state)
    for k, rows in enumerate(memory.pending):
        arrow_state.write(folder / f"pending-{k}.arrow", rows)
    (folder / "findings.json").write_bytes(msgspec.json.encode(list(memory.findings.values())))


def _read(engine: Engine, folder: Path, manifest: Manifest) -> None:
    clocks = arrow_state.read(folder / "clocks.arrow", Clocks)
    engine.order.recall(
        clocks._replace(horizon=clocks.horizon[:1].copy()) if len(clocks.newest) else None,
        arrow_state.read(folder / "held.arrow", Positions),
        manifest.held_statics,
        manifest.held_events,
    )
    engine.late = [(t, arrow_state.read(folder / f"late-{k}.arrow", Positions)) for k, t in enumerate(manifest.late)]
    engine.events = list(manifest.events)
    engine.fleet_t, engine.first_t, engine.newest_t = manifest.fleet_t, manifest.first_t, manifest.newest_t
    engine.too_late, engine.corrected = manifest.too_late, manifest.corrected
    engine.catalogue.recall(manifest.sources, manifest.receivers, manifest.files)
    for report in manifest.statics:
        engine.statics.add(report)
    engine.around.coverage.recall(manifest.coverage)
    if engine.around.weather is not None:
        engine.around.weather.recall(manifest.weather)
    if engine.around.works is not None:
        engine.around.works.recall(manifest.works)
    engine.fleet.restore((folder / "fleet.bin").read_bytes())
    for k, behaviour in enumerate(engine.across):
        behaviour.restore((folder / f"across-{k}.bin").read_bytes())
    made = msgspec.json.decode((folder / "across.json").read_bytes(), type=list[Finding])
    engine.register.findings = {finding.id: finding for finding in made}
    for k, stage in enumerate(engine.stages):
        _read_stage(stage, folder / f"stage-{k}", manifest.stages[k])


def _read_stage(stage: ShipStage, folder: Path, facts: dict[str, Any]) -> None:
    while stage.capacity < facts["capacity"]:
        stage.grow()
    now = _read_memory(stage, folder / "now", 0, facts["count"])
    stage.tracks, stage.table, stage.states = now.tracks, now.table, now.states
    stage.register.findings, stage.pending = now.findings, now.pending
    stage.checkpoints = [
        _read_memory(stage, folder / f"checkpoint-{k}", t, used)
        for k, (t, used) in enumerate(zip(facts["checkpoints"], facts["used"], strict=True))
    ]
    stage.recall(facts)
    stage.seen = stage.count
    p = arrow_state.read(folder / "history.arrow", Positions)
    memory = arrow_state.read(folder / "history-tracks.arrow", _Memory)
    if len(p.t):
        stage.history.append(_remembered(p, memory))


def _read_memory(stage: ShipStage, folder: Path, t: int, used: int) -> Checkpoint:
    places = arrow_state.read(folder / "table.arrow", _Places)
    findings = msgspec.json.decode((folder / "findings.json").read_bytes(), type=list[Finding])
    return Checkpoint(
        t=t,
        tracks=arrow_state.read(folder / "tracks.arrow", TrackState),
        table=SlotTable(places.keys, places.slots, np.full(1, used, dtype=np.int64)),
        states=[
            arrow_state.read(folder / f"state-{k}.arrow", type(behaviour.init_state(0)))
            for k, behaviour in enumerate(stage.behaviours)
        ],
        findings={finding.id: finding for finding in findings},
        pending=[arrow_state.read(folder / f"pending-{k}.arrow", Rows) for k in range(len(stage.behaviours))],
    )


def _remembered(p: Positions, memory: _Memory) -> Enriched:
    n = len(p.t)
    nothing = np.full(n, np.nan)
    thin = np.full(n, np.nan, dtype=np.float32)
    return Enriched(
        p=p, slot=memory.slot, believed=memory.believed, prev_t=p.t, prev_lat=nothing, prev_lon=nothing,
        prev_sog_kn=thin, speed_kn=memory.speed_kn, refutes=memory.refutes, expected_kn=memory.expected_kn,
        expected_sigma_kn=memory.expected_sigma_kn,
        near_asset=np.full(n, -1, dtype=np.int32), near_m=thin, near_kp_km=nothing, near_sigma_m=thin,
    )  # fmt: skip
