"""The compiled loop over a log's lines: sentence checks, multi-part assembly, times, and one call per message."""

from __future__ import annotations

from seawarden.decode.bits import pack, unarmour
from seawarden.decode.context import clear, dollar, hex_byte, tag_block, trailing
from seawarden.decode.kernel import kernel
from seawarden.decode.layout import (
    BAD_CHECKSUM,
    BAD_PAYLOAD,
    BAD_SENTENCE,
    BAD_TAG_BLOCK,
    C_COMMENT,
    C_OTHER_SENTENCE,
    C_RECORDS,
    CLOCK_T,
    COMMA,
    CTX_FLAGS,
    CTX_RECEIVE_T,
    CTX_RX,
    CTX_T,
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
    NOT_A_SENTENCE,
    S_KEY,
    SENTENCES,
    SLOT0,
    SLOT_WIDTH,
    SLOTS,
)
from seawarden.decode.parts import lose, part, reject, take
from seawarden.decode.times import stamp_ms
from seawarden.model.position import NO_TIME


@kernel
def scan(data, m, text, rows, values, bits, everything):  # type: ignore[no-untyped-def]
    """Read a block of whole lines, each ended by a line feed."""
    m[N_POS] = 0
    m[N_OTHER] = 0
    m[N_STATIC] = 0
    m[N_REJECT] = 0
    n = len(data)
    i = 0
    while i < n:
        start = i
        while data[i] != 10:
            i += 1
        end = i
        i += 1
        m[LINE] += 1
        while end > start and data[end - 1] <= 32:
            end -= 1
        while start < end and data[start] <= 32:
            start += 1
        if start == end:
            continue
        if end - start > MAX_LINE:
            m[C_RECORDS] += 1
            reject(m, rows, m[LINE], LONG_LINE, start, end)
            clear(m)
            continue
        _line(data, start, end, m, text, rows, values, bits, everything)


@kernel
def flush(m, rows):  # type: ignore[no-untyped-def]
    """At the end of a log: messages whose parts never came are lost."""
    for index in range(4):
        m[N_POS + index] = 0
    for k in range(SLOTS):
        if m[SLOT0 + k * SLOT_WIDTH + S_KEY] != 0:
            lose(m, rows, k)


@kernel
def _line(data, start, end, m, text, rows, values, bits, everything):  # type: ignore[no-untyped-def]
    line = m[LINE]
    stamp = NO_TIME
    at = start
    first = data[start]
    if first == 35:
        m[C_COMMENT] += 1
        return
    if first != 33 and first != 92 and first != 36:
        while at < end and data[at] != 33 and data[at] != 92 and data[at] != 36:
            at += 1
        if end - at < 8:
            m[C_RECORDS] += 1
            reject(m, rows, line, NOT_A_SENTENCE, start, end)
            clear(m)
            return
        stamp = stamp_ms(data, start, at)
        first = data[at]
    if first == 92:
        close = at + 1
        while close < end and data[close] != 92:
            close += 1
        if close == end:
            m[C_RECORDS] += 1
            reject(m, rows, line, BAD_TAG_BLOCK, start, end)
            clear(m)
            return
        tag_block(m, text, data, at + 1, close, close + 1 == end)
        at = close + 1
        if at == end:
            return
        first = data[at]
    if first == 36:
        dollar(m, text, data, at, end)
        return
    sentence = first == 33 and end - at > 8 and data[at + 3] == 86 and data[at + 4] == 68 and data[at + 6] == 44
    if sentence and (data[at + 5] == 77 or data[at + 5] == 79):
        _sentence(data, start, at, end, stamp, m, text, rows, values, bits, everything)
    elif first == 33 and end - at > 8 and data[at + 6] == 44:
        m[C_OTHER_SENTENCE] += 1
        clear(m)
    else:
        m[C_RECORDS] += 1
        reject(m, rows, line, NOT_A_SENTENCE, start, end)
        clear(m)


@kernel
def _sentence(data, start, at, end, stamp, m, text, rows, values, bits, everything):  # type: ignore[no-untyped-def]
    line = m[LINE]
    m[C_RECORDS] += 1
    m[SENTENCES] += 1
    check = 0
    commas = 0
    star = at + 1
    while star < end and data[star] != 42:
        c = data[star]
        check ^= c
        if c == 44:
            if commas < 8:
                m[COMMA + commas] = star
            commas += 1
        star += 1
    t, receive_t, rx, context = m[CTX_T], m[CTX_RECEIVE_T], m[CTX_RX], m[CTX_FLAGS]
    clear(m)
    if star + 3 > end or hex_byte(data, star + 1) != check:
        reject(m, rows, line, BAD_CHECKSUM, start, end)
        return
    total, number, sequence, channel = 0, 0, 15, 0
    fill = 6
    if commas == 6:
        if m[COMMA + 1] == m[COMMA + 0] + 2 and m[COMMA + 2] == m[COMMA + 1] + 2:
            total, number = data[m[COMMA + 0] + 1] - 48, data[m[COMMA + 1] + 1] - 48
        if m[COMMA + 3] > m[COMMA + 2] + 1:
            sequence = data[m[COMMA + 3] - 1] - 48
        if m[COMMA + 4] > m[COMMA + 3] + 1:
            channel = data[m[COMMA + 3] + 1]
        if m[COMMA + 5] + 2 == star:
            fill = data[star - 1] - 48
    length = m[COMMA + 5] - m[COMMA + 4] - 1
    if total < 1 or total > 9 or number < 1 or number > total or fill < 0 or fill > 5 or sequence > 15:
        reject(m, rows, line, BAD_SENTENCE, start, end)
        return
    if length < 1 or length > (MAX_SEXTETS if total == 1 else MAX_PART) or sequence < 0:
        reject(m, rows, line, BAD_SENTENCE, start, end)
        return
    if star + 3 < end:
        tail_t, tail_rx = trailing(m, text, data, star + 3, end)
        if tail_t != NO_TIME:
            receive_t = tail_t
        if rx < 0:
            rx = tail_rx
    if stamp != NO_TIME:
        receive_t = stamp
    own = FLAG_OWN if data[at + 5] == 79 else 0
    if total > 1:
        key = ((data[at + 1] * 256 + data[at + 2]) * 16 + total) * 16 + sequence
        part(
            data,
            start,
            end,
            m,
            text,
            rows,
            values,
            bits,
            key,
            number,
            total,
            channel,
            length,
            fill,
            own,
            t,
            receive_t,
            rx,
            context,
            everything,
        )
        return
    if not unarmour(data, m[COMMA + 4] + 1, m[COMMA + 5], text, 0):
        reject(m, rows, line, BAD_PAYLOAD, start, end)
        return
    pack(text, length, m)
    take(
        m,
        text,
        rows,
        values,
        bits,
        length,
        fill,
        line,
        t,
        receive_t,
        m[CLOCK_T],
        rx,
        context,
        own,
        start,
        end,
        everything,
    )
