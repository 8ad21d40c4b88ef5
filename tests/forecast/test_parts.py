"""The parts of a forecast, each against something that can be checked by hand or by another library."""

from __future__ import annotations

from types import SimpleNamespace

import lightgbm
import numpy as np
import pytest

from seawarden.forecast.boosted import evaluate, from_dump
from seawarden.forecast.calibration import STEPS
from seawarden.forecast.forecast_set import ForecastSet
from seawarden.forecast.forecaster import Forecaster
from seawarden.forecast.history import History, Voyage
from seawarden.forecast.likeness import NAMES
from seawarden.forecast.motions import N_MOTIONS, STRAIGHT, motions, ou_mean_and_sigma
from seawarden.forecast.query import Queries
from seawarden.forecast.region import area_km2, log_density, oddness, outline
from seawarden.forecast.representatives import representatives
from seawarden.forecast.surprise import p_values, surprises
from seawarden.forecast.traffic import log_traffic, traffic


def test_trees_agree_with_lightgbm_missing_values_included() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3000, 6))
    x[rng.random(x.shape) < 0.2] = np.nan
    x[:, 5] = np.round(rng.normal(size=3000), 1)
    y = np.nan_to_num(x[:, 0]) * np.where(np.isnan(x[:, 1]), 2.0, -1.0) + x[:, 5]
    booster = lightgbm.train({"verbosity": -1, "num_threads": 1}, lightgbm.Dataset(x, y), 30)
    trees = from_dump(booster.dump_model())
    new = rng.normal(size=(500, 6))
    new[rng.random(new.shape) < 0.3] = np.nan
    new[::7] = 0.0
    np.testing.assert_allclose(evaluate(new, *trees), booster.predict(new), rtol=1e-12, atol=1e-12)


def test_other_kinds_of_split_are_refused() -> None:
    leaf = {"leaf_value": 1.0}
    node = {
        "split_feature": 0,
        "threshold": "1||2",
        "decision_type": "==",
        "missing_type": "None",
        "default_left": True,
        "left_child": leaf,
        "right_child": leaf,
    }
    with pytest.raises(ValueError, match="not supported"):
        from_dump({"tree_info": [{"tree_structure": node}]})


def test_the_history_is_cut_at_gaps_and_skips_what_is_too_short() -> None:
    t = np.array([*range(0, 60, 5), *range(200, 260, 5), 600], np.int64) * 60_000
    n = len(t)
    voyage = Voyage(t, np.linspace(55, 56, n), np.full(n, 10.0), np.full(n, 9.0), np.zeros(n), ship=3)
    history = History(step_s=300)
    assert history.extend([voyage, Voyage(t[:1], np.zeros(1), np.zeros(1), np.zeros(1), np.zeros(1))]) == (2, 1)
    assert history.columns.ship.tolist() == [3, 3]
    assert history.rows_a_step == 2.0
    with pytest.raises(ValueError, match="step_s=700"):
        History(step_s=700)


def test_course_is_interpolated_the_short_way_round() -> None:
    t = np.array([0, 30, 60], np.int64) * 60_000
    history = History()
    history.extend(
        [Voyage(t, np.array([55.0, 55.1, 55.2]), np.full(3, 10.0), np.full(3, 9.0), np.array([350.0, 10, 30]))]
    )
    course = history.columns.cog_deg
    assert all(c >= 349 or c <= 31 for c in course)


def test_constant_velocity_and_the_process_that_reverts_to_the_mean(sea: SimpleNamespace) -> None:
    voyage = sea.lane(1, branch=0, speed_kn=12)
    query = sea.query_of(voyage, 8)
    lat, lon = motions(query, 12)
    assert lat.shape == lon.shape == (1, N_MOTIONS, 12)
    assert (lat[0, STRAIGHT, 5] - query.lat[0]) * 60.04 == pytest.approx(12.0, rel=1e-2)
    mean, sigma = ou_mean_and_sigma(query, 36)
    assert mean[0, 5, 1] == pytest.approx(12 * 1.852, rel=1e-2)
    assert (np.diff(sigma) > 0).all()
    # Between the square root of time and its power 3/2: not the growth of constant velocity with noise.
    assert sigma[35] / sigma[17] < 2**1.5


def test_features_have_names(sea: SimpleNamespace) -> None:
    forecaster = Forecaster()
    forecaster.extend(sea.lanes(60))
    found = forecaster.candidates(sea.query_of(sea.lane(99, branch=0, speed_kn=10), 12), 24)
    assert found.features.shape[2] == len(NAMES) == len(set(NAMES))
    assert not np.isinf(found.features).any()


def test_traffic_counts_voyages_not_points(sea: SimpleNamespace) -> None:
    history = History()
    history.extend([sea.lane(0, branch=0, speed_kn=10) for _ in range(7)])
    where = traffic(history.columns)
    column = history.columns
    here = log_traffic(column.lat[5:6].astype(float), column.lon[5:6].astype(float), where.keys, where.log_count)
    assert 7 * 0.25 < np.exp(here[0]) <= 7.01
    empty = log_traffic(np.array([10.0]), np.array([10.0]), where.keys, where.log_count)
    assert np.exp(empty[0]) == pytest.approx(1e-3)


def test_oddness_grows_away_from_the_samples_and_the_outline_follows_it() -> None:
    rng = np.random.default_rng(4)
    points = rng.normal(size=(80, 2)) * 2.0
    weights = np.full(80, 1 / 80)
    at = np.array([[0.0, 0], [3, 0], [6, 0], [30, 0], [np.nan, 0]])
    odd = oddness(np.repeat(points[None], 5, 0), np.tile(weights, (5, 1)), at, 1.0)
    assert (np.diff(odd[:4]) > 0).all()
    assert np.isnan(odd[4])
    area = area_km2(points, weights, 6, 0.0)
    shape = outline(points, weights, 6, 0.0)
    assert shape.area == pytest.approx(area, rel=0.1)
    # 90 % of a round normal distribution lies within 2.146 sigma; the kernel widens it somewhat.
    assert np.pi * (2.146 * 2.0) ** 2 * 0.7 < area < np.pi * (2.146 * 2.0) ** 2 * 1.8


def test_the_density_is_a_density() -> None:
    points, weights = np.array([[0.0, 0.0], [3.0, 1.0]]), np.array([0.7, 0.3])
    axis = np.linspace(-40, 40, 401)
    total = sum(np.exp(log_density(x, y, points, weights, 1.0, -1)) for x in axis for y in axis) * 0.2**2
    assert total == pytest.approx(1.0, abs=0.01)


def test_representatives_find_the_rare_path_too() -> None:
    rng = np.random.default_rng(5)
    base = np.arange(1, 25)[None, :, None] * np.array([[[1.0, 0.0]]])
    paths = base + rng.normal(scale=0.1, size=(40, 24, 2))
    paths[39] = -base[0]
    weights = np.full(40, 0.97 / 39)
    weights[39] = 0.03
    chosen, share = representatives(paths[None], weights[None], 4)
    assert np.abs(chosen[0] - paths[39]).max(axis=(1, 2)).min() < 1e-6
    assert share.sum() == pytest.approx(1.0)


def test_a_way_that_training_thought_unlikely_is_covered_at_its_own_chance() -> None:
    rng = np.random.default_rng(5)
    km = np.arange(1, 25)[None, :, None] * np.array([[[0.01, 0.0]]]) + rng.normal(scale=1e-4, size=(40, 24, 2))
    km[39] *= -1.0
    weights, prior = np.full(40, 1 / 39), np.full(40, 0.9 / 39)
    weights[39], prior[39] = 0.0, 0.1
    rows = np.zeros((1, 18))
    still, none = np.zeros(1), np.zeros(1, np.int64)
    queries = Queries(still, still, still, still, rows, rows, none, none, none)
    made = ForecastSet(queries, km[None], weights[None], np.ones(1), np.zeros((1, 40), np.int64), prior[None])
    paths, share = made.fan(4)
    back = np.abs(paths[0] - km[39]).max(axis=(1, 2)) < 1e-3
    assert back.sum() == 1 and share[0, back].sum() == 0.0
    assert share.sum() == pytest.approx(1.0)
    assert not (np.abs(made._replace(prior=None).fan(4)[0][0] - km[39]).max(axis=(1, 2)) < 1e-3).any()
    assert made.take(np.array([0])).fan(4)[0] == pytest.approx(paths)


def test_p_values_are_uniform_for_cases_like_the_reference() -> None:
    rng = np.random.default_rng(6)
    p = p_values(rng.normal(size=4000), rng.normal(size=4000))
    assert np.mean(p <= 0.1) == pytest.approx(0.1, abs=0.02)
    assert p_values(np.array([99.0, np.nan]), np.zeros(9))[0] == pytest.approx(0.1)
    assert np.isnan(p_values(np.array([np.nan]), np.zeros(9))[0])


def test_a_ship_that_turned_where_none_does_is_a_surprise(sea: SimpleNamespace) -> None:
    forecaster = Forecaster()
    forecaster.extend(sea.lanes(60))
    voyage = sea.lane(77, branch=0, speed_kn=10)
    made = forecaster.forecast(sea.query_of(voyage, 22), steps=6)
    reference = np.random.default_rng(7).normal(-1, 0.5, size=(400, len(STEPS)))
    assert surprises(made, voyage.lat[[28]], voyage.lon[[28]], reference) == []
    odd = surprises(made, voyage.lat[[28]] - 0.5, voyage.lon[[28]], reference)
    assert odd[0].p_value < 0.01
    assert odd[0].off_km == pytest.approx(0.5 * 111.2, rel=0.1)
    with pytest.raises(ValueError, match="step=5"):
        surprises(made, voyage.lat[[28]], voyage.lon[[28]], reference, step=5)
