"""A ship as findings name her: MMSI is not hull is not track."""

from __future__ import annotations

import msgspec


class ShipRef(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which ship a finding speaks of, as known when it was made."""

    mmsi: int
    track_id: str
    """`<mmsi>-<n>`: one unbroken kinematic track under an MMSI; two hulls on one MMSI have two."""
    hull_id: str = ""
    """`imo:<number>` where an IMO is known, else `mmsi:<mmsi>`."""
    imo: int = 0
    name: str = ""
    callsign: str = ""
    type: str = ""
    """Ship type in words."""
    length_m: float | None = None
    breadth_m: float | None = None
    draught_m: float | None = None
    simulated: bool = False
    """True for ships that do not exist; drawn and exported as SIMULATED."""


NO_SHIP = ShipRef(mmsi=0, track_id="")
"""The ship of a finding that speaks of an area or a feed and of no one ship."""
