"""How usual a speed or a stop is where it was seen, by the norms learned from past traffic, where there are any."""

from __future__ import annotations

import math
from typing import Final

from seawarden.behaviours import measure
from seawarden.model.error import Uncertain
from seawarden.model.finding import Reason
from seawarden.ports import Surroundings

RARE: Final = 0.005
"""Share of passages in open water in which a ship stops or crawls: a passage in 236 did in the Kattegat (2025)."""
MOST: Final = 3.5
"""No more weight than the waters of a port have."""
USUAL: Final = 0.04
"""One in 25: below it the unusual is not called usual."""
MEASURE: Final = "norms"


def normal_here(
    around: Surroundings, lat: float, lon: float, t: int, ship_type: int, speed_kn: float, *, stopped: bool = False
) -> tuple[tuple[Uncertain, ...], tuple[Reason, ...]]:
    """What past traffic says of a speed, or of a stop: a measured share, and a reason where it is usual.

    Args:
        around: what lies around; without norms nothing is said.
        lat: degrees.
        lon: degrees.
        t: event time, ms.
        ship_type: her type by ITU-R M.1371-5, table 53, 0 unknown.
        speed_kn: her speed.
        stopped: whether the stop is asked about instead of the speed.
    """
    if around.norms is None:
        return (), ()
    usual = around.norms.usual(lat, lon, t, ship_type, math.nan, speed_kn)
    if usual is None:
        return (), ()
    share = usual.stops if stopped else usual.slower
    sigma = math.sqrt(max(share * (1.0 - share), 1.0 / usual.passages) / usual.passages)
    name = "stop_here" if stopped else "slower_here"
    did = "stopped" if stopped else "were as slow"
    said = measure.share(name, share, sigma, f"of {usual.passages} passages of {usual.of}, those that {did}")
    if share < USUAL:
        return (said,), ()
    does = "stops here" if stopped else "is as slow here"
    weight = -min(MOST, math.log(share / RARE))
    text = f"1 in {max(1, round(1.0 / share))} {usual.of} {does} ({usual.passages} passages)"
    return (said,), (Reason(text=text, weight=weight, measure=MEASURE),)
