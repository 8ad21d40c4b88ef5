"""The ledger over the API: every entry with its seal, so that somebody else can check the chain.

A chain with entries left out proves nothing, and what is left out would tell that it is there: so the ledger is for
readers from whom no asset is hidden. Others have `/api/acts` and the lists of what they may see.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Protocol, runtime_checkable

import msgspec
from fastapi import APIRouter, Query, Request, Response

from seawarden.service.answer import ApiError, JsonResponse
from seawarden.service.door import view_of
from seawarden.service.paging import Cursor, Place, links, read_cursor, write_cursor
from seawarden.store.entry import Entry
from seawarden.store.ledger import Ledger

router = APIRouter(prefix="/api", default_response_class=JsonResponse)

NAME: Final = r"^[\w:.-]{1,100}$"
NOTHING: Final[dict[str, Any]] = {"heads": {}, "entries": [], "next": None}


@runtime_checkable
class Ledgered(Protocol):
    """A watch that keeps a ledger."""

    @property
    def ledger(self) -> Ledger | None:
        """The ledger, where there is one."""
        ...


@router.get("/ledger")
def ledger(
    request: Request,
    stream: Annotated[str | None, Query(pattern=NAME, description="only entries of this kind")] = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
    cursor: Cursor = "",
) -> Response:
    """Entries by chain and sequence, each with its hash and the one before; and where each chain ends."""
    view = view_of(request)
    place = read_cursor(cursor, "ledger", tuple[str, int])
    if view.gate.hides:
        raise ApiError(403, "the ledger is for readers from whom no asset is hidden; see /api/acts")
    held = view.watch.ledger if isinstance(view.watch, Ledgered) else None
    if held is None:
        return JsonResponse(NOTHING)
    found: list[Entry] = []
    for shard in sorted(held.heads()):
        if place is None or shard >= place.after[0]:
            since = place.after[1] if place is not None and shard == place.after[0] else 0
            found += held.entries(stream, since=since, shard=shard, limit=limit + 1 - len(found))
    page, following = found[:limit], None
    if len(found) > limit:
        following = write_cursor(Place("ledger", 0, 0, (page[-1].shard, page[-1].sequence)))
    body = {"heads": held.heads(), "entries": [_shown(entry) for entry in page], "next": following}
    return JsonResponse(body, headers=links(request, following))


def _shown(entry: Entry) -> dict[str, Any]:
    return {**msgspec.structs.asdict(entry), "body": msgspec.Raw(entry.body)}
