"""When a look is early, what its rule finds, and the threshold that its quiet peaks ask for."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from seawarden.evaluate.early_look import (
    LIKELY,
    WITHIN_MIN,
    Case,
    Rule,
    cases_of,
    early_of,
    lead_min,
    median,
    rules,
    share,
)
from seawarden.evaluate.early_threshold import early_look
from seawarden.evaluate.lead import Laid, Watched
from seawarden.evaluate.natural_peaks import peaks_of
from seawarden.evaluate.thresholds import ThresholdMetrics, as_settings
from seawarden.model.alert import Alert
from seawarden.model.finding import AssetRef, Finding
from seawarden.model.risk import AssetAhead, Risk
from seawarden.model.vessel import ShipRef
from seawarden.risk.odds import chance_of
from seawarden.settings import DEFAULTS
from seawarden.settings_load import load_settings

MIN = 60_000
T0 = 1_762_000_000_000
RULE = Rule(likely_chance=0.5, likely_min=60.0)
BEFORE_MIN = 10.0


def ref(name: str) -> AssetRef:
    return AssetRef(id=name, name=name, kind="power_cable", system=name)


def ship(mmsi: int = 7) -> ShipRef:
    return ShipRef(mmsi=mmsi, track_id=f"{mmsi}-0")


def finding(
    kind: str, minute: int, *, known: int | None = None, mmsi: int = 7, asset: str = "a", revision: int = 1,
    state: Literal["open", "closed", "retracted"] = "open",
) -> Finding:  # fmt: skip
    t = T0 + minute * MIN
    return Finding(
        id=f"{kind}{minute}", revision=revision, kind=kind, state=state, ship=ship(mmsi), asset=ref(asset), start_t=t,
        known_from_t=t if known is None else T0 + known * MIN,
    )  # fmt: skip


def risk(
    minute: float, chance: float, *, asset: str = "a", item: float = 0.8, minutes: float = 30.0, mmsi: int = 7,
    sign: str = "anchor_out20",
) -> Risk:  # fmt: skip
    ahead = AssetAhead(asset=ref(asset), minutes=minutes, minutes_low=20.0, minutes_high=50.0, chance=item)
    return Risk(
        t=T0 + int(minute * MIN), ship=ship(mmsi), asset=ref(asset), chance=chance, consequence=1.0, findings=(sign,),
        ahead=(ahead,),
    )  # fmt: skip


SIGN = finding("anchor_out", 20)


@pytest.mark.parametrize(
    ("crossings", "early"),
    [
        ([], True),
        ([finding("crossing", 5)], True),  # long before the first sign
        ([finding("crossing", 12)], False),  # shortly before it
        ([finding("crossing", 25)], False),
        ([finding("crossing", 25, known=35)], True),  # not known yet at minute 30
        ([finding("crossing", 25, mmsi=8)], True),
        ([finding("crossing", 25), finding("crossing", 25, revision=2, state="retracted")], True),
        ([finding("slowdown", 25)], True),
    ],
)
def test_a_look_is_early_while_she_crossed_nothing(crossings: list[Finding], early: bool) -> None:
    assert bool(early_of([risk(30, 1e-3)], [SIGN, *crossings], BEFORE_MIN)) is early


def test_without_a_sign_there_is_no_early_look() -> None:
    assert early_of([risk(30, 1e-3, sign="unknown")], [SIGN], BEFORE_MIN) == []


@pytest.mark.parametrize(("item", "minutes", "holds"), [(0.5, 60.0, True), (0.49, 10.0, False), (0.9, 61.0, False)])
def test_a_rule_wants_the_asset_likely_and_soon(item: float, minutes: float, holds: bool) -> None:
    assert RULE.holds(risk(30, 1e-3, item=item, minutes=minutes)) is holds
    other = AssetAhead(asset=ref("b"), minutes=5, minutes_low=1.0, minutes_high=9.0, chance=1.0)
    elsewhere = Risk(t=T0, ship=ship(), asset=ref("a"), chance=1e-3, consequence=1.0, ahead=(other,))
    assert not RULE.holds(elsewhere)


def drag(risks: list[Risk], crossed: int = 80) -> Case:
    made = Watched([SIGN, finding("crossing", crossed)], [], risks)
    (case,) = cases_of([Laid(7, T0 + 10 * MIN, T0 + 300 * MIN), Laid(8, T0, T0 + 300 * MIN)], made, BEFORE_MIN)
    return case


def test_a_drag_is_found_at_the_first_risk_that_holds_a_threshold_before_the_asset() -> None:
    case = drag([risk(25, 1e-4), risk(40, 3e-4), risk(50, 2e-3, item=0.2), risk(60, 1e-2, asset="b"), risk(90, 0.5)])
    assert (case.mmsi, case.crossed_t, len(case.risks), case.named_min) == (7, T0 + 80 * MIN, 3, None)
    assert lead_min(case, RULE, 2e-4, 60) == 39.0
    assert lead_min(case, RULE, 1e-4, 60) == 54.0
    assert lead_min(case, RULE, 1e-3, 60) is None  # what reaches it is not likely enough
    assert lead_min(case, Rule(likely_chance=0.1, likely_min=60.0), 1e-3, 60) == 29.0
    assert share([40.0, None]).share == 0.5 and median([40.0, None, 20.0]) == 30.0 and median([None]) is None


def test_what_falls_again_within_the_minute_or_comes_in_the_last_one_is_not_found() -> None:
    falls = drag([risk(40, 3e-4), risk(40.5, 1e-5), risk(70, 3e-4)])
    assert lead_min(falls, RULE, 2e-4, 60) == 9.0
    assert lead_min(drag([risk(79.5, 3e-4)]), RULE, 2e-4, 60) is None


def test_an_alert_that_named_the_asset_in_time_counts() -> None:
    alert = Alert(
        id="a", revision=1, tier="look", highest_tier="look", state="raised", ship=ship(), asset=ref("a"),
        first_line="", start_t=T0, raised_t=T0, updated_t=T0, known_from_t=T0 + 50 * MIN, risk=0.01,
    )  # fmt: skip
    made = Watched([SIGN, finding("crossing", 80)], [alert], [])
    assert cases_of([Laid(7, T0, T0 + 300 * MIN)], made, BEFORE_MIN)[0].named_min == 30.0


def test_the_rule_in_force_is_tried_first_and_once() -> None:
    tried = rules(RULE)
    assert tried[0] == RULE and len(tried) == len(set(map(str, tried))) == len(LIKELY) * len(WITHIN_MIN)
    odd = Rule(likely_chance=0.6, likely_min=45.0)
    assert rules(odd)[0] == odd and len(rules(odd)) == len(LIKELY) * len(WITHIN_MIN) + 1


def quiet(n: int = 300) -> list[Risk]:
    random = np.random.default_rng(5)
    chances = [chance_of(-11.0 + float(x)) for x in random.exponential(0.8, n)]
    return [risk(30, c, mmsi=1000 + k, item=0.4 if k % 3 == 0 else 0.8) for k, c in enumerate(chances)]


def test_the_early_look_has_a_proposal_of_its_own_that_loads(tmp_path) -> None:
    days, risks = 400.0, quiet()
    every = [risk(30, chance_of(-8.0), mmsi=2000), risk(30, chance_of(-7.0), mmsi=2001), *risks]
    case = drag([risk(25, 2.1e-4)])
    middles = {"s": T0 + 20 * MIN}
    made = early_look(peaks_of(every, "s"), [("s", risks)], [case], days, middles, DEFAULTS.alerts)
    asked = made.proposal
    assert (
        asked.tier == "look_ahead" and asked.rate_is == "counted" and asked.low <= asked.proposed_chance <= asked.high
    )
    assert made.trials[0].quiet_peaks == 200 and made.trials[0].proposed_chance == asked.proposed_chance
    held = [r.chance for r in risks if RULE.holds(r) and r.chance > asked.proposed_chance * 1.06]
    assert len(held) <= 0.015 * days
    in_force = DEFAULTS.alerts.look_ahead_chance
    assert asked.in_force_over_proposed == pytest.approx(in_force / asked.proposed_chance, rel=0.1)
    assert (made.named_in_force.count, made.found_in_force.count, made.drags) == (0, 1, 1)
    assert made.together.count == sum(RULE.holds(r) and r.chance >= in_force for r in risks)
    assert made.held_out[0].measured.count == len(held) or made.held_out[0].proposed_chance == 1.0
    metrics = ThresholdMetrics(
        version="x", settings_hash="x", sources=("s",), ship_days=days, ships=9, peaks=(), proposals=(),
        held_out=(), early=made,
    )  # fmt: skip
    text = as_settings(metrics)
    assert "inside the interval" in text or "outside the interval" in text
    file = tmp_path / "thresholds.toml"
    file.write_text(text)
    loaded = load_settings(file, {}).alerts
    assert (loaded.look_ahead_chance, loaded.likely_chance, loaded.likely_min) == (asked.proposed_chance, 0.5, 60.0)
