"""What is written in docs/results is what the program finds today, on the real samples."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import shapely

from seawarden.geography.pack import load_pack
from seawarden.model.event import CoverageDeclared
from seawarden.run.replay import replay
from seawarden.settings import DEFAULTS

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import results  # noqa: E402

QUICK = (
    "nmea/helcom_2010-06-11_28s_tagblocks.nmea.gz",
    "nmea/gpsd_ais-nmea.log",
    "nmea/gpsd_sample.aivdm",
    "ais/solent_2016-01-12.csv.gz",
    "ais/incident_days/2024-12-25.jsonl",
)
READ = ("form", "records", "rejected", "notes", "positions", "ships", "ship_days", "duplicates", "refused")
"""What a file holds, whatever is made of it."""


def rows() -> dict[str, dict[str, Any]]:
    files: dict[str, dict[str, Any]] = results.written()["replays"]["content"]["files"]
    return files


def test_no_file_is_forgotten(samples: Path) -> None:
    assert results.files_of(samples) == sorted(rows())


@pytest.mark.ci
@pytest.mark.parametrize("name", QUICK)
def test_what_some_files_hold(name: str, samples: Path) -> None:
    now, before = results.replayed(samples, name), rows()[name]
    assert {key: now.get(key) for key in READ} == {key: before.get(key) for key in READ}


@pytest.mark.ci
def test_silence_is_judged_inside_the_declared_area_alone(samples: Path) -> None:
    """The file ends where it was cut: a box round its positions would call ships silent that only sailed out."""
    path = samples / results.KATTEGAT
    (area,) = results.declared(results.KATTEGAT)
    box = ((10.6, 57.161), (11.842, 57.161), (11.842, 57.579), (10.6, 57.579), (10.6, 57.161))
    found = {}
    for name, ring in (("area", area.polygon), ("box", box)):
        run = replay(
            [path], settings=DEFAULTS, assets=load_pack(), events=[CoverageDeclared(t=0, polygon=ring)],
            keep_positions=False,
        )  # fmt: skip
        found[name] = [f for f in run.recording.findings if f.kind == "silence" and f.revision == 1]
        polygon = shapely.Polygon(ring)
        for finding in found[name]:
            assert shapely.contains_xy(polygon, finding.track[-1].lon, finding.track[-1].lat)
    assert len(found["area"]) <= 2 < len(found["box"])


@pytest.mark.prove
@pytest.mark.parametrize("name", results.PARTS)
def test_everything_is_as_written(name: str, samples: Path) -> None:
    now, before = results.run(samples, name), results.written()[name]
    assert not results.differences(before["content"], now["content"]), "call `python tools/results.py`"
    assert now["digest"] == before["digest"]
