"""How surprising the last hour was under the forecast made before it: deviation as evidence.

The oddness of where the ship went is ranked among the oddness of past outcomes of the same horizon, which gives a
conformal p-value: under the traffic that the forecaster knows, a p-value of 0.01 comes once in a hundred forecasts.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from seawarden.forecast.calibration import STEPS
from seawarden.forecast.forecast_set import ForecastSet
from seawarden.model.position import F64

HOUR: Final = 6
"""Steps of the forecast whose outcome is judged."""


class Surprise(NamedTuple):
    """One ship's departure from its forecast."""

    ship_row: int
    p_value: float
    """Chance of an outcome at least as odd, by past outcomes."""
    oddness: float
    off_km: float
    """Distance from the mean of the forecast."""


def p_values(scores: F64, reference: F64) -> F64:
    """Conformal p-values: share of reference scores at least as large, the case itself counted.

    Args:
        scores: oddness (n,), NaN stays NaN.
        reference: oddness of past outcomes at the same horizon, NaN left out.
    """
    known = np.sort(reference[~np.isnan(reference)])
    above = len(known) - np.searchsorted(known, scores, side="left")
    return np.where(np.isnan(scores), np.nan, (above + 1.0) / (len(known) + 1.0))


def surprises(
    made: ForecastSet, now_lat: F64, now_lon: F64, reference: F64, *, step: int = HOUR, below: float = 0.01
) -> list[Surprise]:
    """Ships that are where the forecast made `step` steps ago hardly put them, oddest first.

    Args:
        made: those forecasts (n,).
        now_lat: where the ships are (n,), NaN when unknown.
        now_lon: likewise.
        reference: oddness of past outcomes (m, len(calibration.STEPS)).
        step: age of the forecasts, one of calibration.STEPS.
        below: p-values above this are left out.

    Raises:
        ValueError: when `step` is not a calibrated horizon.
    """
    where = np.flatnonzero(step == STEPS)
    if not len(where):
        raise ValueError(f"step={step}: not one of {STEPS.tolist()}")
    scores = made.oddness(now_lat, now_lon, step)
    chance = p_values(scores, reference[:, where[0]])
    mean = made.mean()[:, step - 1]
    north = (now_lat - mean[:, 0]) * 111.195
    east = ((now_lon - mean[:, 1] + 180.0) % 360.0 - 180.0) * 111.195 * np.cos(np.radians(mean[:, 0]))
    rows = np.flatnonzero(chance <= below)
    order = rows[np.lexsort((rows, -scores[rows]))]
    return [Surprise(int(q), float(chance[q]), float(scores[q]), float(np.hypot(north[q], east[q]))) for q in order]
