"""Ids that derive from what they name, so that every run and every node gives the same thing the same id."""

from __future__ import annotations

import hashlib


def content_id(*parts: str | int) -> str:
    """Sixteen hexadecimal digits (BLAKE2b, 64 bits) of the parts in their order."""
    return hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).hexdigest()
