"""The trained model among the signs: one speed counts once, the heading is another instrument."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.model.error import Uncertain
from seawarden.model.finding import AssetRef, Finding, InputQuality, Reason
from seawarden.model.vessel import ShipRef
from seawarden.risk.anchor import anchor_out
from seawarden.risk.odds import logit
from seawarden.risk.signs import told_once, weigh
from seawarden.settings_risk import RiskSettings

S = RiskSettings()
MIN = 60_000
SHIP = ShipRef(mmsi=1, track_id="1-1")
ASSET = AssetRef(id="x", name="X", kind="power_cable", system="x", kp_km=1.0)
GOOD = InputQuality(
    positions=30, median_interval_s=30, longest_gap_s=60, doubted=0, heading_share=1.0, provenance="observed"
)


def finding(kind, start_t=0, benign=(), **values):
    measured = tuple(Uncertain(name=name.replace("__", "."), value=value, unit="1") for name, value in values.items())
    return Finding(
        id=f"{kind}-{start_t}",
        revision=1,
        kind=kind,
        state="open",
        ship=SHIP,
        asset=ASSET if kind != "anchor_out" else None,
        start_t=start_t,
        known_from_t=start_t,
        measured=measured,
        input_quality=GOOD,
        benign=benign,
    )


def model(log_odds, start_t=0, **terms):
    chance = 1.0 / (1.0 + math.exp(-(log_odds + S.prior_logodds)))
    return finding("anchor_out", start_t, chance=chance, log_odds=log_odds, heading_step=4.0, **terms)


def slowdown(loss, start_t=0, **more):
    return finding("slowdown", start_t, loss=loss, duration=900.0, **more)


def evidence(*findings):
    """Log-odds over the prior."""
    signs = [g for g in (weigh(f, 15 * MIN, S) for f in findings) if g is not None]
    return logit(anchor_out(signs, findings, SHIP, S, None, None).chance) - S.prior_logodds


@given(st.floats(2.5, 6.0), st.floats(0.0, 0.6), st.integers(-59, 59))
def test_one_speed_read_twice_counts_as_the_stronger_reading(log_odds, loss, minutes):
    alone = [evidence(model(log_odds)), evidence(slowdown(loss, minutes * MIN))]
    both = evidence(model(log_odds), slowdown(loss, minutes * MIN))
    assert both == pytest.approx(max(alone), abs=0.02)


def test_the_heading_is_added_as_a_sign_of_its_own():
    told = told_once([g for f in (model(4.0, term__heading=2.0), slowdown(0.3)) if (g := weigh(f, 15 * MIN, S))], S)
    assert {g.group for g in told if g.weight > 0} == {"speed", "attitude"}
    assert evidence(model(4.0, term__heading=2.0)) == pytest.approx(4.0, abs=0.02)
    both = evidence(model(4.0, term__heading=2.0), slowdown(0.3))
    assert both == pytest.approx(S.slowdown_30_logodds + 2.0, abs=0.02)
    weak = told_once([g for f in (model(4.0, term__heading=0.5),) if (g := weigh(f, 15 * MIN, S))], S)
    assert {g.group for g in weak} == {"speed"}


def test_a_turn_is_left_to_the_model_only_where_the_model_leads():
    turned = Reason(text="she turned 90 deg meanwhile", measure="turned")
    weak, strong = slowdown(0.12, benign=(turned,), turned=90.0), slowdown(0.4, benign=(turned,), turned=90.0)
    assert evidence(model(4.0), weak) == pytest.approx(4.0, abs=0.02)
    assert evidence(model(4.0), strong) < evidence(strong) + 0.02


def test_terms_are_told_and_never_added():
    f = finding("anchor_out", chance=1e-4, log_odds=3.5, **{"term__speed lost": 2.0, "term__course": -0.6})
    sign = weigh(f, 15 * MIN, S)
    assert sign is not None
    assert [r.measure for r in sign.reasons] == ["log_odds", "term.speed lost"]
    assert [r.measure for r in sign.counter] == ["term.course"]
    assert evidence(f) == pytest.approx(logit(1e-4) - S.prior_logodds, abs=0.02)


def test_a_dip_timed_to_a_crossing_is_not_timed_again():
    crossing = finding("crossing", -5 * MIN)
    dipped = model(4.0, **{"term__timed dip": 4.0})
    assert evidence(dipped, crossing) == pytest.approx(4.0, abs=0.02)
    assert evidence(model(4.0), crossing) == pytest.approx(4.0 + S.timed_logodds, abs=0.02)


def test_another_slowing_hours_later_repeats_more_than_it_adds():
    later = slowdown(0.3, 120 * MIN)
    apart = evidence(model(4.0), later)
    assert apart <= max(4.0, S.slowdown_30_logodds) + 1.5 + 0.02
