"""Six-bit armour (ITU-R M.1371, IEC 61162-1): characters to sextets, sextets to numbers."""

from __future__ import annotations

from seawarden.decode.kernel import kernel
from seawarden.decode.layout import WORDS


@kernel
def unarmour(data, start, end, out, at):  # type: ignore[no-untyped-def]
    """Turn payload characters into sextets at out[at:]; False when one is not a payload character."""
    ok = True
    for i in range(start, end):
        c = data[i]
        value = c - 48
        if value > 39:
            value -= 8
        # 0..W are 48..87, `..w are 96..119
        ok &= (c >= 48) & (c <= 119) & ((c <= 87) | (c >= 96))
        out[at + i - start] = value & 63
    return ok


@kernel
def pack(sextets, n, words):  # type: ignore[no-untyped-def]
    """Pack n sextets into words of 60 bits at words[WORDS:], zero beyond the end."""
    for i in range(n, n + 20):
        sextets[i] = 0
    for w in range((n + 9) // 10 + 1):
        value = 0
        for i in range(w * 10, w * 10 + 10):
            value = (value << 6) | sextets[i]
        words[WORDS + w] = value


@kernel
def ubits(words, start, length):  # type: ignore[no-untyped-def]
    """Unsigned number of `length` bits (at most 30) from bit `start` of the packed message on."""
    w = WORDS + start // 60
    offset = start % 60
    spare = 60 - offset - length
    if spare >= 0:
        return (words[w] >> spare) & ((1 << length) - 1)
    high = words[w] & ((1 << (60 - offset)) - 1)
    return (high << -spare) | (words[w + 1] >> (60 + spare))


@kernel
def sbits(words, start, length):  # type: ignore[no-untyped-def]
    """Two's complement number of `length` bits from bit `start` on."""
    value = ubits(words, start, length)
    return value - ((value >> (length - 1)) << length)
