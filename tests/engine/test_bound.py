"""The memory of positions has a limit, and what it thins does not depend on cuts, shards or snapshots."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from seawarden.checks import Bench, told
from seawarden.engine.bound import EVERY_MS, LADDER, MOST_SHIP_CHECKPOINTS, spread
from seawarden.engine.snapshot import load, save
from seawarden.engine.view import FleetViewOver
from seawarden.model.batch import Batch
from seawarden.model.position import Positions, make_positions, take
from seawarden.run.build import behaviours_of
from seawarden.settings import DEFAULTS
from seawarden.simulate.scenario import every_kind
from seawarden.tracks.history import ROW_BYTES

MOST = 1_500
"""Of some 6,000 positions of the sea."""


def bench(shards: int = 1, most: int = MOST) -> Bench:
    made = Bench(behaviours_of(DEFAULTS), every_kind().assets, shards=shards)
    made.engine.most_positions = most
    return made


def kept(made: Bench) -> list[tuple[int, int]]:
    view = FleetViewOver(made.engine.stages, np.iinfo(np.int64).max)
    slots, track = view.recent(np.iinfo(np.int64).min)
    return list(zip(track.t.tolist(), view.names(slots)[0].tolist(), strict=True))


@pytest.fixture(scope="module")
def whole() -> tuple[list[bytes], list[tuple[int, int]]]:
    made = bench()
    sea = every_kind()
    return told(made.run(sea.positions, sea.events)), kept(made)


def test_old_positions_are_thinned_and_the_newest_stay(whole: tuple[list[bytes], list[tuple[int, int]]]) -> None:
    sea = every_kind()
    every = sorted(zip(sea.positions.t.tolist(), sea.positions.mmsi.tolist(), strict=True))
    assert len(every) > 3 * MOST
    left = whole[1]
    assert set(left) <= set(every)
    last = every[-1][0] // EVERY_MS * EVERY_MS
    after = [item for item in every if item[0] >= last - LADDER[-1][0]]
    assert set(after) - set(left) <= {item for item in after if item[0] % 1000 == 0}  # copies are merged as ever
    assert len(left) < MOST + 2 * len(after)


def test_without_need_nothing_is_thinned() -> None:
    sea = every_kind()
    free, wide = bench(most=10**9), bench(most=len(sea.positions.t))
    assert told(free.run(sea.positions, sea.events)) == told(wide.run(sea.positions, sea.events))
    assert kept(free) == kept(wide) and wide.engine.stages[0].history.thinned_t < 0


@pytest.mark.parametrize(("chunk", "shards"), [(97, 1), (1000, 3), (2500, 2)])
def test_cuts_and_shards_thin_the_same(
    chunk: int, shards: int, whole: tuple[list[bytes], list[tuple[int, int]]]
) -> None:
    sea = every_kind()
    made = bench(shards)
    assert told(made.run(sea.positions, sea.events, chunk=chunk)) == whole[0]
    assert kept(made) == whole[1]


def test_a_snapshot_in_between_thins_the_same(
    tmp_path: Path, whole: tuple[list[bytes], list[tuple[int, int]]]
) -> None:
    sea = every_kind()
    first, second, n = bench(), bench(), len(sea.positions.t)
    found = list(first.engine.step(Batch(events=list(sea.events))).findings)
    found += first.engine.step(Batch(positions=take(sea.positions, slice(0, 2 * n // 3)))).findings
    save(first.engine, tmp_path / "snapshot")
    load(second.engine, tmp_path / "snapshot")
    assert second.engine.stages[0].history.thinned_t == first.engine.stages[0].history.thinned_t > 0
    found += second.run(take(sea.positions, slice(2 * n // 3, None)))
    assert told(found) == whole[0] and kept(second) == whole[1]


def fleet(hours: int, ships: int, every_s: int, t0: int = 1_700_000_000_000) -> Positions:
    """Ships on straight ways, one report each `every_s`."""
    n = hours * 3600 // every_s
    t = np.repeat(t0 // EVERY_MS * EVERY_MS + np.arange(n) * every_s * 1000, ships)
    k = np.tile(np.arange(ships), n)
    return make_positions(
        n * ships, t=t, mmsi=219_000_001 + k, lat=57.0 + 0.001 * k, lon=1.0 + (t - t[0]) / 3_600_000 * 0.3,
        sog_kn=9.8, cog_deg=90.0, seq=np.arange(n * ships),
    )  # fmt: skip


def test_a_day_of_many_reports_stays_within_the_limit_and_late_ones_are_too_late() -> None:
    made = Bench([], every_kind().assets)
    made.engine.most_positions = most = 4_000
    p, ten_minutes = fleet(24, 20, 20), 20 * 600 // 20
    most_seen = 0
    for begin in range(0, len(p.t), 5_000):
        made.engine.step(Batch(positions=take(p, slice(begin, begin + 5_000))))
        rows = made.engine.stages[0].history.rows
        most_seen = max(most_seen, rows)
    made.engine.finish()
    assert len(p.t) > 20 * most and most_seen <= most + 2 * ten_minutes + 5_000
    assert ROW_BYTES == 133
    history = made.engine.stages[0].history
    gone = take(p, slice(7, 8))
    gone.t[:] += 1_000
    assert history.thinned_t > int(gone.t[0])
    before = made.engine.too_late
    made.engine.step(Batch(positions=gone))
    made.engine.finish()
    assert made.engine.too_late == before + 1


class Hour(NamedTuple):
    """A checkpoint of a shard."""

    t: int


def test_of_many_ships_fewer_checkpoints_are_kept_and_the_same_ones_however_often_it_is_asked() -> None:
    hour = 3_600_000
    for ships, least in ((1_000, 24), (41_000, 24), (60_000, 12), (200_000, 2), (900_000, 1)):
        held: list[Hour] = []
        for k in range(1, 200):
            held = spread([c for c in [*held, Hour(k * hour)] if c.t > (k - 24) * hour], ships, hour)
            assert held[-1].t == k * hour and len(held) * ships <= MOST_SHIP_CHECKPOINTS
            assert [c.t for c in held] == sorted({c.t for c in held})
        assert len(held) >= least, (ships, len(held))
