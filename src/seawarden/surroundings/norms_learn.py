"""Learning traffic norms: tracks cut into passages of cells, and the passages counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from seawarden.geodesy import KNOT_MS, distances_m
from seawarden.model.position import F64, I64, Positions
from seawarden.surroundings.doubts import placed
from seawarden.surroundings.norms import (
    ANY,
    BIN_KN,
    BINS,
    CELL_LAT_DEG,
    CELL_LON_DEG,
    STOP_KN,
    Norms,
    class_of,
    key_of,
    season_of,
    sector_of,
)

GAP_MS: Final = 1_800_000
"""A passage ends with a gap of half an hour."""
STOP_MS: Final = 600_000
"""A stop lasts ten minutes, as in `behaviours.stopping`."""
MOST_KN: Final = 60.0


class Counter:
    """Counts passages, batch by batch; a batch must hold whole tracks or the passages at its cuts count twice."""

    def __init__(self) -> None:
        self._speeds: dict[int, npt.NDArray[np.uint32]] = {}
        self._stops: dict[int, int] = {}
        self.passages = 0
        self.ships: set[int] = set()

    def take(self, p: Positions, types: Mapping[int, int]) -> None:
        """Count the passages of positions in any order.

        Args:
            p: positions, arrays (n,).
            types: ship types by MMSI.
        """
        order = np.lexsort((p.t, p.mmsi))
        order = order[placed(p.trust[order]) & np.isfinite(p.lat[order]) & np.isfinite(p.lon[order])]
        if len(order) < 2:
            return
        mmsi, t, lat, lon = p.mmsi[order], p.t[order], p.lat[order], p.lon[order]
        sog, cog = _motion(mmsi, t, lat, lon, p.sog_kn[order].astype(np.float64), p.cog_deg[order].astype(np.float64))
        row = np.floor((lat + 90.0) / CELL_LAT_DEG).astype(np.int64)
        col = np.floor(((lon + 180.0) % 360.0) / CELL_LON_DEG).astype(np.int64)
        cell = row * round(360.0 / CELL_LON_DEG) + col
        new = np.ones(len(t), dtype=np.bool_)
        new[1:] = (np.diff(mmsi) != 0) | (np.diff(cell) != 0) | (np.diff(t) > GAP_MS)
        first = np.flatnonzero(new)
        last = np.append(first[1:], len(t))
        for a, b in zip(first.tolist(), last.tolist(), strict=True):
            self._passage(int(mmsi[a]), int(cell[a]), t[a:b], sog[a:b], cog[a:b], types)

    def _passage(self, mmsi: int, cell: int, t: I64, sog: F64, cog: F64, types: Mapping[int, int]) -> None:
        known = np.isfinite(sog) & (sog <= MOST_KN)
        if not known.any():
            return
        mean = float(np.mean(sog[known]))
        moving = known & (sog > STOP_KN) & np.isfinite(cog)
        turn = np.radians(cog[moving])
        course = float(np.degrees(np.arctan2(np.sin(turn).sum(), np.cos(turn).sum())) % 360.0)
        sector = sector_of(course) if moving.any() else ANY
        stopped = _stopped(t, sog)
        at = min(int(mean / BIN_KN), BINS - 1)
        kind, season = class_of(types.get(mmsi, 0)), season_of(int(t[0]))
        groups = {
            key_of(cell, s, k, c) for s, k, c in (
                (season, kind, sector), (ANY, kind, sector), (ANY, kind, ANY), (ANY, ANY, ANY),
            )
        }  # fmt: skip
        for key in groups:
            counts = self._speeds.get(key)
            if counts is None:
                counts = self._speeds[key] = np.zeros(BINS, dtype=np.uint32)
            counts[at] += 1
            self._stops[key] = self._stops.get(key, 0) + int(stopped)
        self.passages += 1
        self.ships.add(mmsi)

    def norms(self, card: Mapping[str, Any]) -> Norms:
        """What was counted."""
        keys = sorted(self._speeds)
        speeds = np.stack([self._speeds[key] for key in keys]) if keys else np.zeros((0, BINS), dtype=np.uint32)
        stops = np.array([self._stops[key] for key in keys], dtype=np.int32)
        said = {"passages": self.passages, "ships": len(self.ships), **card}
        return Norms(np.array(keys, dtype=np.int64), speeds, stops, said)


def _motion(mmsi: I64, t: I64, lat: F64, lon: F64, sog: F64, cog: F64) -> tuple[F64, F64]:
    """Speed and course of each position; speed by the step where none was reported."""
    if np.isfinite(sog).all():
        return sog, cog
    step = distances_m(lat[:-1], lon[:-1], lat[1:], lon[1:])
    seconds = np.maximum(np.diff(t) / 1000.0, 1.0)
    implied = np.full(len(t), np.nan)
    same = mmsi[1:] == mmsi[:-1]
    implied[1:][same] = (step / seconds / KNOT_MS)[same]
    return np.where(np.isfinite(sog), sog, implied), cog


def _stopped(t: I64, sog: F64) -> bool:
    """Whether she lay still for ten minutes on end."""
    since = None
    for when, v in zip(t.tolist(), sog.tolist(), strict=True):
        if v <= STOP_KN:
            since = when if since is None else since
            if when - since >= STOP_MS:
                return True
        else:
            since = None
    return False
