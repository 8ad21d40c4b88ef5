from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.cli.options import KpRange, kp, shown
from seawarden.model.moment import time


@pytest.mark.parametrize(
    ("text", "t"),
    [
        ("2024-12-25T10:28Z", 1_735_122_480_000),
        ("2024-12-25T10:28", 1_735_122_480_000),
        ("2024-12-25T12:28+02:00", 1_735_122_480_000),
        ("2024-12-25", 1_735_084_800_000),
        ("1735122480000", 1_735_122_480_000),
    ],
)
def test_times(text: str, t: int) -> None:
    assert time(text) == t


@pytest.mark.parametrize("text", ["", "soon", "25.12.2024", "2024-13-01", "10:28"])
def test_no_times(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time"):
        time(text)


@given(st.integers(0, 4_000_000_000))
def test_a_shown_time_reads_back(seconds: int) -> None:
    assert time(shown(seconds * 1_000).replace(" ", "T")) == seconds * 1_000


def test_an_unknown_time_is_a_dash() -> None:
    assert shown(None) == "-"


@pytest.mark.parametrize(
    ("text", "stretch"),
    [
        ("12", KpRange(12, None)),
        ("12..18.5", KpRange(12, 18.5)),
        ("18-12", KpRange(12, 18)),
        (" 3 .. 4 ", KpRange(3, 4)),
    ],
)
def test_kilometre_points(text: str, stretch: KpRange) -> None:
    assert kp(text) == stretch


@pytest.mark.parametrize("text", ["", "a", "1..2..3", "-3", "1..x"])
def test_no_kilometre_points(text: str) -> None:
    with pytest.raises(ValueError, match="kilometre points"):
        kp(text)
