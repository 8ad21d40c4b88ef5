"""One ship's positions as the columns that the evidence kernel reads."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from seawarden.behaviours.drag.features import COUNT, evidence
from seawarden.behaviours.drag.lanes import Lanes, no_lanes
from seawarden.geodesy import distance_m
from seawarden.model.position import F32, F64, I64, Positions, Trust
from seawarden.ports import Track

DOUBTS = int(Trust.JUMP | Trust.FROZEN | Trust.SHARED_MMSI | Trust.CLOCK)
"""Positions with any of these bits are left out of the evidence."""
_EMPTY: F64 = np.empty(0)
_NONE: Lanes = no_lanes()
APART_S = 25.0
"""Reports closer than this to the last one kept add nothing to evidence in minutes."""


class Series(NamedTuple):
    """Columns of shape (n,) for `features.evidence`."""

    t_s: F64
    log_v: F64
    course: F64
    skew: F64
    lat: F64
    lon: F64


def series_of(ship: Positions | Track) -> Series:
    """Believed positions of one ship, in order of time, as a series. Speed is reported, else implied by the step."""
    out = np.empty((6, len(ship.t)))
    n = _columns(
        ship.t,
        ship.lat,
        ship.lon,
        ship.sog_kn,
        ship.cog_deg,
        ship.heading_deg,
        ship.trust,
        int(APART_S * 1000.0),
        out,
    )
    return Series(*out[:, :n].copy())


@njit(cache=True)
def _columns(
    t: I64,
    lat: F64,
    lon: F64,
    sog_kn: F32,
    cog_deg: F32,
    heading_deg: F32,
    trust: npt.NDArray[np.integer[Any]],
    apart_ms: int,
    out: F64,
) -> int:
    """Fill the columns of a series, shape (6, n), from what is believed and lies apart; returns how many."""
    n = 0
    last = np.int64(0)
    before = np.int64(0)
    course = 0.0
    lacking = False
    for i in range(len(t)):
        rises = i == 0 or t[i] > before
        before = t[i]
        if not rises or (trust[i] & DOUBTS) != 0 or (n > 0 and t[i] - last < apart_ms):
            continue
        last = t[i]
        speed = np.float64(sog_kn[i])
        lacking |= math.isnan(speed)
        cog = np.float64(cog_deg[i])
        if not math.isnan(cog):
            course += (cog - course + 180.0) % 360.0 - 180.0
        out[0, n] = t[i] / 1000.0
        out[1, n] = speed
        out[2, n] = course
        out[3, n] = (np.float64(heading_deg[i]) - cog + 180.0) % 360.0 - 180.0
        out[4, n] = lat[i]
        out[5, n] = lon[i]
        n += 1
    if lacking:
        first = math.nan
        for i in range(n - 1, 0, -1):  # backwards: the step that ends at a report says its speed
            step = distance_m(out[4, i - 1], out[5, i - 1], out[4, i], out[5, i])
            first = step / max(out[0, i] - out[0, i - 1], 1.0) * (3600.0 / 1852.0)
            if math.isnan(out[1, i]):
                out[1, i] = first
        if n > 0 and math.isnan(out[1, 0]):
            out[1, 0] = first
    for i in range(n):
        out[1, i] = math.log(max(out[1, i], 0.1)) if not math.isnan(out[1, i]) else math.log(0.1)
    return n


def extract(
    series: Series,
    ticks_s: F64,
    place: F64 | None = None,
    crossed_s: F64 = _EMPTY,
    lanes: Lanes = _NONE,
    own: Lanes = _NONE,
) -> F64:
    """Feature vectors at the ticks, shape (m, COUNT), in the order of `names.FEATURES`.

    Args:
        series: from `series_of`; it may reach beyond the ticks, nothing later than a tick is read for it.
        ticks_s: s, shape (m,).
        place: distance to a port and share of land round (`context`), shape (m, 2); NaN when None.
        crossed_s: times of her crossings of assets, s.
        lanes: what ships before did here.
        own: what of that is her own doing and left out.
    """
    out = np.empty((len(ticks_s), COUNT))
    where = np.full((len(ticks_s), 2), np.nan) if place is None else place
    evidence(*series, crossed_s, ticks_s, where, lanes, own, out)
    return out
