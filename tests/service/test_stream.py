"""The event stream over a real connection: what comes, how a reader resumes, and that it ends with the server."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from seawarden.model.asset import Asset
from seawarden.model.event import FaultDeclared
from seawarden.service.app import make_app
from seawarden.service.host import Server, listen
from seawarden.service.replayed import Replayed

T0 = 1_735_084_800_000


class Running:
    """A server in a thread, and the watch behind it."""

    def __init__(self, watch: Replayed) -> None:
        self.watch = watch
        self._listener = listen("127.0.0.1", 0)
        self.port: int = self._listener.getsockname()[1]
        config = uvicorn.Config(make_app(watch), log_level="error", timeout_graceful_shutdown=3)
        self.server = Server(config)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self._listener]})
        self.thread.start()

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(20)
        self._listener.close()


@pytest.fixture
def running(make_watch: Any, public_asset: Asset, secret_asset: Asset) -> Iterator[Running]:
    server = Running(make_watch([public_asset, secret_asset]))
    yield server
    server.stop()


def opened(running: Running, after: int | None = None) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
    connection.request("GET", "/api/stream", headers={} if after is None else {"last-event-id": str(after)})
    return connection.getresponse()


def next_event(response: http.client.HTTPResponse) -> tuple[int, str, Any]:
    fields: dict[str, str] = {}
    while True:
        line = response.readline().decode().rstrip("\n")
        if not line and "event" in fields:
            return int(fields["id"]), fields["event"], json.loads(fields["data"])
        name, _, value = line.partition(": ")
        fields[name] = value


def declared(asset: str, number: int) -> FaultDeclared:
    return FaultDeclared(t=T0 + number, fault_id=f"f{number}", asset_id=asset, from_t=T0)


def test_clock_and_status_come_first_then_what_changes(running: Running) -> None:
    response = opened(running)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert next_event(response)[1:] == ("clock", {"event_t": T0 + 50 * 60_000})
    assert next_event(response)[1] == "status"
    running.watch.declare_fault(declared("quiet-thread", 1))
    running.watch.declare_fault(declared("open-link", 2))
    _, name, fault = next_event(response)
    assert (name, fault["id"]) == ("fault", "f2")  # the restricted one does not come
    assert next_event(response)[1] == "status"


def test_a_reader_that_was_cut_off_resumes(running: Running) -> None:
    running.watch.declare_fault(declared("open-link", 1))
    running.watch.declare_fault(declared("open-link", 2))
    number, name, fault = next_event(opened(running, after=1))
    assert (number, name, fault["id"]) == (2, "fault", "f2")
    assert next_event(opened(running))[1] == "clock"


def test_the_server_ends_while_readers_listen(running: Running) -> None:
    response = opened(running)
    next_event(response)
    running.server.should_exit = True
    running.thread.join(10)
    assert not running.thread.is_alive()
