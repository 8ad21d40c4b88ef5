"""Python's cycle collector and its hand-over between threads, set for long runs.

A run makes hundreds of thousands of findings, reasons and reference objects that live on and hold no cycles; the
collector would walk through all of them many times over, for a seventh of the whole time. It stays on, but seldom.
"""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

HAND_OVER_S: Final = 0.0005
SELDOM: Final = (50_000, 100, 10)
"""Net allocations before the youngest are looked at, and how many such looks before the older ones are."""


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Collect cycles seldom inside the block; afterwards as before."""
    _leave_at_exit()
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def handing_over_quickly() -> Iterator[None]:
    """Let a thread that comes out of a kernel have the interpreter after half a millisecond instead of five.

    Kernels are short and many: with five, the thread that runs them waits longer than it works.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(HAND_OVER_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


@cache
def keep_what_is_loaded() -> None:
    """What a program has loaded by now stays for as long as it runs: the collector walks through it no more.

    Modules, compiled code and assets are a quarter of a million objects, and a walk through them holds up every
    thread for 0.15 s, in the midst of a live run. Once a process: what is made after is looked at as ever.
    """
    gc.collect()
    gc.freeze()


@cache
def _leave_at_exit() -> None:
    """When the process ends, what it still holds goes with it: the last walk through all of it is left out."""
    atexit.register(gc.freeze)
