"""One door for every form of list; what a file is, its content says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import msgspec

from seawarden.model.error import SourceError, StoreError
from seawarden.surroundings.watchlists import ofac, tables, uk
from seawarden.surroundings.watchlists.dates import day_in_name
from seawarden.surroundings.watchlists.entry import Watchlist
from seawarden.surroundings.watchlists.tabular import text_of

UNDERSTOOD: Final = (
    "OFAC's sdn.xml and sdn.csv, the UK Sanctions List as CSV or XML, the EU's annex, GUR's vessels, and any CSV "
    "with a column imo, mmsi or name"
)


def read_watchlist(path: str | Path, *, date: str = "") -> Watchlist:
    """Read a list of ships.

    Args:
        path: the file.
        date: ISO day of this version, where the file does not say; the day in its name when empty.

    Raises:
        SourceError: no such file, a form that is not understood, or one that holds no ship; the sentence says which.
    """
    file = Path(path)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise SourceError(f"{file}: can't be read as a list ({error.strerror or error})") from None
    if not content.strip():
        raise SourceError(f"{file}: the file is empty")
    found = _read(file, content, date or day_in_name(file))
    if not found.entries:
        why = f"; {len(found.skipped)} were left out: {found.skipped[0].detail}" if found.skipped else ""
        raise SourceError(f"{file}: no ship among {found.records} records{why}")
    return found


def write_watchlist(found: Watchlist, path: Path) -> Path:
    """Write a list in the program's own form.

    Raises:
        StoreError: it can't be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")
    except OSError as error:
        raise StoreError(f"{path}: can't be written ({error.strerror or error})") from None
    return path


def _read(file: Path, content: bytes, date: str) -> Watchlist:
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<":
        return _read_xml(file, content, date)
    if start in (b"{", b"["):
        return _read_json(file, content, date)
    head = text_of(content[:20_000])
    first = head.split("\n", 1)[0].lower()
    if first.lstrip('"').startswith("report date") or ("unique id" in first and "name 6" in first):
        return uk.read_csv(file, content, date)
    if first[:1].isdigit() and "-0-" in head:
        return ofac.read_csv(file, content, date)
    return tables.read_table(file, content, date)


def _read_xml(file: Path, content: bytes, date: str) -> Watchlist:
    head = content[:4_000]
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        what = "a web page" if b"html" in head.lower() else "XML that declares entities of its own"
        raise SourceError(f"{file}: {what}; understood are {UNDERSTOOD}")
    if b"sdnList" in head:
        return ofac.read_xml(file, content, date)
    if b"<Designations" in head or b"<Designation" in head:
        return uk.read_xml(file, content, date)
    raise SourceError(f"{file}: XML of an unknown kind; understood are {UNDERSTOOD}")


def _read_json(file: Path, content: bytes, date: str) -> Watchlist:
    try:
        document: Any = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{file}: the JSON breaks off or is damaged ({error})") from None
    if isinstance(document, dict) and "watchlist" in document:
        try:
            return msgspec.convert(document, Watchlist)
        except msgspec.ValidationError as error:
            raise SourceError(f"{file}: not a list as this program writes it ({error})") from None
    if isinstance(document, list):
        document = {"vessels": document}
    if not isinstance(document, dict) or not isinstance(document.get("vessels"), list):
        raise SourceError(f"{file}: JSON without a list of `vessels`; understood are {UNDERSTOOD}")
    vessels = document["vessels"]
    if vessels and isinstance(vessels[0], dict) and str(vessels[0].get("list_name", "")).startswith("OFAC"):
        return ofac.read_json(file, document, date)
    return tables.read_objects(file, document, date)
