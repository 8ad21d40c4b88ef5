"""From allowed rates to thresholds: the highest chances of a quiet watch over real days, and what each rate asks.

An operator states how many alerts of a tier are allowed a ship-day (`alerts.look_per_ship_day` and its like). The
curve of natural chances says at which chance that rate is met: counted where enough days were watched, and beyond
them by an exponential tail of the log-odds above the highest few (peaks over a threshold: Pickands 1975, with the
shape held at zero), which is marked. Nothing here changes a setting: the proposal is written beside the report.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np

from seawarden import __version__
from seawarden.evaluate.intervals import Rate, poisson
from seawarden.model.asset import Asset
from seawarden.model.event import CoverageDeclared
from seawarden.model.position import F64
from seawarden.model.risk import Risk
from seawarden.risk.odds import chance_of, logit
from seawarden.run.replay import replay
from seawarden.settings import Settings, settings_hash
from seawarden.settings_risk import AlertSettings
from seawarden.simulate.draws import generator

DAY_MS: Final = 86_400_000
COUNTED: Final = 3
"""Exceedances from which a rate is counted rather than fitted."""
TAIL: Final = 8
"""Highest peaks that the tail is fitted to, or half of all where there are fewer: what lies deeper is many trifles of
another kind (losses of a tenth), and a tail fitted to them says nothing of the few."""
DRAWS: Final = 1_000
TIERS: Final = ("look", "challenge", "act")


class Peak(msgspec.Struct, frozen=True, kw_only=True):
    """The highest chance of one ship on one day."""

    source: str
    mmsi: int
    t: int
    chance: float
    asset: str
    reason: str
    """The strongest."""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What a tier's allowed rate asks of its threshold."""

    tier: str
    allowed_per_ship_day: float
    proposed_chance: float
    low: float
    """95 % interval of the proposal, by drawing ships anew."""
    high: float
    rate_is: str
    """`counted` or `fitted tail`."""
    in_force_chance: float
    in_force: Rate
    """Days of ships above the threshold in force, a ship-day."""
    in_force_fitted: float
    """The same by the tail."""


class HeldOut(msgspec.Struct, frozen=True, kw_only=True):
    """The threshold of a `look` proposed from one half of the days of each source, held against the other half."""

    proposed_chance: float
    measured: Rate


class ThresholdMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of the suite."""

    suite: str = "thresholds"
    version: str
    settings_hash: str
    sources: tuple[str, ...]
    ship_days: float
    ships: int
    peaks: tuple[Peak, ...]
    """The highest thirty."""
    proposals: tuple[Proposal, ...]
    held_out: tuple[HeldOut, ...]
    """First half to second, and second to first."""


class Tail(NamedTuple):
    """Rate of peaks above a log-odds `x`: `rate * exp(-(x - level) / scale)` for x at or above `level`."""

    level: float
    rate: float
    scale: float

    def rate_at(self, logodds: float) -> float:
        """Peaks a ship-day above a log-odds."""
        return self.rate * math.exp(-max(0.0, logodds - self.level) / self.scale)

    def logodds_at(self, rate: float) -> float:
        """Log-odds above which so many peaks a ship-day lie."""
        return self.level + self.scale * math.log(max(1.0, self.rate / rate))


def run_thresholds(
    sources: Sequence[Path],
    *,
    settings: Settings,
    assets: Sequence[Asset],
    coverage: Sequence[CoverageDeclared] = (),
) -> ThresholdMetrics:
    """Watch real days in quiet and propose thresholds.

    Args:
        sources: real positions at a cadence of minutes, near the assets; each is watched by itself.
        settings: the whole tree, with the rates that are allowed.
        assets: what is watched.
        coverage: declared coverage of the sources.

    Raises:
        SourceError: a source can't be used.
    """
    peaks: list[Peak] = []
    halves: list[list[Peak]] = [[], []]
    days = 0.0
    ships = 0
    for source in sources:
        run = replay([source], settings=settings, assets=assets, events=list(coverage)).recording
        days += run.summary.ship_days
        ships += run.summary.ships
        found = peaks_of(run.risks, source.name)
        middle = int(np.median(run.positions.t)) if len(run.positions.t) else 0
        for peak in found:
            halves[int(peak.t >= middle)].append(peak)
        peaks += found
    peaks.sort(key=lambda p: (-p.chance, p.mmsi, p.t))
    return ThresholdMetrics(
        version=__version__,
        settings_hash=settings_hash(settings),
        sources=tuple(source.name for source in sources),
        ship_days=round(days, 3),
        ships=ships,
        peaks=tuple(peaks[:30]),
        proposals=tuple(_proposal(tier, peaks, days, settings.alerts) for tier in TIERS),
        held_out=tuple(
            _held_out(halves[k], halves[1 - k], days / 2.0, settings.alerts.look_per_ship_day) for k in (0, 1)
        ),
    )


def peaks_of(risks: Sequence[Risk], source: str) -> list[Peak]:
    """The highest chance of each ship on each day (UTC) among the risks of a run."""
    best: dict[tuple[int, int], Risk] = {}
    for risk in risks:
        key = (risk.ship.mmsi, risk.t // DAY_MS)
        if key not in best or risk.chance > best[key].chance:
            best[key] = risk
    return [
        Peak(
            source=source,
            mmsi=risk.ship.mmsi,
            t=risk.t,
            chance=risk.chance,
            asset=risk.asset.name,
            reason=risk.reasons[0].text if risk.reasons else "",
        )
        for risk in (best[key] for key in sorted(best))
    ]


def tail_of(logodds: F64, days: float) -> Tail | None:
    """An exponential tail of the highest peaks; None with fewer than four.

    Args:
        logodds: of all peaks, shape (n,), in any order.
        days: ship-days watched.
    """
    top = np.sort(logodds)[::-1]
    k = min(TAIL, len(top) // 2)
    if k < 2:
        return None
    level = float(top[k])
    scale = max(float(np.mean(top[:k] - level)), 0.05)
    return Tail(level, k / days, scale)


def threshold_at(peaks: Sequence[Peak], days: float, rate: float) -> tuple[float, str]:
    """The chance above which so many peaks a ship-day lie, and how that was come by."""
    logodds = np.array([logit(p.chance) for p in peaks])
    allowed = int(rate * days)
    if allowed >= COUNTED and len(logodds) > allowed:
        return chance_of(float(np.sort(logodds)[::-1][allowed])), "counted"
    tail = tail_of(logodds, days)
    if tail is None:
        return 1.0, "too few peaks"
    return chance_of(tail.logodds_at(rate)), "fitted tail"


def _proposal(tier: str, peaks: Sequence[Peak], days: float, s: AlertSettings) -> Proposal:
    rate = float(getattr(s, f"{tier}_per_ship_day"))
    in_force = float(getattr(s, f"{tier}_chance"))
    chance, how = threshold_at(peaks, days, rate)
    by_ship: dict[tuple[str, int], list[Peak]] = {}
    for peak in peaks:
        by_ship.setdefault((peak.source, peak.mmsi), []).append(peak)
    names = sorted(by_ship)
    random = generator("thresholds", tier)
    drawn = []
    for _ in range(DRAWS if names else 0):
        chosen = random.integers(0, len(names), len(names))
        drawn.append(threshold_at([p for k in chosen.tolist() for p in by_ship[names[k]]], days, rate)[0])
    low, high = (float(x) for x in np.percentile(drawn, (2.5, 97.5))) if drawn else (0.0, 1.0)
    tail = tail_of(np.array([logit(p.chance) for p in peaks]), days)
    return Proposal(
        tier=tier,
        allowed_per_ship_day=rate,
        proposed_chance=_two(chance),
        low=_two(low),
        high=_two(high),
        rate_is=how,
        in_force_chance=in_force,
        in_force=poisson(sum(p.chance >= in_force for p in peaks), days),
        in_force_fitted=_two(tail.rate_at(logit(in_force))) if tail is not None else 0.0,
    )


def _held_out(own: Sequence[Peak], other: Sequence[Peak], days: float, rate: float) -> HeldOut:
    chance, _ = threshold_at(own, days, rate)
    return HeldOut(proposed_chance=_two(chance), measured=poisson(sum(p.chance >= chance for p in other), days))


def _two(value: float) -> float:
    """Two figures: a threshold claims no more."""
    return float(f"{value:.2g}")


def as_settings(metrics: ThresholdMetrics) -> str:
    """The proposal as a piece of a settings file."""
    lines = [
        f"# proposed from {metrics.ship_days:g} ship-days of {', '.join(metrics.sources)}",
        "# take over what you accept: seawarden ... --settings FILE",
        "[alerts]",
    ]
    for p in metrics.proposals:
        lines.append(f"{p.tier}_per_ship_day = {p.allowed_per_ship_day:g}")
        lines.append(f"{p.tier}_chance = {p.proposed_chance:g}  # {p.rate_is}, 95 %: {p.low:g} to {p.high:g}")
    return "\n".join(lines) + "\n"
