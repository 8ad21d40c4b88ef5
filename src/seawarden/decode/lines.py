"""The compiled loop over a log's lines: sentence checks, multi-part assembly, times, and one call per message."""

from __future__ import annotations

from numba import njit

from seawarden.decode.bits import pack, unarmour
from seawarden.decode.context import clear, dollar, hex_byte, tag_block, trailing
from seawarden.decode.layout import (
    BAD_CHECKSUM,
    BAD_PAYLOAD,
    BAD_SENTENCE,
    BAD_TAG_BLOCK,
    BAD_TIME,
    C_COMMENT,
    C_OTHER_SENTENCE,
    C_PART,
    C_RECORDS,
    CLOCK_T,
    CTX_BAD_TAG,
    CTX_BAD_TIME,
    CTX_FLAGS,
    CTX_RECEIVE_T,
    CTX_RX,
    CTX_T,
    FLAG_CLOCK,
    FLAG_OWN,
    LINE,
    LONG_LINE,
    MAX_LINE,
    MAX_PART,
    MAX_SEXTETS,
    N_OTHER,
    N_POS,
    N_REJECT,
    N_STATIC,
    NO_CLOCK,
    NOT_A_SENTENCE,
    PART_LOST,
    S_CHANNEL,
    S_CLOCK,
    S_FLAGS,
    S_KEY,
    S_LAST,
    S_LENGTH,
    S_LINES,
    S_OWN,
    S_PARTS,
    S_RECEIVE_T,
    S_RX,
    S_T,
    SENTENCES,
    SLOT_AGE,
    SLOTS,
)
from seawarden.decode.messages import TAKEN, message
from seawarden.decode.times import stamp_ms
from seawarden.model.position import NO_TIME


@njit(cache=True)  # type: ignore[misc]
def scan(data, log, out, everything):  # type: ignore[no-untyped-def]
    """Read a block of whole lines, each ended by a line feed."""
    ints = log.ints
    ints[N_POS] = 0
    ints[N_OTHER] = 0
    ints[N_STATIC] = 0
    ints[N_REJECT] = 0
    n = len(data)
    i = 0
    while i < n:
        start = i
        while data[i] != 10:
            i += 1
        end = i
        i += 1
        ints[LINE] += 1
        while end > start and data[end - 1] <= 32:
            end -= 1
        while start < end and data[start] <= 32:
            start += 1
        if start == end:
            continue
        if end - start > MAX_LINE:
            log.counts[C_RECORDS] += 1
            _reject(log, out, ints[LINE], LONG_LINE, start, end)
            clear(log)
            continue
        _line(data, start, end, log, out, everything)


@njit(cache=True)  # type: ignore[misc]
def flush(log, out):  # type: ignore[no-untyped-def]
    """At the end of a log: messages whose parts never came are lost."""
    for index in range(4):
        log.ints[N_POS + index] = 0
    for k in range(SLOTS):
        if log.slots[k, S_KEY] != 0:
            _lose(log, out, k)


@njit(cache=True)  # type: ignore[misc]
def _reject(log, out, line, code, start, end):  # type: ignore[no-untyped-def]
    row = log.ints[N_REJECT]
    log.ints[N_REJECT] = row + 1
    out.reject[row, 0] = line
    out.reject[row, 1] = code
    out.reject[row, 2] = start
    out.reject[row, 3] = end


@njit(cache=True)  # type: ignore[misc]
def _line(data, start, end, log, out, everything):  # type: ignore[no-untyped-def]
    line = log.ints[LINE]
    stamp = NO_TIME
    at = start
    first = data[start]
    if first == 35:
        log.counts[C_COMMENT] += 1
        return
    if first != 33 and first != 92 and first != 36:
        while at < end and data[at] != 33 and data[at] != 92 and data[at] != 36:
            at += 1
        if end - at < 8:
            log.counts[C_RECORDS] += 1
            _reject(log, out, line, NOT_A_SENTENCE, start, end)
            clear(log)
            return
        stamp = stamp_ms(data, start, at)
        first = data[at]
    if first == 92:
        close = at + 1
        while close < end and data[close] != 92:
            close += 1
        if close == end:
            log.counts[C_RECORDS] += 1
            _reject(log, out, line, BAD_TAG_BLOCK, start, end)
            clear(log)
            return
        tag_block(log, data, at + 1, close, close + 1 == end)
        at = close + 1
        if at == end:
            return
        first = data[at]
    if first == 36:
        dollar(log, data, at, end)
        return
    sentence = first == 33 and end - at > 8 and data[at + 3] == 86 and data[at + 4] == 68 and data[at + 6] == 44
    if sentence and (data[at + 5] == 77 or data[at + 5] == 79):
        _sentence(data, start, at, end, stamp, log, out, everything)
    elif first == 33 and end - at > 8 and data[at + 6] == 44:
        log.counts[C_OTHER_SENTENCE] += 1
        clear(log)
    else:
        log.counts[C_RECORDS] += 1
        _reject(log, out, line, NOT_A_SENTENCE, start, end)
        clear(log)


@njit(cache=True)  # type: ignore[misc]
def _sentence(data, start, at, end, stamp, log, out, everything):  # type: ignore[no-untyped-def]
    ints, comma = log.ints, log.comma
    line = ints[LINE]
    log.counts[C_RECORDS] += 1
    ints[SENTENCES] += 1
    check = 0
    commas = 0
    star = at + 1
    while star < end and data[star] != 42:
        c = data[star]
        check ^= c
        if c == 44:
            if commas < 8:
                comma[commas] = star
            commas += 1
        star += 1
    t, receive_t, rx, context = ints[CTX_T], ints[CTX_RECEIVE_T], ints[CTX_RX], ints[CTX_FLAGS]
    clear(log)
    if star + 3 > end or hex_byte(data, star + 1) != check:
        _reject(log, out, line, BAD_CHECKSUM, start, end)
        return
    total, number, sequence, channel = 0, 0, 15, 0
    fill = 6
    if commas == 6:
        if comma[1] == comma[0] + 2 and comma[2] == comma[1] + 2:
            total, number = data[comma[0] + 1] - 48, data[comma[1] + 1] - 48
        if comma[3] > comma[2] + 1:
            sequence = data[comma[3] - 1] - 48
        if comma[4] > comma[3] + 1:
            channel = data[comma[3] + 1]
        if comma[5] + 2 == star:
            fill = data[star - 1] - 48
    length = comma[5] - comma[4] - 1
    if total < 1 or total > 9 or number < 1 or number > total or fill < 0 or fill > 5 or sequence > 15:
        _reject(log, out, line, BAD_SENTENCE, start, end)
        return
    if length < 1 or length > (MAX_SEXTETS if total == 1 else MAX_PART) or sequence < 0:
        _reject(log, out, line, BAD_SENTENCE, start, end)
        return
    if star + 3 < end:
        tail_t, tail_rx = trailing(log, data, star + 3, end)
        if tail_t != NO_TIME:
            receive_t = tail_t
        if rx < 0:
            rx = tail_rx
    if stamp != NO_TIME:
        receive_t = stamp
    own = FLAG_OWN if data[at + 5] == 79 else 0
    if total > 1:
        key = ((data[at + 1] * 256 + data[at + 2]) * 16 + total) * 16 + sequence
        _part(data, start, end, log, out, key, number, total, channel, length, fill, own, t, receive_t, rx, context,
              everything)
        return
    if not unarmour(data, comma[4] + 1, comma[5], log.sextets, 0):
        _reject(log, out, line, BAD_PAYLOAD, start, end)
        return
    pack(log.sextets, length, log.words)
    _take(log, out, length, fill, line, t, receive_t, ints[CLOCK_T], rx, context, own, start, end, everything)


@njit(cache=True)  # type: ignore[misc]
def _take(  # type: ignore[no-untyped-def]
    log, out, length, fill, line, t, receive_t, clock_t, rx, context, flags, start, end, everything
):
    """Hand a whole message on with the best time there is: its own, its reception's, the log's clock."""
    if t == NO_TIME and not context & CTX_BAD_TIME:
        t = receive_t
        if t == NO_TIME:
            t = clock_t
            flags |= FLAG_CLOCK
    code = message(log, out, length, fill, line, t, receive_t, rx, flags, everything)
    if code == NO_CLOCK and context & CTX_BAD_TIME:
        code = BAD_TIME
    elif code == NO_CLOCK and context & CTX_BAD_TAG:
        code = BAD_TAG_BLOCK
    if code != TAKEN:
        _reject(log, out, line, code, start, end)


@njit(cache=True)  # type: ignore[misc]
def _lose(log, out, k):  # type: ignore[no-untyped-def]
    slots = log.slots
    for part in range(slots[k, S_PARTS]):
        _reject(log, out, slots[k, S_LINES + part], PART_LOST, 0, 0)
    slots[k, S_KEY] = 0


@njit(cache=True)  # type: ignore[misc]
def _part(  # type: ignore[no-untyped-def]
    data, start, end, log, out, key, number, total, channel, length, fill, own, t, receive_t, rx, context, everything
):
    """Put one part to its message. Parts come in order; several messages may be open at once."""
    ints, slots = log.ints, log.slots
    now = ints[SENTENCES]
    line = ints[LINE]
    best = -1
    free = -1
    oldest = 0
    for k in range(SLOTS):
        if slots[k, S_KEY] != 0 and now - slots[k, S_LAST] > SLOT_AGE:
            _lose(log, out, k)
        if slots[k, S_KEY] == 0:
            free = k
            continue
        if slots[k, S_LAST] < slots[oldest, S_LAST]:
            oldest = k
        if slots[k, S_KEY] != key or (slots[k, S_CHANNEL] != channel and slots[k, S_CHANNEL] != 0 and channel != 0):
            continue
        if slots[k, S_RX] != rx and slots[k, S_RX] >= 0 and rx >= 0:
            continue
        if number == 1:
            if slots[k, S_RX] == rx and slots[k, S_CHANNEL] == channel:
                _lose(log, out, k)
                free = k
        elif slots[k, S_PARTS] == number - 1 and (best < 0 or slots[k, S_LAST] > slots[best, S_LAST]):
            best = k
    if number > 1 and best < 0:
        _reject(log, out, line, PART_LOST, start, end)
        return
    if number == 1:
        if free < 0:
            _lose(log, out, oldest)
            free = oldest
        best = free
        slots[best, S_KEY] = key
        slots[best, S_CHANNEL] = channel
        slots[best, S_RX] = rx
        slots[best, S_PARTS] = 0
        slots[best, S_T] = t
        slots[best, S_RECEIVE_T] = receive_t
        slots[best, S_CLOCK] = ints[CLOCK_T]
        slots[best, S_FLAGS] = context
        slots[best, S_LENGTH] = 0
        slots[best, S_OWN] = own
    held = slots[best, S_LENGTH]
    slots[best, S_LINES + number - 1] = line
    slots[best, S_PARTS] = number
    slots[best, S_LAST] = now
    slots[best, S_LENGTH] = held + length
    if slots[best, S_T] == NO_TIME:
        slots[best, S_T] = t
    if slots[best, S_RECEIVE_T] == NO_TIME:
        slots[best, S_RECEIVE_T] = receive_t
    if slots[best, S_RX] < 0:
        slots[best, S_RX] = rx
    good = held + length <= MAX_SEXTETS
    if good:
        good = unarmour(data, log.comma[4] + 1, log.comma[5], log.slot_text[best], held)
    if not good:
        slots[best, S_PARTS] = number - 1
        _lose(log, out, best)
        _reject(log, out, line, BAD_PAYLOAD, start, end)
        return
    if number < total:
        return
    n = held + length
    for i in range(n):
        log.sextets[i] = log.slot_text[best, i]
    pack(log.sextets, n, log.words)
    slots[best, S_KEY] = 0
    log.counts[C_PART] += total - 1
    _take(
        log, out, n, fill, slots[best, S_LINES], slots[best, S_T], slots[best, S_RECEIVE_T], slots[best, S_CLOCK],
        slots[best, S_RX], slots[best, S_FLAGS], slots[best, S_OWN], start, end, everything,
    )
