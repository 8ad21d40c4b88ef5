"""Faults: declared, ended, and answered with the ships that could have done it. Each goes to the ledger."""

from __future__ import annotations

import asyncio

import msgspec
from fastapi import APIRouter, Request, Response

from seawarden.model.event import FaultDeclared
from seawarden.model.position import NO_TIME
from seawarden.service.answer import ApiError, JsonResponse, body_of, not_found, takes
from seawarden.service.bodies import ClearBody, FaultBody
from seawarden.service.door import allow
from seawarden.service.moments import Asked
from seawarden.service.paging import Cursor, Limit, Place, links, page_of, read_cursor
from seawarden.service.routes import Time, view_of
from seawarden.service.view import View

router = APIRouter(prefix="/api", default_response_class=JsonResponse)


@router.get("/faults")
def faults(request: Request, asked: Asked, limit: Limit = None, cursor: Cursor = "") -> Response:
    """Declared faults as known then, newest first; `next` leads to the next page where a limit is given."""
    place = read_cursor(cursor, "faults", tuple[int, str])
    moment = asked.of(place)
    found = moment.begun(view_of(request).faults(moment.known))
    page = page_of(found, lambda fault: (-fault.declared_t, fault.id), place, limit, Place("faults", *moment, ()))
    body = {"at": moment.at, "total": len(found), "faults": page.items, "next": page.next}
    return JsonResponse(body, headers=links(request, page.next))


@router.get("/faults/{fault_id}")
def fault(request: Request, fault_id: str, at: Time = None) -> Response:
    """One fault, ranked with what was known then."""
    view = view_of(request)
    found = view.fault(fault_id, view.at(at))
    if found is None:
        raise not_found("fault", fault_id)
    return JsonResponse(found)


@router.post("/faults", openapi_extra=takes(FaultBody))
async def declare(request: Request) -> Response:
    """Declare a fault; answered with the ships that could have done it, ranked."""
    body = await body_of(request, FaultBody)
    body = msgspec.structs.replace(body, actor=allow(request, "fault", body.actor))
    view = view_of(request)
    asset = view.asset(body.asset)
    if asset is None:
        raise not_found("asset", body.asset)
    made = await asyncio.to_thread(view.watch.declare_fault, declared(view, body, asset.id))
    shown = view.gate.one(made)
    if shown is None:
        raise not_found("asset", body.asset)
    return JsonResponse(shown, status_code=201)


@router.post("/faults/{fault_id}/clear", openapi_extra=takes(ClearBody))
async def clear(request: Request, fault_id: str) -> Response:
    """End a fault."""
    body = await body_of(request, ClearBody)
    actor = allow(request, "fault", body.actor)
    view = view_of(request)
    now = view.at(body.t)
    if fault_id not in {fault.id for fault in view.faults(view.watch.clock())}:
        raise not_found("fault", fault_id)
    cleared = await asyncio.to_thread(view.watch.clear_fault, fault_id, t=now, actor=actor, note=body.note)
    shown = None if cleared is None else view.gate.one(cleared)
    if shown is None:
        raise not_found("fault", fault_id)
    return JsonResponse(shown)


def told(view: View, body: FaultBody) -> int:
    """When we were told: as stated; else now; in a replay the end of the episode in which it may have begun."""
    if body.declared_t is not None:
        return body.declared_t
    ends = [episode.to_t for episode in view.watch.episodes() if episode.from_t <= body.from_t <= episode.to_t]
    now = view.watch.clock()
    return now if view.watch.mode == "live" or not ends else min(ends[0], now)


def declared(view: View, body: FaultBody, asset_id: str) -> FaultDeclared:
    """The event that a fault's body stands for.

    Raises:
        ApiError: the stretch lies beyond the asset, or the times are the wrong way round.
    """
    low, high = body.kp_from_km, body.kp_to_km
    length = view.watch.length_km(asset_id)
    for kp in (low, high):
        if kp is not None and kp > length:
            raise ApiError(422, f"KP {kp:g} lies beyond the end of the asset at KP {length:.1f}")
    if low is not None and high is not None and low > high:
        low, high = high, low
    if body.to_t is not None and body.to_t < body.from_t:
        raise ApiError(422, "`to_t` lies before `from_t`")
    return FaultDeclared(
        t=told(view, body),
        fault_id="",
        asset_id=asset_id,
        from_t=body.from_t,
        to_t=NO_TIME if body.to_t is None else body.to_t,
        kp_from_km=low,
        kp_to_km=high,
        actor=body.actor,
        note=body.note,
        exercise=body.exercise,
    )
