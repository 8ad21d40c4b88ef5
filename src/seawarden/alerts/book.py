"""The queue: alerts by ship and system, and by group, with their newest revision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec

from seawarden.alerts.cases import Cases
from seawarden.alerts.groups import Group
from seawarden.alerts.life import Life
from seawarden.alerts.lines import LIMIT, group_line
from seawarden.alerts.tiers import RANK, Verdict
from seawarden.model.alert import Alert, AlertState, Tier
from seawarden.model.finding import Reason
from seawarden.model.vessel import ShipRef
from seawarden.risk.content_id import content_id
from seawarden.settings_risk import AlertSettings

SETTLED_MS: Final = 24 * 3_600_000
"""A person's word holds for a day: the next day's watch decides anew."""


class Record(msgspec.Struct, kw_only=True):
    """One alert: its life and its newest revision."""

    key: str
    track_id: str
    life: Life
    alert: Alert | None = None
    content: str = ""
    """What made the newest revision, in short: a change of it makes another."""
    emitted_t: int = 0


class Draft(NamedTuple):
    """An alert as it would read now, written out only when there is something to say."""

    track_id: str
    findings: tuple[str, ...]
    fault_id: str
    content: str
    write: Callable[[], Alert]
    cause: str = ""
    """What its leading sign measures."""


class Settled(msgspec.Struct, kw_only=True):
    """What was known of an alert when a person closed it."""

    t: int
    tier: str
    findings: tuple[str, ...]
    fault_id: str


class AlertBook(msgspec.Struct, kw_only=True):
    """Records of alerts that are live, by key."""

    records: dict[str, Record] = {}
    settled: dict[str, Settled] = {}
    """What a person closed, by key: it comes back only when something new is found or it grows worse."""
    cases: Cases = msgspec.field(default_factory=Cases)

    def of_track(self, track_id: str) -> list[Record]:
        """Live records of one ship's track, in order of key."""
        return [self.records[k] for k in sorted(k for k, r in self.records.items() if r.track_id == track_id)]

    def by_id(self, alert_id: str) -> Record | None:
        """The live record with this alert id."""
        for record in self.records.values():
            if record.alert is not None and record.alert.id == alert_id:
                return record
        return None

    def observe(self, key: str, draft: Draft, verdict: Verdict, t: int, s: AlertSettings) -> Alert | None:
        """Take one assessment, drafted as an alert; returns a new revision where there is one.

        Args:
            key: ship's track, system and visibility.
            draft: the alert as it would read now; id, revision, tier, state and times of its life are set here.
            verdict: the tier that it reaches, and the one that it keeps.
            t: event time, ms.
            s: settings.
        """
        record = self.records.get(key)
        if record is None:
            if verdict.tier is None or self._settled(key, draft, verdict.tier, t):
                return None
            record = Record(key=key, track_id=draft.track_id, life=Life())
        changed = record.life.observe(t, verdict.tier, verdict.keeps, s)
        if not record.life.tier:
            return None
        self.records[key] = record
        return self._revise(record, draft, t, s, changed)

    def withdraw(
        self, key: str, draft: Draft | None, verdict: Verdict | None, t: int, s: AlertSettings
    ) -> Alert | None:
        """A finding behind it was withdrawn: fall at once, or retract the alert when nothing is left of it."""
        record = self.records.get(key)
        if record is None or record.alert is None:
            return None
        if draft is None or verdict is None or verdict.tier is None:
            why = Reason(text="the finding behind it was withdrawn", measure="retraction")
            return self.end(key, t, "retracted", why)
        changed = record.life.settle(t, verdict.tier)
        return self._revise(record, draft, t, s, changed)

    def fade(self, key: str, t: int, s: AlertSettings) -> Alert | None:
        """Nothing supports it any more: lower it, and close it, in its own time."""
        record = self.records.get(key)
        if record is None or record.alert is None:
            return None
        changed = record.life.observe(t, None, None, s)
        return self._write(record, record.alert, t) if changed else None

    def end(
        self, key: str, t: int, state: AlertState, why: Reason | None = None, group: str = "", outcome: str = ""
    ) -> Alert | None:
        """Close or retract it now."""
        record = self.records.get(key)
        if record is None or record.alert is None or not record.life.end(t, state):
            return None
        counter = record.alert.counter_reasons + ((why,) if why is not None else ())
        alert = msgspec.structs.replace(record.alert, counter_reasons=counter, group=group or record.alert.group)
        return self._write(record, msgspec.structs.replace(alert, outcome=outcome or alert.outcome), t)

    def settle(self, key: str, t: int, why: Reason, outcome: str) -> Alert | None:
        """A person closes it: what is known now raises it no more."""
        record = self.records.get(key)
        if record is None or record.alert is None:
            return None
        a = record.alert
        self.settled[key] = Settled(t=t, tier=a.highest_tier, findings=a.findings, fault_id=a.fault_id)
        return self.end(key, t, "closed", why, outcome=outcome)

    def _settled(self, key: str, draft: Draft, tier: str, t: int) -> bool:
        held = self.settled.get(key)
        if held is None:
            return False
        new = set(draft.findings) - set(held.findings) or draft.fault_id != held.fault_id
        if not new and RANK[tier] <= RANK[held.tier] and t - held.t < SETTLED_MS:
            return True
        del self.settled[key]
        return False

    def next_due(self, s: AlertSettings) -> int | None:
        """Event time of the next deadline of any life."""
        due = [d for d in (r.life.deadline(s) for r in self.records.values()) if d is not None]
        return min(due, default=None)

    def _revise(self, record: Record, draft: Draft, t: int, s: AlertSettings, changed: bool) -> Alert | None:
        stale = t - record.emitted_t >= s.refresh_min * 60_000 and RANK[record.life.tier] >= RANK["look"]
        if record.alert is not None and not changed and not stale and record.content == draft.content:
            return None
        record.content = draft.content
        return self._write(record, draft.write(), t, draft.cause, int(s.case_gap_min * 60_000))

    def _write(self, record: Record, draft: Alert, t: int, cause: str = "", gap_ms: int = 0) -> Alert:
        """The next revision; the case of the first one, made with `cause` and `gap_ms`, stays that of all."""
        life, old = record.life, record.alert
        place = draft.ship.track_id, draft.asset.visibility
        case = old.case if old is not None else self.cases.join(*place, cause, draft.findings, t, gap_ms).id
        tier, highest = _tier(life.tier), _tier(life.highest)
        alert = msgspec.structs.replace(
            draft,
            id=old.id if old is not None else content_id("alert", record.key, draft.start_t, life.raised_t),
            revision=old.revision + 1 if old is not None else 1,
            tier=tier,
            highest_tier=highest,
            state=life.state,
            first_line=_with_tier(draft.first_line, draft.tier, tier),
            start_t=min(draft.start_t, old.start_t) if old is not None else draft.start_t,
            raised_t=life.raised_t,
            updated_t=t,
            closed_t=None if life.live else t,
            known_from_t=t,
            case=case,
            cause=old.cause if old is not None else cause,
        )
        record.alert, record.emitted_t = alert, t
        self.cases.rests(*place, case, alert.findings)
        if not life.live:
            self.records.pop(record.key, None)
            self.cases.leave(*place, case, t)
        return alert


def _tier(name: str) -> Tier:
    for tier in ("notice", "look", "challenge", "act"):
        if tier == name:
            return tier
    return "notice"


def _with_tier(line: str, written: Tier, tier: Tier) -> str:
    if written == tier:
        return line
    line = line.replace(written.upper(), tier.upper(), 1)
    return line if len(line) <= LIMIT else line[: LIMIT - 1] + "…"


def group_draft(group: Group, tier: Tier, chance: float, consequence: float, t: int) -> Draft:
    """A group of ships as a draft."""

    def write() -> Alert:
        return _group_alert(group, tier, chance, consequence, t)

    content = content_id(*group.findings, group.asset.id)
    return Draft(f"group-{group.id}", group.findings, "", content, write, "together")


def _group_alert(group: Group, tier: Tier, chance: float, consequence: float, t: int) -> Alert:
    size = len(group.members)
    asset = msgspec.structs.replace(group.asset, kp_km=None, kp_sigma_km=None)
    text = f"{size} ships lose speed at the same time, {group.median_loss * 100:.0f} % in the median"
    return Alert(
        id="",
        revision=0,
        tier=tier,
        highest_tier=tier,
        state="raised",
        ship=ShipRef(mmsi=0, track_id=f"group-{group.id}", name=f"{size} ships", simulated=group.simulated),
        asset=asset,
        first_line=group_line(tier, size, group.since_t, t, group.median_loss, asset.name, group.simulated),
        second_line="one cause for all is likelier than many; ships that lose more than the rest keep their own line",
        start_t=group.since_t,
        raised_t=t,
        updated_t=t,
        known_from_t=t,
        risk=chance,
        consequence=consequence,
        counter_reasons=(Reason(text=text, measure="neighbours"),),
        findings=group.findings,
        group=group.id,
        group_size=size,
        simulated=group.simulated,
    )
