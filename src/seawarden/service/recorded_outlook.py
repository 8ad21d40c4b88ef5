"""Forecasts over a recording, from what had been learnt by then: nothing later than the moment asked for is used."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from seawarden.forecast.feed import Feed, Learnt
from seawarden.geography.layer import AssetLayer
from seawarden.ports import Surroundings
from seawarden.risk.ahead import Ahead, SteadyCourse
from seawarden.risk.foreseen import Foreseen
from seawarden.run.foresight import feed_of
from seawarden.service.outlook import Outlook, outlook_of
from seawarden.service.recorded_fleet import RecordedFleet
from seawarden.service.recorded_view import Ends
from seawarden.settings import Settings
from seawarden.store.recording import Recording

HELD: Final = 4
"""States of the history kept, so that looking to and fro costs little."""


class RecordedOutlook:
    """Makes outlooks; safe to ask from several threads."""

    def __init__(
        self,
        recording: Recording,
        layer: AssetLayer,
        settings: Settings,
        around: Surroundings,
        learnt: Learnt | None = None,
    ) -> None:
        """Make one.

        Args:
            recording: the run.
            layer: its assets.
            settings: of the run.
            around: land above all.
            learnt: how far the run itself had come at its end, where it is known.
        """
        self._learnt = learnt
        self._recording = recording
        self._layer, self._settings, self._around = layer, settings, around
        self._ends = Ends(recording)
        self._every = int(settings.forecast.learn_h * 3_600_000)
        self._held: dict[int, tuple[Feed, Foreseen]] = {}
        self._lock = threading.Lock()

    def outlook(self, track: int, at: int) -> Outlook | None:
        """The forecast of a track at a moment, ms; None without a past or when forecasts are off."""
        with self._lock:
            held = self._at(at)
            if held is None:
                return None
            feed, foreseen = held
            view = RecordedFleet(self._recording, at + 1, self._ends)
            return outlook_of(foreseen, lambda: feed.forecaster, view, track)

    @contextmanager
    def ahead(self, at: int) -> Iterator[Ahead]:
        """The forecast of assets ahead at a moment, ms: that of the engine then; steady courses when it is off."""
        with self._lock:
            held = self._at(at)
            yield SteadyCourse(self._layer, self._settings.risk) if held is None else held[1]

    def learnt(self, at: int | None = None) -> Learnt | None:
        """How far the history had come then, or at the end as far as that is known without working it out."""
        if at is None:
            return self._learnt
        with self._lock:
            held = self._at(at)
            return None if held is None else held[0].learnt()

    def _at(self, at: int) -> tuple[Feed, Foreseen] | None:
        hour = at // self._every
        if hour not in self._held:
            feed = feed_of(self._settings, self._around)
            if feed is None:
                return None
            first = self._recording.summary.from_t
            begin = at if first is None else min(first, at)
            feed.take(begin, RecordedFleet(self._recording, begin, self._ends))
            feed.take(at, RecordedFleet(self._recording, at, self._ends))
            while len(self._held) >= HELD:
                del self._held[next(iter(self._held))]
            foreseen = Foreseen(self._layer, self._settings.risk, feed, 0.0)
            self._held[hour] = (feed, foreseen)
        return self._held[hour]
