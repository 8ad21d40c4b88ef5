"""Where we hear ships: declared areas, declared gaps, and whether the sources themselves went on delivering."""

from __future__ import annotations

import bisect
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from numba import njit

from seawarden.model.batch import Catalogue
from seawarden.model.event import CoverageDeclared, DeclaredGap
from seawarden.model.position import F64, I64, NO_TIME

FOREVER: Final = np.iinfo(np.int64).max
PULSE_MS: Final = 60_000
"""Deliveries are counted by the minute."""


class Coverage(NamedTuple):
    """Rings of all declared areas, as kernels take them."""

    lat: F64
    lon: F64
    start: I64
    """(areas + 1,) where each ring begins; length 1 when nothing is declared."""
    from_t: I64
    to_t: I64


@njit(cache=True)
def inside(coverage: Coverage, lat: float, lon: float, t: int) -> bool:
    """Whether a place is inside a declared area at a time (even-odd rule)."""
    for a in range(len(coverage.start) - 1):
        if t < coverage.from_t[a] or t > coverage.to_t[a]:
            continue
        odd = False
        begin, end = coverage.start[a], coverage.start[a + 1]
        k = end - 1
        for m in range(begin, end):
            y1, y2 = coverage.lat[m], coverage.lat[k]
            if (y1 > lat) != (y2 > lat):
                dx2 = (coverage.lon[k] - coverage.lon[m] + 180.0) % 360.0 - 180.0
                dx = (lon - coverage.lon[m] + 180.0) % 360.0 - 180.0
                if dx < dx2 * (lat - y1) / (y2 - y1):
                    odd = not odd
            k = m
        if odd:
            return True
    return False


class CoverageBook:
    """All that was declared about coverage, and the pulse of the sources."""

    def __init__(self) -> None:
        self._areas: list[CoverageDeclared] = []
        self._gaps: dict[int, list[tuple[int, int]]] = {}
        self._pulse: list[int] = []
        self.compiled = _compile([])
        self.catalogue: Catalogue | None = None
        """Names behind the sources' small integers, where the run gives them."""
        self.learned: Any = None
        """What was learned of where ships are heard (`coverage_learned.Learned`): for the fleet stage alone."""
        self.together: Any = None
        """Stations that fell silent (`coverage_together.Together`)."""
        self.watch: Any = None
        """How well each stretch of each asset is watched (`coverage_watch.WatchBook`)."""

    @property
    def areas(self) -> list[CoverageDeclared]:
        """Everything declared, in order of arrival."""
        return self._areas

    def declare(self, event: CoverageDeclared) -> None:
        """Add an area."""
        self._areas.append(event)
        self.compiled = _compile(self._areas)

    def declare_gap(self, event: DeclaredGap) -> None:
        """Add a source's statement that it has nothing for a ship between two times."""
        self._gaps.setdefault(event.mmsi, []).append((event.start_t, event.end_t))

    def heard(self, times: I64) -> None:
        """Count deliveries: event times (ms, ascending) of all positions of all sources, whatever the ship."""
        if not len(times):
            return
        minutes = times // PULSE_MS
        for minute in minutes[np.flatnonzero(np.diff(minutes, prepend=minutes[0] - 1))]:
            if not self._pulse or minute > self._pulse[-1]:
                self._pulse.append(int(minute))

    def minutes(self) -> I64:
        """Minutes of event time in which anything was delivered, ascending."""
        return np.array(self._pulse, dtype=np.int64)

    def declared_gap(self, mmsi: int, start_t: int, end_t: int) -> bool:
        """Whether a declared gap of this ship covers the greater part of a span."""
        covered = 0
        for a, b in self._gaps.get(mmsi, ()):
            covered += max(0, min(b, end_t) - max(a, start_t))
        return 2 * covered > end_t - start_t

    def alive(self, start_t: int, end_t: int) -> bool:
        """Whether something was delivered in more than half of the minutes of a span."""
        first, last = start_t // PULSE_MS + 1, end_t // PULSE_MS - 1
        if last < first:
            return True
        heard = bisect.bisect_right(self._pulse, last) - bisect.bisect_left(self._pulse, first)
        return 2 * heard > last - first + 1

    def memory(self) -> dict[str, Any]:
        """All of it as plain values, for a snapshot."""
        return {
            "areas": msgspec.to_builtins(self._areas),
            "gaps": [[mmsi, a, b] for mmsi, spans in sorted(self._gaps.items()) for a, b in spans],
            "pulse": self._pulse,
        }

    def recall(self, memory: dict[str, Any]) -> None:
        """Take up what `memory` gave."""
        self._areas = msgspec.convert(memory["areas"], list[CoverageDeclared])
        self._gaps = {}
        for mmsi, a, b in memory["gaps"]:
            self._gaps.setdefault(mmsi, []).append((a, b))
        self._pulse = list(memory["pulse"])
        self.compiled = _compile(self._areas)

    def forget(self, before_t: int) -> None:
        """Drop the pulse before a time."""
        self._pulse = self._pulse[bisect.bisect_left(self._pulse, before_t // PULSE_MS) :]


def _compile(areas: list[CoverageDeclared]) -> Coverage:
    lat: list[float] = []
    lon: list[float] = []
    start = [0]
    for area in areas:
        ring = area.polygon[:-1] if area.polygon[0] == area.polygon[-1] else area.polygon
        lon.extend(x for x, _ in ring)
        lat.extend(y for _, y in ring)
        start.append(len(lat))
    return Coverage(
        lat=np.array(lat, dtype=np.float64),
        lon=np.array(lon, dtype=np.float64),
        start=np.array(start, dtype=np.int64),
        from_t=np.array([a.from_t for a in areas], dtype=np.int64),
        to_t=np.array([a.to_t if a.to_t != NO_TIME else FOREVER for a in areas], dtype=np.int64),
    )
