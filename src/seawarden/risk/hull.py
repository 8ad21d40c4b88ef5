"""What a ship's type and size say: whether she carries an anchor that harms, and how deep it reaches under way."""

from __future__ import annotations

import math
from typing import Final

from seawarden.model.finding import Reason
from seawarden.model.vessel import ShipRef
from seawarden.risk.odds import normal_cdf
from seawarden.settings_risk import RiskSettings

MERCHANT: Final = ("cargo", "tanker", "bulk", "container", "ro-ro", "roro", "carrier", "reefer")
PASSENGER: Final = ("passenger", "ferry", "cruise", "high speed", "high-speed", "hsc")
SMALL: Final = ("pilot", "tug", "towing", "pleasure", "sailing", "yacht", "fishing", "sar", "search", "dredg", "dive")

REACH_SIGMA_SHARE: Final = 0.25
"""Relative error of the depths that a towed anchor reaches (field.md, computed, unvalidated)."""
FLOOR: Final = 0.05
"""Depth weighs the risk; it never cuts it off."""


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
        return Reason(text=f"a merchant ship{size}, with anchors that reach", weight=s.merchant_logodds, measure="type")
    if found == "passenger":
        return Reason(text=f"a passenger ship{size}", weight=s.passenger_logodds, measure="type")
    if found == "small":
        return Reason(text=f"a small or working craft{size}", weight=s.small_craft_logodds, measure="type")
    return None


def reach_m(ship: ShipRef, speed_kn: float) -> float:
    """Depth that her anchor reaches on two thirds of its chain, towed at this speed, m (field.md, physics table)."""
    length = ship.length_m or 120.0
    if length < 110.0:
        depths = (122.0, 101.0, 83.0, 70.0, 60.0)
    elif length < 190.0:
        depths = (157.0, 133.0, 111.0, 95.0, 82.0)
    else:
        depths = (198.0, 173.0, 149.0, 128.0, 111.0)
    x = (min(max(speed_kn, 6.0), 14.0) - 6.0) / 2.0
    k = min(int(x), 3)
    return depths[k] + (depths[k + 1] - depths[k]) * (x - k)


def reach_chance(ship: ShipRef, speed_kn: float, depth_m: float, depth_sigma_m: float) -> float:
    """Chance that her anchor reaches the bottom here, from 0.05 to 1; 1 where the depth is not known."""
    if not math.isfinite(depth_m):
        return 1.0
    reach = reach_m(ship, speed_kn if math.isfinite(speed_kn) else 8.0)
    sigma = math.hypot(REACH_SIGMA_SHARE * reach, depth_sigma_m if math.isfinite(depth_sigma_m) else 20.0)
    return FLOOR + (1.0 - FLOOR) * normal_cdf((reach - depth_m) / sigma)
