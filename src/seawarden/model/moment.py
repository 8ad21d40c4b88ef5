"""A moment as people write it, and as the program keeps it: milliseconds UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime


def time(text: str) -> int:
    """Milliseconds UTC of an ISO 8601 time (`2024-12-25T10:28Z`, `2024-12-25`) or of milliseconds since 1970.

    A time without a zone is UTC.

    Raises:
        ValueError: not a time.
    """
    if re.fullmatch(r"\d{12,14}", text):
        return int(text)
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a time: write 2024-12-25T10:28Z") from None
    zoned = read if read.tzinfo else read.replace(tzinfo=UTC)
    return round(zoned.timestamp() * 1_000)
