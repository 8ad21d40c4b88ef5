"""Risk: the chance that a ship damages an asset, and why."""

from __future__ import annotations

import msgspec

from seawarden.model.finding import AssetRef, Reason
from seawarden.model.resolution import maybe, stated
from seawarden.model.vessel import ShipRef


class AssetAhead(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An asset on a ship's way: when she is there, if she goes on as she does."""

    asset: AssetRef
    minutes: float
    minutes_low: float
    minutes_high: float
    chance: float
    """Chance that she crosses it within the horizon."""
    by: str = "steady"
    """What it rests on: `history` of past traffic, her own `motion`, or `steady` courses."""
    validated: bool = True
    """False beyond six hours, where no forecast was ever measured."""
    closest_km: float | None = None
    """Median of the closest approach, km; 0 when more than half of her likely ways cross it."""
    stop_chance: float | None = None
    """Chance that she stops or anchors within 500 m of it."""

    def __post_init__(self) -> None:
        for name in ("minutes", "minutes_low", "minutes_high"):
            msgspec.structs.force_setattr(self, name, stated(getattr(self, name), "min"))
        msgspec.structs.force_setattr(self, "chance", stated(self.chance))
        msgspec.structs.force_setattr(self, "closest_km", maybe(self.closest_km, "km"))
        if self.stop_chance is not None:
            msgspec.structs.force_setattr(self, "stop_chance", stated(self.stop_chance))


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

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "chance", stated(self.chance))
        msgspec.structs.force_setattr(self, "consequence", stated(self.consequence))
