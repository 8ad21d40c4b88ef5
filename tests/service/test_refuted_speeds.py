"""A speed that only the next report refutes is doubted the same, live, in a recording, and in one read back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from tests.service.one_stage import live_of, stage_of

from seawarden.channels.gate import Gate
from seawarden.channels.run_folder import read_run, write_run
from seawarden.engine.ship_stage import ShipStage
from seawarden.engine.view import StageView
from seawarden.geodesy import KNOT_MS
from seawarden.geography.layer import build_layer
from seawarden.model.position import Positions, Trust, make_positions
from seawarden.run.memory import MemorySource
from seawarden.run.replay import replay
from seawarden.service.app import make_app
from seawarden.service.recorded_view import RecordedView
from seawarden.service.replayed import Replayed
from seawarden.settings import DEFAULTS
from seawarden.store.recording import Recording

T0 = 1_735_084_800_000
STEP = 180_000
MMSI = 219_000_001
N, WRONG = 20, (6, 12)
END = T0 + (N - 1) * STEP


def rough() -> Positions:
    """11 kn; two reports tell 1.1 kn after a leg that looks half as fast as it was, by times cut to minutes."""
    said, lat = np.full(N, 11.0, np.float32), 57.0 + 11.0 * KNOT_MS * 180.0 * np.arange(N) / 111_195.0
    said[list(WRONG)] = 1.1
    lat[list(WRONG)] -= 0.0033
    t = T0 + np.arange(N) * STEP
    return make_positions(
        N, t=t, mmsi=MMSI, lat=lat, lon=11.0, sog_kn=said, cog_deg=0.0, seq=np.arange(N), t_sigma_s=17.3
    )


@pytest.fixture(scope="module")
def recording() -> Recording:
    return replay(
        [], settings=DEFAULTS, assets=[], more=lambda names: [MemorySource("made", names, positions=rough())]
    ).recording


@pytest.fixture(scope="module")
def read_back(recording: Recording, tmp_path_factory: pytest.TempPathFactory) -> Recording:
    folder: Path = tmp_path_factory.mktemp("run")
    write_run(folder, recording, [], Gate([]), positions=True)
    return read_run(folder)[0]


@pytest.fixture(scope="module")
def stage() -> ShipStage:
    return stage_of(rough(), END + 1)


def watch(recording: Recording) -> Replayed:
    return Replayed(recording, build_layer([]), DEFAULTS, mode="replay")


@pytest.mark.parametrize("to", range(N))
def test_the_same_reports_are_doubted_live_and_in_a_recording_at_any_moment(
    recording: Recording, read_back: Recording, stage: ShipStage, to: int
) -> None:
    t = T0 + to * STEP
    lives = live_of(stage, 10 * STEP).stretch(MMSI, T0, t)
    doubted = np.flatnonzero(lives.trust & np.uint32(Trust.SPEED_UNPROVEN)).tolist()
    assert doubted == [k for k in WRONG if k < to], "its next report refutes it, not before"
    seen = StageView(stage, t + 1).track(0, T0)
    assert np.array_equal(seen.trust, lives.trust)
    for kept in (recording, read_back):
        shown = watch(kept).stretch(MMSI, T0, t)
        for name in ("t", "sog_kn", "told_kn", "trust"):
            np.testing.assert_array_equal(getattr(shown, name), getattr(lives, name), err_msg=name)
        mine = RecordedView(kept, t + 1).track(0, T0)
        np.testing.assert_array_equal(mine.sog_kn, seen.sog_kn)
        np.testing.assert_array_equal(mine.trust, seen.trust)


def test_the_api_of_a_recording_tells_what_was_reported_in_its_place(read_back: Recording) -> None:
    client = TestClient(make_app(watch(read_back)))
    track = client.get(f"/api/ships/{MMSI}/track?from={T0}&to={END}").json()
    assert {k: told for k, told in enumerate(track["told_sog_kn"]) if told is not None} == dict.fromkeys(WRONG, 1.1)
    assert [k for k, shown in enumerate(track["sog_kn"]) if shown is None] == list(WRONG)
    assert read_back.positions.sog_kn[WRONG[0]] == np.float32(1.1), "what was kept is as it came"


def test_means_of_a_recording_are_those_of_the_engine(recording: Recording, stage: ShipStage) -> None:
    ours = RecordedView(recording, END + 1).mean_sog(0, T0, END + 1)
    assert ours == pytest.approx(StageView(stage, END + 1).mean_sog(0, T0, END + 1))


def test_a_mark_that_fits_no_row_is_passed_over(recording: Recording, tmp_path: Path) -> None:
    write_run(tmp_path, recording, [], Gate([]), positions=True)
    kept = (tmp_path / "tracks.json").read_text()
    marks = f'"refuting":[[0,{T0 + 7 * STEP}],[0,{T0 + 13 * STEP}]]'
    assert marks in kept
    (tmp_path / "tracks.json").write_text(kept.replace(marks, f'"refuting":[[5,{T0}],[-1,{T0}],[0,{T0 + 1}],[0,9]]'))
    assert not read_run(tmp_path)[0].refutes.any()
