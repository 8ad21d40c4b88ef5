"""The page, its API and its metrics over a live run."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import msgspec
import pytest
from fastapi.testclient import TestClient
from tests.feeds.counterparts import TcpServer, hold, many
from tests.feeds.test_live_run import GATE, SEA, SETTINGS, kept_by, make, until

from seawarden.cli.serve_live import attend
from seawarden.model.event import OperatorAction
from seawarden.run.live import LiveRun
from seawarden.service.app import make_app
from seawarden.service.live_watch import LiveWatch
from seawarden.settings_feeds import LiveSettings

HERE = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src")}
QUICK = msgspec.structs.replace(SETTINGS, live=LiveSettings(step_s=0.02, heartbeat_s=1))


def script(line: socket.socket) -> None:
    for _ in range(3):
        line.sendall(many(20))
        time.sleep(0.05)
    hold(line)


@pytest.fixture
def station():
    server = TcpServer(script)
    yield server
    server.close()


@pytest.fixture
def live(station, tmp_path, monkeypatch):
    run = LiveRun(
        [f"tcp://127.0.0.1:{station.port}#name=coast"], QUICK, SEA.assets, store=tmp_path / "store", gate=GATE
    )
    monkeypatch.setattr(run.room.canary, "why_not", lambda *_: [])  # it has its own tests
    watch = LiveWatch(run)
    app = make_app(watch)
    attend(app, watch)
    with TestClient(app) as client:
        yield client, run, watch
    assert run.state == "stopped"


def test_health_readiness_and_metrics(live, station):
    client, run, _ = live
    assert client.get("/healthz").status_code == 200
    until(lambda: client.get("/readyz").status_code == 200, "it is ready")
    until(lambda: kept_by(run).records >= 60, "records")
    text = client.get("/metrics").text
    for line in (
        'seawarden_feed_up{feed="coast"} 1.0',
        "seawarden_watching 1.0",
        "seawarden_journal_positions_total 60.0",
    ):
        assert line in text, line
    assert 'seawarden_receive_to_alert_seconds_bucket{le="+Inf"} 0.0' in text
    assert 'seawarden_feed_condition{condition="up",feed="coast"} 1.0' in text
    station.close()
    until(lambda: client.get("/readyz").status_code == 503, "it is not watching")
    said = client.get("/readyz").json()
    assert any("coast" in why for why in said["why_not"]) and client.get("/healthz").status_code == 200


def test_the_page_shows_ships_at_once_and_feeds_with_their_words(live, station):
    client, run, _ = live
    until(lambda: kept_by(run).records >= 60, "records")
    status = client.get("/api/status").json()
    (feed,) = status["feeds"]
    assert status["mode"] == "live" and (feed["id"], feed["state"], feed["condition"]) == ("coast", "up", "up")
    assert feed["records"] == 60 and feed["well"]
    station.close()
    until(lambda: client.get("/api/status").json()["feeds"][0]["state"] == "down", "the feed is down")
    status = client.get("/api/status").json()
    assert not status["watching"] and any("coast" in why for why in status["why_not"])


def test_a_fault_is_ranked_at_once_and_goes_through_the_journal(live):
    client, run, watch = live
    until(lambda: run.state == "watching", "it watches")
    body = {"asset": "test-cable", "from_t": watch.clock() - 3_600_000, "actor": "officer"}
    made = client.post("/api/faults", json=body)
    assert made.status_code == 201 and made.json()["asset"]["id"] == "test-cable"
    assert [fault["id"] for fault in client.get("/api/faults").json()["faults"]] == [made.json()["id"]]
    until(lambda: kept_by(run).sequence >= 1 and _events(run), "the declaration is journalled")


def _events(run: LiveRun) -> list[object]:
    from seawarden.store.journal_read import JournalReader

    assert run.store is not None
    return [
        e
        for kept in JournalReader(run.store.journal)
        for e in kept.batch.events
        if type(e).__name__ == "FaultDeclared"
    ]


def test_what_people_did_outlives_the_process(tmp_path):
    run = make(["tcp-listen://127.0.0.1:0#name=nobody"], tmp_path / "store", QUICK)
    watch = LiveWatch(run)
    run.start()
    watch.act(
        OperatorAction(t=watch.clock(), actor="officer", action="comment", subject="a-1", detail={"text": "seen"})
    )
    run.stop()
    again = make(["tcp-listen://127.0.0.1:0#name=nobody"], tmp_path / "store", QUICK)
    assert [deed.detail for deed in LiveWatch(again).deeds()] == [{"text": "seen"}]
    again.stop()


@pytest.mark.ci
def test_the_command_ends_in_good_order(station, tmp_path: Path):
    """`seawarden serve tcp://...` begins to watch, and a SIGTERM leaves a snapshot and a whole journal."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "seawarden.cli", "serve", f"tcp://127.0.0.1:{station.port}#name=coast"]
    command += ["--store", str(tmp_path / "store"), "--port", str(port)]
    with subprocess.Popen(command, env=HERE, stderr=subprocess.PIPE, text=True) as process:
        try:
            for _ in range(3_000):
                assert process.poll() is None, process.stderr and process.stderr.read()
                try:
                    if httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).json()["state"] == "watching":
                        break
                except httpx.HTTPError:
                    pass
                time.sleep(0.1)
            else:
                pytest.fail("it never began to watch")
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()
    assert "Traceback" not in said
    assert list((tmp_path / "store" / "snapshots").glob("*/manifest.json"))


@pytest.mark.ci
def test_five_kills(tmp_path: Path):
    from seawarden.evaluate.live.kills import run_kills

    report = run_kills(5, tmp_path, life_s=0.7, preload=True)
    assert (report.lost, report.twice, report.told_twice, report.broken_ledgers) == (0, 0, 0, 0), report
    assert report.same_digest and report.records > 0
