"""Where in a ship's track a case begins: with enough track before it, enough after, and reports close enough."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seawarden.evaluate.integrity.sea import Sea
from seawarden.model.position import Positions
from seawarden.simulate.draws import generator

MINUTE_MS = 60_000
INTERVAL_MS = 200_000
"""Reports are at most so far apart (median): ships at anchor report every three minutes."""
GAP_MS = 10 * MINUTE_MS
"""No gap longer than this in the span of a case: what is unheard can't be found."""


def begin_of(ship: Positions, key: Sequence[int | str], before_min: float, after_min: float) -> int | None:
    """A time at which a case of this ship begins, drawn by key; None when no stretch of her track will do.

    Args:
        ship: one ship's positions in order of time.
        key: names the draw.
        before_min: track wanted before it.
        after_min: track wanted after it.
    """
    t = ship.t
    if len(t) < 10:
        return None
    before, after = int(before_min * MINUTE_MS), int(after_min * MINUTE_MS)
    gaps = np.flatnonzero(np.diff(t) > GAP_MS)
    begins = t[np.concatenate(([0], gaps + 1))] + before
    ends = t[np.concatenate((gaps, [len(t) - 1]))] - after
    fit = ends > begins
    if not fit.any():
        return None
    begins, ends = begins[fit], ends[fit]
    random = generator(*key)
    length = (ends - begins).astype(np.float64)
    k = int(random.choice(len(length), p=length / length.sum()))
    at = int(begins[k] + random.random() * length[k])
    near = t[(t >= at - before) & (t <= at + after)]
    if len(near) < 10 or float(np.median(np.diff(near))) > INTERVAL_MS:
        return None
    return at


def drawn(
    sea: Sea, key: str, before_min: float, after_min: float, least_kn: float = 0.0
) -> list[tuple[int, Positions, int]]:
    """MMSI, positions and begin of each ship of a sea that a case can be laid on, by MMSI.

    Args:
        sea: real traffic.
        key: names the draw.
        before_min: track wanted before.
        after_min: track wanted after.
        least_kn: median reported speed wanted in the span of the case.
    """
    found = []
    for mmsi in sea.mmsis():
        ship = sea.ship(mmsi)
        at = begin_of(ship, sea.named(key, mmsi), before_min, after_min)
        if at is None:
            continue
        sog = ship.sog_kn[(ship.t >= at) & (ship.t <= at + int(after_min * MINUTE_MS))]
        if least_kn > 0.0 and not float(np.nanmedian(sog)) >= least_kn:
            continue
        found.append((mmsi, ship, at))
    return found
