"""What an anchor on the seabed does to a ship's speed: two force laws and a force that slips and hangs up.

Everything is relative: `f = F / T` is the anchor's force over the propeller's thrust at the speed before, and
`r = u / u0` the speed over the speed before. Thrust `p(r)` is `1 / r` at constant power (`k u^3 + F u = k u0^3`) and
1 at constant thrust (`k u^2 + F = k u0^2`); resistance is `r^2`. The ship's inertia makes her settle over minutes.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from seawarden.model.position import F64

STEP_S = 5.0
"""Step of the integration, s."""


def force_noise(
    random: np.random.Generator, n: int, *, sigma: float, memory_s: float, slips_per_h: float, hangups_per_h: float
) -> F64:
    """A factor of median near one on the force every `STEP_S`, shape (n,).

    Lognormal with an exponential memory; a slip (the flukes break out) lets the force fall to 0.15-0.45 for
    0.5-3 min; a hang-up (a boulder, a ridge) raises it by 1.5-2.2 for 0.5-2 min.
    """
    keep = float(np.exp(-STEP_S / memory_s))
    shocks = random.standard_normal(n)
    log_factor = np.empty(n)
    state = shocks[0] if n else 0.0
    kick = float(np.sqrt(1.0 - keep * keep))
    for i in range(n):
        state = keep * state + kick * shocks[i]
        log_factor[i] = sigma * state
    factor = np.exp(log_factor)
    for per_h, low, high, shortest, longest in (
        (slips_per_h, 0.15, 0.45, 30.0, 180.0),
        (hangups_per_h, 1.5, 2.2, 30.0, 120.0),
    ):
        count = int(random.poisson(per_h * n * STEP_S / 3600.0))
        for begin, weight, length in zip(
            random.integers(0, max(n, 1), count),
            random.uniform(low, high, count),
            random.uniform(shortest, longest, count),
            strict=True,
        ):
            factor[begin : begin + max(int(length / STEP_S), 1)] *= weight
    return factor


@njit(cache=True)
def speed_ratio(constant_power: bool, force: F64, inertia_s: float) -> F64:
    """Integrate `inertia dr/dt = p(r) - r^2 - f` from one; `force` every `STEP_S`, shape (n,); gives shape (n,).

    `inertia_s` is the ship's momentum over her thrust, s: she settles in about this time.
    """
    n = len(force)
    out = np.empty(n)
    r = 1.0
    for i in range(n):
        out[i] = r
        thrust = 1.0 / max(r, 0.3) if constant_power else 1.0
        r += STEP_S / inertia_s * (thrust - r * r - force[i])
        r = min(max(r, 0.02), 1.3)
    return out
