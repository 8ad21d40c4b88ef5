"""Lists as plain tables with a header: the EU's annex, GUR's vessels, and anybody's own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from seawarden.model.error import SourceError
from seawarden.surroundings.watchlists.dates import iso_day
from seawarden.surroundings.watchlists.entry import Watchlist
from seawarden.surroundings.watchlists.gather import Gathering
from seawarden.surroundings.watchlists.numbers import imos_in, mmsis_in
from seawarden.surroundings.watchlists.tabular import rows_of, text_of

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("name", "vessel name", "ship name", "vessel", "ship", "shipname"),
    "imo": ("imo", "imo number", "imo no", "imo_number", "ship imo number"),
    "mmsi": ("mmsi", "mmsi current", "mmsi legacy", "mmsi number"),
    "aliases": ("aliases", "former names", "alias", "other names", "previous names", "ex names"),
    "date": ("date", "date of application", "listed", "designation date", "date designated", "date listed"),
    "reason": ("reason", "programme", "program", "programs", "sanctions", "regime", "status"),
}
_FORMERLY: Final = re.compile(r"\(\s*(?:formerly|ex|f\.?k\.?a\.?|a\.?k\.?a\.?)[.: ]+([^)]*)\)", re.IGNORECASE)
_SEPARATORS: Final = re.compile(r"\s*(?: / |;|\|)\s*")


def read_table(path: Path, content: bytes, date: str) -> Watchlist:
    """A table; whose it is, its header tells.

    Raises:
        SourceError: no column names a ship by IMO number, MMSI or name.
    """
    rows = rows_of(text_of(content), path.name)
    _, header = next(rows, (0, []))
    low = [re.sub(r"[\s_]+", " ", cell).strip().lower() for cell in header]
    where = {field: [k for k, cell in enumerate(low) if cell in names] for field, names in COLUMNS.items()}
    if not (where["name"] or where["imo"] or where["mmsi"]):
        shown = ", ".join(header)[:120]
        raise SourceError(f"{path.name}: no column names a ship (imo, mmsi or name); the first line says: {shown}")
    list_id, title, attribution = _whose(path, low)
    gathering = Gathering(list_id)
    for line, row in rows:
        gathering.records += 1
        if len(row) != len(header):
            what = f"{len(row)} columns where {len(header)} are expected"
            gathering.skip(f"{path.name}:{line}", "columns", what)
            continue
        said = {field: [row[k] for k in at if row[k]] for field, at in where.items()}
        _add(gathering, said, f"{path.name}:{line}")
    return gathering.listed(title=title, date=date, attribution=attribution)


def read_objects(path: Path, document: dict[str, Any], date: str) -> Watchlist:
    """JSON with `vessels`, each an object with the columns of a table.

    Of remarks and notes nothing is taken: a list's number and its legal ground are facts, other people's suspicions
    are none.
    """
    gathering = Gathering(path.stem.lower())
    for number, ship in enumerate(document["vessels"], start=1):
        gathering.records += 1
        place = f"{path.name} (vessel {number})"
        if not isinstance(ship, dict):
            gathering.skip(place, "form", "not an object")
            continue
        low = {str(key).lower().replace("_", " "): value for key, value in ship.items()}
        said = {field: [w for name in names for w in _words(low.get(name))] for field, names in COLUMNS.items()}
        _add(gathering, said, place)
    meta = document.get("metadata")
    told = str(meta.get("last_updated", "")) if isinstance(meta, dict) else ""
    title = str(meta.get("description", "")) if isinstance(meta, dict) else ""
    return gathering.listed(title=title or path.stem, date=iso_day(told) or date)


def _words(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value if item not in (None, "")]
    return [] if value in (None, "") else [str(value)]


def _whose(path: Path, low: Sequence[str]) -> tuple[str, str, str]:
    if "gur id" in low:
        return "gur", "Vessels named by Ukraine's Main Intelligence Directorate (GUR)", "war-sanctions.gur.gov.ua"
    if "date of application" in low:
        return "eu-annex", "EU, annex XLII of Regulation 833/2014, vessels", "© European Union"
    return path.stem.lower(), path.stem, ""


def _add(gathering: Gathering, said: Mapping[str, Sequence[str]], place: str) -> None:
    names: list[str] = []
    aliases: list[str] = []
    for text in said["name"]:
        for former in _FORMERLY.findall(text):
            aliases += _SEPARATORS.split(former)
        names.append(_FORMERLY.sub("", text))
    for text in said["aliases"]:
        aliases += [name for name in _SEPARATORS.split(text) if not name.lower().endswith("(former)")]
    imos = [number for text in said["imo"] for number in imos_in(text)]
    if said["imo"] and not imos:
        gathering.skip(place, "bad_imo", f"'{said['imo'][0][:20]}' holds no seven digits")
    mmsi = [number for text in said["mmsi"] for number in mmsis_in(text)]
    if said["mmsi"] and not mmsi:
        gathering.skip(place, "bad_mmsi", f"'{said['mmsi'][0][:20]}' holds no ship's nine digits")
    gathering.add(
        source=place,
        imos=imos,
        mmsi=mmsi,
        names=names,
        aliases=aliases,
        date=next((day for text in said["date"] if (day := iso_day(text))), ""),
        reason=", ".join(said["reason"]),
    )
