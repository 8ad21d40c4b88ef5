"""Assets ahead on a steady course."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.geography.layer import build_layer
from seawarden.model.asset import Asset, AssetVersion
from seawarden.risk.ahead import SteadyCourse
from seawarden.risk.needs import Fix
from seawarden.settings_risk import RiskSettings


def line(name, *points):
    version = AssetVersion(parts=(points,), sigma_m=((50.0,) * (len(points) - 1),))
    return Asset(id=name, name=name, kind="telecom_cable", versions=(version,))


NEAR, FAR = line("near", (20.5, 56.0), (20.5, 58.0)), line("far", (19.0, 56.0), (19.0, 58.0))
AHEAD = SteadyCourse(build_layer([NEAR, FAR]), RiskSettings())


def fix(lat=57.0, lon=21.0, sog=10.0, cog=270.0):
    return Fix(0, lat, lon, sog, cog, math.nan, 0)


def test_minutes_at_ten_knots():
    found = AHEAD.ahead(fix(), 720)
    assert [a.asset.id for _, a in found] == ["near", "far"]
    near = found[0][1]
    metres = 0.5 * math.cos(math.radians(57)) * 111_412
    assert near.minutes == pytest.approx(metres / (10 * 1852 / 60), rel=0.01)
    assert near.minutes_low < near.minutes < near.minutes_high
    assert near.chance > found[1][1].chance > 0


def test_nothing_ahead_when_she_sails_away_stops_or_has_no_course():
    assert AHEAD.ahead(fix(cog=90.0), 120) == []
    assert AHEAD.ahead(fix(sog=0.0), 720) == []
    assert AHEAD.ahead(fix(cog=math.nan), 720) == []


@given(st.floats(-60, 60), st.floats(-180, 180), st.floats(0, 40), st.floats(0, 360), st.floats(10, 720))
def test_every_answer_is_a_chance_in_order(lat, lon, sog, cog, horizon):
    found = AHEAD.ahead(fix(lat, lon, sog, cog), horizon)
    assert [a.minutes for _, a in found] == sorted(a.minutes for _, a in found)
    for _, a in found:
        assert 0.0 <= a.chance <= 1.0
        assert 0.0 <= a.minutes_low <= a.minutes <= a.minutes_high
        assert a.minutes <= horizon


def test_across_the_antimeridian():
    lines = [line("date-line", (179.9, 50.0), (179.9, 52.0)), line("east", (-179.5, 50.0), (-179.5, 52.0))]
    layer = build_layer(lines)
    found = SteadyCourse(layer, RiskSettings()).ahead(fix(51.0, 179.5, 15.0, 90.0), 240)
    assert [a.asset.id for _, a in found] == ["date-line", "east"]
