"""Keeps the alerts of a recording in step with the faults that people declare in it, behind their back.

Ranking a fault takes a moment and is answered at once; working out its effect on all alerts takes seconds and is
done in a thread. Only the last declaration counts: what was begun for an earlier one is dropped.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from itertools import pairwise

from seawarden.model.alert import Alert
from seawarden.model.event import FaultCleared, FaultDeclared
from seawarden.service.foresight import Foresight
from seawarden.store.recording import Recording

DAY_MS = 86_400_000
_NEVER = 1 << 62
_LOG = logging.getLogger(__name__)


class Retold:
    """Tells the alerts anew, an episode at a time."""

    def __init__(self, recording: Recording, foresight: Foresight, take: Callable[[list[Alert]], None]) -> None:
        self._recording = recording
        self._foresight = foresight
        self._take = take
        self._version = 0
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def tell(self, events: Sequence[FaultDeclared | FaultCleared]) -> None:
        """Begin with these events; `take` is called with all alerts, recorded and foreseen, when it is done."""
        with self._lock:
            self._version += 1
            work = threading.Thread(target=self._work, args=(list(events), self._version), daemon=True)
            self._thread = work
        work.start()

    def wait(self, timeout_s: float | None = None) -> None:
        """Until the last telling is done."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout_s)

    def _work(self, events: list[FaultDeclared | FaultCleared], version: int) -> None:
        try:
            alerts = self._recording.alerts
            for first, last in self._spans(events):
                made = self._foresight(events, first, min(last, self._end()))
                if version != self._version:
                    return
                alerts = [alert for alert in alerts if not first <= alert.known_from_t <= last] + made.alerts
            self._take(alerts)
        except Exception:
            _LOG.exception("the alerts could not be worked out anew after a fault")

    def _end(self) -> int:
        """A day after the end of the run: alerts go on to change for a while when no more positions come."""
        known = [alert.known_from_t for alert in self._recording.alerts]
        return max([self._recording.summary.to_t or 0, *known]) + DAY_MS

    def _spans(self, events: Sequence[FaultDeclared | FaultCleared]) -> list[tuple[int, int]]:
        """From the beginning of each episode in which something was declared to the beginning of the next."""
        begins = sorted(episode.from_t for episode in self._recording.episodes)
        spans = [(first, following - 1) for first, following in pairwise([*begins, _NEVER])]
        return [(first, last) for first, last in spans if any(first <= event.t <= last for event in events)]
