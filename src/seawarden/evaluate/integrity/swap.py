"""Swaps: two ships that meet exchange their numbers."""

from __future__ import annotations

from typing import Final

import numpy as np

from seawarden.evaluate.integrity.draws import INTERVAL_MS, MINUTE_MS
from seawarden.evaluate.integrity.family import Case, ShipFamily
from seawarden.evaluate.integrity.sea import Sea, half_of, replaced
from seawarden.geodesy import distances_m
from seawarden.model.position import Positions, take
from seawarden.simulate.deception import swapped

MEET_M: Final = 3_700.0
"""Two miles: ships that pass each other."""
LEAST_KN: Final = 3.0
"""Both under way: ships that lie still look the same after as before."""
UNLIKE_KN: Final = 5.0
"""Difference of the two velocities: ships side by side at one speed can't be told apart either."""
SILENT_S: Final = (0.0, 120.0)
AROUND_MS: Final = 12 * MINUTE_MS
LONGEST_MS: Final = 5 * MINUTE_MS


def plant(sea: Sea) -> tuple[Positions, list[Case]]:
    """Pairs that meet, each ship at most once, nearest first; the case is that of the ship with the lower number."""
    changed: dict[int, Positions] = {}
    cases = []
    for away, one, other, at in _meetings(sea):
        if one in changed or other in changed:
            continue
        random = sea.draw("swap", sea.name, one, other)
        silent = float(random.uniform(*SILENT_S))
        ships = sea.ship(one), sea.ship(other)
        changed[one], changed[other] = swapped(*ships, at, silent)
        half = half_of(one)
        cases.append(
            Case(
                family="swap", source=sea.name, half=half, mmsi=one, start_t=at,
                end_t=at + int(silent * 1000), about={"distance_m": round(away), "silent_s": round(silent)},
            )
        )  # fmt: skip
    return replaced(sea, changed), cases


def _meetings(sea: Sea) -> list[tuple[float, int, int, int]]:
    """Distance, numbers and time of every closest approach that a swap can be laid on, nearest first."""
    found = []
    ships = [(mmsi, sea.ship(mmsi)) for mmsi in sea.mmsis()]
    ships = [(mmsi, ship) for mmsi, ship in ships if len(ship.t) >= 20]
    for k, (one, a) in enumerate(ships):
        for other, b in ships[k + 1 :]:
            low, high = max(int(a.t[0]), int(b.t[0])) + AROUND_MS, min(int(a.t[-1]), int(b.t[-1])) - AROUND_MS
            if low >= high:
                continue
            grid = np.arange(low, high, MINUTE_MS)
            apart = distances_m(
                np.interp(grid, a.t, a.lat), np.interp(grid, a.t, a.lon),
                np.interp(grid, b.t, b.lat), np.interp(grid, b.t, b.lon),
            )  # fmt: skip
            nearest = int(np.argmin(apart))
            at = int(grid[nearest])
            if float(apart[nearest]) > MEET_M:
                continue
            va, vb = _velocity(a, at), _velocity(b, at)
            if va is None or vb is None:
                continue
            if min(np.hypot(*va), np.hypot(*vb)) < LEAST_KN or np.hypot(va[0] - vb[0], va[1] - vb[1]) < UNLIKE_KN:
                continue
            found.append((float(apart[nearest]), one, other, at))
    return sorted(found)


def _velocity(ship: Positions, at: int) -> tuple[float, float] | None:
    """Mean velocity around a time, kn north and east; None where she is not heard often enough to be followed."""
    near = take(ship, (ship.t >= at - AROUND_MS) & (ship.t <= at + AROUND_MS))
    if len(near.t) < 6 or float(np.median(np.diff(near.t))) > INTERVAL_MS or int(np.diff(near.t).max()) > LONGEST_MS:
        return None
    rows = (near.t >= at - 2 * MINUTE_MS) & (near.t <= at + 2 * MINUTE_MS)
    course, sog = np.radians(near.cog_deg[rows].astype(np.float64)), near.sog_kn[rows].astype(np.float64)
    known = np.isfinite(course) & np.isfinite(sog)
    if not known.any():
        return None
    return float(np.mean((sog * np.cos(course))[known])), float(np.mean((sog * np.sin(course))[known]))


FAMILY: Final = ShipFamily(
    name="swap",
    about="Two ships under way that pass within two miles exchange their numbers, unheard for up to two minutes.",
    kinds=("number_swap",),
    plant=plant,
)
