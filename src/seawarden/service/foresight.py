"""What the alerts of a recording would have been, had a fault been declared in it.

A declared fault lowers the thresholds for the ships near it. In a recording the engine has run already, so its fleet
stage is run once more over the recorded findings, with the fault among the events: the same stage, the same ticks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from seawarden.geography.directory import Directory as Desks
from seawarden.geography.layer import AssetLayer
from seawarden.incidents.fleet_stage import FleetStage
from seawarden.model.alert import Alert
from seawarden.model.event import Event
from seawarden.model.fault import Fault
from seawarden.model.finding import Finding
from seawarden.ports import Surroundings
from seawarden.risk import foreseen
from seawarden.risk.needs import Directory
from seawarden.run.foresight import feed_of
from seawarden.service.recorded_fleet import RecordedFleet
from seawarden.service.recorded_view import Ends
from seawarden.settings import Settings
from seawarden.store.recording import Recording


class Foreseen(NamedTuple):
    """All revisions that the stage made, in the order in which they became known."""

    alerts: list[Alert]
    faults: list[Fault]


class Foresight:
    """Runs the fleet stage over a recording with other events."""

    def __init__(
        self,
        recording: Recording,
        layer: AssetLayer,
        settings: Settings,
        around: Surroundings,
        directory: Directory | None = None,
    ) -> None:
        self._recording = recording
        self._layer, self._settings, self._around = layer, settings, around
        self._directory = directory if directory is not None else Desks(around.waters, around.places)
        self._tick = settings.time.tick_ms
        self._ends = Ends(recording)
        self._by_tick: dict[int, list[Finding]] = {}
        for finding in recording.findings:
            self._by_tick.setdefault(self._next_tick(finding.known_from_t), []).append(finding)

    def __call__(self, events: Sequence[Event], since_t: int, until_t: int) -> Foreseen:
        """Run over the findings and events that became known between two times, ms; both may be days apart.

        Args:
            events: faults and actions, at their own event times.
            since_t: nothing that was known before is taken.
            until_t: the end of the run.
        """
        feed = feed_of(self._settings, self._around)
        ahead = None
        if feed is not None:
            ahead = foreseen.Foreseen(self._layer, self._settings.risk, feed, self._settings.forecast.least_chance)
        stage = FleetStage(self._settings, self._layer, self._around, ahead=ahead, directory=self._directory)
        if feed is not None and self._by_tick:
            first = min(self._by_tick)  # where the engine's own fleet stage was first called
            feed.take(first, RecordedFleet(self._recording, first, self._ends))
        by_tick: dict[int, list[Event]] = {}
        for event in events:
            by_tick.setdefault(self._next_tick(event.t), []).append(event)
        due = sorted(t for t in self._by_tick.keys() | by_tick.keys() if since_t < t <= until_t + self._tick)
        made = Foreseen([], [])
        at, now = 0, due[0] - self._tick if due else until_t
        while True:
            wake = stage.next_wake()
            following = due[at] if at < len(due) else None
            if wake is not None:
                wake = max(-(-wake // self._tick) * self._tick, now + self._tick)
            if wake is not None and wake <= until_t and (following is None or wake < following):
                now = wake
            elif following is not None:
                now, at = following, at + 1
            else:
                return made
            view = RecordedFleet(self._recording, now, self._ends)
            if feed is not None:
                feed.take(now, view)
            output = stage.on_tick(now, self._by_tick.get(now, []), by_tick.get(now, []), view)
            made.alerts.extend(output.alerts)
            made.faults.extend(output.faults)

    def _next_tick(self, t: int) -> int:
        return (t // self._tick + 1) * self._tick
