"""The door of works: tables written by hand, and the text of navigational warnings."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from seawarden.model.error import SourceError
from seawarden.model.event import WorksDeclared
from seawarden.model.position import NO_TIME
from seawarden.surroundings.works.table import read_table
from seawarden.surroundings.works.warnings import HEADER, Unread, read_warnings

TABLES: Final = (".csv", ".tsv", ".json", ".toml")


def read_works(path: Path) -> tuple[list[WorksDeclared], list[Unread]]:
    """Works of a file, and the warnings in it that sound like works and could not be used.

    Raises:
        SourceError: the file can't be read, a row of a table is wrong, or a text holds no works.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig", "replace")
    except OSError as error:
        raise SourceError(f"{path}: can't be read ({error.strerror or error})") from None
    if path.suffix.lower() in TABLES or text.lstrip()[:1] in ("[", "{"):
        return read_table(path, text), []
    found, unread = read_warnings(text, path.name)
    if not found and not unread:
        seen = "no works on the seabed" if HEADER.search(text.upper()) else "no navigational warning"
        raise SourceError(f"{path.name}: {seen} in it; tables end in {', '.join(TABLES)}")
    return found, unread


def told(works: WorksDeclared) -> str:
    """Works in a few words: what, by whom, until when, and who says so."""
    whom = " and ".join(works.names) or (f"MMSI {works.mmsi}" if works.mmsi else "")
    until = "until further notice"
    if works.to_t != NO_TIME:
        until = f"until {datetime.fromtimestamp(works.to_t / 1000, UTC):%d %b %H:%MZ}"
    by = f" by {whom}" if whom else ""
    return re.sub(r"\s+", " ", f"{works.kind}{by} {until} ({works.works_id})")
