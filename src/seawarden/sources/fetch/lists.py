"""The published files of watch lists, kept as they came."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from seawarden.sources.fetch.public import OFAC, UK_LIST, PublicSource
from seawarden.sources.fetch.transfer import Check, Fetched, Manner, download

TEXT_KINDS: Final = ("text/csv", "text/plain", "application/csv", "application/octet-stream", "binary/octet-stream")
XML_KINDS: Final = ("application/xml", "text/xml", "application/octet-stream", "binary/octet-stream")


class ListFile(NamedTuple):
    """One file of a publisher."""

    source: PublicSource
    file: str
    kinds: tuple[str, ...]
    beside: tuple[str, ...] = ()
    """Further files that it refers to."""


LIST_FILES: Final = {
    "ofac": {"xml": ListFile(OFAC, "SDN.XML", XML_KINDS), "csv": ListFile(OFAC, "SDN.CSV", TEXT_KINDS, ("ALT.CSV",))},
    "uk-list": {
        "csv": ListFile(UK_LIST, "UK-Sanctions-List.csv", TEXT_KINDS),
        "xml": ListFile(UK_LIST, "UK-Sanctions-List.xml", XML_KINDS),
    },
}


def fetch_list(wanted: ListFile, base: str, folder: Path, manner: Manner, check: Check) -> list[Fetched]:
    """Fetch one list, after the files that it refers to; the list itself comes last.

    Args:
        wanted: the file.
        base: address of the publisher's folder.
        folder: it is kept below it.
        manner: how to ask.
        check: reads the list and says what is wrong with it.

    Raises:
        SourceError: the server refuses or answers something else.
        StoreError: the disk can't be written.
    """
    place = folder / wanted.source.id
    got: list[Fetched] = []
    for name in wanted.beside:
        got.append(download(base + name, place / name, wanted.source, manner, kinds=wanted.kinds))
        manner.sleep(wanted.source.pause_s)
    target = place / wanted.file
    got.append(download(base + wanted.file, target, wanted.source, manner, kinds=wanted.kinds, check=check))
    return got
