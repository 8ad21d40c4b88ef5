"""Who was seen: every ship of a source with every name and IMO number that she gave."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from seawarden.model.batch import Batch
from seawarden.surroundings.watchlists.match import Match, Sighted, WatchIndex, name_bearers


def ships_in(batches: Iterable[Batch]) -> list[Sighted]:
    """Each MMSI with each pair of name and IMO number that it was seen with, in order; alone when it gave none."""
    told: dict[int, set[tuple[int, str]]] = {}
    for batch in batches:
        for mmsi in np.unique(batch.positions.mmsi).tolist():
            told.setdefault(mmsi, set())
        for static in batch.statics:
            if static.imo or static.name:
                told.setdefault(static.mmsi, set()).add((static.imo, static.name))
    return [Sighted(mmsi, imo, name) for mmsi in sorted(told) for imo, name in sorted(told[mmsi]) or [(0, "")]]


def matches_in(index: WatchIndex, ships: Iterable[Sighted]) -> list[Match]:
    """The best match of each ship with each entry, the best first."""
    known = list(ships)
    bearers = name_bearers(known)
    best: dict[tuple[int, str, str], Match] = {}
    for ship in known:
        for match in index.matches(ship, bearers):
            key = (match.mmsi, match.entry.list, match.entry.source)
            if key not in best or match.score > best[key].score:
                best[key] = match
    return sorted(best.values(), key=lambda m: (-m.score, m.mmsi, m.entry.list, m.entry.source))
