"""Silence near an asset: a ship that was heard regularly, inside declared coverage, is not heard any more.

Each position sets a deadline: several of the ship's own reporting intervals, and never less than a quarter of an
hour. The deadline counts only when, going on as she did, she would still be inside the coverage and near an asset;
when her source declared no gap for her; and when the source itself went on delivering: our own feed's silence is
never a ship's. Being heard again closes the finding.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.behaviours import measure
from seawarden.behaviours.emit import SPARE, Buffer, collect, emit, join
from seawarden.geodesy import KNOT_MS, destination
from seawarden.model.finding import Change, Reason, Threshold
from seawarden.model.position import F32, F64, I8, I32, I64, NO_TIME, Provenance
from seawarden.ports import Enriched, FleetView, Rows, Spec, Surroundings, Tick
from seawarden.settings import SilenceSettings
from seawarden.surroundings.coverage import Coverage, inside

OPEN: Final = 0
CLOSE: Final = 1
KEY_FRAME: Final = int(Provenance.KEY_FRAME)


class SilenceState(NamedTuple):
    """Arrays (n,)."""

    last_t: I64
    interval_s: F64
    """Smoothed reporting interval."""
    fixes: I32
    deadline: I64
    """NO_TIME: none set, or already over."""
    silent: I8
    asset: I32
    near_m: F32
    near_kp_km: F64
    near_sigma_m: F32
    speed_kn: F32


@njit(cache=True)
def _over(out: Buffer, state: SilenceState, i: int, deadline: int) -> None:
    row = emit(out, deadline, i, OPEN, state.asset[i], state.last_t[i])
    out.v[row, 0] = (deadline - state.last_t[i]) / 1000.0
    out.v[row, 1] = state.interval_s[i]
    out.v[row, 2] = state.near_m[i]
    out.v[row, 3] = state.near_kp_km[i]
    out.v[row, 4] = state.near_sigma_m[i]
    out.v[row, 5] = state.speed_kn[i]
    state.silent[i] = 1
    state.deadline[i] = NO_TIME


@njit(cache=True, nogil=True)
def _screen(
    begin: int,
    e: Enriched,
    state: SilenceState,
    coverage: Coverage,
    least_ms: int,
    intervals: float,
    reach_m: float,
    least_kn: float,
    out: Buffer,
) -> int:
    # local names: reading an array through a tuple in the loop counts a reference each time
    p = e.p
    p_t, p_provenance, p_cog_deg, p_lat, p_lon = p.t, p.provenance, p.cog_deg, p.lat, p.lon
    p_pos_sigma_m = p.pos_sigma_m
    e_believed, e_slot, e_near_asset, e_near_m = e.believed, e.slot, e.near_asset, e.near_m
    e_speed_kn, e_near_kp_km, e_near_sigma_m = e.speed_kn, e.near_kp_km, e.near_sigma_m
    s_last_t, s_interval_s, s_fixes = state.last_t, state.interval_s, state.fixes
    s_deadline, s_silent, s_asset, s_near_m = state.deadline, state.silent, state.asset, state.near_m
    s_near_kp_km, s_near_sigma_m, s_speed_kn = state.near_kp_km, state.near_sigma_m, state.speed_kn
    room, used = len(out.t), out.used
    for j in range(begin, len(p_t)):
        if room - used[0] < SPARE:
            return j
        if e_believed[j] == 0:
            continue
        i = e_slot[j]
        t = p_t[j]
        if s_deadline[i] != NO_TIME and t > s_deadline[i]:
            _over(out, state, i, s_deadline[i])
        if s_silent[i] == 1:
            row = emit(out, t, i, CLOSE, s_asset[i], s_last_t[i])
            out.v[row, 0] = (t - s_last_t[i]) / 1000.0
            s_silent[i] = 0
        if s_last_t[i] != NO_TIME and t > s_last_t[i]:
            gap = min((t - s_last_t[i]) / 1000.0, 3600.0)
            s_interval_s[i] = gap if s_fixes[i] < 2 else 0.8 * s_interval_s[i] + 0.2 * gap
        s_fixes[i] += 1
        s_last_t[i] = t
        s_deadline[i] = NO_TIME
        if p_provenance[j] == KEY_FRAME or s_fixes[i] < 6 or len(coverage.start) < 2:
            continue
        if e_near_asset[j] < 0 or e_near_m[j] > reach_m:
            continue
        v = e_speed_kn[j]
        if math.isnan(v) or v < least_kn or math.isnan(p_cog_deg[j]):
            continue
        wait_s = max(least_ms / 1000.0, intervals * s_interval_s[i])
        # she must stay inside the coverage, going on as she does, for as long as we wait
        whole = True
        for k in range(5):
            lat, lon = destination(p_lat[j], p_lon[j], p_cog_deg[j], v * KNOT_MS * wait_s * k / 4.0)
            if not inside(coverage, lat, lon, t + np.int64(wait_s * 250.0 * k)):
                whole = False
                break
        if not whole:
            continue
        s_deadline[i] = t + np.int64(wait_s * 1000.0)
        s_asset[i] = e_near_asset[j]
        s_near_m[i] = e_near_m[j]
        s_near_kp_km[i] = e_near_kp_km[j]
        s_near_sigma_m[i] = math.sqrt(e_near_sigma_m[j] ** 2 + p_pos_sigma_m[j] ** 2)
        s_speed_kn[i] = v
    return len(p_t)


@njit(cache=True, nogil=True)
def _silent(begin: int, state: SilenceState, until_t: int, out: Buffer) -> int:
    for i in range(begin, len(state.deadline)):
        if len(out.t) - out.used[0] < SPARE:
            return i
        if state.deadline[i] != NO_TIME and state.deadline[i] < until_t:
            _over(out, state, i, state.deadline[i])
    return len(state.deadline)


class Silence:
    """Silence near an asset, where coverage is declared."""

    spec = Spec(
        name="silence",
        kinds=("silence",),
        scope="ship",
        title="A ship near an asset, inside declared coverage, is not heard any more.",
        inputs=("t", "lat", "lon", "sog_kn", "cog_deg"),
        look_back_s=3600,
    )

    def __init__(self, settings: SilenceSettings) -> None:
        self._settings = s = settings
        where = "behaviours.silence."
        self._thresholds = (
            Threshold(name="silence", value=s.least_s, unit="s", setting=where + "least_s"),
            Threshold(name="intervals", value=s.intervals, unit="1", setting=where + "intervals"),
            Threshold(name="distance", value=s.reach_m, unit="m", setting=where + "reach_m"),
        )

    def init_state(self, n: int) -> SilenceState:
        """State arrays for `n` ships."""
        return SilenceState(
            last_t=np.full(n, NO_TIME, dtype=np.int64),
            interval_s=np.zeros(n),
            fixes=np.zeros(n, dtype=np.int32),
            deadline=np.full(n, NO_TIME, dtype=np.int64),
            silent=np.zeros(n, dtype=np.int8),
            asset=np.full(n, -1, dtype=np.int32),
            near_m=np.full(n, np.inf, dtype=np.float32),
            near_kp_km=np.full(n, np.nan),
            near_sigma_m=np.full(n, np.nan, dtype=np.float32),
            speed_kn=np.full(n, np.nan, dtype=np.float32),
        )

    def screen(self, batch: Enriched, state: SilenceState, around: Surroundings) -> Rows:
        """Candidates of a batch: silences that ended with one of its positions."""
        s = self._settings
        return collect(
            len(batch.slot),
            lambda begin, out: _screen(
                begin, batch, state, around.coverage.compiled, int(s.least_s * 1000), s.intervals, s.reach_m,
                s.least_kn, out,
            ),
        )  # fmt: skip

    def silent(self, state: SilenceState, until_t: int, around: Surroundings) -> Rows | None:
        """Silences that lasted past their deadline before `until_t`."""
        if not (state.deadline != NO_TIME).any():
            return None
        return join([collect(len(state.deadline), lambda begin, out: _silent(begin, state, until_t, out))])

    def on_tick(self, tick: Tick, view: FleetView, around: Surroundings, state: SilenceState) -> list[Change]:
        """Silences as findings, unless her source declared the gap or fell silent itself."""
        changes = []
        rows = tick.rows
        for k in range(len(rows.t)):
            v = rows.v[k]
            slot, asset = int(rows.slot[k]), int(rows.asset[k])
            t, start = int(rows.t[k]), int(rows.start_t[k])
            if int(rows.code[k]) == CLOSE:
                changes.append(
                    Change(
                        action="close", kind="silence", slot=slot, asset=asset, start_t=start, t=t, end_t=t,
                        measured=(measure.duration("silent_for", float(v[0])),),
                    )
                )  # fmt: skip
                continue
            mmsi = view.ship(slot).mmsi
            if around.coverage.declared_gap(mmsi, start, t) or not around.coverage.alive(start, t):
                continue
            changes.append(
                Change(
                    action="open", kind="silence", slot=slot, asset=asset, start_t=start, t=t,
                    kp_km=float(v[3]), kp_sigma_km=float(v[4]) / 1000,
                    measured=(
                        measure.duration("silent_for", float(v[0])),
                        measure.duration("expected_interval", float(v[1]), method="her own, smoothed"),
                        measure.distance(float(v[2]), float(v[4]), method="at the last position"),
                        measure.speed("speed", float(v[5])),
                    ),
                    thresholds=self._thresholds,
                    benign=(Reason(text="one ship's transponder or one shadowed receiver is enough to lose her"),),
                )
            )  # fmt: skip
        return changes
