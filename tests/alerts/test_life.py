"""Raise after N, lower after M: the life of an alert on event time alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seawarden.alerts.life import Life
from seawarden.alerts.tiers import RANK
from seawarden.settings_risk import AlertSettings

S = AlertSettings()
MIN = 60_000


def test_a_notice_comes_at_once_and_higher_tiers_after_a_minute():
    life = Life()
    assert life.observe(0, "look", "look", S)
    assert (life.tier, life.state) == ("notice", "raised")
    assert not life.observe(30_000, "look", "look", S)
    assert life.deadline(S) == MIN
    assert life.observe(MIN, "look", "look", S)
    assert life.tier == "look" and life.deadline(S) is None


def test_one_odd_minute_does_not_raise():
    life = Life()
    life.observe(0, "challenge", "challenge", S)
    life.observe(30_000, "notice", "notice", S)
    life.observe(2 * MIN, "notice", "notice", S)
    assert life.highest == "notice"


def test_it_is_raised_to_the_least_tier_that_was_held():
    life = Life()
    life.observe(0, "look", "look", S)
    life.observe(50_000, "act", "act", S)
    life.observe(MIN, "act", "act", S)
    assert life.tier == "look"
    life.observe(2 * MIN, "act", "act", S)
    assert life.tier == "act"


def test_it_is_lowered_after_a_quarter_of_an_hour_and_closed_after_another():
    life = Life()
    life.observe(0, "look", "look", S)
    life.observe(MIN, "look", "look", S)
    assert not life.observe(2 * MIN, None, "notice", S)
    assert not life.observe(16 * MIN, None, "notice", S)
    assert life.observe(17 * MIN, None, "notice", S)
    assert (life.tier, life.state) == ("notice", "lowered")
    life.observe(18 * MIN, None, None, S)
    assert life.observe(33 * MIN, None, None, S)
    assert life.state == "closed" and not life.live


def test_a_chance_that_hovers_keeps_its_tier():
    life = Life()
    life.observe(0, "look", "look", S)
    life.observe(MIN, "look", "look", S)
    for k in range(2, 200):
        life.observe(k * MIN, "look" if k % 2 else "notice", "look", S)
    assert life.tier == "look"


tiers = st.sampled_from([None, "notice", "look", "challenge", "act"])


@given(st.lists(st.tuples(st.integers(10, 1200), tiers), max_size=40))
def test_highest_is_the_highest_and_a_life_ends_once(steps):
    life, t, seen = Life(), 0, []
    for seconds, tier in steps:
        t += seconds * 1000
        live = life.live
        life.observe(t, tier, tier, S)
        if life.tier:
            seen.append(life.tier)
        if live and not life.live:
            break
    assert RANK[life.highest] == max((RANK[x] for x in seen), default=0)
    assert life.deadline(S) is None or life.live


@given(st.lists(st.tuples(st.integers(1, 120), tiers), min_size=1, max_size=30), st.data())
def test_looking_more_often_at_the_same_chances_changes_nothing(steps, data):
    """Between two changes of chance the life moves only at its own deadlines."""
    one, two, t = Life(), Life(), 0
    for ticks, tier in steps:
        t += ticks * 10_000
        one.observe(t, tier, tier, S)
        two.observe(t, tier, tier, S)
        end = t + data.draw(st.integers(1, 120)) * 10_000
        for life, often in ((one, False), (two, True)):
            at = t
            while True:
                due = life.deadline(S)
                nxt = at + 10_000 if often else (due if due is not None else end + 1)
                at = max(at + 10_000, -(-nxt // 10_000) * 10_000)
                if at > end:
                    break
                life.observe(at, tier, tier, S)
        t = end
        assert (one.tier, one.state, one.highest) == (two.tier, two.state, two.highest)
        if not one.live:
            break
