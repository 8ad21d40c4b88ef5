"""What weather takes off a loss of speed: never more than all of it, never anything when it is unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.model.error import Uncertain
from seawarden.model.finding import Finding
from seawarden.model.vessel import ShipRef
from seawarden.risk.anchor import Anchor
from seawarden.risk.signs import Sign, weigh
from seawarden.risk.weather import Felt, left_share, weather_reason, with_weather
from seawarden.settings_risk import RiskSettings

S = RiskSettings()
STEADY_GALE = Felt(0.20, 0.10, 0.20, 0.10, "head wind of 30 kn and waves of 2.5 m")
RISING_GALE = STEADY_GALE._replace(before=0.08, before_sigma=0.05)
CALM = Felt(0.005, 0.012, 0.005, 0.012, "following wind of 4 kn and waves of 0.2 m")


def slowed(loss: float = 0.12, sigma: float = 0.01, kind: str = "slowdown") -> Sign:
    finding = Finding(
        id="f",
        revision=1,
        kind=kind,
        state="open",
        ship=ShipRef(mmsi=1, track_id="1-1", type="Cargo", length_m=225.0),
        start_t=0,
        known_from_t=900_000,
        measured=(Uncertain(name="loss", value=loss, unit="1", sigma=sigma),),
    )
    sign = weigh(finding, 900_000, S)
    assert sign is not None
    return sign


def test_a_rising_gale_explains_a_loss_and_says_how_much() -> None:
    reason = weather_reason(RISING_GALE, [slowed()], S)
    assert reason is not None
    assert reason.text == "head wind of 30 kn and waves of 2.5 m: explains 12 % (±8) of her 12 %; 8 % before"
    assert reason.weight == pytest.approx(-0.75 * slowed().weight, abs=1e-4)  # never all of it


def test_a_gale_that_has_blown_all_the_time_explains_less() -> None:
    steady, rising = (weather_reason(felt, [slowed()], S) for felt in (STEADY_GALE, RISING_GALE))
    assert steady is not None and rising is not None
    assert rising.weight < steady.weight < -0.2
    assert "20 % before" in steady.text


def test_a_calm_takes_nothing() -> None:
    reason = weather_reason(CALM, [slowed()], S)
    assert reason is not None
    assert -0.1 < reason.weight <= 0.0
    assert "explains next to nothing" in reason.text


def test_unknown_weather_widens_the_error_and_is_said() -> None:
    unknown, calm, gale = (weather_reason(felt, [slowed()], S) for felt in (None, CALM, STEADY_GALE))
    assert unknown is not None and calm is not None and gale is not None
    assert gale.weight < unknown.weight < calm.weight
    assert unknown.text.startswith("no weather known, taken as ±3 % of her speed")
    anchor = Anchor(0.01, [], [])
    assert with_weather(anchor, [slowed()], None, S).chance < with_weather(anchor, [slowed()], CALM, S).chance


def test_unknown_weather_leaves_a_great_loss_nearly_all_its_weight() -> None:
    small, great = (weather_reason(None, [slowed(loss, 0.01)], S) for loss in (0.05, 0.30))
    assert small is not None and great is not None
    assert -0.3 < small.weight < -0.05
    assert -0.15 < great.weight < 0.0


def test_ships_that_lost_no_speed_hear_nothing_of_the_weather() -> None:
    assert weather_reason(None, [], S) is None
    assert weather_reason(STEADY_GALE, [], S) is None
    anchor = Anchor(0.01, [], [])
    assert with_weather(anchor, [], STEADY_GALE, S) is anchor


def test_what_was_before_is_not_known() -> None:
    change, spread = STEADY_GALE._replace(before=None).change()
    assert change == pytest.approx(0.1)
    assert spread > STEADY_GALE.change()[1]


shares = st.floats(0.0, 0.5)


@given(loss=st.floats(0.01, 0.9), sigma=st.floats(0.0, 0.2), now=shares, before=shares, error=st.floats(0.0, 0.3))
def test_weather_never_adds_and_never_takes_more_than_there_is(
    loss: float, sigma: float, now: float, before: float, error: float
) -> None:
    felt = Felt(now, error, before, error, "wind")
    assert 0.25 <= left_share(loss, sigma, felt, S) <= 1.0
    sign = slowed(loss, sigma)
    reason = weather_reason(felt, [sign], S)
    assert reason is not None
    assert -0.75 * sign.weight - 1e-6 <= reason.weight <= 0.0
    anchor = Anchor(0.05, [], [])
    assert with_weather(anchor, [sign], felt, S).chance <= anchor.chance


@given(loss=st.floats(0.02, 0.6), more=st.floats(0.0, 0.3), change=st.floats(0.0, 0.3))
def test_a_greater_loss_in_the_same_weather_leaves_no_less(loss: float, more: float, change: float) -> None:
    felt = Felt(change, 0.05, 0.0, 0.02, "wind")
    weights = []
    for size in (loss, loss + more):
        sign = slowed(size)
        reason = weather_reason(felt, [sign], S)
        assert reason is not None
        weights.append(sign.weight + reason.weight)
    assert weights[0] <= weights[1] + 1e-6
