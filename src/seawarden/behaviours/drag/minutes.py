"""Evidence from minute means: a steady step of heading minus course, and a slow yaw of the course."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from seawarden.model.position import F64

SPAN: Final = 140
"""Minutes that are looked back: ninety since the onset and some before it."""
BRIDGED: Final = 5
"""Holes of up to so many minutes are bridged by a straight line."""
SHIP_SIGMA_DEG: Final = 2.0
"""Heading minus course differs between ships (antenna, gyro, trim, set): the prior of her own constant."""
WANDER_SIGMA_DEG: Final = 1.2
WANDER_S: Final = 2400.0
REPORT_SIGMA_DEG: Final = 1.15
"""Heading minus course wanders and scatters so; measured on real headings (15 ships off Nova Scotia, August 2025)."""
GRIP_S: Final = 150.0
"""A pull turns a ship within a few minutes."""
TURN_VAR: Final = 1.0
"""Square degrees that each degree of a turn adds to the wandering: set and leeway keep their direction while she
changes hers. On real headings (half of 30 ships of the Aleutians and Singapore) heading minus course differs by
2.6-2.9 degrees after turns of 5-20 degrees and by 3.4 after more, against 0.9-1.4 on a steady course."""
TURN_OVER: Final = 3
TURN_LEAST_DEG: Final = 3.0
TURN_MOST_DEG: Final = 15.0
"""A turn is the change of course over three minutes beyond what a helmsman's own yaw makes, up to so much."""
FLOW_SIGMA_KN: Final = 0.3
FLOW_S: Final = 7200.0
SLOWEST_KN: Final = 4.0
"""Set and leeway across her course turn her off by their ratio to her speed: the more, the slower she is."""
LARGEST_DEG: Final = 8
"""Towed bodies and ships under tow lie at 1-8 degrees to their course."""
JUMP_DEG: Final = 15.0
"""A single minute is not believed to say more than this."""
PERIODS_MIN: Final = np.array([5.0, 6.0, 7.0, 8.5, 10.0, 12.0, 15.0])
WINDOW_MIN: Final = 30
WIDEST_DEG: Final = 4.5
"""Wider swings are turns rather than yaw."""
CALM_VAR: Final = 0.04


@njit(cache=True)
def minute_means(t_s: F64, value: F64, end: int, now: float, out: F64) -> None:
    """Means of `value` over the minutes before `now`, newest first, shape (SPAN,); small holes bridged, else NaN."""
    i = end - 1
    last = -1
    for k in range(SPAN):
        begin = now - 60.0 * (k + 1)
        total, n = 0.0, 0
        while i >= 0 and t_s[i] > begin:
            if not math.isnan(value[i]):
                total += value[i]
                n += 1
            i -= 1
        if n == 0:
            out[k] = math.nan
            continue
        out[k] = total / n
        if last >= 0 and 1 < k - last <= BRIDGED:
            for j in range(last + 1, k):
                out[j] = out[last] + (out[k] - out[last]) * (j - last) / (k - last)
        last = k


@njit(cache=True)
def heading_evidence(skew: F64, course: F64, log_v: F64, onset: int) -> float:
    """Log-likelihood ratio of a steady step of heading minus course since the onset, of 1 to 8 degrees either way.

    A Kalman filter over her constant and her slow wandering, which a turn sets free, gives the innovations of the
    data and of the step's form; the ratio is averaged over sizes and sides.

    Args:
        skew: minute means of heading minus course, degrees, newest first.
        course: minute means of the unwrapped course, degrees, newest first.
        log_v: minute means of log speed, newest first.
        onset: minutes since the onset.

    Returns:
        Natural log of the ratio, NaN where fewer than five minutes before or two after carry a heading.
    """
    fade, stay = math.exp(-60.0 / WANDER_S), math.exp(-60.0 / FLOW_S)
    state, shape = np.zeros(3), np.zeros(3)  # her constant, degrees; wandering, degrees; cross flow, kn
    p = np.zeros((3, 3))
    p[0, 0], p[1, 1], p[2, 2] = SHIP_SIGMA_DEG**2, WANDER_SIGMA_DEG**2, FLOW_SIGMA_KN**2
    h, gain = np.ones(3), np.zeros(3)
    cross, square = 0.0, 0.0
    before, after = 0, 0
    speed_kn = 10.0
    for k in range(min(onset + 60, SPAN) - 1, -1, -1):
        turned, swung = 0.0, 0.0
        if k + TURN_OVER < SPAN and not math.isnan(course[k] - course[k + TURN_OVER]):
            turned = abs(course[k] - course[k + TURN_OVER])
        if k + 1 < SPAN and not math.isnan(course[k] - course[k + 1]):
            swung = math.radians(course[k] - course[k + 1])
        along = stay * math.cos(swung)
        for vector in (state, shape):
            vector[1] *= fade
            vector[2] *= along
        for i in range(3):
            p[i, 1] *= fade
            p[1, i] *= fade
            p[i, 2] *= along
            p[2, i] *= along
        p[1, 1] += WANDER_SIGMA_DEG**2 * (1.0 - fade * fade)
        p[1, 1] += TURN_VAR * max(min(turned, TURN_MOST_DEG) - TURN_LEAST_DEG, 0.0) / TURN_OVER
        p[2, 2] += FLOW_SIGMA_KN**2 * (1.0 - along * along)
        if not math.isnan(log_v[k]):
            speed_kn = max(math.exp(log_v[k]), SLOWEST_KN)
        if math.isnan(skew[k]):
            continue
        if before + after == 0:
            state[0] = skew[k]
        form = 1.0 - math.exp(-(onset - k - 0.5) * 60.0 / GRIP_S) if k < onset else 0.0
        h[2] = math.degrees(1.0 / speed_kn)
        variance = REPORT_SIGMA_DEG**2
        off, off_form = skew[k], form
        for i in range(3):
            gain[i] = p[i, 0] * h[0] + p[i, 1] * h[1] + p[i, 2] * h[2]
            off -= h[i] * state[i]
            off_form -= h[i] * shape[i]
        variance += h[0] * gain[0] + h[1] * gain[1] + h[2] * gain[2]
        off = (off + 180.0) % 360.0 - 180.0
        off = min(max(off, -JUMP_DEG), JUMP_DEG)
        cross += off * off_form / variance
        square += off_form * off_form / variance
        for i in range(3):
            state[i] += gain[i] / variance * off
            shape[i] += gain[i] / variance * off_form
            for j in range(3):
                if j >= i:
                    p[i, j] -= gain[i] * gain[j] / variance
                    p[j, i] = p[i, j]
        if k < onset:
            after += 1
        else:
            before += 1
    if before < 5 or after < 2 or square <= 0.0:
        return math.nan
    top = -math.inf
    for size in range(1, LARGEST_DEG + 1):
        top = max(top, size * abs(cross) - 0.5 * size * size * square)
    total = 0.0
    for size in range(1, LARGEST_DEG + 1):
        for side in (-1.0, 1.0):
            total += math.exp(side * size * cross - 0.5 * size * size * square - top)
    return min(top + math.log(total / (2.0 * LARGEST_DEG)), 30.0)


@njit(cache=True)
def wobble_evidence(course: F64, onset: int) -> float:
    """How much better one slow swing (5-15 min) explains the course since the onset than a straight line does.

    In units of log-likelihood, less what the choice of a swing would gain by chance; her own unsteadiness before the
    onset is the yardstick.

    Args:
        course: minute means of the unwrapped course, degrees, newest first.
        onset: minutes since the onset.

    Returns:
        -5 to 30; NaN with fewer than seven minutes since the onset or eight before.
    """
    width = min(onset, WINDOW_MIN)
    total, n = 0.0, 0
    for i in range(onset + 1, min(onset + 40, SPAN - 1)):
        step = course[i] - course[i + 1]
        if not math.isnan(step):
            total += min(step * step, 9.0)
            n += 1
    if width < 7 or n < 8:
        return math.nan
    calm = max(0.5 * total / n, CALM_VAR)
    m = 0
    zero = 0.0
    for i in range(width):
        if not math.isnan(course[i]):
            zero = course[i]
            m += 1
    if m < 7:
        return math.nan
    design, seen = np.empty((m, 4)), np.empty(m)
    row = 0
    for i in range(width):
        if not math.isnan(course[i]):
            design[row, 0], design[row, 1], seen[row] = 1.0, i / width - 0.5, course[i] - zero
            row += 1
    line = _residual(design, seen, 2)[0]
    top = -math.inf
    gains = np.empty(len(PERIODS_MIN))
    for p in range(len(PERIODS_MIN)):
        row = 0
        for i in range(width):
            if not math.isnan(course[i]):
                angle = 2.0 * math.pi * i / PERIODS_MIN[p]
                design[row, 2], design[row, 3] = math.sin(angle), math.cos(angle)
                row += 1
        left, swing = _residual(design, seen, 4)
        noise = max(calm, left / max(m - 4, 1))
        gains[p] = (line - left) / (2.0 * noise) - math.log(0.5 * m) - max(0.0, swing - WIDEST_DEG)
        top = max(top, gains[p])
    mean = 0.0
    for gain in gains:
        mean += math.exp(gain - top)
    return min(max(top + math.log(mean / len(gains)), -5.0), 30.0)


@njit(cache=True)
def _residual(design: F64, seen: F64, columns: int) -> tuple[float, float]:
    """Sum of squares that a least-squares fit leaves (its swing held small by a trifle), and its swing's size."""
    normal = np.zeros((columns, columns + 1))
    for i in range(len(seen)):
        for a in range(columns):
            for b in range(a, columns):
                normal[a, b] += design[i, a] * design[i, b]
            normal[a, columns] += design[i, a] * seen[i]
    for a in range(columns):
        normal[a, a] += 1e-9 if a < 2 else 0.1
        for b in range(a):
            normal[a, b] = normal[b, a]
    for a in range(columns):  # symmetric and positive: no pivoting needed
        for b in range(a + 1, columns):
            share = normal[b, a] / normal[a, a]
            for c in range(a, columns + 1):
                normal[b, c] -= share * normal[a, c]
    fit = np.zeros(columns)
    for a in range(columns - 1, -1, -1):
        rest = normal[a, columns]
        for c in range(a + 1, columns):
            rest -= normal[a, c] * fit[c]
        fit[a] = rest / normal[a, a]
    left = 0.0
    for i in range(len(seen)):
        off = seen[i]
        for a in range(columns):
            off -= design[i, a] * fit[a]
        left += off * off
    return left, math.hypot(fit[2], fit[3]) if columns == 4 else 0.0
