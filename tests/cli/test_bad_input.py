"""Bad input through the commands: one sentence, the right exit code, no traceback, nothing lost without a count."""

from __future__ import annotations

import errno
import gzip
import io
import json
import os
import resource
import signal
import sqlite3
import struct
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyogrio
import pytest
import shapely
from scipy.io import netcdf_file

from seawarden.cli.program import main

HEADER = "mmsi,timestamp,lat,lon,sog,cog\n"
BOX = [[10.0, 155.0], [12.0, 155.0], [12.0, 157.0], [10.0, 155.0]]
LINE: dict[str, object] = {"type": "LineString", "coordinates": [[11.0, 57.3], [12.0, 57.3]]}


def rows(count: int = 60, mmsi: int = 219_000_001) -> str:
    stamps = (f"2024-12-25T{minute // 60:02d}:{minute % 60:02d}:00Z" for minute in range(count))
    return "".join(f"{mmsi},{t},{57.0 + k * 0.0035:.5f},11.6,12.6,0\n" for k, t in enumerate(stamps))


GOOD = (HEADER + rows()).encode()


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def layer(*shapes: Mapping[str, object], **more: object) -> bytes:
    features = [{"type": "Feature", "properties": {"name": f"L{k}"}, "geometry": s} for k, s in enumerate(shapes)]
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


class Refused(NamedTuple):
    """A file that a command refuses."""

    kind: str
    name: str
    content: bytes | None
    """None: the file is not there; empty bytes and no dot in the name: a folder."""
    sentence: str
    code: int = 1


SOURCES = [
    Refused("missing", "none.csv", None, "there is no such file or folder"),
    Refused("folder of nothing", "folder", b"", "holds no file"),
    Refused("empty", "a.csv", b"", "a.csv"),
    Refused("empty", "a.nmea", b"\n\n\n", "a.nmea"),
    Refused("header only", "a.csv", HEADER.encode(), "a.csv"),
    Refused("header only", "a.csv.gz", gzip.compress(HEADER.encode()), "a.csv.gz"),
    Refused("truncated", "a.csv.gz", gzip.compress(GOOD)[:12], "a.csv.gz"),
    Refused("truncated", "a.zip", zipped(**{"a.csv": GOOD})[:-40], "the zip is damaged"),
    Refused("not what its name says", "a.csv.gz", GOOD[:3] * 40, "a.csv.gz"),
    Refused("not what its name says", "a.parquet", b"PAR1" + GOOD, "a.parquet"),
    Refused("binary", "a.bin", struct.pack("<200d", *range(200)), "binary data"),
    Refused("binary", "a.csv", b"\x89PNG\r\n\x1a\n" + bytes(400), "a.csv"),
    Refused("another document", "a.pdf", b"%PDF-1.7\n%....\n", "a PDF document"),
    Refused("another document", "a.html", b"<!DOCTYPE html><title>404</title>", "an XML or HTML page"),
    Refused("another document", "a.sqlite", b"SQLite format 3\x00" + bytes(200), "an SQLite database"),
    Refused("wrong columns", "a.csv", b"name,price\nbread,2\n", "a.csv"),
    Refused("wrong columns", "a.csv", b"mmsi,timestamp,speed\n219000001,2024-12-25T00:00:00Z,5\n", "lat or lon"),
    Refused("untimed", "a.csv", b"mmsi,lat,lon\n219000001,57,11\n", "no usable time"),
    Refused("untimed", "a.nmea", b"!AIVDM,1,1,,A,13@:`L0P000,0*00\n" * 3, "a.nmea"),
    Refused("ambiguous time", "a.csv", b"mmsi,time,lat,lon\n219000001,01/02/2024 10:00,57,11\n", "day from month"),
    Refused("all rows bad", "a.csv", (HEADER + "x,y,z,a,b,c\n" * 9).encode(), "a.csv"),
    Refused("all rows bad", "a.csv", (HEADER + "219000001,2024-12-25T00:00:00Z,99,999,1,1\n").encode(), "position"),
    Refused("wrong encoding", "a.csv", GOOD.decode().encode("utf-16"), "UTF-16"),
    Refused("a map, not positions", "a.geojson", layer(LINE), "a map layer"),
    Refused("prose", "a.txt", b"Dear sirs\nplease find attached\n", "text that begins"),
]

ASSETS = [
    Refused("missing", "none.geojson", None, "neither a file nor a pack"),
    Refused("empty", "a.geojson", b"", "a.geojson"),
    Refused("binary", "a.geojson", bytes(range(256)), "a.geojson"),
    Refused("broken JSON", "a.geojson", layer(LINE)[:-9], "a.geojson"),
    Refused("no features", "a.geojson", layer(), "a.geojson"),
    Refused("points, not lines", "a.geojson", layer({"type": "Point", "coordinates": [11, 57]}), "a.geojson"),
    Refused("zero length", "a.geojson", layer({"type": "LineString", "coordinates": [[11, 57], [11, 57]]}), "length"),
    Refused("swapped axes", "a.geojson", layer({"type": "LineString", "coordinates": [[57, 170], [58, 171]]}), "L0"),
    Refused("off the earth", "a.geojson", layer({"type": "LineString", "coordinates": [[400, 57], [12, 57]]}), "L0"),
    Refused("broken pack", "a.json", b'{"format":"seawarden-pack","version":1,"assets":[{"id":1}]}', "a.json"),
    Refused("wrong columns", "a.csv", b"name,price\nbread,2\n", "a.csv"),
]

SETTINGS = [
    Refused("missing", "none.toml", None, "none.toml"),
    Refused("not TOML", "a.toml", b"[time\ntick_ms = 1", "a.toml"),
    Refused("binary", "a.toml", b"\xff\xfe\x00\x01", "a.toml"),
    Refused("unknown setting", "a.toml", b"[time]\nticks = 10\n", "ticks"),
    Refused("out of limits", "a.toml", b"[time]\ntick_ms = 1\n", "1000"),
    Refused("wrong type", "a.toml", b'[time]\ntick_ms = "ten"\n', "int"),
]

COVERAGE = [
    Refused("missing", "none.geojson", None, "can't be read", 2),
    Refused("no polygon", "a.geojson", layer(LINE), "polygon", 2),
    Refused("broken JSON", "a.geojson", b'{"type":', "polygon", 2),
    Refused("a ring of nothing", "a.geojson", layer({"type": "Polygon", "coordinates": [[]]}), "polygon", 2),
    Refused("off the earth", "a.geojson", layer({"type": "Polygon", "coordinates": [BOX]}), "polygon", 2),
]


def grid(lat: list[float], lon: list[float], up: float) -> bytes:
    """A NetCDF of heights, all alike."""
    out = io.BytesIO()
    with netcdf_file(out, "w") as file:
        for name, nodes in (("lat", lat), ("lon", lon)):
            file.createDimension(name, len(nodes))
            file.createVariable(name, "d", (name,))[:] = nodes
        file.createVariable("elevation", "d", ("lat", "lon"))[:] = up
        file.flush()
        return out.getvalue()


DEPTHS = [
    Refused("missing", "none.nc", None, "no such file of depths"),
    Refused("binary", "a.nc", bytes(range(256)), "neither NetCDF nor GeoTIFF"),
    Refused("truncated", "a.nc", grid([57.0, 57.5], [11.0, 12.0], -40.0)[:60], "can't be read as a grid of depths"),
    Refused("truncated", "a.tif", b"II*\x00" + bytes(60), "can't be read as a grid of depths"),
    Refused("swapped axes", "a.nc", grid([111.0, 112.0], [57.0, 57.5], -40.0), "lies outside of it"),
    Refused("elsewhere", "a.nc", grid([-9.0, -8.0], [11.0, 12.0], -40.0), "lies outside of it"),
    Refused("land alone", "a.nc", grid([57.0, 57.5], [11.0, 12.0], 40.0), "land alone"),
]

MODELS = [
    Refused("missing", "none.json", None, "none.json: there is no such drag model"),
    Refused("folder", "model", b"", "model: there is no such drag model"),
    Refused("empty", "a.json", b"", "a.json: the drag model can't be read"),
    Refused("binary", "a.json", bytes(range(256)), "a.json: the drag model can't be read"),
    Refused("truncated", "a.json", b'{"format":5,"features":["loss"', "a.json: the drag model can't be read"),
    Refused("another document", "a.json", layer(LINE), "a.json: the drag model can't be read"),
    Refused("another document", "a.json", b"[1, 2]", "a.json: the drag model can't be read"),
    Refused("an older format", "a.json", b'{"format":4,"features":[]}', "this version reads 5: train it again"),
]

CALLS: dict[str, tuple[list[Refused], Callable[[str, str], list[str]]]] = {
    "source": (SOURCES, lambda bad, good: ["replay", bad]),
    "assets": (ASSETS, lambda bad, good: ["replay", good, "--assets", bad]),
    "settings": (SETTINGS, lambda bad, good: ["replay", good, "--settings", bad]),
    "depths": (DEPTHS, lambda bad, good: ["replay", good, "--depths", bad]),
    "backtest": (DEPTHS, lambda bad, good: ["backtest", good, "--depths", bad]),
    "drag model": (MODELS, lambda bad, good: ["replay", good, "--drag-model", bad]),
    "drag model of a backtest": (MODELS, lambda bad, good: ["backtest", good, "--drag-model", bad]),
    "coverage": (COVERAGE, lambda bad, good: ["replay", good, "--coverage", bad]),
}
CASES = [(call, case) for call, (cases, _) in CALLS.items() for case in cases]


def one_sentence(said: str) -> str:
    """Assert that standard error holds a sentence of the program, and nothing of its insides."""
    assert said.startswith("seawarden: ") and said.count("\n") == 1, said
    assert not any(word in said for word in ("Traceback", "unexpected:", 'File "', "Exception")), said
    return said


@pytest.mark.parametrize(("call", "case"), CASES, ids=[f"{call}-{k}-{c.kind}" for k, (call, c) in enumerate(CASES)])
def test_a_bad_file_is_refused_in_a_sentence(
    call: str, case: Refused, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / case.name
    good.write_bytes(GOOD)
    if case.content == b"" and "." not in case.name:
        bad.mkdir()
    elif case.content is not None:
        bad.write_bytes(case.content)
    out = tmp_path / "out"
    assert main([*CALLS[call][1](str(bad), str(good)), "--out", str(out)]) == case.code
    said = capsys.readouterr()
    assert said.out == ""
    assert case.sentence in one_sentence(said.err)
    assert not out.exists(), "a refused run leaves nothing behind"


def test_a_map_of_metres_in_no_named_system(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "metres.shp"
    good.write_bytes(GOOD)
    wkb = np.array([shapely.to_wkb(shapely.linestrings([(620_000, 6_320_000), (650_000, 6_330_000)]))], dtype=object)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.raw.write(bad, wkb, [], [], driver="ESRI Shapefile", crs=None, geometry_type="LineString")
    for words in (["replay", str(good), "--assets", str(bad), "--out", str(tmp_path / "out")],
                  ["assets", "import", str(bad), "--out", str(tmp_path / "pack.json")],
                  ["assets", "check", str(bad)]):  # fmt: skip
        assert main(words) == 1
        assert "--crs" in one_sentence(capsys.readouterr().err)
    assert main(["assets", "import", str(bad), "--crs", "EPSG:9", "--out", str(tmp_path / "pack.json")]) == 1
    assert "'EPSG:9' is unknown" in one_sentence(capsys.readouterr().err)


def test_the_gallery_is_large_enough() -> None:
    assert len(CASES) >= 40
    assert len({(call, case.kind) for call, case in CASES}) >= 12


# -- files that hold some good and some bad: taken, counted, each reject with its place --


@pytest.mark.parametrize(
    ("name", "content", "rejected", "positions"),
    [
        ("latitude.csv", GOOD + b"219000001,2024-12-25T01:00:00Z,95,11.6,1,1\n", 1, 60),
        ("words.csv", GOOD + b"219000001,2024-12-25T01:00:00Z,north,11.6,1,1\n" * 3, 3, 60),
        ("mmsi.csv", GOOD + b"0,2024-12-25T01:00:00Z,57,11.6,1,1\n", 1, 60),
        ("clock.csv", GOOD + b"219000001,2038-01-19T03:14:07Z,57,11.6,1,1\n", 1, 60),
        ("time.csv", GOOD + b"219000001,noon,57,11.6,1,1\n", 1, 60),
        ("cut.csv.gz", gzip.compress((HEADER + rows(600)).encode(), 1)[:-200], 1, -1),
    ],
)
def test_what_is_rejected_is_counted_once_and_told(
    name: str, content: bytes, rejected: int, positions: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    assert main(["replay", str(tmp_path / name), "--out", str(tmp_path / "out"), "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    told = [json.loads(line) for line in (tmp_path / "out" / "rejects.jsonl").read_text().splitlines()]
    assert sum(summary["rejected"].values()) == rejected == len(told)
    assert Counter(reject["reason"] for reject in told) == summary["rejected"]
    assert summary["records"] == summary["positions"] + rejected
    assert positions < 0 or summary["positions"] == positions
    assert all(reject["file"] == name and reject["line"] > 0 for reject in told)


def test_one_bad_file_in_a_folder_does_not_stop_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    (folder / "good.csv").write_bytes(GOOD)
    (folder / "bad.csv").write_bytes(b"name,price\nbread,2\n")
    assert main(["replay", str(folder), "--out", str(tmp_path / "out"), "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["positions"] == 60 and summary["rejected"] == {"file": 1}
    assert "bad.csv" in (tmp_path / "out" / "rejects.jsonl").read_text()


# -- places that can't be written --


@contextmanager
def files_at_most(size: int) -> Iterator[None]:
    """No file may grow beyond `size` bytes, as on a disk that is full: the kernel refuses the write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@pytest.fixture
def source(tmp_path: Path) -> str:
    path = tmp_path / "good.csv"
    path.write_bytes(GOOD + rows(60, 265_000_002).encode())
    return str(path)


@pytest.mark.parametrize("size", [0, 100, 3_000])
def test_no_room_for_a_file(size: int, source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    with files_at_most(size):
        assert main(["replay", source, "--out", str(out), "--positions"]) == 1
    assert "can't be" in one_sentence(capsys.readouterr().err)
    assert not list(out.rglob("*.part")), "half a file stays behind"
    assert not (out / "summary.json").exists(), "a run that was not written whole has no summary"


def test_a_full_disk(
    source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("seawarden.store.files.os.fsync", full)
    assert main(["replay", source, "--out", str(tmp_path / "out")]) == 1
    assert "No space left on device" in one_sentence(capsys.readouterr().err)
    assert not [path for path in (tmp_path / "out").iterdir() if path.suffix != ".sqlite"]


@pytest.mark.parametrize("place", ["/proc/seawarden", "/dev/null/out"])
def test_a_place_that_can_not_be_written(place: str, source: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", source, "--out", place]) == 1
    assert "can't be written" in one_sentence(capsys.readouterr().err)


def test_the_folder_s_name_is_a_file(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", source, "--out", source]) == 2
    assert "there is a file of that name" in one_sentence(capsys.readouterr().err)


def test_a_folder_with_a_broken_ledger(source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "ledger.sqlite").write_bytes(b"SQLite format 3\x00" + bytes(3_000))
    assert main(["replay", source, "--out", str(out)]) == 1
    assert "ledger" in one_sentence(capsys.readouterr().err)
    assert main(["ledger", "verify", str(out)]) == 1
    assert "ledger" in one_sentence(capsys.readouterr().err)


def test_a_database_that_is_no_ledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(tmp_path / "other.sqlite") as db:
        db.execute("CREATE TABLE entries (a, b)")
    assert main(["ledger", "verify", str(tmp_path / "other.sqlite")]) == 1
    assert "ledger" in one_sentence(capsys.readouterr().err)


@pytest.mark.parametrize("name", ["findings.jsonl", "alerts.jsonl", "risk.parquet", "tracks.json", "assets.json"])
def test_a_run_with_a_broken_part(name: str, source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["replay", source, "--out", str(out), "--positions"]) == 0
    (out / name).write_bytes(b'{"half":')
    capsys.readouterr()
    assert main(["fault", "list", "--out", str(out)]) == 1
    assert name in one_sentence(capsys.readouterr().err)
