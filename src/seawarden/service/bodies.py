"""What the page may send, read strictly: an unknown field or a wrong type is answered with a sentence."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Name = Annotated[str, Meta(min_length=1, max_length=100)]
Text = Annotated[str, Meta(max_length=2_000)]
Time = Annotated[int, Meta(ge=0, le=253_402_300_800_000)]


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
    """What a person does to an alert."""

    actor: Name = "operator"
    text: Text = ""
    outcome: Annotated[str, Meta(max_length=200)] = ""
    """For `close`: `true`, `benign` or `benign: why`, `unknown`."""
    t: Time | None = None
    """Event time at which the person acts; the newest when left out."""


Action = Literal["ack", "comment", "close"]
OUTCOMES = ("true", "benign", "unknown")
