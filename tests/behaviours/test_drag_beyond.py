"""A loss greater than ships show by themselves where they are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.behaviours.drag.beyond import NOWHERE, RARER, Beyond, beyond_term, from_plain, is_plain, to_plain
from seawarden.behaviours.drag.features import COUNT
from seawarden.behaviours.drag.model import BEYOND, shipped
from seawarden.behaviours.drag.names import INDEX
from seawarden.train.drag_beyond import LEAST_LOSS, beyond_of

KNOWN = Beyond(0.23, 13.0, 0.04)


def lost(loss, **other):
    """Feature vectors of ships that lost so much in open water, in a known lane where few slow."""
    loss = np.atleast_1d(np.asarray(loss, dtype=np.float64))
    x = np.full((len(loss), COUNT), np.nan)
    usual = {"lane_ships": 200.0, "lane_slowed": 0.03, "turn_deg": 2.0, "turn_near_deg": 4.0, "shelter": 0.0}
    for name, value in {**usual, "cadence_min": 1.0, **other}.items():
        x[:, INDEX[name]] = value
    x[:, INDEX["loss"]], x[:, INDEX["loss_now"]] = loss, loss
    return x


def test_it_grows_from_the_end_of_natural_losses_and_no_further_than_so_many_times_rarer():
    term = beyond_term(lost(np.linspace(0.0, 1.0, 101)), KNOWN)
    assert np.all(np.diff(term) >= 0.0)
    assert np.all(term[:24] == 0.0) and term[24] > 0.0
    assert term[-1] == pytest.approx(KNOWN.slope * KNOWN.mean * math.log(RARER))


@pytest.mark.parametrize(
    "where",
    [
        {"lane_ships": 5.0},
        {"lane_ships": math.nan, "lane_slowed": math.nan},
        {"lane_slowed": 0.2},
        {"turn_deg": 60.0},
        {"turn_near_deg": 60.0},
        {"shelter": 0.5},
        {"shelter": math.nan},
        {"cadence_min": 5.0},
    ],
)
def test_it_says_nothing_where_natural_losses_are_not_known_to_be_rare(where):
    x = lost(0.5, **where)
    assert not is_plain(x)[0]
    assert beyond_term(x, KNOWN)[0] == 0.0


def test_a_loss_that_is_over_or_not_known_adds_nothing():
    x = lost([0.5, 0.5])
    x[0, INDEX["loss_now"]], x[1, INDEX["loss_now"]] = 0.05, math.nan
    assert beyond_term(x, KNOWN)[0] == 0.0
    assert beyond_term(x, KNOWN)[1] == 0.0
    assert beyond_term(lost(0.5), NOWHERE)[0] == 0.0


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 0.1), st.integers(15, 200))
def test_the_mean_of_natural_losses_is_bounded_from_above_and_one_is_expected_at_the_begin(seed, mean, count):
    losses = LEAST_LOSS + np.random.default_rng(seed).exponential(mean, count)
    found = beyond_of(losses, 0.5)
    average = float(np.mean(losses - LEAST_LOSS))
    assert average < found.mean < 2.0 * average
    assert count * math.exp(-(found.begin - LEAST_LOSS) / found.mean) == pytest.approx(1.0)
    assert found.slope * found.mean == pytest.approx(0.5)


def test_too_few_losses_say_nothing_and_nothing_survives_a_file():
    assert beyond_of(np.full(5, 0.2), 0.5) == NOWHERE
    assert from_plain(to_plain(NOWHERE)) == NOWHERE
    assert from_plain(to_plain(KNOWN)) == KNOWN


def test_the_shipped_model_tells_it_as_a_reason_of_its_own():
    model = shipped()
    terms = {family: (weight, text) for family, weight, text in model.terms(lost(0.5)[0])}
    weight, text = terms[BEYOND]
    assert weight > 1.0
    assert text == "a greater loss (39 %) than ships show by themselves in such a place"
