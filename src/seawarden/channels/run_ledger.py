"""A run in the ledger: what was found, raised and ranked, in the order in which it became known.

Alerts and rankings are kept whole, findings by the digest of their lines: the findings themselves lie beside the
ledger, and the digest tells whether they are still those of the run. Each shard of ships has a chain of its own, the
fleet's alerts another; a checkpoint ties them together. Everything passes the gate first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from seawarden.channels.gate import Gate
from seawarden.channels.jsonl import line_digest
from seawarden.model.error import StoreError
from seawarden.model.finding import Finding
from seawarden.store.ledger import Ledger
from seawarden.store.recording import Recording
from seawarden.store.summary import Summary
from seawarden.store.verify import Flaw

Written = tuple[Finding, str]
"""A finding with the digest of its line."""

LEDGER: Final = "ledger.sqlite"
BLOCK: Final = 500
"""Findings in one entry."""
FLEET: Final = "fleet"
"""The chain of what concerns the whole fleet: runs, alerts, rankings."""


class RunEntry(msgspec.Struct, frozen=True, kw_only=True):
    """The head of a run: what it was made with, and what it came to."""

    version: str
    settings_hash: str
    assets_hash: str
    digest: str
    """Canonical digest of the findings and alerts that follow."""
    records: int
    findings: int = 0
    """Revisions of findings that follow."""
    from_t: int | None
    to_t: int | None
    rights: tuple[str, ...] = ()
    """Groups whose restricted assets its readers may see."""


class FindingEntry(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One revision of a finding, by what vouches for it."""

    id: str
    revision: int
    kind: str
    state: str
    digest: str
    """SHA-256 (hex) of its line in findings.jsonl, without the newline."""


class FindingBlock(msgspec.Struct, frozen=True, kw_only=True):
    """Findings that became known one after another: one entry of the ledger, so that many cost little."""

    findings: tuple[FindingEntry, ...]


def append_run(
    ledger: Ledger,
    run: Recording,
    summary: Summary,
    gate: Gate,
    *,
    written: Sequence[Written] | None = None,
    shards: int = 1,
) -> bool:
    """Append a run, each chain in one transaction, and a checkpoint; a run that is already the last is not repeated.

    Args:
        ledger: where to.
        run: the run.
        summary: of the run as the gate lets it out.
        gate: what the ledger's readers may see.
        written: findings that the gate let through with the digests of their lines, where they were written already.
        shards: number of chains that the ships are dealt out over.

    Returns:
        Whether anything was appended.

    Raises:
        StoreError: the ledger can't be written, or holds a run that these readers may not see.
    """
    if written is None:
        written = [(finding, line_digest(finding)) for finding in gate.all(run.findings)]
    head = RunEntry(
        version=summary.version,
        settings_hash=summary.settings_hash,
        assets_hash=summary.assets_hash,
        digest=summary.digest,
        records=summary.records,
        findings=len(written),
        from_t=summary.from_t,
        to_t=summary.to_t,
        rights=tuple(sorted(gate.rights.groups)),
    )
    before = check_readers(ledger, gate)
    if before and before[-1] == head:
        return False
    end_t = summary.to_t or 0
    ledger.extend([("run", head, end_t), *_fleet(run, gate)], shard=FLEET)
    for shard, findings in _dealt(written, shards):
        ledger.extend(_blocks(findings), shard=f"ships-{shard}")
    ledger.checkpoint(t=end_t)
    return True


def check_readers(ledger: Ledger, gate: Gate) -> list[RunEntry]:
    """The runs that a ledger holds, all of which its readers may see.

    Raises:
        StoreError: one of them was written for readers with more rights.
    """
    runs = ledger.contents("run", RunEntry)
    if any(set(run.rights) - gate.rights.groups for run in runs):
        raise StoreError(
            f"{ledger.path}: holds a run that these readers may not see, and a ledger is never rewritten: "
            "write to another folder"
        )
    return runs


def write_ledger(
    folder: Path, run: Recording, summary: Summary, gate: Gate, *, written: Sequence[Written] | None = None
) -> bool:
    """Append a run to the ledger of a folder; as `append_run`.

    Raises:
        StoreError: as `append_run`, or the file is no ledger.
    """
    with Ledger(folder / LEDGER) as ledger:
        return append_run(ledger, run, summary, gate, written=written)


def check_findings(ledger: Ledger, findings: Path) -> list[Flaw]:
    """Whether the lines of findings.jsonl are those that the ledger's last run vouches for.

    Raises:
        StoreError: the file can't be read.
    """
    runs = ledger.contents("run", RunEntry)
    if not runs:
        return []
    known = {entry.digest for block in ledger.contents("findings", FindingBlock) for entry in block.findings}
    try:
        lines = findings.read_bytes().splitlines()
    except OSError as error:
        raise StoreError(f"{findings}: can't be read ({error.strerror or error})") from None
    flaws = [
        Flaw(shard=findings.name, sequence=number, what="this line is not what was written, or not by this run")
        for number, line in enumerate(lines, start=1)
        if hashlib.sha256(line).hexdigest() not in known
    ]
    if len(lines) != runs[-1].findings:
        what = f"has {len(lines)} lines where {runs[-1].findings} were written"
        flaws.append(Flaw(shard=findings.name, sequence=0, what=what))
    return flaws


def entry_of(finding: Finding, digest: str) -> FindingEntry:
    """How the ledger holds one revision of a finding, by the digest of its line."""
    return FindingEntry(
        id=finding.id,
        revision=finding.revision,
        kind=finding.kind,
        state=finding.state,
        digest=digest,
    )


def _fleet(run: Recording, gate: Gate) -> list[tuple[str, Any, int]]:
    items: list[tuple[str, Any, int]] = [("alert", alert, alert.known_from_t) for alert in gate.all(run.alerts)]
    items += [("ranking", fault, fault.known_from_t) for fault in gate.all(run.faults)]
    return sorted(items, key=lambda item: (item[2], item[0], item[1].id, item[1].revision))


def _blocks(findings: Sequence[Written]) -> Iterator[tuple[str, FindingBlock, int]]:
    for begin in range(0, len(findings), BLOCK):
        part = findings[begin : begin + BLOCK]
        yield "findings", FindingBlock(findings=tuple(entry_of(*one) for one in part)), part[-1][0].known_from_t


def _dealt(findings: Iterable[Written], shards: int) -> Iterator[tuple[int, list[Written]]]:
    """Findings by shard, as ships are dealt out: by MMSI; shards without any are left out."""
    hands: list[list[Written]] = [[] for _ in range(shards)]
    for finding, digest in findings:
        hands[finding.ship.mmsi % shards].append((finding, digest))
    yield from ((shard, hand) for shard, hand in enumerate(hands) if hand)
