"""What `act` needs: a chance, a second source, and something that can still be saved."""

from __future__ import annotations

import msgspec
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


def test_a_likely_crossing_ahead_is_looked_at_early_and_says_so():
    s = AlertSettings()
    chance = 0.5 * (s.look_ahead_chance + s.look_chance)
    early = assessed(chance=chance, minutes=40.0)._replace(early=True, begun_before=True)
    verdict = judge(early, 0, "normal", "", s)
    assert (verdict.tier, verdict.keeps) == ("look", "look")
    assert any("likely ahead within the hour" in r.text for r in verdict.reasons)
    late = early._replace(minutes=assessed(minutes=61.0).minutes)
    doubtful = early._replace(minutes=msgspec.structs.replace(early.minutes, chance=0.4))
    for other in (assessed(chance=chance, minutes=40.0), late, doubtful, early._replace(minutes=None)):
        assert tier(other) == "notice"
    assert not judge(early._replace(risk=assessed(chance=0.002).risk), 0, "normal", "", s).reasons


def test_she_is_not_let_go_because_she_has_come_to_the_asset():
    chance = AlertSettings().look_ahead_chance
    there = assessed(chance=chance, crossed_t=1)._replace(begun_before=True)
    assert judge(there, 0, "normal", "", AlertSettings()).keeps == "look"
    assert judge(there._replace(begun_before=False), 0, "normal", "", AlertSettings()).keeps == "notice"
