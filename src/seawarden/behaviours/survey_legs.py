"""Straight legs of a ship's way, and whether they make a pattern: to and fro, side by side, at one speed.

The way is simplified (Douglas and Peucker 1973) to the vertices where it bends or turns back; bends of a few degrees
are taken into one leg. Legs are parallel when their axes differ little, whichever way they were sailed; the common
axis is the mean of the doubled angles, weighted by length. A lawn-mower goes over to the next line after each leg, a
racetrack and a run up and down come back to the same ones: the spacing between legs tells them apart, and is stated.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from seawarden.model.position import F64, I64

TRIM: Final = 0.15
"""Share of a leg at each end that is turn as much as leg."""


class Legs(NamedTuple):
    """Straight stretches of a way, in order; arrays (k,)."""

    first: I64
    """Row of the first point."""
    last: I64
    length_m: F64
    bearing_deg: F64
    """Direction sailed, clockwise from the plane's y axis, degrees."""
    rms_m: F64
    """Root mean square distance of the points between from the straight line."""
    middle_x: F64
    """Middle of what is fitted, m; the corners themselves lie partly on the way over to the next leg."""
    middle_y: F64


class Pattern(NamedTuple):
    """What the legs make together."""

    legs: int
    """Parallel legs."""
    reversals: int
    """Times that a parallel leg is followed by one sailed the other way."""
    share: float
    """Share of the way, from the first parallel leg to the last, that is in such legs."""
    axis_deg: float
    """Axis of the legs, 0..180 degrees from the plane's y axis."""
    spacing_m: float
    """Median distance between legs that follow one another, across the axis."""
    length_m: float
    """Median length."""


def corners(x: F64, y: F64, tolerance_m: float) -> I64:
    """Rows that a simplified way keeps, first and last among them (Douglas and Peucker 1973); x, y (n,) in m."""
    n = len(x)
    keep = np.zeros(n, dtype=np.bool_)
    if n:
        keep[0] = keep[-1] = True
    stack = [(0, n - 1)]
    while stack:
        a, b = stack.pop()
        if b - a < 2:
            continue
        far = _off(x, y, a, b)
        k = a + 1 + int(np.argmax(far))
        if far[k - a - 1] <= tolerance_m:
            k = _turned_back(x, y, a, b, tolerance_m)
        if k > a:
            keep[k] = True
            stack += [(a, k), (k, b)]
    rows: I64 = np.flatnonzero(keep).astype(np.int64)
    return rows


def _turned_back(x: F64, y: F64, a: int, b: int, tolerance_m: float) -> int:
    """Row from which a way goes back along its own line by more than this; `a` when it does not.

    Lines side by side and closer than the tolerance are one line to a distance alone.
    """
    dx, dy = x[b] - x[a], y[b] - y[a]
    along = ((x[a : b + 1] - x[a]) * dx + (y[a : b + 1] - y[a]) * dy) / max(math.hypot(dx, dy), 1.0)
    reached = np.maximum.accumulate(along)
    back = reached - along
    k = int(np.argmax(back))
    if back[k] <= tolerance_m:
        return a
    turn = int(np.argmax(along[: k + 1]))
    return a + (turn if 0 < turn < b - a else k)


def _off(x: F64, y: F64, a: int, b: int) -> F64:
    """Distances of the points between two rows from the straight line through them (from the first if they meet)."""
    dx, dy = x[b] - x[a], y[b] - y[a]
    length = math.hypot(dx, dy)
    px, py = x[a + 1 : b] - x[a], y[a + 1 : b] - y[a]
    off: F64 = np.hypot(px, py) if length < 1.0 else np.abs(px * dy - py * dx) / length
    return off


def legs_of(x: F64, y: F64, tolerance_m: float, bend_deg: float) -> Legs:
    """Straight legs of a way.

    Args:
        x: east, m, shape (n,).
        y: north, m, shape (n,).
        tolerance_m: a point this far from the straight line is a corner.
        bend_deg: corners that turn by less do not part two legs.
    """
    at = corners(x, y, tolerance_m)
    spans: list[tuple[int, int]] = []
    heading = math.nan
    for a, b in zip(at[:-1].tolist(), at[1:].tolist(), strict=True):
        now = math.degrees(math.atan2(x[b] - x[a], y[b] - y[a]))
        if spans and abs((now - heading + 180.0) % 360.0 - 180.0) <= bend_deg:
            spans[-1] = (spans[-1][0], b)
            a = spans[-1][0]
            now = math.degrees(math.atan2(x[b] - x[a], y[b] - y[a]))
        else:
            spans.append((a, b))
        heading = now
    first = np.array([a for a, _ in spans], dtype=np.int64)
    last = np.array([b for _, b in spans], dtype=np.int64)
    length = np.hypot(x[last] - x[first], y[last] - y[first])
    fitted = np.array([_fit(x, y, a, b) for a, b in spans], dtype=np.float64).reshape(-1, 4)
    bearing, rms, middle_x, middle_y = (np.ascontiguousarray(column) for column in fitted.T)
    return Legs(first, last, length, bearing, rms, middle_x, middle_y)


def _fit(x: F64, y: F64, a: int, b: int) -> tuple[float, float, float, float]:
    """Bearing of a leg, degrees, rms off its line and its middle, m; the ends, where she turns, are left out."""
    dx, dy = x[b] - x[a], y[b] - y[a]
    chord = math.degrees(math.atan2(dx, dy)) % 360.0
    length = max(math.hypot(dx, dy), 1.0)
    along = ((x[a : b + 1] - x[a]) * dx + (y[a : b + 1] - y[a]) * dy) / length**2
    inner = np.flatnonzero((along >= TRIM) & (along <= 1.0 - TRIM)) + a
    if len(inner) < 3:
        rms = float(np.sqrt(np.mean(_off(x, y, a, b) ** 2))) if b - a > 1 else 0.0
        return chord, rms, float(0.5 * (x[a] + x[b])), float(0.5 * (y[a] + y[b]))
    middle_x, middle_y = float(np.mean(x[inner])), float(np.mean(y[inner]))
    px, py = x[inner] - middle_x, y[inner] - middle_y
    axis = 0.5 * math.atan2(2.0 * float(np.sum(px * py)), float(np.sum(py * py) - np.sum(px * px)))
    if math.cos(axis - math.radians(chord)) < 0.0:
        axis += math.pi
    off = px * math.cos(axis) - py * math.sin(axis)
    return math.degrees(axis) % 360.0, float(np.sqrt(np.mean(off**2))), middle_x, middle_y


def pattern_of(x: F64, y: F64, legs: Legs, least_m: float, angle_deg: float, straight_m: float) -> Pattern | None:
    """The pattern that parallel legs make, None when there are fewer than two.

    Args:
        x: east, m, shape (n,).
        y: north, m, shape (n,).
        legs: `legs_of` them.
        least_m: legs shorter than this are manoeuvres.
        angle_deg: largest angle between a leg and the common axis.
        straight_m: largest root mean square deviation of a leg.
    """
    fit = np.flatnonzero((legs.length_m >= least_m) & (legs.rms_m <= straight_m))
    if len(fit) < 2:
        return None
    double = np.radians(2.0 * legs.bearing_deg[fit])
    weight = legs.length_m[fit]
    axis = 0.5 * math.atan2(float(np.sum(weight * np.sin(double))), float(np.sum(weight * np.cos(double))))
    turned = np.abs((legs.bearing_deg[fit] - math.degrees(axis) + 90.0) % 180.0 - 90.0)
    fit = fit[turned <= angle_deg]
    if len(fit) < 2:
        return None
    along = np.cos(np.radians(legs.bearing_deg[fit]) - axis) > 0.0
    reversals = int(np.count_nonzero(along[1:] != along[:-1]))
    across = legs.middle_x[fit] * math.cos(axis) - legs.middle_y[fit] * math.sin(axis)
    whole = float(np.sum(legs.length_m[fit[0] : fit[-1] + 1]))  # how she came and left is no part of it
    return Pattern(
        legs=len(fit),
        reversals=reversals,
        share=float(np.sum(legs.length_m[fit])) / max(whole, 1.0),
        axis_deg=math.degrees(axis) % 180.0,
        spacing_m=float(np.median(np.abs(np.diff(across)))),
        length_m=float(np.median(legs.length_m[fit])),
    )
