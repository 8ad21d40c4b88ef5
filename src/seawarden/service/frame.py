"""The ships of a viewport as bytes: little-endian columns, whole in a key frame, else what changed.

docs/reference/live-ships.md says where each byte stands; `web/src/live/frame.ts` reads them.
"""

from __future__ import annotations

import struct
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

MAGIC: Final = b"SWL1"
HEAD: Final = struct.Struct("<4sBBHIIIIdII")
"""Magic, kind, 0, length of this head, sequence, ships, gone, bytes of words, event time, ships within, all ships."""
KEY: Final = 0
DELTA: Final = 1
TIERS: Final = ("", "notice", "look", "challenge", "act")
SIMULATED: Final = 1
DOUBTED: Final = 2
SPEED_DOUBTED: Final = 4
UNKNOWN: Final = 0xFFFF
"""Of a speed, course, heading or length."""

ROW: Final = np.dtype(
    [
        ("t", "<f8"),
        ("id", "<u4"),
        ("mmsi", "<u4"),
        ("lat", "<i4"),
        ("lon", "<i4"),
        ("risk", "<f4"),
        ("sog", "<u2"),
        ("cog", "<u2"),
        ("heading", "<u2"),
        ("length", "<u2"),
        ("tier", "u1"),
        ("flags", "u1"),
    ]
)
"""One ship; a frame holds the columns one after another, each as long as there are ships."""

Rows = npt.NDArray[np.void]
Ids = npt.NDArray[np.uint32]


class Words(NamedTuple):
    """What a ship is called; sent when she comes into view and when it changes."""

    name: str
    type: str
    track_id: str


class Frame(NamedTuple):
    """What one message tells."""

    kind: int
    sequence: int
    at: int
    """Event time, ms."""
    rows: Rows
    gone: Ids
    """Ships that the reader has and that are no longer within."""
    words: list[tuple[int, str, str, str]]
    within: int
    """Ships in the box."""
    ships: int
    """Ships in all."""


def scaled(values: npt.NDArray[np.floating[Any]], per_unit: float) -> npt.NDArray[np.uint16]:
    """Values in whole steps, shape (n,); what is unknown or does not fit is `UNKNOWN`."""
    steps = np.round(values.astype(np.float64) * per_unit)
    fits = (steps >= 0) & (steps < UNKNOWN)  # NaN does not
    return np.where(fits, steps, UNKNOWN).astype(np.uint16)


def encode(frame: Frame) -> bytes:
    """The bytes of a frame."""
    words = msgspec.json.encode(frame.words) if frame.words else b""
    n = len(frame.rows)
    head = HEAD.pack(
        MAGIC,
        frame.kind,
        0,
        HEAD.size,
        frame.sequence,
        n,
        len(frame.gone),
        len(words),
        frame.at,
        frame.within,
        frame.ships,
    )
    columns = [frame.rows[name].tobytes() for name in ROW.names or ()]
    pad = b"\0" * (-n * ROW.itemsize % 4)
    return b"".join([head, *columns, pad, frame.gone.astype("<u4").tobytes(), words])


def decode(data: bytes) -> Frame:
    """The inverse of `encode`.

    Raises:
        ValueError: not such a frame.
    """
    if len(data) < HEAD.size:
        raise ValueError("shorter than a frame's head")
    magic, kind, _, start, sequence, n, gone, words, at, within, ships = HEAD.unpack_from(data)
    whole = start + n * ROW.itemsize + (-n * ROW.itemsize % 4) + 4 * gone + words
    if magic != MAGIC or len(data) != whole:
        raise ValueError("not a frame of ships")
    rows = np.empty(n, dtype=ROW)
    at_byte = start
    for name in ROW.names or ():
        rows[name] = np.frombuffer(data, dtype=ROW[name], count=n, offset=at_byte)
        at_byte += n * ROW[name].itemsize
    at_byte += -n * ROW.itemsize % 4
    ids = np.frombuffer(data, dtype="<u4", count=gone, offset=at_byte)
    told = msgspec.json.decode(data[at_byte + 4 * gone :], type=list[tuple[int, str, str, str]]) if words else []
    return Frame(kind, sequence, int(at), rows, ids, told, within, ships)
