"""The desk: people's actions folded into what has been done about each alert, as known at any time.

Nothing here is kept: the actions in the ledger are, and the desk of any past moment is made of them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from seawarden.alerts.tiers import RANK
from seawarden.geodesy import distance_m
from seawarden.model.alert import Alert, Tier
from seawarden.model.event import OperatorAction
from seawarden.model.work import (
    PHASES,
    Area,
    Call,
    Comment,
    Handover,
    Pledge,
    Silence,
    Step,
    Work,
)

ESCALATE_MS: Final[Mapping[Tier, int]] = {"act": 3 * 60_000, "challenge": 10 * 60_000}
"""Time in which somebody must have acknowledged: a call is due within ten minutes of a challenge, and an act waits
for nobody."""
SHIFT_MS: Final = 12 * 3_600_000
"""A silence ends with the shift at the latest."""
CHECKLIST: Final = (
    "position checked against another source",
    "ship called by name on VHF 16",
    "revolutions asked and held against her speed",
    "a man forward at the anchors, photo asked for",
    "asset's operator told",
    "voyage data recorder asked to be saved",
)
"""What is asked in each incident, in this order; an asset may have more of its own."""


class Desk:
    """What has been done, as known at a time."""

    def __init__(self, actions: Iterable[OperatorAction], at: int) -> None:
        """Fold the actions.

        Args:
            actions: in the order in which they were done.
            at: event time, ms; later ones are left out.
        """
        self.at = at
        self.works: dict[str, Work] = {}
        self.silences: dict[str, Silence] = {}
        self.handovers: dict[str, Handover] = {}
        self.posture = ("normal", "", 0)
        """Level, who set it and when."""
        for action in actions:
            if action.t <= at:
                self._take(action)

    def work(self, alert_id: str) -> Work:
        """What has been done about one alert."""
        return self.works.get(alert_id) or Work(alert_id=alert_id)

    def active(self) -> list[Silence]:
        """Silences in force, by the time at which they end."""
        held = [s for s in self.silences.values() if s.ended_t is None and s.t <= self.at < s.until_t]
        return sorted(held, key=lambda s: (s.until_t, s.id))

    def silenced(self, alert: Alert, kinds: Iterable[str], place: tuple[float, float] | None) -> Silence | None:
        """The silence that covers an alert, if any.

        Args:
            alert: its revision.
            kinds: kinds of the findings behind it.
            place: where the ship is, degrees; without it no silence of an area covers her.
        """
        seen = set(kinds)
        return next((s for s in self.active() if _covers(s, alert, seen, place)), None)

    def escalated(self, alert: Alert) -> bool:
        """Whether an alert has waited too long for somebody to acknowledge it, or was escalated by hand."""
        work = self.work(alert.id)
        if work.escalated_t is not None:
            return True
        limit = ESCALATE_MS.get(alert.tier)
        waiting = work.acknowledged_t is None and alert.state == "raised" and limit is not None
        return waiting and limit is not None and self.at - alert.raised_t >= limit

    def promises(self) -> list[tuple[str, Pledge]]:
        """Open promises with the alert that each belongs to, soonest due first."""
        held = [(w.alert_id, p) for w in self.works.values() for p in w.promises if p.kept_t is None]
        return sorted(held, key=lambda item: (item[1].due_t, item[1].id))

    def _take(self, action: OperatorAction) -> None:
        d = action.detail
        if action.action == "silence":
            silence = silence_of(action)
            self.silences[silence.id] = silence
        elif action.action == "unsilence":
            held = self.silences.get(action.subject)
            if held is not None:
                self.silences[held.id] = msgspec.structs.replace(held, ended_t=action.t)
        elif action.action == "posture":
            self.posture = (str(d.get("level", "normal")), action.actor, action.t)
        elif action.action == "handover":
            name = action.subject
            self.handovers[name] = Handover(id=name, t=action.t, given_by=action.actor, note=str(d.get("text", "")))
        elif action.action == "take_over":
            given = self.handovers.get(action.subject)
            if given is not None and given.taken_t is None:
                self.handovers[given.id] = msgspec.structs.replace(given, taken_t=action.t, taken_by=action.actor)
        else:
            work = self.works.setdefault(action.subject, Work(alert_id=action.subject))
            _do(work, action, d)


def _do(work: Work, action: OperatorAction, d: Mapping[str, Any]) -> None:
    t, actor, text = action.t, action.actor, str(d.get("text", ""))
    if action.action == "ack":
        if work.acknowledged_t is None:
            work.acknowledged_t, work.acknowledged_by = t, actor
        if text:
            work.comments += (Comment(t=t, actor=actor, text=text),)
    elif action.action == "comment":
        work.comments += (Comment(t=t, actor=actor, text=text),)
    elif action.action == "assign":
        work.assigned_to = str(d.get("to", ""))
    elif action.action == "phase" and d.get("phase") in PHASES:
        work.phase = d["phase"]
        work.steps += (Step(phase=d["phase"], t=t, actor=actor),)
    elif action.action == "check":
        done = tuple(point for point in work.checked if point != text)
        work.checked = (*done, text) if d.get("done", True) else done
    elif action.action in ("call", "answer"):
        kind = d.get("kind", "none")
        call = Call(
            t=t,
            actor=actor,
            whom=str(d.get("whom", "")),
            answer=text,
            kind=kind if kind in ("satisfying", "unsatisfying") else "none",
        )
        work.calls += (call,)
    elif action.action == "promise":
        work.promises += (Pledge(id=str(d.get("id", "")), t=t, actor=actor, text=text, due_t=int(d.get("due_t", t))),)
    elif action.action == "keep":
        work.promises = tuple(
            msgspec.structs.replace(p, kept_t=t, kept_by=actor) if p.id == d.get("id") and p.kept_t is None else p
            for p in work.promises
        )
    elif action.action == "unit":
        work.unit = text
    elif action.action == "escalate":
        work.escalated_t, work.escalated_to = t, str(d.get("to", ""))
    elif action.action == "hold":
        work.hold = bool(d.get("on", True))
    elif action.action == "close":
        work.outcome = str(d.get("outcome", "unknown"))


def silence_of(action: OperatorAction) -> Silence:
    """The silence that an action makes; it ends with the shift at the latest."""
    d = action.detail
    area = d.get("area")
    return Silence(
        id=action.subject,
        t=action.t,
        actor=action.actor,
        until_t=min(int(d.get("until_t", action.t + SHIFT_MS)), action.t + SHIFT_MS),
        why=str(d.get("text", "")),
        mmsi=int(d.get("mmsi", 0)),
        kind=str(d.get("kind", "")),
        area=msgspec.convert(area, Area) if area else None,
        assets=tuple(d.get("assets", ())),
        tier=d.get("tier", "look"),
    )


def _covers(silence: Silence, alert: Alert, kinds: set[str], place: tuple[float, float] | None) -> bool:
    if alert.asset.id not in silence.assets or RANK[alert.tier] > RANK[silence.tier]:
        return False
    if silence.mmsi and alert.ship.mmsi != silence.mmsi:
        return False
    if silence.kind and silence.kind not in kinds:
        return False
    area = silence.area
    if area is None:
        return True
    return place is not None and float(distance_m(area.lat, area.lon, place[0], place[1])) <= area.radius_m
