"""Real tracks as the ranking sees them, held whole in memory, with their crossings; one track may be changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from seawarden.geography.index import crossings
from seawarden.geography.layer import AssetLayer
from seawarden.model.position import F32, I32, Positions, take
from seawarden.model.static import StaticReport
from seawarden.model.vessel import ShipRef
from seawarden.ports import Track

GAP_MS = 600_000
"""A crossing between two positions further apart is not told to the minute, and is left out."""
_AT_MOST = 64


class Crossing(NamedTuple):
    """One crossing of one asset by one ship."""

    slot: int
    row: int
    """Of the asset."""
    t: float
    """ms."""
    kp_km: float


class Recorded:
    """A `FleetView` over whole tracks."""

    t = int(np.iinfo(np.int64).max)

    def __init__(self, tracks: Sequence[Track], refs: Sequence[ShipRef], gone: int = -1) -> None:
        self.tracks = list(tracks)
        self.refs = list(refs)
        self._gone = gone

    def with_change(self, slot: int, track: Track | None) -> Recorded:
        """The same tracks with one of them replaced, or taken out."""
        changed = Recorded(self.tracks, self.refs, slot if track is None else -1)
        if track is not None:
            changed.tracks[slot] = track
        return changed

    def slots(self) -> Sequence[int]:
        """Rows of all tracks."""
        return [slot for slot in range(len(self.tracks)) if slot != self._gone]

    def find(self, track_id: str) -> int | None:
        """Row of the track with this id, None when there is none."""
        return next((slot for slot in self.slots() if self.refs[slot].track_id == track_id), None)

    def track(self, slot: int, since_t: int, until_t: int | None = None) -> Track:
        """Positions with since_t <= t < until_t."""
        whole = self.tracks[slot]
        first, last = np.searchsorted(whole.t, [since_t, self.t if until_t is None else until_t])
        columns: list[Any] = [column[first:last] for column in whole]
        return Track(*columns)

    def ship(self, slot: int) -> ShipRef:
        """Who she is."""
        return self.refs[slot]

    def mean_sog(self, slot: int, since_t: int, until_t: int) -> float:
        """Mean reported speed, kn; NaN when none was reported."""
        sog: F32 = self.track(slot, since_t, until_t).sog_kn
        known = sog[~np.isnan(sog)]
        return float(known.mean()) if len(known) else float("nan")

    def static(self, slot: int) -> StaticReport | None:
        """Nothing is known of her but her number."""
        return None

    def last(self) -> tuple[I32, Track]:
        """The last position of each track."""
        slots = np.array(self.slots(), dtype=np.int32)
        columns: list[Any] = [
            np.array([self.tracks[slot][field][-1] for slot in slots.tolist()]) for field in range(len(Track._fields))
        ]
        return slots, Track(*columns)


def recorded(positions: Positions) -> Recorded:
    """One track for each MMSI, in order of MMSI and time."""
    p = take(positions, np.lexsort((positions.seq, positions.t, positions.mmsi)))
    starts = np.flatnonzero(np.diff(p.mmsi, prepend=-1))
    tracks, refs = [], []
    for first, last in zip(starts.tolist(), [*starts[1:].tolist(), len(p.t)], strict=True):
        n = last - first
        unknown = np.full(n, np.nan, dtype=np.float32)
        columns = {name: getattr(p, name)[first:last].copy() for name in Track._fields if name in Positions._fields}
        tracks.append(Track(**columns, expected_kn=unknown, expected_sigma_kn=unknown.copy()))
        mmsi = int(p.mmsi[first])
        refs.append(ShipRef(mmsi=mmsi, track_id=f"{mmsi}-0"))
    return Recorded(tracks, refs)


def find_crossings(fleet: Recorded, layer: AssetLayer) -> list[Crossing]:
    """Every crossing between two positions at most ten minutes apart, ship by ship in order of time."""
    asset, seg = np.empty(_AT_MOST, np.int32), np.empty(_AT_MOST, np.int32)
    share, kp = np.empty(_AT_MOST), np.empty(_AT_MOST)
    out = []
    for slot, track in enumerate(fleet.tracks):
        t, lat, lon = track.t.tolist(), track.lat.tolist(), track.lon.tolist()
        for i in range(len(t) - 1):
            gap = t[i + 1] - t[i]
            if gap > GAP_MS:
                continue
            n = crossings(layer.index, lat[i], lon[i], lat[i + 1], lon[i + 1], asset, share, kp, seg)
            out += [Crossing(slot, int(asset[k]), t[i] + float(share[k]) * gap, float(kp[k])) for k in range(n)]
    return out


def slowed(track: Track, at: float, loss: float, settle_min: float) -> Track:
    """The same way, sailed slower from `at` (ms) on: positions lag and the speed falls within minutes."""
    minutes = (track.t - at) / 60_000
    factor = np.where(minutes > 0, 1 - loss * (1 - np.exp(-np.maximum(minutes, 0) / settle_min)), 1.0)
    step = np.diff(track.t, prepend=track.t[0]).astype(np.float64)
    sailed = track.t[0] + np.cumsum(step * factor)
    return track._replace(
        lat=np.interp(sailed, track.t, track.lat),
        lon=np.interp(sailed, track.t, track.lon),
        sog_kn=(track.sog_kn * factor).astype(np.float32),
    )
