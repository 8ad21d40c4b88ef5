"""Unexplained loss of speed before or over an asset, against the ship's own recent speed.

The expectation is the ship's own (`tracks.speed`), frozen when the loss begins, so that a long slow-down is not
learned away. A loss counts when it is a share of the expected speed, more than its error, and lasts. Thinned
tracks can't show it and are left out. What else explains it (a turn, a port or pilot station near by) is measured
beside it and listed, never silently dropped.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

import numpy as np
from numba import njit

from seawarden.behaviours import measure
from seawarden.behaviours.emit import SPARE, Buffer, collect, emit
from seawarden.behaviours.judged import Candidate, Judged, ended
from seawarden.behaviours.places import explained_by_place
from seawarden.model.finding import Change, Reason, Threshold
from seawarden.model.position import F32, F64, I32, I64, NO_TIME, Provenance, Trust
from seawarden.ports import Enriched, FleetView, Rows, Spec, Surroundings
from seawarden.settings import SlowdownSettings

OPEN: Final = 0
UPDATE: Final = 1
CLOSE: Final = 2
ACTIONS: Final[tuple[Literal["open", "update", "close"], ...]] = ("open", "update", "close")
DOUBTED: Final = int(Trust.JUMP | Trust.FROZEN | Trust.SPEED_MISMATCH)
KEY_FRAME: Final = int(Provenance.KEY_FRAME)


class SlowdownState(NamedTuple):
    """Arrays (n,)."""

    since: I64
    """Begin of the present loss, or NO_TIME."""
    fixes: I32
    expected_kn: F32
    sigma_kn: F32
    cog_deg: F32
    """Course before it."""
    turned_deg: F32
    lost_sum: F64
    deepest: F32
    good: I32
    """Fixes in a row without loss."""
    open_asset: I32
    """Asset of the open finding, -1 none."""
    near_m: F32
    near_kp_km: F64
    near_sigma_m: F32
    told: F32
    """Loss at the last revision."""
    last_t: I64
    last_cog_deg: F32


class Rules(NamedTuple):
    """Settings as the kernel takes them."""

    least_expected_kn: float
    least_loss: float
    least_loss_kn: float
    sigmas: float
    sustain_ms: int
    least_fixes: int
    reach_m: float
    recover: float
    gap_ms: int
    step: float


@njit(cache=True, inline="always")
def _reset(state: SlowdownState, i: int) -> None:
    state.since[i] = NO_TIME
    state.fixes[i] = 0
    state.good[i] = 0
    state.open_asset[i] = -1
    state.lost_sum[i] = 0.0
    state.deepest[i] = 0.0
    state.turned_deg[i] = 0.0
    state.near_m[i] = np.inf
    state.told[i] = 0.0


@njit(cache=True)
def _say(out: Buffer, state: SlowdownState, i: int, t: int, code: int, speed: float, lat: float, lon: float) -> None:
    row = emit(out, t, i, code, state.open_asset[i], state.since[i])
    out.v[row, 0] = state.expected_kn[i]
    out.v[row, 1] = state.sigma_kn[i]
    out.v[row, 2] = speed
    out.v[row, 3] = state.lost_sum[i] / max(state.fixes[i], 1)
    out.v[row, 4] = state.deepest[i]
    out.v[row, 5] = state.near_m[i]
    out.v[row, 6] = state.near_kp_km[i]
    out.v[row, 7] = state.near_sigma_m[i]
    out.v[row, 8] = state.turned_deg[i]
    out.v[row, 9] = state.fixes[i]
    out.v[row, 10] = lat
    out.v[row, 11] = lon


@njit(cache=True, nogil=True)
def _screen(begin: int, e: Enriched, state: SlowdownState, rules: Rules, out: Buffer) -> int:
    # local names: reading an array through a tuple in the loop counts a reference each time
    p = e.p
    p_t, p_trust, p_provenance, p_cog_deg = p.t, p.trust, p.provenance, p.cog_deg
    p_pos_sigma_m, p_lat, p_lon = p.pos_sigma_m, p.lat, p.lon
    e_believed, e_speed_kn, e_slot, e_expected_kn = e.believed, e.speed_kn, e.slot, e.expected_kn
    e_expected_sigma_kn, e_near_asset, e_near_m = e.expected_sigma_kn, e.near_asset, e.near_m
    e_near_kp_km, e_near_sigma_m = e.near_kp_km, e.near_sigma_m
    s_since, s_fixes, s_expected_kn = state.since, state.fixes, state.expected_kn
    s_sigma_kn, s_cog_deg, s_turned_deg = state.sigma_kn, state.cog_deg, state.turned_deg
    s_lost_sum, s_deepest, s_good = state.lost_sum, state.deepest, state.good
    s_open_asset, s_near_m, s_near_kp_km = state.open_asset, state.near_m, state.near_kp_km
    s_near_sigma_m, s_told, s_last_t = state.near_sigma_m, state.told, state.last_t
    s_last_cog_deg = state.last_cog_deg
    room, used = len(out.t), out.used
    for j in range(begin, len(p_t)):
        if room - used[0] < SPARE:
            return j
        if e_believed[j] == 0 or p_trust[j] & np.uint32(DOUBTED) or p_provenance[j] == KEY_FRAME:
            continue
        v = e_speed_kn[j]
        if math.isnan(v):
            continue
        i = e_slot[j]
        t = p_t[j]
        if s_since[i] != NO_TIME and t - s_last_t[i] > rules.gap_ms:
            if s_open_asset[i] >= 0:
                _say(out, state, i, s_last_t[i] + rules.gap_ms, CLOSE, math.nan, math.nan, math.nan)
            _reset(state, i)
        before_cog = s_last_cog_deg[i]
        s_last_t[i] = t
        s_last_cog_deg[i] = p_cog_deg[j]
        if s_since[i] == NO_TIME:
            expected = e_expected_kn[j]
            if math.isnan(expected) or expected < rules.least_expected_kn:
                continue
            lost = expected - v
            if (
                lost < rules.least_loss * expected
                or lost < rules.least_loss_kn
                or lost < rules.sigmas * e_expected_sigma_kn[j]
            ):
                continue
            _reset(state, i)
            s_since[i] = t
            s_expected_kn[i] = expected
            s_sigma_kn[i] = e_expected_sigma_kn[j]
            s_cog_deg[i] = before_cog if not math.isnan(before_cog) else p_cog_deg[j]
        expected = s_expected_kn[i]
        loss = (expected - v) / expected
        turned = abs((p_cog_deg[j] - s_cog_deg[i] + 180.0) % 360.0 - 180.0)
        if turned > s_turned_deg[i]:
            s_turned_deg[i] = turned
        near = e_near_asset[j]
        near_m = e_near_m[j]
        if near >= 0 and near_m < s_near_m[i] and (s_open_asset[i] < 0 or near == s_open_asset[i]):
            s_near_m[i] = near_m
            s_near_kp_km[i] = e_near_kp_km[j]
            s_near_sigma_m[i] = math.sqrt(e_near_sigma_m[j] ** 2 + p_pos_sigma_m[j] ** 2)
        if loss < rules.recover * rules.least_loss or v < 0.5:
            s_good[i] += 1
        else:
            s_good[i] = 0
            s_fixes[i] += 1
            s_lost_sum[i] += loss
            s_deepest[i] = max(s_deepest[i], loss)
        if s_good[i] >= 2:
            if s_open_asset[i] >= 0:
                _say(out, state, i, t, CLOSE, v, p_lat[j], p_lon[j])
            _reset(state, i)
            continue
        if s_good[i] > 0:
            continue
        if s_open_asset[i] < 0:
            if (
                t - s_since[i] >= rules.sustain_ms
                and s_fixes[i] >= rules.least_fixes
                and near >= 0
                and near_m <= rules.reach_m
            ):
                s_open_asset[i] = near
                s_near_m[i] = near_m
                s_near_kp_km[i] = e_near_kp_km[j]
                s_near_sigma_m[i] = math.sqrt(e_near_sigma_m[j] ** 2 + p_pos_sigma_m[j] ** 2)
                s_told[i] = s_lost_sum[i] / s_fixes[i]
                _say(out, state, i, t, OPEN, v, p_lat[j], p_lon[j])
        elif s_lost_sum[i] / s_fixes[i] > s_told[i] + rules.step:
            s_told[i] = s_lost_sum[i] / s_fixes[i]
            _say(out, state, i, t, UPDATE, v, p_lat[j], p_lon[j])
    return len(p_t)


@njit(cache=True, nogil=True)
def _silent(begin: int, state: SlowdownState, until_t: int, gap_ms: int, out: Buffer) -> int:
    for i in range(begin, len(state.since)):
        if len(out.t) - out.used[0] < SPARE:
            return i
        if state.open_asset[i] >= 0 and state.last_t[i] + gap_ms < until_t:
            _say(out, state, i, state.last_t[i] + gap_ms, CLOSE, math.nan, math.nan, math.nan)
            _reset(state, i)
    return len(state.since)


class Slowdown(Judged):
    """Loss of speed before or over an asset."""

    spec = Spec(
        name="slowdown",
        kinds=("slowdown",),
        scope="ship",
        title="A ship loses speed before or over an asset, against her own recent speed.",
        inputs=("t", "lat", "lon", "sog_kn", "cog_deg"),
        look_back_s=2 * 3600,
    )

    def __init__(self, settings: SlowdownSettings) -> None:
        s = settings
        self._rules = Rules(
            least_expected_kn=s.least_expected_kn,
            least_loss=s.least_loss,
            least_loss_kn=s.least_loss_kn,
            sigmas=s.least_sigmas,
            sustain_ms=int(s.sustain_s * 1000),
            least_fixes=s.least_fixes,
            reach_m=s.reach_m,
            recover=0.5,
            gap_ms=int(s.gap_s * 1000),
            step=s.revision_step,
        )
        self._turn_deg = s.turn_deg
        self._thresholds = (
            Threshold(name="loss", value=s.least_loss, unit="1", setting="behaviours.slowdown.least_loss"),
            Threshold(
                name="lost speed", value=s.least_loss_kn, unit="kn", setting="behaviours.slowdown.least_loss_kn"
            ),
            Threshold(name="sigmas", value=s.least_sigmas, unit="1", setting="behaviours.slowdown.least_sigmas"),
            Threshold(name="duration", value=s.sustain_s, unit="s", setting="behaviours.slowdown.sustain_s"),
            Threshold(name="distance", value=s.reach_m, unit="m", setting="behaviours.slowdown.reach_m"),
        )

    def init_state(self, n: int) -> SlowdownState:
        """State arrays for `n` ships."""
        nan = np.full(n, np.nan, dtype=np.float32)
        return SlowdownState(
            since=np.full(n, NO_TIME, dtype=np.int64),
            fixes=np.zeros(n, dtype=np.int32),
            expected_kn=nan.copy(),
            sigma_kn=nan.copy(),
            cog_deg=nan.copy(),
            turned_deg=np.zeros(n, dtype=np.float32),
            lost_sum=np.zeros(n),
            deepest=np.zeros(n, dtype=np.float32),
            good=np.zeros(n, dtype=np.int32),
            open_asset=np.full(n, -1, dtype=np.int32),
            near_m=np.full(n, np.inf, dtype=np.float32),
            near_kp_km=np.full(n, np.nan),
            near_sigma_m=nan.copy(),
            told=np.zeros(n, dtype=np.float32),
            last_t=np.full(n, NO_TIME, dtype=np.int64),
            last_cog_deg=nan.copy(),
        )

    def screen(self, batch: Enriched, state: SlowdownState, around: Surroundings) -> Rows:
        """Candidates of a batch."""
        return collect(len(batch.slot), lambda begin, out: _screen(begin, batch, state, self._rules, out))

    def silent(self, state: SlowdownState, until_t: int, around: Surroundings) -> Rows | None:
        """A gap in her reports closes the finding."""
        gap_ms = self._rules.gap_ms
        return ended(state.open_asset >= 0, lambda begin, out: _silent(begin, state, until_t, gap_ms, out))

    def judge(self, one: Candidate, view: FleetView, around: Surroundings, state: SlowdownState) -> Iterator[Change]:
        """Losses of speed as findings."""
        v = one.v
        t, start = one.t, one.start_t
        code = one.code
        expected, sigma = float(v[0]), float(v[1])
        loss = float(v[3])
        loss_sigma = sigma / expected if expected > 0 else None
        benign = list(explained_by_place(around, float(v[10]), float(v[11])))
        if v[8] >= self._turn_deg:
            benign.append(Reason(text=f"she turned {v[8]:.0f} deg meanwhile", measure="turned"))
        yield Change(
            action=ACTIONS[code], kind="slowdown", slot=one.slot,
            asset=one.asset, start_t=start, t=t, end_t=t if code == CLOSE else None,
            kp_km=float(v[6]), kp_sigma_km=float(v[7]) / 1000,
            measured=(
                measure.speed("expected_speed", expected, sigma, "median of her last 100 min under way"),
                measure.speed("speed", float(v[2])),
                measure.share("loss", loss, loss_sigma, "mean since the onset"),
                measure.share("deepest_loss", float(v[4]), loss_sigma),
                measure.duration("duration", (t - start) / 1000),
                measure.distance(float(v[5]), float(v[7]), method="least since the onset"),
                measure.angle("turned", float(v[8]), 2.0, "largest change of course since the onset"),
            ),
            thresholds=self._thresholds,
            benign=tuple(benign),
        )  # fmt: skip
