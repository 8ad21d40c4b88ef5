"""Cases: a ship's alerts as one, for lists and for CAP. Each alert in it stays its own, and is answered by itself."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from seawarden.alerts.script import radio_script
from seawarden.channels.messages import cap
from seawarden.channels.messages.case import worst_first
from seawarden.channels.notify.fold import Fold, News
from seawarden.service.answer import JsonResponse, not_found
from seawarden.service.case_list import cases_of, told_by, told_of
from seawarden.service.messages import conditional
from seawarden.service.moments import Asked
from seawarden.service.routes import view_of
from seawarden.service.view import View
from seawarden.settings_notify import NotifySettings

router = APIRouter(prefix="/api/cases", default_response_class=JsonResponse)
State = Annotated[str, Query(pattern="^(active|all|raised|lowered|closed|retracted)?$")]


@router.get("")
def cases(request: Request, asked: Asked, state: State = "") -> Response:
    """Cases as known then, most urgent first: each by its worst alert, with a line for every asset."""
    view = view_of(request)
    held = cases_of(view, asked.known, asked.begun(view.alerts(asked.known, state)))
    return JsonResponse(
        {"at": asked.at, "total": len(held), "cases": [told_of(view, case, asked.at) for case in held]}
    )


@router.get("/{case_id}/cap")
async def as_cap(request: Request, case_id: str) -> Response:
    """A case as a CAP 1.2 message, with those before it as references.

    It is one when the case begins, rises, has reached more assets, or is over, as people are told of it. What is
    acknowledged is each asset's own alert.
    """
    view = view_of(request)
    sender = f"seawarden@{(request.url.hostname or 'localhost').replace(',', '')}"
    data = await asyncio.to_thread(_cap, view, case_id, sender)
    return conditional(request, data, "application/cap+xml")


def _cap(view: View, case_id: str, sender: str) -> bytes:
    news = _news(view, case_id)
    if not news:
        raise not_found("case", case_id)
    items = [told_by(view, one.thread.id, one.revision, one.alerts, one.t) for one in news]
    worst = worst_first(news[-1].alerts)[0]
    script = radio_script(worst.ship)
    return cap.encode(
        items[-1],
        worst,
        sender=sender,
        earlier=items[:-1],
        instruction=f"For a person to speak, over the asset: {script.over} Clear of it: {script.clear}",
    )


def _news(view: View, case_id: str) -> list[News]:
    """What has been news of a case, oldest first."""
    settled = view.watch.settled()
    alerts = view.alerts(settled, "all")
    tracks = {alert.ship.track_id for alert in alerts if case_id in (alert.case, alert.id)}
    revisions = [
        one
        for alert in alerts
        if alert.ship.track_id in tracks
        for one in view.alert(alert.id)
        if one.known_from_t <= settled
    ]
    fold = Fold(int(NotifySettings().join_min * 60_000))
    news = fold.take(revisions, settled, lambda _: True)
    return [one for one in news if case_id == one.thread.id or case_id in one.thread.cases]
