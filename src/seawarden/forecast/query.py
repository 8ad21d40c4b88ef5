"""What a forecast is asked for: ships as they are now, each with its last three hours."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from seawarden.geodesy import wrap_deg
from seawarden.model.position import F64, I64

STEP_MIN: Final = 10
"""Minutes between the points of a forecast and of the past that it is made from."""
PAST: Final = 18
"""Points of the past, the present one included: three hours, as in the ct_dma benchmark."""
KM_PER_DEG: Final = 111.19492664455873
"""Kilometres a degree of latitude on the sphere of 6371 km that the benchmark measures with."""
KNOT_KMH: Final = 1.852
NO_KIND: Final = -1
"""Ship type not known."""


class Queries(NamedTuple):
    """Ships to forecast; the first axis is the ship (n,)."""

    lat: F64
    lon: F64
    sog_kn: F64
    cog_deg: F64
    past_lat: F64
    """(n, PAST): column k is the position k * STEP_MIN minutes ago; column 0 is the present one."""
    past_lon: F64
    n_past: I64
    """How many of the columns after the first hold a position (0..PAST - 1); the others repeat the oldest."""
    ship: I64
    """MMSI, or any number that names the ship; -1 when unknown."""
    kind: I64
    """AIS ship type, NO_KIND when unknown."""

    def take(self, rows: I64) -> Queries:
        """The queries in these rows."""
        return Queries._make(np.ascontiguousarray(column[rows]) for column in self)


def join(parts: list[Queries]) -> Queries:
    """One table of several."""
    return Queries._make(np.concatenate(columns) for columns in zip(*parts, strict=True))


def queries_at(
    t_ms: I64,
    lat: F64,
    lon: F64,
    sog_kn: F64,
    cog_deg: F64,
    at_ms: I64,
    *,
    ship: int = -1,
    kind: int = NO_KIND,
    gap_ms: int = 30 * 60_000,
) -> tuple[Queries, I64]:
    """Queries at given moments of one track, from what was known by then.

    Args:
        t_ms: times of the track's positions, ascending (m,).
        lat: degrees (m,).
        lon: degrees (m,).
        sog_kn: knots (m,); NaN is replaced by the speed between the last two positions.
        cog_deg: degrees (m,); NaN is replaced by the bearing between them.
        at_ms: moments of the forecasts (k,).
        ship: the ship's number.
        kind: AIS ship type.
        gap_ms: the past ends at a gap longer than this.

    Returns:
        The queries (at most k), and the indices into `at_ms` that they answer: a moment before the second position
        or more than `gap_ms` after the last one has none.
    """
    last = np.searchsorted(t_ms, at_ms, side="right") - 1
    usable = np.flatnonzero((last >= 1) & (at_ms - t_ms[np.maximum(last, 0)] <= gap_ms))
    last = last[usable]
    broken = np.concatenate([[True], np.diff(t_ms) > gap_ms])
    first = np.maximum.accumulate(np.where(broken, np.arange(len(t_ms)), 0))[last]
    now = t_ms[last]
    lags = np.arange(PAST) * STEP_MIN * 60_000
    want = now[:, None] - lags[None, :]
    n_past = ((want >= t_ms[first][:, None]).sum(1) - 1).astype(np.int64)
    want = np.maximum(want, (now - n_past * STEP_MIN * 60_000)[:, None])
    smooth_lon = np.degrees(np.unwrap(np.radians(lon)))
    past_lat = np.interp(want, t_ms, lat)
    past_lon = np.interp(want, t_ms, smooth_lon)
    sog, cog = sog_kn[last].astype(np.float64), cog_deg[last].astype(np.float64)
    before = np.maximum(last - 1, first)
    dt_h = np.maximum((t_ms[last] - t_ms[before]) / 3.6e6, 1e-6)
    north = (lat[last] - lat[before]) * KM_PER_DEG
    east = (smooth_lon[last] - smooth_lon[before]) * KM_PER_DEG * np.cos(np.radians(lat[last]))
    sog = np.where(np.isnan(sog), np.hypot(north, east) / dt_h / KNOT_KMH, sog)
    cog = np.where(np.isnan(cog), np.degrees(np.arctan2(east, north)) % 360, cog)
    wrapped = np.array([[wrap_deg(x) for x in row] for row in past_lon], np.float64).reshape(past_lon.shape)
    n = len(usable)
    queries = Queries(
        np.ascontiguousarray(past_lat[:, 0]),
        np.ascontiguousarray(wrapped[:, 0]),
        sog,
        cog,
        past_lat,
        wrapped,
        n_past,
        np.full(n, ship, np.int64),
        np.full(n, kind, np.int64),
    )
    return queries, usable.astype(np.int64)
