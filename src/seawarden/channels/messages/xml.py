"""Writing and reading small XML documents."""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree as ET

from seawarden.model.error import MessageError

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 can't hold; AIS names and people's comments may."""


def child(parent: ET.Element, name: str, text: str) -> None:
    """Add an element that holds a text alone."""
    ET.SubElement(parent, name).text = text


def written(root: ET.Element) -> bytes:
    """The document in UTF-8, with its declaration; characters that XML can't hold become `?`."""
    for element in root.iter():
        if element.text:
            element.text = _NOT_XML.sub("?", element.text)
        for name, value in element.attrib.items():
            element.attrib[name] = _NOT_XML.sub("?", value)
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def parsed(data: bytes) -> ET.Element:
    """The root of a document.

    Raises:
        MessageError: it is not well-formed, or it declares a document type (entities that grow without end).
    """
    if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data:
        raise MessageError("an XML message with a document type is not read")
    try:
        return ET.fromstring(data)
    except ET.ParseError as error:
        raise MessageError(f"not well-formed XML: {error}") from None
