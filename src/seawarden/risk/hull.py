"""What a ship's type and size say: whether she carries an anchor that harms, and whether it reaches the bottom."""

from __future__ import annotations

import math
from typing import Final

from seawarden.model.finding import Reason
from seawarden.model.vessel import ShipRef
from seawarden.physics.equipment import equipment_of
from seawarden.physics.equipment import ship_class as build
from seawarden.physics.reach import chance_for
from seawarden.settings_risk import RiskSettings

MERCHANT: Final = ("cargo", "tanker", "bulk", "container", "ro-ro", "roro", "carrier", "reefer")
PASSENGER: Final = ("passenger", "ferry", "cruise", "high speed", "high-speed", "hsc")
SMALL: Final = ("pilot", "tug", "towing", "pleasure", "sailing", "yacht", "fishing", "sar", "search", "dredg", "dive")

FLOOR: Final = 0.05
"""Depth weighs the risk; it never cuts it off."""
USUAL_KN: Final = 8.0
"""Speed taken where hers is not known: between Eagle S and Yi Peng 3."""
DEPTH_SIGMA_M: Final = 20.0
"""Error of a depth that states none: that of a 5-minute grid in the Kattegat."""


def ship_class(ship: ShipRef) -> str:
    """`merchant`, `passenger`, `small` or `unknown`, from the type in words, else from the length."""
    text = ship.type.casefold()
    for names, found in ((SMALL, "small"), (PASSENGER, "passenger"), (MERCHANT, "merchant")):
        if any(name in text for name in names):
            return found
    if ship.length_m is not None and ship.length_m > 0:
        return "merchant" if ship.length_m >= 80 else ("small" if ship.length_m < 40 else "unknown")
    return "unknown"


def hull_reason(ship: ShipRef, s: RiskSettings) -> Reason | None:
    """What her type and size add or take, or None when nothing is known."""
    found = ship_class(ship)
    size = f", {ship.length_m:.0f} m" if ship.length_m else ""
    if found == "merchant":
        return Reason(text=f"a merchant ship{size}, with anchors to match", weight=s.merchant_logodds, measure="type")
    if found == "passenger":
        return Reason(text=f"a passenger ship{size}", weight=s.passenger_logodds, measure="type")
    if found == "small":
        return Reason(text=f"a small or working craft{size}", weight=s.small_craft_logodds, measure="type")
    return None


def reach_chance(ship: ShipRef, speed_kn: float, depth_m: float, depth_sigma_m: float) -> float:
    """Chance that her anchor reaches the bottom here, from 0.05 to 1; 1 where the depth is not known."""
    if not math.isfinite(depth_m):
        return 1.0
    kind = build(text=ship.type)
    if kind == "other" and ship_class(ship) == "merchant":
        kind = "cargo"
    outfit = equipment_of(kind, length_m=ship.length_m, breadth_m=ship.breadth_m, draught_m=ship.draught_m)
    sigma = depth_sigma_m if math.isfinite(depth_sigma_m) else DEPTH_SIGMA_M
    chance = chance_for(outfit, speed_kn if math.isfinite(speed_kn) else USUAL_KN, depth_m, sigma)
    return FLOOR + (1.0 - FLOOR) * chance
