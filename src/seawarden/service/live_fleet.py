"""Where every ship of a live run is, and was: the engine's own memory, and the reports that wait for their order."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from seawarden.model.position import I32, I64, NO_TIME
from seawarden.model.static import StaticReport
from seawarden.model.vessel import ShipRef
from seawarden.run.live import LiveRun
from seawarden.service.speeds import unproven
from seawarden.service.watch import Stretch
from seawarden.tracks.history import History
from seawarden.tracks.refuted import refuted

FRESH_S: Final = 0.5
"""The newest positions are looked up once in this time, however many readers ask."""
SETTLE_S: Final = 20.0
"""Beside the time for which late records are waited for: so long after a static report a ship is looked up anew."""
MINUTE_MS: Final = 60_000
_LONG_S: Final = 1e12
_EVER: Final = np.iinfo(np.int64).max


class LiveFleet:
    """Positions of a live run; every method that looks at more than a name takes the run's lock.

    Args:
        run: whose engine is looked into.
        max_age_ms: older last positions are left out.
    """

    def __init__(self, run: LiveRun, max_age_ms: int) -> None:
        self._run, self._max_age_ms = run, max_age_ms
        self._minutes: Counter[int] = Counter()
        self._last: tuple[float, int, Stretch] | None = None
        self._settle_s = SETTLE_S + run.settings.time.lateness_s
        self._ships: dict[int, tuple[float, ShipRef]] = {}
        self._told_s: dict[int, float] = {}

    def named(self, statics: Sequence[StaticReport]) -> None:
        """These ships have told what they are called; the engine takes it in when its clock comes to that."""
        now = time.monotonic()
        for report in statics:
            self._told_s[report.mmsi] = now

    def took(self, times: I64) -> None:
        """Count what came, by the minute."""
        minutes, counts = np.unique(times // MINUTE_MS, return_counts=True)
        for minute, count in zip(minutes.tolist(), counts.tolist(), strict=True):
            self._minutes[minute] += count
        if len(self._minutes) > 20_000:
            for minute in sorted(self._minutes)[:-10_000]:
                del self._minutes[minute]

    def first_t(self) -> int:
        """The first minute with anything, ms; NO_TIME without."""
        return min(self._minutes) * MINUTE_MS if self._minutes else NO_TIME

    def ship(self, track: int) -> ShipRef:
        """Who a track is."""
        held = self._ships.get(track)
        if held is not None and held[0] > self._told_s.get(held[1].mmsi, -_LONG_S) + self._settle_s:
            return held[1]
        made_s = time.monotonic()
        try:
            # without the lock: nobody should wait for steps of the engine ship by ship, and nothing is half made
            ship = self._run.room.engine.stages[0].ship(track, _EVER)
        except (RuntimeError, LookupError):
            with self._run.lock:
                ship = self._run.room.engine.stages[0].ship(track, _EVER)
        self._ships[track] = made_s, ship
        return ship

    def tracks_of(self, mmsi: int) -> list[int]:
        """Tracks under one MMSI."""
        with self._run.lock:
            stage = self._run.room.engine.stages[0]
            found: list[int] = np.flatnonzero(stage.tracks.mmsi[: stage.count] == mmsi).tolist()
            return found

    def last(self, at: int) -> Stretch:
        """The last position of every track at that time, too old ones left out."""
        now = time.monotonic()
        with self._run.lock:
            held = self._last
            if (
                held is not None
                and now - held[0] < FRESH_S
                and 0 <= at - held[1] < 1_000 * max(1, self._run.clock.speed)
            ):
                return held[2]
            stage = self._run.room.engine.stages[0]
            slots, rows = stage.history.newest(stage.count, at + 1)
            found = self._with_held(_stretch(slots, rows, stage.history), at)
            kept = _rows(found, at - found.t <= self._max_age_ms)
            if at >= self._run.room.engine.horizon:
                self._last = (now, at, kept)
            return kept

    def stretch(self, mmsi: int, from_t: int, to_t: int) -> Stretch:
        """All positions under one MMSI with from_t <= t <= to_t, by time."""
        with self._run.lock:
            history = self._run.room.engine.stages[0].history
            slots = self.tracks_of(mmsi)
            rows = [history.row_ids(slot, from_t, to_t + 1) for slot in slots]
            every = np.concatenate(rows) if rows else np.empty(0, dtype=np.int64)
            owner = np.repeat(np.array(slots, dtype=np.int32), [len(part) for part in rows])
            found = _stretch(owner, every, history)
            sog_kn, trust = refuted(found.sog_kn, found.trust, history.refutes(every), owner)
            return _rows(found._replace(sog_kn=sog_kn, trust=trust), np.argsort(found.t, kind="stable"))

    def density(self, from_t: int, bin_ms: int, bins: int) -> list[int]:
        """Positions by bin of time, from counts by the minute."""
        out = np.zeros(bins)
        for minute, count in self._minutes.items():
            a = (minute * MINUTE_MS - from_t) / bin_ms
            width = MINUTE_MS / bin_ms
            first, last = max(0, int(np.floor(a))), min(bins - 1, int(np.ceil(a + width)) - 1)
            for k in range(first, last + 1):
                out[k] += count * max(0.0, min(a + width, k + 1) - max(a, k)) / width
        counts: list[int] = np.round(out).astype(np.int64).tolist()
        return counts

    def _with_held(self, found: Stretch, at: int) -> Stretch:
        """The newest of each ship, reports that wait for their order included."""
        engine = self._run.room.engine
        held = engine.order.memory().held
        if not len(held.t) or at < engine.horizon:
            return found
        order = np.lexsort((held.t, held.mmsi))
        order = order[held.t[order] <= at]
        if not len(order):
            return found
        mmsi = held.mmsi[order]
        last = np.append(mmsi[1:] != mmsi[:-1], True)
        order, mmsi = order[last], mmsi[last]
        stage = engine.stages[0]
        ours = stage.tracks.mmsi[found.track]
        # of several tracks under one number, the one heard last is meant
        sort = np.lexsort((found.t, ours))
        place = np.searchsorted(ours[sort], mmsi, side="right") - 1
        known = (
            (place >= 0) & (ours[sort][np.maximum(place, 0)] == mmsi) if len(sort) else np.zeros(len(mmsi), np.bool_)
        )
        rows, at_rows = order[known], sort[place[known]]
        newer = held.t[rows] > found.t[at_rows]
        rows, at_rows = rows[newer], at_rows[newer]
        for name in (
            "t",
            "lat",
            "lon",
            "sog_kn",
            "cog_deg",
            "heading_deg",
            "nav_status",
            "trust",
            "provenance",
            "source",
        ):
            column = getattr(found, name)
            column[at_rows] = getattr(held, name)[rows]
        found.told_kn[at_rows] = held.sog_kn[rows]
        return found


def _stretch(slots: I32, rows: I64, history: History) -> Stretch:
    """Rows of the history, the tracks' own speed in place of one that was not borne out by the way made."""
    track = history.at(rows)
    shown = track.sog_kn.copy()
    doubted = np.flatnonzero(unproven(track.trust))
    if len(doubted):
        shown[doubted] = history.speeds(rows[doubted])
    return Stretch(
        track=slots,
        t=track.t,
        lat=track.lat,
        lon=track.lon,
        sog_kn=shown,
        cog_deg=track.cog_deg,
        heading_deg=track.heading_deg,
        nav_status=track.nav_status,
        trust=track.trust,
        provenance=track.provenance,
        source=track.source,
        expected_kn=track.expected_kn,
        expected_sigma_kn=track.expected_sigma_kn,
        told_kn=track.sog_kn,
    )


def _rows(stretch: Stretch, index: np.ndarray[tuple[int], np.dtype[np.bool_ | np.int64]]) -> Stretch:
    columns: list[Any] = [column[index] for column in stretch]
    return Stretch(*columns)
