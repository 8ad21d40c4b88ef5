"""The canary: every hour a simulated drag passes the whole chain of a live watch; if it is not found, nobody watches.

It sails in an engine of its own, made of the running watch's own parts: the same behaviours and model, the same
settings, depth, coast and places, screen, risk and alerts. So it meets none of the real ships, findings or ledgers,
and what it says depends on nothing but the hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from seawarden.behaviours.drag.model import shipped
from seawarden.engine import Engine
from seawarden.geography.layer import build_layer
from seawarden.incidents.fleet_stage import FleetStage
from seawarden.model.alert import TIERS
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.error import SeawardenError
from seawarden.model.position import I64, NO_TIME
from seawarden.ports import Behaviour, Surroundings
from seawarden.risk.odds import frequency
from seawarden.settings import Settings
from seawarden.simulate.canary import canary_line, canary_ship
from seawarden.surroundings.coverage import CoverageBook
from seawarden.surroundings.weather import WeatherBook

EVERY_MS: Final = 3_600_000
REPLAYED_MS: Final = 24 * EVERY_MS
"""A recording is not watched by anybody now: one a day shows that the chain was whole."""
STALE_MS: Final = 2 * EVERY_MS
"""A clock of events that has stood still for so long is told by itself."""
WANTED: Final = "look"
"""The tier that the simulated drag must reach: an officer looks."""


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one canary."""

    t: int
    """Full hour of event time, ms, at which it had to be found."""
    found: bool
    tier: str
    """Highest tier raised for it, empty when none."""
    minutes: float | None
    """From the anchor's taking hold to the tier wanted."""
    why: str = ""
    """Why it was not found, in a sentence."""


class Canary:
    """Lets a simulated drag pass at full hours of event time, or once for each day of a recording."""

    def __init__(self, settings: Settings, behaviours: Sequence[Behaviour], around: Surroundings) -> None:
        """Make one.

        Args:
            settings: those of the watch.
            behaviours: those of the watch itself, in their order; all their memory is in states that are not shared.
            around: what lies around the watch's ships; its assets, coverage and weather are left alone.
        """
        self._settings = settings
        self._behaviours = list(behaviours)
        self._around = around
        self.last: Sighting | None = None
        self._days: set[int] = set()
        self.passed = 0
        self.failed = 0

    def until(self, t: int) -> list[Sighting]:
        """Let one pass at the last full hour of event time up to `t`, where none has passed yet.

        Args:
            t: the watch's horizon, ms; nothing happens while it is NO_TIME.
        """
        if t == NO_TIME:
            return []
        at = t // EVERY_MS * EVERY_MS
        return [] if self.last is not None and at <= self.last.t else [self._sent(at)]

    def over(self, times: I64) -> list[Sighting]:
        """Let one pass for each day of a recording in which a ship was heard.

        Args:
            times: event times of positions, ms, (n,); days that were seen before are left out.
        """
        days = np.unique(times // REPLAYED_MS).tolist()
        new = [day for day in days if day not in self._days]
        self._days.update(new)
        return [self._sent((day + 1) * REPLAYED_MS) for day in new]

    def _sent(self, at: int) -> Sighting:
        sighting = self._fly(at)
        self.last = sighting if self.last is None or at >= self.last.t else self.last
        self.passed += sighting.found
        self.failed += not sighting.found
        return sighting

    def why_not(self, now_t: int = NO_TIME) -> list[str]:
        """Why nobody watches, in sentences; empty while the last canary was found.

        Args:
            now_t: event time that the watch claims, ms; with it a clock that stands still is told.
        """
        if self.last is None:
            return ["no simulated drag has passed yet"]
        if not self.last.found:
            return [f"the simulated drag was not found: {self.last.why}"]
        if now_t != NO_TIME and now_t - self.last.t > STALE_MS:
            hours = (now_t - self.last.t) / EVERY_MS
            return [f"no simulated drag has passed for {hours:.0f} h: the watch's clock of events stands still"]
        return []

    def _fly(self, at: int) -> Sighting:
        try:
            return self._pass(at)
        except Exception as broken:  # whatever breaks the chain is what the canary is for
            return Sighting(t=at, found=False, tier="", minutes=None, why=f"the chain broke: {broken}")

    def _pass(self, at: int) -> Sighting:
        behaviours = self._behaviours
        layer = build_layer([canary_line()])
        names = Catalogue()
        names.source("canary")
        coverage = CoverageBook()
        coverage.catalogue = names
        around = self._around._replace(assets=layer, coverage=coverage, weather=WeatherBook())
        fleet = FleetStage(self._settings, layer, around)
        engine = Engine(
            self._settings, behaviours, around, names, fleet, settings_hash="canary", code_version="canary"
        )
        positions, static, held_t = canary_ship(at)
        steps = [engine.step(Batch(positions=positions, statics=[static])), engine.finish()]
        findings = [f for step in steps for f in step.findings if f.kind == "anchor_out"]
        alerts = [a for step in steps for a in step.alerts]
        tier = max((a.highest_tier for a in alerts), key=TIERS.index, default="")
        reached = [a.updated_t for a in alerts if TIERS.index(a.tier) >= TIERS.index(WANTED) and a.tier != "notice"]
        if findings and reached:
            minutes = round((min(reached) - held_t) / 60_000, 1)
            return Sighting(t=at, found=True, tier=tier, minutes=minutes)
        if not findings:
            why = _unseen(self._settings, behaviours)
        else:
            best = max((a.risk for step in steps for a in step.alerts), default=0.0)
            least = frequency(self._settings.alerts.look_chance)
            why = f"its chance of damage came to {frequency(best)}, and `{WANTED}` begins at {least}"
        return Sighting(t=at, found=False, tier=tier, minutes=None, why=why)


def _unseen(settings: Settings, behaviours: Sequence[Behaviour]) -> str:
    if any(b.spec.name == "drag" for b in behaviours):
        return "neither screen nor model saw it"
    if not settings.behaviours.drag.enabled:
        return "the drag behaviour is switched off (behaviours.drag.enabled)"
    try:
        shipped()
    except SeawardenError as error:
        return str(error)
    return "the drag behaviour is not part of this watch"
