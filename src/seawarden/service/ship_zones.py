"""One ship's dossier on the page: her number, her way through waters, places and zones, silences, findings."""

from __future__ import annotations

from typing import Annotated, Any, Final

import numpy as np
from fastapi import APIRouter, Query, Request, Response

from seawarden.geodesy import distance_m
from seawarden.geography.directory import Directory
from seawarden.ports import Surroundings
from seawarden.run.zone_log import Stay, Way, zone_log
from seawarden.service.answer import JsonResponse, not_found
from seawarden.service.routes import Time, view_of
from seawarden.service.view import View
from seawarden.service.watch import Stretch
from seawarden.surroundings.doubts import placed
from seawarden.tracks.identity.mmsi import mmsi_facts

GAP_MS: Final = 1_800_000
"""Silence from which it is listed, as in `seawarden ship`."""
MOST: Final = 200
DAY_MS: Final = 86_400_000

router = APIRouter(prefix="/api", default_response_class=JsonResponse)


@router.get("/ships/{mmsi}/dossier")
def dossier(
    request: Request,
    mmsi: int,
    at: Time = None,
    days: Annotated[float, Query(gt=0, le=366, description="days before that are looked at")] = 14.0,
) -> Response:
    """Who has the watch of a ship now, where she has been, when she was silent, what was found of her."""
    view = view_of(request)
    if not view.watch.tracks_of(mmsi):
        raise not_found("ship", mmsi)
    return JsonResponse(dossier_of(view, mmsi, view.at(at), int(days * DAY_MS)))


def dossier_of(view: View, mmsi: int, at: int, span_ms: int) -> dict[str, Any]:
    """The dossier as this reader may see it.

    Args:
        view: the reader's.
        mmsi: which ship.
        at: event time, ms.
        span_ms: how far back.
    """
    past = view.watch.stretch(mmsi, at - span_ms, at)
    findings = [finding for finding in view.findings(at) if finding.ship.mmsi == mmsi]
    alerts = [alert for alert in view.alerts(at) if alert.ship.mmsi == mmsi]
    zones = _zones(view, past)
    waters = [stay for stay in zones if stay.kind == "waters"]
    return {
        "mmsi": mmsi,
        "at": at,
        "number": mmsi_facts(mmsi),
        "ship": view.watch.ship(int(past.track[-1])) if len(past.t) else None,
        "positions": len(past.t),
        "doubted": int((past.trust != 0).sum()),
        "watch": waters[-1].watch if waters else "",
        "zones": zones,
        "gaps": _gaps(past),
        "findings": findings,
        "alerts": alerts,
    }


def _zones(view: View, past: Stretch) -> list[Stay]:
    told = getattr(view.watch, "surroundings", None)
    around: Surroundings | None = told() if told is not None else None
    if around is None or not len(past.t):
        return []
    fit = np.flatnonzero(placed(past.trust))
    way = Way(past.t[fit], past.lat[fit], past.lon[fit])
    return zone_log(way, around, Directory(around.waters, around.places))


def _gaps(past: Stretch) -> list[dict[str, Any]]:
    """The longest silences, in order of time; whether anybody could hear her then is another question."""
    found = []
    for k in np.flatnonzero(np.diff(past.t) > GAP_MS).tolist():
        gone = distance_m(past.lat[k], past.lon[k], past.lat[k + 1], past.lon[k + 1])
        found.append({"from_t": int(past.t[k]), "to_t": int(past.t[k + 1]), "distance_m": round(float(gone), 1)})
    kept = sorted(found, key=lambda gap: gap["from_t"] - gap["to_t"])[:MOST]
    return sorted(kept, key=lambda gap: gap["from_t"])
