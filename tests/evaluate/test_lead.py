"""What counts as naming the next asset, and what as naming a wrong one."""

from __future__ import annotations

import pytest

from seawarden.evaluate.lead import Laid, _judge, _metrics
from seawarden.geography.layer import build_layer
from seawarden.model.alert import Alert, Tier
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.finding import AssetRef, Finding
from seawarden.model.risk import AssetAhead
from seawarden.model.vessel import ShipRef
from seawarden.settings import DEFAULTS

MIN = 60_000
T0 = 1_762_000_000_000
SHIP = ShipRef(mmsi=7, track_id="7-0")
ONE = Laid(7, T0)


def ref(name: str) -> AssetRef:
    return AssetRef(id=name, name=name, kind="power_cable", system=name)


def crossing(name: str, minute: int) -> Finding:
    t = T0 + minute * MIN
    return Finding(id=f"{name}{minute}", revision=1, kind="crossing", state="closed", ship=SHIP, asset=ref(name),
                   start_t=t, known_from_t=t)  # fmt: skip


def alert(name: str, minute: int, tier: Tier = "look", span: tuple[float, float] = (20.0, 50.0)) -> Alert:
    t = T0 + minute * MIN
    ahead = AssetAhead(asset=ref(name), minutes=30, minutes_low=span[0], minutes_high=span[1], chance=0.8)
    return Alert(
        id=name,
        revision=1,
        tier=tier,
        highest_tier=tier,
        state="raised",
        ship=SHIP,
        asset=ref(name),
        first_line="",
        start_t=t,
        raised_t=t,
        updated_t=t,
        known_from_t=t,
        risk=0.01,
        ahead=(ahead,),
    )


def test_the_first_right_name_counts() -> None:
    case = _judge(ONE, [crossing("b", 60), crossing("a", 40)], [alert("a", 10), alert("a", 25)], [alert("a", 30)], [])
    assert case is not None
    assert (case.asset, case.minutes_ahead) == ("a", 40.0)
    assert (case.forecast_min, case.steady_min) == (30.0, 10.0)
    assert (case.forecast_within, case.steady_within) == (True, False)
    assert case.forecast_wrong == case.steady_wrong == 0


def test_a_notice_or_a_later_alert_names_nothing() -> None:
    case = _judge(ONE, [crossing("a", 40)], [alert("a", 10, "notice")], [alert("a", 41)], [])
    assert case is not None
    assert (case.forecast_min, case.steady_min) == (None, None)


def test_wrong_names_are_those_never_crossed() -> None:
    found = [crossing("behind", -20), crossing("a", 40), crossing("later", 90)]
    told = [alert("behind", 10), alert("later", 10), alert("elsewhere", 10)]
    case = _judge(ONE, found, told, [], [])
    assert case is not None and case.forecast_wrong == 1


def test_no_crossing_no_case() -> None:
    assert _judge(ONE, [crossing("a", -5)], [], [], []) is None


def test_the_gain_is_paired() -> None:
    cases = [
        case
        for wait in (10, 20)
        if (case := _judge(ONE, [crossing("a", 40)], [alert("a", wait)], [alert("a", wait + 5)], [])) is not None
    ]
    version = AssetVersion(parts=(((10.0, 55.0), (11.0, 55.0)),), sigma_m=((50.0,),))
    layer = build_layer([Asset(id="a", name="a", kind="power_cable", versions=(version,))])
    made = _metrics(cases, DEFAULTS, layer, ["made"], 0.3)
    assert made.gain_min is not None
    assert (made.gain_min.low, made.gain_min.mean, made.gain_min.high) == (5.0, 5.0, 5.0)
    assert made.median_forecast_min == pytest.approx(25.0)
    assert made.early_gain_min is not None
    assert (made.early_gain_min.mean, made.named_without_early_look.count) == (25.0, 0)
    assert made.named_by_forecast.count == 2
