"""The crossing suite: its cases, its scores, and the whole on invented ships."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from seawarden.evaluate.crossing import run_crossing_suite
from seawarden.evaluate.crossing_cases import cases_of_all, in_question, read_assets
from seawarden.evaluate.crossing_scores import brier, fit_calibration, paired_gain, reliability, ship_draws
from seawarden.forecast.crossing import NEVER
from seawarden.model.error import AssetError, SourceError
from seawarden.train.forecast_files import read_any, read_positions

START = 1_700_000_000_000


def positions(ships: int) -> pl.DataFrame:
    """Ships north along 11 E from 56.9 N at 10 kn and about, 150 minutes each; every third turns east halfway."""
    rows = []
    for k in range(ships):
        minutes = np.arange(151)
        speed = 9 + 2 * ((k * 0.618) % 1)
        km = minutes * speed * 1.852 / 60
        turned = np.maximum(km - 14, 0) if k % 3 == 0 else np.zeros(151)
        t = START + (minutes + 37 * k) * 60_000
        rows.append(
            pl.DataFrame(
                {
                    "mmsi": 219_000_000 + k,
                    "timestamp_utc": pl.Series(t).cast(pl.Datetime("ms")).dt.to_string("%Y-%m-%d %H:%M:%S"),
                    "lat": 56.9 + (km - turned) / 111.195,
                    "lon": 11 + turned / 60.7,
                    "sog_kn": np.full(151, speed),
                    "cog_deg": np.where(turned > 0, 90.0, 0.0),
                }
            )
        )
    return pl.concat(rows)


def cable(path: Path) -> Path:
    """A cable along 57.1 N and another along 58 N."""
    path.write_text("cable_id,point_order,lat,lon\nA,0,57.1,10.8\nA,1,57.1,11.2\nB,0,58,10\nB,1,58,12\n")
    return path


def test_cases_know_when_the_cable_was_crossed(tmp_path: Path) -> None:
    positions(2).write_csv(tmp_path / "p.csv")
    names, segments = read_assets(cable(tmp_path / "c.csv"))
    assert names == ["A", "B"]
    cases = cases_of_all(read_positions(tmp_path / "p.csv"), segments)
    straight = np.flatnonzero(cases.queries.ship == 219_000_001)
    lat, speed = cases.queries.lat[straight[0]], cases.queries.sog_kn[straight[0]]
    due = (57.1 - lat) * 111.195 / (speed * 1.852) * 60
    assert cases.crossed_min[straight[0], 0] == pytest.approx(due, rel=2e-3)
    assert (cases.crossed_min[:, 1] == NEVER).all()
    turned = cases.queries.ship == 219_000_000
    assert (cases.crossed_min[turned, 0] == NEVER).all()


def test_only_what_was_watched_and_within_reach_is_scored(tmp_path: Path) -> None:
    positions(3).write_csv(tmp_path / "p.csv")
    _, segments = read_assets(cable(tmp_path / "c.csv"))
    cases = cases_of_all(read_positions(tmp_path / "p.csv"), segments)
    pairs = in_question(cases, 120)
    assert (cases.observed_min[pairs[:, 0]] >= 120).all()
    assert set(pairs[:, 1]) == {0}


def test_the_whole_suite(tmp_path: Path) -> None:
    positions(30).write_csv(tmp_path / "p.csv")
    report = run_crossing_suite([tmp_path / "p.csv"], tmp_path / "out", assets=cable(tmp_path / "c.csv"))
    assert json.loads((tmp_path / "out/metrics.json").read_text()) == report
    hour = report["files"]["p.csv"]["60"]
    assert hour["ships"] == 30
    models = hour["models"]
    assert models["seawarden"]["brier"] < models["constant_velocity"]["brier"]
    assert models["seawarden"]["time_error_min"] < 2
    low, high = hour["gain"]["constant_velocity"]["brier_gain_interval"]
    assert low <= hour["gain"]["constant_velocity"]["brier_gain"] <= high


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"absent\.csv"):
        read_positions(tmp_path / "absent.csv")
    (tmp_path / "p.csv").write_text("mmsi,lat\n1,2\n")
    with pytest.raises(SourceError, match="no column for time"):
        read_any(tmp_path / "p.csv")
    (tmp_path / "c.csv").write_text("a,b\n1,2\n")
    with pytest.raises(AssetError, match="no column cable_id"):
        read_assets(tmp_path / "c.csv")
    (tmp_path / "c.geojson").write_text('{"features": []}')
    with pytest.raises(AssetError, match="no line"):
        read_assets(tmp_path / "c.geojson")


def test_lines_of_geojson(tmp_path: Path) -> None:
    document = {
        "features": [
            {
                "properties": {"name": "X"},
                "geometry": {
                    "type": "MultiLineString",
                    "coordinates": [[[10, 57], [11, 57]], [[11, 57], [11, 58], [12, 58]]],
                },
            },
            {"properties": {}, "id": "p", "geometry": {"type": "Point", "coordinates": [1, 2]}},
        ]
    }
    (tmp_path / "l.geojson").write_text(json.dumps(document))
    names, segments = read_assets(tmp_path / "l.geojson")
    assert names == ["X"]
    assert len(segments.asset) == 3
    assert segments.lat1[0] == 57.0


def test_a_calibrated_forecast_has_slope_one_and_a_sharpened_one_less() -> None:
    rng = np.random.default_rng(1)
    p = rng.uniform(0.05, 0.95, 4000)
    hit = (rng.random(4000) < p).astype(float)
    draws = ship_draws(np.arange(4000) // 4, resamples=100)
    fair = reliability(p, hit, draws, 50)
    assert fair["slope_interval"][0] < 1 < fair["slope_interval"][1]
    sharp = 1 / (1 + ((1 - p) / p) ** 2)
    assert fit_calibration(sharp, hit).slope == pytest.approx(0.5, abs=0.06)
    gain = paired_gain(p, sharp, hit, draws)
    assert gain["excludes_0"]
    assert brier(p, hit, draws)["brier"] < brier(sharp, hit, draws)["brier"]


def test_ships_are_drawn_whole() -> None:
    draws = ship_draws(np.array([1, 1, 1, 2, 3, 3]), resamples=50)
    assert (draws[:, 0] == draws[:, 2]).all()
    assert (draws[:, 4] == draws[:, 5]).all()
