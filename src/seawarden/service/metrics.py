"""Health, readiness and Prometheus metrics of a live run, at `/healthz`, `/readyz` and `/metrics`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from starlette.responses import JSONResponse
from starlette.routing import Route

from seawarden import __version__
from seawarden.run.live import LiveRun
from seawarden.run.live_figures import BUCKETS_S, Histogram

STUCK_S: Final = 120.0
"""A loop that has not come round for so long hangs: whoever watches the process should start it anew."""


def add_metrics(app: FastAPI, run: LiveRun) -> None:
    """Answer the three questions, before anything else that the application answers."""
    registry = CollectorRegistry()
    registry.register(LiveCollector(run))

    def healthz(_: object) -> Response:
        hangs = time.monotonic() - run.alive_s > STUCK_S
        well = run.state != "failed" and not hangs
        said = {"state": run.state, "problems": list(run.problems.values())}
        return JSONResponse(said, status_code=200 if well else 503)

    def readyz(_: object) -> Response:
        why = run.why_not()
        said = {"watching": not why, "why_not": why, "problems": list(run.problems.values())}
        return JSONResponse(said, status_code=503 if why else 200)

    def metrics(_: object) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    for path, answer in (("/healthz", healthz), ("/readyz", readyz), ("/metrics", metrics)):
        app.router.routes.insert(0, Route(path, answer, include_in_schema=False))


class LiveCollector:
    """Reads the run's figures whenever it is asked."""

    def __init__(self, run: LiveRun) -> None:
        self._run = run

    def collect(self) -> Iterator[Metric]:
        """All metrics."""
        yield from self._of_the_run()
        yield from self._of_the_feeds()

    def _of_the_run(self) -> Iterator[Metric]:
        run, f = self._run, self._run.figures
        build = GaugeMetricFamily("seawarden_build", "Version of the program.", labels=["version"])
        build.add_metric([__version__], 1)
        yield build
        yield _gauge("watching", "1 while the watch runs and at least one feed is up.", float(not run.why_not()))
        yield _gauge("problems", "Things that are wrong with the run itself.", len(run.problems))
        yield _counter("steps", "Steps of the engine.", f.steps)
        yield _counter("records", "Records taken, of every kind.", f.records)
        yield _counter("positions", "Positions taken.", f.positions)
        yield _gauge("queue_positions", "Positions that wait for the engine.", run.feeds.queue.positions)
        yield _gauge("queue_deepest", "Most positions that ever waited.", run.feeds.queue.deepest)
        yield _counter("shed_positions", "Older positions left out under overload.", run.feeds.queue.shed)
        yield _gauge("ledger_waiting", "Entries that the ledger could not take yet.", run.ledger.waiting)
        yield _counter("snapshots", "Snapshots written.", f.snapshots)
        yield _gauge("snapshot_seconds", "Time of the last snapshot until it counted.", f.snapshot_s)
        yield _gauge("snapshot_stop_seconds", "How long the watch stood still for it.", f.snapshot_stop_s)
        yield _gauge("restore_seconds", "Time of taking up what was, at the start.", f.restore_s)
        if run.journal is not None:
            yield _counter("journal_entries", "Entries of the journal, over all runs.", run.journal.sequence)
            yield _counter("journal_positions", "Positions of the journal, over all runs.", run.journal.records)
            yield _gauge("journal_missing", "Positions that could not be kept.", run.journal.missing)
            yield _gauge("journal_bytes", "Size of the journal.", run.journal.size())
        with run.lock:
            horizon = run.room.engine.horizon
        if horizon > 0:
            behind = (run.clock.now() - horizon) / 1000.0
            yield _gauge("engine_behind_seconds", "Time from the engine's horizon to now.", behind)
        for name, text, counts in (
            ("alerts", "New revisions of alerts.", f.alerts),
            ("findings", "New revisions of findings.", f.findings),
        ):
            family = CounterMetricFamily(f"seawarden_{name}", text, labels=["kind"])
            for word, count in sorted(counts.items()):
                family.add_metric([word], count)
            yield family
        yield _histogram("step_seconds", "A step of the engine with journal and ledger.", f.step_s)
        yield _histogram(
            "receive_to_alert_seconds", "From the reception that released a tick to the alert.", f.receive_to_alert_s
        )
        yield _histogram("tick_to_alert_seconds", "From the end of the tick to the alert.", f.tick_to_alert_s)

    def _of_the_feeds(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("seawarden_feed_up", "1 while the line stands.", labels=["feed"])
        state = GaugeMetricFamily("seawarden_feed_condition", "1 for the condition.", labels=["feed", "condition"])
        lag = GaugeMetricFamily("seawarden_feed_lag_seconds", "Median lag of the last minute.", labels=["feed"])
        offset = GaugeMetricFamily("seawarden_feed_clock_offset_seconds", "Its clock ahead of ours.", labels=["feed"])
        rate = GaugeMetricFamily("seawarden_feed_rate", "Records a second over the last minute.", labels=["feed"])
        seen = GaugeMetricFamily("seawarden_feed_last_seen_timestamp_seconds", "When it came last.", labels=["feed"])
        gap = GaugeMetricFamily("seawarden_feed_longest_gap_seconds", "Its longest time down.", labels=["feed"])
        counts = {
            name: CounterMetricFamily(f"seawarden_feed_{name}", text, labels=["feed"])
            for name, text in (
                ("records", "Records."),
                ("positions", "Positions."),
                ("copies", "Copies left out."),
                ("ahead", "Records from the future."),
                ("shed", "Positions left out under overload."),
                ("gaps", "Times down after it had stood."),
                ("reconnects", "Times connected anew."),
            )
        }
        rejected = CounterMetricFamily("seawarden_feed_rejected", "Rejected records.", labels=["feed", "reason"])
        for feed in self._run.feeds.feeds:
            report = feed.health.report()
            name = [report.name]
            up.add_metric(name, float(report.up))
            state.add_metric([report.name, report.condition], 1)
            rate.add_metric(name, report.rate_s)
            gap.add_metric(name, report.longest_gap_s)
            if report.lag_s is not None:
                lag.add_metric(name, report.lag_s)
            if report.clock_offset_s is not None:
                offset.add_metric(name, report.clock_offset_s)
            if report.last_seen_t is not None:
                seen.add_metric(name, report.last_seen_t / 1000.0)
            for key, family in counts.items():
                family.add_metric(name, getattr(report, key))
            for reason, count in report.reasons.items():
                rejected.add_metric([report.name, reason], count)
        yield from (up, state, lag, offset, rate, seen, gap, *counts.values(), rejected)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"seawarden_{name}", text, value=value)


def _counter(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(f"seawarden_{name}", text, value=value)


def _histogram(name: str, text: str, held: Histogram) -> Metric:
    total = 0
    buckets: list[tuple[str, float]] = []
    for bound, count in zip((*BUCKETS_S, float("inf")), held.counts, strict=True):
        total += count
        buckets.append(("+Inf" if bound == float("inf") else f"{bound:g}", total))
    return HistogramMetricFamily(f"seawarden_{name}", text, buckets=buckets, sum_value=held.total_s)
