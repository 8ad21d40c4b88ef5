"""Position columns: what one batch of ship positions is, everywhere below the edge.

A batch is a set of equally long arrays, not a list of objects. All arrays are one-dimensional, C-contiguous and
writable, with the dtypes of `DTYPES`, so that every compiled kernel is compiled once.

Missing values are NaN in float columns, `NO_TIME` in time columns, -1 in small integers and 0 in `imo`-like ids.
Times are milliseconds since 1970-01-01T00:00Z.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum, IntFlag
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

NO_TIME: Final = np.iinfo(np.int64).min
"""The missing value of a time column (int64 milliseconds)."""

F64 = npt.NDArray[np.float64]
F32 = npt.NDArray[np.float32]
I64 = npt.NDArray[np.int64]
I32 = npt.NDArray[np.int32]
I8 = npt.NDArray[np.int8]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]


class Provenance(IntEnum):
    """How a position came to be; it is never lost on the way to a finding."""

    OBSERVED = 0
    KEY_FRAME = 1
    """Kept by a thinning upstream; the ship was here, but what lay between two frames is gone."""
    INTERPOLATED = 2
    SIMULATED = 3


class Trust(IntFlag):
    """Doubts about a position. A doubted position is flagged, never dropped."""

    OK = 0
    JUMP = 1
    """The speed that the step from the last believed position implies is impossible for a ship."""
    FROZEN = 2
    """The same place to the last digit, again and again, while the ship reports speed."""
    ON_LAND = 4
    """Inside the coast by more than the coast's own error."""
    SPEED_MISMATCH = 8
    """The reported speed and the distance covered disagree."""
    CLOCK = 16
    """The record's clock disagrees with its source's other records."""
    SHARED_MMSI = 32
    """More than one hull reports this MMSI at this time."""
    LATE = 64
    """Arrived behind the release horizon and went through the correction lane."""
    BAD_MMSI = 128
    """Not a ship station's nine digits with a known MID."""
    SPEED_UNPROVEN = 256
    """The reported speed is not borne out by the way made since the report before; its place is as good as any."""


class Positions(NamedTuple):
    """One batch of positions; every field is an array of shape (n,)."""

    t: I64
    """Event time, ms."""
    t_sigma_s: F32
    """Standard error of the event time, s."""
    source_t: I64
    """Time as the source stamped it, ms, or NO_TIME."""
    receive_t: I64
    """Time of reception, ms, or NO_TIME (then known-at is event time)."""
    source: I32
    """Index into the catalogue's sources."""
    receiver: I32
    """Index into the catalogue's receivers, -1 unknown."""
    file: I32
    """Index into the catalogue's files, -1 none."""
    offset: I64
    """Line (from 1) or record (from 1) in the file; journal sequence for feeds."""
    seq: I64
    """Sequence within the source, in order of arrival."""
    mmsi: I64
    lat: F64
    """Degrees north, WGS84."""
    lon: F64
    """Degrees east, WGS84, -180..180."""
    sog_kn: F32
    cog_deg: F32
    heading_deg: F32
    rot_deg_min: F32
    nav_status: I8
    """ITU-R M.1371 navigational status 0-15, -1 unknown."""
    msg_type: I8
    """AIS message type, 0 when the source does not say."""
    pos_sigma_m: F32
    """Standard error of the position, m."""
    provenance: I8
    """A `Provenance`."""
    trust: U32
    """`Trust` bits."""


DTYPES: Final[Mapping[str, np.dtype[Any]]] = {
    "t": np.dtype(np.int64),
    "t_sigma_s": np.dtype(np.float32),
    "source_t": np.dtype(np.int64),
    "receive_t": np.dtype(np.int64),
    "source": np.dtype(np.int32),
    "receiver": np.dtype(np.int32),
    "file": np.dtype(np.int32),
    "offset": np.dtype(np.int64),
    "seq": np.dtype(np.int64),
    "mmsi": np.dtype(np.int64),
    "lat": np.dtype(np.float64),
    "lon": np.dtype(np.float64),
    "sog_kn": np.dtype(np.float32),
    "cog_deg": np.dtype(np.float32),
    "heading_deg": np.dtype(np.float32),
    "rot_deg_min": np.dtype(np.float32),
    "nav_status": np.dtype(np.int8),
    "msg_type": np.dtype(np.int8),
    "pos_sigma_m": np.dtype(np.float32),
    "provenance": np.dtype(np.int8),
    "trust": np.dtype(np.uint32),
}

DEFAULTS: Final[Mapping[str, Any]] = {
    "t": NO_TIME,
    "t_sigma_s": 0.5,
    "source_t": NO_TIME,
    "receive_t": NO_TIME,
    "source": 0,
    "receiver": -1,
    "file": -1,
    "offset": 0,
    "seq": 0,
    "mmsi": 0,
    "lat": np.nan,
    "lon": np.nan,
    "sog_kn": np.nan,
    "cog_deg": np.nan,
    "heading_deg": np.nan,
    "rot_deg_min": np.nan,
    "nav_status": -1,
    "msg_type": 0,
    "pos_sigma_m": 10.0,
    "provenance": int(Provenance.OBSERVED),
    "trust": 0,
}


def make_positions(n: int, **columns: Any) -> Positions:
    """Build a batch of `n` rows; columns not given take their missing or default value.

    Args:
        n: number of rows.
        **columns: array-likes of shape (n,) or scalars, by field name; they are copied to the declared dtype.

    Raises:
        KeyError: a name that is not a position column.
        ValueError: a column of another length.
    """
    unknown = set(columns) - set(DTYPES)
    if unknown:
        raise KeyError(f"not position columns: {', '.join(sorted(unknown))}")
    arrays: list[Any] = []
    for name, dtype in DTYPES.items():
        array = np.empty(n, dtype=dtype)
        array[...] = columns.get(name, DEFAULTS[name])
        arrays.append(array)
    return Positions(*arrays)


def take(positions: Positions, index: npt.NDArray[np.integer[Any]] | npt.NDArray[np.bool_] | slice) -> Positions:
    """Rows of a batch, as a fresh contiguous batch."""
    columns: list[Any] = [np.ascontiguousarray(column[index]).copy() for column in positions]
    return Positions(*columns)


def concat(parts: Iterable[Positions]) -> Positions:
    """Batches one after another; no batch gives an empty one."""
    batches = [part for part in parts if len(part.t)]
    if not batches:
        return make_positions(0)
    if len(batches) == 1:
        return batches[0]
    columns: list[Any] = [np.concatenate(same) for same in zip(*batches, strict=True)]
    return Positions(*columns)
