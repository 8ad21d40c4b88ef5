"""What a live run keeps beside its journal: in order, within bounds, and a snapshot never before its positions."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seawarden.engine.core import Engine, Tracked
from seawarden.engine.snapshot import load
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.error import StoreError
from seawarden.model.position import make_positions
from seawarden.ports import Enriched
from seawarden.run.build import build
from seawarden.run.live_figures import Figures
from seawarden.run.live_keeper import PositionKeeper
from seawarden.run.live_keeping import LiveKeeping
from seawarden.run.live_snapshot import Snapshots
from seawarden.run.live_store import LiveStore
from seawarden.settings import DEFAULTS
from seawarden.settings_feeds import LiveSettings
from seawarden.store.journal import Journal
from seawarden.store.positions import DAY_MS

T0 = 20_000 * DAY_MS
NOW = T0 + DAY_MS // 2


def tracked(n: int, t: int = T0, mmsi: int = 219_000_001) -> list[Tracked]:
    p = make_positions(n, t=t + np.arange(n), mmsi=mmsi, lat=57.0, lon=11.0, source=0)
    other: dict[str, Any] = {name: np.zeros(n) for name in Enriched._fields if name != "p"}
    return [Tracked(np.zeros(n, dtype=np.int32), Enriched(p=p, **other))]


def names() -> Catalogue:
    made = Catalogue()
    made.source("coast")
    return made


def rows_of(store: LiveStore) -> int:
    return sum(len(positions.t) for positions, _, _ in store.positions.everything())


class Stubborn(LiveStore):
    """A store whose disk takes positions only when it is let."""

    takes = False

    def keep_positions(self, parts: list[Tracked], catalogue: Catalogue, sequence: int) -> int:
        if not self.takes:
            raise StoreError("positions: can't be written (No space left on device)")
        return super().keep_positions(parts, catalogue, sequence)


def test_what_is_handed_over_is_written_in_order(tmp_path: Path) -> None:
    store = LiveStore(tmp_path, LiveSettings())
    keeper = PositionKeeper(store)
    for sequence in (1, 2, 3):
        keeper.put(tracked(10, T0 + sequence * 1_000), sequence, names())
    assert keeper.flush(30.0) and keeper.kept == 3 == store.marks().positions
    assert rows_of(store) == 30 and keeper.rows == 0 and not keeper.problem
    keeper.close()


def test_a_disk_that_takes_nothing_is_told_and_tried_again(tmp_path: Path) -> None:
    store = Stubborn(tmp_path, LiveSettings())
    keeper = PositionKeeper(store, retry_s=0.01)
    keeper.put(tracked(10), 1, names())
    assert not keeper.flush(30.0) and "No space left" in keeper.problem and keeper.kept == 0
    store.takes = True
    keeper.put(tracked(10, T0 + 1_000), 2, names())
    for _ in range(1_000):
        if keeper.flush(0.05):
            break
        time.sleep(0.01)
    assert keeper.kept == 2 and rows_of(store) == 20 and keeper.lost == 0
    keeper.close()


def test_what_can_not_be_held_goes_oldest_first_and_is_counted(tmp_path: Path) -> None:
    keeper = PositionKeeper(Stubborn(tmp_path, LiveSettings()), most=25, retry_s=60.0)
    keeper.put(tracked(10), 1, names())
    keeper.flush(30.0)
    for sequence in (2, 3, 4):
        keeper.put(tracked(10), sequence, names())
    assert keeper.lost == 20 and keeper.rows == 20
    keeper.close()


def engine() -> Engine:
    made = build(DEFAULTS, []).engine
    p = make_positions(50, t=T0 + np.arange(50) * 10_000, mmsi=219_000_001, lat=57.0, lon=11.0, sog_kn=1.0)
    made.step(Batch(positions=p))
    return made


@pytest.fixture(params=[False, pytest.param(True, marks=pytest.mark.skipif(os.name != "posix", reason="no fork"))])
def beside(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_a_snapshot_is_of_the_moment_at_which_it_began(beside: bool, tmp_path: Path) -> None:
    store, watch = LiveStore(tmp_path, LiveSettings()), engine()
    snapshots = Snapshots(store, beside=beside)
    horizon = watch.horizon
    snapshots.begin(watch, 7)
    watch.step(Batch(positions=make_positions(1, t=T0 + 3_600_000, mmsi=219_000_001, lat=57.0, lon=11.0, sog_kn=1.0)))
    snapshots.poll(60.0)
    assert snapshots.made == 7 and not snapshots.problem
    assert store.snapshots() == [], "it does not count yet"
    store.publish(7)
    ((place, sequence),) = store.snapshots()
    again = build(DEFAULTS, []).engine
    load(again, place)
    assert sequence == 7 and again.horizon == horizon < watch.horizon


def test_a_disk_that_takes_no_snapshot_is_told(beside: bool, tmp_path: Path) -> None:
    (tmp_path / "snapshots").write_text("a file")
    snapshots = Snapshots(LiveStore(tmp_path, LiveSettings()), beside=beside)
    snapshots.begin(engine(), 1)
    snapshots.poll(60.0)
    assert snapshots.made is None and "snapshot can't be written" in snapshots.problem


def test_a_copy_that_dies_is_replaced_by_the_run_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LiveStore(tmp_path, LiveSettings())

    def die(*_: object) -> None:
        os._exit(9)

    snapshots = Snapshots(store, beside=True)
    with monkeypatch.context() as patch:
        patch.setattr(store, "make", die)
        snapshots.begin(engine(), 1)
        snapshots.poll(60.0)
    assert "it ended with 9" in snapshots.problem
    snapshots.begin(engine(), 2)
    assert snapshots.made == 2 and not snapshots.running and not snapshots.problem


def kept_beside(store: LiveStore, tmp_path: Path) -> tuple[LiveKeeping, dict[str, str], Figures]:
    problems: dict[str, str] = {}
    figures = Figures()
    journal = Journal(tmp_path / "journal", LiveSettings())
    p = make_positions(3, t=T0, mmsi=1, lat=57.0, lon=11.0)
    journal.append(Batch(positions=p), Catalogue(), T0)
    return LiveKeeping(store, journal, LiveSettings(), problems, figures), problems, figures


def looked(keeping: LiveKeeping, until: Callable[[], bool]) -> None:
    for _ in range(6_000):
        keeping.look(NOW)
        if until():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to that")


def test_a_snapshot_counts_only_when_its_positions_are_kept(tmp_path: Path) -> None:
    store = Stubborn(tmp_path, LiveSettings())
    keeping, problems, figures = kept_beside(store, tmp_path)
    keeping.keeper._retry_s = 0.01
    keeping.placed(tracked(10), 1, names())
    keeping.snapshot(engine(), names())
    looked(keeping, lambda: keeping._snapshots.made is not None and "positions" in problems)
    assert store.snapshots() == [] and figures.snapshots == 0
    store.takes = True
    keeping.keeper.put([], 1, names())
    looked(keeping, lambda: bool(store.snapshots()))
    assert figures.snapshots == 1 and rows_of(store) == 10 and "positions" not in problems
    keeping.close()


def test_days_go_by_age_and_by_size(tmp_path: Path) -> None:
    days = [T0 - k * DAY_MS for k in (3, 2, 1, 0)]

    def days_after(folder: Path, settings: LiveSettings) -> list[str]:
        store = LiveStore(folder, settings)
        for t in days:
            for part in range(2):
                store.positions.write(tracked(200, t + part)[0].enriched.p, names())
        store.tidy(NOW)
        return store.positions.days()

    every = ["2024-10-01", "2024-10-02", "2024-10-03", "2024-10-04"]
    assert days_after(tmp_path / "all", LiveSettings()) == every
    assert days_after(tmp_path / "age", LiveSettings(keep_positions_d=1)) == every[2:]
    assert days_after(tmp_path / "size", LiveSettings(keep_positions_gb=1e-9)) == every[3:], (
        "the day that it is stays"
    )
    merged = list((tmp_path / "all" / "positions").glob("day=*/*.parquet"))
    assert sum(part.name.endswith(".merged.parquet") for part in merged) == 3
    assert rows_of(LiveStore(tmp_path / "all", LiveSettings())) == 4 * 400
