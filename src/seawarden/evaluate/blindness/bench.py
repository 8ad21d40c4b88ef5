"""One run of the watch's own eyes over a sea: coverage and silence alone, without what other behaviours find."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from seawarden import __version__
from seawarden.engine import Engine
from seawarden.evaluate.integrity.sea import Sea
from seawarden.geography.layer import build_layer
from seawarden.incidents.fleet_stage import FleetStage
from seawarden.model.alert import Alert
from seawarden.model.asset import Asset
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.event import CoverageDeclared, Event
from seawarden.model.finding import Finding
from seawarden.model.position import Positions, take
from seawarden.model.watch import WatchChange
from seawarden.run.build import blindness_of, surroundings_of
from seawarden.settings import Settings, settings_hash


class Run(NamedTuple):
    """What it brought."""

    findings: list[Finding]
    alerts: list[Alert]
    changes: list[WatchChange]
    lengths: dict[str, float]
    """Of the assets, km."""
    shares: dict[str, float]
    """Of asset length times time, by watch state."""
    heard_h: float
    """Ship-hours under way that were heard."""


def run_watch(
    sea: Sea,
    assets: Sequence[Asset],
    settings: Settings,
    coverage: Sequence[CoverageDeclared],
    positions: Positions | None = None,
) -> Run:
    """Run a sea, or other positions in its place.

    Args:
        sea: real traffic.
        assets: what is watched.
        settings: the whole tree.
        coverage: what was declared; areas of other sources are left out.
        positions: in the place of the sea's own.
    """
    names = Catalogue()
    names.recall(sea.catalogue.sources, sea.catalogue.receivers, sea.catalogue.files)
    layer = build_layer(assets)
    around = surroundings_of(layer)
    around.coverage.catalogue = names
    fleet = FleetStage(settings, layer, around)
    engine = Engine(
        settings,
        [],
        around,
        names,
        fleet,
        settings_hash=settings_hash(settings),
        code_version=__version__,
        across=blindness_of(settings),
    )
    events: list[Event] = [area for area in coverage if area.source in ("", sea.name)]
    batch = sea.batch(take(sea.positions if positions is None else positions, slice(None)))
    outcomes = [
        engine.step(Batch(events=events)),
        engine.step(Batch(positions=batch.positions, statics=batch.statics)),
        engine.finish(),
    ]
    book = around.coverage
    return Run(
        findings=[f for outcome in outcomes for f in outcome.findings],
        alerts=[a for outcome in outcomes for a in outcome.alerts],
        changes=list(book.watch.changes),
        lengths={asset.id: layer.length_km(row) for row, asset in enumerate(assets)},
        shares=book.watch.shares(),
        heard_h=float(book.learned.heard_of().sum()),
    )
