"""One asset along its length: who comes next by course and forecast, how it is watched, any kilometre point."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Final

import numpy as np
import shapely
from fastapi import APIRouter, Path, Request, Response

from seawarden.geodesy import destination, distance_m
from seawarden.model.asset import Asset
from seawarden.model.watch import WATCH_RIGHT
from seawarden.service.answer import ApiError, JsonResponse, not_found
from seawarden.service.outlook import Foretelling
from seawarden.service.prospects import ahead_of
from seawarden.service.routes import Time, view_of
from seawarden.service.view import View
from seawarden.service.watch_state import stretches

router = APIRouter(prefix="/api/assets", default_response_class=JsonResponse)
AHEAD_MIN: Final = 120.0
"""Straight courses tell little beyond two hours."""
UNDER_WAY_KN: Final = 1.0
AGED_MS: Final = 30 * 60_000
"""A ship unheard for longer is not held to her course."""
FORETOLD: Final = 8
"""So many of the first to come are forecast; the others stand with their course."""
SHOWN: Final = 20
DAY_MS: Final = 86_400_000


@router.get("/{name}/along")
def along(request: Request, name: str, at: Time = None) -> Response:
    """Who comes next, how each stretch is watched, and what happened to the asset, as known then."""
    view = view_of(request)
    asset = _asset(view, name)
    t = view.at(at)
    alerts = [a for a in view.alerts(t) if a.asset.id == asset.id and not a.exercise]
    crossings = [
        f
        for f in view.findings(t)
        if f.kind == "crossing" and f.asset is not None and f.asset.id == asset.id and f.start_t > t - DAY_MS
    ]
    return JsonResponse(
        {
            "at": t,
            "asset": asset.id,
            "length_km": round(view.watch.length_km(asset.id), 3),
            "next": coming(view, asset, t),
            "watch": _watched(view, asset, t),
            "crossings_day": len(crossings),
            "alerts": [
                {
                    "id": a.id,
                    "ship": a.ship,
                    "highest_tier": a.highest_tier,
                    "raised_t": a.raised_t,
                    "state": a.state,
                    "outcome": a.outcome,
                    "kp_km": a.asset.kp_km,
                }
                for a in sorted(alerts, key=lambda a: -a.raised_t)[:SHOWN]
            ],
            "faults": [
                {"id": f.id, "from_t": f.from_t, "state": f.state, "kp_from_km": f.kp_from_km, "kp_to_km": f.kp_to_km}
                for f in view.faults(t)
                if f.asset.id == asset.id
            ],
        }
    )


@router.get("/{name}/kp/{kp_km}")
def kilometre_point(
    request: Request, name: str, kp_km: Annotated[float, Path(ge=0, le=50_000)], at: Time = None
) -> Response:
    """A kilometre point: its place, depth, waters, whom to call there, and the ships nearest to it."""
    view = view_of(request)
    asset = _asset(view, name)
    length = view.watch.length_km(asset.id)
    if kp_km > length:
        raise ApiError(422, f"KP {kp_km:g} lies beyond the end of {asset.name} at KP {length:.1f}")
    t = view.at(at)
    lat, lon = place_at(asset, kp_km)
    depth, sigma = view.watch.depth(np.array([lat]), np.array([lon]))
    last = view.watch.last(t)
    far = [
        (float(distance_m(lat, lon, a, o)), k)
        for k, (a, o) in enumerate(zip(last.lat.tolist(), last.lon.tolist(), strict=True))
        if abs(a - lat) < 1.0
    ]
    return JsonResponse(
        {
            "at": t,
            "asset": asset.id,
            "kp_km": kp_km,
            "lat": round(lat, 6),
            "lon": round(lon, 6),
            "depth_m": round(float(depth[0]), 1),
            "depth_sigma_m": round(float(sigma[0]), 1),
            "waters": view.watch.waters(lat, lon),
            "call": view.watch.calls(lat, lon, None),
            "near": [
                {"ship": view.watch.ship(int(last.track[k])), "distance_m": round(metres, 1), "t": int(last.t[k])}
                for metres, k in sorted(far)[:5]
            ],
        }
    )


def coming(view: View, asset: Asset, at: int) -> list[dict[str, Any]]:
    """Ships that reach the asset within two hours: on their present course, and by forecast for the first of them.

    A ship whose forecast does not reach the asset stays in the list by her course, as `by: course`.
    """
    last = view.watch.last(at)
    fresh = (at - last.t <= AGED_MS) & (last.sog_kn >= UNDER_WAY_KN) & np.isfinite(last.cog_deg)
    lines = shapely.MultiLineString([list(part) for part in asset.current.parts])
    shapely.prepare(lines)
    west, south, east, north = lines.bounds
    found: list[tuple[float, int, tuple[float, float]]] = []
    for k in np.flatnonzero(fresh).tolist():
        lat, lon, knots = float(last.lat[k]), float(last.lon[k]), float(last.sog_kn[k])
        reach_m = knots * 1852.0 * AHEAD_MIN / 60.0
        wide = reach_m / 1852.0 / 60.0
        if not (south - wide <= lat <= north + wide and west - 3.0 * wide <= lon <= east + 3.0 * wide):
            continue
        end = destination(lat, lon, float(last.cog_deg[k]), reach_m)
        way = shapely.LineString([(lon, lat), (end[1], end[0])])
        if not lines.intersects(way):
            continue
        points = shapely.get_coordinates(lines.intersection(way))
        first = min(points.tolist(), key=lambda p: float(distance_m(lat, lon, p[1], p[0])))
        metres = float(distance_m(lat, lon, first[1], first[0]))
        found.append((metres / (knots * 1852.0 / 60.0), k, (first[1], first[0])))
    rows = []
    for number, (minutes, k, cross) in enumerate(sorted(found)[:SHOWN]):
        track = int(last.track[k])
        row: dict[str, Any] = {
            "ship": view.watch.ship(track),
            "by": "course",
            "minutes": round(minutes, 1),
            "minutes_low": None,
            "minutes_high": None,
            "chance": None,
            "kp_km": round(kp_of(asset, *cross), 2),
        }
        if number < FORETOLD and isinstance(view.watch, Foretelling):
            for ahead in ahead_of(view, track, at):
                if ahead.asset.id == asset.id:
                    row |= {
                        "by": "forecast",
                        "minutes": round(ahead.minutes, 1),
                        "minutes_low": ahead.minutes_low,
                        "minutes_high": ahead.minutes_high,
                        "chance": ahead.chance,
                    }
                    row["kp_km"] = row["kp_km"] if ahead.asset.kp_km is None else ahead.asset.kp_km
        rows.append(row)
    return sorted(rows, key=lambda row: float(row["minutes"]))


def place_at(asset: Asset, kp_km: float) -> tuple[float, float]:
    """Latitude and longitude of a kilometre point; parts follow one another without a gap in the count."""
    left = kp_km * 1000.0
    last = asset.current.parts[-1][-1]
    for part in asset.current.parts:
        for (lon1, lat1), (lon2, lat2) in pairwise(part):
            piece = float(distance_m(lat1, lon1, lat2, lon2))
            if left <= piece and piece > 0.0:
                f = left / piece
                return lat1 + f * (lat2 - lat1), lon1 + f * (lon2 - lon1)
            left -= piece
    return last[1], last[0]


def kp_of(asset: Asset, lat: float, lon: float) -> float:
    """Kilometre point of the place on the asset that is nearest to another."""
    best, at_km, done = float("inf"), 0.0, 0.0
    narrow = float(np.cos(np.radians(lat)))
    for part in asset.current.parts:
        for (lon1, lat1), (lon2, lat2) in pairwise(part):
            piece = float(distance_m(lat1, lon1, lat2, lon2))
            dx, dy = (lon2 - lon1) * narrow, lat2 - lat1
            px, py = (lon - lon1) * narrow, lat - lat1
            f = 0.0 if dx == dy == 0.0 else min(1.0, max(0.0, (px * dx + py * dy) / (dx * dx + dy * dy)))
            off = (px - f * dx) ** 2 + (py - f * dy) ** 2
            if off < best:
                best, at_km = off, (done + f * piece) / 1000.0
            done += piece
    return at_km


def _watched(view: View, asset: Asset, at: int) -> list[dict[str, Any]] | None:
    """Stretches by how they are watched, with since when; None for readers who may not know it."""
    if not view.gate.rights.may_see(WATCH_RIGHT):
        return None
    told = stretches(view, at, asset.id)["assets"]
    return list(told[0]["stretches"]) if told else []


def _asset(view: View, name: str) -> Asset:
    found = view.asset(name)
    if found is None:
        raise not_found("asset", name)
    return found
