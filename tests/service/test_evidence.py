"""Evidence packs: all that was seen and done in one zip, and every change of it found."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from seawarden.channels.gate import Gate
from seawarden.channels.run_ledger import append_run
from seawarden.model.asset import Asset
from seawarden.model.error import StoreError
from seawarden.model.rights import Rights
from seawarden.service.app import make_app
from seawarden.service.replayed import Replayed
from seawarden.store.evidence import check, packed
from seawarden.store.ledger import Ledger
from seawarden.store.recording import Recording

MIN = 60_000


@pytest.fixture
def ledger(tmp_path: Path, recorded: Callable[..., Recording], public_asset: Asset, secret_asset: Asset) -> Ledger:
    held = Ledger(tmp_path / "ledger.sqlite")
    run = recorded([public_asset, secret_asset])
    append_run(held, run, run.summary, Gate([public_asset, secret_asset], Rights(frozenset({"navy"}))))
    return held


@pytest.fixture
def watch(make_watch: Callable[..., Replayed], public_asset: Asset, secret_asset: Asset, ledger: Ledger) -> Replayed:
    return make_watch([public_asset, secret_asset], ledger)


@pytest.fixture
def client(watch: Replayed) -> TestClient:
    return TestClient(make_app(watch), raise_server_exceptions=False)


def made(client: TestClient, kind: str, subject: str, **body: Any) -> tuple[bytes, str]:
    answer = client.post(f"/api/{kind}/{subject}/evidence", json={"actor": "Ada"} | body)
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["content-disposition"]
    return answer.content, answer.headers["x-seawarden-fingerprint"]


def opened(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


@pytest.fixture
def pack(client: TestClient, tmp_path: Path) -> Path:
    alert = client.get("/api/alerts").json()["alerts"][0]
    t = alert["updated_t"] + MIN
    client.post(f"/api/alerts/{alert['id']}/ack", json={"actor": "Ada", "t": t})
    client.post(f"/api/alerts/{alert['id']}/comment", json={"actor": "Ben", "text": "called on 16", "t": t + MIN})
    data, _ = made(client, "alerts", alert["id"], text="for the desk")
    path = tmp_path / "pack.zip"
    path.write_bytes(data)
    return path


def test_it_holds_what_was_seen_known_said_and_done(pack: Path, ledger: Ledger) -> None:
    files = opened(pack.read_bytes())
    assert set(files) == {
        "acts.json", "alert.json", "checklist.json", "findings.json", "heads.json", "ledger.jsonl", "manifest.json",
        "messages.json", "summary.html", "track.csv", "track.geojson",
    }  # fmt: skip
    manifest = json.loads(files["manifest.json"])
    assert manifest["subject"] == "alert-0" and manifest["made_by"] == "Ada" and manifest["version"]
    assert [act["actor"] for act in json.loads(files["acts.json"])] == ["Ada", "Ben"]
    assert len(json.loads(files["alert.json"])["revisions"]) == 2
    assert [f["id"] for f in json.loads(files["findings.json"])] == ["crossing-0"]
    rows = files["track.csv"].decode().splitlines()
    assert rows[0].startswith("mmsi,time,t_ms,lat") and rows[1].startswith("219000001,2024-12-25T00:00:00Z")
    page = files["summary.html"].decode()
    assert "called on 16" in page and "accuses nobody" in page and "<script" not in page
    verdict = check(pack, ledger)
    assert verdict.whole and verdict.in_ledger and verdict.entries >= 4
    acts = [e.content() for e in ledger.entries("action") if e.content()["action"] == "evidence"]
    assert [(a["actor"], a["detail"]["fingerprint"]) for a in acts] == [("Ada", verdict.fingerprint)]


def test_the_same_files_and_facts_make_the_same_bytes() -> None:
    files, facts = {"b": b"2", "a": b"1"}, {"subject": "x", "at": 1}
    assert packed(files, facts) == packed(dict(reversed(files.items())), facts)
    assert packed(files, facts)[1] != packed(files, facts | {"at": 2})[1]


def test_nothing_hidden_is_in_it(pack: Path) -> None:
    for name, data in opened(pack.read_bytes()).items():
        assert b"Quiet Thread" not in data and b"quiet-thread" not in data, name


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("track.csv", lambda d: d.replace(b"14.4", b"4.4", 1), "track.csv is not as it was packed"),
        ("acts.json", lambda d: None, "acts.json is missing"),
        ("ledger.jsonl", lambda d: d.replace(b'"actor": "Ben"', b'"actor": "Eve"', 1), "its seal does not fit"),
        ("extra.txt", lambda d: b"new", "extra.txt is not in the manifest"),
    ],
)
def test_every_change_is_found(pack: Path, tmp_path: Path, name: str, change: Any, said: str) -> None:
    folder = tmp_path / "unpacked"
    folder.mkdir()
    for held, data in opened(pack.read_bytes()).items():
        (folder / held).write_bytes(data)
    assert check(folder).whole, "the unpacked folder is as good as the zip"
    target = folder / name
    new = change(target.read_bytes() if target.exists() else b"")
    if new is None:
        target.unlink()
    else:
        target.write_bytes(new)
    assert any(said in flaw for flaw in check(folder).flaws)


def test_a_ledger_that_does_not_know_it_is_told(pack: Path, tmp_path: Path) -> None:
    with Ledger(tmp_path / "other.sqlite") as other:
        verdict = check(pack, other)
    assert verdict.in_ledger is False and any("knows of no pack" in flaw for flaw in verdict.flaws)


def test_a_forged_manifest_is_found_by_the_ledger(pack: Path, tmp_path: Path, ledger: Ledger) -> None:
    files = opened(pack.read_bytes())
    manifest = json.loads(files["manifest.json"])
    files["manifest.json"] = json.dumps(manifest | {"made_by": "Eve"}).encode()
    forged = tmp_path / "forged.zip"
    with zipfile.ZipFile(forged, "w") as out:
        for name, data in files.items():
            out.writestr(name, data)
    assert check(forged).whole, "by itself it can't be told"
    assert not check(forged, ledger).whole


@pytest.mark.parametrize("data", [b"", b"PK no zip", b"\x00" * 100])
def test_what_is_no_pack_is_told(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    with pytest.raises(StoreError, match="can't be read as an evidence pack"):
        check(path)


def test_a_fault_has_one_too(client: TestClient, tmp_path: Path, ledger: Ledger) -> None:
    data, fingerprint = made(client, "faults", "fault-0")
    files = opened(data)
    assert json.loads(files["fault.json"])["id"] == "fault-0" and "not a verdict" in files["summary.html"].decode()
    path = tmp_path / "fault.zip"
    path.write_bytes(data)
    verdict = check(path, ledger)
    assert verdict.whole and verdict.fingerprint == fingerprint


def test_what_is_not_there_is_told(client: TestClient) -> None:
    assert client.post("/api/alerts/none/evidence", json={}).status_code == 404
    assert client.post("/api/alerts/alert-1/evidence", json={}).status_code == 404, "hidden is as good as none"
    early = client.post("/api/alerts/alert-0/evidence", json={"t": 1})
    assert early.status_code == 422 and "nothing was known" in early.json()["detail"]
