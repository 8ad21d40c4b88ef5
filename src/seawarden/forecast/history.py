"""Past traffic, in columns: voyages without gaps, on an even grid of time, with an index of cells.

Memory: 16 bytes a point for the columns and 4 for the index, about 20 MB a million points.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from seawarden.forecast.query import STEP_MIN
from seawarden.model.position import F32, F64, I32, I64

CELL_LAT_DEG: Final = 0.1
CELL_LON_DEG: Final = 0.2
ROW_CELLS: Final = 1800
"""Cells round the earth: 360 / CELL_LON_DEG."""
MIN_ROWS: Final = 4
"""A voyage shorter than this many rows teaches nothing."""


class Voyage(NamedTuple):
    """One ship's positions, oldest first; arrays (m,)."""

    t_ms: I64
    lat: F64
    lon: F64
    sog_kn: F64
    cog_deg: F64
    ship: int = -1
    kind: int = -1


class Cells(NamedTuple):
    """Rows of the history by cell of the earth: `rows[first[c]:first[c + 1]]` lie in cell `keys[c]`."""

    keys: I64
    first: I64
    rows: I32


class Columns(NamedTuple):
    """All voyages end to end."""

    start: I64
    """(m + 1,): voyage j owns rows start[j]..start[j + 1]."""
    voyage: I32
    """(N,): the voyage of each row."""
    lat: F32
    lon: F32
    sog_kn: F32
    cog_deg: F32
    ship: I64
    """(m,)"""
    kind: I64
    """(m,)"""


@njit(cache=True)
def cell_key(lat_deg: float, lon_deg: float) -> int:
    """The cell that holds a point."""
    row = int(np.floor((lat_deg + 90.0) / CELL_LAT_DEG))
    col = int(np.floor(((lon_deg + 180.0) % 360.0) / CELL_LON_DEG)) % ROW_CELLS
    return row * ROW_CELLS + col


@njit(cache=True)
def _keys(lat: F32, lon: F32) -> I64:
    out = np.empty(lat.shape[0], np.int64)
    for i in range(lat.shape[0]):
        out[i] = cell_key(lat[i], lon[i])
    return out


def index_cells(lat: F32, lon: F32) -> Cells:
    """Sort rows by cell."""
    keys = _keys(lat, lon)
    rows = np.argsort(keys, kind="stable").astype(np.int32)
    unique, first = np.unique(keys[rows], return_index=True)
    return Cells(unique, np.append(first, len(rows)).astype(np.int64), rows)


def resample(voyage: Voyage, step_s: int, gap_ms: int) -> list[tuple[int, NDArray[np.float64]]]:
    """Cut a voyage at its gaps and put each piece on an even grid; course turns the short way round.

    Returns:
        For each piece its last time (ms), and an array (rows, 4) of latitude, longitude, speed (kn) and course (deg).
    """
    out: list[tuple[int, NDArray[np.float64]]] = []
    good = ~(np.isnan(voyage.lat) | np.isnan(voyage.lon))
    t, lat = voyage.t_ms[good], voyage.lat[good]
    lon = np.degrees(np.unwrap(np.radians(voyage.lon[good])))
    sog = np.asarray(voyage.sog_kn[good], np.float64)
    cog = np.asarray(voyage.cog_deg[good], np.float64)
    if len(t) < 2:
        return out
    cuts = np.flatnonzero(np.diff(t) > gap_ms) + 1
    for piece in np.split(np.arange(len(t)), cuts):
        span = t[piece[-1]] - t[piece[0]]
        if len(piece) < 2 or span < (MIN_ROWS - 1) * step_s * 1000:
            continue
        grid = t[piece[0]] + np.arange(span // (step_s * 1000) + 1) * step_s * 1000
        y, x = np.interp(grid, t[piece], lat[piece]), np.interp(grid, t[piece], lon[piece])
        moved_n = np.gradient(y)
        moved_e = np.gradient(x) * np.cos(np.radians(y))
        speed, course = sog[piece], cog[piece]
        known = ~np.isnan(speed)
        v = (
            np.interp(grid, t[piece][known], speed[known])
            if known.any()
            else np.hypot(moved_n, moved_e) * 60.0 * 3600.0 / step_s
        )
        known = ~np.isnan(course)
        c = (
            np.interp(grid, t[piece][known], np.degrees(np.unwrap(np.radians(course[known]))))
            if known.any()
            else np.degrees(np.arctan2(moved_e, moved_n))
        )
        out.append((int(t[piece[-1]]), np.column_stack([y, (x + 180.0) % 360.0 - 180.0, v, c % 360.0])))
    return out


class History:
    """Voyages to draw analogues from. Extend it as voyages end; the index follows."""

    def __init__(self, step_s: int = STEP_MIN * 60, gap_ms: int = 30 * 60_000) -> None:
        """Start empty.

        Args:
            step_s: seconds between rows; a whole fraction of STEP_MIN minutes.
            gap_ms: a voyage is cut at gaps longer than this.

        Raises:
            ValueError: when `step_s` does not divide the forecast's step.
        """
        if step_s <= 0 or (STEP_MIN * 60) % step_s:
            raise ValueError(f"step_s={step_s}: must divide {STEP_MIN * 60} s")
        self.step_s = step_s
        self.gap_ms = gap_ms
        none32 = np.empty(0, np.float32)
        self.columns = Columns(
            np.zeros(1, np.int64),
            np.empty(0, np.int32),
            none32,
            none32.copy(),
            none32.copy(),
            none32.copy(),
            np.empty(0, np.int64),
            np.empty(0, np.int64),
        )
        self.cells = index_cells(none32, none32)
        self.end_t: I64 = np.empty(0, np.int64)
        """When each voyage ended, ms (m,): what had not yet happened may not teach a replay of the past."""

    @property
    def rows_a_step(self) -> float:
        """Rows of history in one step of the forecast."""
        return STEP_MIN * 60 / self.step_s

    @property
    def n_voyages(self) -> int:
        """Voyages held, after cutting at gaps."""
        return len(self.columns.ship)

    @property
    def n_points(self) -> int:
        """Rows held."""
        return len(self.columns.lat)

    def extend(self, voyages: Iterable[Voyage]) -> tuple[int, int]:
        """Add voyages.

        Returns:
            How many pieces were added and how many voyages were too short to teach anything.
        """
        pieces: list[tuple[int, NDArray[np.float64]]] = []
        ships: list[int] = []
        kinds: list[int] = []
        short = 0
        for voyage in voyages:
            new = resample(voyage, self.step_s, self.gap_ms)
            short += not new
            pieces += new
            ships += [voyage.ship] * len(new)
            kinds += [voyage.kind] * len(new)
        if not pieces:
            return 0, short
        old = self.columns
        lengths = np.array([len(piece) for _, piece in pieces], np.int64)
        table = np.concatenate([piece for _, piece in pieces]).astype(np.float32)
        self.end_t = np.concatenate([self.end_t, np.array([end for end, _ in pieces], np.int64)])
        start = np.concatenate([old.start, old.start[-1] + np.cumsum(lengths)])
        self.columns = Columns(
            start,
            np.repeat(np.arange(len(start) - 1, dtype=np.int32), np.diff(start)),
            np.concatenate([old.lat, table[:, 0]]),
            np.concatenate([old.lon, table[:, 1]]),
            np.concatenate([old.sog_kn, table[:, 2]]),
            np.concatenate([old.cog_deg, table[:, 3]]),
            np.concatenate([old.ship, np.array(ships, np.int64)]),
            np.concatenate([old.kind, np.array(kinds, np.int64)]),
        )
        self.cells = index_cells(self.columns.lat, self.columns.lon)
        return len(pieces), short

    def keep(self, wanted: NDArray[np.bool_]) -> None:
        """Drop the voyages (m,) that are not wanted."""
        old = self.columns
        rows = np.repeat(wanted, np.diff(old.start))
        lengths = np.diff(old.start)[wanted]
        self.columns = Columns(
            np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]),
            np.repeat(np.arange(len(lengths), dtype=np.int32), lengths),
            np.ascontiguousarray(old.lat[rows]),
            np.ascontiguousarray(old.lon[rows]),
            np.ascontiguousarray(old.sog_kn[rows]),
            np.ascontiguousarray(old.cog_deg[rows]),
            np.ascontiguousarray(old.ship[wanted]),
            np.ascontiguousarray(old.kind[wanted]),
        )
        self.end_t = np.ascontiguousarray(self.end_t[wanted])
        self.cells = index_cells(self.columns.lat, self.columns.lon)
