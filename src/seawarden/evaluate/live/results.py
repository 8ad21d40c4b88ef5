"""The measurements of a live run together: the load, the rate that it can take, five times that; JSON and a page."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from seawarden.evaluate.live.delays import BOUNDS_S, Delays
from seawarden.evaluate.live.load import LoadReport, Plan, run_load

TIMES: Final = 5.0
"""How many times more than can be taken comes in the overload."""
BOUNDS: Final = {"load": 1.0, "overload": 15.0}
"""Time from the end of the tick within which 99 of a hundred alerts must be at the clients, s."""
BEGIN: Final = "<!-- made from docs/results/live-load.json by python -m seawarden.evaluate.live: do not edit -->"
END: Final = "<!-- end of what is made -->"


class LiveResults(msgspec.Struct, kw_only=True):
    """Three runs on one machine, one after another."""

    load: LoadReport
    rate: LoadReport
    """A flood, to see how much the engine takes at most."""
    overload: LoadReport


def run_all(seconds: float, say: Callable[[str], None], *, clients: int = 50) -> LiveResults:
    """Measure all three.

    Args:
        seconds: length of the load.
        say: told what is going on.
        clients: page clients.
    """
    one(Plan(kind="rate", seconds=45.0, planted=10, clients=5), say)  # compiles what is not compiled yet
    load = one(Plan(seconds=seconds, clients=clients), say)
    rate = one(rate_plan(clients), say)
    say(f"rate: {rate.flood_taken_per_s:,.0f} positions a second were taken")
    overload = one(overload_plan(rate.flood_taken_per_s, clients), say)
    return LiveResults(load=load, rate=rate, overload=overload)


def one(plan: Plan, say: Callable[[str], None]) -> LoadReport:
    """One run, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return run_load(Path(folder), plan, say=say)


def rate_plan(clients: int = 50) -> Plan:
    """A flood that is surely more than can be taken."""
    return Plan(
        kind="rate", seconds=50.0, planted=20, clients=clients, flood_per_s=300_000.0, flood_from_s=15.0,
        flood_to_s=45.0,
    )  # fmt: skip


def overload_plan(rate_per_s: float, clients: int = 50) -> Plan:
    """Five times the rate for a while, and after it long enough for the page to say that all is well again."""
    base = Plan()
    more = TIMES * rate_per_s - base.ships / base.period_s
    return Plan(
        kind="overload", seconds=125.0, planted=30, clients=clients, flood_per_s=max(more, 1.0), flood_from_s=15.0,
        flood_to_s=40.0,
    )  # fmt: skip


def met(report: LoadReport) -> bool:
    """Whether all that must be is: the books balance, every planted ship alerted, in time."""
    late = report.alerts.beyond_tick.p99_s
    in_time = late is not None and late <= BOUNDS.get(report.plan.kind, float("inf"))
    return in_time and not report.alerts.missed and report.books.balanced()


def page_of(results: LiveResults) -> str:
    """The tables of the page."""
    machine = results.load.machine
    lines = [
        BEGIN,
        "",
        f"Machine: {machine.processor}, {machine.cores} cores, {machine.memory_gb:g} GB; {machine.system}; "
        f"Python {machine.python}; Seawarden {machine.version}.",
        "",
        "| | load | overload |",
        "|---|---|---|",
        *[f"| {name} | {a} | {b} |" for name, a, b in _rows(results.load, results.overload)],
        "",
        "Planted alerts, each at each client; s:",
        "",
        "| time | run | n | median | 90 % | 99 % | most |",
        "|---|---|---|---|---|---|---|",
        *_delays("load", results.load),
        *_delays("overload", results.overload),
        "",
        "From the end of the tick to the client, counts by class; upper bounds in s:",
        "",
        f"| run | {' | '.join(f'{bound:g}' for bound in BOUNDS_S)} | more |",
        f"|---|{'---|' * (len(BOUNDS_S) + 1)}",
        *[
            f"| {name} | {' | '.join(str(count) for count in report.alerts.beyond_tick.counts)} |"
            for name, report in (("load", results.load), ("overload", results.overload))
        ],
        "",
        "Memory of the run and its children over the load, MB: "
        + ", ".join(f"{m.rss_mb:,.0f}" for m in results.load.moments[:: max(1, len(results.load.moments) // 20)])
        + f"; at most {results.load.peak_mb:,.0f}.",
        "",
        END,
    ]
    return "\n".join(lines)


def written(results: LiveResults, path: Path, page: Path | None) -> None:
    """Write the results, and the tables into the page between their two lines."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")
    if page is not None:
        text = page.read_text(encoding="utf-8")
        before, _, rest = text.partition(BEGIN)
        _, _, after = rest.partition(END)
        page.write_text(before + page_of(results) + after, encoding="utf-8")


def _rows(load: LoadReport, over: LoadReport) -> list[tuple[str, str, str]]:
    def both(name: str, of: Callable[[LoadReport], object]) -> tuple[str, str, str]:
        a, b = (f"{v:,}" if isinstance(v, int | float) else str(v) for v in (of(load), of(over)))
        return name, a, b

    flood = f"{over.flood_sent_per_s:,.0f} for {over.plan.flood_to_s - over.plan.flood_from_s:g} s"
    return [
        (
            "reports a second",
            f"{load.per_s:,.0f}",
            flood,
        ),
        both("length, s", lambda r: r.plan.seconds),
        both("busy processes in the minute before", lambda r: r.machine.load_before),
        both("page clients", lambda r: r.plan.clients),
        both("sent", lambda r: r.books.sent),
        both("in the journal", lambda r: r.books.journalled),
        both("taken by the engine", lambda r: r.books.engine),
        both("shed, counted", lambda r: r.books.shed),
        both("copies, counted", lambda r: r.books.copies),
        both("rejected, counted", lambda r: r.books.rejected),
        both("unaccounted for", lambda r: r.books.unaccounted),
        both("never sent, twice in the journal", lambda r: f"{r.books.foreign}, {r.books.twice}"),
        both("in the order of sending", lambda r: "yes" if r.books.in_order else "no"),
        both("planted ships that alerted", lambda r: f"{r.alerts.alerted} of {r.alerts.planted}"),
        both("99 % of alerts within, after the tick; s", lambda r: f"{r.alerts.beyond_tick.p99_s}"),
        both("which must be at most", lambda r: f"{BOUNDS[r.plan.kind]:g}"),
        both("all of it as it must be", lambda r: "yes" if met(r) else "no"),
        both("snapshots written meanwhile", lambda r: r.snapshots),
        both("most positions that waited", lambda r: r.deepest),
        both(
            "CPU of the run, stations, clients; s", lambda r: f"{r.cpu_run_s}, {r.cpu_stations_s}, {r.cpu_clients_s}"
        ),
        both("frames of ships taken in", lambda r: r.frames),
        ("well again after the flood", "", f"{over.recovered_s} s" if over.restored else "no"),
    ]


def _delays(name: str, report: LoadReport) -> list[str]:
    a = report.alerts
    named: tuple[tuple[str, Delays], ...] = (
        ("from the end of the tick", a.beyond_tick),
        ("from the record's reception", a.from_record),
        ("from the moment at which the record was due", a.from_due),
    )
    return [f"| {what} | {name} | {d.n:,} | {d.p50_s} | {d.p90_s} | {d.p99_s} | {d.most_s} |" for what, d in named]
