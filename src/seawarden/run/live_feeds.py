"""The feeds of a live run: a thread each, one queue, and one catalogue for all."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence

from seawarden.model.batch import Batch, Catalogue
from seawarden.model.error import UsageError
from seawarden.model.event import Event
from seawarden.model.position import NO_TIME
from seawarden.run.live_queue import LiveQueue
from seawarden.settings_feeds import FeedSettings
from seawarden.sources.feeds.clock import EdgeClock
from seawarden.sources.feeds.feed import Feed
from seawarden.sources.feeds.opening import open_feed
from seawarden.sources.feeds.playback import PlaybackClock, PlaybackFeed, is_playback, open_playback, playback_of
from seawarden.sources.feeds.renamed import Renaming


def clock_of(uris: Sequence[str], floor_ms: int) -> EdgeClock:
    """The clock that these feeds run on: the machine's, or one that runs with the recordings.

    Raises:
        UsageError: recordings and live feeds, or recordings at different speeds, go together.
    """
    played = [uri for uri in uris if is_playback(uri)]
    if not played:
        return EdgeClock(floor_ms=floor_ms)
    speeds = {playback_of(uri)[1] for uri in played}
    if len(played) < len(uris) or len(speeds) > 1:
        raise UsageError("recordings are played together at one speed, and not beside live feeds")
    return PlaybackClock(speeds.pop())


ROOM_S = 1.0
"""Longest time that a feed reads nothing because the engine has enough: then it is thinned in the queue."""
OURS = -1
"""Stands for ourselves where a feed's place is asked for."""
_LOG = logging.getLogger(__name__)


class LiveFeeds:
    """Feeds that are listened to together.

    Args:
        uris: their addresses.
        settings: waits and limits.
        most: positions that may wait.
        clock: the edge's.
        environment: where credentials are looked up.

    Raises:
        UsageError: an address is wrong, or two feeds have one name.
    """

    def __init__(
        self,
        uris: Sequence[str],
        settings: FeedSettings,
        most: int,
        clock: EdgeClock,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.feeds: list[Feed] = []
        for uri in uris:
            if is_playback(uri) and isinstance(clock, PlaybackClock):
                self.feeds.append(open_playback(uri, settings, clock))
            else:
                self.feeds.append(open_feed(uri, settings=settings, clock=clock, environment=environment))
        self._clock = clock
        names = [feed.name for feed in self.feeds]
        for name in names:
            if names.count(name) > 1:
                raise UsageError(f"{name}: two feeds have this name: give each its own with #name=...")
        self.queue = LiveQueue(most, self._shed)
        self._threads: list[threading.Thread] = []
        self._renamings: list[Renaming] = []

    def begin(self, since_t: int = NO_TIME) -> None:
        """Start the clock of recordings; a live one runs already.

        Args:
            since_t: recordings are played from here on, ms; from their beginnings when NO_TIME.
        """
        if isinstance(self._clock, PlaybackClock):
            starts = [feed.starts_t for feed in self.feeds if isinstance(feed, PlaybackFeed)]
            self._clock.begin(max(min(starts, default=since_t), since_t))

    def listen_to(self, catalogue: Catalogue) -> None:
        """Begin to listen; batches get the places of this catalogue when they are taken."""
        self._renamings = [Renaming(catalogue, feed.catalogue) for feed in self.feeds]
        for place, feed in enumerate(self.feeds):
            thread = threading.Thread(target=self._listen, args=(place, feed), name=f"feed {feed.name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def submit(self, event: Event) -> None:
        """An event of our own."""
        self.queue.put(OURS, Batch(events=[event]))

    def take(self, timeout_s: float) -> list[Batch]:
        """All that waits, in order of arrival, in the run's own places."""
        return [
            waiting.batch if waiting.feed == OURS else self._renamings[waiting.feed].batch(waiting.batch)
            for waiting in self.queue.take(timeout_s)
        ]

    def over(self) -> bool:
        """Whether all feeds have ended by themselves and nothing waits, as recordings do."""
        return bool(self._threads) and not any(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """Stop listening; what waits can still be taken."""
        for feed in self.feeds:
            feed.stop()
        for thread in self._threads:
            thread.join(5.0)

    def _listen(self, place: int, feed: Feed) -> None:
        try:
            for batch in feed.batches():
                self.queue.put(place, batch)
                self.queue.wait_for_room(ROOM_S)
        except Exception as error:
            _LOG.exception("feed %s failed", feed.name)
            feed.health.stopped("protocol", f"this feed failed and is not called again: {type(error).__name__}")

    def _shed(self, place: int, count: int) -> None:
        if place != OURS:
            self.feeds[place].health.left_out(count)
