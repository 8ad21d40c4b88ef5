from __future__ import annotations

import numpy as np
import pytest

from seawarden.behaviours.drag.trees import explain, from_plain, score, to_plain
from seawarden.geography.land import LandMask
from seawarden.model.error import UsageError
from seawarden.train.drag_alarms import held, peaks, tail_of
from seawarden.train.drag_fit import flatten, grow, straight_fit
from seawarden.train.drag_rows import fold_of
from seawarden.train.drag_tracks import known_land


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(5)
    x = random.normal(0.0, 1.0, (4000, 4))
    x[random.random((4000, 4)) < 0.1] = np.nan
    x[:, 3] = np.abs(np.nan_to_num(x[:, 3]))  # a column that is never missing
    out = (np.nan_to_num(x[:, 0]) + 0.5 * np.nan_to_num(x[:, 1]) + random.normal(0, 1, 4000) > 0.5).astype(float)
    return x, out, np.ones(4000)


def test_trees_without_the_library_score_as_the_library_does(data):
    lightgbm = pytest.importorskip("lightgbm")
    x, out, weight = data
    booster = lightgbm.train(
        {"objective": "binary", "num_leaves": 6, "verbosity": -1, "num_threads": 1},
        lightgbm.Dataset(x, label=out, weight=weight),
        30,
    )
    trees = flatten(booster.dump_model())
    np.testing.assert_allclose(score(trees, x), booster.predict(x, raw_score=True), atol=1e-6)
    gone = x.copy()
    gone[::3, 3] = np.nan
    np.testing.assert_allclose(score(trees, gone), booster.predict(gone, raw_score=True), atol=1e-6)


def test_growing_is_the_same_to_the_bit_and_survives_json(data):
    x, out, weight = data
    names = ("loss", "b", "c", "d")
    first, second = grow(x, out, weight, names), grow(x, out, weight, names)
    assert to_plain(first) == to_plain(second)
    again = from_plain(to_plain(first))
    np.testing.assert_array_equal(score(first, x), score(again, x))


def test_shares_and_constant_sum_to_the_score(data):
    x, out, weight = data
    trees = grow(x, out, weight, ("a", "b", "c", "d"))
    shares = np.empty(4)
    for row in x[:20]:
        constant = explain(trees, row, shares)
        assert constant + shares.sum() == pytest.approx(score(trees, row[None, :])[0], abs=1e-9)


def test_a_monotone_column_never_falls(data):
    x, out, weight = data
    trees = grow(x, out, weight, ("loss", "b", "c", "d"))
    rows = np.tile(x[0], (50, 1))
    rows[:, 0] = np.linspace(-3, 3, 50)
    assert np.all(np.diff(score(trees, rows)) >= -1e-12)


def test_a_logistic_line_is_recovered():
    random = np.random.default_rng(2)
    raw = random.normal(0, 2, 20000)
    out = (random.random(20000) < 1 / (1 + np.exp(-(0.5 + 0.7 * raw)))).astype(float)
    a, b = straight_fit(raw, out, np.ones(20000))
    assert a == pytest.approx(0.5, abs=0.08)
    assert b == pytest.approx(0.7, abs=0.04)


def test_peaks_rearm_after_an_hour_and_scores_must_hold():
    t = np.arange(0.0, 4 * 3600.0, 60.0)
    s = np.zeros(len(t))
    s[30] = s[40] = 5.0
    s[150:152] = 4.0
    assert list(peaks(t, s)[:2]) == [5.0, 4.0]
    assert np.max(held(s, dense=True)) == 4.0
    assert np.max(held(s, dense=False)) == 5.0


def test_thresholds_are_counted_where_they_can_be_and_fitted_beyond():
    high = np.sort(np.random.default_rng(1).exponential(0.5, 200))[::-1]
    tail = tail_of(high, 20.0)
    assert np.sum(high >= tail.counted(0.5)) == 10
    assert tail.fitted(0.5) == tail.counted(0.5)
    assert tail.fitted(0.0005) > tail.fitted(0.015) > high[3]
    assert tail.rate_at(tail.fitted(0.0005)) == pytest.approx(0.0005, rel=1e-6)


def test_all_tracks_of_a_ship_fall_into_one_fold():
    mmsi = np.array([1, 2, 1, 3, 2, 1])
    fold = fold_of(mmsi)
    assert fold[0] == fold[2] == fold[5]
    assert fold[1] == fold[4]
    assert set(fold_of(np.arange(1000))) == {0, 1, 2, 3, 4}


def test_a_lower_rate_never_needs_a_lower_threshold():
    heavy = tail_of(np.array([9.0, 8.0, 2.1, 2.0, 1.9, 1.8, *np.linspace(1.7, 0.5, 40)]), 30.0)
    thresholds = [heavy.fitted(rate) for rate in (1.0, 0.3, 0.1, 0.05, 0.034, 0.02, 0.001, 0.00002)]
    assert thresholds == sorted(thresholds)


def test_without_a_land_grid_nothing_is_trained() -> None:
    with pytest.raises(UsageError, match="land grid is not built"):
        known_land(LandMask())
