"""Where every ship of a recording was at any moment."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from seawarden.model.position import I64
from seawarden.service.speeds import made_good
from seawarden.service.watch import Stretch
from seawarden.store.recording import Recording
from seawarden.tracks.refuted import refuted


class Fleet:
    """The positions of a recording, searched without a loop over ships."""

    def __init__(self, recording: Recording, max_age_ms: int) -> None:
        """Make the search key.

        Args:
            recording: positions sorted by (track, time).
            max_age_ms: older last positions are left out.
        """
        self._recording = recording
        self._max_age_ms = max_age_ms
        t = recording.positions.t
        self._first = int(t.min()) if len(t) else 0
        self._span = int(t.max()) - self._first + 2 if len(t) else 2
        self._key: I64 = recording.track.astype(np.int64) * self._span + (t - self._first)
        self._tracks = np.arange(len(recording.ships), dtype=np.int64)
        self._by_mmsi: dict[int, list[int]] = {}
        for row, ship in enumerate(recording.ships):
            self._by_mmsi.setdefault(ship.mmsi, []).append(row)
        self._sorted_t: I64 = np.sort(t)

    def range(self) -> tuple[int, int]:
        """First and last time, ms; (0, 0) without positions."""
        if not len(self._sorted_t):
            return 0, 0
        return int(self._sorted_t[0]), int(self._sorted_t[-1])

    def tracks_of(self, mmsi: int) -> list[int]:
        """Tracks under one MMSI."""
        return self._by_mmsi.get(mmsi, [])

    def last(self, at: int) -> Stretch:
        """The last position of every track with t <= at and at - t <= the largest age."""
        within = min(max(at - self._first, -1), self._span - 1)
        rows = np.searchsorted(self._key, self._tracks * self._span + within, side="right") - 1
        rows = rows[rows >= self._recording.starts[:-1]]
        return self._rows(rows[at - self._recording.positions.t[rows] <= self._max_age_ms])

    def stretch(self, mmsi: int, from_t: int, to_t: int) -> Stretch:
        """All positions under one MMSI with from_t <= t <= to_t, by time."""
        starts, t = self._recording.starts, self._recording.positions.t
        parts: list[npt.NDArray[np.int64]] = []
        for track in self.tracks_of(mmsi):
            first, end = int(starts[track]), int(starts[track + 1])
            low = first + int(np.searchsorted(t[first:end], from_t, side="left"))
            high = first + int(np.searchsorted(t[first:end], to_t, side="right"))
            parts.append(np.arange(low, high, dtype=np.int64))
        rows = np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
        found = self._rows(rows)
        sog_kn, trust = refuted(found.sog_kn, found.trust, self._recording.refutes[rows], found.track)
        order = np.argsort(found.t, kind="stable")
        columns: list[Any] = [column[order] for column in found._replace(sog_kn=sog_kn, trust=trust)]
        return Stretch(*columns)

    def density(self, from_t: int, bin_ms: int, bins: int) -> list[int]:
        """Positions by bin of time."""
        edges = from_t + bin_ms * np.arange(bins + 1, dtype=np.int64)
        counts: list[int] = np.diff(np.searchsorted(self._sorted_t, edges, side="left")).tolist()
        return counts

    def _rows(self, rows: npt.NDArray[np.integer[Any]]) -> Stretch:
        p = self._recording.positions
        return Stretch(
            track=self._recording.track[rows],
            t=p.t[rows],
            lat=p.lat[rows],
            lon=p.lon[rows],
            sog_kn=made_good(self._recording, rows),
            cog_deg=p.cog_deg[rows],
            heading_deg=p.heading_deg[rows],
            nav_status=p.nav_status[rows],
            trust=p.trust[rows],
            provenance=p.provenance[rows],
            source=p.source[rows],
            expected_kn=self._recording.expected_kn[rows],
            expected_sigma_kn=self._recording.expected_sigma_kn[rows],
            told_kn=p.sog_kn[rows],
        )
