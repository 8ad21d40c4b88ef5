"""A range of days, as a person writes it."""

from __future__ import annotations

from datetime import date, timedelta

MOST_DAYS = 366


def days_of(text: str) -> list[date]:
    """The days of `2025-11-01..2025-11-03`, both ends included, or the one of `2025-11-01`.

    Raises:
        ValueError: not a day or two, turned round, or more than a year.
    """
    first_text, separator, last_text = text.partition("..")
    try:
        first = date.fromisoformat(first_text.strip())
        last = date.fromisoformat(last_text.strip()) if separator else first
    except ValueError:
        raise ValueError(f"'{text}' is not a range of days: write 2025-11-01..2025-11-03") from None
    if last < first:
        raise ValueError(f"'{text}' ends before it begins")
    count = (last - first).days + 1
    if count > MOST_DAYS:
        raise ValueError(f"'{text}' is {count} days; ask for {MOST_DAYS} at most")
    return [first + timedelta(days=n) for n in range(count)]
