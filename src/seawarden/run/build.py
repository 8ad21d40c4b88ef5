"""From settings and assets to an engine that can run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from seawarden import __version__
from seawarden.behaviours.about_to_anchor import AboutToAnchor
from seawarden.behaviours.along import Along
from seawarden.behaviours.approach import Approach
from seawarden.behaviours.drag.behaviour import Drag
from seawarden.behaviours.drag.model import DragModel
from seawarden.behaviours.drag.watched import Watched
from seawarden.behaviours.dragging_at_anchor import DraggingAtAnchor
from seawarden.behaviours.drifting import Drifting
from seawarden.behaviours.meeting import Meeting
from seawarden.behaviours.outage import Outage
from seawarden.behaviours.repeat_visits import RepeatVisits
from seawarden.behaviours.silence import Silence
from seawarden.behaviours.slowdown import Slowdown
from seawarden.behaviours.stopping import Stopping
from seawarden.behaviours.to_and_fro import ToAndFro
from seawarden.behaviours.trawling import Trawling
from seawarden.engine import Engine
from seawarden.forecast.deviation import Deviation
from seawarden.forecast.feed import Feed
from seawarden.forecast.learning import Learning
from seawarden.geography.depth import DepthGrid
from seawarden.geography.directory import Directory
from seawarden.geography.land import LandMask
from seawarden.geography.layer import AssetLayer, build_layer
from seawarden.geography.ports_table import PlacesTable
from seawarden.geography.waters import Waters
from seawarden.geography.zones_around import ZonedPlaces, ZonedWaters
from seawarden.incidents.fleet_stage import FleetStage
from seawarden.model.asset import Asset
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.error import SeawardenError
from seawarden.model.position import make_positions
from seawarden.ports import Behaviour, FleetBehaviour, Surroundings
from seawarden.risk.foreseen import Foreseen
from seawarden.run.canary import Canary
from seawarden.run.charts import NO_CHARTS, Charts
from seawarden.run.foresight import feed_of
from seawarden.run.integrity import integrity_across, integrity_behaviours
from seawarden.settings import Settings, settings_hash
from seawarden.surroundings.coverage import CoverageBook
from seawarden.surroundings.weather import WeatherBook
from seawarden.surroundings.works import WorksBook


class Watchroom(NamedTuple):
    """An engine with what it was built from."""

    engine: Engine
    layer: AssetLayer
    around: Surroundings
    catalogue: Catalogue
    settings: Settings
    settings_hash: str
    canary: Canary
    feed: Feed | None = None
    """The forecaster that learns, None when forecasts are off."""
    foreseen: Foreseen | None = None
    watched: Watched | None = None
    """What counts on how many ships a drag would be seen, None where nobody looks for one or the model can't say."""
    drag: DragModel | None = None
    """The model that looks for drags, the same for all of the watch; None where nobody looks for one."""


def behaviours_of(settings: Settings, drag: DragModel | None = None) -> list[Behaviour]:
    """The behaviours that are switched on, in their fixed order.

    Args:
        settings: the whole tree.
        drag: the model that looks for drags; the shipped one when None.
    """
    b = settings.behaviours
    table: list[tuple[bool, Behaviour]] = [
        (b.crossing.enabled, Approach(b.crossing, settings.assets)),
        (b.slowdown.enabled, Slowdown(b.slowdown)),
        (b.stopping.enabled, Stopping(b.stopping, settings.assets)),
        (b.drifting.enabled, Drifting(b.drifting)),
        (b.about_to_anchor.enabled, AboutToAnchor(b.about_to_anchor)),
        *_drag(settings, drag),
        (b.along.enabled, Along(b.along)),
        (b.trawling.enabled, Trawling(b.trawling, settings.assets)),
        (b.dragging_at_anchor.enabled, DraggingAtAnchor(b.dragging_at_anchor)),
        (b.to_and_fro.enabled, ToAndFro(b.to_and_fro)),
    ]
    return [behaviour for enabled, behaviour in table if enabled] + integrity_behaviours(settings)


def _drag(settings: Settings, model: DragModel | None) -> list[tuple[bool, Behaviour]]:
    """The drag behaviour; without a readable model it is left out, and the canary says that nobody watches."""
    if not settings.behaviours.drag.enabled:
        return []
    try:
        return [(True, Drag(settings.behaviours.drag, prior_log_odds=settings.risk.prior_logodds, model=model))]
    except SeawardenError:
        return []


def watched_by(model: DragModel | None) -> Watched | None:
    """What counts the ships on which a drag would be seen."""
    return Watched(model, model.seen) if model is not None and model.seen is not None else None


def fleet_behaviours_of(settings: Settings) -> list[FleetBehaviour]:
    """What is noticed across ships and is switched on, in the fixed order in which each sees the ones before it."""
    b = settings.behaviours
    table: list[tuple[bool, FleetBehaviour]] = [
        (b.meeting.enabled, Meeting(b.meeting)),
        (b.repeat_visits.enabled, RepeatVisits(b.repeat_visits)),
    ]
    return (
        [behaviour for enabled, behaviour in table if enabled] + integrity_across(settings) + blindness_of(settings)
    )


def blindness_of(settings: Settings) -> list[FleetBehaviour]:
    """Our own blindness and the silences judged against it: after what says that an area is jammed."""
    b = settings.behaviours
    if not b.outage.enabled:
        return []
    silence: list[FleetBehaviour] = [Silence(b.silence, b.dark, settings.coverage.good_hours)]
    return [Outage(b.outage, settings.coverage), *(silence if b.silence.enabled else ())]


def surroundings_of(layer: AssetLayer, charts: Charts = NO_CHARTS) -> Surroundings:
    """What lies around the ships: the shipped depth, coast, places and waters, unless others are given.

    Zones of a user's maps are taken into what is asked of places and waters.
    """
    places = charts.places if charts.places is not None else PlacesTable.shipped()
    waters, zones = Waters.shipped(), charts.zones
    return Surroundings(
        assets=layer,
        depth=charts.depth if charts.depth is not None else DepthGrid.shipped(),
        places=ZonedPlaces(places, zones) if zones is not None else places,
        coverage=CoverageBook(),
        waters=ZonedWaters(waters, zones) if zones is not None else waters,
        land=LandMask.shipped(),
        norms=charts.norms,
        weather=WeatherBook(),
        works=WorksBook(),
    )


def build(
    settings: Settings,
    assets: Sequence[Asset],
    *,
    catalogue: Catalogue | None = None,
    shards: int = 1,
    charts: Charts = NO_CHARTS,
) -> Watchroom:
    """An engine over these assets.

    Args:
        settings: the whole tree.
        assets: what is watched.
        catalogue: names behind the sources' small integers, shared with the sources.
        shards: number of shards that the ships are dealt out over; changes nothing in the outcome.
        charts: a user's maps of zones, norms of past traffic, depths, and a model of drags.
    """
    names = catalogue if catalogue is not None else Catalogue()
    layer = build_layer(assets)
    around = surroundings_of(layer, charts)
    around.coverage.catalogue = names
    hash_ = settings_hash(settings)
    feed = feed_of(settings, around)
    learning: list[FleetBehaviour] = [Learning(feed)] if feed is not None else []
    departures: list[FleetBehaviour] = []
    if feed is not None and settings.forecast.surprise:
        departures = [Deviation(feed, settings.forecast)]
    ahead = Foreseen(layer, settings.risk, feed, settings.forecast.least_chance) if feed is not None else None
    behaviours = behaviours_of(settings, charts.drag)
    model = next((own.model for own in behaviours if isinstance(own, Drag)), None)
    watched = watched_by(model)
    counting: list[FleetBehaviour] = [watched] if watched is not None else []
    engine = Engine(
        settings,
        behaviours,
        around,
        names,
        FleetStage(settings, layer, around, ahead=ahead, directory=Directory(around.waters, around.places)),
        settings_hash=hash_,
        code_version=__version__,
        shards=shards,
        across=[*learning, *fleet_behaviours_of(settings), *departures, *counting],
    )
    canary = Canary(settings, behaviours, around)
    return Watchroom(engine, layer, around, names, settings, hash_, canary, feed, ahead, watched, model)


def load_kernels(settings: Settings) -> None:
    """Load the compiled code by sending one ship past nothing: part of a program's start, not of a run's rate.

    Numba reads each kernel from its cache at the first call (about a second in all, half a minute when the cache is
    empty), once a process.
    """
    room = build(settings, [])
    room.catalogue.source("start")
    n = 8
    ship = make_positions(n, t=np.arange(n) * 60_000, mmsi=1, lat=57.0, lon=11.0 + 0.001 * np.arange(n), sog_kn=1.0)
    room.engine.step(Batch(positions=ship))
    room.engine.finish()
