"""What every answer carries and what every request must show, before any accounts exist."""

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


def check_host(host: str) -> None:
    """Refuse to listen where others could reach it.

    Raises:
        UsageError: not a loopback address.
    """
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise UsageError(
            f"{host}: only this machine may reach the page, since there are no accounts yet: use 127.0.0.1 "
            "(from elsewhere, tunnel to it, for example with ssh -L 8600:127.0.0.1:8600)"
        )


class Guard:
    """Turns away other names for this machine and other sites' requests, and adds the headers.

    A page elsewhere could have its own name resolve to 127.0.0.1 (rebinding) or post to it blindly; the `Host` and
    `Origin` headers tell.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        api = scope["path"].startswith("/api/")

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
        if _name(host) not in LOCAL_NAMES:
            answer = failure(421, "this watch answers to localhost and 127.0.0.1 only")
        elif scope["method"] not in ("GET", "HEAD") and origin is not None and urlsplit(origin).netloc != host:
            answer = failure(403, "a request from another site is not taken")
        await answer(scope, receive, send_guarded)


def _name(host: str) -> str:
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name if name in LOCAL_NAMES or not ipaddress.ip_address(name).is_loopback else "127.0.0.1"
    except ValueError:
        return ""
