"""Things with revisions, as they were known at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Generic, TypeVar

from seawarden.model.alert import Alert
from seawarden.model.fault import Fault
from seawarden.model.finding import Finding

Revised = TypeVar("Revised", Alert, Finding, Fault)


class Revisions(Generic[Revised]):
    """All revisions, in the order in which they became known."""

    def __init__(self, items: Iterable[Revised] = ()) -> None:
        self._items: list[Revised] = sorted(items, key=lambda item: (item.known_from_t, item.revision))
        self._known: list[int] = [item.known_from_t for item in self._items]
        self._at: tuple[int, list[Revised]] = (-1, [])

    def at(self, t: int) -> list[Revised]:
        """Newest revision of each that was known at t, ms."""
        count = bisect_right(self._known, t)
        if self._at[0] != count:
            newest: dict[str, Revised] = {}
            for item in self._items[:count]:
                held = newest.get(item.id)
                if held is None or item.revision >= held.revision:
                    newest[item.id] = item
            self._at = (count, list(newest.values()))
        return list(self._at[1])

    def of(self, item_id: str) -> list[Revised]:
        """All revisions of one, oldest first."""
        return [item for item in self._items if item.id == item_id]

    def add(self, item: Revised) -> None:
        """Take in one more revision."""
        place = bisect_right(self._known, item.known_from_t)
        self._items.insert(place, item)
        self._known.insert(place, item.known_from_t)
        self._at = (-1, [])
