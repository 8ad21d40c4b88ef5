"""Recordings played back as feeds, at their own pace or faster, on a clock that runs with them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

import msgspec
import numpy as np

from seawarden.model.batch import Batch, Catalogue
from seawarden.model.error import SourceError, UsageError
from seawarden.model.position import I64, NO_TIME, take
from seawarden.ports import Source
from seawarden.settings_feeds import FeedSettings
from seawarden.sources.door import open_source
from seawarden.sources.feeds.address import number_of, parse_address
from seawarden.sources.feeds.clock import EdgeClock
from seawarden.sources.feeds.failure import LinkError
from seawarden.sources.feeds.feed import Feed
from seawarden.sources.feeds.link import Chunk
from seawarden.sources.feeds.reading import Reading

FASTEST: Final = 1_000.0
"""Beyond that the engine would be measured, not the path."""


class PlaybackClock(EdgeClock):
    """A clock that starts at a time of the past and runs at a pace of its own.

    Args:
        speed: its seconds in a second of the machine.
        steady: seconds since some moment, as the machine counts.
    """

    def __init__(self, speed: float = 1.0, steady: Callable[[], float] = time.monotonic) -> None:
        super().__init__(steady=steady)
        self.speed = speed
        self._start_ms = NO_TIME
        self._began = 0.0
        self._start_lock = threading.Lock()

    @property
    def start_ms(self) -> int:
        """Where it started; NO_TIME before."""
        return self._start_ms

    def begin(self, at_ms: int) -> None:
        """Start at this time; later calls change nothing."""
        with self._start_lock:
            if self._start_ms == NO_TIME:
                self._start_ms, self._began = at_ms, self.steady()

    def now(self) -> int:
        """The time, ms; before it started, that of the machine."""
        if self._start_ms == NO_TIME:
            return super().now()
        return self._start_ms + int((self.steady() - self._began) * 1000 * self.speed)


class _Tape:
    """The line of a recording: always open, never read as bytes."""

    whole = True
    silence_ends = False
    lossy = False
    pause_s = 0.0

    def __init__(self, where: str) -> None:
        self.where = where

    def open(self) -> None:
        """Nothing to call."""

    def read(self, timeout_s: float) -> list[Chunk]:
        """Not read as bytes."""
        raise LinkError("protocol", f"{self.where}: a recording is not read as bytes")

    def close(self) -> None:
        """Nothing to hang up."""


class _NoReader:
    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def take(self, chunks: object) -> Reading:
        return Reading(batch=Batch())

    def reset(self) -> None:
        pass


class PlaybackFeed(Feed):
    """A source of files, handed on as its times come.

    Args:
        name: the feed's.
        source: the recording; opened with `catalogue`.
        catalogue: names of the recording.
        settings: how often it is handed on.
        clock: runs with the recording.
    """

    form = "playback"

    def __init__(
        self, name: str, source: Source, catalogue: Catalogue, settings: FeedSettings, clock: PlaybackClock
    ) -> None:
        super().__init__(name, _Tape(source.name), _NoReader(catalogue), settings, clock)
        self._source = source
        self._play_clock = clock
        self._batches = source.batches()
        self._head = next(self._batches, None)
        if self._head is None:
            raise SourceError(f"{source.name}: there is nothing in it to play")

    @property
    def starts_t(self) -> int:
        """Time of its first position, ms; NO_TIME without any."""
        t = self._head.positions.t if self._head is not None else np.empty(0, dtype=np.int64)
        return int(t.min()) if len(t) else NO_TIME

    def batches(self) -> Iterator[Batch]:
        """The recording, as its times come; what lies before the clock's start is left out."""
        self.health.opened()
        yield from self._said()
        newest = NO_TIME
        batch = self._head
        while batch is not None and not self._stop.is_set():
            t = batch.positions.t
            keys = np.maximum(np.maximum.accumulate(t), newest) if len(t) else t
            newest = int(keys[-1]) if len(keys) else newest
            yield from self._played(batch, keys)
            batch = next(self._batches, None)
        self.health.stopped("ended", "the recording is over" if not self._stop.is_set() else "stopped")
        self._stop.set()
        yield from self._said()

    def _played(self, batch: Batch, keys: I64) -> Iterator[Batch]:
        begin = int(np.searchsorted(keys, self._play_clock.start_ms, side="left"))
        statics = sorted(batch.statics, key=lambda report: report.t)
        first = True
        while not self._stop.is_set():
            now = self.clock.now()
            end = int(np.searchsorted(keys, now, side="right"))
            if end > begin or first:
                positions = take(batch.positions, slice(begin, end))
                positions.receive_t[:] = now
                due = [report for report in statics if report.t <= now or end >= len(keys)]
                statics = statics[len(due) :]
                part = msgspec.structs.replace(
                    batch,
                    positions=positions,
                    statics=due,
                    events=batch.events if first else [],
                    rejects=batch.rejects if first else [],
                    records=end - begin + (batch.records - len(keys) if first else 0),
                )
                self.health.took(Reading(batch=part), 100 * (end - begin))
                yield self._with_states(part)
                begin, first = end, False
            if end >= len(keys):
                return
            self._stop.wait(self._s.flush_s)


def is_playback(uri: str) -> bool:
    """Whether an address names a recording to be played."""
    return uri.startswith("playback:")


def playback_of(uri: str) -> tuple[str, float, str]:
    """File, speed and name of `playback:FILE?speed=100` (or `#speed=100,name=...`).

    Raises:
        UsageError: no file is named, or the speed is out of its limits.
    """
    plain, _, fragment = uri.removeprefix("playback:").partition("#")
    if "?" in plain and "speed=" in plain.rpartition("?")[2]:
        plain, _, query = plain.rpartition("?")
        fragment = ",".join(filter(None, (query, fragment)))
    address = parse_address(f"playback:x#{fragment}" if fragment else "playback:x")
    speed = number_of(address, "speed", 1.0, 0.1, FASTEST)
    if not plain:
        raise UsageError("playback: which file? playback:FILE?speed=10")
    return plain, speed, address.options.get("name") or plain.rstrip("/").rpartition("/")[2]


def open_playback(uri: str, settings: FeedSettings, clock: PlaybackClock) -> PlaybackFeed:
    """A recording as a feed; its file is opened and looked into.

    Raises:
        UsageError: the address is wrong.
        SourceError: the file is not there, or holds nothing that can be played.
    """
    file, _, name = playback_of(uri)
    catalogue = Catalogue()
    return PlaybackFeed(name, open_source(file, catalogue=catalogue), catalogue, settings, clock)
