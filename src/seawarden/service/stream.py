"""The event stream: the clock, changed alerts and faults, what people did, changed status.

A reader that was cut off resumes by id.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec
from starlette.requests import Request

from seawarden.model.alert import Alert
from seawarden.model.fault import Fault
from seawarden.service.cards import status
from seawarden.service.view import View

POLL_S: Final = 0.5
CLOCK_EVERY: Final = 20
"""Polls between two clock events when nothing happens: every 10 s, so that both ends know the line is alive."""


async def events(view: View, request: Request, after: int | None) -> AsyncIterator[bytes]:
    """Events until the reader goes away.

    Args:
        view: the watch as the reader sees it.
        request: whose end ends the stream.
        after: sequence of the last event that the reader has, or None for a new reader.
    """
    sequence = view.watch.news(1 << 62)[0] if after is None else after
    said: bytes = b""
    clock = -1
    polls = 0
    deeds = len(view.watch.deeds())
    yield b"retry: 2000\n\n"
    while not (request.app.state.stopping or await request.is_disconnected()):
        newest, changed = view.watch.news(sequence)
        for item in changed:
            shown: Alert | Fault | None
            if isinstance(item, Alert):
                name, shown = "alert", view.gate.one(item)
            else:
                name, shown = "fault", view.gate.one(item)
            if shown is not None:
                yield _event(name, shown, newest)
        sequence = newest
        done = len(view.watch.deeds())
        if done != deeds:
            yield _event("desk", {"deeds": done}, sequence)
            deeds = done
        now = view.stands()
        if now != clock or polls % CLOCK_EVERY == 0:
            clock = now
            yield _event("clock", {"event_t": now}, sequence)
        if changed or polls % CLOCK_EVERY == 0:
            state = msgspec.json.encode(status(view))
            if state != said:
                said = state
                yield _event("status", msgspec.Raw(state), sequence)
        polls += 1
        await asyncio.sleep(POLL_S)


def _event(name: str, data: Any, sequence: int) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (sequence, name.encode(), msgspec.json.encode(data))
