"""Weights of single findings: monotone in the loss, shrunk by doubts, faded by time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.model.error import Uncertain
from seawarden.model.finding import AssetRef, Finding, InputQuality, Reason
from seawarden.model.vessel import ShipRef
from seawarden.risk.signs import Sign, belief, loss_logodds
from seawarden.risk.signs import weigh as weigh_or_none
from seawarden.settings_risk import RiskSettings

S = RiskSettings()
MIN = 60_000
SHIP = ShipRef(mmsi=1, track_id="1-1", type="Cargo", length_m=150.0)
ASSET = AssetRef(id="x", name="X", kind="power_cable", system="x", kp_km=1.0)
GOOD = InputQuality(
    positions=30, median_interval_s=30, longest_gap_s=60, doubted=0, heading_share=1.0, provenance="observed"
)


def slowdown(loss, sigma=0.01, duration=900.0, quality=GOOD, end_t=None, benign=()):
    measured = (
        Uncertain(name="loss", value=loss, unit="1", sigma=sigma),
        Uncertain(name="duration", value=duration, unit="s"),
    )
    return Finding(
        id="f",
        revision=1,
        kind="slowdown",
        state="closed" if end_t else "open",
        ship=SHIP,
        asset=ASSET,
        start_t=0,
        end_t=end_t,
        known_from_t=0,
        measured=measured,
        input_quality=quality,
        benign=benign,
    )


def weigh(finding: Finding, t: int, s: RiskSettings) -> Sign:
    sign = weigh_or_none(finding, t, s)
    assert sign is not None
    return sign


shares = st.floats(0.0, 1.0)


@given(shares, shares)
def test_a_greater_loss_never_weighs_less(a, b):
    low, high = sorted((a, b))
    assert loss_logodds(low, S) <= loss_logodds(high, S) + 1e-12
    assert weigh(slowdown(low), 0, S).weight <= weigh(slowdown(high), 0, S).weight + 1e-12


@given(shares, st.floats(0, 0.5), st.floats(0, 0.5))
def test_a_less_certain_loss_never_weighs_more(loss, a, b):
    low, high = sorted((a, b))
    assert weigh(slowdown(loss, low), 0, S).weight >= weigh(slowdown(loss, high), 0, S).weight - 1e-12


@given(shares, st.floats(0, 1e5), st.floats(0, 1e5))
def test_what_lasts_longer_never_weighs_less(loss, a, b):
    low, high = sorted((a, b))
    weights = [weigh(slowdown(loss, duration=d), 0, S).weight for d in (low, high)]
    assert weights[0] <= weights[1] + 1e-12


@given(st.integers(1, 100), st.integers(0, 100), st.floats(1, 7200), st.sampled_from(["observed", "key_frame"]))
def test_doubts_shrink_and_never_add(positions, doubted, interval, provenance):
    quality = InputQuality(
        positions=positions,
        median_interval_s=interval,
        longest_gap_s=interval,
        doubted=min(doubted, positions),
        heading_share=0.0,
        provenance=provenance,
    )
    share, _ = belief(slowdown(0.3, quality=quality), S)
    assert 0.0 < share <= 1.0
    assert 0.0 <= weigh(slowdown(0.3, quality=quality), 0, S).weight <= weigh(slowdown(0.3), 0, S).weight


def test_key_frames_count_a_fifth_and_say_so():
    thinned = InputQuality(
        positions=3, median_interval_s=1300, longest_gap_s=2000, doubted=0, heading_share=0.0, provenance="key_frame"
    )
    sign = weigh(slowdown(0.3, quality=thinned), 0, S)
    assert sign.weight == pytest.approx(0.2 * weigh(slowdown(0.3), 0, S).weight)
    assert any("key frames" in r.text for r in sign.counter)


def test_what_ended_fades_by_half_in_two_hours_and_is_forgotten_after_six():
    fresh = weigh(slowdown(0.3, end_t=MIN), MIN, S).weight
    assert weigh(slowdown(0.3, end_t=MIN), 121 * MIN, S).weight == pytest.approx(fresh / 2)
    assert weigh_or_none(slowdown(0.3, end_t=MIN), 362 * MIN, S) is None


def test_an_explanation_that_was_found_speaks_against_and_a_standing_one_does_not():
    found = Reason(text="she turned 40 deg meanwhile", measure="turned")
    standing = Reason(text="ships cross here lawfully every day")
    weighed = Reason(text="a pilot station 1 nmi ahead", weight=3.0, measure="pilot")
    counter = weigh(slowdown(0.3, benign=(found, standing, weighed)), 0, S).counter
    assert [r.weight for r in counter] == [-2.0, 0.0, -3.0]


def test_kinds_that_only_tell_where_a_ship_was_are_no_signs():
    for kind in ("crossing", "approach", "unheard_of"):
        f = Finding(id="c", revision=1, kind=kind, state="closed", ship=SHIP, asset=ASSET, start_t=0, known_from_t=0)
        assert weigh_or_none(f, 0, S) is None


def test_a_dip_of_minutes_at_a_crossing_is_a_sign():
    """Newnew Polar Bear at the pipeline: 11 kn, 9.5 for five minutes, 11 again."""
    values = {"speed_before": 11.0, "speed_at": 9.5, "speed_after": 11.0}
    measured = tuple(Uncertain(name=k, value=v, unit="kn") for k, v in values.items())
    f = Finding(
        id="c",
        revision=2,
        kind="crossing",
        state="closed",
        ship=SHIP,
        asset=ASSET,
        start_t=0,
        end_t=0,
        known_from_t=0,
        measured=measured,
        input_quality=GOOD,
    )
    sign = weigh(f, 0, S)
    assert sign.group == "speed"
    assert 1.5 <= sign.weight <= 3.0
    assert "dipped 14 %" in sign.reasons[0].text
