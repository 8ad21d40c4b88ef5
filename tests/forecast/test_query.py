"""Queries are cut from a track as it was known at the moment."""

from __future__ import annotations

import numpy as np
import pytest

from seawarden.forecast.query import PAST, queries_at

MINUTE = 60_000


def test_the_past_is_at_ten_minute_steps_and_ends_at_a_gap() -> None:
    t = np.array([*range(0, 61), *range(120, 181)], np.int64) * MINUTE
    lat = 55 + t / MINUTE / 600.0
    lon = np.full(len(t), 10.0)
    queries, used = queries_at(t, lat, lon, np.full(len(t), 6.0), np.zeros(len(t)), np.array([180 * MINUTE]))
    assert used.tolist() == [0]
    assert queries.n_past.tolist() == [6]
    assert queries.past_lat[0, 3] == pytest.approx(55 + 150 / 600)
    assert queries.past_lat.shape == (1, PAST)
    assert (queries.past_lat[0, 6:] == queries.past_lat[0, 6]).all()


def test_nothing_after_the_moment_is_used() -> None:
    t = np.arange(0, 100, dtype=np.int64) * MINUTE
    lat = np.where(t <= 50 * MINUTE, 55.0, 70.0) + t / MINUTE / 6000
    column = np.zeros(len(t))
    whole, _ = queries_at(t, lat, column, column, column, np.array([50 * MINUTE]))
    cut, _ = queries_at(t[:51], lat[:51], column[:51], column[:51], column[:51], np.array([50 * MINUTE]))
    for a, b in zip(whole, cut, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_stale_track_is_not_forecast_and_missing_speed_is_measured() -> None:
    t = np.arange(0, 30, dtype=np.int64) * MINUTE
    lat, lon = 55 + np.arange(30) / 360.0, np.full(30, 10.0)
    nan = np.full(30, np.nan)
    queries, used = queries_at(t, lat, lon, nan, nan, np.array([29, 29 + 31]) * MINUTE)
    assert used.tolist() == [0]
    assert queries.sog_kn[0] == pytest.approx(10.0, rel=2e-3)
    assert queries.cog_deg[0] == pytest.approx(0.0, abs=1e-6)


def test_a_track_across_the_date_line_stays_whole() -> None:
    t = np.arange(0, 30, dtype=np.int64) * MINUTE
    lon = np.asarray(179.9 + np.arange(30) * 0.01, dtype=np.float64)
    lon = np.asarray((lon + 180) % 360 - 180, dtype=np.float64)
    queries, _ = queries_at(t, np.zeros(30), lon, np.full(30, 36.0), np.full(30, 90.0), np.array([29 * MINUTE]))
    step = (queries.past_lon[0, 0] - queries.past_lon[0, 1] + 180) % 360 - 180
    assert step == pytest.approx(0.1)
