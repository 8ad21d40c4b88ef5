"""Events beside positions: all that enters the stream and is journalled, so that replay equals live."""

from __future__ import annotations

from typing import Any

import msgspec

from seawarden.model.position import NO_TIME


class _Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    t: int
    """Event time, ms: when it happened, or for declarations when it became known."""
    receive_t: int = NO_TIME
    source: str = ""


class Heartbeat(_Event, frozen=True, kw_only=True, omit_defaults=True, tag="heartbeat"):
    """The machine's clock, entered at the edge, so that silence and expiry work when nothing else arrives."""


class DeclaredGap(_Event, frozen=True, kw_only=True, omit_defaults=True, tag="declared_gap"):
    """A source says that it has nothing for one ship between two times."""

    mmsi: int
    start_t: int
    end_t: int


class FeedState(_Event, frozen=True, kw_only=True, omit_defaults=True, tag="feed_state"):
    """A feed went up or down."""

    up: bool
    reason: str = ""


class CoverageDeclared(_Event, frozen=True, kw_only=True, omit_defaults=True, tag="coverage"):
    """An area in which this source hears ships; silence outside it means nothing."""

    polygon: tuple[tuple[float, float], ...]
    """Ring of (lon, lat), degrees."""
    from_t: int = NO_TIME
    to_t: int = NO_TIME


class FaultDeclared(_Event, frozen=True, kw_only=True, omit_defaults=True, tag="fault"):
    """A cable, link or pipe failed: `t` is when we were told, `from_t`..`to_t` when it may have happened."""

    fault_id: str
    asset_id: str
    from_t: int
    to_t: int = NO_TIME
    kp_from_km: float | None = None
    kp_to_km: float | None = None
    actor: str = "operator"
    note: str = ""
    exercise: bool = False


class FaultCleared(_Event, frozen=True, kw_only=True, omit_defaults=True, tag="fault_cleared"):
    """A declared fault is over or was a mistake."""

    fault_id: str
    actor: str = "operator"
    note: str = ""


class WeatherSample(_Event, frozen=True, kw_only=True, omit_defaults=True, tag="weather"):
    """Weather at a place and hour, as a stream event."""

    lat: float
    lon: float
    wind_ms: float | None = None
    wind_from_deg: float | None = None
    wave_height_m: float | None = None
    wave_from_deg: float | None = None
    current_ms: float | None = None
    current_to_deg: float | None = None


class WorksDeclared(_Event, frozen=True, kw_only=True, omit_defaults=True, tag="works"):
    """Works on the seabed, declared by hand or read from a navigational warning: ships are expected there then."""

    works_id: str
    kind: str = "works"
    """In words: `cable operations`, `a survey`."""
    mmsi: int = 0
    names: tuple[str, ...] = ()
    """Ships that are at it; with neither MMSI nor names, any ship in the area may be."""
    assets: tuple[str, ...] = ()
    """Ids or names of the assets concerned."""
    polygon: tuple[tuple[float, float], ...] = ()
    """Ring of (lon, lat), degrees; empty when the assets alone say where."""
    from_t: int = NO_TIME
    to_t: int = NO_TIME
    """NO_TIME until further notice; a later declaration of the same id replaces this one."""
    note: str = ""


class OperatorAction(_Event, frozen=True, kw_only=True, omit_defaults=True, tag="action"):
    """What a person did to an alert or to the posture."""

    actor: str
    action: str
    subject: str
    detail: dict[str, Any] = {}


Event = (
    Heartbeat
    | DeclaredGap
    | FeedState
    | CoverageDeclared
    | FaultDeclared
    | FaultCleared
    | WeatherSample
    | WorksDeclared
    | OperatorAction
)
