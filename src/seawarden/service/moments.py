"""Which moment is looked at, and with the knowledge of which.

`at` is the moment; `as_known_at` is the moment whose knowledge is used, the same when it is left out. So
`at=10:00` is the list as it stood at ten, and `at=10:00&as_known_at=12:00` is what had begun by ten, with what two
more hours have taught of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, NamedTuple, TypeVar

from fastapi import Depends, Query, Request

from seawarden.model.alert import Alert
from seawarden.model.fault import Fault
from seawarden.model.finding import Finding
from seawarden.service.door import view_of
from seawarden.service.paging import Place

LATEST = 253_402_300_799_999
Time = Annotated[int | None, Query(ge=0, le=LATEST, description="event time, ms UTC; newest when left out")]
Known = Annotated[
    int | None,
    Query(ge=0, le=LATEST, description="with what was known at this event time, ms UTC; as `at` when left out"),
]
Begun = TypeVar("Begun", Alert, Finding, Fault)


class Moments(NamedTuple):
    """A moment and the moment whose knowledge is used, ms."""

    at: int
    known: int

    def of(self, place: Place[Any] | None) -> Moments:
        """These, or those that a walk through pages began with."""
        return self if place is None else Moments(place.at, place.known)

    def begun(self, items: Iterable[Begun]) -> list[Begun]:
        """Those of the items that had begun by the moment."""
        if self.at >= self.known:
            return list(items)
        return [item for item in items if _begin(item) <= self.at]


def moments(request: Request, at: Time = None, as_known_at: Known = None) -> Moments:
    """The moments that a request asks for."""
    view = view_of(request)
    if at is None:
        known = view.at(as_known_at)
        return Moments(known, known)
    return Moments(at, at if as_known_at is None else as_known_at)


Asked = Annotated[Moments, Depends(moments)]


def _begin(item: Alert | Finding | Fault) -> int:
    return item.from_t if isinstance(item, Fault) else item.start_t
