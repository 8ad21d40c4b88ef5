"""What `act` needs: a chance, a second source, and something that can still be saved."""

from __future__ import annotations

import pytest

from seawarden.alerts.tiers import judge
from seawarden.model.finding import AssetRef
from seawarden.model.risk import AssetAhead, Risk
from seawarden.model.vessel import ShipRef
from seawarden.risk.assess import Assessment
from seawarden.settings_risk import AlertSettings

ASSET = AssetRef(id="x", name="X", kind="power_cable", system="x")


def assessed(chance=0.3, signs=1, fault_id="", unsatisfied=False, crossed_t=None, minutes=None):
    ahead = None
    if minutes is not None:
        ahead = AssetAhead(asset=ASSET, minutes=minutes, minutes_low=minutes, minutes_high=minutes, chance=0.9)
    return Assessment(
        risk=Risk(t=0, ship=ShipRef(mmsi=1, track_id="1-1"), asset=ASSET, chance=chance, consequence=1.0),
        row=0, lead=None, own=True, signs=signs, crossed_t=crossed_t, minutes=ahead, distance_m=None,
        fault_id=fault_id, start_t=0, doubts="", unsatisfied=unsatisfied,
    )  # fmt: skip


def tier(a):
    return judge(a, 0, "normal", "", AlertSettings()).tier


@pytest.mark.parametrize("second", [{"signs": 2}, {"fault_id": "f"}, {"unsatisfied": True}])
@pytest.mark.parametrize("at_stake", [{"crossed_t": 0}, {"minutes": 119.0}])
def test_act_with_a_second_source_and_something_to_save(second, at_stake):
    assert tier(assessed(**second, **at_stake)) == "act"


def test_act_without_either_is_held_at_challenge_and_says_so():
    for a in (assessed(crossed_t=0), assessed(signs=2, minutes=121.0), assessed(signs=2)):
        verdict = judge(a, 0, "normal", "", AlertSettings())
        assert verdict.tier == "challenge"
        assert any(r.text.startswith("held at challenge") for r in verdict.counter)
