"""A wrong speed among right positions brings no finding; who truly stops is found as ever."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from seawarden.checks import Bench
from seawarden.model.position import Positions, take
from seawarden.run.build import behaviours_of
from seawarden.settings import DEFAULTS
from seawarden.simulate.scenario import every_kind

CROSSES, STOPS = 211000001, 211000004
SEA = every_kind()


def ship(mmsi: int) -> Positions:
    return take(SEA.positions, SEA.positions.mmsi == mmsi)


def kinds(p: Positions, *, believing: bool = False) -> Counter[str]:
    made = Bench(behaviours_of(DEFAULTS), SEA.assets)
    if believing:
        for stage in made.engine.stages:
            stage._rules = stage._rules._replace(sudden_kn=60.0)
    found = {f.id: f for f in made.run(p, SEA.events)}
    return Counter(f.kind for f in found.values() if f.state != "retracted")


def wrong(p: Positions, every: int, told_kn: float) -> Positions:
    """Now and then a wrong speed, from half an hour before she is over the cable to half an hour after."""
    over = int(np.argmin(np.abs(p.lon - SEA.assets[0].versions[0].parts[0][0][0])))
    near = np.flatnonzero(np.abs(p.t - p.t[over]) < 30 * 60_000)
    p.sog_kn[near[::every]] = told_kn
    return p


@pytest.mark.parametrize("every", [1, 2, 5, 9])
@pytest.mark.parametrize("told_kn", [0.0, 1.0, 102.2])
def test_wrong_speeds_over_a_cable_bring_nothing(every: int, told_kn: float) -> None:
    assert kinds(wrong(ship(CROSSES), every, told_kn)) == kinds(ship(CROSSES)) == Counter({"crossing": 1})


def test_they_would_if_they_were_believed() -> None:
    found = kinds(wrong(ship(CROSSES), 1, 1.0), believing=True)
    assert found.keys() - {"crossing"}


def test_a_real_stop_is_found_as_before() -> None:
    as_ever = kinds(ship(STOPS), believing=True)
    assert as_ever["stopped_over_asset"] == 1 and kinds(ship(STOPS)) == as_ever
