"""Ways that a ship may have gone while nobody heard her: drawn from how ships under way turn, slow and stop.

Every draw has its key, so that the same ship gives the same ways in every run. When she has been heard again, each
way is bent to end there, and counts by how little bending it took: a kernel over the ends, as in approximate
Bayesian computation (Beaumont, Zhang and Balding 2002, Genetics 162).
"""

from __future__ import annotations

import hashlib
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from seawarden.geodesy import KNOT_MS, distances_m, local_radii
from seawarden.geography.index import AssetIndex, crossings, may_cross
from seawarden.geography.land import LandMask
from seawarden.model.position import F64, I32
from seawarden.settings_coverage import DarkSettings

STEPS: Final = 60
LEAST_STEP_S: Final = 30.0
WIDE_SHARE: Final = 0.15
"""Of the changes of course, those that may lead anywhere: a turn back, a harbour, a patrol."""
DRIFT_DEG: Final = 0.6
"""Spread by which a held course wanders in the square root of a minute."""
SLOW_SHARE: Final = 0.6
SLOW_FACTOR: Final = 6.0
"""Below this share of her cruising speed she manoeuvres, and will change her speed soon."""
SETTLING_S: Final = 480.0
"""A loaded ship takes some eight minutes to settle at another speed."""
LAND_TURNS_DEG: Final = (25.0, 50.0, 90.0)
LAND_TOLERANCE_M: Final = 1_500.0
"""As for positions on land: the shipped coast is drawn to about a kilometre."""
NEAR_WAYS: Final = 40
"""Ways that the kernel over the ends spans at least."""
LEAST_KERNEL_M: Final = 300.0
COURSE_KERNEL_DEG: Final = 40.0


class Seen(NamedTuple):
    """Where a ship was heard."""

    t: int
    lat: float
    lon: float
    sog_kn: float
    cog_deg: float


class Ways(NamedTuple):
    """Ways with equal steps of time: arrays (ways, steps + 1), and what each counts, (ways,), in sum 1."""

    lat: F64
    lon: F64
    weight: F64
    step_ms: float


def draws(*key: int | str) -> np.random.Generator:
    """Random numbers of an explicit key."""
    name = "|".join(map(str, key)).encode()
    return np.random.Generator(np.random.PCG64(int.from_bytes(hashlib.blake2b(name, digest_size=16).digest(), "big")))


def ways_of(
    seen: Seen,
    until_t: int,
    top_kn: float,
    s: DarkSettings,
    land: LandMask | None,
    key: tuple[int | str, ...],
    again: Seen | None = None,
) -> Ways:
    """Draw the ways of a ship from when she was last heard until a time, or until she was heard again.

    Args:
        seen: where she was last heard.
        until_t: ms; with `again`, its time.
        top_kn: she is no faster.
        s: how ships move.
        land: where she can't go, or None.
        key: names the draws.
        again: where she was heard next, or None while she is silent.
    """
    gap_s = max((until_t - seen.t) / 1000.0, 1.0)
    steps = int(np.clip(gap_s / LEAST_STEP_S, 4, STEPS))
    dt = gap_s / steps
    n, rng = s.ways, draws("ways", *key)
    hours = dt / 3600.0
    cog = seen.cog_deg if np.isfinite(seen.cog_deg) else 0.0
    course = cog + rng.normal(0.0, s.course_sigma_deg, n)
    if not np.isfinite(seen.cog_deg):
        course = rng.uniform(0.0, 360.0, n)
    sog = seen.sog_kn if np.isfinite(seen.sog_kn) else 0.5 * top_kn
    speed = sog * (1.0 + rng.normal(0.0, s.speed_sigma_share, n))
    a, b = local_radii(seen.lat)
    x, y = np.zeros((n, steps + 1)), np.zeros((n, steps + 1))
    moving = np.ones(n, dtype=np.bool_)
    cruise = top_kn / s.top_speed_share
    aim = speed.copy()
    changes_per_h = s.speed_changes_per_h if sog >= SLOW_SHARE * cruise else SLOW_FACTOR * s.speed_changes_per_h
    for k in range(steps):
        turns = rng.uniform(size=n) < -np.expm1(-s.turns_per_h * hours)
        wide = rng.uniform(size=n) < WIDE_SHARE
        by = np.where(wide, rng.uniform(-180.0, 180.0, n), rng.normal(0.0, s.turn_sigma_deg, n))
        course = course + np.where(turns, by, 0.0) + rng.normal(0.0, DRIFT_DEG * np.sqrt(dt / 60.0), n)
        anew = rng.uniform(size=n) < -np.expm1(-changes_per_h * hours)
        aim = np.where(anew, cruise * rng.uniform(0.5, 1.1, n), aim)
        speed = speed + (aim - speed) * -np.expm1(-dt / SETTLING_S)
        speed = np.clip(speed + rng.normal(0.0, 0.5 * s.speed_sigma_share * sog * np.sqrt(hours), n), 0.0, top_kn)
        moving &= rng.uniform(size=n) >= -np.expm1(-s.stops_per_h * hours)
        way = np.where(moving, speed * KNOT_MS * dt, 0.0)
        x[:, k + 1] = x[:, k] + way * np.sin(np.radians(course))
        y[:, k + 1] = y[:, k] + way * np.cos(np.radians(course))
        if land is not None and land.known:
            course = _off_land(seen, (a, b), x, y, k, way, course, land, rng)
    weight = np.full(n, 1.0 / n)
    if again is not None:
        x, y, weight = _bent(seen, again, x, y, (a, b))
    return Ways(seen.lat + y / a, _wrapped(seen.lon + x / b), weight, dt * 1000.0)


def _off_land(
    seen: Seen, metres: tuple[float, float], x: F64, y: F64, k: int, way: F64, course: F64, land: LandMask,
    rng: np.random.Generator,
) -> F64:  # fmt: skip
    """Turn the ways that would run ashore until they don't; what can't get away waits a step. Returns the courses."""
    a, b = metres
    ashore = np.flatnonzero(_ashore(seen, a, b, x[:, k + 1], y[:, k + 1], land))
    if len(ashore) and _ashore(seen, a, b, x[:1, 0], y[:1, 0], land)[0]:
        return course  # she was heard where the coast is drawn wrongly: it is no barrier here
    for spread in LAND_TURNS_DEG:
        if not len(ashore):
            break
        turned = course[ashore] + rng.normal(0.0, spread, len(ashore))
        x[ashore, k + 1] = x[ashore, k] + way[ashore] * np.sin(np.radians(turned))
        y[ashore, k + 1] = y[ashore, k] + way[ashore] * np.cos(np.radians(turned))
        still = _ashore(seen, a, b, x[ashore, k + 1], y[ashore, k + 1], land)
        course[ashore[~still]] = turned[~still]
        ashore = ashore[still]
    x[ashore, k + 1], y[ashore, k + 1] = x[ashore, k], y[ashore, k]
    return course


def _ashore(seen: Seen, a: float, b: float, x: F64, y: F64, land: LandMask) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = land.on_land(seen.lat + y / a, _wrapped(seen.lon + x / b), LAND_TOLERANCE_M) == 1
    return found


def _bent(seen: Seen, again: Seen, x: F64, y: F64, metres: tuple[float, float]) -> tuple[F64, F64, F64]:
    """Ways that end where she was heard again, and what each counts."""
    a, b = metres
    end_x = ((again.lon - seen.lon + 180.0) % 360.0 - 180.0) * b
    end_y = (again.lat - seen.lat) * a
    off_x, off_y = end_x - x[:, -1], end_y - y[:, -1]
    off = np.hypot(off_x, off_y)
    width = max(LEAST_KERNEL_M, float(np.sort(off)[min(NEAR_WAYS, len(off) - 1)]))
    score = -0.5 * (off / width) ** 2
    if np.isfinite(again.cog_deg):
        last = np.degrees(np.arctan2(x[:, -1] - x[:, -4], y[:, -1] - y[:, -4]))
        differs = (last - again.cog_deg + 180.0) % 360.0 - 180.0
        score += np.log(0.1 + np.exp(-0.5 * (differs / COURSE_KERNEL_DEG) ** 2))
    weight = np.exp(score - score.max())
    share = np.linspace(0.0, 1.0, x.shape[1])
    return x + off_x[:, None] * share, y + off_y[:, None] * share, weight / weight.sum()


def _wrapped(lon: F64) -> F64:
    out: F64 = (lon + 180.0) % 360.0 - 180.0
    return out


@njit(cache=True)
def crossed(index: AssetIndex, lat: F64, lon: F64, first: F64, kp_km: F64) -> None:
    """First crossing of every asset by every way.

    Args:
        index: assets.
        lat: (ways, steps + 1), degrees.
        lon: likewise.
        first: out, (ways, assets): step (with its fraction) of the first crossing, NaN none.
        kp_km: out, likewise: where on the asset.
    """
    asset, seg = np.empty(32, dtype=np.int32), np.empty(32, dtype=np.int32)
    frac, kp = np.empty(32), np.empty(32)
    for w in range(lat.shape[0]):
        for k in range(lat.shape[1] - 1):
            if not may_cross(index, lat[w, k], lon[w, k], lat[w, k + 1], lon[w, k + 1]):
                continue
            n = crossings(index, lat[w, k], lon[w, k], lat[w, k + 1], lon[w, k + 1], asset, frac, kp, seg)
            for m in range(n):
                if np.isnan(first[w, asset[m]]):
                    first[w, asset[m]] = k + frac[m]
                    kp_km[w, asset[m]] = kp[m]


def dwell_m(index: AssetIndex, seen: Seen, again: Seen | None, rows: I32) -> F64:
    """Least way over each asset, m: from where she was last heard to it, and on to where she was heard again.

    Args:
        index: assets.
        seen: where she was last heard.
        again: where she was heard next, or None.
        rows: of assets, (n,).
    """
    shares = np.linspace(0.0, 1.0, 21)
    out = np.full(len(rows), np.inf)
    for k, row in enumerate(rows.tolist()):
        mine = np.flatnonzero(index.asset == row)
        step = (index.lon2[mine] - index.lon1[mine] + 180.0) % 360.0 - 180.0
        lat = (index.lat1[mine, None] + shares * (index.lat2 - index.lat1)[mine, None]).reshape(-1)
        lon = _wrapped((index.lon1[mine, None] + shares * step[:, None]).reshape(-1))
        way = distances_m(np.full(len(lat), seen.lat), np.full(len(lat), seen.lon), lat, lon)
        if again is not None:
            way = way + distances_m(np.full(len(lat), again.lat), np.full(len(lat), again.lon), lat, lon)
        out[k] = float(way.min()) if len(way) else np.inf
    return out
