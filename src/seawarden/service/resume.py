"""How a reader of the event stream that was cut off goes on, whatever happened to the server meanwhile.

An event's id says in which life of the server it was sent, which change it was, and what the time was. In the same
life the changes after it are told. In another life, or when so much has changed that the server has forgotten where
the reader stood, all alerts and faults that became known since that time are told as they are now, some of them once
more: at least once, and a repeat can be told by its id and revision.
"""

from __future__ import annotations

import re
import time
from typing import Final, NamedTuple

from seawarden.model.alert import Alert
from seawarden.model.fault import Fault
from seawarden.service.view import View

EARLIER_MS: Final = 600_000
"""What became known so long before the reader's last event is told again: a tick is written after its time."""
_MARK: Final = re.compile(r"^([0-9a-z]{1,20})-(\d{1,15})-(\d{1,15})$")
_NOTHING: Final = 1 << 62


class Mark(NamedTuple):
    """An event's id."""

    life: str
    sequence: int
    t: int
    """Event time when it was sent, ms."""

    def __str__(self) -> str:
        return f"{self.life}-{self.sequence}-{self.t}"


def new_life() -> str:
    """Name of a life of the server; no two are the same."""
    return f"{time.time_ns():x}"


def read_mark(text: str) -> Mark | None:
    """What a `Last-Event-ID` says; None where it is none of ours: a new reader."""
    found = _MARK.match(text)
    return None if found is None else Mark(found[1], int(found[2]), int(found[3]))


def taken_up(view: View, life: str, after: Mark) -> tuple[int, list[Alert | Fault]]:
    """Sequence from which a reader goes on, and what it missed before, oldest first.

    Args:
        view: the watch as the reader sees it.
        life: the server's.
        after: the last event that the reader has.
    """
    newest = view.watch.news(_NOTHING)[0]
    if after.life == life and after.sequence <= newest:
        here, held = view.watch.news(after.sequence)
        if len(held) == here - after.sequence:
            return after.sequence, []
    now, since = view.watch.clock(), after.t - EARLIER_MS
    known: list[Alert | Fault] = [a for a in view.alerts(now, "all") if a.known_from_t > since]
    known += [fault for fault in view.faults(now) if fault.known_from_t > since]
    return newest, sorted(known, key=lambda item: (item.known_from_t, item.id))
