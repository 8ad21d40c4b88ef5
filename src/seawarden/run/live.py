"""A live run: feeds, queue, journal, engine, ledger. What the journal has returned is never lost, nor told twice.

Each batch is kept in the journal before the engine takes it. A restart takes up the newest snapshot and then the
journal behind it, through the same engine: it comes to the same findings, and the ledger leaves out what it holds.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, Protocol

import msgspec

from seawarden import __version__
from seawarden.channels.gate import Gate
from seawarden.engine.collector import keep_what_is_loaded
from seawarden.engine.core import Outcome
from seawarden.engine.snapshot import load
from seawarden.model.asset import Asset
from seawarden.model.batch import Batch
from seawarden.model.error import StoreError
from seawarden.model.event import Event, Heartbeat
from seawarden.model.position import NO_TIME
from seawarden.run.build import Watchroom, build, load_kernels
from seawarden.run.charts import NO_CHARTS, Charts
from seawarden.run.live_feeds import LiveFeeds, clock_of
from seawarden.run.live_figures import Figures
from seawarden.run.live_keeper import RETRY_S
from seawarden.run.live_keeping import LiveKeeping
from seawarden.run.live_ledger import Fresh, LiveLedger, Session
from seawarden.run.live_queue import joined
from seawarden.run.live_store import LiveStore, Marks
from seawarden.settings import Settings
from seawarden.sources.feeds.clock import EdgeClock
from seawarden.store.journal import Journal, JournalError
from seawarden.store.journal_read import JournalReader, recall
from seawarden.store.ledger import Ledger

State = Literal["starting", "restoring", "watching", "stopping", "stopped", "failed"]
HANGS_S: Final = 60.0
"""A loop that has not come round for so long watches nothing."""
_LOG = logging.getLogger(__name__)


class Listener(Protocol):
    """Hears of every step."""

    def took(self, batch: Batch, outcome: Outcome, fresh: Fresh) -> None:
        """A batch went through the engine; called with the run's lock held."""
        ...


class _Nobody:
    def took(self, batch: Batch, outcome: Outcome, fresh: Fresh) -> None:
        pass


class LiveRun:
    """A live run over feeds.

    Args:
        uris: addresses of feeds.
        settings: the whole tree.
        assets: what is watched.
        store: folder of journal, snapshots, ledger and positions; None keeps nothing.
        gate: what the readers of the ledger may see.
        events: coverage and other events that enter at the beginning.
        environment: where credentials are looked up; the process's own when None.
        clock: the edge's; made here when None.

    Raises:
        UsageError: an address is wrong.
        StoreError: the store can't be written.
        AssetError: the assets can't be compiled.
    """

    def __init__(
        self,
        uris: Sequence[str],
        settings: Settings,
        assets: Sequence[Asset],
        *,
        store: Path | None,
        gate: Gate,
        events: Sequence[Event] = (),
        charts: Charts = NO_CHARTS,
        environment: Mapping[str, str] | None = None,
        clock: EdgeClock | None = None,
    ) -> None:
        self.settings = settings
        self.lock = threading.RLock()
        """Held while the engine changes; whoever looks into the engine holds it too."""
        self.figures = Figures()
        self.state: State = "starting"
        self.problems: dict[str, str] = {}
        """What is wrong with the run itself, in sentences, by what it concerns."""
        self.listener: Listener = _Nobody()
        self._assets, self._charts = list(assets), charts
        self._s = settings.live
        self._events = list(events)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.store = None if store is None else LiveStore(store, self._s)
        self.journal = None if self.store is None else Journal(self.store.journal, self._s)
        self.ledger = LiveLedger(Ledger(":memory:" if self.store is None else self.store.ledger), gate)
        floor = self.journal.written_t if self.journal is not None and self.journal.written_t else NO_TIME
        self.clock = clock if clock is not None else clock_of(uris, floor)
        self.feeds = LiveFeeds(uris, settings.feeds, self._s.queue_records, self.clock, environment)
        self.room: Watchroom = build(settings, assets, charts=charts)
        self._keeping: LiveKeeping | None = None
        if self.store is not None and self.journal is not None:
            self._keeping = LiveKeeping(self.store, self.journal, self._s, self.problems, self.figures)
        self._beat_s = self._step_s = self._retry_s = 0.0
        self._moved_t = NO_TIME
        self.alive_s = time.monotonic()
        """When the loop last came round, on the steady clock."""

    def start(self) -> None:
        """Restore what was, then listen; returns when the feeds are being called."""
        load_kernels(self.settings)
        self._restore()
        if self._stop.is_set():
            return
        self.feeds.begin(self.journal.written_t if self.journal is not None and self.journal.written_t else NO_TIME)
        self.ledger.begin(
            Session(
                version=__version__,
                settings_hash=self.room.settings_hash,
                assets_hash=self.room.layer.hash,
                started_t=self.clock.now(),
                journal_sequence=self.journal.sequence if self.journal is not None else 0,
                rights=tuple(sorted(self.ledger.rights)),
            )
        )
        self._declare()
        keep_what_is_loaded()
        self._beat_s = time.monotonic()
        if self._keeping is not None:
            self._keeping.begin()
        self.feeds.listen_to(self.room.catalogue)
        self.room.canary.until(self.clock.now())
        self.state = "watching"
        self._thread = threading.Thread(target=self._loop, name="engine", daemon=True)
        self._thread.start()

    def submit(self, event: Event) -> None:
        """Let an event of ours (a fault, a person's action) into the stream; it is never left out."""
        self.feeds.submit(event)

    def stop(self, timeout_s: float = 30.0) -> None:
        """Stop listening, take what waits, write a snapshot, close everything."""
        if self.state in ("stopping", "stopped"):
            return
        if self.state == "watching":
            self.state = "stopping"
        self.feeds.stop()
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout_s)
        with self.lock:
            if self.state == "stopping":
                self.ledger.write()
                if self._keeping is not None and self._keeping.end(
                    self.room.engine, self.room.catalogue, self.clock.now()
                ):
                    self._checkpoint()
            elif self._keeping is not None:
                self._keeping.close()
            if self.journal is not None:
                self.journal.close()
            self.ledger.ledger.close()
            if self.state != "failed":
                self.state = "stopped"

    def join(self) -> None:
        """Wait until the run has ended by itself: its feeds are over, or it failed."""
        if self._thread is not None:
            self._thread.join()

    def why_not(self) -> list[str]:
        """Why this is not watching, in sentences; empty while it is."""
        if self.state in ("starting", "restoring"):
            return ["it is starting: what was found before is taken up first"]
        if self.state in ("stopping", "stopped"):
            return ["it was stopped"]
        if self.state == "failed":
            return [self.problems.get("engine", "the engine failed")]
        why = list(self.room.canary.why_not(self.clock.now()))
        reports = [feed.health.report() for feed in self.feeds.feeds]
        if not reports:
            why.append("there is no feed")
        elif not any(report.up for report in reports):
            why += [f"no feed is up: {report.name}: {report.message}" for report in reports]
        if time.monotonic() - self.alive_s > HANGS_S:
            why.append("the engine has not come round for a minute: more comes than it can take")
        return why

    def _restore(self) -> None:
        """Take up the newest snapshot, then the journal behind it."""
        self.state = "restoring"
        began = time.monotonic()
        after = 0
        if self.store is not None and self.journal is not None:
            if self.journal.cut:
                _LOG.warning("the journal's last %d bytes were no whole entry and were cut off", self.journal.cut)
            for place, sequence in self.store.snapshots():
                try:
                    load(self.room.engine, place)
                    after = sequence
                    break
                except StoreError as error:
                    _LOG.warning("%s", error)
                    self.room = build(self.settings, self._assets, charts=self._charts)
            kept_until = self.store.marks().positions
            reader = JournalReader(self.store.journal, after)
            try:
                for kept in reader:
                    if self._stop.is_set():
                        break
                    recall(self.room.catalogue, kept.names)
                    self._run(kept.batch, keep=kept.sequence if kept.sequence > kept_until else None)
                    self.figures.restored += 1
                    if self._keeping is not None:
                        self._keeping.took(kept.content.positions)
            except StoreError as error:
                self.problems["restore"] = f"{error}; what lies behind that was not taken up"
                _LOG.error("%s", error)
        self.figures.restore_s = time.monotonic() - began

    def _declare(self) -> None:
        """Events of the beginning, those that an earlier start declared left out."""
        marks = self.store.marks() if self.store is not None else Marks()
        keys = {_key(event): event for event in self._events}
        known = set(marks.declared)
        new = [event for key, event in keys.items() if key not in known]
        if not new:
            return
        self._step(Batch(events=new))
        if self.store is not None and "journal" not in self.problems:
            store, declared = self.store, sorted({*known, *keys})
            self._guarded("store", lambda: store.mark(declared=declared))

    def _loop(self) -> None:
        try:
            while True:
                self.alive_s = time.monotonic()
                rest = self._step_s + self._s.step_s - self.alive_s
                if rest > 0 and not self._stop.is_set():
                    self._stop.wait(rest)
                batches = self.feeds.take(0.0 if self._stop.is_set() else self._s.step_s)
                self._step_s = time.monotonic()
                beat = [] if self._stop.is_set() else self._heartbeat()
                if batches or beat:
                    batch = joined(batches)
                    batch.events = [*batch.events, *beat]
                    self._step(batch)
                elif self._stop.is_set():
                    return
                elif self.feeds.over():
                    return
                self._duties()
        except Exception as error:  # whatever it is: the page must say that nothing is watched
            _LOG.exception("the engine failed")
            self.problems["engine"] = f"the engine failed and nothing is watched: {type(error).__name__}: {error}"
            self.state = "failed"
            self.feeds.stop()

    def _heartbeat(self) -> list[Event]:
        """The machine's clock as an event, when nothing has moved the engine's for a while."""
        now_s = time.monotonic()
        horizon = self.room.engine.horizon
        if horizon != self._moved_t:
            self._moved_t, self._beat_s = horizon, now_s
        if now_s - self._beat_s < self._s.heartbeat_s / self.clock.speed:
            return []
        self._beat_s = now_s
        return [Heartbeat(t=self.clock.now() - int(self._s.heartbeat_behind_s * 1000), source="clock")]

    def _step(self, batch: Batch) -> None:
        began = time.monotonic()
        with self.lock:
            if self.journal is not None:
                self._keep(batch)
            self._run(batch, keep=self.journal.sequence if self.journal is not None else None, live=True)
            if self._keeping is not None:
                self._keeping.took(len(batch.positions.t))
            self.figures.steps += 1
            self.figures.records += batch.records
            self.figures.positions += len(batch.positions.t)
        self.figures.step_s.add(time.monotonic() - began)

    def _keep(self, batch: Batch) -> None:
        assert self.journal is not None
        missing = self.journal.missing
        try:
            self.journal.append(batch, self.room.catalogue, self.clock.now())
            if missing:
                self.problems.pop("journal", None)
                if self._keeping is not None:
                    self._keeping.renew = True  # what was not kept must be in a snapshot
        except JournalError as error:
            self.problems["journal"] = (
                f"{error}: the watch goes on, but {self.journal.missing:,} positions are not kept: make room there"
            )

    def _run(self, batch: Batch, *, keep: int | None, live: bool = False) -> None:
        """A batch through the engine, what comes of it to the ledger and the listener.

        Args:
            batch: what came.
            keep: its entry in the journal, where its positions are to be kept.
            live: whether it has just come, and is not taken up again.
        """
        received = int(batch.positions.receive_t.min()) if live and len(batch.positions.t) else NO_TIME
        with self.lock:
            outcome = self.room.engine.step(batch)
        if keep is not None and self._keeping is not None:
            self._keeping.placed(outcome.tracked, keep, self.room.catalogue)
        if live and self.journal is not None and (outcome.alerts or outcome.findings or outcome.faults):
            try:
                self.journal.sync()  # the ledger must never know what the journal may lose
            except JournalError as error:
                self.problems["journal"] = str(error)
        fresh = self.ledger.take(outcome)
        self._note_ledger()
        self.figures.alerts.update(alert.tier for alert in fresh.alerts)
        self.figures.findings.update(finding.kind for finding in fresh.findings)
        if live and fresh.alerts:
            now = self.clock.now()
            for alert in fresh.alerts:
                self.figures.tick_to_alert_s.add((now - alert.known_from_t) / 1000.0)
                if received != NO_TIME:
                    self.figures.receive_to_alert_s.add(max(0, now - received) / 1000.0 / self.clock.speed)
        self.listener.took(batch, outcome, fresh)

    def _note_ledger(self) -> None:
        if self.ledger.problem:
            self.problems["ledger"] = f"{self.ledger.problem}; {self.ledger.waiting:,} entries wait and are not lost"
        else:
            self.problems.pop("ledger", None)

    def _duties(self) -> None:
        """What is done now and then: snapshots, writing again, keeping the store small."""
        now = time.monotonic()
        sentence = self.clock.sentence()
        if sentence:
            self.problems["clock"] = sentence
        else:
            self.problems.pop("clock", None)
        self.room.canary.until(self.room.engine.horizon)
        if self.ledger.waiting and now - self._retry_s >= RETRY_S:
            self._retry_s = now
            with self.lock:
                self.ledger.write()
                self._note_ledger()
        if self._keeping is not None:
            if self._keeping.look(self.clock.now()):
                self._checkpoint()
            if self._keeping.due():
                with self.lock:
                    self._keeping.snapshot(self.room.engine, self.room.catalogue)

    def _checkpoint(self) -> None:
        self._guarded("ledger", lambda: self.ledger.ledger.checkpoint(t=self.clock.now()))

    def _guarded(self, what: str, act: Callable[[], object]) -> bool:
        """Do it; when the disk does not let us, say so and go on."""
        try:
            act()
        except StoreError as error:
            self.problems[what] = str(error)
            return False
        self.problems.pop(what, None)
        return True


def _key(event: Event) -> str:
    return hashlib.blake2b(msgspec.json.encode(event), digest_size=8).hexdigest()
