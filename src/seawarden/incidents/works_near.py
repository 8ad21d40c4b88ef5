"""Declared works that a ship may be at."""

from __future__ import annotations

from typing import Protocol

from seawarden.model.finding import Reason
from seawarden.model.vessel import ShipRef
from seawarden.risk.evidence import TrackEvidence
from seawarden.risk.needs import Fix
from seawarden.risk.works import works_reason
from seawarden.surroundings.works.book import Match
from seawarden.surroundings.works.door import told


class WorksAt(Protocol):
    """Works by ship, place and time (`surroundings.works.WorksBook`)."""

    def at(
        self, mmsi: int, name: str, lat: float, lon: float, t: int, assets: frozenset[str] = frozenset()
    ) -> Match | None:
        """Works that explain a ship at a place and time, ms; None when none does."""
        ...


def works_near(book: WorksAt | None, track: TrackEvidence, ship: ShipRef, fix: Fix | None) -> Reason | None:
    """The reason that declared works give for a ship, or None."""
    if book is None or fix is None:
        return None
    at = {
        word.casefold()
        for f in track.findings.values()
        if f.asset is not None and f.state != "retracted" and f.end_t is None
        for word in (f.asset.id, f.asset.name, f.asset.system)
    }
    match = book.at(ship.mmsi, ship.name, fix.lat, fix.lon, fix.t, frozenset(at))
    return None if match is None else works_reason(told(match.works), named=match.named)
