"""One AIS message, packed into words, to a row of the output: positions, static reports, things that are not ships.

Field places are those of ITU-R M.1371-5. What the standard keeps as "not available" becomes NaN; what it keeps as
"at least" stays at its limit: 102.2 kn means 102.2 kn or more, a turn of +-127 means more than 10 deg/min.
"""

from __future__ import annotations

import numpy as np

from seawarden.decode.bits import sbits, ubits
from seawarden.decode.kernel import kernel
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
    OTHER,
    P_FLAGS,
    P_LINE,
    P_MMSI,
    P_NAV,
    P_RECEIVE_T,
    P_RX,
    P_T,
    P_TYPE,
    POS,
    SEEN0,
    SEEN_COUNT,
    SHORT_MESSAGE,
    STATIC,
    STATIC_SEXTETS,
    WORDS,
)
from seawarden.model.position import NO_TIME

SPREAD = -7046029254386353131
"""2^64 / golden ratio, odd: neighbouring MMSIs land far from each other (Knuth, Fibonacci hashing)."""
TAKEN = -1
"""The message was used or counted as information; every other answer is a reject's code."""


@kernel
def message(m, text, rows, values, bits, n, fill, line, t, receive_t, rx, flags, everything):  # type: ignore[no-untyped-def]
    """Decode the packed message (n sextets, `fill` of the last bits void); TAKEN or a reject's code."""
    size = n * 6 - fill
    if size < 38:
        return SHORT_MESSAGE
    kind = ubits(m, 0, 6)
    mmsi = ubits(m, 8, 30)
    if kind <= 3 and kind >= 1:
        if size < 149:
            return SHORT_MESSAGE
        nav = ubits(m, 38, 4)
        rot = sbits(m, 42, 8)
        sog, accurate = ubits(m, 50, 10), ubits(m, 60, 1)
        lon, lat = sbits(m, 61, 28), sbits(m, 89, 27)
        cog, heading = ubits(m, 116, 12), ubits(m, 128, 9)
    elif kind == 18 or kind == 19:
        if size < (139 if kind == 18 else 301):
            return SHORT_MESSAGE
        nav = -1
        rot = -128
        sog, accurate = ubits(m, 46, 10), ubits(m, 56, 1)
        lon, lat = sbits(m, 57, 28), sbits(m, 85, 27)
        cog, heading = ubits(m, 112, 12), ubits(m, 124, 9)
    elif kind == 27:
        if size < 94:
            return SHORT_MESSAGE
        nav = ubits(m, 40, 4)
        rot = -128
        accurate = ubits(m, 38, 1)
        # tenths of a minute to ten-thousandths, whole knots and degrees to tenths
        lon, lat = sbits(m, 44, 18) * 1000, sbits(m, 62, 17) * 1000
        sog, cog = ubits(m, 79, 6), ubits(m, 85, 9)
        sog = 1023 if sog == 63 else sog * 10
        cog = cog * 10
        heading = 511
    elif kind == 5:
        if size < 420:
            return SHORT_MESSAGE
        return _static(m, text, rows, values, bits, n, line, t, receive_t, rx, mmsi, 5, everything)
    elif kind == 24:
        part = ubits(m, 38, 2)
        if part > 1:
            m[C_OTHER_TYPE] += 1
            return TAKEN
        if size < (160 if part == 0 else 162):
            return SHORT_MESSAGE
        return _static(m, text, rows, values, bits, n, line, t, receive_t, rx, mmsi, 24 + part, everything)
    elif kind == 4 or kind == 9 or kind == 21:
        if size < (134 if kind == 4 else 128 if kind == 9 else 249):
            return SHORT_MESSAGE
        m[C_NOT_SHIP] += 1
        _not_a_ship(m, text, rows, values, bits, n, kind, line, t, receive_t, rx, mmsi, flags, everything)
        return TAKEN
    else:
        m[C_OTHER_TYPE] += 1
        return TAKEN
    return _position(
        m,
        text,
        rows,
        values,
        bits,
        n,
        kind,
        line,
        t,
        receive_t,
        rx,
        flags,
        everything,
        mmsi,
        nav,
        rot,
        sog,
        accurate,
        lon,
        lat,
        cog,
        heading,
    )


@kernel
def _position(  # type: ignore[no-untyped-def]
    m,
    text,
    rows,
    values,
    bits,
    n,
    kind,
    line,
    t,
    receive_t,
    rx,
    flags,
    everything,
    mmsi,
    nav,
    rot,
    sog,
    accurate,
    lon,
    lat,
    cog,
    heading,
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
        m[C_UNTIMED_POSITIONS] += 1
        if not everything:
            return NO_CLOCK
    row = m[N_POS]
    m[N_POS] = row + 1
    if flags & FLAG_OWN:
        m[C_OWN_SHIP] += 1
    _write(
        rows,
        values,
        POS,
        row,
        line,
        t,
        receive_t,
        rx,
        mmsi,
        nav,
        kind,
        flags | (FLAG_ACCURATE * accurate),
        lat,
        lon,
        sog,
        cog,
        heading,
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
    values[POS, row, F_ROT] = turn
    if kind == 19:
        _static(m, text, rows, values, bits, n, line, t, receive_t, rx, mmsi, 19, everything)
        m[C_STATIC] -= 1  # the sentence counts as a position
    return TAKEN


@kernel
def _write(  # type: ignore[no-untyped-def]
    rows, values, out, row, line, t, receive_t, rx, mmsi, nav, kind, flags, lat, lon, sog, cog, heading
):
    rows[out, row, P_LINE] = line
    rows[out, row, P_T] = t
    rows[out, row, P_RECEIVE_T] = receive_t
    rows[out, row, P_RX] = rx
    rows[out, row, P_MMSI] = mmsi
    rows[out, row, P_NAV] = nav
    rows[out, row, P_TYPE] = kind
    rows[out, row, P_FLAGS] = flags
    values[out, row, F_LAT] = lat / 600_000.0
    values[out, row, F_LON] = lon / 600_000.0
    values[out, row, F_SOG] = np.nan if sog == 1023 else sog / 10.0
    values[out, row, F_COG] = np.nan if cog >= 3600 else cog / 10.0
    values[out, row, F_HEADING] = np.nan if heading >= 360 else float(heading)
    values[out, row, F_ROT] = np.nan


@kernel
def _not_a_ship(m, text, rows, values, bits, n, kind, line, t, receive_t, rx, mmsi, flags, everything):  # type: ignore[no-untyped-def]
    """Base stations (4), aircraft (9) and aids to navigation (21)."""
    sog, cog = 1023, 3600
    if kind == 4:
        accurate, lon, lat = ubits(m, 78, 1), sbits(m, 79, 28), sbits(m, 107, 27)
    elif kind == 9:
        accurate, lon, lat = ubits(m, 60, 1), sbits(m, 61, 28), sbits(m, 89, 27)
        cog = ubits(m, 116, 12)
        sog = ubits(m, 50, 10)
        # aircraft report whole knots
        sog = 1023 if sog == 1023 else sog * 10
    else:
        accurate, lon, lat = ubits(m, 163, 1), sbits(m, 164, 28), sbits(m, 192, 27)
        if everything:
            _static(m, text, rows, values, bits, n, line, t, receive_t, rx, mmsi, 21, everything)
            m[C_STATIC] -= 1
    row = m[N_OTHER]
    m[N_OTHER] = row + 1
    _write(
        rows,
        values,
        OTHER,
        row,
        line,
        t,
        receive_t,
        rx,
        mmsi,
        -1,
        kind,
        flags | (FLAG_ACCURATE * accurate),
        lat,
        lon,
        sog,
        cog,
        511,
    )


@kernel
def _static(m, text, rows, values, bits, n, line, t, receive_t, rx, mmsi, kind, everything):  # type: ignore[no-untyped-def]
    """Keep a static report when its content is new for the ship; kinds are 5, 19, 21, 24 (24 A), 25 (24 B)."""
    if mmsi < 1 or mmsi > 999_999_999:
        return BAD_MMSI
    if t == NO_TIME:
        m[C_UNTIMED_STATICS] += 1
        if not everything:
            return NO_CLOCK
    m[C_STATIC] += 1
    if not everything and not _is_new(m, n, mmsi * 32 + kind, kind == 19):
        return TAKEN
    row = m[N_STATIC]
    m[N_STATIC] = row + 1
    rows[STATIC, row, P_LINE] = line
    rows[STATIC, row, P_T] = t
    rows[STATIC, row, P_RECEIVE_T] = receive_t
    rows[STATIC, row, P_RX] = rx
    rows[STATIC, row, P_MMSI] = mmsi
    rows[STATIC, row, P_NAV] = n
    rows[STATIC, row, P_TYPE] = kind
    rows[STATIC, row, P_FLAGS] = m[N_POS]
    for i in range(STATIC_SEXTETS):
        bits[row, i] = text[i] if i < n else 0
    return TAKEN


@kernel
def _is_new(m, n, key, from_name):  # type: ignore[no-untyped-def]
    """Whether the content after the MMSI (after the position, for type 19) differs from the ship's last."""
    mask = (len(m) - SEEN0) // 2 - 1
    content = -3750763034362895579  # FNV-1a, word by word
    first = 2 if from_name else 0
    for w in range(first, min((n + 9) // 10, STATIC_SEXTETS // 10 + 1)):
        word = m[WORDS + w]
        if w == first:
            # the words begin with type, repeat and MMSI (38 bits), or in type 19 with the last of the position
            word &= (1 << 37) - 1 if from_name else (1 << 22) - 1
        content = (content ^ word) * 1099511628211
        content ^= content >> 29
    at = (key * SPREAD) >> 36 & mask
    while m[SEEN0 + 2 * at] != 0 and m[SEEN0 + 2 * at] != key:
        at = (at + 1) & mask
    if m[SEEN0 + 2 * at] == key and m[SEEN0 + 2 * at + 1] == content:
        return False
    if m[SEEN0 + 2 * at] == 0:
        m[SEEN_COUNT] += 1
    m[SEEN0 + 2 * at] = key
    m[SEEN0 + 2 * at + 1] = content
    return True


@kernel
def rehash(old, m):  # type: ignore[no-untyped-def]
    """Put the rows of a table of static contents into the larger one at m[SEEN0:]."""
    mask = (len(m) - SEEN0) // 2 - 1
    for row in range(len(old)):
        key = old[row, 0]
        if key != 0:
            at = (key * SPREAD) >> 36 & mask
            while m[SEEN0 + 2 * at] != 0:
                at = (at + 1) & mask
            m[SEEN0 + 2 * at] = key
            m[SEEN0 + 2 * at + 1] = old[row, 1]
