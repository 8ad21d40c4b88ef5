"""Crossings and closest approaches: when, at which KP, how near, and how fast before, at and after.

A crossing is the point where the way between two believed positions of one track cuts an asset's line; its time is
taken in proportion along that way. It says where the ship's antenna passed; an anchor would lie astern of it. A
closest approach is a pass through an asset's corridor without cutting its line.

The error of a crossing's distance is that of the route across its line, of the positions, and of what the ship may
have done between two fixes far apart: a tenth of the way between them at most (a ship under way keeps her course
better than that between fixes some minutes apart; own estimate), which matters for thinned tracks only.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.behaviours import measure
from seawarden.behaviours.emit import SPARE, Buffer, collect, emit
from seawarden.behaviours.judged import Candidate, Judged
from seawarden.geodesy import KNOT_MS, bearing_deg, distance_m
from seawarden.geography.index import AssetIndex, crossings, may_cross, near_all
from seawarden.model.finding import Change, Reason, Threshold
from seawarden.model.position import F32, F64, I8, I32, I64, NO_TIME, Trust
from seawarden.ports import Enriched, FleetView, Rows, Spec, Surroundings
from seawarden.settings import AssetSettings, CrossingSettings

UNPROVEN: Final = int(Trust.SPEED_UNPROVEN)
NEAR: Final = 6
"""Assets that a ship can be near at once."""
WAITING: Final = 8
"""Crossings per ship whose speed afterwards is still being measured."""
CROSSED: Final = 0
AFTER: Final = 1
PASSED: Final = 2
LAWFUL_CROSSING: Final = (Reason(text="ships cross here lawfully every day"),)
LAWFUL_PASSAGE: Final = (Reason(text="ships pass here lawfully every day"),)


class ApproachState(NamedTuple):
    """Arrays (n, NEAR) for the assets near by, (n, WAITING) for crossings not long ago."""

    asset: I32
    enter_t: I64
    min_m: F64
    min_t: I64
    min_kp_km: F64
    min_sigma_m: F64
    min_sog_kn: F32
    crossed: I8
    wait_asset: I32
    wait_t: I64
    wait_sum: F64
    wait_n: I32


@njit(cache=True, nogil=True)
def _screen(
    begin: int,
    e: Enriched,
    state: ApproachState,
    index: AssetIndex,
    corridor_m: float,
    leg_ms: int,
    after_ms: int,
    out: Buffer,
) -> int:
    cross_asset = np.empty(SPARE // 2, dtype=np.int32)
    cross_frac = np.empty(SPARE // 2)
    cross_kp = np.empty(SPARE // 2)
    cross_seg = np.empty(SPARE // 2, dtype=np.int32)
    near_asset = np.empty(NEAR, dtype=np.int32)
    near_m = np.empty(NEAR)
    near_kp = np.empty(NEAR)
    near_sigma = np.empty(NEAR)
    # local names: reading an array through a tuple in the loop counts a reference each time
    p = e.p
    p_t, p_lat, p_lon, p_pos_sigma_m, p_sog_kn, p_trust = p.t, p.lat, p.lon, p.pos_sigma_m, p.sog_kn, p.trust
    e_believed, e_slot, e_speed_kn, e_prev_t = e.believed, e.slot, e.speed_kn, e.prev_t
    e_prev_lat, e_prev_lon, e_prev_sog_kn = e.prev_lat, e.prev_lon, e.prev_sog_kn
    e_expected_kn, e_expected_sigma_kn, e_near_asset = e.expected_kn, e.expected_sigma_kn, e.near_asset
    e_near_m = e.near_m
    s_asset, s_enter_t, s_min_m, s_min_t = state.asset, state.enter_t, state.min_m, state.min_t
    s_min_kp_km, s_min_sigma_m, s_min_sog_kn = state.min_kp_km, state.min_sigma_m, state.min_sog_kn
    s_crossed, s_wait_asset, s_wait_t = state.crossed, state.wait_asset, state.wait_t
    s_wait_sum, s_wait_n = state.wait_sum, state.wait_n
    room, used = len(out.t), out.used
    for j in range(begin, len(p_t)):
        if room - used[0] < SPARE:
            return j
        if e_believed[j] == 0:
            continue
        i = e_slot[j]
        t = p_t[j]
        # speed after earlier crossings
        for k in range(WAITING):
            if s_wait_asset[i, k] >= 0:
                if t >= s_wait_t[i, k] + after_ms:
                    row = emit(out, t, i, AFTER, s_wait_asset[i, k], s_wait_t[i, k])
                    out.v[row, 0] = s_wait_sum[i, k] / s_wait_n[i, k] if s_wait_n[i, k] > 0 else math.nan
                    s_wait_asset[i, k] = -1
                elif not math.isnan(e_speed_kn[j]):
                    s_wait_sum[i, k] += e_speed_kn[j]
                    s_wait_n[i, k] += 1
        # crossings on the way here
        if (
            e_prev_t[j] != NO_TIME
            and t > e_prev_t[j]
            and t - e_prev_t[j] <= leg_ms
            and may_cross(index, e_prev_lat[j], e_prev_lon[j], p_lat[j], p_lon[j])
        ):
            n = crossings(
                index, e_prev_lat[j], e_prev_lon[j], p_lat[j], p_lon[j], cross_asset, cross_frac, cross_kp, cross_seg
            )
            for c in range(n):
                f = cross_frac[c]
                asset = cross_asset[c]
                s = cross_seg[c]
                at = e_prev_t[j] + np.int64(f * (t - e_prev_t[j]))
                row = emit(out, t, i, CROSSED, asset, at)
                way_m = distance_m(e_prev_lat[j], e_prev_lon[j], p_lat[j], p_lon[j])
                between = 4.0 * f * (1.0 - f) * 0.1 * way_m
                gap_s = (t - e_prev_t[j]) / 1000.0
                sigma = math.sqrt(
                    index.sigma_m[s] ** 2 + p_pos_sigma_m[j] ** 2 + (between if gap_s > 300.0 else 0.0) ** 2
                )
                v1 = e_prev_sog_kn[j]
                v2 = e_speed_kn[j] if p_trust[j] & np.uint32(UNPROVEN) else p_sog_kn[j]
                step_kn = way_m / max(gap_s, 1.0) / KNOT_MS
                sog = step_kn
                if not math.isnan(v1) and not math.isnan(v2) and gap_s <= 600.0:
                    sog = v1 + f * (v2 - v1)
                course = bearing_deg(e_prev_lat[j], e_prev_lon[j], p_lat[j], p_lon[j])
                line = bearing_deg(index.lat1[s], index.lon1[s], index.lat2[s], index.lon2[s])
                angle = abs(course - line) % 180.0
                out.v[row, 0] = cross_kp[c]
                out.v[row, 1] = sigma
                out.v[row, 2] = sog
                out.v[row, 3] = e_expected_kn[j]
                out.v[row, 4] = e_expected_sigma_kn[j]
                out.v[row, 5] = min(angle, 180.0 - angle)
                out.v[row, 6] = gap_s
                out.v[row, 7] = index.sigma_m[s]
                slot_k = 0
                for k in range(WAITING):
                    if s_wait_asset[i, k] < 0:
                        slot_k = k
                        break
                    if s_wait_t[i, k] < s_wait_t[i, slot_k]:
                        slot_k = k
                s_wait_asset[i, slot_k] = asset
                s_wait_t[i, slot_k] = at
                s_wait_sum[i, slot_k] = e_speed_kn[j] if not math.isnan(e_speed_kn[j]) else 0.0
                s_wait_n[i, slot_k] = 1 if not math.isnan(e_speed_kn[j]) else 0
                for k in range(NEAR):
                    if s_asset[i, k] == asset:
                        s_crossed[i, k] = 1
        # passes through corridors; left only when clearly outside, so that the edge does not chatter
        if e_near_asset[j] < 0 and s_asset[i, 0] < 0:
            continue
        n = 0
        if e_near_asset[j] >= 0 and e_near_m[j] <= 1.5 * corridor_m:
            n = near_all(index, p_lat[j], p_lon[j], 1.5 * corridor_m, near_asset, near_m, near_kp, near_sigma)
        for k in range(NEAR):
            asset = s_asset[i, k]
            if asset < 0:
                continue
            still = False
            for c in range(n):
                if near_asset[c] == asset:
                    still = True
            if not still:
                if s_crossed[i, k] == 0 and s_min_m[i, k] <= corridor_m:
                    row = emit(out, t, i, PASSED, asset, s_min_t[i, k])
                    out.v[row, 0] = s_min_kp_km[i, k]
                    out.v[row, 1] = s_min_m[i, k]
                    out.v[row, 2] = s_min_sigma_m[i, k]
                    out.v[row, 3] = s_min_sog_kn[i, k]
                    out.v[row, 4] = (t - s_enter_t[i, k]) / 1000.0
                s_asset[i, k] = -1
        # keep the used places first, so that place 0 tells whether any is in use
        w = 0
        for k in range(NEAR):
            if s_asset[i, k] >= 0:
                if w != k:
                    s_asset[i, w] = s_asset[i, k]
                    s_enter_t[i, w] = s_enter_t[i, k]
                    s_min_m[i, w] = s_min_m[i, k]
                    s_min_t[i, w] = s_min_t[i, k]
                    s_min_kp_km[i, w] = s_min_kp_km[i, k]
                    s_min_sigma_m[i, w] = s_min_sigma_m[i, k]
                    s_min_sog_kn[i, w] = s_min_sog_kn[i, k]
                    s_crossed[i, w] = s_crossed[i, k]
                    s_asset[i, k] = -1
                w += 1
        for c in range(n):
            at_k = -1
            for k in range(w):
                if s_asset[i, k] == near_asset[c]:
                    at_k = k
            if at_k < 0:
                if near_m[c] > corridor_m or w >= NEAR:
                    continue
                at_k = w
                w += 1
                s_asset[i, at_k] = near_asset[c]
                s_enter_t[i, at_k] = t
                s_min_m[i, at_k] = math.inf
                s_crossed[i, at_k] = 0
                for k in range(WAITING):
                    if s_wait_asset[i, k] == near_asset[c]:
                        s_crossed[i, at_k] = 1
            if near_m[c] < s_min_m[i, at_k]:
                s_min_m[i, at_k] = near_m[c]
                s_min_t[i, at_k] = t
                s_min_kp_km[i, at_k] = near_kp[c]
                s_min_sigma_m[i, at_k] = math.sqrt(near_sigma[c] ** 2 + p_pos_sigma_m[j] ** 2)
                s_min_sog_kn[i, at_k] = e_speed_kn[j]
    return len(p_t)


class Approach(Judged):
    """Crossings of assets and passes through their corridors."""

    spec = Spec(
        name="crossing",
        kinds=("crossing", "approach"),
        scope="ship",
        title="A ship crosses an asset, or passes close to it without crossing.",
        inputs=("t", "lat", "lon", "sog_kn", "pos_sigma_m"),
        look_back_s=6 * 3600,
    )

    def __init__(self, settings: CrossingSettings, assets: AssetSettings) -> None:
        self._settings = settings
        self._corridor_m = assets.corridor_m
        self._corridor = Threshold(name="distance", value=assets.corridor_m, unit="m", setting="assets.corridor_m")
        self._leg = Threshold(
            name="gap between fixes", value=settings.max_leg_s, unit="s", setting="behaviours.crossing.max_leg_s"
        )

    def init_state(self, n: int) -> ApproachState:
        """State arrays for `n` ships."""
        return ApproachState(
            asset=np.full((n, NEAR), -1, dtype=np.int32),
            enter_t=np.full((n, NEAR), NO_TIME, dtype=np.int64),
            min_m=np.full((n, NEAR), np.inf),
            min_t=np.full((n, NEAR), NO_TIME, dtype=np.int64),
            min_kp_km=np.full((n, NEAR), np.nan),
            min_sigma_m=np.full((n, NEAR), np.nan),
            min_sog_kn=np.full((n, NEAR), np.nan, dtype=np.float32),
            crossed=np.zeros((n, NEAR), dtype=np.int8),
            wait_asset=np.full((n, WAITING), -1, dtype=np.int32),
            wait_t=np.full((n, WAITING), NO_TIME, dtype=np.int64),
            wait_sum=np.zeros((n, WAITING)),
            wait_n=np.zeros((n, WAITING), dtype=np.int32),
        )

    def screen(self, batch: Enriched, state: ApproachState, around: Surroundings) -> Rows:
        """Candidates of a batch; v: see the kernel."""
        return collect(
            len(batch.slot),
            lambda begin, out: _screen(
                begin,
                batch,
                state,
                around.assets.index,
                self._corridor_m,
                int(self._settings.max_leg_s * 1000),
                int(self._settings.after_s * 1000),
                out,
            ),
        )

    def judge(self, one: Candidate, view: FleetView, around: Surroundings, state: ApproachState) -> Iterator[Change]:
        """Crossings and passes as findings; a crossing is revised once the speed afterwards is known."""
        v = one.v
        slot, asset = one.slot, one.asset
        t, start = one.t, one.start_t
        if one.code == CROSSED:
            yield self._crossed(slot, asset, t, start, v, view)
        elif one.code == AFTER:
            yield Change(
                action="close", kind="crossing", slot=slot, asset=asset, start_t=start, t=t, end_t=start,
                measured=(
                    measure.speed("speed_after", float(v[0]), method="mean until 15 min after the crossing"),
                ),
            )  # fmt: skip
        else:
            yield Change(
                action="close", kind="approach", slot=slot, asset=asset, start_t=start, t=t, end_t=start,
                kp_km=float(v[0]), kp_sigma_km=float(v[2]) / 1000,
                measured=(
                    measure.distance(float(v[1]), float(v[2]), method="least of the reported positions"),
                    measure.speed("speed_at", float(v[3])),
                    measure.duration("in_corridor", float(v[4])),
                ),
                thresholds=(self._corridor,),
                benign=LAWFUL_PASSAGE,
            )  # fmt: skip

    def _crossed(self, slot: int, asset: int, t: int, start: int, v: F64, view: FleetView) -> Change:
        mean_before = view.mean_sog(slot, start - int(self._settings.after_s * 1000), start)
        return Change(
            action="open", kind="crossing", slot=slot, asset=asset, start_t=start, t=t,
            kp_km=float(v[0]), kp_sigma_km=float(v[1]) / 1000 / max(math.sin(math.radians(float(v[5]))), 0.1),
            measured=(
                measure.distance(0.0, float(v[1]), method="the way between two fixes cuts the line"),
                measure.speed("speed_before", mean_before, method="mean of the 15 min before"),
                measure.speed("speed_at", float(v[2]), method="between the fixes on either side"),
                measure.speed("expected_speed", float(v[3]), float(v[4]), method="median under way, last 100 min"),
                measure.angle("crossing_angle", float(v[5])),
                measure.duration("fix_gap", float(v[6])),
            ),
            thresholds=(self._leg,),
            benign=LAWFUL_CROSSING,
        )  # fmt: skip
