"""Which track a position belongs to, whether it can be believed, and what the ship was expected to do.

One pass in order of event time. A position joins the track under its MMSI if that can have got there; where it can't,
a tentative track begins, which is believed once three fixes hold together. So a wild outlier stays alone and doubted,
and two ships on one MMSI become two tracks. From then on a position joins the track that foretells it best
(`branches`).
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.geodesy import KNOT_MS, distance_m
from seawarden.model.position import F32, F64, I8, I32, I64, NO_TIME, U8, Positions, Trust
from seawarden.settings import TrackSettings
from seawarden.tracks.branches import begin_branch, fit_of, follow, keep, stay, velocity
from seawarden.tracks.identity.mmsi import GIVEN, MADE_UP
from seawarden.tracks.speed import learn
from seawarden.tracks.state import RECENT, SlotTable, TrackState
from seawarden.tracks.sudden import LEG_S, judge, leg_error_m

JUMP: Final = int(Trust.JUMP)
FROZEN: Final = int(Trust.FROZEN)
MISMATCH: Final = int(Trust.SPEED_MISMATCH)
UNPROVEN: Final = int(Trust.SPEED_UNPROVEN)
SHARED: Final = int(Trust.SHARED_MMSI)
BAD: Final = int(Trust.BAD_MMSI)
LONG_MS: Final = 1_800_000
"""After a longer silence a ship must lie where she can be, not only where the fastest can."""
SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
"""Fibonacci hashing (Knuth, TAOCP 6.4): spreads MMSIs, which come in blocks by country."""


class Rules(NamedTuple):
    """The settings of this stage, as a kernel takes them."""

    max_speed_kn: float
    duplicate_ms: int
    confirm_fixes: int
    frozen_fixes: int
    frozen_ms: int
    mismatch_kn: float
    shared_ms: int
    sudden_kn: float
    brake_ms2: float
    gather_ms2: float


def rules_of(s: TrackSettings) -> Rules:
    """The settings in the kernel's units."""
    return Rules(
        max_speed_kn=float(s.max_speed_kn),
        duplicate_ms=int(s.duplicate_s * 1000),
        confirm_fixes=s.confirm_fixes,
        frozen_fixes=s.frozen_fixes,
        frozen_ms=int(s.frozen_s * 1000),
        mismatch_kn=float(s.mismatch_kn),
        shared_ms=int(s.shared_s * 1000),
        sudden_kn=float(s.sudden_kn),
        brake_ms2=float(s.brake_ms2),
        gather_ms2=float(s.gather_ms2),
    )


@njit(cache=True)
def _reached(last_t: int, last_sigma: float, t: int, gone: float, sigma: float, max_ms: float) -> bool:
    """Whether a track last seen at `last_t` can have got `gone` metres by now."""
    if last_t == NO_TIME:
        return True
    dt = max((t - last_t) / 1000.0, 1.0)
    slack = 3.0 * math.sqrt(sigma * sigma + last_sigma * last_sigma) + 100.0
    return bool(gone <= slack + dt * max_ms)


@njit(cache=True)
def _likely(state: TrackState, i: int, t: int, lat: float, lon: float, sog: float, cog: float) -> bool:
    """Whether a track may be continued there after a long silence."""
    before = (state.t[i], state.lat[i], state.lon[i], *velocity(state.sog_kn[i], state.cog_deg[i]))
    return bool(fit_of(*before, t, lat, lon, *velocity(sog, cog)) > 0.0)


@njit(cache=True)
def _given(mmsi: int, given: U8) -> bool:
    """Whether a number is a ship station's nine digits with a MID that was given out."""
    if MADE_UP[0] <= mmsi <= MADE_UP[1]:
        return True
    return 200_000_000 <= mmsi <= 799_999_999 and given[mmsi // 1_000_000] == 1


@njit(cache=True, nogil=True)
def assign(
    begin: int,
    p: Positions,
    state: TrackState,
    table: SlotTable,
    rules: Rules,
    slot: I32,
    believed: I8,
    merged: I8,
    prev_t: I64,
    prev_lat: F64,
    prev_lon: F64,
    prev_sog: F32,
    speed: F32,
    refutes: I8,
    expected: F32,
    expected_sigma: F32,
) -> int:
    """Run rows `begin`.. of a batch in order through the tracks; returns the row at which the state is full, or n.

    Args:
        begin: first row.
        p: `Positions` in order; `trust` is added to.
        state: `TrackState`, updated.
        table: `SlotTable`, updated; at most half full afterwards is the caller's care.
        rules: `Rules`.
        slot: (n,) out: track of each row, -1 when the row has no usable place or MMSI.
        believed: (n,) out: 1 when behaviours may use it.
        merged: (n,) out: 1 when it repeats what another receiver delivered.
        prev_t: (n,) out: time of the track's believed position before it, with prev_lat, prev_lon, prev_sog.
        prev_lat: (n,) out.
        prev_lon: (n,) out.
        prev_sog: (n,) out.
        speed: (n,) out: SOG, or the speed of the last step where none is told or it is not borne out.
        refutes: (n,) out: 1 when the speed that the report before it on its track told is refuted by this one.
        expected: (n,) out: own expected speed as known before this row, kn.
        expected_sigma: (n,) out.
    """
    n = len(p.t)
    capacity = len(state.mmsi)
    max_ms = rules.max_speed_kn * KNOT_MS
    # Held in local names: every reading of an array through a tuple inside the loop counts a reference, in memory
    # that all threads share, and costs more than the work itself.
    p_t = p.t
    p_lat = p.lat
    p_lon = p.lon
    p_mmsi = p.mmsi
    p_sog_kn = p.sog_kn
    p_cog_deg = p.cog_deg
    p_pos_sigma_m = p.pos_sigma_m
    p_t_sigma_s = p.t_sigma_s
    p_trust = p.trust
    s_mmsi = state.mmsi
    s_strange = state.strange
    s_beside = state.beside_until
    s_ended = state.ended
    mids = GIVEN
    s_branch = state.branch
    s_next_slot = state.next_slot
    s_confirmed = state.confirmed
    s_fixes = state.fixes
    s_first_t = state.first_t
    s_t = state.t
    s_lat = state.lat
    s_lon = state.lon
    s_sog_kn = state.sog_kn
    s_cog_deg = state.cog_deg
    s_sigma_m = state.sigma_m
    s_way_kn = state.way_kn
    s_before_kn = state.before_kn
    s_unproven_kn = state.unproven_kn
    s_step_kn = state.step_kn
    s_same_place = state.same_place
    s_same_since = state.same_since
    s_recent_t = state.recent_t
    s_recent_lat = state.recent_lat
    s_recent_lon = state.recent_lon
    s_recent_sog = state.recent_sog
    s_recent_head = state.recent_head
    keys = table.keys
    slots = table.slots
    used = table.used
    places = len(keys) - 1
    end = n
    for j in range(begin, n):
        slot[j] = -1
        believed[j] = 0
        merged[j] = 0
        refutes[j] = 0
        prev_t[j] = NO_TIME
        prev_lat[j] = math.nan
        prev_lon[j] = math.nan
        prev_sog[j] = math.nan
        speed[j] = p_sog_kn[j]
        t = p_t[j]
        lat = p_lat[j]
        lon = p_lon[j]
        if p_mmsi[j] <= 0 or math.isnan(lat) or math.isnan(lon):
            continue
        if used[0] + 1 > capacity:
            end = j
            break
        mmsi = p_mmsi[j]
        place = np.int64(((np.uint64(mmsi) * SPREAD) >> np.uint64(20)) & np.uint64(places))
        while keys[place] != 0 and keys[place] != mmsi:
            place = (place + 1) & places
        if keys[place] == 0:
            keys[place] = mmsi
            slots[place] = used[0]
            s_mmsi[used[0]] = mmsi
            s_branch[used[0]] = 0
            s_strange[used[0]] = 0 if _given(mmsi, mids) else 1
            s_confirmed[used[0]] = 1
            used[0] += 1
        first = slots[place]

        # copies of one report that several receivers delivered
        copy = False
        for k in range(RECENT):
            if (
                s_recent_t[first, k] != NO_TIME
                and t - s_recent_t[first, k] <= rules.duplicate_ms
                and s_recent_lat[first, k] == lat
                and s_recent_lon[first, k] == lon
                and (s_recent_sog[first, k] == p_sog_kn[j] or math.isnan(p_sog_kn[j]))
            ):
                copy = True
                break
        if copy:
            merged[j] = 1
            continue
        head = s_recent_head[first]
        s_recent_t[first, head] = t
        s_recent_lat[first, head] = lat
        s_recent_lon[first, head] = lon
        s_recent_sog[first, head] = p_sog_kn[j]
        s_recent_head[first] = (head + 1) % RECENT

        # the track that it continues; a number with one track asks only whether she can have come here
        gone = 0.0
        best = first
        several = s_next_slot[first] >= 0 and (t <= s_beside[first] or s_ended[first] == 1)
        if not several and s_t[first] != NO_TIME:
            gone = distance_m(s_lat[first], s_lon[first], lat, lon)
            if not _reached(s_t[first], s_sigma_m[first], t, gone, p_pos_sigma_m[j], max_ms):
                best = -1
            elif t - s_t[first] > LONG_MS and not _likely(state, first, t, lat, lon, p_sog_kn[j], p_cog_deg[j]):
                best = -1
        if several or best < 0:
            if not several:
                best = begin_branch(state, used, first, mmsi, t)
                several = True
                fresh = True
            else:
                best, fresh = follow(state, used, first, mmsi, t, lat, lon, p_sog_kn[j], p_cog_deg[j])
            if fresh:
                p_trust[j] |= np.uint32(JUMP)
                gone = 0.0
            else:
                gone = distance_m(s_lat[best], s_lon[best], lat, lon)
            keep(state, best, t, lat, lon, p_sog_kn[j], p_cog_deg[j])
            stay(state, first, best, t)
        i = best
        slot[j] = i
        if s_strange[i] == 1:
            p_trust[j] |= np.uint32(BAD)
        s_fixes[i] += 1
        if s_fixes[i] == 1:
            s_first_t[i] = t
        if s_confirmed[i] == 0:
            if s_fixes[i] >= rules.confirm_fixes:
                s_confirmed[i] = 1
            else:
                p_trust[j] |= np.uint32(JUMP)
        if s_confirmed[i] == 1:
            believed[j] = 1
            if several:
                k = first
                while k >= 0:
                    if k != i and s_confirmed[k] == 1 and s_t[k] != NO_TIME and t - s_t[k] <= rules.shared_ms:
                        p_trust[j] |= np.uint32(SHARED)
                    k = s_next_slot[k]

        # the step, and what it says of the report
        step_kn = math.nan
        told = p_sog_kn[j]
        unproven = False
        if s_t[i] != NO_TIME:
            dt = (t - s_t[i]) / 1000.0
            if dt > 0.0:
                step_kn = gone / dt / KNOT_MS
                way = s_way_kn[i]
                if dt <= LEG_S and (
                    abs(told - way) >= rules.sudden_kn or step_kn - max(told, way) >= rules.sudden_kn
                ):
                    error_m = leg_error_m(
                        p_pos_sigma_m[j], s_sigma_m[i], p_t_sigma_s[j], min(step_kn, max(told, way)), dt
                    )
                    unproven, held, refuted = judge(
                        told, way, s_before_kn[i], s_unproven_kn[i], s_step_kn[i], step_kn, dt, error_m,
                        rules.sudden_kn, rules.max_speed_kn, rules.brake_ms2, rules.gather_ms2,
                    )  # fmt: skip
                    if refuted:
                        refutes[j] = 1
                        s_way_kn[i] = s_before_kn[i]
                    if unproven:
                        p_trust[j] |= np.uint32(UNPROVEN)
                        s_way_kn[i] = held
                        s_before_kn[i] = held
                        s_unproven_kn[i] = told
                        speed[j] = step_kn
                if (
                    not unproven and dt <= 600.0 and gone > 500.0
                    and not math.isnan(told) and not math.isnan(s_sog_kn[i])
                ):  # fmt: skip
                    mean = 0.5 * (told + s_sog_kn[i])
                    if abs(step_kn - mean) > max(rules.mismatch_kn, 0.5 * mean):
                        p_trust[j] |= np.uint32(MISMATCH)
            if gone == 0.0 and told > 1.5:
                if s_same_place[i] == 0:
                    s_same_since[i] = s_t[i]
                s_same_place[i] += 1
                if s_same_place[i] >= rules.frozen_fixes and t - s_same_since[i] >= rules.frozen_ms:
                    p_trust[j] |= np.uint32(FROZEN)
            else:
                s_same_place[i] = 0
        if math.isnan(speed[j]):
            speed[j] = step_kn
        if believed[j] == 1:
            prev_t[j] = s_t[i]
            prev_lat[j] = s_lat[i]
            prev_lon[j] = s_lon[i]
            prev_sog[j] = s_sog_kn[i]
        if not unproven:
            s_before_kn[i] = s_way_kn[i]
            s_way_kn[i] = told
            s_unproven_kn[i] = math.nan
        s_step_kn[i] = step_kn
        s_t[i] = t
        s_lat[i] = lat
        s_lon[i] = lon
        s_sog_kn[i] = speed[j] if unproven else told
        s_cog_deg[i] = p_cog_deg[j]
        s_sigma_m[i] = p_pos_sigma_m[j]
    learn(begin, end, p_t, slot, believed, speed, state, expected, expected_sigma)
    return end


__all__ = ["Rules", "SlotTable", "TrackState", "assign"]
