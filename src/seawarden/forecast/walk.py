"""Futures from analogues: each past voyage is followed onwards at the ship's own pace.

The ship's offset from the voyage decays with the horizon, because ships keep to lanes. Where a past voyage ends (it
left the reception, or the file was cut) the walk goes on along another one that passed its end: `Successors`,
matched once when the history grows. Which of them is taken follows a fixed low-discrepancy sequence, so that the
same question has the same answer.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.forecast.history import Cells, Columns
from seawarden.forecast.query import KM_PER_DEG, PAST, STEP_MIN, Queries
from seawarden.forecast.retrieval import NO_MATCH, match, wrap
from seawarden.model.position import F32, F64, I64

OFFSET_STEPS: Final = 24.0
"""E-folding of the offset from the voyage that is followed, in steps: four hours."""
BRANCHES: Final = 8
"""Continuations kept for the end of a voyage."""
BRANCH_SPREAD: Final = 4.0
"""Squared distance over which a continuation loses a factor of exp(-1/2)."""
BRANCH_LIMIT: Final = 50.0
"""The end of a voyage has no continuation when the nearest is farther than this squared distance."""
MAX_HOPS: Final = 4
PACE: Final = (0.5, 2.0)
"""A voyage is followed at no less and no more than these multiples of its own pace."""


class Successors(NamedTuple):
    """Where a walk goes on after the end of each voyage; arrays (m, BRANCHES)."""

    voyage: I64
    at: F64
    pace: F64
    cumulative: F64
    """Running sum of the chances; zero where there is no continuation."""


class Walks(NamedTuple):
    """Futures; arrays (n, K, H) in degrees, and how many steps rest on history (n, K)."""

    lat: F64
    lon: F64
    steps_known: I64


@njit(cache=True)
def _halton(n: int, bases: I64) -> F64:
    out = np.empty((n, bases.shape[0]))
    for b in range(bases.shape[0]):
        for i in range(n):
            f = 1.0
            r = 0.0
            k = i + 1
            while k > 0:
                f /= bases[b]
                r += f * (k % bases[b])
                k //= bases[b]
            out[i, b] = r
    return out


def halton(n: int, dimensions: int) -> F64:
    """The first `n` points of Halton's sequence (Halton 1960) in up to six dimensions."""
    return np.ascontiguousarray(_halton(n, np.array([2, 3, 5, 7, 11, 13][:dimensions], np.int64)))


DRAWS: Final = halton(256, MAX_HOPS)


@njit(cache=True)
def _position(start: I64, lat: F32, lon: F32, j: int, at: float) -> tuple[float, float]:
    k = int(at)
    f = at - k
    i = start[j] + k
    if f == 0.0:
        return float(lat[i]), float(lon[i])
    return lat[i] + f * (lat[i + 1] - lat[i]), lon[i] + f * wrap(lon[i + 1] - lon[i])


@njit(cache=True)
def _walk(
    lat0: F64,
    lon0: F64,
    voyage0: I64,
    at0: F64,
    pace0: F64,
    steps: int,
    rows_a_step: float,
    start: I64,
    lat: F32,
    lon: F32,
    next_voyage: I64,
    next_at: F64,
    next_pace: F64,
    cumulative: F64,
    draws: F64,
) -> tuple[F64, F64, I64]:
    n, K = voyage0.shape
    out_lat = np.zeros((n, K, steps))
    out_lon = np.zeros((n, K, steps))
    known = np.zeros((n, K), np.int64)
    for q in range(n):
        for k in range(K):
            j = voyage0[q, k]
            if j < 0:
                for h in range(steps):
                    out_lat[q, k, h] = lat0[q]
                    out_lon[q, k, h] = lon0[q]
                continue
            at = at0[q, k]
            y, x = _position(start, lat, lon, j, at)
            off_y = lat0[q] - y
            off_x = wrap(lon0[q] - x)
            since = 0.0  # steps at which the offset was set
            pace = pace0[q, k]
            hops = 0
            lost = False
            now = 0.0
            last_y = lat0[q]
            last_x = lon0[q]
            vy = 0.0
            vx = 0.0
            for h in range(steps):
                need = 1.0
                while need > 1e-9 and not lost:
                    end = start[j + 1] - start[j] - 1.0
                    rate = pace * rows_a_step
                    if at + need * rate <= end:
                        at += need * rate
                        now += need
                        need = 0.0
                        continue
                    used = (end - at) / rate
                    need -= used
                    now += used
                    at = end
                    if hops >= MAX_HOPS or cumulative[j, BRANCHES - 1] <= 0.0:
                        lost = True
                        continue
                    m = 0
                    u = draws[k % draws.shape[0], hops]
                    while m < BRANCHES - 1 and u > cumulative[j, m]:
                        m += 1
                    if next_voyage[j, m] < 0:
                        lost = True
                        continue
                    decay = math.exp(-(now - since) / OFFSET_STEPS)
                    y, x = _position(start, lat, lon, j, end)
                    y += off_y * decay
                    x += off_x * decay
                    at = next_at[j, m]
                    pace = min(max(pace * next_pace[j, m], PACE[0]), PACE[1])
                    j = next_voyage[j, m]
                    y2, x2 = _position(start, lat, lon, j, at)
                    off_y = y - y2
                    off_x = wrap(x - x2)
                    since = now
                    hops += 1
                if lost:
                    y = last_y + vy
                    x = last_x + vx
                else:
                    decay = math.exp(-(now - since) / OFFSET_STEPS)
                    y, x = _position(start, lat, lon, j, at)
                    y += off_y * decay
                    x = wrap(x + off_x * decay)
                    vy = y - last_y
                    vx = wrap(x - last_x)
                    known[q, k] = h + 1
                last_y = min(max(y, -89.9), 89.9)
                last_x = wrap(x)
                out_lat[q, k, h] = last_y
                out_lon[q, k, h] = last_x
    return out_lat, out_lon, known


def walk(
    queries: Queries,
    voyage: I64,
    at: F64,
    pace: F64,
    steps: int,
    columns: Columns,
    rows_a_step: float,
    after: Successors,
) -> Walks:
    """Follow the matched voyages for `steps` steps; past their known end a walk keeps its last velocity."""
    return Walks(
        *_walk(
            queries.lat,
            queries.lon,
            voyage,
            at,
            pace,
            steps,
            rows_a_step,
            columns.start,
            columns.lat,
            columns.lon,
            *after,
            DRAWS,
        )
    )


def ends(columns: Columns, first: int, rows_a_step: float) -> Queries:
    """The ends of the voyages from number `first` on, as queries."""
    last = columns.start[first + 1 :] - 1
    begin = columns.start[first:-1]
    n_past = np.minimum((last - begin) / rows_a_step, PAST - 1).astype(np.int64)
    back = np.minimum(np.arange(PAST)[None, :], n_past[:, None]) * rows_a_step
    rows = last[:, None] - np.rint(back).astype(np.int64)
    past_lat = columns.lat[rows].astype(np.float64)
    past_lon = columns.lon[rows].astype(np.float64)
    k = np.minimum(n_past, 1)
    pick = np.arange(len(last))
    north = (past_lat[:, 0] - past_lat[pick, k]) * KM_PER_DEG
    east = (past_lon[:, 0] - past_lon[pick, k]) * KM_PER_DEG * np.cos(np.radians(past_lat[:, 0]))
    moved = np.hypot(north, east)
    course = np.where(moved > 0.05, np.degrees(np.arctan2(east, north)) % 360, columns.cog_deg[last])
    speed = moved / np.maximum(k, 1) / (STEP_MIN / 60) / 1.852
    return Queries(
        np.ascontiguousarray(past_lat[:, 0]),
        np.ascontiguousarray(past_lon[:, 0]),
        speed,
        course.astype(np.float64),
        past_lat,
        past_lon,
        n_past,
        np.ascontiguousarray(columns.ship[first:]),
        np.ascontiguousarray(columns.kind[first:]),
    )


def successors(columns: Columns, cells: Cells, rows_a_step: float, first: int = 0) -> Successors:
    """Continuations for the ends of the voyages from number `first` on."""
    queries = ends(columns, first, rows_a_step)
    own = np.arange(first, len(columns.ship), dtype=np.int64)
    found = match(queries, columns, cells, rows_a_step, BRANCHES, not_voyage=own)
    chance = np.exp(-0.5 * np.minimum(found.distance, 400.0) / BRANCH_SPREAD)
    chance[(found.voyage < 0) | (found.distance[:, :1] > BRANCH_LIMIT) | (found.distance >= NO_MATCH)] = 0.0
    total = chance.sum(1, keepdims=True)
    cumulative = np.cumsum(np.divide(chance, total, out=np.zeros_like(chance), where=total > 0), axis=1)
    rows = columns.start[np.maximum(found.voyage, 0)] + found.at.astype(np.int64)
    theirs = np.maximum(columns.sog_kn[rows].astype(np.float64), 0.5)
    pace = np.clip(np.maximum(queries.sog_kn, 0.5)[:, None] / theirs, 0.6, 1.6)
    return Successors(found.voyage, found.at, np.ascontiguousarray(pace), np.ascontiguousarray(cumulative))


def no_successors() -> Successors:
    """For an empty history."""
    none = np.empty((0, BRANCHES))
    return Successors(np.empty((0, BRANCHES), np.int64), none, none.copy(), none.copy())
