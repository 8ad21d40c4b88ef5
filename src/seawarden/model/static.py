"""What a ship says of herself: AIS messages 5, 19 and 24, or the same columns of a table."""

from __future__ import annotations

import msgspec

from seawarden.model.position import NO_TIME


class StaticReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One report of a ship's static and voyage data. Sources send one only when something changed."""

    t: int
    """Event time, ms."""
    mmsi: int
    receive_t: int = NO_TIME
    source: int = 0
    receiver: int = -1
    file: int = -1
    offset: int = 0
    seq: int = 0
    imo: int = 0
    """IMO number, 0 unknown."""
    name: str = ""
    callsign: str = ""
    ship_type: int = 0
    """ITU-R M.1371 ship and cargo type, 0 unknown."""
    type_text: str = ""
    """The type in the source's own words, where it has no code."""
    length_m: float | None = None
    breadth_m: float | None = None
    to_bow_m: float | None = None
    """Distance from the antenna to the bow, m."""
    to_port_m: float | None = None
    draught_m: float | None = None
    destination: str = ""
    eta: str = ""
    """As sent, `MM-DD HH:MM`, or the source's own text."""
    simulated: bool = False
