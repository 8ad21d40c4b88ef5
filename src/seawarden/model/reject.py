"""Records that were not taken, each with its place and reason."""

from __future__ import annotations

import msgspec


class Reject(msgspec.Struct, frozen=True, kw_only=True):
    """One rejected line or record."""

    file: str
    line: int
    """Line or record, from 1; 0 when the whole file is meant."""
    reason: str
    """A short stable slug, e.g. `checksum`, `no_time`, `bad_latitude`; the unit of counting."""
    detail: str = ""
    """A sentence for a person; at most 200 characters of the offending text."""
