from __future__ import annotations

import math

import numpy as np
import pytest

from seawarden.behaviours.drag.behaviour import _seen
from seawarden.behaviours.drag.features import COUNT
from seawarden.behaviours.drag.minutes import SPAN, heading_evidence
from seawarden.behaviours.drag.model import shipped
from seawarden.behaviours.drag.names import INDEX
from seawarden.behaviours.drag.parts import heading_term
from seawarden.behaviours.drag.status import status_against
from seawarden.behaviours.drag.stops import restart_of
from seawarden.model.position import make_positions

T0 = 1_700_000_000_000


def sailed(before=10.0, after=8.0, stop_min=20, *, status=0, seed=3):
    """An hour under way, a stop, gathering way, an hour under way again; a report a minute."""
    random = np.random.default_rng(seed)
    v = np.concatenate(
        (np.full(60, before), np.linspace(before, 0.5, 5), np.full(stop_min, 0.4), np.linspace(1.0, after, 8),
         np.full(60, after))
    )  # fmt: skip
    n = len(v)
    return make_positions(
        n,
        t=T0 + np.arange(n) * 60_000,
        mmsi=219000001,
        lat=57.0 + np.arange(n) * 1e-3,
        lon=np.full(n, 11.0),
        sog_kn=np.maximum(v + random.normal(0.0, 0.05, n), 0.0),
        cog_deg=np.full(n, 10.0),
        nav_status=np.full(n, status),
    )


@pytest.mark.parametrize(("before", "after", "word"), [(10.0, 8.0, "slower"), (7.0, 9.5, "faster"), (9.0, 9.0, "as")])
def test_her_speed_on_both_sides_of_a_stop_is_measured_with_its_error(before, after, word):
    found = restart_of(sailed(before, after))
    assert found is not None
    assert abs(found.change - math.log(after / before)) < 3.0 * found.sigma
    assert 0.005 < found.sigma < 0.05
    assert word in found.told
    assert 18.0 <= found.stopped_s / 60.0 <= 24.0


def test_without_a_stop_or_without_way_after_it_nothing_is_told():
    whole = sailed()
    assert restart_of(sailed(stop_min=0)) is None
    assert restart_of(type(whole)(*(column[:80] for column in whole))) is None
    assert restart_of(type(whole)(*(column[:0] for column in whole))) is None


@pytest.mark.parametrize(("code", "expected"), [(0, -1), (1, 1), (2, 2), (5, 5), (8, -1)])
def test_a_status_that_disagrees_with_her_way_is_told(code, expected):
    ship = sailed(status=code)
    assert status_against(ship, int(ship.t[-1]))[0] == expected
    assert status_against(ship, int(ship.t[82]))[0] == -1  # stopped: nothing to disagree with


def test_a_stop_is_told_with_its_error_and_a_status_weighs_nothing():
    ship = sailed(status=2)
    seen, benign = _seen(ship, int(ship.t[-1]), restart_of(ship))
    assert {u.name for u in seen} == {"after_stop", "status_disagrees", "term.status"}
    assert all(u.value == 0.0 for u in seen if u.name.startswith("term."))
    assert seen[0].sigma is not None and 0.0 < seen[0].sigma < 0.05
    assert [r.measure for r in benign] == ["status_disagrees"]


def test_a_step_after_a_turn_says_less_than_the_same_on_a_steady_course():
    minute = np.arange(SPAN)
    skew = np.where(minute < 30, 4.0, 0.0) + np.random.default_rng(2).normal(0.0, 0.7, SPAN)
    steady, turned = np.zeros(SPAN), np.where(minute < 30, 40.0, 0.0)
    even = np.full(SPAN, np.log(10.0))
    assert heading_evidence(skew, steady, even, 30) > heading_evidence(skew, turned, even, 30) + 2.0


def test_a_slower_ship_is_set_further_off_and_that_is_no_pull():
    minute = np.arange(SPAN)
    log_v = np.log(np.where(minute < 30, 6.0, 12.0))  # half the speed: twice the angle of the same flow
    course, noise = np.zeros(SPAN), np.random.default_rng(3).normal(0.0, 0.5, SPAN)
    set_off = np.degrees(np.arctan2(0.5, np.exp(log_v))) + noise
    unslowed = np.full(SPAN, np.log(10.0))
    slowed = heading_evidence(set_off, course, log_v, 30)
    assert slowed < heading_evidence(set_off, course, unslowed, 30) - 0.5


def test_after_a_turn_little_of_a_heading_is_believed():
    x = np.full((2, COUNT), np.nan)
    x[:, INDEX["heading_llr"]] = 10.0
    x[:, INDEX["turn_deg"]] = (2.0, 20.0)
    straight, turned = heading_term(x)
    assert straight > 2.0 > 1.0 > turned > 0.0


def test_a_heading_alone_reaches_no_tier():
    x = np.full((1, COUNT), np.nan)
    x[0, INDEX["cadence_min"]], x[0, INDEX["heading_llr"]] = 1.0, 30.0
    model = shipped()
    with_it = float(model.log_odds(x)[0])
    x[0, INDEX["heading_llr"]] = 0.0
    assert 1.0 < with_it - float(model.log_odds(x)[0]) < model.tiers["look"]
