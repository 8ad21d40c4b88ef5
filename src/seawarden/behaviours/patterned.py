"""Shared by the behaviours of patterned motion: what a ship's own words and trade say about it."""

from __future__ import annotations

from typing import Final

from seawarden.behaviours.places import explained_by_place
from seawarden.model.finding import Reason
from seawarden.ports import FleetView, Surroundings

FISHING: Final = 30
"""Ship type by ITU-R M.1371-5, table 53."""
SAYS_FISHING: Final = 7
RESTRICTED: Final = 3
"""Navigational status by ITU-R M.1371-5, table 45."""
_WORDS: Final = {"fishing": 30, "cargo": 70, "tanker": 80, "passenger": 60, "tug": 52, "dredg": 33, "pilot": 50,
                 "pleasure": 37, "sailing": 36, "military": 35, "high speed": 40}  # fmt: skip
"""Codes of the types that sources tell in words."""
_TRADES: Final = {
    30: "a fishing vessel tows and waits on her grounds",
    31: "a tug waits, tows and goes to and fro",
    32: "a tug waits, tows and goes to and fro",
    33: "a dredger goes slowly to and fro over her ground",
    34: "a diving tender keeps her place",
    35: "a navy ship patrols",
    36: "a sailing vessel goes as the wind lets her",
    37: "a pleasure craft goes as she likes",
    50: "a pilot boat waits and goes to and fro",
    51: "a rescue craft waits and searches",
    52: "a tug waits, tows and goes to and fro",
    53: "a port tender goes to and fro",
    54: "a ship that fights pollution goes to and fro",
    55: "a law enforcement craft patrols",
}


def ship_type(view: FleetView, slot: int) -> int:
    """Her type by ITU-R M.1371-5, table 53, as known at the tick; 0 unknown."""
    static = view.static(slot)
    if static is not None and static.ship_type:
        return static.ship_type
    words = view.ship(slot).type.casefold()
    return next((code for word, code in _WORDS.items() if words.startswith(word)), 0) if words else 0


def plies(type_code: int) -> bool:
    """Whether ships of a type wait, work or go to and fro by trade (ITU-R M.1371-5, table 53)."""
    return type_code in _TRADES


def in_port(around: Surroundings, lat: float, lon: float) -> bool:
    """Whether a position lies in the waters of a port, where slow and waiting ships are the rule."""
    place = around.places.at(lat, lon) if around.places is not None and lat == lat and lon == lon else None
    return place is not None and place.kind == "port"


def explained(
    view: FleetView, slot: int, around: Surroundings, lat: float, lon: float, restricted: bool
) -> tuple[Reason, ...]:
    """What else could explain a slow stay: the place, her trade, her own words, what is normal there.

    Args:
        view: the fleet at the tick.
        slot: the ship's row.
        around: what lies around.
        lat: of the middle of the stay, degrees.
        lon: of the same.
        restricted: whether she says that she is restricted in her ability to manoeuvre.
    """
    out = list(explained_by_place(around, lat, lon))
    trade = _TRADES.get(ship_type(view, slot))
    if trade is not None:
        out.append(Reason(text=trade, measure="ship_type"))
    if restricted:
        text = "she says that she is restricted in her ability to manoeuvre, as ships at work are"
        out.append(Reason(text=text, measure="nav_status"))
    return tuple(out)
