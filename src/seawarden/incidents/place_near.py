"""Ports, pilots and zones of work near a ship: where slowing and stopping are a matter of course."""

from __future__ import annotations

import math
from typing import Final

from seawarden.geodesy import bearing_deg, wrap_deg
from seawarden.geography.zones_kinds import WORKING
from seawarden.model.finding import Reason
from seawarden.risk.needs import Fix, Places
from seawarden.settings_risk import RiskSettings

ANGLE_DEG: Final = 30.0
"""Off her course by no more than this, she may be bound for it."""
BOUND_MIN: Final = 60.0
"""Ships slow for a pilot or a berth within the last hour."""
SLOWEST_KN: Final = 2.0
"""Slower ships are bound for nothing that their course would tell."""


def place_near(places: Places | None, fix: Fix | None, s: RiskSettings) -> Reason | None:
    """What the nearest port or pilot station says for a ship, or None when it says nothing."""
    if places is None or fix is None:
        return None
    zones = getattr(places, "zones", None)
    inside = zones.at(fix.lat, fix.lon, tuple(WORKING)) if zones is not None else []
    if inside:
        text = WORKING[inside[0].kind].format(inside[0].name)
        return Reason(text=text, weight=s.at_place_logodds, measure="place")
    row, far = places.nearest(fix.lat, fix.lon)
    if row < 0:
        return None
    place = places.places[row]
    if far <= place.radius_m:
        text = f"within the {place.kind} of {place.name} ({far / 1852:.1f} nmi)"
        return Reason(text=text, weight=s.at_place_logodds, measure="place")
    if not (math.isfinite(fix.cog_deg) and math.isfinite(fix.sog_kn) and fix.sog_kn >= SLOWEST_KN):
        return None
    off = abs(wrap_deg(bearing_deg(fix.lat, fix.lon, place.lat, place.lon) - fix.cog_deg))
    minutes = (far - place.radius_m) / (fix.sog_kn * 1852 / 60)
    if off <= ANGLE_DEG and minutes <= BOUND_MIN:
        text = f"her course leads to the {place.kind} of {place.name} in {minutes:.0f} min"
        return Reason(text=text, weight=s.to_place_logodds, measure="place")
    return None
