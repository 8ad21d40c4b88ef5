"""Snapshots of a live run, written by a copy of the process while the watch goes on.

`fork` gives the copy the engine's memory as it is at that moment, page by page only where the run changes it after;
it writes, and ends. Where there is no `fork` that can be trusted (anywhere but on Linux), or a copy once failed, the
run writes for itself, and stands still meanwhile.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import sys
import time
import warnings
from contextlib import suppress
from typing import Final

from seawarden.engine.core import Engine
from seawarden.model.error import StoreError
from seawarden.run.live_store import LiveStore

LONGEST_S: Final = 600.0
"""A copy that takes longer hangs and is ended."""
NICE: Final = 5
"""The copy gives way to the watch."""
_LOG = logging.getLogger(__name__)
_PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None) if sys.platform == "linux" else None


class Snapshots:
    """Makes one snapshot at a time.

    Args:
        store: where to.
        beside: whether a copy of the process may write.
    """

    def __init__(self, store: LiveStore, *, beside: bool = sys.platform == "linux") -> None:
        self._store, self._beside = store, beside
        self._child: tuple[int, int, int, float] | None = None
        self.made: int | None = None
        """Entry of the journal after which the newest one was made that is not published yet."""
        self.problem = ""

    @property
    def running(self) -> bool:
        """Whether one is being written."""
        return self._child is not None

    def begin(self, engine: Engine, sequence: int) -> None:
        """Write one of the engine as it is now; nobody may change it before this returns."""
        if self._child is not None:
            return
        self.made = None
        if not self._beside:
            self._write(engine, sequence)
            return
        reading, writing = os.pipe()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # threads: the copy touches none of their locks
                child = os.fork()
        except OSError as error:
            os.close(reading)
            os.close(writing)
            _LOG.warning(
                "the process can't be copied (%s): the watch stands still while a snapshot is written", error
            )
            self._write(engine, sequence)
            return
        if child == 0:
            self._be_the_copy(engine, sequence, writing)
        os.close(writing)
        self._child = child, sequence, reading, time.monotonic()

    def poll(self, wait_s: float = 0.0) -> None:
        """Look after the copy: once it has ended, `made` or `problem` tells how."""
        end = time.monotonic() + wait_s
        while self._child is not None:
            child, sequence, reading, began = self._child
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                self._child = None
                with os.fdopen(reading, "rb") as said:
                    text = said.read(2_000).decode("utf-8", "replace")
                if status == 0:
                    self.made, self.problem = sequence, ""
                else:
                    self._failed(text or f"it ended with {os.waitstatus_to_exitcode(status)}", ours=not text)
            elif time.monotonic() - began > LONGEST_S:
                os.kill(child, signal.SIGKILL)
            elif time.monotonic() >= end:
                return
            else:
                time.sleep(0.01)

    def cancel(self) -> None:
        """End a copy that is still writing; what it has written counts for nothing."""
        if self._child is not None:
            with suppress(ProcessLookupError):
                os.kill(self._child[0], signal.SIGKILL)
            self.poll(5.0)
            self.problem = ""
            self.made = None

    def _failed(self, why: str, *, ours: bool) -> None:
        self.problem = f"no snapshot could be written: {why}"
        if ours:  # no fault of the disk: a copy of this process can't do it
            self._beside = False
            _LOG.warning("%s; the run writes them by itself from now on", self.problem)

    def _write(self, engine: Engine, sequence: int) -> None:
        try:
            self._store.make(engine, sequence)
        except StoreError as error:
            self.problem = str(error)
        else:
            self.made, self.problem = sequence, ""

    def _be_the_copy(self, engine: Engine, sequence: int, writing: int) -> None:
        """Write and end, whatever happens; nothing of the run's own may go on here."""
        code = 1
        try:
            gc.disable()
            if _LIBC is not None:
                _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            os.closerange(3, writing)
            os.closerange(writing + 1, 65_536)  # a line that the run closes must not be held open here
            with suppress(OSError):
                os.nice(NICE)
            self._store.make(engine, sequence)
            code = 0
        except StoreError as error:
            os.write(writing, str(error).encode()[:2_000])
        finally:
            os._exit(code)
