"""Chances as people say them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.risk.odds import chance_of, either, frequency, logit


@pytest.mark.parametrize(
    ("chance", "said"),
    [
        (0.125, "1 in 8"),
        (0.5, "1 in 2"),
        (0.6, "6 in 10"),
        (0.95, "9 in 10"),
        (0.999, "over 99 in 100"),
        (0.05, "1 in 20"),
        (1 / 4870, "1 in 4,900"),
        (1 / 330_000, "1 in 330,000"),
        (0.0, "under 1 in 1,000,000"),
        (float("nan"), "under 1 in 1,000,000"),
        (0.98, "9 in 10"),
    ],
)
def test_frequency(chance, said):
    assert frequency(chance) == said


@given(st.floats(1e-6, 0.54), st.floats(1e-6, 0.54))
def test_a_rarer_chance_never_sounds_more_frequent(a, b):
    low, high = sorted((a, b))
    n = [int(frequency(x).split(" in ")[1].replace(",", "")) for x in (low, high)]
    assert n[0] >= n[1]


@given(st.floats(-29, 29))
def test_logit_inverts(x):
    assert logit(chance_of(x)) == pytest.approx(x, abs=1e-3)


@given(st.lists(st.floats(0, 1), max_size=6))
def test_either_is_a_chance_and_no_less_than_any(chances):
    assert max(chances, default=0.0) - 1e-12 <= either(*chances) <= 1.0
