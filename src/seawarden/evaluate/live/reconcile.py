"""Record by record: what was sent against what the journal holds.

A sentence carries no number of its own, but no ship sends the same place twice: ship and place together name the
record. Where nothing was left out, the journal must hold each station's records in the order in which it sent them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from seawarden.evaluate.live.tape import Tape
from seawarden.evaluate.live.waters import STATIONS
from seawarden.model.position import I64, Positions
from seawarden.store.journal_read import JournalReader

Keys = npt.NDArray[np.uint64]
_MIX: Final = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)


class Books(msgspec.Struct, kw_only=True):
    """Where each record went; of one station, or of all."""

    sent: int = 0
    journalled: int = 0
    engine: int = 0
    """Positions that the engine has taken."""
    rejected: int = 0
    copies: int = 0
    shed: int = 0
    unaccounted: int = 0
    """Sent, but neither in the journal nor counted as left out."""
    foreign: int = 0
    """In the journal, but never sent."""
    twice: int = 0
    """Records that are in the journal more than once."""
    in_order: bool = True
    """Whether the journal has them in the order in which they were sent."""

    def balanced(self) -> bool:
        """Whether each record that was sent is in one place and in one only, and the engine has seen what is kept."""
        whole = not (self.unaccounted or self.foreign or self.twice) and self.in_order
        return whole and self.engine == self.journalled


class Kept(msgspec.Struct, kw_only=True):
    """What the journal holds, by station."""

    keys: list[Any]
    """Keys in order, an array a station."""
    causes: dict[int, list[int]]
    """Times of reception, ms, of the changed reports of each planted ship, in order."""


def key_of(p: Positions) -> Keys:
    """The names of records, shape (n,): 64 bits of ship and place."""
    with np.errstate(over="ignore"):
        parts = (p.mmsi, np.round(p.lat * 600_000), np.round(p.lon * 600_000))
        mixed = [part.astype(np.int64).view(np.uint64) * mix for part, mix in zip(parts, _MIX, strict=True)]
        key: Keys = mixed[0] ^ (mixed[1] >> np.uint64(7)) ^ (mixed[2] << np.uint64(9) | mixed[2] >> np.uint64(55))
    return key


def kept_of(store: Path, planted: Iterable[int]) -> Kept:
    """Read a journal.

    Args:
        store: of the run; its feeds are called station0, station1...
        planted: MMSI of the planted ships.
    """
    parts: list[list[Keys]] = [[] for _ in range(STATIONS)]
    wanted = np.array(sorted(planted), dtype=np.int64)
    causes: dict[int, list[int]] = {}
    for kept in JournalReader(store):
        p = kept.batch.positions
        if not len(p.t):
            continue
        keys = key_of(p)
        for place, name in enumerate(kept.names.sources):
            if name.startswith("station"):
                parts[int(name.removeprefix("station"))].append(keys[p.source == place])
        for row in np.flatnonzero((p.nav_status == 1) & np.isin(p.mmsi, wanted)).tolist():
            causes.setdefault(int(p.mmsi[row]), []).append(int(p.receive_t[row]))
    return Kept(keys=[np.concatenate(part) if part else np.empty(0, np.uint64) for part in parts], causes=causes)


def sent_keys(tape: Tape, station: int, lines: int) -> Keys:
    """The names of the first so many records that a station sent, in order."""
    parts: list[Keys] = []
    count = 0
    for slot in range(tape.slots):
        for report in tape.reports(slot, station):
            parts.append(key_of(report))
            count += len(report.t)
        if count >= lines:
            break
    return np.concatenate(parts)[:lines] if parts else np.empty(0, np.uint64)


def compared(sent: Keys, kept: Keys, *, rejected: int = 0, copies: int = 0, shed: int = 0, engine: int = 0) -> Books:
    """The books of one station.

    Args:
        sent: names of what was sent, in order.
        kept: names of what the journal holds, in order.
        rejected: lines that were told to be unusable.
        copies: lines that were told to have come before.
        shed: lines and positions that were told to be left out.
        engine: positions that the engine has taken.
    """
    books = Books(sent=len(sent), journalled=len(kept), rejected=rejected, copies=copies, shed=shed, engine=engine)
    books.unaccounted = len(sent) - len(kept) - rejected - copies - shed
    if len(sent) == len(kept) and bool((sent == kept).all()):
        return books
    unique = np.unique(kept)
    books.twice = len(kept) - len(unique)
    order = np.argsort(sent, kind="stable")
    place = np.minimum(np.searchsorted(sent, kept, sorter=order), max(len(sent) - 1, 0))
    known = sent[order[place]] == kept if len(sent) else np.zeros(len(kept), dtype=np.bool_)
    books.foreign = int(np.count_nonzero(~known))
    places: I64 = order[place[known]] if len(sent) else np.empty(0, dtype=np.int64)
    books.in_order = bool((np.diff(places) > 0).all())
    return books


def together(stations: list[Books]) -> Books:
    """The books of all stations."""
    whole = Books()
    for name in ("sent", "journalled", "engine", "rejected", "copies", "shed", "unaccounted", "foreign", "twice"):
        setattr(whole, name, sum(getattr(books, name) for books in stations))
    whole.in_order = all(books.in_order for books in stations)
    return whole
