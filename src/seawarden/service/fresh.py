"""Nothing is sent to somebody who has it already: an ETag on every answer in JSON, and 304 where it is the same."""

from __future__ import annotations

import hashlib
from collections.abc import MutableMapping
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

UNDER: Final = ("/api/", "/ogc")
JSON: Final = "application/json"
KEPT: Final = ("cache-control", "etag", "link", "vary", "content-location", "date", "expires")
"""Headers of an answer that a 304 carries as well (RFC 9110, 15.4.5)."""


def tag_of(data: bytes) -> str:
    """The strong ETag of an answer."""
    return f'"{hashlib.sha256(data).hexdigest()[:32]}"'


def has_it(if_none_match: str, tag: str) -> bool:
    """Whether a reader's `If-None-Match` names a tag (RFC 9110, 13.1.2): weak and strong count alike."""
    named = [part.strip() for part in if_none_match.split(",")]
    return "*" in named or tag in [part.removeprefix("W/") for part in named]


class Fresh:
    """Gives each whole answer in JSON its ETag."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(UNDER):
            await self._app(scope, receive, send)
            return
        known = Headers(scope=scope).get("if-none-match", "")
        start: MutableMapping[str, Any] | None = None
        parts: list[bytes] = []

        async def send_tagged(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                headers = Headers(raw=message["headers"])
                whole = message["status"] == 200 and headers.get("content-type", "").startswith(JSON)
                if whole and "etag" not in headers:
                    start = message
                    return
            if start is None or message["type"] != "http.response.body":
                await send(message)
                return
            parts.append(message.get("body", b""))
            if message.get("more_body", False):
                return
            data = b"".join(parts)
            tag = tag_of(data)
            MutableHeaders(scope=start)["etag"] = tag
            if known and has_it(known, tag):
                start["status"] = 304
                start["headers"] = [pair for pair in start["headers"] if pair[0].decode() in KEPT]
                data = b""
            await send(start)
            await send({"type": "http.response.body", "body": data})

        await self._app(scope, receive, send_tagged)
