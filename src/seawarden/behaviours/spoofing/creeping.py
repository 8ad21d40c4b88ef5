"""Positions that creep away from where the ship's own speed and course carry her.

Each step between two positions is held against the mean of the velocities reported at both; what is left over is
summed with a memory of some tens of minutes. Over half an hour of real traffic that sum stays within 0.06 kn for
every other ship and within 0.6 kn for ninety-nine in a hundred. A receiver that is led away as a whole changes speed
and course to match and is not seen so; one whose position is shifted on the way to the transponder is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.behaviours import measure
from seawarden.behaviours.emit import SPARE, Buffer, collect, emit
from seawarden.behaviours.judged import Candidate, Judged, ended
from seawarden.geodesy import KNOT_MS
from seawarden.model.finding import Change, Reason, Threshold
from seawarden.model.position import F32, F64, I8, I32, I64, NO_TIME, Trust
from seawarden.ports import Enriched, FleetView, Rows, Spec, Surroundings
from seawarden.settings_integrity import CreepingSettings

OPEN: Final = 0
CLOSE: Final = 1
GAP_MS: Final = 1_200_000
"""Silence after which the sum begins anew."""
UNPROVEN: Final = int(Trust.SPEED_UNPROVEN)
STILL_KN: Final = 0.5
"""Below it a receiver can't tell the course, and the speed stands for none."""


class CreepingState(NamedTuple):
    """Arrays (n,), a row a track."""

    t: I64
    lat: F64
    lon: F64
    north_kn: F32
    east_kn: F32
    off_north: F64
    """Remembered sum of what is left over, m."""
    off_east: F64
    span_s: F64
    """Remembered time that it was left over in, s."""
    since: I64
    """Since when the rate is above the threshold."""
    fixes: I32
    opened: I8


@njit(cache=True)
def _say(state: CreepingState, i: int, t: int, code: int, out: Buffer) -> None:
    row = emit(out, t, i, code, -1, state.since[i])
    off = math.sqrt(state.off_north[i] ** 2 + state.off_east[i] ** 2)
    out.v[row, 0] = off
    out.v[row, 1] = off / max(state.span_s[i], 1.0) / KNOT_MS
    out.v[row, 2] = math.atan2(state.off_east[i], state.off_north[i]) * 180.0 / math.pi % 360.0
    out.v[row, 3] = state.fixes[i]
    if code == CLOSE:
        state.opened[i] = 0
        state.since[i] = NO_TIME


@njit(cache=True, nogil=True)
def _screen(
    begin: int, e: Enriched, state: CreepingState, rate_kn: float, memory_s: float, span_s: float, sustain_ms: int,
    least_m: float, step_ms: int, fixes: int, out: Buffer,
) -> int:  # fmt: skip
    p_t, p_lat, p_lon, p_sog, p_cog, p_trust = e.p.t, e.p.lat, e.p.lon, e.p.sog_kn, e.p.cog_deg, e.p.trust
    e_slot, e_believed = e.slot, e.believed
    s_t, s_lat, s_lon, s_north, s_east = state.t, state.lat, state.lon, state.north_kn, state.east_kn
    s_off_north, s_off_east, s_span, s_since = state.off_north, state.off_east, state.span_s, state.since
    s_fixes, s_opened = state.fixes, state.opened
    room, used = len(out.t), out.used
    rad = math.pi / 180.0
    for j in range(begin, len(p_t)):
        if room - used[0] < SPARE:
            return j
        if e_believed[j] == 0 or math.isnan(p_sog[j]) or p_trust[j] & np.uint32(UNPROVEN):
            continue
        i = e_slot[j]
        t = p_t[j]
        sog = p_sog[j]
        if sog < STILL_KN:
            north, east = 0.0, 0.0
        elif math.isnan(p_cog[j]):
            continue
        else:
            north, east = sog * math.cos(p_cog[j] * rad), sog * math.sin(p_cog[j] * rad)
        gone_ms = t - s_t[i]
        if s_t[i] != NO_TIME and gone_ms < 1_000:
            continue
        if s_t[i] == NO_TIME or gone_ms > GAP_MS:
            if s_opened[i] == 1:
                _say(state, i, s_t[i] + GAP_MS, CLOSE, out)
            s_off_north[i], s_off_east[i], s_span[i] = 0.0, 0.0, 0.0
            s_since[i], s_fixes[i] = NO_TIME, 0
        elif gone_ms > step_ms:
            fade = max(1.0 - gone_ms / 1000.0 / memory_s, 0.0)
            s_off_north[i] *= fade
            s_off_east[i] *= fade
            s_span[i] *= fade
        else:
            dt = gone_ms / 1000.0
            fade = 1.0 - dt / memory_s
            m = 0.5 * KNOT_MS * dt
            d_north = (p_lat[j] - s_lat[i]) * 111_195.0 - m * (north + s_north[i])
            d_lon = (p_lon[j] - s_lon[i] + 180.0) % 360.0 - 180.0
            d_east = d_lon * 111_195.0 * math.cos(p_lat[j] * rad) - m * (east + s_east[i])
            s_off_north[i] = s_off_north[i] * fade + d_north
            s_off_east[i] = s_off_east[i] * fade + d_east
            s_span[i] = s_span[i] * fade + dt
            s_fixes[i] += 1
            off = math.sqrt(s_off_north[i] ** 2 + s_off_east[i] ** 2)
            above = s_span[i] >= span_s and off >= least_m and off >= rate_kn * KNOT_MS * s_span[i]
            if above:
                if s_since[i] == NO_TIME:
                    s_since[i] = t
                if s_opened[i] == 0 and t - s_since[i] >= sustain_ms and s_fixes[i] >= fixes:
                    s_opened[i] = 1
                    _say(state, i, t, OPEN, out)
            elif s_since[i] != NO_TIME and off < 0.5 * rate_kn * KNOT_MS * s_span[i]:
                if s_opened[i] == 1:
                    _say(state, i, t, CLOSE, out)
                s_since[i] = NO_TIME
            elif s_opened[i] == 0:
                s_since[i] = NO_TIME
        s_t[i] = t
        s_lat[i] = p_lat[j]
        s_lon[i] = p_lon[j]
        s_north[i] = north
        s_east[i] = east
    return len(p_t)


@njit(cache=True, nogil=True)
def _silent(begin: int, state: CreepingState, until_t: int, out: Buffer) -> int:
    for i in range(begin, len(state.since)):
        if len(out.t) - out.used[0] < SPARE:
            return i
        if state.opened[i] == 1 and state.t[i] + GAP_MS < until_t:
            _say(state, i, state.t[i] + GAP_MS, CLOSE, out)
    return len(state.since)


class Creeping(Judged):
    """A slow drift of the position against speed and course."""

    spec = Spec(
        name="creeping",
        kinds=("position_drift",),
        scope="ship",
        title="Positions creep away from where the ship's own speed and course carry her.",
        inputs=("t", "lat", "lon", "sog_kn", "cog_deg"),
        look_back_s=3600,
    )

    def __init__(self, settings: CreepingSettings) -> None:
        self._settings = s = settings
        where = "integrity.creeping."
        self._thresholds = (
            Threshold(name="rate", value=s.rate_kn, unit="kn", setting=where + "rate_kn"),
            Threshold(name="offset", value=s.least_m, unit="m", setting=where + "least_m"),
            Threshold(name="duration", value=s.sustain_s, unit="s", setting=where + "sustain_s"),
        )

    def init_state(self, n: int) -> CreepingState:
        """State arrays for `n` tracks."""
        return CreepingState(
            t=np.full(n, NO_TIME, dtype=np.int64),
            lat=np.full(n, np.nan),
            lon=np.full(n, np.nan),
            north_kn=np.zeros(n, dtype=np.float32),
            east_kn=np.zeros(n, dtype=np.float32),
            off_north=np.zeros(n),
            off_east=np.zeros(n),
            span_s=np.zeros(n),
            since=np.full(n, NO_TIME, dtype=np.int64),
            fixes=np.zeros(n, dtype=np.int32),
            opened=np.zeros(n, dtype=np.int8),
        )

    def screen(self, batch: Enriched, state: CreepingState, around: Surroundings) -> Rows:
        """Candidates of a batch."""
        s = self._settings
        return collect(
            len(batch.slot),
            lambda begin, out: _screen(
                begin, batch, state, float(s.rate_kn), float(s.memory_s), float(s.span_s), int(s.sustain_s * 1000),
                float(s.least_m), int(s.step_s * 1000), s.least_fixes, out,
            ),
        )  # fmt: skip

    def silent(self, state: CreepingState, until_t: int, around: Surroundings) -> Rows | None:
        """A gap in her reports closes it."""
        return ended(state.opened != 0, lambda begin, out: _silent(begin, state, until_t, out))

    def judge(self, one: Candidate, view: FleetView, around: Surroundings, state: CreepingState) -> Iterator[Change]:
        """Drifts of position as findings."""
        v = one.v
        t, start = one.t, one.start_t
        closing = one.code == CLOSE
        yield Change(
            action="close" if closing else "open", kind=self.spec.kinds[0], slot=one.slot, asset=-1,
            start_t=start, t=t, end_t=t if closing else None,
            measured=(
                measure.distance(float(v[0]), 50.0, "offset", "left over, with a fading memory"),
                measure.speed("rate", float(v[1]), 0.2, "of it"),
                measure.angle("towards", float(v[2]), 10.0),
                measure.duration("duration", (t - start) / 1000),
            ),
            thresholds=self._thresholds,
            benign=(Reason(text="a speed log or a compass may be set up wrongly"),) if not closing else (),
        )  # fmt: skip
