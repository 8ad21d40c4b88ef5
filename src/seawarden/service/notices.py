"""Who is told outside the page, what became of each message, and the test button."""

from __future__ import annotations

import asyncio
import time

from fastapi import APIRouter, Request, Response

from seawarden.service.answer import JsonResponse, body_of, not_found, takes
from seawarden.service.bodies import NoteBody
from seawarden.service.door import allow
from seawarden.service.notifier import Notifier
from seawarden.service.routes import view_of

router = APIRouter(prefix="/api/notify", default_response_class=JsonResponse)


@router.get("")
def notices(request: Request) -> Response:
    """Recipients, without their addresses, and the latest messages."""
    view_of(request)
    allow(request, "work")
    notifier: Notifier | None = request.app.state.notifier
    if notifier is None:
        return JsonResponse({"recipients": [], "log": []})
    people = [
        {
            "name": p.name,
            "ways": len(p.to),
            "tiers": p.tiers,
            "assets": [*p.assets, *(f"all of {owner}" for owner in p.owners)],
            "hours": p.hours,
        }
        for p in notifier.recipients
    ]
    return JsonResponse({"recipients": people, "log": notifier.outbox.log()})


@router.post("/{name}/test", openapi_extra=takes(NoteBody))
async def test(request: Request, name: str) -> Response:
    """Send a test message on all ways of one person."""
    body = await body_of(request, NoteBody)
    allow(request, "work", body.actor)
    notifier: Notifier | None = request.app.state.notifier
    ways = 0 if notifier is None else await asyncio.to_thread(notifier.test, name, time.time())
    if not ways:
        raise not_found("recipient", name)
    return JsonResponse({"name": name, "ways": ways}, status_code=202)
