"""The arithmetic of the live load: books, delays, tapes. Nothing here is timed, and no run is started."""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.decode import LogDecoder
from seawarden.evaluate.live.delays import BOUNDS_S, AlertDelays, alert_delays, delays_of
from seawarden.evaluate.live.load import LoadReport, Plan, due_of, tape_of
from seawarden.evaluate.live.machine import this_machine
from seawarden.evaluate.live.readers import Heard
from seawarden.evaluate.live.reconcile import compared, key_of, sent_keys, together
from seawarden.evaluate.live.results import BEGIN, END, LiveResults, met, overload_plan, written
from seawarden.evaluate.live.serving import moment_of, samples_of, share, total
from seawarden.evaluate.live.tape import LINE, opened
from seawarden.evaluate.live.waters import SLOT_S, STATIONS

SMALL = Plan(ships=40, period_s=1.0, seconds=60.0, planted=6)
T0 = 1_760_000_000_000


def keys(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.uint64)


def test_books_of_a_run_that_lost_nothing():
    books = compared(keys(5, 3, 9), keys(5, 3, 9), engine=3)
    assert books.balanced() and (books.sent, books.journalled) == (3, 3)


@pytest.mark.parametrize(
    ("kept", "told", "wrong"),
    [
        ((5, 9), {}, {"unaccounted": 1}),
        ((5, 9), {"shed": 1}, {}),
        ((5, 9), {"copies": 1}, {}),
        ((5, 9), {"rejected": 1}, {}),
        ((5, 3, 9, 9), {}, {"unaccounted": -1, "twice": 1, "in_order": False}),
        ((5, 3, 7), {}, {"foreign": 1}),
        ((3, 5, 9), {}, {"in_order": False}),
    ],
)
def test_books_tell_what_is_wrong(kept, told, wrong):
    books = compared(keys(5, 3, 9), keys(*kept), engine=len(kept), **told)
    found = {name: getattr(books, name) for name in ("unaccounted", "foreign", "twice", "in_order")}
    assert found == {"unaccounted": 0, "foreign": 0, "twice": 0, "in_order": True} | wrong
    assert books.balanced() == (not wrong)


@given(st.lists(st.integers(0, 1 << 62), unique=True, max_size=30), st.data())
def test_what_is_shed_and_counted_balances(sent, data):
    mask = data.draw(st.lists(st.booleans(), min_size=len(sent), max_size=len(sent)))
    kept = [key for key, stays in zip(sent, mask, strict=True) if stays]
    assert compared(keys(*sent), keys(*kept), shed=len(sent) - len(kept), engine=len(kept)).balanced()


def test_an_engine_that_saw_less_than_the_journal_does_not_balance():
    assert not compared(keys(1, 2), keys(1, 2), engine=1).balanced()


def test_stations_are_summed():
    whole = together([compared(keys(1, 2), keys(1, 2)), compared(keys(3, 4), keys(4, 3))])
    assert (whole.sent, whole.journalled, whole.in_order) == (4, 4, False)


@given(st.lists(st.floats(0, 1e5), min_size=1, max_size=200))
def test_delays_count_each_once_and_their_quantiles_were_seen(times):
    delays = delays_of(times)
    assert delays.n == sum(delays.counts) == len(times) and len(delays.counts) == len(BOUNDS_S) + 1
    seen = {round(t / 1000.0, 3) for t in times}
    assert {delays.p50_s, delays.p90_s, delays.p99_s, delays.most_s} <= seen
    quantiles = [q for q in (delays.p50_s, delays.p90_s, delays.p99_s, delays.most_s) if q is not None]
    assert len(quantiles) == 4 and quantiles == sorted(quantiles) and delays.most_s == max(seen)


def test_the_99th_of_a_hundred_is_no_mean():
    assert delays_of([1_000.0] * 98 + [7_000.0] * 2).p99_s == 7.0
    assert delays_of([]).n == 0


def heard(client: int, arrived_t: int, mmsi: int, known_from_t: int) -> Heard:
    return Heard(client, arrived_t, f"a-{mmsi}", 1, known_from_t, "notice", mmsi)


def test_an_alert_is_timed_from_the_record_that_caused_it_at_each_client():
    causes = {7: [T0 + 1_000, T0 + 2_000, T0 + 3_000]}
    items = [
        heard(0, T0 + 10_400, 7, T0 + 10_000),
        heard(0, T0 + 99_000, 7, T0 + 20_000),  # a later revision is not the alert
        heard(1, T0 + 10_900, 7, T0 + 10_000),
        heard(0, T0 - 60_000, 7, T0 - 70_000),  # and neither is one from before
    ]
    found = alert_delays(items, causes, {7: T0 + 1_900}, clients=2, tick_ms=10_000)
    assert (found.planted, found.alerted, found.missed) == (1, 1, [])
    assert (found.from_record.p50_s, found.from_record.most_s) == (8.9, 8.9)
    assert found.from_record.n == 2 and found.beyond_tick.most_s == 0.9
    assert found.from_due.most_s == 9.0 and found.received_after.most_s == 0.1
    assert found.slowest[0].mmsi == 7 and found.slowest[0].arrived_s == 9.0


def test_a_ship_of_which_one_client_did_not_hear_is_missed():
    found = alert_delays([heard(0, T0, 7, T0)], {7: [T0, T0]}, {7: T0, 8: T0}, clients=2, tick_ms=10_000)
    assert found.missed == [7, 8] and found.alerted == 0


def test_a_tape_is_what_the_records_say(tmp_path):
    tape = tape_of(SMALL)
    assert tape.lines == 40 * 60 == int(tape.counts.sum())
    tape.write(tmp_path / "tape")
    data = opened(tmp_path / "tape")
    assert len(data) == tape.lines * LINE
    slot, station = 17, 2
    a, b = tape.block(slot, station)
    stamped = b"".join(b"1760000000.000 " + line + b"\n" for line in bytes(data[a:b]).splitlines())
    decoded = LogDecoder().feed(stamped)
    assert not decoded.rejects
    wanted = np.concatenate([key_of(report) for report in tape.reports(slot, station)])
    assert key_of(decoded.positions).tolist() == wanted.tolist()


def test_no_two_records_of_a_tape_have_one_name():
    flood = msgspec.structs.replace(
        SMALL, kind="overload", flood_per_s=200.0, flood_ships=50, flood_from_s=20.0, flood_to_s=40.0
    )
    tape = tape_of(flood)
    every = [sent_keys(tape, k, int(tape.counts[:, k].sum())) for k in range(STATIONS)]
    assert sum(map(len, every)) == tape.lines == 40 * 60 + 200 * 20
    assert len(np.unique(np.concatenate(every))) == tape.lines
    assert sent_keys(tape, 1, 7).tolist() == every[1][:7].tolist()


def test_planted_ships_change_when_they_are_due():
    tape = tape_of(SMALL)
    due = due_of(tape, T0)
    assert len(due) == 6
    for mmsi, t in due.items():
        changed = []
        for slot in range(tape.slots):
            for station in range(STATIONS):
                for p in tape.reports(slot, station):
                    changed += [T0 + round(slot * SLOT_S * 1000)] * int(
                        ((p.mmsi == mmsi) & (p.nav_status == 1)).sum()
                    )
        assert changed[1] == t, "the second report that she is at anchor is the cause"


def test_metrics_are_read_as_they_are_written():
    text = "\n".join(
        (
            "# HELP x y",
            'seawarden_feed_shed_total{feed="station0"} 3.0',
            'seawarden_feed_shed_total{feed="station1"} 4.0',
            "seawarden_positions_total 12.0",
            'seawarden_feed_condition{condition="shedding",feed="station0"} 1.0',
            'seawarden_step_seconds_bucket{le="0.1"} 90.0',
            'seawarden_step_seconds_bucket{le="0.5"} 99.0',
            'seawarden_step_seconds_bucket{le="+Inf"} 100.0',
        )
    )
    found = samples_of(text)
    assert total(found, "seawarden_feed_shed_total") == 7.0
    assert share(found, "seawarden_step_seconds") == 0.5 and share(found, "seawarden_step_seconds", 0.5) == 0.1
    moment = moment_of(found, 1.0, 500.0)
    assert (moment.shed, moment.positions, moment.feeds, moment.behind_s) == (7, 12, ["shedding"], None)


def test_the_overload_is_five_times_the_rate():
    plan = overload_plan(100_000.0)
    tape = tape_of(msgspec.structs.replace(plan, ships=20, flood_ships=80, flood_per_s=480.0, planted=2))
    flood = tape.counts[round(plan.flood_from_s / SLOT_S) : round(plan.flood_to_s / SLOT_S)].sum()
    assert plan.flood_per_s == 480_000.0 and flood == (20 + 480) * 25


def report(kind: Literal["load", "rate", "overload"], late_ms: float) -> LoadReport:
    sent = keys(1, 2, 3)
    times = delays_of([late_ms])
    return LoadReport(
        plan=Plan(kind=kind), machine=this_machine(), per_s=20_000.0, books=compared(sent, sent, engine=3),
        by_station=[], revisions=1, step_p99_s=0.1, snapshots=1, snapshot_s=2.0, deepest=5_000, peak_mb=900.0,
        moments=[], cpu_run_s=1.0, cpu_stations_s=1.0, cpu_clients_s=1.0, behind_s=0.0, events=1, frames=1,
        client_mb=1.0, broken=0,
        alerts=AlertDelays(
            planted=1, alerted=1, missed=[], from_record=times, beyond_tick=times, from_due=times,
            received_after=times, slowest=[],
        ),
    )  # fmt: skip


def test_what_must_be_is_held_against_its_bound():
    assert met(report("load", 900.0)) and not met(report("load", 1_100.0)) and met(report("overload", 1_100.0))
    lost = report("load", 900.0)
    lost.books.unaccounted = 1
    assert not met(lost)
    missed = report("load", 900.0)
    missed.alerts.missed = [7]
    assert not met(missed)


def test_results_are_written_and_the_page_is_filled_between_its_lines(tmp_path):
    load, rate, overload = report("load", 900.0), report("rate", 5_000.0), report("overload", 4_000.0)
    results = LiveResults(load=load, rate=rate, overload=overload)
    page = tmp_path / "page.md"
    page.write_text(f"# Before\n\n{BEGIN}\nold\n{END}\n\nafter\n")
    for _ in range(2):
        written(results, tmp_path / "results.json", page)
        text = page.read_text()
        assert text.startswith("# Before\n") and text.endswith("after\n") and "old" not in text
        assert text.count(BEGIN) == text.count(END) == 1 and "| 0.9 | 4.0 |" in text
    assert msgspec.json.decode((tmp_path / "results.json").read_bytes(), type=LiveResults) == results
