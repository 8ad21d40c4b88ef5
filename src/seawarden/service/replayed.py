"""A finished run as a watch: any moment of it can be looked at, alerts worked on, and faults declared."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

import msgspec
import numpy as np

from seawarden.behaviours.drag.model import DragModel
from seawarden.forecast.feed import Learnt
from seawarden.geography.index import near_all
from seawarden.geography.layer import AssetLayer
from seawarden.model.alert import Alert, Waters
from seawarden.model.asset import Asset
from seawarden.model.event import FaultCleared, FaultDeclared, OperatorAction
from seawarden.model.fault import Fault
from seawarden.model.finding import AssetRef, Finding
from seawarden.model.position import F64, NO_TIME
from seawarden.model.vessel import ShipRef
from seawarden.model.watch import WatchChange
from seawarden.ports import Surroundings
from seawarden.service.around import Around, NothingKnown
from seawarden.service.deeds import Deeds, with_id
from seawarden.service.fleet import Fleet
from seawarden.service.foresight import Foresight
from seawarden.service.outlook import Outlook
from seawarden.service.recorded_outlook import RecordedOutlook
from seawarden.service.retold import Retold
from seawarden.service.revisions import Revisions
from seawarden.service.watch import Call, FeedHealth, Mode, Near, Stretch
from seawarden.settings import Settings
from seawarden.store.ledger import Ledger
from seawarden.store.recording import Episode, Recording

_NEAR_AT_MOST = 64
"""Assets that may be within reach of one ship at once."""


class Ranker(Protocol):
    """Ranks the ships that could have done it."""

    def __call__(self, declared: FaultDeclared, at: int) -> Fault:
        """The fault with its candidates, from what was known at a time, ms."""
        ...


class Replayed:
    """A `Watch` over a recording."""

    mode: Mode
    posture = "normal"

    def __init__(
        self,
        recording: Recording,
        layer: AssetLayer,
        settings: Settings,
        *,
        mode: Mode = "replay",
        around: Around | None = None,
        ranker: Ranker | None = None,
        foresight: Foresight | None = None,
        outlook: RecordedOutlook | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        """Make the watch.

        Args:
            recording: the run.
            layer: the assets of the run.
            settings: those of the run.
            mode: what the page says this is.
            around: depth, waters and whom to call; nothing is known without it.
            ranker: ranks the ships of a declared fault; without it a fault is kept unranked.
            foresight: works out what a declared fault does to the alerts; without it they stay as they were.
            outlook: forecasts the ships that somebody looks at; without it there are none.
            ledger: where people's actions are kept; what it holds already is taken in.
        """
        self.mode = mode
        self.tick_ms = settings.time.tick_ms
        self._recording = recording
        self._layer = layer
        self._around = around or NothingKnown()
        self._ranker = ranker
        self._retold = None if foresight is None else Retold(recording, foresight, self._take_retold)
        self._outlook = outlook
        self._ledger = ledger
        self._lock = threading.RLock()
        self._fleet = Fleet(recording, int(settings.service.max_age_s * 1_000))
        self._findings = Revisions(recording.findings)
        self._alerts = Revisions(recording.alerts)
        self._faults = Revisions(recording.faults)
        self._declared: dict[str, FaultDeclared] = {}
        self._events: list[FaultDeclared | FaultCleared] = []
        self._deeds = Deeds([] if ledger is None else ledger.contents("action", OperatorAction))
        self._news: list[Alert | Fault] = []
        if ledger is not None:
            for declared in ledger.contents("fault", FaultDeclared):
                self._take_fault(declared)
            for cleared in ledger.contents("fault_cleared", FaultCleared):
                self._take_cleared(cleared)
            self._retell()

    def outlook(self, track: int, at: int) -> Outlook | None:
        """The forecast of a track at a moment; None when she was not heard twice lately."""
        return None if self._outlook is None else self._outlook.outlook(track, at)

    def learnt(self, at: int | None = None) -> Learnt | None:
        """How far the history of the forecasts had come."""
        return None if self._outlook is None else self._outlook.learnt(at)

    @property
    def ledger(self) -> Ledger | None:
        """Where people's actions are kept, and what the run found."""
        return self._ledger

    def clock(self) -> int:
        """Newest event time of the run."""
        return self.range()[1]

    def settled(self) -> int:
        """All of a finished run is known."""
        return self.clock()

    def range(self) -> tuple[int, int]:
        """First and last event time of the run."""
        summary = self._recording.summary
        first, last = self._fleet.range()
        return summary.from_t or first, max(summary.to_t or last, last)

    def why_not(self) -> list[str]:
        """A recording watches nothing, but tells when its last simulated drag was not found, or that it is empty."""
        if not len(self._recording.positions.t):
            return ["no position was read: `seawarden doctor` says why"]
        return list(self._recording.summary.not_watching)

    def feeds(self) -> list[FeedHealth]:
        """The files that were read."""
        return [
            FeedHealth(id=feed.source, state="file", last_t=feed.last_t, records=feed.records, rejected=feed.rejected)
            for feed in self._recording.summary.feeds
        ]

    def episodes(self) -> list[Episode]:
        """The run's named stretches, or the whole of it."""
        first, last = self.range()
        whole = Episode(id="all", label="The whole run", from_t=first, to_t=last)
        return self._recording.episodes or [whole]

    def attribution(self) -> list[str]:
        """Whose data this is."""
        return list(self._recording.summary.attribution)

    def cannot_see(self) -> list[str]:
        """What the run was blind to."""
        return list(self._recording.summary.cannot_see)

    def assets(self) -> Sequence[Asset]:
        """All assets of the run."""
        return self._layer.assets

    def length_km(self, asset_id: str) -> float:
        """Length of an asset, km."""
        row = self._layer.row_of(asset_id)
        return 0.0 if row is None else self._layer.length_km(row)

    def source_name(self, source: int) -> str:
        """Name behind a source's index."""
        sources = self._recording.catalogue.sources
        return sources[source] if 0 <= source < len(sources) else ""

    def ship(self, track: int) -> ShipRef:
        """Who a track is."""
        return self._recording.ships[track]

    def tracks_of(self, mmsi: int) -> list[int]:
        """Tracks under one MMSI."""
        return self._fleet.tracks_of(mmsi)

    def last(self, at: int) -> Stretch:
        """The last position of every track at that time."""
        return self._fleet.last(at)

    def stretch(self, mmsi: int, from_t: int, to_t: int) -> Stretch:
        """All positions under one MMSI with from_t <= t <= to_t."""
        return self._fleet.stretch(mmsi, from_t, to_t)

    def near(self, asset_id: str, at: int) -> list[Near]:
        """Ships within the index's reach of an asset, nearest first."""
        row, index = self._layer.row_of(asset_id), self._layer.index
        if row is None:
            return []
        asset = np.empty(_NEAR_AT_MOST, dtype=np.int32)
        distance, kp, sigma = np.empty((3, _NEAR_AT_MOST))
        found: list[Near] = []
        last = self._fleet.last(at)
        for track, lat, lon in zip(last.track.tolist(), last.lat.tolist(), last.lon.tolist(), strict=True):
            count = near_all(index, lat, lon, index.reach_m, asset, distance, kp, sigma)
            for place in np.flatnonzero(asset[:count] == row).tolist():
                found.append(Near(track, float(distance[place]), float(kp[place])))
        return sorted(found, key=lambda near: near.distance_m)

    def findings(self, at: int) -> list[Finding]:
        """Newest revision of each finding as known then."""
        return self._findings.at(at)

    def alerts(self, at: int) -> list[Alert]:
        """Newest revision of each alert as known then; those that people closed until then are closed."""
        with self._lock:
            return [self._deeds.worked(alert, at) for alert in self._alerts.at(at)]

    def alert_history(self, alert_id: str) -> list[Alert]:
        """All revisions of one alert, oldest first, what people did to it last."""
        with self._lock:
            return self._deeds.history(self._alerts.of(alert_id), self.clock())

    def actions(self, subject: str) -> list[OperatorAction]:
        """What people did to one alert or fault, oldest first."""
        return self._deeds.of(subject)

    def deeds(self) -> list[OperatorAction]:
        """All that people did, in the order in which they did it."""
        with self._lock:
            return self._deeds.all()

    def act(self, action: OperatorAction) -> None:
        """Take a person's action into the ledger, then into the watch."""
        with self._lock:
            if self._ledger is not None:
                self._ledger.append("action", action, t=action.t, actor=action.actor)
            self._deeds.add(action)
            self._news.extend(self.alert_history(action.subject)[-1:])

    def faults(self, at: int) -> list[Fault]:
        """Newest revision of each declared fault as known then."""
        with self._lock:
            return self._faults.at(at)

    def fault(self, fault_id: str, at: int) -> Fault | None:
        """One fault, ranked anew with what was known then."""
        with self._lock:
            held = [fault for fault in self._faults.at(at) if fault.id == fault_id]
            if not held or held[0].state == "cleared" or self._ranker is None or fault_id not in self._declared:
                return held[0] if held else None
            if at <= held[0].known_from_t:
                return held[0]
            ranked = self._ranker(self._declared[fault_id], at)
            return msgspec.structs.replace(ranked, revision=held[0].revision)

    def declare_fault(self, declared: FaultDeclared) -> Fault:
        """Take a fault into the ledger and rank the ships that could have done it; one without an id gets one."""
        declared = with_id(declared)
        with self._lock:
            held = self._faults.of(declared.fault_id)
            if held:
                return held[-1]
            fault = self._take_fault(declared)
            if self._ledger is not None:
                entries = [("fault", declared, declared.t), ("ranking", fault, fault.known_from_t)]
                self._ledger.extend(entries, actor=declared.actor)
            self._news.append(fault)
            self._retell()
            return fault

    def clear_fault(self, fault_id: str, *, t: int, actor: str, note: str = "") -> Fault | None:
        """End a fault; None when there is none of that id."""
        with self._lock:
            if not self._faults.of(fault_id):
                return None
            cleared = FaultCleared(t=t, fault_id=fault_id, actor=actor, note=note)
            if self._ledger is not None:
                self._ledger.append("fault_cleared", cleared, t=t, actor=actor)
            fault = self._take_cleared(cleared)
            self._news.append(fault)
            self._retell()
            return fault

    def outages(self) -> list[tuple[int, int]]:
        """Stretches without any input."""
        return self._recording.outages

    def watch_changes(self) -> list[WatchChange]:
        """How well stretches of assets were watched, as changes."""
        return self._recording.watch

    def density(self, from_t: int, bin_ms: int, bins: int) -> list[int]:
        """Positions by bin of time."""
        return self._fleet.density(from_t, bin_ms, bins)

    def news(self, after: int) -> tuple[int, list[Alert | Fault]]:
        """What people changed after a sequence number, and the newest one."""
        with self._lock:
            return len(self._news), self._news[max(after, 0) :]

    def depth(self, lat: F64, lon: F64) -> tuple[F64, F64]:
        """Depth of water and its sigma, m."""
        return self._around.depth(lat, lon)

    def surroundings(self) -> Surroundings | None:
        """What lies around the ships, where it is known."""
        return getattr(self._around, "surroundings", None)

    def drag_model(self) -> DragModel | None:
        """The model that looks for drags; None where nothing does."""
        return getattr(self._around, "drag_model", None)

    def waters(self, lat: float, lon: float) -> Waters | None:
        """Whose waters."""
        return self._around.waters(lat, lon)

    def calls(self, lat: float, lon: float, asset: AssetRef | None) -> list[Call]:
        """Whom to call about a ship there."""
        return self._around.calls(lat, lon, asset)

    def _take_fault(self, declared: FaultDeclared) -> Fault:
        fault = self._ranker(declared, declared.t) if self._ranker is not None else self._unranked(declared)
        self._declared[declared.fault_id] = declared
        self._events.append(declared)
        self._faults.add(fault)
        return fault

    def _take_cleared(self, cleared: FaultCleared) -> Fault:
        held = self._faults.of(cleared.fault_id)[-1]
        known = max(cleared.t, held.known_from_t)
        fault = msgspec.structs.replace(held, revision=held.revision + 1, state="cleared", known_from_t=known)
        self._events.append(cleared)
        self._faults.add(fault)
        return fault

    def _retell(self) -> None:
        if self._retold is not None and self._events:
            self._retold.tell(self._events)

    def _take_retold(self, alerts: list[Alert]) -> None:
        with self._lock:
            before = {(alert.id, alert.revision) for alert in self._alerts.at(self.clock())}
            self._alerts = Revisions(alerts)
            after = self._alerts.at(self.clock())
            self._news.extend(alert for alert in after if (alert.id, alert.revision) not in before)

    def settle(self, timeout_s: float | None = None) -> None:
        """Wait until the alerts have been worked out anew after the last declaration."""
        if self._retold is not None:
            self._retold.wait(timeout_s)

    def _unranked(self, declared: FaultDeclared) -> Fault:
        row = self._layer.row_of(declared.asset_id)
        if row is None:
            raise KeyError(declared.asset_id)
        return Fault(
            id=declared.fault_id,
            asset=self._layer.ref(row, declared.kp_from_km),
            kp_from_km=declared.kp_from_km,
            kp_to_km=declared.kp_to_km,
            from_t=declared.from_t,
            to_t=None if declared.to_t == NO_TIME else declared.to_t,
            declared_t=declared.t,
            known_from_t=declared.t,
            actor=declared.actor,
            note=declared.note,
            blind="The ships near it are not ranked in this run.",
            exercise=declared.exercise,
        )
