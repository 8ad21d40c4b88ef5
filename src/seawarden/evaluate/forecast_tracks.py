"""The ct_dma benchmark's files: tracks at ten-minute steps, and the one query that each gives.

Protocol of TrAISformer (Nguyen and Fablet, arXiv 2109.03958): leading points at 1.5 kn or less are dropped, tracks
longer than 36 points are kept, 18 points are given, and what follows is to be forecast.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from seawarden.forecast.history import Voyage
from seawarden.forecast.query import NO_KIND, PAST, STEP_MIN, Queries
from seawarden.model.error import SourceError
from seawarden.model.position import F64, I64

COLUMNS: Final = ("split", "track", "mmsi", "step10min", "lat", "lon", "sog_kn", "cog_deg")
MOVING_KN: Final = 1.5
MIN_POINTS: Final = 36
STEPS: Final = 36
"""Evaluated to six hours."""


class Track(NamedTuple):
    """One track of the file, whole."""

    number: int
    mmsi: int
    table: F64
    """(m, 4): latitude, longitude, speed (kn), course (deg)."""


class Benchmark(NamedTuple):
    """Queries, one a track, and what followed."""

    queries: Queries
    truth_lat: F64
    """(n, STEPS), NaN after the end of the track."""
    truth_lon: F64
    track: I64
    """Number of each track in its file."""


def read_tracks(path: Path, *, training: bool) -> list[Track]:
    """Tracks of a file.

    Args:
        path: CSV, also compressed.
        training: take the rows of split `train`; else all others. A file of one split only is taken whole.

    Raises:
        SourceError: when the file can't be read, lacks a column or holds no track.
    """
    try:
        table = pl.read_csv(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise SourceError(f"{path}: can't be read as CSV: {error}") from error
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise SourceError(f"{path}: no column {', '.join(missing)}; needed are {', '.join(COLUMNS)}")
    if table["split"].n_unique() > 1:
        wanted = pl.col("split") == "train"
        table = table.filter(wanted if training else ~wanted)
    table = table.drop_nulls(COLUMNS).sort("track", "step10min")
    out = []
    for key, rows in table.group_by(["track"], maintain_order=True):
        step = rows["step10min"].to_numpy()
        values = rows.select("lat", "lon", "sog_kn", "cog_deg").to_numpy().astype(np.float64)
        # A missing step ends the track: the benchmark knows none.
        whole = int(np.argmax(np.append(np.diff(step) != 1, True))) + 1
        out.append(Track(int(str(key[0])), int(rows["mmsi"][0]), values[:whole]))
    if not out:
        raise SourceError(f"{path}: no track of the wanted split")
    return out


def voyages_of(tracks: list[Track]) -> list[Voyage]:
    """Tracks as history; they carry no absolute time."""
    out = []
    for track in tracks:
        t = np.arange(len(track.table), dtype=np.int64) * STEP_MIN * 60_000
        lat, lon, sog, cog = (np.ascontiguousarray(track.table[:, c]) for c in range(4))
        out.append(Voyage(t, lat, lon, sog, cog, ship=track.mmsi))
    return out


def benchmark_of(tracks: list[Track]) -> Benchmark:
    """The queries of the benchmark; tracks that are too short are left out.

    Raises:
        SourceError: when none is left.
    """
    kept: list[tuple[Track, F64]] = []
    for track in tracks:
        moving = np.flatnonzero(track.table[:, 2] > MOVING_KN)
        if len(moving) and len(track.table) - moving[0] > MIN_POINTS:
            kept.append((track, track.table[moving[0] :]))
    if not kept:
        raise SourceError(f"none of {len(tracks)} tracks is longer than {MIN_POINTS} points under way")
    n = len(kept)
    past = np.stack([table[PAST - 1 :: -1] for _, table in kept])
    truth = np.full((n, STEPS, 2), np.nan)
    for i, (_, table) in enumerate(kept):
        ahead = table[PAST : PAST + STEPS, :2]
        truth[i, : len(ahead)] = ahead
    column = np.ascontiguousarray
    queries = Queries(
        column(past[:, 0, 0]),
        column(past[:, 0, 1]),
        column(past[:, 0, 2]),
        column(past[:, 0, 3]),
        column(past[:, :, 0]),
        column(past[:, :, 1]),
        np.full(n, PAST - 1, np.int64),
        np.array([track.mmsi for track, _ in kept], np.int64),
        np.full(n, NO_KIND, np.int64),
    )
    numbers = np.array([track.number for track, _ in kept], np.int64)
    return Benchmark(queries, column(truth[..., 0]), column(truth[..., 1]), numbers)
