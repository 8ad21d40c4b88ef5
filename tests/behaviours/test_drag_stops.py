"""A stop is no loss under way: what a ship did on both sides of it says what she lost."""

from __future__ import annotations

import math

import numpy as np
import pytest

from seawarden.behaviours.drag.behaviour import Drag
from seawarden.behaviours.drag.stops import restart_of, stop_ended_s
from seawarden.checks import Bench
from seawarden.geography.land import LandMask
from seawarden.geography.pack import load_pack
from seawarden.geography.ports_table import PlacesTable
from seawarden.model.finding import Finding
from seawarden.model.position import make_positions

T0 = 1_700_000_000_000
KN_DEG = 1.0 / 60.0
LANE = (57.2, 11.35)
"""Where past traffic of the Kattegat is known."""
WAY_MIN, LOSING_MIN, STOP_MIN, GATHERING_MIN = 75, 9, 20, 12


def stopped(after, seed=3):
    """Ten knots, a stop of twenty minutes, and then another speed; northwards, a report a minute."""
    random = np.random.default_rng(seed)
    v = np.concatenate(
        (np.full(WAY_MIN, 10.0), np.linspace(10.0, 0.3, LOSING_MIN), np.full(STOP_MIN, 0.3),
         np.linspace(0.3, after, GATHERING_MIN), np.full(90, after))
    )  # fmt: skip
    v = np.maximum(v + random.normal(0.0, 0.05, len(v)), 0.0)
    return make_positions(
        len(v),
        t=T0 + np.arange(len(v)) * 60_000,
        mmsi=219000001,
        lat=LANE[0] + np.cumsum(v) / 60.0 * KN_DEG,
        lon=np.full(len(v), LANE[1]),
        sog_kn=v,
        cog_deg=np.zeros(len(v)),
    )


ENDED = T0 + (WAY_MIN + LOSING_MIN + STOP_MIN) * 60_000


def found(after: float) -> list[Finding]:
    sea = Bench([Drag()], load_pack("northern-europe"), places=PlacesTable.shipped(), land=LandMask.shipped())
    return [f for f in sea.run(stopped(after)) if f.kind == "anchor_out"]


@pytest.mark.parametrize("after", [10.0, 9.0, 7.0])
def test_a_ship_that_gathers_way_after_a_stop_has_lost_no_more_than_she_had_before_it(after: float) -> None:
    findings = found(after)
    before = [f.value("log_odds") or 0.0 for f in findings if f.known_from_t < ENDED]
    assert before
    assert max(f.value("log_odds") or 0.0 for f in findings) <= max(before)


@pytest.mark.parametrize("after", [10.0, 7.0])
def test_an_open_finding_tells_of_the_stop_once_with_what_she_lost_over_it(after: float) -> None:
    told = [f for f in found(after) if f.value("after_stop") is not None]
    assert len({f.revision for f in told if f.state == "open"}) == 1
    first = told[0]
    assert (first.value("after_stop") or 0.0) == pytest.approx(after / 10.0 - 1.0, abs=0.03)
    assert (first.value("loss") or 0.0) == pytest.approx(1.0 - after / 10.0, abs=0.03)
    assert first.known_from_t >= ENDED + 25 * 60_000


def test_a_ship_that_is_as_fast_after_a_stop_is_let_go() -> None:
    ends = [f.end_t for f in found(10.0) if f.end_t is not None]
    assert ends and max(ends) < ENDED + 75 * 60_000


def test_the_end_of_a_stop_is_its_last_report_and_a_dip_is_none():
    ship = stopped(10.0)
    slow = np.flatnonzero(ship.sog_kn < 2.0)
    assert stop_ended_s(ship) == ship.t[slow[-1]] / 1000.0
    short = type(ship)(*(np.delete(column, slow[3:-1]) for column in ship))
    short.t[:] = T0 + np.arange(len(short.t)) * 60_000
    assert math.isnan(stop_ended_s(short))
    assert restart_of(short) is None


def test_a_ship_that_had_lost_before_she_stopped_is_held_against_the_speed_before_that():
    ship = stopped(7.5)
    ship.sog_kn[WAY_MIN - 35 : WAY_MIN] *= 0.65
    told = restart_of(ship)
    assert told is not None and told.slower
    assert told.before_kn == pytest.approx(10.0, abs=0.1)


def test_slower_is_slower_beyond_the_error():
    slower, as_fast = restart_of(stopped(8.0)), restart_of(stopped(10.0))
    assert slower is not None and slower.slower
    assert as_fast is not None and not as_fast.slower
