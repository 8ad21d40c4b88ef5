"""The write-ahead journal: every batch is kept before the engine takes it, so that nothing is lost and all repeats.

Files `N.journal` hold entries from sequence N on, and are never changed but at their end. `append` returns when the
system has the entry: a killed process loses none that was returned. `sync` puts it on the disk, at least every
`sync_s` seconds: a power cut loses no more than that. What a crash left half written is cut off when the journal is
opened again.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import IO

import numpy as np

from seawarden.model.batch import Batch, Catalogue
from seawarden.model.error import StoreError
from seawarden.settings_feeds import LiveSettings
from seawarden.store.journal_entry import MAGIC, content_from, content_of, frame
from seawarden.store.journal_read import SUFFIX, Walk, segments


class JournalError(StoreError):
    """The journal can't be written now: the disk is full, read-only or gone. Nothing of the batch was kept."""


class Journal:
    """The end of a journal, to write on.

    Args:
        folder: made when it is not there.
        settings: sizes and times.

    Raises:
        StoreError: the folder can't be written, or holds something else.
    """

    def __init__(self, folder: Path, settings: LiveSettings) -> None:
        self.folder = folder
        self._s = settings
        self._file: IO[bytes] | None = None
        self._size = 0
        self._known = (0, 0, 0)
        self._synced = time.monotonic()
        self._dirty = False
        self.sequence = 0
        """Of the last entry."""
        self.records = 0
        """Positions kept so far, over all runs."""
        self.written_t = 0
        """When the last entry was written, ms."""
        self.cut = 0
        """Bytes cut off the end when it was opened."""
        self.missing = 0
        """Positions that could not be kept since the last entry."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / ".writable"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise StoreError(
                f"{folder}: the journal can't be written there ({error.strerror or error}): name another --store"
            ) from None
        self._find_end()

    def append(self, batch: Batch, catalogue: Catalogue, t: int) -> int:
        """Keep a batch; its positions get their numbers as `offset` and `seq`. Returns the entry's sequence.

        Args:
            batch: with the catalogue's places.
            catalogue: names behind them.
            t: the edge's time, ms.

        Raises:
            JournalError: nothing was kept; the batch has its numbers all the same.
        """
        p = batch.positions
        n = len(p.t)
        first = self.records + self.missing + 1
        p.offset[:] = np.arange(first, first + n)
        p.seq[:] = p.offset
        try:
            if self._file is None or self._size >= self._s.segment_mb * 1e6:
                self._next_segment()
            assert self._file is not None
            content = content_from(
                batch,
                catalogue,
                self._known,
                written_t=t,
                first_record=first,
                missing=self.missing,
            )
            data = frame(self.sequence + 1, content)
            _put(self._file, data)
        except OSError as error:
            self._roll_back()
            self.missing += n
            raise JournalError(f"{self.folder}: the journal can't be written ({error.strerror or error})") from None
        self.sequence += 1
        self.records += self.missing + n
        self.missing = 0
        self.written_t = t
        self._size += len(data)
        self._known = (len(catalogue.sources), len(catalogue.receivers), len(catalogue.files))
        self._dirty = True
        if time.monotonic() - self._synced >= self._s.sync_s:
            self.sync()
        return self.sequence

    def sync(self) -> None:
        """Put all that was appended on the disk.

        Raises:
            JournalError: the disk does not take it.
        """
        if self._file is not None and self._dirty:
            try:
                os.fdatasync(self._file.fileno())
            except OSError as error:
                raise JournalError(f"{self.folder}: the disk fails ({error.strerror or error})") from None
        self._dirty = False
        self._synced = time.monotonic()

    def prune(self, needed_from: int, now: int) -> int:
        """Drop files that are too old, or too many, and no longer needed; returns how many.

        Args:
            needed_from: entries from this sequence on are needed to resume.
            now: the edge's time, ms.
        """
        files = segments(self.folder)
        sizes = {segment.path: segment.path.stat().st_size for segment in files}
        total = sum(sizes.values())
        dropped = 0
        for segment, following in pairwise(files):
            if following.first > needed_from:
                break
            age_h = now / 3.6e6 - segment.path.stat().st_mtime / 3600
            if age_h <= self._s.keep_h and total <= self._s.keep_gb * 1e9:
                break
            with suppress(OSError):
                segment.path.unlink()
                total -= sizes[segment.path]
                dropped += 1
        return dropped

    def size(self) -> int:
        """Bytes of all files."""
        return sum(segment.path.stat().st_size for segment in segments(self.folder))

    def close(self) -> None:
        """Put everything on the disk and close."""
        with suppress(JournalError):
            self.sync()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _next_segment(self) -> None:
        if self._file is not None:
            self.sync()
            self._file.close()
            self._file = None
        path = self.folder / f"{self.sequence + 1:020d}{SUFFIX}"
        file = path.open("wb", buffering=0)
        try:
            _put(file, MAGIC)
        except OSError:
            file.close()
            with suppress(OSError):
                path.unlink()
            raise
        self._file, self._size, self._known = file, len(MAGIC), (0, 0, 0)
        self._sync_folder()

    def _roll_back(self) -> None:
        """Take half a frame off the end again; a file that can't be mended is left, and another begun."""
        if self._file is None:
            return
        try:
            self._file.truncate(self._size)
            self._file.seek(self._size)
        except OSError:
            with suppress(OSError):
                self._file.close()
            self._file = None

    def _find_end(self) -> None:
        """Where the journal ends; what is no whole entry behind it is cut off."""
        for segment in reversed(segments(self.folder)):
            walk = Walk(segment.path)
            last = None
            for sequence, body in walk:
                last = sequence, body
            if walk.torn or last is None:
                self.cut += walk.torn
                try:
                    if last is None:
                        segment.path.unlink()
                    else:
                        os.truncate(segment.path, walk.end)
                except OSError as error:
                    raise StoreError(
                        f"{segment.path}: can't be mended after a crash ({error.strerror or error})"
                    ) from None
            if last is not None:
                content = content_of(last[1])
                self.sequence, self.written_t = last[0], content.written_t
                self.records = content.first_record - 1 + content.positions
                return

    def _sync_folder(self) -> None:
        if os.name != "posix":
            return
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _put(file: IO[bytes], data: bytes) -> None:
    """All of it, without a buffer of our own: what a full disk did not take must not be written later."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]
