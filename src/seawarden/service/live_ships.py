"""The ships of a viewport over a WebSocket, as they move: `/api/ships/live`.

The reader says which box it shows and which frame it has taken in; the next frame is made only then, of the newest.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

import msgspec
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from seawarden.service.door import Door
from seawarden.service.frame import encode
from seawarden.service.picture import EVERY_S, Painter, Picture
from seawarden.service.view import View
from seawarden.service.viewport import Ask, Viewport, box_of

router = APIRouter(prefix="/api")

ASK_AT_MOST: Final = 1_024
"""Characters of what a reader says."""
MOVED_S: Final = 0.1
"""A reader who moved the map waits no longer than this for what came into view."""
LOOK_S: Final = 0.25
"""How long the end of the server, or of a sign-in, goes unseen at most by somebody who waits."""
SIGNED_IN_S: Final = 10.0
"""How long a sign-in that has ended goes on being served."""
ENDS: Final = 1001
SIGNED_OUT: Final = 4401
NOT_UNDERSTOOD: Final = 4400


class Line:
    """One reader's end: what was said last, and what is on the way."""

    def __init__(self) -> None:
        self.viewport: Viewport | None = None
        self.waits_for = 0
        """Sequence of the frame that was sent and not yet taken in; 0: none."""
        self.moved = False
        """Whether the box is another since the last frame."""
        self.trouble = ""
        self.closed = False
        self.news = asyncio.Event()

    def heard(self, text: str) -> None:
        """Take what the reader said."""
        try:
            if len(text) > ASK_AT_MOST:
                raise ValueError(f"more than {ASK_AT_MOST} characters")
            ask = msgspec.json.decode(text, type=Ask)
            if ask.box is not None:
                box = box_of(ask.box)
                if self.viewport is None:
                    self.viewport = Viewport(box)
                self.moved = self.moved or self.viewport.box != box
                self.viewport.box = box
        except (ValueError, msgspec.MsgspecError) as error:
            self.trouble = str(error)
        else:
            if ask.got is not None and ask.got >= self.waits_for:
                self.waits_for = 0
        self.news.set()

    @property
    def ready(self) -> bool:
        """Whether a frame can be sent."""
        return self.viewport is not None and not self.waits_for


@router.websocket("/ships/live")
async def ships_live(socket: WebSocket) -> None:
    """Serve one reader until either end goes."""
    await socket.accept()
    line = Line()
    hearing = asyncio.create_task(_hear(socket, line))
    try:
        with suppress(WebSocketDisconnect, RuntimeError):  # gone while it was written to
            code, reason = await _tell(socket, line)
            if not line.closed:
                await socket.close(code, reason[:100])
    finally:
        hearing.cancel()


async def _hear(socket: WebSocket, line: Line) -> None:
    try:
        async for text in socket.iter_text():
            line.heard(text)
    except (KeyError, RuntimeError):
        line.trouble = "say it as text"
    line.closed = not line.trouble
    line.news.set()


async def _tell(socket: WebSocket, line: Line) -> tuple[int, str]:
    """Send frames; returns why it ended."""
    clock = asyncio.get_running_loop().time
    door: Door = socket.app.state.door
    next_s = sent_s = known_s = clock()
    painter = painter_of(socket, door.view(socket.state.person))
    while not (line.closed or line.trouble):
        if socket.app.state.stopping:
            return ENDS, "the server ends"
        if clock() - known_s > SIGNED_IN_S:
            person = await asyncio.to_thread(door.person, socket.headers)
            if person is None:
                return SIGNED_OUT, "sign in first"
            painter, known_s = painter_of(socket, door.view(person)), clock()
        wait_s = (min(next_s, sent_s + MOVED_S) if line.moved else next_s) - clock()
        if line.ready and wait_s <= 0:
            assert line.viewport is not None
            picture: Picture = await asyncio.to_thread(painter.picture)
            frame = line.viewport.frame(picture)
            line.waits_for, line.moved = frame.sequence, False
            sent_s = clock()
            next_s = sent_s + EVERY_S
            await socket.send_bytes(encode(frame))
            continue
        line.news.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(line.news.wait(), min(LOOK_S, wait_s) if line.ready else LOOK_S)
    return NOT_UNDERSTOOD, line.trouble


def painter_of(socket: WebSocket, view: View) -> Painter:
    """The painter of a view, one for all readers with the same rights."""
    held: dict[int, Painter] = socket.app.state.painters
    return held.setdefault(id(view), Painter(view))
