"""Files that hold positions and no time: decoded, counted, and refused with a sentence."""

from __future__ import annotations

from seawarden.model.error import SourceError


class UntimedError(SourceError):
    """Nothing in the file says when its positions were; `counts` says what it holds all the same."""

    def __init__(self, sentence: str, counts: dict[str, int]) -> None:
        super().__init__(sentence)
        self.counts = counts
        """`records`, `positions`, `ships` and the like."""
