"""Reading ahead: the next batches are read in a thread of their own while the engine works on the present one."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Final

from seawarden.model.batch import Batch

WAITING: Final = 1
"""Batches that wait at most: one waits and one is being read while the engine holds a third."""


class ReadAhead:
    """The batches of an iterator in their order; reading begins at once, and ends with the `with` block.

    An error of the source is raised where its batch would have come.
    """

    def __init__(self, batches: Iterator[Batch]) -> None:
        self._batches = batches
        self._waiting: queue.Queue[Batch | BaseException | None] = queue.Queue(maxsize=WAITING)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, name="reading ahead", daemon=True)

    def __enter__(self) -> ReadAhead:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        while self._thread.is_alive():  # it may be waiting for room for a batch that nobody wants any more
            try:
                self._waiting.get(timeout=0.05)
            except queue.Empty:
                continue

    def __iter__(self) -> Iterator[Batch]:
        while True:
            item = self._waiting.get()
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item

    def _read(self) -> None:
        try:
            for batch in self._batches:
                self._waiting.put(batch)
                if self._stop.is_set():
                    return
            self._waiting.put(None)
        except BaseException as error:  # whatever it is, it belongs to the caller's thread
            self._waiting.put(error)
