"""The base map is made from TopoJSON and a depth grid: rings are repaired, land and depth come out whole."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import h5py
import numpy as np
import pytest
from shapely.geometry import Point, shape
from shapely.ops import unary_union

from seawarden.geography.land import LandMask
from seawarden.geography.waters import Waters

ROOT = Path(__file__).resolve().parents[2]


def load_builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("basemap", ROOT / "tools/basemap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def topology(rings: list[list[tuple[float, float]]], names: list[str], key: str) -> dict[str, Any]:
    scale = 0.01
    arcs = []
    for ring in rings:
        steps = np.round((np.array(ring) + np.array([180.0, 90.0])) / scale).astype(int)
        arcs.append([steps[0].tolist(), *np.diff(steps, axis=0).tolist()])
    shapes = [{"type": "Polygon", "arcs": [[k]], "properties": {"name": name}} for k, name in enumerate(names)]
    return {
        "type": "Topology",
        "transform": {"scale": [scale, scale], "translate": [-180.0, -90.0]},
        "objects": {key: {"type": "GeometryCollection", "geometries": shapes}},
        "arcs": arcs,
    }


SWEDEN = [(12.0, 56.0), (16.0, 56.0), (16.0, 60.0), (12.0, 60.0), (12.0, 56.0)]
CHUKOTKA = [(170.0, 60.0), (-170.0, 60.0), (-170.0, 65.0), (170.0, 65.0), (170.0, 60.0)]
ANTARCTICA = [(-180.0, -70.0), (-90.0, -75.0), (0.0, -70.0), (90.0, -75.0), (180.0, -70.0)]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder: Path = tmp_path_factory.mktemp("atlas")
    rings = [SWEDEN, CHUKOTKA, ANTARCTICA]
    for name in ("land-10m", "land-50m"):
        (folder / f"{name}.json").write_text(json.dumps(topology(rings, ["", "", ""], "land")))
    (folder / "countries-10m.json").write_text(json.dumps(topology([SWEDEN, CHUKOTKA], ["Sweden", "X"], "countries")))
    with h5py.File(folder / "d.nc", "w") as f:
        f["lat"] = np.linspace(50.0, 66.0, 33)
        f["lon"] = np.linspace(0.0, 30.0, 61)
        f["elevation_m"] = np.full((33, 61), -60, dtype=np.int16)
    out: Path = folder / "built"
    arguments = ["--atlas", str(folder), "--depths", str(folder / "d.nc"), "--out", str(out)]
    assert load_builder().main(arguments) == 0
    return out


def test_rings_across_180_degrees_and_round_a_pole_are_repaired(made):
    features = json.loads((made / "land.json").read_text())["features"]
    land = unary_union([shape(f["geometry"]) for f in features])
    for lon, lat, is_land in (
        (179.0, 62.0, True),
        (-175.0, 62.0, True),
        (0.0, 62.0, False),
        (100.0, 62.0, False),
        (45.0, -85.0, True),
        (45.0, -50.0, False),
        (14.0, 58.0, True),
    ):
        assert land.contains(Point(lon, lat)) is is_land, (lon, lat)
    assert {f["properties"]["detail"] for f in features} == {"region", "world"}


def test_depth_is_drawn_shallow_first(made):
    features = json.loads((made / "depth.json").read_text())["features"]
    limits = [f["properties"]["depth_m"] for f in features]
    assert limits == sorted(limits)
    assert max(limits) == 50
    assert shape(features[-1]["geometry"]).contains(Point(18.0, 58.0))


def test_the_grids_know_land_and_the_nearest_state(made):
    mask = LandMask.load(made / "land.npz")
    assert list(mask.on_land(np.array([58.0, 58.0]), np.array([14.0, 17.0]))) == [1, 0]
    inside = mask.inside_m(np.array([58.0]), np.array([15.95]))
    assert inside[0] == pytest.approx(0.05 * 59_000, abs=600.0)
    waters = Waters.load(made / "land.npz")
    assert waters.waters_at(58.0, 16.2) == ("SE", "territorial sea")
    assert waters.shore(58.0, 17.0).distance_m == pytest.approx(59_000.0, rel=0.05)
    assert waters.shore(58.0, 25.0).state == ""


def test_missing_input_is_a_sentence(tmp_path, capsys):
    assert load_builder().main(["--atlas", str(tmp_path), "--out", str(tmp_path / "o")]) == 1
    assert "./run setup" in capsys.readouterr().err
