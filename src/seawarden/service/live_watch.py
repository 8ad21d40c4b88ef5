"""A live run as a watch: what is known now, what people do to it, and what is wrong with it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from seawarden.behaviours.drag.model import DragModel
from seawarden.engine.core import Outcome
from seawarden.engine.view import FleetViewOver
from seawarden.forecast.feed import Learnt
from seawarden.geography.index import near_all
from seawarden.model.alert import Alert, Waters
from seawarden.model.asset import Asset
from seawarden.model.batch import Batch
from seawarden.model.event import FaultCleared, FaultDeclared, OperatorAction
from seawarden.model.fault import Fault
from seawarden.model.finding import AssetRef, Finding
from seawarden.model.position import F64, NO_TIME
from seawarden.model.vessel import ShipRef
from seawarden.model.watch import WatchChange
from seawarden.ports import Surroundings
from seawarden.run.live import LiveRun
from seawarden.run.live_ledger import Fresh
from seawarden.run.sights import cannot_see, outages
from seawarden.run.tally import Tally
from seawarden.service.around import Around, NothingKnown
from seawarden.service.deeds import Deeds, with_id
from seawarden.service.live_fleet import LiveFleet
from seawarden.service.live_ranker import LiveRanker
from seawarden.service.outlook import Outlook, learnt_by, outlook_of
from seawarden.service.revisions import Revisions
from seawarden.service.watch import Call, FeedHealth, Mode, Near, Stretch
from seawarden.store.ledger import Ledger
from seawarden.store.recording import Episode

_NEAR_AT_MOST: Final = 64
NEWS_KEPT: Final = 20_000
"""Changes that a reader who was cut off can catch up with."""


class LiveWatch:
    """A `Watch` over a live run; make it before the run is started, so that it hears what is restored."""

    mode: Mode = "live"
    posture = "normal"

    def __init__(self, run: LiveRun, around: Around | None = None) -> None:
        self.run = run
        self.tick_ms = run.settings.time.tick_ms
        self._around = around or NothingKnown()
        self._lock = threading.RLock()
        self._fleet = LiveFleet(run, int(run.settings.service.max_age_s * 1_000))
        held = run.ledger.all()
        self._findings: Revisions[Finding] = Revisions(f for f in held if isinstance(f, Finding))
        self._alerts: Revisions[Alert] = Revisions(a for a in held if isinstance(a, Alert))
        self._faults: Revisions[Fault] = Revisions(f for f in held if isinstance(f, Fault))
        self._preview: dict[str, Fault] = {}
        self._deeds = Deeds(run.ledger.ledger.contents("action", OperatorAction), tick_ms=self.tick_ms)
        self._news: list[Alert | Fault] = []
        self._forgotten = 0
        self._settled = max((alert.known_from_t for alert in self._alerts.at(1 << 62)), default=0)
        self._tally = Tally(run.room.catalogue)
        self._ranker: LiveRanker | None = None
        run.listener = self

    def took(self, batch: Batch, outcome: Outcome, fresh: Fresh) -> None:
        """A batch went through the engine."""
        if len(batch.positions.t):
            self._tally.came_in(batch)
            self._fleet.took(batch.positions.t)
        self._fleet.named(batch.statics)
        with self._lock:
            known = [alert.known_from_t for alert in fresh.alerts]
            self._settled = max(self._settled, self.run.room.engine.horizon - 1, *known)
            if not fresh:
                return
            for finding in fresh.findings:
                self._findings.add(finding)
            for alert in fresh.alerts:
                self._alerts.add(alert)
            for fault in fresh.faults:
                self._faults.add(fault)
                self._preview.pop(fault.id, None)
            self._news += [*(self._deeds.worked(a, self.clock()) for a in fresh.alerts), *fresh.faults]
            if len(self._news) > NEWS_KEPT:
                gone = len(self._news) - NEWS_KEPT // 2
                self._forgotten += gone
                del self._news[:gone]

    @property
    def ledger(self) -> Ledger:
        """What was found, raised and done."""
        return self.run.ledger.ledger

    def clock(self) -> int:
        """Now, by the edge's clock: ages grow when nothing comes."""
        return self.run.clock.now()

    def settled(self) -> int:
        """As far as the engine has come: no alert will be known from earlier on."""
        with self._lock:
            return self._settled

    def range(self) -> tuple[int, int]:
        """From the first position that is remembered to now."""
        first, now = self._fleet.first_t(), self.clock()
        return (now if first == NO_TIME else min(first, now)), now

    def why_not(self) -> list[str]:
        """Why this is not watching."""
        return [*self.run.why_not(), *self.run.problems.values()]

    def feeds(self) -> list[FeedHealth]:
        """Every feed's health."""
        found = []
        for feed in self.run.feeds.feeds:
            report = feed.health.report()
            found.append(
                FeedHealth(
                    id=report.name,
                    state="up" if report.up else "down",
                    lag_s=report.lag_s,
                    last_t=report.last_event_t,
                    records=report.records,
                    rejected=report.rejected,
                    condition=report.condition,
                    message=report.message,
                    well=report.well,
                    since_t=report.since_t,
                    last_seen_t=report.last_seen_t,
                    rate_s=report.rate_s,
                    clock_offset_s=report.clock_offset_s,
                    gaps=report.gaps,
                    reconnects=report.reconnects,
                    copies=report.copies,
                    shed=report.shed,
                    next_try_s=report.next_try_s,
                )
            )
        return found

    def episodes(self) -> list[Episode]:
        """One: from the beginning to now."""
        first, now = self.range()
        return [Episode(id="live", label="Live", from_t=first, to_t=now)]

    def attribution(self) -> list[str]:
        """Whose data this is."""
        return sorted({feed.attribution for feed in self.run.feeds.feeds} - {""})

    def cannot_see(self) -> list[str]:
        """What the run is blind to."""
        with self.run.lock:
            return list(cannot_see(self.run.room, self._tally))

    def assets(self) -> Sequence[Asset]:
        """All assets of the run."""
        return self.run.room.layer.assets

    def length_km(self, asset_id: str) -> float:
        """Length of an asset, km."""
        layer = self.run.room.layer
        row = layer.row_of(asset_id)
        return 0.0 if row is None else layer.length_km(row)

    def outlook(self, track: int, at: int) -> Outlook | None:
        """The forecast of a track by what is known now; None when she was not heard twice lately."""
        room = self.run.room
        with self.run.lock:
            feed, foreseen = room.feed, room.foreseen
            if feed is None or foreseen is None:
                return None
            return outlook_of(foreseen, lambda: feed.forecaster, FleetViewOver(room.engine.stages, at + 1), track)

    def learnt(self, at: int | None = None) -> Learnt | None:
        """How far the history of the forecasts has come."""
        with self.run.lock:
            return learnt_by(self.run.room)

    def source_name(self, source: int) -> str:
        """Name behind a source's index."""
        names = self.run.room.catalogue.sources
        return names[source] if 0 <= source < len(names) else ""

    def ship(self, track: int) -> ShipRef:
        """Who a track is."""
        return self._fleet.ship(track)

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
        layer = self.run.room.layer
        row, index = layer.row_of(asset_id), layer.index
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
        with self._lock:
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
        return self._deeds.all()

    def act(self, action: OperatorAction) -> None:
        """Take a person's action into the ledger, then into the watch and the stream."""
        with self._lock:
            self.run.ledger.ledger.append("action", action, t=action.t, actor=action.actor)
            self._deeds.add(action)
            self._news.extend(self.alert_history(action.subject)[-1:])
        self.run.submit(action)

    def faults(self, at: int) -> list[Fault]:
        """Newest revision of each declared fault as known then."""
        with self._lock:
            held = self._faults.at(at)
            return [*held, *(f for f in self._preview.values() if f.known_from_t <= at)]

    def fault(self, fault_id: str, at: int) -> Fault | None:
        """One fault, as ranked last until then."""
        return next((fault for fault in self.faults(at) if fault.id == fault_id), None)

    def declare_fault(self, declared: FaultDeclared) -> Fault:
        """Take a fault into the ledger and the stream, and rank the ships that could have done it at once."""
        declared = with_id(declared)
        with self.run.lock:
            held = self.fault(declared.fault_id, self.clock())
            if held is not None:
                return held
            if self._ranker is None:
                self._ranker = LiveRanker(self.run)
            fault = self._ranker(declared, self.findings(declared.t))
            self.run.ledger.ledger.append("fault", declared, t=declared.t, actor=declared.actor)
        with self._lock:
            self._preview[fault.id] = fault
            self._news.append(fault)
        self.run.submit(declared)
        return fault

    def clear_fault(self, fault_id: str, *, t: int, actor: str, note: str = "") -> Fault | None:
        """End a fault; None when there is none of that id."""
        held = self.fault(fault_id, self.clock())
        if held is None:
            return None
        cleared = FaultCleared(t=t, fault_id=fault_id, actor=actor, note=note)
        known = max(t, held.known_from_t)
        fault = msgspec.structs.replace(held, revision=held.revision + 1, state="cleared", known_from_t=known)
        with self._lock:
            self.run.ledger.ledger.append("fault_cleared", cleared, t=t, actor=actor)
            self._preview.pop(fault_id, None)
            self._faults.add(fault)
            self._news.append(fault)
        self.run.submit(cleared)
        return fault

    def outages(self) -> list[tuple[int, int]]:
        """Stretches without any input."""
        with self.run.lock:
            return outages(self.run.room.around.coverage.minutes())

    def watch_changes(self) -> list[WatchChange]:
        """How well stretches of assets were watched, as changes."""
        with self.run.lock:
            watch = self.run.room.around.coverage.watch
            return [] if watch is None else list(watch.changes)

    def density(self, from_t: int, bin_ms: int, bins: int) -> list[int]:
        """Positions by bin of time."""
        return self._fleet.density(from_t, bin_ms, bins)

    def news(self, after: int) -> tuple[int, list[Alert | Fault]]:
        """What changed after a sequence number, and the newest one."""
        with self._lock:
            newest = self._forgotten + len(self._news)
            return newest, self._news[max(after - self._forgotten, 0) :]

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
