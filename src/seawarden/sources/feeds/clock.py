"""The machine's clock at the edge: it runs on by itself when somebody sets the machine's clock to another time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from seawarden.model.position import NO_TIME

SLEW_S: Final = 2.0
"""Differences up to this are followed at once: time servers correct by less."""
SETTLE_S: Final = 120.0
"""A clock that was set to another time is followed when it has stood by it for this long."""


class EdgeClock:
    """Milliseconds UTC that never jump; safe to use from several threads.

    Args:
        wall: seconds since 1970, as the machine says.
        steady: seconds since some moment, as the machine counts.
        floor_ms: the time can't be before this (the newest time of the journal), ms.
    """

    speed = 1.0
    """Seconds of this clock in a second of the machine."""

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
        *,
        floor_ms: int = NO_TIME,
    ) -> None:
        self._wall, self.steady = wall, steady
        self._lock = threading.Lock()
        now = wall()
        self.behind_s = 0.0
        """How far the machine's clock was before the journal's end when this began, s."""
        if floor_ms != NO_TIME and now * 1000 < floor_ms:
            self.behind_s = floor_ms / 1000 - now
            now = floor_ms / 1000
        self._offset = now - steady()
        self._since: float | None = None
        self._apart = self.behind_s and -self.behind_s

    def now(self) -> int:
        """The time, ms."""
        with self._lock:
            steady = self.steady()
            offset = self._wall() - steady
            apart = offset - self._offset
            if abs(apart) <= SLEW_S:
                self._offset, self._since, self._apart = offset, None, 0.0
            elif self._since is None or abs(apart - self._apart) > SLEW_S:
                self._since, self._apart = steady, apart
            elif steady - self._since >= SETTLE_S and not (self.behind_s and apart < 0):
                self._offset, self._since, self._apart = offset, None, 0.0
            return int((steady + self._offset) * 1000)

    def sentence(self) -> str:
        """What is wrong with the machine's clock; empty when nothing is."""
        if not self._apart:
            return ""
        way = "forward" if self._apart > 0 else "back"
        return (
            f"the machine's clock was set {way} by {abs(self._apart):,.0f} s: reception is timed by the time before, "
            f"until it has stood for {SETTLE_S:.0f} s; is its time service well?"
        )
