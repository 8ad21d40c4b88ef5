"""About to anchor: a ship takes her way off near an asset, in a depth where her anchor holds.

Speed falls from sea speed to a crawl within half an hour, close to the asset, and she has not stopped yet; or she
already says that she is at anchor while still moving.
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
from seawarden.behaviours.normal import normal_here
from seawarden.behaviours.patterned import explained, ship_type
from seawarden.model.error import Uncertain
from seawarden.model.finding import Change, Reason, Threshold
from seawarden.model.position import F32, F64, I8, I32, I64, NO_TIME
from seawarden.ports import Enriched, FleetView, Rows, Spec, Surroundings
from seawarden.settings import AboutToAnchorSettings

OPEN: Final = 0
CLOSE: Final = 1
AT_ANCHOR: Final = 1
WAITING: Final = Reason(text="ships slow here to wait for a berth, a pilot or the tide")


class AnchoringState(NamedTuple):
    """Arrays (n,)."""

    sea_t: I64
    """When she last made sea speed."""
    sea_kn: F32
    slow: I32
    """Fixes in a row at a crawl."""
    since: I64
    open_asset: I32
    ended: I8
    """1 until she makes sea speed again: one approach gives one finding."""
    near_m: F32
    near_kp_km: F64
    near_sigma_m: F32


@njit(cache=True, nogil=True)
def _screen(
    begin: int,
    e: Enriched,
    state: AnchoringState,
    sea_kn: float,
    crawl_kn: float,
    within_ms: int,
    reach_m: float,
    out: Buffer,
) -> int:
    # local names: reading an array through a tuple in the loop counts a reference each time
    p = e.p
    p_t, p_nav_status, p_pos_sigma_m, p_lat, p_lon = p.t, p.nav_status, p.pos_sigma_m, p.lat, p.lon
    e_believed, e_speed_kn, e_slot, e_near_asset = e.believed, e.speed_kn, e.slot, e.near_asset
    e_near_m, e_near_sigma_m, e_near_kp_km = e.near_m, e.near_sigma_m, e.near_kp_km
    s_sea_t, s_sea_kn, s_slow, s_since = state.sea_t, state.sea_kn, state.slow, state.since
    s_open_asset, s_ended = state.open_asset, state.ended
    room, used = len(out.t), out.used
    for j in range(begin, len(p_t)):
        if room - used[0] < SPARE:
            return j
        if e_believed[j] == 0 or math.isnan(e_speed_kn[j]):
            continue
        i = e_slot[j]
        t = p_t[j]
        v = e_speed_kn[j]
        if v >= sea_kn:
            if s_open_asset[i] >= 0:
                row = emit(out, t, i, CLOSE, s_open_asset[i], s_since[i])
                out.v[row, 0] = v
            s_open_asset[i] = -1
            s_sea_t[i] = t
            s_sea_kn[i] = v
            s_slow[i] = 0
            s_ended[i] = 0
            continue
        if s_open_asset[i] >= 0 and v < 0.5:
            row = emit(out, t, i, CLOSE, s_open_asset[i], s_since[i])
            out.v[row, 0] = v
            s_open_asset[i] = -1
            s_ended[i] = 1
            continue
        if s_ended[i] == 1 or s_open_asset[i] >= 0:
            continue
        says = p_nav_status[j] == AT_ANCHOR and v >= 0.5
        if v > crawl_kn and not says:
            s_slow[i] = 0
            continue
        s_slow[i] += 1
        recent = s_sea_t[i] != NO_TIME and t - s_sea_t[i] <= within_ms
        close = e_near_asset[j] >= 0 and e_near_m[j] <= reach_m + e_near_sigma_m[j]
        if recent and close and v >= 0.5 and s_slow[i] >= 2:
            s_since[i] = t
            s_open_asset[i] = e_near_asset[j]
            row = emit(out, t, i, OPEN, e_near_asset[j], t)
            out.v[row, 0] = v
            out.v[row, 1] = s_sea_kn[i]
            out.v[row, 2] = (t - s_sea_t[i]) / 1000.0
            out.v[row, 3] = e_near_m[j]
            out.v[row, 4] = e_near_kp_km[j]
            out.v[row, 5] = math.sqrt(e_near_sigma_m[j] ** 2 + p_pos_sigma_m[j] ** 2)
            out.v[row, 6] = p_lat[j]
            out.v[row, 7] = p_lon[j]
            out.v[row, 8] = 1.0 if says else 0.0
    return len(p_t)


class AboutToAnchor(Judged):
    """Taking the way off near an asset."""

    spec = Spec(
        name="about_to_anchor",
        kinds=("about_to_anchor",),
        scope="ship",
        title="A ship takes her way off near an asset, where her anchor would reach the bottom.",
        inputs=("t", "lat", "lon", "sog_kn", "nav_status"),
        look_back_s=3600,
    )

    def __init__(self, settings: AboutToAnchorSettings) -> None:
        self._settings = s = settings
        where = "behaviours.about_to_anchor."
        self._thresholds = (
            Threshold(name="sea speed", value=s.sea_kn, unit="kn", setting=where + "sea_kn"),
            Threshold(name="speed", value=s.crawl_kn, unit="kn", setting=where + "crawl_kn"),
            Threshold(name="time to lose it", value=s.within_s, unit="s", setting=where + "within_s"),
            Threshold(name="distance", value=s.reach_m, unit="m", setting=where + "reach_m"),
            Threshold(name="depth", value=s.most_depth_m, unit="m", setting=where + "most_depth_m"),
        )

    def init_state(self, n: int) -> AnchoringState:
        """State arrays for `n` ships."""
        return AnchoringState(
            sea_t=np.full(n, NO_TIME, dtype=np.int64),
            sea_kn=np.full(n, np.nan, dtype=np.float32),
            slow=np.zeros(n, dtype=np.int32),
            since=np.full(n, NO_TIME, dtype=np.int64),
            open_asset=np.full(n, -1, dtype=np.int32),
            ended=np.zeros(n, dtype=np.int8),
            near_m=np.full(n, np.inf, dtype=np.float32),
            near_kp_km=np.full(n, np.nan),
            near_sigma_m=np.full(n, np.nan, dtype=np.float32),
        )

    def screen(self, batch: Enriched, state: AnchoringState, around: Surroundings) -> Rows:
        """Candidates of a batch."""
        s = self._settings
        return collect(
            len(batch.slot),
            lambda begin, out: _screen(
                begin, batch, state, s.sea_kn, s.crawl_kn, int(s.within_s * 1000), s.reach_m, out
            ),
        )

    def judge(self, one: Candidate, view: FleetView, around: Surroundings, state: AnchoringState) -> Iterator[Change]:
        """Approaches to an anchorage of her own choice, as findings."""
        v = one.v
        slot, asset = one.slot, one.asset
        t, start = one.t, one.start_t
        if one.code == CLOSE:
            yield one.closes("about_to_anchor")
            return
        depth, depth_sigma = math.nan, math.nan
        if around.depth is not None:
            d, s = around.depth.depth_m(np.array([v[6]]), np.array([v[7]]))
            depth, depth_sigma = float(d[0]), float(s[0])
        if depth - 2 * depth_sigma > self._settings.most_depth_m:
            return
        usual, why = normal_here(around, float(v[6]), float(v[7]), t, ship_type(view, slot), float(v[0]))
        benign = (*explained(view, slot, around, float(v[6]), float(v[7]), False), WAITING, *why)
        lost = (float(v[1]) - float(v[0])) / max(float(v[2]) / 60, 0.1)
        yield Change(
            action="open", kind="about_to_anchor", slot=slot, asset=asset, start_t=start, t=t,
            kp_km=float(v[4]), kp_sigma_km=float(v[5]) / 1000,
            measured=(
                measure.speed("speed", float(v[0])),
                measure.speed("sea_speed", float(v[1])),
                Uncertain(name="deceleration", value=lost, unit="kn/min"),
                measure.distance(float(v[3]), float(v[5])),
                measure.distance(depth, depth_sigma, "depth", "depth grid at the ship"),
                measure.share("says_at_anchor", float(v[8])),
                *usual,
            ),
            thresholds=self._thresholds, benign=benign,
        )  # fmt: skip
