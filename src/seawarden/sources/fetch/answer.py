"""What a server answered: good, to be asked again later, or refused; judged without looking at any clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Final

AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that may be another tomorrow."""
FIRST_WAIT_S: Final = 2.0
LONGEST_WAIT_S: Final = 300.0
"""A server that asks for a longer rest is left alone; the download is resumed by calling again."""
Headers = Mapping[str, str] | Message
_RANGE = re.compile(r"^bytes (\d+)-(\d+)/(\d+|\*)$")


def wait_s(attempt: int, headers: Headers) -> float:
    """How long to rest before the next attempt: what the server asks for, else 2, 4, 8... s.

    A `Retry-After` that is a date is measured against the server's own `Date`.
    """
    asked = (headers.get("Retry-After") or "").strip()
    if asked.isdigit():
        return float(asked)
    if asked:
        try:
            until, now = parsedate_to_datetime(asked), parsedate_to_datetime(headers.get("Date") or "")
            return max(0.0, (until - now).total_seconds())
        except (ValueError, TypeError):
            pass
    return min(FIRST_WAIT_S * 2.0**attempt, LONGEST_WAIT_S)


def content_range(headers: Headers) -> tuple[int, int, int | None] | None:
    """First byte, last byte and whole length of a partial answer; None when it says none that is understood."""
    found = _RANGE.match((headers.get("Content-Range") or "").strip())
    if found is None:
        return None
    first, last, whole = found.groups()
    return int(first), int(last), None if whole == "*" else int(whole)


def validator(headers: Headers) -> str:
    """What proves that a later answer is of the same file: a strong ETag, else the time of the last change."""
    etag = (headers.get("ETag") or "").strip()
    if etag and not etag.startswith("W/"):
        return etag
    return (headers.get("Last-Modified") or "").strip()


def kind_of_content(headers: Headers) -> str:
    """The content type without its parameters, lower case."""
    return (headers.get("Content-Type") or "").split(";", 1)[0].strip().lower()
