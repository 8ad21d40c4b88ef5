"""What people did, in order and by what it was about, and what it makes of an alert."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from seawarden.model.alert import Alert
from seawarden.model.event import FaultDeclared, OperatorAction


class Deeds:
    """All acts of a watch; whoever shares one between threads locks it."""

    def __init__(self, acts: Iterable[OperatorAction] = ()) -> None:
        self._all: list[OperatorAction] = []
        self._by_subject: dict[str, list[OperatorAction]] = {}
        for act in acts:
            self.add(act)

    def add(self, act: OperatorAction) -> None:
        """Take one more."""
        self._all.append(act)
        self._by_subject.setdefault(act.subject, []).append(act)

    def all(self) -> list[OperatorAction]:
        """All, in the order in which they were done."""
        return list(self._all)

    def of(self, subject: str) -> list[OperatorAction]:
        """What was done about one alert or fault, oldest first."""
        return list(self._by_subject.get(subject, ()))

    def worked(self, alert: Alert, at: int) -> Alert:
        """The alert with what people did to it until a time, ms; itself when that changed nothing."""
        for act in self._by_subject.get(alert.id, ()):
            if act.action == "close" and act.t <= at:
                alert = msgspec.structs.replace(
                    alert,
                    revision=alert.revision + 1,
                    state="closed",
                    closed_t=act.t,
                    updated_t=act.t,
                    known_from_t=act.t,
                    outcome=str(act.detail.get("outcome", "unknown")),
                )
        return alert

    def history(self, revisions: list[Alert], at: int) -> list[Alert]:
        """All revisions of one alert, oldest first, what people did to it last."""
        worked = self.worked(revisions[-1], at) if revisions else None
        return [*revisions, worked] if worked is not None and worked is not revisions[-1] else revisions


def with_id(declared: FaultDeclared) -> FaultDeclared:
    """The declaration with an id: its own, or one made of what it says, the same for the same words."""
    if declared.fault_id:
        return declared
    seed = f"{declared.asset_id} {declared.from_t} {declared.to_t} {declared.t} {declared.actor}"
    name = f"fault-{hashlib.sha256(seed.encode()).hexdigest()[:10]}"
    return msgspec.structs.replace(declared, fault_id=name)
