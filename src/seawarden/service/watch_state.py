"""How well each stretch of each asset is watched, at any time: only for readers with the right to know it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Protocol, runtime_checkable

import msgspec
from fastapi import APIRouter, Query, Request, Response

from seawarden.model.watch import WATCH_RIGHT, WORDS, WatchChange, stretches_at
from seawarden.service.answer import ApiError, JsonResponse, not_found
from seawarden.service.routes import Time, view_of
from seawarden.service.view import View

router = APIRouter(prefix="/api", default_response_class=JsonResponse)


@runtime_checkable
class Seeing(Protocol):
    """A watch that knows how well it sees."""

    def watch_changes(self) -> Sequence[WatchChange]:
        """All changes of the watch state, in the order in which they became known."""
        ...


@router.get("/watch-state")
def watch_state(
    request: Request,
    at: Time = None,
    asset: Annotated[str | None, Query(description="one asset alone")] = None,
    hindsight: Annotated[bool, Query(description="also what became known later")] = False,
) -> Response:
    """Stretches of every asset by how well they are watched: observed, thin, unobserved or jammed."""
    view = view_of(request)
    if not view.gate.rights.may_see(WATCH_RIGHT):
        raise ApiError(403, f"where the watch is blind is told only to readers of the group `{WATCH_RIGHT}`")
    return JsonResponse(stretches(view, view.at(at), asset, hindsight=hindsight))


def stretches(view: View, at: int, name: str | None = None, *, hindsight: bool = False) -> dict[str, Any]:
    """The answer: kilometres by state, and the stretches of each asset.

    Args:
        view: the watch as this reader sees it.
        at: event time, ms.
        name: one asset alone.
        hindsight: also what became known later.

    Raises:
        ApiError: there is no such asset.
    """
    wanted = view.assets()
    if name is not None:
        found = view.asset(name)
        if found is None:
            raise not_found("asset", name)
        wanted = [found]
    watch = view.watch
    by_asset: dict[str, list[WatchChange]] = {}
    for change in view.gate.watch(watch.watch_changes() if isinstance(watch, Seeing) else ()):
        by_asset.setdefault(change.asset, []).append(change)
    km = dict.fromkeys(WORDS, 0.0)
    rows = []
    for asset in wanted:
        length = watch.length_km(asset.id)
        parts = stretches_at(by_asset.get(asset.id, ()), length, at, hindsight=hindsight)
        for part in parts:
            km[part.state] += part.kp_to_km - part.kp_from_km
        rows.append(
            {
                "asset": asset.id,
                "name": asset.name,
                "length_km": round(length, 4),
                "stretches": [msgspec.to_builtins(part) for part in parts],
            }
        )
    return {"at": at, "km": {state: round(part, 1) for state, part in km.items()}, "assets": rows}
