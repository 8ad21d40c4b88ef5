"""Positions of a live run on their way to Parquet: written by a thread of their own, so that no alert waits for it.

What is handed over is never changed again. When the disk does not take it, it is held and tried again; what is more
than may be held goes, the oldest first, and is counted: the journal has it still.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, NamedTuple

from seawarden.engine.core import Tracked
from seawarden.model.batch import Catalogue
from seawarden.model.error import StoreError
from seawarden.run.live_store import LiveStore

RETRY_S: Final = 5.0
"""How often a full disk is tried again."""
HELD_ROWS: Final = 3_000_000
"""Positions that are held at most when the disk does not take them: 600 MB."""


class Parcel(NamedTuple):
    """Positions that were placed up to an entry of the journal."""

    tracked: list[Tracked]
    rows: int
    sequence: int
    catalogue: Catalogue


class PositionKeeper:
    """Writes parcels in their order.

    Args:
        store: where to.
        most: rows that are held at most.
        retry_s: time between two tries when the disk does not take them.
    """

    def __init__(self, store: LiveStore, *, most: int = HELD_ROWS, retry_s: float = RETRY_S) -> None:
        self._store, self._most, self._retry_s = store, most, retry_s
        self._parcels: list[Parcel] = []
        self._chores: list[Callable[[], object]] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._ends = False
        self._busy = False
        self.kept = store.marks().positions
        """Entries of the journal up to this one have their positions in Parquet."""
        self.lost = 0
        """Positions that could not be held any longer."""
        self.problem = ""
        """Why the disk does not take them, in a sentence."""

    @property
    def rows(self) -> int:
        """Positions that wait to be written."""
        with self._changed:
            return sum(parcel.rows for parcel in self._parcels)

    def put(self, tracked: list[Tracked], sequence: int, catalogue: Catalogue) -> None:
        """Hand over what was placed up to an entry; never waits for the disk."""
        rows = sum(len(item.slot) for item in tracked)
        with self._changed:
            self._parcels.append(Parcel(tracked, rows, sequence, catalogue))
            self._drop()
            self._start()

    def chore(self, act: Callable[[], object]) -> None:
        """Something else that is done to the store, after what was handed over."""
        with self._changed:
            self._chores.append(act)
            self._start()

    def flush(self, timeout_s: float) -> bool:
        """Wait until all is written; False when it was not in that time, or the disk does not take it."""
        with self._changed:
            return self._changed.wait_for(
                lambda: bool(self.problem) or not (self._parcels or self._busy), timeout_s
            ) and not (self._parcels or self._busy)

    def close(self, timeout_s: float = 30.0) -> None:
        """Write what can be written, and end."""
        with self._changed:
            self._ends = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="positions", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _drop(self) -> None:
        over = sum(parcel.rows for parcel in self._parcels) - self._most
        while over > 0 and len(self._parcels) > 1:
            gone = self._parcels.pop(0)
            over -= gone.rows
            self.lost += gone.rows

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._parcels or self._chores or self._ends)
                if not self._parcels and not self._chores:
                    return
                parcel = self._parcels.pop(0) if self._parcels else None
                chore = self._chores.pop(0) if parcel is None else None
                self._busy = True
            why = self._written(parcel) if parcel is not None else self._done(chore)
            with self._changed:
                self._busy = False
                if why and parcel is not None:
                    self._parcels.insert(0, parcel)
                    self._drop()
                elif parcel is not None:
                    self.kept = parcel.sequence
                self.problem = why
                self._changed.notify_all()
                if why and self._ends:
                    return
                if why:
                    self._changed.wait_for(lambda: self._ends, self._retry_s)

    def _written(self, parcel: Parcel) -> str:
        try:
            self._store.keep_positions(parcel.tracked, parcel.catalogue, parcel.sequence)
        except StoreError as error:
            return str(error)
        return ""

    def _done(self, chore: Callable[[], object] | None) -> str:
        try:
            if chore is not None:
                chore()
        except StoreError as error:
            return str(error)
        return ""
