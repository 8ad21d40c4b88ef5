"""One AIS message, packed into words, to a row of the output: positions, static reports, things that are not ships.

Field places are those of ITU-R M.1371-5. What the standard keeps as "not available" becomes NaN; what it keeps as
"at least" stays at its limit: 102.2 kn means 102.2 kn or more, a turn of +-127 means more than 10 deg/min.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from seawarden.decode.bits import sbits, ubits
from seawarden.decode.layout import (
    BAD_LATITUDE,
    BAD_LONGITUDE,
    BAD_MMSI,
    C_NOT_SHIP,
    C_OTHER_TYPE,
    C_OWN_SHIP,
    C_STATIC,
    C_UNTIMED_POSITIONS,
    C_UNTIMED_STATICS,
    F_COG,
    F_HEADING,
    F_LAT,
    F_LON,
    F_ROT,
    F_SOG,
    FLAG_ACCURATE,
    FLAG_OWN,
    N_OTHER,
    N_POS,
    N_STATIC,
    NO_CLOCK,
    NO_POSITION,
    P_FLAGS,
    P_LINE,
    P_MMSI,
    P_NAV,
    P_RECEIVE_T,
    P_RX,
    P_T,
    P_TYPE,
    SEEN_COUNT,
    SHORT_MESSAGE,
    STATIC_SEXTETS,
)
from seawarden.model.position import NO_TIME

TAKEN = -1
"""The message was used or counted as information; every other answer is a reject's code."""


@njit(cache=True)  # type: ignore[misc]
def message(log, out, n, fill, line, t, receive_t, rx, flags, everything):  # type: ignore[no-untyped-def]
    """Decode the message in log.words (n sextets, `fill` of the last bits void); TAKEN or a reject's code."""
    words = log.words
    bits = n * 6 - fill
    if bits < 38:
        return SHORT_MESSAGE
    kind = ubits(words, 0, 6)
    mmsi = ubits(words, 8, 30)
    if kind <= 3 and kind >= 1:
        if bits < 149:
            return SHORT_MESSAGE
        nav = ubits(words, 38, 4)
        rot = sbits(words, 42, 8)
        sog, accurate = ubits(words, 50, 10), ubits(words, 60, 1)
        lon, lat = sbits(words, 61, 28), sbits(words, 89, 27)
        cog, heading = ubits(words, 116, 12), ubits(words, 128, 9)
    elif kind == 18 or kind == 19:
        if bits < (139 if kind == 18 else 301):
            return SHORT_MESSAGE
        nav = -1
        rot = -128
        sog, accurate = ubits(words, 46, 10), ubits(words, 56, 1)
        lon, lat = sbits(words, 57, 28), sbits(words, 85, 27)
        cog, heading = ubits(words, 112, 12), ubits(words, 124, 9)
    elif kind == 27:
        if bits < 94:
            return SHORT_MESSAGE
        nav = ubits(words, 40, 4)
        rot = -128
        accurate = ubits(words, 38, 1)
        # tenths of a minute to ten-thousandths, whole knots and degrees to tenths
        lon, lat = sbits(words, 44, 18) * 1000, sbits(words, 62, 17) * 1000
        sog, cog = ubits(words, 79, 6), ubits(words, 85, 9)
        sog = 1023 if sog == 63 else sog * 10
        cog = cog * 10
        heading = 511
    elif kind == 5:
        if bits < 420:
            return SHORT_MESSAGE
        return _static(log, out, n, line, t, receive_t, rx, mmsi, 5, everything)
    elif kind == 24:
        part = ubits(words, 38, 2)
        if part > 1:
            log.counts[C_OTHER_TYPE] += 1
            return TAKEN
        if bits < (160 if part == 0 else 162):
            return SHORT_MESSAGE
        return _static(log, out, n, line, t, receive_t, rx, mmsi, 24 + part, everything)
    elif kind == 4 or kind == 9 or kind == 21:
        if bits < (134 if kind == 4 else 128 if kind == 9 else 249):
            return SHORT_MESSAGE
        log.counts[C_NOT_SHIP] += 1
        _not_a_ship(log, out, n, kind, line, t, receive_t, rx, mmsi, flags, everything)
        return TAKEN
    else:
        log.counts[C_OTHER_TYPE] += 1
        return TAKEN
    return _position(
        log, out, n, kind, line, t, receive_t, rx, flags, everything,
        mmsi, nav, rot, sog, accurate, lon, lat, cog, heading,
    )


@njit(cache=True)  # type: ignore[misc]
def _position(  # type: ignore[no-untyped-def]
    log, out, n, kind, line, t, receive_t, rx, flags, everything,
    mmsi, nav, rot, sog, accurate, lon, lat, cog, heading,
):
    if mmsi < 1 or mmsi > 999_999_999:
        return BAD_MMSI
    if lat == 54_600_000 or lon == 108_600_000:
        return NO_POSITION
    if lat > 54_000_000 or lat < -54_000_000:
        return BAD_LATITUDE
    if lon > 108_000_000 or lon < -108_000_000:
        return BAD_LONGITUDE
    if t == NO_TIME:
        log.counts[C_UNTIMED_POSITIONS] += 1
        if not everything:
            return NO_CLOCK
    row = log.ints[N_POS]
    log.ints[N_POS] = row + 1
    if flags & FLAG_OWN:
        log.counts[C_OWN_SHIP] += 1
    _write(
        out.pos_i, out.pos_f, row, line, t, receive_t, rx, mmsi, nav, kind, flags | (FLAG_ACCURATE * accurate),
        lat, lon, sog, cog, heading,
    )
    turn = np.nan
    if rot == 127:
        turn = 10.0
    elif rot == -127:
        turn = -10.0
    elif rot != -128:
        # ROT_ais = 4.733 sqrt(ROT)
        turn = (rot / 4.733) ** 2
        if rot < 0:
            turn = -turn
    out.pos_f[row, F_ROT] = turn
    if kind == 19:
        _static(log, out, n, line, t, receive_t, rx, mmsi, 19, everything)
        log.counts[C_STATIC] -= 1  # the sentence counts as a position
    return TAKEN


@njit(cache=True)  # type: ignore[misc]
def _write(  # type: ignore[no-untyped-def]
    rows_i, rows_f, row, line, t, receive_t, rx, mmsi, nav, kind, flags, lat, lon, sog, cog, heading
):
    rows_i[row, P_LINE] = line
    rows_i[row, P_T] = t
    rows_i[row, P_RECEIVE_T] = receive_t
    rows_i[row, P_RX] = rx
    rows_i[row, P_MMSI] = mmsi
    rows_i[row, P_NAV] = nav
    rows_i[row, P_TYPE] = kind
    rows_i[row, P_FLAGS] = flags
    rows_f[row, F_LAT] = lat / 600_000.0
    rows_f[row, F_LON] = lon / 600_000.0
    rows_f[row, F_SOG] = np.nan if sog == 1023 else sog / 10.0
    rows_f[row, F_COG] = np.nan if cog >= 3600 else cog / 10.0
    rows_f[row, F_HEADING] = np.nan if heading >= 360 else float(heading)
    rows_f[row, F_ROT] = np.nan


@njit(cache=True)  # type: ignore[misc]
def _not_a_ship(log, out, n, kind, line, t, receive_t, rx, mmsi, flags, everything):  # type: ignore[no-untyped-def]
    """Base stations (4), aircraft (9) and aids to navigation (21)."""
    words = log.words
    sog, cog = 1023, 3600
    if kind == 4:
        accurate, lon, lat = ubits(words, 78, 1), sbits(words, 79, 28), sbits(words, 107, 27)
    elif kind == 9:
        accurate, lon, lat = ubits(words, 60, 1), sbits(words, 61, 28), sbits(words, 89, 27)
        cog = ubits(words, 116, 12)
        sog = ubits(words, 50, 10)
        # aircraft report whole knots
        sog = 1023 if sog == 1023 else sog * 10
    else:
        accurate, lon, lat = ubits(words, 163, 1), sbits(words, 164, 28), sbits(words, 192, 27)
        if everything:
            _static(log, out, n, line, t, receive_t, rx, mmsi, 21, everything)
            log.counts[C_STATIC] -= 1
    row = log.ints[N_OTHER]
    log.ints[N_OTHER] = row + 1
    _write(
        out.other_i, out.other_f, row, line, t, receive_t, rx, mmsi, -1, kind, flags | (FLAG_ACCURATE * accurate),
        lat, lon, sog, cog, 511,
    )


@njit(cache=True)  # type: ignore[misc]
def _static(log, out, n, line, t, receive_t, rx, mmsi, kind, everything):  # type: ignore[no-untyped-def]
    """Keep a static report when its content is new for the ship; kinds are 5, 19, 21, 24 (24 A), 25 (24 B)."""
    if mmsi < 1 or mmsi > 999_999_999:
        return BAD_MMSI
    if t == NO_TIME:
        log.counts[C_UNTIMED_STATICS] += 1
        if not everything:
            return NO_CLOCK
    log.counts[C_STATIC] += 1
    if not everything and not _is_new(log, n, mmsi * 32 + kind, kind == 19):
        return TAKEN
    row = log.ints[N_STATIC]
    log.ints[N_STATIC] = row + 1
    out.static_i[row, P_LINE] = line
    out.static_i[row, P_T] = t
    out.static_i[row, P_RECEIVE_T] = receive_t
    out.static_i[row, P_RX] = rx
    out.static_i[row, P_MMSI] = mmsi
    out.static_i[row, P_NAV] = n
    out.static_i[row, P_TYPE] = kind
    out.static_i[row, P_FLAGS] = log.ints[N_POS]
    for i in range(STATIC_SEXTETS):
        out.static_bits[row, i] = log.sextets[i] if i < n else 0
    return TAKEN


@njit(cache=True)  # type: ignore[misc]
def _is_new(log, n, key, from_name):  # type: ignore[no-untyped-def]
    """Whether the content after the MMSI (after the position, for type 19) differs from the ship's last."""
    seen = log.seen
    content = -3750763034362895579  # FNV-1a, word by word
    first = 2 if from_name else 0
    for w in range(first, min((n + 9) // 10, STATIC_SEXTETS // 10 + 1)):
        word = log.words[w]
        if w == first:
            # the words begin with type, repeat and MMSI (38 bits), or in type 19 with the last of the position
            word &= (1 << 37) - 1 if from_name else (1 << 22) - 1
        content = (content ^ word) * 1099511628211
        content ^= content >> 29
    at = (key * 1099511628211) >> 20 & (len(seen) - 1)
    while seen[at, 0] != 0 and seen[at, 0] != key:
        at = (at + 1) & (len(seen) - 1)
    if seen[at, 0] == key and seen[at, 1] == content:
        return False
    if seen[at, 0] == 0:
        log.ints[SEEN_COUNT] += 1
    seen[at, 0] = key
    seen[at, 1] = content
    return True
