"""Slow drifts of position: a curve of recall by rate, since a drift slow enough is seen by nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from seawarden.evaluate.integrity.draws import MINUTE_MS, drawn
from seawarden.evaluate.integrity.family import Case, Judged, Outcome, ShipFamily
from seawarden.evaluate.integrity.sea import Sea, half_of, replaced
from seawarden.evaluate.integrity.watch import Watched
from seawarden.evaluate.intervals import binomial
from seawarden.model.position import Positions
from seawarden.simulate.deception import drifted

RATES_KN: Final = (0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0)
LENGTH_MIN: Final = 70.0
HEADLINE_KN: Final = 2.0
"""The rate that the family's own recall is told for."""
KINDS: Final = ("position_drift",)


class DriftFamily:
    """One run a rate, over all ships that are heard well enough."""

    name = "drift"
    about = (
        f"Positions walk away at {HEADLINE_KN:g} kn for 70 min while speed and course stay true; and a curve by rate."
    )
    kinds = KINDS

    def run(self, sea: Sea, watch: Callable[[Positions], Watched]) -> Outcome:
        """Lay, run and judge each rate."""
        curve: list[dict[str, Any]] = []
        headline: list[Judged] = []
        for rate in RATES_KN:
            family = ShipFamily(self.name, self.about, self.kinds, lambda sea, rate=rate: plant(sea, rate))  # type: ignore[misc]
            judged = family.run(sea, watch).judged
            if not judged:
                continue
            minutes = sorted(j.minutes for j in judged if j.minutes is not None)
            curve.append(
                {
                    "rate_kn": rate,
                    "recall": msgspec.to_builtins(binomial(sum(j.found for j in judged), len(judged))),
                    "median_minutes": minutes[len(minutes) // 2] if minutes else None,
                }
            )
            if rate == HEADLINE_KN:
                headline = judged
        return Outcome(headline, {"curve": curve} if curve else {})


def plant(sea: Sea, rate_kn: float) -> tuple[Positions, list[Case]]:
    """One drift a ship, in any direction."""
    changed, cases = {}, []
    for mmsi, ship, at in drawn(sea, "drift", 10.0, LENGTH_MIN):
        until = at + int(LENGTH_MIN * MINUTE_MS)
        bearing = float(sea.draw("drift", sea.name, mmsi).uniform(0.0, 360.0))
        changed[mmsi] = drifted(ship, at, until, rate_kn, bearing)
        cases.append(
            Case(
                family="drift", source=sea.name, half=half_of(mmsi), mmsi=mmsi, start_t=at, end_t=until,
                about={"rate_kn": rate_kn},
            )
        )  # fmt: skip
    return replaced(sea, changed), cases


FAMILY: Final = DriftFamily()
