"""A feed: a line that is called again and again, a reader, and their health. It is a source that never ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Final

from seawarden.model.batch import Batch, Catalogue
from seawarden.model.event import FeedState
from seawarden.settings_feeds import FeedSettings
from seawarden.sources.feeds.backoff import Backoff
from seawarden.sources.feeds.clock import EdgeClock
from seawarden.sources.feeds.credentials import Credentials
from seawarden.sources.feeds.failure import NEEDS_A_PERSON, LinkError, failure_of
from seawarden.sources.feeds.health import Health
from seawarden.sources.feeds.link import EndOfFeed, Link
from seawarden.sources.feeds.newest import newest
from seawarden.sources.feeds.reading import Reader, Reading

STEADY_S: Final = 30.0
"""A line that stood this long is called again at once when it breaks; one that breaks sooner is let rest."""
PERSON_TRIES: Final = 4
"""Tries by which the waits are lengthened at once where only a person can help."""

FLOOD_S: Final = 5.0
"""So long after lines were left out it is a flood, and no burst: less is read at once, so that it is newer."""
FLOODED: Final = 0.25
"""Share of `unread_mb` that is read in a flood."""


class Feed:
    """One live feed.

    Args:
        name: what it is called, everywhere.
        link: its line.
        reader: makes batches of what comes.
        settings: waits and limits.
        clock: the edge's.
        credentials: whose secrets no sentence may hold.
        attribution: whose data it is.
    """

    ordered = True
    form = "feed"

    def __init__(
        self,
        name: str,
        link: Link,
        reader: Reader,
        settings: FeedSettings,
        clock: EdgeClock,
        credentials: Credentials | None = None,
        attribution: str = "",
    ) -> None:
        self.name = name
        self.attribution = attribution
        """Whose data it is; must be shown with it."""
        self.link = link
        self.clock = clock
        self._reader = reader
        self._s = settings
        self._credentials = credentials or Credentials()
        self._stop = threading.Event()
        self._states: list[FeedState] = []
        self._flooded_until = 0.0
        self.health = Health(name, link.where, settings, clock, link.pause_s, self._told)

    @property
    def catalogue(self) -> Catalogue:
        """Names behind the small integers of its batches."""
        return self._reader.catalogue

    def stop(self) -> None:
        """End `batches` soon; may be called from another thread."""
        self._stop.set()

    def batches(self) -> Iterator[Batch]:
        """What comes, until it is stopped; empty batches are handed on where only the feed's state changed."""
        backoff = Backoff(self._s.backoff_first_s, self._s.backoff_most_s, self.name)
        try:
            while not self._stop.is_set():
                self.health.connecting()
                began = self.clock.steady()
                try:
                    self.link.open()
                    self._reader.reset()
                    self.health.opened()
                    yield from self._listen(backoff)
                except EndOfFeed as end:
                    self.health.stopped("ended", str(end) or "the recording is over")
                    return
                except Exception as error:  # whatever a line or a library throws, the feed is called again
                    failure = self._named(error)
                    if failure.condition in NEEDS_A_PERSON:
                        backoff.tries = max(backoff.tries, PERSON_TRIES)
                    elif self.clock.steady() - began >= STEADY_S:
                        backoff.reset()
                    wait = backoff.next_s()
                    self.health.failed(failure, wait)
                    self.link.close()
                    yield from self._said()
                    self._stop.wait(wait)
            self.health.stopped()
        finally:
            self.link.close()
            self._stop.set()
        yield from self._said()

    def _listen(self, backoff: Backoff) -> Iterator[Batch]:
        while not self._stop.is_set():
            came = self.link.read(self._s.flush_s)
            if came:
                flooded = self.clock.steady() < self._flooded_until
                most = self._s.unread_mb * 1e6 * (FLOODED if flooded else 1.0)
                chunks, left = newest(came, int(most), whole=self.link.whole)
                if left:
                    self._flooded_until = self.clock.steady() + FLOOD_S
                    self._reader.reset()  # half a line from before does not go on here
                    self.health.left_out(left)
                reading = self._reader.take(chunks)
                if reading.problem:
                    reading.problem = self._credentials.scrubbed(f"{self.link.where}: {reading.problem}")
                self.health.took(reading, sum(len(chunk.data) for chunk in chunks))
                if reading.problem:
                    raise LinkError(reading.condition, reading.problem)
                batch = reading.batch
                if len(batch.positions.t) or batch.statics or batch.rejects or batch.records:
                    if batch.records:
                        backoff.reset()
                    yield self._with_states(batch)
                continue
            self.health.took(Reading(batch=Batch()), 0)
            silent = self.health.silent_s()
            if self.link.silence_ends and silent >= self._s.reconnect_s:
                raise LinkError(
                    "silent",
                    f"{self.link.where}: nothing came for {silent:,.0f} s: the line may be dead, calling anew",
                )
            yield from self._said()

    def _named(self, error: Exception) -> LinkError:
        failure = failure_of(error, self.link.where)
        return LinkError(failure.condition, self._credentials.scrubbed(str(failure)))

    def _told(self, up: bool, reason: str) -> None:
        self._states.append(FeedState(t=self.clock.now(), source=self.name, up=up, reason=reason[:200]))

    def _with_states(self, batch: Batch) -> Batch:
        if self._states:
            batch.events = [*batch.events, *self._states]
            self._states = []
        return batch

    def _said(self) -> Iterator[Batch]:
        if self._states:
            yield self._with_states(Batch())
