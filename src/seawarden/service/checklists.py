"""The checklist of an alert: what is asked in each phase of its asset, and who has done what of it, and when."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from seawarden.alerts.checklist import Checklists, ticks
from seawarden.service.answer import JsonResponse, not_found
from seawarden.service.routes import Time, view_of
from seawarden.service.view import View

router = APIRouter(prefix="/api", default_response_class=JsonResponse)


@router.get("/alerts/{alert_id}/checklist")
def checklist(request: Request, alert_id: str, at: Time = None) -> Response:
    """What is asked in each phase, and what of it is done, as known then."""
    view = view_of(request)
    lists: Checklists = request.app.state.checklists
    return JsonResponse(checklist_of(view, lists, alert_id, view.at(at)))


def checklist_of(view: View, lists: Checklists, alert_id: str, at: int) -> dict[str, Any]:
    """What `GET /api/alerts/{id}/checklist` answers.

    A point that was ticked and is on no list (any more) is told under `others`: what was done is not forgotten.

    Raises:
        ApiError: there is no such alert, or not for this reader.
    """
    history = view.alert(alert_id)
    if not history:
        raise not_found("alert", alert_id)
    asset = history[-1].asset
    done = ticks(view.watch.actions(alert_id), at)
    phases: list[dict[str, Any]] = [
        {
            "phase": phase,
            "points": [
                {
                    "text": point.text,
                    "source": point.source,
                    "t": done[point.text].t if point.text in done else None,
                    "by": done[point.text].actor if point.text in done else "",
                }
                for point in points
            ],
        }
        for phase, points in lists.of(asset.id, asset.name, asset.kind).items()
    ]
    listed = {point["text"] for phase in phases for point in phase["points"]}
    others = [tick for text, tick in done.items() if text not in listed]
    return {"at": at, "alert": alert_id, "asset": asset.id, "phases": phases, "others": others}
