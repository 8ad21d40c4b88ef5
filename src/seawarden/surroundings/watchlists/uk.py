"""The UK Sanctions List: CSV with a line `Report Date:` above its header, or XML; specified ships alone are taken.

A ship has a row for each of her names; rows of one `Unique ID` are one ship.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from seawarden.model.error import SourceError
from seawarden.surroundings.watchlists.dates import iso_day
from seawarden.surroundings.watchlists.elements import tag_of, text_in
from seawarden.surroundings.watchlists.entry import Watchlist
from seawarden.surroundings.watchlists.gather import Gathering
from seawarden.surroundings.watchlists.numbers import imos_in
from seawarden.surroundings.watchlists.tabular import rows_of, text_of

ID: Final = "uk"
TITLE: Final = "UK Sanctions List, specified ships"
LICENCE: Final = "Open Government Licence v3.0"
ATTRIBUTION: Final = "Contains public sector information licensed under the Open Government Licence v3.0"
NAME_COLUMNS: Final = ("name 1", "name 2", "name 3", "name 4", "name 5", "name 6")
KIND_COLUMNS: Final = ("designation type", "individual, entity, ship")


class _Ship:
    def __init__(self, place: str) -> None:
        self.place = place
        self.imos: list[int] = []
        self.names: list[str] = []
        self.aliases: list[str] = []
        self.date = ""
        self.regime = ""


def read_csv(path: Path, content: bytes, date: str) -> Watchlist:
    """The CSV.

    Raises:
        SourceError: its header is not there, or lacks what names a ship.
    """
    gathering = Gathering(ID)
    ships: dict[str, _Ship] = {}
    header: list[str] | None = None
    published = ""
    text = text_of(content)
    first, _, rest = text.partition("\n")
    if first.lstrip('"').lower().startswith("report date"):
        published = iso_day(first.partition(":")[2].strip(' ",;\r'))
        text, above = rest, 1
    else:
        above = 0
    for line, row in rows_of(text, path.name):
        if header is None:
            header = [cell.lower() for cell in row]
            lacking = [name for name in ("unique id", "name 6", "imo number") if name not in header]
            if lacking or not set(KIND_COLUMNS) & set(header):
                what = ", ".join(lacking) or "Designation Type"
                raise SourceError(f"{path.name}: not the UK Sanctions List: it has no column {what}")
            continue
        gathering.records += 1
        place = f"{path.name}:{line + above}"
        if len(row) != len(header):
            gathering.skip(place, "columns", f"{len(row)} columns where {len(header)} are expected")
            continue
        cells = dict(zip(header, row, strict=True))
        if not any(cells.get(column, "").lower() == "ship" for column in KIND_COLUMNS):
            continue
        ship = ships.setdefault(cells["unique id"] or place, _Ship(place))
        _take(ship, cells)
    return _listed(gathering, ships, published or date)


def _take(ship: _Ship, cells: Mapping[str, str]) -> None:
    name = " ".join(cells[column] for column in NAME_COLUMNS if cells.get(column))
    primary = cells.get("name type", "").lower() in ("", "primary name")
    (ship.names if primary else ship.aliases).append(name)
    ship.imos += imos_in(cells.get("imo number", ""))
    ship.date = ship.date or iso_day(cells.get("date designated", ""))
    ship.regime = ship.regime or cells.get("regime name", "")


def _listed(gathering: Gathering, ships: dict[str, _Ship], date: str) -> Watchlist:
    for number, ship in ships.items():
        gathering.add(
            source=f"{ship.place} (entry {number})" if number != ship.place else ship.place,
            imos=ship.imos,
            names=ship.names,
            aliases=ship.aliases,
            date=ship.date,
            reason=ship.regime,
        )
    return gathering.listed(title=TITLE, date=date, licence=LICENCE, attribution=ATTRIBUTION)


def read_xml(path: Path, content: bytes, date: str) -> Watchlist:
    """The XML: `Designations`, each `Designation` with `IndividualEntityShip`, `Names` and `ShipDetails`.

    Raises:
        SourceError: not well formed.
    """
    gathering = Gathering(ID)
    ships: dict[str, _Ship] = {}
    published = ""
    try:
        for _, element in ElementTree.iterparse(io.BytesIO(content), events=("end",)):
            tag = tag_of(element)
            if tag == "DateGenerated":
                published = iso_day(element.text or "")
            elif tag == "Designation":
                gathering.records += 1
                if text_in(element, "IndividualEntityShip").lower() == "ship":
                    number = text_in(element, "UniqueID")
                    ship = ships.setdefault(number or f"designation {gathering.records}", _Ship(path.name))
                    _take_xml(ship, element)
                element.clear()
    except ElementTree.ParseError as error:
        raise SourceError(f"{path.name}: the XML breaks off or is damaged ({error})") from None
    return _listed(gathering, ships, published or date)


def _take_xml(ship: _Ship, element: ElementTree.Element) -> None:
    for inner in element.iter():
        tag = tag_of(inner)
        if tag == "Name" and len(inner):
            parts = {tag_of(part).lower(): (part.text or "").strip() for part in inner}
            name = " ".join(parts[f"name{n}"] for n in range(1, 7) if parts.get(f"name{n}"))
            primary = parts.get("nametype", "").lower() in ("", "primary name")
            (ship.names if primary else ship.aliases).append(name)
        elif tag == "IMONumber":
            ship.imos += imos_in(inner.text or "")
    ship.date = ship.date or iso_day(text_in(element, "DateDesignated"))
    ship.regime = ship.regime or text_in(element, "RegimeName")
