"""Positions that run round and round a circle of constant radius at constant speed.

Forged satellite signals make receivers report such circles (published from several ports since 2019). A ship that
turns keeps neither her radius, because wind and current carry her along, nor her speed; so both are held to a few
parts in a hundred. A bow that does not turn with the course speaks for forged positions, one that does for a turn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.behaviours import measure
from seawarden.behaviours.emit import SPARE, Buffer, collect, emit
from seawarden.behaviours.judged import Candidate, Judged
from seawarden.behaviours.spoofing.circle import Circle, fit_circle
from seawarden.behaviours.spoofing.place import place
from seawarden.geodesy import KNOT_MS, bearing_deg, distance_m
from seawarden.model.finding import Change, Reason, Threshold
from seawarden.model.position import F64, I32, I64, NO_TIME
from seawarden.ports import Enriched, FleetView, Rows, Spec, Surroundings, Track
from seawarden.settings_integrity import CirclingSettings

TEST: Final = 0
CLOSE: Final = 1
CHORD_M: Final = 80.0
"""Bearings are taken over chords of at least this, so that errors of positions do not turn them."""
CHORD_MS: Final = 55_000
"""Or of this time, where reports are seldom."""
LEAST_M: Final = 20.0
AMBIGUOUS_DEG: Final = 140.0
"""Beyond it a turn may as well have been to the other side."""
MARK_MS: Final = 10 * 60_000
MARK_DEG: Final = 15.0
"""The largest and slowest circle turns by more in that time; after less, on a straight way, the count begins anew."""
CONFINED: Final = 2.5
"""Way over extent from which a ship goes round rather than along; round a circle it grows by pi a round."""
LEAST_SELDOM: Final = 12
"""Positions wanted where reports are too seldom to follow the turn."""
JUDGED_DEG: Final = 560.0
"""The last turn and a half is judged: what came before may have been the way there."""
LEAST_ROUND_DEG: Final = 470.0
"""Over one round alone a circle fits a drifting ship too."""


class CirclingState(NamedTuple):
    """Arrays (n,), a row a track."""

    lat: F64
    """End of the last chord."""
    lon: F64
    scale: F64
    """Metres in a degree of longitude there."""
    t: I64
    bearing: F64
    """Of the last chord, degrees, NaN none."""
    since: I64
    """Begin of the turn in one sense."""
    turn: F64
    """So far, degrees, clockwise positive."""
    since_lat: F64
    since_lon: F64
    mark_t: I64
    """When it was last seen to go on turning, and the turn by then."""
    mark_turn: F64
    way: F64
    """Way made since, by speed, m."""
    extent: F64
    """Farthest from where it began, m."""
    again: F64
    """Way at which it is tested next."""
    fixes: I32
    tested: F64
    """Turn at which it is tested next."""
    last_t: I64


@njit(cache=True)
def _restart(
    state: CirclingState, i: int, t: int, lat: float, lon: float, least_deg: float, least_fixes: int, out: Buffer
) -> None:
    if state.tested[i] > least_deg and state.since[i] != NO_TIME:
        row = emit(out, t, i, CLOSE, -1, state.since[i])
        out.v[row, 0] = state.turn[i]
    state.since[i] = t
    state.since_lat[i] = lat
    state.since_lon[i] = lon
    state.way[i] = 0.0
    state.extent[i] = 0.0
    state.again[i] = 0.0
    state.turn[i] = 0.0
    state.mark_t[i] = t
    state.mark_turn[i] = 0.0
    state.fixes[i] = 0
    state.tested[i] = least_deg


@njit(cache=True, nogil=True)
def _screen(
    begin: int,
    e: Enriched,
    state: CirclingState,
    least_ms: float,
    least_deg: float,
    opposite_deg: float,
    gap_ms: int,
    least_fixes: int,
    out: Buffer,
) -> int:
    p_t, p_lat, p_lon, e_slot, e_believed = e.p.t, e.p.lat, e.p.lon, e.slot, e.believed
    s_lat, s_lon, s_t, s_bearing, s_turn = state.lat, state.lon, state.t, state.bearing, state.turn
    s_fixes, s_last_t, s_way, s_extent = state.fixes, state.last_t, state.way, state.extent
    s_again, s_mark_t, s_scale, e_speed = state.again, state.mark_t, state.scale, e.speed_kn
    room, used = len(out.t), out.used
    for j in range(begin, len(p_t)):
        if room - used[0] < SPARE:
            return j
        if e_believed[j] == 0:
            continue
        i = e_slot[j]
        t = p_t[j]
        if s_last_t[i] == NO_TIME or t - s_last_t[i] > gap_ms:
            _restart(state, i, t, p_lat[j], p_lon[j], least_deg, least_fixes, out)
            s_lat[i] = p_lat[j]
            s_lon[i] = p_lon[j]
            s_scale[i] = 111_195.0 * math.cos(p_lat[j] * math.pi / 180.0)
            s_t[i] = t
            s_bearing[i] = math.nan
            s_last_t[i] = t
            continue
        s_last_t[i] = t
        s_fixes[i] += 1
        # quick distance, since every position passes here; a part in a thousand more or less does not matter
        north = (p_lat[j] - s_lat[i]) * 111_195.0
        east = p_lon[j] - s_lon[i]
        if abs(east) > 180.0:
            east -= math.copysign(360.0, east)
        east *= s_scale[i]
        if t - s_t[i] < CHORD_MS and north * north + east * east < CHORD_M * CHORD_M:
            continue
        gone = math.sqrt(north * north + east * east)
        if gone < least_ms * (t - s_t[i]) / 1000.0 or gone < LEAST_M:
            _restart(state, i, t, p_lat[j], p_lon[j], least_deg, least_fixes, out)
            s_bearing[i] = math.nan
        else:
            if t - s_mark_t[i] >= MARK_MS:
                if abs(s_turn[i] - state.mark_turn[i]) < MARK_DEG:
                    _restart(state, i, s_t[i], s_lat[i], s_lon[i], least_deg, least_fixes, out)
                s_mark_t[i] = t
                state.mark_turn[i] = s_turn[i]
            bearing = math.atan2(east, north) * 180.0 / math.pi
            way = e_speed[j] * KNOT_MS * (t - s_t[i]) / 1000.0
            s_way[i] += way
            s_extent[i] = max(s_extent[i], distance_m(state.since_lat[i], state.since_lon[i], p_lat[j], p_lon[j]))
            if not math.isnan(s_bearing[i]):
                turned = (bearing - s_bearing[i] + 180.0) % 360.0 - 180.0
                if abs(turned) > AMBIGUOUS_DEG or (turned * s_turn[i] < 0.0 and abs(turned) > opposite_deg):
                    # reports too seldom to follow the turn may still stay on one small circle
                    if s_way[i] >= CONFINED * s_extent[i]:
                        turned = abs(turned) if s_turn[i] >= 0.0 else -abs(turned)
                    else:
                        _restart(state, i, s_t[i], s_lat[i], s_lon[i], least_deg, least_fixes, out)
                        s_way[i] = way
                        s_extent[i] = gone
                s_turn[i] += turned
            seldom = s_way[i] >= 4.4 * s_extent[i] and s_fixes[i] >= LEAST_SELDOM
            if s_fixes[i] >= least_fixes and (
                abs(s_turn[i]) >= state.tested[i] or (seldom and s_way[i] >= s_again[i])
            ):
                row = emit(out, t, i, TEST, -1, state.since[i])
                out.v[row, 0] = s_turn[i]
                state.tested[i] = abs(s_turn[i]) * 1.3 + 90.0
                s_again[i] = 1.3 * s_way[i]
            s_bearing[i] = bearing
        s_lat[i] = p_lat[j]
        s_lon[i] = p_lon[j]
        s_scale[i] = 111_195.0 * math.cos(p_lat[j] * math.pi / 180.0)
        s_t[i] = t
    return len(p_t)


class Circling(Judged):
    """Circles of constant radius at constant speed."""

    spec = Spec(
        name="circling",
        kinds=("circling_positions",),
        scope="ship",
        title="Positions run round a circle of constant radius at constant speed, as forged ones do.",
        inputs=("t", "lat", "lon"),
        look_back_s=24 * 3600,
    )

    def __init__(self, settings: CirclingSettings) -> None:
        self._settings = s = settings
        where = "integrity.circling."
        self._thresholds = (
            Threshold(name="turn", value=s.least_turn_deg, unit="deg", setting=where + "least_turn_deg"),
            Threshold(name="spread of radius", value=s.radius_share, unit="1", setting=where + "radius_share"),
            Threshold(name="spread of angle", value=s.speed_share, unit="1", setting=where + "speed_share"),
        )

    def init_state(self, n: int) -> CirclingState:
        """State arrays for `n` tracks."""
        return CirclingState(
            lat=np.full(n, np.nan),
            lon=np.full(n, np.nan),
            scale=np.zeros(n),
            t=np.full(n, NO_TIME, dtype=np.int64),
            bearing=np.full(n, np.nan),
            since=np.full(n, NO_TIME, dtype=np.int64),
            turn=np.zeros(n),
            since_lat=np.full(n, np.nan),
            since_lon=np.full(n, np.nan),
            mark_t=np.full(n, NO_TIME, dtype=np.int64),
            mark_turn=np.zeros(n),
            way=np.zeros(n),
            extent=np.zeros(n),
            again=np.zeros(n),
            fixes=np.zeros(n, dtype=np.int32),
            tested=np.zeros(n),
            last_t=np.full(n, NO_TIME, dtype=np.int64),
        )

    def screen(self, batch: Enriched, state: CirclingState, around: Surroundings) -> Rows:
        """Long turns in one sense."""
        s = self._settings
        return collect(
            len(batch.slot),
            lambda begin, out: _screen(
                begin, batch, state, 0.5 * s.least_kn * KNOT_MS, float(s.least_turn_deg), float(s.opposite_deg),
                int(s.gap_s * 1000), s.least_fixes, out,
            ),
        )  # fmt: skip

    def judge(self, one: Candidate, view: FleetView, around: Surroundings, state: CirclingState) -> Iterator[Change]:
        """Turns that keep to a circle as findings."""
        t, start, slot = one.t, one.start_t, one.slot
        if one.code == CLOSE:
            kind = self.spec.kinds[0]
            yield Change(action="close", kind=kind, slot=slot, asset=-1, start_t=start, t=t, end_t=t)
            return
        turn = abs(float(one.v[0]))
        whole = view.track(slot, start, t + 1)
        since = t - round((t - start) * min(1.0, JUDGED_DEG / max(turn, 1.0)))
        for n in (int(np.count_nonzero(whole.t >= since)), LEAST_SELDOM, 2 * LEAST_SELDOM):
            columns: list[Any] = [column[-n:] for column in whole]
            track = Track(*columns)
            circle = fit_circle(track.t, track.lat, track.lon, track.sog_kn)
            if len(track.t) >= self._settings.least_fixes and circle is not None and self._holds(circle):
                yield self._opened(circle, track, turn, slot, start, t)
                break

    def _holds(self, circle: Circle) -> bool:
        s = self._settings
        return (
            s.least_radius_m <= circle.radius_m <= s.most_radius_m
            and circle.off_m <= s.radius_share * circle.radius_m + 5.0
            and circle.off_rad <= s.speed_share
            and circle.round_rad >= math.radians(LEAST_ROUND_DEG)
            and abs(circle.rate_rad_s) * circle.radius_m >= s.least_kn * KNOT_MS
        )

    def _opened(self, circle: Circle, track: Track, turn: float, slot: int, start: int, t: int) -> Change:
        follows = _bow_follows(track)
        benign = []
        if follows is not None and follows > 0.5:
            benign.append(Reason(text="her bow turns with her course: she may be turning", measure="heading"))
        return Change(
            action="open",
            kind=self.spec.kinds[0],
            slot=slot,
            asset=-1,
            start_t=start,
            t=t,
            measured=(
                measure.distance(circle.radius_m, circle.off_m, "radius"),
                measure.share("spread_of_radius", circle.off_m / circle.radius_m),
                measure.share("spread_of_angle", circle.off_rad, method="rad from a steady rate"),
                measure.speed("speed", abs(circle.rate_rad_s) * circle.radius_m / KNOT_MS, None, "round the circle"),
                measure.angle("turn", turn, 10.0, "in one sense"),
                measure.duration("duration", (t - start) / 1000),
                measure.share("bow_follows", follows, method="share of the turn that the heading shows"),
                place("to_lat", circle.lat),
                place("to_lon", circle.lon),
            ),
            thresholds=self._thresholds,
            benign=tuple(benign),
        )


def _bow_follows(track: Track) -> float | None:
    """Share of the course's turn that the heading shows; None where no heading is known."""
    known = ~np.isnan(track.heading_deg)
    if np.count_nonzero(known) < 5:
        return None
    bow = np.unwrap(np.radians(track.heading_deg[known].astype(np.float64)))
    lat, lon = track.lat[known], track.lon[known]
    way = np.array([bearing_deg(lat[k], lon[k], lat[k + 1], lon[k + 1]) for k in range(len(lat) - 1)])
    far = np.array([distance_m(lat[k], lon[k], lat[k + 1], lon[k + 1]) for k in range(len(lat) - 1)])
    way = np.unwrap(np.radians(way[far > LEAST_M]))
    if len(way) < 2 or abs(way[-1] - way[0]) < 1.0:
        return None
    return float(np.clip((bow[-1] - bow[0]) / (way[-1] - way[0]), -1.0, 2.0))
