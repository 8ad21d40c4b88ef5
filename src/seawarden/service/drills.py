"""Drills: begun and ended by a named person, marked everywhere, and told afterwards by what they showed of people."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Request, Response
from msgspec import Meta

from seawarden.alerts.desk import Desk
from seawarden.model.drill import ACT, END, EXERCISE_MMSI, LEAST_MIN, MOST_MIN, Drill, drills_of
from seawarden.model.event import OperatorAction
from seawarden.service.answer import ApiError, JsonResponse, body_of, not_found, takes
from seawarden.service.bodies import Name, NoteBody, Text, Time
from seawarden.service.door import allow
from seawarden.service.exercised import Exercised, drilled
from seawarden.service.routes import Time as AskedTime
from seawarden.service.routes import view_of
from seawarden.service.view import View
from seawarden.service.work import deed, named

router = APIRouter(prefix="/api/drills", default_response_class=JsonResponse)
TRIED: Final = 4
"""Places at which a drill is worked out before it is given up."""


class DrillBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A drill to begin."""

    asset: Name
    actor: Name
    text: Annotated[str, Meta(min_length=1, max_length=2_000)]
    """Why, and who knows of it."""
    kp_km: Annotated[float, Meta(ge=0, le=50_000)] | None = None
    """Where along the asset; a fitting place is chosen when left out."""
    minutes: Annotated[int, Meta(ge=LEAST_MIN, le=MOST_MIN)] = 60
    t: Time | None = None


class EndBody(NoteBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A drill to end early."""

    text: Text = ""


@router.get("")
def drills(request: Request, at: AskedTime = None) -> Response:
    """Drills as known then, newest first, each with its debrief."""
    view = view_of(request)
    t = view.at(at)
    held = drilled(view.watch)
    return JsonResponse(
        {
            "at": t,
            "can": held is not None,
            "drills": [] if held is None else [told(view, held, drill, t) for drill in reversed(shown(view, t))],
        }
    )


@router.get("/{drill_id}")
def one(request: Request, drill_id: str, at: AskedTime = None) -> Response:
    """One drill and its debrief."""
    view = view_of(request)
    t = view.at(at)
    held = drilled(view.watch)
    drill = next((d for d in shown(view, t) if d.id == drill_id), None)
    if held is None or drill is None:
        raise not_found("drill", drill_id)
    return JsonResponse(told(view, held, drill, t))


@router.post("", openapi_extra=takes(DrillBody))
async def begin(request: Request) -> Response:
    """Begin a drill; answered with it once it is worked out."""
    body = await body_of(request, DrillBody)
    actor = allow(request, "posture", body.actor)
    view = view_of(request)
    held = drilled(view.watch)
    if held is None:
        raise ApiError(409, "no drill can be held over this watch")
    asset = view.asset(body.asset)
    if asset is None:
        raise not_found("asset", body.asset)
    t = view.at(body.t)
    if any(drill.runs(t) for drill in held.drills()):
        raise ApiError(409, "a drill is on already: end it first")
    if body.kp_km is not None and body.kp_km > view.watch.length_km(asset.id):
        raise ApiError(422, f"KP {body.kp_km:g} lies beyond the end at KP {view.watch.length_km(asset.id):.1f}")
    drill = await asyncio.to_thread(_fitting, held, body, asset.id, actor, t)
    if drill is None:
        raise ApiError(
            422,
            f"no drag across {asset.name} could be simulated that this watch would raise: there is no open water of "
            "13 NM before it, or it is too deep; choose another asset or KP",
        )
    detail = {
        "asset": drill.asset,
        "kp_km": drill.kp_km,
        "course_deg": drill.course_deg,
        "mmsi": drill.mmsi,
        "end_t": drill.planned_end_t,
        "text": drill.text,
    }
    await deed(view, OperatorAction(t=t, actor=actor, action=ACT, subject=drill.id, detail=detail))
    return JsonResponse(told(view, held, drill, t), status_code=201)


@router.post("/{drill_id}/end", openapi_extra=takes(EndBody))
async def end(request: Request, drill_id: str) -> Response:
    """End a drill early."""
    body = await body_of(request, EndBody)
    actor = allow(request, "posture", body.actor)
    view = view_of(request)
    t = view.at(body.t)
    held = drilled(view.watch)
    if held is None or not any(drill.id == drill_id and drill.runs(t) for drill in shown(view, t)):
        raise not_found("drill that is on", drill_id)
    detail = {"text": body.text} if body.text else {}
    await deed(view, OperatorAction(t=t, actor=actor, action=END, subject=drill_id, detail=detail))
    return JsonResponse(told(view, held, next(d for d in held.drills() if d.id == drill_id), t))


def shown(view: View, at: int) -> list[Drill]:
    """Drills as known at a time that concern assets this reader may see, oldest first."""
    return [drill for drill in drills_of(view.watch.deeds(), at) if view.asset(drill.asset) is not None]


def told(view: View, held: Exercised, drill: Drill, at: int) -> dict[str, Any]:
    """A drill with its debrief as known at a time."""
    asset = view.asset(drill.asset)
    return {
        **msgspec.to_builtins(drill),
        "asset_name": drill.asset if asset is None else asset.name,
        "runs": drill.runs(at),
        "ended": at >= drill.end_t,
        "debrief": debrief(view, held, drill, at),
    }


def debrief(view: View, held: Exercised, drill: Drill, at: int) -> dict[str, Any]:
    """What a drill showed: minutes from the first alert that asked for somebody to each first act, and whose it was.

    None where it was not done. Only acts until the drill's end count.
    """
    until = min(at, drill.end_t)
    ids = held.alert_ids(drill)
    raised = [a.known_from_t for a in held.exercise(drill).alerts if a.tier != "notice" and a.known_from_t <= until]
    first = min(raised, default=None)
    acts = [act for act in view.watch.deeds() if act.subject in ids and drill.t <= act.t <= until]
    desk = Desk(acts, until)
    steps = {"acknowledged": ("ack",), "called": ("call", "answer"), "escalated": ("escalate",), "closed": ("close",)}
    return {
        "alerted_t": first,
        "alerted_min": None if first is None else _minutes(first - drill.t),
        "steps": [
            {
                "what": what,
                "t": act.t if act else None,
                "by": act.actor if act else "",
                "minutes": None if act is None or first is None else _minutes(act.t - first),
            }
            for what, names in steps.items()
            for act in [next((act for act in acts if act.action in names), None)]
        ],
        "phases": sorted({step.phase for work in desk.works.values() for step in work.steps}),
        "ticks": sum(len(work.checked) for work in desk.works.values()),
        "acts": len(acts),
        "people": sorted({act.actor for act in acts}),
    }


def _minutes(ms: int) -> float:
    return round(ms / 60_000, 1)


def _fitting(held: Exercised, body: DrillBody, asset_id: str, actor: str, t: int) -> Drill | None:
    for kp, course in held.drillmaster.places(asset_id, body.kp_km)[:TRIED]:
        name = named("drill", t, actor, f"{asset_id} {kp} {course} {body.minutes}")
        number = EXERCISE_MMSI[int(name.removeprefix("drill-"), 16) % len(EXERCISE_MMSI)]
        end_t = t + body.minutes * 60_000
        drill = Drill(
            id=name, t=t, planned_end_t=end_t, end_t=end_t, actor=actor, asset=asset_id, kp_km=kp, course_deg=course,
            mmsi=number, text=body.text,
        )  # fmt: skip
        if held.prepare(drill).seen():
            return drill
    return None
