"""The days of a backtest as figures with exact intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

import msgspec

from seawarden import __version__
from seawarden.evaluate.backtest.record import Day, Planted, Told
from seawarden.evaluate.intervals import Rate, Share, binomial, poisson
from seawarden.model.alert import TIERS
from seawarden.model.depth import DepthSource
from seawarden.model.drag_model import DragModelSource

MINUTES: Final = (15.0, 30.0, 60.0)
DAY_MS: Final = 86_400_000


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """A count against both exposures."""

    a_ship_day: Rate
    a_100_cable_km_day: Rate


class Recall(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the drags of one loss."""

    found: dict[str, Share]
    """By minutes: a finding of her speed or of the model."""
    looked: dict[str, Share]
    """By minutes: an alert of `look` or more."""
    ships: int


class Metrics(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of a backtest."""

    suite: str = "backtest"
    version: str = __version__
    settings_hash: str
    assets_hash: str
    sources: tuple[str, ...]
    first_day: str
    last_day: str
    days: int
    records: int
    positions: int
    ship_days: float
    cable_km_days: float
    """Kilometres of assets near which ships were heard, summed over the days."""
    rejected: dict[str, int]
    tiers: dict[str, Counted]
    """Alerts by highest tier."""
    kinds: dict[str, dict[str, Counted]]
    """Alerts by the kind of their earliest sign, then by highest tier; none that never came."""
    findings: dict[str, Counted]
    retracted: int
    planted: dict[str, Recall]
    """By share of the speed lost."""
    planted_cases: int
    allowed_a_ship_day: dict[str, float]
    """The rates that the settings allow each tier."""
    weather: bool
    """Whether weather was given."""
    depths: tuple[DepthSource, ...] = ()
    """A user's grid of depths and the one beneath it; empty where none was given."""
    drag_model: DragModelSource | None = None
    """The model that looked for drags; None where nothing did."""


class Whole(msgspec.Struct, kw_only=True):
    """All days together; of each day only what the figures and the report need is kept."""

    days: list[tuple[str, int, int, float, float, int]] = []
    """Name, ships, positions, ship-days, kilometres of assets, alerts of `look` or more."""
    told: dict[str, Told] = {}
    planted: list[Planted] = []
    tiers: dict[str, dict[str, int]] = {}
    findings: dict[str, int] = {}
    rejected: dict[str, int] = {}
    records: int = 0
    positions: int = 0
    watched_ms: int = 0
    retracted: int = 0


def gather(days: Iterable[Day]) -> Whole:
    """Sum the days, in order."""
    whole = Whole()
    findings: Counter[str] = Counter()
    rejected: Counter[str] = Counter()
    for day in days:
        findings.update(day.findings)
        rejected.update(day.rejected)
        for kind, counts in day.alerts.items():
            held = whole.tiers.setdefault(kind, {})
            for tier, n in counts.items():
                held[tier] = held.get(tier, 0) + n
        for id_ in day.withdrawn:
            whole.told.pop(id_, None)
        for told in day.told:
            whole.told[told.id] = told
        looks = sum(n for counts in day.alerts.values() for tier, n in counts.items() if tier != TIERS[0])
        row = (day.day, day.ships, day.positions, day.watched_ms / DAY_MS, day.cable_km, looks)
        whole.days.append(row)
        whole.planted += day.planted
        whole.records += day.records
        whole.positions += day.positions
        whole.watched_ms += day.watched_ms
        whole.retracted += day.retracted
    whole.findings, whole.rejected = dict(sorted(findings.items())), dict(sorted(rejected.items()))
    return whole


def metrics_of(
    whole: Whole,
    *,
    settings_hash: str,
    assets_hash: str,
    sources: Iterable[str],
    allowed: dict[str, float],
    weather: bool,
    depths: tuple[DepthSource, ...] = (),
    drag_model: DragModelSource | None = None,
) -> Metrics:
    """Figures of all days."""
    ship_days = whole.watched_ms / DAY_MS
    km_days = sum(row[4] for row in whole.days)

    def counted(n: int) -> Counted:
        # a correction may take back more in one day than came, never in all
        return Counted(
            a_ship_day=poisson(max(n, 0), ship_days), a_100_cable_km_day=poisson(max(n, 0), km_days / 100.0)
        )

    tiers = {tier: sum(counts.get(tier, 0) for counts in whole.tiers.values()) for tier in TIERS}
    named = [row[0].split("+")[0] for row in whole.days]
    return Metrics(
        settings_hash=settings_hash,
        assets_hash=assets_hash,
        sources=tuple(sources),
        first_day=min(named, default=""),
        last_day=max(named, default=""),
        days=len(set(named)),
        records=whole.records,
        positions=whole.positions,
        ship_days=round(ship_days, 4),
        cable_km_days=round(km_days, 2),
        rejected=whole.rejected,
        tiers={tier: counted(n) for tier, n in tiers.items()},
        kinds={
            kind: {tier: counted(n) for tier in TIERS if (n := counts.get(tier, 0)) > 0}
            for kind, counts in sorted(whole.tiers.items())
            if any(n > 0 for n in counts.values())
        },
        findings={kind: counted(n) for kind, n in whole.findings.items() if n > 0},
        retracted=whole.retracted,
        planted={f"{loss:.0%}": _recall(whole.planted, loss) for loss in sorted({p.loss for p in whole.planted})},
        planted_cases=len(whole.planted),
        allowed_a_ship_day=allowed,
        weather=weather,
        depths=depths,
        drag_model=drag_model,
    )


def _recall(planted: list[Planted], loss: float) -> Recall:
    mine = [p for p in planted if p.loss == loss]

    def within(times: list[float | None]) -> dict[str, Share]:
        return {
            f"{limit:.0f}": binomial(sum(t is not None and t <= limit for t in times), len(times))
            for limit in MINUTES
        }

    return Recall(
        found=within([p.found_min for p in mine]),
        looked=within([p.look_min for p in mine]),
        ships=len({p.mmsi for p in mine}),
    )
