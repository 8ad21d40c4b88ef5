"""The page clients of a load: one process, one loop, each with an event stream and the ships of a viewport.

They read as a page does, take in each frame of ships, and note when each alert came; they draw nothing.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, Final

import msgspec
import websockets

BOX_DEG: Final = (0.9, 0.6)
"""Width and height of what each client has on the screen."""
BOXES: Final = ((3.0, 7.5), (54.6, 57.4))
RETRY_S: Final = 0.5


class _Ship(msgspec.Struct):
    mmsi: int


class _Alert(msgspec.Struct):
    id: str
    revision: int
    known_from_t: int
    tier: str
    state: str
    ship: _Ship


class Heard(msgspec.Struct, array_like=True):
    """An alert's revision as it came to one client."""

    client: int
    arrived_t: int
    """The machine's clock, ms."""
    id: str
    revision: int
    known_from_t: int
    tier: str
    mmsi: int


class ReadReport(msgspec.Struct, kw_only=True):
    """What the clients got."""

    heard: list[Heard]
    events: int = 0
    frames: int = 0
    """Frames of ships."""
    bytes: int = 0
    broken: int = 0
    """Times that a line broke."""
    cpu_s: float = 0.0


class Readers:
    """A process of page clients, reading until it is ended.

    Args:
        port: of the page, on this machine.
        clients: how many.
    """

    def __init__(self, port: int, clients: int) -> None:
        context: Any = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_read, args=(theirs, port, clients), daemon=True, name="readers")
        self._process.start()
        theirs.close()

    def end(self, timeout_s: float = 60.0) -> ReadReport:
        """Read no more; what was read."""
        self._line.send("end")
        if not self._line.poll(timeout_s):
            raise RuntimeError("the page clients did not end")
        report = msgspec.json.decode(self._line.recv(), type=ReadReport)
        self._process.join(10)
        return report

    def close(self) -> None:
        """End the process."""
        self._process.terminate()


def _read(line: Connection, port: int, clients: int) -> None:
    report = ReadReport(heard=[])
    asyncio.run(_all(line, port, clients, report))
    report.cpu_s = round(time.process_time(), 2)
    line.send(msgspec.json.encode(report))


async def _all(line: Connection, port: int, clients: int, report: ReadReport) -> None:
    tasks = [asyncio.create_task(_again(_events, port, k, report)) for k in range(clients)]
    tasks += [asyncio.create_task(_again(_ships, port, k, report)) for k in range(clients)]
    await asyncio.to_thread(line.recv)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _again(read: Any, port: int, client: int, report: ReadReport) -> None:
    while True:
        with suppress(OSError, websockets.WebSocketException, ValueError):
            await read(port, client, report)
        report.broken += 1
        await asyncio.sleep(RETRY_S)


async def _events(port: int, client: int, report: ReadReport) -> None:
    decoder = msgspec.json.Decoder(_Alert)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
    try:
        asked = ["GET /api/stream HTTP/1.1", f"Host: 127.0.0.1:{port}", "Accept: text/event-stream", "", ""]
        writer.write("\r\n".join(asked).encode())
        name = b""
        while text := await reader.readline():
            report.bytes += len(text)
            if text.startswith(b"event: "):
                name = text[7:].strip()
                report.events += 1
            elif text.startswith(b"data: ") and name == b"alert":
                now = time.time_ns() // 1_000_000
                alert = decoder.decode(text[6:])
                report.heard.append(
                    Heard(client, now, alert.id, alert.revision, alert.known_from_t, alert.tier, alert.ship.mmsi)
                )
    finally:
        writer.close()


async def _ships(port: int, client: int, report: ReadReport) -> None:
    west = BOXES[0][0] + (BOXES[0][1] - BOXES[0][0] - BOX_DEG[0]) * (client % 10) / 9
    south = BOXES[1][0] + (BOXES[1][1] - BOXES[1][0] - BOX_DEG[1]) * (client // 10 % 5) / 4
    box = [west, south, west + BOX_DEG[0], south + BOX_DEG[1]]
    url = f"ws://127.0.0.1:{port}/api/ships/live"
    async with websockets.connect(url, max_size=1 << 26, compression=None, proxy=None) as line:
        await line.send(msgspec.json.encode({"box": box}).decode())
        async for data in line:
            if isinstance(data, bytes):
                report.frames += 1
                report.bytes += len(data)
                sequence = int.from_bytes(data[8:12], "little")
                await line.send(f'{{"got":{sequence}}}')
