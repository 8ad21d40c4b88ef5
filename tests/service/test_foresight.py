"""A fault that is declared in a finished run changes its alerts, in sight of all, and leaves the rest as it was."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from seawarden.geography.layer import build_layer
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.batch import Catalogue
from seawarden.model.event import FaultDeclared
from seawarden.model.position import make_positions
from seawarden.model.static import StaticReport
from seawarden.ports import FleetView, Source
from seawarden.risk.ahead import SteadyCourse
from seawarden.risk.foreseen import Foreseen
from seawarden.run.memory import MemorySource
from seawarden.run.replay import ReplayResult, replay
from seawarden.service.foresight import Foresight
from seawarden.service.ranker import RecordedRanker
from seawarden.service.recorded_outlook import RecordedOutlook
from seawarden.service.recorded_view import RecordedView
from seawarden.service.replayed import Replayed
from seawarden.settings import DEFAULTS
from seawarden.store.canonical import digest
from seawarden.store.ledger import Ledger

T0 = 1_735_084_800_000
MIN = 60_000
LINE = Asset(
    id="open-link",
    name="Open Link",
    kind="power_cable",
    versions=(AssetVersion(parts=(((11.0, 57.2), (12.0, 57.2)),), sigma_m=((50.0,),)),),
)
SLOW, STEADY = 219_000_001, 219_000_002


def two_ships(catalogue: Catalogue) -> list[Source]:
    """Two ships northward over the line; one loses a third of her speed 2 km before it, as if an anchor dragged."""
    parts = []
    minutes = np.arange(0, 240)
    for mmsi, lon, slows in ((SLOW, 11.4, True), (STEADY, 11.6, False)):
        speed = np.where(slows & (minutes > 120), 8.0, 12.0)
        lat = 56.8 + np.concatenate(([0.0], np.cumsum(speed[:-1]))) / 60.0 / 60.0
        parts.append((mmsi, lon, lat, speed))
    n = len(minutes)
    positions = make_positions(
        2 * n,
        t=np.concatenate([T0 + minutes * MIN + k * 7_000 for k in range(2)]),
        mmsi=np.repeat([p[0] for p in parts], n),
        lat=np.concatenate([p[2] for p in parts]),
        lon=np.repeat([p[1] for p in parts], n),
        sog_kn=np.concatenate([p[3] for p in parts]),
        cog_deg=0.0,
        heading_deg=0.0,
        seq=np.arange(2 * n),
    )
    statics = [
        StaticReport(t=T0, mmsi=mmsi, name=name, ship_type=70, length_m=150.0, breadth_m=24.0)
        for mmsi, name in ((SLOW, "SLOW"), (STEADY, "STEADY"))
    ]
    return [MemorySource("made", catalogue, positions=positions, statics=statics)]


@pytest.fixture(scope="module")
def result() -> ReplayResult:
    return replay([], settings=DEFAULTS, assets=[LINE], more=two_ships)


def foresight_of(result: ReplayResult) -> Foresight:
    return Foresight(result.recording, result.room.layer, DEFAULTS, result.room.around)


def test_without_a_fault_the_same_alerts_come_again(result: ReplayResult) -> None:
    end = result.recording.summary.to_t
    assert end is not None  # after it nothing is due any more in the run itself
    told = foresight_of(result)([], T0 - MIN, end)
    recorded = [alert for alert in result.recording.alerts if alert.known_from_t <= end]
    assert recorded
    assert digest([], told.alerts) == digest([], recorded)


def test_a_fault_raises_the_ship_that_slowed(result: ReplayResult, tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        recording, room = result.recording, result.room
        watch = Replayed(
            recording,
            room.layer,
            DEFAULTS,
            ranker=RecordedRanker(recording, room.layer, DEFAULTS, room.around),
            foresight=foresight_of(result),
            ledger=ledger,
        )
        told_t = T0 + 180 * MIN
        before = {alert.id: alert for alert in watch.alerts(told_t)}
        later = told_t + 10 * MIN
        quiet = max((alert.risk for alert in watch.alerts(later) if alert.ship.mmsi == SLOW), default=0.0)
        fault = watch.declare_fault(
            FaultDeclared(t=told_t, fault_id="", asset_id="open-link", from_t=T0 + 100 * MIN, to_t=told_t)
        )
        first = fault.candidates[0].ship
        assert first is not None and first.mmsi == SLOW
        assert sum(candidate.chance for candidate in fault.candidates) == pytest.approx(1)
        watch.settle(60)
        assert {alert.id: alert for alert in watch.alerts(told_t)} == before  # what was known then stays
        raised = [alert for alert in watch.alerts(later) if alert.ship.mmsi == SLOW and alert.fault_id == fault.id]
        assert raised
        assert max(alert.risk for alert in raised) > quiet
        assert watch.news(0)[1]


def test_the_ships_of_a_fault_are_forecast_as_those_of_an_alert(result: ReplayResult) -> None:
    recording, room = result.recording, result.room
    at = T0 + 180 * MIN
    beyond = msgspec.structs.replace(
        LINE, id="beyond", versions=(AssetVersion(parts=(((11.0, 57.6), (12.0, 57.6)),), sigma_m=((50.0,),)),)
    )
    layer = build_layer([LINE, beyond])
    declared = FaultDeclared(t=at, fault_id="x", asset_id="open-link", from_t=T0 + 100 * MIN, to_t=at)
    outlook = RecordedOutlook(recording, layer, DEFAULTS, room.around)
    fault = RecordedRanker(recording, layer, DEFAULTS, room.around, outlook)(declared, at)
    ranked = [c for c in fault.candidates if c.ship is not None and c.ahead]
    with outlook.ahead(at) as ahead:
        assert isinstance(ahead, Foreseen)
    off = msgspec.structs.replace(DEFAULTS, forecast=msgspec.structs.replace(DEFAULTS.forecast, enabled=False))
    with RecordedOutlook(recording, layer, off, room.around).ahead(at) as plain:
        assert isinstance(plain, SteadyCourse)
    assert all(item.by in {"history", "motion"} for c in ranked for item in c.ahead)
    assert ranked


def test_nothing_later_is_seen_through_the_view(result: ReplayResult) -> None:
    view: FleetView = RecordedView(result.recording, T0 + 60 * MIN)
    slots, last = view.last()
    assert len(slots) == len(view.slots()) == 2
    assert (last.t < T0 + 60 * MIN).all()
    track = view.track(int(slots[0]), T0, T0 + 200 * MIN)
    assert track.t[0] >= T0 and track.t[-1] < T0 + 60 * MIN
    assert view.mean_sog(int(slots[0]), T0, T0 + 30 * MIN) == pytest.approx(12.0)
    assert np.isnan(view.mean_sog(int(slots[0]), T0 - MIN, T0))
    assert len(RecordedView(result.recording, T0).slots()) == 0


def test_an_unknown_asset_is_said_to_be_unknown(result: ReplayResult) -> None:
    recording, room = result.recording, result.room
    rank = RecordedRanker(recording, room.layer, DEFAULTS, room.around)
    fault = rank(FaultDeclared(t=T0, fault_id="x", asset_id="none", from_t=T0), T0)
    assert "no asset" in fault.blind
