"""Positions as people write them: decimal degrees, degrees and minutes, degrees, minutes and seconds."""

from __future__ import annotations

import math
import re

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_HEMISPHERE = re.compile(r"[NSEWO]", re.IGNORECASE)


def angle(text: object) -> float | None:
    """An angle in degrees from a cell of a table, or None when it is none.

    Takes numbers; `57.301`, `57,301`; `57°18.083'N`, `57 18,083 N`, `N57-18-05.0`, `57° 18' 05" S`; a sign or a
    hemisphere, not both. `O` (Ost, ouest) is refused, for it means east to some and west to others.
    """
    if text is None or isinstance(text, bool):
        return None
    if isinstance(text, (int, float)):
        return float(text) if math.isfinite(text) else None
    raw = str(text).strip().replace("\u2212", "-")
    if not raw:
        return None
    letters = _HEMISPHERE.findall(raw)
    rest = _HEMISPHERE.sub(" ", raw)
    if len(letters) > 1 or re.search(r"[A-Za-z]", rest) or (letters and letters[0].upper() == "O"):
        return None
    rest = rest.strip()
    negative = rest.startswith("-")
    if negative and letters:
        return None
    numbers = [float(n.replace(",", ".")) for n in _NUMBER.findall(rest)]
    if not 1 <= len(numbers) <= 3:
        return None
    degrees, minutes, seconds = (*numbers, 0.0, 0.0)[:3]
    if len(numbers) > 1 and (minutes >= 60.0 or seconds >= 60.0 or degrees != int(degrees)):
        return None
    if len(numbers) == 3 and minutes != int(minutes):
        return None
    value = degrees + minutes / 60.0 + seconds / 3600.0
    south_or_west = bool(letters) and letters[0].upper() in "SW"
    return -value if negative or south_or_west else value


def split_angle(degrees: object, minutes: object, hemisphere: object) -> float | None:
    """An angle whose degrees, minutes and hemisphere stand in columns of their own; None when it is none."""
    whole, part = angle(degrees), angle(minutes) if minutes not in (None, "") else 0.0
    if whole is None or part is None or not 0.0 <= part < 60.0:
        return None
    letter = str(hemisphere or "").strip().upper()[:1]
    if letter not in ("", "N", "S", "E", "W"):
        return None
    value = abs(whole) + part / 60.0
    return -value if letter in ("S", "W") or (math.copysign(1.0, whole) < 0 and not letter) else value


def number(text: object) -> float | None:
    """A plain number from a cell (`12,5`, `1 250.0 m`, `3.2 %`), or None."""
    if text is None or isinstance(text, bool):
        return None
    if isinstance(text, (int, float)):
        return float(text) if math.isfinite(text) else None
    raw = str(text).strip().replace("\u00a0", "").replace(" ", "").rstrip("mkM%")
    if raw.count(",") == 1 and "." not in raw:
        raw = raw.replace(",", ".")
    try:
        value = float(raw.replace(",", ""))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
