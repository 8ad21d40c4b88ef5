"""A plausible heading for tracks that carry none, fitted to real headings.

Fit: 3,613 reports over 6 kn of 15 ships off Nova Scotia in five August days of 2025 (Canadian Coast Guard). Heading
minus course differs between ships by 2.2 degrees (standard deviation), its 20-minute mean wanders by 1.4 degrees
against the 40 minutes before, and single reports scatter by 1.1 degrees.
"""

from __future__ import annotations

import numpy as np

from seawarden.model.position import Positions
from seawarden.simulate.draws import generator

SHIP_DEG = 2.2
SLOW_DEG = 1.6
SLOW_S = 2400.0
REPORT_DEG = 1.1


def with_heading(ship: Positions, *key: int | str) -> Positions:
    """The ship with a made-up heading in every report; her other columns are the same arrays.

    Args:
        ship: positions of one ship, in order of time.
        *key: names the draw.
    """
    random = generator("heading", *key)
    n = len(ship.t)
    t_s = ship.t / 1000.0
    keep = np.exp(-np.diff(t_s, prepend=t_s[:1]) / SLOW_S)
    kicks = random.normal(0.0, SLOW_DEG, n)
    slow = np.empty(n)
    state = 0.0
    for i in range(n):
        state = keep[i] * state + np.sqrt(max(1.0 - keep[i] ** 2, 0.0)) * kicks[i] if i else kicks[0]
        slow[i] = state
    noise = random.normal(0.0, REPORT_DEG, n)
    heading = np.round((ship.cog_deg + random.normal(0.0, SHIP_DEG) + slow + noise) % 360.0) % 360.0
    return ship._replace(heading_deg=np.ascontiguousarray(heading, dtype=np.float32))
