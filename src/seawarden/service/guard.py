"""What every answer carries and what every request must show, whoever asks."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seawarden.model.error import UsageError
from seawarden.service.answer import failure

HEADERS: Final = {
    "content-security-policy": (
        "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; child-src blob:; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(), camera=(), microphone=()",
}
LOCAL_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1", "testserver"})


def check_host(host: str, *, accounts: bool = False, private: bool = False) -> None:
    """Refuse to listen where others could reach it, unless they must sign in over a line that nobody else reads.

    Args:
        host: the address to listen on.
        accounts: whether everybody must sign in.
        private: whether the line is encrypted: TLS here, or a trusted proxy before it.

    Raises:
        UsageError: not a loopback address, without accounts or in the clear.
    """
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if local:
        return
    if not accounts:
        raise UsageError(
            f"{host}: others may reach the page there, and there are no accounts: name them with --accounts "
            "(`seawarden account add` makes them), or use 127.0.0.1 and tunnel to it, for example with "
            "ssh -L 8600:127.0.0.1:8600"
        )
    if not private:
        raise UsageError(
            f"{host}: passwords would travel in the clear there: give --tls-cert and --tls-key, or name the "
            "encrypting proxy before it with --behind-proxy"
        )


class Guard:
    """Turns away other names for this machine and other sites' requests, and adds the headers.

    A page elsewhere could have its own name resolve to 127.0.0.1 (rebinding) or post to it blindly; the `Host` and
    `Origin` headers tell.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str] = frozenset()) -> None:
        self._app = app
        self._names = LOCAL_NAMES | names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
            return
        asked = Headers(scope=scope)
        api = scope["path"].startswith(("/api/", "/ogc/"))

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if api:
                    headers.setdefault("cache-control", "no-store")
            await send(message)

        host, origin = asked.get("host", ""), asked.get("origin")
        answer: ASGIApp = self._app
        if _name(host) not in self._names:
            answer = failure(421, f"this watch answers to {', '.join(sorted(self._names - {'testserver'}))} only")
        elif scope["method"] not in ("GET", "HEAD") and origin is not None and urlsplit(origin).netloc != host:
            answer = failure(403, "a request from another site is not taken")
        await answer(scope, receive, send_guarded)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Headers(scope=scope)
        host, origin = asked.get("host", ""), asked.get("origin")
        if _name(host) not in self._names or (origin is not None and urlsplit(origin).netloc != host):
            await send({"type": "websocket.close", "code": 4403, "reason": "not from there"})
            return
        await self._app(scope, receive, send)


def _name(host: str) -> str:
    """The name in a `Host` header; any loopback address is 127.0.0.1."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
    try:
        return "127.0.0.1" if name not in LOCAL_NAMES and ipaddress.ip_address(name).is_loopback else name
    except ValueError:
        return name
