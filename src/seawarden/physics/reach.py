"""Can this ship's anchor be on the bottom here? A probability with every error in it, never a cut-off."""

from __future__ import annotations

import math
from typing import Final

from numba import njit

from seawarden.physics.equipment import Equipment
from seawarden.physics.towed import REACH_SIGMA, towed_depth

OUT_SHARES: Final = (1.0 / 3.0, 2.0 / 3.0, 1.0)
OUT_WEIGHTS: Final = (0.2, 0.2, 0.6)
"""How much chain is out: most known cases ran out to the end or nearly so (about 300 m in one, 160 m in another)."""


@njit(cache=True)
def chance_on_bottom(
    anchor_kg: float,
    chain_mm: float,
    chain_m: float,
    mass_sigma: float,
    speed_kn: float,
    depth_m: float,
    depth_sigma_m: float,
) -> float:
    """Chance that a free-hanging anchor touches the bottom at this speed and depth; 0.5-ish where nothing is known.

    Mixture over a third, two thirds and all of the chain; each reach carries 25 % of model error and the error of the
    anchor's size (reach grows about as the fourth root of mass); the depth carries its own. A missing depth (NaN)
    gives NaN: the caller says that it is unknown.
    """
    if math.isnan(depth_m):
        return math.nan
    chance = 0.0
    for k in range(len(OUT_SHARES)):
        reach, _ = towed_depth(anchor_kg, chain_mm, chain_m * OUT_SHARES[k], max(speed_kn, 0.5))
        relative = math.sqrt(REACH_SIGMA * REACH_SIGMA + (0.25 * mass_sigma) ** 2)
        sigma = math.sqrt((relative * reach) ** 2 + depth_sigma_m * depth_sigma_m)
        chance += OUT_WEIGHTS[k] * 0.5 * math.erfc((depth_m - reach) / (sigma * math.sqrt(2.0)))
    return chance


def chance_for(equipment: Equipment, speed_kn: float, depth_m: float, depth_sigma_m: float) -> float:
    """`chance_on_bottom` for an estimated outfit."""
    return float(
        chance_on_bottom(
            equipment.anchor_kg,
            equipment.chain_mm,
            equipment.chain_m,
            equipment.sigma,
            speed_kn,
            depth_m,
            depth_sigma_m,
        )
    )
