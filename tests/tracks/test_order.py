"""Whose clock runs ahead, and whose source has moved on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.model.batch import Batch
from seawarden.model.position import I64, NO_TIME, Positions, concat, make_positions, take
from seawarden.settings import DEFAULTS
from seawarden.tracks.order import FAR_MS, Order, Release

T0 = 1_700_000_000_000
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
YEAR_2038 = 2_147_483_647_000


def heard(times: object, source: int = 0, mmsi: object = 219_000_001) -> Positions:
    t = np.asarray(times, dtype=np.int64)
    return make_positions(len(t), t=t, source=source, mmsi=mmsi, lat=57.0, lon=11.0, seq=np.arange(len(t)))


def ordered(p: Positions, chunk: int = 10**9) -> tuple[I64, I64, list[int]]:
    """Times released, times refused, and the times of late records."""
    order = Order(DEFAULTS.time)
    released: list[Release] = []
    for begin in range(0, len(p.t), chunk):
        released.append(order.push(Batch(positions=take(p, slice(begin, begin + chunk)))))
    last, ahead = order.flush()
    released.append(last)
    late = [int(t) for release in released for _, records in release.late for t in records.t]
    return np.concatenate([release.positions.t for release in released]), ahead.t, late


def minutes(n: int, start: int = T0) -> list[int]:
    return [start + k * MINUTE for k in range(n)]


@pytest.mark.parametrize("pause", [2 * HOUR, 3 * DAY, 6 * DAY])
@pytest.mark.parametrize("after", [1, 2, 3, 10])
def test_what_comes_after_a_pause_of_the_whole_source_is_right(pause: int, after: int) -> None:
    times = minutes(50) + minutes(after, T0 + 50 * MINUTE + pause)
    released, refused, late = ordered(heard(times))
    assert released.tolist() == times and not len(refused) and not late


@pytest.mark.parametrize("after", [3, 49, 60])
def test_after_months_three_reports_are_enough_at_the_end(after: int) -> None:
    times = minutes(50) + minutes(after, T0 + 90 * DAY)
    released, refused, late = ordered(heard(times))
    assert released.tolist() == times and not len(refused) and not late


def test_one_or_two_reports_years_ahead_are_refused_even_as_the_last() -> None:
    for wrong in ([YEAR_2038], [YEAR_2038, YEAR_2038 + MINUTE]):
        released, refused, _ = ordered(heard(minutes(50) + wrong))
        assert released.tolist() == minutes(50) and refused.tolist() == wrong


@pytest.mark.parametrize("ahead", [2 * HOUR, DAY, 30 * DAY])
def test_the_clock_of_one_ship_ahead_among_others_is_refused_and_makes_nobody_late(ahead: int) -> None:
    times, mmsi = [], []
    for k in range(300):
        times.append(T0 + k * MINUTE)
        mmsi.append(219_000_001 + k % 7)
        if k % 5 == 0:
            times.append(T0 + k * MINUTE + ahead + 6 * HOUR)
            mmsi.append(265_000_000)
    released, refused, late = ordered(heard([*times, T0 + 301 * MINUTE], mmsi=[*mmsi, 219_000_001]))
    assert not late and len(released) == 301
    assert refused.tolist() == [t for t, m in zip(times, mmsi, strict=True) if m == 265_000_000]


@pytest.mark.parametrize("gap", [2 * HOUR, 11 * HOUR, 2 * DAY])
def test_a_source_that_is_heard_every_few_hours_moves_on(gap: int) -> None:
    times = [T0 + k * gap for k in range(40)]
    order = Order(DEFAULTS.time)
    order.push(Batch(positions=heard(times)))
    assert order.horizon >= times[-4] - DEFAULTS.time.lateness_s * 1000
    released, refused, late = ordered(heard(times))
    assert released.tolist() == times and not len(refused) and not late


def test_visits_months_apart_by_a_handful_are_all_kept() -> None:
    times = [t for k in range(12) for t in minutes(5, T0 + k * 40 * DAY)]
    released, refused, late = ordered(heard(times))
    assert sorted(released.tolist()) == times and not len(refused) and not late


def test_a_source_of_one_report_after_the_others_ended_is_right_and_one_in_2038_is_not() -> None:
    long, one, wrong = heard(minutes(50)), heard([T0 + 5 * HOUR], 1), heard([YEAR_2038], 2)
    released, refused, _ = ordered(concat([long, one, wrong]))
    assert released.tolist() == [*minutes(50), T0 + 5 * HOUR] and refused.tolist() == [YEAR_2038]


def test_who_goes_back_has_not_moved_on() -> None:
    """The last word counts: an hour ahead of what came after it is ahead, however many said so before."""
    times = [*minutes(50), T0 + 20 * HOUR, T0 + 20 * HOUR + MINUTE, T0 + 51 * MINUTE]
    released, refused, _ = ordered(heard(times))
    assert T0 + 51 * MINUTE in released and refused.tolist() == times[50:52]


STEP = st.one_of(
    st.integers(-2 * HOUR, 2 * HOUR), st.integers(0, 3 * MINUTE), st.sampled_from([FAR_MS + HOUR, -FAR_MS, 5 * HOUR])
)


@given(st.lists(st.tuples(STEP, st.integers(0, 2)), min_size=1, max_size=80), st.integers(1, 20))
def test_what_is_refused_does_not_depend_on_cuts_and_nothing_is_lost(
    steps: list[tuple[int, int]], chunk: int
) -> None:
    t: list[int] = []
    clocks = [T0, T0, T0]
    for step, of in steps:
        clocks[of] += step
        t.append(clocks[of])
    source = [of for _, of in steps]
    p = make_positions(len(t), t=t, source=source, mmsi=219_000_001, lat=57.0, lon=11.0, seq=np.arange(len(t)))
    whole, cut = ordered(p), ordered(p, chunk)
    assert sorted(whole[0].tolist()) == sorted(cut[0].tolist())
    assert sorted(whole[1].tolist()) == sorted(cut[1].tolist()) and sorted(whole[2]) == sorted(cut[2])
    assert sorted([*whole[0].tolist(), *whole[1].tolist(), *whole[2]]) == sorted(t)


def test_a_snapshot_keeps_what_a_source_has_come_to() -> None:
    first, second = Order(DEFAULTS.time), Order(DEFAULTS.time)
    first.push(Batch(positions=heard([*minutes(50), T0 + 9 * HOUR])))
    second.recall(*first.memory())
    assert second.flush()[1].t.tolist() == first.flush()[1].t.tolist() == []
    assert first.memory().clocks.reached.tolist() == [T0 + 9 * HOUR] and NO_TIME < T0
