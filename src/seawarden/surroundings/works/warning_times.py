"""Times in navigational warnings: `312359 UTC DEC 24`, `302359Z SEP`, `31 DEC 24`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTH: Final = rf"({'|'.join(MONTHS)})[A-Z]*\.?"
GROUP: Final = rf"(\d{{2}})(\d{{2}})(\d{{2}})\s*(?:Z|UTC|GMT)?(?:\s+{_MONTH}(?:\s+(\d{{4}}|\d{{2}})\b)?)?"
"""Day, hour and minute, then month and year if told."""
DATE: Final = rf"(\d{{1,2}})\s+{_MONTH}(?:\s+(\d{{4}}|\d{{2}})\b(?!-))?"
"""Day, month and year if told."""
_GROUP: Final = re.compile(rf"^{GROUP}")
_DATE: Final = re.compile(rf"^{DATE}")


class Told(NamedTuple):
    """A time as far as it was told."""

    day: int
    month: int | None
    year: int | None
    hour: int | None
    minute: int | None


def told_at(text: str) -> tuple[Told, int] | None:
    """The time at the beginning of a text, and how many characters it takes; None when there is none."""
    found = _GROUP.match(text)
    if found is not None:
        day, hour, minute = (int(found[k]) for k in (1, 2, 3))
        if 1 <= day <= 31 and hour <= 24 and minute < 60:
            return Told(day, _month(found[4]), _year(found[5]), hour, minute), found.end()
    found = _DATE.match(text)
    if found is not None and 1 <= int(found[1]) <= 31:
        return Told(int(found[1]), _month(found[2]), _year(found[3]), None, None), found.end()
    return None


def filled(told: Told, other: Told | None, issued: datetime | None, *, end: bool, year: int | None) -> int | None:
    """Milliseconds of a time; what it leaves out is taken from another, from the date of issue, or the number's year.

    Args:
        told: the time.
        other: one beside it, say the end of a span, that may name the month for both.
        issued: when the warning was issued.
        end: whether it ends something: then a day lasts until its end, and it lies after the issue.
        year: of the warning's number.
    """
    month = told.month or (other.month if other else None) or (issued.month if issued else None)
    in_year = told.year or (other.year if other else None) or (issued.year if issued else year)
    if month is None or in_year is None:
        return None
    hour, minute = (told.hour, told.minute or 0) if told.hour is not None else ((24, 0) if end else (0, 0))
    try:
        found = datetime(in_year, month, told.day, tzinfo=UTC) + timedelta(hours=hour, minutes=minute)
        if end and told.year is None and issued is not None and found < issued:
            if told.month is None and not (other and other.month):  # a bare day of the month to come
                month, in_year = month % 12 + 1, in_year + month // 12
            else:
                in_year += 1
            found = datetime(in_year, month, told.day, tzinfo=UTC) + timedelta(hours=hour, minutes=minute)
    except ValueError:
        return None
    return round(found.timestamp() * 1000)


def _month(word: str | None) -> int | None:
    return MONTHS.index(word) + 1 if word else None


def _year(digits: str | None) -> int | None:
    return None if digits is None else int(digits) + (2000 if len(digits) == 2 else 0)
