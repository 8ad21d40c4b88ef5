from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.physics.equipment import equipment_of, ship_class
from seawarden.physics.reach import chance_for, chance_on_bottom
from seawarden.physics.speed_loss import force_for_loss, settled_ratio
from seawarden.physics.towed import towed_depth

# depth reached for a third, two thirds and all of the chain at 6, 8, 10, 12, 14 kn: the published estimate
TABLE = {
    (4000, 46): {73: (64, 55, 46, 39, 33), 145: (122, 101, 83, 70, 60), 220: (178, 145, 120, 101, 87)},
    (6000, 60): {91: (82, 71, 61, 52, 44), 182: (157, 133, 111, 95, 82), 275: (232, 194, 162, 138, 119)},
    (11000, 84): {109: (102, 91, 79, 69, 60), 218: (198, 173, 149, 128, 111), 330: (295, 256, 218, 188, 164)},
}


@pytest.mark.parametrize(("anchor", "rows"), TABLE.items(), ids=lambda value: str(value)[:12])
def test_a_towed_chain_hangs_as_deep_as_the_table_within_its_error(anchor, rows):
    for out_m, depths in rows.items():
        for speed_kn, depth in zip((6, 8, 10, 12, 14), depths, strict=True):
            assert towed_depth(anchor[0], anchor[1], out_m, speed_kn)[0] == pytest.approx(depth, rel=0.25)


@given(speed=st.floats(1.0, 20.0), out=st.floats(20.0, 350.0))
def test_a_towed_chain_is_no_deeper_than_it_is_long_and_rises_with_speed(speed, out):
    depth, trail = towed_depth(6000.0, 60.0, out, speed)
    assert 0.0 < depth <= out * 1.0001
    assert math.hypot(depth, trail) <= out * 1.0001
    assert towed_depth(6000.0, 60.0, out, speed + 1.0)[0] < depth


@pytest.mark.parametrize(
    ("kind", "length", "breadth", "anchor_kg"),
    [("cargo", 169.0, 27.2, 6000.0), ("tanker", 229.0, 32.2, 11000.0)],
    ids=["Newnew Polar Bear", "Eagle S"],
)
def test_known_anchors_are_estimated_within_the_stated_error(kind, length, breadth, anchor_kg):
    outfit = equipment_of(kind, length_m=length, breadth_m=breadth)
    assert abs(outfit.anchor_kg / anchor_kg - 1.0) < 1.5 * outfit.sigma


def test_less_knowledge_gives_a_wider_error():
    full = equipment_of("cargo", length_m=180.0, breadth_m=30.0, draught_m=10.0)
    part = equipment_of("cargo", length_m=180.0)
    none = equipment_of("cargo")
    assert full.sigma < part.sigma < none.sigma
    assert equipment_of("unheard of", length_m=-1.0).sigma == none.sigma


def test_a_bigger_ship_has_a_heavier_anchor():
    masses = [equipment_of("tanker", length_m=length).anchor_kg for length in range(40, 340, 20)]
    assert masses == sorted(masses)
    assert masses[-1] > 10_500.0


def test_classes_are_read_from_code_or_words():
    assert ship_class(84) == "tanker"
    assert ship_class(0, "Bulk Carrier") == "cargo"
    assert ship_class(30) == "fishing"
    assert ship_class() == "other"


def test_depth_weighs_and_never_cuts_off():
    outfit = equipment_of("cargo", length_m=169.0, breadth_m=27.0)
    at_break = chance_for(outfit, 10.0, 65.0, 20.0)
    deep = chance_for(outfit, 10.0, 240.0, 20.0)
    assert at_break > 0.8
    assert 0.0 < deep < 0.2
    assert chance_for(outfit, 10.0, 20.0, 5.0) > at_break
    assert math.isnan(chance_for(outfit, 10.0, math.nan, math.nan))


@given(depth=st.floats(1.0, 400.0), sigma=st.floats(1.0, 60.0), speed=st.floats(0.0, 20.0))
def test_the_chance_is_one_and_falls_with_speed(depth, sigma, speed):
    slow = chance_on_bottom(6000.0, 60.0, 275.0, 0.15, speed, depth, sigma)
    fast = chance_on_bottom(6000.0, 60.0, 275.0, 0.15, speed + 2.0, depth, sigma)
    assert 0.0 <= fast <= slow + 0.05 <= 1.06


def test_speed_loss_by_relative_pull_is_the_published_row():
    for force, ratio in zip((0.1, 0.2, 0.3, 0.4, 0.5, 0.6), (0.95, 0.89, 0.84, 0.77, 0.71, 0.63), strict=True):
        assert settled_ratio("thrust", force) == pytest.approx(ratio, abs=0.006)
        assert settled_ratio("power", force) > settled_ratio("thrust", force)
    assert force_for_loss("thrust", 0.14) == pytest.approx(0.26, abs=0.01)
