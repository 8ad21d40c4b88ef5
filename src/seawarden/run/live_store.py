"""The folder of a live run: journal, snapshots, ledger, positions; what is in it after a crash is always usable."""

from __future__ import annotations

import os
import shutil
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from seawarden.channels.run_ledger import LEDGER
from seawarden.engine.core import Engine, Tracked
from seawarden.engine.snapshot import save
from seawarden.model.batch import Catalogue
from seawarden.model.error import StoreError
from seawarden.model.position import concat
from seawarden.settings_feeds import LiveSettings
from seawarden.store.files import whole_file
from seawarden.store.positions import DAY_MS, PositionStore

SNAPSHOTS_KEPT: Final = 2
"""The newest, and one more in case that it can't be read."""
MADE: Final = ".made"
"""Ends the name of a snapshot that does not count yet."""


class Marks(msgspec.Struct, kw_only=True):
    """Where the parts of the store stand against the journal."""

    positions: int = 0
    """Entries up to this one have their positions in Parquet."""
    declared: list[str] = []
    """Keys of the events that were declared at a start: coverage, works, weather."""


class LiveStore:
    """Paths and upkeep of the folder."""

    def __init__(self, folder: Path, settings: LiveSettings) -> None:
        self.folder = folder
        self._s = settings
        self.journal = folder / "journal"
        self.ledger = folder / LEDGER
        self.positions = PositionStore(folder / "positions")
        self._snapshots = folder / "snapshots"
        self._marks = folder / "marks.json"
        self._marking = threading.Lock()

    def make(self, engine: Engine, sequence: int) -> None:
        """Write a snapshot of the engine after an entry of the journal; it counts once it is published.

        Raises:
            StoreError: it can't be written.
        """
        target = save(engine, self._made(sequence))
        try:
            _sync_tree(target)
        except OSError as error:
            raise StoreError(f"{target}: the snapshot can't be made safe ({error.strerror or error})") from None

    def publish(self, sequence: int) -> None:
        """Let a snapshot count; older ones go. Positions up to its entry must be kept before.

        Raises:
            StoreError: it is not there, or the folder can't be written; the older ones stay.
        """
        made, target = self._made(sequence), self._snapshots / f"{sequence:020d}"
        try:
            shutil.rmtree(target, ignore_errors=True)
            made.rename(target)
            _sync(self._snapshots)
        except OSError as error:
            raise StoreError(f"{target}: the snapshot can't be put there ({error.strerror or error})") from None
        for old in self._held()[:-SNAPSHOTS_KEPT]:
            shutil.rmtree(old, ignore_errors=True)
        self.clear()

    def clear(self) -> None:
        """Throw away what a crash cut short."""
        for part in [*self._snapshots.glob(f"*{MADE}"), *self._snapshots.glob("*.new")]:
            shutil.rmtree(part, ignore_errors=True)

    def snapshots(self) -> list[tuple[Path, int]]:
        """Snapshots, newest first, each with the entry of the journal after which it was made."""
        return [(place, int(place.name)) for place in reversed(self._held())]

    def oldest_needed(self) -> int:
        """Entries of the journal from this sequence on are needed to resume from any snapshot that is kept."""
        held = self._held()
        return int(held[0].name) + 1 if held else 0

    def marks(self) -> Marks:
        """Where the parts stand."""
        with suppress(OSError, msgspec.MsgspecError):
            return msgspec.json.decode(self._marks.read_bytes(), type=Marks)
        return Marks()

    def mark(self, **changes: Any) -> None:
        """Change some of the marks.

        Raises:
            StoreError: the disk is full or can't be written.
        """
        with self._marking:
            changed = msgspec.structs.replace(self.marks(), **changes)
            with whole_file(self._marks) as file:
                file.write(msgspec.json.encode(changed))

    def keep_positions(self, tracked: list[Tracked], catalogue: Catalogue, sequence: int) -> int:
        """Write positions that the engine has placed up to an entry; returns how many.

        Raises:
            StoreError: the disk is full or can't be written.
        """
        parts = [item for item in tracked if len(item.enriched.p.t)]
        if parts:
            positions = concat(item.enriched.p for item in parts)
            slots = np.concatenate([item.slot for item in parts]).astype(np.int32)
            self.positions.write(positions, catalogue, slots)
        self.mark(positions=sequence)
        return sum(len(item.enriched.p.t) for item in parts)

    def tidy(self, now: int) -> int:
        """Drop days that are too old, or too much, and merge the parts of closed days; returns how many were dropped.

        The day that it is stays, however large it is.

        Raises:
            StoreError: the disk is full or can't be written.
        """
        today = str(np.datetime64(now // DAY_MS, "D"))
        oldest = str(np.datetime64(int(now - self._s.keep_positions_d * DAY_MS) // DAY_MS, "D"))
        sizes = self.positions.sizes()
        total = sum(sizes.values())
        dropped = 0
        for day, size in sizes.items():
            if day < oldest or (day < today and total > self._s.keep_positions_gb * 1e9):
                self.positions.drop(day)
                total -= size
                dropped += 1
        for day in self.positions.days():
            if day < today:
                self.positions.compact(day)
        return dropped

    def _made(self, sequence: int) -> Path:
        return self._snapshots / f"{sequence:020d}{MADE}"

    def _held(self) -> list[Path]:
        """Snapshots, oldest first."""
        return sorted(place for place in self._snapshots.glob("*") if place.name.isdigit())


def _sync_tree(folder: Path) -> None:
    for place in [*folder.rglob("*"), folder, folder.parent]:
        _sync(place)


def _sync(place: Path) -> None:
    if os.name == "posix" or place.is_file():
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
