"""What ships near did with their speed at the same time: the weather as the ships tell it."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.geodesy import local_radii
from seawarden.model.position import F64, I64

RECENT_S: Final = 1200.0
PAST_S: Final = 3600.0
PAST_END_S: Final = 1500.0
NEAR_M: Final = 25_000.0
SAME_COURSE_DEG: Final = 45.0
MOST: Final = 64


class Fleet(NamedTuple):
    """Ships at ticks, in order of tick; arrays of shape (n,)."""

    tick: I64
    """Number of the tick on the grid."""
    ship: I64
    lat: F64
    lon: F64
    course: F64
    change: F64
    """`change_at` of the ship."""


@njit(cache=True)
def change_at(t_s: F64, log_v: F64, now: float) -> float:
    """Mean log speed of the last 20 minutes minus that of 60 to 25 minutes ago; NaN when either is unknown."""
    recent = 0.0
    past = 0.0
    n_recent = 0
    n_past = 0
    i = np.searchsorted(t_s, now, side="right") - 1
    while i >= 0 and t_s[i] > now - PAST_S:
        age = now - t_s[i]
        if age < RECENT_S:
            recent += log_v[i]
            n_recent += 1
        elif age >= PAST_END_S:
            past += log_v[i]
            n_past += 1
        i -= 1
    if n_recent == 0 or n_past == 0 or past / n_past < 1.1:
        return math.nan
    return recent / n_recent - past / n_past


@njit(cache=True)
def around(fleet: Fleet, ticks: I64, ship: int, lat: F64, lon: F64, course: F64, own: F64, out: F64) -> None:
    """Fill (own change, others' median, their number) at each tick of one ship.

    Args:
        fleet: all ships at ticks, in order of tick; the ship herself is passed over.
        ticks: rising numbers of ticks, shape (m,); `lat`, `lon`, `course`, `own` are the ship at them.
        ship: her number in the fleet.
        out: shape (m, 3) or wider; the first three columns are filled.
    """
    values = np.empty(MOST)
    for k in range(len(ticks)):
        out[k, 0] = own[k]
        m_lat, m_lon = local_radii(lat[k])
        n = 0
        a = np.searchsorted(fleet.tick, ticks[k], side="left")
        while a < len(fleet.tick) and fleet.tick[a] == ticks[k] and n < MOST:
            if fleet.ship[a] != ship and not math.isnan(fleet.change[a]):
                side = abs((fleet.course[a] - course[k] + 180.0) % 360.0 - 180.0)
                if side <= SAME_COURSE_DEG:
                    away = math.hypot((fleet.lat[a] - lat[k]) * m_lat, (fleet.lon[a] - lon[k]) * m_lon)
                    if away <= NEAR_M:
                        values[n] = fleet.change[a]
                        n += 1
            a += 1
        out[k, 1] = np.median(values[:n]) if n else math.nan
        out[k, 2] = n
