"""A loss greater than ships show by themselves where they are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.behaviours.drag.beyond import (
    KINDS,
    NOWHERE,
    RARER,
    Beyond,
    beyond_term,
    from_plain,
    kinds,
    least_log_odds,
    to_plain,
)
from seawarden.behaviours.drag.features import COUNT
from seawarden.behaviours.drag.model import BEYOND, shipped
from seawarden.behaviours.drag.names import INDEX
from seawarden.train.drag_alarms import tail_of
from seawarden.train.drag_beyond import LEAST_LOSS, Shown, beyond_of, losses_of

KNOWN = {"lane/2": Beyond(0.05, 1.2, 14.0, 0.25, 0.04), "aside/2": Beyond(0.05, 2.2, 5.5, 0.35, 0.09)}


def lost(loss, **other):
    """Feature vectors of ships that lost so much in open water, in a known lane where few slow."""
    loss = np.atleast_1d(np.asarray(loss, dtype=np.float64))
    x = np.full((len(loss), COUNT), np.nan)
    usual = {"lane_ships": 200.0, "lane_slowed": 0.03, "turn_deg": 2.0, "turn_near_deg": 4.0, "shelter": 0.0}
    for name, value in {
        **usual,
        "cadence_min": 1.0,
        "onset_age_min": 12.0,
        "before_kn": 12.0,
        "now_kn": 8.0,
        **other,
    }.items():
        x[:, INDEX[name]] = value
    x[:, INDEX["loss"]], x[:, INDEX["loss_now"]] = loss, loss
    return x


def shown(losses, *, mmsi=1, days=10.0, high=None):
    """A track with these natural losses in a lane and none aside from it."""
    high = np.linspace(0.0, 3.0, 40) if high is None else high
    return Shown(
        mmsi, days, high, {**dict.fromkeys(KINDS, np.empty(0)), "lane/2": np.asarray(losses, dtype=np.float64)}
    )


@pytest.mark.parametrize("where", [{}, {"lane_ships": 4.0}, {"lane_ships": 0.0, "lane_slowed": math.nan}])
def test_a_loss_counts_for_no_less_than_its_rarity_and_no_further_than_is_believed(where):
    loss = np.linspace(0.0, 1.0, 101)
    least = least_log_odds(lost(loss, **where), KNOWN)
    assert np.all(np.isneginf(least[loss <= 0.05]))
    assert np.all(np.diff(least[loss > 0.06]) >= 0.0)
    one = KNOWN["aside/2" if where else "lane/2"]
    assert least[20] == pytest.approx(one.level + one.slope * 0.15)
    at_end = one.level + one.slope * (one.end - one.begin)
    assert least_log_odds(lost(one.end + one.fall, **where), KNOWN)[0] == pytest.approx(at_end + 1.0)
    assert least[-1] == pytest.approx(at_end + math.log(RARER))


def test_what_the_trees_say_already_is_not_counted_twice():
    x = lost([0.2, 0.2, 0.2])
    own = np.array([-3.0, 3.0, 4.0])
    assert beyond_term(x, own, KNOWN) == pytest.approx([6.3, 0.3, 0.0])


@pytest.mark.parametrize(
    "where",
    [
        {"lane_ships": math.nan, "lane_slowed": math.nan},
        {"lane_slowed": 0.2},
        {"turn_deg": 60.0},
        {"turn_near_deg": 60.0},
        {"shelter": 0.5},
        {"shelter": math.nan},
        {"cadence_min": 7.5},
        {"onset_age_min": 4.0},
        {"before_kn": 5.0},
        {"now_kn": 1.5},
    ],
)
def test_it_says_nothing_where_natural_losses_are_not_known_to_be_rare(where):
    x = lost(0.5, **where)
    assert not any(here[0] for here in kinds(x).values())
    assert beyond_term(x, np.array([-5.0]), KNOWN)[0] == 0.0


@pytest.mark.parametrize(("every", "kind"), [(1.0, "lane/2"), (3.0, "lane/4"), (6.0, "lane/7")])
def test_how_often_she_is_heard_has_natural_losses_of_its_own(every, kind):
    x = lost(0.5, cadence_min=every)
    assert [name for name, here in kinds(x).items() if here[0]] == [kind]
    assert least_log_odds(x, {kind: KNOWN["lane/2"]})[0] == pytest.approx(4.0 + math.log(RARER))


def test_a_loss_that_is_over_or_not_known_adds_nothing():
    x = lost([0.5, 0.5])
    x[0, INDEX["loss_now"]], x[1, INDEX["loss_now"]] = 0.04, math.nan
    assert np.all(beyond_term(x, np.array([-5.0, -5.0]), KNOWN) == 0.0)
    assert beyond_term(lost(0.5), np.array([-5.0]), NOWHERE)[0] == 0.0
    assert beyond_term(lost(0.5), np.array([-5.0]), {"aside/2": KNOWN["aside/2"]})[0] == 0.0


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 0.1), st.integers(15, 200))
def test_a_loss_counts_as_the_score_that_natural_traffic_reaches_as_often(seed, mean, count):
    losses = LEAST_LOSS + np.random.default_rng(seed).exponential(mean, count)
    one = shown(losses)
    lane = beyond_of([one])["lane/2"]
    tail = tail_of(one.high, one.days)
    fall = tail.scale / lane.slope
    average = float(np.mean(losses - LEAST_LOSS))
    assert average < fall < 2.0 * average  # the upper bound of the mean, so that few losses claim little
    assert lane.level >= tail.begin - 1e-9  # where the scores have a tail to be set in
    assert lane.fall == pytest.approx(fall)
    for loss in (np.nextafter(lane.begin, 1.0), 0.5 * (lane.begin + lane.end), lane.end):
        rate = count / one.days * math.exp(-(loss - LEAST_LOSS) / fall)
        score = least_log_odds(lost(loss), {"lane/2": lane})[0]
        fitted = tail.peaks / tail.days * math.exp(-(score - tail.begin) / tail.scale)
        assert fitted == pytest.approx(rate)
    assert rate == pytest.approx(1.0 / one.days)  # one is to be expected in all that was watched


def test_too_few_losses_or_none_at_all_say_nothing_and_nothing_survives_a_file():
    assert "lane/2" not in beyond_of([shown(np.full(4, 0.2))])
    assert "lane/2" in beyond_of([shown(np.full(3, 0.2)), shown(np.full(2, 0.2), mmsi=2)])
    assert beyond_of([]) == beyond_of([shown(np.full(50, 0.2), high=np.empty(0))]) == NOWHERE
    assert len(losses_of([shown([0.01, 0.2])])["lane/2"]) == 1
    assert from_plain(to_plain(NOWHERE)) == NOWHERE
    assert from_plain(to_plain(KNOWN)) == KNOWN


def test_the_shipped_model_tells_it_as_a_reason_of_its_own():
    model = shipped()
    terms = {family: (weight, text) for family, weight, text in model.terms(lost(0.5)[0])}
    weight, text = terms[BEYOND]
    assert weight > 1.0
    assert text == "ships seldom lose so much (39 %) by themselves in such a place"


def test_place_is_asked_only_where_it_can_change_what_is_said():
    model = shipped()
    known = {"shelter": math.nan}
    assert model.asks_place(lost(0.5, **known))
    assert not model.asks_place(lost(0.01, **known))
    assert not model.asks_place(lost(0.5, **{**known, "turn_deg": 90.0}))
    assert model.asks_place(lost(0.01, **{**known, "lane_ships": math.nan}))
