"""Static reports out of six-bit fields: AIS messages 5, 19, 21 and both halves of 24."""

from __future__ import annotations

from typing import Final

import msgspec

from seawarden.model.position import U8
from seawarden.model.static import StaticReport

KIND_24A: Final = 24
KIND_24B: Final = 25


class Field(msgspec.Struct, frozen=True):
    """First bit and length of each field of one kind of static message; a length of 0: it has none."""

    name: tuple[int, int] = (0, 0)
    callsign: tuple[int, int] = (0, 0)
    imo: tuple[int, int] = (0, 0)
    ship_type: tuple[int, int] = (0, 0)
    dimensions: int = 0
    draught: tuple[int, int] = (0, 0)
    destination: tuple[int, int] = (0, 0)
    eta: int = 0


FIELDS: Final[dict[int, Field]] = {
    5: Field(
        imo=(40, 30),
        callsign=(70, 42),
        name=(112, 120),
        ship_type=(232, 8),
        dimensions=240,
        draught=(294, 8),
        destination=(302, 120),
        eta=274,
    ),
    19: Field(name=(143, 120), ship_type=(263, 8), dimensions=271),
    21: Field(name=(43, 120), dimensions=219),
    KIND_24A: Field(name=(40, 120)),
    KIND_24B: Field(ship_type=(40, 8), callsign=(90, 42), dimensions=132),
}


class Bits:
    """A message's bits."""

    def __init__(self, sextets: U8, count: int) -> None:
        self._value = 0
        for sextet in sextets:
            self._value = self._value << 6 | int(sextet)
        self._size = 6 * len(sextets)
        self.count = count

    def number(self, start: int, length: int) -> int:
        """Unsigned number."""
        return self._value >> (self._size - start - length) & ((1 << length) - 1)

    def text(self, start: int, length: int) -> str:
        """Six-bit text up to the first @, without spaces around it."""
        codes = (self.number(at, 6) for at in range(start, start + length, 6))
        text = "".join(chr(code + 64 if code < 32 else code) for code in codes)
        return text.split("@", 1)[0].strip()


def static_report(kind: int, mmsi: int, t: int, bits: Bits) -> StaticReport:
    """One static message as a report; fields that the kind does not carry are empty.

    Args:
        kind: 5, 19, 21, 24 (part A) or 25 (part B of message 24).
        mmsi: the sender.
        t: event time, ms.
        bits: the whole message.
    """
    field = FIELDS[kind]
    imo = bits.number(*field.imo) if field.imo[1] else 0
    draught = bits.number(*field.draught) if field.draught[1] else 0
    sides: tuple[int, ...] = (0, 0, 0, 0)
    # an auxiliary craft gives her mother ship's MMSI in the place of her own size
    if field.dimensions and mmsi // 10_000_000 != 98:
        first = field.dimensions
        sides = tuple(bits.number(first + at, size) for at, size in ((0, 9), (9, 9), (18, 6), (24, 6)))
    bow, stern, port, starboard = sides
    return StaticReport(
        t=t,
        mmsi=mmsi,
        imo=imo if 1_000_000 <= imo <= 9_999_999 else 0,
        name=bits.text(*field.name) if field.name[1] else "",
        callsign=bits.text(*field.callsign) if field.callsign[1] else "",
        ship_type=bits.number(*field.ship_type) if field.ship_type[1] else 0,
        length_m=float(bow + stern) if bow + stern else None,
        breadth_m=float(port + starboard) if port + starboard else None,
        to_bow_m=float(bow) if bow else None,
        to_port_m=float(port) if port else None,
        draught_m=draught / 10.0 if draught else None,
        destination=bits.text(*field.destination) if field.destination[1] else "",
        eta=_eta(bits, field.eta) if field.eta else "",
    )


def joined(old: StaticReport | None, new: StaticReport, kind: int) -> StaticReport:
    """A half report of message 24 (or 19) completed by what the ship said of herself before."""
    if old is None or kind == 5:
        return new
    kept = {
        name: getattr(old, name)
        for name in (
            "imo",
            "name",
            "callsign",
            "ship_type",
            "length_m",
            "breadth_m",
            "to_bow_m",
            "to_port_m",
            "draught_m",
            "destination",
            "eta",
        )
        if not getattr(new, name)
    }
    return msgspec.structs.replace(new, **kept)


def _eta(bits: Bits, start: int) -> str:
    month, day, hour, minute = (bits.number(start + at, size) for at, size in ((0, 4), (4, 5), (9, 5), (14, 6)))
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour <= 23 and minute <= 59):
        return ""
    return f"{month:02}-{day:02} {hour:02}:{minute:02}"
