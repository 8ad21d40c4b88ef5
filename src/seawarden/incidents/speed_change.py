"""How a ship's speed changed at a passage, and what that says: likelihood ratios of dragging against innocent.

Innocent ships keep their speed to a percent or two, sometimes to six, seldom to nothing; ships that drag lose five
to sixty percent, and one in seven shows nothing. The ratio of the two densities, widened by the error of the
measurement, is the evidence; it never falls when the loss grows.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from seawarden.model.position import F64
from seawarden.ports import Track
from seawarden.settings_risk import IncidentSettings

BEFORE_MIN: Final = (30.0, 3.0)
"""Speed before: median from 30 to 3 minutes before the passage."""
AFTER_MIN: Final = (1.0, 12.0)
"""Speed after: the anchor follows within minutes and a ship settles in 3-10."""
AT_MIN: Final = 2.0
GRID: Final = np.linspace(-0.6, 1.0, 321)


class SpeedChange(NamedTuple):
    """Speeds around a passage, kn, NaN where unknown; loss as a share with its error."""

    before_kn: float
    at_kn: float
    after_kn: float
    loss: float
    sigma: float


def speed_change(track: Track, at_t: float) -> SpeedChange:
    """Medians of the speeds before, at and after a passage; only positions that show a change of speed count.

    Key frames are left out of the loss: a slow-down on a straight leg is lost between two of them.
    """
    minutes = (track.t - at_t) / 60_000.0
    sog = track.sog_kn.astype(np.float64)
    good = np.isfinite(sog) & (sog < 80.0)
    before = sog[good & (minutes >= -BEFORE_MIN[0]) & (minutes <= -BEFORE_MIN[1])]
    at = sog[good & (np.abs(minutes) <= AT_MIN)]
    after = sog[good & (minutes >= AFTER_MIN[0]) & (minutes <= AFTER_MIN[1])]
    thinned = bool(np.any(track.provenance[(np.abs(minutes) <= BEFORE_MIN[0])] == 1))
    b, m, a = (float(np.median(x)) if len(x) else math.nan for x in (before, at, after))
    if not math.isfinite(m):
        near = np.flatnonzero(good)
        m = float(sog[near[np.argmin(np.abs(minutes[near]))]]) if len(near) else math.nan
    if thinned or not (math.isfinite(b) and math.isfinite(a)) or b < 2.0:
        return SpeedChange(b, m, a, math.nan, math.nan)
    spread = (float(np.std(before)) / math.sqrt(len(before)) + 0.1 / math.sqrt(len(after))) / b
    return SpeedChange(b, m, a, 1.0 - a / b, max(0.005, spread))


@lru_cache(maxsize=64)
def _table(sigma_step: int, s: IncidentSettings) -> F64:
    """Likelihood ratio on `GRID`, for an error of `sigma_step` half percents."""
    sigma = 0.005 * sigma_step
    innocent = (
        (1.0 - s.calm_wide_share - s.calm_stray_share) * _normal(GRID, math.hypot(s.calm_sigma, sigma))
        + s.calm_wide_share * _normal(GRID, math.hypot(s.calm_wide_sigma, sigma))
        + s.calm_stray_share / 1.6
    )
    step = float(GRID[1] - GRID[0])
    x = np.clip(GRID, 1e-4, 0.999)
    slowed = np.where(
        GRID > 0.0,
        np.exp(-0.5 * (np.log(x / s.slow_median_share) / s.slow_spread) ** 2) / (x * s.slow_spread * 2.5066),
        0.0,
    )
    kernel = _normal(np.arange(-40, 41, dtype=np.float64) * step, max(sigma, step)) * step
    slowed = np.convolve(slowed, kernel / kernel.sum(), mode="same")
    slowed = slowed / (slowed.sum() * step)
    guilty = s.slow_power * slowed + (1.0 - s.slow_power) * innocent
    ratio: F64 = np.maximum.accumulate(guilty / innocent)
    return ratio


def _normal(x: F64, sigma: float) -> F64:
    density: F64 = np.exp(-0.5 * (x / sigma) ** 2) / (sigma * math.sqrt(2.0 * math.pi))
    return density


def loss_ratio(loss: float, sigma: float, s: IncidentSettings) -> float:
    """Likelihood ratio of a loss of speed (share); 1 where it could not be measured."""
    if not math.isfinite(loss):
        return 1.0
    step = min(60, max(1, round((sigma if math.isfinite(sigma) else 0.02) / 0.005)))
    return float(np.interp(loss, GRID, _table(step, s)))


def quick_ratio(speed_kn: float, s: IncidentSettings) -> float:
    """Share of drags that would go on at this speed: near 1 below 11 kn, a half at `fast_kn`, nothing at 25 kn."""
    if not math.isfinite(speed_kn):
        return 1.0
    return 0.02 + 0.98 / (1.0 + math.exp((speed_kn - s.fast_kn) / 1.5))
