"""The journal: what it returned is there after any crash, and damage is told."""

from __future__ import annotations

import os
import resource
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawarden.model.batch import Batch, Catalogue
from seawarden.model.error import StoreError
from seawarden.model.event import Event, FaultDeclared, FeedState, Heartbeat
from seawarden.model.position import make_positions
from seawarden.model.reject import Reject
from seawarden.model.static import StaticReport
from seawarden.settings_feeds import LiveSettings
from seawarden.store.journal import Journal, JournalError
from seawarden.store.journal_read import JournalReader, is_journal, segments

SETTINGS = LiveSettings()
SMALL = LiveSettings(segment_mb=0.01, keep_h=0)
T = 1_764_000_000_000


def batch(n: int, seed: int = 0) -> Batch:
    draw = np.random.default_rng(seed)
    return Batch(
        positions=make_positions(
            n,
            t=T + np.arange(n) * 1000,
            mmsi=219_000_000 + np.arange(n),
            lat=draw.uniform(50, 60, n),
            lon=draw.uniform(5, 25, n),
            sog_kn=draw.uniform(0, 20, n),
        ),
        statics=[StaticReport(t=T, mmsi=219_000_000, name="NORDIC TEST", receiver=-1)],
        events=[Heartbeat(t=T), FeedState(t=T, source="coast", up=True)],
        rejects=[Reject(file="coast", line=1, reason="bad_checksum")],
        records=n + 2,
    )


def names() -> Catalogue:
    catalogue = Catalogue()
    catalogue.source("coast")
    return catalogue


def read(folder: Path, after: int = 0) -> list[tuple[int, Batch]]:
    return [(kept.sequence, kept.batch) for kept in JournalReader(folder, after)]


def same(a: Batch, b: Batch) -> bool:
    pairs: list[tuple[Any, Any]] = list(zip(a.positions, b.positions, strict=True))
    columns = all(np.array_equal(x, y, equal_nan=x.dtype.kind == "f") for x, y in pairs)
    return columns and (a.statics, a.events, a.rejects, a.records) == (b.statics, b.events, b.rejects, b.records)


def test_what_goes_in_comes_out(tmp_path):
    catalogue = names()
    journal = Journal(tmp_path, SETTINGS)
    written = [batch(n, n) for n in (0, 1, 5, 5_000)]
    for k, one in enumerate(written):
        catalogue.receiver(f"station {k}")
        assert journal.append(one, catalogue, T + k) == k + 1
    journal.close()
    assert is_journal(tmp_path)
    kept = list(JournalReader(tmp_path))
    assert [k.sequence for k in kept] == [1, 2, 3, 4]
    assert all(same(k.batch, w) for k, w in zip(kept, written, strict=True))
    assert kept[-1].names.receivers == catalogue.receivers and kept[-1].names.sources == ["coast"]
    assert np.array_equal(kept[3].batch.positions.offset, np.arange(7, 5_007)), "records are numbered through"
    assert read(tmp_path, after=2)[0][0] == 3


def test_it_goes_on_where_it_ended(tmp_path):
    catalogue = names()
    for run in range(3):
        journal = Journal(tmp_path, SETTINGS)
        assert (journal.sequence, journal.records) == (2 * run, 6 * run)
        journal.append(batch(2), catalogue, T)
        journal.append(batch(4), catalogue, T + 1)
        assert journal.written_t == T + 1
        journal.close()
    assert [sequence for sequence, _ in read(tmp_path)] == [1, 2, 3, 4, 5, 6]
    assert [k.content.first_record for k in JournalReader(tmp_path)] == [1, 3, 7, 9, 13, 15]


def test_many_files_hold_all_names(tmp_path):
    catalogue = names()
    journal = Journal(tmp_path, SMALL)
    for k in range(40):
        catalogue.receiver(f"station {k}")
        journal.append(batch(50, k), catalogue, T + k)
    journal.close()
    files = segments(tmp_path)
    assert len(files) > 5
    middle = files[len(files) // 2].first
    kept = list(JournalReader(tmp_path, after=middle - 1))
    assert [k.sequence for k in kept] == list(range(middle, 41))
    first = next(iter(JournalReader(tmp_path, after=middle - 1)))
    assert first.names.receivers == [f"station {k}" for k in range(middle)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> bytes:
    folder = tmp_path_factory.mktemp("journal")
    journal = Journal(folder, SETTINGS)
    for k in range(3):
        journal.append(batch(4, k), names(), T + k)
    journal.close()
    return segments(folder)[0].path.read_bytes()


@given(cut=st.integers(min_value=0, max_value=10_000))
@settings(max_examples=60)
def test_any_torn_tail_is_cut_off(whole, tmp_path_factory, cut):
    """Whatever a crash left at the end: whole entries stay, the rest goes, and the next entry follows."""
    folder = tmp_path_factory.mktemp("torn")
    cut = cut % (len(whole) + 1)
    (folder / f"{1:020d}.journal").write_bytes(whole[:cut])
    left = len(read(folder))
    journal = Journal(folder, SETTINGS)
    assert journal.sequence == left
    assert journal.append(batch(2), names(), T + 9) == left + 1
    journal.close()
    assert [sequence for sequence, _ in read(folder)] == list(range(1, left + 2))


@given(at=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
@settings(max_examples=60)
def test_a_changed_bit_is_never_read_as_data(whole, tmp_path_factory, at, bit):
    folder = tmp_path_factory.mktemp("bit")
    data = bytearray(whole)
    data[at % len(data)] ^= 1 << bit
    (folder / f"{1:020d}.journal").write_bytes(data)
    try:
        found = read(folder)
    except StoreError as error:
        assert "not a journal" in str(error)
        return
    assert len(found) < 3
    assert all(same(one, batch_of(k)) for k, (_, one) in enumerate(found))


def batch_of(k: int) -> Batch:
    one = batch(4, k)
    one.positions.offset[:] = one.positions.seq[:] = np.arange(4 * k + 1, 4 * k + 5)
    return one


def test_damage_in_the_middle_is_told(tmp_path):
    journal = Journal(tmp_path, SMALL)
    for k in range(20):
        journal.append(batch(50, k), names(), T + k)
    journal.close()
    first = segments(tmp_path)[1].path
    data = bytearray(first.read_bytes())
    data[len(data) // 2] ^= 1
    first.write_bytes(data)
    with pytest.raises(StoreError, match="damaged at byte"):
        read(tmp_path)


def test_a_missing_file_is_told(tmp_path):
    journal = Journal(tmp_path, SMALL)
    for k in range(20):
        journal.append(batch(50, k), names(), T + k)
    journal.close()
    segments(tmp_path)[1].path.unlink()
    with pytest.raises(StoreError, match="is missing"):
        read(tmp_path)


def test_something_else_is_refused(tmp_path):
    (tmp_path / f"{1:020d}.journal").write_bytes(b"a letter to the editor, of some length\n")
    with pytest.raises(StoreError, match="not a journal"):
        read(tmp_path)


@contextmanager
def full_disk(size: int):
    """No file may grow beyond a size: writing fails half way, as it does on a full disk."""
    old, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk(tmp_path):
    """Nothing half is kept, the positions that are lost are counted, and it goes on when there is room."""
    journal = Journal(tmp_path, SETTINGS)
    journal.append(batch(10), names(), T)
    size = segments(tmp_path)[0].path.stat().st_size
    with full_disk(size + 100):
        for _ in range(3):
            with pytest.raises(JournalError, match="can't be written"):
                journal.append(batch(20), names(), T)
        assert journal.missing == 60 and segments(tmp_path)[0].path.stat().st_size == size
    assert journal.append(batch(5), names(), T) == 2
    journal.close()
    kept = list(JournalReader(tmp_path))
    assert [k.content.missing for k in kept] == [0, 60]
    assert kept[1].batch.positions.offset.tolist() == list(range(71, 76)), "numbers tell what is missing"
    assert Journal(tmp_path, SETTINGS).records == 75


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_read_only(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="name another --store"):
        Journal(tmp_path / "journal", SETTINGS)


def test_a_place_that_is_no_folder(tmp_path):
    (tmp_path / "store").write_text("a file")
    with pytest.raises(StoreError, match="name another --store"):
        Journal(tmp_path / "store", SETTINGS)


def test_old_files_go_but_none_that_is_needed(tmp_path):
    journal = Journal(tmp_path, SMALL)
    for k in range(30):
        journal.append(batch(50, k), names(), T + k)
    before = segments(tmp_path)
    needed = before[3].first
    assert journal.prune(needed, 10**13) == 3
    assert [s.first for s in segments(tmp_path)] == [s.first for s in before[3:]]
    assert journal.prune(needed, 10**13) == 0
    journal.close()
    assert read(tmp_path, after=needed - 1)[0][0] == needed


def test_events_of_every_kind_come_back(tmp_path):
    events: list[Event] = [
        FaultDeclared(t=T, fault_id="f", asset_id="a", from_t=T - 1, kp_from_km=1.5),
        FeedState(t=T, source="coast", up=False, reason="it hung up"),
    ]
    journal = Journal(tmp_path, SETTINGS)
    journal.append(Batch(events=list(events)), names(), T)
    journal.close()
    assert read(tmp_path)[0][1].events == events
