"""What is known of a ship before anything happens: how often she is heard, how steadily she sails, and where.

From positions up to the moment alone, by the windows that the evidence for an anchor out will look back on.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from seawarden.behaviours.drag.features import BEFORE_S, first_row, line_through
from seawarden.behaviours.drag.lanes import Lanes, lane_at, no_lanes
from seawarden.behaviours.drag.series import Series
from seawarden.model.position import F64

BEFORE: Final = (
    "age_min",  # since she was last heard
    "heard_min",  # unbroken track until now, at most an hour
    "every_min",  # mean gap between two reports of the last hour, as the model reckons it
    "gap_min",  # the gap in which a moment of the last hour lies, in the mean: bursts do not hide the holes
    "speed_kn",  # mean of log speed over up to 45 min, as a drag's loss would be held against it
    "unsteady",  # spread of log speed round its own line over the same time
    "turned_deg",  # widest swing of the course in the last quarter of an hour
    "heading",  # 1 when her last report carries one, else 0
    "lane_ships",  # ships that came by here on this course before; NaN where past traffic is not known
    "lane_slowed",  # share of those that slowed; NaN where fewer than two came
)
AGE: Final = BEFORE.index("age_min")
HEARD: Final = BEFORE.index("heard_min")
EVERY: Final = BEFORE.index("every_min")
GAP: Final = BEFORE.index("gap_min")
SPEED: Final = BEFORE.index("speed_kn")
UNSTEADY: Final = BEFORE.index("unsteady")
TURNED: Final = BEFORE.index("turned_deg")
HEADING: Final = BEFORE.index("heading")
SHIPS: Final = BEFORE.index("lane_ships")
SLOWED: Final = BEFORE.index("lane_slowed")
HOUR_S: Final = 3600.0
BROKEN_S: Final = 1800.0
"""A longer silence begins a new track."""
TURN_S: Final = 900.0
_NONE: Final = no_lanes()


def before_at(series: Series, now_s: float, lanes: Lanes = _NONE, own: Lanes = _NONE) -> F64:
    """The state of a ship at a moment, shape (10,), in the order of `BEFORE`; all NaN when she was never heard.

    Args:
        series: her believed positions; nothing later than the moment is read.
        now_s: the moment, s.
        lanes: what ships before did here.
        own: what of that is her own doing and left out.
    """
    out = np.full(len(BEFORE), np.nan)
    _before(series.t_s, series.log_v, series.course, series.skew, series.lat, series.lon, now_s, lanes, own, out)
    return out


@njit(cache=True)
def _before(
    t_s: F64,
    log_v: F64,
    course: F64,
    skew: F64,
    lat: F64,
    lon: F64,
    now_s: float,
    lanes: Lanes,
    own: Lanes,
    out: F64,
) -> None:
    end = first_row(t_s, 0, len(t_s), now_s + 1e-3)
    if end == 0:
        return
    begin = end - 1
    while begin > 0 and t_s[begin] - t_s[begin - 1] <= BROKEN_S and now_s - t_s[begin] < HOUR_S:
        begin -= 1
    out[AGE] = (now_s - t_s[end - 1]) / 60.0
    out[HEARD] = min((now_s - t_s[begin]) / 60.0, 60.0)
    total = 0.0
    square = 0.0
    for i in range(begin + 1, end):
        gap = t_s[i] - t_s[i - 1]
        total += gap
        square += gap * gap
    gap = now_s - t_s[end - 1]
    total += gap
    square += gap * gap
    if end - begin >= 2:
        out[EVERY] = (t_s[end - 1] - t_s[begin]) / 60.0 / (end - 1 - begin)
        out[GAP] = square / total / 60.0
    a = first_row(t_s, begin, end, now_s - BEFORE_S)
    total = 0.0
    for i in range(a, end):
        total += log_v[i]
    if a < end:
        out[SPEED] = math.exp(total / (end - a))
        _, out[UNSTEADY] = line_through(t_s, log_v, a, end)
    low, high = math.inf, -math.inf
    for i in range(min(first_row(t_s, begin, end, now_s - TURN_S), end - 1), end):
        low, high = min(low, course[i]), max(high, course[i])
    out[TURNED] = min(high - low, 180.0)
    out[HEADING] = 0.0 if math.isnan(skew[end - 1]) else 1.0
    ships, _, slowed = lane_at(lanes, own, lat[end - 1], lon[end - 1], course[end - 1])
    out[SHIPS], out[SLOWED] = ships, slowed
