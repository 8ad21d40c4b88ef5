"""A source that is already in memory: simulated ships, declared coverage, faults."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from seawarden.model.batch import Batch, Catalogue
from seawarden.model.event import Event
from seawarden.model.position import Positions, make_positions, take
from seawarden.model.static import StaticReport


class MemorySource:
    """Positions in order of time, with what goes beside them."""

    ordered = False

    def __init__(
        self,
        name: str,
        catalogue: Catalogue,
        *,
        positions: Positions | None = None,
        statics: Sequence[StaticReport] = (),
        events: Sequence[Event] = (),
    ) -> None:
        self.name = name
        self._index = catalogue.source(name)
        self._positions = make_positions(0) if positions is None else positions
        self._statics = list(statics)
        self._events = list(events)

    def batches(self) -> Iterator[Batch]:
        """All of it at once."""
        p = take(self._positions, np.argsort(self._positions.t, kind="stable"))
        p.source[:] = self._index
        p.file[:] = -1
        yield Batch(positions=p, statics=self._statics, events=self._events, records=len(p.t))
