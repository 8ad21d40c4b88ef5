from __future__ import annotations

import json

import numpy as np
import pytest

from seawarden.evaluate.drags.baselines import cusum, danish_drift, dragging_at, grapnel, loitering
from seawarden.evaluate.drags.cases import LOSSES
from seawarden.evaluate.stats import calibration, clustered, paired
from seawarden.model.error import UsageError
from seawarden.model.position import make_positions
from seawarden.simulate.innocent import INNOCENTS, lay_innocent, profile
from seawarden.simulate.path import path_of


@pytest.mark.parametrize(
    ("speed", "caught"), [(2.2, True), (3.5, True), (4.8, False), (6.0, False), (7.5, False), (9.0, False)]
)
def test_grapnel_catches_and_misses_what_is_published_of_it(speed, caught):
    assert bool(len(grapnel(dragging_at(speed)))) is caught


def test_the_other_rules_do_what_they_say():
    slow = dragging_at(1.0)
    assert len(danish_drift(slow)) == 0
    across = slow._replace(
        heading_deg=np.full(len(slow.t), 80.0, dtype=np.float32), sog_kn=slow.sog_kn + np.float32(1)
    )
    assert len(danish_drift(across)) > 0
    assert len(loitering(slow)) == 0
    hours = slow._replace(t=slow.t[0] + (slow.t - slow.t[0]) * 2)
    assert len(loitering(hours)) > 0
    fall = dragging_at(7.0)
    begin = fall.t[0] / 1000 + 7200
    assert np.any((cusum(fall) >= begin) & (cusum(fall) < begin + 1800))


def steady(n=300, speed_kn=10.0):
    random = np.random.default_rng(9)
    run = np.arange(n) * 60.0 * speed_kn * 1852.0 / 3600.0
    return make_positions(
        n,
        t=1_700_000_000_000 + np.arange(n) * 60_000,
        mmsi=219000002,
        lat=57.0 + run / 111_400.0,
        lon=11.0,
        sog_kn=speed_kn + random.normal(0.0, 0.05, n),
        cog_deg=random.normal(0.0, 0.5, n) % 360.0,
    )


@pytest.mark.parametrize("kind", INNOCENTS)
def test_look_alikes_slow_ships_down_consistently_and_by_key(kind):
    ship = steady()
    start = int(ship.t[100])
    laid = lay_innocent(ship, kind, start, "a")
    again = lay_innocent(ship, kind, start, "a")
    np.testing.assert_array_equal(laid.sog_kn, again.sog_kn)
    np.testing.assert_array_equal(laid.lat[:100], ship.lat[:100])
    assert np.min(laid.sog_kn) < 0.95 * np.median(ship.sog_kn)
    path = path_of(laid)
    implied = np.diff(np.cumsum(path.step_m)) / 60.0 / 0.5144
    assert np.median(np.abs(implied[120:] - laid.sog_kn[121:])) < 0.5
    assert np.all(profile(kind, 100, 1) > 0)


def bounds(estimate):
    """Low, value and high of an estimate that must have them."""
    assert estimate.value is not None and estimate.low is not None and estimate.high is not None
    return estimate.low, estimate.value, estimate.high


def test_intervals_cover_and_clusters_widen_them():
    random = np.random.default_rng(3)
    ship = np.repeat(np.arange(50), 20)
    value = (random.random(1000) < 0.4).astype(float)
    low, _, high = bounds(clustered(value, np.arange(1000)))
    assert low < 0.4 < high
    level = np.repeat((random.random(50) < 0.4).astype(float), 20)
    wide = bounds(clustered(level, ship))
    assert wide[2] - wide[0] > 2 * (high - low)
    assert clustered(np.empty(0), np.empty(0, dtype=np.int64)).value is None
    assert paired(value, value, ship).value == 0.0


def test_calibration_tells_a_true_forecast_from_one_too_sure():
    random = np.random.default_rng(11)
    truth = random.normal(-1, 1.5, 8000)
    out = (random.random(8000) < 1 / (1 + np.exp(-truth))).astype(float)
    ship = np.arange(8000) // 20
    good = calibration(truth, out, np.ones(8000), ship)
    slope, intercept = bounds(good.slope), bounds(good.intercept)
    assert slope[0] < 1.0 < slope[2]
    assert intercept[0] < 0.0 < intercept[2]
    assert bounds(good.log_score)[1] < good.log_score_constant
    sure = calibration(3 * truth, out, np.ones(8000), ship)
    assert bounds(sure.slope)[2] < 0.5
    assert sure.error > good.error


def test_the_suite_asks_for_positions(tmp_path):
    from seawarden.evaluate.drags.suite import run_drag_suite

    with pytest.raises(UsageError, match="--positions"):
        run_drag_suite([], tmp_path)


@pytest.mark.ci
def test_the_small_fixed_suite_runs_and_is_the_same_every_time(tmp_path):
    from seawarden.evaluate.drags.suite import run_drag_suite
    from seawarden.simulate.synthetic_day import synthetic_day, write_day

    source = tmp_path / "day.parquet"
    write_day(synthetic_day(35_000, "suite", ships=24), source)
    first = run_drag_suite([source], tmp_path / "a", quick=True)
    run_drag_suite([source], tmp_path / "b", quick=True)
    for name in ("metrics.json", "model.json", "report.html"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert json.loads((tmp_path / "a" / "metrics.json").read_text()) == first
    dense = first["strata"]["minute"]
    assert dense["background"]["ship_days"] > 20
    assert {row["loss"] for row in dense["recall"]} == set(LOSSES)
