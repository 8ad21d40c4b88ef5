"""Where all ships are, once a second for every reader with the same rights, ready to be cut to viewports."""

from __future__ import annotations

import threading
import time
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from seawarden.model.position import F64, I64, Provenance
from seawarden.service.frame import DOUBTED, ROW, SIMULATED, SPEED_DOUBTED, TIERS, Rows, Words, scaled
from seawarden.service.speeds import misplaced, unproven
from seawarden.service.view import View
from seawarden.service.watch import Watch

EVERY_S: Final = 1.0
"""AIS itself reports every 2 to 10 s under way; the costs of a frame were measured at one a second."""
NAMES_S: Final = 30.0
"""What a ship is called is looked up anew after this time: static reports come every six minutes."""
LOOKED_UP: Final = 4_000
"""Names looked up in one picture at most, beside those never seen: a fleet of 20,000 is gone through in five."""
DEGREE: Final = 1_000_000
"""Steps in a degree: a tenth of a metre, and what the columns of `/api/ships` are rounded to."""


class Picture(NamedTuple):
    """All ships at one time; arrays (n,), by rising id."""

    at: int
    rows: Rows
    lat: F64
    lon: F64
    revision: I64
    """How often what a ship is called has changed."""
    words: dict[int, Words]
    """By id."""


class Roll:
    """What ships are called, kept so that a picture asks for few of them."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._size = 0
        self._looked: F64 = np.empty(0)
        self.mmsi: npt.NDArray[np.uint32] = np.empty(0, dtype=np.uint32)
        self.length_m: F64 = np.empty(0)
        self.simulated: npt.NDArray[np.bool_] = np.empty(0, dtype=np.bool_)
        self.revision: I64 = np.empty(0, dtype=np.int64)
        self.words: dict[int, Words] = {}
        self.track_ids: dict[str, int] = {}

    def look(self, tracks: npt.NDArray[np.int32], now_s: float) -> None:
        """Look up those that were never seen, and some of those that have not been for a while."""
        if len(tracks) and int(tracks.max()) >= self._size:
            self._grow(int(tracks.max()) + 1)
        looked = self._looked[tracks]
        never = tracks[np.isneginf(looked)]
        old = tracks[(looked < now_s - NAMES_S) & ~np.isneginf(looked)]
        for track in [*never.tolist(), *old[np.argsort(self._looked[old], kind="stable")][:LOOKED_UP].tolist()]:
            ship = self._watch.ship(track)
            words = Words(ship.name, ship.type, ship.track_id)
            length = np.nan if ship.length_m is None else ship.length_m
            if self.words.get(track) != words:
                self.words[track] = words
                self.revision[track] += 1
                self.track_ids[ship.track_id] = track
            self.mmsi[track], self.length_m[track], self.simulated[track] = ship.mmsi, length, ship.simulated
            self._looked[track] = now_s

    def _grow(self, least: int) -> None:
        more = max(least, 2 * self._size) - self._size
        self._looked = np.append(self._looked, np.full(more, -np.inf))
        self.mmsi = np.append(self.mmsi, np.zeros(more, dtype=np.uint32))
        self.length_m = np.append(self.length_m, np.full(more, np.nan))
        self.simulated = np.append(self.simulated, np.zeros(more, dtype=np.bool_))
        self.revision = np.append(self.revision, np.zeros(more, dtype=np.int64))
        self._size += more


class Painter:
    """Makes the pictures of one reader's view; safe to use from several threads."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._roll = Roll(view.watch)
        self._lock = threading.Lock()
        self._held: tuple[float, Picture] | None = None

    def picture(self) -> Picture:
        """The newest picture: never older than `EVERY_S`, and made once for all who ask."""
        with self._lock:
            now_s = time.monotonic()
            if self._held is None or now_s - self._held[0] >= 0.9 * EVERY_S:
                self._held = now_s, self.paint(now_s)
            return self._held[1]

    def paint(self, now_s: float) -> Picture:
        """A new picture.

        Args:
            now_s: a steady clock, s.
        """
        view, roll = self._view, self._roll
        at = view.watch.clock()
        last = view.watch.last(at)
        roll.look(last.track, now_s)
        rows = np.zeros(len(last.track), dtype=ROW)
        rows["t"], rows["id"], rows["mmsi"] = last.t, last.track, roll.mmsi[last.track]
        rows["lat"], rows["lon"] = np.round(last.lat * DEGREE), np.round(last.lon * DEGREE)
        rows["sog"], rows["cog"] = scaled(last.sog_kn, 100), scaled(last.cog_deg, 10)
        rows["heading"], rows["length"] = scaled(last.heading_deg, 10), scaled(roll.length_m[last.track], 10)
        made = roll.simulated[last.track] | (last.provenance == Provenance.SIMULATED)
        rows["flags"] = np.where(made, SIMULATED, 0) + np.where(misplaced(last.trust), DOUBTED, 0)
        rows["flags"] += np.where(unproven(last.trust), SPEED_DOUBTED, 0).astype(np.uint8)
        rows["risk"] = np.nan
        place = {track: row for row, track in enumerate(last.track.tolist())}
        for track_id, alerts in view.active_by_track(at).items():
            row = place.get(roll.track_ids.get(track_id, -1))
            if row is not None:
                rows["risk"][row], rows["tier"][row] = alerts[0].risk, TIERS.index(alerts[0].tier)
        order = np.argsort(last.track, kind="stable")
        return Picture(
            at, rows[order], last.lat[order], last.lon[order], roll.revision[last.track[order]], dict(roll.words)
        )
