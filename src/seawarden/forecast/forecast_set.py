"""Forecasts of many ships: weighted sample paths, and the regions that hold them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely

from seawarden.forecast.calibration import VALIDATED_STEPS, Calibration
from seawarden.forecast.likeness import local_km
from seawarden.forecast.query import KM_PER_DEG, STEP_MIN, Queries
from seawarden.forecast.region import area_km2, oddness, outline
from seawarden.forecast.representatives import representatives
from seawarden.model.position import F64, I64


class ForecastSet(NamedTuple):
    """Forecasts of n ships: S samples each, H steps of STEP_MIN minutes."""

    queries: Queries
    samples: F64
    """(n, S, H, 2): latitude and longitude, degrees."""
    weights: F64
    """(n, S), sum 1."""
    known_share: F64
    """(n,): weight of the samples that follow past traffic; 0 where there is no history."""
    source: I64
    """(n, S): 0 for an analogue, else 1 + number of the motion."""
    prior: F64 | None = None
    """(n, S), sum 1: the weights before learning, by likeness alone; None where nothing was learnt."""

    @property
    def steps(self) -> int:
        """Steps ahead."""
        return int(self.samples.shape[2])

    @property
    def horizon_min(self) -> I64:
        """Minutes ahead of each step (H,)."""
        return np.arange(1, self.steps + 1, dtype=np.int64) * STEP_MIN

    @property
    def validated(self) -> np.ndarray:
        """Which steps (H,) were evaluated: up to six hours."""
        return np.arange(1, self.steps + 1) <= VALIDATED_STEPS

    def km(self) -> F64:
        """Samples in km east and north of each ship (n, S, H, 2)."""
        return local_km(self.queries, self.samples[..., 0], self.samples[..., 1])

    def degrees(self, km: F64) -> F64:
        """Back from km east and north of each ship (n, ..., 2) to latitude and longitude."""
        shape = (len(km),) + (1,) * (km.ndim - 2)
        lat = self.queries.lat.reshape(shape)
        kx = KM_PER_DEG * np.cos(np.radians(lat))
        east = self.queries.lon.reshape(shape) + km[..., 0] / kx
        return np.stack([lat + km[..., 1] / KM_PER_DEG, (east + 180.0) % 360.0 - 180.0], -1)

    def mean(self) -> F64:
        """Weighted mean path (n, H, 2), degrees."""
        return self.degrees((self.km() * self.weights[:, :, None, None]).sum(1))

    def fan(self, count: int = 16) -> tuple[F64, F64]:
        """`count` whole paths that cover what the ship may do: (n, count, H, 2) degrees, and their chances.

        They are spread half by the learnt weights, half by those before learning, so that a way that training thought
        unlikely is covered too (chosen by cross-validation); their chances are the learnt ones.
        """
        spread = self.weights if self.prior is None else 0.5 * (self.weights + self.prior)
        paths, share = representatives(self.km(), spread, count, chance=self.weights)
        return self.degrees(paths), share

    def oddness(self, truth_lat: F64, truth_lon: F64, step: int) -> F64:
        """Oddness (see `region`) of where the ships were at a step (from 1) (n,); NaN where unknown."""
        truth = local_km(self.queries, truth_lat, truth_lon)
        there = local_km(self.queries, self.samples[:, :, step - 1, 0], self.samples[:, :, step - 1, 1])
        return oddness(np.ascontiguousarray(there), self.weights, truth, step * STEP_MIN / 60.0)

    def area_km2(self, row: int, step: int, calibration: Calibration) -> float:
        """Area of one ship's 90 % region at a step (from 1)."""
        threshold = calibration.at(self.queries.take(np.array([row])), step)[0]
        one = self.take(np.array([row]))
        return area_km2(one.km()[0, :, step - 1], self.weights[row], step, float(threshold))

    def region(self, row: int, step: int, calibration: Calibration) -> shapely.Geometry:
        """One ship's 90 % region at a step (from 1), in degrees (x = longitude)."""
        threshold = calibration.at(self.queries.take(np.array([row])), step)[0]
        one = self.take(np.array([row]))
        shape = outline(one.km()[0, :, step - 1], self.weights[row], step, float(threshold))
        lat, lon = float(self.queries.lat[row]), float(self.queries.lon[row])
        kx = KM_PER_DEG * np.cos(np.radians(lat))
        return shapely.transform(
            shape, lambda xy: np.column_stack([lon + xy[:, 0] / kx, lat + xy[:, 1] / KM_PER_DEG])
        )

    def take(self, rows: I64) -> ForecastSet:
        """The forecasts in these rows."""
        return ForecastSet(
            self.queries.take(rows),
            np.ascontiguousarray(self.samples[rows]),
            np.ascontiguousarray(self.weights[rows]),
            self.known_share[rows],
            self.source[rows],
            None if self.prior is None else np.ascontiguousarray(self.prior[rows]),
        )
