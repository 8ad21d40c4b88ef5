"""How long to wait before calling again: longer each time, and never all callers at once."""

from __future__ import annotations

import random


class Backoff:
    """Waits that double up to a longest, each drawn between half and whole ("equal jitter", AWS architecture blog).

    Args:
        first_s: the first wait, s.
        most_s: the longest, s.
        seed: key of the draws, so that feeds differ and tests repeat.
    """

    def __init__(self, first_s: float, most_s: float, seed: str) -> None:
        self._first_s, self._most_s = first_s, most_s
        self._draw = random.Random(seed)
        self.tries = 0

    def next_s(self) -> float:
        """The wait before the next try, s."""
        whole = min(self._most_s, self._first_s * 2.0 ** min(self.tries, 30))
        self.tries += 1
        return whole * (0.5 + 0.5 * self._draw.random())

    def reset(self) -> None:
        """The line stood: begin anew."""
        self.tries = 0
