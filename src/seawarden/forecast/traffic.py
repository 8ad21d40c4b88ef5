"""How many past voyages passed each cell of about 1.5 km: where ships go, learnt from where they went."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.forecast.history import Columns
from seawarden.model.position import F64, I64

LAT_DEG: Final = 0.0135
LON_DEG: Final = 0.0247
COLUMNS: Final = 14574
"""Cells round the earth."""
FLOOR: Final = 1e-3
FILL: Final = 6
"""Points put between two rows of the history, so that a voyage leaves no hole in its own path."""


class Traffic(NamedTuple):
    """Smoothed number of voyages in each cell that saw any; arrays (c,)."""

    keys: I64
    log_count: F64
    counts: F64


def traffic(columns: Columns, first: int = 0, before: Traffic | None = None) -> Traffic:
    """Count voyages by cell, spread over the eight neighbours by a binomial kernel.

    Args:
        columns: the history.
        first: the voyage from which on they are counted.
        before: the traffic of the voyages before that. The counts are sixteenths, so that adding them is exact.
    """
    if before is None:
        before = Traffic(np.empty(0, np.int64), np.empty(0), np.empty(0))
    begin = int(columns.start[first])
    if begin >= len(columns.lat):
        return before
    inner = begin + np.flatnonzero(columns.voyage[begin + 1 :] == columns.voyage[begin:-1])
    f = np.arange(FILL)[None, :] / FILL
    lat, lon = columns.lat[begin:].astype(np.float64), columns.lon[begin:].astype(np.float64)
    at = inner - begin
    dlon = (lon[at + 1] - lon[at] + 180.0) % 360.0 - 180.0
    y = lat[at, None] + f * (lat[at + 1] - lat[at])[:, None]
    x = lon[at, None] + f * dlon[:, None]
    row = np.floor((y + 90.0) / LAT_DEG).astype(np.int64)
    col = np.floor(((x + 180.0) % 360.0) / LON_DEG).astype(np.int64)
    owner = np.repeat(columns.voyage[inner].astype(np.int64), FILL)
    size = np.int64(COLUMNS) * 20000
    passed = owner * size + (row * COLUMNS + col).ravel()
    passed = passed[np.flatnonzero(np.diff(passed, prepend=-1))]  # a voyage stays in a cell for many of its points
    seen, times = np.unique(np.unique(passed) % size, return_counts=True)
    if not len(seen):
        return before
    keys: list[I64] = []
    weights: list[F64] = []
    for dr, wr in ((-1, 0.25), (0, 0.5), (1, 0.25)):
        for dc, wc in ((-1, 0.25), (0, 0.5), (1, 0.25)):
            keys.append((seen // COLUMNS + dr) * COLUMNS + (seen % COLUMNS + dc) % COLUMNS)
            weights.append(np.asarray(wr * wc * times, np.float64))
    every = np.concatenate(keys)
    order = np.argsort(every, kind="stable")  # nine runs that are in order already
    every = every[order]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(every)) + 1])
    new, more = every[starts], np.add.reduceat(np.concatenate(weights)[order], starts)
    at = np.searchsorted(before.keys, new)
    held = at < len(before.keys)
    held[held] = before.keys[at[held]] == new[held]
    counts, logs = before.counts.copy(), before.log_count.copy()
    counts[at[held]] += more[held]
    logs[at[held]] = np.log(counts[at[held]] + FLOOR)
    return Traffic(
        np.insert(before.keys, at[~held], new[~held]),
        np.insert(logs, at[~held], np.log(more[~held] + FLOOR)),
        np.insert(counts, at[~held], more[~held]),
    )


@njit(cache=True)
def log_traffic(lat: F64, lon: F64, keys: I64, log_count: F64) -> F64:
    """Log of the number of voyages at points (n,); log(FLOOR) where there were none."""
    out = np.full(lat.shape[0], np.log(FLOOR))
    if keys.shape[0] == 0:
        return out
    for i in range(lat.shape[0]):
        row = int(np.floor((lat[i] + 90.0) / LAT_DEG))
        col = int(np.floor(((lon[i] + 180.0) % 360.0) / LON_DEG))
        key = row * COLUMNS + col
        c = np.searchsorted(keys, key)
        if c < keys.shape[0] and keys[c] == key:
            out[i] = log_count[c]
    return out
