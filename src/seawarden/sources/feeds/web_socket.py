"""Messages over a WebSocket, with or without TLS."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Final

from seawarden.sources.feeds.failure import LinkError, failure_of
from seawarden.sources.feeds.link import Chunk

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

AT_ONCE: Final = 5_000
LARGEST: Final = 4 << 20
"""A larger message than this is no position report."""


class WebSocketLink:
    """Calls a WebSocket server and says what it wants.

    Args:
        url: ws or wss address.
        where: host and port, for a sentence.
        connect_s: time to connect.
        now: the edge's clock, ms.
        context: TLS, for wss.
        hello: sent once the line stands: what is subscribed to, key included; asked for at each call.
    """

    whole = True
    silence_ends = True
    lossy = True
    pause_s = 0.0

    def __init__(
        self,
        url: str,
        where: str,
        *,
        connect_s: float,
        now: Callable[[], int],
        context: ssl.SSLContext | None = None,
        hello: Callable[[], bytes] | None = None,
    ) -> None:
        self.where = where
        self._url, self._connect_s, self._now = url, connect_s, now
        self._context, self._hello = context, hello
        self._line: ClientConnection | None = None
        self._held = ExitStack()

    def open(self) -> None:
        """Connect and subscribe."""
        from websockets.exceptions import InvalidHandshake, InvalidStatus, WebSocketException
        from websockets.sync.client import connect

        try:
            line = self._held.enter_context(
                connect(
                    self._url,
                    ssl=self._context,
                    open_timeout=self._connect_s,
                    close_timeout=1,
                    max_size=LARGEST,
                    compression=None,
                    proxy=None,
                )
            )
            if self._hello is not None:
                line.send(self._hello().decode())
        except InvalidStatus as error:
            raise _refused(error.response.status_code, self.where) from None
        except InvalidHandshake as error:
            raise LinkError("protocol", f"{self.where}: does not speak WebSocket there ({error})") from None
        except (OSError, WebSocketException) as error:
            raise failure_of(error, self.where) from None
        self._line = line

    def read(self, timeout_s: float) -> list[Chunk]:
        """All messages that wait."""
        from websockets.exceptions import ConnectionClosed

        line = self._line
        if line is None:
            raise LinkError("down", f"{self.where}: not connected")
        found: list[Chunk] = []
        wait = timeout_s
        try:
            while len(found) < AT_ONCE:
                message = line.recv(timeout=wait)
                data = message.encode() if isinstance(message, str) else message
                found.append(Chunk(self._now(), data))
                wait = 0.0
        except TimeoutError:
            pass
        except ConnectionClosed as error:
            if found:
                return found
            said = error.rcvd.reason if error.rcvd is not None and error.rcvd.reason else ""
            code = f" ({error.rcvd.code}{': ' + said if said else ''})" if error.rcvd is not None else ""
            raise LinkError("ended", f"{self.where}: the other side hung up{code}") from None
        return found

    def close(self) -> None:
        """Hang up."""
        self._line = None
        with suppress(Exception):
            self._held.close()


def _refused(status: int, where: str) -> LinkError:
    if status in (401, 403):
        return LinkError("sign_in", f"{where}: it does not let us in ({status}): are user and key right?")
    if status in (404, 410):
        return LinkError("no_such_place", f"{where}: there is nothing at that path ({status}): is the address right?")
    if status == 429:
        return LinkError("refused_connection", f"{where}: it was called too often ({status})")
    return LinkError("down", f"{where}: it answers {status}")
