"""Clones: a second transmitter with a ship's number, which goes where another ship went."""

from __future__ import annotations

from typing import Final

import numpy as np

from seawarden.evaluate.integrity.draws import MINUTE_MS, drawn
from seawarden.evaluate.integrity.family import Case, ShipFamily
from seawarden.evaluate.integrity.sea import Sea, half_of, replaced
from seawarden.geodesy import distances_m
from seawarden.model.position import Positions, take
from seawarden.simulate.deception import cloned

LENGTH_MIN: Final = 60.0
APART_M: Final = 10_000.0
"""Nearer, and two ships may be one; see the ships that meet among the swaps."""
LEAST_REPORTS: Final = 10


def plant(sea: Sea) -> tuple[Positions, list[Case]]:
    """One clone a ship: another's real track of the same hour, at no time nearer than 10 km."""
    changed, cases = {}, []
    whole = sea.positions
    for mmsi, ship, at in drawn(sea, "clone", 10.0, LENGTH_MIN):
        random = sea.draw("clone", sea.name, mmsi)
        until = at + int(LENGTH_MIN * MINUTE_MS)
        while_then = take(whole, (whole.t >= at) & (whole.t < until) & (whole.mmsi != mmsi))
        others = np.unique(while_then.mmsi)
        for other in random.permutation(others).tolist():
            track = take(while_then, while_then.mmsi == other)
            if len(track.t) < LEAST_REPORTS or track.t[-1] - track.t[0] < 0.7 * LENGTH_MIN * MINUTE_MS:
                continue
            lat, lon = np.interp(track.t, ship.t, ship.lat), np.interp(track.t, ship.t, ship.lon)
            apart = distances_m(lat, lon, track.lat, track.lon)
            if float(apart.min()) < APART_M:
                continue
            changed[mmsi] = cloned(ship, track, at, until)
            cases.append(
                Case(
                    family="clone", source=sea.name, half=half_of(mmsi), mmsi=mmsi, start_t=int(track.t[0]),
                    end_t=until, about={"distance_m": round(float(np.median(apart))), "reports": len(track.t)},
                )
            )  # fmt: skip
            break
    return replaced(sea, changed), cases


FAMILY: Final = ShipFamily(
    name="clone",
    about="A second transmitter uses a ship's number for an hour, on another ship's real track at least 10 km away.",
    kinds=("shared_number",),
    plant=plant,
)
