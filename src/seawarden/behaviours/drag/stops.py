"""Her speed after a stop against her speed before it: a ship that stopped, restarted and is slower, or is faster.

A tanker that dragged an anchor in December 2024 stopped and restarted twice and was slower each time; a ship that has
lost or heaved what she dragged is faster after the stop than before. Measured over the stops at sea of innocent ships
(`risk.restart`), slower is seldom and weighs a little; faster is as common as slower and weighs nothing.

The minutes in which she lay still are no loss under way. The model was taught no stops: left to itself it read a ship
that gathers way after one as having lost nine tenths of her speed.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from seawarden.behaviours.drag.features import LEVEL_SIGMA
from seawarden.behaviours.drag.series import DOUBTS
from seawarden.model.position import F64
from seawarden.ports import Track

STOPPED_KN: Final = 2.0
UNDER_WAY_KN: Final = 4.0
LEAST_STOP_S: Final = 300.0
"""A shorter dip below two knots is a slip or a wild report."""
BEFORE_S: Final = (2700.0, 300.0)
"""Her speed before: three quarters of an hour, without the minutes in which she lost her way."""
LONG_BEFORE_S: Final = (7200.0, 2700.0)
"""Her speed before that, where it is known: a ship that had lost some before she stopped is held against the faster
of the two. Eagle S made 8.5 kn, 6.3 before her stop and 7.5 after it."""
GATHERED_S: Final = 600.0
"""A loaded ship gathers way within about ten minutes."""
LEAST_SPAN_S: Final = 300.0
TOLD_AFTER_S: Final = 1500.0
"""An open finding tells of the stop a quarter of an hour after she has gathered way: read sooner, it still rises."""


class Restart(NamedTuple):
    """A stop and what came after."""

    change: float
    """Log speed after less before: negative when slower."""
    sigma: float
    stopped_s: float
    """How long she lay stopped."""
    ended_s: float
    """When the stop ended."""
    before_kn: float
    """Her speed before it, the mean of the logarithm, or in the hour before that where she was faster."""

    @property
    def slower(self) -> bool:
        """Slower after it than before, beyond the error."""
        return self.change < -2.0 * self.sigma

    @property
    def told(self) -> str:
        """In words, without a judgement."""
        share = math.expm1(self.change) * 100.0
        if abs(self.change) < 2.0 * self.sigma:
            return f"as fast after a stop of {self.stopped_s / 60.0:.0f} min as before it, within the error"
        word = "faster" if share > 0.0 else "slower"
        return f"{abs(share):.0f} % {word} after a stop of {self.stopped_s / 60.0:.0f} min than before it"


def stop_ended_s(track: Track) -> float:
    """When her last stop in the track ended, s, the last report while she lies stopped still; NaN without one."""
    t_s, speed = _believed(track)
    stop = _last_stop(t_s, speed)
    return float(t_s[stop[1]]) if stop is not None else math.nan


def restart_of(track: Track) -> Restart | None:
    """Her last stop in the track and her speed on both sides; None without one, or with too little on either side."""
    t_s, speed = _believed(track)
    stop = _last_stop(t_s, speed)
    if stop is None:
        return None
    first, last = stop
    under_way = speed > UNDER_WAY_KN
    sides = []
    for begin, end in (BEFORE_S, LONG_BEFORE_S):
        rows = under_way & (t_s > t_s[first] - begin) & (t_s < t_s[first] - end)
        sides.append(_level(t_s[rows], np.log(speed[rows])))
    rows = under_way & (t_s > t_s[last] + GATHERED_S)
    after = _level(t_s[rows], np.log(speed[rows]))
    if sides[0] is None or after is None:
        return None
    level, variance = max(side for side in sides if side is not None)
    sigma = math.sqrt(variance + after[1] + LEVEL_SIGMA**2)
    return Restart(after[0] - level, sigma, float(t_s[last] - t_s[first]), float(t_s[last]), math.exp(level))


def _believed(track: Track) -> tuple[F64, F64]:
    good = ((track.trust & DOUBTS) == 0) & np.isfinite(track.sog_kn)
    return track.t[good] / 1000.0, track.sog_kn[good].astype(np.float64)


def _last_stop(t_s: F64, speed: F64) -> tuple[int, int] | None:
    """First and last report below two knots of the last stop that is long enough to be one."""
    slow = np.flatnonzero(speed < STOPPED_KN)
    if len(slow) == 0:
        return None
    last = int(slow[-1])
    first = last
    while first > 0 and speed[first - 1] < UNDER_WAY_KN:
        first -= 1
    first += int(np.argmax(speed[first : last + 1] < STOPPED_KN))
    return (first, last) if t_s[last] - t_s[first] >= LEAST_STOP_S else None


def _level(t_s: F64, log_v: F64) -> tuple[float, float] | None:
    """Mean and its variance, ten minutes counting as one reading; None over less than five minutes."""
    span = float(t_s[-1] - t_s[0]) if len(log_v) >= 3 else 0.0
    if span < LEAST_SPAN_S:
        return None
    return float(np.mean(log_v)), (float(np.var(log_v)) + 0.01**2) / max(span / 600.0, 1.0)
