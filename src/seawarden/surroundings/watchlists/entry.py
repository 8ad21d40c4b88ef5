"""One ship of a watch list, and the list."""

from __future__ import annotations

import msgspec


class WatchlistEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A ship as a list names her. What the list says is the list's word, not this program's."""

    list: str
    """The list's id."""
    date: str = ""
    """Day of the listing, ISO; empty where the list does not say."""
    imo: int = 0
    """IMO number, 0 unknown or not valid."""
    mmsi: tuple[int, ...] = ()
    """Known MMSIs, the current one first."""
    names: tuple[str, ...] = ()
    """Names under which she is listed."""
    aliases: tuple[str, ...] = ()
    """Former and other names."""
    reason: str = ""
    """Why she is on the list, in the list's words: programme, regime or status."""
    source: str = ""
    """File and line or id where this stands."""

    @property
    def title(self) -> str:
        """How she is called for a person."""
        return self.names[0] if self.names else f"IMO {self.imo}" if self.imo else f"MMSI {self.mmsi[0]}"


class Skipped(msgspec.Struct, frozen=True, kw_only=True):
    """A record, or a part of one, that could not be taken."""

    source: str
    reason: str
    """A short stable slug, e.g. `bad_imo`, `nothing_to_match`."""
    detail: str = ""


class Watchlist(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A version of a list."""

    watchlist: str
    """The list's id: `ofac`, `uk`, `eu-annex`, `gur`, or a user's own."""
    title: str = ""
    date: str = ""
    """Day of this version, ISO; empty where neither the file nor its name says."""
    licence: str = ""
    attribution: str = ""
    entries: tuple[WatchlistEntry, ...] = ()
    records: int = 0
    """Records read; those of persons, firms and aircraft among them."""
    skipped: tuple[Skipped, ...] = ()
