"""Drafts for a person: an AIS safety text. Nothing is ever transmitted by this system.

Addressed safety related messages hold at most 156 characters of six-bit ASCII (ITU-R M.1371-5, message 12).
"""

from __future__ import annotations

import unicodedata
from typing import Final

from seawarden.channels.messages.told import Told

LIMIT: Final = 156
SIX_BIT: Final = frozenset(" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^")
"""ITU-R M.1371-5, table 47, without the at-sign's use as filler and the underscore, which some decoders alter."""
LETTERS: Final = {
    "Æ": "AE",
    "Ø": "O",
    "ß": "SS",
    "Ł": "L",
    "Đ": "D",
    "Þ": "TH",
    "·": "-",
    "\u2013": "-",
    "\u2014": "-",
}


def six_bit(text: str) -> str:
    """The text in the letters that AIS has; what has no likeness becomes a space."""
    spelt = "".join(LETTERS.get(c, c) for c in text.upper())
    plain = "".join(c for c in unicodedata.normalize("NFKD", spelt) if not unicodedata.combining(c))
    return " ".join("".join(c if c in SIX_BIT and c != "@" else " " for c in plain).split())


def safety_text(item: Told) -> str:
    """A draft of at most 156 characters for a person to send or to read out; never names a route nor an intent."""
    name = six_bit(item.ship) or f"MMSI {item.mmsi}"
    head = "EXERCISE EXERCISE. " if item.exercise or item.simulated else ""
    tail = ", SEABED INSTALLATIONS NEAR YOU. PLEASE CHECK THAT BOTH ANCHORS ARE HOME AND REPORT ON VHF 16."
    return f"{head}{name[: LIMIT - len(head) - len(tail)]}{tail}"
