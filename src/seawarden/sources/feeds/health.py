"""How a feed is doing: whether its line stands, what comes over it, how late, and since when."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from typing import Final

import msgspec
import numpy as np

from seawarden.model.position import NO_TIME
from seawarden.settings_feeds import FeedSettings
from seawarden.sources.feeds.clock import EdgeClock
from seawarden.sources.feeds.failure import SICK, WELL, Condition, LinkError
from seawarden.sources.feeds.reading import Reading

WINDOW_S: Final = 60
"""Rates, lags and shares are those of the last minute."""
LEAST: Final = 20
"""Records in a minute from which shares mean something."""


class FeedReport(msgspec.Struct, frozen=True, kw_only=True):
    """A feed's health at a moment."""

    name: str
    where: str
    condition: Condition
    message: str
    """A sentence: what is seen, and what to do."""
    since_t: int
    """Since when it is in that condition, ms."""
    up: bool
    """Whether the line stands."""
    well: bool
    """Whether the line stands and what comes over it is as it should be."""
    last_seen_t: int | None
    """When anything came last, ms."""
    last_event_t: int | None
    """Newest event time, ms."""
    lag_s: float | None
    """Median time from event to reception over the last minute, s."""
    clock_offset_s: float | None
    """How far its clock is ahead of ours (negative: behind, or its records are late), s."""
    rate_s: float
    """Records a second over the last minute."""
    records: int
    positions: int
    rejected: int
    reasons: dict[str, int]
    """Rejected records by reason."""
    copies: int
    """Records that came again, to the letter, and were left out."""
    ahead: int
    """Records from the future, which got the time of their reception."""
    shed: int
    """Positions left out because the engine could not keep up; a newer one of the same ship was kept."""
    gaps: int
    """Times that the line was down or silent after it had stood."""
    longest_gap_s: float
    reconnects: int
    next_try_s: float | None
    """Time until the next call, s; None while the line stands."""


class _Second(msgspec.Struct):
    at: int
    records: int = 0
    rejected: int = 0
    copies: int = 0
    ahead: int = 0
    shed: int = 0


class Health:
    """Keeps a feed's health; written by the feed's thread, read by any.

    Args:
        name: the feed's.
        where: whose line it is.
        settings: when a feed is called unwell.
        clock: the edge's.
        pause_s: pause between two deliveries that is as it should be.
        told: called at each change between up and down, with the reason.
    """

    def __init__(
        self,
        name: str,
        where: str,
        settings: FeedSettings,
        clock: EdgeClock,
        pause_s: float = 0.0,
        told: Callable[[bool, str], None] = lambda up, reason: None,
    ) -> None:
        self.name, self.where = name, where
        self._s, self._clock, self._told = settings, clock, told
        self._quiet_s = max(settings.quiet_s, 2.5 * pause_s)
        self._lock = threading.RLock()
        self._condition: Condition = "starting"
        self._message = "not called yet"
        self._since_t = clock.now()
        self._up = False
        self._ever_up = False
        self._opened = 0
        self._last_seen: float | None = None
        self._last_record = 0.0
        self._ours = False
        self._down_since: float | None = None
        self._next_try: float | None = None
        self._last_seen_t: int | None = None
        self._last_event_t: int | None = None
        self._seconds: deque[_Second] = deque()
        self._offsets: deque[tuple[int, float]] = deque()
        self._reasons: Counter[str] = Counter()
        self.records = self.positions = self.copies = self.ahead = self.shed = 0
        self._gaps = 0
        self._longest_gap_s = 0.0

    def connecting(self) -> None:
        """A call begins."""
        with self._lock:
            self._next_try = None
            if not self._up and self._condition == "starting":
                self._set("connecting", f"calling {self.where}")

    def opened(self) -> None:
        """The line stands; whether anything comes over it is not known yet."""
        with self._lock:
            self._opened += 1
            self._up = self._ever_up = True
            self._next_try = None
            self._last_seen = self._last_record = self._clock.steady()
            self._end_gap()
            self._set("up", f"connected to {self.where}, nothing came yet")
        self._told(True, "")

    def failed(self, error: LinkError, next_try_s: float) -> None:
        """A call failed or the line broke; the next try is in that many seconds."""
        with self._lock:
            was_up, self._up = self._up, False
            now = self._clock.steady()
            if was_up:
                self._gaps += 1
            if self._ever_up and self._down_since is None:
                self._down_since = now
            self._next_try = now + next_try_s
            self._set(error.condition, str(error))
        if was_up:
            self._told(False, str(error))

    def stopped(self, condition: Condition = "stopped", message: str = "stopped") -> None:
        """It will not be called again."""
        with self._lock:
            was_up, self._up = self._up, False
            self._next_try = None
            self._set(condition, message)
        if was_up:
            self._told(False, message)

    def took(self, reading: Reading, size: int) -> None:
        """Something came: `size` bytes, and what they held."""
        p = reading.batch.positions
        with self._lock:
            if size:
                self._last_seen = self._clock.steady()
                self._last_seen_t = self._clock.now()
            if reading.batch.records:
                self._last_record = self._clock.steady()
            self._ours = reading.ours
            second = self._second()
            second.records += reading.batch.records
            second.rejected += len(reading.batch.rejects)
            second.copies += reading.copies
            second.ahead += reading.ahead
            self.records += reading.batch.records
            self.positions += len(p.t)
            self.copies += reading.copies
            self.ahead += reading.ahead
            self._reasons.update(reject.reason for reject in reading.batch.rejects)
            if len(p.t):
                newest = int(p.t.max())
                self._last_event_t = max(newest, self._last_event_t or newest)
                timed = (p.source_t != NO_TIME) & (p.receive_t != NO_TIME)
                if timed.any():
                    offset = float(np.median(p.source_t[timed] - p.receive_t[timed])) / 1000.0 / self._clock.speed
                    self._offsets.append((second.at, offset))
            if reading.problem:
                self._set(reading.condition, reading.problem)
            elif size or self._up:
                self._judge(len(p.t) > 0 or reading.batch.records > 0)

    def left_out(self, shed: int) -> None:
        """Positions of this feed were shed under overload."""
        with self._lock:
            self.shed += shed
            self._second().shed += shed

    def silent_s(self) -> float:
        """How long nothing came over a line that stands, s."""
        with self._lock:
            return 0.0 if self._last_seen is None else self._clock.steady() - self._last_seen

    def report(self) -> FeedReport:
        """The feed's health now."""
        with self._lock:
            self._trim()
            if self._up and self._condition in WELL:
                self._judge(False)
            now = self._clock.steady()
            records = sum(second.records for second in self._seconds)
            offset = self._offset()
            gap = 0.0 if self._down_since is None else now - self._down_since
            return FeedReport(
                name=self.name,
                where=self.where,
                condition=self._condition,
                message=self._message,
                since_t=self._since_t,
                up=self._up,
                well=self._up and self._condition in WELL and self._condition not in SICK,
                last_seen_t=self._last_seen_t,
                last_event_t=self._last_event_t,
                lag_s=None if offset is None else round(max(0.0, -offset), 3),
                clock_offset_s=None if offset is None else round(offset, 3),
                rate_s=round(records / WINDOW_S, 2),
                records=self.records,
                positions=self.positions,
                rejected=sum(self._reasons.values()),
                reasons=dict(sorted(self._reasons.items())),
                copies=self.copies,
                ahead=self.ahead,
                shed=self.shed,
                gaps=self._gaps,
                longest_gap_s=round(max(self._longest_gap_s, gap), 1),
                reconnects=max(0, self._opened - 1),
                next_try_s=None if self._next_try is None else round(max(0.0, self._next_try - now), 1),
            )

    def _judge(self, fresh: bool) -> None:
        """Which condition a line that stands is in, worst first."""
        seconds = list(self._seconds)
        records = sum(s.records for s in seconds)
        rejected, copies = sum(s.rejected for s in seconds), sum(s.copies for s in seconds)
        shed, ahead = sum(s.shed for s in seconds), sum(s.ahead for s in seconds)
        silent = self.silent_s()
        offset = self._offset()
        share = 1.0 / max(records, 1)
        if not fresh and silent >= self._quiet_s:
            self._set("quiet", f"the line stands, but nothing has come for {silent:,.0f} s")
        elif not fresh and self._clock.steady() - self._last_record >= self._quiet_s:
            what = "is it another form, or a line at another speed?"
            self._set("garbage", f"bytes come, but no whole record for {self._quiet_s:,.0f} s and more: {what}")
        elif shed:
            self._set("shedding", f"more comes than can be taken: {shed:,} older positions left out in a minute")
        elif records >= LEAST and rejected >= self._s.garbage_share * records:
            worst = self._reasons.most_common(1)[0][0]
            what = "is it another form, or a serial line at another speed?"
            self._set("garbage", f"{rejected * share:.0%} of what comes is not understood, mostly {worst}: {what}")
        elif records >= LEAST and copies >= self._s.copies_share * records:
            self._set("copies", f"{copies * share:.0%} of what comes is a copy: is a feed looped back on itself?")
        elif records >= LEAST and ahead >= 0.5 * records:
            what = "its records get the time of their reception; set its clock, or take our time with #time=receive"
            self._set("clock", f"its clock is ahead of ours: {what}")
        elif offset is not None and -offset >= self._s.stale_s and not self._ours:
            what = "it is delayed, or its clock is behind; if so, take our time with #time=receive"
            self._set("late", f"what comes is {_span(-offset)} old: {what}")
        elif fresh or (records and self._condition != "quiet"):
            self._set("up", f"{records / WINDOW_S:,.1f} records a second")
        elif self._condition in ("quiet", "garbage") and silent < self._quiet_s and not records:
            self._set("up", "something came, but no whole record yet")

    def _set(self, condition: Condition, message: str) -> None:
        if condition != self._condition:
            self._condition, self._since_t = condition, self._clock.now()
        self._message = message

    def _end_gap(self) -> None:
        if self._down_since is not None:
            self._longest_gap_s = max(self._longest_gap_s, self._clock.steady() - self._down_since)
            self._down_since = None

    def _second(self) -> _Second:
        at = int(self._clock.steady())
        if not self._seconds or self._seconds[-1].at != at:
            self._seconds.append(_Second(at))
            self._trim()
        return self._seconds[-1]

    def _trim(self) -> None:
        oldest = int(self._clock.steady()) - WINDOW_S
        while self._seconds and self._seconds[0].at <= oldest:
            self._seconds.popleft()
        while self._offsets and self._offsets[0][0] <= oldest:
            self._offsets.popleft()

    def _offset(self) -> float | None:
        return float(np.median([offset for _, offset in self._offsets])) if self._offsets else None


def _span(seconds: float) -> str:
    if seconds >= 5_400:
        return f"{seconds / 3_600:,.1f} h"
    return f"{seconds / 60:,.0f} min" if seconds >= 120 else f"{seconds:,.0f} s"
