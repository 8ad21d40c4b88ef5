"""Calibrated thresholds: split conformal prediction by stratum, kept calibrated online.

Offline: the threshold of a stratum (speed band, length of the past, horizon) is the conformal quantile of the
oddness of where its ships went (Vovk, Lindsay, Nouretdinov and Gammerman, "Mondrian confidence machine", 2003).
A stratum with fewer than MIN_CASES uses that of all. Online: each observed outcome moves its stratum's
threshold up when the region missed and down when it held, so that the long-run miss rate is 10 % whatever the
traffic does (quantile tracking: Gibbs and Candes, "Adaptive conformal inference under distribution shift",
2021; Angelopoulos, Candes and Tibshirani, "Conformal PID control", 2023).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from seawarden.forecast.query import Queries
from seawarden.model.position import F64, I64

LEVEL: Final = 0.9
MIN_CASES: Final = 150
"""A stratum with fewer cases is merged."""
SPEED_EDGES_KN: Final = np.array([9.0, 12.0])
"""Bands of speed: below 9 kn, 9 to 12, 12 and more."""
LONG_PAST: Final = 15
"""Ships with fewer steps of past than this are calibrated apart."""
STEPS: Final = np.array([1, 2, 3, 6, 9, 12, 18, 24, 30, 36], np.int64)
"""Horizons that are calibrated, in steps; those between are interpolated."""
VALIDATED_STEPS: Final = 36
"""Six hours: beyond, the last threshold is used, plus BEYOND an hour, and the forecast says so."""
BEYOND_A_STEP: Final = 0.05
N_REFERENCE: Final = 1000
RATE: Final = 0.1
"""How far one outcome moves its stratum's threshold, in interquartile ranges of the oddness."""
SHARED_RATE: Final = 0.1
"""How far it moves those of all strata at its horizon: a change of traffic seldom concerns one band alone."""
MEMORY: Final = 30.0
"""Outcomes over which the running miss rate of a horizon is kept."""
HURRY: Final = 4.0
"""Steps grow up to 1 + HURRY times when the running miss rate is off by HURRY_AT or more."""
HURRY_AT: Final = 0.2


def conformal_quantile(scores: F64, level: float = LEVEL) -> float:
    """The smallest score that covers a new case with chance `level` at least, for exchangeable cases."""
    n = len(scores)
    rank = int(np.ceil((n + 1) * level))
    if rank > n:
        return float(np.max(scores)) if n else 0.0
    return float(np.partition(scores, rank - 1)[rank - 1])


def speed_band(sog_kn: F64) -> I64:
    """Band of speed of each ship."""
    return np.digitize(sog_kn, SPEED_EDGES_KN).astype(np.int64)


def strata(queries: Queries) -> I64:
    """Stratum of each ship: its band of speed, the ships with a short past apart."""
    return speed_band(queries.sog_kn) + (len(SPEED_EDGES_KN) + 1) * (queries.n_past < LONG_PAST)


class Calibration:
    """Thresholds of oddness by stratum and horizon."""

    def __init__(self) -> None:
        """Start uncalibrated: every threshold 0, where the samples themselves put their 90 %."""
        shape = (2 * (len(SPEED_EDGES_KN) + 1), len(STEPS))
        self.threshold = np.zeros(shape)
        self.scale = np.ones(shape)
        """Interquartile range of the oddness."""
        self.cases = np.zeros(shape, np.int64)
        self.observed = np.zeros(shape, np.int64)
        """Outcomes seen online."""
        self.miss_rate = np.full(len(STEPS), 1.0 - LEVEL)
        """Running miss rate of each horizon."""
        self.reference = np.full((N_REFERENCE, len(STEPS)), np.nan)
        """Oddness of past outcomes at each horizon, evenly drawn from their ranks: what surprise is measured by."""

    def fit(self, scores: F64, queries: Queries) -> None:
        """Set the thresholds from outcomes that the forecaster did not learn from.

        Args:
            scores: oddness (n, len(STEPS)), NaN where a ship was not seen that far.
            queries: the ships as they were then (n,).
        """
        band = strata(queries)
        for h in range(len(STEPS)):
            everyone = scores[~np.isnan(scores[:, h]), h]
            drawn = np.linspace(0, len(everyone) - 1, min(N_REFERENCE, len(everyone))).round().astype(np.int64)
            self.reference[:, h] = np.nan
            self.reference[: len(drawn), h] = np.sort(everyone)[drawn]
            for g in range(len(self.threshold)):
                own = scores[(band == g) & ~np.isnan(scores[:, h]), h]
                self.cases[g, h] = len(own)
                used = own if len(own) >= MIN_CASES else everyone
                if len(used):
                    self.threshold[g, h] = conformal_quantile(used)
                    low, high = np.percentile(used, [25, 75])
                    self.scale[g, h] = max(float(high - low), 0.1)
                elif h:
                    self.threshold[g, h] = self.threshold[g, h - 1]
                    self.scale[g, h] = self.scale[g, h - 1]

    def at(self, queries: Queries, step: int) -> F64:
        """Thresholds of ships (n,) at a horizon in steps (from 1)."""
        band = strata(queries)
        table = np.array([np.interp(step, STEPS, row) for row in self.threshold])
        return table[band] + BEYOND_A_STEP * max(step - VALIDATED_STEPS, 0)

    def observe(self, scores: F64, queries: Queries) -> None:
        """Learn from outcomes as they become known, in their order.

        Args:
            scores: oddness under the forecasts made before (n, len(STEPS)), NaN where not known.
            queries: the ships as they were then (n,).
        """
        band = strata(queries)
        for q in range(len(scores)):
            for h in range(len(STEPS)):
                score = scores[q, h]
                if np.isnan(score):
                    continue
                g = band[q]
                missed = float(score > self.threshold[g, h])
                self.miss_rate[h] += (missed - self.miss_rate[h]) / MEMORY
                off = min(abs(float(self.miss_rate[h]) - (1.0 - LEVEL)) / HURRY_AT, 1.0)
                step = (1.0 + HURRY * off) * (missed - (1.0 - LEVEL))
                self.threshold[:, h] += SHARED_RATE * step * self.scale[:, h]
                self.threshold[g, h] += RATE * step * self.scale[g, h]
                self.observed[g, h] += 1
