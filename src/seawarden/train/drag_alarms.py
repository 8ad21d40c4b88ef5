"""From scores at ticks to alarms, and from alarms to thresholds for a rate."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from seawarden.behaviours.drag.asked import is_asked
from seawarden.model.position import F64

REARM_S: Final = 3600.0
"""After an alarm a ship raises none for this long."""
TAIL_COUNT: Final = 20
"""Highest peaks that the tail is fitted to."""


def gated(score: F64, x: F64) -> F64:
    """Minus infinity where the behaviour would not have asked the model."""
    return np.where(is_asked(x), score, -np.inf)


def held(score: F64, dense: bool) -> F64:
    """The score that held over two ticks: the lower of each and the one before; sparse tracks keep theirs."""
    if not dense or len(score) == 0:
        return score
    return np.concatenate(([-np.inf], np.minimum(score[1:], score[:-1])))


def peaks(t_s: F64, score: F64) -> F64:
    """Highest scores of one track, each at least `REARM_S` from the higher ones, falling; shape (k,)."""
    found: list[float] = []
    t, s = t_s, score
    while len(s):
        k = int(np.argmax(s))
        if not np.isfinite(s[k]):
            break
        found.append(float(s[k]))
        apart = np.abs(t - t[k]) > REARM_S
        t, s = t[apart], s[apart]
    return np.array(found)


class Tail(NamedTuple):
    """Alarm rate by threshold: counted where there are alarms, exponential beyond (peaks over a threshold)."""

    high: F64
    """All peaks, falling."""
    days: float
    begin: float
    """Where the fitted tail begins."""
    scale: float
    peaks: int

    def counted(self, rate: float) -> float:
        """Lowest threshold with at most `rate * days` counted alarms; minus infinity when there are fewer peaks."""
        allowed = int(np.floor(rate * self.days + 1e-9))
        return float(np.nextafter(self.high[allowed], np.inf)) if allowed < len(self.high) else -np.inf

    def is_counted(self, rate: float) -> bool:
        """Whether a rate allows at least one alarm in what was watched, so that it can be counted."""
        return rate * self.days >= 1.0

    def fitted(self, rate: float) -> float:
        """Threshold for `rate` a ship-day by the fitted tail; the counted one where the tail does not reach."""
        at_begin = self.peaks / self.days
        if self.is_counted(rate):
            return self.counted(rate)
        beyond = self.begin + self.scale * float(np.log(at_begin / rate))
        return max(beyond, self.counted(1.0 / self.days))  # never below what a higher rate was counted to need

    def rate_at(self, threshold: float) -> float:
        """Fitted (beyond the begin of the tail) or counted rate of alarms a ship-day at a threshold."""
        if threshold >= self.begin:
            return self.peaks / self.days * float(np.exp(-(threshold - self.begin) / self.scale))
        return float(np.count_nonzero(self.high >= threshold)) / self.days


def tail_of(high: F64, days: float) -> Tail:
    """Fit the tail to the `TAIL_COUNT` highest peaks: exponential, scale by maximum likelihood."""
    falling = np.sort(high)[::-1]
    count = min(TAIL_COUNT, len(falling) - 1)
    if count < 2:
        return Tail(falling, max(days, 1e-9), float(falling[0]) if len(falling) else 0.0, 1.0, max(len(falling), 1))
    begin = float(falling[count])
    return Tail(falling, days, begin, max(float(np.mean(falling[:count] - begin)), 1e-3), count)
