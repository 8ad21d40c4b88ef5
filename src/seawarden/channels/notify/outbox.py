"""What is to be sent, kept on the disk until it has been: at least once, each with a key that the receiver can use
to drop a repeat, never made twice.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec

from seawarden.model.alert import AlertState, Tier
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
CREATE TABLE IF NOT EXISTS people (person TEXT PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS heard (
  person TEXT NOT NULL, alert TEXT NOT NULL, revision INTEGER NOT NULL, tier TEXT NOT NULL, state TEXT NOT NULL,
  PRIMARY KEY (person, alert)
) STRICT;
CREATE TABLE IF NOT EXISTS threads (
  person TEXT NOT NULL, thread TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (person, thread)
) STRICT;
CREATE TABLE IF NOT EXISTS about (
  alert TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (alert, key)
) STRICT, WITHOUT ROWID;
"""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """One message that has not been sent."""

    key: str
    """Idempotency key: case, revision, person and way."""
    person: str
    target: str
    body: bytes
    tries: int


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """How far one person has been told of an alert, or would have been had they wanted to be."""

    revision: int
    tier: Tier
    state: AlertState


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A message to be taken."""

    key: str
    target: str
    body: bytes
    about: tuple[str, ...] = ()
    """Ids of the alerts that it tells of."""


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

    def __init__(self, path: str | Path, *, back_off_s: Sequence[float] = BACK_OFF_S) -> None:
        """Open the outbox, made when it is not there.

        Args:
            path: the file.
            back_off_s: waits between tries.

        Raises:
            StoreError: the file can't be opened.
        """
        self._lock = threading.RLock()
        self._path = path
        self._back_off_s = back_off_s
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

    def knows(self, person: str) -> bool:
        """Whether a person has been followed before."""
        return self._do("SELECT 1 FROM people WHERE person = ?", (person,)).fetchone() is not None

    def heard(self, person: str) -> dict[str, Heard]:
        """How far a person has been told, by alert."""
        rows = self._do("SELECT alert, revision, tier, state FROM heard WHERE person = ?", (person,)).fetchall()
        return {alert: Heard(revision=revision, tier=tier, state=state) for alert, revision, tier, state in rows}

    def threads(self, person: str) -> list[bytes]:
        """What was kept of a person's threads, in order of their names."""
        rows = self._do("SELECT body FROM threads WHERE person = ? ORDER BY thread", (person,)).fetchall()
        return [body for (body,) in rows]

    def about(self, alert: str) -> set[str]:
        """Keys of the messages that tell of an alert."""
        return {key for (key,) in self._do("SELECT key FROM about WHERE alert = ?", (alert,)).fetchall()}

    def named(self, person: str) -> set[str]:
        """Ids of the alerts that messages to a person tell of."""
        query = "SELECT DISTINCT alert FROM about JOIN messages USING (key) WHERE person = ?"
        return {alert for (alert,) in self._do(query, (person,)).fetchall()}

    def take(
        self,
        person: str,
        heard: Mapping[str, Heard],
        letters: Iterable[Letter],
        now: float,
        threads: Mapping[str, bytes] | None = None,
    ) -> int:
        """Take what a person is to be told, and how far they then are: all or nothing; returns how many are new.

        Args:
            person: who.
            heard: how far, by alert.
            letters: the messages.
            now: the machine's clock, s.
            threads: threads that changed, by name.

        Raises:
            StoreError: the file can't be written; nothing was taken.
        """
        with self._lock:
            self._do("BEGIN IMMEDIATE", ())
            try:
                self._do("INSERT OR IGNORE INTO people VALUES (?)", (person,))
                for alert, far in heard.items():
                    values = person, alert, far.revision, far.tier, far.state
                    self._do("INSERT OR REPLACE INTO heard VALUES (?, ?, ?, ?, ?)", values)
                for name, body in (threads or {}).items():
                    self._do("INSERT OR REPLACE INTO threads VALUES (?, ?, ?)", (person, name, body))
                taken = 0
                for letter in letters:
                    taken += self.put(letter.key, person, letter.target, letter.body, now)
                    for alert in letter.about:
                        self._do("INSERT OR IGNORE INTO about VALUES (?, ?)", (alert, letter.key))
                self._do("COMMIT", ())
            except StoreError:
                with suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
                raise
            return taken

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
        wait = self._back_off_s[min(tries, len(self._back_off_s) - 1)]
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
