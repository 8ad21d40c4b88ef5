"""Learning the table of what ships did with their speed at a place and on a course (`behaviours.drag.lanes`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from seawarden.behaviours.drag.lanes import (
    CELL_LAT_DEG,
    CELL_LON_DEG,
    COLUMNS,
    REGION,
    SECTORS,
    Lanes,
    gather,
    no_lanes,
)
from seawarden.behaviours.drag.series import series_of
from seawarden.model.position import F64, I64
from seawarden.train.drag_tracks import RealTrack

BEFORE_S = 900.0
AFTER_S = (240.0, 900.0)
"""A settling of four minutes lies between."""
STEP_S = 60.0


class History(NamedTuple):
    """The table of all ships, and each ship's own part of it."""

    lanes: Lanes
    own: dict[int, Lanes]

    def without(self, mmsi: int) -> Lanes:
        """What a ship herself put into the table."""
        return self.own.get(mmsi, no_lanes())


def history_of(tracks: Iterable[RealTrack]) -> History:
    """Learn the table; a track counts once in each cell and sector of course that it came through."""
    keys: list[I64] = []
    changes: list[F64] = []
    ships: list[I64] = []
    for track in tracks:
        key, change = _passages(track)
        keys.append(key)
        changes.append(change)
        ships.append(np.full(len(key), track.mmsi, dtype=np.int64))
    if not keys:
        return History(no_lanes(), {})
    key, change, ship = np.concatenate(keys), np.concatenate(changes), np.concatenate(ships)
    order = np.argsort(ship, kind="stable")
    starts = np.flatnonzero(np.diff(ship[order], prepend=-1))
    own = {int(ship[rows[0]]): gather(key[rows], change[rows]) for rows in np.split(order, starts[1:]) if len(rows)}
    return History(gather(key, change), own)


def with_history(tracks: Iterable[RealTrack], history: History) -> list[RealTrack]:
    """The tracks, each with the table that the other ships made."""
    return [track._replace(lanes=history.lanes, own_lanes=history.without(track.mmsi)) for track in tracks]


def _passages(track: RealTrack) -> tuple[I64, F64]:
    """Keys of the cells and regions that a track came through, with the mean change of log speed in each."""
    series = series_of(track.positions)
    if len(series.t_s) < 4:
        return np.empty(0, dtype=np.int64), np.empty(0)
    at = np.arange(series.t_s[0] + BEFORE_S / 2.0, series.t_s[-1] - BEFORE_S / 2.0, STEP_S)
    change = _mean(series.t_s, series.log_v, at + AFTER_S[0], at + AFTER_S[1])
    change = change - _mean(series.t_s, series.log_v, at - BEFORE_S, at)
    near = np.clip(np.searchsorted(series.t_s, at), 0, len(series.t_s) - 1)
    lat, lon = np.interp(at, series.t_s, series.lat), np.interp(at, series.t_s, np.unwrap(series.lon, period=360.0))
    row = np.floor((lat + 90.0) / CELL_LAT_DEG).astype(np.int64)
    column = np.floor((lon + 180.0) % 360.0 / CELL_LON_DEG).astype(np.int64)
    sector = np.floor(series.course[near] % 360.0 * SECTORS / 360.0 + 0.5).astype(np.int64) % SECTORS
    known = np.isfinite(change)
    key = ((row * COLUMNS + column % COLUMNS) * SECTORS + sector)[known]
    region = (-1 - ((row // REGION) * (COLUMNS // REGION) + column % COLUMNS // REGION))[known]
    keys, place = np.unique(key, return_inverse=True)
    mean = np.bincount(place, weights=change[known]) / np.bincount(place) if len(keys) else np.empty(0)
    regions = np.unique(region)
    return np.concatenate((regions, keys)), np.concatenate((np.zeros(len(regions)), mean))


def _mean(t_s: F64, value: F64, begin: F64, end: F64) -> F64:
    """Mean of the values with begin < t <= end, NaN without any."""
    total = np.concatenate(([0.0], np.cumsum(value)))
    a, b = np.searchsorted(t_s, begin, side="right"), np.searchsorted(t_s, end, side="right")
    mean: F64 = np.where(b > a, (total[b] - total[a]) / np.maximum(b - a, 1), np.nan)
    return mean
