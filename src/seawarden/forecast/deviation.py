"""Departures from the forecast: a ship that is where the forecast of an hour ago hardly put her.

Asked only of ships of which something else was found, because a forecast costs milliseconds and a departure alone is
no more than a line. The forecast is made from what was known an hour before; the chance of an hour at least as odd
comes from past outcomes of this very feed, so that a poor history makes no findings. The finding carries the region
that should have held her in nine hours of ten.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec
import numpy as np
import shapely

from seawarden.forecast.feed import HOUR_MS, Feed
from seawarden.forecast.query import KM_PER_DEG, STEP_MIN, Queries, queries_at
from seawarden.forecast.surprise import HOUR, p_values
from seawarden.model.error import Uncertain
from seawarden.model.event import Event
from seawarden.model.finding import AreaRef, Change, Finding, Reason, Threshold
from seawarden.ports import Spec, Surroundings, Track, WholeView
from seawarden.settings_forecast import ForecastSettings
from seawarden.surroundings.doubts import placed

KIND: Final = "deviation"
CALLS: Final = frozenset({"slowdown", "anchor_out", "drifting", "about_to_anchor", "silence"})
"""Findings that call for a look: those of a ship under way whose state changes. Who waits or works has no way."""
AFTER_MS: Final = 2 * HOUR_MS
"""A ship is watched for departures for two hours after something else was last found of her."""
FRESH_MS: Final = 600_000
LEAST_KN: Final = 3.0
"""Slower ships have no way to depart from."""
LEAST_PAST: Final = 2
"""Steps of past before the hour: twenty minutes."""
REACH_MS: Final = 5 * HOUR_MS
"""How far back a look reaches."""
RING: Final = 24
"""Corners that the region's ring is drawn with at most."""


class Watched(msgspec.Struct):
    """A ship that is looked at."""

    due: int
    until: int
    start_t: int = 0
    """Start of her open finding, 0 for none."""


class Look(NamedTuple):
    """What one look gave."""

    origin_t: int
    p: float
    off_km: float
    known_share: float
    region: AreaRef


class Deviation:
    """See the module."""

    spec = Spec(
        name=KIND,
        kinds=(KIND,),
        scope="ship",
        title="Notices a ship that is where the forecast of an hour ago hardly put her.",
        inputs=("t", "lat", "lon", "sog_kn", "cog_deg", "trust"),
        look_back_s=5 * 3_600.0,
    )

    def __init__(self, feed: Feed, settings: ForecastSettings) -> None:
        self._feed = feed
        self._s = settings
        self._watched: dict[str, Watched] = {}

    def on_tick(
        self, t: int, findings: Sequence[Finding], events: Sequence[Event], view: WholeView, around: Surroundings
    ) -> list[Change]:
        """Take up the ships of this tick's findings, and look at those that are due."""
        every = int(self._s.surprise_min * 60_000)
        for finding in findings:
            track_id = finding.ship.track_id
            if not track_id or finding.kind not in CALLS or finding.state != "open":
                continue
            held = self._watched.get(track_id)
            if held is None:
                self._watched[track_id] = Watched((t // every + 1) * every, t + AFTER_MS)
            else:
                held.until = t + AFTER_MS
        out: list[Change] = []
        for track_id in sorted(k for k, w in self._watched.items() if w.due <= t):
            out += self._look(track_id, self._watched[track_id], t, every, view)
        return out

    def _look(self, track_id: str, held: Watched, t: int, every: int, view: WholeView) -> list[Change]:
        held.due = (t // every + 1) * every
        slot = view.find(track_id)
        track = view.track(slot, t - REACH_MS) if slot is not None else None
        seen = self.look(track, view.ship(slot).mmsi) if track is not None and slot is not None else None
        over = t >= held.until
        if over:
            del self._watched[track_id]
        if slot is None:
            return []
        if held.start_t == 0:
            odd = seen is not None and seen.p <= self._s.surprise_p and seen.off_km >= self._s.surprise_km
            if seen is None or not odd or over:
                return []
            held.start_t = seen.origin_t
            return [self._change("open", slot, t, held.start_t, seen)]
        if over or (seen is not None and seen.p >= self._s.surprise_end_p):
            start_t, held.start_t = held.start_t, 0
            return [self._change("close", slot, t, start_t, seen)]
        return []

    def look(self, track: Track, mmsi: int) -> Look | None:
        """How odd a ship's last hour is; None when it can't be said.

        Args:
            track: her last five hours.
            mmsi: who she is.
        """
        good = np.flatnonzero(placed(track.trust))
        if len(good) < 4:
            return None
        t = track.t[good]
        origin = int(np.searchsorted(t, t[-1] - HOUR_MS, side="right")) - 1
        if origin < 1 or t[-1] - HOUR_MS - t[origin] > FRESH_MS or not track.sog_kn[good][origin] >= LEAST_KN:
            return None
        lat, lon = track.lat[good].astype(np.float64), track.lon[good].astype(np.float64)
        before = slice(0, origin + 1)
        sog, cog = track.sog_kn[good].astype(np.float64), track.cog_deg[good].astype(np.float64)
        at = np.array([t[origin]], np.int64)
        asked, used = queries_at(
            t[before], lat[before], lon[before], sog[before], cog[before], at, ship=mmsi, gap_ms=HOUR_MS
        )
        if not len(used) or int(asked.n_past[0]) < LEAST_PAST:
            return None
        reference = self._feed.reference()
        if reference is None:
            return None
        when = int(t[origin]) + HOUR * STEP_MIN * 60_000
        smooth = np.degrees(np.unwrap(np.radians(lon)))
        now_lat, now_lon = np.array([np.interp(when, t, lat)]), np.array([np.interp(when, t, smooth)])
        made = self._feed.forecaster.forecast(asked, steps=HOUR, is_land=self._feed.is_land)
        odd = made.oddness(now_lat, now_lon, HOUR)
        p = float(p_values(odd, reference)[0])
        off = _apart_km(asked, made.mean()[0, HOUR - 1], float(now_lat[0]), float(now_lon[0]))
        if p > self._s.surprise_p:
            return Look(int(t[origin]), p, off, float(made.known_share[0]), AreaRef(id="", lat=0, lon=0, radius_m=0))
        shape = made.region(0, HOUR, self._feed.forecaster.calibration_of(made, 0))
        return Look(int(t[origin]), p, off, float(made.known_share[0]), _area(shape))

    def _change(self, action: str, slot: int, t: int, start_t: int, seen: Look | None) -> Change:
        measured: tuple[Uncertain, ...] = ()
        benign: tuple[Reason, ...] = ()
        if seen is not None:
            measured = (
                Uncertain(name="p_value", value=seen.p, unit="", method="conformal, by past outcomes of this feed"),
                Uncertain(name="off", value=seen.off_km, unit="km", method="from the mean of the forecast"),
                Uncertain(name="known_share", value=seen.known_share, unit="", method="weight that past traffic has"),
            )
            if seen.known_share < 0.5:
                text = "little past traffic goes this way: the forecast rests on her motion alone"
                benign = (Reason(text=text, measure="known_share"),)
        opened = action == "open"
        return Change(
            action="open" if opened else "close",
            kind=KIND,
            slot=slot,
            asset=-1,
            area=seen.region if opened and seen is not None else None,
            start_t=start_t,
            t=t,
            end_t=None if opened else t,
            measured=measured if opened else (),
            thresholds=(
                Threshold(name="p_value", value=self._s.surprise_p, unit="", setting="forecast.surprise_p"),
                Threshold(name="off", value=self._s.surprise_km, unit="km", setting="forecast.surprise_km"),
            )
            if opened
            else (),
            benign=benign,
        )

    def next_wake(self) -> int | None:
        """When the next ship is due."""
        return min((watched.due for watched in self._watched.values()), default=None)

    def snapshot(self) -> bytes:
        """Who is watched."""
        return msgspec.msgpack.encode(self._watched)

    def restore(self, data: bytes) -> None:
        """Take up a snapshot."""
        self._watched = msgspec.msgpack.decode(data, type=dict[str, Watched])


def _apart_km(asked: Queries, mean: np.ndarray, lat: float, lon: float) -> float:
    north = (lat - float(mean[0])) * KM_PER_DEG
    east = ((lon - float(mean[1]) + 180.0) % 360.0 - 180.0) * KM_PER_DEG * float(np.cos(np.radians(asked.lat[0])))
    return float(np.hypot(north, east))


def _area(shape: shapely.Geometry) -> AreaRef:
    """The region's largest part as a ring of some corners."""
    largest = max(shapely.get_parts(shape), key=lambda part: (part.area, part.wkb))
    ring = largest.exterior
    tolerance = 0.001
    while len(ring.coords) > RING and tolerance < 1.0:
        ring = largest.exterior.simplify(tolerance)
        tolerance *= 2
    centre = largest.centroid
    corners = tuple((round(float(x), 4), round(float(y), 4)) for x, y in ring.coords)
    wide = max(np.hypot((x - centre.x) * np.cos(np.radians(centre.y)), y - centre.y) for x, y in corners)
    return AreaRef(id="forecast", lat=float(centre.y), lon=float(centre.x), radius_m=float(wide) * KM_PER_DEG * 1000,
                   polygon=corners)  # fmt: skip
