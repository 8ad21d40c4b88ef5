"""The attribution suite: simulated faults on real crossings; who did it?

Each real crossing in turn is the cause: the fault is stated as a stretch and a window of time that hold it somewhere
inside, the ship's track behind the crossing is slowed by a law of its own (a uniform loss, settling in some minutes;
nothing at all in 15 of 100), and in some cases the ship is taken out of the data. The ranking knows none of this.
Ranked three times: by place and time alone, by all that is known, and by all with ships that nobody saw among them,
which is what the chances' calibration is measured on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from seawarden import __version__
from seawarden.evaluate.calibration import Calibration, calibration_of
from seawarden.evaluate.intervals import Share, binomial
from seawarden.evaluate.recorded import Crossing, Recorded, find_crossings, recorded, slowed
from seawarden.geography.layer import AssetLayer, build_layer
from seawarden.incidents.ranking import Ranking, rank
from seawarden.model.asset import Asset
from seawarden.model.batch import Catalogue
from seawarden.model.error import UsageError
from seawarden.model.event import FaultDeclared
from seawarden.model.position import concat
from seawarden.run.merge import merged
from seawarden.settings import Settings, settings_hash
from seawarden.simulate.draws import generator
from seawarden.sources.door import open_source

MINUTE_MS = 60_000
POWER = 0.85
"""Share of causes that show a loss of speed at all."""
UNSEEN = 1 / 6
"""Share of causes that are taken out of the data where ships that nobody saw are among them."""


class Case(NamedTuple):
    """One fault and its ranking."""

    place: float
    """Expected rank of the cause among the ships, ties shared; infinite when she is not among them."""
    top1: float
    top3: float
    chances: tuple[float, ...]
    hits: tuple[bool, ...]
    """Whether each of the chances was for what did it; the last is the ship nobody saw."""


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """How high the cause was ranked."""

    top1: Share
    top3: Share
    median_candidates: float
    """Ships among which she was to be found."""


class Knowledge(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a fault known to a stretch and a window."""

    width_km: float
    width_min: float
    place_and_time: Ranked
    with_speed: Ranked
    chances: Calibration
    """Of all candidates' chances, ships that nobody saw among them."""


class AttributionMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of the suite."""

    suite: str = "attribution"
    version: str
    settings_hash: str
    assets_hash: str
    sources: tuple[str, ...]
    crossings: int
    ships: int
    cases: int
    """Crossings that were made a fault's cause."""
    known_to: tuple[Knowledge, ...]


def run_attribution(
    sources: Sequence[str | Path],
    *,
    settings: Settings,
    assets: Sequence[Asset],
    width_km: float = 2.0,
    widths_min: Sequence[float] = (60.0, 360.0),
    every: int = 1,
    key: str = "attribution",
) -> AttributionMetrics:
    """Run the suite.

    Args:
        sources: files of real positions.
        settings: the whole tree.
        assets: what is watched.
        width_km: length of the stretch within which a fault is known.
        widths_min: windows of time within which it is known.
        every: take every so-manyth crossing.
        key: names the draws.

    Raises:
        SourceError: a source can't be opened.
        UsageError: no asset is crossed.
    """
    catalogue = Catalogue()
    opened = [open_source(uri, catalogue=catalogue) for uri in sources]
    fleet = recorded(concat(batch.positions for batch in merged(opened)))
    layer = build_layer(assets)
    crossed = find_crossings(fleet, layer)
    if not crossed:
        raise UsageError("no ship of these sources crosses an asset: there is nothing to attribute")
    cases = crossed[::every]
    known_to = []
    for width_min in widths_min:
        ask = Asked(width_km, width_min, key)
        known_to.append(
            Knowledge(
                width_km=width_km,
                width_min=width_min,
                place_and_time=_ranked(attribute(fleet, layer, cases, ask, settings, speed=False)),
                with_speed=_ranked(attribute(fleet, layer, cases, ask, settings)),
                chances=_chances(attribute(fleet, layer, cases, ask, settings, unseen=UNSEEN), key),
            )
        )
    return AttributionMetrics(
        version=__version__,
        settings_hash=settings_hash(settings),
        assets_hash=layer.hash,
        sources=tuple(source.name for source in opened),
        crossings=len(crossed),
        ships=len({c.slot for c in crossed}),
        cases=len(cases),
        known_to=tuple(known_to),
    )


class Asked(NamedTuple):
    """How well a fault is known, and the key of its draws."""

    width_km: float
    width_min: float
    key: str = "attribution"


def attribute(
    fleet: Recorded,
    layer: AssetLayer,
    cases: Sequence[Crossing],
    ask: Asked,
    settings: Settings,
    *,
    speed: bool = True,
    unseen: float = 0.0,
) -> list[Case]:
    """Rank the ships for each case.

    Args:
        fleet: the real tracks.
        layer: the assets.
        cases: crossings that are the cause in turn.
        ask: how well each fault is known.
        settings: the whole tree.
        speed: False weighs place and time alone.
        unseen: share of causes that are taken out of the data.
    """
    rng = generator(ask.key, round(ask.width_km * 1000), round(ask.width_min))
    width_ms = int(ask.width_min * MINUTE_MS)
    out = []
    for c in cases:
        t0 = int(c.t - rng.uniform(0, width_ms))
        k0 = c.kp_km - rng.uniform(0, ask.width_km)
        shows, loss, settle = rng.uniform() < POWER, rng.uniform(0.05, 0.45), rng.uniform(1.0, 3.0)
        hidden = bool(rng.uniform() < unseen)
        track = fleet.tracks[c.slot]
        changed = slowed(track, c.t, loss, settle) if speed and shows else track
        fault = FaultDeclared(
            t=t0 + width_ms,
            fault_id="f",
            asset_id=layer.assets[c.row].id,
            from_t=t0,
            to_t=t0 + width_ms,
            kp_from_km=k0,
            kp_to_km=k0 + ask.width_km,
        )
        view = fleet.with_change(c.slot, None if hidden else changed)
        ranking = rank(fault, c.row, view, {}, layer, settings.incidents, settings.risk)
        out.append(judge(ranking, c.slot, hidden, speed=speed))
    return out


def judge(ranking: Ranking, slot: int, hidden: bool, *, speed: bool = True) -> Case:
    """Where the cause stands in a ranking."""
    weights = np.array([s.weight if speed else round(s.place, 6) for s in ranking.scored])
    slots = [s.slot for s in ranking.scored]
    hits = (*(s == slot and not hidden for s in slots), hidden)
    chances = (*ranking.chances, ranking.unseen)
    if hidden or slot not in slots:
        return Case(math.inf, 0.0, 0.0, chances, hits)
    mine = weights[slots.index(slot)]
    above, ties = int((weights > mine).sum()), int((weights == mine).sum())
    share = [max(0.0, min(ties, top - above)) / ties for top in (1, 3)]
    return Case(above + (ties + 1) / 2, share[0], share[1], chances, hits)


def _ranked(cases: Sequence[Case]) -> Ranked:
    n = len(cases)
    return Ranked(
        top1=binomial(round(sum(c.top1 for c in cases)), n),
        top3=binomial(round(sum(c.top3 for c in cases)), n),
        median_candidates=float(np.median([len(c.chances) - 1 for c in cases])),
    )


def _chances(cases: Sequence[Case], key: str) -> Calibration:
    p = np.concatenate([c.chances for c in cases])
    hit = np.concatenate([c.hits for c in cases]).astype(np.float64)
    group = np.repeat(np.arange(len(cases)), [len(c.chances) for c in cases])
    return calibration_of(p, hit, group, key)
