"""Crossings of sample paths with assets."""

from __future__ import annotations

import math

import numpy as np
import pytest

from seawarden.forecast.crossing import (
    NEVER,
    CrossingCalibration,
    Segments,
    assets_ahead,
    chance_within,
    crossings,
    look_ahead,
    weighted_quantiles,
)
from seawarden.forecast.forecast_set import ForecastSet
from seawarden.forecast.query import NO_KIND, PAST, Queries

LAT, LON = 57.0, 11.0


def ship() -> Queries:
    """One ship at 57 N 11 E."""
    past = np.full((1, PAST), LAT), np.full((1, PAST), LON)
    return Queries(
        np.array([LAT]),
        np.array([LON]),
        np.array([6.0]),
        np.array([0.0]),
        *past,
        np.array([PAST - 1]),
        np.array([1]),
        np.array([NO_KIND]),
    )


def forecast(*km: tuple[float, float], steps: int = 12) -> ForecastSet:
    """Straight samples at given speeds east and north, km a step, of equal weight."""
    along = np.arange(1, steps + 1)
    samples = np.empty((1, len(km), steps, 2))
    for s, (east, north) in enumerate(km):
        samples[0, s, :, 0] = LAT + along * north / 111.195
        samples[0, s, :, 1] = LON + along * east / (111.195 * math.cos(math.radians(LAT)))
    n = len(km)
    return ForecastSet(ship(), samples, np.full((1, n), 1 / n), np.zeros(1), np.zeros((1, n), np.int64))


def east_west(north_km: float, asset: int = 0) -> tuple[float, float, float, float, int]:
    """A piece of cable 40 km long across the ship's way."""
    lat = LAT + north_km / 111.195
    return lat, LON - 0.33, lat, LON + 0.33, asset


def segments(*rows: tuple[float, float, float, float, int]) -> Segments:
    """Rows as columns."""
    table = np.array(rows, np.float64)
    a, b, c, d = (np.ascontiguousarray(table[:, k]) for k in range(4))
    return Segments(a, b, c, d, table[:, 4].astype(np.int64))


def test_time_of_the_crossing() -> None:
    found = crossings(forecast((0, 2.0), (0, 1.0), (0, -1.0)), segments(east_west(5.0)))
    assert found.minutes[0, :, 0].tolist() == pytest.approx([25.0, 50.0, NEVER], rel=1e-3)
    assert found.closest_km[0, :2, 0].tolist() == [0.0, 0.0]
    assert found.closest_km[0, 2, 0] == pytest.approx(6.0, rel=1e-3)


def test_a_path_through_a_joint_of_two_pieces_crosses() -> None:
    lat = LAT + 5.0 / 111.195
    joint = segments((lat, LON - 0.3, lat, LON, 0), (lat, LON, lat, LON + 0.3, 0))
    assert crossings(forecast((0, 2.0)), joint).minutes[0, 0, 0] == pytest.approx(25.0, rel=1e-3)


def test_chance_is_the_share_of_paths_and_never_certain() -> None:
    found = crossings(forecast(*[(0, 2.0)] * 3, (0, -2.0)), segments(east_west(5.0)))
    chance = chance_within(found, np.full((1, 4), 0.25), 60.0)
    assert chance[0, 0] == pytest.approx((3 + 0.5) / 5, rel=1e-3)
    assert 0 < chance_within(found, np.full((1, 4), 0.25), 1.0)[0, 0] < 0.15


def test_assets_ahead_come_soonest_first_with_their_times() -> None:
    made = forecast((0, 2.0), (0, 1.8), (0, 1.6), (0, 1.4))
    ahead = assets_ahead(made, crossings(made, segments(east_west(9.0, 0), east_west(3.0, 1))), within_min=110)
    assert [one.asset for one in ahead] == [1, 0]
    assert look_ahead(made, segments(east_west(9.0, 0), east_west(3.0, 1)), within_min=110) == ahead
    first = ahead[0]
    assert first.chance > 0.85
    assert first.minutes[0] < first.minutes[1] < first.minutes[2]
    assert first.minutes[0] == pytest.approx(15.0, rel=1e-2)
    assert first.stop_chance == 0.0


def test_stopping_in_the_corridor() -> None:
    made = forecast((0, 0.0), (0, 2.0))
    ahead = assets_ahead(made, crossings(made, segments(east_west(0.3))))
    assert ahead[0].stop_chance == pytest.approx(0.5)


def test_far_assets_are_left_out() -> None:
    made = forecast((0, 2.0))
    found = crossings(made, segments(east_west(500.0)))
    assert found.closest_km[0, 0, 0] == NEVER
    assert assets_ahead(made, found) == []


def test_no_asset_at_all() -> None:
    nothing = np.empty(0)
    none = Segments(nothing, nothing, nothing, nothing, np.empty(0, np.int64))
    made = forecast((0, 2.0))
    assert assets_ahead(made, crossings(made, none)) == []


def test_recalibration_keeps_order_and_bounds() -> None:
    p = np.linspace(0, 1, 11)
    q = CrossingCalibration(0.3, 0.7).apply(p)
    assert (np.diff(q) > 0).all()
    assert 0 < q[0] and q[-1] < 1
    np.testing.assert_allclose(CrossingCalibration().apply(p[1:-1]), p[1:-1])


def test_quantiles_of_nothing_are_not_invented() -> None:
    assert all(math.isnan(x) for x in weighted_quantiles(np.empty(0), np.empty(0), (0.1, 0.5)))
