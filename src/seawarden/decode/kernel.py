"""How the decoder's functions are compiled."""

from __future__ import annotations

from typing import Any

from numba import njit


def kernel(function: Any) -> Any:
    """Compile without counting references to arrays.

    The functions here allocate nothing and keep nothing, and counting costs more than the decoding itself: a
    sentence goes through half a dozen calls.
    """
    options: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
    return njit(**options)(function)
