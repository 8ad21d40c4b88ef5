"""A finding: a piece of track with reasons. An observation that can be checked, never a verdict."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from seawarden.model.error import Uncertain
from seawarden.model.resolution import maybe, stated
from seawarden.model.vessel import ShipRef

FindingState = Literal["open", "closed", "retracted"]


class AssetRef(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The asset that a finding concerns, and where along it."""

    id: str
    name: str
    kind: str
    system: str
    kp_km: float | None = None
    """Kilometre point along the route from its first vertex, km."""
    kp_sigma_km: float | None = None
    version: int = 1
    visibility: str = "public"

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "kp_km", maybe(self.kp_km, "km"))
        msgspec.structs.force_setattr(self, "kp_sigma_km", maybe(self.kp_sigma_km, "km"))


class AreaRef(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The area that a finding concerns: a circle, and a polygon where one is known."""

    id: str
    """Names the area within its kind and start; the same in every run."""
    lat: float
    """Of the centre, degrees."""
    lon: float
    radius_m: float
    polygon: tuple[tuple[float, float], ...] = ()
    """Ring of (lon, lat), degrees."""

    def __post_init__(self) -> None:
        for name, unit in (("lat", ""), ("lon", ""), ("radius_m", "m")):
            msgspec.structs.force_setattr(self, name, stated(getattr(self, name), unit))


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """A limit that a measured value was held against."""

    name: str
    value: float
    unit: str
    setting: str
    """Dotted name of the setting it came from."""

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "value", stated(self.value))


class Reason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One reason for, against or instead: a sentence, and its weight in the chance (log-odds, natural log)."""

    text: str
    weight: float = 0.0
    measure: str = ""
    """Name of the measured value behind it."""

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "weight", stated(self.weight))


class TrackPoint(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One position behind a finding: ms, degrees, kn, degrees."""

    t: int
    lon: float
    lat: float
    sog_kn: float | None
    cog_deg: float | None
    heading_deg: float | None
    trust: int


class SourceRef(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where the positions behind a finding can be looked up."""

    source: str
    file: str = ""
    first_offset: int = 0
    last_offset: int = 0
    receivers: tuple[str, ...] = ()


class InputQuality(msgspec.Struct, frozen=True, kw_only=True):
    """How good the positions under a finding were."""

    positions: int
    median_interval_s: float | None
    longest_gap_s: float | None
    doubted: int
    """Positions with any trust bit set."""
    heading_share: float
    """Share of positions that carried a heading."""
    provenance: str
    """The weakest provenance among them."""


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was seen of one ship, near one asset where there is one, between two times."""

    id: str
    """Derived from kind, ship's track, asset and start: the same observation has the same id in every run."""
    revision: int
    """From 1; each revision supersedes the one before it."""
    kind: str
    state: FindingState
    ship: ShipRef
    asset: AssetRef | None = None
    area: AreaRef | None = None
    """Where it speaks of many ships or of a feed; `ship` is then `NO_SHIP`."""
    start_t: int
    """ms."""
    end_t: int | None = None
    """ms; None while it goes on."""
    known_from_t: int
    """When this revision became known, ms."""
    known_to_t: int | None = None
    """When it was superseded or retracted, ms."""
    measured: tuple[Uncertain, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    track: tuple[TrackPoint, ...] = ()
    input_quality: InputQuality | None = None
    benign: tuple[Reason, ...] = ()
    """What else could explain it."""
    sources: tuple[SourceRef, ...] = ()
    settings_hash: str = ""
    code_version: str = ""
    model_hash: str = ""
    """Of the learned model that it was read by, where it was."""
    simulated: bool = False
    why_retracted: str = ""

    def value(self, name: str) -> float | None:
        """The measured value of that name, or None."""
        for item in self.measured:
            if item.name == name:
                return item.value
        return None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a behaviour says at a tick: open, update, close or retract the finding with this key."""

    action: Literal["open", "update", "close", "retract"]
    kind: str
    slot: int
    """The ship's row in the engine's state arrays (of the view in a fleet behaviour); -1 for no one ship."""
    asset: int
    """The asset's row in the index, -1 none."""
    area: AreaRef | None = None
    start_t: int
    """With kind, track and asset this makes the finding's id."""
    t: int
    """Event time of the change, ms."""
    end_t: int | None = None
    kp_km: float | None = None
    kp_sigma_km: float | None = None
    measured: tuple[Uncertain, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    benign: tuple[Reason, ...] = ()
    model_hash: str = ""
    """Of the learned model that it was read by, where it was."""
    detail: dict[str, Any] = {}
