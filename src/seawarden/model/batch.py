"""What a source hands over at a time, and the names behind its small integers."""

from __future__ import annotations

import msgspec

from seawarden.model.event import Event
from seawarden.model.position import Positions, make_positions
from seawarden.model.reject import Reject
from seawarden.model.static import StaticReport


class Catalogue:
    """Names of sources, receivers and files behind the index columns of a batch. Append-only."""

    def __init__(self) -> None:
        self.sources: list[str] = []
        self.receivers: list[str] = []
        self.files: list[str] = []
        self._index: dict[tuple[str, str], int] = {}

    def source(self, name: str) -> int:
        """Index of a source's name, added when new."""
        return self._add("source", self.sources, name)

    def receiver(self, name: str) -> int:
        """Index of a receiver's name, added when new; the empty name is -1."""
        return self._add("receiver", self.receivers, name) if name else -1

    def file(self, name: str) -> int:
        """Index of a file's name, added when new; the empty name is -1."""
        return self._add("file", self.files, name) if name else -1

    def recall(self, sources: list[str], receivers: list[str], files: list[str]) -> None:
        """Take up the names of a snapshot, before any other name is added."""
        for name in sources:
            self.source(name)
        for name in receivers:
            self.receiver(name)
        for name in files:
            self.file(name)

    def _add(self, kind: str, names: list[str], name: str) -> int:
        key = (kind, name)
        if key not in self._index:
            self._index[key] = len(names)
            names.append(name)
        return self._index[key]


class Batch(msgspec.Struct, kw_only=True):
    """Positions, static reports, events and rejects in the order in which they arrived."""

    positions: Positions = msgspec.field(default_factory=lambda: make_positions(0))
    statics: list[StaticReport] = []
    events: list[Event] = []
    rejects: list[Reject] = []
    records: int = 0
    """Records read to make this batch, rejected ones included."""
