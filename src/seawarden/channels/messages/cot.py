"""Cursor-on-Target events, version 2.0 (MITRE MP 090284), as TAK clients read them.

The ship is drawn where she was last seen, as an unknown surface ship: the system never says friend or foe.
"""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as ET

from seawarden.channels.messages.case import words
from seawarden.channels.messages.told import STALE_MS, Told, from_flat, moment, to_flat
from seawarden.channels.messages.xml import parsed, written
from seawarden.model.error import MessageError

UNKNOWN_SHIP: Final = "a-u-S-X"
"""Atom, unknown affiliation, sea surface, non-military."""
EXERCISE_SHIP: Final = "a-j-S-X"
"""CoT marks what is simulated with the exercise affiliation `j`."""
UNKNOWN: Final = "9999999.0"
"""CoT's word for an unknown height or error."""
ERROR_M: Final = "50.0"
"""Circular error of a place from AIS: GNSS and the half length of a ship."""


def encode(item: Told) -> bytes:
    """One event.

    Raises:
        MessageError: the ship's place is not known, and an event can't do without.
    """
    if item.lat is None or item.lon is None:
        raise MessageError(f"alert {item.id}: a Cursor-on-Target event needs a place")
    made = moment(item.updated_t)
    event = ET.Element(
        "event",
        {
            "version": "2.0",
            "uid": f"seawarden-{item.id}",
            "type": EXERCISE_SHIP if item.simulated or item.exercise else UNKNOWN_SHIP,
            "how": "m-g",
            "time": made,
            "start": made,
            "stale": made if item.over else moment(item.updated_t + STALE_MS),
        },
    )
    ET.SubElement(
        event,
        "point",
        {"lat": str(item.lat), "lon": str(item.lon), "hae": UNKNOWN, "ce": ERROR_M, "le": UNKNOWN},
    )
    detail = ET.SubElement(event, "detail")
    ET.SubElement(detail, "contact", {"callsign": item.ship or f"MMSI {item.mmsi}"})
    ET.SubElement(detail, "remarks").text = words(item)
    ET.SubElement(detail, "seawarden", to_flat(item))
    return written(event)


def decode(data: bytes) -> Told:
    """What is told, from an event that `encode` wrote.

    Raises:
        MessageError: not such an event.
    """
    ours = parsed(data).find("./detail/seawarden")
    if ours is None:
        raise MessageError("not a Cursor-on-Target event of ours")
    return from_flat(dict(ours.attrib))
