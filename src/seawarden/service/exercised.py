"""A watch with its drills: what a drill shows lies over the real watch for those who look, and nowhere else.

Engine, ledger of findings, counts and figures below know nothing of it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Final, cast

import numpy as np

from seawarden.forecast.feed import Learnt
from seawarden.model.alert import Alert
from seawarden.model.drill import EXERCISE, Drill, drills_of, exercise_mmsi
from seawarden.model.event import OperatorAction
from seawarden.model.finding import Finding
from seawarden.model.position import take
from seawarden.model.vessel import ShipRef
from seawarden.model.watch import WatchChange
from seawarden.run.exercise import Drillmaster, Exercise
from seawarden.service.deeds import Deeds, closed
from seawarden.service.outlook import Foretelling, Outlook
from seawarden.service.revisions import Revisions
from seawarden.service.watch import Stretch, Watch
from seawarden.store.ledger import Ledger

FIRST_TRACK: Final = 1 << 29
"""Rows of tracks of drills begin here: no fleet is so large."""
SOURCE: Final = -7
"""Index of the source of a drill's positions."""
SHOWN_MS: Final = 12 * 3_600_000
"""An ended drill's alerts are listed for a shift."""
OVER: Final = "exercise over"
"""Outcome of a drill's alert that nobody closed before its end."""


class _Shown:
    """One drill, worked out."""

    def __init__(self, exercise: Exercise, track: int) -> None:
        self.exercise = exercise
        self.track = track
        self.alerts: Revisions[Alert] = Revisions(exercise.alerts)
        self.findings: Revisions[Finding] = Revisions(exercise.findings)
        self.alert_ids = {alert.id for alert in exercise.alerts}


class Exercised:
    """A `Watch` over another, with drills; what is not told here is the other's."""

    def __init__(self, watch: Watch, drillmaster: Drillmaster) -> None:
        self.real = watch
        self.drillmaster = drillmaster
        self._lock = threading.RLock()
        self._deeds = Deeds()
        self._seen = 0
        self._drills: dict[str, Drill] = {}
        self._shown: dict[str, _Shown] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def drills(self, at: int | None = None) -> list[Drill]:
        """All drills as known at a time, oldest first."""
        return drills_of(self.real.deeds(), at)

    def exercise(self, drill: Drill) -> Exercise:
        """What a drill shows, worked out once."""
        return self._of(drill).exercise

    def alert_ids(self, drill: Drill) -> set[str]:
        """Ids of a drill's alerts."""
        return self._of(drill).alert_ids

    def prepare(self, drill: Drill) -> Exercise:
        """Work a drill out before it is begun, so that the first look at it waits for nothing."""
        return self._of(drill).exercise

    def alerts(self, at: int) -> list[Alert]:
        """The real alerts and those of drills, as known then."""
        found = list(self.real.alerts(at))
        for drill, shown in self._near(at):
            found += [self._worked(drill, alert, at) for alert in shown.alerts.at(at)]
        return found

    def alert_history(self, alert_id: str) -> list[Alert]:
        """All revisions of one alert, oldest first."""
        for drill, shown in self._near(None):
            if alert_id in shown.alert_ids:
                now = self.real.clock()
                known = [a for a in shown.alerts.of(alert_id) if a.known_from_t < min(drill.end_t, now + 1)]
                if not known:
                    return []
                last = self._worked(drill, known[-1], now)
                return known if last is known[-1] else [*known, last]
        return self.real.alert_history(alert_id)

    def findings(self, at: int) -> list[Finding]:
        """The real findings and those of drills, as known then."""
        found = list(self.real.findings(at))
        for drill, shown in self._near(at):
            found += shown.findings.at(min(at, drill.end_t))
        return found

    def last(self, at: int) -> Stretch:
        """The last position of every track, and of the ships of drills that are on."""
        real = self.real.last(at)
        on = [self._stretch(shown, at - 600_000, at) for drill, shown in self._near(at) if drill.runs(at)]
        return _joined([real, *(_row(one) for one in on if len(one.t))])

    def stretch(self, mmsi: int, from_t: int, to_t: int) -> Stretch:
        """All positions under one MMSI."""
        if not exercise_mmsi(mmsi):
            return self.real.stretch(mmsi, from_t, to_t)
        until = min(to_t, self.real.clock())
        parts = [
            self._stretch(shown, from_t, min(until, drill.end_t))
            for drill, shown in self._near(None)
            if drill.mmsi == mmsi
        ]
        return _joined([self.real.stretch(mmsi, from_t, to_t), *parts])

    def ship(self, track: int) -> ShipRef:
        """Who a track is."""
        if track < FIRST_TRACK:
            return self.real.ship(track)
        found = next((shown for _, shown in self._near(None) if shown.track == track), None)
        return ShipRef(mmsi=0, track_id="") if found is None else found.exercise.ship

    def tracks_of(self, mmsi: int) -> list[int]:
        """Tracks under one MMSI."""
        if not exercise_mmsi(mmsi):
            return self.real.tracks_of(mmsi)
        return [shown.track for drill, shown in self._near(None) if drill.mmsi == mmsi]

    def source_name(self, source: int) -> str:
        """Name behind a source's index."""
        return EXERCISE if source == SOURCE else self.real.source_name(source)

    def outlook(self, track: int, at: int) -> Outlook | None:
        """The forecast of a track; none of a ship that does not exist."""
        watch = self.real
        return watch.outlook(track, at) if track < FIRST_TRACK and isinstance(watch, Foretelling) else None

    def learnt(self, at: int | None = None) -> Learnt | None:
        """How far the history of the forecasts has come."""
        watch = self.real
        return watch.learnt(at) if isinstance(watch, Foretelling) else None

    @property
    def ledger(self) -> Ledger | None:
        """Where people's actions are kept, the drills among them."""
        held: Ledger | None = getattr(self.real, "ledger", None)
        return held

    def actions(self, subject: str) -> list[OperatorAction]:
        """What people did to one alert or fault, oldest first."""
        return list(self.real.actions(subject))

    def watch_changes(self) -> Sequence[WatchChange]:
        """How well stretches of assets are watched, as changes."""
        changes: Sequence[WatchChange] = getattr(self.real, "watch_changes", list)()
        return changes

    def _near(self, at: int | None) -> list[tuple[Drill, _Shown]]:
        """Drills that may be seen at a time, worked out; all of them without one."""
        with self._lock:
            acts = self.real.deeds()
            if len(acts) != self._seen:
                self._seen = len(acts)
                self._deeds = Deeds(acts)
                self._drills = {d.id: d for d in drills_of(acts) if self.drillmaster.knows(d.asset)}
            drills = [d for d in self._drills.values() if at is None or d.t <= at < d.end_t + SHOWN_MS]
            return [(drill, self._of(drill)) for drill in drills]

    def _of(self, drill: Drill) -> _Shown:
        with self._lock:
            held = self._shown.get(drill.id)
            if held is None:
                made = self.drillmaster.work_out(drill)
                held = self._shown[drill.id] = _Shown(made, FIRST_TRACK + len(self._shown))
            return held

    def _worked(self, drill: Drill, alert: Alert, at: int) -> Alert:
        """The alert with what people did to it; closed at the drill's end, if nobody did."""
        done = self._deeds.worked(alert, at)
        if done.state == "closed" or at < drill.end_t:
            return done
        return closed(done, drill.end_t, OVER)

    def _stretch(self, shown: _Shown, from_t: int, to_t: int) -> Stretch:
        p = take(
            shown.exercise.positions, (shown.exercise.positions.t >= from_t) & (shown.exercise.positions.t <= to_t)
        )
        n = len(p.t)
        return Stretch(
            track=np.full(n, shown.track, dtype=np.int32),
            t=p.t,
            lat=p.lat,
            lon=p.lon,
            sog_kn=p.sog_kn,
            cog_deg=p.cog_deg,
            heading_deg=p.heading_deg,
            nav_status=p.nav_status,
            trust=p.trust,
            provenance=p.provenance,
            source=np.full(n, SOURCE, dtype=np.int32),
            expected_kn=np.full(n, np.nan, dtype=np.float32),
            expected_sigma_kn=np.full(n, np.nan, dtype=np.float32),
            told_kn=p.sog_kn,
        )


def exercised(watch: Watch, drillmaster: Drillmaster) -> Watch:
    """The watch, on which drills can be held."""
    return cast(Watch, Exercised(watch, drillmaster))


def drilled(watch: Watch) -> Exercised | None:
    """The drills of a watch; None where none can be held."""
    return watch if isinstance(watch, Exercised) else None  # type: ignore[unreachable, unused-ignore]


def _row(stretch: Stretch) -> Stretch:
    columns: Any = stretch
    return Stretch(*(column[-1:] for column in columns))


def _joined(parts: Sequence[Stretch]) -> Stretch:
    held = [part for part in parts if len(part.t)]
    if len(held) <= 1:
        return held[0] if held else parts[0]
    columns: Any = zip(*held, strict=True)
    return Stretch(*(np.concatenate(column).astype(column[0].dtype) for column in columns))
