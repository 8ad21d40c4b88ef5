"""A declared fault and the ships that could have done it."""

from __future__ import annotations

from typing import Literal

import msgspec

from seawarden.model.alert import Waters
from seawarden.model.finding import AssetRef, Reason
from seawarden.model.risk import AssetAhead
from seawarden.model.vessel import ShipRef


class Candidate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One ship that could have done it, with what speaks for and against."""

    rank: int
    ship: ShipRef | None
    """None: a ship nobody saw."""
    chance: float
    """Posterior probability; all candidates of a fault together make 1."""
    crossed_t: int | None = None
    """When she crossed or came closest, ms."""
    distance_m: float | None = None
    distance_sigma_m: float | None = None
    kp_km: float | None = None
    speed_before_kn: float | None = None
    speed_at_kn: float | None = None
    speed_after_kn: float | None = None
    speaks_for: tuple[Reason, ...] = ()
    speaks_against: tuple[Reason, ...] = ()
    ahead: tuple[AssetAhead, ...] = ()
    waters: Waters | None = None
    last_t: int | None = None
    last_lat: float | None = None
    last_lon: float | None = None
    script: str = ""
    """What a person may read out on the radio. Nothing is ever transmitted by this system."""


class Fault(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fault as declared, and its ranking as far as it is known."""

    id: str
    revision: int = 1
    state: Literal["open", "cleared"] = "open"
    asset: AssetRef
    kp_from_km: float | None = None
    kp_to_km: float | None = None
    from_t: int
    to_t: int | None = None
    declared_t: int
    known_from_t: int
    actor: str = "operator"
    note: str = ""
    candidates: tuple[Candidate, ...] = ()
    ships_considered: int = 0
    blind: str = ""
    """What could not be seen in place and time, in a sentence."""
    exercise: bool = False
