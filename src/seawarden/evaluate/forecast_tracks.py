"""The ct_dma benchmark's files: tracks at ten-minute steps, and the one query that each gives.

Protocol of TrAISformer (Nguyen and Fablet, arXiv 2109.03958): leading points at 1.5 kn or less are dropped, tracks
longer than 36 points are kept, 18 points are given, and what follows is to be forecast.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from seawarden.forecast.query import NO_KIND, PAST, Queries
from seawarden.model.error import SourceError
from seawarden.model.position import F64, I64
from seawarden.train.forecast_files import Track

MOVING_KN: Final = 1.5
MIN_POINTS: Final = 36
STEPS: Final = 36
"""Evaluated to six hours."""


class Benchmark(NamedTuple):
    """Queries, one a track, and what followed."""

    queries: Queries
    truth_lat: F64
    """(n, STEPS), NaN after the end of the track."""
    truth_lon: F64
    track: I64
    """Number of each track in its file."""


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
