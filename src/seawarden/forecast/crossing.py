"""Which assets a ship will cross when, from its sample paths.

Each sample path is laid over the segments of the assets. The share of paths that cross an asset within a time is the
raw chance; `CrossingCalibration` turns it into a calibrated one. Times are those of the first crossing. A path that
lies still within the asset's corridor counts as a stop there.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit
from scipy.special import ndtr

from seawarden.forecast.forecast_set import ForecastSet
from seawarden.forecast.motions import N_MOTIONS, N_OU
from seawarden.forecast.query import KM_PER_DEG, STEP_MIN
from seawarden.forecast.retrieval import wrap
from seawarden.model.position import F64, I64

STOP_KN: Final = 1.0
"""Slower than this over a step is a stop."""
NEVER: Final = 1e9
TIME_SIGMA_MIN: Final = 1.0
TIME_SIGMA_SHARE: Final = 0.04
"""The time of a sample's crossing is blurred by a minute and this share of itself."""
SHIPS_AT_ONCE: Final = 32
SHRINK: Final = 0.5
"""Chances are drawn towards one half as if SHRINK of one more sample had crossed."""


def _logit(chance: F64) -> F64:
    p = np.clip(chance, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(p / (1 - p)))


class Segments(NamedTuple):
    """Straight pieces of the assets' routes; arrays (m,)."""

    lat1: F64
    lon1: F64
    lat2: F64
    lon2: F64
    asset: I64
    """Number of the asset that the piece belongs to, from 0."""
    kp1_km: F64 | None = None
    """Kilometre points of the ends, where they are wanted."""
    kp2_km: F64 | None = None


class CrossingCalibration(NamedTuple):
    """Logistic calibration of the chances of two forecasts together: that of all samples, and the plain one.

    logit p = intercept + slope * logit(chance) + plain_slope * logit(plain chance); the plain forecast is that of the
    Ornstein-Uhlenbeck draws alone, which speaks for the ship going on as she does.
    """

    intercept: float = 0.0
    slope: float = 1.0
    plain_slope: float = 0.0

    def apply(self, chance: F64, plain: F64 | None = None) -> F64:
        """Calibrated chances; the ends 0 and 1 are not reached."""
        z = self.intercept + self.slope * _logit(chance)
        if plain is not None:
            z = z + self.plain_slope * _logit(plain)
        return np.asarray(1.0 / (1.0 + np.exp(-z)))


MEASURED: Final = CrossingCalibration(-0.05, 1.33, 0.36)
"""Fitted on 207 ships over three cables of the Kattegat, one hour ahead; see docs/forecast.md."""


class AssetAhead(NamedTuple):
    """One asset ahead of one ship."""

    ship_row: int
    asset: int
    chance: float
    """Of crossing it within the time asked for."""
    minutes: tuple[float, float, float]
    """10 %, 50 % and 90 % of the time of the crossing, given that there is one."""
    closest_km: tuple[float, float, float]
    """10 %, 50 % and 90 % of the closest approach; NaN where the paths stay out of sight of the asset."""
    stop_chance: float
    """Of stopping or anchoring within the corridor in that time."""
    kp_km: tuple[float, float] = (math.nan, math.nan)
    """Middle and standard deviation of the kilometre point of the crossing; NaN where the pieces carry none."""
    beaten_share: float = 0.0
    """Share of the crossing paths, by weight, that follow past traffic."""


class Crossings(NamedTuple):
    """Crossings of n ships' sample paths with the assets."""

    minutes: F64
    """(n, S, A): time of the first crossing, NEVER where there is none."""
    closest_km: F64
    """(n, S, A)"""
    stops: np.ndarray
    """(n, S, A): whether the path stops within the corridor."""
    kp_km: F64
    """(n, S, A): kilometre point of the first crossing, NaN where there is none."""


@njit(cache=True)
def _mark(
    ax: F64, ay: F64, bx: F64, by: F64, low_x: float, low_y: float, nx: int, ny: int, cell_km: float
) -> tuple[I64, I64]:
    """Rows of pieces by cell of a local grid: pieces of cell c are items[first[c]:first[c + 1]]."""
    first = np.zeros(nx * ny + 1, np.int64)
    items = np.empty(0, np.int64)
    for fill in range(2):  # count, then write
        for i in range(ax.shape[0]):
            length = math.hypot(bx[i] - ax[i], by[i] - ay[i])
            parts = int(length / cell_km) + 1
            before = -1
            for k in range(parts + 1):
                # Each part lies within a cell of its ends, so the cells around the ends hold it all.
                f = k / parts
                cx = math.floor((ax[i] + f * (bx[i] - ax[i]) - low_x) / cell_km)
                cy = math.floor((ay[i] + f * (by[i] - ay[i]) - low_y) / cell_km)
                if cx < 0 or cy < 0 or cx >= nx or cy >= ny or cx * ny + cy == before:
                    continue
                before = cx * ny + cy
                if fill == 0:
                    first[before + 1] += 1
                else:
                    first[before] -= 1
                    items[first[before]] = i
        if fill == 0:
            first = np.cumsum(first)
            items = np.empty(first[-1], np.int64)
            # Written backwards from each cell's end.
            first[:-1] = first[1:]
    return first, items


@njit(cache=True)
def _cross(
    lat0: F64,
    lon0: F64,
    samples: F64,
    lat1: F64,
    lon1: F64,
    lat2: F64,
    lon2: F64,
    asset: I64,
    kp1: F64,
    kp2: F64,
    n_assets: int,
    corridor_km: float,
    look_km: float,
) -> tuple[F64, F64, np.ndarray, F64]:
    n, S, H, _ = samples.shape
    kps = np.full((n, S, n_assets), np.nan)
    when = np.full((n, S, n_assets), NEVER)
    close = np.full((n, S, n_assets), NEVER)
    stops = np.zeros((n, S, n_assets), np.bool_)
    m = lat1.shape[0]
    xs = np.empty((S, H))
    ys = np.empty((S, H))
    ky = KM_PER_DEG
    for q in range(n):
        kx = KM_PER_DEG * math.cos(math.radians(lat0[q]))
        low_x = 0.0
        high_x = 0.0
        low_y = 0.0
        high_y = 0.0
        for s in range(S):
            for h in range(H):
                x = wrap(samples[q, s, h, 1] - lon0[q]) * kx
                y = (samples[q, s, h, 0] - lat0[q]) * ky
                xs[s, h] = x
                ys[s, h] = y
                low_x = min(low_x, x)
                high_x = max(high_x, x)
                low_y = min(low_y, y)
                high_y = max(high_y, y)
        # Two cells around a leg reach look_km beyond its pieces' marked ends.
        cell = look_km
        low_x -= 2 * cell
        low_y -= 2 * cell
        nx = int((high_x - low_x) / cell) + 3
        ny = int((high_y - low_y) / cell) + 3
        near = np.empty(m, np.int64)
        count = 0
        for i in range(m):
            x1 = wrap(lon1[i] - lon0[q]) * kx
            x2 = wrap(lon2[i] - lon0[q]) * kx
            y1 = (lat1[i] - lat0[q]) * ky
            y2 = (lat2[i] - lat0[q]) * ky
            if max(x1, x2) < low_x or min(x1, x2) > low_x + nx * cell:
                continue
            if max(y1, y2) < low_y or min(y1, y2) > low_y + ny * cell:
                continue
            near[count] = i
            count += 1
        if count == 0:
            continue
        ax = np.empty(count)
        ay = np.empty(count)
        bx = np.empty(count)
        by = np.empty(count)
        for g in range(count):
            i = near[g]
            ax[g] = wrap(lon1[i] - lon0[q]) * kx
            bx[g] = wrap(lon2[i] - lon0[q]) * kx
            ay[g] = (lat1[i] - lat0[q]) * ky
            by[g] = (lat2[i] - lat0[q]) * ky
        first, items = _mark(ax, ay, bx, by, low_x, low_y, nx, ny, cell)
        if items.shape[0] == 0:
            continue
        for s in range(S):
            px = 0.0
            py = 0.0
            for h in range(H):
                x = xs[s, h]
                y = ys[s, h]
                dx = x - px
                dy = y - py
                still = math.hypot(dx, dy) * 60.0 / STEP_MIN / 1.852 < STOP_KN
                c0 = max(math.floor((min(x, px) - low_x) / cell) - 2, 0)
                c1 = min(math.floor((max(x, px) - low_x) / cell) + 2, nx - 1)
                r0 = max(math.floor((min(y, py) - low_y) / cell) - 2, 0)
                r1 = min(math.floor((max(y, py) - low_y) / cell) + 2, ny - 1)
                for cx in range(c0, c1 + 1):
                    for e in range(first[cx * ny + r0], first[cx * ny + r1 + 1]):
                        g = items[e]
                        a = asset[near[g]]
                        ex = bx[g] - ax[g]
                        ey = by[g] - ay[g]
                        l2 = ex * ex + ey * ey
                        f = 0.0
                        if l2 > 0:
                            f = min(max(((x - ax[g]) * ex + (y - ay[g]) * ey) / l2, 0.0), 1.0)
                        d = math.hypot(x - ax[g] - f * ex, y - ay[g] - f * ey)
                        close[q, s, a] = min(close[q, s, a], d)
                        if still and d <= corridor_km:
                            stops[q, s, a] = True
                        cross = dx * ey - dy * ex
                        if cross == 0.0:
                            continue
                        wx = ax[g] - px
                        wy = ay[g] - py
                        u = (wx * ey - wy * ex) / cross
                        v = (wx * dy - wy * dx) / cross
                        # Half-open, so that a path through a joint of legs or pieces crosses once.
                        if 0.0 < u <= 1.0 and 0.0 <= v <= 1.0:
                            close[q, s, a] = 0.0
                            if (h + u) * STEP_MIN < when[q, s, a]:
                                when[q, s, a] = (h + u) * STEP_MIN
                                kps[q, s, a] = kp1[near[g]] + v * (kp2[near[g]] - kp1[near[g]])
                px = x
                py = y
    return when, close, stops, kps


def crossings(made: ForecastSet, segments: Segments, *, corridor_km: float = 0.5, look_km: float = 5.0) -> Crossings:
    """Lay all sample paths over the assets.

    Args:
        made: forecasts.
        segments: pieces of the assets' routes.
        corridor_km: half width of the corridor in which stopping counts.
        look_km: every piece nearer than this to a path is found; farther ones may be left out (their closest
            approach is then NEVER). At least `corridor_km`.
    """
    n_assets = int(segments.asset.max()) + 1 if len(segments.asset) else 0
    q = made.queries
    unknown = np.full(len(segments.asset), np.nan)
    kp1 = segments.kp1_km if segments.kp1_km is not None else unknown
    kp2 = segments.kp2_km if segments.kp2_km is not None else unknown
    return Crossings(*_cross(q.lat, q.lon, made.samples, *segments[:5], kp1, kp2, n_assets, corridor_km, look_km))


def chance_within(found: Crossings, weights: F64, minutes: float) -> F64:
    """Raw chance of crossing each asset within `minutes` (n, A), drawn a little towards one half.

    Each sample counts by the chance that its crossing, blurred in time, comes before the limit; so the forecast
    should reach some way beyond it. The pull is that of SHRINK cases on either side among as many as the weights are
    worth (Kish's effective number).
    """
    effective = 1.0 / (weights**2).sum(1)
    sigma = TIME_SIGMA_MIN + TIME_SIGMA_SHARE * np.minimum(found.minutes, 1e4)
    share = (ndtr((minutes - found.minutes) / sigma) * weights[:, :, None]).sum(1)
    return np.asarray((share * effective[:, None] + SHRINK) / (effective[:, None] + 2 * SHRINK))


def plain_weights(made: ForecastSet) -> F64:
    """Weights of the Ornstein-Uhlenbeck draws alone (n, S); all samples where there are none."""
    plain = (made.source > N_MOTIONS - N_OU).astype(np.float64)
    plain[plain.sum(1) == 0] = 1.0
    return np.asarray(plain / plain.sum(1, keepdims=True))


def weighted_quantiles(values: F64, weights: F64, levels: tuple[float, ...]) -> tuple[float, ...]:
    """Quantiles of a weighted sample; NaN for an empty one."""
    total = float(weights.sum())
    if total <= 0:
        return tuple(math.nan for _ in levels)
    order = np.argsort(values, kind="stable")
    run = np.cumsum(weights[order]) / total
    return tuple(float(values[order][min(int(np.searchsorted(run, level)), len(order) - 1)]) for level in levels)


def _middle(values: F64, weights: F64) -> tuple[float, float]:
    """Weighted median, and standard deviation about the mean; NaN for an empty sample."""
    (middle,) = weighted_quantiles(values, weights, (0.5,))
    if not len(values) or math.isnan(middle):
        return math.nan, math.nan
    share = weights / weights.sum()
    mean = float((share * values).sum())
    return middle, float(np.sqrt((share * (values - mean) ** 2).sum()))


def assets_ahead(
    made: ForecastSet,
    found: Crossings,
    *,
    within_min: float = 240.0,
    calibration: CrossingCalibration = MEASURED,
    least: float = 0.02,
) -> list[AssetAhead]:
    """Assets that ships may cross or stop at, soonest first for each ship.

    Args:
        made: forecasts.
        found: their crossings.
        within_min: time asked for, minutes.
        calibration: of the chances.
        least: chances below this are left out.
    """
    chances = chance_within(found, made.weights, within_min)
    raw = ((found.minutes <= within_min) * made.weights[:, :, None]).sum(1)
    stop = (found.stops * made.weights[:, :, None]).sum(1)
    chances = calibration.apply(chances, chance_within(found, plain_weights(made), within_min))
    out = []
    for q, a in zip(*np.nonzero((raw >= least) | (stop >= least)), strict=True):
        w = made.weights[q]
        hit = found.minutes[q, :, a] <= within_min
        t10, t50, t90 = weighted_quantiles(found.minutes[q, hit, a], w[hit], (0.1, 0.5, 0.9))
        c10, c50, c90 = weighted_quantiles(found.closest_km[q, :, a], w, (0.1, 0.5, 0.9))
        c10, c50, c90 = (math.nan if c >= NEVER else c for c in (c10, c50, c90))
        chance = float(chances[q, a]) if raw[q, a] > 0 else 0.0
        beaten = float(w[hit & (made.source[q] == 0)].sum()) / max(float(w[hit].sum()), 1e-300)
        kp = _middle(found.kp_km[q, hit, a], w[hit])
        times, close = (t10, t50, t90), (c10, c50, c90)
        out.append(AssetAhead(int(q), int(a), chance, times, close, float(stop[q, a]), kp, beaten))
    return sorted(
        out,
        key=lambda one: (one.ship_row, math.inf if math.isnan(one.minutes[1]) else one.minutes[1], one.asset),
    )


def look_ahead(
    made: ForecastSet,
    segments: Segments,
    *,
    within_min: float = 240.0,
    corridor_km: float = 0.5,
    calibration: CrossingCalibration = MEASURED,
    least: float = 0.02,
) -> list[AssetAhead]:
    """`crossings` and `assets_ahead` in blocks of ships, so that memory stays small with many assets.

    Args:
        made: forecasts.
        segments: pieces of the assets' routes.
        within_min: time asked for, minutes.
        corridor_km: half width of the corridor in which stopping counts.
        calibration: of the chances.
        least: chances below this are left out.
    """
    out: list[AssetAhead] = []
    for begin in range(0, len(made.weights), SHIPS_AT_ONCE):
        part = made.take(np.arange(begin, min(begin + SHIPS_AT_ONCE, len(made.weights))))
        found = crossings(part, segments, corridor_km=corridor_km)
        ahead = assets_ahead(part, found, within_min=within_min, calibration=calibration, least=least)
        out += [one._replace(ship_row=one.ship_row + begin) for one in ahead]
    return out
