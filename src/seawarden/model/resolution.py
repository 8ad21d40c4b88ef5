"""The resolution at which measured values are stated, so that equal observations are equal to the last digit.

Values are rounded once, where they enter a finding, a risk or an alert; the canonical digest needs no other rounding.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

DECIMALS_BY_UNIT: Final[Mapping[str, int]] = {
    "m": 1,
    "km": 4,
    "nmi": 4,
    "kn": 2,
    "kn/min": 2,
    "m/s": 2,
    "deg": 2,
    "s": 1,
    "min": 1,
    "h": 3,
    "%": 1,
}
"""0.1 m, 0.1 m of KP, 0.01 kn, 0.01 deg, 0.1 s."""
DECIMALS: Final = 6
"""Every other number: chances, weights, shares, degrees of latitude and longitude (1e-6 deg is 0.1 m)."""


def stated(value: float, unit: str = "") -> float:
    """A number at the resolution of its unit; never -0.0.

    Raises:
        ValueError: NaN or infinite: a missing value is None, not a number.
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} {unit} is not a value that can be stated; say None where it is missing")
    return round(float(value), DECIMALS_BY_UNIT.get(unit, DECIMALS)) + 0.0


def maybe(value: float | None, unit: str = "") -> float | None:
    """`stated` for a value that may be missing; NaN and infinity are missing."""
    if value is None or value - value != 0.0:  # NaN and infinity are not values
        return None
    return round(float(value), DECIMALS_BY_UNIT.get(unit, DECIMALS)) + 0.0
