"""Dragging at anchor: a ship leaves the circle that she swings in, slowly and not under power.

An anchored ship lies on a circle about her anchor: radius chain out plus the distance from bow to antenna. When the
wind turns, she may swing to the far side, twice the radius off. With a heading the anchor's place can be reckoned
from each report (a radius ahead of the antenna, for the bow points to it), and a drag moves that place while a swing
does not. Without a heading, only a departure beyond twice the radius is told.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from seawarden.behaviours import measure
from seawarden.behaviours.dragging_at_anchor_screen import CLOSE, DraggingState, Limits, new_state, screen, silent
from seawarden.behaviours.emit import collect
from seawarden.behaviours.judged import Candidate, Judged, ended
from seawarden.behaviours.places import explained_by_place
from seawarden.geodesy import bearing_deg, distance_m
from seawarden.model.finding import Change, Threshold
from seawarden.model.position import F64
from seawarden.ports import Enriched, FleetView, Rows, Spec, Surroundings, Track
from seawarden.settings_patterns import DraggingSettings
from seawarden.surroundings.doubts import placed

SHACKLE_M: Final = 27.5
BOW_SHARE: Final = 0.8
"""Antennas stand aft: most of the length lies ahead of them."""
UNDER_POWER_DEG: Final = 35.0
"""A ship that moves where her bow points sails; one that drags goes astern or sideways."""
AT_REST_KN: Final = 0.4
"""Mean speed of a ship that sheers about at anchor; one that waits under way makes more."""
LAIN_M: Final = 150.0
ONE_WAY: Final = 0.6
"""Displacement over way, and its least length, from which a slow ship drifts and does not lie."""
LEFT_MS: Final = 1_800_000
LYING_MS: Final = 2 * 3_600_000
"""How far back her lying is looked at for the anchor's place."""


class Drift(NamedTuple):
    """How a ship leaves her place."""

    speed_kn: float
    straightness: float
    """Displacement over way."""
    direction_deg: float
    off_bow_deg: float
    """Mean angle of course and heading, NaN without headings."""
    anchor_m: float
    """How far the reckoned place of the anchor has moved, NaN without headings."""
    now_kn: float
    """Way made good over the last third."""
    lain_kn: float
    """Mean reported speed while she lay, NaN when none was reported."""
    drifted: bool
    """Whether she went one way even while she lay: a ship at anchor goes to and fro."""


class DraggingAtAnchor(Judged):
    """A ship at anchor drags."""

    spec = Spec(
        name="dragging_at_anchor",
        kinds=("dragging_at_anchor",),
        scope="ship",
        title="A ship at anchor near an asset leaves the circle that she swings in, slowly and not under power.",
        inputs=("t", "lat", "lon", "sog_kn", "cog_deg", "heading_deg", "nav_status"),
        look_back_s=24 * 3600,
    )

    def __init__(self, settings: DraggingSettings) -> None:
        self._settings = s = settings
        self._limits = Limits(
            float(s.still_kn), float(s.most_kn), float(s.least_m), float(s.reach_m), int(s.settle_s * 1000),
            int(s.sustain_s * 1000), int(s.heave_s * 1000), int(s.gap_s * 1000),
        )  # fmt: skip
        where = "behaviours.dragging_at_anchor."
        self._thresholds = (
            Threshold(name="way from her place", value=s.least_m, unit="m", setting=where + "least_m"),
            Threshold(name="duration", value=s.sustain_s, unit="s", setting=where + "sustain_s"),
            Threshold(name="most speed", value=s.most_kn, unit="kn", setting=where + "most_kn"),
            Threshold(name="straightness", value=s.least_straight, unit="1", setting=where + "least_straight"),
            Threshold(name="shackles", value=s.shackles, unit="1", setting=where + "shackles"),
        )

    def init_state(self, n: int) -> DraggingState:
        """State arrays for `n` ships."""
        return new_state(n)

    def screen(self, batch: Enriched, state: DraggingState, around: Surroundings) -> Rows:
        """Departures worth a look."""
        return collect(len(batch.slot), lambda begin, out: screen(begin, batch, state, self._limits, out))

    def silent(self, state: DraggingState, until_t: int, around: Surroundings) -> Rows | None:
        """A long gap in her reports ends it."""
        return ended(state.phase == 3, lambda begin, out: silent(begin, state, until_t, self._limits.gap_ms, out))

    def judge(self, one: Candidate, view: FleetView, around: Surroundings, state: DraggingState) -> Iterator[Change]:
        """Departures that no swing explains, as findings."""
        v = one.v
        slot, asset = one.slot, one.asset
        t, start = one.t, one.start_t
        lasted = measure.duration("duration", (t - start) / 1000)
        if one.code == CLOSE:
            yield one.closes("dragging_at_anchor", lasted)
            return
        off_m, center = float(v[0]), (float(v[1]), float(v[2]))
        radius_m, ahead_m = self._circle(view, slot)
        drift = _drift(view, slot, start, t, radius_m, center)
        if drift is None or not self._drags(drift, off_m, radius_m, float(v[7])):
            return
        yield Change(
            action="open", kind="dragging_at_anchor", slot=slot, asset=asset, start_t=start, t=t,
            kp_km=float(v[5]), kp_sigma_km=float(v[6]) / 1000,
            measured=(
                lasted,
                measure.distance(off_m, 15.0, "way", "from the middle of where she lay"),
                measure.distance(float(v[3]), 15.0, "swing", "farthest from the middle while she lay"),
                measure.distance(radius_m, 0.3 * radius_m, "radius", "chain by setting, bow by her length"),
                measure.distance(drift.anchor_m, 2.0 * ahead_m, "anchor_moved", "a radius ahead of the bow"),
                measure.speed("speed", drift.speed_kn, method="mean since she left"),
                measure.angle("direction", drift.direction_deg, 5.0, "of the drift"),
                measure.angle("angle", drift.off_bow_deg, 5.0, "mean |COG - heading|"),
                measure.share("straightness", drift.straightness, method="displacement over way"),
                measure.share("says_at_anchor", float(v[7]), method="share of reports while she lay"),
                measure.distance(float(v[4]), float(v[6]), method="to the asset at the last look"),
            ),
            thresholds=self._thresholds,
            benign=explained_by_place(around, float(v[8]), float(v[9])),
        )  # fmt: skip

    def _circle(self, view: FleetView, slot: int) -> tuple[float, float]:
        """Radius of her swing and the part of it that is ship, m."""
        s = self._settings
        static = view.static(slot)
        length = static.length_m if static is not None and static.length_m else s.unknown_length_m
        told = static.to_bow_m if static is not None and static.to_bow_m else None
        bow = told if told is not None else BOW_SHARE * length
        return s.shackles * SHACKLE_M + bow, bow

    def _drags(self, drift: Drift, off_m: float, radius_m: float, says: float) -> bool:
        s = self._settings
        if drift.straightness < s.least_straight or not s.least_kn <= drift.speed_kn <= s.most_kn:
            return False
        if drift.now_kn < s.least_kn or drift.drifted:
            return False
        if drift.off_bow_deg == drift.off_bow_deg:
            return drift.off_bow_deg >= UNDER_POWER_DEG and drift.anchor_m >= s.least_m
        # without a heading a ship that waits about looks the same, but for her own word and for how still she lay
        return off_m > 2.0 * radius_m and (says >= 0.5 or drift.lain_kn <= AT_REST_KN)


def _drift(
    view: FleetView, slot: int, start: int, t: int, radius_m: float, center: tuple[float, float]
) -> Drift | None:
    """How she moved since she left her place; None with too few positions."""
    track = view.track(slot, start - LYING_MS, t + 1)
    lay = _undoubted(track, start - LYING_MS, start)
    gone = _undoubted(track, start, t + 1)
    if len(gone) < 3:
        return None
    net, way, seconds = _gone(track, gone)
    late = _gone(track, gone[-max(len(gone) // 3, 2) :])
    before = _undoubted(track, start - LYING_MS, start - LEFT_MS)  # in the last half hour she may have left already
    lain = _gone(track, before) if len(before) > 1 else (0.0, 1.0, 1.0)
    heading, cog = track.heading_deg[gone].astype(np.float64), track.cog_deg[gone].astype(np.float64)
    angle = np.abs((cog - heading + 180.0) % 360.0 - 180.0)
    with_heading = np.isfinite(angle).sum() * 2 >= len(gone) and np.isfinite(track.heading_deg[lay]).any()
    return Drift(
        speed_kn=net / max(seconds, 1.0) * 3600.0 / 1852.0,
        straightness=min(1.0, net / max(way, 1.0)),
        direction_deg=bearing_deg(track.lat[gone[0]], track.lon[gone[0]], track.lat[gone[-1]], track.lon[gone[-1]]),
        off_bow_deg=float(np.nanmean(angle)) if with_heading else math.nan,
        anchor_m=_anchor_moved(track, lay, gone, radius_m, center) if with_heading else math.nan,
        now_kn=late[0] / max(late[2], 1.0) * 3600.0 / 1852.0,
        lain_kn=float(np.nanmean(track.sog_kn[before])) if np.isfinite(track.sog_kn[before]).any() else math.nan,
        drifted=lain[0] >= LAIN_M and lain[0] >= ONE_WAY * lain[1],
    )


def _gone(track: Track, rows: list[int]) -> tuple[float, float, float]:
    """Displacement and way, m, and time, s; the way between positions two minutes apart, for shorter are noise."""
    a, b = rows[0], rows[-1]
    net = distance_m(track.lat[a], track.lon[a], track.lat[b], track.lon[b])
    way = sum(
        distance_m(track.lat[a], track.lon[a], track.lat[b], track.lon[b]) for a, b in pairwise(_coarse(track, rows))
    )
    return net, way, (int(track.t[b]) - int(track.t[a])) / 1000.0


def _undoubted(track: Track, since_t: int, until_t: int) -> list[int]:
    fit = (track.t >= since_t) & (track.t < until_t) & placed(track.trust) & np.isfinite(track.lat + track.lon)
    return np.flatnonzero(fit).tolist()


def _coarse(track: Track, rows: list[int]) -> list[int]:
    kept = [rows[0]]
    for k in rows[1:]:
        if int(track.t[k]) - int(track.t[kept[-1]]) >= 120_000:
            kept.append(k)
    return kept if kept[-1] == rows[-1] else [*kept, rows[-1]]


def _anchor_moved(
    track: Track, lay: list[int], gone: list[int], radius_m: float, center: tuple[float, float]
) -> float:
    """Distance between the reckoned places of the anchor while she lay and in the last third since, m."""
    last = gone[-max(len(gone) // 3, 1) :]
    before, after = _anchor(track, lay, radius_m, center), _anchor(track, last, radius_m, center)
    return float(np.hypot(*(after - before)))


def _anchor(track: Track, rows: list[int], radius_m: float, center: tuple[float, float]) -> F64:
    """Median place of the anchor by her headings, m east and north of the centre, (2,)."""
    m_lat = 111_200.0
    m_lon = m_lat * math.cos(math.radians(center[0]))
    heading = np.radians(track.heading_deg[rows].astype(np.float64))
    east = ((track.lon[rows] - center[1] + 180.0) % 360.0 - 180.0) * m_lon + radius_m * np.sin(heading)
    north = (track.lat[rows] - center[0]) * m_lat + radius_m * np.cos(heading)
    place: F64 = np.array([np.nanmedian(east), np.nanmedian(north)])
    return place
