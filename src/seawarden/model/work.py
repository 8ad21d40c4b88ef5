"""What people do about an alert: phases, calls, promises, silences, hand-overs; all of it told by their actions."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from seawarden.model.alert import Tier

Phase = Literal["detect", "verify", "challenge", "order", "dispatch", "stopped", "preserve", "release"]
PHASES: Final[tuple[Phase, ...]] = (
    "detect",
    "verify",
    "challenge",
    "order",
    "dispatch",
    "stopped",
    "preserve",
    "release",
)
"""An incident's course: seen, checked against other sources, called, ordered, a unit sent, the ship stopped, evidence
kept, let go."""

AnswerKind = Literal["satisfying", "unsatisfying", "none"]
"""What a crew's answer was worth. `satisfying` is weak evidence and lowers nothing: see the radio script."""


class Call(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One call: who was asked what, and the exact answer."""

    t: int
    actor: str
    whom: str
    answer: str = ""
    kind: AnswerKind = "none"


class Pledge(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something promised by a time: "revolutions reported by 16:50"."""

    id: str
    t: int
    actor: str
    text: str
    due_t: int
    kept_t: int | None = None
    kept_by: str = ""

    def overdue(self, at: int) -> bool:
        """Whether it is still open after its time."""
        return self.kept_t is None and at >= self.due_t


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """A remark."""

    t: int
    actor: str
    text: str


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """A circle."""

    lat: float
    lon: float
    radius_m: float


class Silence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Alerts that somebody does not want to hear of until a time: those that fit all that is named.

    It never covers an asset that was not at stake when it was made, nor an alert that has risen since.
    """

    id: str
    t: int
    actor: str
    until_t: int
    why: str
    mmsi: int = 0
    """0: any ship."""
    kind: str = ""
    """Kind of finding; empty: any."""
    area: Area | None = None
    assets: tuple[str, ...] = ()
    """Assets that were at stake when it was made; no other is covered."""
    tier: Tier = "look"
    """Highest tier among the alerts that it covered when it was made; a higher one is not covered."""
    ended_t: int | None = None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """An alert's entry into a phase."""

    phase: Phase
    t: int
    actor: str


class Work(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What has been done about one alert, as known at a time."""

    alert_id: str
    phase: Phase = "detect"
    steps: tuple[Step, ...] = ()
    acknowledged_t: int | None = None
    acknowledged_by: str = ""
    assigned_to: str = ""
    unit: str = ""
    """The unit that was tasked."""
    checked: tuple[str, ...] = ()
    """Points of the checklist that are done."""
    calls: tuple[Call, ...] = ()
    promises: tuple[Pledge, ...] = ()
    comments: tuple[Comment, ...] = ()
    escalated_t: int | None = None
    escalated_to: str = ""
    hold: bool = False
    """Legal hold: nothing behind this alert may be forgotten."""
    outcome: str = ""


class Handover(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A watch handed over: offered by one person, taken by another, each with their name to it."""

    id: str
    t: int
    given_by: str
    note: str = ""
    taken_t: int | None = None
    taken_by: str = ""
