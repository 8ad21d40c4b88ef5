from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from seawarden.model.batch import Catalogue
from seawarden.model.error import StoreError
from seawarden.model.position import NO_TIME, Positions, make_positions, take
from seawarden.store.positions import DAY_MS, PositionStore

DAY = 20_000 * DAY_MS  # 2024-10-04


def catalogue() -> Catalogue:
    made = Catalogue()
    made.source("anholt")
    made.source("læsø")
    made.receiver("r1")
    made.file("day.csv")
    return made


def two_days(n: int = 400, seed: int = 1) -> Positions:
    random = np.random.default_rng(seed)
    return make_positions(
        n,
        t=DAY + random.integers(0, 2 * DAY_MS, n),
        mmsi=random.choice([219_000_001, 219_000_002, 219_000_003], n),
        lat=random.uniform(54, 58, n),
        lon=random.uniform(9, 13, n),
        sog_kn=random.uniform(0, 20, n),
        source=random.integers(0, 2, n),
        receiver=random.integers(-1, 1, n),
        file=random.integers(-1, 1, n),
        seq=np.arange(n),
    )


def same(left: Positions, right: Positions) -> bool:
    pairs = [(getattr(left, name), getattr(right, name)) for name in Positions._fields]
    return all(np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in pairs)


def names(positions: Positions, book: Catalogue) -> list[tuple[str, str]]:
    return [
        (book.sources[s], book.receivers[r] if r >= 0 else "")
        for s, r in zip(positions.source, positions.receiver, strict=True)
    ]


def test_a_track_comes_back_as_it_was_written(tmp_path: Path) -> None:
    store, book, given = PositionStore(tmp_path), catalogue(), two_days()
    track = np.arange(400, dtype=np.int32) % 3
    assert store.write(given, book, track) == 2
    assert store.days() == ["2024-10-04", "2024-10-05"]
    back, numbers, read_book = store.track(219_000_002, DAY + 3_600_000, DAY + DAY_MS + 3_600_000)
    inside = (given.mmsi == 219_000_002) & (given.t >= DAY + 3_600_000) & (given.t < DAY + DAY_MS + 3_600_000)
    rows = np.flatnonzero(inside)[np.argsort(given.t[inside], kind="stable")]
    wanted = take(given, rows)
    assert same(back, wanted._replace(source=back.source, receiver=back.receiver, file=back.file))
    assert np.array_equal(numbers, track[rows])
    assert names(back, read_book) == names(wanted, book)
    assert (back.source_t == NO_TIME).all() and np.isnan(back.heading_deg).all()


def test_a_box_in_space_and_time(tmp_path: Path) -> None:
    store, given = PositionStore(tmp_path), two_days()
    store.write(given, catalogue())
    back, _, _ = store.box(55, 10, 57, 12, DAY, DAY + DAY_MS)
    inside = (given.lat >= 55) & (given.lat <= 57) & (given.lon >= 10) & (given.lon <= 12) & (given.t < DAY + DAY_MS)
    assert sorted(back.seq) == sorted(given.seq[inside])


def test_a_box_across_the_antimeridian(tmp_path: Path) -> None:
    store = PositionStore(tmp_path)
    store.write(make_positions(3, t=DAY, mmsi=[1, 2, 3], lat=0.0, lon=[179.5, -179.5, 0.0]), catalogue())
    back, _, _ = store.box(-1, 179, 1, -179, DAY, DAY + 1)
    assert list(back.mmsi) == [1, 2]


def test_compaction_loses_nothing_and_sorts(tmp_path: Path) -> None:
    store, book, given = PositionStore(tmp_path), catalogue(), two_days()
    for start in range(0, 400, 100):
        store.write(take(given, slice(start, start + 100)), book)
    before = [part[0] for part in store.everything()]
    assert store.compact("2024-10-04") == 4
    assert store.compact("2024-10-04") == 0
    after = [part[0] for part in store.everything()]
    assert all(np.array_equal(a.seq, b.seq) for a, b in zip(before, after, strict=True))
    (file,) = (tmp_path / "day=2024-10-04").glob("*.parquet")
    mmsi = pq.read_table(file, partitioning=None)["mmsi"].to_numpy()
    assert (np.diff(mmsi) >= 0).all()
    store.write(take(given, slice(0, 5)), book)
    assert sum(len(part[0].t) for part in store.everything()) == 405


def test_a_compaction_that_died_before_clearing_up_counts_nothing_twice(tmp_path: Path) -> None:
    store, book, given = PositionStore(tmp_path), catalogue(), two_days()
    store.write(given, book)
    store.write(given, book)
    day = tmp_path / "day=2024-10-04"
    kept = {part: part.read_bytes() for part in day.glob("*.parquet")}
    expected = sum(len(part[0].t) for part in store.everything())
    store.compact("2024-10-04")
    for part, data in kept.items():
        part.write_bytes(data)
    assert sum(len(part[0].t) for part in store.everything()) == expected


def test_an_empty_store_has_nothing(tmp_path: Path) -> None:
    back, track, _ = PositionStore(tmp_path / "none").track(1, 0, DAY)
    assert len(back.t) == 0 and len(track) == 0


def test_a_half_written_part_is_not_read_and_a_broken_one_is_named(tmp_path: Path) -> None:
    store = PositionStore(tmp_path)
    store.write(two_days(), catalogue())
    (tmp_path / "day=2024-10-04" / "part-000009.parquet.part").write_bytes(b"PAR1")
    assert len(store.track(219_000_001, DAY, DAY + DAY_MS)[0].t) > 0
    (tmp_path / "day=2024-10-04" / "part-000009.parquet").write_bytes(b"PAR1")
    with pytest.raises(StoreError, match="positions can't be read"):
        store.track(219_000_001, DAY, DAY + DAY_MS)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="can't be written"):
        PositionStore(tmp_path / "file").write(two_days(), catalogue())
