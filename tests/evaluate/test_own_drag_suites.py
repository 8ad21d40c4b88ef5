"""A user's own drag model in the suites: one object in every run of a suite that takes it, refused by the others."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import seawarden.run.build as building
import seawarden.run.replay as replaying
from seawarden.behaviours.drag.model import DragModel, shipped
from seawarden.cli.program import main
from seawarden.evaluate import thresholds
from seawarden.evaluate.lead import Watched, watched
from seawarden.evaluate.patterns import run_patterns
from seawarden.evaluate.suites import METRICS, REPORT, SUITES, WATCH
from seawarden.settings import DEFAULTS
from seawarden.settings_load import load_settings

LAT, LON = 57.4, 11.2
T0 = 1_764_000_000
MODEL = Path(__file__).parents[2] / "src/seawarden/data/models/drag.json"
TAKE = sorted(name for name, suite in SUITES.items() if "drag-model" in suite.takes)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty-two ships that cross a cable, and a model of the shipped one's trees under another card."""
    made = tmp_path_factory.mktemp("own")
    line = {"type": "LineString", "coordinates": [[LON, LAT - 0.4], [LON, LAT + 0.4]]}
    cable = {"type": "Feature", "properties": {"name": "Test Cable"}, "geometry": line}
    (made / "cable.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [cable]}))
    ring = [[LON, LAT], [LON + 0.1, LAT], [LON + 0.1, LAT + 0.1], [LON, LAT]]
    polygon = {"type": "Polygon", "coordinates": [ring]}
    area = {"type": "Feature", "properties": {"kind": "anchorage"}, "geometry": polygon}
    (made / "area.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [area]}))
    n = 150
    ships = [
        pl.DataFrame(
            {
                "mmsi": np.full(n, 219_000_001 + k),
                "timestamp": T0 + k * 2 + np.arange(n) * 60,
                "lat": np.full(n, LAT + 0.02 * (k - 11)),
                "lon": LON - 0.4 + np.arange(n) * 0.005,
                "sog": np.full(n, 9.7),
                "cog": np.full(n, 90.0),
            }
        )
        for k in range(22)
    ]
    pl.concat(ships).sort("timestamp").write_csv(made / "day.csv")
    plain: dict[str, Any] = json.loads(MODEL.read_bytes())
    plain["card"] = {"data": {"own": {"ship_days": 12.5}}}
    (made / "own.json").write_text(json.dumps(plain))
    return made


def run(folder: Path, suite: str, out: Path, model: str = "") -> dict[str, Any]:
    words = ["evaluate", "--suite", suite, "--positions", str(folder / "day.csv"), "--out", str(out)]
    own = ["--drag-model", str(folder / model)] if model else []
    assert main([*words, "--assets", str(folder / "cable.geojson"), *own]) == 0
    made: dict[str, Any] = json.loads((out / METRICS).read_text())
    return made


def test_thresholds_are_of_the_model_that_is_given(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted: list[set[str]] = []

    def noted(*args: Any) -> Watched:
        made = watched(*args)
        told = (
            one.method for f in made.findings if f.kind == "anchor_out" for one in f.measured if one.name == "chance"
        )
        planted.append({method.removeprefix("drag model ").split(";")[0] for method in told})
        return made

    monkeypatch.setattr(thresholds, "watched", noted)
    by_shipped, own = (run(folder, "thresholds", tmp_path / f"by{m}", m) for m in ("", "own.json"))
    named = own.pop("drag_model")
    assert by_shipped.pop("drag_model")["hash"] == shipped().hash != named["hash"]
    assert (named["source"], named["ship_days"]) == ("own.json", 12.5)
    assert own == by_shipped, "of the same trees all else is the same"
    assert own["early"]["drags"] == 22
    assert planted == [{shipped().hash}, {named["hash"]}], "planted drags are looked at with it"
    file = tmp_path / "byown.json" / "thresholds.toml"
    assert f"# drag model: own.json, {named['hash']}, learned from 12.5 ship-days" in file.read_text()
    assert load_settings(file, {}).alerts == DEFAULTS.alerts, "of days too few for a proposal nothing is taken over"


@pytest.mark.parametrize("suite", TAKE)
def test_one_model_looks_in_every_run_of_a_suite(
    suite: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[DragModel | None] = []
    behaviours_of = building.behaviours_of

    def noted(settings: Any, drag: DragModel | None = None) -> Iterable[Any]:
        looked.append(drag)
        return behaviours_of(settings, drag)

    monkeypatch.setattr(building, "behaviours_of", noted)
    monkeypatch.setitem(run_patterns.__kwdefaults__ or {}, "count", 1)
    monkeypatch.setattr(replaying, "load_kernels", lambda settings: None)  # builds over nothing, to warm up
    metrics = run(folder, suite, tmp_path, "own.json")
    assert looked and len({id(model) for model in looked}) == 1
    (model,) = {model.hash for model in looked if model is not None}
    assert metrics["drag_model"]["hash"] == model
    assert model in (tmp_path / REPORT).read_text()


def test_figures_of_the_shipped_model_are_written_as_ever(folder: Path, tmp_path: Path) -> None:
    assert "drag_model" not in run(folder, "quiet", tmp_path)


def test_suites_that_run_the_watch_take_what_it_runs_with() -> None:
    assert TAKE == ["lead", "patterns", "quiet", "slowdowns", "thresholds"]
    assert all(set(WATCH) <= set(SUITES[name].takes) for name in TAKE)


@pytest.mark.parametrize(
    ("suite", "options", "sentence"),
    [
        ("forecast", {"train": "day.csv", "test": "day.csv", "drag-model": "own.json"}, "looks for no drags; of use"),
        ("replays", {"drag-model": "own.json"}, "it measures the shipped model; of use to slowdowns, thresholds, "),
        ("drags", {"positions": "day.csv", "drag-model": "own.json"}, "it trains models of its own"),
        ("attribution", {"positions": "day.csv", "zones": "area.geojson"}, "takes no --zones; of use to slowdowns"),
        ("identity", {"truth": "day.csv", "coverage": "area.geojson"}, "takes no --coverage; of use to slowdowns"),
        ("blindness", {"positions": "day.csv", "key": "word"}, "takes no --key; of use to integrity, patterns"),
        ("lead", {"positions": "day.csv", "truth": "day.csv"}, "takes no --truth; of use to identity"),
    ],
)
def test_what_a_suite_does_not_use_is_refused(
    suite: str, options: dict[str, str], sentence: str, folder: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    words = [word for name, value in options.items() for word in (f"--{name}", str(folder / value))]
    assert main(["evaluate", "--suite", suite, "--out", str(tmp_path / "out"), *words]) == 2
    error = capsys.readouterr().err
    assert f"the suite {suite} takes no --{list(options)[-1]}" in error and sentence in error
    assert not (tmp_path / "out").exists()
