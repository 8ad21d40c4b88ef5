"""Days as lists write them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Final

_ISO: Final = re.compile(r"(\d{4})[-_/.]?(\d{2})[-_/.]?(\d{2})")
_THREE: Final = re.compile(r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$")
_WORDS: Final = re.compile(r"^(\d{1,2})[ -]([A-Za-z]{3})[a-z]*[ -](\d{4})$")
_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def iso_day(text: str, *, month_first: bool = False) -> str:
    """An ISO day of a written one; the empty string when it is none.

    Args:
        text: `2024-06-25`, `25.06.2024`, `25/06/2024`, `03-Jun-2024`.
        month_first: read `03/20/2026` the American way.
    """
    stripped = text.strip()
    if found := _THREE.match(stripped):
        first, second, year = (int(part) for part in found.groups())
        return _day(year, first, second) if month_first else _day(year, second, first)
    if found := _WORDS.match(stripped):
        month = found[2].lower()
        return _day(int(found[3]), _MONTHS.index(month) + 1, int(found[1])) if month in _MONTHS else ""
    if (found := _ISO.match(stripped)) and not stripped[found.end() : found.end() + 1].isdigit():
        return _day(*(int(part) for part in found.groups()))
    return ""


def day_in_name(path: Path) -> str:
    """The day in a file's name, if it has one."""
    found = _ISO.search(path.name)
    return _day(*(int(part) for part in found.groups())) if found else ""


def _day(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
