"""Times out of bytes: civil dates to milliseconds, ISO and epoch texts, NMEA clock fields."""

from __future__ import annotations

from typing import Final

from seawarden.decode.kernel import kernel
from seawarden.model.position import NO_TIME

EARLIEST: Final = 631_152_000_000
LATEST: Final = 4_102_444_800_000


@kernel
def civil_ms(year, month, day, hour, minute, second, ms):  # type: ignore[no-untyped-def]
    """Milliseconds since 1970 of a UTC date, NO_TIME when a field is out of its limits.

    Days by Howard Hinnant's `days_from_civil` (chrono-compatible low-level date algorithms).
    """
    if month < 1 or month > 12 or day < 1 or hour < 0 or hour > 23 or minute < 0 or minute > 59:
        return NO_TIME
    if second < 0 or second > 60 or ms < 0 or ms > 999 or year < 1990 or year > 2099:
        return NO_TIME
    length = 31
    if month == 2:
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        length = 29 if leap else 28
    elif month == 4 or month == 6 or month == 9 or month == 11:
        length = 30
    if day > length:
        return NO_TIME
    y = year - 1 if month <= 2 else year
    era = y // 400
    yoe = y - era * 400
    doy = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    doe = yoe * 365 + yoe // 4 - yoe // 100 + doy
    days = era * 146097 + doe - 719468
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + ms


@kernel
def digits(data, start, end):  # type: ignore[no-untyped-def]
    """The whole number in data[start:end], -1 when empty, too long or not all digits."""
    if end <= start or end - start > 17:
        return -1
    value = 0
    for i in range(start, end):
        c = data[i]
        if c < 48 or c > 57:
            return -1
        value = value * 10 + (c - 48)
    return value


@kernel
def fraction_ms(data, start, end):  # type: ignore[no-untyped-def]
    """Milliseconds of the decimal places in data[start:end], -1 when they are not digits."""
    ms = 0
    scale = 100
    for i in range(start, end):
        c = data[i]
        if c < 48 or c > 57:
            return -1
        ms += (c - 48) * scale
        scale //= 10
    return ms


@kernel
def epoch_ms(data, start, end):  # type: ignore[no-untyped-def]
    """Milliseconds of an epoch in seconds (with places) or milliseconds; NO_TIME when it is none."""
    dot = start
    while dot < end and data[dot] != 46:
        dot += 1
    whole = digits(data, start, dot)
    if whole < 0:
        return NO_TIME
    ms = whole
    if whole < 100_000_000_000:
        extra = fraction_ms(data, dot + 1, end) if dot < end else 0
        if extra < 0:
            return NO_TIME
        ms = whole * 1000 + extra
    if ms < EARLIEST or ms >= LATEST:
        return NO_TIME
    return ms


@kernel
def clock_of_day(data, start, end):  # type: ignore[no-untyped-def]
    """Milliseconds of the day from hhmmss or hhmmss.sss, -1 when it is none."""
    if end - start < 6:
        return -1
    hms = digits(data, start, start + 6)
    if hms < 0:
        return -1
    ms = 0
    if end - start > 6:
        if data[start + 6] != 46:
            return -1
        ms = fraction_ms(data, start + 7, end)
    hour, minute, second = hms // 10000, hms // 100 % 100, hms % 100
    if ms < 0 or hour > 23 or minute > 59 or second > 60:
        return -1
    return ((hour * 60 + minute) * 60 + second) * 1000 + ms


@kernel
def stamp_ms(data, start, end):  # type: ignore[no-untyped-def]
    """Milliseconds of a time at the beginning of a line: ISO 8601 (naive is UTC) or epoch; NO_TIME when none."""
    i = start
    while i < end and (data[i] == 32 or data[i] == 91 or data[i] == 34 or data[i] == 40):
        i += 1
    j = i
    while j < end and ((data[j] >= 48 and data[j] <= 57) or data[j] == 46):
        j += 1
    if j - i >= 9:
        return epoch_ms(data, i, j)
    if end - i < 16:
        return NO_TIME
    year, month, day = digits(data, i, i + 4), digits(data, i + 5, i + 7), digits(data, i + 8, i + 10)
    hour, minute = digits(data, i + 11, i + 13), digits(data, i + 14, i + 16)
    j = i + 16
    second = 0
    ms = 0
    if j + 2 < end and data[j] == 58:
        second = digits(data, j + 1, j + 3)
        j += 3
        if j < end and (data[j] == 46 or data[j] == 44) and digits(data, j + 1, j + 2) >= 0:
            k = j + 1
            while k < end and data[k] >= 48 and data[k] <= 57:
                k += 1
            ms = fraction_ms(data, j + 1, k)
            j = k
    t = civil_ms(year, month, day, hour, minute, second, ms)
    if t != NO_TIME and j + 2 < end and (data[j] == 43 or data[j] == 45):
        hours = digits(data, j + 1, j + 3)
        k = j + 4 if j + 3 < end and data[j + 3] == 58 else j + 3
        minutes = digits(data, k, k + 2) if k + 2 <= end else 0
        if hours >= 0:
            shift = (hours * 60 + max(minutes, 0)) * 60_000
            t += shift if data[j] == 45 else -shift
    return t
