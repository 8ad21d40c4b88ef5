"""The watch's own feed as history: ended voyages are learnt as they come, and outcomes keep the regions calibrated.

What is known at a moment is a function of the positions before the last full `learn_h` hours of event time, however
the stream was cut, and whether anybody asked or not: rows are taken at those hours, and turned into history when a
forecast is first wanted, hour by hour.
"""

from __future__ import annotations

from typing import Final, NamedTuple, Protocol

import msgspec
import numpy as np

from seawarden.forecast.archive import dumps, loads
from seawarden.forecast.calibration import STEPS
from seawarden.forecast.forecaster import STEPS_AHEAD, Forecaster, IsLand
from seawarden.forecast.history import Voyage
from seawarden.forecast.outings import NO_ROWS, SAMPLE_MS, Rows, cut, joined, sampled, voyages
from seawarden.forecast.query import STEP_MIN, join, queries_at
from seawarden.model.position import F64, I32, I64, NO_TIME, Provenance
from seawarden.ports import Track
from seawarden.settings_forecast import ForecastSettings
from seawarden.surroundings.doubts import placed

HOUR_MS: Final = 3_600_000
REACH_MS: Final = 20 * HOUR_MS
"""How far back the first look reaches: the engine keeps a day of track."""
MOVING_KN: Final = 3.0
HOUR_ROW: Final = int(np.flatnonzero(STEPS == 60 // STEP_MIN)[0])
OUTCOMES: Final = 48
"""Ended voyages whose outcome recalibrates, of each `learn_h`."""
EVERY_MS: Final = HOUR_MS
"""Moments of one voyage at which outcomes are taken."""
REFERENCE: Final = 100
"""Outcomes of an hour that must be known before anything is called odd: one in a hundred can then be told."""
REFERENCE_MOST: Final = 2_000
KEPT: Final = 0.8
"""Share of the points that stays when there are too many; the oldest voyages go."""


class Passed(Protocol):
    """What is asked of the fleet as known at a tick: see `ports.WholeView`."""

    def recent(self, since_t: int, until_t: int | None = None, step_ms: int = 0) -> tuple[I32, Track]:
        """All tracks' positions with since_t <= t < min(until_t, tick), in order of (t, MMSI, branch)."""
        ...

    def names(self, slots: I32) -> tuple[I64, I64]:
        """MMSI and branch of the tracks in these rows."""
        ...


class Learnt(NamedTuple):
    """How far the history has come."""

    share: float
    """Of what it takes to beat plain motion, 0..1."""
    voyages: int
    own: int
    """Voyages of the watch's own feed among them."""
    points: int
    until_t: int
    """Positions up to here are in it, ms; NO_TIME before the first look."""


class _Memory(msgspec.Struct):
    until_t: int
    own: int
    odd: list[float]
    forecaster: bytes
    going: list[bytes]
    waiting: list[tuple[list[bytes], bytes]]


class Feed:
    """A forecaster that goes on learning."""

    def __init__(
        self, start: Forecaster, settings: ForecastSettings, *, history_h: float = 24, is_land: IsLand | None = None
    ) -> None:
        """Begin with a forecaster, which is changed from now on.

        Args:
            start: weights, calibration and any history.
            settings: how often it learns, and how much is kept.
            history_h: how long the engine remembers positions.
            is_land: hard limit of the samples.
        """
        self._made = start
        self._s = settings
        self._every = int(min(settings.learn_h, history_h / 2) * HOUR_MS)
        self._reach = int(min(REACH_MS, (history_h - settings.learn_h) * HOUR_MS))
        self.is_land = is_land
        self._going = NO_ROWS
        self._waiting: list[tuple[Rows, I64]] = []
        self._until = NO_TIME
        self._own = 0
        self._odd: list[float] = []

    @property
    def until_t(self) -> int:
        """Positions before this have been taken, ms; NO_TIME before the first look."""
        return self._until

    def next_wake(self) -> int | None:
        """When rows are to be taken next, ms."""
        return self._until + self._every if self._until != NO_TIME and self._s.learn else None

    def take(self, t: int, view: Passed) -> None:
        """Take the rows up to the last full hours, when there are new ones.

        Args:
            t: the tick, ms.
            view: the fleet as known at it.
        """
        full = t // self._every * self._every
        if self._until == NO_TIME:
            self._until = full - self._reach // self._every * self._every
            self._made.keep(self._made.history.end_t <= self._until)
        if not self._s.learn:
            return
        # after a long time without a tick, what the engine has forgotten is not asked for
        self._until = max(self._until, full - self._reach // self._every * self._every)
        while self._until < full:
            until = self._until + self._every
            slots, track = view.recent(self._until, until, SAMPLE_MS)
            good = placed(track.trust) & (track.provenance != int(Provenance.SIMULATED))
            mmsi, branch = view.names(slots[good])
            new = Rows(
                mmsi,
                branch,
                track.t[good],
                track.lat[good],
                track.lon[good],
                track.sog_kn[good].astype(np.float64),
                track.cog_deg[good].astype(np.float64),
            )
            self._add(joined(self._going, sampled(new.take(np.lexsort((new.t, branch, mmsi))))), until)

    def _add(self, rows: Rows, until: int) -> None:
        done, self._going, piece = cut(rows, until)
        if len(piece):
            self._waiting.append((done, piece))
        self._until = until

    @property
    def forecaster(self) -> Forecaster:
        """With all that was taken, in its order."""
        for rows, piece in self._waiting:
            new = voyages(rows, piece)
            if self._made.learning >= 1.0:
                self._recalibrate(new)
            self._own += self._made.extend(new)
            self._bound()
        self._waiting = []
        return self._made

    def learnt(self) -> Learnt:
        """How far it has come."""
        made = self.forecaster
        count = made.history.n_voyages
        return Learnt(made.learning, count, min(self._own, count), made.history.n_points, self._until)

    def _bound(self) -> None:
        history = self._made.history
        if history.n_points > self._s.most_points:
            left = history.n_points - history.columns.start[1:]
            self._made.keep(left <= KEPT * self._s.most_points)

    def _recalibrate(self, new: list[Voyage]) -> None:
        """Show the forecaster where ships went, before it learns their voyages."""
        every = max(1, -(-len(new) // OUTCOMES))
        queries, lats, lons = [], [], []
        for voyage in new[::every]:
            times = voyage.t_ms
            at = np.arange(times[0] + HOUR_MS // 3, times[-1] - HOUR_MS, EVERY_MS, dtype=np.int64)
            asked, used = queries_at(*voyage[:5], at, ship=voyage.ship, gap_ms=HOUR_MS)
            if not len(used):
                continue
            begin = times[np.searchsorted(times, at[used], side="right") - 1]
            when = begin[:, None] + np.arange(1, STEPS_AHEAD + 1) * STEP_MIN * 60_000
            over = when > times[-1]
            lon = np.degrees(np.unwrap(np.radians(voyage.lon)))
            queries.append(asked)
            lats.append(np.where(over, np.nan, np.interp(when, times, voyage.lat)))
            lons.append(np.where(over, np.nan, np.interp(when, times, lon)))
        if queries:
            asked = join(queries)
            made = self._made.forecast(asked, is_land=self.is_land)
            scores = self._made.oddness(made, np.concatenate(lats), np.concatenate(lons))
            self._made.learn_from(made, scores)
            moving = scores[asked.sog_kn >= MOVING_KN, HOUR_ROW]
            self._odd = [*self._odd, *moving[~np.isnan(moving)].tolist()][-REFERENCE_MOST:]

    def reference(self) -> F64 | None:
        """Oddness of the hours of ships under way that this feed has seen; None before there are enough."""
        made = self.forecaster
        return None if made.learning < 1.0 or len(self._odd) < REFERENCE else np.array(self._odd)

    def snapshot(self) -> bytes:
        """All memory, without pickle."""
        memory = _Memory(
            self._until,
            self._own,
            self._odd,
            dumps(self._made),
            [column.tobytes() for column in self._going],
            [([column.tobytes() for column in rows], piece.tobytes()) for rows, piece in self._waiting],
        )
        return msgspec.msgpack.encode(memory)

    def restore(self, data: bytes) -> None:
        """Take up a snapshot.

        Raises:
            msgspec.ValidationError: it is not such a snapshot.
            StoreError: its forecaster can't be read.
        """
        memory = msgspec.msgpack.decode(data, type=_Memory)
        self._until, self._own, self._odd = memory.until_t, memory.own, memory.odd
        self._made = loads(memory.forecaster)
        self._going = _rows_of(memory.going)
        self._waiting = [(_rows_of(rows), np.frombuffer(piece, np.int64).copy()) for rows, piece in memory.waiting]


def _rows_of(columns: list[bytes]) -> Rows:
    kinds = [column.dtype for column in NO_ROWS]
    return Rows._make(np.frombuffer(data, kind).copy() for data, kind in zip(columns, kinds, strict=True))
