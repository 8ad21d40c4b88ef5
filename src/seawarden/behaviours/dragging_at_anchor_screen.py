"""The screen for dragging at anchor: a ship that has lain in one place leaves it slowly.

She lies once she has kept to a place for the better part of an hour; her place is the mean of her positions there.
A position farther from it than any small ship swings begins a departure, which is handed out when it has lasted, and
every ten minutes from then on, until she makes way, lies still again, or is unheard.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.behaviours.emit import SPARE, Buffer, emit
from seawarden.geodesy import distance_m, wrap_deg
from seawarden.model.position import F32, F64, I8, I32, I64, NO_TIME
from seawarden.ports import Enriched

LOOK: Final = 0
CLOSE: Final = 1
AWAY: Final = 0
LYING: Final = 1
LEAVING: Final = 2
TOLD: Final = 3
AT_ANCHOR: Final = 1
MOORED: Final = 5
"""Navigational status by ITU-R M.1371-5, table 45."""
AGAIN_MS: Final = 600_000
REST_M: Final = 150.0
"""Within this for as long as it takes to settle, she lies still again."""


class Limits(NamedTuple):
    """The screen's settings."""

    still_kn: float
    most_kn: float
    least_m: float
    reach_m: float
    settle_ms: int
    sustain_ms: int
    heave_ms: int
    gap_ms: int


class DraggingState(NamedTuple):
    """Arrays (n,)."""

    phase: I8
    since: I64
    """Since when she lies, ms."""
    lat: F64
    """Mean of her positions while she lies."""
    lon: F64
    fixes: I32
    said: I32
    """Positions that said at anchor."""
    radius_m: F32
    """Farthest from the mean while she lay."""
    out_t: I64
    """Since when she is outside, ms."""
    look_t: I64
    fast_t: I64
    """Since when she makes way, ms, or NO_TIME."""
    rest_t: I64
    """Since when she is by `rest_lat`, `rest_lon`, ms."""
    rest_lat: F64
    rest_lon: F64
    last_t: I64
    asset: I32
    near_m: F32
    near_kp_km: F64
    near_sigma_m: F32


def new_state(n: int) -> DraggingState:
    """State arrays for `n` ships."""
    return DraggingState(
        phase=np.zeros(n, dtype=np.int8),
        since=np.full(n, NO_TIME, dtype=np.int64),
        lat=np.full(n, np.nan),
        lon=np.full(n, np.nan),
        fixes=np.zeros(n, dtype=np.int32),
        said=np.zeros(n, dtype=np.int32),
        radius_m=np.zeros(n, dtype=np.float32),
        out_t=np.full(n, NO_TIME, dtype=np.int64),
        look_t=np.full(n, NO_TIME, dtype=np.int64),
        fast_t=np.full(n, NO_TIME, dtype=np.int64),
        rest_t=np.full(n, NO_TIME, dtype=np.int64),
        rest_lat=np.full(n, np.nan),
        rest_lon=np.full(n, np.nan),
        last_t=np.full(n, NO_TIME, dtype=np.int64),
        asset=np.full(n, -1, dtype=np.int32),
        near_m=np.full(n, np.inf, dtype=np.float32),
        near_kp_km=np.full(n, np.nan),
        near_sigma_m=np.full(n, np.nan, dtype=np.float32),
    )


@njit(cache=True)
def _say(out: Buffer, s: DraggingState, i: int, t: int, code: int, off_m: float, lat: float, lon: float) -> None:
    row = emit(out, t, i, code, s.asset[i], s.out_t[i])
    out.v[row, 0] = off_m
    out.v[row, 1] = s.lat[i]
    out.v[row, 2] = s.lon[i]
    out.v[row, 3] = s.radius_m[i]
    out.v[row, 4] = s.near_m[i]
    out.v[row, 5] = s.near_kp_km[i]
    out.v[row, 6] = s.near_sigma_m[i]
    out.v[row, 7] = s.said[i] / max(s.fixes[i], 1)
    out.v[row, 8] = lat
    out.v[row, 9] = lon
    out.v[row, 10] = (s.out_t[i] - s.since[i]) / 1000.0


@njit(cache=True)
def _lie(e: Enriched, s: DraggingState, j: int, i: int) -> None:
    """She begins to lie here."""
    s.phase[i] = LYING
    s.since[i] = e.p.t[j]
    s.lat[i] = e.p.lat[j]
    s.lon[i] = e.p.lon[j]
    s.fixes[i] = 1
    s.said[i] = 1 if e.p.nav_status[j] == AT_ANCHOR else 0
    s.radius_m[i] = 0.0
    s.fast_t[i] = NO_TIME


@njit(cache=True)
def _end(out: Buffer, s: DraggingState, i: int, t: int, off_m: float, lat: float, lon: float) -> None:
    if s.phase[i] == TOLD:
        _say(out, s, i, t, CLOSE, off_m, lat, lon)
    s.phase[i] = AWAY


@njit(cache=True)
def _outside(e: Enriched, s: DraggingState, j: int, i: int, off_m: float, limits: Limits, out: Buffer) -> None:
    """One position of a ship outside of where she lay."""
    t, lat, lon = e.p.t[j], e.p.lat[j], e.p.lon[j]
    if distance_m(s.rest_lat[i], s.rest_lon[i], lat, lon) > REST_M:
        s.rest_t[i] = t
        s.rest_lat[i] = lat
        s.rest_lon[i] = lon
    elif t - s.rest_t[i] > limits.settle_ms:
        _end(out, s, i, t, off_m, lat, lon)
        _lie(e, s, j, i)
        return
    near = e.near_asset[j]
    if near >= 0 and (s.phase[i] == LEAVING or near == s.asset[i]):
        s.asset[i] = near
        s.near_m[i] = e.near_m[j]
        s.near_kp_km[i] = e.near_kp_km[j]
        s.near_sigma_m[i] = math.sqrt(e.near_sigma_m[j] ** 2 + e.p.pos_sigma_m[j] ** 2)
    if t >= s.look_t[i] and s.asset[i] >= 0 and e.speed_kn[j] <= limits.most_kn:
        s.phase[i] = TOLD
        s.look_t[i] = t + AGAIN_MS
        _say(out, s, i, t, LOOK, off_m, lat, lon)


@njit(cache=True)
def _step(e: Enriched, s: DraggingState, j: int, i: int, limits: Limits, out: Buffer) -> None:
    """One position of a ship that lies, or leaves."""
    t, lat, lon, v = e.p.t[j], e.p.lat[j], e.p.lon[j], e.speed_kn[j]
    s.last_t[i] = t
    off_m = distance_m(s.lat[i], s.lon[i], lat, lon)
    if v > limits.most_kn or e.p.nav_status[j] == MOORED:
        if s.fast_t[i] == NO_TIME:
            s.fast_t[i] = t
        if s.phase[i] == LYING or t - s.fast_t[i] >= limits.heave_ms:
            _end(out, s, i, t, off_m, lat, lon)
        return
    s.fast_t[i] = NO_TIME
    inside = off_m <= limits.least_m
    if s.phase[i] == LYING:
        if not inside and t - s.since[i] < limits.settle_ms:
            _lie(e, s, j, i)
        elif not inside:
            s.phase[i] = LEAVING
            s.out_t[i] = t
            s.look_t[i] = t + limits.sustain_ms
            s.asset[i] = -1
            s.rest_t[i] = t
            s.rest_lat[i] = lat
            s.rest_lon[i] = lon
        else:
            s.fixes[i] += 1
            s.lat[i] += (lat - s.lat[i]) / s.fixes[i]
            s.lon[i] = wrap_deg(s.lon[i] + wrap_deg(lon - s.lon[i]) / s.fixes[i])
            s.radius_m[i] = max(s.radius_m[i], off_m)
            if e.p.nav_status[j] == AT_ANCHOR:
                s.said[i] += 1
        return
    if inside and s.phase[i] == LEAVING:
        s.phase[i] = LYING
        return
    _outside(e, s, j, i, off_m, limits, out)


@njit(cache=True, nogil=True)
def screen(begin: int, e: Enriched, state: DraggingState, limits: Limits, out: Buffer) -> int:
    """Run positions from `begin` on; returns where the buffer was full, or their number."""
    # local names: reading an array through a tuple in the loop counts a reference each time
    p_t, slot, believed, speed_kn, near_asset, near_m = e.p.t, e.slot, e.believed, e.speed_kn, e.near_asset, e.near_m
    nav_status, phase, last_t = e.p.nav_status, state.phase, state.last_t
    room, used = len(out.t), out.used
    still_kn, reach_m = limits.still_kn, limits.reach_m
    for j in range(begin, len(slot)):
        if room - used[0] < SPARE:
            return j
        v = speed_kn[j]
        if believed[j] == 0 or math.isnan(v):
            continue
        i = slot[j]
        if phase[i] != AWAY and p_t[j] - last_t[i] > limits.gap_ms:
            _end(out, state, i, last_t[i] + limits.gap_ms, math.nan, math.nan, math.nan)
        if phase[i] == AWAY:
            lies = v <= still_kn and near_asset[j] >= 0 and near_m[j] <= reach_m and nav_status[j] != MOORED
            if lies:
                _lie(e, state, j, i)
                last_t[i] = p_t[j]
            continue
        _step(e, state, j, i, limits, out)
    return len(slot)


@njit(cache=True, nogil=True)
def silent(begin: int, state: DraggingState, until_t: int, gap_ms: int, out: Buffer) -> int:
    """End what was told of ships unheard for too long."""
    for i in range(begin, len(state.phase)):
        if len(out.t) - out.used[0] < SPARE:
            return i
        if state.phase[i] == TOLD and state.last_t[i] + gap_ms < until_t:
            _end(out, state, i, state.last_t[i] + gap_ms, math.nan, math.nan, math.nan)
    return len(state.phase)
