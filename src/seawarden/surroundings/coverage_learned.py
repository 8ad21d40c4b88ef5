"""What is heard where, learned from what was heard: the book that the fleet stage keeps of its receivers.

It is filled at ticks, from the positions of all ships in order of time, and asked by the fleet stage alone:
single-ship behaviours may have run ahead of it.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

from seawarden.geodesy import distances_m
from seawarden.model.position import F64, I8, I32, I64, NO_TIME, Provenance, Trust
from seawarden.ports import Track, WholeView
from seawarden.settings_coverage import CoverageSettings, OutageSettings
from seawarden.surroundings.coverage_arrays import KeyRows, Packed, longer, pack, unpack
from seawarden.surroundings.coverage_feeds import FeedBook
from seawarden.surroundings.coverage_tables import (
    CLASSES,
    HOUR_MS,
    Cells,
    Ships,
    around,
    cells,
    hear,
    keys_of,
    ships,
)

UNDER_WAY_KN: Final = 1.0
"""Slower ships report seldom and switch off in port."""
LONGEST_MS: Final = 900_000
"""An interval counts as heard for at most a quarter of an hour."""
LEAST_FIXES: Final = 6
"""Reports before her own interval is known."""
DOUBTED: Final = int(Trust.JUMP | Trust.FROZEN | Trust.SPEED_MISMATCH | Trust.CLOCK)
"""Positions that may be elsewhere teach nothing of where ships are heard."""
TOLD_SHARE: Final = 0.25
"""What a loss counts that was told as the ship's own: where ships go dark the watch must not go blind by it."""
CLASS_B_TYPES: Final = (36, 37)
"""Sailing and pleasure craft (ITU-R M.1371): nearly all carry class B."""


class Hearing(NamedTuple):
    """What living feeds hear in and around cells, summed over each cell and its neighbours; arrays (n,)."""

    hours: F64
    """Ship-hours under way."""
    passes: F64
    lost: F64
    share: F64
    """Of the expected reports that were heard; NaN unknown."""
    last_t: I64
    """NO_TIME: never."""


class Learned:
    """The book. All of it is in `memory`."""

    def __init__(self, settings: CoverageSettings, outage: OutageSettings) -> None:
        self.settings = settings
        self.feeds = FeedBook(outage)
        self.until = NO_TIME
        """Positions before this time are in."""
        self.n_cells = 0
        self.n_ships = 0
        self.cells = cells(256)
        self.ships = ships(256)
        self._cell_rows = KeyRows()
        self._ship_rows: dict[tuple[int, int], int] = {}
        self._by_slot: I32 = np.full(64, -1, dtype=np.int32)
        self._pairs = KeyRows()
        """Cell's row and feed, as one number."""
        self._reports: F64 = np.zeros(256)
        """Reports of each pair of them."""
        self._living: dict[bytes, F64] = {}
        self._faded_t = NO_TIME

    # filling

    def take(self, view: WholeView, since_t: int, until_t: int) -> tuple[I32, I64, I8]:
        """Positions with since_t <= t < until_t into the book; returns their feeds, times and thinning, (n,)."""
        slots, track = view.recent(since_t, until_t)
        keep = (track.trust & np.uint32(DOUBTED)) == 0
        if not keep.all():
            slots, track = slots[keep], Track(*(column[keep] for column in track))
        self.until = until_t
        feed = self.feeds.rows_of(track.source, track.receiver)
        if not len(slots):
            return feed, track.t, np.empty(0, dtype=np.int8)
        row = self._rows_of(slots, view)
        keys, which = np.unique(keys_of(track.lat, track.lon, self.settings.cell_deg), return_inverse=True)
        cell = self._cells_of(keys)[which]
        thinned = (track.provenance == np.int8(Provenance.KEY_FRAME)).astype(np.int8)
        hear(
            row, np.ascontiguousarray(track.t), np.ascontiguousarray(track.lat), np.ascontiguousarray(track.lon),
            track.sog_kn.astype(np.float64), track.cog_deg.astype(np.float64), cell, feed, thinned,
            self.ships, self.cells, UNDER_WAY_KN, LONGEST_MS,
        )  # fmt: skip
        pairs, counts = np.unique(cell.astype(np.int64) * 65_536 + feed, return_counts=True)
        places = self._pairs.add(pairs)
        if len(self._pairs) > len(self._reports):
            self._reports = np.concatenate([self._reports, np.zeros(2 * len(self._pairs))])
        self._reports[places] += counts
        self._living.clear()
        self._fade(until_t)
        return feed, track.t, thinned

    def _rows_of(self, slots: I32, view: WholeView) -> I32:
        top = int(slots.max())
        if top >= len(self._by_slot):
            more = np.full(2 * top + 2, -1, dtype=np.int32)
            more[: len(self._by_slot)] = self._by_slot
            self._by_slot = more
        new = np.unique(slots[self._by_slot[slots] < 0])
        if len(new):
            mmsi, branch = view.names(new.astype(np.int32))
            order = np.lexsort((branch, mmsi))
            for k in order.tolist():
                self._by_slot[new[k]] = self._ship(int(mmsi[k]), int(branch[k]), int(new[k]), view)
        rows: I32 = self._by_slot[slots]
        return rows

    def _ship(self, mmsi: int, branch: int, slot: int, view: WholeView) -> int:
        row = self._ship_rows.get((mmsi, branch))
        if row is None:
            row = self._ship_rows[mmsi, branch] = self.n_ships
            if row == len(self.ships.t):
                self.ships = longer(self.ships, ships(2 * row), row)
            self.ships.mmsi[row], self.ships.branch[row] = mmsi, branch
            static = view.static(slot)
            self.ships.klass[row] = 1 if static is not None and static.ship_type in CLASS_B_TYPES else 0
            self.n_ships += 1
        return row

    def _cells_of(self, keys: I64) -> I32:
        """Rows of distinct cells, added when new."""
        rows = self._cell_rows.add(keys)
        self.n_cells = len(self._cell_rows)
        if self.n_cells > len(self.cells.key):
            self.cells = longer(self.cells, cells(2 * self.n_cells), len(self.cells.key))
        self.cells.key[rows] = keys
        return rows.astype(np.int32)

    def _fade(self, t: int) -> None:
        if self._faded_t == NO_TIME:
            self._faded_t = t
        hours = (t - self._faded_t) // HOUR_MS
        if hours < 6:
            return
        share = 0.5 ** (hours / 24.0 / self.settings.half_life_days)
        for column in (self.cells.hours, self.cells.passes, self.cells.lost, self.cells.reports, self.cells.expected):
            column *= share
        self._reports *= share
        self._faded_t += hours * HOUR_MS

    # asking

    def find(self, mmsi: int, branch: int) -> int | None:
        """Row of a ship's track, or None."""
        return self._ship_rows.get((mmsi, branch))

    def newest(self, mmsi: int) -> int:
        """Row of the track under a number that was heard last; the number must be known."""
        rows = np.flatnonzero(self.ships.mmsi[: self.n_ships] == mmsi)
        return int(rows[np.argmax(self.ships.t[rows])])

    def overdue(self, now: int, least_s: float, intervals: float) -> I64:
        """Rows of ships under way, not yet counted as lost, unheard for that long and so many intervals."""
        s, n = self.ships, self.n_ships
        wait = np.maximum(least_s, intervals * s.interval_s[:n]) * 1000.0
        found: I64 = np.flatnonzero(
            (s.fixes[:n] >= LEAST_FIXES)
            & (s.lost[:n] == 0)
            & (s.thinned[:n] == 0)
            & (s.sog_kn[:n] >= UNDER_WAY_KN)
            & (now - s.t[:n] > wait)
        )
        return found

    def lose(self, rows: I64, counts: bool = True) -> None:
        """These ships are lost where they were last heard; not to be counted when our own feed was to blame."""
        for i in rows.tolist():
            told = self.ships.told_t[i] == self.ships.t[i]
            self.ships.lost[i] = 1
            if counts:
                self.cells.lost[self.ships.cell[i], self.ships.klass[i]] += TOLD_SHARE if told else 1.0

    def tell(self, i: int) -> None:
        """A ship's silence has been told as her own."""
        self.ships.told_t[i] = self.ships.t[i]

    def near(self, lat: float, lon: float, radius_m: float, rows: I64 | None = None) -> I64:
        """Rows of ships last heard within a radius of a point."""
        s = self.ships
        which = np.arange(self.n_ships) if rows is None else rows
        dlat = np.abs(s.lat[which] - lat) < radius_m / 110_000.0
        which = which[dlat]
        if not len(which):
            return which
        far = distances_m(np.full(len(which), lat), np.full(len(which), lon), s.lat[which], s.lon[which])
        found: I64 = which[far <= radius_m]
        return found

    def hearing(self, keys: I64, alive: I8, klass: int | None = None) -> Hearing:
        """What the living feeds hear in cells and their neighbours.

        Args:
            keys: of the cells, (n,).
            alive: 1 for each feed that counts, (feeds,).
            klass: of stations, and all weaker ones; all together when left out.
        """
        rows = self.rows_of_cells(around(keys, self.settings.cell_deg).reshape(-1)).reshape(-1, 9)
        return self.hearing_at(rows, alive, klass)

    def inside(self, keys: I64, klass: int) -> tuple[F64, F64]:
        """Ship-hours heard and ships lost in cells alone, of a class of stations and all weaker ones; (n,) each."""
        rows = self.rows_of_cells(keys)
        known = rows >= 0
        return (
            np.where(known, self.cells.hours[rows, klass:].sum(axis=1), 0.0),
            np.where(known, self.cells.lost[rows, klass:].sum(axis=1), 0.0),
        )

    def hearing_at(self, rows: I64, alive: I8, klass: int | None = None) -> Hearing:
        """The same for rows of cells and their neighbours, (n, 9), -1 where nothing was ever heard."""
        which = slice(0 if klass is None else klass, CLASSES)
        c = self.cells
        share = np.append(self._share(alive), 0.0)[rows]
        sums = [
            (column[rows, which].sum(axis=2) * share).sum(axis=1)
            for column in (c.hours, c.passes, c.lost, c.reports, c.expected)
        ]
        last = np.where(share > 0.0, c.last_t[rows, which].max(axis=2), NO_TIME).max(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            heard = np.where(sums[4] > 0.0, sums[3] / sums[4], np.nan)
        return Hearing(sums[0], sums[1], sums[2], heard, last)

    def _share(self, alive: I8) -> F64:
        """Share of what was heard in each cell that the living feeds heard, (cells,)."""
        name = alive.tobytes()
        found = self._living.get(name)
        if found is None:
            m = len(self._pairs)
            cell, feed = self._pairs.keys >> 16, self._pairs.keys & 65_535
            lives = np.append(alive.astype(np.float64), np.zeros(max(0, self.feeds.n - len(alive))))
            total = np.bincount(cell, weights=self._reports[:m], minlength=self.n_cells)
            living = np.bincount(cell, weights=self._reports[:m] * lives[feed], minlength=self.n_cells)
            found = self._living[name] = living / np.maximum(total, 1e-12)
        return found

    def rows_of_cells(self, keys: I64) -> I64:
        """Rows of cells, -1 for those in which nothing was ever heard; (n,)."""
        return self._cell_rows.find(keys)

    def keys_at(self, lat: F64, lon: F64) -> I64:
        """Cells of points, (n,)."""
        return keys_of(lat, lon, self.settings.cell_deg)

    def heard_of(self) -> F64:
        """Ship-hours by class, (CLASSES,)."""
        total: F64 = self.cells.hours[: self.n_cells].sum(axis=0)
        return total

    # memory

    def memory(self) -> bytes:
        """All of it as MessagePack."""
        m = len(self._pairs)
        pairs = pack((self._pairs.keys, self._reports), m)
        return msgspec.msgpack.encode(
            [self.until, self._faded_t, pack(self.cells, self.n_cells), pack(self.ships, self.n_ships), pairs,
             self.feeds.memory()]
        )  # fmt: skip

    def recall(self, data: bytes) -> None:
        """Take up what `memory` gave.

        Raises:
            msgspec.ValidationError: it is not such a memory.
        """
        held: Any = msgspec.msgpack.decode(
            data, type=tuple[int, int, list[Packed], list[Packed], list[Packed], list[Packed]]
        )
        self.until, self._faded_t = held[0], held[1]
        grid, table = Cells(*unpack(held[2])), Ships(*unpack(held[3]))
        self.n_cells, self.n_ships = len(grid.key), len(table.t)
        self._cell_rows = KeyRows(grid.key.copy())
        names = zip(table.mmsi.tolist(), table.branch.tolist(), strict=True)
        self._ship_rows = {name: k for k, name in enumerate(names)}
        self.cells = longer(grid, cells(max(256, 2 * self.n_cells)), self.n_cells)
        self.ships = longer(table, ships(max(256, 2 * self.n_ships)), self.n_ships)
        self._by_slot = np.full(64, -1, dtype=np.int32)
        keys, self._reports = unpack(held[4])
        self._pairs = KeyRows(keys)
        self._living.clear()
        self.feeds.recall(held[5])
