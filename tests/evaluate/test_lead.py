"""What counts as naming the next asset, and what as naming a wrong one."""

from __future__ import annotations

import numpy as np
import pytest

from seawarden.evaluate.lead import Laid, _judge, _metrics, _rests
from seawarden.geography.layer import build_layer
from seawarden.model.alert import Alert, Tier
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.finding import AssetRef, Finding
from seawarden.model.position import Positions, make_positions
from seawarden.model.risk import AssetAhead
from seawarden.model.vessel import ShipRef
from seawarden.settings import DEFAULTS

MIN = 60_000
T0 = 1_762_000_000_000
SHIP = ShipRef(mmsi=7, track_id="7-0")
ONE = Laid(7, T0, T0 + 300 * MIN)


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


def test_what_her_track_is_too_short_for_is_not_wrong() -> None:
    found = [crossing("a", 40)]
    told = [alert("a", 10), alert("elsewhere", 10, span=(60.0, 100.0))]
    for heard, rests, outcome in ((110, False, (1, 0)), (109, False, (0, 1)), (109, True, (1, 0))):
        case = _judge(Laid(7, T0, T0 + heard * MIN, rests), found, told, told[:1], [])
        assert case is not None
        assert (case.forecast_wrong, case.forecast_unobserved) == outcome
        assert (case.steady_wrong, case.steady_unobserved) == (0, 0)


def test_one_outcome_that_was_observed_is_enough() -> None:
    told = [alert("elsewhere", 10, span=(60.0, 400.0)), alert("elsewhere", 20, span=(20.0, 30.0))]
    case = _judge(ONE, [crossing("a", 40)], told, [], [])
    assert case is not None and (case.forecast_wrong, case.forecast_unobserved) == (1, 0)


def test_the_sums_tell_wrong_names_from_those_of_which_nobody_knows() -> None:
    told = [alert("soon", 10, span=(20.0, 50.0)), alert("late", 10, span=(100.0, 400.0))]
    case = _judge(ONE, [crossing("a", 40)], told, told[1:], [])
    assert case is not None
    made = _metrics([case, case], DEFAULTS, build_layer([]), ["made"], 0.3)
    assert (made.wrong_by_forecast, made.unobserved_by_forecast) == (2, 2)
    assert (made.wrong_by_steady, made.unobserved_by_steady) == (0, 2)


def track(*sog_kn: float) -> Positions:
    n = len(sog_kn)
    t = T0 + 5 * MIN * np.arange(n, dtype=np.int64)
    return make_positions(n, t=t, mmsi=7, lat=57.0, lon=11.0, sog_kn=np.array(sog_kn))


def test_a_ship_rests_that_has_lain_still_for_half_an_hour() -> None:
    assert _rests(track(9.0, *[0.1] * 6))
    assert not _rests(track(*[0.1] * 6, 9.0))
    assert not _rests(track(9.0, 9.0, *[0.1] * 5))
    assert not _rests(track(0.1, 0.1))  # too short a look


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
