"""A speed that the way made does not bear out is no plain fact in any view, recorded or live."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import numpy as np
import pytest
from fastapi.testclient import TestClient
from tests.service.one_stage import live_of, stage_of

from seawarden.channels.gate import Gate
from seawarden.engine.ship_stage import ShipStage
from seawarden.engine.view import StageView
from seawarden.geodesy import KNOT_MS
from seawarden.geography.layer import build_layer
from seawarden.model.position import Trust, make_positions
from seawarden.model.rights import Rights
from seawarden.run.replay import replay
from seawarden.service.app import make_app
from seawarden.service.frame import DOUBTED, SPEED_DOUBTED
from seawarden.service.picture import Painter
from seawarden.service.recorded_view import RecordedView
from seawarden.service.replayed import Replayed
from seawarden.service.view import View
from seawarden.settings import DEFAULTS
from seawarden.store.recording import Recording

T0 = 1_735_084_800_000
MIN = 60_000
MMSI = 219_000_001
WRONG, LAST = 12, 20
"""Reports that tell 1.1 kn of a ship that makes 11."""
SAID = np.full(LAST + 1, 11.0, np.float32)
SAID[[WRONG, LAST]] = 1.1
LAT = 57.0 + 11.0 * KNOT_MS * 60.0 * np.arange(LAST + 1) / 111_195.0


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    lines = ["timestamp,mmsi,lat,lon,sog,cog,heading"]
    for k in range(LAST + 1):
        at = datetime.fromtimestamp((T0 + k * MIN) / 1000, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        lines.append(f"{at},{MMSI},{LAT[k]:.6f},11.0,{SAID[k]:.1f},0.0,0")
    path = tmp_path_factory.mktemp("speeds") / "ship.csv"
    path.write_text("\n".join(lines) + "\n")
    return replay([path], settings=DEFAULTS, assets=[]).recording


@pytest.fixture(scope="module")
def watch(recording: Recording) -> Replayed:
    return Replayed(recording, build_layer([]), DEFAULTS, mode="replay")


@pytest.fixture(scope="module")
def stage() -> ShipStage:
    n = LAST + 1
    times = T0 + np.arange(n) * MIN
    p = make_positions(n, t=times, mmsi=MMSI, lat=LAT, lon=11.0, sog_kn=SAID, cog_deg=0.0, seq=np.arange(n))
    return stage_of(p, int(times[-1]) + 1)


def test_a_recorded_and_a_live_watch_show_the_speed_of_the_way_with_its_doubt(
    watch: Replayed, stage: ShipStage, recording: Recording
) -> None:
    for stretch in (
        watch.stretch(MMSI, T0, T0 + LAST * MIN),
        live_of(stage, 10 * MIN).stretch(MMSI, T0, T0 + LAST * MIN),
    ):
        assert stretch.sog_kn.tolist() == pytest.approx([11.0] * (LAST + 1), abs=0.05)
        assert stretch.told_kn.tolist() == pytest.approx(SAID.tolist())
        doubted = np.flatnonzero(stretch.trust & np.uint32(Trust.SPEED_UNPROVEN)).tolist()
        assert doubted == [WRONG, LAST]
    for last in (watch.last(T0 + LAST * MIN), live_of(stage, 10 * MIN).last(T0 + LAST * MIN)):
        assert last.sog_kn.tolist() == pytest.approx([11.0], abs=0.05)
        assert last.told_kn.tolist() == pytest.approx([1.1])
    assert recording.positions.sog_kn[WRONG] == np.float32(1.1), "what was kept is as it came"


def test_what_forecasts_of_a_recording_go_by_is_what_the_engine_went_by(
    recording: Recording, stage: ShipStage
) -> None:
    end = T0 + LAST * MIN + 1
    mine, engines = RecordedView(recording, end), StageView(stage, end)
    assert mine.track(0, T0).sog_kn == pytest.approx(engines.track(0, T0).sog_kn, abs=0.02)
    assert mine.mean_sog(0, T0, end) == pytest.approx(engines.mean_sog(0, T0, end)) == pytest.approx(11.0)


def test_the_api_tells_of_the_doubt_wherever_it_tells_the_speed(watch: Replayed) -> None:
    client, end = TestClient(make_app(watch)), T0 + LAST * MIN
    fleet = client.get(f"/api/ships?at={end}").json()
    assert fleet["sog_kn"] == pytest.approx([11.0], abs=0.05)
    assert (fleet["speed_doubted"], fleet["doubted"]) == ([True], [False]), "her place is as good as any"
    before = client.get(f"/api/ships?at={end - MIN}").json()
    assert (before["speed_doubted"], before["doubted"]) == ([False], [False])
    position = client.get(f"/api/ships/{MMSI}?at={end}").json()["position"]
    assert position["sog_kn"] == pytest.approx(11.0, abs=0.05)
    assert (position["told_sog_kn"], position["doubts"]) == (1.1, ["speed_unproven"])
    assert client.get(f"/api/ships/{MMSI}?at={end - MIN}").json()["position"]["told_sog_kn"] is None
    track = client.get(f"/api/ships/{MMSI}/track?from={T0}&to={end}").json()
    assert track["sog_kn"] == pytest.approx([11.0] * (LAST + 1), abs=0.05)
    assert {k: told for k, told in enumerate(track["told_sog_kn"]) if told is not None} == {WRONG: 1.1, LAST: 1.1}


def test_the_picture_of_the_ships_in_view_marks_it(watch: Replayed) -> None:
    row = Painter(View(watch, Gate((), Rights()))).paint(0.0).rows[0]
    assert int(row["sog"]) == pytest.approx(1_100, abs=5)
    assert row["flags"] & SPEED_DOUBTED and not row["flags"] & DOUBTED


def test_without_a_believed_position_before_it_nothing_is_invented(recording: Recording) -> None:
    trust = recording.positions.trust.copy()
    trust[0] |= np.uint32(Trust.SPEED_UNPROVEN)
    trust[1] |= np.uint32(Trust.JUMP)
    trust[2] |= np.uint32(Trust.SPEED_UNPROVEN)
    made = msgspec.structs.replace(recording, positions=recording.positions._replace(trust=trust))
    shown = RecordedView(made, T0 + 5 * MIN).track(0, T0).sog_kn
    assert np.isnan(shown[0])
    assert shown[2] == pytest.approx(11.0, abs=0.05), "over the jump, from the position before it"
