"""Risk: the chance that a ship damages an asset, and why."""

from __future__ import annotations

import msgspec

from seawarden.model.finding import AssetRef, Reason
from seawarden.model.vessel import ShipRef


class AssetAhead(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An asset on a ship's way: when she is there, if she goes on as she does."""

    asset: AssetRef
    minutes: float
    minutes_low: float
    minutes_high: float
    chance: float
    """Chance that she crosses it within the horizon."""


class Risk(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Risk of one ship to one asset at one time."""

    t: int
    ship: ShipRef
    asset: AssetRef
    chance: float
    """Probability that this ship is damaging or will damage this asset within the horizon."""
    consequence: float
    """The asset's weight."""
    reasons: tuple[Reason, ...] = ()
    counter_reasons: tuple[Reason, ...] = ()
    findings: tuple[str, ...] = ()
    ahead: tuple[AssetAhead, ...] = ()
