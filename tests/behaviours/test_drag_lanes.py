from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seawarden.behaviours.drag.lanes import (
    cell_of,
    from_plain,
    gather,
    key_of,
    lane_at,
    no_lanes,
    region_of,
    sector_of,
    to_plain,
)
from seawarden.model.position import make_positions
from seawarden.train.drag_lanes import history_of, with_history
from seawarden.train.drag_tracks import cut_tracks

T0 = 1_700_000_000_000


def voyage(mmsi, slows=0.0):
    """Three hours due north at 11 kn; slowed to a share after the first half."""
    t = np.arange(0, 180) * 60.0
    v = np.where(t > 5400.0, 11.0 * (1.0 - slows), 11.0)
    return make_positions(
        len(t), t=T0 + t * 1000 + mmsi * 7, mmsi=mmsi, lat=56.0 + np.cumsum(v) * 0.5144 * 60.0 / 111_300.0, lon=11.0,
        sog_kn=v, cog_deg=0.0,
    )  # fmt: skip


def tracks(slows):
    return [t for k, share in enumerate(slows) for t in cut_tracks(voyage(219_000_000 + k, share), "made up")]


def test_a_place_where_ships_slow_is_known_by_the_ships_before():
    made = tracks([0.3] * 30)
    lanes = history_of(made).lanes
    there = made[0].positions
    slow = lane_at(lanes, no_lanes(), there.lat[90], there.lon[90], 0.0)
    steady = lane_at(lanes, no_lanes(), there.lat[40], there.lon[40], 0.0)
    assert slow[0] >= 30 and slow[1] < -0.1 and slow[2] > 0.3
    assert abs(steady[1]) < 0.01 and steady[2] == 0.0
    against = lane_at(lanes, no_lanes(), there.lat[90], there.lon[90], 180.0)
    assert against[0] == 0.0 and math.isnan(against[1])
    assert all(math.isnan(v) for v in lane_at(lanes, no_lanes(), 40.0, 11.0, 0.0))


def test_a_ship_is_not_judged_by_her_own_past():
    made = with_history(tracks([0.3] + [0.0] * 30), history_of(tracks([0.3] + [0.0] * 30)))
    at = made[0].positions.lat[90], made[0].positions.lon[90], 0.0
    whole = lane_at(made[0].lanes, no_lanes(), *at)
    others = lane_at(made[0].lanes, made[0].own_lanes, *at)
    assert whole[2] > 0.0 and others[2] == 0.0
    assert others[0] < whole[0]


def test_the_shipped_form_keeps_the_table_but_not_single_voyages():
    key = np.array([5, 5, 9, -1 - 3], dtype=np.int64)
    lanes = gather(key, np.array([-0.2, 0.0, -0.5, 0.0]))
    again = from_plain(to_plain(lanes))
    assert list(again.key) == [-4, 5]
    assert again.change[1] == -0.2 and again.ships[1] == 2.0 and again.slowed[1] == 1.0
    everything = from_plain(to_plain(lanes, least=1))
    np.testing.assert_array_equal(everything.key, lanes.key)


@given(st.floats(-89, 89), st.floats(-720, 720), st.floats(-720, 720))
def test_keys_do_not_care_how_a_turn_is_counted(lat, lon, course):
    row, column = cell_of(lat, lon)
    assert 0 <= column < 9_000
    assert region_of(row, column) < 0 <= key_of(row, column, sector_of(course))
    assert 0 <= sector_of(course) < 12
