"""A recording as the fleet was known at a moment: what the stages of the engine may ask of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from seawarden.model.position import I32, I64
from seawarden.model.static import StaticReport
from seawarden.model.vessel import ShipRef
from seawarden.ports import Track
from seawarden.service.speeds import made_good, unproven
from seawarden.store.recording import Recording
from seawarden.tracks.refuted import refuted


class Ends:
    """Where each track of a recording ends at a moment: (track, time) as one ascending number, searched at once."""

    def __init__(self, recording: Recording) -> None:
        times = recording.positions.t
        self._first = int(times.min()) if len(times) else 0
        self._span = int(times.max()) - self._first + 2 if len(times) else 2
        self._key: I64 = recording.track.astype(np.int64) * self._span + (times - self._first)
        self._floor: I64 = np.arange(len(recording.ships), dtype=np.int64) * self._span
        ids = [ship.track_id.partition("-") for ship in recording.ships]
        self.mmsi: I64 = np.array([int(head) if head.isdigit() else 0 for head, _, _ in ids], np.int64)
        self.branch: I64 = np.array([int(tail) if tail.isdigit() else 0 for _, _, tail in ids], np.int64)

    def before(self, t: int) -> I64:
        """For each track, the row behind its last position with event time < t; shape (tracks,)."""
        within = min(max(t - self._first, 0), self._span - 1)
        return np.searchsorted(self._key, self._floor + within, side="left").astype(np.int64)


class RecordedView:
    """A `FleetView` over a recording; nothing later than `t` is seen through it. Rows are the recording's tracks."""

    def __init__(self, recording: Recording, t: int, ends: Ends | None = None) -> None:
        """Cut the recording off.

        Args:
            recording: positions sorted by (track, time).
            t: positions with event time < t are seen, ms.
            ends: kept by whoever cuts the same recording often.
        """
        self.t = t
        self._recording = recording
        self._ends = (ends or Ends(recording)).before(t)
        self._by_id: dict[str, int] | None = None

    def track(self, slot: int, since_t: int, until_t: int | None = None) -> Track:
        """Positions of one track with since_t <= t < min(until_t, self.t)."""
        rows = self._between(slot, since_t, until_t)
        track = self._rows(rows)
        sog_kn, trust = refuted(track.sog_kn, track.trust, self._recording.refutes[rows])
        return track._replace(sog_kn=sog_kn, trust=trust)

    def mean_sog(self, slot: int, since_t: int, until_t: int) -> float:
        """Mean reported speed of one track with since_t <= t < min(until_t, self.t), kn; NaN when unknown.

        A speed that is not borne out by the way made does not count.
        """
        track = self._rows(self._between(slot, since_t, until_t))
        reported = track.sog_kn[~np.isnan(track.sog_kn) & ~unproven(track.trust)].astype(np.float64)
        return float(reported.mean()) if len(reported) else float("nan")

    def ship(self, slot: int) -> ShipRef:
        """Who she is, by all that the recording knows of her."""
        return self._recording.ships[slot]

    def static(self, slot: int) -> StaticReport | None:
        """A recording keeps no static reports."""
        return None

    def slots(self) -> Sequence[int]:
        """Tracks that were seen before `t`."""
        seen: list[int] = np.flatnonzero(self._ends > self._recording.starts[:-1]).tolist()
        return seen

    def find(self, track_id: str) -> int | None:
        """Row of the track with this id, None when it has not been seen."""
        if self._by_id is None:
            self._by_id = {ship.track_id: row for row, ship in enumerate(self._recording.ships)}
        row = self._by_id.get(track_id)
        return row if row is not None and self._ends[row] > self._recording.starts[row] else None

    def last(self) -> tuple[I32, Track]:
        """The last position of each track before `t`."""
        slots = np.array(self.slots(), dtype=np.int32)
        return slots, self._rows(self._ends[slots] - 1)

    def _between(self, slot: int, since_t: int, until_t: int | None) -> slice:
        first, end = int(self._recording.starts[slot]), int(self._ends[slot])
        times = self._recording.positions.t[first:end]
        low = first + int(np.searchsorted(times, since_t, side="left"))
        high = end if until_t is None else first + int(np.searchsorted(times, until_t, side="left"))
        return slice(low, max(low, high))

    def _rows(self, rows: slice | npt.NDArray[np.integer[Any]]) -> Track:
        p = self._recording.positions
        return Track(
            t=p.t[rows],
            lat=p.lat[rows],
            lon=p.lon[rows],
            sog_kn=made_good(self._recording, rows),
            cog_deg=p.cog_deg[rows],
            heading_deg=p.heading_deg[rows],
            nav_status=p.nav_status[rows],
            trust=p.trust[rows],
            provenance=p.provenance[rows],
            expected_kn=self._recording.expected_kn[rows],
            expected_sigma_kn=self._recording.expected_sigma_kn[rows],
            receive_t=p.receive_t[rows],
            source=p.source[rows],
            receiver=p.receiver[rows],
            file=p.file[rows],
            offset=p.offset[rows],
        )
