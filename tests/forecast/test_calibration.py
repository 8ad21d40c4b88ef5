"""Conformal thresholds hold what they promise, and come back to it when the traffic changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.forecast.calibration import STEPS, Calibration, conformal_quantile
from seawarden.forecast.query import NO_KIND, PAST, Queries


def ships(sog_kn: np.ndarray) -> Queries:
    """Ships of given speeds at one place, with a full past."""
    n = len(sog_kn)
    still = np.zeros((n, PAST))
    return Queries(
        np.zeros(n),
        np.zeros(n),
        sog_kn,
        np.zeros(n),
        still,
        still,
        np.full(n, PAST - 1),
        np.arange(n),
        np.full(n, NO_KIND),
    )


@given(st.integers(0, 10_000), st.integers(20, 400))
def test_the_quantile_covers_nine_in_ten_of_those_seen(seed: int, n: int) -> None:
    scores = np.random.default_rng(seed).normal(size=n)
    threshold = conformal_quantile(scores)
    assert (scores <= threshold).mean() >= 0.9
    assert threshold in scores


def test_each_band_of_speed_has_its_own_threshold() -> None:
    rng = np.random.default_rng(1)
    sog = rng.uniform(0, 20, 6000)
    scale = np.where(sog < 9, 3.0, 1.0)
    scores = rng.normal(size=(6000, len(STEPS))) * scale[:, None]
    calibration = Calibration()
    calibration.fit(scores[:3000], ships(sog[:3000]))
    new = ships(sog[3000:])
    for h, step in enumerate(STEPS):
        inside = scores[3000:, h] <= calibration.at(new, int(step))
        for slow in (True, False):
            assert inside[(sog[3000:] < 9) == slow].mean() == pytest.approx(0.9, abs=0.03)


def test_a_stratum_without_cases_uses_those_of_all() -> None:
    scores = np.random.default_rng(2).normal(size=(500, len(STEPS)))
    calibration = Calibration()
    calibration.fit(scores, ships(np.full(500, 10.0)))
    fast = calibration.at(ships(np.array([20.0])), 6)
    assert fast[0] == pytest.approx(conformal_quantile(scores[:, 3]))


def test_between_and_beyond_the_calibrated_horizons() -> None:
    calibration = Calibration()
    calibration.threshold[:] = STEPS[None, :].astype(float)
    one = ships(np.array([10.0]))
    assert calibration.at(one, 15)[0] == pytest.approx(15.0)
    assert calibration.at(one, 48)[0] > calibration.at(one, 36)[0]


def test_after_a_change_of_traffic_coverage_comes_back() -> None:
    rng = np.random.default_rng(3)
    calibration = Calibration()
    calibration.fit(rng.normal(size=(2000, len(STEPS))), ships(np.full(2000, 10.0)))
    one = ships(np.array([10.0]))
    hits = []
    for _ in range(1500):
        scores = rng.normal(1.5, 1.5, size=(1, len(STEPS)))
        hits.append(scores[0, 3] <= calibration.at(one, 6)[0])
        calibration.observe(scores, one)
    assert np.mean(hits[:12]) < 0.8
    assert np.mean(hits[300:]) == pytest.approx(0.9, abs=0.02)


def test_unknown_outcomes_change_nothing() -> None:
    calibration = Calibration()
    before = calibration.threshold.copy()
    calibration.observe(np.full((3, len(STEPS)), np.nan), ships(np.full(3, 10.0)))
    np.testing.assert_array_equal(before, calibration.threshold)
