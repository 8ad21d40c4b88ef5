"""Counting a run: what came in, for how long ships were watched, what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from seawarden.engine.core import Outcome
from seawarden.model.alert import Alert
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.finding import Finding
from seawarden.model.position import NO_TIME, Provenance, Trust
from seawarden.model.reject import Reject
from seawarden.store.summary import FeedSummary

WATCHED_GAP_MS = 1_800_000
"""Between two reports at most half an hour apart a ship counts as watched..."""
FRAME_GAP_MS = 21_600_000
"""...and between two key frames at most six hours: the frames between were dropped because nothing happened."""


class Tally:
    """Counters of a run."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.records = 0
        self.positions = 0
        self.rejects: list[Reject] = []
        self.notes: Counter[str] = Counter()
        self.late = 0
        self.watched_ms = 0
        self.doubted: Counter[str] = Counter()
        self.first_t = NO_TIME
        self.last_t = NO_TIME
        self.key_frames = 0
        self.headings = 0
        self._feeds: dict[int, list[int]] = {}

    def came_in(self, batch: Batch) -> None:
        """Count a batch before the engine takes it; its rejects come out of the engine again, with its own."""
        p = batch.positions
        self.records += batch.records
        self.positions += len(p.t)
        if not len(p.t):
            return
        one = p.source[0] == p.source[-1] and (p.source == p.source[0]).all()
        for source in p.source[:1] if one else np.unique(p.source):
            times = p.t if one else p.t[p.source == source]
            feed = self._feeds.setdefault(int(source), [0, int(times.min()), int(times.max())])
            feed[0] += len(times)
            feed[1] = min(feed[1], int(times.min()))
            feed[2] = max(feed[2], int(times.max()))
        self.key_frames += int(np.count_nonzero(p.provenance == Provenance.KEY_FRAME))
        self.headings += int(np.count_nonzero(~np.isnan(p.heading_deg)))

    def came_out(self, outcome: Outcome) -> None:
        """Count what the engine made of it."""
        self.rejects.extend(outcome.rejects)
        # these were counted when they came in
        self.positions -= sum(reject.reason == "clock_ahead" for reject in outcome.rejects)
        for _, e in outcome.tracked:
            if len(e.p.t):
                first = int(e.p.t.min())
                self.first_t = first if self.first_t == NO_TIME else min(self.first_t, first)
                self.last_t = max(self.last_t, int(e.p.t.max()))
            seen = e.slot >= 0
            follows = (e.prev_t != NO_TIME) & (e.believed == 1)
            gap = e.p.t[follows] - e.prev_t[follows]
            limit = np.where(e.p.provenance[follows] == Provenance.KEY_FRAME, FRAME_GAP_MS, WATCHED_GAP_MS)
            self.watched_ms += int(gap[gap <= limit].sum())
            bits = e.p.trust[seen]
            for bit in Trust if bits.any() else ():
                n = int(np.count_nonzero(bits & np.uint32(bit))) if bit else 0
                if n:
                    self.doubted[str(bit.name).lower()] += n
            refuted = int(np.count_nonzero(e.refutes[seen]))
            if refuted:
                self.doubted["speed_unproven"] += refuted
            self.late += int(np.count_nonzero(bits & np.uint32(Trust.LATE)))

    def rejected(self) -> dict[str, int]:
        """Rejected records by reason."""
        return dict(sorted(Counter(reject.reason for reject in self.rejects).items()))

    def feeds(self) -> tuple[FeedSummary, ...]:
        """What came from each source."""
        names = self._catalogue.sources
        return tuple(
            FeedSummary(source=names[k], records=n, positions=n, first_t=first, last_t=last)
            for k, (n, first, last) in sorted(self._feeds.items())
        )


def newest(findings: Sequence[Finding]) -> list[Finding]:
    """The last revision of each finding, in order of id."""
    last: dict[str, Finding] = {}
    for finding in findings:
        if finding.id not in last or finding.revision >= last[finding.id].revision:
            last[finding.id] = finding
    return [last[k] for k in sorted(last)]


def findings_by_kind(findings: Sequence[Finding]) -> tuple[dict[str, int], int]:
    """Findings by kind, and how many were retracted."""
    last = newest(findings)
    kept = Counter(f.kind for f in last if f.state != "retracted")
    return dict(sorted(kept.items())), sum(f.state == "retracted" for f in last)


def alerts_by_tier(alerts: Sequence[Alert]) -> dict[str, int]:
    """Alerts by the highest tier that each reached; retracted ones left out."""
    last = {a.id: a for a in sorted(alerts, key=lambda a: (a.id, a.revision))}
    counts = Counter(a.highest_tier for a in last.values() if a.state != "retracted")
    return {tier: counts.get(tier, 0) for tier in ("notice", "look", "challenge", "act")}
