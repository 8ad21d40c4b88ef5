"""Counts and times of a live run, for its health and its metrics."""

from __future__ import annotations

import bisect
from collections import Counter
from typing import Final

BUCKETS_S: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0)
"""Upper bounds of the classes of a histogram, s; the last class has none."""


class Histogram:
    """Counts by class, and their sum."""

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS_S) + 1)
        self.total_s = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self.counts[bisect.bisect_left(BUCKETS_S, seconds)] += 1
        self.total_s += seconds

    @property
    def count(self) -> int:
        """How many were counted."""
        return sum(self.counts)

    def share(self, p: float) -> float | None:
        """Upper bound of the class in which that share of all lies, s; None without any, infinity in the last."""
        n, seen = self.count, 0
        for k, count in enumerate(self.counts):
            seen += count
            if n and seen >= p * n:
                return BUCKETS_S[k] if k < len(BUCKETS_S) else float("inf")
        return None


class Figures:
    """What is counted since the start."""

    def __init__(self) -> None:
        self.steps = 0
        self.records = 0
        self.positions = 0
        self.restored = 0
        """Entries of the journal taken in again at the start."""
        self.restore_s = 0.0
        self.alerts: Counter[str] = Counter()
        """New revisions of alerts, by tier."""
        self.findings: Counter[str] = Counter()
        """New revisions of findings, by kind."""
        self.step_s = Histogram()
        """Time of a step of the engine, with journal and ledger."""
        self.receive_to_alert_s = Histogram()
        """From the reception of what released a tick to the alert in the ledger."""
        self.tick_to_alert_s = Histogram()
        """From the end of the tick, event time, to the alert in the ledger."""
        self.snapshot_s = 0.0
        """Time of the last snapshot, from its beginning until it counted."""
        self.snapshot_stop_s = 0.0
        """How long the watch stood still for it."""
        self.snapshots = 0
        self.pruned = 0
