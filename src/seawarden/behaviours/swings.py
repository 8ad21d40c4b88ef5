"""Legs to and fro along one line while a ship makes no way to speak of."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from seawarden.geodesy import KNOT_MS, local_radii
from seawarden.model.position import F64, I64, Positions
from seawarden.ports import Track
from seawarden.surroundings.doubts import placed

PLACE_SIGMA_M: Final = 15.0
"""Error of a position by GNSS with the rounding of AIS to a ten-thousandth of a minute and the antenna's heaving."""
LONGEST_LEG_S: Final = 1800.0
"""A ship at anchor takes longer for her swing."""
MOST_KN: Final = 5.0
"""Faster than this a leg is no movement of a slow ship but a place that is wrong."""


class Swings(NamedTuple):
    """Legs one way and the other, along the line that she moved on."""

    legs: int
    length_m: float
    """Of the middle one."""
    sigma_m: float
    spell_s: float
    """How long she was slow in all."""

    @property
    def told(self) -> str:
        """In words, without a judgement."""
        return f"{self.legs} legs to and fro of some {self.length_m:.0f} m within {self.spell_s / 60.0:.0f} min"


def swings_of(
    track: Track | Positions, *, slow_kn: float, least_s: float, least_leg_m: float, least_legs: int
) -> Swings | None:
    """Her movement in the last spell of the track in which she was slow; None unless it went to and fro.

    Args:
        track: positions in order of time; doubted places are left out.
        slow_kn: speeds below are slow; the spell ends with her last such report.
        least_s: shortest spell.
        least_leg_m: shortest leg; four times the error of a distance between two reports is safe.
        least_legs: fewest legs.
    """
    good = placed(track.trust) & np.isfinite(track.sog_kn)
    t_s, speed = track.t[good] / 1000.0, track.sog_kn[good].astype(np.float64)
    slow = np.flatnonzero(speed < slow_kn)
    if not len(slow):
        return None
    last = int(slow[-1])
    faster = np.flatnonzero(speed[:last] >= slow_kn)
    first = int(faster[-1]) + 1 if len(faster) else 0
    spell_s = float(t_s[last] - t_s[first])
    if last - first < 2 * least_legs or spell_s < least_s:
        return None
    rows = slice(first, last + 1)
    along = _along(track.lat[good][rows], track.lon[good][rows])
    turns = _turns(along, least_leg_m)
    length, lasted = np.abs(np.diff(along[turns])), np.diff(t_s[rows][turns])
    believed = length <= (lasted + 60.0) * MOST_KN * KNOT_MS
    mine = (length >= least_leg_m) & (lasted <= LONGEST_LEG_S) & believed
    legs = int(np.count_nonzero(mine))
    if legs < least_legs:
        return None
    return Swings(legs, float(np.median(length[mine])), math.sqrt(2.0) * PLACE_SIGMA_M, spell_s)


def _along(lat: F64, lon: F64) -> F64:
    """Metres along the line that fits the places best, shape (n,)."""
    m_lat, m_lon = local_radii(float(lat[0]))
    east = (lon - lon[0] + 180.0) % 360.0 - 180.0
    places = np.column_stack(((lat - lat.mean()) * m_lat, (east - east.mean()) * m_lon))
    _, _, axes = np.linalg.svd(places, full_matrices=False)
    along: F64 = places @ axes[0]
    return along


def _turns(along: F64, least: float) -> I64:
    """Rows at which the way turns by at least so many metres, with the first and the last turn."""
    turns, high, low, rising = [0], 0, 0, 0
    for k in range(1, len(along)):
        high = k if along[k] > along[high] else high
        low = k if along[k] < along[low] else low
        if rising >= 0 and along[high] - along[k] >= least:
            turns, rising, high, low = [*turns, high], -1, k, k
        elif rising <= 0 and along[k] - along[low] >= least:
            turns, rising, high, low = [*turns, low], 1, k, k
    return np.unique(np.array([*turns, high if rising >= 0 else low], dtype=np.int64))
