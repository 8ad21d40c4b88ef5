"""Drifting: slow motion that is not where the bow points, or a ship that says she is not under command.

The rule with a heading is the Danish Maritime Authority's (AisAbnormal: 1-5 kn, |COG - heading| > 45 degrees for
10 min and 500 m). In a light wind a ship drifts more slowly than that: then it must last for an hour and go farther
than a ship swings at anchor. Without a heading only the ship's own status (2, not under command) tells; it holds at
any speed up to the fastest drift, for what she makes of way decides.
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
from seawarden.behaviours.normal import normal_here
from seawarden.behaviours.patterned import explained, ship_type
from seawarden.geodesy import distance_m
from seawarden.model.finding import Change, Threshold
from seawarden.model.position import F32, F64, I32, I64, NO_TIME
from seawarden.ports import Enriched, FleetView, Rows, Spec, Surroundings
from seawarden.settings import DriftingSettings

OPEN: Final = 0
CLOSE: Final = 1
NOT_UNDER_COMMAND: Final = 2
"""Navigational status by ITU-R M.1371-5, table 45."""


class DriftingState(NamedTuple):
    """Arrays (n,)."""

    since: I64
    lat: F64
    lon: F64
    fixes: I32
    off: I32
    """Fixes in a row that do not drift."""
    angle_sum: F64
    angle_n: I32
    said: I32
    """Fixes that said not under command."""
    quick: I32
    """Fixes that said so, or were as fast as the rule asks."""
    speed_sum: F64
    opened: I32
    open_asset: I32
    near_m: F32
    near_kp_km: F64
    near_sigma_m: F32
    last_t: I64


@njit(cache=True)
def _say(out: Buffer, state: DriftingState, i: int, t: int, code: int, gone: float, lat: float, lon: float) -> None:
    row = emit(out, t, i, code, state.open_asset[i], state.since[i])
    out.v[row, 0] = state.speed_sum[i] / max(state.fixes[i], 1)
    out.v[row, 1] = state.angle_sum[i] / state.angle_n[i] if state.angle_n[i] > 0 else math.nan
    out.v[row, 2] = gone
    out.v[row, 3] = state.near_m[i]
    out.v[row, 4] = state.near_kp_km[i]
    out.v[row, 5] = state.near_sigma_m[i]
    out.v[row, 6] = state.said[i] / max(state.fixes[i], 1)
    out.v[row, 7] = lat
    out.v[row, 8] = lon


@njit(cache=True, nogil=True)
def _screen(
    begin: int,
    e: Enriched,
    state: DriftingState,
    least_kn: float,
    most_kn: float,
    least_deg: float,
    sustain_ms: int,
    least_m: float,
    gap_ms: int,
    slow_kn: float,
    slow_ms: int,
    slow_m: float,
    out: Buffer,
) -> int:
    # local names: reading an array through a tuple in the loop counts a reference each time
    p = e.p
    p_t, p_cog_deg, p_heading_deg, p_nav_status, p_lat = p.t, p.cog_deg, p.heading_deg, p.nav_status, p.lat
    p_lon, p_pos_sigma_m = p.lon, p.pos_sigma_m
    e_believed, e_speed_kn, e_slot, e_near_asset = e.believed, e.speed_kn, e.slot, e.near_asset
    e_near_m, e_near_kp_km, e_near_sigma_m = e.near_m, e.near_kp_km, e.near_sigma_m
    s_since, s_lat, s_lon, s_fixes, s_off = state.since, state.lat, state.lon, state.fixes, state.off
    s_angle_sum, s_angle_n, s_said = state.angle_sum, state.angle_n, state.said
    s_speed_sum, s_opened, s_open_asset = state.speed_sum, state.opened, state.open_asset
    s_near_m, s_near_kp_km, s_near_sigma_m = state.near_m, state.near_kp_km, state.near_sigma_m
    s_last_t, s_quick = state.last_t, state.quick
    room, used = len(out.t), out.used
    for j in range(begin, len(p_t)):
        if room - used[0] < SPARE:
            return j
        if e_believed[j] == 0 or math.isnan(e_speed_kn[j]):
            continue
        i = e_slot[j]
        t = p_t[j]
        v = e_speed_kn[j]
        if s_since[i] != NO_TIME and t - s_last_t[i] > gap_ms:
            if s_opened[i] == 1:
                _say(out, state, i, s_last_t[i] + gap_ms, CLOSE, math.nan, math.nan, math.nan)
            s_opened[i] = 0
            s_since[i] = NO_TIME
        s_last_t[i] = t
        angle = abs((p_cog_deg[j] - p_heading_deg[j] + 180.0) % 360.0 - 180.0)
        said = p_nav_status[j] == NOT_UNDER_COMMAND and v <= most_kn
        adrift = said or (v >= slow_kn and v <= most_kn and not math.isnan(angle) and angle > least_deg)
        if not adrift:
            if s_since[i] != NO_TIME:
                s_off[i] += 1
                if s_off[i] >= 3:
                    if s_opened[i] == 1:
                        gone = distance_m(s_lat[i], s_lon[i], p_lat[j], p_lon[j])
                        _say(out, state, i, t, CLOSE, gone, p_lat[j], p_lon[j])
                    s_opened[i] = 0
                    s_since[i] = NO_TIME
            continue
        if s_since[i] == NO_TIME:
            s_since[i] = t
            s_lat[i] = p_lat[j]
            s_lon[i] = p_lon[j]
            s_fixes[i] = 0
            s_angle_sum[i] = 0.0
            s_angle_n[i] = 0
            s_said[i] = 0
            s_quick[i] = 0
            s_speed_sum[i] = 0.0
            s_open_asset[i] = -1
            s_near_m[i] = np.inf
            s_near_kp_km[i] = math.nan
            s_near_sigma_m[i] = math.nan
        s_off[i] = 0
        s_fixes[i] += 1
        s_speed_sum[i] += v
        if said:
            s_said[i] += 1
        if said or v >= least_kn:
            s_quick[i] += 1
        if not math.isnan(angle):
            s_angle_sum[i] += angle
            s_angle_n[i] += 1
        if e_near_asset[j] >= 0 and (s_opened[i] == 0 or e_near_asset[j] == s_open_asset[i]):
            if e_near_m[j] < s_near_m[i]:
                s_near_m[i] = e_near_m[j]
                s_near_kp_km[i] = e_near_kp_km[j]
                s_near_sigma_m[i] = math.sqrt(e_near_sigma_m[j] ** 2 + p_pos_sigma_m[j] ** 2)
        quick = 2 * s_quick[i] >= s_fixes[i]
        if s_opened[i] == 0 and s_fixes[i] >= 3 and t - s_since[i] >= (sustain_ms if quick else slow_ms):
            gone = distance_m(s_lat[i], s_lon[i], p_lat[j], p_lon[j])
            if gone >= (least_m if quick else slow_m):
                s_opened[i] = 1
                s_open_asset[i] = e_near_asset[j]
                if e_near_asset[j] >= 0:
                    s_near_m[i] = e_near_m[j]
                    s_near_kp_km[i] = e_near_kp_km[j]
                    s_near_sigma_m[i] = math.sqrt(e_near_sigma_m[j] ** 2 + p_pos_sigma_m[j] ** 2)
                _say(out, state, i, t, OPEN, gone, p_lat[j], p_lon[j])
    return len(p_t)


@njit(cache=True, nogil=True)
def _silent(begin: int, state: DriftingState, until_t: int, gap_ms: int, out: Buffer) -> int:
    for i in range(begin, len(state.since)):
        if len(out.t) - out.used[0] < SPARE:
            return i
        if state.opened[i] == 1 and state.last_t[i] + gap_ms < until_t:
            _say(out, state, i, state.last_t[i] + gap_ms, CLOSE, math.nan, math.nan, math.nan)
            state.opened[i] = 0
            state.since[i] = NO_TIME
    return len(state.since)


class Drifting(Judged):
    """Drifting near or towards an asset, or anywhere."""

    spec = Spec(
        name="drifting",
        kinds=("drifting",),
        scope="ship",
        title="A ship moves slowly and not where her bow points, or says that she is not under command.",
        inputs=("t", "lat", "lon", "sog_kn", "cog_deg", "heading_deg", "nav_status"),
        look_back_s=24 * 3600,
    )

    def __init__(self, settings: DriftingSettings) -> None:
        self._settings = s = settings
        where = "behaviours.drifting."
        self._thresholds = (
            Threshold(name="least speed", value=s.least_kn, unit="kn", setting=where + "least_kn"),
            Threshold(name="most speed", value=s.most_kn, unit="kn", setting=where + "most_kn"),
            Threshold(name="angle", value=s.least_angle_deg, unit="deg", setting=where + "least_angle_deg"),
            Threshold(name="duration", value=s.sustain_s, unit="s", setting=where + "sustain_s"),
            Threshold(name="way", value=s.least_way_m, unit="m", setting=where + "least_way_m"),
            Threshold(name="slow speed", value=s.slow_kn, unit="kn", setting=where + "slow_kn"),
            Threshold(name="slow duration", value=s.slow_s, unit="s", setting=where + "slow_s"),
            Threshold(name="slow way", value=s.slow_way_m, unit="m", setting=where + "slow_way_m"),
        )

    def init_state(self, n: int) -> DriftingState:
        """State arrays for `n` ships."""
        return DriftingState(
            since=np.full(n, NO_TIME, dtype=np.int64),
            lat=np.full(n, np.nan),
            lon=np.full(n, np.nan),
            fixes=np.zeros(n, dtype=np.int32),
            off=np.zeros(n, dtype=np.int32),
            angle_sum=np.zeros(n),
            angle_n=np.zeros(n, dtype=np.int32),
            said=np.zeros(n, dtype=np.int32),
            quick=np.zeros(n, dtype=np.int32),
            speed_sum=np.zeros(n),
            opened=np.zeros(n, dtype=np.int32),
            open_asset=np.full(n, -1, dtype=np.int32),
            near_m=np.full(n, np.inf, dtype=np.float32),
            near_kp_km=np.full(n, np.nan),
            near_sigma_m=np.full(n, np.nan, dtype=np.float32),
            last_t=np.full(n, NO_TIME, dtype=np.int64),
        )

    def screen(self, batch: Enriched, state: DriftingState, around: Surroundings) -> Rows:
        """Candidates of a batch."""
        s = self._settings
        return collect(
            len(batch.slot),
            lambda begin, out: _screen(
                begin, batch, state, s.least_kn, s.most_kn, s.least_angle_deg, int(s.sustain_s * 1000),
                s.least_way_m, int(s.gap_s * 1000), s.slow_kn, int(s.slow_s * 1000), s.slow_way_m, out,
            ),
        )  # fmt: skip

    def silent(self, state: DriftingState, until_t: int, around: Surroundings) -> Rows | None:
        """A gap in her reports closes the finding."""
        gap_ms = int(self._settings.gap_s * 1000)
        return ended(state.opened == 1, lambda begin, out: _silent(begin, state, until_t, gap_ms, out))

    def judge(self, one: Candidate, view: FleetView, around: Surroundings, state: DriftingState) -> Iterator[Change]:
        """Drifts as findings."""
        v = one.v
        t, start = one.t, one.start_t
        closing = one.code == CLOSE
        asset = one.asset
        measured = [
            measure.speed("speed", float(v[0]), method="mean since the onset"),
            measure.angle("angle", float(v[1]), 2.0, "mean |COG - heading|"),
            measure.duration("duration", (t - start) / 1000),
            measure.distance(float(v[2]), 15.0, "way", "from where it began"),
            measure.share("not_under_command", float(v[6]), method="share of reports with status 2"),
        ]
        if asset >= 0:
            measured.append(measure.distance(float(v[3]), float(v[5]), method="least to the asset"))
        usual, why = normal_here(around, float(v[7]), float(v[8]), t, ship_type(view, one.slot), float(v[0]))
        yield Change(
            action="close" if closing else "open", kind="drifting", slot=one.slot, asset=asset,
            start_t=start, t=t, end_t=t if closing else None,
            kp_km=float(v[4]) if asset >= 0 else None,
            kp_sigma_km=float(v[5]) / 1000 if asset >= 0 else None,
            measured=(*measured, *usual), thresholds=self._thresholds,
            benign=(*explained(view, one.slot, around, float(v[7]), float(v[8]), False), *why),
        )  # fmt: skip
