"""One ship's positions as the columns that the evidence kernel reads."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from seawarden.behaviours.drag.features import COUNT, evidence
from seawarden.geodesy import distances_m
from seawarden.model.position import F64, Positions, Trust
from seawarden.ports import Track

DOUBTS = int(Trust.JUMP | Trust.FROZEN | Trust.SHARED_MMSI | Trust.CLOCK)
"""Positions with any of these bits are left out of the evidence."""
_EMPTY: F64 = np.empty(0)


class Series(NamedTuple):
    """Columns of shape (n,) for `features.evidence`."""

    t_s: F64
    log_v: F64
    course: F64
    skew: F64


def series_of(ship: Positions | Track) -> Series:
    """Believed positions of one ship, in order of time, as a series. Speed is reported, else implied by the step."""
    keep = (ship.trust & DOUBTS) == 0
    keep[1:] &= np.diff(ship.t) > 0
    t_s = ship.t[keep] / 1000.0
    lat, lon = ship.lat[keep], ship.lon[keep]
    sog = ship.sog_kn[keep].astype(np.float64)
    if len(t_s) > 1 and np.any(np.isnan(sog)):
        step = distances_m(lat[:-1].copy(), lon[:-1].copy(), lat[1:].copy(), lon[1:].copy())
        implied = step / np.maximum(np.diff(t_s), 1.0) * (3600.0 / 1852.0)
        sog = np.where(np.isnan(sog), np.concatenate((implied[:1], implied)), sog)
    cog = ship.cog_deg[keep].astype(np.float64)
    heading = ship.heading_deg[keep].astype(np.float64)
    log_v = np.log(np.maximum(np.where(np.isnan(sog), 0.1, sog), 0.1))
    skew = np.remainder(heading - cog + 180.0, 360.0) - 180.0
    return Series(t_s, log_v, _unwrap(cog), skew)


@njit(cache=True)
def _unwrap(angle: F64) -> F64:
    """Angles without jumps of a turn; a missing angle repeats the last."""
    out = np.empty(len(angle))
    last = 0.0
    for i in range(len(angle)):
        if np.isnan(angle[i]):
            out[i] = last
            continue
        out[i] = last + (angle[i] - last + 180.0) % 360.0 - 180.0
        last = out[i]
    return out


def extract(series: Series, ticks_s: F64, around: F64 | None = None, crossed_s: F64 = _EMPTY) -> F64:
    """Feature vectors at the ticks, shape (m, COUNT), in the order of `names.FEATURES`.

    Args:
        series: from `series_of`; it may reach beyond the ticks, nothing later than a tick is read for it.
        ticks_s: s, shape (m,).
        around: own and others' change of speed, their number, and the place (`context`), shape (m, 5); NaN when None.
        crossed_s: times of her crossings of assets, s.
    """
    out = np.empty((len(ticks_s), COUNT))
    beside = np.full((len(ticks_s), 5), np.nan) if around is None else around
    evidence(*series, crossed_s, ticks_s, beside, out)
    return out
