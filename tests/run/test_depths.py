"""A user's depths in a run: what a finding says of the bottom, live and replayed alike, and what the run names."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import msgspec
import numpy as np
import polars as pl
import pytest

from seawarden.channels.gate import Gate
from seawarden.channels.run_folder import write_run
from seawarden.cli.program import main
from seawarden.cli.serve_live import live_watch
from seawarden.cli.served import from_folder, from_sources
from seawarden.evaluate.backtest.running import Asked, run_backtest
from seawarden.geography.depth import DepthGrid
from seawarden.model.batch import Catalogue
from seawarden.model.error import UsageError
from seawarden.model.finding import Finding
from seawarden.model.rights import NOBODY
from seawarden.ports import Source
from seawarden.run.build import build
from seawarden.run.charts import NO_CHARTS, Charts, box_around, charts_of
from seawarden.run.exercise import Drillmaster
from seawarden.run.memory import MemorySource
from seawarden.run.replay import ReplayResult, replay
from seawarden.service.watch import Watch
from seawarden.settings import DEFAULTS
from seawarden.simulate.canary import canary_line, canary_ship
from seawarden.simulate.synthetic_day import synthetic_day, table

LINE = canary_line()
UNTIL_T = 1_735_120_800_000
SHIPPED = DepthGrid.shipped()


def depths(path: Path, up: float, *, east: float = 19.0) -> Path:
    """A grid of one height around the canary's way."""
    lat, lon = np.arange(55.0, 56.51, 0.05), np.arange(16.5, east, 0.05)
    with h5py.File(path, "w") as file:
        file["lat"], file["lon"], file["elevation"] = lat, lon, np.full((len(lat), len(lon)), up)
    return path


def charts(path: Path) -> Charts:
    return charts_of((), depths=path, assets=[LINE])


def run(charts: Charts = NO_CHARTS) -> ReplayResult:
    def more(catalogue: Catalogue) -> list[Source]:
        positions, static, _ = canary_ship(UNTIL_T)
        return [MemorySource("canary", catalogue, positions=positions, statics=[static])]

    return replay([], settings=DEFAULTS, assets=[LINE], more=more, charts=charts)


def bottoms(result: ReplayResult) -> list[tuple[Finding, float, float, float]]:
    """Of each revision of the drag: depth, its sigma, and the chance that the anchor reaches the bottom."""
    told = []
    for finding in result.recording.findings:
        if finding.kind == "anchor_out" and finding.value("depth") is not None:
            named = {one.name: one for one in finding.measured}
            depth, reached = named["depth"], named["on_bottom"]
            assert depth.value is not None and depth.sigma is not None and reached.value is not None
            told.append((finding, depth.value, depth.sigma, reached.value))
    return told


@pytest.fixture(scope="module")
def plain() -> ReplayResult:
    return run()


def test_a_user_s_depths_move_what_a_drag_says_of_the_bottom(plain: ReplayResult, tmp_path: Path) -> None:
    before = bottoms(plain)
    shoal, deep = (run(charts(depths(tmp_path / f"{up}.nc", -up))) for up in (30.0, 240.0))
    assert before and {(depth, sigma) for _, depth, sigma, _ in bottoms(shoal)} == {(30.0, 12.0)}
    assert {(depth, sigma) for _, depth, sigma, _ in bottoms(deep)} == {(240.0, 12.0)}
    assert {sigma for _, _, sigma, _ in before} == {20.0}
    assert max(reached for *_, reached in bottoms(deep)) < 0.2 < 0.8 < min(reached for *_, reached in bottoms(shoal))
    named = [[one.source for one in r.recording.summary.depths] for r in (plain, shoal)]
    assert named == [[SHIPPED.source], ["30.0.nc", SHIPPED.source]]
    assert shoal.recording.summary.depths[0].hash != deep.recording.summary.depths[0].hash
    assert shoal.recording.summary.digest != deep.recording.summary.digest


def test_where_the_user_s_grid_ends_the_shipped_one_answers(plain: ReplayResult, tmp_path: Path) -> None:
    """The grid ends west of where she drags."""
    result = run(charts(depths(tmp_path / "west.nc", -30.0, east=17.2)))
    assert [told[1:] for told in bottoms(result)] == [told[1:] for told in bottoms(plain)]
    assert result.recording.summary.digest == plain.recording.summary.digest
    depth, sigma = result.room.around.depth.depth_m(np.array([55.75, 55.75]), np.array([17.0, 18.0]))
    assert (depth[0], *sigma) == pytest.approx((30.0, 12.0, 20.0))


def test_on_land_of_the_user_s_grid_no_depth_is_known(plain: ReplayResult, tmp_path: Path) -> None:
    """Water only where she does not drag: nothing is weighed, and no height is told as a depth."""
    path = depths(tmp_path / "land.nc", 25.0)
    with h5py.File(path, "a") as file:
        file["elevation"][:, :3] = -30.0
    result = run(charts(path))
    assert not bottoms(result)
    assert any(f.kind == "anchor_out" for f in result.recording.findings)
    room = build(DEFAULTS, [LINE], charts=charts(path))
    drills = Drillmaster(DEFAULTS, room.around)
    assert drills._cost(55.75, 17.5, 90.0) is None, "no exercise sails over land"


def test_a_backtest_of_other_depths_is_another(tmp_path: Path) -> None:
    day: pl.DataFrame = table(synthetic_day(2_000, "depths", ships=4))
    day.write_parquet(tmp_path / "day.parquet")
    ask = Asked([tmp_path / "day.parquet"], DEFAULTS, [LINE], planted=0)
    run_backtest(ask, tmp_path / "out")
    with pytest.raises(UsageError, match="other sources, settings or assets"):
        run_backtest(ask._replace(charts=charts(depths(tmp_path / "d.nc", -30.0))), tmp_path / "out")


def test_every_command_takes_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    positions = canary_ship(UNTIL_T)[0]
    day = pl.DataFrame(
        {
            "timestamp": pl.Series(positions.t).cast(pl.Datetime("ms", "UTC")),
            "mmsi": np.full(len(positions.t), 219_000_001),
            "lat": positions.lat,
            "lon": positions.lon,
            "sog": positions.sog_kn.astype(np.float64),
            "cog": positions.cog_deg.astype(np.float64),
            "heading": positions.heading_deg.astype(np.float64),
        }
    )
    day.write_parquet(tmp_path / "day.parquet")
    own = str(depths(tmp_path / "own.nc", -30.0))
    words = [str(tmp_path / "day.parquet"), "--depths", own, "--out"]
    assert main(["replay", *words, str(tmp_path / "run")]) == 0
    assert f"depths: own.nc, sigma 12 m; elsewhere {SHIPPED.source}, 20 m" in capsys.readouterr().out
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert [one["source"] for one in summary["depths"]] == ["own.nc", SHIPPED.source]
    assert main(["backtest", *words, str(tmp_path / "back"), "--planted", "0"]) == 0
    metrics = json.loads((tmp_path / "back" / "metrics.json").read_text())
    assert metrics["depths"] == summary["depths"]
    assert "Depths of own.nc first, sigma 12 m" in (tmp_path / "back" / "report.html").read_text()
    assert main(["ship", "219000001", "--positions", words[0], "--depths", own, "--out", str(tmp_path / "ship")]) == 0
    capsys.readouterr()
    main(["doctor", str(tmp_path / "run"), "--depths", own])
    told = capsys.readouterr().out
    assert f"depths: own.nc, sigma 12 m; elsewhere {SHIPPED.source}, sigma 20 m; known at 100%" in told
    assert f"depths of own.nc, elsewhere of {SHIPPED.source}" in told
    assert main(["doctor", "--depths", str(tmp_path / "none.nc")]) == 1
    assert "there is no such file of depths" in capsys.readouterr().out
    assert main(["serve", words[0], "--depths", str(tmp_path / "none.nc")]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "none.nc: there is no such file of depths" in said


def test_a_live_watch_and_a_served_run_know_the_same(tmp_path: Path) -> None:
    p = canary_ship(UNTIL_T)[0]
    day = pl.DataFrame({"timestamp": p.t, "mmsi": [219_000_001] * len(p.t), "lat": p.lat, "lon": p.lon})
    file = str(tmp_path / "day.csv")
    day.write_csv(file)
    own = charts(depths(tmp_path / "own.nc", -30.0))
    live = live_watch([f"playback:{file}"], DEFAULTS, [LINE], events=(), store=None, rights=NOBODY, charts=own)
    served = [from_sources([file], DEFAULTS, [LINE], charts=own), from_sources([], DEFAULTS, [LINE], charts=own)]
    write_run(tmp_path / "run", run(own).recording, [], Gate([LINE], NOBODY), positions=True)
    served.append(from_folder(tmp_path / "run", DEFAULTS, charts=own))
    watches: list[Watch] = [live, *(one.watch for one in served)]
    for watch in watches:
        depth, sigma = watch.depth(np.array([55.75, 56.9]), np.array([17.5, 17.5]))
        assert (depth[0], *sigma) == pytest.approx((30.0, 12.0, 20.0))


def test_the_box_around_the_assets() -> None:
    assert box_around([]) is None
    south, west, north, east = box_around([LINE]) or (0.0, 0.0, 0.0, 0.0)
    (x, y), (_, top) = LINE.current.parts[0]
    assert south < y < top < north and west < x < east
    version = msgspec.structs.replace(LINE.current, parts=(((20.0, 60.0), (21.0, 60.1)),))
    far = msgspec.structs.replace(LINE, versions=(version,))
    assert box_around([LINE, far]) == (south, west, 62.0, 22.0)
