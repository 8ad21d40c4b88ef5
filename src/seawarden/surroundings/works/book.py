"""All declared works, by ship, place and time."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from seawarden.model.event import WorksDeclared
from seawarden.model.position import NO_TIME
from seawarden.surroundings.watchlists.names import forms


class Match(NamedTuple):
    """Works that a ship may be at."""

    works: WorksDeclared
    named: bool
    """Whether the works name her, by MMSI or name; else she is merely inside of their area."""


class WorksBook:
    """What was declared; the latest declaration of an id counts."""

    def __init__(self) -> None:
        self._works: dict[str, WorksDeclared] = {}

    def declare(self, event: WorksDeclared) -> None:
        """Add works, or replace those of the same id."""
        self._works[event.works_id] = event

    def at(
        self, mmsi: int, name: str, lat: float, lon: float, t: int, assets: frozenset[str] = frozenset()
    ) -> Match | None:
        """Works that explain a ship at a place and time; those that name her before others.

        Args:
            mmsi: hers.
            name: hers, as AIS shows it.
            lat: degrees.
            lon: degrees.
            t: event time, ms.
            assets: ids, names and systems of the assets that she is found at.
        """
        best: Match | None = None
        for works in (self._works[k] for k in sorted(self._works)):
            if t < works.t or (works.from_t != NO_TIME and t < works.from_t):
                continue
            if works.to_t != NO_TIME and t > works.to_t:
                continue
            meant = {name.casefold() for name in works.assets}
            if not (inside(works.polygon, lat, lon) or meant & assets):
                continue
            if works.mmsi or works.names:
                hers = set().union(*(forms(one) for one in works.names)) if works.names else set()
                if (works.mmsi and works.mmsi == mmsi) or (name and hers & forms(name)):
                    return Match(works, True)
                if works.mmsi and not works.names:
                    continue  # one ship alone was meant, and it is another
            best = best or Match(works, False)
        return best

    def memory(self) -> list[Any]:
        """All of it as plain values, for a snapshot."""
        return [msgspec.to_builtins(self._works[k]) for k in sorted(self._works)]

    def recall(self, memory: list[Any]) -> None:
        """Take up what `memory` gave."""
        self._works = {works.works_id: works for works in msgspec.convert(memory, list[WorksDeclared])}


def inside(ring: tuple[tuple[float, float], ...], lat: float, lon: float) -> bool:
    """Whether a place is inside of a ring of (lon, lat) (even-odd rule)."""
    odd = False
    for k in range(len(ring)):
        (x1, y1), (x2, y2) = ring[k - 1], ring[k]
        if (y1 > lat) != (y2 > lat):
            dx2 = (x2 - x1 + 180.0) % 360.0 - 180.0
            dx = (lon - x1 + 180.0) % 360.0 - 180.0
            if dx < dx2 * (lat - y1) / (y2 - y1):
                odd = not odd
    return odd
