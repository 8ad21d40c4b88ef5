"""The event stream: the clock, changed alerts and faults, what people did, changed status.

A reader that was cut off resumes by id, after a restart of the server too: see `resume`. However many readers there
are, the watch is looked at once for all of them: a pulse wakes them when something is new, and a status is made once
for all who see the same.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, Final, NamedTuple

import msgspec
from fastapi import FastAPI
from starlette.requests import Request

from seawarden.model.alert import Alert
from seawarden.model.fault import Fault
from seawarden.service.cards import status
from seawarden.service.resume import Mark, taken_up
from seawarden.service.view import View
from seawarden.service.watch import Watch

LOOK_S: Final = 0.05
"""Time between two looks at the watch: an alert is on its way to the readers after so long at most."""
POLL_S: Final = 0.5
"""A reader who is not woken looks at the clock and at the line so often."""
CLOCK_EVERY_S: Final = 10.0
"""A clock event comes so often when nothing happens, so that both ends know the line is alive."""
STATUS_S: Final = 1.0
"""A status is not made anew sooner, as long as nothing is new."""
AFTER_S: Final = 0.2
"""A status follows a change this much later: it is dearer than the alert, which must reach every reader first."""
_NOTHING: Final = 1 << 62


class _Status(NamedTuple):
    number: int
    made_s: float
    state: tuple[int, int]
    body: bytes


class Pulse:
    """Wakes the readers of one server when the watch has something new.

    Args:
        watch: what is looked at.
        look_s: time between two looks.
    """

    def __init__(self, watch: Watch, look_s: float = LOOK_S) -> None:
        self._watch, self._look_s = watch, look_s
        self._readers = 0
        self._looking: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._status: dict[View, _Status] = {}
        self._wanted: dict[View, int] = {}
        self._begun: dict[View, int] = {}
        self._begun_state: dict[View, tuple[int, int]] = {}
        self._making: dict[View, asyncio.Task[None]] = {}

    def state(self) -> tuple[int, int]:
        """Number of the newest change, and how many acts there are."""
        return self._watch.news(_NOTHING)[0], len(self._watch.deeds())

    def join(self) -> None:
        """A reader more."""
        self._readers += 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._look())

    def leave(self) -> None:
        """A reader less; without any, nobody looks."""
        self._readers -= 1
        if not self._readers and self._looking is not None:
            self._looking.cancel()
            self._looking = None

    async def wait(self, timeout_s: float) -> None:
        """Until something is new, or for that long."""
        woken = self._woken
        try:
            await asyncio.wait_for(woken.wait(), timeout_s)
        except TimeoutError:
            pass

    def ask(self, view: View) -> int:
        """Ask for the status as a reader sees it; returns the number of the one that will do, made or to come.

        It is made beside the loop, once for all who see the same: no alert waits for it.
        """
        held, state = self._status.get(view), self.state()
        if held is not None and held.state == state and time.monotonic() - held.made_s < STATUS_S:
            return held.number
        making = self._making.get(view)
        if making is not None and not making.done():
            # one that was begun for an older state does not do
            wanted = self._begun[view] + (self._begun_state[view] != state)
        else:
            wanted = (0 if held is None else held.number) + 1
        self._wanted[view] = max(wanted, self._wanted.get(view, 0))
        if making is None or making.done():
            self._begun[view], self._begun_state[view] = wanted, state  # whoever asks before it runs finds it begun
            self._making[view] = asyncio.get_running_loop().create_task(self._make(view))
        return wanted

    def status(self, view: View) -> tuple[int, bytes]:
        """Number and bytes of the newest status that is made; 0 without any."""
        held = self._status.get(view)
        return (0, b"") if held is None else (held.number, held.body)

    async def _make(self, view: View) -> None:
        number = self.status(view)[0]
        while number < self._wanted[view]:
            number += 1
            state = self.state()
            self._begun[view], self._begun_state[view] = number, state
            body = await asyncio.to_thread(lambda: msgspec.json.encode(status(view)))
            self._status[view] = _Status(number, time.monotonic(), state, body)
            self._wake()

    def _wake(self) -> None:
        self._woken.set()
        self._woken = asyncio.Event()

    async def _look(self) -> None:
        known = self.state()
        while True:
            await asyncio.sleep(self._look_s)
            state = self.state()
            if state != known:
                known = state
                self._wake()


async def events(view: View, request: Request, after: Mark | None) -> AsyncIterator[bytes]:
    """Events until the reader goes away.

    Args:
        view: the watch as the reader sees it.
        request: whose end ends the stream.
        after: the last event that the reader has, or None for a new reader.
    """
    pulse = pulse_of(request.app, view.watch)
    life: str = request.app.state.life
    sequence, deeds = pulse.state()
    missed: list[Alert | Fault] = []
    if after is not None:
        sequence, missed = taken_up(view, life, after)
        deeds = -1  # what people did meanwhile is told as one change
    said: bytes = b""
    clock, due_s, tick_s, asked = -1, 0.0, 0.0, 1
    pulse.join()
    try:
        yield b"retry: 2000\n\n"
        while not (request.app.state.stopping or await request.is_disconnected()):
            newest, fresh = view.watch.news(sequence)
            first = newest - len(fresh)
            changed = [*missed, *fresh]
            for number, item in enumerate(changed, first - len(missed) + 1):
                shown: Alert | Fault | None
                if isinstance(item, Alert):
                    name, shown = "alert", view.gate.one(item)
                else:
                    name, shown = "fault", view.gate.one(item)
                if shown is not None:
                    # who is cut off in the middle must get the rest: what was missed counts only as a whole
                    mark = Mark(life, number, view.watch.clock()) if number > first else after
                    yield _event(name, shown, mark)
            missed = []
            mark = Mark(life, newest, view.watch.clock())
            sequence = newest
            done = pulse.state()[1]
            if done != deeds:
                yield _event("desk", {"deeds": done}, mark)
                deeds = done
            now, now_s = view.stands(), time.monotonic()
            if now != clock or now_s >= tick_s:
                clock, tick_s = now, now_s + CLOCK_EVERY_S
                yield _event("clock", {"event_t": now}, mark)
            if changed:
                due_s = min(due_s, now_s + AFTER_S)
            if now_s >= due_s:
                due_s, asked = now_s + CLOCK_EVERY_S, pulse.ask(view)
            number, body = pulse.status(view)
            if number >= asked and body != said:
                said = body
                yield _event("status", msgspec.Raw(body), mark)
            await pulse.wait(min(POLL_S, max(0.0, due_s - now_s)))
    finally:
        pulse.leave()


def pulse_of(app: FastAPI, watch: Watch) -> Pulse:
    """The one pulse of a server; made for its first reader."""
    held: Pulse | None = getattr(app.state, "pulse", None)
    if held is None:
        held = app.state.pulse = Pulse(watch)
    return held


def _event(name: str, data: Any, mark: Mark | None) -> bytes:
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (str(mark).encode(), name.encode(), msgspec.json.encode(data))
