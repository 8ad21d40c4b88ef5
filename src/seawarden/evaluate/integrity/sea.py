"""Real traffic of one source, held whole, with its ships dealt into two halves by their numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from seawarden.model.batch import Batch, Catalogue
from seawarden.model.error import SourceError
from seawarden.model.position import Positions, concat, take
from seawarden.model.static import StaticReport
from seawarden.run.merge import merged
from seawarden.simulate.draws import generator
from seawarden.sources.door import open_source

Half = Literal["first", "second"]
HALVES: tuple[Half, Half] = ("first", "second")
"""Neither is held out: whoever tunes looks at both."""
ALIVE_MS = 30 * 60_000
"""A ship-day counts the time between reports that are no farther apart."""


class Sea(NamedTuple):
    """The traffic of one source."""

    name: str
    positions: Positions
    """In order of (time, MMSI, sequence)."""
    statics: list[StaticReport]
    catalogue: Catalogue
    ship_days: Mapping[int, float]
    """By MMSI."""
    key: str = ""
    """Names the draws of what is laid on it; empty: the ones that were looked at while thresholds were set."""

    def named(self, *parts: int | str) -> tuple[int | str, ...]:
        """The name of a draw on this sea, its key with it where it has one."""
        return (*parts, self.key) if self.key else parts

    def draw(self, *parts: int | str) -> np.random.Generator:
        """Random numbers of a draw by its name."""
        return generator(*self.named(*parts))

    def days(self, half: Half | None = None) -> float:
        """Ship-days of one half of the ships, or of all."""
        return sum(days for mmsi, days in self.ship_days.items() if half is None or half_of(mmsi) == half)

    def ship(self, mmsi: int) -> Positions:
        """One ship's positions in order of time."""
        return take(self.positions, self.positions.mmsi == mmsi)

    def mmsis(self) -> list[int]:
        """All numbers, ascending."""
        return sorted(self.ship_days)

    def batch(self, positions: Positions | None = None) -> Batch:
        """All of it, or other positions with the same static reports, as the engine takes it."""
        return Batch(positions=self.positions if positions is None else positions, statics=list(self.statics))


def half_of(mmsi: int) -> Half:
    """Which half a ship is in; the same on every machine and for every source."""
    return HALVES[hashlib.blake2b(str(mmsi).encode(), digest_size=1).digest()[0] % 2]


def read_sea(path: Path, key: str = "") -> Sea:
    """Read a source whole.

    Args:
        path: the file.
        key: names the draws of what is laid on it.

    Raises:
        SourceError: the file can't be used, or holds no position with a time.
    """
    catalogue = Catalogue()
    batches = list(merged([open_source(path, catalogue=catalogue)]))
    positions = concat(batch.positions for batch in batches)
    if not len(positions.t):
        raise SourceError(f"{path}: no positions")
    return sea_of(path.name, positions, [s for batch in batches for s in batch.statics], catalogue)._replace(key=key)


def sea_of(name: str, positions: Positions, statics: Sequence[StaticReport], catalogue: Catalogue) -> Sea:
    """A sea of positions in any order."""
    p = ordered(positions)
    p.seq[:] = np.arange(len(p.t))
    days: dict[int, float] = {}
    for mmsi in np.unique(p.mmsi).tolist():
        steps = np.diff(p.t[p.mmsi == mmsi])
        days[mmsi] = float(steps[steps <= ALIVE_MS].sum()) / 86_400_000.0
    return Sea(name, p, list(statics), catalogue, days)


def ordered(positions: Positions) -> Positions:
    """Positions in order of (time, MMSI, sequence)."""
    return take(positions, np.lexsort((positions.seq, positions.mmsi, positions.t)))


def replaced(sea: Sea, changed: Mapping[int, Positions]) -> Positions:
    """The sea's positions with those of some numbers replaced, in order."""
    rest = take(sea.positions, ~np.isin(sea.positions.mmsi, list(changed)))
    p = ordered(concat([rest, *(changed[mmsi] for mmsi in sorted(changed))]))
    p.seq[:] = np.arange(len(p.t))
    return p
