"""The fleet's last positions at a tick, found by track id instead of by row."""

from __future__ import annotations

import math

from seawarden.model.vessel import ShipRef
from seawarden.ports import FleetView
from seawarden.risk.needs import Fix


class FleetFixes:
    """Last believed fix of each track. Read from the view once, when the first is asked for.

    Rows differ between one process and several shards, so nothing outside this class may keep or sort by them.
    """

    def __init__(self, view: FleetView) -> None:
        self.view = view
        self._fixes: dict[int, Fix] | None = None
        self._slots: dict[str, int] | None = None

    def slot(self, track_id: str) -> int | None:
        """Row of a track, None when the view does not know it."""
        if self._slots is None:
            self._slots = {self.view.ship(int(slot)).track_id: int(slot) for slot in self.view.slots()}
        return self._slots.get(track_id)

    def ship(self, track_id: str, known: ShipRef) -> ShipRef:
        """Who she is by what is known now; what was known before when the view does not know the track."""
        slot = self.slot(track_id)
        return known if slot is None else self.view.ship(slot)

    def fix(self, track_id: str) -> Fix | None:
        """Her last believed position, None when there is none."""
        slot = self.slot(track_id)
        if slot is None:
            return None
        if self._fixes is None:
            slots, last = self.view.last()
            self._fixes = {
                int(s): Fix(
                    int(last.t[k]),
                    float(last.lat[k]),
                    float(last.lon[k]),
                    float(last.sog_kn[k]),
                    float(last.cog_deg[k]),
                    float(last.heading_deg[k]),
                    int(last.nav_status[k]),
                )
                for k, s in enumerate(slots.tolist())
            }
        found = self._fixes.get(slot)
        return found if found is not None and math.isfinite(found.lat) else None
