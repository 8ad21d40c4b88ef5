"""A live run that is killed at random moments, again and again: what the journal returned must be there each time.

The run listens to a station over TCP, on a clock some hundred times faster than the machine's, so that alerts come in
seconds. After each kill: every entry that the journal had returned is in it; no record is in it twice; each revision
of a finding and of an alert is once in the ledger; the ledger verifies. At the end the run is stopped in good order,
and one replay of the journal must come to the same digest as all the lives together.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import struct
import time
from collections import Counter
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from seawarden.channels.gate import Gate
from seawarden.evaluate.live.sender import SharedClock, Station
from seawarden.model.alert import Alert
from seawarden.model.asset import Asset
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.event import Event
from seawarden.model.position import Positions, concat, take
from seawarden.run.build import load_kernels
from seawarden.run.live import LiveRun
from seawarden.run.live_ledger import LiveLedger
from seawarden.run.live_store import LiveStore
from seawarden.run.replay import replay
from seawarden.settings import DEFAULTS, Settings
from seawarden.settings_feeds import FeedSettings, LiveSettings
from seawarden.simulate.draws import generator
from seawarden.simulate.scenario import DAY_T, every_kind
from seawarden.simulate.synthetic_day import synthetic_day
from seawarden.store.journal_read import JournalReader
from seawarden.store.ledger import Ledger
from seawarden.store.verify import verify

ACK: Final = struct.Struct("<QQ")
EARLY: Final = 0.15
"""Share of kills that do not wait for a life to take its first records: they hit the taking up of what was."""
EARLY_S: Final = 1.5
CYCLE_MS: Final = 3 * 3_600_000
"""Length of the made sea; then other ships do the same."""
PARALLEL: Final = 8
"""Cables beside the one of the made sea."""
LINE_DEG: Final = 0.008
"""Between two of them: half a kilometre."""
SETTINGS: Final[Settings] = msgspec.structs.replace(
    DEFAULTS,
    feeds=FeedSettings(flush_s=0.02, backoff_first_s=0.02, backoff_most_s=0.1),
    live=LiveSettings(step_s=0.05, sync_s=0.2, segment_mb=0.5, snapshot_s=2.0, keep_h=0, heartbeat_s=60),
)


class KillReport(msgspec.Struct, kw_only=True):
    """What came of it."""

    kills: int
    lives: int
    """Starts, the last one included, which was stopped in good order."""
    records: int
    """Positions in the journal at the end."""
    lost: int
    """Entries that the journal had returned and that were gone after a kill."""
    twice: int
    """Records that are twice in the journal."""
    told_twice: int
    """Revisions that are twice in the ledger."""
    torn: int
    """Kills that left half an entry at the journal's end."""
    broken_ledgers: int
    early: int
    """Kills before the first entry of a life: in the middle of taking up what was."""
    alerts: int
    """Revisions of alerts."""
    findings: int
    same_digest: bool
    """Whether one replay of the journal came to what all lives together told."""
    longest_restore_s: float


def watched() -> list[Asset]:
    """The cable of the made sea, and parallel ones beside it: one ship's case has many alerts."""
    first = every_kind().assets
    version = first[0].current
    found = [*first]
    for k in range(1, PARALLEL + 1):
        parts = tuple(tuple((lon + LINE_DEG * k, lat) for lon, lat in part) for part in version.parts)
        beside = msgspec.structs.replace(version, parts=parts)
        found.append(
            msgspec.structs.replace(first[0], id=f"test-cable-{k}", name=f"Test Cable {k}", versions=(beside,))
        )
    return found


def sea(hours: float, ships: int) -> tuple[list[Asset], Positions, list[Event]]:
    """The made sea over and over, each time with other ships, among plain traffic."""
    parts = []
    for cycle in range(int(np.ceil(hours * 3_600_000 / CYCLE_MS))):
        made = every_kind(shift_ms=cycle * CYCLE_MS).positions
        made.mmsi[:] += 100 * cycle
        parts.append(made)
    first = every_kind()
    day = synthetic_day(max(int(ships * hours * 60), ships), "kills", ships=ships).positions
    day.t[:] = DAY_T + ((day.t - day.t.min()) * (hours / 24)).astype(np.int64)
    whole = concat([*parts, day])
    whole = take(whole, np.argsort(whole.t, kind="stable"))
    return watched(), take(whole, whole.t < DAY_T + hours * 3_600_000), first.events


def life_of(port: int, store: str, start: tuple[int, float, float], acks: Connection) -> LiveRun:
    """The run of one life: it tells what the journal returned through a pipe, and ends when the process is asked to.

    Args:
        port: of the station.
        store: the run's folder.
        start: of the clock that all lives share.
        acks: takes what the journal has returned.
    """
    assets = watched()
    run = LiveRun(
        [f"tcp://127.0.0.1:{port}#name=station"],
        SETTINGS,
        assets,
        store=Path(store),
        gate=Gate(assets),
        events=every_kind().events,
        clock=SharedClock(*start),
    )
    journal = run.journal
    assert journal is not None
    append = journal.append

    def told(batch: Batch, catalogue: Catalogue, t: int) -> int:
        sequence = append(batch, catalogue, t)
        os.write(acks.fileno(), ACK.pack(sequence, journal.records))
        return sequence

    journal.append = told  # type: ignore[method-assign]
    signal.signal(signal.SIGTERM, lambda *_: run.stop())
    return run


def live(port: int, store: str, start: tuple[int, float, float], acks: Connection) -> None:
    """One life, in a process of its own."""
    run = life_of(port, store, start, acks)
    run.start()
    run.join()
    run.stop()


def run_kills(kills: int, folder: Path, *, seed: int = 1, speed: float = 300.0, ships: int = 100, life_s: float = 2.0,
              preload: bool = False, progress: Callable[[KillReport], None] | None = None,
              life: Callable[..., None] | None = None, more: tuple[Any, ...] = (), modules: Sequence[str] = (),
              last: Callable[[], None] | None = None,
              enough: Callable[[], bool] = lambda: False) -> KillReport:  # fmt: skip
    """Kill a run so many times, and look after each.

    Args:
        kills: how many times.
        folder: takes the store.
        seed: key of the moments.
        speed: the clock's.
        ships: plain traffic beside the made sea, a report a minute each.
        life_s: mean length of a life, s.
        progress: called after each look.
        preload: start lives from a server that holds the compiled code already: for many kills.
        life: what a process does, in place of `live`; takes what that takes, and `more`.
        more: what else a life is told.
        modules: what else the server of lives holds.
        last: waits in the last life, before it is stopped; three lives' time when left out.
        enough: whether the next life is to be the last, however many kills were asked for.
    """
    load_kernels(SETTINGS)
    draw = generator("kills", seed)
    hours = max(3.0, (kills + 4) * (life_s + 10.0) * speed / 3600.0)
    assets, positions, _ = sea(hours, ships)
    start = (DAY_T, time.monotonic() + 1.0, speed)
    station = Station(positions, SharedClock(*start))
    context: Any = multiprocessing.get_context("forkserver" if preload else "spawn")
    if preload:
        context.set_forkserver_preload(["seawarden.evaluate.live.preload", *modules])
    report = KillReport(
        kills=kills, lives=0, records=0, lost=0, twice=0, told_twice=0, torn=0, broken_ledgers=0, early=0, alerts=0,
        findings=0, same_digest=False, longest_restore_s=0.0,
    )  # fmt: skip
    told: tuple[int, int] = (0, 0)
    store = folder / "store"
    for number in range(kills + 1):
        reading, writing = context.Pipe(duplex=False)
        process = context.Process(
            target=life or live, args=(station.port, str(store), start, writing, *more), daemon=True
        )
        began = time.monotonic()
        process.start()
        writing.close()
        report.lives += 1
        ends = number == kills or enough()
        early = not ends and draw.random() < EARLY
        first = b"" if early else first_ack(reading, 120.0)
        if first:
            report.longest_restore_s = max(report.longest_restore_s, round(time.monotonic() - began, 2))
        if ends and last is not None:
            last()
        else:
            time.sleep(
                3 * life_s if ends else float(draw.uniform(0.0, EARLY_S) if early else draw.exponential(life_s))
            )
        if ends:
            process.terminate()
        else:
            process.kill()
        process.join(60)
        before = told
        told = last_ack(reading, first, told)
        report.early += told == before
        reading.close()
        look_after(report, store, told)
        if progress is not None:
            progress(report)
        if ends:
            report.kills = number
            break
    station.close()
    compare(report, store, assets)
    return report


def first_ack(reading: Connection, wait_s: float) -> bytes:
    """The first word of a life, or nothing when there was none in that time."""
    return os.read(reading.fileno(), ACK.size) if reading.poll(wait_s) else b""


def last_ack(reading: Connection, data: bytes, before: tuple[int, int]) -> tuple[int, int]:
    """The newest entry that the journal had returned when the process died."""
    while more := os.read(reading.fileno(), 1 << 16):
        data += more
    whole = len(data) // ACK.size
    if not whole:
        return before
    sequence, records = ACK.unpack_from(data, (whole - 1) * ACK.size)
    return sequence, records


def look_after(report: KillReport, store: Path, told: tuple[int, int]) -> None:
    """What is there after a life has ended."""
    reader = JournalReader(store, after=max(0, told[0] - 1))
    records = last = 0
    for kept in reader:
        last = kept.sequence
        if kept.sequence == told[0]:
            records = kept.content.first_record - 1 + kept.content.positions
    report.torn += reader.torn > 0
    if told[0] and (last < told[0] or records != told[1]):
        report.lost += max(1, told[0] - last)
    path = LiveStore(store, SETTINGS.live).ledger
    if path.exists():
        with Ledger(path) as ledger:
            report.broken_ledgers += not verify(ledger).whole


def compare(report: KillReport, store: Path, assets: list[Asset]) -> None:
    """What is there at the end: records and revisions once each, and the digest of one replay."""
    pairs = []
    for kept in JournalReader(store):
        p = kept.batch.positions
        # two hulls may share a number and a second, but not a place
        place = np.round(p.lat * 600_000) * 1_000_000_000 + np.round(p.lon * 600_000)
        pairs.append(np.stack([p.mmsi, p.source_t, place.astype(np.int64)], axis=1))
    every = np.concatenate(pairs) if pairs else np.empty((0, 3), dtype=np.int64)
    report.records = len(every)
    report.twice = len(every) - len(np.unique(every, axis=0))
    with Ledger(LiveStore(store, SETTINGS.live).ledger) as held:
        ledger = LiveLedger(held, Gate(assets))
        items = ledger.all()
        count = Counter((type(item).__name__, item.id, item.revision) for item in items)
        report.told_twice = sum(count.values()) - len(count)
        report.alerts = sum(isinstance(item, Alert) for item in items)
        report.findings = len(items) - report.alerts
        told = ledger.digest()
    again = replay([store], settings=SETTINGS, assets=assets, keep_positions=False)
    report.same_digest = again.recording.summary.digest == told
