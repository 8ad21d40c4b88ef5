"""The quick screen that every position passes: is this ship worth the model's time?"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.behaviours.emit import SPARE, Buffer, emit
from seawarden.model.position import F64, I64, NO_TIME
from seawarden.ports import Enriched

LOOK: Final = 0
CLOSE: Final = 1
FAST_S: Final = 300.0
SLOW_S: Final = 2700.0
LEAST_KN: Final = 2.0
SELDOM_AFTER_MS: Final = 2_400_000
SELDOM: Final = 3
"""After forty minutes what a change of speed was is mostly plain: a look every third time is enough."""


class DragState(NamedTuple):
    """Arrays (n,). The screen writes the first part alone, the looks the second: neither reads the other's."""

    last_t: I64
    fast: F64
    """Log speed, mean of about five minutes."""
    slow: F64
    """Log speed, mean of about three quarters of an hour."""
    skew_fast: F64
    skew_slow: F64
    ref: F64
    """`slow` when the screen was first passed; NaN while nothing is up."""
    since: I64
    """When it was first passed, or NO_TIME."""
    hot_until: I64
    looked_t: I64

    score: F64
    """Evidence at the last look, log-odds."""
    start_t: I64
    """Onset of the open finding, or NO_TIME."""
    told: F64
    """Evidence at the last revision."""
    level: F64
    """Log speed before the onset of the open finding."""
    lost: F64
    """Its loss of log speed when last told."""
    low_since: I64
    """Since when the evidence has been low, or NO_TIME."""
    stop_told: I64
    """End of the last stop that the open finding has told of, or NO_TIME."""


def new_state(n: int) -> DragState:
    """State for `n` ships."""

    def never() -> I64:
        return np.full(n, NO_TIME, dtype=np.int64)

    def unknown() -> F64:
        return np.full(n, np.nan)

    return DragState(
        last_t=never(),
        fast=unknown(),
        slow=unknown(),
        skew_fast=unknown(),
        skew_slow=unknown(),
        ref=unknown(),
        since=never(),
        hot_until=never(),
        looked_t=never(),
        score=unknown(),
        start_t=never(),
        told=unknown(),
        level=unknown(),
        lost=unknown(),
        low_since=never(),
        stop_told=never(),
    )


@njit(cache=True)
def screen(
    begin: int,
    e: Enriched,
    state: DragState,
    loss: float,
    skew_deg: float,
    least_log_kn: float,
    look_ms: int,
    hot_ms: int,
    longest_ms: int,
    gap_ms: int,
    out: Buffer,
) -> int:
    """Update the ships' means with every believed position and emit a look where they have moved apart."""
    p = e.p
    for j in range(begin, len(p.t)):
        if len(out.t) - out.used[0] < SPARE:
            return j
        v = e.speed_kn[j]
        if e.believed[j] == 0 or math.isnan(v):
            continue
        i = e.slot[j]
        t = p.t[j]
        y = math.log(max(v, 0.1))
        skew = (p.heading_deg[j] - p.cog_deg[j] + 180.0) % 360.0 - 180.0
        if state.last_t[i] == NO_TIME or t - state.last_t[i] > gap_ms:
            if state.since[i] != NO_TIME:
                emit(out, state.last_t[i] + gap_ms, i, CLOSE, -1, t)
            state.fast[i] = y
            state.slow[i] = y
            state.skew_fast[i] = skew
            state.skew_slow[i] = skew
            state.ref[i] = math.nan
            state.since[i] = NO_TIME
            state.hot_until[i] = NO_TIME
        else:
            step = (t - state.last_t[i]) / 1000.0
            state.fast[i] += (1.0 - math.exp(-step / FAST_S)) * (y - state.fast[i])
            state.slow[i] += (1.0 - math.exp(-step / SLOW_S)) * (y - state.slow[i])
            if not math.isnan(skew) and v > LEAST_KN:
                if math.isnan(state.skew_fast[i]):
                    state.skew_fast[i] = skew
                    state.skew_slow[i] = skew
                off = (skew - state.skew_fast[i] + 180.0) % 360.0 - 180.0
                state.skew_fast[i] += (1.0 - math.exp(-step / FAST_S)) * off
                off = (skew - state.skew_slow[i] + 180.0) % 360.0 - 180.0
                state.skew_slow[i] += (1.0 - math.exp(-step / SLOW_S)) * off
        state.last_t[i] = t
        under_way = state.slow[i] > least_log_kn or state.ref[i] > least_log_kn
        slower = under_way and state.slow[i] - state.fast[i] > loss
        skewed = under_way and abs(state.skew_fast[i] - state.skew_slow[i]) > skew_deg
        if slower or skewed:
            if state.since[i] == NO_TIME:
                state.since[i] = t
                state.ref[i] = state.slow[i]
            state.hot_until[i] = t + hot_ms
        if state.since[i] == NO_TIME:
            continue
        below = state.fast[i] < state.ref[i] - 0.5 * loss
        if below and t - state.since[i] <= longest_ms:
            state.hot_until[i] = t + hot_ms
        if t > state.hot_until[i] and not below:
            emit(out, t, i, CLOSE, -1, t)
            state.ref[i] = math.nan
            state.since[i] = NO_TIME
            continue
        wait = look_ms if t - state.since[i] < SELDOM_AFTER_MS else SELDOM * look_ms
        due = state.looked_t[i] == NO_TIME or t - state.looked_t[i] >= wait
        if due and t <= state.hot_until[i] and t - state.since[i] <= longest_ms + hot_ms:
            state.looked_t[i] = t
            row = emit(out, t, i, LOOK, -1, t)
            out.v[row, 0] = p.lat[j]
            out.v[row, 1] = p.lon[j]
            out.v[row, 2] = v
    return len(p.t)


@njit(cache=True)
def silent(begin: int, state: DragState, until_t: int, gap_ms: int, out: Buffer) -> int:
    """A gap in a ship's reports closes her finding."""
    for i in range(begin, len(state.last_t)):
        if len(out.t) - out.used[0] < SPARE:
            return i
        if state.since[i] != NO_TIME and state.last_t[i] + gap_ms < until_t:
            emit(out, state.last_t[i] + gap_ms, i, CLOSE, -1, state.last_t[i] + gap_ms)
            state.since[i] = NO_TIME
            state.ref[i] = math.nan
            state.hot_until[i] = NO_TIME
            state.last_t[i] = NO_TIME
    return len(state.last_t)
