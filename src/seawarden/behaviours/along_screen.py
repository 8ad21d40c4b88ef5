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
from seawarden.geodesy import KNOT_MS, distance_m
from seawarden.model.position import F32, F64, I8, I32, I64, NO_TIME
from seawarden.ports import Enriched

LOOK: Final = 0
CLOSE: Final = 1
AT_ANCHOR: Final = 1
MOORED: Final = 5
AGROUND: Final = 6
"""Navigational status by ITU-R M.1371-5, table 45."""
NOWHERE: Final = 0.5
"""Displacement over way sailed: above it she goes somewhere, however slowly."""
GROWTH: Final = 1.3
"""A stay is looked at again when it has grown by this."""


class Limits(NamedTuple):
    """The screen's settings."""

    reach_m: float
    most_kn: float
    still_kn: float
    pass_kn: float
    least_ms: int
    leave_ms: int
    gap_ms: int


class AlongState(NamedTuple):
    """Arrays (n,)."""

    since: I64
    """Begin of the stay, ms, or NO_TIME."""
    first_lat: F64
    """Where it began."""
    first_lon: F64
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
        first_lat=np.full(n, np.nan),
        first_lon=np.full(n, np.nan),
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


@njit(cache=True, nogil=True)
def screen(begin: int, e: Enriched, state: AlongState, limits: Limits, out: Buffer) -> int:
    """Run positions from `begin` on; returns where the buffer was full, or their number."""
    # local names: reading an array through a tuple in the loop counts a reference each time
    p_t, p_lat, p_lon, nav_status, pos_sigma_m = e.p.t, e.p.lat, e.p.lon, e.p.nav_status, e.p.pos_sigma_m
    slot, believed, speed_kn = e.slot, e.believed, e.speed_kn
    near_asset, near_m, near_kp_km, near_sigma_m = e.near_asset, e.near_m, e.near_kp_km, e.near_sigma_m
    since, last_t, last_lat, last_lon = state.since, state.last_t, state.last_lat, state.last_lon
    inside_t, look_t, way_m, rest_ms = state.inside_t, state.look_t, state.way_m, state.rest_ms
    asset, votes_ms, looked = state.asset, state.votes_ms, state.looked
    s_near_m, s_near_kp_km, s_near_sigma_m = state.near_m, state.near_kp_km, state.near_sigma_m
    room, used = len(out.t), out.used
    reach_m, gap_ms, leave_ms, least_ms = limits.reach_m, limits.gap_ms, limits.leave_ms, limits.least_ms
    for j in range(begin, len(slot)):
        if room - used[0] < SPARE:
            return j
        if believed[j] == 0:
            continue
        i = slot[j]
        inside = near_asset[j] >= 0 and near_m[j] <= reach_m + near_sigma_m[j]
        began = since[i]
        if began == NO_TIME and not inside:
            continue
        t = p_t[j]
        if began != NO_TIME and t - last_t[i] > gap_ms:
            _close(out, state, i, last_t[i] + gap_ms)
            began = since[i]
        elif began != NO_TIME and not inside and t - inside_t[i] > leave_ms:
            _close(out, state, i, t)
            began = since[i]
        if began == NO_TIME:
            if not inside:
                continue
            began = t
            since[i] = t
            state.first_lat[i] = p_lat[j]
            state.first_lon[i] = p_lon[j]
            look_t[i] = t + least_ms
            way_m[i] = 0.0
            rest_ms[i] = 0
            asset[i] = -1
            votes_ms[i] = 0
        else:
            step_ms = t - last_t[i]
            # summed steps of a ship at rest would grow with the noise of her fixes, so her speed is summed
            if not math.isnan(speed_kn[j]):
                way_m[i] += speed_kn[j] * KNOT_MS * step_ms / 1000.0
            status = nav_status[j]
            if status == AT_ANCHOR or status == MOORED or status == AGROUND:
                rest_ms[i] += step_ms
            if inside and looked[i] == 0:
                votes_ms[i] += step_ms if near_asset[j] == asset[i] else -step_ms
        last_t[i] = t
        last_lat[i] = p_lat[j]
        last_lon[i] = p_lon[j]
        if inside:
            inside_t[i] = t
            if looked[i] == 0 and (asset[i] < 0 or votes_ms[i] < 0):
                asset[i] = near_asset[j]
                votes_ms[i] = -min(votes_ms[i], 0)
                s_near_m[i] = np.inf
            if near_asset[j] == asset[i] and near_m[j] < s_near_m[i]:
                s_near_m[i] = near_m[j]
                s_near_kp_km[i] = near_kp_km[j]
                s_near_sigma_m[i] = math.sqrt(near_sigma_m[j] ** 2 + pos_sigma_m[j] ** 2)
        if t < look_t[i]:
            continue
        lasted = t - began
        look_t[i] = began + int(GROWTH * lasted)
        mean_kn = way_m[i] / (lasted / 1000.0) / KNOT_MS
        if 2 * rest_ms[i] > lasted or mean_kn > limits.most_kn or mean_kn < limits.still_kn:
            continue
        if mean_kn > limits.pass_kn:  # who goes on, and faster than any slow pass, makes none of the kinds
            gone_m = distance_m(state.first_lat[i], state.first_lon[i], p_lat[j], p_lon[j])
            if gone_m > NOWHERE * way_m[i]:
                continue
        looked[i] = 1
        _say(out, state, i, t, LOOK)
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
