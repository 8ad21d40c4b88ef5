"""Whether a ledger is as it was written: any change, gap or re-ordering is found, and where."""

from __future__ import annotations

import msgspec

from seawarden.store.entry import GENESIS, MERGE_SHARD, Entry, seal
from seawarden.store.ledger import Ledger


class Flaw(msgspec.Struct, frozen=True, kw_only=True):
    """One place where the ledger is not as it was written."""

    shard: str
    sequence: int
    what: str
    """A sentence."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a check of the whole ledger came to."""

    entries: int
    checkpoints: int
    heads: dict[str, str]
    """Hash of the last entry of each shard: kept elsewhere, it also vouches for the end of the chain."""
    flaws: tuple[Flaw, ...] = ()

    @property
    def whole(self) -> bool:
        """True when nothing is wrong."""
        return not self.flaws


def verify(ledger: Ledger, *, expected_heads: dict[str, str] | None = None) -> Verdict:
    """Check every hash, every sequence and every checkpoint.

    Args:
        ledger: the ledger.
        expected_heads: hashes by shard that were kept elsewhere; each must still be in its chain. Without them
            entries that were cut off after the last checkpoint can't be missed.
    """
    flaws: list[Flaw] = []
    hashes: dict[str, dict[int, str]] = {}
    streams: dict[tuple[str, str], int] = {}
    checkpoints: list[Entry] = []
    count = 0
    previous: Entry | None = None
    for entry in ledger.entries():
        count += 1
        if previous is not None and previous.shard != entry.shard:
            previous = None
        flaws.extend(_against_previous(entry, previous))
        key = (entry.shard, entry.stream)
        if entry.stream_sequence != streams.get(key, 0) + 1:
            flaws.append(_flaw(entry, f"`{entry.stream}` {streams.get(key, 0) + 1} is missing before it"))
        streams[key] = entry.stream_sequence
        hashes.setdefault(entry.shard, {})[entry.sequence] = entry.hash
        if entry.shard == MERGE_SHARD:
            checkpoints.append(entry)
        previous = entry
    for checkpoint in checkpoints:
        flaws.extend(_against_heads(checkpoint, hashes))
    for shard, head in (expected_heads or {}).items():
        if head not in hashes.get(shard, {}).values():
            flaws.append(Flaw(shard=shard, sequence=0, what=f"the expected head {head[:12]} is not in the chain"))
    heads = {shard: chain[max(chain)] for shard, chain in hashes.items()}
    return Verdict(entries=count, checkpoints=len(checkpoints), heads=heads, flaws=tuple(flaws))


def _against_previous(entry: Entry, previous: Entry | None) -> list[Flaw]:
    flaws: list[Flaw] = []
    expected = 1 if previous is None else previous.sequence + 1
    if entry.sequence != expected:
        flaws.append(_flaw(entry, f"entry {expected} is missing before it"))
    elif entry.previous != (GENESIS if previous is None else previous.hash):
        flaws.append(_flaw(entry, "does not follow the entry before it: something was changed or re-ordered"))
    sealed = seal(
        entry.shard,
        entry.sequence,
        entry.stream,
        entry.stream_sequence,
        entry.t,
        entry.actor,
        entry.body,
        entry.previous,
    )
    if sealed != entry.hash:
        flaws.append(_flaw(entry, "its content was changed after it was written"))
    return flaws


def _against_heads(checkpoint: Entry, hashes: dict[str, dict[int, str]]) -> list[Flaw]:
    try:
        heads = msgspec.json.decode(checkpoint.body, type=dict[str, dict[str, tuple[int, str]]])["heads"]
    except (msgspec.DecodeError, KeyError):
        return [_flaw(checkpoint, "is no readable checkpoint")]
    flaws: list[Flaw] = []
    for shard, (sequence, sealed) in heads.items():
        if hashes.get(shard, {}).get(sequence) != sealed:
            flaws.append(_flaw(checkpoint, f"vouches for entry {sequence} of `{shard}`, which is gone or another"))
    return flaws


def _flaw(entry: Entry, what: str) -> Flaw:
    return Flaw(shard=entry.shard, sequence=entry.sequence, what=what)
