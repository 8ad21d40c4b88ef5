"""An alert: a risk that somebody should act on, named by what it buys."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from seawarden.model.finding import AssetRef, Reason
from seawarden.model.resolution import maybe, stated
from seawarden.model.risk import AssetAhead
from seawarden.model.vessel import ShipRef

Tier = Literal["notice", "look", "challenge", "act"]
TIERS: tuple[Tier, ...] = ("notice", "look", "challenge", "act")
AlertState = Literal["raised", "lowered", "closed", "retracted"]
OVER: Final = frozenset({"closed", "retracted"})
"""States in which an alert stands no more."""


class Waters(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whose waters a ship is in, and when she leaves them at her present course and speed."""

    name: str
    kind: str = ""
    """`territorial sea`, `EEZ`, `high seas`, `unknown`."""
    minutes_left: float | None = None

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "minutes_left", maybe(self.minutes_left, "min"))


class Alert(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line in the queue: one ship (or a group) and one system of assets."""

    id: str
    revision: int
    tier: Tier
    highest_tier: Tier
    state: AlertState
    ship: ShipRef
    asset: AssetRef
    first_line: str
    """At most 130 characters: tier, ship, what since when, which asset in how long, chance, waters."""
    second_line: str = ""
    """Position, speed from-to, strongest counter-reason, doubtful inputs, whom to call."""
    start_t: int
    """When what it speaks of began, ms."""
    raised_t: int
    """When it was first raised, event time, ms."""
    updated_t: int
    closed_t: int | None = None
    known_from_t: int
    risk: float
    """Chance, 0..1."""
    consequence: float = 1.0
    reasons: tuple[Reason, ...] = ()
    counter_reasons: tuple[Reason, ...] = ()
    findings: tuple[str, ...] = ()
    """Ids of the findings behind it."""
    ahead: tuple[AssetAhead, ...] = ()
    waters: Waters | None = None
    case: str = ""
    """Id of the case that it belongs to: alerts of one ship that overlap in time and have one cause."""
    cause: str = ""
    """What its leading sign measured when it was raised: `speed`, `attitude`, `silence`, `way`; `fault` near a
    declared fault, `together` for many ships at once."""
    group: str = ""
    """Id of the group of ships that do the same thing at once."""
    group_size: int = 1
    fault_id: str = ""
    """The declared fault that lowered its threshold, if any."""
    outcome: str = ""
    """`true`, `benign: why`, `unknown`; set by a person."""
    simulated: bool = False
    exercise: bool = False
    """True in a drill: the ship does not exist, and nobody outside the drill is to be called."""

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "risk", stated(self.risk))
        msgspec.structs.force_setattr(self, "consequence", stated(self.consequence))
