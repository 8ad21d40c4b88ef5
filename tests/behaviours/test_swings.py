from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.behaviours.swings import Swings
from seawarden.behaviours.swings import swings_of as any_swings_of
from seawarden.geodesy import local_radii
from seawarden.model.position import Positions, Trust, make_positions, take

SLOW_KN = 3.5
T0 = 1_700_000_000_000
M_LAT, M_LON = local_radii(55.5)


def swings_of(ship: Positions) -> Swings | None:
    return any_swings_of(ship, slow_kn=SLOW_KN, least_s=900.0, least_leg_m=80.0, least_legs=3)


def lying(north_m, east_m, *, way=60, every_s=60.0, seed=1, sog_kn=None):
    """An hour under way northwards at nine knots, then where she lies, metres from there; a report a minute."""
    random = np.random.default_rng(seed)
    run = np.arange(-way, 0) * every_s * 9.0 * 0.5144
    north, east = (
        np.concatenate((run, north_m)) + random.normal(0.0, 8.0, way + len(north_m)),
        np.concatenate((np.zeros(way), east_m)) + random.normal(0.0, 8.0, way + len(north_m)),
    )
    made = np.hypot(np.diff(north_m, prepend=north_m[:1]), np.diff(east_m, prepend=east_m[:1])) / every_s / 0.5144
    n = len(north)
    return make_positions(
        n,
        t=(T0 + np.arange(n) * every_s * 1000.0).astype(np.int64),
        mmsi=219000001,
        lat=55.5 + north / M_LAT,
        lon=17.0 + east / M_LON,
        sog_kn=np.concatenate((np.full(way, 9.0), np.minimum(made, SLOW_KN - 0.1) if sog_kn is None else sog_kn)),
        cog_deg=np.zeros(n),
    )


def heaving(legs=5, length_m=250.0, leg_min=12, bearing=0.7):
    """Legs to and fro along one line."""
    along = np.abs((np.arange(legs * leg_min) / leg_min) % 2.0 - 1.0) * length_m
    return along * np.cos(bearing), along * np.sin(bearing)


@pytest.mark.parametrize("legs", [4, 5, 6])
def test_an_hour_to_and_fro_is_seen_with_its_legs_and_their_length(legs):
    found = swings_of(lying(*heaving(legs)))
    assert found is not None
    assert found.legs in (legs - 1, legs)
    assert abs(found.length_m - 250.0) < 3.0 * found.sigma_m
    assert f"{found.legs} legs to and fro" in found.told


def test_a_ship_adrift_goes_one_way():
    minutes = np.arange(90.0)
    assert swings_of(lying(minutes * 15.0, minutes * 8.0)) is None


def test_a_ship_that_lies_still_wanders_by_her_receiver_alone():
    assert swings_of(lying(np.zeros(120), np.zeros(120))) is None


def test_a_ship_swings_at_her_anchor_once_in_hours():
    angle = np.concatenate((np.zeros(60), np.linspace(0.0, np.pi, 60), np.full(60, np.pi)))
    assert swings_of(lying(300.0 * np.cos(angle), 300.0 * np.sin(angle))) is None


def test_nothing_is_told_of_a_ship_under_way_or_hardly_heard():
    north, east = heaving()
    assert swings_of(lying(np.empty(0), np.empty(0), sog_kn=np.empty(0))) is None
    assert swings_of(take(lying(north, east), np.empty(0, dtype=np.int64))) is None
    assert swings_of(take(lying(north, east), np.arange(0, 120, 13))) is None  # every thirteen minutes
    assert swings_of(lying(north, east, sog_kn=np.full(len(north), 6.0))) is None  # dredging, not lying


def test_places_that_are_wrong_make_no_legs():
    far = np.tile((0.0, 9000.0), 30)  # there and back within minutes at two knots: no ship does so
    assert swings_of(lying(far, far, sog_kn=np.full(60, 2.0))) is None
    ship = lying(*heaving())
    ship.trust[:] = int(Trust.JUMP)
    assert swings_of(ship) is None


@given(length=st.floats(0.0, 2000.0), leg=st.integers(2, 40), legs=st.integers(1, 8), noise=st.integers(0, 5))
def test_legs_are_never_more_than_there_were(length, leg, legs, noise):
    found = swings_of(lying(*heaving(legs, length, leg), seed=noise))
    assert found is None or (3 <= found.legs <= legs and found.length_m >= 80.0)
