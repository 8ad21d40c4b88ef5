"""What is asked of forecasts: one ship's paths and regions, her assets ahead, and how far the history has come."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from seawarden.service.answer import JsonResponse, not_found
from seawarden.service.outlook import Foretelling
from seawarden.service.prospects import shown
from seawarden.service.routes import Time, view_of

router = APIRouter(prefix="/api", default_response_class=JsonResponse)


@router.get("/ships/{mmsi}/forecast")
def forecast(request: Request, mmsi: int, at: Time = None) -> Response:
    """Where a ship may be in the next twelve hours, from what was known at a time: paths, regions, assets ahead."""
    view = view_of(request)
    watch = view.watch
    tracks = watch.tracks_of(mmsi)
    if not tracks:
        raise not_found("ship", mmsi)
    moment = view.at(at)
    past = watch.stretch(mmsi, watch.range()[0], moment)
    made = watch.outlook(int(past.track[-1]), moment) if isinstance(watch, Foretelling) and len(past.t) else None
    if made is None or not isinstance(watch, Foretelling):
        raise not_found("forecast of ship", mmsi)
    answer = made.drawn(watch.learnt(moment)) | {"at": moment, "ahead": shown(view, made)}
    return JsonResponse(answer | {"simulated": watch.ship(int(past.track[-1])).simulated})
