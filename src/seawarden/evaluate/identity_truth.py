"""Labelled messages of shared numbers: JSON lines, plain or gzip, one message a line.

Fields: `ssvid` (the MMSI), `timestamp` (ISO 8601, UTC where no zone is named), `type` (`AIS.18` or 18); where known
`lat`, `lon`, `speed` (kn), `course`, `heading` (degrees), `source`, `receiver`, `shipname`, `callsign`, `imo`,
`shiptype`, `length`, `width` (m); and `expected`: the label of its segment, null or absent where there is none.
"""

from __future__ import annotations

import gzip
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from seawarden.model.error import SourceError
from seawarden.tracks.identity.message import COARSE, Claim, Message


class Line(msgspec.Struct, frozen=True):
    """One line as it stands in the file."""

    ssvid: str | int
    timestamp: str
    type: str | int = 0
    lat: float | None = None
    lon: float | None = None
    speed: float | None = None
    course: float | None = None
    heading: float | None = None
    source: str | None = ""
    receiver: str | None = ""
    shipname: str | None = ""
    callsign: str | None = ""
    imo: str | int | float | None = 0
    shiptype: str | int | None = ""
    length: float | None = None
    width: float | None = None
    expected: str | int | None = None


class Truth(NamedTuple):
    """Messages of one MMSI in order of time, with what is expected of each."""

    mmsi: str
    messages: list[Message]
    expected: list[str | None]
    """Label of the segment, None where there is none."""


def read_truth(path: Path) -> list[Truth]:
    """Read a file of labelled messages, by MMSI.

    Args:
        path: JSON lines, plain or gzip.

    Raises:
        SourceError: the file can't be read, a line is not such a message, or no message is labelled.
    """
    found: dict[str, list[tuple[Message, str | None]]] = {}
    decoder = msgspec.json.Decoder(Line)
    for number, text in enumerate(_lines(path), 1):
        if not text.strip():
            continue
        try:
            line = decoder.decode(text)
            message = _message(line)
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError, OverflowError) as error:
            raise SourceError(f"{path}, line {number}: not a labelled message ({error})") from None
        label = None if line.expected in (None, "") else str(line.expected)
        found.setdefault(str(line.ssvid), []).append((message, label))
    if not found:
        raise SourceError(f"{path}: holds no message")
    if all(label is None for rows in found.values() for _, label in rows):
        raise SourceError(f"{path}: no message is labelled: `expected` must name the segment of some of them")
    truth = []
    for mmsi in sorted(found):
        rows = sorted(found[mmsi], key=lambda row: row[0].t)
        truth.append(Truth(mmsi, [message for message, _ in rows], [label for _, label in rows]))
    return truth


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as plain:
            packed = plain.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rb") if packed else path.open("rb") as file:
            yield from file
    except (OSError, EOFError) as error:
        why = getattr(error, "strerror", None) or error
        raise SourceError(f"{path}: can't be read ({why})") from None


def _message(line: Line) -> Message:
    number = str(line.type).upper().removeprefix("AIS.")
    kind = int(number) if number.isdecimal() else 0
    read = datetime.fromisoformat(line.timestamp.removesuffix(" UTC"))
    zoned = read if read.tzinfo else read.replace(tzinfo=UTC)
    lat, lon = _within(line.lat, -90.0, 90.0), _within(line.lon, -180.0, 180.0)
    most = 62.9 if kind == COARSE else 102.25
    return Message(
        t=round(zoned.timestamp() * 1000),
        kind=kind,
        lat=lat if not math.isnan(lon) else math.nan,
        lon=lon if not math.isnan(lat) else math.nan,
        sog_kn=_within(line.speed, 0.0, most),
        cog_deg=_within(line.course, 0.0, 359.95),
        heading_deg=_within(line.heading, 0.0, 359.95),
        source=line.source or "",
        receiver=line.receiver or "",
        claim=Claim(
            name=(line.shipname or "").strip(),
            callsign=(line.callsign or "").strip(),
            imo=_whole(line.imo),
            ship_type=str(line.shiptype or ""),
            length_m=line.length or 0.0,
            breadth_m=line.width or 0.0,
        ),
    )


def _within(value: Any, low: float, high: float) -> float:
    """The value, or NaN where it is none: AIS says "unknown" with a number beyond the range."""
    return float(value) if value is not None and low <= value <= high else math.nan


def _whole(value: str | float | None) -> int:
    text = str(int(value) if isinstance(value, float) and math.isfinite(value) else value or "").strip()
    return int(text) if text.isdecimal() else 0
