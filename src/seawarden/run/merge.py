"""Several sources as one stream in order of arrival.

A log's records arrive as its clock moves on: a record's key is the newest time that its source has shown so far. The
streams are merged by that key, sources in the order given where keys are equal, so that the outcome does not depend
on how each source cuts its batches.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from seawarden.model.batch import Batch
from seawarden.model.position import I64, NO_TIME, Positions, concat, make_positions, take
from seawarden.ports import Source


class _Stream:
    def __init__(self, source: Source) -> None:
        self._batches = source.batches()
        self._newest = NO_TIME
        self.positions = make_positions(0)
        self.keys: I64 = np.empty(0, dtype=np.int64)
        self.done = False

    def fill(self) -> list[Batch]:
        """Read on until there are positions; returns the batches that were read, without their positions."""
        read = []
        while not self.done and not len(self.keys):
            batch = next(self._batches, None)
            if batch is None:
                self.done = True
                break
            self.positions = batch.positions
            if len(batch.positions.t):
                keys = np.maximum.accumulate(batch.positions.t)
                self.keys = np.maximum(keys, self._newest)
                self._newest = int(self.keys[-1])
            batch.positions = make_positions(0)
            read.append(batch)
        return read

    def give(self, until: int) -> tuple[Positions, I64]:
        """The positions with key <= until."""
        n = int(np.searchsorted(self.keys, until, side="right"))
        out, keys = take(self.positions, slice(0, n)), self.keys[:n]
        self.positions, self.keys = take(self.positions, slice(n, None)), self.keys[n:]
        return out, keys


def merged(sources: Sequence[Source]) -> Iterator[Batch]:
    """The batches of all sources as one stream."""
    if len(sources) == 1:
        yield from sources[0].batches()
        return
    streams = [_Stream(source) for source in sources]
    while True:
        read = [batch for stream in streams for batch in stream.fill()]
        living = [stream for stream in streams if len(stream.keys)]
        parts: list[Positions] = []
        keys: list[I64] = []
        if living:
            until = min(int(stream.keys[-1]) for stream in living)
            for stream in living:
                positions, some = stream.give(until)
                parts.append(positions)
                keys.append(some)
        whole = concat(parts)
        if len(whole.t):
            whole = take(whole, np.argsort(np.concatenate(keys), kind="stable"))
        if read or len(whole.t):
            yield Batch(
                positions=whole,
                statics=[x for batch in read for x in batch.statics],
                events=[x for batch in read for x in batch.events],
                rejects=[x for batch in read for x in batch.rejects],
                records=sum(batch.records for batch in read),
            )
        if all(stream.done and not len(stream.keys) for stream in streams):
            return
