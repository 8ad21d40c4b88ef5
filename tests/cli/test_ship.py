"""A ship's dossier by its command: what it tells, and what it keeps back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seawarden.cli.program import main
from seawarden.cli.ship_text import _plain

HEADER = "mmsi,timestamp,lat,lon,sog,cog,name,imo,callsign,length,width\n"


@pytest.fixture(scope="module")
def positions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ship that crosses CG2, falls silent and is renamed; one that begins where she ends; one with her IMO."""
    rows = []
    for minute in range(240):
        stamp = f"2024-12-25T{minute // 60:02d}:{minute % 60:02d}:00Z"
        lat = 57.0 + minute * 0.0035
        name = "LOTUS" if minute < 100 else "<b>MARI|GOLD"
        if not 60 <= minute < 100 and minute < 200:
            rows.append(
                f"219000001,{stamp},{lat:.5f},11.6,12.6,0,{name},9297137,OXLQ2,{87 if minute < 150 else 229},13"
            )
        if minute >= 202:
            rows.append(f"217000002,{stamp},{lat:.5f},11.6,12.6,0,,,,,")
        rows.append(f"265000003,{stamp},{57.8 - minute * 0.0025:.5f},11.8,9.0,180,OTHER,9297137,SABC,120,20")
    file = tmp_path_factory.mktemp("positions") / "kattegat.csv"
    file.write_text(HEADER + "\n".join(rows) + "\n")
    return file


def told(positions: Path, out: Path, *more: str, mmsi: str = "219000001") -> dict[str, Any]:
    assert main(["ship", mmsi, "--positions", str(positions), "--out", str(out), *more]) == 0
    found: dict[str, Any] = json.loads((out / "dossier.json").read_text())
    return found


def test_a_dossier_tells_what_was_received(positions: Path, tmp_path: Path) -> None:
    made = told(positions, tmp_path)
    assert (made["number"]["kind"], made["number"]["flag"]) == ("ship", "Denmark")
    assert [s["value"] for s in made["identity"] if s["field"] == "name"] == ["LOTUS", "<b>MARI|GOLD"]
    assert [(s["value"], s.get("valid", True)) for s in made["identity"] if s["field"] == "imo"] == [
        ("9297137", True)
    ]
    assert [c["field"] for c in made["changes"] if c["jump"]] == ["length_m"]
    assert [(o["mmsi"], o["flag"], o["like"]) for o in made["other_numbers"]] == [
        (265000003, "Sweden", "imo 9297137")
    ]
    assert [(s["before"], s["after"]) for s in made["swaps"]] == [(219000001, 217000002)]
    assert len(made["segments"]) == 1
    assert made["segments"][0]["positions"] == made["positions"] == 160
    assert [gap["minutes"] for gap in made["gaps"]] == [41.0]
    assert {finding["asset"]["name"] for finding in made["findings"] if finding["kind"] == "crossing"} == {
        "CG2",
        "Kattegat 2B",
    }
    assert {stay["kind"] for stay in made["zones"]} >= {"waters"}
    text = (tmp_path / "dossier.md").read_text()
    for word in ("LOTUS", "Denmark", "9297137", "CG2", "## Gaps", "went from 87 m to 229 m", "&lt;b>MARI\\|GOLD"):
        assert word in text
    assert "<b>" not in text


def test_a_number_that_no_country_gave_out(positions: Path, tmp_path: Path) -> None:
    made = told(positions, tmp_path, mmsi="217000002")
    assert not made["number"]["valid"]
    assert "MID 217" in made["notes"][0]
    assert [(s["before"], s["after"]) for s in made["swaps"]] == [(219000001, 217000002)]


def test_the_same_twice_byte_by_byte(positions: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        told(positions, tmp_path / name)
    for file in ("dossier.json", "dossier.md"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_what_is_restricted_stays_inside(positions: Path, tmp_path: Path) -> None:
    route = {
        "type": "Feature",
        "properties": {"name": "Hidden Line", "kind": "power-cable", "id": "hidden-line"},
        "geometry": {"type": "LineString", "coordinates": [[11.2, 57.3], [12.0, 57.3]]},
    }
    file = tmp_path / "hidden.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [route]}))
    pack = tmp_path / "hidden.json"
    assert main(["assets", "import", str(file), "--out", str(pack), "--visibility", "owner"]) == 0
    shown = told(positions, tmp_path / "with", "--assets", str(pack), "--rights", "owner")
    assert any("Hidden Line" in json.dumps(finding) for finding in shown["findings"])
    told(positions, tmp_path / "without", "--assets", str(pack))
    for name in ("dossier.json", "dossier.md"):
        assert "idden" not in (tmp_path / "without" / name).read_text()


def test_wrong_calls_end_in_a_sentence(positions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["ship", "244000009", "--positions", str(positions), "--out", str(tmp_path / "out")]
    assert main(call) == 1
    assert "no usable position of MMSI 244000009" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert main([*call, "--from", "2024-12-26", "--to", "2024-12-25"]) == 2
    assert main(["ship", "0", "--positions", str(positions), "--out", str(tmp_path)]) == 2
    assert main(["ship", "244000009", "--positions", str(tmp_path / "none.csv"), "--out", str(tmp_path)]) == 1
    assert "there is no such file" in capsys.readouterr().err
    assert main(["ship", "244000009", "--positions", str(positions), "--out", str(positions)]) == 2


def test_words_of_ships_are_words() -> None:
    assert _plain("a|b <i> [x](y) *z* `q` _u_\nv") == "a\\|b &lt;i> \\[x](y) \\*z\\* \\`q\\` \\_u\\_ v"


def test_json_on_request(positions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ship", "219000001", "--positions", str(positions), "--out", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["mmsi"] == 219000001
