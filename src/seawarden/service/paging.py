"""Lists by pages: a cursor says after which item to go on, and as of when the list was looked at.

A walk through the pages sees one state of the watch: the times of the first page are those of all. What comes in
meanwhile is neither told twice nor shifts what follows.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, Generic, NamedTuple, TypeVar

import msgspec
from fastapi import Query, Request

from seawarden.service.answer import ApiError

CURSOR_AT_MOST: Final = 600
Cursor = Annotated[
    str, Query(max_length=CURSOR_AT_MOST, description="`next` of the page before, asked with the same parameters")
]
Limit = Annotated[int | None, Query(ge=1, le=100_000, description="items a page; all of them when left out")]
Item = TypeVar("Item")
Key = TypeVar("Key", bound="tuple[Any, ...]")


class Place(msgspec.Struct, Generic[Key], frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a cursor holds."""

    of: str
    """Which list."""
    at: int
    known: int
    """As known when, ms."""
    after: Key


class Page(NamedTuple, Generic[Item]):
    """A part of a list."""

    items: list[Item]
    next: str | None
    """Cursor of the page that follows; None on the last one."""


def read_cursor(text: str, of: str, key: Any) -> Place[Any] | None:
    """What a cursor says; None where none was given.

    Args:
        text: the cursor.
        of: the list that is asked for.
        key: type of its sorting key, a tuple.

    Raises:
        ApiError: not a cursor of this list.
    """
    if not text:
        return None
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        place: Place[Any] | None = msgspec.json.decode(data, type=Place[key])
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        place = None
    if place is None or place.of != of or min(place.at, place.known) < 0:
        raise ApiError(422, f"`cursor` is none of {of}: take `next` of the page before")
    return place


def write_cursor(place: Place[Any]) -> str:
    """The inverse of `read_cursor`."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).rstrip(b"=").decode()


def page_of(
    items: Sequence[Item], key: Callable[[Item], Key], place: Place[Key] | None, limit: int | None, here: Place[Any]
) -> Page[Item]:
    """The items after a place.

    Args:
        items: the whole list, by rising key; no two have the same.
        key: sorts them.
        place: where the page before ended.
        limit: items on the page; all that follow when None.
        here: list and times that the next cursor is to hold.
    """
    rest = list(items) if place is None else [item for item in items if key(item) > place.after]
    if limit is None or len(rest) <= limit:
        return Page(rest, None)
    page = rest[:limit]
    return Page(page, write_cursor(msgspec.structs.replace(here, after=key(page[-1]))))


def links(request: Request, following: str | None) -> dict[str, str]:
    """The header that names the next page (RFC 8288)."""
    if following is None:
        return {}
    url = request.url.include_query_params(cursor=following)
    return {"link": f'<{url}>; rel="next"'}
