"""What ships before did with their speed at a place and on a course: a table learned from past traffic.

Cells of about two kilometres, courses in twelfths of a turn; in each, how many ships came by, how their log speed
changed from the quarter of an hour before to the quarter after, and how many slowed by 8 % or more. Asked for a
place, the cells and courses around it answer together. Where the table knows no traffic within some twenty
kilometres it says nothing at all, which is not the same as a place where few ships go.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.model.position import F64, I64

CELL_LAT_DEG: Final = 0.02
CELL_LON_DEG: Final = 0.04
SECTORS: Final = 12
COLUMNS: Final = 9_000
SLOWED: Final = -0.08
ENOUGH: Final = 20.0
"""Ships in the region round a place, below which the table does not know it."""
REGION: Final = 10
"""A region is so many cells wide."""
MOST: Final = 200.0


class Lanes(NamedTuple):
    """Columns of shape (k,), in order of key."""

    key: I64
    """Place and course (`key_of`); -1 - key of a region for the number of ships in it."""
    ships: F64
    change: F64
    """Sum over the ships of the change of log speed."""
    slowed: F64
    """How many slowed."""


def no_lanes() -> Lanes:
    """A table that knows nothing."""
    return Lanes(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0), np.empty(0))


@njit(cache=True)
def key_of(row: int, column: int, sector: int) -> int:
    """Key of a cell and a sector of course."""
    return (row * COLUMNS + column % COLUMNS) * SECTORS + sector % SECTORS


@njit(cache=True)
def region_of(row: int, column: int) -> int:
    """Key of the region of a cell, always negative."""
    return -1 - ((row // REGION) * (COLUMNS // REGION) + (column % COLUMNS) // REGION)


@njit(cache=True)
def cell_of(lat: float, lon: float) -> tuple[int, int]:
    """Row and column of a place, degrees."""
    return math.floor((lat + 90.0) / CELL_LAT_DEG), math.floor(((lon + 180.0) % 360.0) / CELL_LON_DEG)


@njit(cache=True)
def sector_of(course: float) -> int:
    """Sector of a course, degrees."""
    return math.floor((course % 360.0) * SECTORS / 360.0 + 0.5) % SECTORS


@njit(cache=True)
def _row(lanes: Lanes, key: int) -> int:
    i = int(np.searchsorted(lanes.key, key))
    return i if i < len(lanes.key) and lanes.key[i] == key else -1


@njit(cache=True)
def lane_at(lanes: Lanes, own: Lanes, lat: float, lon: float, course: float) -> tuple[float, float, float]:
    """Ships that came by here on about this course, the mean change of their log speed, and the share that slowed.

    Args:
        lanes: the table.
        own: what of it is to be left out (the ship's own part where the table was learned from her).
        lat: degrees.
        lon: degrees.
        course: degrees, any turn.

    Returns:
        NaN for the number where the table does not know the region, for the others where fewer than two ships came.
    """
    row, column = cell_of(lat, lon)
    near = 0.0
    for a in range(-1, 2):
        for b in range(-1, 2):
            key = region_of(row + a * REGION, column + b * REGION)
            i = _row(lanes, key)
            near += lanes.ships[i] if i >= 0 else 0.0
    if near < ENOUGH:
        return math.nan, math.nan, math.nan
    sector = sector_of(course)
    ships, change, slowed = 0.0, 0.0, 0.0
    for a in range(-1, 2):
        for b in range(-1, 2):
            for c in range(-1, 2):
                key = key_of(row + a, column + b, sector + c)
                i = _row(lanes, key)
                if i < 0:
                    continue
                ships += lanes.ships[i]
                change += lanes.change[i]
                slowed += lanes.slowed[i]
                i = _row(own, key)
                if i >= 0:
                    ships -= own.ships[i]
                    change -= own.change[i]
                    slowed -= own.slowed[i]
    if ships < 1.5:
        return max(ships, 0.0), math.nan, math.nan
    return min(ships, MOST), change / ships, slowed / ships


def gather(key: I64, change: F64) -> Lanes:
    """A table from passages: one row for each ship's passage of a cell on a course, shape (n,)."""
    keys, place = np.unique(key, return_inverse=True)
    return Lanes(
        keys,
        np.bincount(place, minlength=len(keys)).astype(np.float64),
        np.bincount(place, weights=change, minlength=len(keys)).astype(np.float64),
        np.bincount(place, weights=(change < SLOWED).astype(np.float64), minlength=len(keys)).astype(np.float64),
    )


def to_plain(lanes: Lanes, *, least: int = 2) -> dict[str, list[Any]]:
    """The table as lists for a JSON file, without the cells in which fewer than `least` passages were seen.

    Such cells count as few ships then, which is what they are, and nobody's single voyage is told. Keys are stored as
    steps from one to the next, changes in thousandths.
    """
    keep = (lanes.ships >= least) | (lanes.key < 0)
    key = lanes.key[keep]
    return {
        "key": np.diff(key, prepend=0).tolist(),
        "ships": lanes.ships[keep].astype(np.int64).tolist(),
        "change": np.round(lanes.change[keep] * 1000.0).astype(np.int64).tolist(),
        "slowed": lanes.slowed[keep].astype(np.int64).tolist(),
    }


def from_plain(plain: dict[str, list[Any]]) -> Lanes:
    """What `to_plain` gave.

    Raises:
        ValueError: the columns differ in length.
    """
    if len({len(plain[name]) for name in Lanes._fields}) != 1:
        raise ValueError("its table of past traffic is not whole")
    return Lanes(
        np.cumsum(np.array(plain["key"], dtype=np.int64)),
        np.array(plain["ships"], dtype=np.float64),
        np.array(plain["change"], dtype=np.float64) / 1000.0,
        np.array(plain["slowed"], dtype=np.float64),
    )
