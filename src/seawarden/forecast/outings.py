"""The rows of many tracks cut into voyages: by gaps, by long stops and by length. Arrays in, arrays out."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from seawarden.forecast.history import Voyage
from seawarden.model.position import F64, I64

SAMPLE_MS: Final = 300_000
"""One row a track in this time."""
GAP_MS: Final = 3_600_000
"""A longer gap ends a voyage: thinned tracks hold frames some 22 minutes apart."""
STILL_KN: Final = 0.7
STILL_ROWS: Final = 12
"""Rows kept of a stop: an hour. So a stop is learnt, and a week in port is not."""
LONGEST_MS: Final = 12 * 3_600_000
"""A voyage that goes on longer is learnt in parts."""
LEAST_KM: Final = 2.0
"""What moved less than this teaches nothing."""


class Rows(NamedTuple):
    """Positions of many tracks, sorted by (MMSI, branch, t); arrays (n,)."""

    mmsi: I64
    branch: I64
    t: I64
    lat: F64
    lon: F64
    sog_kn: F64
    cog_deg: F64

    def take(self, rows: np.ndarray) -> Rows:
        """The rows at these places, or under this mask."""
        return Rows._make(np.ascontiguousarray(column[rows]) for column in self)


_NONE: Final = np.empty(0)
_NO_NUMBER: Final = np.empty(0, np.int64)
NO_ROWS: Final = Rows(_NO_NUMBER, _NO_NUMBER, _NO_NUMBER, _NONE, _NONE, _NONE, _NONE)


def joined(a: Rows, b: Rows) -> Rows:
    """Both, in order."""
    both = Rows._make(np.concatenate(pair) for pair in zip(a, b, strict=True))
    return both.take(np.lexsort((both.t, both.branch, both.mmsi)))


def sampled(rows: Rows) -> Rows:
    """The newest row of each track in each SAMPLE_MS."""
    if not len(rows.t):
        return rows
    bucket = rows.t // SAMPLE_MS
    last = np.append(_changes(rows) | (bucket[1:] != bucket[:-1]), True)
    return rows.take(last)


def cut(rows: Rows, until_t: int) -> tuple[Rows, Rows, I64]:
    """Part the voyages that have ended from those that go on.

    Args:
        rows: sampled rows of all tracks.
        until_t: what is known up to here, ms.

    Returns:
        Rows of the ended voyages, rows of those that go on, and for each of the former the number of its voyage.
    """
    rows = rows.take(_moving(rows))
    if not len(rows.t):
        return rows, rows, np.empty(0, np.int64)
    piece, first, last = _pieces(rows)
    ended = rows.t[last] < until_t - GAP_MS
    long = ~ended & (rows.t[last] - rows.t[first] >= LONGEST_MS)
    over = ended | long
    # a long voyage goes on from its last row
    going = rows.take(~over[piece] | (long[piece] & (np.arange(len(piece)) == last[piece])))
    done = np.flatnonzero(over[piece])
    return rows.take(done), going, piece[done]


def voyages(rows: Rows, piece: I64) -> list[Voyage]:
    """The ended voyages that moved, each on its own."""
    out = []
    for part in np.split(np.arange(len(piece)), np.flatnonzero(np.diff(piece)) + 1):
        if len(part) < 3:
            continue
        lat, lon = rows.lat[part], rows.lon[part]
        north = float(lat.max() - lat.min()) * 111.2
        wide = np.abs((lon - lon[0] + 180.0) % 360.0 - 180.0).max()
        if np.hypot(north, float(wide) * 111.2 * np.cos(np.radians(float(lat[0])))) < LEAST_KM:
            continue
        ship = int(rows.mmsi[part[0]])
        out.append(Voyage(rows.t[part], lat, lon, rows.sog_kn[part], rows.cog_deg[part], ship=ship))
    return out


def _changes(rows: Rows) -> np.ndarray:
    return np.asarray((rows.mmsi[1:] != rows.mmsi[:-1]) | (rows.branch[1:] != rows.branch[:-1]))


def _pieces(rows: Rows) -> tuple[I64, I64, I64]:
    """Number of each row's piece, and first and last row of each piece."""
    new = np.append(True, _changes(rows) | (np.diff(rows.t) > GAP_MS))
    first = np.flatnonzero(new).astype(np.int64)
    return (np.cumsum(new) - 1).astype(np.int64), first, np.append(first[1:], len(new)).astype(np.int64) - 1


def _moving(rows: Rows) -> np.ndarray:
    """Rows less those of a stop after its first hour."""
    if not len(rows.t):
        return np.empty(0, np.int64)
    piece, first, _ = _pieces(rows)
    at = np.arange(len(piece))
    under_way = ~(rows.sog_kn < STILL_KN)
    since = np.maximum.accumulate(np.where(under_way, at, -1))
    return np.flatnonzero(at - np.maximum(since, first[piece]) <= STILL_ROWS)
