"""What changed between two versions of a list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from seawarden.surroundings.watchlists.entry import Watchlist, WatchlistEntry
from seawarden.surroundings.watchlists.names import comparable

FIELDS: Final = ("date", "imo", "mmsi", "names", "aliases", "reason")


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """A ship in both versions whose entry is not the same."""

    before: WatchlistEntry
    after: WatchlistEntry
    fields: tuple[str, ...]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Ships added, taken off and changed, each in the order of IMO number and name."""

    before_date: str
    after_date: str
    added: tuple[WatchlistEntry, ...]
    removed: tuple[WatchlistEntry, ...]
    changed: tuple[Changed, ...]
    same: int


def difference(before: Watchlist, after: Watchlist) -> Difference:
    """Compare two versions. A ship is the same by her IMO number, else by MMSI, else by name."""
    old, new = _keyed(before.entries), _keyed(after.entries)
    both = [(old[key], new[key]) for key in sorted(old.keys() & new.keys())]
    changed = []
    for was, now in both:
        fields = tuple(field for field in FIELDS if getattr(was, field) != getattr(now, field))
        if fields:
            changed.append(Changed(before=was, after=now, fields=fields))
    return Difference(
        before_date=before.date,
        after_date=after.date,
        added=tuple(new[key] for key in sorted(new.keys() - old.keys())),
        removed=tuple(old[key] for key in sorted(old.keys() - new.keys())),
        changed=tuple(changed),
        same=len(both) - len(changed),
    )


def _keyed(entries: Iterable[WatchlistEntry]) -> dict[tuple[str, str, int], WatchlistEntry]:
    """By identity; an identity that stands twice is numbered, so that nothing is lost."""
    held: dict[tuple[str, str, int], WatchlistEntry] = {}
    for entry in entries:
        kind, value = _identity(entry)
        number = 0
        while (kind, value, number) in held:
            number += 1
        held[kind, value, number] = entry
    return held


def _identity(entry: WatchlistEntry) -> tuple[str, str]:
    if entry.imo:
        return "imo", str(entry.imo)
    if entry.mmsi:
        return "mmsi", str(entry.mmsi[0])
    return "name", comparable(entry.names[0])
