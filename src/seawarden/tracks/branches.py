"""Which of several tracks under one number a position belongs to: the rules of the segmenter, as one pass allows.

`identity.segments` sorts all messages of a number afterwards and may change its mind; a live watch can't. Here each
track keeps its last five positions, a new one is held against all of them by dead reckoning from both ends, and:

- the track that foretells it best takes it, one of few positions counting less;
- where it fits an earlier position of the track much better than the later ones did, those are set aside;
- where two believed tracks fit about as well, nobody can say which it is: both end and a new one begins;
- a day of silence ends a track.

Rules and constants are those of `identity.motion` and `identity.segments` but for three that a live watch needs
otherwise: how far a position may miss, when two are alike, and that a tentative track is soon forgotten. What the
segmenter also knows and this does not: what ships say of themselves, and what comes later.
"""

from __future__ import annotations

import math
from typing import Final

from numba import njit

from seawarden.model.position import F64, I64, NO_TIME
from seawarden.tracks.identity.motion import (
    FLOOR_H,
    HOLD_H,
    MAX_KN,
    NM_PER_DEG,
    OTHER_STORIES,
    SPREAD_KN,
)
from seawarden.tracks.state import FIELDS, KEPT, TrackState

HOUR_MS: Final = 3_600_000.0
SILENCE_MS: Final = 24 * 3_600_000
ALIKE: Final = 2.0
"""The segmenter takes ten; a live watch would then end a ship's track at each jump over a few kilometres."""
ESTABLISHED: Final = 10.0
LEAST: Final = math.exp(-9.0)
"""Of a miss of three spreads; the segmenter, which sees what comes later, allows five."""
TENTATIVE: Final = 4
"""Tracks of one number that are not believed yet; of more, the one that was silent longest gives way."""
TENTATIVE_MS: Final = 1_800_000
"""After so long without another position a tentative track was a wild fix."""
LATELY_H: Final = 1.0 / 6.0
SET_ASIDE: Final = 2.0
_RAD: Final = math.pi / 180.0


@njit(cache=True)
def _beside(north: float, east: float, gone: float, run_north: float, run_east: float) -> float:
    run = math.sqrt(run_north * run_north + run_east * run_east)
    if run == 0.0 or gone == 0.0:
        return math.inf
    along = (north * run_north + east * run_east) / run
    if not 0.0 < along <= run:
        return math.inf
    return abs(north * run_east - east * run_north) / run


@njit(cache=True)
def velocity(sog_kn: float, cog_deg: float) -> tuple[float, float]:
    """Speed north and east, kn; none where it is not told."""
    if math.isnan(sog_kn) or math.isnan(cog_deg):
        return 0.0, 0.0
    return sog_kn * math.cos(cog_deg * _RAD), sog_kn * math.sin(cog_deg * _RAD)


@njit(cache=True)
def fit_of(
    t1: int, lat1: float, lon1: float, north1: float, east1: float,
    t2: int, lat2: float, lon2: float, north2: float, east2: float,
) -> float:  # fmt: skip
    """How likely the second report continues the first (`identity.motion`), 0 where it can't; velocities in kn."""
    hours = (t2 - t1) / HOUR_MS
    reckoned = hours / (1.0 + math.sqrt(max(hours, 0.0) / HOLD_H))
    allowed = math.sqrt(hours * hours + FLOOR_H * FLOOR_H)
    north = NM_PER_DEG * (lat2 - lat1)
    if abs(north) > MAX_KN * allowed + 60.0 * hours:
        return 0.0
    east = NM_PER_DEG * math.cos(0.5 * (lat1 + lat2) * _RAD) * ((lon2 - lon1 + 180.0) % 360.0 - 180.0)
    n1, e1, n2, e2 = north1 * reckoned, east1 * reckoned, north2 * reckoned, east2 * reckoned
    held = 0.5 * (math.sqrt((north - n1) ** 2 + (east - e1) ** 2) + math.sqrt((north - n2) ** 2 + (east - e2) ** 2))
    gone = math.sqrt(north * north + east * east)
    along = 0.5 * (_beside(north, east, gone, n1, e1) + _beside(north, east, gone, n2, e2))
    missed = min(held, OTHER_STORIES * gone, OTHER_STORIES * along)
    if missed > MAX_KN * allowed:
        return 0.0
    return math.exp(-((missed / (SPREAD_KN * allowed)) ** 2)) / allowed


@njit(cache=True)
def keep(state: TrackState, i: int, t: int, lat: float, lon: float, sog: float, cog: float) -> None:
    """Remember a position at the end of a track's last ones, with how well it fitted (`fit`)."""
    n = state.kept_n[i]
    if n == KEPT:
        for k in range(KEPT - 1):
            state.kept_t[i, k] = state.kept_t[i, k + 1]
        for k in range((KEPT - 1) * FIELDS):
            state.kept[i, k] = state.kept[i, k + FIELDS]
        n = KEPT - 1
    north, east = velocity(sog, cog)
    state.kept_t[i, n] = t
    k = n * FIELDS
    state.kept[i, k] = lat
    state.kept[i, k + 1] = lon
    state.kept[i, k + 2] = north
    state.kept[i, k + 3] = east
    state.kept[i, k + 4] = state.fit[i]
    state.kept_n[i] = n + 1


@njit(cache=True)
def choose(state: TrackState, first: int, t: int, lat: float, lon: float, sog: float, cog: float) -> int:
    """The track of a number that takes a position; -1 where a new one must begin.

    Tracks that were silent for a day, or can't be told apart, are ended; positions set aside are forgotten.
    """
    north, east = velocity(sog, cog)
    best = _alone(state, first, t, lat, lon, north, east)
    if best >= 0:
        return best
    best, best_weight, best_fit, best_back, others = -1, 0.0, 0.0, 0, 0
    i = first
    while i >= 0:
        n = state.kept_n[i]
        if n > 0 and state.ended[i] == 0:
            if t - state.kept_t[i, n - 1] > SILENCE_MS:
                state.ended[i] = 1
            else:
                fit, back = _fit(state.kept_t[i], state.kept[i], n, t, lat, lon, north, east)
                weight = fit * _share(state.fixes[i])
                others += state.confirmed[i]
                if weight > best_weight:
                    best, best_weight, best_fit, best_back = i, weight, fit, back
        i = state.next_slot[i]
    if best < 0:
        return -1
    if (
        others > 1
        and state.confirmed[best] == 1
        and _alike(state, first, best, best_weight, t, lat, lon, north, east)
    ):
        return -1
    if best_back > 0:
        n = state.kept_n[best] - best_back
        state.kept_n[best] = n
        k = (n - 1) * FIELDS
        north, east = state.kept[best, k + 2], state.kept[best, k + 3]
        state.t[best] = state.kept_t[best, n - 1]
        state.lat[best] = state.kept[best, k]
        state.lon[best] = state.kept[best, k + 1]
        state.sog_kn[best] = math.sqrt(north * north + east * east)
        state.cog_deg[best] = math.atan2(east, north) / _RAD % 360.0
    state.fit[best] = best_fit
    return best


@njit(cache=True)
def _alone(state: TrackState, first: int, t: int, lat: float, lon: float, north: float, east: float) -> int:
    """The one believed track that is heard, if it was heard lately and foretells the position well; else -1.

    No tentative track can then weigh more: two positions count for less than a third of an established track.
    """
    best = -1
    i = first
    while i >= 0:
        if state.confirmed[i] == 1 and state.ended[i] == 0 and state.kept_n[i] > 0:
            if best >= 0:
                return -1
            best = i
        i = state.next_slot[i]
    if best < 0 or state.fixes[best] < ESTABLISHED:
        return -1
    k = state.kept_n[best] - 1
    hours = (t - state.kept_t[best, k]) / HOUR_MS
    if hours > LATELY_H:
        return -1
    kept = state.kept[best]
    a = k * FIELDS
    fit = fit_of(
        state.kept_t[best, k], kept[a], kept[a + 1], kept[a + 2], kept[a + 3], t, lat, lon, north, east
    )  # fmt: skip
    if fit * math.sqrt(hours * hours + FLOOR_H * FLOOR_H) < 0.5:
        return -1
    state.fit[best] = fit
    return best


@njit(cache=True)
def _alike(
    state: TrackState, first: int, best: int, weight: float, t: int, lat: float, lon: float, north: float, east: float
) -> bool:
    """Whether another believed track takes a position about as well as the best; all such are ended, the best too."""
    found = False
    i = first
    while i >= 0:
        n = state.kept_n[i]
        if i != best and n > 0 and state.ended[i] == 0 and state.confirmed[i] == 1:
            fit, _ = _fit(state.kept_t[i], state.kept[i], n, t, lat, lon, north, east)
            if fit * _share(state.fixes[i]) * ALIKE >= weight:
                state.ended[i] = 1
                found = True
        i = state.next_slot[i]
    if found:
        state.ended[best] = 1
    return found


@njit(cache=True)
def _fit(
    kept_t: I64, kept: F64, n: int, t: int, lat: float, lon: float, north: float, east: float
) -> tuple[float, int]:
    """How well a track takes a position, and how many of its last ones are set aside for it."""
    best, best_worth, best_back = 0.0, 0.0, 0
    for back in range(n):
        k = n - 1 - back
        if t - kept_t[k] > SILENCE_MS:
            break
        a = k * FIELDS
        fit = fit_of(kept_t[k], kept[a], kept[a + 1], kept[a + 2], kept[a + 3], t, lat, lon, north, east)
        hours = (t - kept_t[k]) / HOUR_MS
        share = fit * math.sqrt(hours * hours + FLOOR_H * FLOOR_H)
        if share < LEAST:
            continue
        worth = fit / max(1.0, back * SET_ASIDE)
        had = kept[a + FIELDS + 4] if back > 0 else 0.0
        if worth > had and worth > best_worth:
            best, best_worth, best_back = fit, worth, back
        if back == 0 and share > 0.5:
            break  # no earlier one can fit twice as well
    return best, best_back


@njit(cache=True)
def begin_branch(state: TrackState, used: I64, first: int, mmsi: int, t: int) -> int:
    """A new track of a number: a fresh row, or that of a tentative track which gives way."""
    last, idle, branches, tentative = first, -1, 0, 0
    refresh(state, first)
    i = first
    while i >= 0:
        last = i
        branches += 1
        if state.confirmed[i] == 0:
            tentative += 1
            if idle < 0 or state.t[i] < state.t[idle]:
                idle = i
        i = state.next_slot[i]
    best = idle
    if tentative < TENTATIVE:
        best = int(used[0])
        used[0] += 1
        state.mmsi[best] = mmsi
        state.branch[best] = branches
        state.strange[best] = state.strange[first]
        state.next_slot[last] = best
    state.fixes[best] = 0
    state.t[best] = NO_TIME
    state.kept_n[best] = 0
    state.ended[best] = 0
    state.fit[best] = 0.0
    return best


@njit(cache=True)
def follow(
    state: TrackState, used: I64, first: int, mmsi: int, t: int, lat: float, lon: float, sog: float, cog: float
) -> tuple[int, bool]:
    """The track of a number with several that takes a position, and whether it is a new one."""
    refresh(state, first)
    best = choose(state, first, t, lat, lon, sog, cog)
    if best >= 0:
        return best, False
    return begin_branch(state, used, first, mmsi, t), True


@njit(cache=True)
def refresh(state: TrackState, first: int) -> None:
    """Bring the remembered positions of a number's first track up to date, where it went on alone meanwhile."""
    n = state.kept_n[first]
    if state.t[first] == NO_TIME or (n > 0 and state.kept_t[first, n - 1] >= state.t[first]):
        return
    state.kept_n[first] = 0
    state.fit[first] = 0.0
    keep(
        state, first, state.t[first], state.lat[first], state.lon[first], state.sog_kn[first], state.cog_deg[first]
    )  # fmt: skip


@njit(cache=True)
def stay(state: TrackState, first: int, i: int, t: int) -> None:
    """Until when the number's other tracks are looked at: as long as a position may join one of them."""
    if i != first:
        longer = SILENCE_MS if state.confirmed[i] == 1 else TENTATIVE_MS
        state.beside_until[first] = max(state.beside_until[first], t + longer)


@njit(cache=True)
def _share(fixes: int) -> float:
    share = fixes / ESTABLISHED
    return share / math.sqrt(1.0 + share * share)
