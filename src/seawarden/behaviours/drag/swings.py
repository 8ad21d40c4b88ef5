"""To and fro while stopped: what a ship does that heaves an anchor in, or works loose from what it holds.

A bulk carrier that had dragged an anchor for a day and a half in November 2024 lay for about an hour and moved to and fro
before she sailed on. A ship adrift goes one way, one that swings at her anchor takes hours for it.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from seawarden.behaviours.drag.series import DOUBTS
from seawarden.geodesy import KNOT_MS, local_radii
from seawarden.model.position import F64, I64
from seawarden.ports import Track

SLOW_KN: Final = 3.5
"""A ship that heaves makes no more way than this, or the chain would not come home."""
LEAST_S: Final = 900.0
LEAST_REPORTS: Final = 8
LEAST_LEG_M: Final = 80.0
"""Four times the error of a distance between two reports: less is the receiver's wandering."""
PLACE_SIGMA_M: Final = 15.0
"""Error of a position by GNSS with the rounding of AIS to a ten-thousandth of a minute and the antenna's heaving."""
LONGEST_LEG_S: Final = 1800.0
"""A ship at anchor takes longer for her swing."""
LEAST_LEGS: Final = 3
MOST_KN: Final = 5.0
"""Faster than this a leg is no movement of a slow ship but a place that is wrong."""


class Swings(NamedTuple):
    """Legs one way and the other, along the line that she moved on while stopped."""

    legs: int
    length_m: float
    """Of the middle one."""
    sigma_m: float
    spell_s: float
    """How long she was slow in all."""

    @property
    def told(self) -> str:
        """In words, without a judgement."""
        return f"{self.legs} times to and fro over some {self.length_m:.0f} m within {self.spell_s / 60.0:.0f} min"


def swings_of(track: Track) -> Swings | None:
    """Her movement in the last spell of the track in which she made no way to speak of; None unless to and fro."""
    good = ((track.trust & DOUBTS) == 0) & np.isfinite(track.sog_kn)
    t_s, speed = track.t[good] / 1000.0, track.sog_kn[good].astype(np.float64)
    slow = np.flatnonzero(speed < SLOW_KN)
    if not len(slow):
        return None
    last = int(slow[-1])
    faster = np.flatnonzero(speed[:last] >= SLOW_KN)
    first = int(faster[-1]) + 1 if len(faster) else 0
    spell_s = float(t_s[last] - t_s[first])
    if last - first + 1 < LEAST_REPORTS or spell_s < LEAST_S:
        return None
    rows = slice(first, last + 1)
    along = _along(track.lat[good][rows], track.lon[good][rows])
    turns = _turns(along, LEAST_LEG_M)
    length, lasted = np.abs(np.diff(along[turns])), np.diff(t_s[rows][turns])
    way = length <= (lasted + 60.0) * MOST_KN * KNOT_MS
    mine = (length >= LEAST_LEG_M) & (lasted <= LONGEST_LEG_S) & way
    if np.count_nonzero(mine) < LEAST_LEGS:
        return None
    return Swings(
        int(np.count_nonzero(mine)), float(np.median(length[mine])), math.sqrt(2.0) * PLACE_SIGMA_M, spell_s
    )


def _along(lat: F64, lon: F64) -> F64:
    """Metres along the line that fits the places best, shape (n,)."""
    m_lat, m_lon = local_radii(float(lat[0]))
    places = np.column_stack(((lat - lat.mean()) * m_lat, (lon - lon.mean()) * m_lon))
    _, _, axes = np.linalg.svd(places, full_matrices=False)
    along: F64 = places @ axes[0]
    return along


def _turns(along: F64, least: float) -> I64:
    """Rows at which the way turns by at least so many metres, with the first and the last row."""
    turns, high, low, rising = [0], 0, 0, 0
    for k in range(1, len(along)):
        high = k if along[k] > along[high] else high
        low = k if along[k] < along[low] else low
        if rising >= 0 and along[high] - along[k] >= least:
            turns, rising, low = [*turns, high], -1, k
            high = k
        elif rising <= 0 and along[k] - along[low] >= least:
            turns, rising, high = [*turns, low], 1, k
            low = k
    return np.unique(np.array([*turns, high if rising >= 0 else low], dtype=np.int64))
