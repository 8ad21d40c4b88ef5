"""A live fleet over one ship stage that a test has filled."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from seawarden.engine.ship_stage import ShipStage
from seawarden.geography.layer import build_layer
from seawarden.model.batch import Catalogue
from seawarden.model.position import NO_TIME, Positions
from seawarden.ports import Surroundings
from seawarden.run.live import LiveRun
from seawarden.service.live_fleet import LiveFleet
from seawarden.settings import DEFAULTS
from seawarden.surroundings.coverage import CoverageBook
from seawarden.tracks.statics import StaticBook


def stage_of(positions: Positions, until_t: int) -> ShipStage:
    """A stage without behaviours that has seen all of these."""
    around = Surroundings(assets=build_layer([]), depth=None, places=None, coverage=CoverageBook(), waters=None)
    made = ShipStage(DEFAULTS, [], around, Catalogue(), StaticBook(), ("", ""))
    made.advance(positions, until_t)
    made.seen = made.count
    return made


def live_of(stage: ShipStage, max_age_ms: int) -> LiveFleet:
    """The fleet that a page is shown of it."""
    held = SimpleNamespace(memory=lambda: SimpleNamespace(held=SimpleNamespace(t=np.empty(0))))
    engine = SimpleNamespace(stages=[stage], order=held, horizon=NO_TIME)
    run: Any = SimpleNamespace(
        settings=DEFAULTS, lock=threading.RLock(), room=SimpleNamespace(engine=engine), clock=SimpleNamespace(speed=1)
    )
    return LiveFleet(cast(LiveRun, run), max_age_ms)
