"""What is in a file: counted without replaying it, whether it has times or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np

from seawarden.model.batch import Catalogue
from seawarden.model.error import SourceError
from seawarden.model.position import NO_TIME
from seawarden.sources.door import open_source
from seawarden.sources.untimed import UntimedError


class Inspection(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Counts of one source."""

    name: str
    form: str = ""
    """`nmea`, `table`, `incident day`, `files`."""
    records: int = 0
    positions: int = 0
    statics: int = 0
    """Static reports that changed something."""
    events: int = 0
    ships: int = 0
    receivers: int = 0
    first_t: int = NO_TIME
    """ms."""
    last_t: int = NO_TIME
    rejects: dict[str, int] = {}
    notes: dict[str, int] = {}
    refusal: str = ""
    """Why it can't be replayed; empty when it can."""


def inspect(uri: str | Path, *, columns: Mapping[str, str] | None = None) -> Inspection:
    """Read a source through and count. What can't be replayed is told in `refusal`, with the counts there are.

    Raises:
        UsageError: `columns` names fields or columns that do not exist.
    """
    catalogue = Catalogue()
    found = Inspection(name=Path(str(uri)).name)
    rejects: Counter[str] = Counter()
    ships: set[int] = set()
    first: list[int] = []
    last: list[int] = []
    try:
        source = open_source(uri, catalogue=catalogue, columns=columns)
        found.form = getattr(source, "form", "")
        for batch in source.batches():
            found.records += batch.records
            found.positions += len(batch.positions.t)
            found.statics += len(batch.statics)
            found.events += len(batch.events)
            rejects.update(reject.reason for reject in batch.rejects)
            if len(batch.positions.t):
                ships.update(np.unique(batch.positions.mmsi).tolist())
                first.append(int(batch.positions.t.min()))
                last.append(int(batch.positions.t.max()))
        found.notes = dict(sorted(getattr(source, "notes", {}).items()))
        found.ships = len(ships)
    except UntimedError as error:
        found.refusal = str(error)
        found.records, found.positions = error.counts["records"], error.counts["positions"]
        found.ships = error.counts["ships"]
        found.notes = {name: count for name, count in error.counts.items() if name not in ("records", "positions")}
    except SourceError as error:
        found.refusal = str(error)
    found.receivers = len(catalogue.receivers)
    found.rejects = dict(sorted(rejects.items()))
    if first:
        found.first_t, found.last_t = min(first), max(last)
    return found
