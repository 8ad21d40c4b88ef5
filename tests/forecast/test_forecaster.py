"""The forecaster on invented lanes: what must hold whatever the numbers are."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from seawarden.forecast.archive import load, save, shipped
from seawarden.forecast.forecaster import MAX_STEPS, Forecaster
from seawarden.forecast.history import History, Voyage
from seawarden.forecast.query import join, queries_at
from seawarden.model.error import StoreError
from seawarden.train.forecast import train_forecaster


@pytest.fixture(scope="module")
def trained(sea: SimpleNamespace) -> Forecaster:
    """Trained on eighty voyages over two lanes."""
    return train_forecaster(sea.lanes(), threads=1)


def test_before_the_fork_both_branches_are_foreseen(sea: SimpleNamespace, trained: Forecaster) -> None:
    made = trained.forecast(sea.query_of(sea.lane(900, branch=0, speed_kn=10), 14))
    east = made.samples[0, :, 17, 1] - made.queries.lon[0]
    assert made.weights[0, east < -0.1].sum() > 0.2
    assert made.weights[0, east > 0.1].sum() > 0.2
    assert made.known_share[0] > 0.5


def test_after_the_fork_only_the_branch_taken(sea: SimpleNamespace, trained: Forecaster) -> None:
    voyage = sea.lane(901, branch=1, speed_kn=10)
    made = trained.forecast(sea.query_of(voyage, 22))
    mean = made.mean()[0, 11]
    assert mean[0] == pytest.approx(voyage.lat[34], abs=0.05)
    assert mean[1] == pytest.approx(voyage.lon[34], abs=0.1)


def test_a_fan_of_sixteen_covers_both_branches(sea: SimpleNamespace, trained: Forecaster) -> None:
    paths, share = trained.forecast(sea.query_of(sea.lane(902, branch=0, speed_kn=10), 14)).fan(16)
    assert paths.shape == (1, 16, 36, 2)
    assert share.sum() == pytest.approx(1.0)
    for branch in (0, 1):
        truth = sea.lane(902, branch=branch, speed_kn=10)
        off = np.hypot(paths[0, :, 17, 0] - truth.lat[32], (paths[0, :, 17, 1] - truth.lon[32]) * 0.57)
        assert off.min() < 0.03


def test_the_same_question_has_the_same_answer(sea: SimpleNamespace, trained: Forecaster) -> None:
    again = train_forecaster(sea.lanes(), threads=1)
    queries = sea.query_of(sea.lane(903, branch=0, speed_kn=11), 10)
    a, b = trained.forecast(queries), again.forecast(queries)
    np.testing.assert_array_equal(a.samples, b.samples)
    np.testing.assert_array_equal(a.weights, b.weights)
    np.testing.assert_array_equal(trained.calibration.threshold, again.calibration.threshold)


def test_ships_are_forecast_one_by_one_as_together(sea: SimpleNamespace, trained: Forecaster) -> None:
    queries = [sea.query_of(sea.lane(910 + k, branch=k % 2, speed_kn=9 + k / 2), 8 + 2 * k) for k in range(5)]
    together = trained.forecast(join(queries))
    for k, one in enumerate(queries):
        alone = trained.forecast(one)
        np.testing.assert_array_equal(alone.samples[0], together.samples[k])
        np.testing.assert_array_equal(alone.weights[0], together.weights[k])


def test_without_history_the_ship_goes_on_and_the_forecast_says_so(sea: SimpleNamespace) -> None:
    voyage = sea.lane(904, branch=0, speed_kn=12)
    empty = Forecaster()
    made = empty.forecast(sea.query_of(voyage, 10), steps=MAX_STEPS)
    assert empty.learning == 0.0
    assert made.known_share[0] == 0.0
    assert made.weights.sum() == pytest.approx(1.0)
    assert made.mean()[0, 5, 0] == pytest.approx(voyage.lat[16], abs=0.05)
    assert made.validated.tolist() == [True] * 36 + [False] * 36


def test_an_extended_history_is_the_history_of_all(sea: SimpleNamespace) -> None:
    whole, grown = History(), History()
    whole.extend(sea.lanes(60))
    grown.extend(sea.lanes(60)[:25])
    grown.extend(sea.lanes(60)[25:])
    for a, b in zip((*whole.columns, *whole.cells), (*grown.columns, *grown.cells), strict=True):
        np.testing.assert_array_equal(a, b)


def test_extending_adds_what_was_learnt_on_the_way(sea: SimpleNamespace) -> None:
    forecaster = Forecaster()
    assert forecaster.extend(sea.lanes(60)) == 60
    assert forecaster.learning == 1.0
    made = forecaster.forecast(sea.query_of(sea.lane(905, branch=1, speed_kn=10), 22))
    assert made.known_share[0] > 0.5


def test_land_is_not_sailed_over(sea: SimpleNamespace, trained: Forecaster) -> None:
    def west_is_land(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
        return lon < 10.95

    made = trained.forecast(sea.query_of(sea.lane(906, branch=0, speed_kn=10), 14), is_land=west_is_land)
    crossing = (made.samples[0, :, :, 1] < 10.95).any(1)
    assert made.weights[0, crossing].sum() == 0.0


def test_a_ships_own_voyages_can_be_left_out(sea: SimpleNamespace) -> None:
    own = [sea.lane(k, branch=0, speed_kn=10, ship=7) for k in range(60)]
    forecaster = Forecaster()
    forecaster.extend(own)
    queries = sea.query_of(sea.lane(950, branch=0, speed_kn=10, ship=7), 14)
    assert forecaster.forecast(queries).known_share[0] > 0.5
    assert forecaster.forecast(queries, not_ship=np.array([7])).known_share[0] == 0.0


def test_saved_and_loaded_it_answers_the_same(sea: SimpleNamespace, trained: Forecaster, tmp_path: Path) -> None:
    queries = sea.query_of(sea.lane(907, branch=1, speed_kn=9), 12)
    save(trained, tmp_path / "f.npz")
    loaded = load(tmp_path / "f.npz")
    a, b = trained.forecast(queries), loaded.forecast(queries)
    np.testing.assert_array_equal(a.samples, b.samples)
    np.testing.assert_array_equal(a.weights, b.weights)
    np.testing.assert_array_equal(trained.calibration.threshold, loaded.calibration.threshold)
    save(trained, tmp_path / "weights.npz", with_history=False)
    assert load(tmp_path / "weights.npz").history.n_voyages == 0


def test_a_damaged_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "broken.npz"
    path.write_bytes(b"not a forecaster")
    with pytest.raises(StoreError, match=r"broken\.npz"):
        load(path)
    with pytest.raises(StoreError, match=r"absent\.npz"):
        load(tmp_path / "absent.npz")


def test_a_fresh_install_has_weights_and_calibration_but_no_tracks() -> None:
    fresh = shipped()
    assert fresh.history.n_voyages == 0
    assert fresh.trees is not None
    assert (fresh.calibration.scale != 1.0).any()
    assert fresh.calibration is fresh.without_history


def test_it_learns_from_its_own_feed(sea: SimpleNamespace) -> None:
    fresh = shipped()
    fresh.extend(sea.lanes(60))
    assert fresh.calibration is fresh.with_history
    voyage = sea.lane(920, branch=1, speed_kn=10)
    made = fresh.forecast(sea.query_of(voyage, 22))
    assert made.known_share[0] > 0.5
    assert made.mean()[0, 11, 1] == pytest.approx(voyage.lon[34], abs=0.1)


def test_too_far_ahead_is_refused(sea: SimpleNamespace, trained: Forecaster) -> None:
    with pytest.raises(ValueError, match="steps=73"):
        trained.forecast(sea.query_of(sea.lane(908, branch=0, speed_kn=10), 10), steps=73)


def test_no_ship_at_all_and_a_ship_across_the_date_line() -> None:
    forecaster = Forecaster()
    t = np.arange(40, dtype=np.int64) * 600_000
    lon = np.asarray((179.0 + np.arange(40) * 0.05 + 180) % 360 - 180, dtype=np.float64)
    voyage = Voyage(t, np.full(40, 10.0), lon, np.full(40, 17.8), np.full(40, 90.0), ship=9)
    forecaster.extend([voyage] * 60)
    queries, _ = queries_at(*voyage[:5], t[[18]])
    made = forecaster.forecast(queries)
    assert forecaster.forecast(queries.take(np.empty(0, np.int64))).samples.shape[0] == 0
    assert made.known_share[0] > 0.5
    assert made.mean()[0, 11] == pytest.approx([10.0, lon[30]], abs=0.05)
