"""The ledger: what was found, raised and done, appended and never rewritten.

SQLite with a write-ahead log and full synchronisation: what `append` has returned is on the disk. Each shard has a
chain of hashes of its own; a merge checkpoint puts the heads of all chains into one entry, so that one hash vouches
for the whole. The tables refuse updates and deletions; `seawarden.store.verify` finds those made behind their back.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Self, TypeVar

import msgspec

from seawarden.model.error import StoreError
from seawarden.store.canonical import canonical_json
from seawarden.store.entry import GENESIS, MERGE_SHARD, Entry, seal

SCHEMA_VERSION = 1

T = TypeVar("T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
  shard TEXT NOT NULL, sequence INTEGER NOT NULL, stream TEXT NOT NULL, stream_sequence INTEGER NOT NULL,
  t INTEGER NOT NULL, actor TEXT NOT NULL, body BLOB NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL,
  PRIMARY KEY (shard, sequence), UNIQUE (shard, stream, stream_sequence)
) STRICT;
CREATE INDEX IF NOT EXISTS by_stream ON entries (stream, t);
CREATE TRIGGER IF NOT EXISTS no_update BEFORE UPDATE ON entries
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS no_delete BEFORE DELETE ON entries
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
"""

_COLUMNS = "shard, sequence, stream, stream_sequence, t, actor, body, previous, hash"


class Ledger:
    """An append-only ledger in one SQLite file; safe to use from several threads."""

    def __init__(self, path: str | Path, *, read_only: bool = False) -> None:
        """Open the ledger, made when it is not there.

        Raises:
            StoreError: the file can't be opened, is no ledger, or is missing and only to be read.
        """
        self.path = Path(path)
        self._lock = threading.RLock()
        if read_only and not self.path.exists():
            raise StoreError(f"{path}: there is no ledger here")
        try:
            if read_only:
                self._db = sqlite3.connect(
                    f"{self.path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False
                )
                self._db.execute("SELECT count(*) FROM entries").fetchone()
            else:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._db = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = FULL")
                self._db.executescript(_SCHEMA)
                self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{path}: can't be opened as a ledger ({error})") from None
        self._heads: dict[str, tuple[int, str]] = {}
        self._streams: dict[tuple[str, str], int] = {}
        self._read_heads()

    def append(self, stream: str, body: Any, *, t: int, actor: str = "engine", shard: str = "main") -> Entry:
        """Add one entry; on the disk when this returns.

        Args:
            stream: which kind of entry.
            body: a struct or builtins, kept as canonical JSON.
            t: event time, ms.
            actor: who.
            shard: whose chain.

        Raises:
            StoreError: the disk is full or can't be written; nothing was added.
        """
        return self.extend([(stream, body, t)], actor=actor, shard=shard)[0]

    def extend(
        self, items: Iterable[tuple[str, Any, int]], *, actor: str = "engine", shard: str = "main"
    ) -> list[Entry]:
        """Add several (stream, body, t) in one transaction: all of them or none.

        Raises:
            StoreError: the disk is full or can't be written; nothing was added.
        """
        with self._lock:
            sequence, previous = self._heads.get(shard, (0, GENESIS))
            counts: dict[str, int] = {}
            entries: list[Entry] = []
            for stream, body, t in items:
                sequence += 1
                counts[stream] = counts.get(stream, self._streams.get((shard, stream), 0)) + 1
                data = canonical_json(body)
                sealed = seal(shard, sequence, stream, counts[stream], t, actor, data, previous)
                entries.append(
                    Entry(
                        shard=shard,
                        sequence=sequence,
                        stream=stream,
                        stream_sequence=counts[stream],
                        t=t,
                        actor=actor,
                        body=data,
                        previous=previous,
                        hash=sealed,
                    )
                )
                previous = sealed
            self._write(entries)
            self._heads[shard] = (sequence, previous)
            self._streams.update({(shard, stream): count for stream, count in counts.items()})
            return entries

    def checkpoint(self, *, t: int, actor: str = "engine") -> Entry:
        """Tie the heads of all shards together in one entry of the merge chain.

        Raises:
            StoreError: the disk is full or can't be written.
        """
        with self._lock:
            heads = {shard: list(head) for shard, head in self._heads.items() if shard != MERGE_SHARD}
            return self.append("checkpoint", {"heads": heads}, t=t, actor=actor, shard=MERGE_SHARD)

    def entries(
        self, stream: str | None = None, *, since: int = 0, shard: str | None = None, limit: int | None = None
    ) -> Iterator[Entry]:
        """Entries by shard and sequence; of one stream, one shard, after a sequence, so many, where asked for.

        Raises:
            StoreError: the file is damaged.
        """
        query = f"SELECT {_COLUMNS} FROM entries WHERE sequence > ?"
        values: list[Any] = [since]
        for column, wanted in (("stream", stream), ("shard", shard)):
            if wanted is not None:
                query += f" AND {column} = ?"
                values.append(wanted)
        try:
            with self._lock:
                values.append(-1 if limit is None else limit)
                rows = self._db.execute(f"{query} ORDER BY shard, sequence LIMIT ?", values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: can't be read as a ledger ({error})") from None
        for row in rows:
            yield Entry(**dict(zip(Entry.__struct_fields__, row, strict=True)))

    def contents(self, stream: str, kind: type[T]) -> list[T]:
        """The bodies of one stream, read back as structs, in order of (shard, sequence)."""
        return [msgspec.json.decode(entry.body, type=kind) for entry in self.entries(stream)]

    def heads(self) -> dict[str, tuple[int, str]]:
        """Last sequence and hash of each shard."""
        with self._lock:
            return dict(self._heads)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read_heads(self) -> None:
        last = "SELECT shard, max(sequence), hash FROM entries GROUP BY shard"
        counts = "SELECT shard, stream, max(stream_sequence) FROM entries GROUP BY shard, stream"
        try:
            self._heads = {shard: (sequence, sealed) for shard, sequence, sealed in self._db.execute(last)}
            self._streams = {(shard, stream): count for shard, stream, count in self._db.execute(counts)}
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: can't be read as a ledger ({error})") from None

    def _write(self, entries: list[Entry]) -> None:
        rows = [msgspec.structs.astuple(entry) for entry in entries]
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.executemany(f"INSERT INTO entries ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)", rows)
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: the ledger can't be written ({error}); nothing was added") from None
