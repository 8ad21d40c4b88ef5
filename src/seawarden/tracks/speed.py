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

from seawarden.model.position import F32, F64, I8, I32, I64, NO_TIME
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
def _sorted_middle(values: F64, n: int) -> float:
    """Sort the first `n` values (few) in place and return their median."""
    for k in range(1, n):
        value = values[k]
        at = k
        while at > 0 and values[at - 1] > value:
            values[at] = values[at - 1]
            at -= 1
        values[at] = value
    half = n // 2
    return float(values[half] if n % 2 == 1 else 0.5 * (values[half - 1] + values[half]))


@njit(cache=True)
def _middle(values: F64, n: int) -> tuple[float, float]:
    """Median and error of the first `n` speeds, kn; NaN, NaN while there are too few. Uses up `values`."""
    if n < LEAST_BINS:
        return math.nan, math.nan
    middle = _sorted_middle(values, n)
    for k in range(n):
        values[k] = abs(values[k] - middle)
    return middle, max(FLOOR_KN, 1.4826 * _sorted_middle(values, n))


@njit(cache=True)
def learn(
    begin: int,
    end: int,
    t: I64,
    slot: I32,
    believed: I8,
    speed: F32,
    state: TrackState,
    expected: F32,
    expected_sigma: F32,
) -> None:
    """Take the believed speeds of rows `begin`..`end` into the tracks, and say what each was expected to be.

    Args:
        begin: first row.
        end: one behind the last row.
        t: (n,) ms.
        slot: (n,) track of each row.
        believed: (n,) 1 when it counts.
        speed: (n,) kn, NaN unknown.
        state: `TrackState`, updated.
        expected: (n,) out: own expected speed as known before the row, kn; NaN while unknown.
        expected_sigma: (n,) out.
    """
    # local names, because reading an array through a tuple in the loop counts a reference each time
    slow_since = state.slow_since
    bin_t = state.bin_t
    bin_n = state.bin_n
    bin_sum = state.bin_sum
    bins_t = state.bins_t
    bins_kn = state.bins_kn
    bins_head = state.bins_head
    expected_kn = state.expected_kn
    expected_sigma_kn = state.expected_sigma_kn
    values = np.empty(BINS, dtype=np.float64)
    for j in range(begin, end):
        expected[j] = math.nan
        expected_sigma[j] = math.nan
        if believed[j] == 0:
            continue
        i = slot[j]
        expected[j] = expected_kn[i]
        expected_sigma[j] = expected_sigma_kn[i]
        v = speed[j]
        if math.isnan(v):
            continue
        now = t[j]
        if v < WAY_KN:
            if slow_since[i] == NO_TIME:
                slow_since[i] = now
            elif now - slow_since[i] >= STOP_MS:
                for k in range(BINS):
                    bins_t[i, k] = NO_TIME
                bin_t[i] = NO_TIME
                bin_n[i] = 0
                expected_kn[i] = math.nan
                expected_sigma_kn[i] = math.nan
        else:
            slow_since[i] = NO_TIME
        start = now - now % BIN_MS
        if bin_t[i] != start:
            if bin_n[i] > 0:
                head = bins_head[i]
                bins_t[i, head] = bin_t[i]
                bins_kn[i, head] = bin_sum[i] / bin_n[i]
                bins_head[i] = (head + 1) % BINS
                n = 0
                for k in range(BINS):
                    if bins_t[i, k] != NO_TIME:
                        age = now - bins_t[i, k] - BIN_MS
                        if GUARD_MS <= age + BIN_MS and age <= REACH_MS and bins_kn[i, k] >= WAY_KN:
                            values[n] = bins_kn[i, k]
                            n += 1
                expected_kn[i], expected_sigma_kn[i] = _middle(values, n)
            bin_t[i] = start
            bin_sum[i] = 0.0
            bin_n[i] = 0
        bin_sum[i] += v
        bin_n[i] += 1
