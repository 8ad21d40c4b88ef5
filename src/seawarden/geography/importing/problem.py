"""What is wrong with an asset file, in a sentence, with its place and what to do."""

from __future__ import annotations

from typing import Literal

import msgspec

Severity = Literal["refused", "doubtful", "mended"]
"""`refused`: this feature was not taken. `doubtful`: taken, but look at it. `mended`: put right by the import."""


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is wrong or was put right."""

    severity: Severity
    what: str
    """A short stable slug, e.g. `swapped_axes`, `zero_length`."""
    text: str
    """A sentence: what is wrong, and what to do."""
    file: str = ""
    feature: str = ""
    """The feature's name, or its number from 1."""
    vertex: int = 0
    """The vertex or row from 1; 0 when the whole feature is meant."""

    def __str__(self) -> str:
        place = self.file
        if self.feature:
            place += f", feature {self.feature}" if place else f"feature {self.feature}"
        if self.vertex:
            place += f", vertex {self.vertex}"
        return f"{place}: {self.text} [{self.what}]" if place else f"{self.text} [{self.what}]"
