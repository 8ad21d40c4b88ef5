"""What a pull on the seabed costs of a ship's speed.

Constant thrust: `k u^2 + F = k u0^2`. Constant power: `k u^3 + F u = k u0^3`. With `f = F / T` the pull
over the thrust before and `r = u / u0`: `r^2 + f = 1` and `r^3 + f r = 1`.
"""

from __future__ import annotations

import math
from typing import Literal

Law = Literal["power", "thrust"]


def force_for_loss(law: Law, loss: float) -> float:
    """The relative pull `F / T` that costs `loss` (0..0.9) of the speed once settled."""
    r = 1.0 - loss
    return 1.0 - r * r if law == "thrust" else (1.0 - r**3) / r


def settled_ratio(law: Law, force: float) -> float:
    """The settled speed over the speed before, at relative pull `F / T`: the root of the law in 0..1."""
    if law == "thrust":
        return math.sqrt(max(1.0 - force, 0.0))
    low, high = 0.0, 1.0
    for _ in range(60):
        mid = 0.5 * (low + high)
        low, high = (low, mid) if mid**3 + force * mid > 1.0 else (mid, high)
    return 0.5 * (low + high)
