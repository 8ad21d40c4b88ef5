"""What is written in docs/results is what the program finds today, on the real samples."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

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


@pytest.mark.prove
@pytest.mark.parametrize("name", results.PARTS)
def test_everything_is_as_written(name: str, samples: Path) -> None:
    now, before = results.run(samples, name), results.written()[name]
    assert not results.differences(before["content"], now["content"]), "call `python tools/results.py`"
    assert now["digest"] == before["digest"]
