"""Whole messages out of sentences: parts put together, the best time chosen, rejects written down."""

from __future__ import annotations

from seawarden.decode.bits import pack, unarmour
from seawarden.decode.kernel import kernel
from seawarden.decode.layout import (
    BAD_PAYLOAD,
    BAD_TAG_BLOCK,
    BAD_TIME,
    C_PART,
    CLOCK_T,
    COMMA,
    CTX_BAD_TAG,
    CTX_BAD_TIME,
    FLAG_CLOCK,
    LINE,
    MAX_SEXTETS,
    N_REJECT,
    NO_CLOCK,
    PART_LOST,
    REJECT,
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
    SLOT0,
    SLOT_AGE,
    SLOT_TEXT0,
    SLOT_TEXT_WIDTH,
    SLOT_WIDTH,
    SLOTS,
)
from seawarden.decode.messages import TAKEN, message
from seawarden.model.position import NO_TIME


@kernel
def reject(m, rows, line, code, start, end):  # type: ignore[no-untyped-def]
    """Write down a line that was not taken, and where its text lies in the block."""
    row = m[N_REJECT]
    m[N_REJECT] = row + 1
    rows[REJECT, row, 0] = line
    rows[REJECT, row, 1] = code
    rows[REJECT, row, 2] = start
    rows[REJECT, row, 3] = end


@kernel
def take(  # type: ignore[no-untyped-def]
    m, text, rows, values, bits, length, fill, line, t, receive_t, clock_t, rx, context, flags, start, end, everything
):
    """Hand a whole message on with the best time there is: its own, its reception's, the log's clock."""
    if t == NO_TIME and not context & CTX_BAD_TIME:
        t = receive_t
        if t == NO_TIME:
            t = clock_t
            flags |= FLAG_CLOCK
    code = message(m, text, rows, values, bits, length, fill, line, t, receive_t, rx, flags, everything)
    if code == NO_CLOCK and context & CTX_BAD_TIME:
        code = BAD_TIME
    elif code == NO_CLOCK and context & CTX_BAD_TAG:
        code = BAD_TAG_BLOCK
    if code != TAKEN:
        reject(m, rows, line, code, start, end)


@kernel
def lose(m, rows, k):  # type: ignore[no-untyped-def]
    """Give up slot k: each part that it holds is a rejected line."""
    at = SLOT0 + k * SLOT_WIDTH
    for held in range(m[at + S_PARTS]):
        reject(m, rows, m[at + S_LINES + held], PART_LOST, 0, 0)
    m[at + S_KEY] = 0


@kernel
def _find(m, rows, key, number, channel, rx):  # type: ignore[no-untyped-def]
    """The slot that a part belongs to, -1 when there is none; a first part gets a free one."""
    now = m[SENTENCES]
    best = -1
    best_last = -1
    free = -1
    oldest = 0
    oldest_last = now
    for k in range(SLOTS):
        at = SLOT0 + k * SLOT_WIDTH
        last = m[at + S_LAST]
        if m[at + S_KEY] != 0 and now - last > SLOT_AGE:
            lose(m, rows, k)
        if m[at + S_KEY] == 0:
            free = k
            continue
        if last < oldest_last:
            oldest, oldest_last = k, last
        their_channel, their_rx = m[at + S_CHANNEL], m[at + S_RX]
        if m[at + S_KEY] != key or (their_channel != channel and their_channel != 0 and channel != 0):
            continue
        if their_rx != rx and their_rx >= 0 and rx >= 0:
            continue
        if number == 1:
            if their_rx == rx and their_channel == channel:
                lose(m, rows, k)
                free = k
        elif m[at + S_PARTS] == number - 1 and last > best_last:
            best, best_last = k, last
    if number == 1:
        if free < 0:
            lose(m, rows, oldest)
            free = oldest
        return free
    return best


@kernel
def part(  # type: ignore[no-untyped-def]
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
):
    """Put one part to its message. Parts come in order; several messages may be open at once."""
    line = m[LINE]
    k = _find(m, rows, key, number, channel, rx)
    if k < 0:
        reject(m, rows, line, PART_LOST, start, end)
        return
    at = SLOT0 + k * SLOT_WIDTH
    if number == 1:
        m[at + S_KEY] = key
        m[at + S_CHANNEL] = channel
        m[at + S_RX] = rx
        m[at + S_T] = t
        m[at + S_RECEIVE_T] = receive_t
        m[at + S_CLOCK] = m[CLOCK_T]
        m[at + S_FLAGS] = context
        m[at + S_LENGTH] = 0
        m[at + S_OWN] = own
    held = m[at + S_LENGTH]
    n = held + length
    to = SLOT_TEXT0 + k * SLOT_TEXT_WIDTH
    m[at + S_PARTS] = number - 1
    if n > MAX_SEXTETS or not unarmour(data, m[COMMA + 4] + 1, m[COMMA + 5], text, to + held):
        lose(m, rows, k)
        reject(m, rows, line, BAD_PAYLOAD, start, end)
        return
    m[at + S_LINES + number - 1] = line
    m[at + S_PARTS] = number
    m[at + S_LAST] = m[SENTENCES]
    m[at + S_LENGTH] = n
    if m[at + S_T] == NO_TIME:
        m[at + S_T] = t
    if m[at + S_RECEIVE_T] == NO_TIME:
        m[at + S_RECEIVE_T] = receive_t
    if m[at + S_RX] < 0:
        m[at + S_RX] = rx
    if number < total:
        return
    for i in range(n):
        text[i] = text[to + i]
    pack(text, n, m)
    m[at + S_KEY] = 0
    m[C_PART] += total - 1
    take(
        m,
        text,
        rows,
        values,
        bits,
        n,
        fill,
        m[at + S_LINES],
        m[at + S_T],
        m[at + S_RECEIVE_T],
        m[at + S_CLOCK],
        m[at + S_RX],
        m[at + S_FLAGS],
        m[at + S_OWN],
        start,
        end,
        everything,
    )
