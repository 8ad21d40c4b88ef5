"""The screen for slow stays by an asset: when a ship stays within a mile or so of one, and when she leaves.

A stay begins with the first position within reach of an asset and ends when she has been outside for as long as a
turn takes, or unheard. While it lasts and her mean speed is that of a ship that works or waits, the stay is handed
out to be looked at: after half an hour, and then each time it has grown by a third, so that a long stay costs little.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.behaviours.emit import SPARE, Buffer, emit
from seawarden.geodesy import KNOT_MS
from seawarden.model.position import F32, F64, I8, I32, I64, NO_TIME
from seawarden.ports import Enriched

LOOK: Final = 0
CLOSE: Final = 1
AT_ANCHOR: Final = 1
MOORED: Final = 5
AGROUND: Final = 6
"""Navigational status by ITU-R M.1371-5, table 45."""
GROWTH: Final = 1.3
"""A stay is looked at again when it has grown by this."""


class Limits(NamedTuple):
    """The screen's settings."""

    reach_m: float
    most_kn: float
    still_kn: float
    least_ms: int
    leave_ms: int
    gap_ms: int


class AlongState(NamedTuple):
    """Arrays (n,)."""

    since: I64
    """Begin of the stay, ms, or NO_TIME."""
    last_t: I64
    last_lat: F64
    last_lon: F64
    inside_t: I64
    """Last position within reach, ms."""
    look_t: I64
    """When it is looked at next, ms."""
    way_m: F64
    """Way sailed since the begin by her reported speeds, m."""
    rest_ms: I64
    """Time for which she said that she was at anchor, moored or aground, ms."""
    asset: I32
    """The asset that most of the stay is nearest to, by vote; it stays once the stay has been looked at."""
    votes_ms: I64
    looked: I8
    near_m: F32
    near_kp_km: F64
    near_sigma_m: F32


def new_state(n: int) -> AlongState:
    """State arrays for `n` ships."""
    return AlongState(
        since=np.full(n, NO_TIME, dtype=np.int64),
        last_t=np.full(n, NO_TIME, dtype=np.int64),
        last_lat=np.full(n, np.nan),
        last_lon=np.full(n, np.nan),
        inside_t=np.full(n, NO_TIME, dtype=np.int64),
        look_t=np.full(n, NO_TIME, dtype=np.int64),
        way_m=np.zeros(n),
        rest_ms=np.zeros(n, dtype=np.int64),
        asset=np.full(n, -1, dtype=np.int32),
        votes_ms=np.zeros(n, dtype=np.int64),
        looked=np.zeros(n, dtype=np.int8),
        near_m=np.full(n, np.inf, dtype=np.float32),
        near_kp_km=np.full(n, np.nan),
        near_sigma_m=np.full(n, np.nan, dtype=np.float32),
    )


@njit(cache=True)
def _say(out: Buffer, state: AlongState, i: int, t: int, code: int) -> None:
    row = emit(out, t, i, code, state.asset[i], state.since[i])
    seconds = max(state.last_t[i] - state.since[i], 1) / 1000.0
    out.v[row, 0] = state.way_m[i] / seconds / KNOT_MS
    out.v[row, 1] = state.way_m[i]
    out.v[row, 2] = state.near_m[i]
    out.v[row, 3] = state.near_kp_km[i]
    out.v[row, 4] = state.near_sigma_m[i]
    out.v[row, 5] = state.last_lat[i]
    out.v[row, 6] = state.last_lon[i]
    out.v[row, 7] = (state.inside_t[i] - state.since[i]) / 1000.0


@njit(cache=True)
def _close(out: Buffer, state: AlongState, i: int, t: int) -> None:
    if state.looked[i] == 1:
        _say(out, state, i, t, CLOSE)
    state.since[i] = NO_TIME
    state.looked[i] = 0


@njit(cache=True)
def _step(e: Enriched, state: AlongState, j: int, i: int, inside: bool, limits: Limits, out: Buffer) -> None:
    """One position of a ship that stays by an asset, or comes to one."""
    t = e.p.t[j]
    if state.since[i] != NO_TIME and t - state.last_t[i] > limits.gap_ms:
        _close(out, state, i, state.last_t[i] + limits.gap_ms)
    if state.since[i] != NO_TIME and not inside and t - state.inside_t[i] > limits.leave_ms:
        _close(out, state, i, t)
    if state.since[i] == NO_TIME:
        if not inside:
            return
        state.since[i] = t
        state.look_t[i] = t + limits.least_ms
        state.way_m[i] = 0.0
        state.rest_ms[i] = 0
        state.asset[i] = -1
        state.votes_ms[i] = 0
        state.near_m[i] = np.inf
    else:
        step_ms = t - state.last_t[i]
        if not math.isnan(e.speed_kn[j]):  # summed steps of a ship at rest would grow with the noise of her fixes
            state.way_m[i] += e.speed_kn[j] * KNOT_MS * step_ms / 1000.0
        status = e.p.nav_status[j]
        if status == AT_ANCHOR or status == MOORED or status == AGROUND:
            state.rest_ms[i] += step_ms
        if inside and state.looked[i] == 0:
            if e.near_asset[j] == state.asset[i]:
                state.votes_ms[i] += step_ms
            else:
                state.votes_ms[i] -= step_ms
    state.last_t[i] = t
    state.last_lat[i] = e.p.lat[j]
    state.last_lon[i] = e.p.lon[j]
    if inside:
        state.inside_t[i] = t
        if state.looked[i] == 0 and (state.asset[i] < 0 or state.votes_ms[i] < 0):
            state.asset[i] = e.near_asset[j]
            state.votes_ms[i] = -min(state.votes_ms[i], 0)
            state.near_m[i] = np.inf
        if e.near_asset[j] == state.asset[i] and e.near_m[j] < state.near_m[i]:
            state.near_m[i] = e.near_m[j]
            state.near_kp_km[i] = e.near_kp_km[j]
            state.near_sigma_m[i] = math.sqrt(e.near_sigma_m[j] ** 2 + e.p.pos_sigma_m[j] ** 2)
    if t < state.look_t[i]:
        return
    lasted = t - state.since[i]
    state.look_t[i] = state.since[i] + int(GROWTH * lasted)
    mean_kn = state.way_m[i] / (lasted / 1000.0) / KNOT_MS
    resting = 2 * state.rest_ms[i] > lasted
    if resting or mean_kn > limits.most_kn or mean_kn < limits.still_kn:
        return
    state.looked[i] = 1
    _say(out, state, i, t, LOOK)


@njit(cache=True, nogil=True)
def screen(begin: int, e: Enriched, state: AlongState, limits: Limits, out: Buffer) -> int:
    """Run positions from `begin` on; returns where the buffer was full, or their number."""
    # local names: reading an array through a tuple in the loop counts a reference each time
    slot, believed, near_asset, near_m, near_sigma_m = e.slot, e.believed, e.near_asset, e.near_m, e.near_sigma_m
    since = state.since
    room, used = len(out.t), out.used
    reach_m = limits.reach_m
    for j in range(begin, len(slot)):
        if room - used[0] < SPARE:
            return j
        if believed[j] == 0:
            continue
        i = slot[j]
        inside = near_asset[j] >= 0 and near_m[j] <= reach_m + near_sigma_m[j]
        if inside or since[i] != NO_TIME:
            _step(e, state, j, i, inside, limits, out)
    return len(slot)


@njit(cache=True, nogil=True)
def silent(begin: int, state: AlongState, until_t: int, gap_ms: int, out: Buffer) -> int:
    """Close the stays of ships unheard for too long."""
    for i in range(begin, len(state.since)):
        if len(out.t) - out.used[0] < SPARE:
            return i
        if state.since[i] != NO_TIME and state.looked[i] == 1 and state.last_t[i] + gap_ms < until_t:
            _close(out, state, i, state.last_t[i] + gap_ms)
    return len(state.since)
