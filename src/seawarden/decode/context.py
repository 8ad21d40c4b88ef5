"""Lines that say when and where the next sentence was heard: tag blocks, $PGHP, RMC, ZDA, trailing stamps.

Tag blocks: IEC 61162-450. $PGHP: GateHouse, as written by the Danish coast stations: type, year, month, day, hour,
minute, second, millisecond, country, region, base station's MMSI, on-line flag, CRC of the sentences that follow.
Trailing fields: the United States Coast Guard's form, `*hh,rSTATION,epoch`.
"""

from __future__ import annotations

from seawarden.decode.kernel import kernel
from seawarden.decode.layout import (
    C_BAD_CONTEXT,
    C_CONTEXT,
    C_OTHER_SENTENCE,
    C_VOID_CLOCK,
    CLOCK_T,
    COMMA,
    CTX_BAD_TAG,
    CTX_BAD_TIME,
    CTX_FLAGS,
    CTX_GHP,
    CTX_RECEIVE_T,
    CTX_RX,
    CTX_RX_WEAK,
    CTX_T,
    GROUP0,
    GROUP_NEXT,
    GROUPS,
    RECEIVERS,
    RX0,
    RX_COUNT,
    RX_TEXT,
    RX_TEXT0,
)
from seawarden.decode.times import civil_ms, clock_of_day, digits, epoch_ms
from seawarden.model.position import NO_TIME

WEEK_MS = 7 * 86_400_000


@kernel
def hex_byte(data, at):  # type: ignore[no-untyped-def]
    """The byte that two hexadecimal digits at data[at] write, -1 when they are none."""
    value = 0
    for i in range(at, at + 2):
        c = data[i]
        if c >= 48 and c <= 57:
            value = value * 16 + c - 48
        elif c >= 65 and c <= 70:
            value = value * 16 + c - 55
        elif c >= 97 and c <= 102:
            value = value * 16 + c - 87
        else:
            return -1
    return value


@kernel
def clear(m):  # type: ignore[no-untyped-def]
    """Forget what was said of the next sentence."""
    m[CTX_T] = NO_TIME
    m[CTX_RECEIVE_T] = NO_TIME
    m[CTX_RX] = -1
    m[CTX_FLAGS] = 0


@kernel
def receiver(m, text, data, start, end):  # type: ignore[no-untyped-def]
    """Index of a receiver's text, added when new; -1 for an empty text or a full table."""
    if end > start + RX_TEXT:
        end = start + RX_TEXT
    if end <= start:
        return -1
    key = -3750763034362895579  # FNV-1a
    for i in range(start, end):
        key = (key ^ data[i]) * 1099511628211
    if key == 0:
        key = 1
    mask = 2 * RECEIVERS - 1
    at = (key ^ (key >> 32)) & mask
    while m[RX0 + 2 * at] != 0:
        if m[RX0 + 2 * at] == key:
            return m[RX0 + 2 * at + 1]
        at = (at + 1) & mask
    place = m[RX_COUNT]
    if place >= RECEIVERS:
        return -1
    m[RX_COUNT] = place + 1
    m[RX0 + 2 * at] = key
    m[RX0 + 2 * at + 1] = place
    for i in range(start, end):
        text[RX_TEXT0 + place * RX_TEXT + i - start] = data[i]
    return place


@kernel
def tag_block(m, text, data, start, end, alone):  # type: ignore[no-untyped-def]
    """Read the tag block whose text is data[start:end], between the backslashes, into the context."""
    if m[CTX_FLAGS] & CTX_GHP and alone:
        clear(m)
    star = end - 3
    check = 0
    for i in range(start, max(star, start)):
        check ^= data[i]
    if star < start or data[star] != 42 or hex_byte(data, star + 1) != check:
        m[CTX_FLAGS] |= CTX_BAD_TAG
        m[C_BAD_CONTEXT] += 1
        return
    m[C_CONTEXT] += 1
    group = -1
    text_t = NO_TIME
    i = start
    while i < star:
        j = i
        while j < star and data[j] != 44:
            j += 1
        colon = i
        while colon < j and data[colon] != 58:
            colon += 1
        value = colon + 1
        if colon == i + 1:
            key = data[i]
            if key == 99:  # c: time of reception
                m[CTX_T] = epoch_ms(data, value, j)
                if m[CTX_T] == NO_TIME:
                    m[CTX_FLAGS] |= CTX_BAD_TIME
            elif key == 115:  # s: station
                m[CTX_RX] = receiver(m, text, data, value, j)
                m[CTX_FLAGS] &= ~CTX_RX_WEAK
            elif key == 116:  # t: text; satellite feeds write the epoch at which the ground had it
                text_t = epoch_ms(data, value, j)
            elif key == 103:  # g: place, size and id of a group
                dash = j - 1
                while dash > value and data[dash] != 45:
                    dash -= 1
                group = digits(data, dash + 1, j)
        elif colon == i + 2 and data[i] == 115 and data[i + 1] == 105 and m[CTX_RX] < 0:
            m[CTX_RX] = receiver(m, text, data, value, j)
            m[CTX_FLAGS] |= CTX_RX_WEAK
        i = j + 1
    if text_t != NO_TIME and m[CTX_T] != NO_TIME and 0 <= text_t - m[CTX_T] < WEEK_MS:
        m[CTX_RECEIVE_T] = text_t
    if group >= 0:
        _group(m, group)


@kernel
def _group(m, group):  # type: ignore[no-untyped-def]
    """Lines of one group share the time and station that its first line gave."""
    if m[CTX_T] != NO_TIME:
        at = m[GROUP_NEXT]
        m[GROUP_NEXT] = (at + 1) % GROUPS
        m[GROUP0 + 4 * at + 0] = group
        m[GROUP0 + 4 * at + 1] = m[CTX_T]
        m[GROUP0 + 4 * at + 2] = m[CTX_RECEIVE_T]
        m[GROUP0 + 4 * at + 3] = m[CTX_RX]
        return
    for back in range(1, GROUPS + 1):
        at = (m[GROUP_NEXT] - back) % GROUPS
        if m[GROUP0 + 4 * at + 0] == group:
            m[CTX_T] = m[GROUP0 + 4 * at + 1]
            m[CTX_RECEIVE_T] = m[GROUP0 + 4 * at + 2]
            if m[CTX_RX] < 0:
                m[CTX_RX] = m[GROUP0 + 4 * at + 3]
            return


@kernel
def dollar(m, text, data, start, end):  # type: ignore[no-untyped-def]
    """Read a sentence that begins with $: $PGHP, RMC and ZDA give times, everything else is another's."""
    star = start + 1
    check = 0
    field = 0
    places = 0
    while star < end and data[star] != 42:
        check ^= data[star]
        if data[star] == 44:
            if field < 8:
                m[COMMA + field] = star
            field += 1
        star += 1
    ghp = end - start > 6 and data[start + 1] == 80 and data[start + 2] == 71 and data[start + 3] == 72
    ghp = ghp and data[start + 4] == 80 and data[start + 5] == 44
    kind = 0
    if end - start > 7 and data[start + 6] == 44 and not ghp:
        a, b, c = data[start + 3], data[start + 4], data[start + 5]
        if a == 82 and b == 77 and c == 67:
            kind = 1  # RMC
        elif a == 90 and b == 68 and c == 65:
            kind = 2  # ZDA
    if not ghp and kind == 0:
        m[C_OTHER_SENTENCE] += 1
        clear(m)
        return
    if star + 3 > end or hex_byte(data, star + 1) != check:
        m[C_BAD_CONTEXT] += 1
        clear(m)
        return
    if ghp:
        _ghp(m, text, data, start, star, field)
        return
    t = NO_TIME
    if kind == 1 and field >= 9 and data[m[COMMA + 1] + 1] == 65:
        # the date is the ninth field: two commas further than the places kept
        at = m[COMMA + 7] + 1
        while data[at] != 44:
            at += 1
        places = at + 1
        stop = places
        while stop < star and data[stop] != 44:
            stop += 1
        date = digits(data, places, stop) if stop - places == 6 else -1
        clock = clock_of_day(data, m[COMMA + 0] + 1, m[COMMA + 1])
        if date >= 0 and clock >= 0:
            year = date % 100
            year += 1900 if year >= 90 else 2000
            day_t = civil_ms(year, date // 100 % 100, date // 10000, 0, 0, 0, 0)
            if day_t != NO_TIME:
                t = day_t + clock
    elif kind == 2 and field >= 4:
        clock = clock_of_day(data, m[COMMA + 0] + 1, m[COMMA + 1])
        day, month = digits(data, m[COMMA + 1] + 1, m[COMMA + 2]), digits(data, m[COMMA + 2] + 1, m[COMMA + 3])
        stop = m[COMMA + 4] if field >= 5 else star
        day_t = civil_ms(digits(data, m[COMMA + 3] + 1, stop), month, day, 0, 0, 0, 0)
        if clock >= 0 and day_t != NO_TIME:
            t = day_t + clock
    if t == NO_TIME:
        m[C_VOID_CLOCK] += 1
    else:
        m[C_CONTEXT] += 1
        m[CLOCK_T] = t
    clear(m)


@kernel
def _ghp(m, text, data, start, star, commas):  # type: ignore[no-untyped-def]
    if commas < 11:
        m[C_BAD_CONTEXT] += 1
        return
    at = start + 6
    field = 0
    year, month, day, hour, minute, second = 0, 0, 0, 0, 0, 0
    ms = 0
    country = 0
    station = 0
    while at <= star:
        stop = at
        while stop < star and data[stop] != 44:
            stop += 1
        if field == 8:
            country = at
        elif field == 10:
            station = at
            break
        value = digits(data, at, stop)
        if field == 1:
            year = value
        elif field == 2:
            month = value
        elif field == 3:
            day = value
        elif field == 4:
            hour = value
        elif field == 5:
            minute = value
        elif field == 6:
            second = value
        elif field == 7:
            ms = value
        field += 1
        at = stop + 1
    stop = station
    while stop < star and data[stop] != 44:
        stop += 1
    t = civil_ms(year, month, day, hour, minute, second, ms)
    m[C_CONTEXT] += 1
    m[CTX_T] = t
    m[CTX_RECEIVE_T] = NO_TIME
    m[CTX_FLAGS] |= CTX_GHP
    if t == NO_TIME:
        m[CTX_FLAGS] |= CTX_BAD_TIME
    if m[CTX_RX] < 0 or m[CTX_FLAGS] & CTX_RX_WEAK:
        if stop > station:
            m[CTX_RX] = receiver(m, text, data, station, stop)
        elif station - 1 > country + 1:
            m[CTX_RX] = receiver(m, text, data, country, station - 1)
        m[CTX_FLAGS] &= ~CTX_RX_WEAK


@kernel
def trailing(m, text, data, start, end):  # type: ignore[no-untyped-def]
    """What loggers append after the checksum: (time or NO_TIME, receiver or -1)."""
    t = NO_TIME
    rx = -1
    i = start
    while i < end:
        j = i
        while j < end and data[j] != 44:
            j += 1
        if j > i:
            if (data[i] == 114 or data[i] == 98) and digits(data, i + 1, j) >= 0:
                rx = receiver(m, text, data, i, j)
            elif j - i >= 9 and data[i] >= 48 and data[i] <= 57:
                stamp = epoch_ms(data, i, j)
                if stamp != NO_TIME:
                    t = stamp
        i = j + 1
    return t, rx
