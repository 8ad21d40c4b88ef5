"""Ships that fall silent together: one station's failure, not theirs."""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
import shapely

from seawarden.geodesy import local_radii
from seawarden.model.finding import AreaRef
from seawarden.model.position import I64
from seawarden.settings_coverage import OutageSettings
from seawarden.surroundings.coverage import CoverageBook
from seawarden.surroundings.coverage_areas import covers
from seawarden.surroundings.coverage_judge import expected
from seawarden.surroundings.coverage_learned import Learned

TOGETHER_MS: Final = 600_000
"""Last reports at most this far apart are of ships that fell silent together."""
OWN_INTERVALS: Final = 4.0
"""Intervals of hers after which a ship is overdue."""
HEARD_SHARE: Final = 3
"""A station has failed when three times as many ships are silent as are still heard among them."""
EDGE_M: Final = 2_000.0
"""Added round the silent ships: what the station heard reaches a little beyond them, others are heard farther off."""


class Station(msgspec.Struct, kw_only=True):
    """A place in which ships fell silent together."""

    area: AreaRef
    since_t: int
    known_t: int
    silent: int
    """Ships that fell silent."""
    told: bool = False
    """Whether a finding was opened."""


class Together(msgspec.Struct, kw_only=True):
    """The stations that are silent now, and those that were within a day."""

    down: list[Station] = []
    over: list[tuple[Station, int]] = []
    """With the time at which ships were heard there again, ms."""

    def step(
        self, book: Learned, coverage: CoverageBook, now: int, s: OutageSettings
    ) -> tuple[list[Station], list[tuple[Station, int]]]:
        """Look at all ships at a time; returns the stations that went silent and those that are heard again."""
        again = [(station, t) for station in self.down if (t := _heard_again(book, station)) is not None]
        for station, _ in again:
            self.down.remove(station)
        self.over = [(st, t) for st, t in self.over if now - t < 86_400_000] + again
        went: list[Station] = []
        rows = _overdue(book, now, s)
        if len(rows) >= s.ships:
            rows = rows[[_expected(book, coverage, int(i), now) for i in rows]]
        rows = rows[[not self._known(book, int(i)) for i in rows]] if len(rows) else rows
        while len(rows) >= s.ships:
            found, rows = _largest(book, rows, now, s)
            if found is None:
                break
            went.append(found)
            self.down.append(found)
        return went, again

    def _known(self, book: Learned, i: int) -> bool:
        t = int(book.ships.t[i])
        return any(within(station, book, i) and station.since_t <= t + TOGETHER_MS for station in self.down)

    def silenced(self, book: Learned, i: int) -> bool:
        """Whether a ship was last heard where and when a station fell silent, or it has been silent since."""
        t = int(book.ships.t[i])
        if self._known(book, i):
            return True
        return any(within(st, book, i) and st.since_t <= t + TOGETHER_MS and t <= end for st, end in self.over)


def within(station: Station, book: Learned, i: int) -> bool:
    """Whether a ship was last heard in the station's area."""
    return bool(covers(station.area, book.ships.lat[i : i + 1], book.ships.lon[i : i + 1])[0])


def _expected(book: Learned, coverage: CoverageBook, i: int, now: int) -> bool:
    """Whether she should still be heard: ships that sail out of what is heard do so by threes as well."""
    limits = book.settings
    place = expected(
        book, coverage, i, now, good_hours=limits.good_hours, most_loss_per_h=limits.observed_loss_per_h
    )  # fmt: skip
    return place is not None


def _overdue(book: Learned, now: int, s: OutageSettings) -> I64:
    table, n = book.ships, book.n_ships
    rows = book.overdue(now, s.overdue_s, OWN_INTERVALS)
    rows = rows[now - table.t[rows] < 3 * TOGETHER_MS]
    up = book.feeds.table.down[table.feed[:n]] == 0
    found: I64 = rows[up[rows]]
    return found


def _largest(book: Learned, rows: I64, now: int, s: OutageSettings) -> tuple[Station | None, I64]:
    """The largest cluster of silent ships with hardly a heard one among them, and the rows that are left."""
    table, n = book.ships, book.n_ships
    heard = np.flatnonzero(
        (now - table.t[:n] <= np.maximum(s.overdue_s, OWN_INTERVALS * table.interval_s[:n]) * 1000.0)
        & (now - table.t[:n] <= 3 * TOGETHER_MS)
    )
    best: I64 = rows[:0]
    around: AreaRef | None = None
    for i in rows.tolist():
        mine = book.near(float(table.lat[i]), float(table.lon[i]), s.radius_km * 1000.0, rows)
        mine = mine[np.abs(table.t[mine] - table.t[i]) <= TOGETHER_MS]
        if len(mine) <= len(best) or len(mine) < s.ships:
            continue
        area = _area(book, mine)
        still = heard[table.t[heard] > table.t[mine].max()]
        if len(mine) >= HEARD_SHARE * int(np.count_nonzero(covers(area, table.lat[still], table.lon[still]))):
            best, around = mine, area
    if around is None:
        return None, rows
    left: I64 = rows[~np.isin(rows, best)]
    return Station(area=around, since_t=int(table.t[best].min()), known_t=now, silent=len(best)), left


def _area(book: Learned, rows: I64) -> AreaRef:
    """Hull of the places where ships were last heard, with a margin."""
    lat, lon, t = book.ships.lat[rows], book.ships.lon[rows], book.ships.t[rows]
    east = (lon - lon[0] + 180.0) % 360.0 - 180.0
    mid_lat, mid_east = float(lat.mean()), float(east.mean())
    per_lat, per_lon = local_radii(mid_lat)
    points = np.column_stack([(east - mid_east) * per_lon, (lat - mid_lat) * per_lat])
    hull = shapely.MultiPoint(points).convex_hull.buffer(EDGE_M, quad_segs=4)
    ring = tuple(
        (round((float(lon[0]) + mid_east + x / per_lon + 180.0) % 360.0 - 180.0, 5), round(mid_lat + y / per_lat, 5))
        for x, y in hull.exterior.coords[:-1]
    )
    return AreaRef(
        id=f"station-{int(t.min())}-{int(book.ships.mmsi[rows].min())}",
        lat=mid_lat,
        lon=float((lon[0] + mid_east + 180.0) % 360.0 - 180.0),
        radius_m=float(np.hypot(*points.T).max()) + EDGE_M,
        polygon=ring,
    )


def _heard_again(book: Learned, station: Station) -> int | None:
    """When ships were heard there again after it fell silent, ms; one is not enough."""
    s, n = book.ships, book.n_ships
    rows = np.flatnonzero(s.t[:n] > station.known_t)
    rows = rows[covers(station.area, s.lat[rows], s.lon[rows])]
    times = np.sort(s.t[rows])
    return int(times[0]) if len(times) >= 2 else None
