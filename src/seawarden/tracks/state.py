"""What is remembered of each track: declared arrays, one row a track.

A track is one unbroken motion under an MMSI. Two hulls that share a number are two rows, chained by `next_slot`;
a hull that is heard under two numbers is two rows as well (MMSI is not hull is not track).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from seawarden.model.position import F32, F64, I8, I32, I64, NO_TIME

RECENT: Final = 4
"""Reports remembered per track for merging the copies that several receivers heard."""
KEPT: Final = 5
"""Positions remembered of each track of a number that has several (`identity.segments.LOOK_BACK`)."""
FIELDS: Final = 5
"""Figures kept of each of them."""
BINS: Final = 40
"""Speed bins remembered per track."""
BIN_MS: Final = 180_000
"""Length of a speed bin: three minutes hold at least one report of every class A ship under way at 1-min cadence."""


class TrackState(NamedTuple):
    """Arrays of shape (n,) or (n, k)."""

    mmsi: I64
    branch: I32
    """0 for the first track of an MMSI, then 1, 2..."""
    next_slot: I32
    """The next track of the same MMSI, -1 none."""
    confirmed: I8
    fixes: I32
    first_t: I64
    t: I64
    """Time of the last believed position, or NO_TIME."""
    lat: F64
    lon: F64
    sog_kn: F32
    """Speed at the last position: as told, or of the step where that was not borne out."""
    cog_deg: F32
    sigma_m: F32
    way_kn: F32
    """The last speed told that was borne out by the way made (`sudden`), NaN none."""
    before_kn: F32
    """The one before it."""
    unproven_kn: F32
    """What the last report told, where it was not borne out; else NaN."""
    step_kn: F32
    """Speed of the way made on the last leg, NaN none."""
    same_place: I32
    """Reports in a row from exactly this place while making way."""
    same_since: I64
    kept_t: I64
    """The last positions, oldest first, of tracks of a number that has several; `kept_n` of them."""
    kept: F64
    """(n, KEPT * FIELDS): latitude, longitude, speed north and east (kn), and how well each continued the track."""
    kept_n: I32
    fit: F64
    """How well the position that joins it now continues it."""
    beside_until: I64
    """On the first track of a number: until when its other tracks are looked at."""
    ended: I8
    """1 when no position joins it any more."""
    strange: I8
    """1 when the number is not a ship station's nine digits with a MID that was given out."""
    recent_t: I64
    recent_lat: F64
    recent_lon: F64
    recent_sog: F32
    recent_head: I32
    bin_t: I64
    """Start of the open speed bin."""
    bin_sum: F64
    bin_n: I32
    bins_t: I64
    bins_kn: F32
    bins_head: I32
    expected_kn: F32
    expected_sigma_kn: F32
    slow_since: I64
    """Since when she makes less than way, for starting a new leg."""


def init_state(n: int) -> TrackState:
    """A fresh state of `n` rows."""
    return TrackState(
        mmsi=np.zeros(n, dtype=np.int64),
        branch=np.zeros(n, dtype=np.int32),
        next_slot=np.full(n, -1, dtype=np.int32),
        confirmed=np.zeros(n, dtype=np.int8),
        fixes=np.zeros(n, dtype=np.int32),
        first_t=np.full(n, NO_TIME, dtype=np.int64),
        t=np.full(n, NO_TIME, dtype=np.int64),
        lat=np.full(n, np.nan),
        lon=np.full(n, np.nan),
        sog_kn=np.full(n, np.nan, dtype=np.float32),
        cog_deg=np.full(n, np.nan, dtype=np.float32),
        sigma_m=np.full(n, 10, dtype=np.float32),
        way_kn=np.full(n, np.nan, dtype=np.float32),
        before_kn=np.full(n, np.nan, dtype=np.float32),
        unproven_kn=np.full(n, np.nan, dtype=np.float32),
        step_kn=np.full(n, np.nan, dtype=np.float32),
        same_place=np.zeros(n, dtype=np.int32),
        same_since=np.full(n, NO_TIME, dtype=np.int64),
        kept_t=np.full((n, KEPT), NO_TIME, dtype=np.int64),
        kept=np.full((n, KEPT * FIELDS), np.nan),
        kept_n=np.zeros(n, dtype=np.int32),
        fit=np.zeros(n),
        beside_until=np.full(n, NO_TIME, dtype=np.int64),
        ended=np.zeros(n, dtype=np.int8),
        strange=np.zeros(n, dtype=np.int8),
        recent_t=np.full((n, RECENT), NO_TIME, dtype=np.int64),
        recent_lat=np.full((n, RECENT), np.nan),
        recent_lon=np.full((n, RECENT), np.nan),
        recent_sog=np.full((n, RECENT), np.nan, dtype=np.float32),
        recent_head=np.zeros(n, dtype=np.int32),
        bin_t=np.full(n, NO_TIME, dtype=np.int64),
        bin_sum=np.zeros(n),
        bin_n=np.zeros(n, dtype=np.int32),
        bins_t=np.full((n, BINS), NO_TIME, dtype=np.int64),
        bins_kn=np.full((n, BINS), np.nan, dtype=np.float32),
        bins_head=np.zeros(n, dtype=np.int32),
        expected_kn=np.full(n, np.nan, dtype=np.float32),
        expected_sigma_kn=np.full(n, np.nan, dtype=np.float32),
        slow_since=np.full(n, NO_TIME, dtype=np.int64),
    )


class SlotTable(NamedTuple):
    """Open-addressing table from MMSI to its first track's row; `keys` 0 is an empty place."""

    keys: I64
    slots: I32
    used: I64
    """(1,): rows in use."""


def init_table(size: int) -> SlotTable:
    """An empty table with `size` places, a power of two."""
    return SlotTable(np.zeros(size, dtype=np.int64), np.full(size, -1, dtype=np.int32), np.zeros(1, dtype=np.int64))
