"""The kernel behind `doubled`: reports of one number held against the number's other tracks.

Tracks of one number find each other by the number, never by their rows, so that a ship's memory may be taken out and
put back elsewhere. They are looked for only while an impossible position was heard within the window.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.behaviours.emit import SPARE, Buffer, emit
from seawarden.geodesy import KNOT_MS, distance_m
from seawarden.model.position import F32, F64, I8, I32, I64, NO_TIME, Trust
from seawarden.ports import Enriched

JUMPED: Final = 0
BOTH: Final = 1
SCATTERED: Final = 2
END: Final = 10
"""Codes from here close what the code less ten opened."""
TAKE_BACK: Final = 20
"""A jump that turns out to be two at once."""
KEPT: Final = 6
"""Times of impossible positions that are remembered."""
LEAST_KN: Final = 45.0
"""Fast ferries reach 45 kn: what is faster is no change of one ship from place to place."""
_WILD: Final = int(Trust.JUMP | Trust.SPEED_MISMATCH)
"""Of a number with several tracks, what is off by a few kilometres may join one of them."""
_SHARED: Final = int(Trust.SHARED_MMSI)


class DoubledState(NamedTuple):
    """Arrays (n,) or (n, k), a row a track; tracks of one number find each other by it."""

    mmsi: I64
    first_t: I64
    """First position of the run that holds together here."""
    first_lat: F64
    first_lon: F64
    last_t: I64
    last_lat: F64
    last_lon: F64
    fixes: I32
    confirmed: I8
    interval_s: F32
    """Running mean of the time between reports, s."""
    beside_until: I64
    """Until when the number's other tracks must be looked for."""
    turns: I32
    """Impossible changes from an older track to this one and back since it began."""
    from_t: I64
    """Last report of the older track before this one began, with its place."""
    from_lat: F64
    from_lon: F64
    other_t: I64
    """Last report of an older track, NO_TIME none."""
    opened: I8
    """0 nothing, 1 a jump to here, 2 both at once."""
    since: I64
    wild_t: I64
    """(n, KEPT) on the number's first track: times of impossible positions."""
    wild_head: I32
    wild_since: I64
    """Since when it is a scatter, NO_TIME it is none."""
    wild_last: I64
    wild_m: F64
    """Farthest of them."""
    wild_n: I32


@njit(cache=True)
def _say(out: Buffer, state: DoubledState, i: int, t: int, code: int) -> None:
    row = emit(out, t, i, code, -1, state.since[i])
    far = distance_m(state.from_lat[i], state.from_lon[i], state.first_lat[i], state.first_lon[i])
    gap_s = max((state.first_t[i] - state.from_t[i]) / 1000.0, 1.0)
    out.v[row, 0] = far
    out.v[row, 1] = far / gap_s / KNOT_MS
    out.v[row, 2] = gap_s
    out.v[row, 3] = state.from_lat[i]
    out.v[row, 4] = state.from_lon[i]
    out.v[row, 5] = state.first_lat[i]
    out.v[row, 6] = state.first_lon[i]
    out.v[row, 7] = state.fixes[i]
    out.v[row, 8] = state.turns[i]


@njit(cache=True)
def _deadline(state: DoubledState, i: int, window_ms: int) -> int:
    """When what was said of this track ends for want of reports of one of the two."""
    return int(min(state.last_t[i], state.other_t[i]) + window_ms)


@njit(cache=True)
def _end(state: DoubledState, i: int, t: int, out: Buffer) -> None:
    _say(out, state, i, t, END + state.opened[i] - 1)
    state.opened[i] = 0
    state.turns[i] = 0


@njit(cache=True)
def _end_scatter(state: DoubledState, h: int, t: int, out: Buffer) -> None:
    row = emit(out, t, h, END + SCATTERED, -1, state.wild_since[h])
    out.v[row, 0] = state.wild_m[h]
    out.v[row, 7] = state.wild_n[h]
    state.wild_since[h] = NO_TIME


@njit(cache=True)
def _wild(
    state: DoubledState, mmsi: int, t: int, lat: float, lon: float, scatter: int, scatter_ms: int, out: Buffer
) -> None:
    """An impossible position of a number: how many were there lately?"""
    own, h = state.mmsi, -1
    for k in range(len(own)):
        if own[k] == mmsi:
            h = k
            break
    if h < 0:
        return
    if state.wild_since[h] != NO_TIME and t - state.wild_last[h] > scatter_ms:
        _end_scatter(state, h, state.wild_last[h] + scatter_ms, out)
    state.wild_last[h] = t
    state.wild_t[h, state.wild_head[h]] = t
    state.wild_head[h] = (state.wild_head[h] + 1) % KEPT
    far = distance_m(state.last_lat[h], state.last_lon[h], lat, lon)
    if state.wild_since[h] != NO_TIME:
        state.wild_n[h] += 1
        state.wild_m[h] = max(state.wild_m[h], far)
        return
    n, begun = 0, t
    for k in range(KEPT):
        at = state.wild_t[h, k]
        if at != NO_TIME and t - at <= scatter_ms:
            n += 1
            begun = min(begun, at)
    if n >= scatter:
        state.wild_since[h] = begun
        state.wild_m[h] = far
        state.wild_n[h] = n
        row = emit(out, t, h, SCATTERED, -1, begun)
        out.v[row, 0] = far
        out.v[row, 3] = state.last_lat[h]
        out.v[row, 4] = state.last_lon[h]
        out.v[row, 5] = lat
        out.v[row, 6] = lon
        out.v[row, 7] = n


@njit(cache=True)
def _beside(
    state: DoubledState,
    i: int,
    t: int,
    lat: float,
    lon: float,
    before: int,
    least_m: float,
    window_ms: int,
    out: Buffer,
) -> None:
    """What this report of track `i` means beside the number's other tracks; `before` is its report before."""
    own = state.mmsi
    newest = -1
    for k in range(len(own)):
        if own[k] != own[i] or k == i or state.last_t[k] == NO_TIME:
            continue
        if len(out.t) - out.used[0] < 4:
            break
        if state.opened[k] > 0 and t > _deadline(state, k, window_ms):
            _end(state, k, _deadline(state, k, window_ms), out)
        if t - state.last_t[k] > window_ms:
            continue
        state.beside_until[k] = t + window_ms
        if state.first_t[k] > state.first_t[i]:
            state.other_t[k] = t
        if newest < 0 or state.last_t[k] > state.last_t[newest]:
            newest = k
    if newest < 0:
        return
    k = newest
    state.beside_until[i] = state.last_t[k] + window_ms
    younger = i if state.first_t[i] >= state.first_t[k] else k
    if younger == i:
        state.other_t[i] = state.last_t[k]
    if before != NO_TIME and state.last_t[k] < before:
        return
    far = distance_m(state.last_lat[k], state.last_lon[k], lat, lon)
    if far < least_m or far / max((t - state.last_t[k]) / 1000.0, 1.0) < LEAST_KN * KNOT_MS:
        return
    if younger == i and state.turns[i] == 0:
        state.from_t[i] = state.last_t[k]
        state.from_lat[i] = state.last_lat[k]
        state.from_lon[i] = state.last_lon[k]
    if younger == i or state.turns[younger] > 0:
        state.turns[younger] += 1
    if younger == k and state.opened[k] == 1:  # back again
        _end(state, k, t, out)
        state.turns[k] = 2


@njit(cache=True)
def _judge(
    state: DoubledState, t: int, i: int, least_fixes: int, silent_ms: int, intervals: float, turns: int, out: Buffer
) -> None:
    """Whether this track, or a younger one of the number, is now a jump or one of two at once."""
    own = state.mmsi
    for k in range(len(own)):
        if len(out.t) - out.used[0] < 4:
            break
        if own[k] != own[i] or state.turns[k] == 0 or state.confirmed[k] == 0 or state.fixes[k] < least_fixes:
            continue
        if state.turns[k] >= turns:
            if state.opened[k] == 2:
                continue
            if state.opened[k] == 1:
                _say(out, state, k, t, TAKE_BACK)
            state.opened[k] = 2
            state.since[k] = state.first_t[k]
            _say(out, state, k, t, BOTH)
        elif k == i and state.opened[k] == 0:
            wait_ms = float(silent_ms)
            for a in range(len(own)):
                if own[a] == own[i] and a != i and state.last_t[a] == state.other_t[i]:
                    if not math.isnan(state.interval_s[a]):
                        wait_ms = max(wait_ms, 1000.0 * intervals * state.interval_s[a])
                    break
            if t - state.other_t[i] >= wait_ms:
                state.opened[k] = 1
                state.since[k] = state.first_t[k]
                _say(out, state, k, t, JUMPED)


@njit(cache=True, nogil=True)
def screen_doubled(
    begin: int,
    e: Enriched,
    state: DoubledState,
    least_fixes: int,
    silent_ms: int,
    intervals: float,
    turns: int,
    window_ms: int,
    least_m: float,
    scatter: int,
    scatter_ms: int,
    out: Buffer,
) -> int:
    """Run rows `begin`.. through the state; returns the row at which the buffer was full, or n.

    Args:
        begin: first row.
        e: positions with their tracks.
        state: updated.
        least_fixes: positions that hold together at the new place.
        silent_ms: silence at the old place before it is a jump.
        intervals: the same in own reporting intervals.
        turns: changes there and back that are two at once.
        window_ms: span in which two places are at once.
        least_m: least distance of the two.
        scatter: impossible positions that are a scatter.
        scatter_ms: within this span.
        out: candidates.
    """
    p_t, p_lat, p_lon, p_mmsi, p_trust = e.p.t, e.p.lat, e.p.lon, e.p.mmsi, e.p.trust
    e_slot, e_believed = e.slot, e.believed
    s_mmsi, s_first_t, s_last_t, s_fixes = state.mmsi, state.first_t, state.last_t, state.fixes
    s_last_lat, s_last_lon, s_interval, s_opened = state.last_lat, state.last_lon, state.interval_s, state.opened
    s_confirmed, s_beside = state.confirmed, state.beside_until
    room, used = len(out.t), out.used
    for j in range(begin, len(p_t)):
        if room - used[0] < SPARE:
            return j
        i = e_slot[j]
        if i < 0:
            continue
        t = p_t[j]
        lat, lon = p_lat[j], p_lon[j]
        if p_trust[j] & np.uint32(_WILD) != 0:
            _wild(state, p_mmsi[j], t, lat, lon, scatter, scatter_ms, out)
        s_mmsi[i] = p_mmsi[j]
        before = s_last_t[i]
        if s_opened[i] > 0 and t > _deadline(state, i, window_ms):
            _end(state, i, _deadline(state, i, window_ms), out)
        broken = before == NO_TIME or t - before > window_ms
        if not broken and s_confirmed[i] == 0:  # a tentative track begins anew at each wild position
            gone = distance_m(s_last_lat[i], s_last_lon[i], lat, lon)
            broken = gone > 1_000.0 + 35.0 * (t - before) / 1000.0
        if broken:
            s_first_t[i] = t
            state.first_lat[i] = lat
            state.first_lon[i] = lon
            s_fixes[i] = 0
            state.turns[i] = 0
            s_interval[i] = np.float32(math.nan)
        else:
            step_s = (t - before) / 1000.0
            mean = s_interval[i]
            s_interval[i] = step_s if math.isnan(mean) else mean + 0.2 * (step_s - mean)
        if e_believed[j] == 1:
            s_confirmed[i] = 1
        s_fixes[i] += 1
        if e_believed[j] == 0 or t <= s_beside[i] or p_trust[j] & np.uint32(_SHARED) != 0:
            _beside(state, i, t, lat, lon, before, least_m, window_ms, out)
            s_last_t[i] = t
            s_last_lat[i] = lat
            s_last_lon[i] = lon
            _judge(state, t, i, least_fixes, silent_ms, intervals, turns, out)
        s_last_t[i] = t
        s_last_lat[i] = lat
        s_last_lon[i] = lon
    return len(p_t)


@njit(cache=True, nogil=True)
def silent_doubled(
    begin: int, state: DoubledState, until_t: int, window_ms: int, scatter_ms: int, out: Buffer
) -> int:
    """Close what has ended by `until_t` for want of reports; returns the row at which the buffer was full, or n."""
    for i in range(begin, len(state.mmsi)):
        if len(out.t) - out.used[0] < SPARE:
            return i
        if state.opened[i] > 0 and _deadline(state, i, window_ms) < until_t:
            _end(state, i, _deadline(state, i, window_ms), out)
        if state.wild_since[i] != NO_TIME and state.wild_last[i] + scatter_ms < until_t:
            _end_scatter(state, i, state.wild_last[i] + scatter_ms, out)
    return len(state.mmsi)


def blank(n: int) -> DoubledState:
    """A fresh state of `n` rows."""
    return DoubledState(
        mmsi=np.zeros(n, dtype=np.int64),
        first_t=np.full(n, NO_TIME, dtype=np.int64),
        first_lat=np.full(n, np.nan),
        first_lon=np.full(n, np.nan),
        last_t=np.full(n, NO_TIME, dtype=np.int64),
        last_lat=np.full(n, np.nan),
        last_lon=np.full(n, np.nan),
        fixes=np.zeros(n, dtype=np.int32),
        confirmed=np.zeros(n, dtype=np.int8),
        interval_s=np.full(n, np.nan, dtype=np.float32),
        beside_until=np.full(n, NO_TIME, dtype=np.int64),
        turns=np.zeros(n, dtype=np.int32),
        from_t=np.full(n, NO_TIME, dtype=np.int64),
        from_lat=np.full(n, np.nan),
        from_lon=np.full(n, np.nan),
        other_t=np.full(n, NO_TIME, dtype=np.int64),
        opened=np.zeros(n, dtype=np.int8),
        since=np.full(n, NO_TIME, dtype=np.int64),
        wild_t=np.full((n, KEPT), NO_TIME, dtype=np.int64),
        wild_head=np.zeros(n, dtype=np.int32),
        wild_since=np.full(n, NO_TIME, dtype=np.int64),
        wild_last=np.full(n, NO_TIME, dtype=np.int64),
        wild_m=np.zeros(n),
        wild_n=np.zeros(n, dtype=np.int32),
    )
