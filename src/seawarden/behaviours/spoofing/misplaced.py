"""Positions that stand still while the ship reports speed, and positions far inside the coast.

Both are single-ship signs of a receiver that has lost its way or is being led; alone they are often a broken one. The
coast leaves rivers, canals, lakes and fjords out, so that only what lies several kilometres inside it is called land,
and only of a ship that got there from the sea without passing the shore.
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
from seawarden.behaviours.spoofing.place import place
from seawarden.model.finding import Change, Reason, Threshold
from seawarden.model.position import F64, I8, I32, I64, NO_TIME, Trust
from seawarden.ports import Enriched, FleetView, Rows, Spec, Surroundings
from seawarden.settings_integrity import MisplacedSettings

FROZEN: Final = 0
LAND: Final = 1
CLOSE: Final = 10
"""Codes from here close what the code less ten opened."""
_FROZEN: Final = int(Trust.FROZEN)
_LAND: Final = int(Trust.ON_LAND)
_SHARED: Final = int(Trust.SHARED_MMSI)
_KINDS: Final = ("frozen_position", "position_on_land")


class MisplacedState(NamedTuple):
    """Arrays (n, 2): of what is frozen, and of what is on land; a row a track."""

    since: I64
    """Since when, NO_TIME not at all."""
    last_t: I64
    fixes: I32
    lat: F64
    """The last place before it."""
    lon: F64
    most: F64
    """Highest reported speed, kn; farthest inside the coast, m."""
    opened: I8
    at_sea: I8
    """1 when her last position lay outside the coast's fringe."""


@njit(cache=True)
def _close(state: MisplacedState, i: int, what: int, t: int, out: Buffer) -> None:
    if state.opened[i, what] == 1:
        _say(state, i, what, t, CLOSE + what, math.nan, math.nan, out)
    state.opened[i, what] = 0
    state.since[i, what] = NO_TIME


@njit(cache=True)
def _say(state: MisplacedState, i: int, what: int, t: int, code: int, lat: float, lon: float, out: Buffer) -> None:
    row = emit(out, t, i, code, -1, state.since[i, what])
    out.v[row, 0] = state.most[i, what]
    out.v[row, 1] = state.fixes[i, what]
    out.v[row, 2] = state.lat[i, what]
    out.v[row, 3] = state.lon[i, what]
    out.v[row, 4] = lat
    out.v[row, 5] = lon


@njit(cache=True, nogil=True)
def _screen(
    begin: int, e: Enriched, inside_m: F64, state: MisplacedState, land_m: float, fixes: int, land_ms: int,
    gap_ms: int, out: Buffer,
) -> int:  # fmt: skip
    p_t, p_lat, p_lon, p_sog, p_trust = e.p.t, e.p.lat, e.p.lon, e.p.sog_kn, e.p.trust
    e_slot, e_believed = e.slot, e.believed
    s_since, s_opened = state.since, state.opened
    room, used = len(out.t), out.used
    for j in range(begin, len(p_t)):
        if room - used[0] < SPARE:
            return j
        if e_believed[j] == 0:
            continue
        i = e_slot[j]
        t = p_t[j]
        fringe = p_trust[j] & np.uint32(_LAND) != 0
        for what in range(2):
            if what == FROZEN:
                wrong = p_trust[j] & np.uint32(_FROZEN) != 0
                amount = float(p_sog[j])
            else:
                wrong = inside_m[j] > land_m
                amount = inside_m[j]
            if s_since[i, what] != NO_TIME and (not wrong or t - state.last_t[i, what] > gap_ms):
                end = t if t - state.last_t[i, what] <= gap_ms else state.last_t[i, what] + gap_ms
                _close(state, i, what, end, out)
            if not wrong:
                if what == LAND or p_sog[j] <= 1.5:
                    state.lat[i, what] = p_lat[j]
                    state.lon[i, what] = p_lon[j]
                continue
            if s_since[i, what] == NO_TIME:
                # who sails up a river passes the fringe; who is put on land does not, or has a track at sea as well
                led = state.at_sea[i, LAND] == 1 or p_trust[j] & np.uint32(_SHARED) != 0
                if what == LAND and not led:
                    continue
                s_since[i, what] = t
                state.fixes[i, what] = 0
                state.most[i, what] = 0.0
            state.last_t[i, what] = t
            state.fixes[i, what] += 1
            state.most[i, what] = max(state.most[i, what], amount)
            if s_opened[i, what] == 0 and (
                what == FROZEN or (state.fixes[i, what] >= fixes and t - s_since[i, what] >= land_ms)
            ):
                s_opened[i, what] = 1
                _say(state, i, what, t, what, p_lat[j], p_lon[j], out)
        state.at_sea[i, LAND] = 0 if fringe else 1
    return len(p_t)


@njit(cache=True, nogil=True)
def _silent(begin: int, state: MisplacedState, until_t: int, gap_ms: int, out: Buffer) -> int:
    for i in range(begin, len(state.since)):
        if len(out.t) - out.used[0] < SPARE:
            return i
        for what in range(2):
            if state.opened[i, what] == 1 and state.last_t[i, what] + gap_ms < until_t:
                _close(state, i, what, state.last_t[i, what] + gap_ms, out)
    return len(state.since)


class Misplaced(Judged):
    """Frozen positions, and positions on land."""

    spec = Spec(
        name="misplaced",
        kinds=_KINDS,
        scope="ship",
        title="Positions stand still while the ship reports speed, or lie far inside the coast.",
        inputs=("t", "lat", "lon", "sog_kn", "trust"),
        look_back_s=24 * 3600,
    )

    def __init__(self, settings: MisplacedSettings) -> None:
        self._settings = s = settings
        where = "integrity.misplaced."
        self._thresholds = (
            (
                Threshold(name="equal places", value=5, unit="1", setting="tracks.frozen_fixes"),
                Threshold(name="gap", value=s.gap_s, unit="s", setting=where + "gap_s"),
            ),
            (
                Threshold(name="inside the coast", value=s.land_m, unit="m", setting=where + "land_m"),
                Threshold(name="fixes", value=s.land_fixes, unit="1", setting=where + "land_fixes"),
                Threshold(name="duration", value=s.land_s, unit="s", setting=where + "land_s"),
            ),
        )

    def init_state(self, n: int) -> MisplacedState:
        """State arrays for `n` tracks."""
        return MisplacedState(
            since=np.full((n, 2), NO_TIME, dtype=np.int64),
            last_t=np.full((n, 2), NO_TIME, dtype=np.int64),
            fixes=np.zeros((n, 2), dtype=np.int32),
            lat=np.full((n, 2), np.nan),
            lon=np.full((n, 2), np.nan),
            most=np.zeros((n, 2)),
            opened=np.zeros((n, 2), dtype=np.int8),
            at_sea=np.zeros((n, 2), dtype=np.int8),
        )

    def screen(self, batch: Enriched, state: MisplacedState, around: Surroundings) -> Rows:
        """Candidates of a batch."""
        s = self._settings
        p = batch.p
        inside_m = np.zeros(len(p.t))
        flagged = np.flatnonzero(p.trust & np.uint32(_LAND))
        if len(flagged) and around.land is not None:
            inside_m[flagged] = np.nan_to_num(around.land.inside_m(p.lat[flagged], p.lon[flagged]))
        return collect(
            len(batch.slot),
            lambda begin, out: _screen(
                begin, batch, inside_m, state, float(s.land_m), s.land_fixes, int(s.land_s * 1000),
                int(s.gap_s * 1000), out,
            ),
        )  # fmt: skip

    def silent(self, state: MisplacedState, until_t: int, around: Surroundings) -> Rows | None:
        """A gap in her reports closes what is open."""
        gap_ms = int(self._settings.gap_s * 1000)
        return ended(state.opened != 0, lambda begin, out: _silent(begin, state, until_t, gap_ms, out))

    def judge(self, one: Candidate, view: FleetView, around: Surroundings, state: MisplacedState) -> Iterator[Change]:
        """What stands still or lies on land as findings."""
        v = one.v
        code, t, start = one.code, one.t, one.start_t
        closing, what = code >= CLOSE, code % CLOSE
        first = (
            measure.speed("reported_speed", float(v[0]), method="highest meanwhile")
            if what == FROZEN
            else measure.distance(float(v[0]), 1_000.0, "inside", "the coast, at most")
        )
        yield Change(
            action="close" if closing else "open", kind=_KINDS[what], slot=one.slot, asset=-1,
            start_t=start, t=t, end_t=t if closing else None,
            measured=(
                first,
                measure.duration("duration", (t - start) / 1000),
                measure.share("fixes", float(v[1]), method="positions"),
                place("from_lat", float(v[2])),
                place("from_lon", float(v[3])),
                place("to_lat", float(v[4])),
                place("to_lon", float(v[5])),
            ),
            thresholds=self._thresholds[what],
            benign=() if closing else _instead(what),
        )  # fmt: skip


def _instead(what: int) -> tuple[Reason, ...]:
    if what == FROZEN:
        return (Reason(text="a receiver on board may have lost its satellites and hold its last position"),)
    return (Reason(text="the coast leaves rivers, canals and lakes out"),)
