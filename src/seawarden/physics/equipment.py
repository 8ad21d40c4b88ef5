"""Anchor and chain of a ship from what AIS tells of her, by way of the equipment number.

The equipment number of IACS UR A1 is `EN = D^(2/3) + 2 h B + A / 10`, with D the moulded displacement (t), B the
breadth, h the height from the summer waterline to the top of the uppermost house (m) and A the side area above that
waterline (m2). Formula as given at imorules.com (GUID-7C76B1B8) and marineandnaval.blogspot.com/2018/09; table of
anchors and stud-link chain by equipment number (IACS requirement, 2014) as given at scribd.com/document/505125071,
read there up to a number of 3,600. AIS gives neither D, h nor A: they are estimated, and carry the errors below.
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np

from seawarden.model.position import F64

# upper bound of the number, mass of a stockless anchor (kg), length of both chains (m), chain of grade 2 and 3 (mm)
TABLE: Final[F64] = np.array(
    [
        (240, 660, 302.5, 22.0, 20.5),
        (280, 780, 330.0, 24.0, 22.0),
        (320, 900, 357.5, 26.0, 24.0),
        (360, 1020, 357.5, 28.0, 24.0),
        (400, 1140, 385.0, 30.0, 26.0),
        (450, 1290, 385.0, 32.0, 28.0),
        (500, 1440, 412.5, 34.0, 30.0),
        (550, 1590, 412.5, 36.0, 30.0),
        (600, 1740, 440.0, 36.0, 32.0),
        (660, 1920, 440.0, 38.0, 34.0),
        (720, 2100, 440.0, 40.0, 36.0),
        (780, 2280, 467.5, 42.0, 36.0),
        (840, 2460, 467.5, 44.0, 38.0),
        (910, 2640, 467.5, 46.0, 40.0),
        (980, 2850, 495.0, 48.0, 42.0),
        (1060, 3060, 495.0, 50.0, 44.0),
        (1140, 3300, 495.0, 50.0, 46.0),
        (1220, 3540, 522.5, 52.0, 45.0),
        (1300, 3780, 522.5, 54.0, 48.0),
        (1390, 4050, 522.5, 56.0, 50.0),
        (1480, 4320, 550.0, 58.0, 50.0),
        (1570, 4590, 550.0, 60.0, 52.0),
        (1670, 4890, 550.0, 62.0, 54.0),
        (1790, 5250, 577.5, 64.0, 56.0),
        (1930, 5610, 577.5, 66.0, 58.0),
        (2080, 6000, 577.5, 68.0, 60.0),
        (2230, 6450, 605.0, 70.0, 62.0),
        (2380, 6900, 605.0, 73.0, 64.0),
        (2530, 7350, 605.0, 76.0, 66.0),
        (2700, 7800, 632.5, 78.0, 68.0),
        (2870, 8300, 632.5, 81.0, 70.0),
        (3040, 8700, 632.5, 84.0, 73.0),
        (3210, 9300, 660.0, 84.0, 76.0),
        (3400, 9900, 660.0, 87.0, 78.0),
    ]
)
LARGEST: Final = 3600.0
LARGEST_KG: Final = 10_500.0

# block coefficient, breadth over length, draught over breadth, freeboard over draught, height of houses (m) and their
# length over the ship's: round values for the class; the error of the number that they leave is in `Equipment.sigma`
CLASSES: Final[dict[str, tuple[float, float, float, float, float, float]]] = {
    "tanker": (0.82, 0.158, 0.40, 0.50, 14.0, 0.12),
    "cargo": (0.74, 0.160, 0.38, 0.45, 14.0, 0.12),
    "passenger": (0.60, 0.165, 0.24, 1.60, 14.0, 0.60),
    "fishing": (0.58, 0.260, 0.42, 0.50, 6.0, 0.35),
    "other": (0.68, 0.190, 0.35, 0.60, 9.0, 0.25),
}
TYPICAL_LENGTH_M: Final = {"tanker": 170.0, "cargo": 140.0, "passenger": 150.0, "fishing": 28.0, "other": 80.0}


class Equipment(msgspec.Struct, frozen=True, kw_only=True):
    """One bower anchor and its chain; `sigma` is the relative standard error of the mass."""

    number: float
    anchor_kg: float
    chain_mm: float
    chain_m: float
    """Length of one chain: half of both."""
    sigma: float
    method: str


def ship_class(ship_type: int = 0, text: str = "") -> str:
    """Class of hull from the ITU ship type (ITU-R M.1371, table 53) or the type in words."""
    words = text.lower()
    if 80 <= ship_type <= 89 or "tanker" in words:
        return "tanker"
    if 70 <= ship_type <= 79 or "cargo" in words or "bulk" in words or "container" in words:
        return "cargo"
    if 60 <= ship_type <= 69 or "passenger" in words or "ferry" in words:
        return "passenger"
    if ship_type == 30 or "fishing" in words or "trawl" in words:
        return "fishing"
    return "other"


def equipment_of(
    kind: str = "other",
    *,
    length_m: float | None = None,
    breadth_m: float | None = None,
    draught_m: float | None = None,
) -> Equipment:
    """Estimate the anchor and chain of a ship.

    Args:
        kind: a class of `CLASSES`.
        length_m: length over all; the class's typical one, with a large error, when None or not positive.
        breadth_m: breadth, from the class's proportions when None.
        draught_m: summer draught; the present draught is used where nothing better is known, but never below 70 % of
            the class's proportion (a ship in ballast keeps her anchors).
    """
    block, slim, shallow, freeboard, house_m, house_share = CLASSES.get(kind, CLASSES["other"])
    given = length_m is not None and length_m > 0.0
    length = float(length_m) if length_m is not None and length_m > 0.0 else TYPICAL_LENGTH_M.get(kind, 80.0)
    wide = breadth_m is not None and breadth_m > 0.0
    breadth = float(breadth_m) if breadth_m is not None and breadth_m > 0.0 else slim * length
    usual = shallow * breadth
    draught = min(max(float(draught_m or usual), 0.7 * usual), 1.3 * usual)
    house = house_m * min(length / 120.0, 1.0) ** 0.5
    board = freeboard * draught
    displacement = 1.025 * block * length * breadth * draught
    side = length * board + house_share * length * house
    number = displacement ** (2.0 / 3.0) + 2.0 * (board + house) * breadth + side / 10.0
    sigma = 0.15 if given and wide else 0.25 if given else 0.6
    mass, chain, both = _from_number(number)
    how = "length and breadth" if given and wide else "length alone" if given else "the class alone"
    return Equipment(
        number=number,
        anchor_kg=mass,
        chain_mm=chain,
        chain_m=0.5 * both,
        sigma=sigma,
        method=f"equipment number estimated from {how} ({kind})",
    )


def _from_number(number: float) -> tuple[float, float, float]:
    """Mass (kg), chain (mm, between grades 2 and 3) and length of both chains (m) for an equipment number."""
    row = int(np.searchsorted(TABLE[:, 0], number))
    if row < len(TABLE):
        if number < 205.0:
            scale = max(number, 20.0) / 205.0
            return 660.0 * scale, 21.0 * scale**0.5, 302.5 * scale**0.3
        return float(TABLE[row, 1]), float(TABLE[row, 3:].mean()), float(TABLE[row, 2])
    # beyond the part that was read: the table's own proportions (mass as the number, chain as its root)
    scale = max(number / LARGEST, 1.0)
    return LARGEST_KG * scale, 84.0 * scale**0.5, 687.5 * min(scale, 1.12)
