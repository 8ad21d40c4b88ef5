"""A chain with an anchor at its end, towed through water: how deep does it hang at a speed?

Statics of an inextensible line in a steady flow, integrated from the anchor up to the ship. With `a` the angle from
the horizontal, w the weight in water per metre, n and t the normal and tangential drag of a metre of chain:
`dT/ds = w sin a + t cos^2 a` along the line and `T da/ds = w cos a - n sin^2 a` across it.
Stud-link chain: 0.0219 d^2 kg/m (d in mm), 0.87 of the weight left in water, drag coefficients 2.4 normal and 0.5
tangential on the bar's diameter. It agrees within 12 % with the project's table of depths by speed, whose own error
is 25 %: nobody has measured a ship's anchor under way, so 25 % is the error carried here.
"""

from __future__ import annotations

import math
from typing import Final

from numba import njit

SEA_WATER: Final = 1025.0
GRAVITY: Final = 9.81
IN_WATER: Final = 0.87
CHAIN_KG: Final = 0.0219
NORMAL: Final = 2.4
TANGENTIAL: Final = 0.5
ANCHOR_DRAG: Final = 1.2
ANCHOR_AREA: Final = 0.85
"""Frontal area of a stockless anchor, m2, per (tonne)^(2/3)."""
REACH_SIGMA: Final = 0.25
"""Relative standard error of the depth reached."""
KN_MS: Final = 1852.0 / 3600.0


@njit(cache=True)
def towed_depth(anchor_kg: float, chain_mm: float, out_m: float, speed_kn: float) -> tuple[float, float]:
    """Depth below the hawse that a free-hanging anchor reaches, and how far it trails behind the hawse, m.

    Args:
        anchor_kg: mass of the anchor.
        chain_mm: bar diameter of the stud-link chain.
        out_m: chain paid out.
        speed_kn: speed through water.
    """
    u = speed_kn * KN_MS
    diameter = chain_mm / 1000.0
    weight = CHAIN_KG * chain_mm * chain_mm * GRAVITY * IN_WATER
    q = 0.5 * SEA_WATER * u * u
    normal = q * NORMAL * diameter
    along = q * TANGENTIAL * diameter
    down = anchor_kg * GRAVITY * IN_WATER
    back = q * ANCHOR_DRAG * ANCHOR_AREA * (anchor_kg / 1000.0) ** (2.0 / 3.0)
    tension = math.sqrt(down * down + back * back)
    angle = math.atan2(down, back)
    steps = 64
    ds = out_m / steps
    depth = 0.0
    trail = 0.0
    for _ in range(steps):
        sin_a, cos_a = math.sin(angle), math.cos(angle)
        bend = (weight * cos_a - normal * sin_a * sin_a) / tension
        half = angle + 0.5 * ds * bend
        sin_h, cos_h = math.sin(half), math.cos(half)
        depth += sin_h * ds
        trail += cos_h * ds
        angle += ds * (weight * cos_h - normal * sin_h * sin_h) / tension
        tension += ds * (weight * sin_h + along * cos_h * cos_h)
    return depth, trail
