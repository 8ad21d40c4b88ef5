"""The tables behind learned coverage, and the kernel that fills them position by position.

Cells are `cell_deg` high and twice as wide. In each, by class of station, the book counts the ship-hours under way
that were heard, the passages, the ships that were lost there, and the reports heard beside those expected at the
ship's own densest interval. Nothing here knows what a silence means: `coverage_learned` asks.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.model.position import F64, I8, I32, I64, NO_TIME

CLASSES: Final = 2
"""0: class A stations and those of which nothing is known; 1: class B, with a sixth of the power or less."""
HOUR_MS: Final = 3_600_000
COLS: Final = 100_000
"""Factor of a cell's row in its key."""


class Cells(NamedTuple):
    """Arrays (n, CLASSES) but `key`."""

    key: I64
    """(n,)"""
    hours: F64
    """Ship-hours under way, heard."""
    passes: F64
    """Ships that came in."""
    lost: F64
    """Ships under way that were not heard any more after a report here."""
    reports: F64
    expected: F64
    """Reports that would have come at each ship's own densest interval."""
    last_t: I64


class Ships(NamedTuple):
    """One row a track, arrays (n,)."""

    mmsi: I64
    branch: I64
    first_t: I64
    t: I64
    lat: F64
    lon: F64
    sog_kn: F64
    cog_deg: F64
    cell: I32
    feed: I32
    klass: I8
    thinned: I8
    """1 when her positions are key frames: what lies between two says nothing."""
    fixes: I32
    interval_s: F64
    """Smoothed interval of her reports."""
    densest_s: F64
    """Follows her shortest intervals."""
    top_kn: F64
    """Fastest speed seen, fading over days."""
    lost: I8
    """1 once her silence was counted as a loss of the cell."""
    told_t: I64
    """When she was last heard before a silence that was told as her own, ms."""


def cells(n: int) -> Cells:
    """Fresh rows."""
    wide = (n, CLASSES)
    return Cells(
        key=np.full(n, NO_TIME, dtype=np.int64),
        hours=np.zeros(wide),
        passes=np.zeros(wide),
        lost=np.zeros(wide),
        reports=np.zeros(wide),
        expected=np.zeros(wide),
        last_t=np.full(wide, NO_TIME, dtype=np.int64),
    )


def ships(n: int) -> Ships:
    """Fresh rows."""
    return Ships(
        mmsi=np.zeros(n, dtype=np.int64),
        branch=np.zeros(n, dtype=np.int64),
        first_t=np.full(n, NO_TIME, dtype=np.int64),
        t=np.full(n, NO_TIME, dtype=np.int64),
        lat=np.full(n, np.nan),
        lon=np.full(n, np.nan),
        sog_kn=np.full(n, np.nan),
        cog_deg=np.full(n, np.nan),
        cell=np.full(n, -1, dtype=np.int32),
        feed=np.full(n, -1, dtype=np.int32),
        klass=np.zeros(n, dtype=np.int8),
        thinned=np.zeros(n, dtype=np.int8),
        fixes=np.zeros(n, dtype=np.int32),
        interval_s=np.zeros(n),
        densest_s=np.zeros(n),
        top_kn=np.zeros(n),
        lost=np.zeros(n, dtype=np.int8),
        told_t=np.full(n, NO_TIME, dtype=np.int64),
    )


def keys_of(lat: F64, lon: F64, cell_deg: float) -> I64:
    """Cells of points, arrays (n,)."""
    row = np.floor((lat + 90.0) / cell_deg).astype(np.int64)
    east = (lon + 180.0) % 360.0
    keys: I64 = row * COLS + np.floor(east / (2.0 * cell_deg)).astype(np.int64)
    return keys


def around(keys: I64, cell_deg: float) -> I64:
    """Cells (n,) with their eight neighbours, (n, 9); across the antimeridian too."""
    cols = round(360.0 / (2.0 * cell_deg))
    row, col = np.divmod(keys, COLS)
    found: I64 = np.stack(
        [(row + i) * COLS + (col + j) % cols for i in (-1, 0, 1) for j in (-1, 0, 1)], axis=1
    ).astype(np.int64)
    return found


@njit(cache=True)
def hear(
    row: I32,
    t: I64,
    lat: F64,
    lon: F64,
    sog_kn: F64,
    cog_deg: F64,
    cell: I32,
    feed: I32,
    thinned: I8,
    table: Ships,
    grid: Cells,
    least_kn: float,
    longest_ms: int,
) -> None:
    """Positions in order of time into the tables.

    Args:
        row: rows of `table`, (n,); the other columns of the positions likewise.
        t: ms.
        lat: degrees.
        lon: degrees.
        sog_kn: NaN unknown.
        cog_deg: NaN unknown.
        cell: rows of `grid`.
        feed: who heard it.
        thinned: 1 for key frames.
        table: of ships.
        grid: of cells.
        least_kn: slower is not under way.
        longest_ms: a longer interval is no hearing in between.
    """
    for j in range(len(row)):
        i = row[j]
        k = table.klass[i]
        c = cell[j]
        if table.fixes[i] == 0:
            table.first_t[i] = t[j]
            grid.passes[c, k] += 1.0
        else:
            span = t[j] - table.t[i]
            heard_ms = min(span, longest_ms)
            before = table.cell[i]
            if span > 0 and thinned[j] == 0:
                gap = span / 1000.0
                if table.fixes[i] < 2:
                    table.interval_s[i] = min(gap, 3600.0)
                    table.densest_s[i] = min(gap, 3600.0)
                else:
                    table.interval_s[i] = 0.8 * table.interval_s[i] + 0.2 * min(gap, 3600.0)
                    if gap < table.densest_s[i]:
                        table.densest_s[i] = 0.8 * table.densest_s[i] + 0.2 * gap
                    else:
                        table.densest_s[i] = min(gap, 1.01 * table.densest_s[i])
                if table.sog_kn[i] >= least_kn:
                    grid.hours[before, k] += heard_ms / HOUR_MS
                    grid.reports[before, k] += 1.0
                    grid.expected[before, k] += max(1.0, heard_ms / 1000.0 / max(table.densest_s[i], 1.0))
            if before != c:
                grid.passes[c, k] += 1.0
        table.fixes[i] += 1
        table.t[i] = t[j]
        table.lat[i] = lat[j]
        table.lon[i] = lon[j]
        table.sog_kn[i] = sog_kn[j]
        table.cog_deg[i] = cog_deg[j]
        table.cell[i] = c
        table.feed[i] = feed[j]
        table.thinned[i] = thinned[j]
        table.lost[i] = 0
        if not math.isnan(sog_kn[j]) and sog_kn[j] < 60.0:
            table.top_kn[i] = max(0.9999 * table.top_kn[i], sog_kn[j])
        grid.last_t[c, k] = t[j]
