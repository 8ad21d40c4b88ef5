"""From allowed rates to thresholds: the highest chances of a quiet watch over real days, and what each rate asks.

An operator states how many alerts of a tier are allowed a ship-day (`alerts.look_per_ship_day` and its like). The
curve of natural chances says at which chance that rate is met: counted where enough days were watched, and beyond
them by an exponential tail of the log-odds above the highest few (`natural_peaks`), which is marked. Nothing here
changes a setting: the proposal is written beside the report.

A ship that crossed nothing yet and has an asset likely ahead is looked at from a lower chance on. That threshold has
a proposal of its own (`early_threshold`), from the peaks of the quiet ships for which its rule held, at the rate
allowed for a `look`; drags planted on the same days say what the rule, and others in its place, would find at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from seawarden import __version__
from seawarden.evaluate.early_look import Case, cases_of, early_of
from seawarden.evaluate.early_threshold import EarlyLook, early_look
from seawarden.evaluate.lead import plant, watched
from seawarden.evaluate.natural_peaks import HeldOut, Peak, Proposal, halved, held_out, peaks_of, proposal
from seawarden.model.asset import Asset
from seawarden.model.batch import Catalogue
from seawarden.model.drag_model import DragModelSource, line_of
from seawarden.model.event import CoverageDeclared
from seawarden.model.finding import Finding
from seawarden.model.position import concat
from seawarden.model.risk import Risk
from seawarden.run.charts import NO_CHARTS, Charts
from seawarden.run.merge import merged
from seawarden.run.replay import replay
from seawarden.settings import Settings, settings_hash
from seawarden.sources.door import open_source

TIERS: Final = ("look", "challenge", "act")


class ThresholdMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of the suite."""

    suite: str = "thresholds"
    version: str
    settings_hash: str
    drag_model: DragModelSource | None = None
    """The model that looked for drags, for which the proposals are; None where nobody looked."""
    sources: tuple[str, ...]
    ship_days: float
    ships: int
    peaks: tuple[Peak, ...]
    """The highest thirty."""
    proposals: tuple[Proposal, ...]
    held_out: tuple[HeldOut, ...]
    """First half to second, and second to first."""
    early: EarlyLook | None = None
    """None where no drag could be planted."""


def run_thresholds(
    sources: Sequence[Path],
    *,
    settings: Settings,
    assets: Sequence[Asset],
    coverage: Sequence[CoverageDeclared] = (),
    charts: Charts = NO_CHARTS,
) -> ThresholdMetrics:
    """Watch real days in quiet and propose thresholds.

    Args:
        sources: real positions at a cadence of minutes, near the assets; each is watched by itself.
        settings: the whole tree, with the rates that are allowed.
        assets: what is watched.
        coverage: declared coverage of the sources.
        charts: a user's maps of zones, norms of past traffic, and a model of drags, as the watch will run with them.

    Raises:
        SourceError: a source can't be used.
    """
    s = settings.alerts
    before_min = settings.risk.timed_after_min
    days, ships = 0.0, 0
    peaks: list[Peak] = []
    quiet: list[tuple[str, list[Risk]]] = []
    cases: list[Case] = []
    middles: dict[str, int] = {}
    model: DragModelSource | None = None
    for source in sources:
        run = replay([source], settings=settings, assets=assets, events=list(coverage), charts=charts).recording
        model = run.summary.drag_model
        days += run.summary.ship_days
        ships += run.summary.ships
        middles[source.name] = int(np.median(run.positions.t)) if len(run.positions.t) else 0
        peaks += peaks_of(run.risks, source.name)
        quiet.append((source.name, early_of(run.risks, run.findings, before_min)))
        cases += _planted(source, run.findings, settings, assets, coverage, charts)
    peaks.sort(key=lambda p: (-p.chance, p.mmsi, p.t))
    halves = halved(peaks, middles)
    rate = s.look_per_ship_day
    return ThresholdMetrics(
        version=__version__,
        settings_hash=settings_hash(settings),
        drag_model=model,
        sources=tuple(source.name for source in sources),
        ship_days=round(days, 3),
        ships=ships,
        peaks=tuple(peaks[:30]),
        proposals=tuple(
            proposal(tier, peaks, days, getattr(s, f"{tier}_per_ship_day"), getattr(s, f"{tier}_chance"))
            for tier in TIERS
        ),
        held_out=tuple(held_out(halves[k], halves[1 - k], days / 2.0, rate) for k in (0, 1)),
        early=early_look(peaks, quiet, cases, days, middles, s) if cases else None,
    )


def _planted(
    source: Path,
    quiet: Sequence[Finding],
    settings: Settings,
    assets: Sequence[Asset],
    coverage: Sequence[CoverageDeclared],
    charts: Charts,
) -> list[Case]:
    """Drags laid on a source's ships, and what the watch said of them."""
    catalogue = Catalogue()
    batches = list(merged([open_source(source, catalogue=catalogue)]))
    changed, laid = plant(concat(batch.positions for batch in batches), quiet)
    if not laid:
        return []
    made = watched(changed, batches, catalogue, settings, assets, coverage, charts)
    return cases_of(laid, made, settings.risk.timed_after_min)


def as_settings(metrics: ThresholdMetrics) -> str:
    """The proposal as a piece of a settings file."""
    lines = [
        f"# proposed from {metrics.ship_days:g} ship-days of {', '.join(metrics.sources)}",
        *([f"# {line_of(metrics.drag_model)}"] if metrics.drag_model is not None else []),
        "# take over what you accept: seawarden ... --settings FILE",
        "[alerts]",
    ]
    for p in metrics.proposals:
        lines.append(f"{p.tier}_per_ship_day = {p.allowed_per_ship_day:g}")
        lines.append(_line(p))
    if metrics.early is not None:
        early = metrics.early
        lines += [
            f"# before she crossed anything, at the rate of a look; {early.drags} planted drags:"
            f" {early.named_in_force.count} named in time as in force, {early.named_proposed.count} at this",
            _line(early.proposal),
            f"likely_chance = {early.rule.likely_chance:g}",
            f"likely_min = {early.rule.likely_min:g}",
        ]
    return "\n".join(lines) + "\n"


def _line(p: Proposal) -> str:
    """A threshold, or why these days give none: then the one in force stays."""
    if p.proposed_chance >= 1.0:
        return f"# {p.tier}_chance: no proposal, {p.rate_is}; in force {p.in_force_chance:g}"
    return f"{p.tier}_chance = {p.proposed_chance:g}  # {_said(p)}"


def _said(p: Proposal) -> str:
    place = "inside" if p.in_force_within else "outside"
    return (
        f"{p.rate_is}, 95 %: {p.low:g} to {p.high:g}; in force {p.in_force_chance:g},"
        f" {p.in_force_over_proposed:g} times that and {place} the interval"
    )
