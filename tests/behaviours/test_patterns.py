"""Patterns near an asset, simulated: each is found as what it is, and what is like it is not."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seawarden.behaviours.along_way import passes_of, way_of
from seawarden.behaviours.survey_legs import corners, legs_of, pattern_of
from seawarden.checks import Bench
from seawarden.geography.layer import build_layer
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.finding import Finding
from seawarden.model.position import Positions, concat, make_positions, take
from seawarden.model.static import StaticReport
from seawarden.run.build import behaviours_of, build
from seawarden.settings import DEFAULTS
from seawarden.simulate.patterns import EXPECTED, PATTERNS, Manner, PatternKind, Spot, lay_pattern

T0 = 1_700_006_400_000
LAT, LON = 56.6, 18.2  # open water east of Gotland, far from any port


def cable() -> Asset:
    return Asset(
        id="test-cable",
        name="Test Cable",
        kind="telecom_cable",
        status="in_service",
        versions=(AssetVersion(parts=(((LON, LAT - 0.3), (LON, LAT + 0.3)),), sigma_m=((50.0,),)),),
        source="invented",
        licence="CC0-1.0",
    )


def run(ships: list[Positions], statics: list[StaticReport] | None = None) -> list[Finding]:
    whole = concat(ships)
    whole = take(whole, np.lexsort((whole.mmsi, whole.t)))
    names = Catalogue()
    names.source("test")
    engine = build(DEFAULTS, [cable()], catalogue=names).engine
    found = engine.step(Batch(positions=whole, statics=statics or [])).findings + engine.finish().findings
    last = {f.id: f for f in found}
    return [f for f in last.values() if f.state != "retracted"]


@pytest.mark.parametrize("kind", PATTERNS)
def test_what_is_laid_is_found_as_what_it_is(kind: PatternKind) -> None:
    case = lay_pattern(kind, Spot(LAT, LON, 0.0), T0, 999_300_000, Manner(30.0, True, True), "test")
    found = [f for f in run(case.ships, case.statics) if f.kind in EXPECTED[kind]]
    assert found
    assert any(f.start_t <= case.truth.end_t and (f.end_t or 1 << 60) >= case.truth.start_t for f in found)
    assert all(f.simulated and f.asset is not None and f.asset.id == "test-cable" for f in found)


def test_a_case_is_the_same_for_the_same_key() -> None:
    one, other = (
        lay_pattern("lawn_mower", Spot(LAT, LON, 40.0), T0, 999_300_000, Manner(30.0, True, True), "a")
        for _ in range(2)
    )
    assert np.array_equal(one.ships[0].lat, other.ships[0].lat) and one.truth == other.truth
    moved = lay_pattern("lawn_mower", Spot(LAT, LON, 40.0), T0, 999_300_000, Manner(30.0, True, True), "b")
    assert len(moved.ships[0].t) != len(one.ships[0].t) or not np.array_equal(moved.ships[0].lat, one.ships[0].lat)


def track(legs: list[tuple[float, float, float]], lon: float = LON, *, status: int = 0) -> Positions:
    """Legs of (minutes, kn, course), a report every half minute, from two kilometres south of the middle."""
    lat, x, y, rows = LAT, 0.0, -2_000.0, []
    for minutes, kn, course in legs:
        for _ in range(round(minutes * 2)):
            rows.append((x, y, kn, course))
            x += kn * 1852 / 120 * np.sin(np.radians(course))
            y += kn * 1852 / 120 * np.cos(np.radians(course))
    table = np.array(rows)
    return make_positions(
        len(rows),
        t=T0 + np.arange(len(rows)) * 30_000,
        mmsi=219_000_001,
        lat=lat + table[:, 1] / 111_300,
        lon=lon + table[:, 0] / (111_300 * np.cos(np.radians(lat))),
        sog_kn=table[:, 2],
        cog_deg=table[:, 3],
        heading_deg=table[:, 3],
        nav_status=status,
    )


ELSEWHERE = {"crossing", "approach", "slowdown", "about_to_anchor", "deviation", "identity_invalid"}
"""Kinds that other tests are about."""


def kinds(p: Positions, ship_type: int = 70) -> set[str]:
    said = StaticReport(t=T0, mmsi=219_000_001, ship_type=ship_type, name="TEST")
    return {f.kind for f in run([p], [said])} - ELSEWHERE


def test_ships_on_passage_over_or_along_an_asset_are_told_of_nothing() -> None:
    assert kinds(track([(120, 12.0, 90.0)], LON - 0.2)) == set()
    assert kinds(track([(60, 13.0, 0.0)])) == set()


def test_a_ferry_to_and_fro_across_the_asset_is_no_survey() -> None:
    legs = [
        leg
        for _ in range(6)
        for leg in ((35.0, 14.0, 90.0), (10.0, 0.1, 90.0), (35.0, 14.0, 270.0), (10.0, 0.1, 0.0))
    ]
    assert "survey_pattern" not in kinds(track(legs, LON - 0.13), 60)


def test_a_slow_pass_is_along_the_asset_and_a_fishing_vessel_is_told_as_trawling() -> None:
    slow = track([(70, 4.0, 0.0)])
    assert kinds(slow) == {"along_asset"}
    assert kinds(slow, 30) == {"trawling"}


def test_a_fishing_vessel_that_steams_over_is_not_trawling() -> None:
    assert kinds(track([(60, 7.5, 90.0)], LON - 0.1), 30) == set()


def test_a_tanker_that_drifts_at_half_a_knot_not_under_command_is_drifting() -> None:
    assert "drifting" in kinds(track([(300, 0.5, 60.0)], LON - 0.01, status=2), 80)


def test_a_ship_that_swings_at_anchor_as_the_wind_turns_does_not_drag() -> None:
    n, radius = 720, 260.0
    wind = np.radians(np.interp(np.arange(n), [0, 300, 420, n], [90.0, 95.0, 260.0, 270.0]))
    x, y = 1_500.0 - radius * np.sin(wind), -radius * np.cos(wind)
    p = make_positions(
        n,
        t=T0 + np.arange(n) * 60_000,
        mmsi=219_000_001,
        lat=LAT + y / 111_300,
        lon=LON + x / (111_300 * np.cos(np.radians(LAT))),
        sog_kn=0.2,
        cog_deg=0.0,
        heading_deg=np.degrees(wind) % 360,
        nav_status=1,
    )
    assert "dragging_at_anchor" not in {f.kind for f in run([p])}


def test_a_ship_that_weighs_and_leaves_does_not_drag() -> None:
    p = track([(120, 0.05, 90.0), (4, 1.5, 90.0), (60, 9.0, 90.0)], LON - 0.02, status=1)
    assert "dragging_at_anchor" not in {f.kind for f in run([p])}


def test_corners_keep_the_ends_and_what_bends() -> None:
    x = np.array([0.0, 500.0, 1000.0, 1000.0, 1000.0])
    y = np.array([0.0, 3.0, 0.0, 500.0, 1000.0])
    assert corners(x, y, 20.0).tolist() == [0, 2, 4]
    assert corners(x[:1], y[:1], 20.0).tolist() == [0] and corners(x[:0], y[:0], 20.0).tolist() == []


@given(turn=st.floats(0, 360), spacing=st.floats(40, 400), legs=st.integers(4, 9))
@example(turn=1.125, spacing=40.0, legs=4)
def test_a_lawn_mower_is_one_whichever_way_it_lies(turn: float, spacing: float, legs: int) -> None:
    points = [(end, spacing * k) for k in range(legs) for end in ((0.0, 2000.0) if k % 2 == 0 else (2000.0, 0.0))]
    fine = np.array([np.linspace(a, b, 20) for a, b in pairwise(points)]).reshape(-1, 2)
    angle = np.radians(turn)
    x = fine[:, 0] * np.cos(angle) - fine[:, 1] * np.sin(angle)
    y = fine[:, 0] * np.sin(angle) + fine[:, 1] * np.cos(angle)
    made = pattern_of(x, y, legs_of(x, y, 100.0, 15.0), 500.0, 15.0, 40.0)
    assert made is not None and made.legs == legs and made.reversals == legs - 1
    assert abs(made.spacing_m - spacing) < 0.25 * spacing + 5.0


def test_passes_are_told_one_way_and_the_other() -> None:
    p = track([(50, 5.0, 0.0), (2, 4.0, 90.0), (50, 5.0, 180.0)], LON + 0.001)
    bench = Bench(behaviours_of(DEFAULTS), [cable()])
    bench.run(p)
    way = way_of(bench.engine.stages[0].history.track(0, 0, 1 << 60), build_layer([cable()]).index, 0)
    assert way is not None
    passes = [round(one.along_km) for one in passes_of(way, 500.0, 25.0)]
    assert sorted(passes) == [-8, 8]
