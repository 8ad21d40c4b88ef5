"""The ships around one ship, and what each did with her speed over the same time."""

from __future__ import annotations

import math
from statistics import median
from typing import Final

import numpy as np

from seawarden.geodesy import distance_m
from seawarden.incidents.fleet_fixes import FleetFixes
from seawarden.risk.company import KINDS, Company
from seawarden.risk.evidence import TrackEvidence
from seawarden.risk.needs import Fix

NEAR_M: Final = 40_000.0
"""A gale's sea is much alike over forty kilometres; currents and lanes are not beyond."""
SAME_COURSE_DEG: Final = 45.0
LEAST_KN: Final = 4.0
BEFORE_MS: Final = (60 * 60_000, 10 * 60_000)
"""Span before her onset from which each ship's own speed is taken."""
RECENT_MS: Final = 20 * 60_000
FRESH_MS: Final = 30 * 60_000
MOST: Final = 40
"""Ships asked, the nearest first."""


def company_of(track: TrackEvidence, fix: Fix | None, fixes: FleetFixes, t: int) -> Company | None:
    """What the ships near her on her course did since she began to slow; None when she does not, or nobody is near.

    Args:
        track: what was found of her.
        fix: her last position.
        fixes: the fleet at this tick.
        t: the tick, ms.
    """
    onsets = [f.start_t for f in track.findings.values() if f.kind in KINDS and f.state == "open"]
    if fix is None or not onsets or not math.isfinite(fix.cog_deg):
        return None
    onset = max(onsets)
    slots, last = fixes.view.last()
    side = np.abs((last.cog_deg - fix.cog_deg + 180.0) % 360.0 - 180.0)
    wide = NEAR_M / 111_000.0
    east = np.abs((last.lon - fix.lon + 180.0) % 360.0 - 180.0) * max(math.cos(math.radians(fix.lat)), 0.05)
    likely = (
        (side <= SAME_COURSE_DEG) & (last.t >= t - FRESH_MS) & (np.abs(last.lat - fix.lat) <= wide) & (east <= wide)
    )
    own = fixes.slot(track.ship.track_id)
    near = []
    for k in np.flatnonzero(likely).tolist():
        away = distance_m(fix.lat, fix.lon, float(last.lat[k]), float(last.lon[k]))
        if int(slots[k]) != own and away <= NEAR_M:
            near.append((away, k))
    losses = []
    for _, k in sorted(near)[:MOST]:
        slot = int(slots[k])
        before = fixes.view.mean_sog(slot, onset - BEFORE_MS[0], onset - BEFORE_MS[1])
        now = fixes.view.mean_sog(slot, t - RECENT_MS, t)
        if before >= LEAST_KN and math.isfinite(now):
            losses.append(1.0 - now / before)
    if not losses:
        return None
    middle = median(losses)
    spread = 1.4826 * median([abs(x - middle) for x in losses])
    return Company(len(losses), sum(x >= 0.05 for x in losses), middle, spread)
