"""Analogues: for each ship the past voyages that passed here the same way, one anchor a voyage.

An anchor is the point of a past voyage, between its rows, that is nearest in place, course and speed; then the past
of both is compared. The distance is a sum of squares: place over `PLACE_KM`, course over `COURSE_RAD` (wider for
slow ships, whose course says little), log speed over `SPEED_LOG`, plus the mean squared mismatch of the past over
`PAST_SHAPE`. The scales were tuned by cross-validation grouped by ship on the 1,000 training tracks of ct_dma.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.forecast.history import CELL_LAT_DEG, CELL_LON_DEG, ROW_CELLS, Cells, Columns
from seawarden.forecast.query import KM_PER_DEG, KNOT_KMH, Queries
from seawarden.model.position import F32, F64, I32, I64

PLACE_KM: Final = 2.5
COURSE_RAD: Final = 0.16
SPEED_LOG: Final = 0.35
PAST_SHAPE: Final = 1.0
REACH_KM: Final = 30.0
"""No analogue lies farther off than this."""
SLOW_KN: Final = 3.0
"""Below this speed any course matches."""
ENOUGH: Final = 9.0
"""A voyage nearer than this (three scales) counts towards stopping the search at a smaller ring."""
NO_MATCH: Final = 1e9
LAGS: Final = np.array([1, 2, 3, 6, 9, 12, 17], np.int64)
"""Steps back at which the pasts are compared."""


class Matches(NamedTuple):
    """The best voyages of each query, nearest first; arrays (n, K)."""

    voyage: I64
    """-1 where there are fewer than K."""
    at: F64
    """Where in the voyage, in rows."""
    distance: F64


@njit(cache=True)
def wrap(x: float) -> float:
    """Degrees brought into -180..180."""
    if x > 180.0:
        return x - 360.0
    if x < -180.0:
        return x + 360.0
    return x


@njit(cache=True)
def _match(
    lat0: F64,
    lon0: F64,
    v_kmh: F64,
    course: F64,
    past_lat: F64,
    past_lon: F64,
    n_past: I64,
    not_ship: I64,
    not_voyage: I64,
    start: I64,
    voyage: I32,
    lat: F32,
    lon: F32,
    sog: F32,
    ship: I64,
    keys: I64,
    first: I64,
    rows: I32,
    rows_a_step: float,
    lags: I64,
    K: int,
) -> tuple[I64, F64, F64]:
    n = lat0.shape[0]
    m = ship.shape[0]
    out_j = np.full((n, K), -1, np.int64)
    out_at = np.zeros((n, K))
    out_d = np.full((n, K), NO_MATCH)
    best = np.full(m, NO_MATCH)
    where = np.zeros(m)
    ratio = np.zeros(m)
    touched = np.empty(m, np.int64)
    for q in range(n):
        ky = KM_PER_DEG
        kx = KM_PER_DEG * math.cos(math.radians(lat0[q]))
        v = v_kmh[q]
        east, north = math.sin(course[q]), math.cos(course[q])
        vk = v / KNOT_KMH
        slow = vk < SLOW_KN
        sigma = COURSE_RAD * (1.0 + (SLOW_KN / max(vk, 0.5)) ** 2) if vk < 2 * SLOW_KN else COURSE_RAD
        n_touched = 0
        done_rows = -1
        done_cols = -1
        row0 = int(np.floor((lat0[q] + 90.0) / CELL_LAT_DEG))
        col0 = int(np.floor(((lon0[q] + 180.0) % 360.0) / CELL_LON_DEG))
        for reach in (6.0, 13.0, REACH_KM):
            n_rows = int(np.ceil(reach / (CELL_LAT_DEG * ky)))
            n_cols = min(int(np.ceil(reach / (CELL_LON_DEG * max(kx, 1.0)))), ROW_CELLS // 2 - 1)
            for dr in range(-n_rows, n_rows + 1):
                for dc in range(-n_cols, n_cols + 1):
                    if abs(dr) <= done_rows and abs(dc) <= done_cols:
                        continue
                    key = (row0 + dr) * ROW_CELLS + (col0 + dc) % ROW_CELLS
                    c = np.searchsorted(keys, key)
                    if c >= keys.shape[0] or keys[c] != key:
                        continue
                    for p in range(first[c], first[c + 1]):
                        i = rows[p]
                        j = voyage[i]
                        left = start[j + 1] - i
                        if left < 3 or ship[j] == not_ship[q] or j == not_voyage[q]:
                            continue
                        ax = wrap(lon[i] - lon0[q]) * kx
                        ay = (lat[i] - lat0[q]) * ky
                        if ax * ax + ay * ay > REACH_KM * REACH_KM:
                            continue
                        ux = wrap(lon[i + 1] - lon[i]) * kx
                        uy = (lat[i + 1] - lat[i]) * ky
                        l2 = ux * ux + uy * uy
                        f = 0.0
                        if l2 >= 1e-4:
                            f = min(max(-(ax * ux + ay * uy) / l2, 0.0), 1.0)
                        if f == 1.0 and left > 3:
                            continue  # the next row holds the nearer point
                        px = ax + f * ux
                        py = ay + f * uy
                        s = (px * px + py * py) / PLACE_KM**2
                        if s >= best[j]:
                            continue
                        length = math.sqrt(l2)
                        if length * rows_a_step >= 0.3:
                            along = (ux * east + uy * north) / length
                            if along < 0.2 and not slow:
                                continue
                            turn = math.acos(max(-1.0, min(1.0, along)))
                            s += turn * turn / (sigma * sigma)
                            if s >= best[j]:
                                continue
                        elif not slow:
                            continue
                        vc = (sog[i] + f * (sog[i + 1] - sog[i])) * KNOT_KMH
                        lv = math.log((v + 2.0) / (vc + 2.0))
                        s += lv * lv / SPEED_LOG**2
                        if s < best[j]:
                            if best[j] >= NO_MATCH:
                                touched[n_touched] = j
                                n_touched += 1
                            best[j] = s
                            where[j] = i - start[j] + f
                            ratio[j] = max(v, 1.0) / max(vc, 1.0)
            done_rows = n_rows
            done_cols = n_cols
            good = 0
            for a in range(n_touched):
                if best[touched[a]] < ENOUGH:
                    good += 1
            if good >= 2 * K:
                break
        found = np.sort(touched[:n_touched])
        order = found[np.argsort(best[found], kind="mergesort")]
        kept = min(2 * K, n_touched)
        total = np.empty(kept)
        for a in range(kept):
            j = order[a]
            r = min(max(ratio[j], 0.5), 2.0)
            mismatch = 0.0
            count = 0
            for g in range(lags.shape[0]):
                back = where[j] - lags[g] * r * rows_a_step
                if lags[g] > n_past[q] or back < 0:
                    break
                i = start[j] + int(back)
                f = back - int(back)
                y = lat[i] + f * (lat[i + 1] - lat[i])
                x = lon[i] + f * wrap(lon[i + 1] - lon[i])
                hx = wrap(x - past_lon[q, lags[g]]) * kx
                hy = (y - past_lat[q, lags[g]]) * ky
                scale = 0.5 + 0.1 * v * lags[g] / 6.0
                mismatch += min((hx * hx + hy * hy) / (scale * scale), 16.0)
                count += 1
            total[a] = best[j] + (mismatch / count if count > 0 else 4.0) / PAST_SHAPE**2
        rank = np.argsort(total, kind="mergesort")
        for a in range(min(K, kept)):
            j = order[rank[a]]
            out_j[q, a] = j
            out_at[q, a] = where[j]
            out_d[q, a] = total[rank[a]]
        for a in range(n_touched):
            best[touched[a]] = NO_MATCH
    return out_j, out_at, out_d


def match(
    queries: Queries,
    columns: Columns,
    cells: Cells,
    rows_a_step: float,
    k: int,
    not_ship: I64 | None = None,
    not_voyage: I64 | None = None,
) -> Matches:
    """The `k` nearest voyages of each query.

    Args:
        queries: ships (n,).
        columns: the history.
        cells: its index.
        rows_a_step: rows of history in one step of the forecast.
        k: voyages wanted.
        not_ship: for each query a ship whose voyages are left out (in training and cross-validation), else -2.
        not_voyage: for each query a voyage left out, else -2.
    """
    none = np.full(len(queries.lat), -2, np.int64)
    return Matches(
        *_match(
            queries.lat,
            queries.lon,
            queries.sog_kn * KNOT_KMH,
            np.radians(queries.cog_deg),
            queries.past_lat,
            queries.past_lon,
            queries.n_past,
            none if not_ship is None else not_ship,
            none if not_voyage is None else not_voyage,
            columns.start,
            columns.voyage,
            columns.lat,
            columns.lon,
            columns.sog_kn,
            columns.ship,
            cells.keys,
            cells.first,
            cells.rows,
            rows_a_step,
            LAGS,
            k,
        )
    )
