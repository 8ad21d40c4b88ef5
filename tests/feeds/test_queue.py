"""What waits is bounded, and what is left out is counted and never the newest of a ship."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seawarden.model.batch import Batch
from seawarden.model.event import Heartbeat
from seawarden.model.position import make_positions
from seawarden.model.reject import Reject
from seawarden.model.static import StaticReport
from seawarden.run.live_queue import LiveQueue, joined

reports = st.lists(
    st.tuples(st.integers(0, 2), st.lists(st.tuples(st.integers(1, 8), st.integers(0, 50)), max_size=12)), max_size=20
)


def filled(most: int, told) -> tuple[LiveQueue, Counter[int]]:
    shed: Counter[int] = Counter()
    queue = LiveQueue(most, lambda feed, count: shed.update({feed: count}))
    for feed, rows in told:
        mmsi, t = [row[0] for row in rows], [row[1] for row in rows]
        queue.put(
            feed, Batch(positions=make_positions(len(rows), mmsi=mmsi, t=t), events=[Heartbeat(t=0)], records=1)
        )
    return queue, shed


@given(reports)
def test_bounded_and_reconciled(told):
    queue, shed = filled(16, told)
    assert queue.positions <= 16
    kept = joined([w.batch for w in queue.take(0)])
    sent = sum(len(rows) for _, rows in told)
    assert len(kept.positions.t) + sum(shed.values()) == sent
    assert queue.shed == sum(shed.values())
    assert len(kept.events) == len(told), "events are never left out"
    assert kept.records == len(told)


@given(reports)
def test_the_newest_of_each_ship_stays(told):
    queue, _ = filled(16, told)
    p = joined([w.batch for w in queue.take(0)]).positions
    newest: dict[int, int] = {}
    for _, rows in told:
        for mmsi, t in rows:
            newest[mmsi] = max(t, newest.get(mmsi, t))
    for mmsi, t in newest.items():
        assert t in p.t[p.mmsi == mmsi], "eight ships fit into half of what may wait"


def test_order_of_arrival_stays():
    queue, _ = filled(1_000, [(0, [(1, 5), (2, 3)]), (1, [(1, 4)]), (0, [(3, 1)])])
    p = joined([w.batch for w in queue.take(0)]).positions
    assert p.t.tolist() == [5, 3, 4, 1]


def test_more_ships_than_may_wait():
    shed: list[int] = []
    queue = LiveQueue(100, lambda _, count: shed.append(count))
    queue.put(0, Batch(positions=make_positions(300, mmsi=np.arange(1, 301), t=np.arange(300))))
    p = joined([w.batch for w in queue.take(0)]).positions
    assert p.t.tolist() == list(range(250, 300)) and sum(shed) == 250


def test_statics_are_thinned_to_the_newest():
    queue = LiveQueue(10, lambda *_: None)
    for name in ("OLD", "NEW"):
        queue.put(0, Batch(positions=make_positions(8, mmsi=1), statics=[StaticReport(t=0, mmsi=1, name=name)]))
    assert [s.name for w in queue.take(0) for s in w.batch.statics] == ["NEW"]


def test_a_flood_of_rejects_costs_no_memory():
    queue = LiveQueue(10, lambda *_: None)
    for _ in range(50):
        queue.put(0, Batch(rejects=[Reject(file="f", line=1, reason="bad_checksum")] * 1_000, records=1_000))
    kept = joined([w.batch for w in queue.take(0)])
    assert len(kept.rejects) == 2_000 and kept.records == 50_000


def test_feeds_wait_while_more_than_a_quarter_waits():
    queue, _ = filled(16, [(0, [(k, 0) for k in range(4)])])
    assert queue.wait_for_room(0.0)
    queue.put(0, Batch(positions=make_positions(1, mmsi=99)))
    assert not queue.wait_for_room(0.0)
    queue.take(0)
    assert queue.wait_for_room(0.0)
