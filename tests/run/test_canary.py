"""The canary sings while the chain works, and says why when it does not."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

import seawarden.behaviours.drag.behaviour as drag_behaviour
import seawarden.run.canary as canary_module
from seawarden.behaviours.drag.model import DragModel
from seawarden.geography.pack import load_pack
from seawarden.model.error import SeawardenError
from seawarden.model.position import NO_TIME, take
from seawarden.risk.assess import Assessment
from seawarden.run.build import build
from seawarden.run.memory import MemorySource
from seawarden.run.replay import replay
from seawarden.service.replayed import Replayed
from seawarden.settings import DEFAULTS, Settings
from seawarden.simulate.canary import MMSI
from seawarden.simulate.scenario import every_kind

HOUR = 3_600_000
T0 = 1_735_120_800_000


def canary(settings: Settings = DEFAULTS):
    return build(settings, load_pack()).canary


def changed(section: str, **values) -> Settings:
    return msgspec.structs.replace(
        DEFAULTS, **{section: msgspec.structs.replace(getattr(DEFAULTS, section), **values)}
    )


def test_it_is_found_every_hour_of_event_time():
    bird = canary()
    assert bird.why_not() == ["no simulated drag has passed yet"]
    assert bird.until(NO_TIME) == []
    assert [s.t for s in bird.until(T0 + HOUR // 2)] == [T0]
    assert bird.until(T0 + HOUR - 1) == []
    (sighting,) = bird.until(T0 + HOUR)
    assert sighting.found and sighting.t == T0 + HOUR
    assert sighting.tier in ("look", "challenge")
    assert sighting.minutes is not None and 0 < sighting.minutes < 30
    assert bird.why_not(T0 + 2 * HOUR) == []
    assert "stands still" in bird.why_not(T0 + 5 * HOUR)[0]


def test_the_drag_behaviour_switched_off():
    behaviours = msgspec.structs.replace(
        DEFAULTS.behaviours, drag=msgspec.structs.replace(DEFAULTS.behaviours.drag, enabled=False)
    )
    bird = canary(msgspec.structs.replace(DEFAULTS, behaviours=behaviours))
    bird.until(T0)
    assert "behaviours.drag.enabled" in bird.why_not()[0]


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (
            lambda: (_ for _ in ()).throw(SeawardenError("there is no drag model in this installation")),
            "no drag model",
        ),
        (lambda: DragModel(b"{"), "can't be read"),
        (lambda: DragModel(b'{"format": 5, "features": ["other"]}'), "other features"),
    ],
    ids=["missing", "corrupt", "other features"],
)
def test_a_model_that_cannot_be_used(monkeypatch, break_it, said):
    monkeypatch.setattr(drag_behaviour, "shipped", break_it)
    monkeypatch.setattr(canary_module, "shipped", break_it)
    bird = canary()
    bird.until(T0)
    assert said in bird.why_not()[0]


def test_an_absurd_prior():
    bird = canary(changed("risk", prior_logodds=-20.0))
    bird.until(T0)
    assert "`look` begins at" in bird.why_not()[0]


def test_a_chain_that_breaks_is_told_and_not_raised(monkeypatch):
    def broken(*args: object, **more: object) -> list[Assessment]:
        raise ValueError("a bug")

    monkeypatch.setattr("seawarden.incidents.fleet_stage.assess", broken)
    bird = canary()
    bird.until(T0)
    assert "the chain broke: a bug" in bird.why_not()[0]


def test_a_replay_counts_them_and_no_output_holds_the_canary():
    sea = every_kind()
    one = take(sea.positions, sea.positions.mmsi == sea.positions.mmsi[0])
    recording = replay(
        [],
        settings=DEFAULTS,
        assets=sea.assets,
        more=lambda names: [MemorySource("sea", names, positions=one)],
    ).recording
    summary = recording.summary
    assert summary.canaries == len(np.unique(one.t // (24 * HOUR)))
    assert summary.canaries_missed == 0 and summary.not_watching == ()
    for told in (recording.findings, recording.alerts, recording.risks):
        assert MMSI not in {x.ship.mmsi for x in told}
    assert MMSI not in recording.positions.mmsi


def test_the_status_of_a_run_without_the_model_is_not_watching_and_says_why():
    behaviours = msgspec.structs.replace(
        DEFAULTS.behaviours, drag=msgspec.structs.replace(DEFAULTS.behaviours.drag, enabled=False)
    )
    off = msgspec.structs.replace(DEFAULTS, behaviours=behaviours)
    sea = every_kind()
    one = take(sea.positions, sea.positions.mmsi == sea.positions.mmsi[0])

    def run(settings):
        made = replay(
            [],
            settings=settings,
            assets=sea.assets,
            more=lambda names: [MemorySource("sea", names, positions=one)],
        )
        return Replayed(made.recording, made.room.layer, settings).why_not()

    assert run(DEFAULTS) == []
    assert "behaviours.drag.enabled" in run(off)[0]
