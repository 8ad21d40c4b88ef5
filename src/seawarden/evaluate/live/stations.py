"""The stations of a load: one process, a thread each, that hands out slices of a tape when they are due."""

from __future__ import annotations

import multiprocessing
import socket
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from seawarden.evaluate.live.tape import Tape, opened
from seawarden.evaluate.live.waters import SLOT_S, STATIONS


class Sent(msgspec.Struct, kw_only=True):
    """What the stations handed out."""

    lines: list[int]
    """By station; a line counts when TCP has taken the whole of it."""
    began_t: int = 0
    """When the first slot was due, by the machine's clock, ms."""
    behind_s: float = 0.0
    """Longest time that a station was behind its schedule, because TCP did not take more."""
    seconds: float = 0.0
    """From the first slot to the last."""
    cpu_s: float = 0.0
    """CPU of this process."""


class Stations:
    """A process that sends a tape to whoever calls its four doors.

    Args:
        tape: what is sent.
        file: where it was written to.
        flat_out: send each slot as soon as TCP takes it, not when it is due.
    """

    def __init__(self, tape: Tape, file: Path, *, flat_out: bool = False) -> None:
        context: Any = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        blocks = [[tape.block(slot, k) for slot in range(tape.slots)] for k in range(STATIONS)]
        lines = np.ascontiguousarray(tape.counts.T)
        self._process = context.Process(
            target=_serve, args=(theirs, str(file), blocks, lines, flat_out), daemon=True, name="stations"
        )
        self._process.start()
        theirs.close()
        self.ports: list[int] = self._line.recv()

    def begin(self) -> None:
        """Let them send; returns at once."""
        self._line.send("begin")

    def sent(self, timeout_s: float) -> Sent | None:
        """What was sent, once all is; None when that took longer."""
        return msgspec.json.decode(self._line.recv(), type=Sent) if self._line.poll(timeout_s) else None

    def end(self, timeout_s: float = 30.0) -> Sent | None:
        """Send no more; what was sent until then."""
        self._line.send("end")
        return self.sent(timeout_s)

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.join(10)


def _serve(line: Connection, file: str, blocks: list[list[tuple[int, int]]], lines: Any, flat_out: bool) -> None:
    doors = [socket.create_server(("127.0.0.1", 0)) for _ in range(STATIONS)]
    line.send([door.getsockname()[1] for door in doors])
    callers = [door.accept()[0] for door in doors]
    line.recv()
    began, began_t, stop = time.monotonic(), time.time_ns() // 1_000_000, threading.Event()
    sent, behind = [0] * STATIONS, [0.0] * STATIONS
    data = opened(Path(file))

    def send(k: int) -> None:
        caller = callers[k]
        with suppress(OSError):
            for slot, (a, b) in enumerate(blocks[k]):
                rest = 0.0 if flat_out else began + slot * SLOT_S - time.monotonic()
                if rest > 0:
                    stop.wait(rest)
                if stop.is_set():
                    return
                caller.sendall(data[a:b])
                sent[k] += int(lines[k, slot])
                if not flat_out:
                    behind[k] = max(behind[k], time.monotonic() - began - slot * SLOT_S)

    threads = [threading.Thread(target=send, args=(k,), daemon=True) for k in range(STATIONS)]
    for thread in threads:
        thread.start()
    ended = False
    while any(thread.is_alive() for thread in threads):
        if not ended and line.poll(0.2):
            line.recv()
            ended = True
            stop.set()
    report = Sent(
        lines=sent, began_t=began_t, behind_s=round(max(behind), 3), seconds=round(time.monotonic() - began, 3),
        cpu_s=round(time.process_time(), 2),
    )  # fmt: skip
    line.send(msgspec.json.encode(report))
    with suppress(EOFError, OSError):  # the callers are held until we are ended: a closed line is a fault of a feed
        while True:
            line.recv()
