"""The highest chances of quiet days, and the threshold that an allowed rate asks for: counted, or by a fitted tail.

Peaks over a threshold (Pickands 1975) with the shape held at zero; intervals by drawing ships anew.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec
import numpy as np

from seawarden.evaluate.intervals import Rate, poisson
from seawarden.model.position import F64
from seawarden.model.risk import Risk
from seawarden.risk.odds import chance_of, logit
from seawarden.simulate.draws import generator

DAY_MS: Final = 86_400_000
COUNTED: Final = 3
"""Exceedances from which a rate is counted rather than fitted."""
TAIL: Final = 8
"""Highest peaks that the tail is fitted to, or half of all where there are fewer: what lies deeper is many trifles of
another kind (losses of a tenth), and a tail fitted to them says nothing of the few."""
DRAWS: Final = 1_000


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
    in_force_over_proposed: float
    """How far the threshold in force is from what the rate asks: above one it speaks less often than is allowed."""
    in_force_within: bool
    """Whether it lies in the proposal's interval, so that these days say nothing against it."""


class HeldOut(msgspec.Struct, frozen=True, kw_only=True):
    """The threshold of a `look` proposed from one half of the days of each source, held against the other half."""

    proposed_chance: float
    measured: Rate


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


def halved(peaks: Sequence[Peak], middles: dict[str, int]) -> list[list[Peak]]:
    """Peaks of the first and of the second half of each source's days."""
    return [[p for p in peaks if (p.t >= middles[p.source]) == late] for late in (False, True)]


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


def proposal(tier: str, peaks: Sequence[Peak], days: float, rate: float, in_force: float) -> Proposal:
    """What a rate asks of a threshold, and how the one in force stands to it.

    Args:
        tier: how it is called; names the draws of the interval.
        peaks: of quiet days, those that the threshold would be held against.
        days: ship-days watched.
        rate: allowed, a ship-day.
        in_force: the threshold in force.
    """
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
        proposed_chance=two_figures(chance),
        low=two_figures(low),
        high=two_figures(high),
        rate_is=how,
        in_force_chance=in_force,
        in_force=poisson(sum(p.chance >= in_force for p in peaks), days),
        in_force_fitted=two_figures(tail.rate_at(logit(in_force))) if tail is not None else 0.0,
        in_force_over_proposed=two_figures(in_force / chance),
        in_force_within=two_figures(low) <= in_force <= two_figures(high),
    )


def held_out(own: Sequence[Peak], other: Sequence[Peak], days: float, rate: float) -> HeldOut:
    """A threshold from some peaks, held against others over as many ship-days."""
    chance, _ = threshold_at(own, days, rate)
    return HeldOut(
        proposed_chance=two_figures(chance), measured=poisson(sum(p.chance >= chance for p in other), days)
    )


def two_figures(value: float) -> float:
    """Two figures: a threshold claims no more."""
    return float(f"{value:.2g}")
