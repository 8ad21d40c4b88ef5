"""Put entries together from what a reader found, and say what could not be taken."""

from __future__ import annotations

from collections.abc import Iterable

from seawarden.surroundings.watchlists.entry import Skipped, Watchlist, WatchlistEntry
from seawarden.surroundings.watchlists.numbers import is_imo


class Gathering:
    """Entries of one list while it is read."""

    def __init__(self, list_id: str) -> None:
        self.list_id = list_id
        self.records = 0
        self.entries: list[WatchlistEntry] = []
        self.skipped: list[Skipped] = []

    def add(
        self,
        *,
        source: str,
        imos: Iterable[int] = (),
        mmsi: Iterable[int] = (),
        names: Iterable[str] = (),
        aliases: Iterable[str] = (),
        date: str = "",
        reason: str = "",
    ) -> None:
        """Take one ship; a number whose check digit is wrong is left out and told."""
        numbers = list(dict.fromkeys(imos))
        good = [number for number in numbers if is_imo(number)]
        for number in numbers:
            if number not in good:
                self.skip(source, "bad_imo", f"{number:07d} is no IMO number: its check digit is wrong")
        first = _unique(names)
        entry = WatchlistEntry(
            list=self.list_id,
            date=date,
            imo=good[0] if good else 0,
            mmsi=tuple(dict.fromkeys(mmsi)),
            names=first,
            aliases=tuple(name for name in _unique(aliases) if name not in first),
            reason=" ".join(reason.split())[:300],
            source=source,
        )
        if not (entry.imo or entry.mmsi or entry.names):
            self.skip(source, "nothing_to_match", "neither IMO number, MMSI nor name")
            return
        self.entries.append(entry)

    def skip(self, source: str, reason: str, detail: str = "") -> None:
        """Count what could not be taken."""
        self.skipped.append(Skipped(source=source, reason=reason, detail=detail))

    def listed(self, *, title: str, date: str, licence: str = "", attribution: str = "") -> Watchlist:
        """The list."""
        return Watchlist(
            watchlist=self.list_id,
            title=title,
            date=date,
            licence=licence,
            attribution=attribution,
            entries=tuple(self.entries),
            records=self.records,
            skipped=tuple(self.skipped),
        )


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for name in names if (text := " ".join(name.split()).strip(" ,;"))))
