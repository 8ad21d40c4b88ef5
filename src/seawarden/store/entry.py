"""One entry of the ledger, and how its place in the chain is sealed."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import msgspec

from seawarden.store.canonical import canonical_json

GENESIS: Final = "0" * 64
"""What the first entry of a chain follows."""
MERGE_SHARD: Final = "merge"
"""The chain of merge checkpoints, which ties the chains of all shards together."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the ledger: who did or found what, and when in event time."""

    shard: str
    sequence: int
    """From 1 within its shard, without gaps."""
    stream: str
    """`finding`, `alert`, `fault`, `action`, `checkpoint`..."""
    stream_sequence: int
    """From 1 within its shard and stream, without gaps."""
    t: int
    """Event time, ms."""
    actor: str
    """Who: `engine`, or the name of a person."""
    body: bytes
    """Canonical JSON."""
    previous: str
    """Hash of the entry before it in its shard, hex."""
    hash: str
    """SHA-256 over all of the above, hex."""

    def content(self) -> Any:
        """The body as builtins."""
        return msgspec.json.decode(self.body)


def seal(
    shard: str, sequence: int, stream: str, stream_sequence: int, t: int, actor: str, body: bytes, previous: str
) -> str:
    """SHA-256 (hex) over an entry and the hash of the one before it; the body enters by its own hash."""
    head = canonical_json([shard, sequence, stream, stream_sequence, t, actor, previous])
    return hashlib.sha256(head + b"\n" + hashlib.sha256(body).digest()).hexdigest()
