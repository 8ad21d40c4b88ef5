"""The fleet's last positions at a tick, found by track id instead of by row."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from seawarden.model.vessel import ShipRef
from seawarden.ports import FleetView
from seawarden.risk.ahead import Seen
from seawarden.risk.needs import Fix
from seawarden.surroundings.doubts import placed

LOOK_BACK_MS: Final = 6 * 3_600_000
"""How far back a last position is still one: key frames lie hours apart."""

LATELY_MS: Final = 600_000
"""Looked at first: most ships have an undoubted position in it, and it is the last one of the longer time too."""


class FleetFixes:
    """Who a track is and where she is, at one tick. Nothing outside keeps or sorts by rows."""

    def __init__(self, view: FleetView) -> None:
        self.view = view
        self._fixes: dict[str, Fix | None] = {}

    def slot(self, track_id: str) -> int | None:
        """Row of a track at this tick."""
        return self.view.find(track_id)

    def ship(self, track_id: str, known: ShipRef | None = None) -> ShipRef | None:
        """Who she is by what is known now; `known` when the view does not know the track."""
        slot = self.view.find(track_id)
        return known if slot is None else self.view.ship(slot)

    def seen(self, track_id: str) -> Seen | None:
        """Her row in this tick's view, for a forecast; None when the view does not know the track."""
        slot = self.view.find(track_id)
        return None if slot is None else Seen(self.view, slot, track_id, self.view.ship(slot).mmsi)

    def fix(self, track_id: str) -> Fix | None:
        """Her last believed position, None when there is none."""
        if track_id not in self._fixes:
            slot = self.view.find(track_id)
            self._fixes[track_id] = None if slot is None else self._last(slot)
        return self._fixes[track_id]

    def _last(self, slot: int) -> Fix | None:
        track = self.view.track(slot, self.view.t - LATELY_MS)
        good = np.flatnonzero(placed(track.trust))
        if not len(good):
            track = self.view.track(slot, self.view.t - LOOK_BACK_MS)
            good = np.flatnonzero(placed(track.trust))
        if not len(track.t):
            return None
        k = int(good[-1]) if len(good) else len(track.t) - 1
        lat, lon = float(track.lat[k]), float(track.lon[k])
        if not (math.isfinite(lat) and math.isfinite(lon)):
            return None
        return Fix(
            int(track.t[k]),
            lat,
            lon,
            float(track.sog_kn[k]),
            float(track.cog_deg[k]),
            float(track.heading_deg[k]),
            int(track.nav_status[k]),
        )
