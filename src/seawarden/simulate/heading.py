"""A plausible heading for tracks that carry none, fitted to real headings.

Heading minus course of a ship is her own constant (gyro, antenna, trim), what the water's set and the wind do to her
at her speed and course, a slow wandering, and the scatter of single reports. Set keeps its direction while she turns,
and tells more the slower she goes; a turn leaves her off by more than that, sometimes by much more.

Fit: headings of 13 ships off Nova Scotia (five August days of 2025, Canadian Coast Guard), 7 among the Aleutian
Islands (January 2017), 4 in the Singapore Strait (2013-2014) and 154 in the Old Bahama Channel (2023-2025). The
median of heading minus course over 20 minutes against that over the 40 before, absolute; median / 90th / 99th
percentile, degrees:

| | real, lowest to highest of the four | made up on Kattegat tracks |
|---|---|---|
| steady course and speed | 0.5-1.0 / 1.0-2.3 / 2.8-4.3 | 0.7 / 2.1 / 4.0 |
| turns of 5-20 degrees | 0.8-1.7 / 2.4-4.4 / 5.2-13 | 1.1 / 3.5 / 7.5 |
| turns of 20-60 degrees | 0.9-1.7 / 1.7-6.0 / 1.7-10 | 1.5 / 5.0 / 8.9 |

Between ships the constant differs by 1.2-2.1 degrees (real) and 2.4 (made up); single reports scatter by 0.5-1.4 and
by 1.1.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

from seawarden.model.position import F64, Positions
from seawarden.simulate.draws import generator

SHIP_DEG: Final = 1.6
SLOW_DEG: Final = 0.85
SLOW_S: Final = 2400.0
REPORT_DEG: Final = 1.1
SET_KN: Final = 0.2
"""Standard deviation of each part of the cross flow (set and leeway), the middle of ships."""
SET_SPREAD: Final = 0.6
"""Spread of its logarithm between ships and waters."""
SET_S: Final = 7200.0
TURN_VAR: Final = 1.0
"""Square degrees that each degree of a turn adds to the wandering, beyond a helmsman's own yaw."""
TURN_S: Final = 180.0
TURN_LEAST_DEG: Final = 3.0
TURN_MOST_DEG: Final = 15.0
TURN_FREEDOM: Final = 3.0
"""What a turn adds has the heavy tail of Student's t with so many degrees of freedom."""
SLOWEST_KN: Final = 4.0
"""Slower ships are set no further off."""


def with_heading(ship: Positions, *key: int | str) -> Positions:
    """The ship with a made-up heading in every report; her other columns are the same arrays.

    The heading of a report depends on her track up to it alone: two tracks that part at a time have the same headings
    until then.

    Args:
        ship: positions of one ship, in order of time.
        *key: names the draw.
    """
    random = generator("heading", *key)
    n = len(ship.t)
    constant = random.normal(0.0, SHIP_DEG)
    flow_kn = SET_KN * float(np.exp(SET_SPREAD * random.standard_normal()))
    wander = random.normal(0.0, SLOW_DEG, n)
    flow = random.normal(0.0, flow_kn, (2, n))
    kick = random.standard_t(TURN_FREEDOM, n) / np.sqrt(TURN_FREEDOM / (TURN_FREEDOM - 2.0))
    scatter = random.normal(0.0, REPORT_DEG, n)
    course = ship.cog_deg.astype(np.float64)
    skew = _skew(ship.t / 1000.0, course, ship.sog_kn.astype(np.float64), wander, flow, kick)
    heading = np.round((course + constant + skew + scatter) % 360.0) % 360.0
    return ship._replace(heading_deg=np.ascontiguousarray(heading, dtype=np.float32))


@njit(cache=True)
def _skew(t_s: F64, course: F64, speed_kn: F64, wander: F64, flow: F64, kick: F64) -> F64:
    """Wandering and drift angle by the set, degrees, shape (n,); NaN courses and speeds keep the last known."""
    n = len(t_s)
    out = np.empty(n)
    way = np.zeros(n)
    slow, north, east, speed, known = 0.0, 0.0, 0.0, 10.0, 0.0
    j = 0
    for i in range(n):
        known += 0.0 if np.isnan(course[i]) else (course[i] - known + 180.0) % 360.0 - 180.0
        way[i] = known
        speed = speed if np.isnan(speed_kn[i]) else max(speed_kn[i], SLOWEST_KN)
        while t_s[j] < t_s[i] - TURN_S:
            j += 1
        if i == 0:
            slow, north, east = wander[0], flow[0, 0], flow[1, 0]
        else:
            step = t_s[i] - t_s[i - 1]
            keep, stay = np.exp(-step / SLOW_S), np.exp(-step / SET_S)
            turned = min(abs(way[i] - way[j]), TURN_MOST_DEG) - TURN_LEAST_DEG
            turned = max(turned, 0.0) * min(step, TURN_S) / TURN_S
            slow = keep * slow + np.sqrt(1.0 - keep**2) * wander[i] + np.sqrt(TURN_VAR * turned) * kick[i]
            fresh = np.sqrt(1.0 - stay**2)
            north, east = stay * north + fresh * flow[0, i], stay * east + fresh * flow[1, i]
        across = east * np.cos(np.radians(known)) - north * np.sin(np.radians(known))
        out[i] = slow - np.degrees(np.arctan2(across, speed))
    return out
