"""`seawarden evidence`: what it says of packs, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seawarden.cli.program import DONE, FAILED, main
from seawarden.store.evidence import packed


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    path = tmp_path / "pack.zip"
    path.write_bytes(packed({"track.csv": b"t\n1\n", "ledger.jsonl": b""}, {"subject": "alert-1"})[0])
    return path


def test_a_whole_pack(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evidence", "verify", str(pack)]) == DONE
    assert "The pack is whole." in capsys.readouterr().out
    assert main(["evidence", "verify", str(pack), "--json"]) == DONE
    told = json.loads(capsys.readouterr().out)
    assert told["subject"] == "alert-1" and told["files"] == 2 and told["in_ledger"] is None


def test_a_pack_that_no_ledger_knows(pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from seawarden.store.ledger import Ledger

    Ledger(tmp_path / "ledger.sqlite").close()
    assert main(["evidence", "verify", str(pack), "--ledger", str(tmp_path)]) == FAILED
    assert "knows of no pack" in capsys.readouterr().out


def test_no_server(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evidence", "pack", "alert-1", "--url", "http://127.0.0.1:9"]) == FAILED
    assert "no watch answers there" in capsys.readouterr().err
