"""From a run to a watch that can be served or asked about a fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from seawarden import __version__
from seawarden.channels.gate import Gate
from seawarden.channels.run_folder import read_run, released
from seawarden.channels.run_ledger import LEDGER, write_ledger
from seawarden.geography.directory import Directory
from seawarden.model.asset import Asset
from seawarden.model.event import Event
from seawarden.model.position import make_positions
from seawarden.model.rights import NOBODY, Rights
from seawarden.run.build import Watchroom, build
from seawarden.run.charts import NO_CHARTS, Charts
from seawarden.run.replay import Progress, replay
from seawarden.service.foresight import Foresight
from seawarden.service.outlook import learnt_by
from seawarden.service.ranker import RecordedRanker
from seawarden.service.recorded_outlook import RecordedOutlook
from seawarden.service.replayed import Replayed
from seawarden.service.surround import Surround
from seawarden.service.watch import Mode
from seawarden.settings import Settings, settings_hash
from seawarden.store.canonical import digest
from seawarden.store.ledger import Ledger
from seawarden.store.recording import Recording, make_recording
from seawarden.store.summary import Summary


class Served(NamedTuple):
    """A watch, and whether its ledger outlives the process."""

    watch: Replayed
    kept: bool
    room: Watchroom
    """What the run was made with: a drill is worked out with it."""


def over(
    recording: Recording, room: Watchroom, settings: Settings, *, mode: Mode = "replay", store: Path | None = None
) -> Served:
    """A watch over a recording.

    Raises:
        StoreError: the ledger can't be opened.
    """
    ledger = Ledger(":memory:" if store is None else store / LEDGER)
    directory = Directory(room.around.waters, room.around.places)
    outlook = RecordedOutlook(recording, room.layer, settings, room.around, learnt_by(room))
    watch = Replayed(
        recording,
        room.layer,
        settings,
        mode=mode,
        around=Surround(room.around, directory, room.drag),
        ranker=RecordedRanker(recording, room.layer, settings, room.around, outlook),
        foresight=Foresight(recording, room.layer, settings, room.around, directory),
        outlook=outlook,
        ledger=ledger,
    )
    return Served(watch, store is not None, room)


def from_folder(folder: Path, settings: Settings, *, store: Path | None = None, charts: Charts = NO_CHARTS) -> Served:
    """A watch over a run that was written with its positions; its ledger lies in the folder.

    Raises:
        StoreError: there is no run, or it has no positions.
        AssetError: its assets can't be read.
    """
    recording, assets = read_run(folder)
    room = build(settings, assets, charts=charts)
    for declared in recording.coverage:
        room.around.coverage.declare(declared)
    room.around.coverage.heard(np.sort(recording.positions.t))
    return over(recording, room, settings, store=folder if store is None else store)


def from_sources(
    sources: Sequence[str],
    settings: Settings,
    assets: Sequence[Asset],
    *,
    columns: Mapping[str, str] | None = None,
    from_t: int | None = None,
    to_t: int | None = None,
    events: Sequence[Event] = (),
    weather: Sequence[str | Path] = (),
    charts: Charts = NO_CHARTS,
    store: Path | None = None,
    rights: Rights = NOBODY,
    progress: Progress | None = None,
) -> Served:
    """A watch over sources, replayed first; over nothing but the assets when there is no source.

    What the run found goes into the ledger of `store`, as far as readers with these rights may see it.

    Raises:
        StoreError: the ledger can't be written.
        SourceError: a source can't be opened, or none holds a usable position.
        AssetError: the assets can't be compiled.
    """
    if not sources:
        room = build(settings, assets, charts=charts)
        return over(_nothing(settings, len(assets)), room, settings, store=store)
    result = replay(
        sources,
        settings=settings,
        assets=assets,
        columns=columns,
        from_t=from_t,
        to_t=to_t,
        events=events,
        weather=weather,
        charts=charts,
        progress=progress,
    )
    if store is not None:
        gate = Gate(assets, rights)
        write_ledger(store, result.recording, released(result.recording, gate), gate)
    return over(result.recording, result.room, settings, store=store)


def _nothing(settings: Settings, assets: int) -> Recording:
    summary = Summary(
        version=__version__,
        settings_hash=settings_hash(settings),
        records=0,
        rejected={},
        positions=0,
        ships=0,
        ship_days=0.0,
        from_t=None,
        to_t=None,
        assets=assets,
        findings={},
        alerts={},
        digest=digest([], []),
        cannot_see=("any ship: no source of positions was named",),
    )
    return make_recording(make_positions(0), np.empty(0, dtype=np.int32), [], summary)
