"""Which listed ship a ship may be, by what, and how far that goes.

An IMO number belongs to a hull for life; an MMSI goes with the flag and may be another's next year; a name is
anyone's. So a match by IMO number is near certain, one by MMSI likely, one by name alone weak, and weaker the more
ships bear it. Where both have an IMO number and they differ, the two are different hulls, whatever else agrees. The
scores order matches for a person; they were set by hand and are no probabilities. A match says that a list names the
ship. It is told to a person, enters no risk, and is never by itself the reason for anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple

import msgspec

from seawarden.surroundings.watchlists.entry import Watchlist, WatchlistEntry
from seawarden.surroundings.watchlists.names import comparable, forms, is_common
from seawarden.surroundings.watchlists.numbers import is_imo

By = Literal["imo", "mmsi", "name", "former name"]

IMO_SCORE: Final = 0.97
MMSI_SCORE: Final = 0.7
NAME_SCORE: Final = 0.3
ALIAS_SCORE: Final = 0.15
COMMON_FACTOR: Final = 0.25
AGREES: Final = 0.6
"""Share of the remaining doubt that a second, independent agreement takes away."""
DIFFERENT_HULL_FACTOR: Final = 0.15
"""An MMSI that is listed, on a ship with another IMO number: handed on, or borrowed."""
DELISTED_FACTOR: Final = 0.4
WEAK: Final = 0.5


class Sighted(NamedTuple):
    """A ship as seen: what she says of herself."""

    mmsi: int
    imo: int = 0
    name: str = ""


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A ship and the entry that may mean her."""

    mmsi: int
    imo: int
    name: str
    entry: WatchlistEntry
    by: tuple[By, ...]
    score: float
    """0 to 1; see the module."""
    weak: bool
    """True: not more than a hint."""
    reason: str
    """What agrees, in words."""
    doubts: tuple[str, ...] = ()
    """What speaks against it, or makes it weaker."""


class WatchIndex:
    """Lists, ready to be asked."""

    def __init__(self, lists: Iterable[Watchlist]) -> None:
        self._entries: list[WatchlistEntry] = [entry for held in lists for entry in held.entries]
        self._imo: dict[int, list[int]] = {}
        self._mmsi: dict[int, list[int]] = {}
        self._name: dict[str, list[int]] = {}
        self._alias: dict[str, list[int]] = {}
        for row, entry in enumerate(self._entries):
            if entry.imo:
                self._imo.setdefault(entry.imo, []).append(row)
            for mmsi in entry.mmsi:
                self._mmsi.setdefault(mmsi, []).append(row)
            current = {form for name in entry.names for form in forms(name)}
            for form in current:
                self._name.setdefault(form, []).append(row)
            for form in {form for name in entry.aliases for form in forms(name)} - current:
                self._alias.setdefault(form, []).append(row)

    def matches(self, ship: Sighted, bearers: Mapping[str, int] | None = None) -> list[Match]:
        """Entries that may mean this ship, the best first.

        Args:
            ship: what she says of herself.
            bearers: how many ships in the traffic bear a comparable name (`names.comparable`).
        """
        form = comparable(ship.name)
        imo = ship.imo if is_imo(ship.imo) else 0
        by: dict[int, list[By]] = {}
        for row in self._imo.get(imo, ()) if imo else ():
            by.setdefault(row, []).append("imo")
        for row in self._mmsi.get(ship.mmsi, ()):
            by.setdefault(row, []).append("mmsi")
        for row in self._name.get(form, ()) if form else ():
            by.setdefault(row, []).append("name")
        for row in self._alias.get(form, ()) if form else ():
            by.setdefault(row, []).append("former name")
        made = [self._match(ship, imo, form, self._entries[row], tuple(ways), bearers) for row, ways in by.items()]
        found = [match for match in made if match is not None]
        return sorted(found, key=lambda m: (-m.score, m.entry.list, m.entry.imo, m.entry.source))

    def _match(
        self,
        ship: Sighted,
        imo: int,
        form: str,
        entry: WatchlistEntry,
        by: tuple[By, ...],
        bearers: Mapping[str, int] | None,
    ) -> Match | None:
        other_hull = bool(imo and entry.imo and imo != entry.imo)
        if other_hull and "mmsi" not in by:
            return None  # a namesake
        doubts: list[str] = []
        score = (
            IMO_SCORE if "imo" in by else MMSI_SCORE if "mmsi" in by else self._name_score(form, by, bearers, doubts)
        )
        for _ in by[1:]:
            score = 1.0 - (1.0 - score) * (1.0 - AGREES)
        if other_hull:
            score *= DIFFERENT_HULL_FACTOR
            doubts.append(f"her IMO number {imo} is another than the listed {entry.imo}: a different hull")
        if entry.reason.lower().startswith(("delisted", "removed")):
            score *= DELISTED_FACTOR
            doubts.append("the list itself says that she was taken off")
        if "imo" not in by and not imo and entry.imo:
            doubts.append("she states no valid IMO number to compare")
        if ship.imo and not imo:
            doubts.append(f"her IMO number {ship.imo} is not valid")
        if form and not {"name", "former name"} & set(by) and (entry.names or entry.aliases):
            doubts.append(f"she is called {ship.name.strip()}, a name that the list does not give")
        return Match(
            mmsi=ship.mmsi,
            imo=ship.imo,
            name=ship.name,
            entry=entry,
            by=by,
            score=round(score, 3),
            weak=score < WEAK,
            reason=_reason(ship, entry, by),
            doubts=tuple(doubts),
        )

    def _name_score(
        self, form: str, by: tuple[By, ...], bearers: Mapping[str, int] | None, doubts: list[str]
    ) -> float:
        score = NAME_SCORE if "name" in by else ALIAS_SCORE
        rows = {*self._name.get(form, ()), *self._alias.get(form, ())}
        listed = len({self._entries[row].imo or -row for row in rows})
        seen = (bearers or {}).get(form, 1)
        if listed > 1:
            doubts.append(f"{listed} listed ships bear this name")
        if seen > 1:
            doubts.append(f"{seen} ships in this traffic bear this name")
        if is_common(form):
            doubts.append("a common name")
            score *= COMMON_FACTOR
        return score / max(1, listed, seen)


def name_bearers(ships: Iterable[Sighted]) -> dict[str, int]:
    """How many ships (MMSIs) bear each comparable name."""
    return dict(Counter(form for _, form in {(s.mmsi, comparable(s.name)) for s in ships} if form))


def _reason(ship: Sighted, entry: WatchlistEntry, by: tuple[By, ...]) -> str:
    words = {
        "imo": f"the IMO number {entry.imo}",
        "mmsi": f"the MMSI {ship.mmsi}",
        "name": f"the name {ship.name.strip()}",
        "former name": f"the name {ship.name.strip()}, listed as a former or other name of {entry.title}",
    }
    listed = f" ({entry.reason})" if entry.reason else ""
    since = f" since {entry.date}" if entry.date else ""
    return f"named on list {entry.list}{since}{listed}; agrees: {' and '.join(words[way] for way in by)}"
