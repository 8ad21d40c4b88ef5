"""Reception: the same voyage heard less often, or with holes."""

from __future__ import annotations

import numpy as np

from seawarden.model.position import Positions, take
from seawarden.simulate.draws import generator


def thin(ship: Positions, *key: int | str, cadence_s: float = 0.0, dropout: float = 0.0) -> Positions:
    """Keep about one report every `cadence_s` and lose a share `dropout` of them, in bursts of one to six reports.

    Args:
        ship: positions in order of time.
        *key: names the draw.
        cadence_s: shortest time between two kept reports, s; 0 keeps all.
        dropout: share of reports lost, 0..0.9.
    """
    keep = np.ones(len(ship.t), dtype=np.bool_)
    if cadence_s > 0.0:
        last = -np.inf
        for row, t in enumerate(ship.t / 1000.0):
            keep[row] = t - last >= cadence_s - 1.0
            last = t if keep[row] else last
    if dropout > 0.0:
        random = generator("dropout", *key)
        n = len(ship.t)
        bursts = round(dropout * n / 3.5)
        for begin, length in zip(random.integers(0, max(n, 1), bursts), random.integers(1, 7, bursts), strict=True):
            keep[begin : begin + length] = False
    return take(ship, keep)
