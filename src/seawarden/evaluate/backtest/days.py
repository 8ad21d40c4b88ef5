"""A stream cut at the days of its own clock, so that a run can be laid down and taken up between two of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import msgspec
import numpy as np

from seawarden.model.batch import Batch
from seawarden.model.position import Positions, make_positions, take

DAY_MS: Final = 86_400_000
AGREE: Final = 50
"""Records in a row that make a new day: one clock that runs ahead does not."""


class Piece(NamedTuple):
    """A batch of one day."""

    day: int
    """Days since 1970-01-01; -1 before the first."""
    batch: Batch


def cut_by_day(batches: Iterable[Batch], from_t: int | None = None, to_t: int | None = None) -> Iterator[Piece]:
    """Pieces in order of arrival; where they are cut depends on the records and on the batches alone.

    Args:
        batches: in order of arrival.
        from_t: positions before this time are left out, ms.
        to_t: positions from this time on are left out, ms.
    """
    day = -1
    for batch in batches:
        p = batch.positions
        if from_t is not None or to_t is not None:
            keep = np.ones(len(p.t), dtype=np.bool_)
            if from_t is not None:
                keep &= p.t >= from_t
            if to_t is not None:
                keep &= p.t < to_t
            p = take(p, keep)
        begin, rest = 0, batch
        of_row = p.t // DAY_MS
        edges = np.concatenate(([0], np.flatnonzero(np.diff(of_row)) + 1, [len(of_row)]))
        for a, b in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            new = int(of_row[a]) if a < b else day
            if new <= day or (b - a < AGREE and day >= 0):
                continue
            if a > begin:
                yield Piece(day, _with(rest, p, begin, a))
                rest = Batch()
                begin = a
            day = new
        yield Piece(day, _with(rest, p, begin, len(p.t)))


def _with(batch: Batch, p: Positions, begin: int, end: int) -> Batch:
    """The batch with these rows of its positions; what goes beside them stays with its first piece."""
    rows = take(p, slice(begin, end)) if end > begin else make_positions(0)
    return msgspec.structs.replace(batch, positions=rows)


def name_of(day: int) -> str:
    """`2025-11-01`."""
    return str(np.datetime64(day, "D"))
