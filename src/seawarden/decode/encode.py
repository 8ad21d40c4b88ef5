"""A small encoder of AIS messages and sentences, for the simulator and the tests.

Nothing is ever transmitted by this software: what is encoded here goes into files and test feeds only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

Value = int | float | str | None
"""A field's value in the units of the position columns; None: not available."""

_NAMES: Final = "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_ !\"#$%&'()*+,-./0123456789:;<=>?"

# (field, bits): fields named _ are spare; a value that is not given is the standard's "not available"
_CLASS_A: Final = (
    ("nav_status", 4),
    ("rot", 8),
    ("sog", 10),
    ("accuracy", 1),
    ("lon", 28),
    ("lat", 27),
    ("cog", 12),
    ("heading", 9),
    ("second", 6),
    ("_", 5),
    ("_", 19),
)
_LAYOUTS: Final[dict[str, tuple[tuple[str, int], ...]]] = {
    "1": _CLASS_A,
    "2": _CLASS_A,
    "3": _CLASS_A,
    "4": (("_", 40), ("accuracy", 1), ("lon", 28), ("lat", 27), ("_", 34)),
    "5": (
        ("_", 2),
        ("imo", 30),
        ("callsign", 42),
        ("name", 120),
        ("ship_type", 8),
        ("to_bow", 9),
        ("to_stern", 9),
        ("to_port", 6),
        ("to_starboard", 6),
        ("_", 4),
        ("month", 4),
        ("day", 5),
        ("hour", 5),
        ("minute", 6),
        ("draught", 8),
        ("destination", 120),
        ("_", 2),
    ),
    "9": (
        ("altitude", 12),
        ("sog_whole", 10),
        ("accuracy", 1),
        ("lon", 28),
        ("lat", 27),
        ("cog", 12),
        ("second", 6),
        ("_", 34),
    ),
    "18": (
        ("_", 8),
        ("sog", 10),
        ("accuracy", 1),
        ("lon", 28),
        ("lat", 27),
        ("cog", 12),
        ("heading", 9),
        ("second", 6),
        ("_", 29),
    ),
    "19": (
        ("_", 8),
        ("sog", 10),
        ("accuracy", 1),
        ("lon", 28),
        ("lat", 27),
        ("cog", 12),
        ("heading", 9),
        ("second", 6),
        ("_", 4),
        ("name", 120),
        ("ship_type", 8),
        ("to_bow", 9),
        ("to_stern", 9),
        ("to_port", 6),
        ("to_starboard", 6),
        ("_", 11),
    ),
    "21": (
        ("aid_type", 5),
        ("name", 120),
        ("accuracy", 1),
        ("lon", 28),
        ("lat", 27),
        ("to_bow", 9),
        ("to_stern", 9),
        ("to_port", 6),
        ("to_starboard", 6),
        ("_", 23),
    ),
    "24A": (("part", 2), ("name", 120), ("_", 8)),
    "24B": (
        ("part", 2),
        ("ship_type", 8),
        ("_", 42),
        ("callsign", 42),
        ("to_bow", 9),
        ("to_stern", 9),
        ("to_port", 6),
        ("to_starboard", 6),
        ("_", 6),
    ),
    "27": (
        ("accuracy", 1),
        ("_", 1),
        ("nav_status", 4),
        ("lon_coarse", 18),
        ("lat_coarse", 17),
        ("sog_coarse", 6),
        ("cog_coarse", 9),
        ("_", 2),
    ),
}
_MISSING: Final[Mapping[str, int]] = {
    "nav_status": 15,
    "rot": -128,
    "sog": 1023,
    "sog_whole": 1023,
    "lon": 181 * 600_000,
    "lat": 91 * 600_000,
    "cog": 3600,
    "heading": 511,
    "second": 60,
    "lon_coarse": 181 * 600,
    "lat_coarse": 91 * 600,
    "sog_coarse": 63,
    "cog_coarse": 511,
    "hour": 24,
    "minute": 60,
    "altitude": 4095,
}
_SCALES: Final[Mapping[str, tuple[str, float]]] = {
    "sog": ("sog_kn", 10.0),
    "sog_whole": ("sog_kn", 1.0),
    "sog_coarse": ("sog_kn", 1.0),
    "lon": ("lon", 600_000.0),
    "lat": ("lat", 600_000.0),
    "lon_coarse": ("lon", 600.0),
    "lat_coarse": ("lat", 600.0),
    "cog": ("cog_deg", 10.0),
    "cog_coarse": ("cog_deg", 1.0),
    "heading": ("heading_deg", 1.0),
    "to_bow": ("to_bow_m", 1.0),
    "to_stern": ("to_stern_m", 1.0),
    "to_port": ("to_port_m", 1.0),
    "to_starboard": ("to_starboard_m", 1.0),
    "draught": ("draught_m", 10.0),
}


def encode_message(kind: str | int, mmsi: int, **values: Value) -> str:
    """Bits of one message, as a text of 0 and 1.

    Args:
        kind: `1`-`5`, `9`, `18`, `19`, `21`, `24A`, `24B` or `27`.
        mmsi: the sender.
        **values: `lat`, `lon`, `sog_kn`, `cog_deg`, `heading_deg`, `rot_deg_min`, `nav_status`, `accuracy`,
            `second`, `name`, `callsign`, `imo`, `ship_type`, `to_bow_m`, `to_stern_m`, `to_port_m`,
            `to_starboard_m`, `draught_m`, `destination`, `month`, `day`, `hour`, `minute`. What is not given, or
            None, is sent as not available.

    Raises:
        KeyError: a kind that is not encoded here.
    """
    kind = str(kind)
    number = int(kind.rstrip("AB"))
    out = [_binary(number, 6), "00", _binary(mmsi, 30)]
    out += [_field(name, size, values, kind) for name, size in _LAYOUTS[kind]]
    return "".join(out)


def encode_sentences(bits: str, *, talker: str = "AIVDM", channel: str = "A", sequence: int = 0) -> list[str]:
    """Sentences that carry these bits, each with its checksum; more than 56 characters go into several parts."""
    fill = -len(bits) % 6
    bits += "0" * fill
    payload = "".join(_armour(int(bits[i : i + 6], 2)) for i in range(0, len(bits), 6))
    parts = [payload[i : i + 56] for i in range(0, len(payload), 56)]
    return [
        sentence(
            f"{talker},{len(parts)},{number},{sequence if len(parts) > 1 else ''},{channel},{part},"
            f"{fill if number == len(parts) else 0}"
        )
        for number, part in enumerate(parts, 1)
    ]


def sentence(body: str, start: str = "!") -> str:
    """A sentence of this body with its checksum."""
    return f"{start}{body}*{checksum(body)}"


def checksum(body: str) -> str:
    """The exclusive or of all characters, as two hexadecimal digits."""
    check = 0
    for byte in body.encode("latin-1", "replace"):
        check ^= byte
    return f"{check:02X}"


def tag_block(body: str) -> str:
    """A tag block of this body with its checksum, between backslashes."""
    return f"\\{body}*{checksum(body)}\\"


def _field(name: str, size: int, values: Mapping[str, Value], kind: str) -> str:
    if name == "_":
        return "0" * size
    if name == "part":
        return _binary(1 if kind == "24B" else 0, size)
    if name in ("name", "callsign", "destination"):
        return _text(str(values.get(name) or ""), size)
    if name == "rot":
        return _binary(_rot(values.get("rot_deg_min")), size)
    key, scale = _SCALES.get(name, (name, 1.0))
    value = values.get(key)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return _binary(_MISSING.get(name, 0), size)
    number = round(float(value) * scale)
    if name in ("sog", "sog_coarse", "sog_whole"):
        number = min(number, _MISSING[name] - 1)
    elif name == "cog":
        number %= 3600
    elif name in ("heading", "cog_coarse"):
        number %= 360
    return _binary(number, size)


def _rot(rate: Value) -> int:
    if rate is None or math.isnan(float(rate)):
        return -128
    value = round(4.733 * math.sqrt(abs(float(rate))))
    return int(math.copysign(min(value, 126), float(rate)))


def _binary(number: int, size: int) -> str:
    return f"{number & ((1 << size) - 1):0{size}b}"


def _text(text: str, size: int) -> str:
    codes = [max(_NAMES.find(letter), 0) if letter in _NAMES else _NAMES.index("?") for letter in text.upper()]
    codes = codes[: size // 6]
    return "".join(f"{code:06b}" for code in codes).ljust(size, "0")


def _armour(sextet: int) -> str:
    return chr(sextet + 48 if sextet < 40 else sextet + 56)
