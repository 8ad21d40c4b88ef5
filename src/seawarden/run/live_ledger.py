"""What a live run finds, into the ledger: each revision once, however often a restart makes it again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec

from seawarden.channels.gate import Gate
from seawarden.channels.run_ledger import FLEET, check_readers
from seawarden.engine.core import Outcome
from seawarden.model.alert import Alert
from seawarden.model.error import StoreError
from seawarden.model.fault import Fault
from seawarden.model.finding import Finding
from seawarden.store.canonical import canonical_json, digest
from seawarden.store.ledger import Ledger

Item = Finding | Alert | Fault
STREAMS: Final[dict[type[Item], str]] = {Finding: "finding", Alert: "alert", Fault: "ranking"}


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """The head of a stretch of a live run, from a start to an end."""

    version: str
    settings_hash: str
    assets_hash: str
    started_t: int
    """The edge's time, ms."""
    journal_sequence: int
    """Last entry of the journal before it."""
    rights: tuple[str, ...] = ()
    """Groups whose restricted assets its readers may see."""


class Fresh(NamedTuple):
    """What was new in a step, as the gate lets it out."""

    findings: list[Finding]
    alerts: list[Alert]
    faults: list[Fault]

    def __bool__(self) -> bool:
        return bool(self.findings or self.alerts or self.faults)


class LiveLedger:
    """The ledger of a live run.

    Args:
        ledger: where to.
        gate: what its readers may see.

    Raises:
        StoreError: it holds what these readers may not see.
    """

    def __init__(self, ledger: Ledger, gate: Gate) -> None:
        self.ledger = ledger
        self._gate = gate
        check_readers(ledger, gate)
        if any(set(session.rights) - gate.rights.groups for session in ledger.contents("session", Session)):
            raise StoreError(
                f"{ledger.path}: holds a live run that these readers may not see, and a ledger is never rewritten: "
                "name another --store"
            )
        self._known: dict[tuple[str, str, int], bytes] = {}
        self._waiting: list[tuple[str, Any, int]] = []
        self.problem = ""
        """Why the ledger can't be written now, in a sentence; what should be in it waits and is not lost."""
        for item in self.all():
            self._known[_key(item)] = _seal(item)

    def all(self) -> list[Item]:
        """All findings, alerts and faults that it holds, in order."""
        found: list[Item] = []
        for entry in self.ledger.entries(shard=FLEET):
            for kind, stream in STREAMS.items():
                if entry.stream == stream:
                    found.append(msgspec.json.decode(entry.body, type=kind))
        return found

    def digest(self) -> str:
        """Canonical digest of all findings and alerts that it holds."""
        held = self.all()
        return digest([f for f in held if isinstance(f, Finding)], [a for a in held if isinstance(a, Alert)])

    def begin(self, session: Session) -> None:
        """Say that a stretch begins.

        Raises:
            StoreError: the ledger can't be written.
        """
        self.ledger.append("session", session, t=session.started_t, shard=FLEET)

    def take(self, outcome: Outcome) -> Fresh:
        """Write what is new; returns it. What a restart made once more is left out."""
        fresh = Fresh(self._new(outcome.findings), self._new(outcome.alerts), self._new(outcome.faults))
        items: list[tuple[str, Item, int]] = [
            (STREAMS[type(item)], item, item.known_from_t) for part in fresh for item in part
        ]
        # stable: within one tick findings come before the alerts that rest on them
        self._waiting += sorted(items, key=lambda item: item[2])
        if self._waiting:
            self.write()
        return fresh

    def write(self) -> bool:
        """Write what waits; False when the ledger can't be written, and `problem` says why."""
        if not self._waiting:
            return True
        try:
            self.ledger.extend(self._waiting, shard=FLEET)
        except StoreError as error:
            self.problem = str(error)
            return False
        self._waiting = []
        self.problem = ""
        return True

    @property
    def rights(self) -> frozenset[str]:
        """Groups whose restricted assets its readers may see."""
        return self._gate.rights.groups

    @property
    def waiting(self) -> int:
        """Entries that could not be written yet."""
        return len(self._waiting)

    def _new(self, items: Sequence[Any]) -> list[Any]:
        fresh = []
        for item in self._gate.all(items):
            key, seal = _key(item), _seal(item)
            if self._known.get(key) != seal:
                self._known[key] = seal
                fresh.append(item)
        return fresh


def _key(item: Item) -> tuple[str, str, int]:
    return STREAMS[type(item)], item.id, item.revision


def _seal(item: Item) -> bytes:
    return hashlib.blake2b(canonical_json(item), digest_size=12).digest()
