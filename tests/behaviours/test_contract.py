"""Every behaviour keeps the contract of `seawarden.checks`."""

from __future__ import annotations

import pytest

from seawarden.checks import CHECKS, Bench, check_behaviour
from seawarden.run.build import behaviours_of
from seawarden.settings import DEFAULTS
from seawarden.simulate.scenario import every_kind

BEHAVIOURS = behaviours_of(DEFAULTS)


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda b: b.spec.name)
@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__)
def test_contract(behaviour, check):
    check(behaviour)


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
