"""Ships of the small sea whose positions or numbers are not to be believed: each kind of deception happens once.

They sail far from the cable, so that nothing else is found of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from seawarden.model.position import Positions, take
from seawarden.simulate.deception import circled, cloned, copy_of, drifted, jumped, shift, swapped
from seawarden.simulate.draws import generator

MINUTE_MS: Final = 60_000
Legs = list[tuple[float, float, float]]
Ship = Callable[[int, float, float, Legs, str, int], Positions]


def deceived(ship: Ship, at: Callable[[float], float], lat: float, t0: int) -> list[Positions]:
    """The ships.

    Args:
        ship: makes a plain ship from MMSI, place, legs, key and begin.
        at: longitude so many km east of the cable.
        lat: of the sea's middle, degrees.
        t0: begin, ms.
    """

    def plain(mmsi: int, north_deg: float, east_km: float, minutes: float, course: float = 0.0) -> Positions:
        return ship(mmsi, lat + north_deg, at(east_km), [(minutes, 10.0, course)], f"deceived {mmsi}", t0)

    def minute(minutes: float) -> int:
        return t0 + round(minutes * MINUTE_MS)

    clone = plain(211000103, -0.3, 120, 60)
    other = plain(211000199, 0.3, 90, 60, 180.0)
    one, two = plain(211000107, 0.1, 100, 40, 90.0), plain(211000108, 0.1, 109, 40, 270.0)
    jumpers = [plain(211000110 + k, 0.3, 60 + 3 * k, 40, 90.0) for k in range(4)]
    return [
        circled(plain(211000102, 0.0, 70, 50), minute(8), minute(50), 700.0, 12.0, "scenario"),
        cloned(clone, other, minute(10), minute(50)),
        _scattered(plain(211000104, -0.2, 60, 30), minute(10), minute(16)),
        _frozen(plain(211000105, -0.2, 80, 30), minute(10), minute(16)),
        drifted(plain(211000106, -0.3, 60, 75), minute(10), minute(75), 3.0, 90.0),
        *swapped(one, two, minute(15)),
        *(jumped(jumper, minute(12), minute(40), 60_000.0, 20.0 + 50.0 * k) for k, jumper in enumerate(jumpers)),
    ]


def _scattered(ship: Positions, from_t: int, to_t: int) -> Positions:
    out = copy_of(ship)
    rows = (out.t >= from_t) & (out.t < to_t)
    wild = generator("scattered").normal(0.0, 15_000.0, (2, int(rows.sum())))
    shift(out, rows, wild[0], wild[1])
    return out


def _frozen(ship: Positions, from_t: int, to_t: int) -> Positions:
    out = take(ship, slice(None))
    rows = np.flatnonzero((out.t >= from_t) & (out.t < to_t))
    out.lat[rows], out.lon[rows] = out.lat[rows[0]], out.lon[rows[0]]
    return out
