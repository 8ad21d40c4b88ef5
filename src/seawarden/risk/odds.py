"""Chances as odds, and as people say them."""

from __future__ import annotations

import math


def logit(chance: float) -> float:
    """Natural log-odds of a chance, kept within +-30."""
    if chance <= 0.0:
        return -30.0
    if chance >= 1.0:
        return 30.0
    return max(-30.0, min(30.0, math.log(chance / (1.0 - chance))))


def chance_of(logodds: float) -> float:
    """The chance with these natural log-odds."""
    if logodds >= 0:
        return 1.0 / (1.0 + math.exp(-min(logodds, 700.0)))
    e = math.exp(max(logodds, -700.0))
    return e / (1.0 + e)


def either(*chances: float) -> float:
    """Chance that at least one of several independent things is so."""
    none = 1.0
    for chance in chances:
        none *= 1.0 - chance
    return 1.0 - none


def frequency(chance: float) -> str:
    """A chance as a frequency: `1 in 8`, `1 in 5,000`, `9 in 10`; two figures at most, so that it claims no more."""
    if not chance > 0.0:
        return "under 1 in 1,000,000"
    if chance < 1e-6:
        return "under 1 in 1,000,000"
    if chance > 0.99:
        return "over 99 in 100"
    if chance > 0.55:
        tenths = round(chance * 10)
        return "9 in 10" if tenths >= 10 else f"{tenths} in 10"
    n = 1.0 / chance
    if n < 19.5:
        return f"1 in {round(n)}"
    digits = math.floor(math.log10(n)) - 1
    step = 10**digits
    return f"1 in {int(round(n / step) * step):,}"


def normal_cdf(x: float) -> float:
    """Standard normal distribution function."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))
