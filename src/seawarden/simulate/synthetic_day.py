"""A seeded day of plausible traffic in Northern European waters, for benchmarks; no ship in it is real.

MMSIs are 999100000 and up, which no station can carry (see `demo`).
"""

from __future__ import annotations

from pathlib import Path as FilePath

import msgspec
import numpy as np
import polars as pl

from seawarden.model.error import UsageError
from seawarden.model.position import F64, Positions, Provenance, make_positions
from seawarden.simulate.draws import generator
from seawarden.simulate.path import KN_MS, metres_per_degree

DAY_T = 1_735_689_600_000
"""2025-01-01T00:00:00Z."""
FIRST_MMSI = 999_100_000
STEP_M = 1000.0
BEND_STEPS = 13
SIDE_M = 500.0
"""Spread of the distance from a lane's middle."""
# way-points (lat, lon) of the main lanes, to a tenth of a degree: in open water, not charted routes
LANES: tuple[tuple[tuple[float, float], ...], ...] = (
    ((57.8, 10.7), (57.3, 11.3), (56.6, 11.9), (56.1, 12.5), (55.4, 12.7), (54.9, 13.0), (55.2, 14.4), (55.7, 16.6)),
    ((57.8, 10.7), (57.2, 11.1), (56.4, 11.3), (55.7, 10.9), (55.2, 11.0), (54.6, 11.0), (54.4, 12.1), (54.8, 13.2)),
    ((54.8, 13.2), (55.2, 14.5), (55.6, 16.5), (56.9, 18.7), (58.2, 20.2), (59.2, 21.6), (59.5, 23.5), (59.9, 25.8)),
    ((55.6, 16.5), (56.4, 17.3), (57.5, 18.0), (58.6, 18.8), (59.3, 20.0), (60.4, 19.0), (61.9, 19.0), (63.2, 20.4)),
    ((54.6, 18.9), (55.2, 18.4), (56.3, 18.9), (57.6, 20.0), (58.6, 20.8), (59.3, 22.4), (59.6, 24.7)),
    ((53.9, 8.0), (54.3, 7.6), (55.6, 7.4), (57.0, 7.6), (57.8, 9.0), (57.9, 10.5)),
    ((51.4, 2.3), (52.4, 3.6), (53.5, 5.0), (53.9, 7.5)),
    ((51.4, 2.3), (53.2, 2.6), (55.5, 3.2), (57.6, 4.6), (59.4, 4.6), (61.0, 4.4)),
)
KINDS = (
    ("cargo", 0.5, 12.0, 2.5),
    ("tanker", 0.25, 11.5, 1.8),
    ("passenger", 0.1, 17.0, 4.0),
    ("fishing", 0.15, 7.0, 2.5),
)
"""Kind, share, mean and spread of the service speed, kn."""


class SyntheticDay(msgspec.Struct, frozen=True, kw_only=True):
    """Positions in order of time, and the kind of each ship."""

    positions: Positions
    kinds: dict[int, str]


def synthetic_day(records: int, *key: int | str, ships: int = 2_000, start_t: int = DAY_T) -> SyntheticDay:
    """Make a day of traffic of exactly `records` positions in order of (time, MMSI); the same key, the same day.

    Each ship sails to and fro along one lane at her own speed and offset, some with a stop at anchor; every report
    has AIS noise. Cadence varies between ships by a factor of about thirty.

    Args:
        records: number of positions, at least one a ship.
        *key: names the draw.
        ships: number of ships.
        start_t: start of the day, ms.

    Raises:
        UsageError: fewer records than ships.
    """
    if ships < 1 or records < ships:
        raise UsageError(f"a synthetic day of {ships} ships needs at least as many records, got {records}")
    random = generator("synthetic day", *key)
    share = random.lognormal(0.0, 0.8, ships)
    counts = np.maximum(np.floor(share / share.sum() * records).astype(np.int64), 1)
    counts[np.argmax(counts)] += records - counts.sum()
    kind_of = random.choice(len(KINDS), ships, p=[kind[1] for kind in KINDS])
    lane_of = random.integers(0, len(LANES), ships)
    parts = {name: np.empty(records) for name in ("t", "lat", "lon", "sog", "cog", "hdg")}
    mmsi = np.repeat(FIRST_MMSI + np.arange(ships), counts)
    status = np.zeros(records, dtype=np.int8)
    tables = [_lane_table(np.array(lane)) for lane in LANES]
    row = 0
    for ship in range(ships):
        n = int(counts[ship])
        cells = slice(row, row + n)
        row += n
        _, _, mean, spread = KINDS[kind_of[ship]]
        t_s, speed = _voyage(random, n, float(np.clip(random.normal(mean, spread), 4.0, 24.0)))
        status[cells] = np.where(speed < 0.5, 1, 0)
        lat, lon, course = _along(tables[lane_of[ship]], t_s, speed, random.random(), random.normal(0.0, SIDE_M))
        at_lat, at_lon = metres_per_degree(lat)
        parts["t"][cells] = t_s
        parts["lat"][cells] = lat + random.normal(0.0, 5.0, n) / at_lat
        parts["lon"][cells] = lon + random.normal(0.0, 5.0, n) / at_lon
        parts["sog"][cells] = np.maximum(speed + random.normal(0.0, 0.1, n), 0.0)
        parts["cog"][cells] = course + random.normal(0.0, 0.8, n)
        parts["hdg"][cells] = course + random.normal(0.0, 1.5) + random.normal(0.0, 0.8, n)
    t = start_t + np.round(parts["t"] * 1000.0).astype(np.int64)
    order = np.lexsort((mmsi, t))
    positions = make_positions(
        records,
        t=t[order],
        mmsi=mmsi[order],
        lat=np.round(parts["lat"][order], 6),
        lon=np.round(parts["lon"][order], 6),
        sog_kn=np.round(parts["sog"][order], 1),
        cog_deg=np.round(parts["cog"][order] % 360.0, 1) % 360.0,
        heading_deg=np.round(parts["hdg"][order] % 360.0) % 360.0,
        nav_status=status[order],
        msg_type=1,
        seq=np.arange(records),
        offset=np.arange(1, records + 1),
        provenance=int(Provenance.SIMULATED),
    )
    kinds = {int(FIRST_MMSI + ship): KINDS[kind_of[ship]][0] for ship in range(ships)}
    return SyntheticDay(positions=positions, kinds=kinds)


def table(day: SyntheticDay) -> pl.DataFrame:
    """The day as a table with plain column names: timestamp (UTC), mmsi, lat, lon, sog, cog, heading, ship_type."""
    p = day.positions
    kinds = np.array([day.kinds[int(mmsi)] for mmsi in np.unique(p.mmsi)])
    return pl.DataFrame(
        {
            "timestamp": pl.Series(p.t).cast(pl.Datetime("ms", "UTC")),
            "mmsi": p.mmsi,
            "lat": p.lat,
            "lon": p.lon,
            "sog": np.round(p.sog_kn.astype(np.float64), 1),
            "cog": np.round(p.cog_deg.astype(np.float64), 1),
            "heading": p.heading_deg.astype(np.int32),
            "nav_status": p.nav_status.astype(np.int32),
            "ship_type": kinds[np.searchsorted(np.unique(p.mmsi), p.mmsi)],
        }
    )


def write_day(day: SyntheticDay, out: FilePath) -> None:
    """Write the day as CSV or Parquet, by the ending of `out`.

    Raises:
        UsageError: another ending.
    """
    if out.suffix == ".parquet":
        table(day).write_parquet(out, compression="zstd")
    elif out.suffix == ".csv":
        table(day).write_csv(out, datetime_format="%Y-%m-%dT%H:%M:%S%.3fZ")
    else:
        raise UsageError(f"{out}: a synthetic day is written as .csv or .parquet")


def _lane_table(lane: F64) -> tuple[F64, F64, F64, F64]:
    """Distance run, latitude, longitude and course along a lane every kilometre, its bends rounded off."""
    m_lat, m_lon = metres_per_degree(0.5 * (lane[1:, 0] + lane[:-1, 0]))
    dy, dx = np.diff(lane[:, 0]) * m_lat, np.diff(lane[:, 1]) * m_lon
    run = np.concatenate(([0.0], np.cumsum(np.hypot(dx, dy))))
    fine = np.arange(0.0, run[-1], STEP_M)
    lat, lon = (_rounded(np.interp(fine, run, lane[:, k])) for k in (0, 1))
    m_lat, m_lon = metres_per_degree(0.5 * (lat[1:] + lat[:-1]))
    dy, dx = np.diff(lat) * m_lat, np.diff(lon) * m_lon
    course = np.unwrap(np.arctan2(dx, dy))
    run = np.concatenate(([0.0], np.cumsum(np.hypot(dx, dy))))
    return run, lat, lon, np.interp(run, 0.5 * (run[1:] + run[:-1]), course)


def _rounded(line: F64) -> F64:
    """A moving mean over twelve kilometres, ends kept: lanes bend over miles, not at a point."""
    half = BEND_STEPS // 2
    wide = np.concatenate((2 * line[0] - line[half:0:-1], line, 2 * line[-1] - line[-2 : -half - 2 : -1]))
    mean: F64 = np.convolve(wide, np.ones(BEND_STEPS) / BEND_STEPS, "valid")
    return mean


def _voyage(random: np.random.Generator, n: int, service_kn: float) -> tuple[F64, F64]:
    """Report times over the day, s, and speeds, kn: slow change and, for some, a stop at anchor."""
    t_s = np.sort(random.uniform(0.0, 86_400.0, n))
    t_s = np.arange(n) * (86_400.0 / n) + (t_s - np.arange(n) * (86_400.0 / n)) * 0.02 if n > 1 else t_s
    t_s = np.clip(np.sort(t_s), 0.0, 86_399.9)
    knots = np.arange(0.0, 90_001.0, 3600.0)
    level = np.interp(t_s, knots, np.cumsum(random.normal(0.0, 0.15, len(knots))))
    speed = np.clip(service_kn + level, 2.0, 26.0)
    if random.random() < 0.25:
        begin, length = random.uniform(0.0, 70_000.0), random.uniform(3_600.0, 30_000.0)
        edge = np.clip(np.minimum(t_s - begin, begin + length - t_s) / 900.0, 0.0, 1.0)
        speed = speed * (1.0 - edge)
    return t_s, speed


def _along(
    lane: tuple[F64, F64, F64, F64], t_s: F64, speed_kn: F64, begin: float, side_m: float
) -> tuple[F64, F64, F64]:
    """Place and course of a ship that sails to and fro along a lane, keeping to starboard of its middle.

    At each end she turns to port through a half circle, so that no step is longer than she sails.
    """
    run, lane_lat, lane_lon, bend = lane
    right = abs(side_m) + 300.0
    turn = np.pi * right
    straight = run[-1] - 2.0 * right
    half = straight + turn
    step = np.concatenate(([0.0], 0.5 * (speed_kn[1:] + speed_kn[:-1]) * KN_MS * np.diff(t_s)))
    folded = (begin * 2.0 * half + np.cumsum(step)) % (2.0 * half)
    back = folded >= half  # the way back is the way out, seen from the other end
    way = np.where(back, folded - half, folded) - 0.5 * turn
    phi = np.where(way < 0.0, way, np.maximum(way - straight, 0.0)) / right
    # phi: from -90 degrees to 0 in the second half of the turn behind, from 0 to 90 in the first half of the next
    on = right + np.clip(way, 0.0, straight) + right * np.sin(phi)
    side = right * np.cos(phi)
    at, across = np.where(back, run[-1] - on, on), np.where(back, -side, side)
    lane_course = np.interp(at, run, bend)
    course = lane_course + np.where(back, np.pi, 0.0) - phi
    lat, lon = np.interp(at, run, lane_lat), np.interp(at, run, lane_lon)
    m_lat, m_lon = metres_per_degree(lat)
    place_lat = lat - np.sin(lane_course) * across / m_lat
    return place_lat, lon + np.cos(lane_course) * across / m_lon, np.degrees(course)
