"""The evidence for an anchor out, from one ship's track up to a tick: compiled, causal, one implementation.

The onset is the change-point of log speed that a step explains best (the generalised likelihood ratio of Gaussian
levels: a CUSUM whose start is unknown), searched over the last ninety minutes; up to forty-five minutes before it are
the ship's own expected speed.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from seawarden.behaviours.drag.lanes import Lanes, lane_at
from seawarden.behaviours.drag.minutes import SPAN, heading_evidence, minute_means, wobble_evidence
from seawarden.behaviours.drag.names import FEATURES
from seawarden.model.position import F64

LOOK_BACK_S: Final = 3.0 * 3600.0
SEARCH_S: Final = 90.0 * 60.0
BEFORE_S: Final = 45.0 * 60.0
BEFORE_LEAST_S: Final = 10.0 * 60.0
SETTLE_S: Final = 300.0
SLOWEST_KN: Final = 2.0
LEVEL_SIGMA: Final = 0.012
"""How far the level of a ship's log speed wanders by itself between two half hours, on steady legs."""
TOUCH_S: Final = 1e-3
"""A report at the very tick counts; times since 1970 carry no finer step than this safely."""
WOBBLE_CADENCE_S: Final = 200.0
"""A swing of five minutes needs a report every two or three."""
COUNT: Final = len(FEATURES)
LOSS: Final = FEATURES.index("loss")
LOSS_Z: Final = FEATURES.index("loss_z")
LOSS_NOW: Final = FEATURES.index("loss_now")
ONSET_AGE_MIN: Final = FEATURES.index("onset_age_min")
ABRUPT: Final = FEATURES.index("abrupt")
BEFORE_KN: Final = FEATURES.index("before_kn")
NOW_KN: Final = FEATURES.index("now_kn")
BEFORE_SIGMA: Final = FEATURES.index("before_sigma")
BEFORE_TREND_H: Final = FEATURES.index("before_trend_h")
AFTER_TREND_H: Final = FEATURES.index("after_trend_h")
ROUGHNESS: Final = FEATURES.index("roughness")
JITTER: Final = FEATURES.index("jitter")
UNSTEADY: Final = FEATURES.index("unsteady")
REGAINED: Final = FEATURES.index("regained")
BELOW_BEST: Final = FEATURES.index("below_best")
TURN_DEG: Final = FEATURES.index("turn_deg")
TURN_NEAR_DEG: Final = FEATURES.index("turn_near_deg")
WEAVE_DEG: Final = FEATURES.index("weave_deg")
WEAVE_RATIO: Final = FEATURES.index("weave_ratio")
SKEW_STEP_DEG: Final = FEATURES.index("skew_step_deg")
SKEW_Z: Final = FEATURES.index("skew_z")
SKEW_HELD_DEG: Final = FEATURES.index("skew_held_deg")
DIP: Final = FEATURES.index("dip")
DIP_Z: Final = FEATURES.index("dip_z")
DIP_AGE_MIN: Final = FEATURES.index("dip_age_min")
HEADING_LLR: Final = FEATURES.index("heading_llr")
WOBBLE_LLR: Final = FEATURES.index("wobble_llr")
LANE_SHIPS: Final = FEATURES.index("lane_ships")
LANE_CHANGE: Final = FEATURES.index("lane_change")
LANE_SLOWED: Final = FEATURES.index("lane_slowed")
CROSSED_MIN: Final = FEATURES.index("crossed_min")
CROSS_TO_ONSET_MIN: Final = FEATURES.index("cross_to_onset_min")
CADENCE_MIN: Final = FEATURES.index("cadence_min")
POINTS_AFTER: Final = FEATURES.index("points_after")


@njit(cache=True)
def _mean(sums: F64, a: int, b: int) -> float:
    """Mean of rows a..b-1 from running sums; NaN when empty."""
    return (sums[b] - sums[a]) / (b - a) if b > a else math.nan


@njit(cache=True)
def line_through(t: F64, y: F64, a: int, b: int) -> tuple[float, float]:
    """Slope per second and spread round the line of y over rows a..b-1; NaN with fewer than three."""
    n = b - a
    if n < 3:
        return math.nan, math.nan
    mt = 0.0
    my = 0.0
    for i in range(a, b):
        mt += t[i]
        my += y[i]
    mt /= n
    my /= n
    sxx = 0.0
    sxy = 0.0
    syy = 0.0
    for i in range(a, b):
        sxx += (t[i] - mt) ** 2
        sxy += (t[i] - mt) * (y[i] - my)
        syy += (y[i] - my) ** 2
    if sxx <= 0.0:
        return 0.0, math.sqrt(syy / n)
    slope = sxy / sxx
    return slope, math.sqrt(max(syy - slope * sxy, 0.0) / max(n - 2, 1))


@njit(cache=True)
def _jerk(t_s: F64, y: F64, a: int, b: int) -> float:
    """Root mean square of the change of y over about a minute (or from report to report, where they are rarer)."""
    n = 0
    square = 0.0
    j = a
    for i in range(a + 1, b):
        while j + 1 < i and t_s[i] - t_s[j + 1] >= 55.0:
            j += 1
        if t_s[i] - t_s[j] >= 55.0:
            square += (y[i] - y[j]) ** 2
            n += 1
    return math.sqrt(square / n) if n >= 3 else math.nan


@njit(cache=True)
def first_row(t: F64, a: int, b: int, when: float) -> int:
    """First row in a..b with t >= when."""
    while a < b:
        mid = (a + b) // 2
        if t[mid] < when:
            a = mid + 1
        else:
            b = mid
    return a


@njit(cache=True)
def _skew(skew: F64, a: int, b: int) -> tuple[float, float, int]:
    """Mean and spread of heading minus course over rows a..b-1 and how many carry it."""
    n = 0
    total = 0.0
    square = 0.0
    for i in range(a, b):
        if not math.isnan(skew[i]):
            n += 1
            total += skew[i]
            square += skew[i] * skew[i]
    if n == 0:
        return math.nan, math.nan, 0
    mean = total / n
    return mean, math.sqrt(max(square / n - mean * mean, 0.0)), n


@njit(cache=True)
def evidence(
    t_s: F64,
    log_v: F64,
    course: F64,
    skew: F64,
    lat: F64,
    lon: F64,
    crossed_s: F64,
    ticks_s: F64,
    place: F64,
    lanes: Lanes,
    own: Lanes,
    out: F64,
) -> None:
    """Fill the feature vector of one ship at each tick from positions with `t <= tick` alone.

    Args:
        t_s: event times of her believed positions, s, rising, shape (n,).
        log_v: natural log of the speed in knots (speeds under 0.1 count as 0.1), shape (n,).
        course: course over ground, unwrapped, degrees, shape (n,).
        skew: heading minus course, -180..180 degrees, NaN without a heading, shape (n,).
        lat: degrees, shape (n,).
        lon: degrees, shape (n,).
        crossed_s: times at which she crossed assets, s, rising, shape (c,).
        ticks_s: ticks, s, rising, shape (m,).
        place: distance to a port and share of land round, as in `FEATURES[-2:]`, shape (m, 2).
        lanes: what ships before did here.
        own: what of that is left out.
        out: filled, shape (m, COUNT); the first column is NaN where the ship cannot be scored.
    """
    n = len(t_s)
    minutes, ways, speeds = np.empty(SPAN), np.empty(SPAN), np.empty(SPAN)
    sums = np.zeros(n + 1)
    for i in range(n):
        sums[i + 1] = sums[i] + log_v[i]
    for k in range(len(ticks_s)):
        row = out[k]
        row[:] = np.nan
        now = ticks_s[k]
        end = first_row(t_s, 0, n, now + TOUCH_S)
        begin = first_row(t_s, 0, end, now - LOOK_BACK_S)
        if end - begin < 5:
            continue
        cadence = (t_s[end - 1] - t_s[begin]) / (end - 1 - begin)
        if now - t_s[end - 1] > max(3.0 * cadence, 300.0) or cadence > 1500.0:
            continue
        near = first_row(t_s, begin, end, now - 3600.0)
        if end - near >= 4:
            cadence = (t_s[end - 1] - t_s[near]) / (end - 1 - near)
        # the onset: the change-point that a step of speed explains best
        best = -math.inf
        onset = -1
        for j in range(first_row(t_s, begin, end, now - SEARCH_S), end):
            a = first_row(t_s, begin, j, t_s[j] - BEFORE_S)
            if j - a < 3 or t_s[j - 1] - t_s[a] < BEFORE_LEAST_S:
                continue
            drop = _mean(sums, a, j) - _mean(sums, j, end)
            gain = drop * abs(drop) * (j - a) * (end - j) / (end - a)
            if gain > best:
                best = gain
                onset = j
        if onset < 0:
            continue
        a = first_row(t_s, begin, onset, t_s[onset] - BEFORE_S)
        before = _mean(sums, a, onset)
        if math.exp(before) < SLOWEST_KN:
            continue
        settled = first_row(t_s, onset, end, t_s[onset] + SETTLE_S)
        if end - settled < 2:
            settled = onset
        after = _mean(sums, settled, end)
        last5 = min(first_row(t_s, onset, end, now - 300.0), end - 1)
        trend, spread = line_through(t_s, log_v, a, onset)
        after_trend, after_spread = line_through(t_s, log_v, settled, end)
        per = max(600.0 / max(cadence, 10.0), 1.0)  # neighbours in time say the same: ten minutes count as one
        counts = max((onset - a) / per, 1.0), max((end - settled) / per, 1.0)
        sigma = math.sqrt((spread**2 + 0.01**2) * (1.0 / counts[0] + 1.0 / counts[1]) + LEVEL_SIGMA**2)
        early_a = first_row(t_s, begin, onset, t_s[onset] - 720.0)
        early = _mean(sums, early_a, first_row(t_s, begin, onset, t_s[onset] - 60.0))
        late_a = first_row(t_s, onset, end, t_s[onset] + 240.0)
        late = _mean(sums, late_a, max(first_row(t_s, late_a, end, t_s[onset] + 720.0), min(late_a + 1, end)))
        row[LOSS] = before - after
        row[LOSS_Z] = (before - after) / sigma
        row[LOSS_NOW] = before - _mean(sums, last5, end)
        row[ONSET_AGE_MIN] = (now - t_s[onset]) / 60.0
        row[ABRUPT] = min(max((early - late) / max(abs(before - after), 0.02), -3.0), 3.0)
        row[BEFORE_KN] = math.exp(before)
        row[NOW_KN] = math.exp(_mean(sums, last5, end))
        row[BEFORE_SIGMA] = spread
        row[BEFORE_TREND_H] = trend * 3600.0
        row[AFTER_TREND_H] = after_trend * 3600.0 if t_s[end - 1] - t_s[settled] >= 480.0 else math.nan
        row[ROUGHNESS] = math.log((after_spread + 0.004) / (spread + 0.004))
        jerk0 = _jerk(t_s, log_v, a, onset)
        jerk1 = _jerk(t_s, log_v, settled, end)
        row[JITTER] = math.log((jerk1 + 0.002) / (jerk0 + 0.002))
        row[UNSTEADY] = min((jerk1 - jerk0) / max(before - after, 0.03), 1.0)
        regained = -math.inf
        for j in range(settled, end):
            upto = first_row(t_s, j, end, t_s[j] + 301.0)
            if t_s[upto - 1] - t_s[j] >= 200.0 or cadence > 250.0:
                regained = max(regained, _mean(sums, j, upto))
        row[REGAINED] = regained - before if regained > -math.inf else math.nan
        top = -math.inf
        for j in range(begin, onset):
            upto = first_row(t_s, j, onset, t_s[j] + 900.0)
            if upto - j >= 2:
                top = max(top, _mean(sums, j, upto))
        row[BELOW_BEST] = top - before if top > -math.inf else math.nan
        _course(t_s, course, a, onset, settled, end, row)
        _heading(t_s, skew, a, onset, settled, end, now, counts[0], counts[1], row)
        _dip(t_s, log_v, sums, begin, end, now, cadence, spread, row)
        since = min(max(round((now - t_s[onset]) / 60.0), 1), SPAN - 20)
        minute_means(t_s, course, end, now, ways)
        if not math.isnan(skew[end - 1]):
            minute_means(t_s, skew, end, now, minutes)
            minute_means(t_s, log_v, end, now, speeds)
            row[HEADING_LLR] = heading_evidence(minutes, ways, speeds, since)
        if cadence <= WOBBLE_CADENCE_S:
            row[WOBBLE_LLR] = wobble_evidence(ways, since)
        came = max(first_row(t_s, begin, end, t_s[onset] - 300.0) - 1, begin)
        found = lane_at(lanes, own, lat[onset - 1], lon[onset - 1], course[came])
        row[LANE_SHIPS], row[LANE_CHANGE], row[LANE_SLOWED] = found
        c = first_row(crossed_s, 0, len(crossed_s), now + TOUCH_S) - 1
        if c >= 0 and now - crossed_s[c] < 5400.0:
            row[CROSSED_MIN] = (now - crossed_s[c]) / 60.0
            row[CROSS_TO_ONSET_MIN] = (t_s[onset] - crossed_s[c]) / 60.0
        row[CADENCE_MIN] = cadence / 60.0
        row[POINTS_AFTER] = min(end - onset, 60)
        row[COUNT - 2 :] = place[k]


@njit(cache=True)
def _course(t_s: F64, course: F64, a: int, onset: int, settled: int, end: int, row: F64) -> None:
    """Turn across the onset and near it, and how the course wanders."""
    before = first_row(t_s, a, onset, t_s[onset] - 900.0)
    total = 0.0
    for i in range(before, onset):
        total += course[i]
    recent = max(first_row(t_s, onset, end, t_s[end - 1] - 600.0), onset)
    after = 0.0
    for i in range(recent, end):
        after += course[i]
    if onset > before and end > recent:
        row[TURN_DEG] = min(abs(after / (end - recent) - total / (onset - before)), 180.0)
    low, high = math.inf, -math.inf
    for i in range(first_row(t_s, a, onset, t_s[onset] - 600.0), first_row(t_s, onset, end, t_s[onset] + 600.0)):
        low, high = min(low, course[i]), max(high, course[i])
    row[TURN_NEAR_DEG] = min(high - low, 180.0) if high >= low else math.nan
    _, calm = line_through(t_s, course, first_row(t_s, a, onset, t_s[onset] - 1500.0), onset)
    _, wide = line_through(t_s, course, max(settled, first_row(t_s, onset, end, t_s[end - 1] - 1500.0)), end)
    row[WEAVE_DEG] = min(wide, 60.0)
    row[WEAVE_RATIO] = math.log((wide + 0.3) / (calm + 0.3))


@njit(cache=True)
def _heading(
    t_s: F64,
    skew: F64,
    a: int,
    onset: int,
    settled: int,
    end: int,
    now: float,
    before_n: float,
    after_n: float,
    row: F64,
) -> None:
    """Step of heading minus course across the onset."""
    mean0, sd0, n0 = _skew(skew, a, onset)
    mean1, _, n1 = _skew(skew, settled, end)
    if n0 >= 3 and n1 >= 2:
        step = mean1 - mean0
        row[SKEW_STEP_DEG] = min(abs(step), 45.0)
        row[SKEW_Z] = min(abs(step) / math.sqrt((sd0 * sd0 + 0.25) * (1.0 / before_n + 1.0 / after_n) + 0.49), 40.0)
        mean2, _, n2 = _skew(skew, max(first_row(t_s, onset, end, now - 600.0), onset), end)
        if n2 >= 1:
            row[SKEW_HELD_DEG] = min(abs(mean2 - mean0), 45.0) if (mean2 - mean0) * step > 0.0 else 0.0


@njit(cache=True)
def _dip(
    t_s: F64, log_v: F64, sums: F64, begin: int, end: int, now: float, cadence: float, spread: float, row: F64
) -> None:
    """The deepest dip of three to eight minutes within the last half hour that has both shoulders."""
    if cadence > 100.0:
        return
    best = -math.inf
    for j in range(first_row(t_s, begin, end, now - 1800.0), end):
        a = first_row(t_s, begin, j, t_s[j] - 720.0)
        if j - a < 3 or t_s[j] - t_s[a] < 500.0:
            continue
        shoulder = _mean(sums, a, max(first_row(t_s, a, j, t_s[j] - 60.0), a + 1))
        for length in (180.0, 300.0, 480.0):
            b = first_row(t_s, j, end, t_s[j] + length)
            c = first_row(t_s, b, end, t_s[j] + length + 60.0)
            if end - c < 2 or t_s[end - 1] - t_s[c] < 120.0 or b - j < 2:
                continue
            c_end = first_row(t_s, c, end, t_s[c] + 600.0)
            level = min(shoulder, _mean(sums, c, c_end)) if c_end > c else shoulder
            depth = level - _mean(sums, j, b)
            tilt = abs(shoulder - _mean(sums, c, c_end)) if c_end > c else 0.0
            z = (depth - 0.5 * tilt) / math.sqrt((spread**2 + 0.008**2) * (1.0 / max(length / 180.0, 1.0) + 0.5))
            if z > best:
                best = z
                row[DIP] = depth
                row[DIP_Z] = z
                row[DIP_AGE_MIN] = (now - t_s[j]) / 60.0
