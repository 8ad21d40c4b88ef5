"""The watch handed over: one sheet of A4 that says what is open, signed by who gives it and who takes it."""

from __future__ import annotations

import base64
import hashlib
import html
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from seawarden.alerts.desk import SHIFT_MS, Desk
from seawarden.alerts.lines import clock
from seawarden.model.event import OperatorAction
from seawarden.service.answer import ApiError, JsonResponse, body_of, not_found, takes
from seawarden.service.bodies import NoteBody
from seawarden.service.case_list import Held, cases_of, told_of
from seawarden.service.door import allow
from seawarden.service.routes import Time, view_of
from seawarden.service.view import View
from seawarden.service.work import deed, desk_of, named

router = APIRouter(prefix="/api/handover", default_response_class=JsonResponse)
CASES_SHOWN: Final = 12
"""Open cases on the sheet; more do not fit on A4 beside the rest, and the sheet says how many alerts they have."""

_STYLE: Final = """
@page { size: A4; margin: 14mm } body { font: 10pt/1.35 sans-serif; color: #111; max-width: 182mm; margin: auto }
h1 { font-size: 14pt; margin: 0 0 2mm } h2 { font-size: 10.5pt; margin: 3mm 0 1mm; border-bottom: 1px solid #999 }
ul { margin: 0; padding-left: 4mm } li { margin: 0 } .none { color: #555 }
.sign { margin-top: 6mm; display: flex; gap: 10mm }
.sign div { flex: 1; border-top: 1px solid #111; padding-top: 1mm } .warn { font-weight: bold }
"""

_STYLE_HASH: Final = "sha256-" + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
"""The one style that the sheet's own policy lets through."""


@router.get("")
def sheet(request: Request, at: Time = None) -> Response:
    """What the one who takes over must know, as data."""
    view = view_of(request)
    return JsonResponse(sheet_of(view, view.at(at)))


@router.get(".html")
def printed(request: Request, at: Time = None) -> Response:
    """The same on one A4, to print and sign."""
    view = view_of(request)
    return Response(
        as_html(sheet_of(view, view.at(at))),
        media_type="text/html; charset=utf-8",
        headers={"content-security-policy": f"default-src 'none'; style-src '{_STYLE_HASH}'; frame-ancestors 'none'"},
    )


@router.post("", openapi_extra=takes(NoteBody))
async def give(request: Request) -> Response:
    """Offer the watch to whoever takes it."""
    body = await body_of(request, NoteBody)
    actor = allow(request, "work", body.actor)
    view = view_of(request)
    t = view.at(body.t)
    name = named("handover", t, actor, body.text)
    detail = {"text": body.text} if body.text else {}
    await deed(view, OperatorAction(t=t, actor=actor, action="handover", subject=name, detail=detail))
    return JsonResponse(Desk(view.watch.deeds(), t).handovers[name], status_code=201)


@router.post("/{handover_id}/take", openapi_extra=takes(NoteBody))
async def take(request: Request, handover_id: str) -> Response:
    """Take the watch; nobody takes it from themselves, and it is taken once."""
    body = await body_of(request, NoteBody)
    actor = allow(request, "work", body.actor)
    view = view_of(request)
    t = view.at(body.t)
    given = Desk(view.watch.deeds(), t).handovers.get(handover_id)
    if given is None:
        raise not_found("hand-over", handover_id)
    if given.taken_t is not None:
        raise ApiError(409, f"{given.taken_by} has taken it already")
    if given.given_by == actor:
        raise ApiError(409, "a watch is handed over to another person")
    await deed(view, OperatorAction(t=t, actor=actor, action="take_over", subject=handover_id))
    return JsonResponse(Desk(view.watch.deeds(), t).handovers[handover_id])


def sheet_of(view: View, at: int) -> dict[str, Any]:
    """What is on the sheet."""
    desk = desk_of(view, at)
    alerts = [alert for alert in view.alerts(at, "active") if not alert.exercise]
    cases = cases_of(view, at, alerts)
    return {
        "at": at,
        "posture": desk["posture"],
        "watching": not view.watch.why_not(),
        "why_not": view.watch.why_not(),
        "alerts": [_line(view, case, at, desk) for case in cases[:CASES_SHOWN]],
        "more_alerts": sum(len(case.alerts) for case in cases[CASES_SHOWN:]),
        "promises": desk["promises"],
        "drills": desk["drills"],
        "silences": desk["silences"],
        "faults": [
            {"id": fault.id, "asset": fault.asset.name, "from_t": fault.from_t}
            for fault in view.faults(at)
            if fault.state == "open"
        ],
        "blind": [
            {"from": max(a, at - SHIFT_MS), "to": min(b, at)}
            for a, b in view.watch.outages()
            if b > at - SHIFT_MS and a < at
        ],
        "cannot_see": view.gate.texts(view.watch.cannot_see()),
        "handovers": desk["handovers"],
    }


def _line(view: View, case: Held, at: int, desk: dict[str, Any]) -> dict[str, Any]:
    """One case: its worst alert, and what has been done about all that stand."""
    worst, works = case.alerts[0], desk["works"]
    done = [works[alert.id] for alert in case.alerts if alert.id in works]
    took = [work.acknowledged_by for work in done if work.acknowledged_by]
    return {
        "id": worst.id,
        "tier": worst.tier,
        "line": told_of(view, case, at).first_line,
        "alerts": len(case.alerts),
        "acknowledged": len(took),
        "phase": works[worst.id].phase if worst.id in works else "detect",
        "acknowledged_by": ", ".join(sorted(set(took))),
        "assigned_to": ", ".join(sorted({work.assigned_to for work in done if work.assigned_to})),
        "escalated": any(alert.id in desk["escalated"] for alert in case.alerts),
        "silenced": all(alert.id in desk["silenced"] for alert in case.alerts),
    }


def _acknowledged(line: dict[str, Any]) -> str:
    if not line["acknowledged"]:
        return ", not acknowledged"
    some = "" if line["alerts"] == line["acknowledged"] else f" for {line['acknowledged']} of {line['alerts']} assets"
    return f", acknowledged by {line['acknowledged_by']}{some}"


def as_html(sheet: dict[str, Any]) -> str:
    """The sheet as a page of its own, without script, that prints on one A4."""
    posture = sheet["posture"]
    by = f", set by {posture['actor']} at {clock(posture['t'])}" if posture["actor"] else ""
    alerts = [
        f"{a['line']}, {a['phase']}"
        + _acknowledged(a)
        + (f", with {a['assigned_to']}" if a["assigned_to"] else "")
        + (", silenced" if a["silenced"] else "")
        for a in sheet["alerts"]
    ]
    if sheet["more_alerts"]:
        alerts.append(f"and {sheet['more_alerts']} more")
    promises = [
        f"{p['promise'].text} by {clock(p['promise'].due_t)}{', OVERDUE' if p['overdue'] else ''}"
        for p in sheet["promises"]
    ]
    silences = [f"{s['why']}, until {clock(s['until_t'])}, by {s['actor']}" for s in sheet["silences"]]
    faults = [f"{f['asset']}, since {clock(f['from_t'])}" for f in sheet["faults"]]
    blind = [f"no input from {clock(b['from'])} to {clock(b['to'])}" for b in sheet["blind"]]
    drills = [f"EXERCISE is on until {clock(d.end_t)}, begun by {d.actor}" for d in sheet["drills"]]
    given = sheet["handovers"][0] if sheet["handovers"] else None
    names = (given.given_by, given.taken_by) if given is not None else ("", "")
    note = f"<p>{html.escape(given.note)}</p>" if given is not None and given.note else ""
    state = "watching" if sheet["watching"] else "NOT WATCHING: " + "; ".join(sheet["why_not"])
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Hand-over</title>"
        f"<style>{_STYLE}</style><h1>Hand-over of the watch, {clock(sheet['at'])}</h1>"
        f"<p>Posture {html.escape(posture['level'])}{html.escape(by)}. "
        f"<span class='{'' if sheet['watching'] else 'warn'}'>{html.escape(state)}</span></p>{note}"
        + _list("Open alerts", alerts)
        + (_list("Drill", drills) if drills else "")
        + _list("Open promises", promises)
        + _list("Silences", silences)
        + _list("Faults", faults)
        + _list("Blind stretches of this watch", blind)
        + _list("What the watch can't see", list(sheet["cannot_see"]))
        + f"<div class=sign><div>Given by: {html.escape(names[0])}</div>"
        f"<div>Taken by: {html.escape(names[1])}</div></div>"
    )


def _list(title: str, lines: list[str]) -> str:
    if not lines:
        return f"<h2>{title}</h2><p class=none>none</p>"
    return f"<h2>{title}</h2><ul>" + "".join(f"<li>{html.escape(line)}</li>" for line in lines) + "</ul>"
