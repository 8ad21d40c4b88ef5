"""One message under an MMSI, as the segmenter takes it."""

from __future__ import annotations

import math
from typing import Final, Literal

import msgspec

Station = Literal["A", "B", "AB", ""]
"""Class of the transponder that can have sent it: `AB` where the message tells not which, empty unknown."""

CLASSES: Final[dict[int, Station]] = {1: "A", 2: "A", 3: "A", 5: "A", 18: "B", 19: "B", 24: "B", 27: "AB"}
"""ITU-R M.1371-5, table 46: which stations send which message."""
COARSE: Final = 27
"""The long-range message: a tenth of a minute of arc, about 185 m."""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """What a message says of the ship herself; empty or 0 is unsaid."""

    name: str = ""
    callsign: str = ""
    imo: int = 0
    ship_type: str = ""
    length_m: float = 0.0
    breadth_m: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.name or self.callsign or self.imo or self.length_m)


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message with a place, a claim, or both."""

    t: int
    """Event time, ms."""
    kind: int = 0
    """AIS message type, 0 unknown."""
    lat: float = math.nan
    lon: float = math.nan
    sog_kn: float = math.nan
    cog_deg: float = math.nan
    heading_deg: float = math.nan
    source: str = ""
    receiver: str = ""
    claim: Claim = Claim()

    @property
    def placed(self) -> bool:
        """Whether it says where the ship is."""
        return not (math.isnan(self.lat) or math.isnan(self.lon))

    @property
    def station(self) -> Station:
        """Class of the transponder that can have sent it."""
        return CLASSES.get(self.kind, "")


def same_class(one: str, other: str) -> bool:
    """Whether two classes can be one transponder; an unknown one can be any."""
    return not one or not other or any(letter in other for letter in one)
