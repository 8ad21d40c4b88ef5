"""Parts of XML, whatever their namespace."""

from __future__ import annotations

from xml.etree.ElementTree import Element


def tag_of(element: Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def below(element: Element, name: str) -> list[Element]:
    """Every element of that name inside, at any depth."""
    return [inner for inner in element.iter() if tag_of(inner) == name]


def text_in(element: Element, name: str) -> str:
    """The text of the first child of that name; empty when there is none."""
    return next(((child.text or "").strip() for child in element if tag_of(child) == name), "")
