from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.model.position import Positions, Provenance, make_positions
from seawarden.physics.speed_loss import force_for_loss, settled_ratio
from seawarden.simulate.cadence import thin
from seawarden.simulate.drag import DragPlan, draw_plan, lay_drag
from seawarden.simulate.heading import with_heading
from seawarden.simulate.path import path_of
from seawarden.simulate.slowdown import crossing_times, lay_slowdown, speed_between_kn

T0 = 1_700_000_000_000


def steady(n=240, speed_kn=10.0, lon0=11.0, step_s=60, noise=0.05):
    """A ship on a straight course due north-east of the Kattegat at a steady speed."""
    t = np.arange(n) * step_s
    run = speed_kn * 1852.0 / 3600.0 * t
    random = np.random.default_rng(3)
    return make_positions(
        n,
        t=T0 + t * 1000,
        mmsi=219000001,
        lat=57.0 + run * np.cos(np.radians(40.0)) / 111_400.0,
        lon=(lon0 + run * np.sin(np.radians(40.0)) / 60_750.0 + 180.0) % 360.0 - 180.0,
        sog_kn=speed_kn + random.normal(0.0, noise, n),
        cog_deg=40.0 + random.normal(0.0, 0.4, n),
        heading_deg=41.0,
        nav_status=0,
    )


@given(loss=st.floats(0.0, 0.6), law=st.sampled_from(["power", "thrust"]))
def test_the_settled_ratio_of_a_force_gives_back_the_loss(loss, law):
    assert settled_ratio(law, force_for_loss(law, loss)) == pytest.approx(1.0 - loss, abs=1e-9)


def test_yi_peng_3_fits_the_published_force_range():
    # 9-10 kn before, about 7 during: field figures give F/T of 0.4-0.5 at constant thrust
    assert settled_ratio("thrust", 0.45) == pytest.approx(0.74, abs=0.01)


@pytest.mark.parametrize("law", ["power", "thrust"])
@pytest.mark.parametrize("loss", [0.05, 0.15, 0.3])
def test_speed_and_positions_agree_and_the_loss_is_the_one_asked_for(law, loss):
    ship = steady(n=600)
    plan = DragPlan(start_t=T0 + 7_200_000, loss=loss, law=law, force_sigma=0.2)
    laid, truth = lay_drag(ship, plan, "a")
    late = T0 + 9_000_000
    before = speed_between_kn(laid, T0, plan.start_t)
    after = speed_between_kn(laid, late, int(laid.t[-1]))
    reported = float(np.mean(laid.sog_kn[laid.t >= late]))
    assert before == pytest.approx(10.0, abs=0.05)
    assert after == pytest.approx(reported, rel=0.01)
    assert 1.0 - after / before == pytest.approx(loss, abs=0.035)
    assert truth.mean_loss == pytest.approx(1.0 - after / before, abs=0.02)


def test_reports_before_the_drag_stay_to_the_last_bit_and_later_ones_are_marked():
    ship = steady()
    laid, _ = lay_drag(ship, DragPlan(start_t=T0 + 3_600_000, loss=0.2), "b")
    before = ship.t < T0 + 3_600_000
    for name in ship._fields:
        np.testing.assert_array_equal(getattr(ship, name)[before], getattr(laid, name)[before])
    assert set(laid.provenance[~before]) == {int(Provenance.SIMULATED)}
    np.testing.assert_array_equal(ship.t, laid.t)


def test_a_null_injection_changes_nothing_but_the_mark():
    ship = steady()
    laid, truth = lay_drag(ship, DragPlan(start_t=T0 + 3_600_000, loss=0.0), "c")
    for name, old, new in zip(ship._fields, ship, laid, strict=True):
        if name != "provenance":
            np.testing.assert_array_equal(old, new)
    assert truth.mean_loss == 0.0


def test_the_same_key_gives_the_same_drag_and_another_key_another():
    ship = steady()
    plan = DragPlan(start_t=T0 + 3_600_000, loss=0.2, wobble_deg=2.0, drift_angle_deg=3.0)
    first, second, other = (lay_drag(ship, plan, key)[0] for key in ("d", "d", "e"))
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)
    assert np.any(first.sog_kn != other.sog_kn)


def test_the_switches_change_course_and_heading_only_when_on():
    ship = steady()
    plain, _ = lay_drag(ship, DragPlan(start_t=T0 + 3_600_000, loss=0.2), "f")
    turned, _ = lay_drag(ship, DragPlan(start_t=T0 + 3_600_000, loss=0.2, drift_angle_deg=5.0), "f")
    np.testing.assert_array_equal(plain.sog_kn, turned.sog_kn)
    late = ship.t > T0 + 5_400_000
    assert np.median(turned.heading_deg[late] - plain.heading_deg[late]) == pytest.approx(5.0, abs=0.5)
    wobbling, _ = lay_drag(ship, DragPlan(start_t=T0 + 3_600_000, loss=0.2, wobble_deg=3.0), "f")
    assert np.std(wobbling.cog_deg[late]) > 2.0 * np.std(plain.cog_deg[late])


def test_the_depth_gate_lets_the_anchor_hang_free_over_the_deep():
    ship = steady()
    plan = DragPlan(start_t=T0 + 3_600_000, loss=0.3)
    deep, truth = lay_drag(
        ship, plan, "g", depth_of=lambda lat, lon: lat * 0 + 300.0, reach_of=lambda u: u * 0 + 90.0
    )
    assert truth.contact_share == 0.0
    assert truth.mean_loss == pytest.approx(0.0, abs=1e-6)
    np.testing.assert_allclose(deep.lat, ship.lat, atol=1e-9)
    _, truth = lay_drag(ship, plan, "g", depth_of=lambda lat, lon: lat * 0 + 40.0, reach_of=lambda u: u * 0 + 90.0)
    assert truth.contact_share == 1.0


def test_a_dip_ends_and_leaves_the_ship_behind_her_time():
    ship = steady()
    plan = DragPlan(start_t=T0 + 3_600_000, loss=0.14, duration_s=300.0, settling_s=90.0, slips_per_h=0.0)
    laid, truth = lay_drag(ship, plan, "h")
    assert np.min(laid.sog_kn) < 9.2
    assert speed_between_kn(laid, T0 + 7_200_000, int(laid.t[-1])) == pytest.approx(10.0, abs=0.05)
    assert 20.0 < truth.delay_s < 80.0


@pytest.mark.parametrize("lon0", [11.0, 179.95])
def test_the_antimeridian_makes_no_difference(lon0):
    ship = steady(lon0=lon0)
    laid, _ = lay_drag(ship, DragPlan(start_t=T0 + 3_600_000, loss=0.2), "i")
    assert np.all(np.abs(laid.lon) <= 180.0)
    assert speed_between_kn(laid, T0 + 5_400_000, int(laid.t[-1])) == pytest.approx(8.0, abs=0.4)


def test_wrong_input_is_refused_with_a_sentence():
    ship = steady()
    with pytest.raises(ValueError, match="outside the track"):
        lay_drag(ship, DragPlan(start_t=T0 - 1, loss=0.2), "j")
    two = ship._replace(mmsi=np.where(np.arange(len(ship.t)) < 5, 1, 2))
    with pytest.raises(ValueError, match="one ship"):
        path_of(two)


def test_thinning_keeps_order_and_about_the_asked_cadence_and_share():
    ship = steady(n=1200)
    kept = thin(ship, "k", cadence_s=180.0, dropout=0.2)
    assert np.all(np.diff(kept.t) >= 180_000)
    assert len(thin(ship, "k", dropout=0.2).t) == pytest.approx(960, rel=0.08)


def test_a_slow_down_after_a_crossing_is_found_where_it_was_laid():
    ship = steady()
    line = [(11.2, 57.0), (11.2, 57.6)]
    crossing = crossing_times(ship, [line])[0]
    laid, truth = lay_slowdown(ship, "l", start_t=crossing, loss=0.25, duration_s=3600.0)
    assert speed_between_kn(laid, crossing + 1_200_000, crossing + 3_600_000) == pytest.approx(7.5, abs=0.2)
    assert truth.end_t - truth.start_t == 3_600_000


def test_drawn_plans_keep_to_their_ranges():
    for seed in range(50):
        plan = draw_plan("m", seed, start_t=T0, loss=0.1, law="power", wobble=True, drift_angle=False)
        assert 180.0 <= plan.settling_s <= 600.0
        assert 300.0 <= plan.wobble_period_s <= 900.0
        assert plan.drift_angle_deg == 0.0


def test_a_made_up_heading_knows_nothing_of_what_comes_and_a_slower_ship_is_set_further_off():
    ship = steady(n=600)
    plan = DragPlan(start_t=T0 + 18_000_000, loss=0.5, force_sigma=0.05, slips_per_h=0.0, hangups_per_h=0.0)
    begin = int(np.searchsorted(ship.t, plan.start_t))
    skews = []
    for number in range(40):
        whole = with_heading(ship, number)

        def headed(p: Positions, number: int = number) -> Positions:
            return with_heading(p, number)

        laid, _ = lay_drag(ship, plan, "k", heading_of=headed)
        assert np.array_equal(laid.heading_deg[:begin], whole.heading_deg[:begin])
        off = (laid.heading_deg - laid.cog_deg + 180.0) % 360.0 - 180.0
        own = (whole.heading_deg - whole.cog_deg + 180.0) % 360.0 - 180.0
        skews.append((np.mean(own[begin + 30 :]), np.mean(off[begin + 30 :])))
    before, during = np.array(skews).T
    assert np.std(before) > 1.0
    assert np.std(during) > 1.1 * np.std(before)


def test_a_turn_leaves_the_made_up_heading_off():
    ship = steady(n=240)
    turned = ship._replace(cog_deg=np.where(np.arange(240) < 120, ship.cog_deg, (ship.cog_deg + 60.0) % 360.0))

    def moved(p):
        steps = []
        for number in range(60):
            skew = (with_heading(p, number).heading_deg - p.cog_deg + 180.0) % 360.0 - 180.0
            steps.append(np.mean(skew[125:145]) - np.mean(skew[80:118]))
        return np.std(steps)

    assert moved(turned) > 1.5 * moved(ship)
