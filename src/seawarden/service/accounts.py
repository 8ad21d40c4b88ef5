"""Named local accounts, sign-ins and API tokens, in one SQLite file that only its owner may read.

Passwords are kept as scrypt hashes with the work factor that OWASP recommends (N = 2^17, r = 8, p = 1: 128 MiB);
sign-ins and tokens as SHA-256 of 256 random bits, which needs no slow hash. All times here are the machine's clock:
an account is the edge's affair and changes no finding.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import msgspec

from seawarden.model.error import StoreError, UsageError
from seawarden.model.person import ROLES, Person, Role
from seawarden.model.rights import Rights

SCRYPT_N: Final = 1 << 17
SCRYPT_R: Final = 8
SCRYPT_P: Final = 1
SHORTEST: Final = 12
"""Characters of a password; NIST SP 800-63B asks for 8 at the least and no rules of composition."""
SHIFT_S: Final = 12 * 3600.0
"""A sign-in lasts a shift."""
TRIES: Final = 5
"""Failed sign-ins of a name before each further one must wait."""
WAIT_S: Final = 30.0
NAME: Final = re.compile(r"[\w.@+-]{1,64}")
TOKEN_PREFIX: Final = "sw_"

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS people (
  name TEXT PRIMARY KEY, role TEXT NOT NULL, groups TEXT NOT NULL, salt BLOB NOT NULL, hash BLOB NOT NULL,
  work INTEGER NOT NULL, made REAL NOT NULL, disabled REAL
) STRICT;
CREATE TABLE IF NOT EXISTS keys (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, hash BLOB NOT NULL UNIQUE, role TEXT NOT NULL,
  made REAL NOT NULL, expires REAL NOT NULL, note TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS tries (name TEXT PRIMARY KEY, failed INTEGER NOT NULL, last REAL NOT NULL) STRICT;
"""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One account, without its secret."""

    name: str
    role: Role
    groups: tuple[str, ...]
    made: float
    """Unix seconds."""
    disabled: float | None = None


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """One API token, without its secret."""

    id: str
    name: str
    role: Role
    made: float
    expires: float
    note: str = ""


class Accounts:
    """The accounts of one node; safe to use from several threads."""

    def __init__(self, path: Path, *, work: int = SCRYPT_N) -> None:
        """Open the file, made when it is not there.

        Args:
            path: the SQLite file.
            work: scrypt's N for new passwords, a power of two.

        Raises:
            StoreError: it can't be opened, or others on this machine may read it.
        """
        self.path = path
        self._work = work
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            elif os.name == "posix" and path.stat().st_mode & 0o077:
                raise StoreError(f"{path}: others may read it; make it yours alone (chmod 600)")
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{path}: can't be opened as accounts ({error})") from None

    def people(self) -> list[Account]:
        """All accounts, by name."""
        rows = self._all("SELECT name, role, groups, made, disabled FROM people ORDER BY name")
        return [
            Account(name=name, role=role, groups=_groups(groups), made=made, disabled=disabled)
            for name, role, groups, made, disabled in rows
        ]

    def add(self, name: str, role: Role, password: str, groups: Iterable[str] = ()) -> None:
        """Make an account, or give one a new password, role and groups; its sign-ins end.

        Raises:
            UsageError: a name, role, group or password that can't be taken.
            StoreError: the file can't be written.
        """
        chosen = sorted(set(groups))
        if not NAME.fullmatch(name):
            raise UsageError(f"{name!r} can't be a name: 1-64 letters, digits and . @ + - _")
        if role not in ROLES:
            raise UsageError(f"{role!r} is no role: one of {', '.join(ROLES)}")
        if any(not NAME.fullmatch(group) for group in chosen):
            raise UsageError("a group's name has 1-64 letters, digits and . @ + - _")
        if len(password) < SHORTEST:
            raise UsageError(f"a password has at least {SHORTEST} characters")
        salt = secrets.token_bytes(16)
        values = (name, role, " ".join(chosen), salt, _slow_hash(password, salt, self._work), self._work, time.time())
        with self._lock:
            self._do("DELETE FROM keys WHERE name = ? AND kind = 'sign-in'", (name,))
            self._do("INSERT OR REPLACE INTO people VALUES (?, ?, ?, ?, ?, ?, ?, NULL)", values)
            self._do("DELETE FROM tries WHERE name = ?", (name,))

    def disable(self, name: str) -> None:
        """Close an account: its sign-ins and tokens end at once; its name stays taken, since the ledger names it.

        Raises:
            UsageError: there is no such account.
        """
        with self._lock:
            if not self._all("SELECT 1 FROM people WHERE name = ?", (name,)):
                raise UsageError(f"there is no account {name!r}")
            self._do("UPDATE people SET disabled = ? WHERE name = ?", (time.time(), name))
            self._do("DELETE FROM keys WHERE name = ?", (name,))

    def sign_in(self, name: str, password: str) -> str:
        """A new sign-in's secret, good for a shift.

        Raises:
            UsageError: wrong name or password, or too many tries: the same sentence for a name that is not there.
        """
        now = time.time()
        with self._lock:
            tried = self._all("SELECT failed, last FROM tries WHERE name = ?", (name,))
            if tried and tried[0][0] >= TRIES and now - tried[0][1] < WAIT_S:
                raise UsageError(f"too many tries: wait {WAIT_S:.0f} s")
            found = self._all("SELECT salt, hash, work FROM people WHERE name = ? AND disabled IS NULL", (name,))
        salt, wanted, work = found[0] if found else (b"\0" * 16, b"", self._work)
        good = hmac.compare_digest(_slow_hash(password, salt, work), wanted)
        with self._lock:
            if not good:
                self._do(
                    "INSERT INTO tries VALUES (?, 1, ?) ON CONFLICT (name) DO UPDATE "
                    "SET failed = failed + 1, last = excluded.last",
                    (name[:64], now),
                )
                raise UsageError("that name and password do not fit")
            self._do("DELETE FROM tries WHERE name = ?", (name,))
            role = self._all("SELECT role FROM people WHERE name = ?", (name,))[0][0]
            return self._key("sign-in", name, role, now + SHIFT_S, "")[1]

    def token(self, name: str, role: Role, days: float, note: str = "") -> tuple[str, str]:
        """A new API token: its id and its secret, which is shown this once.

        Raises:
            UsageError: no such account, a role above the account's, or a time that is not 1 to 366 days.
        """
        with self._lock:
            held = [account for account in self.people() if account.name == name and account.disabled is None]
            if not held:
                raise UsageError(f"there is no account {name!r}")
            if role not in ROLES or ROLES.index(role) > ROLES.index(held[0].role):
                raise UsageError(f"{name} is {held[0].role}: a token can't be {role}")
            if not 0 < days <= 366:
                raise UsageError("a token lasts 1 to 366 days")
            return self._key("token", name, role, time.time() + days * 86_400.0, note[:200])

    def tokens(self) -> list[Token]:
        """All API tokens that have not run out, by name and time."""
        rows = self._all(
            "SELECT id, name, role, made, expires, note FROM keys WHERE kind = 'token' AND expires > ? "
            "ORDER BY name, made",
            (time.time(),),
        )
        return [Token(**dict(zip(Token.__struct_fields__, row, strict=True))) for row in rows]

    def revoke(self, key_id: str) -> None:
        """End a token or a sign-in.

        Raises:
            UsageError: there is none with this id.
        """
        with self._lock:
            if not self._all("SELECT 1 FROM keys WHERE id = ?", (key_id,)):
                raise UsageError(f"there is no token {key_id!r}")
            self._do("DELETE FROM keys WHERE id = ?", (key_id,))

    def who(self, secret: str) -> Person | None:
        """Who holds this secret of a sign-in or token; None when it is wrong, ended or run out."""
        rows = self._all(
            "SELECT keys.id, keys.kind, keys.name, keys.role, people.role, people.groups FROM keys "
            "JOIN people USING (name) WHERE keys.hash = ? AND keys.expires > ? AND people.disabled IS NULL",
            (_hash(secret), time.time()),
        )
        if not rows:
            return None
        key_id, kind, name, role, own, groups = rows[0]
        least: Role = min(role, own, key=ROLES.index)
        rights = Rights(frozenset(_groups(groups)))
        return Person(name=name, role=least, rights=rights, token=key_id if kind == "token" else "")

    def sign_out(self, secret: str) -> None:
        """End the sign-in with this secret."""
        with self._lock:
            self._do("DELETE FROM keys WHERE hash = ? AND kind = 'sign-in'", (_hash(secret),))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _key(self, kind: str, name: str, role: str, expires: float, note: str) -> tuple[str, str]:
        secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
        key_id = secrets.token_hex(4)
        self._do("DELETE FROM keys WHERE expires <= ?", (time.time(),))
        values = (key_id, kind, name, _hash(secret), role, time.time(), expires, note)
        self._do("INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        return key_id, secret

    def _all(self, query: str, values: tuple[object, ...] = ()) -> list[Any]:
        try:
            with self._lock:
                return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: can't be read as accounts ({error})") from None

    def _do(self, query: str, values: tuple[object, ...]) -> None:
        try:
            self._db.execute(query, values)
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: can't be written ({error})") from None


def _groups(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _slow_hash(password: str, salt: bytes, n: int) -> bytes:
    return hashlib.scrypt(
        password.encode(), salt=salt, n=n, r=SCRYPT_R, p=SCRYPT_P, maxmem=256 * n * SCRYPT_R, dklen=32
    )
