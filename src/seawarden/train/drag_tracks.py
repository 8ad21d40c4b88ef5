"""Real traffic to train and measure on: tracks by stratum, each with its ship."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from seawarden.behaviours.drag.context import place_of
from seawarden.behaviours.drag.lanes import Lanes, no_lanes
from seawarden.geography.land import LandMask
from seawarden.geography.ports_table import PlacesTable
from seawarden.model.error import UsageError
from seawarden.model.position import F64, I64, Positions, take

GAP_S = 1800.0
"""A longer silence cuts a track."""


class RealTrack(NamedTuple):
    """One unbroken track of one ship."""

    stratum: str
    mmsi: int
    positions: Positions
    cadence_s: float
    timed: bool
    """False: the times are counted from the track's own start, so other ships can't be set beside her."""
    crossed_s: F64
    """When she crossed assets, s."""
    lanes: Lanes = no_lanes()
    """What ships before did here (`drag_lanes`)."""
    own_lanes: Lanes = no_lanes()
    """Her own part of it, which is left out."""

    @property
    def hours(self) -> float:
        """Hours under way (over 3 kn) in which she was heard."""
        step = np.minimum(np.diff(self.positions.t) / 1000.0, 2.0 * self.cadence_s + 60.0)
        return float(np.sum(step[self.positions.sog_kn[1:] > 3.0]) / 3600.0)


def cut_tracks(
    positions: Positions, stratum: str, *, timed: bool = True, key: I64 | None = None, least: int = 8
) -> list[RealTrack]:
    """Positions of many ships cut into tracks by MMSI (or `key`) and silences, in order of (MMSI, time)."""
    by = positions.mmsi if key is None else key
    order = np.lexsort((positions.t, by))
    p = take(positions, order)
    by = by[order]
    fresh = np.flatnonzero((np.diff(by) != 0) | (np.diff(p.t) > GAP_S * 1000.0)) + 1
    tracks: list[RealTrack] = []
    for rows in np.split(np.arange(len(p.t)), fresh):
        if len(rows) < least:
            continue
        rows = rows[np.concatenate(([True], np.diff(p.t[rows]) > 0))]
        one = take(p, rows)
        if len(rows) >= least and np.nanmedian(one.sog_kn) > 3.0:
            cadence = float(np.median(np.diff(one.t)) / 1000.0)
            tracks.append(RealTrack(stratum, int(one.mmsi[0]), one, cadence, timed, np.empty(0)))
    return tracks


def ticks_of(track: RealTrack) -> F64:
    """Ticks at which a track is looked at, s: every minute, or every report where they are rarer."""
    t_s = track.positions.t / 1000.0
    if track.cadence_s > 300.0:
        return t_s.copy()
    first = np.ceil(t_s[0] / 60.0) * 60.0
    return np.arange(first, t_s[-1] + 60.0, 60.0)


def place_at(positions: Positions, ticks_s: F64) -> F64:
    """`behaviours.drag.context.place_of` her last position at or before each tick, shape (m, 2)."""
    rows = np.clip(np.searchsorted(positions.t / 1000.0, ticks_s, side="right") - 1, 0, None)
    return place_of(positions.lat[rows], positions.lon[rows], _places(), _land())


@cache
def _places() -> PlacesTable:
    return PlacesTable.shipped()


@cache
def _land() -> LandMask:
    return known_land(LandMask.shipped())


def known_land(land: LandMask) -> LandMask:
    """The land grid; trees that are grown without one learn nothing of shelter, and say nothing of it.

    Raises:
        UsageError: it is not built.
    """
    if not land.known:
        raise UsageError(
            "the land grid is not built, and no drag model is trained without it: `./run setup` makes it"
        )
    return land


def reversed_track(track: RealTrack) -> RealTrack:
    """The voyage sailed backwards: a natural rise of speed becomes a natural slow-down; for training only."""
    p = take(track.positions, slice(None, None, -1))
    p.t[:] = track.positions.t[0] + track.positions.t[-1] - p.t
    p.cog_deg[:] = (p.cog_deg + 180.0) % 360.0
    p.heading_deg[:] = (p.heading_deg + 180.0) % 360.0
    return track._replace(positions=p, timed=False)
