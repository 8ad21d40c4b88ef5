"""The event stream over a real connection: what comes, how a reader resumes, and that it ends with the server."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import uvicorn

from seawarden.channels.gate import Gate
from seawarden.model.asset import Asset
from seawarden.model.event import FaultDeclared
from seawarden.service.app import make_app
from seawarden.service.host import Server, listen
from seawarden.service.replayed import Replayed
from seawarden.service.resume import Mark, taken_up
from seawarden.service.stream import Pulse
from seawarden.service.view import View

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


def opened(running: Running, after: str | None = None) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
    connection.request("GET", "/api/stream", headers={} if after is None else {"last-event-id": after})
    return connection.getresponse()


def next_event(response: http.client.HTTPResponse) -> tuple[str, str, Any]:
    fields: dict[str, str] = {}
    while True:
        line = response.readline().decode().rstrip("\n")
        if not line and "event" in fields:
            return fields["id"], fields["event"], json.loads(fields["data"])
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
    first = opened(running)
    next_event(first)
    for number in (1, 2, 3):
        running.watch.declare_fault(declared("open-link", number))
    got = [next_event(first)]
    while got[-1][1] != "fault":
        got.append(next_event(first))
    assert got[-1][2]["id"] == "f1"
    again = opened(running, after=got[-1][0])  # cut off in the middle of what came at once
    assert [next_event(again)[2]["id"] for _ in range(2)] == ["f2", "f3"]
    assert next_event(again)[1] == "desk", "what people did meanwhile"
    assert next_event(opened(running))[1] == "clock"
    assert next_event(opened(running, after="nonsense"))[1] == "clock"


def test_a_reader_resumes_after_a_restart(
    running: Running, make_watch: Any, public_asset: Asset, secret_asset: Asset
) -> None:
    number, name, _ = next_event(opened(running))
    assert name == "clock"
    restarted = Running(make_watch([public_asset, secret_asset]))
    try:
        # declared in the new life, before the reader is back: its numbers mean nothing here
        for k in (1, 2):
            restarted.watch.declare_fault(declared("open-link", k))
        restarted.watch.declare_fault(declared("quiet-thread", 3))
        old = number.split("-")
        back = opened(restarted, after=f"{old[0]}-7-{T0 + 1}")
        told: list[tuple[str, str, Any]] = []
        while not told or told[-1][1] != "status":
            told.append(next_event(back))
        faults = [data["id"] for _, event, data in told if event == "fault"]
        assert sorted(faults) == ["f1", "f2", "fault-0"]
        assert {data["id"] for _, event, data in told if event == "alert"} == {"alert-0"}
        marks = [mark for mark, event, _ in told if event in ("alert", "fault")]
        assert set(marks) == {f"{old[0]}-7-{T0 + 1}"}, "cut off here, all of it comes again"
        assert told[-1][0] not in marks
    finally:
        restarted.stop()


def test_who_was_away_too_long_is_told_what_is_known_now(
    make_watch: Any, public_asset: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = make_watch([public_asset])
    view = View(watch, Gate(watch.assets()))
    monkeypatch.setattr(watch, "news", lambda after: (50_000, []))
    assert taken_up(view, "a", Mark("a", 50_000, T0)) == (50_000, [])
    sequence, missed = taken_up(view, "a", Mark("a", 3, T0))
    assert sequence == 50_000 and {item.id for item in missed} == {"alert-0", "fault-0"}
    assert taken_up(view, "b", Mark("a", 50_000, T0 + 10**9)) == (50_000, [])


def test_the_server_ends_while_readers_listen(running: Running) -> None:
    response = opened(running)
    next_event(response)
    running.server.should_exit = True
    running.thread.join(10)
    assert not running.thread.is_alive()


def test_readers_who_ask_before_the_first_status_is_begun_share_it(make_watch: Any, public_asset: Asset) -> None:
    watch = make_watch([public_asset])

    async def asked() -> tuple[list[int], tuple[int, bytes]]:
        pulse = Pulse(watch)
        view = View(watch, Gate(watch.assets()))
        numbers = [pulse.ask(view) for _ in range(3)]
        for _ in range(200):
            if pulse.status(view)[0] >= numbers[0]:
                break
            await asyncio.sleep(0.01)
        return numbers, pulse.status(view)

    with ThreadPoolExecutor(1) as apart:  # whatever loop other tests left running in this thread
        numbers, (number, body) = apart.submit(lambda: asyncio.run(asked())).result()
    assert numbers == [1, 1, 1]
    assert number == 1 and json.loads(body)["watching"] is True
