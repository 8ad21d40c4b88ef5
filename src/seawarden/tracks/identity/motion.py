"""How well a position continues a track: the miss of dead reckoning from both ends, against what a ship may drift.

Three stories can join two reports of one ship. She held course and speed: then each report foretells the other, and
the miss is the mean of both. She lay where she was: then the miss is the distance. She went along her course and
stopped or slowed on the way: then it is the distance to the line, if both reports agree on it. The last two are
told of many pairs of strangers too, so their miss counts fourfold. Rules and constants are those published for
Global Fishing Watch's segmenter (gpsdio-segment, Apache-2.0, 2021 defaults); none was fitted here.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

NM_PER_DEG: Final = 60.0
METRES_PER_NM: Final = 1_852.0
STILL_KN: Final = 0.35
"""Below it a receiver can't tell the course."""
OTHER_STORIES: Final = 4.0
HOLD_H: Final = 4.0
"""A course is held for about so long: reckoning time grows with the root of what goes beyond it."""
FLOOR_H: Final = 0.25
"""Least time that the allowance is counted over: clocks, receivers and turns."""
MAX_KN: Final = 25.0
"""Miss that is refused, by time."""
SPREAD_KN: Final = 5.0
"""Miss at which a match is e times worse, by time."""


class Fix(NamedTuple):
    """Where and how a ship was."""

    t_h: float
    """Hours, from any start."""
    lat: float
    lon: float
    sog_kn: float
    cog_deg: float


def miss_nm(one: Fix, two: Fix, hours: float) -> float:
    """Miss between two reports under the best of the three stories, nautical miles.

    Args:
        one: the earlier report.
        two: the later.
        hours: time to reckon over, >= 0.
    """
    per_lon = NM_PER_DEG * math.cos(math.radians(0.5 * (one.lat + two.lat)))
    north = NM_PER_DEG * (two.lat - one.lat)
    east = per_lon * ((two.lon - one.lon + 180.0) % 360.0 - 180.0)
    north_1, east_1 = _run(one, hours)
    north_2, east_2 = _run(two, hours)
    held = 0.5 * (math.hypot(north - north_1, east - east_1) + math.hypot(north - north_2, east - east_2))
    gone = math.hypot(north, east)
    along = 0.5 * (_beside(north, east, gone, north_1, east_1) + _beside(north, east, gone, north_2, east_2))
    return min(held, OTHER_STORIES * gone, OTHER_STORIES * along)


def reckoned_h(hours: float) -> float:
    """Time that dead reckoning is good for, out of the time that went by."""
    return hours / (1.0 + math.sqrt(max(hours, 0.0) / HOLD_H))


def likelihood(missed_nm: float, hours: float) -> float:
    """How likely a miss is after a time, per hour of silence; 0 beyond what a ship can do.

    A normal spread of `SPREAD_KN` times the time, over the time: of two tracks that fit alike, the one heard
    last is the likelier.
    """
    allowed_h = math.hypot(hours, FLOOR_H)
    if missed_nm > MAX_KN * allowed_h:
        return 0.0
    return math.exp(-((missed_nm / (SPREAD_KN * allowed_h)) ** 2)) / allowed_h


def _run(fix: Fix, hours: float) -> tuple[float, float]:
    """Way made in some hours, nm north and east."""
    if math.isnan(fix.cog_deg) or math.isnan(fix.sog_kn):
        return 0.0, 0.0
    course = math.radians(fix.cog_deg)
    return fix.sog_kn * hours * math.cos(course), fix.sog_kn * hours * math.sin(course)


def _beside(north: float, east: float, gone: float, run_north: float, run_east: float) -> float:
    """Distance of the other place from the way made, nm; infinite when it does not lie along it."""
    run = math.hypot(run_north, run_east)
    if run == 0.0 or gone == 0.0:
        return math.inf
    along = (north * run_north + east * run_east) / run
    if not 0.0 < along <= run:
        return math.inf
    return abs(north * run_east - east * run_north) / run
