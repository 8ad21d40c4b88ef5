"""Asking a web service again and again."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from seawarden.sources.feeds.credentials import Credentials
from seawarden.sources.feeds.failure import LinkError, failure_of
from seawarden.sources.feeds.link import Chunk

if TYPE_CHECKING:
    import httpx

LARGEST: Final = 256 << 20
"""A larger answer than this is broken off."""
EVERY_S: Final = 60.0
AGENT: Final = "seawarden"


class HttpLink:
    """Asks an address at an interval; an answer that has not changed since is not read again.

    Args:
        url: the address.
        where: host and port, for a sentence.
        every_s: time between two questions.
        connect_s: time to connect, and the longest pause within an answer.
        now: the edge's clock, ms.
        context: TLS.
        credentials: user and password, or a token that is sent as a bearer's.
    """

    whole = True
    silence_ends = False
    lossy = True
    pause_s = 0.0

    def __init__(
        self,
        url: str,
        where: str,
        *,
        every_s: float,
        connect_s: float,
        now: Callable[[], int],
        context: ssl.SSLContext,
        credentials: Credentials | None = None,
    ) -> None:
        self.where = where
        self.pause_s = every_s
        self._url, self._every_s, self._connect_s, self._now = url, every_s, connect_s, now
        self._context = context
        self._credentials = credentials or Credentials()
        self._client: httpx.Client | None = None
        self._tag = self._modified = ""
        self._due = 0.0
        self._closed = threading.Event()
        self._first: list[Chunk] = []

    def open(self) -> None:
        """Ask for the first time."""
        import httpx

        headers = {"User-Agent": AGENT, "Digitraffic-User": AGENT}
        auth = None
        if self._credentials.token:
            headers["Authorization"] = f"Bearer {self._credentials.token}"
        elif self._credentials.user:
            auth = httpx.BasicAuth(self._credentials.user, self._credentials.password)
        self._closed.clear()
        self._client = httpx.Client(
            headers=headers, auth=auth, timeout=self._connect_s, verify=self._context, follow_redirects=True,
            trust_env=True,
        )  # fmt: skip
        self._tag = self._modified = ""
        self._first = self._ask()

    def read(self, timeout_s: float) -> list[Chunk]:
        """The next answer, when it is time for it and it is another."""
        if self._first:
            found, self._first = self._first, []
            return found
        wait = self._due - time.monotonic()
        if wait > 0:
            self._closed.wait(min(wait, timeout_s))
            if self._due - time.monotonic() > 0:
                return []
        return self._ask()

    def close(self) -> None:
        """Ask no more."""
        client, self._client = self._client, None
        self._closed.set()
        if client is not None:
            client.close()

    def _ask(self) -> list[Chunk]:
        import httpx

        client = self._client
        if client is None:
            raise LinkError("down", f"{self.where}: not asking")
        headers = {}
        if self._tag:
            headers["If-None-Match"] = self._tag
        elif self._modified:
            headers["If-Modified-Since"] = self._modified
        self._due = time.monotonic() + self._every_s
        limit = time.monotonic() + max(self._every_s, 3 * self._connect_s)
        parts: list[bytes] = []
        size = 0
        try:
            with client.stream("GET", self._url, headers=headers) as answer:
                if answer.status_code == 304:
                    return [Chunk(self._now(), b" ", "unchanged")]
                self._check(answer)
                for part in answer.iter_bytes():
                    parts.append(part)
                    size += len(part)
                    if size > LARGEST:
                        raise LinkError("protocol", f"{self.where}: its answer is larger than {LARGEST >> 20} MiB")
                    if time.monotonic() > limit:
                        raise LinkError("timeout", f"{self.where}: its answer comes too slowly to be live")
                self._tag = answer.headers.get("etag", "")
                self._modified = answer.headers.get("last-modified", "")
        except httpx.TimeoutException:
            raise LinkError("timeout", f"{self.where}: no answer in time") from None
        except httpx.HTTPError as error:
            raise _cause(error, self.where) from None
        return [Chunk(self._now(), b"".join(parts), "answer")]

    def _check(self, answer: httpx.Response) -> None:
        status = answer.status_code
        if status in (401, 403):
            raise LinkError("sign_in", f"{self.where}: it does not let us in ({status}): are user and key right?")
        if status in (404, 410):
            raise LinkError("no_such_place", f"{self.where}: there is nothing at that path ({status})")
        if status == 429:
            raise LinkError("refused_connection", f"{self.where}: it was asked too often ({status})")
        if status >= 300:
            raise LinkError("down", f"{self.where}: it answers {status}")


def _cause(error: Exception, where: str) -> LinkError:
    """The network's own error behind a library's."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, (ssl.SSLError, ConnectionError)) or type(inner).__name__ == "gaierror":
            assert isinstance(inner, Exception)
            return failure_of(inner, where)
        inner = inner.__cause__ or inner.__context__
    text = str(error)
    if "refused" in text:
        return failure_of(ConnectionRefusedError(), where)
    return LinkError("down", f"{where}: {text or type(error).__name__}")
