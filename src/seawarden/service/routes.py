"""The questions that can be asked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import StreamingResponse

from seawarden.channels.schemas import PUBLISHED, schema_bytes
from seawarden.service import cards, columns
from seawarden.service.answer import JsonResponse, not_found
from seawarden.service.door import Door, person_of
from seawarden.service.stream import events
from seawarden.service.view import View

Time = Annotated[
    int | None, Query(ge=0, le=253_402_300_799_999, description="event time, ms UTC; newest when left out")
]
DAY_MS = 86_400_000


def view_of(request: Request) -> View:
    """The watch as this reader sees it."""
    door: Door = request.app.state.door
    return door.view(person_of(request))


router = APIRouter(prefix="/api", default_response_class=JsonResponse)


@router.get("/status")
def status(request: Request) -> Response:
    """What is watched, how well, and whose data it is."""
    return JsonResponse(cards.status(view_of(request)))


@router.get("/ships")
def ships(request: Request, at: Time = None) -> Response:
    """The last position of every ship, as columns."""
    view = view_of(request)
    return JsonResponse(columns.fleet(view, view.at(at)))


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
) -> Response:
    """One ship's positions, as columns; the last day when no time is given."""
    view = view_of(request)
    if not view.watch.tracks_of(mmsi):
        raise not_found("ship", mmsi)
    end = view.at(to_t)
    return JsonResponse(columns.track(view, mmsi, end - DAY_MS if from_t is None else from_t, end))


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
    at: Time = None,
    state: Annotated[str, Query(pattern="^(active|all|raised|lowered|closed|retracted)?$")] = "",
) -> Response:
    """Alerts as known then, most urgent first."""
    view = view_of(request)
    return JsonResponse({"at": view.at(at), "alerts": view.alerts(view.at(at), state)})


@router.get("/alerts/{alert_id}")
def alert(request: Request, alert_id: str) -> Response:
    """One alert with its history and what people did to it."""
    view = view_of(request)
    history = view.alert(alert_id)
    if not history:
        raise not_found("alert", alert_id)
    return JsonResponse(cards.alert_detail(view, history))


@router.get("/findings")
def findings(
    request: Request,
    at: Time = None,
    mmsi: int | None = None,
    asset: str | None = None,
    kind: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100_000)] = 1_000,
) -> Response:
    """Findings as known then, newest first, no more than `limit`; `total` says how many there are."""
    view = view_of(request)
    shown = [
        finding
        for finding in view.findings(view.at(at))
        if (mmsi is None or finding.ship.mmsi == mmsi)
        and (asset is None or (finding.asset is not None and finding.asset.id == asset))
        and (kind is None or finding.kind == kind)
    ]
    return JsonResponse({"at": view.at(at), "total": len(shown), "findings": shown[:limit]})


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
    after = request.headers.get("last-event-id", "")
    return StreamingResponse(
        events(view_of(request), request, int(after) if after.isdigit() else None),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


@router.get("/schemas/{name}.json")
def schema(name: str) -> Response:
    """A published JSON Schema."""
    if name not in PUBLISHED:
        raise not_found("schema", name)
    return Response(schema_bytes(name), media_type="application/schema+json")
