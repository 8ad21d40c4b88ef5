"""What is to be sent, kept on the disk until it has been: at least once, each with a key that the receiver can use
to drop a repeat, never made twice.
"""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any, Final

import msgspec

from seawarden.model.error import StoreError

OUTBOX: Final = "outbox.db"
"""Name of the file in a folder of a run."""
BACK_OFF_S: Final = (5.0, 15.0, 60.0, 300.0, 900.0)
"""Waits between tries; the last one goes on for a day."""
GIVE_UP_S: Final = 86_400.0

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS messages (
  key TEXT PRIMARY KEY, person TEXT NOT NULL, target TEXT NOT NULL, body BLOB NOT NULL, made REAL NOT NULL,
  due REAL NOT NULL, tries INTEGER NOT NULL, sent REAL, failed TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS waiting ON messages (due) WHERE sent IS NULL;
"""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """One message that has not been sent."""

    key: str
    """Idempotency key: alert, revision, person and way."""
    person: str
    target: str
    body: bytes
    tries: int


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a message, for the log; the address is left out: it may hold a secret."""

    key: str
    person: str
    made: float
    tries: int
    sent: float | None
    failed: str


class Outbox:
    """The messages of one node; safe to use from several threads."""

    def __init__(self, path: str | Path) -> None:
        """Open the outbox, made when it is not there.

        Raises:
            StoreError: the file can't be opened.
        """
        self._lock = threading.RLock()
        self._path = path
        try:
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise StoreError(f"{path}: can't be opened as an outbox ({error})") from None

    def put(self, key: str, person: str, target: str, body: bytes, now: float) -> bool:
        """Take a message; False when one with its key was taken before.

        Raises:
            StoreError: the file can't be written.
        """
        done = self._do(
            "INSERT OR IGNORE INTO messages VALUES (?, ?, ?, ?, ?, ?, 0, NULL, '')",
            (key, person, target, body, now, now),
        )
        return done.rowcount == 1

    def due(self, now: float, limit: int = 50) -> list[Waiting]:
        """Messages whose time has come, oldest first."""
        rows = self._do(
            "SELECT key, person, target, body, tries FROM messages WHERE sent IS NULL AND due <= ? AND made > ? "
            "ORDER BY made, key LIMIT ?",
            (now, now - GIVE_UP_S, limit),
        ).fetchall()
        return [Waiting(**dict(zip(Waiting.__struct_fields__, row, strict=True))) for row in rows]

    def sent(self, key: str, now: float) -> None:
        """It has been sent."""
        self._do("UPDATE messages SET sent = ?, tries = tries + 1, failed = '' WHERE key = ?", (now, key))

    def failed(self, key: str, tries: int, why: str, now: float) -> None:
        """It could not be sent: another try later."""
        wait = BACK_OFF_S[min(tries, len(BACK_OFF_S) - 1)]
        self._do(
            "UPDATE messages SET tries = tries + 1, due = ?, failed = ? WHERE key = ?", (now + wait, why[:300], key)
        )

    def log(self, limit: int = 200) -> list[Delivered]:
        """What became of the latest messages, newest first."""
        rows = self._do(
            "SELECT key, person, made, tries, sent, failed FROM messages ORDER BY made DESC, key LIMIT ?", (limit,)
        ).fetchall()
        return [Delivered(**dict(zip(Delivered.__struct_fields__, row, strict=True))) for row in rows]

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _do(self, query: str, values: tuple[Any, ...]) -> sqlite3.Cursor:
        try:
            with self._lock:
                return self._db.execute(query, values)
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: the outbox can't be used ({error})") from None
