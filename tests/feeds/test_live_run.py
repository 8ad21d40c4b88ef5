"""A live run: it keeps what it takes, finds what a replay finds, says nothing twice, and stays a watch in trouble."""

from __future__ import annotations

import csv
import shutil
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
import pytest
from tests.feeds.counterparts import TcpServer, hold, many, position
from tests.feeds.test_journal import full_disk

from seawarden.channels.gate import Gate
from seawarden.model.error import StoreError, UsageError
from seawarden.model.event import FaultDeclared
from seawarden.model.rights import Rights
from seawarden.run.live import LiveRun
from seawarden.run.live_ledger import LiveLedger
from seawarden.run.replay import replay
from seawarden.settings import DEFAULTS, Settings
from seawarden.settings_feeds import FeedSettings, LiveSettings
from seawarden.simulate.scenario import every_kind
from seawarden.store.journal import Journal
from seawarden.store.ledger import Ledger
from seawarden.store.verify import verify

SEA = every_kind()
GATE = Gate(SEA.assets)
SETTINGS: Settings = msgspec.structs.replace(
    DEFAULTS,
    feeds=FeedSettings(flush_s=0.02, backoff_first_s=0.02, backoff_most_s=0.1),
    live=LiveSettings(step_s=0.02, sync_s=0, segment_mb=0.05, snapshot_s=1.5, heartbeat_s=60),
)
SILENT = "tcp-listen://127.0.0.1:0#name=nobody"


def until(true: Callable[[], object], what: str, wait_s: float = 60.0) -> None:
    end = time.monotonic() + wait_s
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.01)


def kept_by(run: LiveRun) -> Journal:
    assert run.journal is not None
    return run.journal


def make(uris: list[str], store: Path | None, settings: Settings = SETTINGS, gate: Gate = GATE) -> LiveRun:
    return LiveRun(uris, settings, SEA.assets, store=store, gate=gate, events=SEA.events)


@pytest.fixture(scope="module")
def tape(tmp_path_factory) -> Path:
    """The made sea as a file."""
    path: Path = tmp_path_factory.mktemp("sea") / "sea.csv"
    p = SEA.positions
    with path.open("w") as file:
        out = csv.writer(file)
        out.writerow(["t", "mmsi", "lat", "lon", "sog", "cog", "heading", "nav_status"])
        for k in range(len(p.t)):
            numbers = [
                float(p.lat[k]),
                float(p.lon[k]),
                float(p.sog_kn[k]),
                float(p.cog_deg[k]),
                float(p.heading_deg[k]),
            ]
            cells = ["" if np.isnan(v) else round(v, 6) for v in numbers]
            out.writerow([int(p.t[k]), int(p.mmsi[k]), *cells, max(int(p.nav_status[k]), 0)])
    return path


def copied(source: str, target: str) -> None:
    """Copy a file of a store in use; one that a snapshot renames meanwhile is left out, as a kill would find it."""
    with suppress(FileNotFoundError):
        shutil.copy2(source, target)


class Played:
    """A recording played to its end, with copies of its store as a kill would have left it."""

    def __init__(self, tape: Path, folder: Path) -> None:
        self.store = folder / "store"
        # all compiled code is loaded before the tape runs, so that it is not over by the first step
        replay([tape], settings=SETTINGS, assets=SEA.assets, events=SEA.events, keep_positions=False)
        self.run = make([f"playback:{tape}?speed=1000"], self.store)
        self.run.start()
        self.copies: list[Path] = []
        for mark in (500, 1_500, 3_000):
            until(partial(self._came_to, mark), "steps")
            with self.run.lock:
                self.copies.append(folder / f"copy-{mark}")
                shutil.copytree(self.store, self.copies[-1], copy_function=copied)
        self.run.join()
        self.digest = self.run.ledger.digest()
        self.items = self.run.ledger.all()
        self.run.stop()

    def _came_to(self, mark: int) -> bool:
        return kept_by(self.run).records >= mark


@pytest.fixture(scope="module")
def played(tape, tmp_path_factory) -> Played:
    return Played(tape, tmp_path_factory.mktemp("played"))


def test_every_record_is_kept_and_counted(played):
    run = played.run
    report = run.feeds.feeds[0].health.report()
    assert run.state == "stopped" and not run.problems
    assert kept_by(run).records == len(SEA.positions.t) == report.positions
    assert report.condition == "ended" and report.shed == 0
    assert run.figures.alerts["look"] and run.figures.snapshots >= 1


def test_the_journal_replays_to_the_same_findings(played):
    again = replay([played.store], settings=SETTINGS, assets=SEA.assets, keep_positions=False).recording
    assert again.summary.digest == played.digest
    assert len(again.summary.findings) >= 9 and sum(again.summary.alerts.values()) >= 3


def test_nothing_is_in_the_ledger_twice(played):
    counts = Counter((type(item).__name__, item.id, item.revision) for item in played.items)
    assert max(counts.values()) == 1
    with Ledger(played.store / "ledger.sqlite", read_only=True) as ledger:
        assert verify(ledger).whole


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_life_after_a_kill_takes_up_what_was(which, played):
    """From a store as a kill left it: the same findings as one replay of its journal, each told once."""
    store = played.copies[which]
    wanted = replay([store], settings=SETTINGS, assets=SEA.assets, keep_positions=False).recording.summary.digest
    run = make([SILENT], store)
    try:
        run.start()
        assert not run.problems and kept_by(run).cut == 0
        items = run.ledger.all()
        assert run.ledger.digest() == wanted
        assert max(Counter((type(i).__name__, i.id, i.revision) for i in items).values(), default=1) == 1
        known = {(type(i).__name__, i.id, i.revision): i for i in played.items}
        assert all(known[type(i).__name__, i.id, i.revision] == i for i in items), "and they are those of the whole"
    finally:
        run.stop()


def test_a_damaged_snapshot_is_made_up_for_by_the_journal(played, tmp_path):
    store = tmp_path / "store"
    shutil.copytree(played.copies[1], store)
    for manifest in (store / "snapshots").glob("*/manifest.json"):
        manifest.write_text("{")
    wanted = replay([store], settings=SETTINGS, assets=SEA.assets, keep_positions=False).recording.summary.digest
    run = make([SILENT], store)
    try:
        run.start()
        assert run.ledger.digest() == wanted and not run.problems
    finally:
        run.stop()


def test_positions_are_in_parquet_and_survive(played):
    store = played.run.store
    assert store is not None
    kept = sum(len(positions.t) for positions, _, _ in store.positions.everything())
    assert 0 < kept <= len(SEA.positions.t)


def test_a_full_disk_stops_no_watch(tape, tmp_path):
    """It says so, goes on finding, and mends itself when there is room."""
    run = make([f"playback:{tape}?speed=1000"], tmp_path / "store")
    run.start()
    try:
        until(lambda: run.figures.steps > 20, "steps")
        with full_disk(1_000):
            until(lambda: "journal" in run.problems, "the problem is told")
            before = run.figures.steps
            until(lambda: run.figures.steps > before + 20, "it goes on")
            assert "are not kept: make room there" in run.problems["journal"]
        run.join()
        assert run.state == "watching", "it watches on"
        assert "journal" not in run.problems and "ledger" not in run.problems
        assert run.ledger.waiting == 0
        missing = kept_by(run).records - sum(len(batch.positions.t) for batch in _kept(tmp_path / "store"))
        assert missing > 0 and run.figures.positions == len(SEA.positions.t), "what is missing is numbered"
    finally:
        run.stop()


def _kept(store: Path):
    from seawarden.store.journal_read import JournalReader

    return [kept.batch for kept in JournalReader(store)]


def test_overload(tmp_path):
    """Five times what can be taken: older positions go, counted; events never; and it recovers by itself."""
    settings = msgspec.structs.replace(SETTINGS, live=LiveSettings(step_s=0.02, queue_records=1_000))

    def script(line: socket.socket) -> None:
        for k in range(40):
            line.sendall(many(400, 400 * k))
            time.sleep(0.03)
        hold(line)

    server = TcpServer(script)
    run = make([f"tcp://127.0.0.1:{server.port}#name=flood"], tmp_path / "store", settings)
    run.start()
    try:
        with run.lock:  # the engine can't take anything meanwhile
            until(lambda: run.feeds.queue.shed > 3_000, "positions are left out")
            run.submit(FaultDeclared(t=run.clock.now(), fault_id="f-1", asset_id="test-cable", from_t=0))
            report = run.feeds.feeds[0].health.report()
            assert report.condition == "shedding" and "left out" in report.message
            assert run.feeds.queue.positions <= 1_000
        health = run.feeds.feeds[0].health  # blocks that come late come together, and a repeat within them is a copy
        until(lambda: health.report().positions + health.report().copies >= 16_000, "all came")
        until(lambda: run.feeds.queue.positions == 0, "it recovers")
        shed = run.feeds.queue.shed
        copies = health.report().copies
        until(lambda: kept_by(run).records + shed + copies == 16_000, "every record is kept or counted as left out")
        assert any(isinstance(e, FaultDeclared) for batch in _kept(tmp_path / "store") for e in batch.events)
    finally:
        run.stop()
        server.close()


def test_the_clock_speaks_when_nothing_comes(tmp_path):
    settings = msgspec.structs.replace(SETTINGS, live=LiveSettings(step_s=0.02, heartbeat_s=1))
    run = make([SILENT], None, settings)
    run.start()
    try:
        until(lambda: run.room.engine.horizon > 0, "a heartbeat")
        assert abs(run.clock.now() - run.room.engine.horizon - 70_000) < 30_000
    finally:
        run.stop()


def test_two_feeds_that_hear_one_ship(tmp_path):
    """Merged: one track, no second ship, both feeds' records in the journal."""
    lines = [position(219_000_001, lat=57.0 + k * 0.0001).encode() for k in range(30)]

    abreast = threading.Barrier(2)  # both hear the ship at the same time, however late one of them was connected

    def script(line: socket.socket) -> None:
        for one in lines:
            abreast.wait(30.0)
            line.sendall(one)
            time.sleep(0.02)
        hold(line)

    servers = [TcpServer(script), TcpServer(script)]
    run = make([f"tcp://127.0.0.1:{s.port}#name=coast{k}" for k, s in enumerate(servers)], tmp_path / "store")
    run.start()
    try:
        until(lambda: kept_by(run).records == 60, "sixty records")
        with run.lock:
            run.room.engine.finish()
            assert run.room.engine.stages[0].count == 1
            assert run.room.engine.stages[0].merged >= 20
    finally:
        run.stop()
        for server in servers:
            server.close()


def test_names_and_mixtures_are_refused(tape, tmp_path):
    for uris, words in (
        ([SILENT, SILENT], "two feeds have this name"),
        ([SILENT, f"playback:{tape}"], "not beside live feeds"),
        ([f"playback:{tape}?speed=2", f"playback:{tape}?speed=3"], "at one speed"),
    ):
        with pytest.raises(UsageError, match=words):
            make(uris, None)


def test_a_ledger_of_readers_with_more_rights_is_refused(tmp_path):
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        gate = Gate(SEA.assets, Rights(frozenset({"navy"})))
        from seawarden.run.live_ledger import Session

        LiveLedger(ledger, gate).begin(
            Session(version="1", settings_hash="", assets_hash="", started_t=0, journal_sequence=0, rights=("navy",))
        )
        with pytest.raises(StoreError, match="may not see"):
            LiveLedger(ledger, GATE)
