"""A server on this machine that speaks as the public ones do, and breaks in the ways that they break."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit


class Asked(NamedTuple):
    path: str
    query: dict[str, str]
    headers: dict[str, str]


class Reply(NamedTuple):
    status: int = 200
    body: bytes = b""
    kind: str = "application/octet-stream"
    headers: dict[str, str] = {}  # noqa: RUF012
    cut: int | None = None
    """Send only so many bytes, though all are promised."""
    chunked: bool = False


Answer = Callable[[Asked], Reply]


class StandIn:
    def __init__(self, base: str) -> None:
        self.base = base
        self.asked: list[Asked] = []
        self.answers: dict[str, list[Answer]] = {}

    def serve(self, path: str, *answers: Answer | Reply) -> None:
        """Answer this path with each of these in turn; the last stays."""
        self.answers[path] = [one if callable(one) else _always(one) for one in answers]

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        waiting = self.answers.get(asked.path)
        if not waiting:
            return Reply(404, b"<Error><Code>NoSuchKey</Code></Error>", "application/xml")
        return (waiting.pop(0) if len(waiting) > 1 else waiting[0])(asked)

    def file(
        self, body: bytes, etag: str = '"one"', kind: str = "application/octet-stream", cut: int | None = None
    ) -> Answer:
        """A file as object stores serve it: ranges (RFC 9110, 14), conditional requests, an ETag."""

        def reply(asked: Asked) -> Reply:
            headers = {"ETag": etag, "Last-Modified": "Sat, 01 Nov 2025 06:00:00 GMT", "Accept-Ranges": "bytes"}
            if asked.headers.get("if-none-match") == etag:
                return Reply(304, headers=headers)
            wanted = re.fullmatch(r"bytes=(\d+)-", asked.headers.get("range", ""))
            if wanted and asked.headers.get("if-range", etag) == etag:
                start = int(wanted[1])
                if start >= len(body):
                    return Reply(416, headers={**headers, "Content-Range": f"bytes */{len(body)}"})
                headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
                return Reply(206, body[start:], kind, headers, cut)
            return Reply(200, body, kind, headers, cut)

        return reply


def _always(reply: Reply) -> Answer:
    return lambda asked: reply


@contextmanager
def running() -> Iterator[StandIn]:
    """A stand-in on a free port of the loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = stand_in.answer(Asked(unquote(parts.path), dict(parse_qsl(parts.query)), headers))
            self.send_response(reply.status)
            self.send_header("Connection", "close")
            if reply.body or reply.status == 200:
                self.send_header("Content-Type", reply.kind)
            if reply.chunked:
                self.send_header("Transfer-Encoding", "chunked")
            elif reply.status != 304:
                self.send_header("Content-Length", str(len(reply.body)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            body = reply.body[: reply.cut]
            if reply.chunked:
                self.wfile.write(f"{len(reply.body):x}\r\n".encode() + body)
                if reply.cut is None:
                    self.wfile.write(b"\r\n0\r\n\r\n")
            else:
                self.wfile.write(body)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand_in = StandIn(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
