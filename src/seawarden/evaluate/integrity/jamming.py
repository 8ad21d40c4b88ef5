"""Jammed areas, and areas led to one target, on stretches of real traffic; and quiet days with outages and noise.

The quiet days are the sources' own, run again and again with other draws until there are thirty: in each, the whole
feed or a region of it stops for one to twenty-four hours, ships have jumps, scatters and frozen positions of their
own at ten times the rate allowed for false findings, and one day in three the feed's clock jumps by some minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec
import numpy as np

from seawarden.evaluate.integrity.family import Case, Judged, Outcome
from seawarden.evaluate.integrity.sea import Sea, half_of, ordered
from seawarden.evaluate.integrity.watch import Watched
from seawarden.evaluate.intervals import poisson
from seawarden.geodesy import distance_m
from seawarden.model.position import Positions, concat, take
from seawarden.simulate.deception import copy_of, jammed, jumped, lured, shift
from seawarden.simulate.path import metres_per_degree, wrap_deg

KIND: Final = "interference"
MINUTE_MS: Final = 60_000
RADIUS_M: Final = (10_000.0, 40_000.0)
LENGTH_MIN: Final = (20.0, 60.0)
LEAST_SHIPS: Final = 5
"""Ships inside that are heard every two minutes; one in five of them is spared."""
REPORTS: Final = 4
"""Reports of each in the first eight minutes: a place is believed after three that hold together."""
SCENES: Final = 12
"""Areas on each source: half jammed, half led."""
NOISE_A_DAY: Final = 0.2
"""Troubles of single ships, a ship-day."""
QUIET_DAYS: Final = 30.0
"""Over all sources; each brings its share by the number of sources, so that the suite's total is at least this."""
WITHIN_MIN: Final = 10.0


class JammingFamily:
    """Area events."""

    name = "jamming"
    about = "All receivers within 10 to 40 km fail, or are led to one target, for 20 to 60 min; four ships in five."
    kinds = (KIND,)

    def run(self, sea: Sea, watch: Callable[[Positions], Watched]) -> Outcome:
        """Each scene in a run of its own over the hours around it, and the quiet days."""
        judged, details = [], []
        for number in range(SCENES):
            scene = _scene(sea, number)
            if scene is None:
                continue
            positions, case, hit = scene
            areas = [f for f in watch(positions).findings if f.kind == KIND and f.revision == 1]
            own = [f for f in areas if case.start_t <= f.known_from_t <= case.end_t + 30 * MINUTE_MS]
            minutes = round((min(f.known_from_t for f in own) - case.start_t) / MINUTE_MS, 1) if own else None
            judged.append(Judged(case=case, found=bool(own), kind=KIND if own else "", minutes=minutes))
            away = None
            if own and own[0].area is not None:
                area = own[0].area
                away = round(float(distance_m(area.lat, area.lon, case.about["lat"], case.about["lon"])))
            details.append({"minutes": minutes, "ships_hit": hit, "areas": len(areas), "centre_off_m": away})
        days, false = self._quiet(sea, watch)
        soon = sum(j.minutes is not None and j.minutes <= WITHIN_MIN for j in judged)
        extra: dict[str, Any] = {
            "quiet_days": round(days, 2),
            "false_areas": false,
            "false_areas_per_30_days": msgspec.to_builtins(poisson(false, days / 30.0)),
            "found_within_10_min": soon,
            "scenes": details,
        }
        return Outcome(judged, extra)

    def _quiet(self, sea: Sea, watch: Callable[[Positions], Watched]) -> tuple[float, int]:
        span = float(sea.positions.t[-1] - sea.positions.t[0]) / 86_400_000.0
        days, false, number = 0.0, 0, 0
        while days < QUIET_DAYS / 2.0 and number < 40 and span > 0.02:
            positions = troubled(sea, number)
            last = {f.id: f for f in watch(positions).findings if f.kind == KIND}
            false += sum(f.state != "retracted" for f in last.values())
            days += span
            number += 1
        return days, false


def _scene(sea: Sea, number: int) -> tuple[Positions, Case, int] | None:
    """Positions of the hours around one area, the case, and how many ships were affected; None where too few sail."""
    p = sea.positions
    random = sea.draw("jamming", sea.name, number)
    for _ in range(40):
        row = int(random.integers(len(p.t)))
        at = int(p.t[row])
        lat, lon = float(p.lat[row]), float(p.lon[row])
        radius = float(random.uniform(*RADIUS_M))
        until = at + int(random.uniform(*LENGTH_MIN) * MINUTE_MS)
        if at - int(p.t[0]) < 30 * MINUTE_MS or int(p.t[-1]) < until:
            continue
        around = take(p, (p.t >= at - 120 * MINUTE_MS) & (p.t <= until + 60 * MINUTE_MS))
        if _inside(around, at, at + 8 * MINUTE_MS, lat, lon, radius) < LEAST_SHIPS:
            continue
        key = sea.named(sea.name, number)
        if number % 2 == 0:
            changed, hit = jammed(around, at, until, lat, lon, radius, *key)
        else:
            far = float(random.uniform(0.5, 2.0))
            changed, hit = lured(
                around, at, until, lat, lon, radius, *key, to_lat=lat + far, to_lon=wrap_lon(lon + far)
            )
        if len(hit) < 3:
            continue
        case = Case(
            family="jamming", source=sea.name, half=half_of(number), mmsi=0, start_t=at, end_t=until,
            about={"radius_m": round(radius), "lat": round(lat, 4), "lon": round(lon, 4), "ships": float(len(hit)),
                   "led": float(number % 2)},
        )  # fmt: skip
        return ordered(changed), case, len(hit)
    return None


def wrap_lon(lon: float) -> float:
    """A longitude in -180..180."""
    return (lon + 180.0) % 360.0 - 180.0


def troubled(sea: Sea, number: int) -> Positions:
    """A source's days with outages, noise of single ships, and now and then a clock that jumps; no interference."""
    random = sea.draw("troubled", sea.name, number)
    p = copy_of(sea.positions)
    first, last = int(p.t[0]), int(p.t[-1])
    parts = []
    for mmsi in np.unique(p.mmsi).tolist():
        ship = take(p, p.mmsi == mmsi)
        if random.random() < 1.0 - np.exp(-NOISE_A_DAY * max(sea.ship_days[mmsi], 0.02)):
            at = int(random.uniform(first, last))
            until = at + int(random.uniform(10, 60) * MINUTE_MS)
            how = random.random()
            if how < 0.4:
                ship = jumped(ship, at, until, float(random.uniform(1e4, 3e5)), float(random.uniform(0.0, 360.0)))
            elif how < 0.7:
                rows = (ship.t >= at) & (ship.t < until)
                if rows.any():
                    shift(ship, rows, *random.normal(0.0, 1e4, (2, int(rows.sum()))))
            else:
                rows = (ship.t >= at) & (ship.t < until)
                if rows.any():
                    k = int(np.flatnonzero(rows)[0])
                    ship.lat[rows], ship.lon[rows] = ship.lat[k], ship.lon[k]
        parts.append(ship)
    out = concat(parts)
    for hours in (1.0, 6.0, 24.0):
        begin = int(random.uniform(first, last))
        dead = (out.t >= begin) & (out.t < begin + int(hours * 60 * MINUTE_MS))
        if random.random() < 0.5:
            k = int(random.integers(len(out.t)))
            m_lat, m_lon = metres_per_degree(np.full(len(out.t), float(out.lat[k])))
            near = np.hypot((out.lat - out.lat[k]) * m_lat, wrap_deg(out.lon - out.lon[k]) * m_lon) < 30_000.0
            dead &= near
        if hours * 3_600_000 < 0.6 * (last - first):
            out = take(out, ~dead)
    if number % 3 == 0 and len(out.t):
        begin = int(random.uniform(first, last))
        late = (out.t >= begin) & (out.t < begin + 60 * MINUTE_MS)
        out.t[late] += int(random.uniform(3, 15) * MINUTE_MS)
    return ordered(out)


def _inside(p: Positions, from_t: int, to_t: int, lat: float, lon: float, radius_m: float) -> int:
    """Ships inside that report at least `REPORTS` times: what is not heard can't be seen."""
    rows = (p.t >= from_t) & (p.t <= to_t)
    m_lat, m_lon = metres_per_degree(np.full(int(rows.sum()), lat))
    away = np.hypot((p.lat[rows] - lat) * m_lat, wrap_deg(p.lon[rows] - lon) * m_lon)
    _, counts = np.unique(p.mmsi[rows][away <= 0.9 * radius_m], return_counts=True)
    return int(np.count_nonzero(counts >= REPORTS))


FAMILY: Final = JammingFamily()
