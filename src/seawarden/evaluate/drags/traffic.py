"""The real traffic among which reconstructions sail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np

from seawarden.geography.land import LandMask
from seawarden.model.batch import Catalogue
from seawarden.model.position import Positions, concat, make_positions, take
from seawarden.simulate.transplant import transplanted
from seawarden.sources.door import open_source

NAMED: Final = (414_270_000, 518_998_865)
"""Yi Peng 3 and Eagle S: the real ships of the shipped days are left out where their reconstructions sail."""
SHIPPED: Final = "the shipped day of the same date, where it is; thinned to key frames, received west of 17 E"


class Traffic:
    """Gives the traffic around a place and time."""

    def __init__(self, moved: Positions | None, names: tuple[str, ...]) -> None:
        """Make it from a user's positions, or from the shipped days when None."""
        self._moved = moved
        self._land = LandMask.shipped()
        self.names = names

    @property
    def told(self) -> str:
        """What it is, in words."""
        return SHIPPED if self._moved is None else "real traffic moved to this place and time, made anonymous"

    def at(self, lat: float, lon: float, t: int) -> Positions:
        """Traffic with its middle at a place and time; the shipped days stay where and when they were."""
        if self._moved is not None:
            return transplanted(self._moved, lat, lon, t, self._land)
        return shipped_day(t)


def traffic_of(paths: Sequence[Path]) -> Traffic:
    """The traffic of some files, or of the shipped days when there are none.

    Raises:
        SourceError: a file can't be used.
    """
    if not paths:
        return Traffic(None, ("shipped days",))
    names = Catalogue()
    opened = [open_source(path, catalogue=names) for path in paths]
    parts = [batch.positions for source in opened for batch in source.batches()]
    return Traffic(concat(parts), tuple(source.name for source in opened))


def shipped_day(t: int) -> Positions:
    """Real positions of the shipped day nearest to a time; empty when none is within three days."""
    folder = resources.files("seawarden") / "data" / "incident_days"
    days = sorted(file.name.removesuffix(".jsonl") for file in folder.iterdir() if file.name.endswith(".jsonl"))
    begin = {day: int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000) for day in days}
    best = min(days, key=lambda day: (abs(begin[day] + 43_200_000 - t), day), default=None)
    if best is None or abs(begin[best] - t) > 3 * 86_400_000:
        return make_positions(0)
    with resources.as_file(folder / f"{best}.jsonl") as path:
        source = open_source(path, catalogue=Catalogue())
        p = concat([batch.positions for batch in source.batches()])
    p.file[:], p.receiver[:] = -1, -1
    kept = take(p, ~np.isin(p.mmsi, NAMED))
    return take(kept, np.lexsort((kept.mmsi, kept.t)))
