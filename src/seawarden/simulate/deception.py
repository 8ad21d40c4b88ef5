"""Forged positions and numbers laid on real tracks: jumps, clones, swaps, circles, slow drifts, and jammed areas.

Each takes positions in order of time and gives them back changed, marked as simulated from where they are. Reports
keep their times, so that the cadence, the gaps and the noise stay those of the real feed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from seawarden.geodesy import KNOT_MS
from seawarden.model.position import F64, Positions, Provenance, concat, take
from seawarden.simulate.draws import generator
from seawarden.simulate.path import metres_per_degree, wrap_deg
from seawarden.tracks import arrays

Mask = npt.NDArray[np.bool_]


def copy_of(p: Positions) -> Positions:
    """Positions that may be written to."""
    return arrays.copy(p)


def shift(p: Positions, rows: Mask, north_m: F64 | float, east_m: F64 | float) -> None:
    """Move positions, in place, by metres north and east; rows is a mask (n,), the shifts scalars or (rows,)."""
    m_lat, m_lon = metres_per_degree(p.lat[rows])
    p.lat[rows] = np.clip(p.lat[rows] + north_m / m_lat, -89.9, 89.9)
    p.lon[rows] = wrap_deg(p.lon[rows] + east_m / m_lon)
    p.provenance[rows] = int(Provenance.SIMULATED)


def jumped(ship: Positions, at_t: int, until_t: int, distance_m: float, bearing_deg: float) -> Positions:
    """One ship whose positions are displaced as a whole from `at_t` to `until_t` (ms)."""
    out = copy_of(ship)
    rows = (out.t >= at_t) & (out.t < until_t)
    course = np.radians(bearing_deg)
    shift(out, rows, distance_m * float(np.cos(course)), distance_m * float(np.sin(course)))
    return out


def cloned(ship: Positions, other: Positions, at_t: int, until_t: int) -> Positions:
    """One ship, and a second transmitter with her number that goes where another ship went in that time."""
    second = copy_of(take(other, (other.t >= at_t) & (other.t < until_t)))
    second.mmsi[:] = ship.mmsi[0]
    second.provenance[:] = int(Provenance.SIMULATED)
    return concat([ship, second])


def swapped(one: Positions, other: Positions, at_t: int, silent_s: float = 0.0) -> tuple[Positions, Positions]:
    """Two ships that exchange their numbers at `at_t`, both unheard for `silent_s` from then on."""
    back_t = at_t + int(silent_s * 1000)
    out = []
    for own, stranger in ((one, other), (other, one)):
        later = copy_of(take(stranger, stranger.t >= back_t))
        later.mmsi[:] = own.mmsi[0]
        later.provenance[:] = int(Provenance.SIMULATED)
        out.append(concat([take(own, own.t < at_t), later]))
    return out[0], out[1]


def circled(
    ship: Positions, at_t: int, until_t: int, radius_m: float, speed_kn: float, *key: int | str, noise_m: float = 3.0
) -> Positions:
    """One ship whose receiver is led round a circle that begins where she is, with speed and course to match.

    The heading, which a gyro compass gives, stays as it was.
    """
    out = copy_of(ship)
    rows = np.flatnonzero((out.t >= at_t) & (out.t < until_t))
    if not len(rows):
        return out
    random = generator("circle", *key)
    course0 = float(out.cog_deg[rows[0]])
    start = np.radians(course0 if np.isfinite(course0) else random.uniform(0.0, 360.0))
    sense = 1.0 if random.random() < 0.5 else -1.0
    seconds = (out.t[rows] - out.t[rows[0]]) / 1000.0
    turned = sense * speed_kn * KNOT_MS / radius_m * seconds
    # the centre lies abeam of the first course
    centre_n, centre_e = -sense * radius_m * np.sin(start), sense * radius_m * np.cos(start)
    north = centre_n + sense * radius_m * np.sin(start + turned) + random.normal(0.0, noise_m, len(rows))
    east = centre_e - sense * radius_m * np.cos(start + turned) + random.normal(0.0, noise_m, len(rows))
    at_lat, at_lon = float(out.lat[rows[0]]), float(out.lon[rows[0]])
    m_lat, m_lon = metres_per_degree(np.full(len(rows), at_lat))
    out.lat[rows] = at_lat + north / m_lat
    out.lon[rows] = wrap_deg(at_lon + east / m_lon)
    out.sog_kn[rows] = np.round(speed_kn + random.normal(0.0, 0.05, len(rows)), 1)
    out.cog_deg[rows] = np.round(np.degrees(start + turned) % 360.0, 1) % 360.0
    out.provenance[rows] = int(Provenance.SIMULATED)
    return out


def drifted(ship: Positions, at_t: int, until_t: int, rate_kn: float, bearing_deg: float) -> Positions:
    """One ship whose positions walk away at a steady rate while her reported speed and course stay true."""
    out = copy_of(ship)
    rows = (out.t >= at_t) & (out.t < until_t)
    gone = rate_kn * KNOT_MS * (out.t[rows] - at_t) / 1000.0
    course = np.radians(bearing_deg)
    shift(out, rows, gone * np.cos(course), gone * np.sin(course))
    return out


def jammed(
    sea: Positions,
    at_t: int,
    until_t: int,
    lat: float,
    lon: float,
    radius_m: float,
    *key: int | str,
    share: float = 0.8,
) -> tuple[Positions, list[int]]:
    """An area in which receivers fail: each ship in it freezes, scatters, loses reports, or all of that in turn.

    Args:
        sea: positions of all ships in order of time.
        at_t: begin, ms.
        until_t: end, ms.
        lat: of the centre, degrees.
        lon: of the centre.
        radius_m: how far it reaches.
        key: names the draw.
        share: of the ships inside that are affected.

    Returns:
        The positions, and the MMSIs that were affected.
    """
    rows = _inside(sea, at_t, until_t, lat, lon, radius_m)
    out = copy_of(sea)
    keep = np.ones(len(out.t), dtype=np.bool_)
    hit: list[int] = []
    for mmsi in np.unique(out.mmsi[rows]).tolist():
        random = generator("jammed", mmsi, *key)
        if random.random() >= share:
            continue
        hit.append(mmsi)
        mine = np.flatnonzero(rows & (out.mmsi == mmsi))
        how = random.choice(("frozen", "scattered", "mixed"), p=(0.25, 0.45, 0.3))
        frozen = how == "frozen" or (how == "mixed" and random.random() < 0.5)
        if frozen:
            out.lat[mine] = out.lat[mine[0]]
            out.lon[mine] = out.lon[mine[0]]
            out.sog_kn[mine] = np.maximum(out.sog_kn[mine[0]], 0.0)
            out.provenance[mine] = int(Provenance.SIMULATED)
        else:
            spread = float(random.uniform(3_000.0, 30_000.0))
            chosen = np.zeros(len(out.t), dtype=np.bool_)
            chosen[mine] = True
            wild = random.normal(0.0, spread, (2, len(mine)))
            shift(out, chosen, wild[0], wild[1])
        if how == "mixed":
            keep[mine[random.random(len(mine)) < 0.4]] = False
    return take(out, keep), hit


def lured(
    sea: Positions,
    at_t: int,
    until_t: int,
    lat: float,
    lon: float,
    radius_m: float,
    *key: int | str,
    to_lat: float,
    to_lon: float,
    share: float = 0.8,
) -> tuple[Positions, list[int]]:
    """An area whose receivers are led to one target: all report places on one circle round it, at one speed.

    Args:
        sea: positions of all ships in order of time.
        at_t: begin, ms.
        until_t: end, ms.
        lat: of the centre of the area, degrees.
        lon: of the centre of the area.
        radius_m: how far the area reaches.
        key: names the draw.
        to_lat: centre of the target circle, degrees.
        to_lon: centre of the target circle.
        share: of the ships inside that are affected.

    Returns:
        The positions, and the MMSIs that were affected.
    """
    rows = _inside(sea, at_t, until_t, lat, lon, radius_m)
    out = copy_of(sea)
    random = generator("lured", *key)
    circle_m, speed_kn = float(random.uniform(300.0, 1_500.0)), float(random.uniform(6.0, 18.0))
    hit: list[int] = []
    for mmsi in np.unique(out.mmsi[rows]).tolist():
        if random.random() >= share:
            continue
        hit.append(mmsi)
        mine = np.flatnonzero(rows & (out.mmsi == mmsi))
        angle = speed_kn * KNOT_MS / circle_m * (out.t[mine] - at_t) / 1000.0
        m_lat, m_lon = metres_per_degree(np.full(len(mine), to_lat))
        out.lat[mine] = to_lat + (circle_m * np.sin(angle) + random.normal(0.0, 3.0, len(mine))) / m_lat
        out.lon[mine] = wrap_deg(to_lon + (circle_m * np.cos(angle) + random.normal(0.0, 3.0, len(mine))) / m_lon)
        out.sog_kn[mine] = round(speed_kn, 1)
        out.cog_deg[mine] = np.round(np.degrees(-angle) % 360.0, 1) % 360.0
        out.provenance[mine] = int(Provenance.SIMULATED)
    return out, hit


def _inside(sea: Positions, at_t: int, until_t: int, lat: float, lon: float, radius_m: float) -> Any:
    m_lat, m_lon = metres_per_degree(np.full(len(sea.t), lat))
    away = np.hypot((sea.lat - lat) * m_lat, wrap_deg(sea.lon - lon) * m_lon)
    return (sea.t >= at_t) & (sea.t < until_t) & (away <= radius_m)
