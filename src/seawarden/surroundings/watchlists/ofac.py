"""OFAC's list of Specially Designated Nationals: `sdn.xml`, `sdn.csv` (with `alt.csv` beside it), or vessels as JSON.

Columns and elements as in OFAC's data specification (dat_spec.txt): `sdn.csv` has no header, `-0-` means nothing, and
the IMO number and MMSI of a vessel stand in the remarks.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

from seawarden.model.error import SourceError
from seawarden.surroundings.watchlists.dates import iso_day
from seawarden.surroundings.watchlists.elements import below, tag_of, text_in
from seawarden.surroundings.watchlists.entry import Watchlist
from seawarden.surroundings.watchlists.gather import Gathering
from seawarden.surroundings.watchlists.numbers import imos_in, mmsis_in
from seawarden.surroundings.watchlists.tabular import rows_of, text_of

ID: Final = "ofac"
TITLE: Final = "OFAC Specially Designated Nationals, vessels"
LICENCE: Final = "public domain (US government)"
ATTRIBUTION: Final = "Office of Foreign Assets Control, US Department of the Treasury"
COLUMNS: Final = 12
_IMO: Final = re.compile(r"IMO (\d{7})(?!\d)")
_MMSI: Final = re.compile(r"MMSI (\d{9})(?!\d)")


def read_csv(path: Path, content: bytes, date: str) -> Watchlist:
    """`sdn.csv`; other names from `alt.csv` when it lies beside it.

    Raises:
        SourceError: not such a table.
    """
    gathering = Gathering(ID)
    other = _other_names(path, gathering)
    for line, row in rows_of(text_of(content), path.name):
        place = f"{path.name}:{line}"
        gathering.records += 1
        if len(row) != COLUMNS:
            gathering.skip(place, "columns", f"{len(row)} columns where {COLUMNS} are expected")
            continue
        number, name, kind, programme, remarks = row[0], row[1], row[2], row[3], row[11]
        if kind.lower() != "vessel":
            continue
        gathering.add(
            source=f"{place} (entry {number})",
            imos=[int(found) for found in _IMO.findall(remarks)],
            mmsi=[int(found) for found in _MMSI.findall(remarks)],
            names=[name],
            aliases=other.get(number, []),
            reason=_programme(programme),
        )
    if gathering.records and len(gathering.skipped) == gathering.records:
        raise SourceError(f"{path.name}: not OFAC's sdn.csv: no row has its {COLUMNS} columns")
    return gathering.listed(title=TITLE, date=date, licence=LICENCE, attribution=ATTRIBUTION)


def _other_names(path: Path, gathering: Gathering) -> dict[str, list[str]]:
    found = [beside for beside in path.parent.iterdir() if beside.name.lower() == "alt.csv"]
    names: dict[str, list[str]] = {}
    for beside in found[:1]:
        for line, row in rows_of(text_of(beside.read_bytes()), beside.name):
            if len(row) < 4:
                gathering.skip(f"{beside.name}:{line}", "columns", f"{len(row)} columns where 5 are expected")
            else:
                names.setdefault(row[0], []).append(row[3])
    return names


def _programme(text: str) -> str:
    return "" if text == "-0-" else text.replace("] [", ", ").strip("[] ")


def read_xml(path: Path, content: bytes, date: str) -> Watchlist:
    """`sdn.xml`, in whichever namespace it comes.

    Raises:
        SourceError: not well formed.
    """
    gathering = Gathering(ID)
    published = ""
    try:
        for _, element in ElementTree.iterparse(io.BytesIO(content), events=("end",)):
            tag = tag_of(element)
            if tag == "Publish_Date":
                published = iso_day(element.text or "", month_first=True)
            elif tag == "sdnEntry":
                gathering.records += 1
                if text_in(element, "sdnType").lower() == "vessel":
                    _add(gathering, element, path.name)
                element.clear()
    except ElementTree.ParseError as error:
        raise SourceError(f"{path.name}: the XML breaks off or is damaged ({error})") from None
    return gathering.listed(title=TITLE, date=published or date, licence=LICENCE, attribution=ATTRIBUTION)


def _add(gathering: Gathering, entry: ElementTree.Element, name: str) -> None:
    imos: list[int] = []
    mmsi: list[int] = []
    for held in below(entry, "id"):
        kind, number = text_in(held, "idType"), text_in(held, "idNumber")
        if kind == "MMSI":
            mmsi += mmsis_in(number)
        elif "IMO" in kind or "IMO" in number:
            imos += imos_in(number)
    gathering.add(
        source=f"{name} (entry {text_in(entry, 'uid')})",
        imos=imos,
        mmsi=mmsi,
        names=[text_in(entry, "lastName")],
        aliases=[text_in(aka, "lastName") for aka in below(entry, "aka")],
        reason=", ".join(programme.text or "" for programme in below(entry, "program")),
    )


def read_json(path: Path, document: dict[str, Any], date: str) -> Watchlist:
    """Vessels of the list as JSON: `vessels`, each with `imo`, `name`, `programs` and `designation_date`."""
    gathering = Gathering(ID)
    for number, ship in enumerate(document["vessels"], start=1):
        gathering.records += 1
        place = f"{path.name} (vessel {number})"
        if not isinstance(ship, dict):
            gathering.skip(place, "form", "not an object")
            continue
        names = ship.get("aliases")
        gathering.add(
            source=place,
            imos=imos_in(str(ship.get("imo", ""))),
            mmsi=mmsis_in(str(ship.get("mmsi", ""))),
            names=[str(ship.get("name") or "")],
            aliases=[str(name) for name in names] if isinstance(names, list) else [],
            date=iso_day(str(ship.get("designation_date") or ""), month_first=True),
            reason=", ".join(str(programme) for programme in ship.get("programs") or ()),
        )
    published = iso_day(str(document.get("generated_at", "")))
    return gathering.listed(title=TITLE, date=published or date, licence=LICENCE, attribution=ATTRIBUTION)
