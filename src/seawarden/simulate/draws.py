"""Random numbers from an explicit key: the same key gives the same numbers on every machine."""

from __future__ import annotations

import hashlib

import numpy as np


def generator(*key: int | str) -> np.random.Generator:
    """Return a generator seeded by the SHA-256 of `key`; PCG64 gives the same stream on every platform.

    Args:
        *key: integers and strings that name the draw, e.g. `("drag", mmsi, start_t, 3)`.
    """
    text = "\x1f".join(f"{type(part).__name__}:{part}" for part in key)
    return np.random.Generator(np.random.PCG64(int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")))
