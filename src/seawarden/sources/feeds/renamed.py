"""Batches with another catalogue's small integers: feeds count alone, a run has one catalogue for all."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np

from seawarden.model.batch import Batch, Catalogue
from seawarden.model.position import I32
from seawarden.sources.feeds.feed import Feed


class Renaming:
    """From one catalogue's places to another's; both may go on growing."""

    def __init__(self, ours: Catalogue, theirs: Catalogue) -> None:
        self._ours, self._theirs = ours, theirs
        self._places: dict[str, I32] = {
            name: np.array([-1], dtype=np.int32) for name in ("source", "receiver", "file")
        }

    def batch(self, batch: Batch) -> Batch:
        """The batch with our places; its columns are changed in place."""
        p = batch.positions
        self._grow()
        for name, column in (("source", p.source), ("receiver", p.receiver), ("file", p.file)):
            if len(column):
                column[:] = self._places[name][column]
        source, receiver, file = (self._places[name] for name in ("source", "receiver", "file"))
        if batch.statics:
            batch.statics = [
                msgspec.structs.replace(
                    report,
                    source=int(source[report.source]),
                    receiver=int(receiver[report.receiver]),
                    file=int(file[report.file]),
                )
                for report in batch.statics
            ]
        return batch

    def _grow(self) -> None:
        theirs, ours = self._theirs, self._ours
        lists = {"source": theirs.sources, "receiver": theirs.receivers, "file": theirs.files}
        add = {"source": ours.source, "receiver": ours.receiver, "file": ours.file}
        for name, held in lists.items():
            known = len(self._places[name]) - 1
            if len(held) > known:
                more = [add[name](word) for word in held[known:]]
                # the last place stands for -1: none
                self._places[name] = np.array([*self._places[name][:-1].tolist(), *more, -1], dtype=np.int32)


class FeedSource:
    """A feed as the one door hands it out: with the run's catalogue."""

    ordered = True
    form = "feed"

    def __init__(self, feed: Feed, catalogue: Catalogue) -> None:
        self.name = feed.name
        self.feed = feed
        self._renaming = Renaming(catalogue, feed.catalogue)

    def batches(self) -> Iterator[Batch]:
        """What the feed brings, until it is stopped."""
        for batch in self.feed.batches():
            yield self._renaming.batch(batch)
