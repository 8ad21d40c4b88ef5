"""A user's own model of drags in a run: one object for all that looks for them, named wherever the run is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl
import pytest

from seawarden.behaviours.drag.model import DragModel, load, shipped
from seawarden.channels.gate import Gate
from seawarden.cli.program import main
from seawarden.cli.serve_live import live_watch
from seawarden.cli.served import from_sources
from seawarden.engine import snapshot
from seawarden.evaluate.backtest.progress import Folder, Progress
from seawarden.evaluate.backtest.running import Asked, _Walk, run_backtest
from seawarden.model.batch import Catalogue
from seawarden.model.drill import Drill
from seawarden.model.error import SeawardenError, StoreError, UsageError
from seawarden.model.finding import Finding
from seawarden.model.rights import NOBODY
from seawarden.ports import Source
from seawarden.run.build import build
from seawarden.run.charts import NO_CHARTS, Charts, charts_of
from seawarden.run.exercise import Drillmaster
from seawarden.run.live import LiveRun
from seawarden.run.memory import MemorySource
from seawarden.run.replay import ReplayResult, replay
from seawarden.settings import DEFAULTS, Settings
from seawarden.settings_feeds import LiveSettings
from seawarden.simulate.canary import canary_line, canary_ship
from seawarden.simulate.synthetic_day import synthetic_day, table

LINE = canary_line()
UNTIL_T = 1_735_120_800_000
SHIPPED_BYTES = (Path(__file__).parents[2] / "src/seawarden/data/models/drag.json").read_bytes()

Change = Callable[[dict[str, Any]], object]


def written(path: Path, *changes: Change) -> Path:
    """The shipped model under another card, changed."""
    plain = json.loads(SHIPPED_BYTES)
    plain["card"] = {"name": "own waters", "data": {"a": {"ship_days": 12.25}, "b": {"ship_days": 1.0}}}
    for change in changes:
        change(plain)
    path.write_text(json.dumps(plain))
    return path


def deaf(plain: dict[str, Any]) -> None:
    """A model to which nothing looks like an anchor."""
    plain["calibration"] = {part: [-60.0, 0.0] for part in plain["calibration"]}
    plain["beyond"] = {}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def own_file(folder: Path) -> Path:
    return written(folder / "own.json")


@pytest.fixture(scope="module")
def own(own_file: Path) -> DragModel:
    return load(own_file)


@pytest.fixture(scope="module")
def deaf_model(folder: Path) -> DragModel:
    return load(written(folder / "deaf.json", deaf))


@pytest.fixture(scope="module")
def mute(folder: Path) -> DragModel:
    """A file that does not say how well a drag would be seen."""
    return load(written(folder / "mute.json", lambda plain: plain.pop("seen")))


@pytest.fixture(scope="module")
def day(folder: Path) -> str:
    """The canary's way as a file of a ship's positions."""
    p = canary_ship(UNTIL_T)[0]
    rows = {
        "timestamp": pl.Series(p.t).cast(pl.Datetime("ms", "UTC")),
        "mmsi": np.full(len(p.t), 219_000_001),
        "lat": p.lat,
        "lon": p.lon,
        "sog": p.sog_kn.astype(np.float64),
        "cog": p.cog_deg.astype(np.float64),
        "heading": p.heading_deg.astype(np.float64),
    }
    pl.DataFrame(rows).write_parquet(folder / "day.parquet")
    return str(folder / "day.parquet")


def run(charts: Charts = NO_CHARTS) -> ReplayResult:
    def more(catalogue: Catalogue) -> list[Source]:
        positions, static, _ = canary_ship(UNTIL_T)
        return [MemorySource("canary", catalogue, positions=positions, statics=[static])]

    return replay([], settings=DEFAULTS, assets=[LINE], more=more, charts=charts)


def models_of(findings: list[Finding]) -> set[str]:
    """Models that findings of drags say they were told by."""
    told = (one.method for f in findings if f.kind == "anchor_out" for one in f.measured if one.name == "chance")
    return {method.removeprefix("drag model ").split(";")[0] for method in told}


def without(result: ReplayResult, model: DragModel) -> bytes:
    """Findings as they would be by whichever model."""
    return msgspec.json.encode(result.recording.findings).replace(model.hash.encode(), b"")


@pytest.fixture(scope="module")
def plain() -> ReplayResult:
    return run()


def test_findings_and_the_run_name_the_model_in_use(plain: ReplayResult, own_file: Path, own: DragModel) -> None:
    result = run(charts_of((), drag_model=own_file))
    assert models_of(plain.recording.findings) == {shipped().hash}
    assert models_of(result.recording.findings) == {own.hash} != {shipped().hash}
    first, second = plain.recording, result.recording
    assert without(plain, shipped()) == without(result, own), "of the same trees all else is the same"
    assert first.alerts == second.alerts
    named = second.summary.drag_model
    assert named is not None and (named.source, named.hash, named.ship_days) == ("own.json", own.hash, 13.25)
    by_default = first.summary.drag_model
    assert by_default is not None and (by_default.source, by_default.hash) == ("shipped", shipped().hash)


def test_one_model_looks_everywhere(own: DragModel, day: str) -> None:
    charts = Charts(drag=own)
    room = build(DEFAULTS, [LINE], charts=charts)
    assert room.drag is own and room.watched is not None and room.watched._model is own
    assert [b.model for b in room.canary._behaviours if b.spec.name == "drag"] == [own]  # type: ignore[attr-defined]
    live = live_watch([f"playback:{day}"], DEFAULTS, [LINE], events=(), store=None, rights=NOBODY, charts=charts)
    served = from_sources([], DEFAULTS, [LINE], charts=charts)
    assert live.drag_model() is own and served.watch.drag_model() is own
    off = msgspec.structs.replace(
        DEFAULTS,
        behaviours=msgspec.structs.replace(
            DEFAULTS.behaviours, drag=msgspec.structs.replace(DEFAULTS.behaviours.drag, enabled=False)
        ),
    )
    assert from_sources([], off, [LINE], charts=charts).watch.drag_model() is None, "nothing looks for drags"


def test_the_canary_and_drills_are_looked_at_with_it(own: DragModel, deaf_model: DragModel) -> None:
    told = []
    for model in (own, deaf_model):
        room = build(DEFAULTS, [LINE], charts=Charts(drag=model))
        (sighting,) = room.canary.until(UNTIL_T)
        drills = Drillmaster(DEFAULTS, room.around._replace(land=None, places=None), room.drag)
        kp, course = drills.places(LINE.id)[0]
        drill = Drill(
            id="drill-1", t=UNTIL_T, planned_end_t=UNTIL_T + 3_600_000, end_t=UNTIL_T + 3_600_000, asset=LINE.id,
            kp_km=kp, course_deg=course, mmsi=999_000_500, actor="a",
        )  # fmt: skip
        told.append((sighting.found, sighting.why, models_of(drills.work_out(drill).findings)))
    assert told == [(True, "", {own.hash}), (False, "neither screen nor model saw it", set())]


def test_a_backtest_with_another_model_is_another(own: DragModel, tmp_path: Path) -> None:
    frame: pl.DataFrame = table(synthetic_day(2_000, "own drag model", ships=4))
    frame.write_parquet(tmp_path / "day.parquet")
    ask = Asked([tmp_path / "day.parquet"], DEFAULTS, [LINE], planted=0)
    run_backtest(ask, tmp_path / "out")
    with pytest.raises(UsageError, match="with another drag model"):
        run_backtest(ask._replace(charts=Charts(drag=own)), tmp_path / "out")
    theirs = ask._replace(charts=Charts(drag=shipped()))
    assert run_backtest(theirs, tmp_path / "out").drag is shipped(), "named or not, the shipped one is the same"
    mine = ask._replace(charts=Charts(drag=own))
    room = build(DEFAULTS, [LINE], charts=mine.charts)
    walk = _Walk(mine, room, Folder(tmp_path / "walk"), Progress(identity=""))
    assert walk._fresh().drag is own, "planted drags are looked at with it"


def test_a_file_that_does_not_say_how_well_a_drag_is_seen(mute: DragModel, plain: ReplayResult) -> None:
    result = run(Charts(drag=mute))
    assert result.room.watched is None and result.recording.summary.seen is None
    assert without(result, mute) == without(plain, shipped())


def test_a_snapshot_of_another_model(own: DragModel, mute: DragModel, tmp_path: Path) -> None:
    """As with norms and depths, the watch goes on with what it is given now; where nothing counts any more how well
    drags would be seen, the engine is another, and the journal is taken up instead."""
    snapshot.save(build(DEFAULTS, [LINE]).engine, tmp_path / "old")
    snapshot.load(build(DEFAULTS, [LINE], charts=Charts(drag=own)).engine, tmp_path / "old")
    with pytest.raises(StoreError, match="fleet behaviours differ"):
        snapshot.load(build(DEFAULTS, [LINE], charts=Charts(drag=mute)).engine, tmp_path / "old")


def test_a_live_watch_starts_again_with_another_model(
    own: DragModel, mute: DragModel, day: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_copy() -> int:
        raise OSError("this process has threads of others")

    monkeypatch.setattr("seawarden.run.live_snapshot.os.fork", no_copy)
    settings: Settings = msgspec.structs.replace(
        DEFAULTS, live=LiveSettings(step_s=0.02, sync_s=0, snapshot_s=3_600.0, heartbeat_s=60)
    )

    tape = tmp_path / "day.csv"
    pl.read_parquet(day).with_columns(pl.col("timestamp").dt.epoch("ms").alias("t")).drop("timestamp").write_csv(tape)

    def lived(feed: str, charts: Charts) -> tuple[LiveRun, str, set[str]]:
        run = LiveRun([feed], settings, [LINE], store=tmp_path / "store", gate=Gate([LINE]), charts=charts)
        run.start()
        if feed.startswith("playback"):
            run.join()
        told, findings = run.ledger.digest(), [item for item in run.ledger.all() if isinstance(item, Finding)]
        run.stop()
        assert run.state == "stopped" and not run.problems
        return run, told, models_of(findings)

    first, told, models = lived(f"playback:{tape}?speed=1000", NO_CHARTS)
    assert models == {shipped().hash} and first.figures.restored == 0
    for model, expected in ((own, {shipped().hash}), (mute, {shipped().hash, mute.hash})):
        run, again, models = lived("tcp-listen://127.0.0.1:0#name=nobody", Charts(drag=model))
        assert run.room.drag is model and run.room.canary.passed == 1 and not run.room.canary.failed
        # nobody counts what mute can't say: the snapshot is another engine's, and the journal is taken up instead
        assert models == expected and bool(run.figures.restored) is (model is mute)
        assert (again == told) is (model is own)


def test_every_command_takes_it(
    own_file: Path, own: DragModel, day: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = f"drag model: own.json, {own.hash}, learned from 13.2 ship-days of traffic"
    words = ["--drag-model", str(own_file), "--out"]
    assert main(["replay", day, *words, str(tmp_path / "run")]) == 0
    assert line in capsys.readouterr().out
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert summary["drag_model"] == {"source": "own.json", "hash": own.hash, "ship_days": 13.25}
    assert main(["backtest", day, *words, str(tmp_path / "back"), "--planted", "0"]) == 0
    metrics = json.loads((tmp_path / "back" / "metrics.json").read_text())
    assert metrics["drag_model"] == summary["drag_model"]
    assert line in (tmp_path / "back" / "report.html").read_text()
    assert main(["ship", "219000001", "--positions", day, *words, str(tmp_path / "ship")]) == 0
    capsys.readouterr()
    main(["doctor", str(tmp_path / "run"), "--drag-model", str(own_file)])
    told = capsys.readouterr().out
    assert told.count(line) == 2 and "a simulated drag was found" in told
    main(["doctor"])
    assert f"drag model: shipped, {shipped().hash}, learned from" in capsys.readouterr().out


def test_no_command_falls_back_to_the_shipped_one(
    day: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    none = str(tmp_path / "none.json")
    assert main(["doctor", "--drag-model", none]) == 1
    said = capsys.readouterr().out
    assert "there is no such drag model" in said and "simulated drag" not in said
    for words in ([day], [f"playback:{day}"], []):
        assert main(["serve", *words, "--drag-model", none]) == 1
        error = capsys.readouterr().err
        assert error.count("\n") == 1 and "none.json: there is no such drag model" in error


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda plain: plain.update(format=4), "is of format 4, this version reads 5: train it again"),
        (lambda plain: plain.update(features=["x"]), "made for other features: train it again"),
        (lambda plain: plain.pop("lanes"), "it has no 'lanes'"),
        (lambda plain: plain["ship"]["left"].pop(), "its trees are not whole"),
        (lambda plain: plain["rare"]["left"].__setitem__(0, 1 << 20), "its trees point at what is not there"),
        (lambda plain: plain["blind"]["left"].__setitem__(0, 0), "its trees point at what is not there"),
        (lambda plain: plain["blind"]["feature"].__setitem__(0, 10_000), "its trees point at what is not there"),
        (lambda plain: plain["ship"]["value"].__setitem__(0, "much"), "can't be read"),
        (lambda plain: plain["lanes"]["ships"].pop(), "its table of past traffic is not whole"),
        (lambda plain: plain["calibration"].pop("rare"), "can't be used"),
        (lambda plain: plain["beyond"].update({"lane/2": {"begin": "?"}}), "can't be read"),
        (lambda plain: plain["seen"].update(terms=[]), "train the model again"),
        (lambda plain: plain["seen"].update(lines=[]), "can't be used"),
    ],
)
def test_a_damaged_file_is_refused_with_its_name(change: Change, sentence: str, tmp_path: Path) -> None:
    path = written(tmp_path / "bad.json", change)
    with pytest.raises(SeawardenError, match=sentence) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: ")


@pytest.mark.parametrize("card", [None, [], {}, {"data": []}, {"data": {"a": {"ship_days": "many"}}}])
def test_a_card_of_another_shape_hides_the_amount_alone(card: object, tmp_path: Path) -> None:
    path = written(tmp_path / "card.json", lambda plain: plain.update(card=card))
    assert load(path).named.ship_days is None
