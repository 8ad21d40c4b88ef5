"""What a live run keeps beside its journal, and when: positions, snapshots, the size of it all.

None of it is written within the watch: positions by a thread, snapshots by a copy of the process. A snapshot counts
once the positions up to it are kept, so that a restart never leaves any out.
"""

from __future__ import annotations

import time
from collections.abc import MutableMapping
from typing import Final

from seawarden.engine.core import Engine, Tracked
from seawarden.model.batch import Catalogue
from seawarden.model.error import StoreError
from seawarden.run.live_figures import Figures
from seawarden.run.live_keeper import RETRY_S, PositionKeeper
from seawarden.run.live_snapshot import Snapshots
from seawarden.run.live_store import LiveStore
from seawarden.settings_feeds import LiveSettings
from seawarden.store.journal import Journal

TIDY_S: Final = 3_600.0
"""How often old days are merged and dropped."""
PART_ROWS: Final = 300_000
"""Positions that are held before they are written to Parquet: 60 MB, and parts of a sensible size."""
END_S: Final = 60.0
"""How long the end of a run waits for what is still being written."""


class LiveKeeping:
    """Keeps what a run leaves; called by the run's own thread, with its lock held where the engine is looked into.

    Args:
        store: the folder.
        journal: the run's.
        settings: when and how much.
        problems: told what is wrong, in sentences.
        figures: told how often and how long.
    """

    def __init__(
        self,
        store: LiveStore,
        journal: Journal,
        settings: LiveSettings,
        problems: MutableMapping[str, str],
        figures: Figures,
    ) -> None:
        self.store, self.journal = store, journal
        self._s, self._problems, self._figures = settings, problems, figures
        self.keeper = PositionKeeper(store)
        self._snapshots = Snapshots(store)
        self._tracked: list[Tracked] = []
        self._rows = 0
        self._since = 0
        self._began_s = self._retry_s = 0.0
        self._due_s = self._tidy_s = time.monotonic()
        self.renew = False
        """Whether a snapshot is wanted at once: it must hold what the journal could not keep."""

    def begin(self) -> None:
        """The watch begins: times count from now on."""
        self._due_s = self._tidy_s = time.monotonic()
        self.store.clear()

    def placed(self, tracked: list[Tracked], sequence: int, catalogue: Catalogue) -> None:
        """Positions that the engine has placed up to an entry of the journal."""
        self._tracked += tracked
        self._rows += sum(len(item.slot) for item in tracked)
        if self._rows >= PART_ROWS:
            self._hand_over(sequence, catalogue)

    def took(self, positions: int) -> None:
        """So many more are in the journal, and in no snapshot."""
        self._since += positions

    def due(self) -> bool:
        """Whether a snapshot should be begun."""
        now = time.monotonic()
        if self._snapshots.running or (self._snapshots.problem and now - self._retry_s < RETRY_S):
            return False
        return self.renew or now - self._due_s >= self._s.snapshot_s or self._since >= self._s.snapshot_records

    def snapshot(self, engine: Engine, catalogue: Catalogue) -> None:
        """Begin a snapshot; returns when the engine may go on."""
        began = time.monotonic()
        sequence = self.journal.sequence
        self._hand_over(sequence, catalogue)
        self._retry_s = self._due_s = self._began_s = began
        self._since, self.renew = 0, False
        self._snapshots.begin(engine, sequence)
        self._figures.snapshot_stop_s = time.monotonic() - began

    @property
    def waiting(self) -> int:
        """Positions that wait to be written to Parquet."""
        return self._rows + self.keeper.rows

    def look(self, now_t: int) -> bool:
        """Look after what is being written; whether a snapshot has just come to count.

        Args:
            now_t: the edge's time, ms.
        """
        self._snapshots.poll()
        self._tell("positions", self.keeper.problem)
        self._tell("snapshot", self._snapshots.problem)
        if self.keeper.lost:
            left = f"{self.keeper.lost:,} positions are not in Parquet, as the disk did not take them"
            self._tell("left out", f"{left}; the journal has them")
        made = self._snapshots.made
        published = made is not None and self.keeper.kept >= made
        if published and made is not None:
            self._snapshots.made = None
            try:
                self.store.publish(made)
            except StoreError as error:
                self._snapshots.problem = str(error)
                return False
            self._figures.snapshots += 1
            self._figures.snapshot_s = time.monotonic() - self._began_s
            self._figures.pruned += self.journal.prune(self.store.oldest_needed(), now_t)
        if time.monotonic() - self._tidy_s >= TIDY_S:
            self._tidy_s = time.monotonic()
            self.keeper.chore(lambda: self.store.tidy(now_t))
        return published

    def end(self, engine: Engine, catalogue: Catalogue, now_t: int) -> bool:
        """A last snapshot, and wait until all is written; whether it counts."""
        self._snapshots.cancel()
        self.snapshot(engine, catalogue)
        self._snapshots.poll(END_S)
        self.keeper.flush(END_S)
        counts = self.look(now_t)
        self.close()
        return counts

    def close(self) -> None:
        """Write what can be written, and end."""
        self._snapshots.cancel()
        self.keeper.close()

    def _hand_over(self, sequence: int, catalogue: Catalogue) -> None:
        self.keeper.put(self._tracked, sequence, catalogue)
        self._tracked, self._rows = [], 0

    def _tell(self, what: str, problem: str) -> None:
        if problem:
            self._problems[what] = problem
        else:
            self._problems.pop(what, None)
