"""One assessment as an alert that a person can read."""

from __future__ import annotations

from seawarden.alerts.book import Draft
from seawarden.alerts.lines import first_line, second_line
from seawarden.alerts.tiers import Verdict
from seawarden.incidents.waters import call_of, waters_of
from seawarden.model.alert import Alert, Tier
from seawarden.model.finding import Finding
from seawarden.risk.anchor import Together
from seawarden.risk.assess import Assessment
from seawarden.risk.content_id import content_id
from seawarden.risk.needs import Directory, Fix, WatersAt
from seawarden.risk.signs import CONTEXT_KINDS, SIGN_GROUP


def draft_of(
    a: Assessment,
    verdict: Verdict,
    fix: Fix | None,
    t: int,
    waters_at: WatersAt | None,
    directory: Directory | None,
    together: Together | None,
) -> Draft:
    """A draft; minutes and chances run on without a new revision, and all else makes one."""
    ship = a.risk.ship
    group = together.group_id if together is not None else ""
    told = "+".join(r.measure for r in a.risk.reasons + verdict.reasons)
    known = (ship.name, ship.imo, ship.callsign, ship.type)
    parts: tuple[str | int, ...] = (*a.risk.findings, a.fault_id, group, a.risk.asset.id, told, *known)
    return Draft(
        ship.track_id,
        a.risk.findings,
        a.fault_id,
        content_id(*parts),
        lambda: draft_alert(a, verdict, fix, t, waters_at, directory, together),
        _cause(a),
    )


def draft_alert(
    a: Assessment,
    verdict: Verdict,
    fix: Fix | None,
    t: int,
    waters_at: WatersAt | None,
    directory: Directory | None,
    together: Together | None,
) -> Alert:
    """The alert that this assessment would be; the book sets its id, revision and the times of its life."""
    tier: Tier = verdict.tier or "notice"
    waters = waters_of(waters_at, fix)
    counter = a.risk.counter_reasons + verdict.counter
    return Alert(
        id="",
        revision=0,
        tier=tier,
        highest_tier=tier,
        state="raised",
        ship=a.risk.ship,
        asset=a.risk.asset,
        first_line=first_line(tier, a, t, waters),
        second_line=second_line(a, fix, _speeds(a.lead, fix), counter, call_of(directory, fix)),
        start_t=a.start_t,
        raised_t=t,
        updated_t=t,
        known_from_t=t,
        risk=a.risk.chance,
        consequence=a.risk.consequence,
        reasons=a.risk.reasons + verdict.reasons,
        counter_reasons=counter,
        findings=a.risk.findings,
        ahead=a.risk.ahead,
        waters=waters,
        group=together.group_id if together is not None and together.member else "",
        fault_id=a.fault_id,
        simulated=a.risk.ship.simulated,
    )


def _cause(a: Assessment) -> str:
    """What the leading sign measures: slowing, stopping and lying at anchor are one thing that goes on."""
    if a.lead is None:
        return "fault" if a.fault_id else ""
    return "speed" if a.lead.kind in CONTEXT_KINDS else SIGN_GROUP.get(a.lead.kind, a.lead.kind)


def _speeds(lead: Finding | None, fix: Fix | None) -> tuple[float | None, float | None]:
    """Speed before and now, kn, where known."""
    now = fix.sog_kn if fix is not None and fix.sog_kn == fix.sog_kn else None
    if lead is None:
        return None, now
    before = lead.value("expected_speed")
    if before is None:
        before = lead.value("speed_before")
    at = lead.value("speed")
    return before, now if now is not None else at
