"""What one reader of the live ships has on the screen, and what must be told to bring it up to date.

Nothing is ever queued: a frame tells the difference between what the reader was last sent and the newest picture, so
a slow reader gets fewer frames, each of the newest.
"""

from __future__ import annotations

import math
from typing import Annotated, Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Meta

from seawarden.model.position import I64
from seawarden.service.frame import DELTA, KEY, ROW, Frame, Rows
from seawarden.service.picture import Picture

KEY_EVERY: Final = 60
"""Frames between two key frames: whatever went wrong at the other end is right again within a minute."""
Degrees = Annotated[float, Meta(ge=-540, le=540)]


class Box(NamedTuple):
    """A part of the map, degrees; `west` may lie east of `east`, where it crosses 180 degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, picture: Picture) -> npt.NDArray[np.bool_]:
        """Which ships lie within, shape (n,)."""
        inside = (picture.lat >= self.south) & (picture.lat <= self.north)
        width = self.east - self.west
        if width >= 360:
            return inside
        return inside & ((picture.lon - self.west) % 360.0 <= width % 360.0)


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a reader may say: the box, and which frame was taken in."""

    box: tuple[Degrees, Degrees, Degrees, Degrees] | None = None
    """West, south, east, north."""
    got: int | None = None


def box_of(sides: tuple[float, float, float, float]) -> Box:
    """The box that a reader asked for.

    Raises:
        ValueError: not a box.
    """
    box = Box(*sides)
    if not all(map(math.isfinite, box)) or box.south > box.north:
        raise ValueError("`box` is [west, south, east, north] in degrees")
    return box


class Viewport:
    """One reader's screen."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self._rows: Rows = np.empty(0, dtype=ROW)
        self._revision: I64 = np.empty(0, dtype=np.int64)
        self._sequence = 0

    def frame(self, picture: Picture) -> Frame:
        """What tells the reader of a picture; from then on it counts as told."""
        inside = self.box.holds(picture)
        rows, revision = picture.rows[inside], picture.revision[inside]
        key = self._sequence % KEY_EVERY == 0
        before = self._rows[:0] if key else self._rows
        place = np.searchsorted(before["id"], rows["id"])
        place[place == len(before)] = 0
        known = (before["id"][place] == rows["id"]) if len(before) else np.zeros(len(rows), dtype=np.bool_)
        changed, renamed = ~known, ~known
        changed[known] = (_bytes(rows[known]) != _bytes(before[place[known]])).any(axis=1)
        renamed[known] = revision[known] != self._revision[place[known]]
        self._sequence += 1
        frame = Frame(
            KEY if key else DELTA,
            self._sequence,
            picture.at,
            rows[changed],
            np.setdiff1d(before["id"], rows["id"], assume_unique=True),
            [(int(k), *picture.words[int(k)]) for k in rows["id"][renamed]],
            len(rows),
            len(picture.rows),
        )
        self._rows, self._revision = rows, revision
        return frame


def _bytes(rows: Rows) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(rows).view(np.uint8).reshape(len(rows), ROW.itemsize)
