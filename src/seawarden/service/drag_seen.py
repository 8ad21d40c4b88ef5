"""How well a dragged anchor would be seen, asked at any time: of one ship, and of all under way near assets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from weakref import WeakKeyDictionary

import msgspec
import numpy as np
from fastapi import APIRouter, Request, Response

from seawarden.behaviours.drag.model import DragModel
from seawarden.behaviours.drag.seen import UNDER_WAY_KN
from seawarden.behaviours.drag.watched import (
    BACK_MS,
    FRESH_MS,
    lanes_for,
    ship_seen,
    ships_seen,
    states_of,
    under_way,
)
from seawarden.geography.index import near_all
from seawarden.model.drill import exercise_mmsi
from seawarden.model.position import F64, Positions, make_positions
from seawarden.model.sight import line_of
from seawarden.ports import Surroundings
from seawarden.service.answer import JsonResponse
from seawarden.service.door import view_of
from seawarden.service.moments import Time
from seawarden.service.view import View
from seawarden.service.watch import Stretch

router = APIRouter(prefix="/api", default_response_class=JsonResponse)
EVERY_MS: Final = 300_000
"""The ships near assets are counted once in five minutes of event time, however many ask."""
NEAR_AT_MOST: Final = 64
LISTED: Final = 50
_held: WeakKeyDictionary[View, tuple[int, dict[str, Any] | None]] = WeakKeyDictionary()


@router.get("/seen")
def seen(request: Request, at: Time = None) -> Response:
    """On how many ships under way near assets a drag of 30 % would be noticed, and on which hardly; `null` where the
    model does not say it."""
    view = view_of(request)
    return JsonResponse({"at": view.at(at), "seen": ships_near(view, view.at(at))})


def ship_near(view: View, past: Stretch, at: int) -> dict[str, Any] | None:
    """How well a drag that begins now would be seen on one ship; None when she is not under way."""
    model, around = _model(view), _around(view)
    if model is None or around is None or not len(past.t):
        return None
    last = int(past.track[-1])
    told = ship_seen(model, _track(past, last, at), at, around)
    return None if told is None else msgspec.to_builtins(told)


def ships_near(view: View, at: int) -> dict[str, Any] | None:
    """The ships under way near assets that this reader may see, counted at the last full five minutes."""
    t = at // EVERY_MS * EVERY_MS
    held = _held.get(view)
    if held is None or held[0] != t:
        held = _held[view] = (t, _counted(view, t))
    return held[1]


def _counted(view: View, t: int) -> dict[str, Any] | None:
    model, around = _model(view), _around(view)
    if model is None or model.seen is None or around is None:
        return None
    near = list(_near(view, t, around))
    states = states_of([_track(past, track, t) for track, past in near], t, lanes_for(model, around))
    kept = [k for k in range(len(near)) if len(under_way(states[k : k + 1]))]
    count = ships_seen(model.seen, states[kept], t)
    chance = model.seen.chances(states[kept]) if kept else np.empty(0)
    blind = [kept[k] for k in np.argsort(chance, kind="stable").tolist()]
    ships = []
    for k in blind[: min(LISTED, count.hardly)]:
        told = model.seen.ship(states[k], t)
        ship = view.watch.ship(near[k][0])
        ships.append({"mmsi": ship.mmsi, "name": ship.name, "chance": told.chance, "reasons": told.reasons})
    return {**msgspec.to_builtins(count), "line": line_of(count), "blind": ships}


def _near(view: View, t: int, around: Surroundings) -> Iterator[tuple[int, Stretch]]:
    """Tracks that move within reach of an asset that the reader may see, with her past hour; no ships of drills."""
    last = view.watch.last(t)
    layer = around.assets
    mine = {row for row in (layer.row_of(asset.id) for asset in view.assets()) if row is not None}
    asset = np.empty(NEAR_AT_MOST, dtype=np.int32)
    space: F64 = np.empty((3, NEAR_AT_MOST))
    moving = (t - last.t <= FRESH_MS) & ~(last.sog_kn < UNDER_WAY_KN)
    for k in np.flatnonzero(moving).tolist():
        count = near_all(layer.index, last.lat[k], last.lon[k], layer.index.reach_m, asset, *space)
        if mine.intersection(asset[:count].tolist()):
            track = int(last.track[k])
            mmsi = view.watch.ship(track).mmsi
            if not exercise_mmsi(mmsi):
                yield track, view.watch.stretch(mmsi, t - BACK_MS, t)


def _track(past: Stretch, track: int, t: int) -> Positions:
    """One track's last hour as positions."""
    rows = np.flatnonzero((past.track == track) & (past.t >= t - BACK_MS) & (past.t <= t))
    return make_positions(
        len(rows),
        t=past.t[rows],
        lat=past.lat[rows],
        lon=past.lon[rows],
        sog_kn=past.sog_kn[rows],
        cog_deg=past.cog_deg[rows],
        heading_deg=past.heading_deg[rows],
        trust=past.trust[rows],
    )


def _around(view: View) -> Surroundings | None:
    told = getattr(view.watch, "surroundings", None)
    found: Surroundings | None = told() if told is not None else None
    return found


def _model(view: View) -> DragModel | None:
    """The model that looks for drags in this watch; None where nothing does."""
    told = getattr(view.watch, "drag_model", None)
    found: DragModel | None = told() if told is not None else None
    return found
