"""A small sea in which every behaviour of the first set happens once: for contract checks, tests and demonstrations.

One cable runs north to south; ships come from the west. All of it is invented and marked as simulated. Time and
longitude can be shifted, so that a check can see that nothing depends on them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from seawarden.geodesy import KNOT_MS, destination
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.event import CoverageDeclared, Event
from seawarden.model.position import F64, I64, NO_TIME, Positions, Provenance, concat, make_positions, take
from seawarden.simulate.draws import generator
from seawarden.simulate.scenario_deception import deceived

DAY_T: Final = 1_700_006_400_000
"""2023-11-15T00:00Z."""
LAT: Final = 57.0
LON: Final = 11.0
STEP_S: Final = 30
LATE_MMSI: Final = 211000009
"""The ship one of whose reports arrives late and moves her track off the cable."""

_LINES: Final = [(m, 5.0, c) for _ in range(3) for m, c in ((8.0, 90.0), (0.5, 0.0), (8.0, 270.0), (0.5, 0.0))]
"""To and fro, each line 77 m north of the one before."""
_HEAVES: Final = [(6.0, 1.3, course) for _ in range(4) for course in (270.0, 90.0)]
"""As a ship does that heaves an anchor in."""


class Scenario(NamedTuple):
    """A sea with its ships."""

    assets: list[Asset]
    positions: Positions
    """In order of arrival: in order of time but for the late record."""
    events: list[Event]


def _ship(mmsi: int, lat: float, lon: float, legs: list[tuple[float, float, float]], key: str, t0: int) -> Positions:
    """A ship from a place through legs of (minutes, speed kn, course deg), a report every `STEP_S`."""
    random = generator(key)
    lats, lons, speeds, courses = [], [], [], []
    for minutes, speed, course in legs:
        for _ in range(round(minutes * 60 / STEP_S)):
            lats.append(lat)
            lons.append(lon)
            speeds.append(speed)
            courses.append(course)
            lat, lon = destination(lat, lon, course, speed * KNOT_MS * STEP_S)
    n = len(lats)
    t: I64 = t0 + np.arange(n, dtype=np.int64) * STEP_S * 1000
    sog: F64 = np.maximum(np.array(speeds) + random.normal(0.0, 0.06, n), 0.0)
    return make_positions(
        n,
        t=t,
        mmsi=mmsi,
        lat=lats,
        lon=lons,
        sog_kn=np.round(sog, 1),
        cog_deg=courses,
        heading_deg=courses,
        nav_status=0,
        msg_type=1,
        provenance=int(Provenance.SIMULATED),
    )


def every_kind(*, shift_ms: int = 0, shift_deg: float = 0.0) -> Scenario:
    """The sea, with all its times and longitudes shifted.

    Args:
        shift_ms: added to every time; a multiple of an hour keeps ticks and hours where they are.
        shift_deg: added to every longitude.
    """
    lon0 = _wrap(LON + shift_deg)
    t0 = DAY_T + shift_ms

    def at(east_km: float) -> float:
        return destination(LAT, lon0, 90.0 if east_km >= 0 else 270.0, abs(east_km) * 1000.0)[1]

    cable = Asset(
        id="test-cable",
        name="Test Cable",
        kind="telecom_cable",
        status="in_service",
        versions=(AssetVersion(parts=(((lon0, LAT - 0.3), (lon0, LAT + 0.3)),), sigma_m=((50.0,),)),),
        source="invented",
        licence="CC0-1.0",
    )
    north = LAT + 0.01
    ships = [
        _ship(211000001, north, at(-25), [(150, 10.0, 90.0)], "crosses", t0),
        _ship(211000002, LAT + 0.28, at(-0.6), [(60, 9.0, 180.0), (60, 9.0, 270.0)], "passes", t0),
        _ship(211000003, north, at(-30), [(75, 12.0, 90.0), (60, 8.5, 90.0), (45, 12.0, 90.0)], "slows", t0),
        _ship(211000004, north, at(-12.4), [(60, 6.7, 90.0), (50, 0.2, 90.0), (60, 6.5, 90.0)], "stops", t0),
        _anchored(
            _ship(211000005, LAT, at(-12.2), [(60, 6.6, 90.0), (60, 0.1, 90.0), (40, 6.5, 90.0)], "anchors", t0)
        ),
        _adrift(_ship(211000006, LAT - 0.05, at(-3), [(90, 2.0, 90.0), (60, 8.0, 90.0)], "drifts", t0)),
        _ship(211000007, LAT - 0.08, at(-9.8), [(30, 9.0, 90.0), (6, 2.2, 90.0), (60, 9.0, 90.0)], "crawls", t0),
        _quiet(_ship(211000008, LAT - 0.12, at(-14), [(150, 5.0, 90.0)], "is silent", t0)),
        _ship(LATE_MMSI, LAT - 0.15, at(-6), [(150, 5.0, 90.0)], "is corrected", t0),
        _pulled(_ship(211000010, LAT - 0.2, at(-36), [(90, 11.0, 90.0), (90, 7.7, 90.0)], "drags", t0)),
        _ship(211000011, LAT + 0.2, at(-0.6), _LINES, "sails lines", t0),
        _ship(211000012, LAT - 0.28, at(0.1), [(50, 4.0, 0.0), (60, 9.0, 90.0)], "follows", t0),
        _ship(211000013, LAT + 0.1, at(0.3), [(6, 1.3, c) for c in (0, 90, 180, 270) * 4], "waits", t0),
        _fishing(_ship(211000014, LAT + 0.15, at(-2), [(45, 3.0, 90.0), (45, 3.0, 265.0)], "tows", t0)),
        _dragging(_ship(211000015, LAT - 0.1, at(-2), [(60, 0.05, 90.0), (60, 1.2, 90.0)], "loses her anchor", t0)),
        _ship(211000016, LAT - 0.24, at(-30), [(60, 9.0, 90.0), *_HEAVES, (30, 9.0, 90.0)], "heaves", t0),
        *deceived(_ship, at, LAT, t0),
    ]
    whole = concat(ships)
    whole = take(whole, np.lexsort((whole.mmsi, whole.t)))
    ring = [(at(x), LAT + y) for x, y in ((-60, -0.4), (60, -0.4), (60, 0.4), (-60, 0.4))]
    events: list[Event] = [CoverageDeclared(t=NO_TIME, source="scenario", polygon=tuple(ring))]
    return Scenario([cable], _with_a_late_record(whole, lon0), events)


def _anchored(ship: Positions) -> Positions:
    ship.nav_status[ship.sog_kn < 0.5] = 1
    return ship


def _adrift(ship: Positions) -> Positions:
    slow = ship.sog_kn < 4
    ship.heading_deg[slow] = (ship.cog_deg[slow] + 80.0) % 360.0
    return ship


def _fishing(ship: Positions) -> Positions:
    ship.nav_status[:] = 7
    return ship


def _dragging(ship: Positions) -> Positions:
    """She says that she is at anchor, and her bow points into the wind all the time."""
    ship.nav_status[:] = 1
    ship.heading_deg[:] = 270.0
    return ship


def _pulled(ship: Positions) -> Positions:
    """Her bow is pulled four degrees off her course, and the pull is uneven."""
    slow = ship.sog_kn < 9
    ship.heading_deg[slow] = (ship.cog_deg[slow] + 4.0) % 360.0
    uneven = generator("pull").normal(0.0, 0.3, int(slow.sum()))
    ship.sog_kn[slow] = np.round(ship.sog_kn[slow] + uneven, 1)
    return ship


def _quiet(ship: Positions) -> Positions:
    minutes = (ship.t - ship.t[0]) / 60_000
    return take(ship, (minutes < 60) | (minutes > 100))


def _with_a_late_record(p: Positions, cable_lon: float) -> Positions:
    """One report between the two fixes that part the corrected ship's crossing comes 20 minutes late.

    With it among them the crossing falls at another time, so that what was said of it must be taken back.
    """
    mine = np.flatnonzero(p.mmsi == LATE_MMSI)
    east = (p.lon[mine] - cable_lon + 180.0) % 360.0 - 180.0
    k = int(np.flatnonzero((east[:-1] < 0) & (east[1:] >= 0))[0])
    row = take(p, mine[k : k + 1])
    step = (p.lon[mine[k + 1]] - p.lon[mine[k]] + 180.0) % 360.0 - 180.0
    row.t[:] += STEP_S * 500
    row.lon[:] = _wrap(float(p.lon[mine[k]]) + 0.35 * step)
    late_at = int(np.searchsorted(p.t, int(row.t[0]) + 20 * 60_000))
    out = concat([take(p, slice(0, late_at)), row, take(p, slice(late_at, None))])
    out.seq[:] = np.arange(len(out.t))
    out.offset[:] = np.arange(1, len(out.t) + 1)
    return out


def _wrap(lon: float) -> float:
    return (lon + 180.0) % 360.0 - 180.0
