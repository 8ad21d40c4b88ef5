"""What the forecaster is compared with: constant velocity, Ornstein-Uhlenbeck, and analogues weighed by distance."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.special import ndtri

from seawarden.evaluate.forecast_scores import haversine_km
from seawarden.forecast.calibration import STEPS
from seawarden.forecast.forecast_set import ForecastSet
from seawarden.forecast.forecaster import Forecaster, weigh
from seawarden.forecast.motions import STRAIGHT, motions, ou_mean_and_sigma
from seawarden.forecast.query import KM_PER_DEG, Queries
from seawarden.forecast.walk import halton
from seawarden.model.position import F64
from seawarden.train.forecast import calibration_scores, find_candidates
from seawarden.train.forecast_cases import Cases

N_DRAWS: Final = 64


def constant_velocity(queries: Queries, steps: int) -> ForecastSet:
    """One path: on at the present course and speed."""
    lat, lon = motions(queries, steps)
    samples = np.ascontiguousarray(np.stack([lat[:, STRAIGHT], lon[:, STRAIGHT]], -1)[:, None])
    n = len(lat)
    return ForecastSet(queries, samples, np.ones((n, 1)), np.zeros(n), np.ones((n, 1), np.int64))


def ornstein_uhlenbeck(queries: Queries, steps: int) -> ForecastSet:
    """Draws of the Ornstein-Uhlenbeck forecast, each a whole path."""
    draws = ndtri(halton(N_DRAWS, 2))
    mean, sigma = ou_mean_and_sigma(queries, steps)
    km = mean[:, None] + draws[None, :, None, :] * sigma[None, None, :, None]
    kx = KM_PER_DEG * np.cos(np.radians(queries.lat))[:, None, None]
    lat = queries.lat[:, None, None] + km[..., 1] / KM_PER_DEG
    lon = (queries.lon[:, None, None] + km[..., 0] / kx + 180.0) % 360.0 - 180.0
    n = len(queries.lat)
    weights = np.full((n, N_DRAWS), 1 / N_DRAWS)
    return ForecastSet(
        queries,
        np.ascontiguousarray(np.stack([lat, lon], -1)),
        weights,
        np.zeros(n),
        np.ones((n, N_DRAWS), np.int64),
    )


def analogues_only(trained: Forecaster, known: Cases) -> Forecaster:
    """The same history, weighed by distance alone, calibrated on the same cases."""
    plain = Forecaster(trained.history, None, analogues=trained.analogues)
    found = find_candidates(plain, known, int(STEPS[-1]))
    scores = calibration_scores(plain, found, weigh(found, None), known)
    plain.calibration.fit(scores, known.queries)
    return plain


def errors_km(made: ForecastSet, truth_lat: F64, truth_lon: F64, step: int) -> F64:
    """Distance of a one-sample forecast from the truth at a step, km (n,)."""
    at = made.samples[:, 0, step - 1]
    return haversine_km(at[:, 0], at[:, 1], truth_lat[:, step - 1], truth_lon[:, step - 1])
