"""Reading a journal back: entries in order, with the names they were written with; damage is told, never skipped."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from seawarden.model.batch import Batch, Catalogue
from seawarden.model.error import StoreError
from seawarden.store.journal_entry import MAGIC, Content, batch_of, content_of, unframed

SUFFIX: Final = ".journal"


class Segment(NamedTuple):
    """One file of a journal."""

    path: Path
    first: int
    """Sequence of its first entry."""


class Kept(NamedTuple):
    """One entry, read back."""

    sequence: int
    content: Content
    names: Catalogue
    """All names up to this entry, at the places that its columns use."""

    @property
    def batch(self) -> Batch:
        """The batch as it went into the engine."""
        return batch_of(self.content)


def is_journal(path: Path) -> bool:
    """Whether a folder is a journal, or the store of a live run, which holds one."""
    return path.is_dir() and bool(segments(folder_of(path)))


def folder_of(path: Path) -> Path:
    """The journal's own folder."""
    inner = path / "journal"
    return inner if inner.is_dir() else path


def segments(folder: Path) -> list[Segment]:
    """Files of a journal, oldest first."""
    found = []
    for path in folder.glob(f"*{SUFFIX}"):
        if path.stem.isdigit():
            found.append(Segment(path, int(path.stem)))
    return sorted(found, key=lambda segment: segment.first)


class Walk:
    """Goes through the frames of one file.

    After the last frame, `end` is where it ended and `torn` how many bytes behind it are no whole frame.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.end = 0
        self.torn = 0

    def __iter__(self) -> Iterator[tuple[int, memoryview]]:
        """Sequence and content of each frame.

        Raises:
            StoreError: the file can't be read, or is no journal.
        """
        try:
            with self.path.open("rb") as file:
                size = self.path.stat().st_size
                if size < len(MAGIC):
                    self.torn = size
                    return
                with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
                    if held[: len(MAGIC)] != MAGIC:
                        raise StoreError(f"{self.path}: not a journal, or of another version")
                    self.end = len(MAGIC)
                    # a copy of each frame leaves, so that the map can be closed whatever the reader keeps
                    while True:
                        with memoryview(held) as view:
                            found = unframed(view, self.end)
                            if found is None:
                                break
                            sequence, self.end, body = found
                            copy = memoryview(bytes(body))
                            body.release()
                        yield sequence, copy
                    self.torn = size - self.end
        except OSError as error:
            raise StoreError(f"{self.path}: can't be read ({error.strerror or error})") from None


class JournalReader:
    """The entries of a journal.

    Args:
        folder: the journal's, or the store's.
        after: entries up to this sequence are left out.
    """

    def __init__(self, folder: Path, after: int = 0) -> None:
        self.folder = folder_of(folder)
        self._after = after
        self.torn = 0
        """Bytes at the very end that are no whole entry: the write that a crash interrupted."""

    def __iter__(self) -> Iterator[Kept]:
        """Entries in order.

        Raises:
            StoreError: the journal is damaged before its end, or entries are missing in it.
        """
        files = segments(self.folder)
        begin = max((k for k, s in enumerate(files) if s.first <= self._after + 1), default=0)
        expected: int | None = None
        for k, segment in enumerate(files[begin:], start=begin):
            if expected is None and self._after and segment.first > self._after + 1:
                raise StoreError(
                    f"{segment.path}: the journal begins at entry {segment.first}, but {self._after + 1} is needed"
                )
            names = Catalogue()
            walk = Walk(segment.path)
            for sequence, body in walk:
                if expected is not None and sequence != expected:
                    raise StoreError(f"{segment.path}: entry {expected} is missing: {sequence} follows")
                expected = sequence + 1
                content = content_of(body)
                for add, (_, words) in (
                    (names.source, content.sources),
                    (names.receiver, content.receivers),
                    (names.file, content.files),
                ):
                    for word in words:
                        add(word)
                if sequence > self._after:
                    yield Kept(sequence, content, names)
            if walk.torn:
                if k + 1 < len(files) and files[k + 1].first != expected:
                    raise StoreError(
                        f"{segment.path}: damaged at byte {walk.end}: {walk.torn} bytes are no entry, and later "
                        "files follow: restore it from a copy, or move this journal away"
                    )
                self.torn = walk.torn


def recall(catalogue: Catalogue, names: Catalogue) -> None:
    """Take up the names of the journal, at their places."""
    for have, add, words in (
        (catalogue.sources, catalogue.source, names.sources),
        (catalogue.receivers, catalogue.receiver, names.receivers),
        (catalogue.files, catalogue.file, names.files),
    ):
        for word in words[len(have) :]:
            add(word)
