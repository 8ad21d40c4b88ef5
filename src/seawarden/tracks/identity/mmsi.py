"""What an MMSI says of itself: which kind of station, which flag, and whether it can be real.

Forms by ITU-R M.585-9: the leading digits tell the kind, three digits (MID) the country; a ship's number begins with
its MID, 2 to 7.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from seawarden.model.position import I64
from seawarden.tracks.identity.countries import MIDS

StationKind = Literal[
    "ship", "group", "coast station", "aircraft", "aid to navigation", "craft of a parent ship", "handheld",
    "search and rescue transmitter", "man overboard", "emergency beacon", "unknown",
]  # fmt: skip

_PREFIXES: Final[tuple[tuple[str, StationKind, int], ...]] = (
    ("00", "coast station", 2),
    ("0", "group", 1),
    ("111", "aircraft", 3),
    ("970", "search and rescue transmitter", 0),
    ("972", "man overboard", 0),
    ("974", "emergency beacon", 0),
    ("98", "craft of a parent ship", 2),
    ("99", "aid to navigation", 2),
    ("8", "handheld", 1),
)
"""Leading digits, kind, and where its MID begins; 0 where it has none."""


class MmsiFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What an MMSI says of itself."""

    mmsi: int
    kind: StationKind
    mid: int
    """Maritime identification digits, 0 where it has none."""
    flag: str
    """Country or area of the MID; empty when it has none or is not allocated."""
    valid: bool
    """Whether it can be a real station's own number."""
    why: str = ""
    """Why not, or what is odd about it."""


def mmsi_facts(mmsi: int) -> MmsiFacts:
    """What an MMSI says of itself.

    Args:
        mmsi: as received.
    """
    if not 0 < mmsi <= 999_999_999:
        return MmsiFacts(mmsi=mmsi, kind="unknown", mid=0, flag="", valid=False, why="not nine digits")
    digits = f"{mmsi:09d}"
    kind: StationKind = "ship" if digits[0] in "234567" else "unknown"
    begin = 0
    for prefix, named, place in _PREFIXES:
        if digits.startswith(prefix):
            kind, begin = named, place
            break
    if kind == "unknown":
        return MmsiFacts(mmsi=mmsi, kind=kind, mid=0, flag="", valid=False, why="no station's number begins so")
    if digits.startswith("97"):
        return MmsiFacts(mmsi=mmsi, kind=kind, mid=0, flag="", valid=True)
    mid = int(digits[begin : begin + 3])
    flag = MIDS.get(mid, "")
    why = ""
    if not flag:
        why = f"MID {mid:03d} is allocated to no country"
    elif len(set(digits[3:])) == 1 or digits == "987654321":
        why = "looks like a factory default or a placeholder"
    return MmsiFacts(mmsi=mmsi, kind=kind, mid=mid, flag=flag, valid=not why, why=why)


MADE_UP: Final = (999_000_000, 999_299_999)
"""Numbers of simulated ships, which no station can carry; nothing is said against them."""
GIVEN: Final = np.isin(np.arange(1_000), list(MIDS)).astype(np.uint8)
"""1 for each MID that was given out."""


def ship_numbers(mmsi: I64) -> npt.NDArray[np.bool_]:
    """Which numbers are a ship station's nine digits with a MID that was given out, or made up; arrays (n,)."""
    ships = (mmsi >= 200_000_000) & (mmsi <= 799_999_999)
    made_up = (mmsi >= MADE_UP[0]) & (mmsi <= MADE_UP[1])
    known: npt.NDArray[np.bool_] = made_up | (ships & (GIVEN[np.where(ships, mmsi // 1_000_000, 0)] == 1))
    return known
