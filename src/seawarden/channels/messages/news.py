"""An Atom feed (RFC 4287) with GeoRSS Simple points (OGC 17-002r1): what a feed reader or an old GIS takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from xml.etree import ElementTree as ET

from seawarden.channels.messages.told import Told, from_flat, moment, to_flat
from seawarden.channels.messages.xml import child, parsed, written
from seawarden.model.error import MessageError

ATOM: Final = "http://www.w3.org/2005/Atom"
GEORSS: Final = "http://www.georss.org/georss"
OURS: Final = "urn:seawarden:alert"


def encode(items: Iterable[Told], *, feed_id: str, updated_t: int) -> bytes:
    """The feed, an entry an alert.

    Args:
        items: newest first.
        feed_id: a lasting IRI of this feed.
        updated_t: when it last changed, ms.
    """
    root = ET.Element("feed", {"xmlns": ATOM, "xmlns:georss": GEORSS, "xmlns:sw": OURS})
    child(root, "id", feed_id)
    child(root, "title", "Seawarden alerts")
    child(root, "updated", moment(updated_t))
    child(ET.SubElement(root, "author"), "name", "Seawarden")
    for item in items:
        entry = ET.SubElement(root, "entry")
        child(entry, "id", f"urn:seawarden:alert:{item.id}")
        child(entry, "title", item.first_line)
        child(entry, "updated", moment(item.updated_t))
        child(entry, "published", moment(item.raised_t))
        ET.SubElement(entry, "category", {"term": item.tier})
        child(entry, "summary", item.second_line)
        if item.lat is not None and item.lon is not None:
            child(entry, "georss:point", f"{item.lat} {item.lon}")
        ET.SubElement(entry, "sw:alert", to_flat(item))
    return written(root)


def decode(data: bytes) -> list[Told]:
    """What is told, from a feed that `encode` wrote.

    Raises:
        MessageError: not an Atom feed.
    """
    root = parsed(data)
    if root.tag != f"{{{ATOM}}}feed":
        raise MessageError("not an Atom feed")
    return [from_flat(dict(ours.attrib)) for ours in root.iter(f"{{{OURS}}}alert")]
