"""Finding a ship by her name, MMSI, IMO number or call sign, and an asset by its name, wherever they are."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from seawarden.model.vessel import ShipRef
from seawarden.service.answer import JsonResponse
from seawarden.service.routes import Time, view_of
from seawarden.service.view import View

router = APIRouter(prefix="/api", default_response_class=JsonResponse)
HITS: Final = 12


@router.get("/search")
def search(request: Request, q: Annotated[str, Query(min_length=1, max_length=60)], at: Time = None) -> Response:
    """Ships that were heard lately at a time, and assets, that fit the words: those that begin with them first."""
    view = view_of(request)
    t = view.at(at)
    return JsonResponse({"at": t, "q": q, "ships": ships(view, q, t), "assets": assets(view, q)})


def ships(view: View, text: str, at: int) -> list[dict[str, Any]]:
    """At most twelve ships."""
    wanted = text.strip().casefold()
    if not wanted:
        return []
    last = view.watch.last(at)
    found: list[tuple[int, str, int]] = []
    named: dict[int, ShipRef] = {}
    for row, track in enumerate(last.track.tolist()):
        ship = view.watch.ship(track)
        rank = _rank(ship, wanted)
        if rank >= 0:
            found.append((rank, ship.name.casefold() or str(ship.mmsi), row))
            named[row] = ship
    return [
        {
            "mmsi": named[row].mmsi,
            "name": named[row].name,
            "imo": named[row].imo,
            "callsign": named[row].callsign,
            "type": named[row].type,
            "simulated": named[row].simulated,
            "lat": round(float(last.lat[row]), 6),
            "lon": round(float(last.lon[row]), 6),
            "t": int(last.t[row]),
        }
        for _, _, row in sorted(found)[:HITS]
    ]


def assets(view: View, text: str) -> list[dict[str, str]]:
    """At most twelve assets, by name, id or alias."""
    wanted = text.strip().casefold()
    found = []
    for asset in view.assets():
        places = [name.casefold().find(wanted) for name in (asset.name, asset.id, *asset.aliases)]
        hits = [place for place in places if place >= 0]
        if wanted and hits:
            told = {"id": asset.id, "name": asset.name, "kind": asset.kind}
            found.append((min(hits) > 0, asset.name.casefold(), told))
    return [hit for _, _, hit in sorted(found, key=lambda item: item[:2])[:HITS]]


def _rank(ship: ShipRef, wanted: str) -> int:
    """0 where it begins with the words, 1 where it holds them, -1 where it does not."""
    number = wanted.removeprefix("imo").removeprefix("mmsi").strip()
    if number.isdigit():
        if str(ship.mmsi).startswith(number) or (ship.imo and str(ship.imo).startswith(number)):
            return 0
        return 1 if number in ship.name else -1
    place = ship.name.casefold().find(wanted)
    if place == 0 or (ship.callsign and ship.callsign.casefold() == wanted):
        return 0
    return 1 if place > 0 else -1
