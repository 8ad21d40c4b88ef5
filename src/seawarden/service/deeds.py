"""What people did, in order and by what it was about, and what it makes of an alert."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from seawarden.model.alert import Alert
from seawarden.model.event import FaultDeclared, OperatorAction


class Deeds:
    """All acts of a watch; whoever shares one between threads locks it.

    Args:
        acts: what was done before.
        tick_ms: the tick of an engine that takes these acts too, and closes alerts by itself at the end of the tick
            in which a person closed them; None where nobody but us does.
    """

    def __init__(self, acts: Iterable[OperatorAction] = (), *, tick_ms: int | None = None) -> None:
        self._tick_ms = tick_ms
        self._all: list[OperatorAction] = []
        self._told: list[OperatorAction] | None = None
        self._by_subject: dict[str, list[OperatorAction]] = {}
        for act in acts:
            self.add(act)

    def add(self, act: OperatorAction) -> None:
        """Take one more."""
        self._all.append(act)
        self._told = None
        self._by_subject.setdefault(act.subject, []).append(act)

    def all(self) -> list[OperatorAction]:
        """All, in the order in which they were done: the same list until there is one more, and never changed."""
        if self._told is None:
            self._told = list(self._all)
        return self._told

    def of(self, subject: str) -> list[OperatorAction]:
        """What was done about one alert or fault, oldest first."""
        return list(self._by_subject.get(subject, ()))

    def worked(self, alert: Alert, at: int) -> Alert:
        """The alert with what people did to it until a time, ms; itself when that changed nothing."""
        for act in self._by_subject.get(alert.id, ()):
            if act.action == "close" and act.t <= at and not self._told_by_the_engine(alert, act):
                alert = closed(alert, act.t, str(act.detail.get("outcome", "unknown")))
        return alert

    def _told_by_the_engine(self, alert: Alert, act: OperatorAction) -> bool:
        """Whether the engine knew of a closing when it made this revision: it closed the alert, or raised it anew."""
        if self._tick_ms is None:
            return False
        taken_t = (act.t // self._tick_ms + 1) * self._tick_ms
        return alert.known_from_t > taken_t or (alert.state == "closed" and alert.known_from_t >= act.t)

    def history(self, revisions: list[Alert], at: int) -> list[Alert]:
        """All revisions of one alert, oldest first, what people did to it last."""
        worked = self.worked(revisions[-1], at) if revisions else None
        return [*revisions, worked] if worked is not None and worked is not revisions[-1] else revisions


def closed(alert: Alert, t: int, outcome: str) -> Alert:
    """The revision of an alert that is closed at a time, ms, and known from then on."""
    return msgspec.structs.replace(
        alert,
        revision=alert.revision + 1,
        state="closed",
        closed_t=t,
        updated_t=t,
        known_from_t=t,
        outcome=outcome,
    )


def with_id(declared: FaultDeclared) -> FaultDeclared:
    """The declaration with an id: its own, or one made of what it says, the same for the same words."""
    if declared.fault_id:
        return declared
    seed = f"{declared.asset_id} {declared.from_t} {declared.to_t} {declared.t} {declared.actor}"
    name = f"fault-{hashlib.sha256(seed.encode()).hexdigest()[:10]}"
    return msgspec.structs.replace(declared, fault_id=name)
