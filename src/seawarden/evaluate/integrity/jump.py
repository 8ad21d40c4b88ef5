"""Jumps: a ship's positions are displaced as a whole, and stay so for a while."""

from __future__ import annotations

from typing import Final

from seawarden.evaluate.integrity.draws import MINUTE_MS, drawn
from seawarden.evaluate.integrity.family import Case, ShipFamily
from seawarden.evaluate.integrity.sea import Sea, half_of, replaced
from seawarden.model.position import Positions
from seawarden.simulate.deception import jumped

NEAR_M: Final = 10_000.0
"""A ship that is heard every three minutes makes 5.6 km at 60 kn between two reports: less is no jump to anybody."""
FAR_M: Final = 500_000.0
HELD_MIN: Final = (15.0, 40.0)


def plant(sea: Sea) -> tuple[Positions, list[Case]]:
    """One jump a ship, near and far alike often by order of magnitude."""
    changed, cases = {}, []
    for mmsi, ship, at in drawn(sea, "jump", 10.0, HELD_MIN[1]):
        random = sea.draw("jump", sea.name, mmsi)
        far = float(NEAR_M * (FAR_M / NEAR_M) ** random.random())
        held = float(random.uniform(*HELD_MIN))
        until = at + int(held * MINUTE_MS)
        changed[mmsi] = jumped(ship, at, until, far, float(random.uniform(0.0, 360.0)))
        cases.append(
            Case(
                family="jump", source=sea.name, half=half_of(mmsi), mmsi=mmsi, start_t=at, end_t=until,
                about={"distance_m": round(far), "held_min": round(held, 1)},
            )
        )  # fmt: skip
    return replaced(sea, changed), cases


FAMILY: Final = ShipFamily(
    name="jump",
    about="All positions of a ship are displaced by 10 to 500 km and stay so for 15 to 40 min.",
    kinds=("position_jump",),
    plant=plant,
)
