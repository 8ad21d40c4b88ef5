"""Exact intervals of counts and shares: what a figure on so few ship-days can mean, and what not.

Poisson: the chi-square form of Garwood (1936). Binomial: Clopper and Pearson (1934). Both hold at least the stated
level; a count of none still bounds the rate from above.
"""

from __future__ import annotations

import msgspec
from scipy.stats import beta, chi2

LEVEL = 0.95


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """A count over an exposure, as a rate with its exact Poisson interval."""

    count: int
    exposure: float
    """In the unit that the field's name says, ship-days as a rule."""
    rate: float | None
    low: float | None
    high: float | None


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """A share with its exact binomial interval."""

    count: int
    of: int
    share: float | None
    low: float
    high: float


def poisson(count: int, exposure: float, level: float = LEVEL) -> Rate:
    """Rate of `count` events over `exposure`, with a two-sided interval; no rate over no exposure.

    Args:
        count: events, >= 0.
        exposure: in any unit; the rate is per that unit.
        level: of the interval, 0..1.
    """
    if exposure <= 0:
        return Rate(count=count, exposure=exposure, rate=None, low=None, high=None)
    tail = (1 - level) / 2
    low = float(chi2.ppf(tail, 2 * count)) / 2 if count else 0.0
    high = float(chi2.ppf(1 - tail, 2 * count + 2)) / 2
    return Rate(
        count=count,
        exposure=round(exposure, 4),
        rate=round(count / exposure, 6),
        low=round(low / exposure, 6),
        high=round(high / exposure, 6),
    )


def binomial(count: int, of: int, level: float = LEVEL) -> Share:
    """Share of `count` in `of`, with a two-sided interval; of nothing it may be anything.

    Args:
        count: successes, 0 <= count <= of.
        of: trials.
        level: of the interval, 0..1.
    """
    if of <= 0:
        return Share(count=count, of=of, share=None, low=0.0, high=1.0)
    tail = (1 - level) / 2
    low = float(beta.ppf(tail, count, of - count + 1)) if count else 0.0
    high = float(beta.ppf(1 - tail, count + 1, of - count)) if count < of else 1.0
    return Share(count=count, of=of, share=round(count / of, 4), low=round(low, 4), high=round(high, 4))
