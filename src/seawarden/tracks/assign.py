"""Which track a position belongs to, whether it can be believed, and what the ship was expected to do.

One pass in order of event time. A position joins the track under its MMSI that it can have been reached from; where
there is none it starts a tentative track, which is believed once three fixes hold together. So a wild outlier stays
alone and doubted, and two ships on one MMSI become two tracks.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.geodesy import KNOT_MS, distance_m
from seawarden.model.position import F32, F64, I8, I32, I64, NO_TIME, Positions, Trust
from seawarden.tracks.speed import observe
from seawarden.tracks.state import RECENT, SlotTable, TrackState

JUMP: Final = int(Trust.JUMP)
FROZEN: Final = int(Trust.FROZEN)
MISMATCH: Final = int(Trust.SPEED_MISMATCH)
SHARED: Final = int(Trust.SHARED_MMSI)
MASK: Final = np.uint64(0x9E3779B97F4A7C15)
"""Fibonacci hashing (Knuth, TAOCP 6.4): spreads MMSIs, which come in blocks by country."""


class Rules(NamedTuple):
    """The settings of this stage, as a kernel takes them."""

    max_speed_kn: float
    duplicate_ms: int
    confirm_fixes: int
    frozen_fixes: int
    frozen_ms: int
    mismatch_kn: float
    shared_ms: int


@njit(cache=True, inline="always")
def _find(table: SlotTable, mmsi: int) -> int:
    size = len(table.keys)
    k = (np.uint64(mmsi) * MASK) >> np.uint64(20)
    place = np.int64(k & np.uint64(size - 1))
    while table.keys[place] != 0 and table.keys[place] != mmsi:
        place = (place + 1) & (size - 1)
    return int(place)


@njit(cache=True, inline="always")
def _new_track(state: TrackState, table: SlotTable, mmsi: int, branch: int) -> int:
    i = table.used[0]
    table.used[0] = i + 1
    state.mmsi[i] = mmsi
    state.branch[i] = branch
    return int(i)


@njit(cache=True, inline="always")
def _reached(state: TrackState, i: int, t: int, gone: float, sigma: float, max_ms: float) -> bool:
    """Whether track `i` can have got `gone` metres by now."""
    if state.t[i] == NO_TIME:
        return True
    dt = max((t - state.t[i]) / 1000.0, 1.0)
    slack = 3.0 * math.sqrt(sigma * sigma + state.sigma_m[i] * state.sigma_m[i]) + 100.0
    return bool(gone <= slack + dt * max_ms)


@njit(cache=True, inline="always")
def _off(state: TrackState, i: int, t: int, lat: float, lon: float, gone: float) -> float:
    """How far a place is from where track `i` was heading, m; no farther than from where she was."""
    if state.t[i] == NO_TIME:
        return 0.0
    dt = max((t - state.t[i]) / 1000.0, 1.0)
    off = gone
    v = state.sog_kn[i]
    c = state.cog_deg[i]
    if dt < 1800.0 and not math.isnan(v) and not math.isnan(c):
        rad = math.pi / 180.0
        north = v * KNOT_MS * dt * math.cos(c * rad)
        east = v * KNOT_MS * dt * math.sin(c * rad)
        lat2 = state.lat[i] + north / 111_195.0
        lon2 = state.lon[i] + east / (111_195.0 * max(math.cos(state.lat[i] * rad), 0.01))
        off = min(off, distance_m(lat2, lon2, lat, lon))
    return off


@njit(cache=True)
def assign(
    begin: int,
    p: Positions,
    state: TrackState,
    table: SlotTable,
    rules: Rules,
    slot: I32,
    believed: I8,
    merged: I8,
    prev_t: I64,
    prev_lat: F64,
    prev_lon: F64,
    prev_sog: F32,
    speed: F32,
    expected: F32,
    expected_sigma: F32,
) -> int:
    """Run rows `begin`.. of a batch in order through the tracks; returns the row at which the state is full, or n.

    Args:
        begin: first row.
        p: `Positions` in order; `trust` is added to.
        state: `TrackState`, updated.
        table: `SlotTable`, updated; at most half full afterwards is the caller's care.
        rules: `Rules`.
        slot: (n,) out: track of each row, -1 when the row has no usable place or MMSI.
        believed: (n,) out: 1 when behaviours may use it.
        merged: (n,) out: 1 when it repeats what another receiver delivered.
        prev_t: (n,) out: time of the track's believed position before it, with prev_lat, prev_lon, prev_sog.
        prev_lat: (n,) out.
        prev_lon: (n,) out.
        prev_sog: (n,) out.
        speed: (n,) out: SOG, or the speed of the last step.
        expected: (n,) out: own expected speed as known before this row, kn.
        expected_sigma: (n,) out.
    """
    n = len(p.t)
    capacity = len(state.mmsi)
    max_ms = rules.max_speed_kn * KNOT_MS
    for j in range(begin, n):
        slot[j] = -1
        believed[j] = 0
        merged[j] = 0
        prev_t[j] = NO_TIME
        prev_lat[j] = math.nan
        prev_lon[j] = math.nan
        prev_sog[j] = math.nan
        speed[j] = p.sog_kn[j]
        expected[j] = math.nan
        expected_sigma[j] = math.nan
        t = p.t[j]
        lat = p.lat[j]
        lon = p.lon[j]
        if p.mmsi[j] <= 0 or math.isnan(lat) or math.isnan(lon):
            continue
        if table.used[0] + 1 > capacity:
            return j
        place = _find(table, p.mmsi[j])
        if table.keys[place] == 0:
            table.keys[place] = p.mmsi[j]
            table.slots[place] = _new_track(state, table, p.mmsi[j], 0)
            state.confirmed[table.slots[place]] = 1
        first = table.slots[place]

        # copies of one report that several receivers delivered
        copy = False
        for k in range(RECENT):
            if (
                state.recent_t[first, k] != NO_TIME
                and t - state.recent_t[first, k] <= rules.duplicate_ms
                and state.recent_lat[first, k] == lat
                and state.recent_lon[first, k] == lon
                and (state.recent_sog[first, k] == p.sog_kn[j] or math.isnan(p.sog_kn[j]))
            ):
                copy = True
                break
        if copy:
            merged[j] = 1
            continue
        head = state.recent_head[first]
        state.recent_t[first, head] = t
        state.recent_lat[first, head] = lat
        state.recent_lon[first, head] = lon
        state.recent_sog[first, head] = p.sog_kn[j]
        state.recent_head[first] = (head + 1) % RECENT

        # the track it can have come from, nearest to where that was heading; confirmed ones first
        best = -1
        best_off = math.inf
        gone = 0.0
        tentative = -1
        last = first
        branches = 0
        i = first
        while i >= 0:
            far = distance_m(state.lat[i], state.lon[i], lat, lon) if state.t[i] != NO_TIME else 0.0
            if state.confirmed[i] == 0:
                tentative = i
            if _reached(state, i, t, far, p.pos_sigma_m[j], max_ms):
                alone = i == first and state.next_slot[i] < 0
                off = 0.0 if alone else _off(state, i, t, lat, lon, far)
                if off < best_off:
                    best = i
                    best_off = off
                    gone = far
            last = i
            branches += 1
            i = state.next_slot[i]
        if best < 0:
            p.trust[j] |= np.uint32(JUMP)
            if tentative >= 0:
                best = tentative
            else:
                best = _new_track(state, table, p.mmsi[j], branches)
                state.next_slot[last] = best
            state.fixes[best] = 0
            state.t[best] = NO_TIME
        i = best
        slot[j] = i
        state.fixes[i] += 1
        if state.fixes[i] == 1:
            state.first_t[i] = t
        if state.confirmed[i] == 0:
            if state.fixes[i] >= rules.confirm_fixes:
                state.confirmed[i] = 1
            else:
                p.trust[j] |= np.uint32(JUMP)
        if state.confirmed[i] == 1:
            believed[j] = 1
            if branches > 1:
                k = first
                while k >= 0:
                    if (
                        k != i
                        and state.confirmed[k] == 1
                        and state.t[k] != NO_TIME
                        and t - state.t[k] <= rules.shared_ms
                    ):
                        p.trust[j] |= np.uint32(SHARED)
                    k = state.next_slot[k]

        # the step, and what it says of the report
        step_kn = math.nan
        if state.t[i] != NO_TIME:
            dt = (t - state.t[i]) / 1000.0
            if dt > 0.0:
                step_kn = gone / dt / KNOT_MS
                told = p.sog_kn[j]
                if dt <= 600.0 and gone > 500.0 and not math.isnan(told) and not math.isnan(state.sog_kn[i]):
                    mean = 0.5 * (told + state.sog_kn[i])
                    if abs(step_kn - mean) > max(rules.mismatch_kn, 0.5 * mean):
                        p.trust[j] |= np.uint32(MISMATCH)
            if gone == 0.0 and p.sog_kn[j] > 1.5:
                if state.same_place[i] == 0:
                    state.same_since[i] = state.t[i]
                state.same_place[i] += 1
                if state.same_place[i] >= rules.frozen_fixes and t - state.same_since[i] >= rules.frozen_ms:
                    p.trust[j] |= np.uint32(FROZEN)
            else:
                state.same_place[i] = 0
        if math.isnan(speed[j]):
            speed[j] = step_kn
        if believed[j] == 1:
            prev_t[j] = state.t[i]
            prev_lat[j] = state.lat[i]
            prev_lon[j] = state.lon[i]
            prev_sog[j] = state.sog_kn[i]
            expected[j] = state.expected_kn[i]
            expected_sigma[j] = state.expected_sigma_kn[i]
            if not math.isnan(speed[j]):
                observe(state, i, t, speed[j])
        state.t[i] = t
        state.lat[i] = lat
        state.lon[i] = lon
        state.sog_kn[i] = p.sog_kn[j]
        state.cog_deg[i] = p.cog_deg[j]
        state.sigma_m[i] = p.pos_sigma_m[j]
    return n


__all__ = ["Rules", "SlotTable", "TrackState", "assign"]
