"""KML 2.2 (OGC 07-147r2): the alerts as placemarks, and a network link that fetches them anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from xml.etree import ElementTree as ET

from seawarden.channels.messages.told import Told, from_flat, moment, to_flat
from seawarden.channels.messages.xml import child, parsed, written
from seawarden.model.error import MessageError

NAMESPACE: Final = "http://www.opengis.net/kml/2.2"
COLOURS: Final = {"act": "ff0000d5", "challenge": "ff007bd9", "look": "ffb27200", "notice": "ff999999"}
"""aabbggrr: vermilion, orange, blue and grey of Okabe and Ito's palette, told apart by the colour-blind."""


def encode(items: Iterable[Told]) -> bytes:
    """A document with a placemark for each alert whose place is known."""
    root = ET.Element("kml", {"xmlns": NAMESPACE})
    document = ET.SubElement(root, "Document")
    child(document, "name", "Seawarden")
    for tier, colour in COLOURS.items():
        style = ET.SubElement(document, "Style", {"id": tier})
        child(ET.SubElement(style, "IconStyle"), "color", colour)
    for item in items:
        if item.lat is None or item.lon is None:
            continue
        mark = ET.SubElement(document, "Placemark", {"id": f"alert-{item.id}"})
        child(mark, "name", item.first_line)
        child(mark, "description", item.second_line)
        child(ET.SubElement(mark, "TimeStamp"), "when", moment(item.updated_t))
        child(mark, "styleUrl", f"#{item.tier}")
        extended = ET.SubElement(mark, "ExtendedData")
        for name, text in to_flat(item).items():
            child(ET.SubElement(extended, "Data", {"name": name}), "value", text)
        child(ET.SubElement(mark, "Point"), "coordinates", f"{item.lon},{item.lat}")
    return written(root)


def link(url: str, every_s: int = 30) -> bytes:
    """A network link to the alerts.

    Args:
        url: where they are.
        every_s: how often to fetch them, s.
    """
    root = ET.Element("kml", {"xmlns": NAMESPACE})
    network = ET.SubElement(root, "NetworkLink")
    child(network, "name", "Seawarden alerts")
    target = ET.SubElement(network, "Link")
    child(target, "href", url)
    child(target, "refreshMode", "onInterval")
    child(target, "refreshInterval", str(every_s))
    return written(root)


def decode(data: bytes) -> list[Told]:
    """What is told, from a document that `encode` wrote.

    Raises:
        MessageError: not KML.
    """
    root = parsed(data)
    space = f"{{{NAMESPACE}}}"
    if root.tag != f"{space}kml":
        raise MessageError("not a KML 2.2 document")
    return [
        from_flat({d.get("name", ""): d.findtext(f"{space}value", "") for d in mark.iter(f"{space}Data")})
        for mark in root.iter(f"{space}Placemark")
    ]
