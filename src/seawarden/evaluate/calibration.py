"""Are stated chances right? Slope and intercept of a recalibration, and the ten-bin error beside a perfect one's."""

from __future__ import annotations

import msgspec
import numpy as np

from seawarden.evaluate.crossing_scores import reliability, ship_draws
from seawarden.model.position import F64, I64
from seawarden.simulate.draws import generator

BINS = 10
PERFECT_DRAWS = 200


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """How right a set of chances was; intervals are 95 %, clustered."""

    chances: int
    slope: float
    """1 when the chances are neither too bold nor too timid."""
    slope_interval: tuple[float, float]
    intercept: float
    """0 when they are neither too high nor too low."""
    intercept_interval: tuple[float, float]
    error: float
    """Mean over ten bins of the gap between stated and observed share, weighted by size."""
    error_if_perfect: float
    """The same of chances that are exactly right, on as many cases: chance alone gives so much."""


def calibration_of(chance: F64, hit: F64, group: I64, key: str) -> Calibration:
    """Measure the chances.

    Args:
        chance: stated, 0..1, (n,).
        hit: 1 where it was so, else 0, (n,).
        group: cases that stand or fall together, (n,).
        key: names the draws.
    """
    p = np.clip(chance, 1e-6, 1 - 1e-6)
    fit = reliability(p, hit, ship_draws(group))
    rng = generator(key, "perfect")
    perfect = [_binned(p, (rng.uniform(size=len(p)) < p).astype(np.float64)) for _ in range(PERFECT_DRAWS)]
    low, high = fit["slope_interval"], fit["intercept_interval"]
    return Calibration(
        chances=len(p),
        slope=round(fit["slope"], 4),
        slope_interval=(round(low[0], 4), round(low[1], 4)),
        intercept=round(fit["intercept"], 4),
        intercept_interval=(round(high[0], 4), round(high[1], 4)),
        error=round(_binned(p, hit), 5),
        error_if_perfect=round(float(np.mean(perfect)), 5),
    )


def _binned(p: F64, hit: F64) -> float:
    which = np.minimum((p * BINS).astype(np.int64), BINS - 1)
    gaps = np.bincount(which, weights=p - hit, minlength=BINS)
    return float(np.abs(gaps).sum() / len(p))
