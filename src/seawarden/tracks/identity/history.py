"""What was said under one MMSI over time: spells of each value, and the changes between them.

A spell is a value from its first to its last report, with the number of reports; two spells that overlap were told at
the same time, as two ships on one number do. A change within one letter in four of a name is called garbled: radio
bits fall over. Of two IMO numbers one must fail its check digit as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Final, Literal

import msgspec

from seawarden.model.static import StaticReport
from seawarden.tracks.statics import imo_valid

Field = Literal["name", "callsign", "imo", "type", "length_m", "breadth_m"]

JUMP_SHARE: Final = 0.1
JUMP_M: Final = 5.0
"""A hull is as long as it is: more than a tenth and five metres is another hull or a slip of the hand."""
PLACEHOLDER: Final = 1_234_567
"""Has a right check digit, and is typed in where none is known."""
ALIKE: Final = 0.75
"""Share of letters in order from which two words are one word garbled."""
_READ: Final[tuple[tuple[Field, str], ...]] = (
    ("name", "name"), ("callsign", "callsign"), ("imo", "imo"), ("type", "ship_type"),
    ("length_m", "length_m"), ("breadth_m", "breadth_m"),
)  # fmt: skip


class Spell(msgspec.Struct, frozen=True, kw_only=True):
    """A value that was told for a while."""

    field: Field
    value: str
    first_t: int
    """ms."""
    last_t: int
    reports: int
    valid: bool = True
    """False for an IMO number that names no hull."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A value that gave way to another."""

    field: Field
    before: str
    after: str
    last_t: int
    """When the value before was told last, ms; later than `t` where both were told in turn."""
    t: int
    """When the value after was told first, ms."""
    garbled: bool = False
    """Whether it looks like bits that fell over."""
    jump: bool = False
    """Whether the hull's size changed by more than a hull can."""


def spells(reports: Iterable[StaticReport]) -> list[Spell]:
    """Every value that was told, by field and first time.

    Args:
        reports: of one MMSI, in any order. What a report leaves out says nothing.
    """
    found: dict[tuple[Field, str], list[int]] = {}
    for report in sorted(reports, key=lambda r: (r.t, r.seq)):
        for field, attribute in _READ:
            value = _told(getattr(report, attribute))
            if value:
                found.setdefault((field, value), []).append(report.t)
    return [
        Spell(
            field=field,
            value=value,
            first_t=times[0],
            last_t=times[-1],
            reports=len(times),
            valid=field != "imo" or names_hull(int(value)),
        )
        for (field, value), times in sorted(found.items(), key=lambda item: (_rank(item[0][0]), item[1][0], item[0]))
    ]


def changes(told: Sequence[Spell]) -> list[Change]:
    """How the values of each field followed each other, in order of time.

    Args:
        told: spells of one ship, as `spells` gives them.
    """
    found: list[Change] = []
    before: Spell | None = None
    for spell in told:
        if before is not None and before.field == spell.field:
            found.append(
                Change(
                    field=spell.field,
                    before=before.value,
                    after=spell.value,
                    last_t=before.last_t,
                    t=spell.first_t,
                    garbled=_garbled(before, spell),
                    jump=_jump(before, spell),
                )
            )
        before = spell
    return sorted(found, key=lambda change: (change.t, _rank(change.field)))


def told_in_turn(told: Sequence[Spell], field: Field) -> list[Spell]:
    """Spells of a field that overlap in time with another value's: one ship does not bear two names at once."""
    own = [spell for spell in told if spell.field == field]
    return [
        one for one in own if any(o is not one and o.first_t < one.last_t and one.first_t < o.last_t for o in own)
    ]


def names_hull(imo: int) -> bool:
    """Whether an IMO number can name a hull: its check digit is right, and it is not the number of all manuals."""
    return imo_valid(imo) and imo != PLACEHOLDER


def _told(value: object) -> str:
    if value in (None, "", 0, 0.0):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value).strip()


def _rank(field: Field) -> int:
    return [name for name, _ in _READ].index(field)


def _garbled(one: Spell, other: Spell) -> bool:
    if one.field not in ("name", "callsign", "imo"):
        return False
    if one.field == "imo" and one.valid == other.valid:
        return False
    return SequenceMatcher(None, one.value, other.value, autojunk=False).ratio() >= ALIKE


def _jump(one: Spell, other: Spell) -> bool:
    if one.field not in ("length_m", "breadth_m"):
        return False
    a, b = float(one.value), float(other.value)
    return abs(a - b) > max(JUMP_M, JUMP_SHARE * max(a, b))
