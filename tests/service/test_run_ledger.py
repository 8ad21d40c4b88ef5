"""A run in the ledger: whole, in order, tied together, shown to nobody without the right, and not twice."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from seawarden.channels.gate import Gate
from seawarden.channels.jsonl import line_digest
from seawarden.channels.run_folder import read_run, released, write_run
from seawarden.channels.run_ledger import FLEET, LEDGER, FindingBlock, FindingEntry, RunEntry, append_run, entry_of
from seawarden.cli.program import main
from seawarden.model.alert import Alert
from seawarden.model.asset import Asset
from seawarden.model.error import StoreError
from seawarden.model.event import OperatorAction
from seawarden.model.fault import Fault
from seawarden.model.rights import Rights
from seawarden.store.entry import MERGE_SHARD
from seawarden.store.ledger import Ledger
from seawarden.store.recording import Recording
from seawarden.store.verify import verify

T = TypeVar("T")
Recorded = Callable[[Sequence[Asset]], Recording]


def contents(folder: Path, stream: str, kind: type[T]) -> list[T]:
    with Ledger(folder / LEDGER, read_only=True) as ledger:
        return ledger.contents(stream, kind)


def found(folder: Path) -> list[FindingEntry]:
    return [entry for block in contents(folder, "findings", FindingBlock) for entry in block.findings]


def files(folder: Path) -> list[str]:
    """Names of the files, less what SQLite keeps beside a database that is open."""
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(("-shm", "-wal")))


def test_all_revisions_are_in_the_ledger_and_it_verifies(
    tmp_path: Path, recorded: Recorded, public_asset: Asset, capsys: pytest.CaptureFixture[str]
) -> None:
    run = recorded([public_asset])
    summary = write_run(tmp_path, run, [], Gate([public_asset]))
    assert contents(tmp_path, "alert", Alert) == run.alerts
    assert contents(tmp_path, "ranking", Fault) == run.faults
    assert found(tmp_path) == [entry_of(f, line_digest(f)) for f in run.findings]
    assert contents(tmp_path, "run", RunEntry)[0].digest == summary.digest
    lines = (tmp_path / "findings.jsonl").read_bytes().splitlines()
    assert [entry.digest for entry in found(tmp_path)] == [hashlib.sha256(line).hexdigest() for line in lines]
    with Ledger(tmp_path / LEDGER, read_only=True) as ledger:
        assert verify(ledger).whole and verify(ledger).checkpoints == 1
        assert set(ledger.heads()) == {FLEET, "ships-0", MERGE_SHARD}
        fleet = list(ledger.entries(shard=FLEET))
        assert [entry.sequence for entry in fleet] == list(range(1, len(fleet) + 1))
        times = [entry.t for entry in fleet if entry.stream != "run"]
        assert times == sorted(times)
    assert main(["ledger", "verify", str(tmp_path)]) == 0
    assert "1 checkpoints" in capsys.readouterr().out


def test_a_chain_for_each_shard(recorded: Recorded, public_asset: Asset) -> None:
    run = recorded([public_asset])
    gate = Gate([public_asset])
    with Ledger(":memory:") as ledger:
        assert append_run(ledger, run, released(run, gate), gate, shards=2)
        dealt = {entry.shard for entry in ledger.entries("findings")}
        assert dealt == {f"ships-{f.ship.mmsi % 2}" for f in run.findings}
        (checkpoint,) = ledger.entries("checkpoint")
        assert set(checkpoint.content()["heads"]) == dealt | {FLEET}


def test_a_run_without_findings_verifies(tmp_path: Path, recorded: Recorded, public_asset: Asset) -> None:
    run = msgspec.structs.replace(recorded([public_asset]), findings=[], alerts=[], faults=[])
    write_run(tmp_path, run, [], Gate([public_asset]))
    with Ledger(tmp_path / LEDGER, read_only=True) as ledger:
        assert verify(ledger).whole and verify(ledger).entries == 2


def test_the_same_run_is_not_written_twice_and_another_is(
    tmp_path: Path, recorded: Recorded, public_asset: Asset
) -> None:
    run, gate = recorded([public_asset]), Gate([public_asset])
    write_run(tmp_path, run, [], gate)
    write_run(tmp_path, run, [], gate)
    assert len(contents(tmp_path, "run", RunEntry)) == 1
    other = msgspec.structs.replace(run, findings=run.findings[:0])
    write_run(tmp_path, other, [], gate)
    assert len(contents(tmp_path, "run", RunEntry)) == 2
    with Ledger(tmp_path / LEDGER, read_only=True) as ledger:
        assert verify(ledger).whole and verify(ledger).checkpoints == 2


def test_what_people_did_stays_when_a_run_is_made_anew(
    tmp_path: Path, recorded: Recorded, public_asset: Asset
) -> None:
    run, gate = recorded([public_asset]), Gate([public_asset])
    write_run(tmp_path, run, [], gate, positions=True)
    action = OperatorAction(t=run.alerts[0].known_from_t, actor="anna", action="ack", subject=run.alerts[0].id)
    with Ledger(tmp_path / LEDGER) as ledger:
        ledger.append("action", action, t=action.t, actor="anna")
    write_run(tmp_path, msgspec.structs.replace(run, faults=[]), [], gate, positions=True)
    assert contents(tmp_path, "action", OperatorAction) == [action]
    assert read_run(tmp_path)[0].faults == []


def test_nothing_of_a_restricted_asset_is_in_the_ledger(
    tmp_path: Path, recorded: Recorded, public_asset: Asset, secret_asset: Asset
) -> None:
    assets = [public_asset, secret_asset]
    run = recorded(assets)
    write_run(tmp_path / "nobody", run, [], Gate(assets))
    data = b"".join(path.read_bytes() for path in (tmp_path / "nobody").glob(f"{LEDGER}*"))
    for secret in (secret_asset.id, secret_asset.name, secret_asset.contact, secret_asset.attribution):
        assert secret.encode() not in data
    with sqlite3.connect(tmp_path / "nobody" / LEDGER) as db:
        texts = [row[0].decode() for row in db.execute("SELECT body FROM entries")]
    assert texts and not any(secret_asset.id in text or secret_asset.name in text for text in texts)
    assert len(contents(tmp_path / "nobody", "alert", Alert)) == len(run.alerts) // 2

    owner = Gate(assets, Rights(frozenset({secret_asset.visibility})))
    write_run(tmp_path / "owner", run, [], owner)
    assert len(contents(tmp_path / "owner", "alert", Alert)) == len(run.alerts)
    before = files(tmp_path / "owner")
    text = (tmp_path / "owner" / "alerts.jsonl").read_text()
    with pytest.raises(StoreError, match="holds a run that these readers may not see"):
        write_run(tmp_path / "owner", run, [], Gate(assets))
    assert files(tmp_path / "owner") == before
    assert (tmp_path / "owner" / "alerts.jsonl").read_text() == text


def test_a_finding_changed_behind_its_back_is_noticed(
    tmp_path: Path, recorded: Recorded, public_asset: Asset, capsys: pytest.CaptureFixture[str]
) -> None:
    run = recorded([public_asset])
    write_run(tmp_path, run, [], Gate([public_asset]), positions=True)
    path = tmp_path / "findings.jsonl"
    told = json.loads(path.read_text().splitlines()[0])
    path.write_text(json.dumps(told | {"kind": "approach"}) + "\n")
    changed = read_run(tmp_path)[0].findings
    kept = {entry.id: entry.digest for entry in found(tmp_path)}
    assert [line_digest(f) == kept[f.id] for f in changed] == [False]
    assert main(["ledger", "verify", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert "findings.jsonl 1: this line is not what was written" in said.out and "1 flaws" in said.err
    path.write_text("")
    assert main(["ledger", "verify", str(tmp_path)]) == 1
    assert "has 0 lines where 1 were written" in capsys.readouterr().out


def test_a_file_that_is_no_ledger_is_a_sentence(
    tmp_path: Path, recorded: Recorded, public_asset: Asset, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / LEDGER).write_text("not a database, but words " * 200)
    with pytest.raises(StoreError, match="can't be opened as a ledger"):
        write_run(tmp_path, recorded([public_asset]), [], Gate([public_asset]))
