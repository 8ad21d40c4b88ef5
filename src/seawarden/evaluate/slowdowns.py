"""The slow-down suite: a quiet run over real positions beside the same run with planted slow-downs.

A quiet run counts only beside one with planted cases that it must find. Real crossings are drawn with a fixed key,
one a ship; each of these ships loses a share of her speed for a while, beginning when the anchor of a ship of her
kind would meet the cable. Found means: a `slowdown` finding of that ship, open during the planted loss and not
there in the quiet run; raised means that an alert of `look` or more came of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from seawarden import __version__
from seawarden.evaluate.intervals import Rate, Share, binomial, poisson
from seawarden.evaluate.outcome import Natural, Run, Told
from seawarden.evaluate.own_drag import OwnDrag, own_drag
from seawarden.evaluate.seen import seen_of
from seawarden.geography.layer import AssetLayer, build_layer
from seawarden.model.alert import TIERS
from seawarden.model.asset import Asset
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.error import UsageError
from seawarden.model.event import CoverageDeclared, Event
from seawarden.model.finding import Finding
from seawarden.model.position import Positions, concat, take
from seawarden.run.build import build
from seawarden.run.charts import NO_CHARTS, Charts
from seawarden.run.merge import merged
from seawarden.run.tally import Tally, alerts_by_tier, newest
from seawarden.settings import Settings, settings_hash
from seawarden.simulate.draws import generator
from seawarden.simulate.slowdown import SlowdownTruth, lay_slowdown
from seawarden.sources.door import open_source

BEFORE_MS = 30 * 60_000
"""Track wanted before a planted loss: without a past there is no expectation."""
AFTER_MS = 15 * 60_000
LEAST_KN = 6.0


class Planted(msgspec.Struct, frozen=True, kw_only=True):
    """One planted case and what became of it."""

    mmsi: int
    asset: str
    start_t: int
    end_t: int
    loss: float
    found: bool
    minutes_to_find: float | None
    tier: str
    """Highest tier raised for the ship during it, empty when none."""


class SlowdownMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of the suite."""

    suite: str = "slowdowns"
    version: str
    settings_hash: str
    assets_hash: str
    drag_model: OwnDrag = msgspec.UNSET
    """A model of the user's own that looked for drags."""
    sources: tuple[str, ...]
    """Names of the files."""
    positions: int
    ship_days: float
    crossings: int
    """Crossings of the quiet run."""
    quiet: dict[str, Rate]
    """Alerts of the quiet run by highest tier, per ship-day."""
    quiet_findings: Rate
    """Natural slow-downs, per ship-day."""
    planted: tuple[Planted, ...]
    found: Share
    """Planted cases with a finding that was not there before."""
    raised: Share
    """Planted cases with an alert of `look` or more."""
    looks: tuple[Told, ...]
    """Alerts of the quiet run of tier `look` or more."""
    natural: tuple[Natural, ...]
    """Slow-downs of the quiet run."""
    loss: float
    duration_min: float
    key: str
    """Names the draw of ships."""


class Outcome(NamedTuple):
    """Metrics with the runs behind them, for the report."""

    metrics: SlowdownMetrics
    quiet: Run
    loud: Run
    layer: AssetLayer


def run_slowdowns(
    sources: Sequence[str | Path],
    *,
    settings: Settings,
    assets: Sequence[Asset],
    coverage: Sequence[CoverageDeclared] = (),
    charts: Charts = NO_CHARTS,
    count: int = 20,
    loss: float = 0.3,
    duration_s: float = 1500.0,
    key: str = "slow-downs",
) -> Outcome:
    """Run the suite.

    Args:
        sources: files of real positions at one-minute cadence or better.
        settings: the whole tree.
        assets: what is watched.
        coverage: declared coverage of the sources.
        charts: a user's maps of zones, norms of past traffic, and a model of drags.
        count: planted cases.
        loss: share of the speed that each loses.
        duration_s: how long.
        key: names the draw of ships.

    Raises:
        UsageError: there are not that many suitable crossings.
    """
    catalogue = Catalogue()
    opened = [open_source(uri, catalogue=catalogue) for uri in sources]
    batches = list(merged(opened))
    positions = concat(batch.positions for batch in batches)
    layer = build_layer(assets)
    quiet = _run(positions, batches, catalogue, settings, assets, coverage, charts)
    cases = _draw(quiet.findings, positions, count, key)
    changed, truths = _plant(positions, cases, loss, duration_s, key)
    loud = _run(changed, batches, catalogue, settings, assets, coverage, charts)
    planted = tuple(_judge(truth, asset, quiet, loud) for truth, asset in truths)
    found = binomial(sum(p.found for p in planted), len(planted))
    raised = binomial(sum(p.tier in TIERS[1:] for p in planted), len(planted))
    metrics = SlowdownMetrics(
        version=__version__,
        settings_hash=settings_hash(settings),
        assets_hash=layer.hash,
        drag_model=own_drag(charts, settings),
        sources=tuple(source.name for source in opened),
        positions=len(positions.t),
        ship_days=round(quiet.ship_days, 3),
        crossings=sum(f.kind == "crossing" and f.state != "retracted" for f in newest(quiet.findings)),
        quiet={tier: poisson(n, quiet.ship_days) for tier, n in alerts_by_tier(quiet.alerts).items()},
        quiet_findings=poisson(len(quiet.slowdowns()), quiet.ship_days),
        planted=planted,
        found=found,
        raised=raised,
        looks=tuple(quiet.told()),
        natural=tuple(quiet.natural()),
        loss=loss,
        duration_min=duration_s / 60,
        key=key,
    )
    return Outcome(metrics, quiet, loud, layer)


def _run(
    positions: Positions,
    batches: Sequence[Batch],
    catalogue: Catalogue,
    settings: Settings,
    assets: Sequence[Asset],
    coverage: Sequence[CoverageDeclared],
    charts: Charts,
) -> Run:
    names = Catalogue()
    names.recall(catalogue.sources, catalogue.receivers, catalogue.files)
    engine = build(settings, assets, catalogue=names, charts=charts).engine
    events: list[Event] = [*coverage, *(event for batch in batches for event in batch.events)]
    statics = [static for batch in batches for static in batch.statics]
    batch = Batch(positions=take(positions, slice(None)), statics=statics, events=events)
    tally = Tally(names)
    first = engine.step(batch)
    last = engine.finish()
    tally.came_out(first)
    tally.came_out(last)
    seen = seen_of(first.tracked + last.tracked)
    return Run(first.findings + last.findings, first.alerts + last.alerts, tally.watched_ms / 86_400_000, seen)


def _draw(findings: Sequence[Finding], positions: Positions, count: int, key: str) -> list[Finding]:
    """Crossings fit for planting, one a ship: fast, on a track long enough, with nothing else found of her."""
    slowed = {f.ship.mmsi for f in findings if f.kind in ("slowdown", "about_to_anchor")}
    spans: dict[int, tuple[int, int]] = {}
    for mmsi in np.unique(positions.mmsi):
        times = positions.t[positions.mmsi == mmsi]
        spans[int(mmsi)] = int(times.min()), int(times.max())
    fit: dict[int, Finding] = {}
    for finding in sorted((f for f in findings if f.kind == "crossing"), key=lambda f: (f.start_t, f.id)):
        mmsi = finding.ship.mmsi
        first, last = spans[mmsi]
        fast = (finding.value("speed_at") or 0.0) >= LEAST_KN
        if mmsi in slowed or not fast or not _unbroken(positions, mmsi, finding.start_t):
            continue
        if finding.start_t - first >= BEFORE_MS and last - finding.start_t >= AFTER_MS:
            fit.setdefault(mmsi, finding)
    if len(fit) < count:
        raise UsageError(f"only {len(fit)} crossings are fit for planting {count} slow-downs; ask for fewer")
    chosen = generator(key).choice(sorted(fit), size=count, replace=False)
    return [fit[int(mmsi)] for mmsi in sorted(chosen.tolist())]


def _unbroken(positions: Positions, mmsi: int, at: int) -> bool:
    times = positions.t[positions.mmsi == mmsi]
    times = times[(times >= at - BEFORE_MS) & (times <= at + AFTER_MS)]
    return len(times) > 10 and int(np.diff(np.sort(times)).max()) <= 5 * 60_000


def _plant(
    positions: Positions, cases: Sequence[Finding], loss: float, duration_s: float, key: str
) -> tuple[Positions, list[tuple[SlowdownTruth, str]]]:
    rest = np.ones(len(positions.t), dtype=np.bool_)
    parts: list[Positions] = []
    truths: list[tuple[SlowdownTruth, str]] = []
    for case in cases:
        mine = positions.mmsi == case.ship.mmsi
        ship = take(positions, np.flatnonzero(mine)[np.argsort(positions.t[mine], kind="stable")])
        late_s = float(generator(key, case.ship.mmsi).uniform(0.0, 180.0))
        laid, truth = lay_slowdown(
            ship, key, case.ship.mmsi, start_t=case.start_t + int(late_s * 1000), loss=loss, duration_s=duration_s
        )
        rest &= ~mine
        parts.append(laid)
        truths.append((truth, case.asset.name if case.asset else ""))
    whole = concat([take(positions, rest), *parts])
    order = np.lexsort((whole.seq, whole.mmsi, whole.t))
    return take(whole, order), truths


def _judge(truth: SlowdownTruth, asset: str, quiet: Run, loud: Run) -> Planted:
    known = {f.id for f in quiet.findings}
    hits = [
        f
        for f in loud.findings
        if f.kind == "slowdown" and f.ship.mmsi == truth.mmsi and f.revision == 1 and f.id not in known
        and truth.start_t - 60_000 <= f.known_from_t <= truth.end_t
    ]  # fmt: skip
    tiers = [
        a.tier
        for a in loud.alerts
        if a.ship.mmsi == truth.mmsi and truth.start_t <= a.known_from_t <= truth.end_t + AFTER_MS
    ]
    return Planted(
        mmsi=truth.mmsi,
        asset=asset,
        start_t=truth.start_t,
        end_t=truth.end_t,
        loss=truth.loss,
        found=bool(hits),
        minutes_to_find=round((min(f.known_from_t for f in hits) - truth.start_t) / 60_000, 1) if hits else None,
        tier=max(tiers, key=TIERS.index, default=""),
    )
