"""A receiver on a serial line."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from seawarden.sources.feeds.failure import LinkError
from seawarden.sources.feeds.link import Chunk

BAUD: Final = 38_400
"""AIS receivers speak at this speed (IEC 61162-2)."""
AT_ONCE: Final = 65_536


class SerialLink:
    """Reads a serial device.

    Args:
        device: its path or name.
        baud: speed, bits a second.
        now: the edge's clock, ms.
    """

    whole = False
    silence_ends = True
    lossy = True
    pause_s = 0.0

    def __init__(self, device: str, *, baud: int = BAUD, now: Callable[[], int]) -> None:
        self.where = device
        self._baud, self._now = baud, now
        self._line: Any = None

    def open(self) -> None:
        """Open the device."""
        import serial

        try:
            self._line = serial.Serial(self.where, self._baud, timeout=0.2, exclusive=True)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise LinkError(
                "device", f"{self.where}: can't be opened ({reason}): is the receiver plugged in, may we read it?"
            ) from None

    def read(self, timeout_s: float) -> list[Chunk]:
        """One piece of the stream."""
        line = self._line
        if line is None:
            raise LinkError("down", f"{self.where}: not open")
        try:
            line.timeout = timeout_s
            data = line.read(1)
            if data:
                data += line.read(min(line.in_waiting, AT_ONCE))
        except (OSError, TypeError) as error:  # TypeError: closed from another thread
            raise LinkError("device", f"{self.where}: the receiver is gone ({error})") from None
        return [Chunk(self._now(), bytes(data))] if data else []

    def close(self) -> None:
        """Close the device."""
        line, self._line = self._line, None
        if line is not None:
            with suppress(OSError):
                line.close()
