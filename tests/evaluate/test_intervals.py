"""Exact intervals against published values, and what they promise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, poisson

from seawarden.evaluate import intervals


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 3.688879), (1, 0.025318, 5.571643), (10, 4.795389, 18.390356)]
)
def test_poisson_as_published(count: int, low: float, high: float) -> None:
    made = intervals.poisson(count, 1.0)
    assert (made.rate, made.low, made.high) == pytest.approx((count, low, high), abs=2e-6)


@pytest.mark.parametrize(("count", "low", "high"), [(20, 0.8316, 1.0), (19, 0.7513, 0.9987), (0, 0.0, 0.1684)])
def test_binomial_as_published(count: int, low: float, high: float) -> None:
    made = intervals.binomial(count, 20)
    assert (made.low, made.high) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 200), st.floats(0.5, 400.0))
def test_a_poisson_interval_leaves_its_tails_outside(count: int, exposure: float) -> None:
    made = intervals.poisson(count, exposure)
    assert made.low is not None and made.rate is not None and made.high is not None
    assert made.low <= made.rate <= made.high
    assert poisson.cdf(count, made.high * exposure) == pytest.approx(0.025, abs=1e-3)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_binomial_interval_holds_its_share(pair: tuple[int, int]) -> None:
    count, of = pair
    made = intervals.binomial(count, of)
    assert made.low <= count / of <= made.high
    if count < of:
        assert binom.cdf(count, of, made.high) == pytest.approx(0.025, abs=5e-3)


def test_nothing_says_nothing() -> None:
    assert intervals.poisson(0, 0.0).rate is None
    nothing = intervals.binomial(0, 0)
    assert (nothing.share, nothing.low, nothing.high) == (None, 0.0, 1.0)
