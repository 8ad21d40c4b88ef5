"""What the page may send, read strictly: an unknown field or a wrong type is answered with a sentence."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from seawarden.model.work import AnswerKind, Phase

Name = Annotated[str, Meta(min_length=1, max_length=100)]
Text = Annotated[str, Meta(max_length=2_000)]
Time = Annotated[int, Meta(ge=0, le=253_402_300_799_999)]


class FaultBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fault to declare."""

    asset: Name
    from_t: Time
    to_t: Time | None = None
    kp_from_km: Annotated[float, Meta(ge=0, le=50_000)] | None = None
    kp_to_km: Annotated[float, Meta(ge=0, le=50_000)] | None = None
    declared_t: Time | None = None
    """When we were told; the newest event time when left out."""
    note: Text = ""
    actor: Name = "operator"
    exercise: bool = False


class ClearBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fault to end."""

    actor: Name = "operator"
    note: Text = ""
    t: Time | None = None


class ActionBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person does to an alert. Each action needs some of these: see `NEEDS`."""

    actor: Name = "operator"
    """Who acts; with accounts the one who is signed in, whatever is stated."""
    text: Text = ""
    """`comment`: the remark; `call`: the exact answer; `promise`: what was promised; `unit`: who was tasked; `check`:
    the point of the checklist."""
    outcome: Annotated[str, Meta(max_length=200)] = ""
    """For `close`: `true`, `benign` or `benign: why`, `unknown`."""
    to: Annotated[str, Meta(max_length=100)] = ""
    """`assign`, `escalate`: to whom."""
    phase: Phase | None = None
    whom: Annotated[str, Meta(max_length=200)] = ""
    """`call`: who was called."""
    kind: AnswerKind = "none"
    """`call`: what the answer was worth."""
    due_t: Time | None = None
    """`promise`: by when, ms."""
    id: Annotated[str, Meta(max_length=64)] = ""
    """`keep`: which promise."""
    on: bool = True
    """`hold` and `check`: set, or taken back."""
    t: Time | None = None
    """Event time at which the person acts; the newest when left out."""


Action = Literal[
    "ack", "assign", "comment", "phase", "check", "call", "promise", "keep", "unit", "escalate", "hold", "close"
]
NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "assign": ("to",),
    "comment": ("text",),
    "phase": ("phase",),
    "check": ("text",),
    "call": ("whom",),
    "promise": ("text", "due_t"),
    "keep": ("id",),
    "unit": ("text",),
    "escalate": ("to",),
    "close": ("outcome",),
}
"""Fields that an action can't do without."""
OUTCOMES = ("true", "benign", "unknown")


class Circle(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An area."""

    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: Annotated[float, Meta(ge=-180, le=180)]
    radius_m: Annotated[float, Meta(gt=0, le=500_000)]


class SilenceBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Alerts not to be heard of until a time. It covers the assets and the tier of the alert that it is made from."""

    alert: Name
    """The alert that it is made from."""
    by: tuple[Literal["ship", "asset", "kind", "area"], ...] = ("ship", "asset")
    """What must be the same for another alert to be covered."""
    until_t: Time
    text: Text
    """Why."""
    area: Circle | None = None
    actor: Name = "operator"
    t: Time | None = None


class NoteBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word to an act that concerns no one alert."""

    text: Text = ""
    actor: Name = "operator"
    t: Time | None = None


class PostureBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How wary the watch is."""

    level: Literal["normal", "raised", "high"]
    text: Text
    """Why, and on whose word."""
    actor: Name
    t: Time | None = None
