"""The forecast suite: scores checked by hand, the files' forms, and the whole on invented traffic."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from seawarden.evaluate.forecast import run_forecast_suite
from seawarden.evaluate.forecast_drift import (
    all_slower,
    by_ship,
    held_again_after,
    lane_closed,
    share_inside,
    ships_until_held,
)
from seawarden.evaluate.forecast_scores import (
    best16_published,
    binomial_interval,
    energy_scores,
    haversine_km,
    joint16,
    published_box,
)
from seawarden.evaluate.forecast_tracks import benchmark_of
from seawarden.forecast.archive import load
from seawarden.forecast.history import History, Voyage
from seawarden.forecast.query import PAST
from seawarden.model.error import SourceError
from seawarden.train.forecast_cases import cases
from seawarden.train.forecast_files import Track, read_tracks, train_files, voyages_of


def table(tracks: int, points: int = 48, first: int = 0, split: str = "train") -> pl.DataFrame:
    """Tracks north from 55.6 N that turn one way or the other after 55 km."""
    rows = []
    for k in range(first, first + tracks):
        speed = 8 + (k * 7 % 13) / 2
        sailed = np.arange(points) * speed * 1.852 / 6
        turned = np.maximum(sailed - 55.0, 0)
        side = 1 if k % 2 else -1
        lat = 55.6 + (np.minimum(sailed, 55) + turned * 0.7) / 111.195
        lon = 11.5 + side * turned * 0.7 / 62.0 + 0.004 * ((k * 0.618) % 1 - 0.5)
        course = np.where(turned == 0, 0.0, (45.0 * side) % 360)
        rows.append(
            pl.DataFrame(
                {
                    "split": split,
                    "track": k,
                    "mmsi": 200_000_000 + k,
                    "step10min": np.arange(points),
                    "lat": lat,
                    "lon": lon,
                    "sog_kn": np.full(points, speed),
                    "cog_deg": course,
                }
            )
        )
    return pl.concat(rows)


def test_the_published_geometry_is_the_wrong_box() -> None:
    lat, lon = published_box(np.array([55.5, 58.0]), np.array([10.3, 13.0]))
    assert lat.tolist() == pytest.approx([55.5, 57.5])
    assert lon.tolist() == pytest.approx([-7.0, -4.0])


def test_published_takes_the_best_at_each_step_and_joint_one_path() -> None:
    truth_lat = np.full((1, 36), 56.0)
    truth_lon = np.full((1, 36), 11.0)
    paths = np.empty((1, 2, 36, 2))
    paths[..., 1] = 11.0
    paths[0, 0, :, 0] = np.where(np.arange(36) < 10, 56.0, 57.0)
    paths[0, 1, :, 0] = np.where(np.arange(36) < 10, 56.5, 56.0)
    published = best16_published(paths, truth_lat, truth_lon)
    assert all(value == pytest.approx(0.0, abs=1e-6) for value in published.values())
    joint = joint16(paths, truth_lat, truth_lon)
    # The second path is nearer over four hours (10 steps of half a degree against 14 of a whole one).
    assert joint["60"] == pytest.approx(30.02, rel=1e-3)
    assert joint["180"] == pytest.approx(0.0, abs=1e-6)
    # Over 100 minutes only, the first would be.
    assert joint16(paths, truth_lat, truth_lon, 10)["60"] == pytest.approx(0.0, abs=1e-6)


def test_energy_score_of_one_sample_is_its_error_and_agrees_with_another_library() -> None:
    scoringrules = pytest.importorskip("scoringrules")
    rng = np.random.default_rng(0)
    samples = np.zeros((1, 40, 6, 2))
    samples[..., 0] = 56 + rng.normal(scale=0.05, size=(1, 40, 6))
    samples[..., 1] = 11 + rng.normal(scale=0.05, size=(1, 40, 6))
    lat, lon = np.full((1, 6), 56.02), np.full((1, 6), 11.03)
    one = energy_scores(samples[:, :1], np.ones((1, 1)), lat, lon, 6)
    assert one[0] == pytest.approx(
        haversine_km(samples[0, 0, 5, 0], samples[0, 0, 5, 1], lat[0, 5:], lon[0, 5:])[0], rel=1e-6
    )
    ours = energy_scores(samples, np.full((1, 40), 1 / 40), lat, lon, 6)[0]
    kx = 111.19492664 * np.cos(np.radians(samples[0, :, 5, 0].mean()))
    plane = samples[0, :, 5] * [111.19492664, kx]
    theirs = scoringrules.es_ensemble(np.array([56.02 * 111.19492664, 11.03 * kx]), plane)
    assert ours == pytest.approx(float(theirs), rel=2e-3)


def test_the_exact_interval() -> None:
    assert binomial_interval(90, 100) == pytest.approx((0.8238, 0.9510), abs=1e-3)
    assert binomial_interval(0, 10)[0] == 0.0
    assert binomial_interval(10, 10)[1] == 1.0


def test_the_protocol_drops_the_slow_start_and_the_short_tracks(tmp_path: Path) -> None:
    long = table(1, points=40)
    slow = long.with_columns(pl.when(pl.col("step10min") < 3).then(1.5).otherwise(pl.col("sog_kn")).alias("sog_kn"))
    short = table(1, points=36, first=5)
    path = tmp_path / "t.csv"
    pl.concat([slow, short]).write_csv(path)
    bench = benchmark_of(read_tracks(path, training=False))
    assert bench.track.tolist() == [0]
    assert bench.queries.lat[0] == pytest.approx(slow["lat"][3 + PAST - 1])
    assert bench.truth_lat[0, 0] == pytest.approx(slow["lat"][3 + PAST])
    assert np.isnan(bench.truth_lat[0, 40 - 3 - PAST :]).all()


def test_splits_are_kept_apart_and_bad_files_refused(tmp_path: Path) -> None:
    path = tmp_path / "both.csv"
    pl.concat([table(3), table(2, first=10, split="val")]).write_csv(path)
    assert [t.number for t in read_tracks(path, training=True)] == [0, 1, 2]
    assert [t.number for t in read_tracks(path, training=False)] == [10, 11]
    table(1).drop("mmsi").write_csv(tmp_path / "no.csv")
    with pytest.raises(SourceError, match=r"no\.csv: no column mmsi"):
        read_tracks(tmp_path / "no.csv", training=True)
    with pytest.raises(SourceError, match=r"absent\.csv"):
        read_tracks(tmp_path / "absent.csv", training=True)
    table(1, points=20).write_csv(tmp_path / "short.csv")
    with pytest.raises(SourceError, match="longer than 36"):
        benchmark_of(read_tracks(tmp_path / "short.csv", training=True))


def test_the_suite_writes_every_measure_of_every_model(tmp_path: Path) -> None:
    train, test = tmp_path / "train.csv", tmp_path / "test.csv"
    table(80).write_csv(train)
    table(12, first=200, split="test").write_csv(test)
    report = run_forecast_suite(train, test, tmp_path / "out", threads=1)
    assert json.loads((tmp_path / "out/metrics.json").read_text()) == report
    assert 15 < report["mb_per_million_points"] < 60
    assert set(report["models"]) == {"constant_velocity", "ornstein_uhlenbeck", "analogues", "seawarden"}
    for scores in report["models"].values():
        assert list(scores["best16_published_nmi"]) == ["70", "130", "190"]
        assert list(scores["joint16_nmi"]) == ["60", "120", "180"]
        assert list(scores["energy_km"]) == ["60", "120", "180", "240"]
        assert 0 <= scores["coverage90"]["overall"]["coverage"] <= 1
        assert scores["area90_km2"]["60"]["median"] >= 0
        assert scores["n_tracks"] == 12
        assert {"ms_per_query", "train_s"} <= set(scores)
    ours, plain = report["models"]["seawarden"], report["models"]["constant_velocity"]
    assert ours["energy_km"]["180"] < plain["energy_km"]["180"]
    page = (tmp_path / "out/forecast.html").read_text()
    assert page.count("<figure>") == 10


def test_injected_changes_are_what_they_say() -> None:
    history = History()
    frame = table(3)
    history.extend(voyages_of_frame(frame))
    known = cases(history, 24)
    lat, _ = all_slower(known, 0.5)
    np.testing.assert_allclose(lat[:, 1], known.truth_lat[:, 0], atol=1e-9)
    _, lon = lane_closed(known, 5.0)
    north = known.queries.cog_deg < 1
    moved = (lon - known.truth_lon)[north, 11] * 111.195 * np.cos(np.radians(known.queries.lat[north]))
    np.testing.assert_allclose(moved[~np.isnan(moved)], 5.0, rtol=1e-6)


def voyages_of_frame(frame: pl.DataFrame) -> list[Voyage]:
    """The voyages of a table in memory."""
    tracks = []
    for key, rows in frame.group_by(["track"], maintain_order=True):
        values = rows.select("lat", "lon", "sog_kn", "cog_deg").to_numpy()
        tracks.append(Track(int(str(key[0])), int(rows["mmsi"][0]), values))
    return voyages_of(tracks)


def test_when_coverage_is_back() -> None:
    bad, good = np.tile([1.0, 0.0], 50), np.tile([1.0] * 9 + [0.0], 60)
    after = held_again_after(np.concatenate([bad, good]))
    assert after is not None
    assert 60 <= after <= 110
    assert held_again_after(np.zeros(500)) is None


def test_training_from_files_writes_what_can_be_read_again(tmp_path: Path) -> None:
    table(52).write_csv(tmp_path / "t.csv")
    said = train_files([tmp_path / "t.csv"], tmp_path / "out/f.npz", threads=1)
    assert said == {"voyages": 52, "points": 52 * 48, "ships": 52, "learning": 1.0, "weights_learnt": True}
    assert load(tmp_path / "out/f.npz").history.n_voyages == 52


def test_recalibration_is_counted_in_ships() -> None:
    ship = np.repeat(np.array([7, 3, 5, *range(100, 160)], np.int64), 10)
    inside = np.tile(np.array([1.0] * 9 + [0.0]), 63)
    inside[:20] = 0.0
    inside[25] = np.nan
    held, count = by_ship(inside, ship)
    assert held[:3].tolist() == [0.0, 0.0, 8.0] and count[:3].tolist() == [10, 10, 9]
    assert ships_until_held(held, count) == 2
    assert ships_until_held(np.zeros(63), np.full(63, 10)) is None
    rest = share_inside(held[3:], count[3:])
    assert rest["coverage"] == pytest.approx(0.9) and rest["n"] == 600
    assert rest["interval"] == pytest.approx([0.9, 0.9])
