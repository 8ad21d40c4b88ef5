"""A live run under load: four stations at once, page clients beside it, every record reconciled, alerts timed.

`seawarden serve` is one process, the stations another, the page clients a third; all share the machine. Ships are
planted that must raise an alert at known moments, so that the time from a record to the alert on the clients' event
streams is measured and not guessed. Under overload the same is asked while five times more comes than can be taken.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

import msgspec
import numpy as np

from seawarden.evaluate.live.delays import AlertDelays, alert_delays
from seawarden.evaluate.live.machine import Machine, this_machine
from seawarden.evaluate.live.readers import Readers, ReadReport
from seawarden.evaluate.live.reconcile import Books, Kept, compared, kept_of, sent_keys, together
from seawarden.evaluate.live.serving import Moment, Samples, Serving, share, total
from seawarden.evaluate.live.stations import Sent, Stations
from seawarden.evaluate.live.tape import Part, Tape
from seawarden.evaluate.live.waters import CABLES, CAUSE, SLOT_S, STATIONS, Waters, moments
from seawarden.settings import DEFAULTS

TICK_MS: Final = DEFAULTS.time.tick_ms
QUIET_S: Final = 15.0
"""No ship is planted in the first seconds and the last: she must be known before, and her alert have time to come."""
AFTER_S: Final = 15.0
"""How long the clients read on after the last report."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a run."""

    kind: Literal["load", "rate", "overload"] = "load"
    ships: int = 20_000
    period_s: float = 1.0
    """Time between two reports of one ship."""
    seconds: float = 600.0
    planted: int = 300
    clients: int = 50
    lateness_s: float = 0.0
    """The run's `time.lateness_s`: records that are timed by their reception come in order, none is late."""
    queue: int = DEFAULTS.live.queue_records
    flood_per_s: float = 0.0
    """Reports a second beside those of the ships, in the middle of the run."""
    flood_ships: int = 80_000
    flood_from_s: float = 0.0
    flood_to_s: float = 0.0


class LoadReport(msgspec.Struct, kw_only=True):
    """What came of it."""

    plan: Plan
    machine: Machine
    per_s: float
    """Reports sent a second, all stations together."""
    flood_sent_per_s: float = 0.0
    """The same during the flood."""
    flood_taken_per_s: float = 0.0
    """Positions that the engine took a second during the flood."""
    books: Books
    by_station: list[Books]
    alerts: AlertDelays
    revisions: int
    """Revisions of alerts that the clients heard of, those of the planted ships included."""
    step_p99_s: float | None
    """Upper bound of the class of a step of the engine with journal and ledger."""
    snapshots: int
    snapshot_s: float
    """Time of the last one."""
    deepest: int
    """Most positions that ever waited."""
    peak_mb: float
    moments: list[Moment]
    cpu_run_s: float
    cpu_stations_s: float
    cpu_clients_s: float
    behind_s: float
    """Longest time that a station was behind its schedule because TCP took no more."""
    events: int
    frames: int
    """Frames of ships that the clients took in."""
    client_mb: float
    broken: int
    """Times that a client's line broke."""
    restored: bool = False
    """After a flood: whether lag, queue and feeds were as before it when the run ended, without a restart."""
    recovered_s: float | None = None
    """Time from the flood's end until the engine was as little behind as before."""


def tape_of(plan: Plan) -> Tape:
    """What the stations will send."""
    slots = round(plan.seconds / SLOT_S)
    begin, end = (plan.flood_from_s, plan.flood_to_s) if plan.flood_per_s else (QUIET_S, plan.seconds - QUIET_S)
    base = Waters(plan.ships, plan.period_s, moments(plan.planted, plan.period_s, begin, end))
    parts = [Part(base, 0, slots)]
    if plan.flood_per_s:
        period = max(SLOT_S, round(plan.flood_ships / plan.flood_per_s / SLOT_S) * SLOT_S)
        many = Waters(round(plan.flood_per_s * period), period, np.empty(0, dtype=np.int64), first=plan.ships)
        parts.append(Part(many, round(plan.flood_from_s / SLOT_S), round(plan.flood_to_s / SLOT_S)))
    return Tape(parts, slots)


def due_of(tape: Tape, began_t: int) -> dict[int, int]:
    """When the report that causes each planted ship's alert is due to be sent, ms, by MMSI."""
    waters = tape.parts[0].waters
    due: dict[int, int] = {}
    for slot, stations in enumerate(waters.rows):
        for rows in stations:
            for row in rows[rows < len(waters.planted)].tolist():
                number = int(waters.planted[row]) + CAUSE
                due[int(waters.mmsi[row])] = began_t + round((number * waters.slots + slot) * SLOT_S * 1000)
    return due


def run_load(folder: Path, plan: Plan, *, say: Callable[[str], None] = lambda text: None) -> LoadReport:
    """Measure a run.

    Args:
        folder: takes the tape and the store.
        plan: what is asked.
        say: told what is going on.
    """
    tape = tape_of(plan)
    say(f"{plan.kind}: encoding {tape.lines:,} sentences")
    tape.write(folder / "tape")
    stations = Stations(tape, folder / "tape")
    environment = {
        "SEAWARDEN__TIME__LATENESS_S": str(plan.lateness_s),
        "SEAWARDEN__TIME__HISTORY_H": "1",
        "SEAWARDEN__LIVE__QUEUE_RECORDS": str(plan.queue),
    }
    uris = [f"tcp://127.0.0.1:{port}#name=station{k}" for k, port in enumerate(stations.ports)]
    serving = Serving(folder, uris, CABLES, environment)
    readers = None
    try:
        serving.ready()
        readers = Readers(serving.port, plan.clients)
        time.sleep(3.0)
        say(f"{plan.kind}: sending for {plan.seconds:,.0f} s")
        serving.watch(every_s=2.0 if plan.flood_per_s else 10.0)
        stations.begin()
        sent = stations.sent(plan.seconds + 60.0) or stations.end()
        if sent is None:
            raise RuntimeError("the stations did not end")
        time.sleep(AFTER_S)
        found = serving.drained()
        read = readers.end()
        serving.stop()
        stations.close()
        say(f"{plan.kind}: reconciling")
        kept = kept_of(serving.store, tape.parts[0].waters.mmsi[: plan.planted].tolist())
        return report_of(plan, tape, sent, found, serving, kept, read)
    finally:
        serving.stop()
        stations.close()
        if readers is not None:
            readers.close()


def report_of(
    plan: Plan, tape: Tape, sent: Sent, found: Samples, serving: Serving, kept: Kept, read: ReadReport
) -> LoadReport:
    """Put together what was measured."""
    engine = int(total(found, "seawarden_positions_total"))
    books = []
    for k in range(STATIONS):
        mine = f'feed="station{k}"'
        told = {
            name: int(sum(v for label, v in found.get(f"seawarden_feed_{name}_total", []) if mine in label))
            for name in ("rejected", "copies", "shed")
        }
        books.append(compared(sent_keys(tape, k, sent.lines[k]), kept.keys[k], **told))
    whole = together(books)
    whole.engine = engine
    flood_s = plan.flood_to_s - plan.flood_from_s
    flood = slice(round(plan.flood_from_s / SLOT_S), round(plan.flood_to_s / SLOT_S))
    before = [m.behind_s for m in serving.moments if m.behind_s is not None and m.at_s < plan.flood_from_s]
    in_flood = [m for m in serving.moments if plan.flood_from_s + 5.0 <= m.at_s <= plan.flood_to_s]
    taken = in_flood[-1].positions - in_flood[0].positions if len(in_flood) > 1 else 0
    taken_s = in_flood[-1].at_s - in_flood[0].at_s if len(in_flood) > 1 else 1.0
    normal = max(before, default=0.0) + 1.0
    after = [m for m in serving.moments if m.at_s >= plan.flood_to_s] if plan.flood_per_s else []
    calm = next((m.at_s for m in after if m.behind_s is not None and m.behind_s <= normal and not m.waiting), None)
    last = serving.moments[-1] if serving.moments else None
    return LoadReport(
        plan=plan,
        machine=this_machine(),
        per_s=round(whole.sent / max(sent.seconds, 1e-9), 1),
        flood_sent_per_s=round(int(tape.counts[flood].sum()) / flood_s, 1) if plan.flood_per_s else 0.0,
        flood_taken_per_s=round(taken / max(taken_s, 1e-9), 1),
        books=whole,
        by_station=books,
        alerts=alert_delays(
            read.heard, kept.causes, due_of(tape, sent.began_t), clients=plan.clients, tick_ms=TICK_MS
        ),
        revisions=len({(item.id, item.revision) for item in read.heard}),
        step_p99_s=share(found, "seawarden_step_seconds"),
        snapshots=int(total(found, "seawarden_snapshots_total")),
        snapshot_s=round(total(found, "seawarden_snapshot_seconds"), 2),
        deepest=int(total(found, "seawarden_queue_deepest")),
        peak_mb=round(serving.peak_mb, 1),
        moments=serving.moments,
        cpu_run_s=serving.cpu_s,
        cpu_stations_s=sent.cpu_s,
        cpu_clients_s=read.cpu_s,
        behind_s=sent.behind_s,
        events=read.events,
        frames=read.frames,
        client_mb=round(read.bytes / 1e6, 1),
        broken=read.broken,
        restored=bool(calm is not None and last is not None and not last.waiting and "shedding" not in last.feeds),
        recovered_s=None if calm is None else round(max(0.0, calm - plan.flood_to_s), 1),
    )
