"""Stops and anchoring over an asset: little or no way for some time inside its corridor."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.behaviours import measure
from seawarden.behaviours.emit import SPARE, Buffer, collect, emit
from seawarden.behaviours.judged import Candidate, Judged
from seawarden.behaviours.normal import normal_here
from seawarden.behaviours.patterned import ship_type
from seawarden.behaviours.places import explained_by_place
from seawarden.model.finding import Change, Reason, Threshold
from seawarden.model.position import F32, F64, I8, I32, I64, NO_TIME
from seawarden.ports import Enriched, FleetView, Rows, Spec, Surroundings
from seawarden.settings import AssetSettings, StoppingSettings

OPEN: Final = 0
CLOSE: Final = 1
AT_ANCHOR: Final = 1
AGROUND: Final = 6
MOORED: Final = 5
"""Navigational status by ITU-R M.1371-5, table 45."""


class StoppingState(NamedTuple):
    """Arrays (n,)."""

    since: I64
    fixes: I32
    moving: I32
    open_asset: I32
    anchored: I8
    """What she says: 0 nothing, 1 at anchor, 2 moored, 3 aground."""
    open_as: I8
    """1 when the open finding is of a ship at anchor."""
    near_m: F32
    near_kp_km: F64
    near_sigma_m: F32
    fastest_kn: F32


@njit(cache=True)
def _say(out: Buffer, state: StoppingState, i: int, t: int, code: int, speed: float, lat: float, lon: float) -> None:
    row = emit(out, t, i, code, state.open_asset[i], state.since[i])
    out.v[row, 0] = speed
    out.v[row, 1] = state.near_m[i]
    out.v[row, 2] = state.near_kp_km[i]
    out.v[row, 3] = state.near_sigma_m[i]
    out.v[row, 4] = state.anchored[i]
    out.v[row, 5] = state.fixes[i]
    out.v[row, 6] = state.fastest_kn[i]
    out.v[row, 7] = state.open_as[i]
    out.v[row, 8] = lat
    out.v[row, 9] = lon


@njit(cache=True, nogil=True)
def _screen(
    begin: int,
    e: Enriched,
    state: StoppingState,
    still_kn: float,
    moving_kn: float,
    sustain_ms: int,
    corridor_m: float,
    out: Buffer,
) -> int:
    # local names: reading an array through a tuple in the loop counts a reference each time
    p = e.p
    p_t, p_lat, p_lon, p_nav_status, p_pos_sigma_m = p.t, p.lat, p.lon, p.nav_status, p.pos_sigma_m
    e_believed, e_speed_kn, e_slot, e_near_asset = e.believed, e.speed_kn, e.slot, e.near_asset
    e_near_m, e_near_sigma_m, e_near_kp_km = e.near_m, e.near_sigma_m, e.near_kp_km
    s_since, s_fixes, s_moving, s_open_asset = state.since, state.fixes, state.moving, state.open_asset
    s_anchored, s_open_as, s_near_m = state.anchored, state.open_as, state.near_m
    s_near_kp_km, s_near_sigma_m, s_fastest_kn = state.near_kp_km, state.near_sigma_m, state.fastest_kn
    room, used = len(out.t), out.used
    for j in range(begin, len(p_t)):
        if room - used[0] < SPARE:
            return j
        if e_believed[j] == 0 or math.isnan(e_speed_kn[j]):
            continue
        i = e_slot[j]
        t = p_t[j]
        v = e_speed_kn[j]
        if v >= moving_kn:
            s_moving[i] += 1
            if s_open_asset[i] >= 0 and s_moving[i] >= 2:
                _say(out, state, i, t, CLOSE, v, p_lat[j], p_lon[j])
                s_open_asset[i] = -1
            if s_moving[i] >= 2 or s_open_asset[i] < 0:
                s_since[i] = NO_TIME
            continue
        s_moving[i] = 0
        if v > still_kn and s_since[i] == NO_TIME:
            continue
        over = e_near_asset[j] >= 0 and e_near_m[j] <= corridor_m + e_near_sigma_m[j]
        if s_since[i] == NO_TIME:
            if not over:
                continue
            s_since[i] = t
            s_fixes[i] = 0
            s_near_m[i] = np.inf
            s_anchored[i] = 0
            s_fastest_kn[i] = 0.0
        s_fixes[i] += 1
        s_fastest_kn[i] = max(s_fastest_kn[i], v)
        if p_nav_status[j] == AT_ANCHOR:
            s_anchored[i] = 1
        elif p_nav_status[j] == MOORED:
            s_anchored[i] = 2
        elif p_nav_status[j] == AGROUND:
            s_anchored[i] = 3
        if over and e_near_m[j] < s_near_m[i] and (s_open_asset[i] < 0 or s_open_asset[i] == e_near_asset[j]):
            s_near_m[i] = e_near_m[j]
            s_near_kp_km[i] = e_near_kp_km[j]
            s_near_sigma_m[i] = math.sqrt(e_near_sigma_m[j] ** 2 + p_pos_sigma_m[j] ** 2)
        if s_open_asset[i] < 0 and over and s_fixes[i] >= 3 and t - s_since[i] >= sustain_ms:
            s_open_asset[i] = e_near_asset[j]
            s_open_as[i] = 1 if s_anchored[i] == 1 else 0
            s_near_m[i] = e_near_m[j]
            s_near_kp_km[i] = e_near_kp_km[j]
            s_near_sigma_m[i] = math.sqrt(e_near_sigma_m[j] ** 2 + p_pos_sigma_m[j] ** 2)
            _say(out, state, i, t, OPEN, v, p_lat[j], p_lon[j])
    return len(p_t)


class Stopping(Judged):
    """Stops and anchoring over an asset."""

    spec = Spec(
        name="stopping",
        kinds=("stopped_over_asset", "anchored_over_asset"),
        scope="ship",
        title="A ship lies stopped, or at anchor, inside the corridor of an asset.",
        inputs=("t", "lat", "lon", "sog_kn", "nav_status"),
        look_back_s=24 * 3600,
    )

    def __init__(self, settings: StoppingSettings, assets: AssetSettings) -> None:
        self._settings = settings
        self._corridor_m = assets.corridor_m
        self._thresholds = (
            Threshold(name="speed", value=settings.still_kn, unit="kn", setting="behaviours.stopping.still_kn"),
            Threshold(name="duration", value=settings.sustain_s, unit="s", setting="behaviours.stopping.sustain_s"),
            Threshold(name="distance", value=assets.corridor_m, unit="m", setting="assets.corridor_m"),
        )

    def init_state(self, n: int) -> StoppingState:
        """State arrays for `n` ships."""
        return StoppingState(
            since=np.full(n, NO_TIME, dtype=np.int64),
            fixes=np.zeros(n, dtype=np.int32),
            moving=np.zeros(n, dtype=np.int32),
            open_asset=np.full(n, -1, dtype=np.int32),
            anchored=np.zeros(n, dtype=np.int8),
            open_as=np.zeros(n, dtype=np.int8),
            near_m=np.full(n, np.inf, dtype=np.float32),
            near_kp_km=np.full(n, np.nan),
            near_sigma_m=np.full(n, np.nan, dtype=np.float32),
            fastest_kn=np.zeros(n, dtype=np.float32),
        )

    def screen(self, batch: Enriched, state: StoppingState, around: Surroundings) -> Rows:
        """Candidates of a batch."""
        s = self._settings
        return collect(
            len(batch.slot),
            lambda begin, out: _screen(
                begin, batch, state, s.still_kn, s.moving_kn, int(s.sustain_s * 1000), self._corridor_m, out
            ),
        )

    def judge(self, one: Candidate, view: FleetView, around: Surroundings, state: StoppingState) -> Iterator[Change]:
        """Stops as findings; `anchored_over_asset` where she says that she lies at anchor."""
        v = one.v
        t, start = one.t, one.start_t
        says = int(v[4])
        closing = one.code == CLOSE
        lat, lon = float(v[8]), float(v[9])
        usual, why = normal_here(around, lat, lon, t, ship_type(view, one.slot), float(v[0]), stopped=True)
        yield Change(
            action="close" if closing else "open",
            kind=self.spec.kinds[int(v[7])], slot=one.slot,
            asset=one.asset, start_t=start, t=t, end_t=t if closing else None,
            kp_km=float(v[2]), kp_sigma_km=float(v[3]) / 1000,
            measured=(
                measure.speed("speed", float(v[0])),
                measure.speed("fastest", float(v[6])),
                measure.duration("duration", (t - start) / 1000),
                measure.distance(float(v[1]), float(v[3]), method="least while stopped"),
                *usual,
            ),
            thresholds=self._thresholds,
            benign=(*_explained(says, around, lat, lon), *why),
            detail={"says": ("", "at anchor", "moored", "aground")[says]},
        )  # fmt: skip


def _explained(says: int, around: Surroundings, lat: float, lon: float) -> tuple[Reason, ...]:
    place = explained_by_place(around, lat, lon)
    return (*place, Reason(text="she says that she is moored", measure="nav_status")) if says == 2 else place
