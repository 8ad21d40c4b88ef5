"""OGC API - Features, part 1: core (OGC 17-069r4): assets, ships and alerts for GDAL, QGIS and their kin.

Three collections, GeoJSON alone, boxes, times and paging by offset. `as_known_at` asks for the past as it was known
then; `datetime` is taken for the same, since every feature here is a state at a time.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Query, Request, Response

from seawarden.channels.messages import geojson
from seawarden.model.moment import time
from seawarden.service import cards, columns
from seawarden.service.answer import ApiError, JsonResponse, not_found
from seawarden.service.messages import conditional, items_of
from seawarden.service.moments import Moments
from seawarden.service.routes import Time, view_of
from seawarden.service.view import View

router = APIRouter(prefix="/ogc", default_response_class=JsonResponse)

GEOJSON: Final = "application/geo+json"
COLLECTIONS: Final = {
    "assets": "Cables, power links and pipelines that you may see",
    "ships": "The last position of every ship",
    "alerts": "Alerts at the place where the ship was last seen",
}
CONFORMS: Final = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
)
CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_MOMENT: Final = re.compile(r"^\d{4}-\d\d-\d\dT")


@router.get("")
@router.get("/")
def landing(request: Request) -> Response:
    """Where everything is."""
    return JsonResponse(
        {
            "title": "Seawarden",
            "description": "Undersea assets, ships and alerts as this reader may see them.",
            "links": [
                _link(request, "", "self", "this document"),
                {**_link(request, "", "service-desc", "the API"), "href": f"{request.base_url}api/openapi.json"},
                _link(request, "/conformance", "conformance", "what it conforms to"),
                _link(request, "/collections", "data", "the collections"),
            ],
        }
    )


@router.get("/conformance")
def conformance() -> Response:
    """The classes that this conforms to."""
    return JsonResponse({"conformsTo": CONFORMS})


@router.get("/collections")
def collections(request: Request) -> Response:
    """All collections."""
    return JsonResponse(
        {
            "links": [_link(request, "/collections", "self", "this document")],
            "collections": [_collection(request, name) for name in COLLECTIONS],
        }
    )


@router.get("/collections/{name}")
def collection(request: Request, name: str) -> Response:
    """One collection."""
    return JsonResponse(_collection(request, _known(name)))


@router.get("/collections/{name}/items")
def items(
    request: Request,
    name: str,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    bbox: str = "",
    as_known_at: Time = None,
    datetime: str = "",
) -> Response:
    """Features by pages, within a box where one is given."""
    view = view_of(request)
    at = view.at(as_known_at if as_known_at is not None else moment(datetime))
    box = box_of(bbox)
    found = [f for f in features(view, _known(name), at) if box is None or _meets(f["geometry"], box)]
    page = found[offset : offset + limit]
    here = f"/collections/{name}/items"
    asked = [(k, v) for k, v in request.query_params.multi_items() if k != "offset"]
    links = [{**_link(request, here, "self", "this page", asked, offset), "type": GEOJSON}]
    if offset + limit < len(found):
        links.append({**_link(request, here, "next", "the next page", asked, offset + limit), "type": GEOJSON})
    body = {
        "type": "FeatureCollection",
        "features": page,
        "numberMatched": len(found),
        "numberReturned": len(page),
        "links": links,
    }
    return conditional(request, msgspec.json.encode(body), GEOJSON)


@router.get("/collections/{name}/items/{item}")
def item(request: Request, name: str, item: str, as_known_at: Time = None) -> Response:
    """One feature."""
    view = view_of(request)
    for feature in features(view, _known(name), view.at(as_known_at)):
        if str(feature["id"]) == item:
            links = [_link(request, f"/collections/{name}/items/{item}", "self", "this feature")]
            links.append(_link(request, f"/collections/{name}", "collection", "its collection"))
            return conditional(request, msgspec.json.encode({**feature, "links": links}), GEOJSON)
    raise not_found(name.rstrip("s"), item)


def features(view: View, name: str, at: int) -> Iterable[dict[str, Any]]:
    """All features of a collection as known then."""
    if name == "assets":
        found: list[dict[str, Any]] = cards.asset_collection(view)["features"]
        return found
    if name == "alerts":
        return [geojson.feature(one) for one in items_of(view, Moments(at, at), "")]
    return _ships(view, at)


def box_of(text: str) -> tuple[float, float, float, float] | None:
    """A `bbox` parameter: west, south, east, north; degrees. Heights, where given, are passed over.

    Raises:
        ApiError: not a box.
    """
    if not text:
        return None
    try:
        sides = [float(part) for part in text.split(",")]
    except ValueError:
        sides = []
    if len(sides) == 6:
        sides = [*sides[:2], *sides[3:5]]
    if len(sides) != 4 or not all(map(math.isfinite, sides)) or sides[1] > sides[3]:
        raise ApiError(400, "`bbox` is west,south,east,north in degrees")
    return sides[0], sides[1], sides[2], sides[3]


def moment(text: str) -> int | None:
    """The end of a `datetime` parameter, ms; None where it is open or not given.

    Raises:
        ApiError: not a time.
    """
    last = text.rpartition("/")[2]
    if last in ("", ".."):
        return None
    try:
        if not _MOMENT.match(last):
            raise ValueError(last)
        return time(last)
    except (ValueError, OverflowError):
        raise ApiError(400, "`datetime` is a time such as 2024-12-25T10:28:00Z, or two with / between") from None


def _ships(view: View, at: int) -> list[dict[str, Any]]:
    fleet = msgspec.to_builtins(columns.fleet(view, at))
    names = [name for name, column in fleet.items() if isinstance(column, list)]
    found = []
    for k in range(len(fleet["mmsi"])):
        about = {name: fleet[name][k] for name in names if k < len(fleet[name])}
        point = {"type": "Point", "coordinates": [about.pop("lon"), about.pop("lat")]}
        found.append({"type": "Feature", "id": about["track_id"], "geometry": point, "properties": about})
    return found


def _known(name: str) -> str:
    if name not in COLLECTIONS:
        raise not_found("collection", name)
    return name


def _collection(request: Request, name: str) -> dict[str, Any]:
    here = f"/collections/{name}"
    return {
        "id": name,
        "title": name.capitalize(),
        "description": COLLECTIONS[name],
        "itemType": "feature",
        "crs": [CRS84],
        "extent": {"spatial": {"bbox": [[-180.0, -90.0, 180.0, 90.0]], "crs": CRS84}},
        "links": [
            _link(request, here, "self", "this collection"),
            {**_link(request, f"{here}/items", "items", "its features"), "type": GEOJSON},
        ],
    }


def _link(
    request: Request, path: str, rel: str, title: str, asked: list[tuple[str, str]] | None = None, offset: int = 0
) -> dict[str, str]:
    url = request.url.replace(path=f"/ogc{path}", query="", fragment="")
    if asked is not None:
        url = url.include_query_params(**dict(asked), **({"offset": offset} if offset else {}))
    return {"href": str(url), "rel": rel, "type": "application/json", "title": title}


def _meets(geometry: dict[str, Any] | None, box: tuple[float, float, float, float]) -> bool:
    """Whether any vertex, or the box around all of them, meets the box; a box over 180 degrees has west > east."""
    if geometry is None:
        return False
    points = list(_points(geometry["coordinates"]))
    west, south, east, north = box
    lats = [lat for _, lat in points]
    if max(lats) < south or min(lats) > north:
        return False
    lons = [lon for lon, _ in points]
    if west <= east:
        return not (max(lons) < west or min(lons) > east)
    return max(lons) >= west or min(lons) <= east


def _points(part: Any) -> Iterable[tuple[float, float]]:
    if part and isinstance(part[0], (int, float)):
        yield float(part[0]), float(part[1])
        return
    for inner in part:
        yield from _points(inner)
