"""Works read from the text of navigational warnings (NAVAREA, NAVTEX, HYDROLANT and their like).

Warnings follow the forms of the Joint IMO/IHO/WMO Manual on Maritime Safety Information: a number, an area, numbered
paragraphs, positions in degrees and minutes, `CANCEL THIS MESSAGE` with a time. Read is what such a text says of
works on the seabed: what, by which ships, where, and until when. What sounds like works and can't be used is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

import msgspec

from seawarden.model.event import WorksDeclared
from seawarden.model.position import NO_TIME
from seawarden.surroundings.works.shape import Shape, ring_of
from seawarden.surroundings.works.warning_times import DATE, GROUP, Told, filled, told_at

HEADER: Final = re.compile(
    r"^[ \t]*(?:ZCZC[^\n]*\n\s*)?(?=[^\n]*[A-Z])[^\n]*?\b((?:NAVAREA|HYDROLANT|HYDROPAC|HYDROARC|NAVTEX|WZ|COASTAL|"
    r"LOCAL|SUB-?AREA|NAV[. ]*WARN\w*|NAVIGATIONAL|NW)\b[A-Z .\-]{0,40}?(?:NO\.?\s*)?\d{1,4}/(\d{2}(?:\d{2})?))\b",
    re.MULTILINE,
)
"""A line that names a warning by number and year."""
WORKS: Final = (
    (re.compile(r"\b(?:SUBMARINE |POWER |TELECOMMUNICATIONS? |FIBRE OPTIC )*CABLE[ -]?(?:LAYING|REPAIR|BURIAL|"
                r"MAINTENANCE|OPERATIONS?|OPS|WORKS?|SURVEY|INSTALLATION|RECOVERY)"), "cable operations"),
    (re.compile(r"\b(?:LAYING|REPAIR(?:ING)?|BURIAL|MAINTENANCE|TRENCHING|RECOVERY) (?:OF |WORKS? ON )?(?:THE )?"
                r"(?:SUBMARINE |POWER )*CABLES?"), "cable operations"),
    (re.compile(r"\bPIPE ?-?(?:LINE|LAYING)\b"), "pipeline operations"),
    (re.compile(r"\b(?:HYDROGRAPHIC|SEISMIC|GEOPHYSICAL|GEOTECHNICAL|SITE|ROUTE|SEABED|UNDERWATER|SCIENTIFIC)"
                r"(?: AND \w+)? (?:SURVEYS?|OPERATIONS)"), "a survey"),
    (re.compile(r"\b(?:SURVEY|UNDERWATER|SUBSEA|DIVING|ROV|DREDGING|TRENCHING) (?:OPERATIONS?|OPS|WORKS?)"),
     "underwater operations"),
)  # fmt: skip
SHIP: Final = re.compile(
    r"\b(?:C/[SV]|CS|M/?[VTS]|R/V|RV|S/V|SV|DSV|OSV|PLV|CLV|GUARD ?(?:SHIP|VESSEL)|CABLE ?(?:SHIP|LAYER|VESSEL)|"
    r"(?:SURVEY |SUPPORT |RESEARCH |WORK ?)?VESSELS?|TUGS?|BARGE)\s+[\"']?(?=[A-Z0-9])"
)
STOP: Final = frozenset(
    "ALONG IN WITHIN BETWEEN UNTIL FROM AT AND OR VICINITY BOUNDED TOWING ON ENGAGED CARRYING CONDUCTING WILL IS ARE "
    "OPERATING CALL CALLSIGN MMSI BY TO WITH NEAR OF REQUESTED REQUESTS ADVISED RESTRICTED WORKING THE A SHOULD WIDE "
    "ASSISTED SUPPORTED ESCORTED CAN MAY VHF SHIPPING VESSEL VESSELS DISPLAYING CONSTRAINED ACROSS OFF".split()
)
POSITION: Final = re.compile(
    r"\b(\d{1,2})[-°\s]\s*(\d{1,2}(?:[.,]\d+)?)(?:[-'\u2032\s]\s*(\d{1,2}(?:[.,]\d+)?))?\s*[\"'\u2032\u2033]*\s*([NS])[\s;,/]*"
    r"(\d{1,3})[-°\s]\s*(\d{1,2}(?:[.,]\d+)?)(?:[-'\u2032\s]\s*(\d{1,2}(?:[.,]\d+)?))?\s*[\"'\u2032\u2033]*\s*([EW])\b"
)
RADIUS: Final = re.compile(r"\bWITHIN\s+(\d+(?:\.\d+)?)\s*(?:NM|NMI|MILES?|M\b|NAUTICAL)")
BERTH: Final = re.compile(
    r"\b(\d+(?:\.\d+)?|ONE|TWO|THREE|FIVE)\s*(?:NM|NAUTICAL|MILES?)[A-Z ]*BERTH|"
    r"BERTH OF (?:AT LEAST )?(\d+(?:\.\d+)?|ONE|TWO|THREE|FIVE)\s*(?:NM|NAUTICAL|MILES?)"
)
NUMBERS: Final = {"ONE": 1.0, "TWO": 2.0, "THREE": 3.0, "FIVE": 5.0}
MARGIN_NMI: Final = 1.0
"""Ships at work stray, and positions are given to a tenth of a minute."""
POINT_NMI: Final = 2.0
MMSI: Final = re.compile(r"\bMMSI\W{0,3}(\d{9})\b")
CANCELS: Final = re.compile(
    r"\bCANCELS?\s+(?!THIS)(?:NAVAREA|HYDRO\w+|NAV\w*|WARNING|MSG|MESSAGE)?[A-Z .\-]*(\d{1,4}/\d{2,4})"
)
SELF: Final = re.compile(r"\bCANCEL THIS (?:MSG|MESSAGE|WARNING|NAVWARN|PARA)\w*\s*(?:ON |AT )?")
UNTIL: Final = re.compile(r"\b(?:UNTIL|TILL|VALID TO|COMPLETION)\s+(?:APPROX\w*\s+|ABOUT\s+|ON\s+)?")
SPAN: Final = re.compile(
    rf"\b(?:FROM\s+|BETWEEN\s+)?((?:{GROUP})|(?:{DATE})|\d{{1,2}})\s*(?:TO|THRU|THROUGH|UNTIL|UP TO|AND|-)\s*"
    rf"(?=(?:{GROUP})|(?:{DATE}))"
)
SINCE: Final = re.compile(r"\b(?:FROM|COMMENCING|STARTING|BEGINNING|AS OF)\s+(?:ON |ABOUT )?")


class Unread(NamedTuple):
    """A warning that sounds like works and could not be used."""

    name: str
    why: str


def read_warnings(text: str, source: str) -> tuple[list[WorksDeclared], list[Unread]]:
    """Works of all warnings in a text, in the order of the text, and what could not be used.

    Args:
        text: one warning or many, as broadcast.
        source: name of the file.
    """
    found: dict[str, WorksDeclared] = {}
    unread: list[Unread] = []
    for name, year, body in _messages(text, source):
        plain = " ".join(body.upper().split())
        issued = _issued(plain, year)
        for number in CANCELS.findall(plain):
            for id_ in [k for k in found if k.endswith(" " + number)]:
                end = round(issued.timestamp() * 1000) if issued else NO_TIME
                if end == NO_TIME:
                    del found[id_]
                else:
                    found[id_] = _ended(found[id_], end)
        kind = next((words for pattern, words in WORKS if pattern.search(plain)), None)
        if kind is None:
            continue
        made = _works(name, year, plain, kind, issued, source)
        if isinstance(made, str):
            unread.append(Unread(name, made))
        else:
            found[made.works_id] = made
    return list(found.values()), unread


def _messages(text: str, source: str) -> Iterator[tuple[str, int | None, str]]:
    """Name, year and text of each warning."""
    heads = [m for m in HEADER.finditer(text.upper()) if not re.search(r"CANCEL", m[0])]
    if not heads:
        yield source, None, text
        return
    for k, head in enumerate(heads):
        end = heads[k + 1].start() if k + 1 < len(heads) else len(text)
        year = int(head[2])
        yield " ".join(head[1].split()), year + 2000 if year < 100 else year, text[head.start() : end]


def _issued(plain: str, year: int | None) -> datetime | None:
    """The first time group with a month that is no time of cancelling."""
    for found in re.finditer(GROUP, plain):
        before = plain[max(0, found.start() - 40) : found.start()]
        if found[4] is None or re.search(r"(?:CANCEL|UNTIL|TO|FROM|THRU)\W[^.]*$", before):
            continue
        told = told_at(found[0])
        t = filled(told[0], None, None, end=False, year=year) if told is not None else None
        return None if t is None else datetime.fromtimestamp(t / 1000, UTC)
    return None


def _works(
    name: str, year: int | None, plain: str, kind: str, issued: datetime | None, source: str
) -> WorksDeclared | str:
    points = positions_of(plain)
    if not points:
        return "it gives no position"
    shape: Shape = "area"
    if len(points) < 3 or (
        re.search(r"\b(?:TRACK ?LINES?|ALONG|ROUTE|LINES? JOINING|BETWEEN)\b", plain)
        and not re.search(r"\b(?:BOUNDED|AREAS?)\b", plain)
    ):
        shape = "line" if len(points) > 1 else "point"
    berth = BERTH.search(plain)
    margin = _number(berth[1] or berth[2]) if berth is not None else MARGIN_NMI
    if shape == "point":
        radius = RADIUS.search(plain)
        margin = float(radius[1]) if radius is not None else max(margin, POINT_NMI)
    from_t, to_t = _span(plain, issued, year)
    stated = round(issued.timestamp() * 1000) if issued is not None else None
    if to_t is not None and from_t is not None and to_t <= from_t:
        return "it ends before it begins"
    if from_t is None and stated is None and to_t is None and "UNTIL FURTHER NOTICE" not in plain:
        return "it states no time"
    mmsi = MMSI.search(plain)
    return WorksDeclared(
        t=min(x for x in (stated, from_t, to_t, 0 if stated is None and from_t is None else None) if x is not None),
        source=source,
        works_id=name,
        kind=kind,
        mmsi=int(mmsi[1]) if mmsi is not None else 0,
        names=tuple(ships_of(plain)),
        polygon=ring_of(points, shape, margin),
        from_t=from_t if from_t is not None else (stated if stated is not None else NO_TIME),
        to_t=to_t if to_t is not None else NO_TIME,
    )


def _ended(works: WorksDeclared, end_t: int) -> WorksDeclared:
    return msgspec.structs.replace(works, to_t=min(works.to_t, end_t) if works.to_t != NO_TIME else end_t)


def positions_of(plain: str) -> list[tuple[float, float]]:
    """All positions of a text as (lon, lat), degrees, in order; those that are none are passed over."""
    out: list[tuple[float, float]] = []
    for m in POSITION.finditer(plain):
        lat, lon = _degrees(m[1], m[2], m[3], m[4] == "S"), _degrees(m[5], m[6], m[7], m[8] == "W")
        if lat is not None and lon is not None and abs(lat) <= 90.0 and abs(lon) <= 180.0:
            out.append((lon, lat))
    return out


def _degrees(degrees: str, minutes: str, seconds: str | None, negative: bool) -> float | None:
    low, lower = float(minutes.replace(",", ".")), float((seconds or "0").replace(",", "."))
    if low >= 60.0 or lower >= 60.0:
        return None
    value = int(degrees) + low / 60.0 + lower / 3600.0
    return round(-value if negative else value, 6)


def ships_of(plain: str) -> list[str]:
    """Names of the ships at work."""
    out: list[str] = []
    for m in SHIP.finditer(plain):
        after = re.split(r"[,;:(\"/]|\.(?:\s|$)", plain[m.end() : m.end() + 60])[0]
        words: list[str] = []
        for word in after.split():
            if word in STOP or len(words) == 4 or (not words and not re.search(r"[A-Z]{2}", word)):
                break
            words.append(word.strip(".-"))
        name = " ".join(words)
        if name and name not in out:
            out.append(name)
    return out


def _span(plain: str, issued: datetime | None, year: int | None) -> tuple[int | None, int | None]:
    begin, end = None, None
    span = SPAN.search(plain)
    if span is not None:
        last = told_at(plain[span.end() :])
        first = told_at(span[1]) or (_bare(span[1]) if span[1].isdigit() else None)
        if last is not None and first is not None:
            begin = filled(first[0], last[0], issued, end=False, year=year)
            end = filled(last[0], first[0], issued, end=True, year=year)
            if begin is not None and end is not None and end <= begin and first[0].year is None:
                begin = filled(first[0]._replace(year=datetime.fromtimestamp(end / 1000, UTC).year - 1), None, None,
                               end=False, year=year)  # fmt: skip
    if begin is None:
        begin = _after(SINCE, plain, issued, year, end=False)
    if end is None:
        end = _after(UNTIL, plain, issued, year, end=True)
    cancelled = _after(SELF, plain, issued, year, end=True)
    return begin, cancelled if end is None else end


def _after(
    pattern: re.Pattern[str], plain: str, issued: datetime | None, year: int | None, *, end: bool
) -> int | None:
    for m in pattern.finditer(plain):
        told = told_at(plain[m.end() :])
        if told is not None:
            return filled(told[0], None, issued, end=end, year=year)
    return None


def _bare(day: str) -> tuple[Told, int]:
    return Told(int(day), None, None, None, None), len(day)


def _number(word: str) -> float:
    return NUMBERS[word] if word in NUMBERS else float(word)
