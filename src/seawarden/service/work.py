"""The work on alerts: acknowledge, call, silence, escalate, close; the posture; and what is done so far."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from seawarden.alerts.desk import CHECKLIST, SHIFT_MS, Desk
from seawarden.model.alert import Alert
from seawarden.model.drill import drills_of
from seawarden.model.event import OperatorAction
from seawarden.service.answer import ApiError, JsonResponse, body_of, not_found, takes
from seawarden.service.bodies import (
    NEEDS,
    OUTCOMES,
    Action,
    ActionBody,
    NoteBody,
    PostureBody,
    SilenceBody,
)
from seawarden.service.door import allow
from seawarden.service.routes import Time, view_of
from seawarden.service.view import ACTIVE, View

router = APIRouter(prefix="/api", default_response_class=JsonResponse)


@router.get("/desk")
def desk(request: Request, at: Time = None) -> Response:
    """All work as known then: what is done about each alert, silences, promises, the posture."""
    view = view_of(request)
    return JsonResponse(desk_of(view, view.at(at)))


@router.post("/alerts/{alert_id}/{action}", openapi_extra=takes(ActionBody))
async def act(request: Request, alert_id: str, action: Action) -> Response:
    """Do something about an alert; answered with the alert and its work."""
    body = await body_of(request, ActionBody)
    actor = allow(request, "comment" if action == "comment" else "work", body.actor)
    view = view_of(request)
    if not view.alert(alert_id):
        raise not_found("alert", alert_id)
    missing = [name for name in NEEDS.get(action, ()) if not getattr(body, name)]
    if missing and action == "close":
        raise ApiError(422, f"closing needs an `outcome`: one of {', '.join(OUTCOMES)}, or `benign: why`")
    if missing:
        raise ApiError(422, f"`{action}` needs {' and '.join(f'`{name}`' for name in missing)}")
    if action == "close" and body.outcome.partition(":")[0].strip() not in OUTCOMES:
        raise ApiError(422, f"closing needs an `outcome`: one of {', '.join(OUTCOMES)}, or `benign: why`")
    t = view.at(body.t)
    done = OperatorAction(
        t=t,
        actor=actor,
        action="answer" if action == "call" else action,
        subject=alert_id,
        detail=_detail(action, body, t, actor, alert_id),
    )
    await asyncio.to_thread(view.watch.act, done)
    held = Desk(view.watch.deeds(), max(t, view.watch.clock()))
    newest = msgspec.to_builtins(view.alert(alert_id)[-1])
    return JsonResponse({**newest, "work": held.work(alert_id)})


@router.post("/silences", openapi_extra=takes(SilenceBody))
async def silence(request: Request) -> Response:
    """Silence what is like an alert, until the end of the shift at the latest."""
    body = await body_of(request, SilenceBody)
    actor = allow(request, "work", body.actor)
    view = view_of(request)
    history = view.alert(body.alert)
    if not history:
        raise not_found("alert", body.alert)
    alert, t = history[-1], view.at(body.t)
    if not t < body.until_t <= t + SHIFT_MS:
        raise ApiError(422, "a silence ends after it begins, and with the shift (12 h) at the latest")
    if ("area" in body.by) != (body.area is not None):
        raise ApiError(422, "a silence by area needs `area`, and `area` a silence by it")
    if not body.text:
        raise ApiError(422, "a silence needs `text`: why")
    detail: dict[str, Any] = {
        "text": body.text,
        "until_t": body.until_t,
        "tier": alert.tier,
        "assets": _at_stake(view, alert, t),
    }
    if "ship" in body.by:
        detail["mmsi"] = alert.ship.mmsi
    if "kind" in body.by:
        kinds = sorted(kind for kind in kinds_of(view, alert, t))
        if not kinds:
            raise ApiError(422, "no finding stands behind this alert by whose kind it could be silenced")
        detail["kind"] = kinds[0]
    if body.area is not None:
        detail["area"] = msgspec.to_builtins(body.area)
    name = named("silence", t, actor, body.alert)
    await deed(view, OperatorAction(t=t, actor=actor, action="silence", subject=name, detail=detail))
    return JsonResponse(Desk(view.watch.deeds(), t).silences[name], status_code=201)


@router.post("/silences/{silence_id}/end", openapi_extra=takes(NoteBody))
async def unsilence(request: Request, silence_id: str) -> Response:
    """End a silence early."""
    body = await body_of(request, NoteBody)
    actor = allow(request, "work", body.actor)
    view = view_of(request)
    t = view.at(body.t)
    if silence_id not in {held.id for held in Desk(view.watch.deeds(), t).active()}:
        raise not_found("silence", silence_id)
    await deed(view, OperatorAction(t=t, actor=actor, action="unsilence", subject=silence_id))
    return JsonResponse(Desk(view.watch.deeds(), t).silences[silence_id])


@router.post("/posture", openapi_extra=takes(PostureBody))
async def posture(request: Request) -> Response:
    """Raise or lower the posture, in sight of all, under a name."""
    body = await body_of(request, PostureBody)
    actor = allow(request, "posture", body.actor)
    if not body.text:
        raise ApiError(422, "a posture needs `text`: why, and on whose word")
    view = view_of(request)
    t = view.at(body.t)
    detail = {"level": body.level, "text": body.text}
    await deed(view, OperatorAction(t=t, actor=actor, action="posture", subject="posture", detail=detail))
    return JsonResponse({"level": body.level, "actor": actor, "t": t, "text": body.text})


def desk_of(view: View, at: int) -> dict[str, Any]:
    """What `GET /api/desk` answers."""
    held = Desk(view.watch.deeds(), at)
    shown = view.alerts(at)
    ids = {alert.id for alert in shown}
    level, actor, since = held.posture
    silenced: dict[str, str] = {}
    for alert in shown:
        if alert.state in ACTIVE:
            covering = held.silenced(alert, kinds_of(view, alert, at), place_of(view, alert, at))
            if covering is not None:
                silenced[alert.id] = covering.id
    return {
        "at": at,
        "posture": {"level": level, "actor": actor, "t": since},
        "works": {alert_id: work for alert_id, work in sorted(held.works.items()) if alert_id in ids},
        "checklist": CHECKLIST,
        "silences": [_seen(view, one) for one in held.active()],
        "silenced": silenced,
        "escalated": [alert.id for alert in shown if alert.state in ACTIVE and held.escalated(alert)],
        "promises": [
            {"alert": alert_id, "promise": promise, "overdue": promise.overdue(at)}
            for alert_id, promise in held.promises()
            if alert_id in ids
        ],
        "drills": [d for d in drills_of(view.watch.deeds(), at) if d.runs(at) and view.asset(d.asset)],
        "handovers": sorted(held.handovers.values(), key=lambda h: (-h.t, h.id)),
    }


def kinds_of(view: View, alert: Alert, at: int) -> set[str]:
    """Kinds of the findings behind an alert."""
    return {finding.kind for finding in view.findings(at) if finding.id in alert.findings}


def place_of(view: View, alert: Alert, at: int) -> tuple[float, float] | None:
    """Where an alert's ship was last seen, degrees."""
    past = view.watch.stretch(alert.ship.mmsi, at - SHIFT_MS, at)
    return (float(past.lat[-1]), float(past.lon[-1])) if len(past.t) else None


def _detail(action: Action, body: ActionBody, t: int, actor: str, alert_id: str) -> dict[str, Any]:
    given: dict[str, Any] = {"text": body.text} if body.text else {}
    if action == "close":
        given["outcome"] = body.outcome
    elif action in ("assign", "escalate"):
        given["to"] = body.to
    elif action == "phase":
        given["phase"] = body.phase
    elif action == "call":
        given |= {"whom": body.whom, "kind": body.kind}
    elif action == "promise":
        given |= {"due_t": body.due_t, "id": named("promise", t, actor, f"{alert_id} {body.text}")}
    elif action == "keep":
        given["id"] = body.id
    elif action == "hold":
        given["on"] = body.on
    elif action == "check":
        given["done"] = body.on
    return given


def _at_stake(view: View, alert: Alert, at: int) -> list[str]:
    """Assets of this ship's alerts now: what a silence may cover, and nothing beyond."""
    mine = [other.asset.id for other in view.alerts(at, "active") if other.ship.mmsi == alert.ship.mmsi]
    return sorted({alert.asset.id, *mine})


def _seen(view: View, silence: Any) -> dict[str, Any]:
    """A silence as this reader may see it: without the assets that they may not."""
    shown: dict[str, Any] = msgspec.to_builtins(silence)
    shown["assets"] = [name for name in silence.assets if view.asset(name) is not None]
    return shown


def named(kind: str, t: int, actor: str, what: str) -> str:
    """A name made of what it names: the same act has the same name."""
    return f"{kind}-{hashlib.sha256(f'{t} {actor} {what}'.encode()).hexdigest()[:10]}"


async def deed(view: View, action: OperatorAction) -> None:
    """Take an act that concerns no one alert into the ledger and the watch."""
    await asyncio.to_thread(view.watch.act, action)
