"""The same input brings the same findings and alerts, however it is cut, dealt out, shuffled or interrupted."""

from __future__ import annotations

import numpy as np
import pytest

from seawarden.engine.snapshot import load, save
from seawarden.model.alert import Alert
from seawarden.model.batch import Batch
from seawarden.model.error import StoreError
from seawarden.model.event import FaultDeclared
from seawarden.model.fault import Fault
from seawarden.model.finding import Finding
from seawarden.model.position import Positions, take
from seawarden.run.build import build
from seawarden.settings import DEFAULTS
from seawarden.simulate.scenario import DAY_T, every_kind
from seawarden.store.canonical import digest

SEA = every_kind()
FAULT = FaultDeclared(
    t=DAY_T + 70 * 60_000, fault_id="test-fault", asset_id="test-cable", from_t=DAY_T + 30 * 60_000, actor="a test"
)
EVENTS = [*SEA.events, FAULT]


def room(shards: int = 1):
    made = build(DEFAULTS, SEA.assets, shards=shards)
    made.catalogue.source("test")
    return made.engine


class Run:
    """What came out so far."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.alerts: list[Alert] = []
        self.faults: list[Fault] = []

    def take(self, outcome) -> None:
        self.findings += outcome.findings
        self.alerts += outcome.alerts
        self.faults += outcome.faults

    def feed(self, engine, positions: Positions, chunk: int) -> None:
        for begin in range(0, len(positions.t), chunk):
            self.take(engine.step(Batch(positions=take(positions, slice(begin, begin + chunk)))))

    def told(self) -> tuple[str, str, list[object]]:
        faults: list[object] = []
        for f in self.faults:
            ranked = [(c.rank, c.ship and c.ship.mmsi, round(c.chance, 6)) for c in f.candidates]
            faults.append((f.id, f.revision, ranked))
        return digest(self.findings, self.alerts), digest([], self.alerts), faults


def whole(positions: Positions = SEA.positions, chunk: int = 10**9, shards: int = 1) -> Run:
    engine, run = room(shards), Run()
    run.take(engine.step(Batch(events=EVENTS)))
    run.feed(engine, positions, chunk)
    run.take(engine.finish())
    return run


@pytest.fixture(scope="module")
def reference() -> Run:
    return whole()


def test_the_slice_holds_what_it_must(reference):
    assert len({f.kind for f in reference.findings}) >= 9
    assert "anchor_out" in {f.kind for f in reference.findings}
    assert any(f.state == "retracted" for f in reference.findings)
    assert reference.alerts and reference.faults
    assert reference.faults[-1].candidates


@pytest.mark.parametrize("chunk", [7, 1000])
def test_chunks(reference, chunk):
    assert whole(chunk=chunk).told() == reference.told()


def test_one_record_at_a_time():
    some = take(SEA.positions, slice(0, 1600))
    assert whole(some, chunk=1).told() == whole(some).told()


@pytest.mark.parametrize("shards", [2, 3])
def test_shards_merged(reference, shards):
    assert whole(shards=shards).told() == reference.told()
    assert whole(shards=shards, chunk=500).told() == reference.told()


def test_ships_shuffled_at_equal_times(reference):
    p = SEA.positions
    shuffled = np.lexsort((np.random.default_rng(3).random(len(p.t)), np.maximum.accumulate(p.t)))
    assert whole(take(p, shuffled)).told() == reference.told()


@pytest.mark.parametrize("share", [0.3, 0.45, 0.6, 0.8])
def test_snapshot_and_resume(reference, share, tmp_path):
    run, engine = Run(), room()
    cut = int(share * len(SEA.positions.t))
    run.take(engine.step(Batch(events=EVENTS)))
    run.feed(engine, take(SEA.positions, slice(0, cut)), 300)
    save(engine, tmp_path / "snapshot")
    resumed = room()
    load(resumed, tmp_path / "snapshot")
    run.feed(resumed, take(SEA.positions, slice(cut, None)), 300)
    run.take(resumed.finish())
    assert run.told() == reference.told()


def test_a_snapshot_of_another_watch_is_refused(tmp_path):
    save(room(), tmp_path / "snapshot")
    with pytest.raises(StoreError, match="shards"):
        load(room(shards=2), tmp_path / "snapshot")
    (tmp_path / "snapshot" / "held.arrow").write_bytes(b"cut short")
    with pytest.raises(StoreError, match=r"held\.arrow"):
        load(room(), tmp_path / "snapshot")
    with pytest.raises(StoreError, match="no readable snapshot"):
        load(room(), tmp_path / "elsewhere")
