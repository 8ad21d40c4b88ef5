"""What a measurement was made on."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import msgspec

from seawarden import __version__


class Machine(msgspec.Struct, kw_only=True):
    """A machine and its software."""

    processor: str
    cores: int
    memory_gb: float
    system: str
    python: str
    version: str
    """Of Seawarden."""
    load_before: float
    """Mean number of busy processes in the minute before: what else ran there."""


def this_machine() -> Machine:
    """The one that this runs on."""
    named = [line for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = [line for line in _lines("/proc/meminfo") if line.startswith("MemTotal")]
    return Machine(
        processor=named[0].partition(":")[2].strip() if named else platform.processor(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 0,
        memory_gb=round(int(memory[0].split()[1]) / 1e6, 1) if memory else 0.0,
        system=f"{platform.system()} {platform.release()}",
        python=sys.version.split()[0],
        version=__version__,
        load_before=round(os.getloadavg()[0], 2),
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []
