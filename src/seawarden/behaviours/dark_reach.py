"""Which assets a ship could have crossed while she was not heard: the chance, where, when, and how long she may have
stayed there.

Chances come from drawn ways (`dark_ways`); the longest stay comes from her top speed alone: the time that is left
when the shortest way to the asset, and on to where she was heard again, is taken at full speed. Land is a barrier to
the ways and not to the stay, which is therefore never too short.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec
import numpy as np

from seawarden.behaviours.dark_ways import Seen, crossed, dwell_m, ways_of
from seawarden.geodesy import KNOT_MS, distances_m
from seawarden.geography.index import AssetIndex
from seawarden.geography.land import LandMask
from seawarden.model.position import F32, F64, I32, I64
from seawarden.settings_coverage import DarkSettings

HOUR_MS: Final = 3_600_000
"""Her own way of moving is taken from the hour before."""
LEAST_TOP_KN: Final = 10.0
"""A ship seen only slow may still make this much."""
MOST_TOP_KN: Final = 45.0
SPAN_MS: Final = 180_000
"""Her own turns are counted over three minutes: shorter ones are yawing and the noise of COG."""
STEADY_DEG: Final = 12.0
STEADY_SHARE: Final = 0.2
"""Changes within it are what ships on passage do in three minutes."""
PRIOR_H: Final = 0.25
"""A quarter of an hour on passage stands beside what she was seen to do."""
MOST_PER_H: Final = 10.0


class Reached(NamedTuple):
    """An asset that she may have crossed."""

    asset: int
    """Row in the index."""
    chance: float
    kp_km: float
    """Where, in the mean of the ways that cross it."""
    kp_sigma_km: float
    first_t: int
    """Between these two times lie nine in ten of the ways' crossings, ms."""
    last_t: int
    linger_s: float
    """The longest time that she can have stayed by it, s."""


class Reach(NamedTuple):
    """What a ship could reach."""

    assets: list[Reached]
    """Those with a chance worth naming, likeliest first."""
    possible: int
    """Assets that her top speed would have let her reach."""
    radius_m: float
    """How far she can have gone."""


def top_speed_kn(fastest_kn: float, sog_kn: float, s: DarkSettings) -> float:
    """Her top speed from the fastest that she was seen."""
    seen = max(fastest_kn, sog_kn if np.isfinite(sog_kn) else 0.0)
    return float(np.clip(s.top_speed_share * seen, LEAST_TOP_KN, MOST_TOP_KN))


def as_she_moves(s: DarkSettings, t: I64, sog_kn: F32, cog_deg: F32) -> DarkSettings:
    """The settings with her own turns and changes of speed, where she has made more of them than ships on passage do.

    Args:
        s: how ships on passage move.
        t: times of her last hour or so, ms, ascending, (n,).
        sog_kn: (n,).
        cog_deg: (n,).
    """
    known = np.isfinite(cog_deg) & np.isfinite(sog_kn) & (sog_kn > 1.0)
    if int(known.sum()) < 3:
        return s
    t, sog, cog = t[known], sog_kn[known].astype(np.float64), cog_deg[known].astype(np.float64)
    marks = np.unique(np.searchsorted(t, np.arange(t[0], t[-1] + 1, SPAN_MS)))
    hours = float(t[-1] - t[0]) / 3_600_000.0
    if len(marks) < 3 or hours <= 0.0:
        return s
    turned = np.abs((np.diff(cog[marks]) + 180.0) % 360.0 - 180.0)
    changed = np.abs(np.diff(sog[marks])) / np.maximum(sog[marks][1:], 1.0)
    turns = float(np.maximum(turned - STEADY_DEG, 0.0).sum()) / s.turn_sigma_deg / (hours + PRIOR_H)
    changes = float(np.maximum(changed - STEADY_SHARE, 0.0).sum()) / STEADY_SHARE / (hours + PRIOR_H)
    return msgspec.structs.replace(
        s,
        turns_per_h=min(s.turns_per_h + turns, MOST_PER_H),
        speed_changes_per_h=min(s.speed_changes_per_h + 0.5 * changes, MOST_PER_H),
    )


def reach(
    index: AssetIndex,
    land: LandMask | None,
    seen: Seen,
    until_t: int,
    top_kn: float,
    s: DarkSettings,
    key: tuple[int | str, ...],
    again: Seen | None = None,
) -> Reach:
    """Work it out.

    Args:
        index: assets.
        land: where no ship goes, or None.
        seen: where she was last heard.
        until_t: ms; with `again`, its time.
        top_kn: her top speed.
        s: how ships move, and from which chance an asset is named.
        key: names the draws.
        again: where she was heard next; None while she is silent.
    """
    gap_s = (until_t - seen.t) / 1000.0
    radius = top_kn * KNOT_MS * gap_s
    rows = _within(index, seen, again, radius)
    if not len(rows):
        return Reach([], 0, radius)
    ways = ways_of(seen, until_t, top_kn, s, land, key, again)
    total = int(index.asset.max()) + 1
    first, kp = np.full((s.ways, total), np.nan), np.full((s.ways, total), np.nan)
    crossed(index, np.ascontiguousarray(ways.lat), np.ascontiguousarray(ways.lon), first, kp)
    stay = np.maximum(
        gap_s - np.maximum(dwell_m(index, seen, again, rows) - s.linger_m, 0.0) / (top_kn * KNOT_MS), 0.0
    )
    found = []
    for row, linger in zip(rows.tolist(), stay.tolist(), strict=True):
        hit = np.isfinite(first[:, row])
        chance = float(ways.weight[hit].sum())
        if chance < s.least_chance:
            continue
        weight = ways.weight[hit] / chance
        mean = float((weight * kp[hit, row]).sum())
        spread = float(np.sqrt((weight * (kp[hit, row] - mean) ** 2).sum()))
        early, late = _between(first[hit, row], weight)
        times = [seen.t + int(step * ways.step_ms) for step in (early, late)]
        found.append(Reached(row, min(chance, 1.0), mean, spread, times[0], times[1], linger))
    found.sort(key=lambda r: (-r.chance, r.asset))
    return Reach(found[: s.most_assets], len(rows), radius)


def _within(index: AssetIndex, seen: Seen, again: Seen | None, radius_m: float) -> I32:
    """Rows of assets that her top speed lets her reach (and leave again in time)."""
    m = len(index.asset)
    if not m:
        return np.empty(0, dtype=np.int32)
    way = np.full(m, np.inf)
    length = distances_m(index.lat1, index.lon1, index.lat2, index.lon2)
    for lat, lon in ((index.lat1, index.lon1), (index.lat2, index.lon2)):
        d = distances_m(np.full(m, seen.lat), np.full(m, seen.lon), lat, lon)
        if again is not None:
            d = d + distances_m(np.full(m, again.lat), np.full(m, again.lon), lat, lon)
        way = np.minimum(way, d)
    # a segment's middle may lie nearer than its ends by half its length, twice when she has to come back
    near = way - length * (1.0 if again is not None else 0.5) <= radius_m
    rows = np.unique(index.asset[near]).astype(np.int32)
    least = dwell_m(index, seen, again, rows)
    found: I32 = rows[least <= radius_m + 1_000.0]
    return found


def _between(steps: F64, weight: F64) -> tuple[float, float]:
    """The steps between which nine tenths of the weight lie."""
    order = np.argsort(steps, kind="stable")
    total = np.cumsum(weight[order])
    early = steps[order][int(np.searchsorted(total, 0.05))]
    late = steps[order][min(int(np.searchsorted(total, 0.95)), len(steps) - 1)]
    return float(early), float(late)
