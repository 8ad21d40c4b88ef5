"""How often a quiet ship's hour is called odd: every ship looked at every ten minutes, by the watch's own forecaster.

In the watch only ships of which something else was found are looked at; here all are, so that the rate is that of the
surprise itself. The forecaster learns from the same stream as it passes, as in the watch.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from seawarden import __version__
from seawarden.evaluate.intervals import Rate, poisson
from seawarden.forecast.deviation import FRESH_MS, REACH_MS, Deviation
from seawarden.forecast.feed import Feed
from seawarden.model.asset import Asset
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.error import UsageError
from seawarden.model.event import CoverageDeclared, Event
from seawarden.model.finding import Change, Finding
from seawarden.model.position import concat, take
from seawarden.ports import Surroundings, WholeView
from seawarden.run.build import build
from seawarden.run.merge import merged
from seawarden.settings import Settings, settings_hash
from seawarden.simulate.draws import generator
from seawarden.sources.door import open_source

EVERY_MS = 600_000
DRAWS = 2_000


class DeviationMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome."""

    suite: str = "deviation"
    version: str
    settings_hash: str
    sources: tuple[str, ...]
    looks: int
    """Hours judged, one every ten minutes of a ship."""
    ships: int
    ship_hours: float
    odd_share: dict[str, float]
    """Share of looks at or below each p-value: the p-value itself when calibrated."""
    odd_interval: dict[str, tuple[float, float]]
    """Its 95 % interval by bootstrap over ships."""
    findings: Rate
    """Findings that would have opened, per ship-day under way that was judged."""


class _Everyone(Deviation):
    """Looks at every ship and finds nothing."""

    def __init__(self, feed: Feed, settings: Settings) -> None:
        super().__init__(feed, settings.forecast)
        self.seen: list[tuple[int, float, float]] = []
        self._next: int | None = None

    def on_tick(
        self, t: int, findings: Sequence[Finding], events: Sequence[Event], view: WholeView, around: Surroundings
    ) -> list[Change]:
        if self._next is None or t >= self._next:
            self._next = (t // EVERY_MS + 1) * EVERY_MS
            slots, last = view.last()
            for slot, at in zip(slots.tolist(), last.t.tolist(), strict=True):
                if t - at <= FRESH_MS:
                    mmsi = view.ship(slot).mmsi
                    look = self.look(view.track(slot, t - REACH_MS), mmsi)
                    if look is not None:
                        self.seen.append((mmsi, look.p, look.off_km))
        return []

    def next_wake(self) -> int | None:
        return self._next


def run_deviation(
    sources: Sequence[str | Path],
    *,
    settings: Settings,
    assets: Sequence[Asset],
    coverage: Sequence[CoverageDeclared] = (),
) -> DeviationMetrics:
    """Run the looks over all sources together.

    Raises:
        UsageError: no ship could be judged: the forecaster learns from at least 50 voyages and 100 outcomes.
    """
    catalogue = Catalogue()
    opened = [open_source(uri, catalogue=catalogue) for uri in sources]
    batches = list(merged(opened))
    positions = concat(batch.positions for batch in batches)
    room = build(settings, assets, catalogue=catalogue)
    if room.feed is None:
        raise UsageError("forecasts are switched off: forecast.enabled")
    looking = _Everyone(room.feed, settings)
    room.engine.across = [b for b in room.engine.across if b.spec.name == "learning"] + [looking]
    room.engine.step(Batch(positions=take(positions, slice(None)), events=list(coverage)))
    room.engine.finish()
    if not looking.seen:
        raise UsageError("no ship could be judged: too few voyages or outcomes in these sources")
    mmsi = np.array([seen[0] for seen in looking.seen])
    p = np.array([seen[1] for seen in looking.seen])
    off = np.array([seen[2] for seen in looking.seen])
    s = settings.forecast
    opened_count, state = 0, dict[int, bool]()
    for who, chance, km in zip(mmsi.tolist(), p.tolist(), off.tolist(), strict=True):
        held = state.get(who, False)
        if not held and chance <= s.surprise_p and km >= s.surprise_km:
            opened_count += 1
            state[who] = True
        elif held and chance >= s.surprise_end_p:
            state[who] = False
    levels = (0.01, 0.05, 0.1)
    hours = len(p) * EVERY_MS / 3.6e6
    return DeviationMetrics(
        version=__version__,
        settings_hash=settings_hash(settings),
        sources=tuple(source.name for source in opened),
        looks=len(p),
        ships=len(np.unique(mmsi)),
        ship_hours=round(hours, 1),
        odd_share={str(level): round(float((p <= level).mean()), 4) for level in levels},
        odd_interval={str(level): _interval(mmsi, p <= level) for level in levels},
        findings=poisson(opened_count, hours / 24.0),
    )


def _interval(mmsi: Any, hit: Any) -> tuple[float, float]:
    names, owner = np.unique(mmsi, return_inverse=True)
    n, k = np.bincount(owner), np.bincount(owner, hit.astype(np.float64))
    picked = generator("deviation", "bootstrap").integers(0, len(names), (DRAWS, len(names)))
    shares = k[picked].sum(1) / n[picked].sum(1)
    low, high = np.percentile(shares, [2.5, 97.5])
    return round(float(low), 4), round(float(high), 4)
