"""How alike a ship and one of its candidate futures are: the features that candidates are weighted by.

Each row describes a pair: how far and how differently the past voyage passed, how the two pasts compare at each lag,
how far its future departs from constant velocity and from the other candidates, and how much traffic there is along
it. None says where on earth the ship is, so that what was learnt in one sea serves in another. Features that do not
exist (the pasts of a motion without history) are NaN.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from seawarden.forecast.history import Columns
from seawarden.forecast.motions import velocity_kmh
from seawarden.forecast.query import KM_PER_DEG, KNOT_KMH, STEP_MIN, Queries
from seawarden.forecast.retrieval import LAGS, Matches, wrap
from seawarden.forecast.traffic import Traffic, log_traffic
from seawarden.model.position import F32, F64, I64

LOOK: Final = np.array([5, 11, 17, 23], np.int64)
"""Steps (from 0) at which futures are compared: 60, 120, 180 and 240 minutes."""
N_PAIR: Final = 8 + 2 * len(LAGS) + 4
NAMES: Final = (
    "distance_km",
    "cross_km",
    "course_vs_leg_rad",
    "course_vs_course_rad",
    "log_speed_ratio",
    "log_leg_ratio",
    "speed_kmh",
    "voyage_speed_kmh",
    *(f"{what}_{lag * STEP_MIN}min" for lag in LAGS for what in ("past_km", "log_past_ratio")),
    "voyage_before",
    "voyage_left",
    "n_past",
    "rank",
    *(f"{what}_{(h + 1) * STEP_MIN}min" for what in ("along_km", "across_km", "apart_km", "spread_km") for h in LOOK),
    "steps_known",
    "distance_more",
    "distance",
    "distance_best",
    "source",
    *(f"{what}_{(h + 1) * STEP_MIN}min" for what in ("traffic", "traffic_least") for h in LOOK),
    "traffic_here",
    "same_ship",
)
"""Names of the features, in order."""


@njit(cache=True)
def _turn(a: float, b: float) -> float:
    d = (a - b + math.pi) % (2 * math.pi)
    return d - math.pi


@njit(cache=True)
def _pairs(
    lat0: F64,
    lon0: F64,
    v_kmh: F64,
    course: F64,
    past_lat: F64,
    past_lon: F64,
    n_past: I64,
    voyage: I64,
    at: F64,
    rows_a_step: float,
    start: I64,
    lat: F32,
    lon: F32,
    sog: F32,
    cog: F32,
    lags: I64,
    width: int,
) -> tuple[F64, F64]:
    n, K = voyage.shape
    out = np.full((n, K, width), np.nan)
    pace = np.ones((n, K))
    base = 8 + 2 * lags.shape[0]
    for q in range(n):
        kx = KM_PER_DEG * math.cos(math.radians(lat0[q]))
        ky = KM_PER_DEG
        v = v_kmh[q]
        mx = wrap(past_lon[q, 0] - past_lon[q, 1]) * kx
        my = (past_lat[q, 0] - past_lat[q, 1]) * ky
        moved = math.hypot(mx, my) * 60.0 / STEP_MIN
        for k in range(K):
            out[q, k, 6] = v
            out[q, k, base + 2] = n_past[q]
            out[q, k, base + 3] = k
            j = voyage[q, k]
            if j < 0:
                continue
            a = at[q, k]
            i = start[j] + int(a)
            f = a - int(a)
            ux = wrap(lon[i + 1] - lon[i]) * kx
            uy = (lat[i + 1] - lat[i]) * ky
            ay = lat[i] + f * (lat[i + 1] - lat[i])
            ax = lon[i] + f * wrap(lon[i + 1] - lon[i])
            dx = wrap(lon0[q] - ax) * kx
            dy = (lat0[q] - ay) * ky
            length = math.sqrt(ux * ux + uy * uy) + 1e-9
            c0 = math.radians(cog[i])
            vc = (sog[i] + f * (sog[i + 1] - sog[i])) * KNOT_KMH
            out[q, k, 0] = math.sqrt(dx * dx + dy * dy)
            out[q, k, 1] = (dx * uy - dy * ux) / length
            out[q, k, 2] = _turn(course[q], math.atan2(ux, uy))
            out[q, k, 3] = _turn(course[q], c0 + f * _turn(math.radians(cog[i + 1]), c0))
            out[q, k, 4] = math.log(max(v, 1.0) / max(vc, 1.0))
            if n_past[q] >= 1:
                leg = length * rows_a_step * 60.0 / STEP_MIN
                out[q, k, 5] = math.log(max(moved, 1.0) / max(leg, 1.0))
            out[q, k, 7] = vc
            r = min(max(v, 1.0) / max(vc, 1.0), 2.0)
            r = max(r, 0.5)
            pace[q, k] = r
            for g in range(lags.shape[0]):
                lag = lags[g]
                back = a - lag * r * rows_a_step
                if lag > n_past[q] or back < 0:
                    break
                b = start[j] + int(back)
                fb = back - int(back)
                by = lat[b] + fb * (lat[b + 1] - lat[b])
                bx = lon[b] + fb * wrap(lon[b + 1] - lon[b])
                hx = wrap(past_lon[q, lag] - bx) * kx
                hy = (past_lat[q, lag] - by) * ky
                out[q, k, 8 + 2 * g] = math.sqrt(hx * hx + hy * hy)
                back = a - lag * rows_a_step
                if back >= 0:
                    b = start[j] + int(back)
                    fb = back - int(back)
                    by = lat[b] + fb * (lat[b + 1] - lat[b])
                    bx = lon[b] + fb * wrap(lon[b + 1] - lon[b])
                    mine = math.hypot(wrap(past_lon[q, lag] - lon0[q]) * kx, (past_lat[q, lag] - lat0[q]) * ky)
                    theirs = math.hypot(wrap(bx - ax) * kx, (by - ay) * ky)
                    out[q, k, 9 + 2 * g] = math.log(max(mine, 0.3) / max(theirs, 0.3))
            out[q, k, base] = a / rows_a_step
            out[q, k, base + 1] = (start[j + 1] - start[j] - 1.0 - a) / rows_a_step
    return out, pace


def pair_features(queries: Queries, found: Matches, columns: Columns, rows_a_step: float) -> tuple[F64, F64]:
    """Features of ship and voyage (n, K, N_PAIR), and the pace at which to follow the voyage (n, K)."""
    features, pace = _pairs(
        queries.lat,
        queries.lon,
        queries.sog_kn * KNOT_KMH,
        np.radians(queries.cog_deg),
        queries.past_lat,
        queries.past_lon,
        queries.n_past,
        found.voyage,
        found.at,
        rows_a_step,
        columns.start,
        columns.lat,
        columns.lon,
        columns.sog_kn,
        columns.cog_deg,
        LAGS,
        N_PAIR,
    )
    return features, pace


def local_km(queries: Queries, lat: F64, lon: F64) -> F64:
    """Kilometres east and north of each ship: (n, ..., 2) for latitudes and longitudes (n, ...)."""
    shape = (len(queries.lat),) + (1,) * (lat.ndim - 1)
    east = (lon - queries.lon.reshape(shape) + 180.0) % 360.0 - 180.0
    kx = KM_PER_DEG * np.cos(np.radians(queries.lat)).reshape(shape)
    return np.stack([east * kx, (lat - queries.lat.reshape(shape)) * KM_PER_DEG], -1)


def future_features(
    queries: Queries,
    lat: F64,
    lon: F64,
    consensus: F64,
    steps_known: I64,
    distance: F64,
    source: F64,
    where: Traffic,
) -> F64:
    """Features of each candidate's future (n, S, len(NAMES) - N_PAIR); the futures must reach LOOK[-1].

    Args:
        queries: ships (n,).
        lat: candidates' latitudes (n, S, H).
        lon: candidates' longitudes.
        consensus: weights of the mean that candidates are compared with (n, S).
        steps_known: steps that rest on history (n, S).
        distance: squared distance of the match (n, S).
        source: 0 for analogues, and a number for each motion (n, S).
        where: traffic.
    """
    n, s, _ = lat.shape
    upto = int(LOOK[-1]) + 1
    km = local_km(queries, lat[:, :, LOOK], lon[:, :, LOOK])
    hours = (LOOK + 1) * STEP_MIN / 60.0
    off = km - velocity_kmh(queries)[:, None, None] * hours[None, None, :, None]
    course = np.radians(queries.cog_deg)[:, None, None]
    along = off[..., 0] * np.sin(course) + off[..., 1] * np.cos(course)
    across = off[..., 0] * np.cos(course) - off[..., 1] * np.sin(course)
    mean = (km * consensus[:, :, None, None]).sum(1, keepdims=True)
    apart = np.sqrt(((km - mean) ** 2).sum(-1))
    spread = np.broadcast_to((apart * consensus[:, :, None]).sum(1, keepdims=True), apart.shape)
    flat_lat, flat_lon = lat[:, :, :upto].ravel(), lon[:, :, :upto].ravel()
    flow = log_traffic(flat_lat, flat_lon, where.keys, where.log_count).reshape(n, s, upto)
    least = np.minimum.accumulate(flow, axis=2)
    here = log_traffic(queries.lat, queries.lon, where.keys, where.log_count)
    best = distance.min(1, keepdims=True)
    parts = [
        along,
        across,
        apart,
        spread,
        np.minimum(steps_known, upto)[..., None],
        (distance - best)[..., None],
        distance[..., None],
        np.broadcast_to(best[..., None], (n, s, 1)),
        source[..., None],
        flow[:, :, LOOK] - here[:, None, None],
        least[:, :, LOOK] - here[:, None, None],
        np.broadcast_to(here[:, None, None], (n, s, 1)),
    ]
    return np.concatenate(parts, axis=-1)
