"""How the decoder's functions are compiled."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from numba import njit


def kernel(function: Any) -> Any:
    """Compile without counting references to arrays.

    The functions here allocate nothing and keep nothing, and counting costs more than the decoding itself: a
    sentence goes through half a dozen calls.

    Compiled code is kept from run to run. The compiler looks at a function's own file only to see whether it is still
    good, but calls are compiled in from the other files, so here all files of the room count.
    """
    options: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
    compiled = njit(**options)(function)
    kept: Any = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if hasattr(kept, "_source_stamp"):
        kept._source_stamp = _stamp()
    return compiled


@cache
def _stamp() -> tuple[tuple[str, int, int], ...]:
    files = sorted(Path(__file__).parent.glob("*.py"))
    return tuple((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files)
