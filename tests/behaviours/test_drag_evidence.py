from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.behaviours.drag.model import DragModel, chance, shipped
from seawarden.behaviours.drag.names import EXPLAIN, FAMILY, FEATURES, INDEX, RARE, SHIP
from seawarden.behaviours.drag.series import extract, series_of
from seawarden.model.error import SeawardenError
from seawarden.model.position import Trust, make_positions, take

T0 = 1_700_000_000_000


def ship(loss=0.0, *, at_min=60, n=150, step_s=60, lon0=11.0, turn=0.0, skew=0.0, heading=True, seed=1):
    """A ship at 11 kn that loses a share of her speed after an hour, with a turn or a step of heading on request."""
    random = np.random.default_rng(seed)
    t = np.arange(n) * step_s
    late = t >= at_min * 60
    v = 11.0 * np.where(late, 1.0 - loss * (1.0 - np.exp(-(t - at_min * 60.0) / 150.0)), 1.0)
    run = np.cumsum(v) * 0.5144 * step_s
    course = 20.0 + np.where(late, turn, 0.0)
    bow = course + 1.0 + np.where(late, skew, 0.0) + random.normal(0, 0.7, n)
    return make_positions(
        n,
        t=T0 + t * 1000,
        mmsi=219000001,
        lat=57.0 + run / 118_000.0,
        lon=(lon0 + run / 180_000.0 + 180.0) % 360.0 - 180.0,
        sog_kn=v + random.normal(0.0, 0.06, n),
        cog_deg=(course + random.normal(0.0, 0.5, n)) % 360.0,
        heading_deg=bow % 360.0 if heading else np.nan,
    )


def at(positions, minutes):
    return extract(series_of(positions), np.array([T0 / 1000.0 + 60.0 * minutes]))[0]


def test_loss_and_onset_are_found_within_their_errors():
    x = at(ship(0.2), 85)
    assert 1.0 - math.exp(-x[INDEX["loss"]]) == pytest.approx(0.2, abs=0.03)
    assert x[INDEX["onset_age_min"]] == pytest.approx(25.0, abs=4.0)
    assert x[INDEX["before_kn"]] == pytest.approx(11.0, abs=0.1)
    assert x[INDEX["loss_z"]] > 8.0


def test_a_steady_ship_shows_no_loss():
    assert abs(at(ship(0.0), 85)[INDEX["loss"]]) < 0.03


def test_a_step_of_heading_is_measured_and_its_absence_is_unknown():
    assert at(ship(0.1, skew=4.0), 85)[INDEX["skew_step_deg"]] == pytest.approx(4.0, abs=0.7)
    assert math.isnan(at(ship(0.1, heading=False), 85)[INDEX["skew_step_deg"]])


def test_a_turn_with_the_loss_is_measured():
    assert at(ship(0.2, turn=35.0), 85)[INDEX["turn_deg"]] == pytest.approx(35.0, abs=6.0)


@given(st.integers(30, 149))
def test_nothing_after_the_tick_is_read(minutes):
    whole = ship(0.25)
    tick = T0 + minutes * 60_000
    np.testing.assert_array_equal(at(whole, minutes), at(take(whole, whole.t <= tick), minutes))


@pytest.mark.parametrize("lon0", [11.0, 179.9])
def test_time_and_longitude_make_no_difference(lon0):
    plain, moved = ship(0.2), ship(0.2, lon0=lon0)
    moved.t[:] += 86_400_000 * 3
    there = extract(series_of(moved), np.array([T0 / 1000.0 + 86_400 * 3 + 60.0 * 85]))[0]
    np.testing.assert_allclose(there, at(plain, 85), rtol=1e-6, atol=1e-6)


def test_doubted_positions_are_left_out():
    clean, dirty = ship(0.2), ship(0.2)
    dirty.sog_kn[70] = 60.0
    dirty.trust[70] = int(Trust.JUMP)
    without = take(clean, np.arange(150) != 70)
    np.testing.assert_array_equal(at(dirty, 85), at(without, 85))


@pytest.mark.parametrize("n", [0, 1, 4])
def test_too_little_track_gives_no_evidence(n):
    few = take(ship(), slice(0, n))
    assert math.isnan(extract(series_of(few), np.array([T0 / 1000.0 + 600.0]))[0, INDEX["loss"]])


def test_every_feature_is_explained_and_belongs_to_a_family():
    assert set(EXPLAIN) == set(FEATURES)
    assert set(FAMILY) == set(SHIP) | set(RARE)


def test_the_model_speaks_for_a_drag_and_against_a_steady_ship():
    model = shipped()
    x = np.array([at(ship(0.0), 85), at(ship(0.15), 85), at(ship(0.3), 85), at(ship(0.15, skew=5.0), 85)])
    score = model.log_odds(x)
    assert score[0] < 0.0 < score[2]
    assert score[0] < score[1]
    assert score[1] < score[3]


def test_terms_and_constant_sum_to_the_log_odds_and_are_sorted_as_reasons():
    model = shipped()
    x = at(ship(0.3, skew=5.0), 85)
    total = model.constant(x) + sum(weight for _, weight, _ in model.terms(x))
    assert total == pytest.approx(float(model.log_odds(x[None, :])[0]), abs=1e-4)
    ours, theirs = model.reasons(x)
    assert all(a.weight >= b.weight > 0 for a, b in pairwise(ours))
    assert all(r.weight < 0 for r in theirs)


def test_more_loss_alone_never_speaks_against():
    model = shipped()
    x = np.tile(at(ship(0.2), 85), (30, 1))
    for name in ("loss", "loss_now", "loss_z"):
        rows = x.copy()
        rows[:, INDEX[name]] = np.linspace(0.0, 3.0 * x[0, INDEX[name]], 30)
        assert np.all(np.diff(model.log_odds(rows)) >= -1e-9)


def test_the_chance_moves_with_prior_and_depth_and_never_leaves_its_bounds():
    assert chance(3.0, -7.0) > chance(3.0, -12.7)
    assert chance(3.0, -7.0, 1.0) == pytest.approx(chance(3.0, -7.0))
    assert chance(3.0, -7.0, math.nan) == pytest.approx(chance(3.0, -7.0))
    assert chance(3.0, -7.0, 0.0) < chance(3.0, -7.0, 0.5) < chance(3.0, -7.0, 1.0)
    assert 0.0 <= chance(-900.0, -12.7) < chance(900.0, -12.7) <= 1.0


def test_a_broken_or_foreign_model_is_refused_with_a_sentence():
    with pytest.raises(SeawardenError, match="can't be read"):
        DragModel(b"{")
    with pytest.raises(SeawardenError, match="train it again"):
        DragModel(b'{"format":3,"features":["x"]}')


def test_a_steady_angle_speaks_for_a_pull_and_its_absence_against():
    held, free = at(ship(0.0, skew=5.0), 85)[INDEX["heading_llr"]], at(ship(0.1), 85)[INDEX["heading_llr"]]
    assert held > 5.0
    assert free < -0.5
    assert math.isnan(at(ship(0.1, heading=False), 85)[INDEX["heading_llr"]])


def test_a_slow_swing_of_the_course_is_told_from_a_straight_one():
    swinging = ship(0.2)
    late = np.arange(150) >= 60
    swinging.cog_deg[late] += (2.0 * np.sin(2.0 * np.pi * np.arange(150) / 8.0)).astype(np.float32)[late]
    assert at(swinging, 85)[INDEX["wobble_llr"]] > at(ship(0.2), 85)[INDEX["wobble_llr"]] + 5.0


def test_reports_that_follow_closely_change_nothing():
    clean = ship(0.2)
    doubled = take(clean, np.repeat(np.arange(150), 2))
    doubled.t[1::2] += 5_000
    np.testing.assert_allclose(at(doubled, 85), at(clean, 85), equal_nan=True)
