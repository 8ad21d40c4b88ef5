"""Several files as one source: their records in order of time, each file's own order kept."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence

import numpy as np

from seawarden.model.batch import Batch
from seawarden.model.error import SourceError
from seawarden.model.event import Event
from seawarden.model.position import I64, NO_TIME, Positions, concat, take
from seawarden.model.reject import Reject
from seawarden.model.static import StaticReport
from seawarden.ports import Source


class MergedSource:
    """Files that are read side by side.

    The place of a record is the latest time up to it in its own file, so a log with a clock that jumps back keeps
    its order. A file is opened when the others have come to the time at which it begins.

    Args:
        name: name of the whole.
        sources: the files' sources.
        rejects: files that were not understood, each as one reject.
        chunk: most positions in a batch.
    """

    def __init__(
        self, name: str, sources: Sequence[Source], rejects: Sequence[Reject] = (), chunk: int = 500_000
    ) -> None:
        self.name = name
        self.form = "files"
        self.ordered = any(source.ordered for source in sources)
        self.notes: Counter[str] = Counter()
        self.sources = list(sources)
        self._rejects = list(rejects)
        self._chunk = chunk

    def batches(self) -> Iterator[Batch]:
        """Batches of at most `chunk` positions.

        Raises:
            SourceError: none of the files holds anything that can be replayed; the first one's sentence.
        """
        starts = [(getattr(source, "starts_t", NO_TIME), place) for place, source in enumerate(self.sources)]
        closed = deque(place for _, place in sorted(starts))
        start_t = dict((place, t) for t, place in starts)
        rejects = list(self._rejects)
        extra = len(rejects)
        streams: dict[int, _Stream] = {}
        failures: list[SourceError] = []
        any_good = False
        said = _Said()
        while True:
            bound = min((stream.last for stream in streams.values()), default=None)
            while closed and (bound is None or start_t[closed[0]] <= bound):
                place = closed.popleft()
                stream = _Stream(self.sources[place], place, said)
                try:
                    alive = stream.more()
                    any_good = True
                except SourceError as error:
                    failures.append(error)
                    name = self.sources[place].name
                    rejects.append(Reject(file=name, line=0, reason="file", detail=str(error)[:200]))
                    extra += 1
                    continue
                if alive:
                    streams[place] = stream
                    bound = min(stream.last, bound) if bound is not None else stream.last
                else:
                    self._ended(stream)
            if bound is None:
                break
            parts = [stream.until(bound) for _, stream in sorted(streams.items())]
            yield from self._joined(parts, said.until(bound), rejects, extra)
            rejects, extra = [], 0
            for place, stream in sorted(streams.items()):
                if stream.empty and not stream.more():
                    del streams[place]
                    self._ended(stream)
        if failures and not any_good:
            raise failures[0]
        statics, events = said.until(None)
        if rejects or extra or statics or events:
            yield Batch(statics=statics, events=events, rejects=rejects, records=extra)

    def _ended(self, stream: _Stream) -> None:
        self.notes.update(getattr(stream.source, "notes", {}))

    def _joined(
        self,
        parts: list[_Part],
        said: tuple[list[StaticReport], list[Event]],
        rejects: list[Reject],
        extra: int,
    ) -> Iterator[Batch]:
        positions = concat(part.positions for part in parts)
        key = np.concatenate([part.key for part in parts])
        positions = take(positions, np.argsort(key, kind="stable"))
        statics, events = said
        rejects = rejects + [reject for part in parts for reject in part.rejects]
        records = extra + sum(part.records for part in parts)
        n = len(positions.t)
        for start in range(0, max(n, 1), self._chunk):
            first = start == 0
            end = min(start + self._chunk, n)
            yield Batch(
                positions=take(positions, slice(start, end)),
                # what is said of ships goes before their positions of the same stretch
                statics=statics if first else [],
                events=events if first else [],
                rejects=rejects if first else [],
                records=end - start + (records - n if first else 0),
            )


class _Part:
    def __init__(self, positions: Positions, key: I64, batch: Batch | None) -> None:
        self.positions = positions
        self.key = key
        self.rejects: list[Reject] = batch.rejects if batch else []
        self.records = batch.records if batch else len(key)


class _Said:
    """Static reports and events that were read and wait for their time."""

    def __init__(self) -> None:
        self._statics: list[tuple[int, int, int, StaticReport]] = []
        self._events: list[tuple[int, int, int, Event]] = []
        self._count = 0

    def add(self, place: int, batch: Batch, key: I64, before: int) -> None:
        """Take what a batch says; `key` are the places in time of its positions, `before` that of the one before."""
        first = int(batch.positions.seq[0]) if len(key) else 0
        for report in batch.statics:
            at = min(report.seq - first, len(key)) - 1
            self._count += 1
            self._statics.append((max(report.t, int(key[at]) if at >= 0 else before), place, self._count, report))
        for event in batch.events:
            self._count += 1
            self._events.append((max(event.t, before), place, self._count, event))

    def until(self, bound: int | None) -> tuple[list[StaticReport], list[Event]]:
        """What is due by that time, in order; None: all of it."""
        statics = sorted((item for item in self._statics if bound is None or item[0] <= bound), key=lambda i: i[:3])
        events = sorted((item for item in self._events if bound is None or item[0] <= bound), key=lambda i: i[:3])
        self._statics = [item for item in self._statics if bound is not None and item[0] > bound]
        self._events = [item for item in self._events if bound is not None and item[0] > bound]
        return [item[3] for item in statics], [item[3] for item in events]


class _Stream:
    """One source's batches, taken up to a time."""

    def __init__(self, source: Source, place: int, said: _Said) -> None:
        self.source = source
        self._place = place
        self._said = said
        self._batches = source.batches()
        self._batch: Batch | None = None
        self._key: I64 = np.zeros(0, dtype=np.int64)
        self._at = 0
        self._latest = NO_TIME
        self._fresh = False

    @property
    def last(self) -> int:
        """Place in time of the last record at hand."""
        return self._latest

    @property
    def empty(self) -> bool:
        """Whether all records at hand were taken."""
        return self._at >= len(self._key) and not self._fresh

    def more(self) -> bool:
        """Load the next batch; False at the end."""
        self._batch = next(self._batches, None)
        if self._batch is None:
            return False
        t = self._batch.positions.t
        key = np.maximum.accumulate(t) if len(t) else t
        self._key = np.maximum(key, self._latest)
        self._said.add(self._place, self._batch, self._key, self._latest)
        if len(key):
            self._latest = int(self._key[-1])
        self._at = 0
        self._fresh = True
        return True

    def until(self, bound: int) -> _Part:
        """Records up to that time; rejects and counts go with a batch's first."""
        assert self._batch is not None
        end = int(np.searchsorted(self._key, bound, side="right"))
        fresh, self._fresh = self._fresh, False
        positions = take(self._batch.positions, slice(self._at, end))
        part = _Part(positions, self._key[self._at : end], self._batch if fresh else None)
        # the batch's count stands for all of its positions: those still held back are counted later
        part.records = end - self._at + (self._batch.records - len(self._key) if fresh else 0)
        self._at = end
        return part
