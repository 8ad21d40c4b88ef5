"""Geodesy against pyproj's geodesics."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from seawarden import geodesy

GEOD = Geod(ellps="WGS84")
LATS = st.floats(54.0, 66.0)
ANY_LATS = st.floats(-80.0, 80.0)
LONS = st.floats(-180.0, 180.0)
BEARINGS = st.floats(0.0, 360.0)
SHORT_M = st.floats(1.0, 50_000.0)


def ahead(lat: float, lon: float, bearing: float, length_m: float) -> tuple[float, float]:
    lon2, lat2, _ = GEOD.fwd(lon, lat, bearing, length_m)
    return float(lat2), float(lon2)


def angle_between(one: float, two: float) -> float:
    return abs((one - two + 180.0) % 360.0 - 180.0)


@given(ANY_LATS, LONS, BEARINGS, SHORT_M)
def test_distances_to_50_km_hold_to_a_ten_thousandth(lat, lon, bearing, length_m):
    lat2, lon2 = ahead(lat, lon, bearing, length_m)
    assert geodesy.distance_m(lat, lon, lat2, lon2) == pytest.approx(length_m, rel=1e-4, abs=1e-3)


@given(LATS, LONS, BEARINGS, st.floats(50_000.0, 3_000_000.0))
def test_long_distances_hold_to_a_thousandth(lat, lon, bearing, length_m):
    lat2, lon2 = ahead(lat, lon, bearing, length_m)
    assert geodesy.distance_m(lat, lon, lat2, lon2) == pytest.approx(length_m, rel=1e-3)


@given(LATS, BEARINGS, SHORT_M, st.integers(-2, 2), LONS)
def test_distance_does_not_depend_on_the_meridian(lat, bearing, length_m, turns, shift):
    lat2, lon2 = ahead(lat, 179.99, bearing, length_m)
    one = geodesy.distance_m(lat, 179.99, lat2, lon2)
    two = geodesy.distance_m(lat, 179.99 + shift, lat2, lon2 + shift + 360.0 * turns)
    assert two == pytest.approx(one, rel=1e-6, abs=1e-4)


@given(LATS, LONS, BEARINGS, st.floats(100.0, 200_000.0))
def test_bearing_and_destination(lat, lon, bearing, length_m):
    lat2, lon2 = ahead(lat, lon, bearing, length_m)
    assert angle_between(geodesy.bearing_deg(lat, lon, lat2, lon2), bearing) < 0.02
    there_lat, there_lon = geodesy.destination(lat, lon, bearing, length_m)
    assert GEOD.inv(lon2, lat2, there_lon, there_lat)[2] < 0.001 * length_m


@given(LATS, LONS, BEARINGS, st.floats(10.0, 200_000.0), st.floats(0.0, 1.0))
def test_points_of_a_leg_lie_on_the_geodesic(lat, lon, bearing, length_m, fraction):
    lat2, lon2 = ahead(lat, lon, bearing, length_m)
    true_lat, true_lon = ahead(lat, lon, bearing, length_m * fraction)
    got_lat, got_lon = geodesy.leg_point(lat, lon, lat2, lon2, fraction)
    assert GEOD.inv(true_lon, true_lat, got_lon, got_lat)[2] < 0.5


@given(LATS, LONS, BEARINGS, st.floats(0.0, 50_000.0), BEARINGS, st.floats(10.0, 10_000.0))
def test_nearest_point_of_a_segment_equals_a_geodesic_search(lat, lon, bearing, off_m, heading, length_m):
    lat1, lon1 = ahead(lat, lon, bearing, off_m)
    lat2, lon2 = ahead(lat1, lon1, heading, length_m)
    got, fraction = geodesy.segment_nearest(lat, lon, lat1, lon1, lat2, lon2)
    want = geodesic_to_segment(lat, lon, lat1, lon1, heading, length_m)
    assert got == pytest.approx(want, rel=2e-4, abs=0.05)
    assert 0.0 <= fraction <= 1.0


def geodesic_to_segment(lat: float, lon: float, lat1: float, lon1: float, heading: float, length_m: float) -> float:
    """Golden-section search along the geodesic, with pyproj alone."""

    def far(s: float) -> float:
        there_lon, there_lat, _ = GEOD.fwd(lon1, lat1, heading, s)
        return float(GEOD.inv(lon, lat, there_lon, there_lat)[2])

    low, high = 0.0, length_m
    ratio = (math.sqrt(5) - 1) / 2
    while high - low > 0.05:
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if far(left) < far(right):
            high = right
        else:
            low = left
    return far(0.5 * (low + high))


def test_sides_and_edges():
    assert geodesy.side_of(60.1, 20.0, 60.0, 19.0, 60.0, 21.0) > 0
    assert geodesy.side_of(59.9, 20.0, 60.0, 19.0, 60.0, 21.0) < 0
    assert geodesy.side_of(60.1, -180.0, 60.0, 179.0, 60.0, -179.0) > 0
    assert math.isnan(geodesy.bearing_deg(60.0, 20.0, 60.0, 20.0))
    assert geodesy.distance_m(60.0, 20.0, 60.0, 20.0) == 0.0
    assert geodesy.wrap_deg(190.0) == -170.0
    assert geodesy.wrap_deg(180.0) == -180.0
    assert geodesy.segment_nearest(60.0, 20.0, 60.0, 20.1, 60.0, 20.1)[0] == pytest.approx(5580.0, rel=0.01)


def test_arrays():
    lat = np.array([55.0, 60.0])
    lon = np.array([10.0, 20.0])
    far = geodesy.distances_m(lat, lon, lat + 0.1, lon)
    assert far == pytest.approx(GEOD.inv(lon, lat, lon, lat + 0.1)[2], rel=1e-6)
