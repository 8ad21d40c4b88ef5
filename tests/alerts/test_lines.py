"""The first line: its form, its length, and what it never says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seawarden.alerts.lines import LIMIT, first_line, group_line, position, second_line
from seawarden.alerts.script import radio_script
from seawarden.model.alert import TIERS, Waters
from seawarden.model.finding import AssetRef, Finding, Reason
from seawarden.model.risk import AssetAhead, Risk
from seawarden.model.vessel import ShipRef
from seawarden.risk.assess import Assessment
from seawarden.risk.needs import Fix

MIN = 60_000
T0 = 1_735_122_480_000  # 2024-12-25 10:28Z


def assessment(
    name="Eagle S",
    asset="Estlink 1",
    kind="slowdown",
    minutes=55.0,
    low=40.0,
    high=95.0,
    chance=0.125,
    crossed=None,
    simulated=False,
    mmsi=518998865,
    start=T0,
    distance=None,
):
    ship = ShipRef(mmsi=mmsi, track_id=f"{mmsi}-1", name=name, simulated=simulated)
    ref = AssetRef(id="x", name=asset, kind="power_cable", system="x")
    ahead = None
    if minutes is not None:
        ahead = AssetAhead(asset=ref, minutes=minutes, minutes_low=low, minutes_high=high, chance=0.9)
    lead = Finding(
        id="f", revision=1, kind=kind, state="open", ship=ship, asset=ref, start_t=start, known_from_t=start
    )
    risk = Risk(t=start, ship=ship, asset=ref, chance=chance, consequence=1.0)
    return Assessment(risk, 0, lead, True, 1, crossed, ahead, distance, "", start, "")


def test_the_line_of_the_design():
    line = first_line("challenge", assessment(), T0 + 14 * MIN, Waters(name="FI", kind="EEZ", minutes_left=35))
    assert line == (
        "CHALLENGE · EAGLE S 518998865 · slowing? since 10:28Z (14 min) · ESTLINK 1 in 55 min (40-95) · 1 in 8 · "
        "FI EEZ, out in 35 min"
    )
    assert len(line) <= LIMIT


def test_a_crossed_asset_and_one_at_hand():
    assert "ESTLINK 1 crossed 10:26Z" in first_line("look", assessment(crossed=T0 - 2 * MIN), T0, None)
    anchored = assessment(kind="anchored_over_asset", minutes=None, distance=120.0)
    assert "at anchor since 10:28Z" in first_line("look", anchored, T0, None)
    assert "ESTLINK 1 120 m off" in first_line("look", anchored, T0, None)


names = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=60)


@given(
    tier=st.sampled_from(TIERS),
    name=names,
    asset=names,
    waters=names,
    left=st.none() | st.floats(0, 1e6),
    minutes=st.none() | st.floats(0, 1e5),
    lasting=st.integers(0, 10_000),
    chance=st.floats(1e-9, 1.0),
    simulated=st.booleans(),
    crossed=st.none() | st.just(T0),
    mmsi=st.integers(0, 999_999_999),
    kind=st.sampled_from(["slowdown", "anchored_over_asset", "about_to_anchor", "drifting", "silence", "anchor_out"]),
)
def test_it_never_passes_130_characters(
    tier, name, asset, waters, left, minutes, lasting, chance, simulated, crossed, mmsi, kind
):
    a = assessment(name, asset, kind, minutes, 0.0, minutes or 0.0, chance, crossed, simulated, mmsi, distance=9e5)
    line = first_line(tier, a, T0 + lasting * MIN, Waters(name=waters, kind="EEZ", minutes_left=left))
    assert len(line) <= LIMIT
    assert str(mmsi) in line
    assert line.startswith(f"SIMULATED {tier.upper()}" if simulated else tier.upper())
    assert " in " in line


@given(st.integers(2, 9999), st.floats(0, 1), names, st.booleans(), st.integers(0, 100_000))
def test_a_group_line_keeps_the_limit_too(size, loss, asset, simulated, lasting):
    assert len(group_line("look", size, T0, T0 + lasting * MIN, loss, asset, simulated)) <= LIMIT


def test_second_line_gives_the_strongest_counter_reason_and_whom_to_call():
    fix = Fix(T0, 59.905, 25.6, 6.5, 270.0, 270.0, 0)
    counter = [Reason(text="a head wind", weight=-0.5), Reason(text="a pilot station ahead", weight=-3.0)]
    line = second_line(assessment(), fix, (9.3, 6.5), counter, "Helsinki Traffic VHF 60")
    assert line == ("59 54.3N 025 36.0E · 9.3 to 6.5 kn · but: a pilot station ahead · call Helsinki Traffic VHF 60")
    assert "nothing found that speaks against it" in second_line(assessment(), fix, (9.3, 6.5), [], "")


def test_positions_carry_over_full_minutes():
    assert position(59.9999999, -0.9999999) == "60 00.0N 001 00.0W"


@given(names, names)
def test_over_an_asset_the_script_has_no_word_of_getting_the_anchor_up(name, callsign):
    safe = name.casefold().replace("heave", "").replace("weigh", "")
    script = radio_script(ShipRef(mmsi=1, track_id="1-1", name=safe, callsign=callsign.replace("heave", "")))
    assert "heave" not in script.over.casefold()
    assert "heave" in script.clear.casefold()
    assert "revolutions" in script.over and "photo" in script.over
