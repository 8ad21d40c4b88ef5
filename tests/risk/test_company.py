"""Ships that slow together explain each other; ships that keep their speed explain nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.model.error import Uncertain
from seawarden.model.finding import Finding
from seawarden.model.vessel import ShipRef
from seawarden.risk.anchor import anchor_out
from seawarden.risk.company import Company, company_reason, with_company
from seawarden.risk.signs import weigh
from seawarden.settings_risk import RiskSettings

S = RiskSettings()
SHIP = ShipRef(mmsi=1, track_id="1-1")


def signs(loss):
    measured = (
        Uncertain(name="loss", value=loss, unit="1", sigma=0.01),
        Uncertain(name="duration", value=1800.0, unit="s"),
    )
    found = Finding(
        id="f", revision=1, kind="slowdown", state="open", ship=SHIP, start_t=0, known_from_t=0, measured=measured
    )
    sign = weigh(found, 0, S)
    assert sign is not None
    return [sign]


def chance(loss, company):
    mine = signs(loss)
    return with_company(anchor_out(mine, [], SHIP, S, None, None), mine, company, S).chance


def test_a_loss_that_all_share_is_explained():
    alone = chance(0.25, None)
    shared = chance(0.25, Company(30, 28, 0.24, 0.03))
    assert shared < 0.1 * alone
    reason = company_reason(Company(30, 28, 0.24, 0.03), signs(0.25), S)
    assert reason is not None and reason.text == "28 of 30 ships near on her course slow too: 24 % in the median"


def test_ships_that_keep_their_speed_explain_nothing_and_are_told():
    assert chance(0.25, Company(12, 0, 0.0, 0.01)) == chance(0.25, None)
    reason = company_reason(Company(12, 0, 0.0, 0.01), signs(0.25), S)
    assert reason is not None and "12 ships near on her course kept their speed" in reason.text


def test_two_ships_tell_nothing():
    assert company_reason(Company(2, 2, 0.25, 0.0), signs(0.25), S) is None


@given(st.floats(0.05, 0.6), st.floats(-0.1, 0.6), st.floats(0.0, 0.6), st.integers(3, 60))
def test_it_never_raises_a_chance_and_a_greater_common_loss_never_explains_less(loss, a, b, n):
    low, high = sorted((a, b))
    assert chance(loss, Company(n, n, high, 0.05)) <= chance(loss, Company(n, n, low, 0.05)) * (1 + 1e-9)
    assert chance(loss, Company(n, n, low, 0.05)) <= chance(loss, None) * (1 + 1e-9)


def test_one_who_loses_far_more_than_the_others_keeps_most_of_it():
    assert chance(0.45, Company(20, 18, 0.10, 0.03)) == pytest.approx(chance(0.45, None), rel=0.6)
