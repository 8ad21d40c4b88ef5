"""What the API needs of whatever is being watched. A watch knows everything; the gate decides what a reader sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

import msgspec

from seawarden.model.alert import Alert, Waters
from seawarden.model.asset import Asset
from seawarden.model.event import FaultDeclared, OperatorAction
from seawarden.model.fault import Fault
from seawarden.model.finding import AssetRef, Finding
from seawarden.model.position import F32, F64, I8, I32, I64, U32
from seawarden.model.vessel import ShipRef
from seawarden.store.recording import Episode

Mode = Literal["demo", "replay", "live"]


class FeedHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How one source is doing."""

    id: str
    state: Literal["up", "down", "file"]
    lag_s: float | None = None
    last_t: int | None = None
    """Newest event time, ms."""
    records: int = 0
    rejected: int = 0
    condition: str = ""
    """How a live feed is doing, in one word; see `sources.feeds.failure`."""
    message: str = ""
    """The same in a sentence that says what to do."""
    well: bool = True
    """Whether its line stands and what comes over it is as it should be."""
    since_t: int | None = None
    """Since when it is in that condition, ms."""
    last_seen_t: int | None = None
    """When anything came last, ms."""
    rate_s: float | None = None
    """Records a second over the last minute."""
    clock_offset_s: float | None = None
    """How far its clock is ahead of ours, s."""
    gaps: int = 0
    reconnects: int = 0
    copies: int = 0
    shed: int = 0
    """Positions left out because more came than could be taken."""
    next_try_s: float | None = None


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to call, and how."""

    who: str
    how: str


class Stretch(NamedTuple):
    """Positions of one or many ships; arrays (n,)."""

    track: I32
    """Row of the track, to be named by `Watch.ship`."""
    t: I64
    lat: F64
    lon: F64
    sog_kn: F32
    """As shown: the speed of the way made where the reported one is not borne out by it (see `speeds`)."""
    cog_deg: F32
    heading_deg: F32
    nav_status: I8
    trust: U32
    provenance: I8
    source: I32
    expected_kn: F32
    expected_sigma_kn: F32
    told_kn: F32
    """As reported."""


class Near(NamedTuple):
    """A ship near an asset."""

    track: int
    distance_m: float
    kp_km: float


class Watch(Protocol):
    """A watch at any moment of event time. All times are ms; nothing here is filtered by rights."""

    mode: Mode
    tick_ms: int
    posture: str

    def clock(self) -> int:
        """Newest event time."""
        ...

    def settled(self) -> int:
        """Event time up to which all alerts are known: what comes later is known from later on."""
        ...

    def range(self) -> tuple[int, int]:
        """First and last event time that can be looked at."""
        ...

    def why_not(self) -> list[str]:
        """Why this is not watching, in sentences; empty while it is."""
        ...

    def feeds(self) -> list[FeedHealth]:
        """Every source's health."""
        ...

    def episodes(self) -> list[Episode]:
        """Named stretches of time."""
        ...

    def attribution(self) -> list[str]:
        """Whose data this is."""
        ...

    def cannot_see(self) -> list[str]:
        """What the watch is blind to, in sentences."""
        ...

    def assets(self) -> Sequence[Asset]:
        """All assets."""
        ...

    def length_km(self, asset_id: str) -> float:
        """Length of an asset, km."""
        ...

    def source_name(self, source: int) -> str:
        """Name behind a source's index."""
        ...

    def ship(self, track: int) -> ShipRef:
        """Who a track is."""
        ...

    def tracks_of(self, mmsi: int) -> list[int]:
        """Tracks under one MMSI."""
        ...

    def last(self, at: int) -> Stretch:
        """The last position of every track at that time, too old ones left out."""
        ...

    def stretch(self, mmsi: int, from_t: int, to_t: int) -> Stretch:
        """All positions under one MMSI with from_t <= t <= to_t, by time."""
        ...

    def near(self, asset_id: str, at: int) -> list[Near]:
        """Ships within reach of an asset, nearest first."""
        ...

    def findings(self, at: int) -> list[Finding]:
        """Newest revision of each finding as known then."""
        ...

    def alerts(self, at: int) -> list[Alert]:
        """Newest revision of each alert as known then, with what people did to it until then."""
        ...

    def alert_history(self, alert_id: str) -> list[Alert]:
        """All revisions of one alert, oldest first; empty when there is none."""
        ...

    def actions(self, subject: str) -> list[OperatorAction]:
        """What people did to one alert or fault, oldest first."""
        ...

    def deeds(self) -> list[OperatorAction]:
        """All that people did, in the order in which they did it."""
        ...

    def act(self, action: OperatorAction) -> None:
        """Take a person's action into the ledger and the watch."""
        ...

    def faults(self, at: int) -> list[Fault]:
        """Newest revision of each declared fault as known then."""
        ...

    def fault(self, fault_id: str, at: int) -> Fault | None:
        """One fault, ranked with what was known then."""
        ...

    def declare_fault(self, declared: FaultDeclared) -> Fault:
        """Take a fault into the ledger and rank the ships that could have done it."""
        ...

    def clear_fault(self, fault_id: str, *, t: int, actor: str, note: str = "") -> Fault | None:
        """End a fault."""
        ...

    def outages(self) -> list[tuple[int, int]]:
        """Stretches without any input."""
        ...

    def density(self, from_t: int, bin_ms: int, bins: int) -> list[int]:
        """Positions by bin of time."""
        ...

    def news(self, after: int) -> tuple[int, list[Alert | Fault]]:
        """What changed after a sequence number, and the newest one."""
        ...

    def depth(self, lat: F64, lon: F64) -> tuple[F64, F64]:
        """Depth of water and its sigma, m, NaN unknown; arrays (n,)."""
        ...

    def waters(self, lat: float, lon: float) -> Waters | None:
        """Whose waters."""
        ...

    def calls(self, lat: float, lon: float, asset: AssetRef | None) -> list[Call]:
        """Whom to call about a ship there."""
        ...
