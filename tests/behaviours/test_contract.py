"""Every behaviour keeps the contract of `seawarden.checks`."""

from __future__ import annotations

import pytest

from seawarden.checks import CHECKS, FLEET_CHECKS, Bench, check_behaviour, fleet_snapshot, fleet_wakes
from seawarden.model.finding import AreaRef, Change
from seawarden.run.build import behaviours_of, fleet_behaviours_of
from seawarden.settings import DEFAULTS
from seawarden.simulate.scenario import every_kind

BEHAVIOURS = behaviours_of(DEFAULTS)


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda b: b.spec.name)
@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__)
def test_contract(behaviour, check):
    check(behaviour)


ACROSS = [b.spec.name for b in fleet_behaviours_of(DEFAULTS)]


@pytest.mark.parametrize("name", ACROSS)
@pytest.mark.parametrize("check", FLEET_CHECKS, ids=lambda c: c.__name__)
def test_fleet_contract(name, check):
    k = ACROSS.index(name)
    check(lambda: fleet_behaviours_of(DEFAULTS)[k], BEHAVIOURS, lambda: fleet_behaviours_of(DEFAULTS)[:k])


class Counts:
    """Takes every tick for one that it asked for, and remembers them nowhere but in itself."""

    spec = fleet_behaviours_of(DEFAULTS)[0].spec

    def __init__(self):
        self.ticks = 0

    def on_tick(self, t, findings, events, view, around):
        self.ticks += 1
        if self.ticks != 40:
            return []
        area = AreaRef(id="a", lat=57.0, lon=11.0, radius_m=1_000.0)
        return [Change(action="open", kind="counted", slot=-1, asset=-1, area=area, start_t=t, t=t)]

    def next_wake(self):
        return None

    def snapshot(self):
        return b""

    def restore(self, data):
        return None


def test_a_fleet_behaviour_that_counts_its_ticks_or_forgets_is_found_out():
    with pytest.raises(AssertionError, match=r"did not wish|asked for"):
        fleet_wakes(Counts, BEHAVIOURS, tuple)
    with pytest.raises(AssertionError, match="forgets something"):
        fleet_snapshot(Counts, BEHAVIOURS, tuple)


def test_the_simulated_sea_holds_every_kind_a_late_record_a_gap_and_a_retraction():
    sea = every_kind()
    found = Bench(BEHAVIOURS, sea.assets).run(sea.positions, sea.events)
    kinds = {kind for behaviour in BEHAVIOURS for kind in behaviour.spec.kinds}
    assert kinds - {f.kind for f in found} == {"position_on_land"}  # the made sea has no coast
    assert any(f.state == "retracted" for f in found)
    bench = Bench(BEHAVIOURS, sea.assets)
    bench.run(sea.positions, sea.events)
    assert bench.engine.corrected == 1


def test_check_behaviour_fails_one_that_finds_nothing():
    class Blind:
        spec = BEHAVIOURS[0].spec

        def __getattr__(self, name):
            return getattr(BEHAVIOURS[0], name)

        def on_tick(self, tick, view, around, state):
            return []

    with pytest.raises(AssertionError, match="did not find"):
        check_behaviour(Blind())
