"""Which changes of what a ship says of herself mean another identity, and which are slips of radio or hand."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Final

from seawarden.model.static import StaticReport
from seawarden.tracks.identity.history import ALIKE, JUMP_M, JUMP_SHARE, names_hull

_NOTHING: Final = frozenset({"0", "NONE", "UNKNOWN", "N/A", "NA", "TEST", "DEFAULT"})


def changes_of(before: StaticReport, after: StaticReport) -> list[tuple[str, str, str]]:
    """Field, value before and value after of each change that another identity makes; empty for slips.

    A name or call sign that differs in few letters is garbled; of two IMO numbers both must name hulls; a size must
    change by more than a hull can.
    """
    found = []
    for field in ("name", "callsign"):
        a, b = str(getattr(before, field)).strip().upper(), str(getattr(after, field)).strip().upper()
        if a and b and a != b and a not in _NOTHING and b not in _NOTHING and not _alike(a, b):
            found.append((field.replace("callsign", "call sign"), a, b))
    if before.imo != after.imo and names_hull(before.imo) and names_hull(after.imo):
        found.append(("IMO number", str(before.imo), str(after.imo)))
    for field, word in (("length_m", "length"), ("breadth_m", "breadth")):
        one, other = getattr(before, field), getattr(after, field)
        if one and other and abs(one - other) > max(JUMP_M, JUMP_SHARE * max(one, other)):
            found.append((word, f"{one:g} m", f"{other:g} m"))
    return found


def hull_keys(report: StaticReport) -> list[str]:
    """What names the hull that a report speaks of: a valid IMO number, or name and call sign together."""
    keys = [f"IMO {report.imo}"] if names_hull(report.imo) else []
    name, sign = report.name.strip().upper(), report.callsign.strip().upper()
    if len(name) >= 4 and len(sign) >= 3 and len(set(sign)) > 1 and name not in _NOTHING and sign not in _NOTHING:
        keys.append(f"{name}, {sign}")
    return keys


def _alike(a: str, b: str) -> bool:
    return a in b or b in a or SequenceMatcher(None, a, b, autojunk=False).ratio() >= ALIKE
