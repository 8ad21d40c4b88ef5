"""The questions that can be asked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import StreamingResponse

from seawarden.channels.schemas import PUBLISHED, schema_bytes
from seawarden.service import cards, columns
from seawarden.service.answer import JsonResponse, not_found
from seawarden.service.door import view_of
from seawarden.service.moments import Asked, Known, Time
from seawarden.service.paging import Cursor, Limit, Place, links, page_of, read_cursor
from seawarden.service.resume import read_mark
from seawarden.service.stream import events
from seawarden.service.view import newest, urgency

__all__ = ["Time", "router", "view_of"]
DAY_MS = 86_400_000
Urgency = tuple[bool, int, float, int, str]
"""Sorting key of an alert: see `view.urgency`."""


router = APIRouter(prefix="/api", default_response_class=JsonResponse)


@router.get("/status")
def status(request: Request) -> Response:
    """What is watched, how well, and whose data it is."""
    return JsonResponse(cards.status(view_of(request)))


@router.get("/ships")
def ships(request: Request, asked: Asked, limit: Limit = None, cursor: Cursor = "") -> Response:
    """The last position of every ship, as columns; `next` leads to the next page where a limit is given."""
    place = read_cursor(cursor, "ships", tuple[int])
    moment = asked.of(place)
    body = columns.fleet(
        view_of(request), moment.at, moment.known, after=-1 if place is None else place.after[0], limit=limit
    )
    return JsonResponse(body, headers=links(request, body["next"]))


@router.get("/ships/{mmsi}")
def ship(request: Request, mmsi: int, at: Time = None) -> Response:
    """All that is known of one ship."""
    view = view_of(request)
    card = cards.ship_card(view, mmsi, view.at(at))
    if card is None:
        raise not_found("ship", mmsi)
    return JsonResponse(card)


@router.get("/ships/{mmsi}/track")
def track(
    request: Request,
    mmsi: int,
    from_t: Annotated[int | None, Query(alias="from", ge=0)] = None,
    to_t: Annotated[int | None, Query(alias="to", ge=0)] = None,
    limit: Limit = None,
    cursor: Cursor = "",
) -> Response:
    """One ship's positions, as columns; the last day when no time is given; by pages where a limit is given."""
    view = view_of(request)
    if not view.watch.tracks_of(mmsi):
        raise not_found("ship", mmsi)
    place = read_cursor(cursor, "track", tuple[int, int])
    end = view.at(to_t) if place is None else place.known
    start = end - DAY_MS if from_t is None else from_t
    body = columns.track(
        view,
        mmsi,
        start if place is None else place.at,
        end,
        after=None if place is None else place.after,
        limit=limit,
    )
    return JsonResponse(body, headers=links(request, body["next"]))


@router.get("/assets")
def assets(request: Request) -> Response:
    """The assets as GeoJSON."""
    return JsonResponse(cards.asset_collection(view_of(request)))


@router.get("/assets/{name}")
def asset(request: Request, name: str, at: Time = None) -> Response:
    """One asset: who is near, who comes next."""
    view = view_of(request)
    found = view.asset(name)
    if found is None:
        raise not_found("asset", name)
    return JsonResponse(cards.asset_card(view, found, view.at(at)))


@router.get("/alerts")
def alerts(
    request: Request,
    asked: Asked,
    state: Annotated[str, Query(pattern="^(active|all|raised|lowered|closed|retracted)?$")] = "",
    limit: Limit = None,
    cursor: Cursor = "",
) -> Response:
    """Alerts as known then, most urgent first; `next` leads to the next page where a limit is given."""
    place = read_cursor(cursor, "alerts", Urgency)
    moment = asked.of(place)
    found = moment.begun(view_of(request).alerts(moment.known, state))
    page = page_of(found, urgency, place, limit, Place("alerts", *moment, ()))
    body = {"at": moment.at, "total": len(found), "alerts": page.items, "next": page.next}
    return JsonResponse(body, headers=links(request, page.next))


@router.get("/alerts/{alert_id}")
def alert(request: Request, alert_id: str, as_known_at: Known = None) -> Response:
    """One alert with its history and what people did to it, as known then."""
    view = view_of(request)
    history = view.alert(alert_id)
    if as_known_at is not None:
        history = [revision for revision in history if revision.known_from_t <= as_known_at]
    if not history:
        raise not_found("alert", alert_id)
    return JsonResponse(cards.alert_detail(view, history, as_known_at))


@router.get("/findings")
def findings(
    request: Request,
    asked: Asked,
    mmsi: int | None = None,
    asset: str | None = None,
    kind: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100_000)] = 1_000,
    cursor: Cursor = "",
) -> Response:
    """Findings as known then, newest first, no more than `limit` a page; `total` says how many there are."""
    place = read_cursor(cursor, "findings", tuple[int, str])
    moment = asked.of(place)
    shown = [
        finding
        for finding in moment.begun(view_of(request).findings(moment.known))
        if (mmsi is None or finding.ship.mmsi == mmsi)
        and (asset is None or (finding.asset is not None and finding.asset.id == asset))
        and (kind is None or finding.kind == kind)
    ]
    page = page_of(shown, newest, place, limit, Place("findings", *moment, ()))
    body = {"at": moment.at, "total": len(shown), "findings": page.items, "next": page.next}
    return JsonResponse(body, headers=links(request, page.next))


@router.get("/timeline")
def timeline(
    request: Request,
    from_t: Annotated[int | None, Query(alias="from", ge=0)] = None,
    to_t: Annotated[int | None, Query(alias="to", ge=0)] = None,
) -> Response:
    """Traffic, alerts, findings and outages by time."""
    view = view_of(request)
    first, last = view.watch.range()
    start = first if from_t is None else from_t
    return JsonResponse(columns.timeline(view, start, max(last if to_t is None else to_t, start + 1)))


@router.get("/stream")
def stream(request: Request) -> Response:
    """Server-sent events: `clock`, `alert`, `fault`, `status`."""
    after = read_mark(request.headers.get("last-event-id", ""))
    return StreamingResponse(
        events(view_of(request), request, after),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


@router.get("/schemas/{name}.json")
def schema(name: str) -> Response:
    """A published JSON Schema."""
    if name not in PUBLISHED:
        raise not_found("schema", name)
    return Response(schema_bytes(name), media_type="application/schema+json")
