"""Intervals that know that a ship's rows are not independent, and what calibration is.

Shares and differences are resampled by ship (cluster bootstrap, percentile interval, fixed key). Counts have exact
intervals in `evaluate.intervals`.
"""

from __future__ import annotations

import msgspec
import numpy as np

from seawarden.model.position import F64, I64
from seawarden.simulate.draws import generator
from seawarden.train.drag_fit import straight_fit

DRAWS = 400
LEVEL = 0.95


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A figure with its interval."""

    value: float | None
    low: float | None
    high: float | None
    of: int
    """Cases."""
    ships: int


def clustered(value: F64, ship: I64, *key: int | str, draws: int = DRAWS) -> Estimate:
    """Mean of `value` (n,) with an interval from resampling ships."""
    if len(value) == 0:
        return Estimate(value=None, low=None, high=None, of=0, ships=0)
    total, count, _ = _by_ship(value, ship)
    spread = _draws(len(total), draws, *key)
    means = (spread @ total) / np.maximum(spread @ count, 1e-12)
    low, high = np.quantile(means, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Estimate(
        value=round(float(np.mean(value)), 4),
        low=round(float(low), 4),
        high=round(float(high), 4),
        of=len(value),
        ships=len(total),
    )


def paired(ours: F64, theirs: F64, ship: I64, *key: int | str) -> Estimate:
    """Mean difference over the same cases with an interval from resampling ships."""
    return clustered(ours.astype(np.float64) - theirs.astype(np.float64), ship, "paired", *key)


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """Logistic calibration: 0 and 1 are perfect."""

    intercept: Estimate
    slope: Estimate
    log_score: Estimate
    """Mean negative log likelihood, nats."""
    log_score_constant: float
    """The same of a constant at the prevalence."""
    prevalence: float
    error: float
    """Mean absolute difference of chance and share in ten bins of equal weight."""
    bins: list[tuple[float, float, int]]
    """Mean chance, share and cases of each bin."""


def calibration(log_odds: F64, out: F64, weight: F64, ship: I64, *key: int | str, draws: int = 100) -> Calibration:
    """How far log-odds (n,) agree with what came out (0 or 1)."""
    p = 1.0 / (1.0 + np.exp(-log_odds))
    fitted = straight_fit(log_odds, out, weight)
    numbers, place = np.unique(ship, return_inverse=True)
    spread = _draws(len(numbers), draws, "calibration", *key)
    again = np.array([straight_fit(log_odds, out, weight * row[place]) for row in spread])
    loss = -(out * np.log(np.maximum(p, 1e-12)) + (1 - out) * np.log(np.maximum(1 - p, 1e-12)))
    losses = np.array([np.average(loss, weights=weight * row[place]) for row in spread])
    base = float(np.average(out, weights=weight))

    def estimate(value: float, draws_of: F64) -> Estimate:
        low, high = np.quantile(draws_of, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
        return Estimate(
            value=round(value, 4),
            low=round(float(low), 4),
            high=round(float(high), 4),
            of=len(out),
            ships=len(numbers),
        )

    order = np.argsort(p, kind="stable")
    share = np.cumsum(weight[order]) / np.sum(weight)
    bins: list[tuple[float, float, int]] = []
    error = 0.0
    for k in range(10):
        rows = order[(share > k / 10) & (share <= (k + 1) / 10)]
        if len(rows) == 0 or np.sum(weight[rows]) <= 0:
            continue
        mean, seen = (
            float(np.average(p[rows], weights=weight[rows])),
            float(np.average(out[rows], weights=weight[rows])),
        )
        bins.append((round(mean, 4), round(seen, 4), len(rows)))
        error += abs(mean - seen) / 10
    constant = -(base * np.log(base) + (1 - base) * np.log(1 - base)) if 0 < base < 1 else 0.0
    return Calibration(
        intercept=estimate(fitted[0], again[:, 0]),
        slope=estimate(fitted[1], again[:, 1]),
        log_score=estimate(float(np.average(loss, weights=weight)), losses),
        log_score_constant=round(float(constant), 4),
        prevalence=round(base, 4),
        error=round(error, 4),
        bins=bins,
    )


def _by_ship(value: F64, ship: I64) -> tuple[F64, F64, I64]:
    numbers, place = np.unique(ship, return_inverse=True)
    total: F64 = np.bincount(place, weights=value).astype(np.float64)
    return total, np.bincount(place).astype(np.float64), numbers


def _draws(ships: int, draws: int, *key: int | str) -> F64:
    """How often each ship is drawn in each resample, shape (draws, ships)."""
    random = generator("bootstrap", ships, *key)
    return random.multinomial(ships, np.full(ships, 1.0 / ships), size=draws).astype(np.float64)
