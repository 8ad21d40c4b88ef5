"""Receivers of outward messages that fail at times: refuse, or take a message and hang up before they say so."""

from __future__ import annotations

import hashlib
import socketserver
import threading
from collections import Counter
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Final, Literal

import numpy as np

from seawarden.simulate.draws import generator

KEY: Final = "idempotency-key"
REFUSES: Final = 0.2
"""Share of messages that are not taken."""
HANGS_UP: Final = 0.15
"""Share of messages that are taken, and whose sender is not told so."""
Mood = Literal["takes", "refuses", "hangs up"]


class Taken:
    """What a receiver has taken, and how it feels; several threads may ask."""

    def __init__(self, name: str, seed: int) -> None:
        self._draw: np.random.Generator = generator("sinks", seed, name)
        self._lock = threading.Lock()
        self.well = False
        """Whether it no longer fails."""
        self.refused = self.hung_up = 0
        self.copies: Counter[str] = Counter()
        """How often each key was taken."""
        self.bodies: dict[str, set[str]] = {}
        """Digests of what came under each key."""
        self.keys: dict[str, set[str]] = {}
        """Keys under which the same words came."""

    def mood(self) -> Mood:
        """What happens to the next message."""
        with self._lock:
            drawn = 1.0 if self.well else float(self._draw.random())
            if drawn < REFUSES:
                self.refused += 1
                return "refuses"
            if drawn < REFUSES + HANGS_UP:
                self.hung_up += 1
                return "hangs up"
            return "takes"

    def take(self, key: str, words: bytes) -> None:
        """Take a message."""
        digest = hashlib.sha256(words).hexdigest()
        with self._lock:
            self.copies[key] += 1
            self.bodies.setdefault(key, set()).add(digest)
            self.keys.setdefault(digest, set()).add(key)


class Webhook:
    """Takes webhooks on this machine."""

    def __init__(self, seed: int) -> None:
        taken = self.taken = Taken("webhook", seed)

        class Handler(BaseHTTPRequestHandler):
            """One request."""

            def do_POST(self) -> None:
                """Take it, or not."""
                words = self.rfile.read(int(self.headers.get("content-length", 0)))
                mood = taken.mood()
                if mood == "refuses":
                    self.send_error(503)
                    return
                taken.take(self.headers.get(KEY, ""), self.path.encode() + words)
                if mood == "takes":
                    self.send_response(204)
                    self.end_headers()
                else:
                    self.close_connection = True
                    self.connection.close()

            def log_message(self, format: str, *args: Any) -> None:
                """Be silent."""

            def handle(self) -> None:
                """Answer, or lose the line."""
                try:
                    super().handle()
                except (OSError, ValueError):
                    self.close_connection = True

            def finish(self) -> None:
                """End, whether the line is there or not."""
                try:
                    super().finish()
                except (OSError, ValueError):
                    self.close_connection = True

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        """Take no more."""
        self._server.shutdown()
        self._server.server_close()


class Mail:
    """Takes mail on this machine: as much of SMTP (RFC 5321) as a sender needs."""

    WORDS: ClassVar[dict[bytes, bytes]] = {
        b"EHLO": b"250 sink\r\n",
        b"HELO": b"250 sink\r\n",
        b"MAIL": b"250 go on\r\n",
        b"RCPT": b"250 go on\r\n",
        b"RSET": b"250 forgotten\r\n",
        b"NOOP": b"250 here\r\n",
    }

    def __init__(self, seed: int) -> None:
        taken = self.taken = Taken("mail", seed)

        class Handler(socketserver.StreamRequestHandler):
            """One connection."""

            def handle(self) -> None:
                """Talk until the end."""
                try:
                    self._talk()
                except OSError:
                    return

            def _talk(self) -> None:
                self.wfile.write(b"220 sink\r\n")
                while line := self.rfile.readline():
                    word = line[:4].upper()
                    if word == b"DATA":
                        self.wfile.write(b"354 go on\r\n")
                        if not self._data():
                            return
                    elif word == b"QUIT":
                        self.wfile.write(b"221 bye\r\n")
                        return
                    else:
                        self.wfile.write(Mail.WORDS.get(word, b"502 what?\r\n"))

            def _data(self) -> bool:
                lines: list[bytes] = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line)
                mood = taken.mood()
                if line and mood != "refuses":
                    mail = message_from_bytes(b"".join(lines), policy=default)
                    part = mail.get_body(("plain", "html"))
                    words = "" if part is None else part.get_content()
                    taken.take(str(mail.get(KEY, "")), f"{mail['to']}\n{mail['subject']}\n{words}".encode())
                if mood == "hangs up" or not line:
                    return False
                self.wfile.write(b"250 taken\r\n" if mood == "takes" else b"451 not now\r\n")
                return True

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        """Take no more."""
        self._server.shutdown()
        self._server.server_close()
