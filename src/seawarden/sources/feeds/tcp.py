"""Streams over TCP: calling a server, or being called by stations."""

from __future__ import annotations

import selectors
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from seawarden.sources.feeds.failure import LinkError, failure_of
from seawarden.sources.feeds.link import Chunk

BLOCK: Final = 1 << 18
"""Bytes read at once: a quarter of a second of a busy feed."""
BLOCKS_AT_ONCE: Final = 256
"""Blocks read before anything is made of them: what waits is read to its end, so that the newest is among it."""
CALLERS: Final = 64
"""Stations that may be connected to one listening feed."""


def alive(line: socket.socket) -> None:
    """Let the system ask a silent other side whether it is still there."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, name):
            line.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


class TcpLink:
    """Calls a server that sends lines, as Kystverket's and most receivers' do.

    Args:
        host: name or address.
        port: TCP port.
        connect_s: time to connect.
        now: the edge's clock, ms.
        context: for a line over TLS.
    """

    whole = False
    silence_ends = True
    lossy = True
    pause_s = 0.0

    def __init__(
        self,
        host: str,
        port: int,
        *,
        connect_s: float,
        now: Callable[[], int],
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.where = f"{host}:{port}"
        self._host, self._port = host, port
        self._connect_s, self._now, self._context = connect_s, now, context
        self._line: socket.socket | None = None

    def open(self) -> None:
        """Connect."""
        try:
            line = socket.create_connection((self._host, self._port), self._connect_s)
            alive(line)
            if self._context is not None:
                line = self._context.wrap_socket(line, server_hostname=self._host)
        except (OSError, ValueError) as error:
            raise failure_of(error, self.where) from None
        self._line = line

    def read(self, timeout_s: float) -> list[Chunk]:
        """All of the stream that has come."""
        line = self._line
        if line is None:
            raise LinkError("down", f"{self.where}: not connected")
        try:
            line.settimeout(timeout_s)
            data = line.recv(BLOCK)
        except (TimeoutError, ssl.SSLWantReadError):
            return []
        except (OSError, ValueError) as error:
            raise failure_of(error, self.where) from None
        if not data:
            raise LinkError("ended", f"{self.where}: the other side hung up")
        return [Chunk(self._now(), data), *self._waiting(line, len(data))]

    def _waiting(self, line: socket.socket, had: int) -> list[Chunk]:
        """What else waits, when there was a whole block; an end of the line is met by the next read."""
        if had < BLOCK:
            return []
        parts: list[bytes] = []
        with suppress(OSError, ValueError):  # nothing more waits; whatever else it is will be met again
            line.setblocking(False)
            while len(parts) < BLOCKS_AT_ONCE:
                part = line.recv(BLOCK)
                if not part:
                    break
                parts.append(part)
        return [Chunk(self._now(), b"".join(parts))] if parts else []

    def close(self) -> None:
        """Hang up."""
        line, self._line = self._line, None
        if line is not None:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()


class TcpListenLink:
    """Waits for stations to call and send lines; each caller's lines are kept apart.

    Args:
        host: address to listen on.
        port: TCP port; 0 takes a free one, which `port` tells once it is open.
        now: the edge's clock, ms.
    """

    whole = False
    silence_ends = False
    lossy = True
    pause_s = 0.0

    def __init__(self, host: str, port: int, *, now: Callable[[], int]) -> None:
        self._host, self.port, self._now = host, port, now
        self.where = f"{host}:{port} (listening)"
        self._door: socket.socket | None = None
        self._selector: selectors.BaseSelector | None = None
        self._rest: dict[socket.socket, bytes] = {}

    def open(self) -> None:
        """Listen."""
        try:
            family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
            door = socket.socket(family, socket.SOCK_STREAM)
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                door.bind((self._host, self.port))
                door.listen(CALLERS)
            except OSError as error:
                door.close()
                sentence = f"{self._host}:{self.port}: can't listen there ({error.strerror or error})"
                raise LinkError("address", sentence) from None
        except OSError as error:
            raise failure_of(error, self.where) from None
        door.setblocking(False)
        self.port = door.getsockname()[1]
        self._door, self._rest = door, {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(door, selectors.EVENT_READ)

    def read(self, timeout_s: float) -> list[Chunk]:
        """Whole lines of all callers, as they came."""
        selector, door = self._selector, self._door
        if selector is None or door is None:
            raise LinkError("down", f"{self.where}: not listening")
        found: list[Chunk] = []
        try:
            ready = selector.select(timeout_s)
        except (OSError, ValueError) as error:
            raise failure_of(error if isinstance(error, OSError) else OSError(str(error)), self.where) from None
        for key, _ in ready:
            line = key.fileobj
            assert isinstance(line, socket.socket)
            if line is door:
                self._answer(door)
            else:
                found += self._heard(line)
        return found

    def close(self) -> None:
        """Hang up on all and listen no more."""
        selector, self._selector = self._selector, None
        door, self._door = self._door, None
        for line in [*self._rest, *([door] if door is not None else [])]:
            line.close()
        self._rest = {}
        if selector is not None:
            selector.close()

    def _answer(self, door: socket.socket) -> None:
        with suppress(OSError):
            line, _ = door.accept()
            if len(self._rest) >= CALLERS or self._selector is None:
                line.close()
                return
            line.setblocking(False)
            alive(line)
            self._rest[line] = b""
            self._selector.register(line, selectors.EVENT_READ)

    def _heard(self, line: socket.socket) -> list[Chunk]:
        try:
            data = line.recv(BLOCK)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        if not data:
            if self._selector is not None:
                self._selector.unregister(line)
            self._rest.pop(line, None)
            line.close()
            return []
        data = self._rest[line] + data
        end = data.rfind(b"\n") + 1
        rest = data[end:]
        if len(rest) > BLOCK:  # a caller who never ends a line: what he sent is handed on to be counted as such
            end, rest = len(data), b""
        self._rest[line] = rest
        return [Chunk(self._now(), data[:end])] if end else []
