"""Circles: a ship's receiver is led round and round."""

from __future__ import annotations

from typing import Final

from seawarden.evaluate.integrity.draws import MINUTE_MS, drawn
from seawarden.evaluate.integrity.family import Case, ShipFamily
from seawarden.evaluate.integrity.sea import Sea, half_of, replaced
from seawarden.geodesy import KNOT_MS
from seawarden.model.position import Positions
from seawarden.simulate.deception import circled

RADIUS_M: Final = (150.0, 3_000.0)
SPEED_KN: Final = (5.0, 20.0)
ROUNDS: Final = 3.0
"""Circles run at least so often round within the case."""
LENGTH_MIN: Final = 70.0


def plant(sea: Sea) -> tuple[Positions, list[Case]]:
    """One circle a ship that is under way."""
    changed, cases = {}, []
    for mmsi, ship, at in drawn(sea, "circle", 5.0, LENGTH_MIN, least_kn=2.0):
        random = sea.draw("circle", sea.name, mmsi)
        speed = float(random.uniform(*SPEED_KN))
        way = speed * KNOT_MS * LENGTH_MIN * 60.0
        most = min(RADIUS_M[1], way / (2.0 * 3.1416 * ROUNDS))
        radius = float(RADIUS_M[0] * (most / RADIUS_M[0]) ** random.random())
        until = at + int(LENGTH_MIN * MINUTE_MS)
        changed[mmsi] = circled(ship, at, until, radius, speed, *sea.named(sea.name, mmsi))
        cases.append(
            Case(
                family="circle", source=sea.name, half=half_of(mmsi), mmsi=mmsi, start_t=at, end_t=until,
                about={"radius_m": round(radius), "speed_kn": round(speed, 1)},
            )
        )  # fmt: skip
    return replaced(sea, changed), cases


FAMILY: Final = ShipFamily(
    name="circle",
    about="A ship's positions run round a circle of 150 to 3,000 m at 5 to 20 kn for 70 min.",
    kinds=("circling_positions",),
    plant=plant,
)
