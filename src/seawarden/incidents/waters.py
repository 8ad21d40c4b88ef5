"""Whose waters a ship is in, when she leaves them, and whom to call there."""

from __future__ import annotations

import math
from typing import Final

from seawarden.geodesy import destination
from seawarden.model.alert import Waters
from seawarden.risk.needs import Directory, Fix, WatersAt

STEP_MIN: Final = 5.0
HORIZON_MIN: Final = 360.0
"""Beyond six hours a steady course says nothing of whose waters come next."""


def waters_of(around: WatersAt | None, fix: Fix | None) -> Waters | None:
    """Waters at her position, and minutes until she leaves them at her present course and speed."""
    if around is None or fix is None or not (math.isfinite(fix.lat) and math.isfinite(fix.lon)):
        return None
    name, kind = around.waters_at(fix.lat, fix.lon)
    left: float | None = None
    if math.isfinite(fix.sog_kn) and fix.sog_kn >= 1.0 and math.isfinite(fix.cog_deg):
        minutes = STEP_MIN
        while minutes <= HORIZON_MIN:
            lat, lon = destination(fix.lat, fix.lon, fix.cog_deg, fix.sog_kn * 1852.0 * minutes / 60.0)
            if around.waters_at(lat, lon) != (name, kind):
                left = minutes
                break
            minutes += STEP_MIN
    return Waters(name=name, kind=kind, minutes_left=left)


def call_of(directory: Directory | None, fix: Fix | None) -> str:
    """The first desk to call, with its channel; empty where none is known."""
    if directory is None or fix is None or not (math.isfinite(fix.lat) and math.isfinite(fix.lon)):
        return ""
    desks = directory.call(fix.lat, fix.lon)
    return f"{desks[0].who} {desks[0].how}".strip() if desks else ""
