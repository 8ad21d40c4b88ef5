"""A station that sends positions over TCP as their times come, on a clock that several processes share."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

import numpy as np

from seawarden.evaluate.live.lines import sentences
from seawarden.model.position import Positions
from seawarden.sources.feeds.clock import EdgeClock


class SharedClock(EdgeClock):
    """Starts at a time of the past at a moment of the machine's steady clock, and runs faster.

    Args:
        start_ms: where it starts, ms.
        began_s: when, on the steady clock (`time.monotonic`), which all processes of a machine share.
        speed: its seconds in a second of the machine.
    """

    def __init__(self, start_ms: int, began_s: float, speed: float) -> None:
        super().__init__()
        self._start_ms, self._began_s, self.speed = start_ms, began_s, speed

    def now(self) -> int:
        """The time, ms."""
        return self._start_ms + int((time.monotonic() - self._began_s) * 1000 * self.speed)


class Station:
    """Serves one caller at a time with what is due; what was due while nobody called is lost.

    Args:
        positions: in order of time.
        clock: when they are due.
        every_s: time between two deliveries.
    """

    def __init__(self, positions: Positions, clock: EdgeClock, every_s: float = 0.02) -> None:
        self._lines = sentences(positions)
        self._t = positions.t
        self._clock, self._every_s = clock, every_s
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self.sent = 0
        self.behind_s = 0.0
        """Longest time that a delivery was late, because the caller did not take it, s."""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def over(self) -> bool:
        """Whether all is due."""
        return self._clock.now() > int(self._t[-1])

    def close(self) -> None:
        """Send no more."""
        self._stop.set()
        self._door.close()

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                self._door.settimeout(0.2)
                line, _ = self._door.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            with suppress(OSError), line:
                line.settimeout(None)
                self._send(line)

    def _send(self, line: socket.socket) -> None:
        at = int(np.searchsorted(self._t, self._clock.now()))
        while not self._stop.is_set():
            now = self._clock.now()
            end = int(np.searchsorted(self._t, now, side="right"))
            if end > at:
                line.sendall(self._lines[at:end].tobytes())
                self.sent += end - at
                late = (self._clock.now() - now) / 1000.0 / self._clock.speed
                self.behind_s = max(self.behind_s, late)
                at = end
            self._stop.wait(self._every_s)
