from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from seawarden.model.error import StoreError
from seawarden.model.vessel import ShipRef
from seawarden.store.ledger import Ledger
from seawarden.store.verify import verify

T = 1_735_084_800_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger with two shards, three streams and two checkpoints."""
    path = tmp_path / "ledger.sqlite"
    with Ledger(path) as ledger:
        for step in range(6):
            ledger.append("alert", {"id": f"a{step}", "risk": 0.1}, t=T + step, shard="north")
            ledger.append("finding", {"id": f"f{step}"}, t=T + step, shard="south")
        ledger.checkpoint(t=T + 6)
        ledger.append("action", {"action": "ack", "subject": "a1"}, t=T + 7, actor="anna", shard="north")
        ledger.checkpoint(t=T + 8)
    return path


def tamper(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as db:
        db.executescript("DROP TRIGGER no_update; DROP TRIGGER no_delete;")
        for statement in statements:
            db.execute(statement)
    db.close()


def flaws(path: Path, **expected: str) -> list[tuple[str, int, str]]:
    with Ledger(path, read_only=True) as ledger:
        return [(f.shard, f.sequence, f.what) for f in verify(ledger, expected_heads=expected or None).flaws]


def test_an_untouched_ledger_is_whole(path: Path) -> None:
    with Ledger(path) as ledger:
        verdict = verify(ledger)
        assert verdict.whole
        assert (verdict.entries, verdict.checkpoints) == (15, 2)
        assert verdict.heads == {shard: sealed for shard, (_, sealed) in ledger.heads().items()}


def test_it_goes_on_where_it_stopped(path: Path) -> None:
    with Ledger(path) as ledger:
        entry = ledger.append("alert", {"id": "a6"}, t=T + 9, shard="north")
        assert (entry.sequence, entry.stream_sequence) == (8, 7)
        assert verify(ledger).whole


@pytest.mark.parametrize("column", ["t = t + 1", "actor = 'eve'", "body = CAST('{}' AS BLOB)", "stream = 'finding'"])
def test_a_changed_entry_is_found_where_it_is(path: Path, column: str) -> None:
    tamper(path, f"UPDATE entries SET {column} WHERE shard = 'north' AND sequence = 3")
    assert ("north", 3, "its content was changed after it was written") in flaws(path)


def test_a_removed_entry_is_found(path: Path) -> None:
    tamper(path, "DELETE FROM entries WHERE shard = 'south' AND sequence = 4")
    found = flaws(path)
    assert ("south", 5, "entry 4 is missing before it") in found
    assert ("south", 5, "`finding` 4 is missing before it") in found


def test_a_cut_tail_is_found_by_the_checkpoint(path: Path) -> None:
    tamper(path, "DELETE FROM entries WHERE shard = 'north' AND sequence = 7")
    assert flaws(path) == [("merge", 2, "vouches for entry 7 of `north`, which is gone or another")]


def test_a_cut_tail_with_its_checkpoint_is_found_by_a_head_kept_elsewhere(path: Path) -> None:
    with Ledger(path, read_only=True) as ledger:
        head = verify(ledger).heads["merge"]
    tamper(path, "DELETE FROM entries WHERE shard = 'merge' AND sequence = 2")
    assert flaws(path) == []
    assert flaws(path, merge=head) == [("merge", 0, f"the expected head {head[:12]} is not in the chain")]


def test_swapped_entries_are_found(path: Path) -> None:
    tamper(
        path,
        "UPDATE entries SET sequence = -2 WHERE shard = 'north' AND sequence = 2",
        "UPDATE entries SET sequence = 2 WHERE shard = 'north' AND sequence = 3",
        "UPDATE entries SET sequence = 3 WHERE shard = 'north' AND sequence = -2",
    )
    assert {sequence for _, sequence, _ in flaws(path)} >= {2, 3}


def test_an_entry_slipped_in_with_a_right_hash_of_its_own_breaks_the_next(path: Path) -> None:
    tamper(
        path,
        "UPDATE entries SET body = (SELECT body FROM entries WHERE shard = 'north' AND sequence = 1), "
        "hash = (SELECT hash FROM entries WHERE shard = 'north' AND sequence = 1) "
        "WHERE shard = 'north' AND sequence = 2",
    )
    assert ("north", 3, "does not follow the entry before it: something was changed or re-ordered") in flaws(path)


def test_the_tables_refuse_to_be_rewritten(path: Path) -> None:
    with sqlite3.connect(path) as db, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute("UPDATE entries SET actor = 'eve'")
    with sqlite3.connect(path) as db, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute("DELETE FROM entries")


def test_all_or_nothing(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.sqlite") as ledger:
        with pytest.raises(TypeError):
            ledger.extend([("finding", {"id": 1}, T), ("finding", {"id": object()}, T)])
        assert ledger.heads() == {}
        ledger.extend([("finding", {"id": 1}, T), ("finding", {"id": 2}, T)])
        assert [entry.content()["id"] for entry in ledger.entries("finding")] == [1, 2]


def test_structs_come_back(tmp_path: Path) -> None:
    ship = ShipRef(mmsi=219_000_001, track_id="219000001-1", length_m=80.0)
    with Ledger(tmp_path / "l.sqlite") as ledger:
        ledger.append("ship", ship, t=T)
        assert ledger.contents("ship", ShipRef) == [ship]


def test_several_threads_make_one_chain(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.sqlite") as ledger:

        def write() -> None:
            for step in range(10):
                ledger.append("finding", {"step": step}, t=T)

        threads = [threading.Thread(target=write) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert verify(ledger).whole
        assert verify(ledger).entries == 40


def test_not_a_ledger(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no ledger here"):
        Ledger(tmp_path / "none.sqlite", read_only=True)
    (tmp_path / "text").write_text("no database at all, but long enough to be taken for one" * 40)
    for read_only in (True, False):
        with pytest.raises(StoreError, match="can't be opened as a ledger"):
            Ledger(tmp_path / "text", read_only=read_only)


def test_a_file_with_damaged_pages_is_named(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    data = bytearray(path.read_bytes())
    for start in range(4_096, len(data), 4_096):
        data[start : start + 8] = b"\xff" * 8
    path.write_bytes(data)
    with pytest.raises(StoreError, match="ledger"):
        flaws(path)
