"""Breaks of motion: reports of one number after which she is not where, or does not move as, the one before foretold.

A turn is a break, and so is a jump, and a number that another ship took over. Alone they mean nothing; two of them
that fit crosswise are a swap.
"""

from __future__ import annotations

import math
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
from numba import njit

from seawarden.geodesy import KNOT_MS, distance_m, local_radii
from seawarden.model.position import F32, F64, I64

LONGEST_MS: Final = 15 * 60_000
"""Dead reckoning says nothing after a longer silence."""
LEAST_KN: Final = 2.5
"""Change of velocity that is a break: a ship at 12 kn that turns by 12 degrees, or loses 2.5 kn."""
LEAST_M: Final = 600.0
"""Miss of dead reckoning that is one, with 8 kn for the time that went by."""
MISS_KN: Final = 8.0


class Fix(msgspec.Struct, frozen=True, array_like=True):
    """Where a number was, and how it moved."""

    t: int
    lat: float
    lon: float
    north_kn: float
    east_kn: float


class Break(msgspec.Struct, frozen=True, array_like=True):
    """Two reports of one number that do not follow from each other."""

    mmsi: int
    track_id: str
    before: Fix
    after: Fix


class Newest(msgspec.Struct, array_like=True):
    """The newest believed report of each number, as columns in order of MMSI, ready for a snapshot."""

    mmsi: bytes = b""
    t: bytes = b""
    lat: bytes = b""
    lon: bytes = b""
    north_kn: bytes = b""
    east_kn: bytes = b""


class Motions:
    """The same as arrays (n,)."""

    def __init__(self, mmsi: I64, t: I64, lat: F64, lon: F64, north_kn: F64, east_kn: F64) -> None:
        self.mmsi, self.t, self.lat, self.lon = mmsi, t, lat, lon
        self.north_kn, self.east_kn = north_kn, east_kn

    @classmethod
    def of(cls, mmsi: I64, t: I64, lat: F64, lon: F64, sog_kn: F32, cog_deg: F32) -> tuple[Motions, I64]:
        """The newest row of each number that tells how it moves; also that row's place among the given ones."""
        order = np.argsort(mmsi, kind="stable")
        moves = np.isfinite(sog_kn) & ((sog_kn < 0.5) | np.isfinite(cog_deg))
        last = order[_newest(mmsi[order], t[order], moves[order])]
        sog = sog_kn[last].astype(np.float64)
        course = np.radians(np.where(sog < 0.5, 0.0, cog_deg[last].astype(np.float64)))
        north, east = sog * np.cos(course), sog * np.sin(course)
        return cls(mmsi[last], t[last], lat[last], lon[last], north, east), last

    @classmethod
    def recall(cls, held: Newest) -> Motions:
        """From a snapshot."""
        whole = [np.frombuffer(column, dtype=np.int64).copy() for column in (held.mmsi, held.t)]
        real = [np.frombuffer(c, dtype=np.float64).copy() for c in (held.lat, held.lon, held.north_kn, held.east_kn)]
        return cls(whole[0], whole[1], real[0], real[1], real[2], real[3])

    def memory(self) -> Newest:
        """For a snapshot."""
        columns = (self.mmsi, self.t, self.lat, self.lon, self.north_kn, self.east_kn)
        return Newest(*(column.tobytes() for column in columns))

    def fix(self, row: int) -> Fix:
        """One row."""
        return Fix(
            int(self.t[row]),
            float(self.lat[row]),
            float(self.lon[row]),
            float(self.north_kn[row]),
            float(self.east_kn[row]),
        )


@njit(cache=True)
def _newest(mmsi: I64, t: I64, moves: npt.NDArray[np.bool_]) -> I64:
    """Of rows in order of MMSI, the newest of each that tells how it moves."""
    out = np.empty(len(mmsi), dtype=np.int64)
    n = 0
    for k in range(len(mmsi)):
        if not moves[k]:
            continue
        if n > 0 and mmsi[out[n - 1]] == mmsi[k]:
            if t[k] >= t[out[n - 1]]:
                out[n - 1] = k
        else:
            out[n] = k
            n += 1
    return out[:n]


@njit(cache=True)
def _fresh(mmsi_a: I64, t_a: I64, mmsi_b: I64, t_b: I64) -> tuple[I64, I64]:
    """Rows of both of the numbers that have a newer report in `b`, not too long after; both in order of MMSI."""
    size = min(len(mmsi_a), len(mmsi_b))
    a, b = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int64)
    n = i = j = 0
    while i < len(mmsi_a) and j < len(mmsi_b):
        if mmsi_a[i] < mmsi_b[j]:
            i += 1
        elif mmsi_a[i] > mmsi_b[j]:
            j += 1
        else:
            if 0 < t_b[j] - t_a[i] <= LONGEST_MS:
                a[n], b[n] = i, j
                n += 1
            i += 1
            j += 1
    return a[:n], b[:n]


def broken(before: Motions, after: Motions) -> list[tuple[int, int]]:
    """Rows of `before` and `after` of each number whose newer report does not follow from the older."""
    a, b = _fresh(before.mmsi, before.t, after.mmsi, after.t)
    gone_s = (after.t[b] - before.t[a]) / 1000.0
    north_m = (after.lat[b] - before.lat[a]) * 111_195.0
    east_m = ((after.lon[b] - before.lon[a] + 180.0) % 360.0 - 180.0) * 111_195.0 * np.cos(np.radians(after.lat[b]))
    mean_n = 0.5 * (before.north_kn[a] + after.north_kn[b]) * KNOT_MS * gone_s
    mean_e = 0.5 * (before.east_kn[a] + after.east_kn[b]) * KNOT_MS * gone_s
    missed = np.hypot(north_m - mean_n, east_m - mean_e)
    turned = np.hypot(after.north_kn[b] - before.north_kn[a], after.east_kn[b] - before.east_kn[a])
    found = (turned >= LEAST_KN) | (missed >= LEAST_M + MISS_KN * KNOT_MS * gone_s)
    return list(zip(a[found].tolist(), b[found].tolist(), strict=True))


def miss(one: Fix, other: Fix) -> tuple[float, float]:
    """Miss of dead reckoning from one report to a later one, m, and the change of velocity, kn."""
    seconds = (other.t - one.t) / 1000.0
    m_lat, m_lon = local_radii(one.lat)
    north = 0.5 * (one.north_kn + other.north_kn) * KNOT_MS * seconds
    east = 0.5 * (one.east_kn + other.east_kn) * KNOT_MS * seconds
    lat, lon = one.lat + north / m_lat, one.lon + east / m_lon
    far = float(distance_m(lat, (lon + 180.0) % 360.0 - 180.0, other.lat, other.lon))
    return far, math.hypot(other.north_kn - one.north_kn, other.east_kn - one.east_kn)
