"""A ship's own expected speed: what she has lately made under way, robust to stops, spikes and short dips.

Speeds go into bins of three minutes. The expectation is the median of the bins between `GUARD` and `REACH` ago, so
that a slow-down is judged against what was before it; its error is the median absolute deviation (x 1.4826, the
normal-consistent scale), never less than what AIS can tell. After a stop a new leg begins with an empty memory.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from seawarden.model.position import F32, I64, NO_TIME
from seawarden.tracks.state import BIN_MS, BINS, TrackState

GUARD_MS: Final = 9 * 60_000
"""The last nine minutes are what is judged, not what it is judged by."""
REACH_MS: Final = 100 * 60_000
WAY_KN: Final = 2.0
"""Below this a ship makes no way; such bins say nothing of her service speed."""
STOP_MS: Final = 15 * 60_000
"""After a quarter of an hour without way the next leg starts afresh."""
LEAST_BINS: Final = 4
FLOOR_KN: Final = 0.2
"""SOG comes in 0.1 kn and GPS smooths it; no expectation is known better than this."""


@njit(cache=True)
def expectation(bins_t: I64, bins_kn: F32, now: int) -> tuple[float, float]:
    """Median and error of one ship's bins as seen at `now` (ms); NaN, NaN while there are too few.

    Args:
        bins_t: (BINS,) start of each bin, ms, NO_TIME empty.
        bins_kn: (BINS,) mean speed of each bin, kn.
        now: ms.
    """
    values = np.empty(BINS, dtype=np.float64)
    n = 0
    for k in range(BINS):
        if bins_t[k] != NO_TIME:
            age = now - bins_t[k] - BIN_MS
            if GUARD_MS <= age + BIN_MS and age <= REACH_MS and bins_kn[k] >= WAY_KN:
                values[n] = bins_kn[k]
                n += 1
    if n < LEAST_BINS:
        return math.nan, math.nan
    middle = np.median(values[:n])
    for k in range(n):
        values[k] = abs(values[k] - middle)
    return middle, max(FLOOR_KN, 1.4826 * np.median(values[:n]))


@njit(cache=True, inline="always")
def observe(state: TrackState, i: int, t: int, speed: float) -> None:
    """Take one believed speed (kn, not NaN) of track `i` at `t` (ms) into the state of the tracks."""
    if speed < WAY_KN:
        if state.slow_since[i] == NO_TIME:
            state.slow_since[i] = t
        elif t - state.slow_since[i] >= STOP_MS:
            for k in range(BINS):
                state.bins_t[i, k] = NO_TIME
            state.bin_t[i] = NO_TIME
            state.bin_n[i] = 0
            state.expected_kn[i] = math.nan
            state.expected_sigma_kn[i] = math.nan
    else:
        state.slow_since[i] = NO_TIME
    start = t - t % BIN_MS
    if state.bin_t[i] != start:
        if state.bin_n[i] > 0:
            head = state.bins_head[i]
            state.bins_t[i, head] = state.bin_t[i]
            state.bins_kn[i, head] = state.bin_sum[i] / state.bin_n[i]
            state.bins_head[i] = (head + 1) % BINS
            middle, sigma = expectation(state.bins_t[i], state.bins_kn[i], t)
            state.expected_kn[i] = middle
            state.expected_sigma_kn[i] = sigma
        state.bin_t[i] = start
        state.bin_sum[i] = 0.0
        state.bin_n[i] = 0
    state.bin_sum[i] += speed
    state.bin_n[i] += 1
