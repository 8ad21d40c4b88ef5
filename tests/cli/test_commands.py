"""The commands as a person calls them: exit codes, sentences, files; never a traceback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from seawarden import __version__
from seawarden.cli import program
from seawarden.cli.program import main

HERE = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src")}
HEADER = "mmsi,timestamp,lat,lon,sog,cog\n"


@pytest.fixture(scope="module")
def positions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two ships that cross CG2 in the Kattegat, one northward and one southward."""
    file = tmp_path_factory.mktemp("positions") / "kattegat.csv"
    rows = []
    for minute in range(240):
        stamp = f"2024-12-25T{minute // 60:02d}:{minute % 60:02d}:00Z"
        rows.append(f"219000001,{stamp},{57.0 + minute * 0.0035:.5f},11.6,12.6,0")
        rows.append(f"265000002,{stamp},{57.8 - minute * 0.0025:.5f},11.8,9.0,180")
    file.write_text(HEADER + "\n".join(rows) + "\n")
    return file


@pytest.fixture(scope="module")
def run_folder(positions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run") / "out"
    assert main(["replay", str(positions), "--out", str(out), "--positions"]) == 0
    return out


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    for command in ("demo", "replay", "serve", "assets", "fault", "ledger", "doctor"):
        assert re.search(rf"^  {command}\s", said, re.MULTILINE)


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from seawarden.cli import main; main(['--help'])\n"
        "heavy = {'numpy', 'numba', 'polars', 'pyarrow', 'duckdb', 'fastapi', 'uvicorn', 'rasterio', 'scipy'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=HERE)
    assert done.returncode == 0, done.stderr


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"seawarden {__version__}\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["replay", "x"], "Missing option '--out'"),
        (["replay", "--out", "o"], "Missing argument 'SOURCE...'"),
        (["replay", "x", "--out", "o", "--from", "soon"], "'soon' is not a time: write 2024-12-25T10:28Z"),
        (["replay", "x", "--out", "o", "--from", "2024-01-02", "--to", "2024-01-01"], "--to lies before --from"),
        (["replay", "x", "--out", __file__], "there is a file of that name"),
        (
            ["fault", "add", "--asset", "x", "--from", "2024-01-01", "--kp", "a..b"],
            "not a stretch of kilometre points",
        ),
        (["serve", "--host", "0.0.0.0"], "others may reach the page there, and there are no accounts"),
        (["serve", "--port", "99999"], "less than or equal to 65535"),
        (["ledger", "verify", "x", "--head", "y"], "write it as shard=hash"),
        (["fault", "list", "--url", "ftp://x"], "write it as http://127.0.0.1:8600"),
    ],
)
def test_a_wrong_call_is_told_in_a_sentence(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("seawarden: ") and sentence in said.err
    assert said.err.count("\n") == 1


def test_a_failure_is_told_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "words.txt").write_text("nothing but words\nand more words\n" * 20)
    (tmp_path / "bad.toml").write_text("[time]\ntick_ms = 1\n")
    out = str(tmp_path / "out")
    for words, sentence in [
        (["replay", str(tmp_path / "none.csv"), "--out", out], "there is no such file or folder"),
        (["replay", str(tmp_path / "words.txt"), "--out", out], "words.txt"),
        (["replay", "x", "--out", out, "--settings", str(tmp_path / "bad.toml")], "expected `int` >= 1000"),
        (["replay", __file__, "--out", out, "--assets", "atlantis"], "neither a file nor a pack"),
        (["ledger", "verify", str(tmp_path / "none")], "there is no ledger here"),
        (["fault", "list", "--out", str(tmp_path)], "there is no run here"),
        (["fault", "list", "--url", "http://127.0.0.1:9"], "no watch answers there"),
    ]:
        assert main(words) == 1, words
        said = capsys.readouterr()
        assert said.err.startswith("seawarden: ") and sentence in said.err, said.err
        assert said.err.count("\n") == 1


def test_an_unexpected_error_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("seawarden.cli.watched.check_sources", lambda _: 1 / 0)
    assert main(["replay", "x", "--out", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "unexpected: ZeroDivisionError" in said and "--debug" in said
    with pytest.raises(ZeroDivisionError):
        main(["--debug", "replay", "x", "--out", str(tmp_path)])


def test_interrupted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def stop(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("seawarden.cli.watched.check_sources", stop)
    assert main(["replay", "x", "--out", str(tmp_path)]) == program.INTERRUPTED
    assert capsys.readouterr().err == "seawarden: interrupted\n"


def test_replay_writes_its_files_and_the_summary_alone(
    positions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(positions), "--out", str(tmp_path / "out"), "--json"]) == 0
    said = capsys.readouterr()
    summary = json.loads(said.out)
    assert summary == json.loads((tmp_path / "out" / "summary.json").read_text())
    assert (summary["records"], summary["positions"], summary["ships"]) == (480, 480, 2)
    assert summary["findings"]["crossing"] >= 2
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names >= {
        "findings.jsonl",
        "alerts.jsonl",
        "faults.jsonl",
        "risk.parquet",
        "rejects.jsonl",
        "summary.json",
    }
    findings = [json.loads(line) for line in (tmp_path / "out" / "findings.jsonl").read_text().splitlines()]
    assert {finding["settings_hash"] for finding in findings} == {summary["settings_hash"]}


def test_two_replays_are_equal_and_time_limits_count(
    positions: Path, run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    first = json.loads((run_folder / "summary.json").read_text())
    late = ["--from", "2024-12-25T02:00", "--to", "2024-12-25T03:00"]
    assert main(["replay", str(positions), "--out", str(tmp_path / "b"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["digest"] == first["digest"]
    assert main(["replay", str(positions), "--out", str(tmp_path / "c"), "--json", *late]) == 0
    assert json.loads(capsys.readouterr().out)["positions"] == 120


def test_coverage_is_read_or_explained(positions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ring = [[10.0, 55.0], [13.0, 55.0], [13.0, 58.0], [10.0, 58.0], [10.0, 55.0]]
    file = tmp_path / "coverage.geojson"
    call = ["replay", str(positions), "--out", str(tmp_path / "out"), "--json", "--coverage", str(file)]
    file.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    assert main(call) == 0
    assert not any("no coverage" in sentence for sentence in json.loads(capsys.readouterr().out)["cannot_see"])
    for text in (
        "{}",
        "[1]",
        '{"type": "Point", "coordinates": [1, 2]}',
        '{"type":"FeatureCollection","features":[]}',
    ):
        file.write_text(text)
        assert main(call) == 2
        assert "polygon" in capsys.readouterr().err


def test_a_fault_in_a_run(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    call = ["fault", "add", "--asset", "CG2", "--from", "2024-12-25T00:30", "--to", "2024-12-25T03:30"]
    call += ["--out", str(run_folder), "--actor", "anna"]
    assert main([*call, "--json"]) == 0
    fault = json.loads(capsys.readouterr().out)
    assert {219000001, 265000002} & {c["ship"]["mmsi"] for c in fault["candidates"] if c.get("ship")}
    assert sum(candidate["chance"] for candidate in fault["candidates"]) == pytest.approx(1)
    assert main(["fault", "list", "--out", str(run_folder)]) == 0
    assert fault["id"] in capsys.readouterr().out
    assert main(call) == 0
    assert "A rank is no accusation" in capsys.readouterr().out
    assert main(["ledger", "verify", str(run_folder)]) == 0
    assert "The ledger is whole." in capsys.readouterr().out
    assert main(["fault", "add", "--asset", "Atlantis", "--from", "2024-12-25", "--out", str(run_folder)]) == 1
    assert "there is no asset `Atlantis`" in capsys.readouterr().err
    assert main([*call, "--kp", "900..901"]) == 2
    assert "beyond the end" in capsys.readouterr().err


def test_a_fault_from_positions_alone(positions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["fault", "add", "--asset", "cg2", "--from", "2024-12-25T00:30", "--positions", str(positions)]
    assert main(call) == 2
    assert "--positions needs --out" in capsys.readouterr().err
    assert main([*call, "--out", str(tmp_path / "fault"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["asset"]["id"] == "cg2"
    assert (tmp_path / "fault" / "ledger.sqlite").is_file()
    assert (tmp_path / "fault" / "faults.jsonl").read_text().count("\n") == 1


def test_a_changed_ledger_fails(run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import sqlite3

    from seawarden.store.ledger import Ledger

    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.append("action", {"x": 1}, t=1)
    with sqlite3.connect(tmp_path / "ledger.sqlite") as db:
        db.executescript("DROP TRIGGER no_update; UPDATE entries SET actor = 'eve'")
    assert main(["ledger", "verify", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert "main 1: its content was changed after it was written" in said.out
    assert "not as it was written: 1 flaws" in said.err


def test_assets_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assets", "list"]) == 0
    assert "cg2" in capsys.readouterr().out
    assert main(["assets", "list", "--json"]) == 0
    assert {asset["id"] for asset in json.loads(capsys.readouterr().out)} >= {"cg2", "estlink-2"}


def test_the_doctor_explains(
    positions: Path, run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    far = tmp_path / "far.csv"
    far.write_text(HEADER + "".join(f"219000001,2024-12-25T00:{m:02d}:00Z,-33.9,18.4,9,10\n" for m in range(20)))

    def checks(*words: str) -> list[dict[str, Any]]:
        main(["doctor", "--json", *words])
        return list(json.loads(capsys.readouterr().out))

    assert any("480 positions of 2 ships" in check["what"] for check in checks(str(positions)))
    assert any("a run of 2 ships" in check["what"] for check in checks(str(run_folder)))
    away = [check for check in checks(str(far)) if check["state"] == "missing"]
    assert any("no position lies in the waters of the assets" in check["what"] for check in away)
    assert all(check["do"] for check in away)
    assert any("no source of positions was named" in check["what"] for check in checks())
    assert any(check["state"] == "missing" for check in checks(str(tmp_path / "none.csv")))
    assert main(["doctor", str(tmp_path / "none.csv")]) == 1
    assert "the arrows say what to do" in capsys.readouterr().err


@pytest.fixture
def server(run_folder: Path) -> Iterator[str]:
    """A watch over the run, on a free port of this machine."""
    from seawarden.cli.served import from_folder
    from seawarden.service.app import make_app
    from seawarden.service.host import listen
    from seawarden.settings import DEFAULTS

    listener = listen("127.0.0.1", 0)
    watched = uvicorn.Server(uvicorn.Config(make_app(from_folder(run_folder, DEFAULTS).watch), log_level="error"))
    thread = threading.Thread(target=watched.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    watched.should_exit = True
    thread.join()
    listener.close()


def test_a_fault_through_a_running_watch(server: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    call = ["fault", "add", "--asset", "kattegat 2b", "--from", "2024-12-25T00:30", "--url", server]
    assert main([*call, "--json"]) == 0
    fault = json.loads(capsys.readouterr().out)
    assert fault["asset"]["id"] == "kattegat-2b" and fault["candidates"]
    assert main(["fault", "list", "--url", server]) == 0
    assert fault["id"] in capsys.readouterr().out
    assert main(["fault", "add", "--asset", "Atlantis", "--from", "2024-12-25", "--url", server]) == 1
    assert "there is no asset `Atlantis`" in capsys.readouterr().err


def test_a_taken_port_is_a_sentence(server: str, run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", str(run_folder), "--port", server.rpartition(":")[2]]) == 1
    assert "can't listen there" in capsys.readouterr().err


def test_routes_are_imported_checked_and_watched(
    positions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = {"type": "LineString", "coordinates": [[11.0, 57.3], [12.0, 57.3]]}
    good = {"type": "Feature", "properties": {"name": "Our Line"}, "geometry": line}
    bad = {"type": "Feature", "properties": {"name": "Point"}, "geometry": {"type": "LineString", "coordinates": []}}
    routes, pack = tmp_path / "routes.geojson", tmp_path / "pack.json"
    routes.write_text(json.dumps({"type": "FeatureCollection", "features": [good]}))
    call = ["assets", "import", str(routes), "--out", str(pack), "--kind", "power_cable", "--sigma", "30"]
    assert main([*call, "--visibility", "owner"]) == 0
    said = capsys.readouterr()
    assert "1 assets written" in said.out
    assert main(["assets", "list", str(pack)]) == 0
    assert "Our Line" not in capsys.readouterr().out
    assert main(["assets", "list", str(pack), "--rights", "owner"]) == 0
    assert "Our Line" in capsys.readouterr().out
    assert main(["assets", "check", str(pack)]) == 0
    for rights, findings in ((["--rights", "owner"], 2), ([], 0)):
        out = tmp_path / f"out{findings}"
        assert main(["replay", str(positions), "--assets", str(pack), "--out", str(out), *rights]) == 0
        summary = json.loads((out / "summary.json").read_text())
        assert summary["findings"].get("crossing", 0) == findings
        assert ("our-line" in "".join(path.read_text() for path in out.glob("*.json*"))) == bool(findings)
    assert main(["replay", str(positions), "--assets", str(routes), "--out", str(tmp_path / "direct")]) == 0
    routes.write_text(json.dumps({"type": "FeatureCollection", "features": [good, bad]}))
    capsys.readouterr()
    assert main(["assets", "check", str(routes)]) == 1
    assert "must be mended by hand" in capsys.readouterr().err
    routes.write_text(json.dumps({"type": "FeatureCollection", "features": []}))
    assert main(["assets", "import", str(routes), "--out", str(tmp_path / "none.json")]) == 1
    assert not (tmp_path / "none.json").exists()


def test_what_a_replay_writes_fits_the_published_schemas(run_folder: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    from seawarden.channels.schemas import schema

    for name, file in (("finding", "findings.jsonl"), ("alert", "alerts.jsonl"), ("fault", "faults.jsonl")):
        validator = jsonschema.Draft202012Validator(schema(name))
        for line in (run_folder / file).read_text().splitlines():
            validator.validate(json.loads(line))
    jsonschema.validate(json.loads((run_folder / "summary.json").read_text()), schema("summary"))
