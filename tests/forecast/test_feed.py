"""The feed as history: what is learnt does not depend on who asks when, and outlives a snapshot."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seawarden.forecast.feed import HOUR_MS, Feed
from seawarden.forecast.forecaster import Forecaster
from seawarden.forecast.history import History
from seawarden.forecast.outings import GAP_MS, NO_ROWS, Rows, cut, joined, sampled, voyages
from seawarden.model.position import NO_TIME
from seawarden.ports import Track
from seawarden.settings_forecast import ForecastSettings

T0 = 1_762_000_000_000 // (3 * HOUR_MS) * (3 * HOUR_MS)


class Fleet:
    """Many lanes sailed at staggered times, as a view at a tick."""

    def __init__(self, sea: SimpleNamespace, t: int, count: int = 60) -> None:
        self.t = t
        parts = [sea.lane(k, branch=k % 2, speed_kn=10 + k % 4) for k in range(count)]
        self.slot = np.concatenate([np.full(len(v.t_ms), k, np.int32) for k, v in enumerate(parts)])
        shift = np.concatenate([np.full(len(v.t_ms), T0 + (k % 5) * HOUR_MS, np.int64) for k, v in enumerate(parts)])
        when = np.concatenate([v.t_ms for v in parts]) + shift
        order = np.lexsort((self.slot, when))
        self.slot, self.when = self.slot[order], when[order]
        self.columns = [
            np.concatenate([getattr(v, name) for v in parts])[order] for name in ("lat", "lon", "sog_kn", "cog_deg")
        ]

    def recent(self, since_t: int, until_t: int | None = None, step_ms: int = 0) -> tuple[np.ndarray, Track]:
        until = self.t if until_t is None else min(until_t, self.t)
        rows = np.flatnonzero((self.when >= since_t) & (self.when < until))
        n = len(rows)
        lat, lon, sog, cog = (column[rows] for column in self.columns)
        small, whole = np.zeros(n, np.float32), np.zeros(n, np.int32)
        track = Track(
            self.when[rows], lat, lon, sog.astype(np.float32), cog.astype(np.float32), small,
            np.zeros(n, np.int8), np.zeros(n, np.uint32), np.zeros(n, np.int8), small, small,
            np.full(n, NO_TIME, np.int64), whole, whole, whole, np.zeros(n, np.int64),
        )  # fmt: skip
        return self.slot[rows], track

    def names(self, slots: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return slots.astype(np.int64) + 1000, np.zeros(len(slots), np.int64)


def feed(**more: object) -> Feed:
    return Feed(Forecaster(History(600, HOUR_MS)), ForecastSettings(**more))  # type: ignore[arg-type]


def same(a: Feed, b: Feed) -> bool:
    one, other = a.forecaster, b.forecaster
    columns = zip(one.history.columns, other.history.columns, strict=True)
    after = zip(one.continuations, other.continuations, strict=True)
    pairs: list[tuple[Any, Any]] = [*columns, *after]
    kept = all(np.array_equal(x, y) for x, y in pairs)
    return kept and np.array_equal(one.calibration.threshold, other.calibration.threshold)


def test_ended_voyages_are_learnt(sea: SimpleNamespace) -> None:
    made = feed()
    made.take(T0, Fleet(sea, T0))
    assert made.learnt().voyages == 0
    end = T0 + 24 * HOUR_MS
    for t in (T0 + 12 * HOUR_MS, end):
        made.take(t, Fleet(sea, t))
    learnt = made.learnt()
    assert learnt.voyages == learnt.own == 60
    assert learnt.share == 1.0
    assert learnt.until_t == end
    assert set(made.forecaster.history.columns.ship.tolist()) == set(range(1000, 1060))


def test_it_does_not_matter_who_asks_when(sea: SimpleNamespace) -> None:
    asked, left = feed(), feed()
    for hour in range(0, 26):
        t = T0 + hour * HOUR_MS + 10_000
        asked.take(t, Fleet(sea, t))
        assert asked.forecaster is not None
    for hour in (0, 7, 18, 25):
        t = T0 + hour * HOUR_MS + 10_000
        left.take(t, Fleet(sea, t))
    assert same(asked, left)


def test_a_snapshot_goes_on_where_it_stood(sea: SimpleNamespace) -> None:
    whole, broken = feed(), feed()
    middle, end = T0 + 13 * HOUR_MS, T0 + 26 * HOUR_MS
    for one in (whole, broken):
        one.take(T0, Fleet(sea, T0))
        one.take(middle, Fleet(sea, middle))
    resumed = feed()
    resumed.restore(broken.snapshot())
    for one in (whole, resumed):
        one.take(end, Fleet(sea, end))
    assert same(whole, resumed)
    assert whole.learnt() == resumed.learnt()


def test_the_memory_is_bounded(sea: SimpleNamespace) -> None:
    made = feed(most_points=1_000)
    for hour in (0, 10, 20, 30):
        made.take(T0 + hour * HOUR_MS, Fleet(sea, T0 + hour * HOUR_MS))
    assert 0 < made.learnt().points <= 1_000


def test_nothing_from_after_the_beginning_is_known(sea: SimpleNamespace) -> None:
    start = Forecaster(History(600, HOUR_MS))
    start.extend([sea.lane(k, branch=0, speed_kn=12)._replace(t_ms=T0 + np.arange(48) * 600_000) for k in range(60)])
    start.extend([sea.lane(99, branch=1, speed_kn=12)])  # of 1970
    made = Feed(start, ForecastSettings())
    made.take(T0, Fleet(sea, T0))
    assert made.learnt().voyages == 1


def test_learning_may_be_switched_off(sea: SimpleNamespace) -> None:
    made = feed(learn=False)
    end = T0 + 24 * HOUR_MS
    made.take(end, Fleet(sea, end))
    assert made.learnt().voyages == 0
    assert made.next_wake() is None


def rows(t: list[int], sog: list[float], mmsi: int = 1) -> Rows:
    n = len(t)
    lat = 55 + np.cumsum(np.array(sog)) * 0.001
    zeros = np.zeros(n)
    return Rows(np.full(n, mmsi), np.zeros(n, np.int64), np.array(t, np.int64), lat, zeros, np.array(sog), zeros)


def test_a_gap_ends_a_voyage() -> None:
    minutes = [*range(0, 120, 5), *range(240, 300, 5)]
    done, going, piece = cut(rows([m * 60_000 for m in minutes], [12.0] * len(minutes)), 310 * 60_000)
    assert piece.tolist() == [0] * 24
    assert len(going.t) == 12
    again, open_, _ = cut(going, 310 * 60_000 + GAP_MS)
    assert len(again.t) == 12 and len(open_.t) == 0
    assert [len(v.t_ms) for v in voyages(done, piece)] == [24]


def test_a_long_stop_is_not_learnt() -> None:
    minutes = list(range(0, 600, 5))
    speed = [12.0 if m < 120 else 0.1 for m in minutes]
    done, going, _ = cut(rows([m * 60_000 for m in minutes], speed), 600 * 60_000)
    assert len(going.t) == 0
    assert len(done.t) == 24 + 12


def test_one_row_a_track_and_step() -> None:
    both = joined(rows([0, 60_000, 120_000, 310_000], [9.0] * 4), rows([10_000, 20_000], [9.0] * 2, mmsi=2))
    assert sampled(both).t.tolist() == [120_000, 310_000, 20_000]
    assert len(sampled(NO_ROWS).t) == 0


@pytest.mark.parametrize("bad", [b"", b"\x00"])
def test_a_broken_snapshot_is_refused(bad: bytes) -> None:
    with pytest.raises(Exception, match=r".+"):
        feed().restore(bad)
