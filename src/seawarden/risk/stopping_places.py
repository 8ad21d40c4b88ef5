"""Learned stopping places: where several other hulls have lain still before, stopping there is what ships do.

The shipped table of ports and pilot stations is small, and roadsteads are in no table. So each stop or anchoring that
is seen over an asset is remembered by its place and hull; a ship that stops, anchors or slows where enough others
have stopped is explained by it. Only what was seen before counts, so that nothing is explained by itself.
"""

from __future__ import annotations

import math

import msgspec

from seawarden.model.finding import Finding, Reason
from seawarden.risk.needs import Fix
from seawarden.settings_risk import RiskSettings

STOPS = ("stopped_over_asset", "anchored_over_asset")
CELL_DEG = 0.02
"""About a mile: a roadstead is wider, a cable's corridor is not."""


class StoppingPlaces(msgspec.Struct, kw_only=True):
    """Hulls that lay still, by cell of latitude and longitude, each with the time of its first stop."""

    cells: dict[str, dict[str, int]] = {}

    def take(self, findings: list[Finding]) -> None:
        """Remember the stops among a tick's findings."""
        for finding in findings:
            if finding.kind in STOPS and finding.state == "open" and finding.track and not finding.simulated:
                last = finding.track[-1]
                hulls = self.cells.setdefault(_cell(last.lat, last.lon), {})
                hulls.setdefault(finding.ship.hull_id or str(finding.ship.mmsi), finding.known_from_t)

    def others(self, lat: float, lon: float, hull: str, before_t: int) -> int:
        """How many other hulls stopped in this cell or one beside it before a time."""
        row, col = _row_col(lat, lon)
        seen: set[str] = set()
        for y in (row - 1, row, row + 1):
            for x in (col - 1, col, col + 1):
                for other, t in self.cells.get(f"{y}:{x}", {}).items():
                    if other != hull and t < before_t:
                        seen.add(other)
        return len(seen)

    def reason(self, fix: Fix | None, hull: str, t: int, s: RiskSettings) -> Reason | None:
        """What speaks against a ship's being unusual here; None where too few have stopped."""
        if fix is None:
            return None
        n = self.others(fix.lat, fix.lon, hull, t)
        if n < s.stopping_place_hulls:
            return None
        return Reason(text=f"{n} other ships have lain still here before", weight=s.at_place_logodds, measure="place")


def _row_col(lat: float, lon: float) -> tuple[int, int]:
    squeeze = max(math.cos(math.radians(lat)), 0.05)
    return math.floor(lat / CELL_DEG), math.floor(lon * round(squeeze, 1) / CELL_DEG)


def _cell(lat: float, lon: float) -> str:
    row, col = _row_col(lat, lon)
    return f"{row}:{col}"
