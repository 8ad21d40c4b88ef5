"""The screen for tows: a steady slow run that passes over an asset.

A run begins with the first position at towing speed and ends when she has been faster or slower for ten minutes, or
unheard. It is handed out once it has lasted and has been over an asset, and again each time it has grown by a third.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.behaviours.emit import SPARE, Buffer, emit
from seawarden.model.position import F32, F64, I8, I32, I64, NO_TIME
from seawarden.ports import Enriched

LOOK: Final = 0
CLOSE: Final = 1
SAYS_FISHING: Final = 7
"""Navigational status by ITU-R M.1371-5, table 45."""
OUT_MS: Final = 600_000
"""Hauling and shooting again take a quarter of an hour and more, a turn at another speed less than ten minutes."""
GROWTH: Final = 1.3
CHANGE_KN: Final = 1.5
"""Farther from the mean of the run she is at another speed: a steaming ship that shoots her gear begins a new run."""
SOME: Final = 5
"""Positions from which the run has a mean."""


class Limits(NamedTuple):
    """The screen's settings."""

    least_kn: float
    most_kn: float
    sustain_ms: int
    steady_kn: float
    gap_ms: int
    corridor_m: float


class TrawlingState(NamedTuple):
    """Arrays (n,)."""

    since: I64
    """Begin of the run, ms, or NO_TIME."""
    last_t: I64
    band_t: I64
    """Last position at towing speed, ms."""
    look_t: I64
    fixes: I32
    said: I32
    """Positions that said engaged in fishing."""
    speed_sum: F64
    square_sum: F64
    over: I32
    """Positions inside the corridor of the asset."""
    asset: I32
    looked: I8
    near_m: F32
    near_kp_km: F64
    near_sigma_m: F32


def new_state(n: int) -> TrawlingState:
    """State arrays for `n` ships."""
    return TrawlingState(
        since=np.full(n, NO_TIME, dtype=np.int64),
        last_t=np.full(n, NO_TIME, dtype=np.int64),
        band_t=np.full(n, NO_TIME, dtype=np.int64),
        look_t=np.full(n, NO_TIME, dtype=np.int64),
        fixes=np.zeros(n, dtype=np.int32),
        said=np.zeros(n, dtype=np.int32),
        speed_sum=np.zeros(n),
        square_sum=np.zeros(n),
        over=np.zeros(n, dtype=np.int32),
        asset=np.full(n, -1, dtype=np.int32),
        looked=np.zeros(n, dtype=np.int8),
        near_m=np.full(n, np.inf, dtype=np.float32),
        near_kp_km=np.full(n, np.nan),
        near_sigma_m=np.full(n, np.nan, dtype=np.float32),
    )


@njit(cache=True)
def _say(out: Buffer, state: TrawlingState, i: int, t: int, code: int, lat: float, lon: float) -> None:
    row = emit(out, t, i, code, state.asset[i], state.since[i])
    n = max(state.fixes[i], 1)
    mean = state.speed_sum[i] / n
    out.v[row, 0] = mean
    out.v[row, 1] = math.sqrt(max(state.square_sum[i] / n - mean * mean, 0.0))
    out.v[row, 2] = state.near_m[i]
    out.v[row, 3] = state.near_kp_km[i]
    out.v[row, 4] = state.near_sigma_m[i]
    out.v[row, 5] = state.said[i] / n
    out.v[row, 6] = lat
    out.v[row, 7] = lon
    out.v[row, 8] = state.over[i] / n


@njit(cache=True)
def _end(out: Buffer, state: TrawlingState, i: int, t: int) -> None:
    if state.looked[i] == 1:
        _say(out, state, i, t, CLOSE, math.nan, math.nan)
    state.since[i] = NO_TIME
    state.looked[i] = 0


@njit(cache=True, nogil=True)
def screen(begin: int, e: Enriched, state: TrawlingState, limits: Limits, out: Buffer) -> int:
    """Run positions from `begin` on; returns where the buffer was full, or their number."""
    # local names: reading an array through a tuple in the loop counts a reference each time
    p_t, slot, believed, speed_kn, near_asset, near_m = e.p.t, e.slot, e.believed, e.speed_kn, e.near_asset, e.near_m
    near_sigma_m, nav_status = e.near_sigma_m, e.p.nav_status
    since, last_t, band_t, fixes = state.since, state.last_t, state.band_t, state.fixes
    said, speed_sum, square_sum = state.said, state.speed_sum, state.square_sum
    room, used = len(out.t), out.used
    least_kn, most_kn, gap_ms, corridor_m = limits.least_kn, limits.most_kn, limits.gap_ms, limits.corridor_m
    for j in range(begin, len(slot)):
        if room - used[0] < SPARE:
            return j
        v = speed_kn[j]
        if believed[j] == 0 or math.isnan(v):
            continue
        i = slot[j]
        t = p_t[j]
        tows = v >= least_kn and v <= most_kn
        if tows and since[i] != NO_TIME and fixes[i] >= SOME:
            tows = abs(v - speed_sum[i] / fixes[i]) <= CHANGE_KN
        if since[i] == NO_TIME:
            if not tows:
                continue
        elif t - last_t[i] > gap_ms:
            _end(out, state, i, last_t[i] + gap_ms)
        elif not tows and t - band_t[i] > OUT_MS:
            _end(out, state, i, t)
        if since[i] == NO_TIME:
            tows = v >= least_kn and v <= most_kn
        if not tows:
            last_t[i] = t
            continue
        if since[i] == NO_TIME:
            since[i] = t
            fixes[i] = 0
            said[i] = 0
            speed_sum[i] = 0.0
            square_sum[i] = 0.0
            state.over[i] = 0
            state.asset[i] = -1
            state.near_m[i] = np.inf
            state.look_t[i] = t + limits.sustain_ms
        last_t[i] = t
        band_t[i] = t
        fixes[i] += 1
        speed_sum[i] += v
        square_sum[i] += v * v
        if nav_status[j] == SAYS_FISHING:
            said[i] += 1
        if near_asset[j] < 0:
            continue
        if near_m[j] <= corridor_m + near_sigma_m[j] and (state.looked[i] == 0 or near_asset[j] == state.asset[i]):
            state.over[i] += 1
            if near_m[j] < state.near_m[i]:
                state.asset[i] = near_asset[j]
                state.near_m[i] = near_m[j]
                state.near_kp_km[i] = e.near_kp_km[j]
                state.near_sigma_m[i] = math.sqrt(near_sigma_m[j] ** 2 + e.p.pos_sigma_m[j] ** 2)
        if state.over[i] == 0 or t < state.look_t[i]:
            continue
        state.look_t[i] = since[i] + int(GROWTH * (t - since[i]))
        mean = speed_sum[i] / fixes[i]
        if square_sum[i] / fixes[i] - mean * mean <= limits.steady_kn**2:
            state.looked[i] = 1
            _say(out, state, i, t, LOOK, e.p.lat[j], e.p.lon[j])
    return len(slot)


@njit(cache=True, nogil=True)
def silent(begin: int, state: TrawlingState, until_t: int, gap_ms: int, out: Buffer) -> int:
    """End the runs of ships unheard for too long."""
    for i in range(begin, len(state.since)):
        if len(out.t) - out.used[0] < SPARE:
            return i
        if state.since[i] != NO_TIME and state.looked[i] == 1 and state.last_t[i] + gap_ms < until_t:
            _end(out, state, i, state.last_t[i] + gap_ms)
    return len(state.since)
