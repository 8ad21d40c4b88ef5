"""A journal as a source: replayed, it gives what the live run gave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from seawarden.model.batch import Batch, Catalogue
from seawarden.sources.feeds.renamed import Renaming
from seawarden.store.journal_read import JournalReader


class JournalSource:
    """The batches of a journal, cut as they were cut then.

    Args:
        path: the journal's folder, or the store of a live run.
        catalogue: takes the names of sources, receivers and files.
    """

    ordered = True
    form = "journal"
    open_ended = True
    """What a live run still held back when it ended, it had not found anything in: a replay holds it back too."""

    def __init__(self, path: Path, catalogue: Catalogue) -> None:
        self.name = path.name
        self.notes: Counter[str] = Counter()
        self._path = path
        self._catalogue = catalogue

    def batches(self) -> Iterator[Batch]:
        """Entries in order.

        Raises:
            StoreError: the journal is damaged before its end.
        """
        reader = JournalReader(self._path)
        names: Catalogue | None = None
        renaming: Renaming | None = None
        for kept in reader:
            if renaming is None or kept.names is not names:
                names = kept.names
                renaming = Renaming(self._catalogue, names)
            if kept.content.missing:
                self.notes["not_kept"] += kept.content.missing
            yield renaming.batch(kept.batch)
        if reader.torn:
            self.notes["torn_bytes"] += reader.torn
