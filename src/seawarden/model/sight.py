"""How well a dragged anchor would be seen: on the ships at a moment, and over the hours of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec

CAUSES: Final[Mapping[str, str]] = {
    "silent": "not heard lately",
    "rare": "heard too rarely",
    "gaps": "heard with gaps",
    "short": "heard for too short a time",
    "below": "slower than 6 kn",
    "slow": "slow",
    "unsteady": "unsteady",
    "turning": "turning",
    "unknown": "where past traffic is not known",
    "few": "where few ships are known to pass",
    "slowing": "where ships often slow",
}
"""What lowers the chance most, in words, in the order in which they are told."""
TOLD: Final = 4
"""Causes told in a line."""


How = Literal["well", "perhaps", "hardly"]


class ShipSeen(msgspec.Struct, frozen=True, kw_only=True):
    """How well a drag that begins on one ship at a moment would be seen."""

    t: int
    """ms."""
    how: How
    """By `chance`: well from eight in ten, hardly below three in ten."""
    chance: float
    """Of one that costs 30 % of her speed to be noticed within 15 min, 0..1."""
    chances: dict[str, float]
    """By loss, time and rate: `15 % in 30 min, look`. Noticed: at one false alarm in ten ship-days; look: her track
    alone is enough for that tier."""
    angled: dict[str, float]
    """The same if the anchor turns her off her course; empty where she sends no heading."""
    reasons: tuple[str, ...]
    """What lowers the chance most, strongest first."""
    line: str
    """All of it in a sentence."""


class ShipsSeen(msgspec.Struct, frozen=True, kw_only=True):
    """The ships under way near assets at a moment, by the chance that a drag of 30 % which begins then is noticed.

    Noticed: found within 15 min at one false alarm in ten ship-days.
    """

    t: int
    """ms."""
    ships: int
    well: int
    """Eight in ten or better."""
    perhaps: int
    hardly: int
    """Less than three in ten."""
    chance: float | None
    """Mean over the ships, 0..1; None without any."""
    causes: dict[str, int] = {}
    """Of the ships on which it would hardly be noticed, by what lowers the chance most (`CAUSES`)."""


class HoursSeen(msgspec.Struct, frozen=True, kw_only=True):
    """The same over time, in ship-hours under way: a run looks at each ship once an hour, at one alone more often."""

    hours: float
    well: float
    perhaps: float
    hardly: float
    chance: float | None
    causes: dict[str, float] = {}
    """Hours in which it would hardly have been noticed, by what lowered the chance most."""


def in_ten(chance: float) -> str:
    """A chance as a frequency."""
    if chance < 0.05:
        return "less than 1 in 20"
    return f"{min(round(10.0 * chance), 9)} in 10" if chance < 0.95 else "more than 19 in 20"


def ship_line(how: How, chance: float, reasons: Sequence[str]) -> str:
    """One ship in a sentence."""
    words = {
        "well": "would be noticed within 15 min",
        "perhaps": "would perhaps be noticed within 15 min",
        "hardly": "would hardly be noticed within 15 min",
    }
    why = f": {'; '.join(reasons)}" if reasons else ""
    return f"a drag of 30 % beginning now {words[how]}, {in_ten(chance)}{why}"


def line_of(seen: ShipsSeen) -> str:
    """The ships at a moment in one sentence."""
    if not seen.ships:
        return "no ship is under way near assets"
    told = [f"on {seen.well} (8 in 10 or better)"]
    told += [f"perhaps on {seen.perhaps}"] if seen.perhaps else []
    told += [f"hardly on {seen.hardly}"] if seen.hardly else []
    many = f"of {seen.ships} ships" if seen.ships > 1 else "of one ship"
    why = _why({cause: str(count) for cause, count in _first(seen.causes).items()})
    return f"{many} under way near assets, a drag of 30 % would be noticed within 15 min {', '.join(told)}{why}"


def hours_line(seen: HoursSeen, where: str = " near assets") -> str:
    """The hours of a run in one sentence."""
    if seen.hours <= 0.0:
        return f"no ship was under way{where}"
    share = {name: getattr(seen, name) / seen.hours for name in ("well", "perhaps", "hardly")}
    why = _why({cause: f"{hours / seen.hours:.0%}" for cause, hours in _first(seen.causes).items()})
    mean = "" if seen.chance is None else f"; {10.0 * seen.chance:.1f} in 10 on the whole"
    return (
        f"in {seen.hours:,.1f} ship-hours under way{where}, a drag of 30 % would have been noticed within 15 min "
        f"in {share['well']:.0%} (8 in 10 or better), perhaps in {share['perhaps']:.0%}, "
        f"hardly in {share['hardly']:.0%}{why}{mean}"
    )


def _first(causes: Mapping[str, float]) -> dict[str, float]:
    order = list(CAUSES)
    held = sorted(causes, key=lambda cause: (-causes[cause], order.index(cause) if cause in order else len(order)))
    return {cause: causes[cause] for cause in held[:TOLD]}


def _why(counts: Mapping[str, str]) -> str:
    told = ", ".join(f"{count} {CAUSES.get(cause, cause)}" for cause, count in counts.items())
    return f": {told}" if told else ""
