"""What the stations of a load send, encoded before it begins: a file of sentences by slot and station.

A sender that only hands out slices of a file takes next to nothing of the two cores that it shares with the run.
Sentences carry no time of their own: each is timed by its reception.
"""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from seawarden.evaluate.live.lines import sentences
from seawarden.evaluate.live.waters import STATIONS, Waters
from seawarden.model.position import I64, Positions

LINE: Final = 49
"""Bytes of a sentence of message 1 without a tag block, its line's end included."""


class Part(NamedTuple):
    """A fleet that reports during some of the slots."""

    waters: Waters
    from_slot: int
    to_slot: int


class Tape:
    """All that will be sent.

    Args:
        parts: who reports when.
        slots: length of the whole.
    """

    def __init__(self, parts: list[Part], slots: int) -> None:
        self.parts, self.slots = parts, slots
        counts = np.zeros((slots, STATIONS), dtype=np.int64)
        for part in parts:
            for slot in range(part.from_slot, min(part.to_slot, slots)):
                for station in range(STATIONS):
                    counts[slot, station] += len(part.waters.at(slot - part.from_slot, station)[0])
        self.counts = counts
        """Sentences by slot and station."""
        self.begins: I64 = np.concatenate(([0], np.cumsum(counts.ravel()))).astype(np.int64)

    @property
    def lines(self) -> int:
        """Sentences in all."""
        return int(self.begins[-1])

    def reports(self, slot: int, station: int) -> list[Positions]:
        """What is sent in a slot over a station, in order, fleet by fleet."""
        found = []
        for part in self.parts:
            if part.from_slot <= slot < part.to_slot:
                rows, number = part.waters.at(slot - part.from_slot, station)
                if len(rows):
                    found.append(part.waters.report(rows, number))
        return found

    def write(self, path: Path) -> None:
        """Encode all of it into a file."""
        with path.open("wb") as file:
            for slot in range(self.slots):
                for station in range(STATIONS):
                    for report in self.reports(slot, station):
                        lines = sentences(report)
                        file.write(np.ascontiguousarray(lines[:, lines.shape[1] - LINE :]).tobytes())

    def block(self, slot: int, station: int) -> tuple[int, int]:
        """First and last byte of what is sent in a slot over a station."""
        place = slot * STATIONS + station
        return int(self.begins[place]) * LINE, int(self.begins[place + 1]) * LINE


def opened(path: Path) -> memoryview:
    """The bytes of a tape, mapped."""
    with path.open("rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
