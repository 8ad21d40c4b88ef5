"""The application: a watch, one reader's gate, and the answers."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Sequence
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from seawarden import __version__
from seawarden.alerts.checklist import Checklists
from seawarden.geography.map_layers import MapLayer
from seawarden.model.error import SeawardenError
from seawarden.model.rights import NOBODY, Rights
from seawarden.service import (
    acts,
    asset_along,
    cases,
    checklists,
    door,
    drag_seen,
    drills,
    evidence,
    foretold,
    handover,
    layers,
    ledger_pages,
    live_ships,
    messages,
    notices,
    ogc,
    peer,
    routes,
    search,
    ship_zones,
    watch_state,
    work,
)
from seawarden.service.accounts import Accounts
from seawarden.service.answer import ApiError, failure
from seawarden.service.door import Door, Doorkeeper
from seawarden.service.fresh import Fresh
from seawarden.service.guard import Guard
from seawarden.service.notifier import Notifier
from seawarden.service.openapi import described
from seawarden.service.page import BASEMAP, PAGE, add_page
from seawarden.service.resume import new_life
from seawarden.service.watch import Watch

_LOG = logging.getLogger(__name__)


def make_app(
    watch: Watch,
    *,
    rights: Rights = NOBODY,
    accounts: Accounts | None = None,
    names: Collection[str] = (),
    notifier: Notifier | None = None,
    checklist: Checklists | None = None,
    map_layers: Sequence[MapLayer] = (),
    page: Path = PAGE,
    basemap: Path = BASEMAP,
) -> FastAPI:
    """The API and the page over a watch.

    Args:
        watch: what is watched.
        rights: what the readers of this server may see where there are no accounts; public assets only by default.
        accounts: who may come in; None lets everybody in who reaches this machine's loopback.
        notifier: tells people who do not sit at the page; whoever runs the server starts and stops it.
        names: host names that this server answers to beside this machine's own.
        checklist: what is asked in each phase; the shipped points when left out.
        map_layers: a user's own layers of the map.
        page: folder of the built page.
        basemap: folder of the base map.
    """
    app = FastAPI(
        title="Seawarden", version=__version__, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json"
    )
    app.state.door = Door(watch, accounts, rights)
    app.state.notifier = notifier
    app.state.signed_in = None if notifier is None else lambda name: notifier.sound(name, time.time())
    app.state.stopping = False
    app.state.layers = tuple(map_layers)
    app.state.checklists = checklist or Checklists.shipped()
    app.state.painters = {}
    app.state.life = new_life()
    app.add_middleware(Fresh)
    app.add_middleware(Doorkeeper, door=app.state.door)
    app.add_middleware(Guard, names=frozenset(names))
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(SeawardenError, _failed)
    app.add_exception_handler(Exception, _unexpected)
    app.include_router(door.router)
    app.include_router(routes.router)
    app.include_router(live_ships.router)
    app.include_router(ledger_pages.router)
    app.include_router(ship_zones.router)
    app.include_router(acts.router)
    app.include_router(foretold.router)
    app.include_router(messages.router)
    app.include_router(cases.router)
    app.include_router(notices.router)
    app.include_router(ogc.router)
    app.include_router(evidence.router)
    app.include_router(work.router)
    app.include_router(checklists.router)
    app.include_router(drills.router)
    app.include_router(asset_along.router)
    app.include_router(layers.router)
    app.include_router(search.router)
    app.include_router(peer.router)
    app.include_router(handover.router)
    app.include_router(watch_state.router)
    app.include_router(drag_seen.router)

    @app.api_route("/api/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    def nothing(path: str) -> Response:
        return failure(404, f"there is no /api/{path}")

    add_page(app, page, basemap)
    app.openapi = lambda: app.openapi_schema or described(app)  # type: ignore[method-assign]
    return app


def _api_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return failure(error.status, error.detail)


def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return failure(error.status_code, str(error.detail))


def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return failure(422, "; ".join(f"{part['loc'][-1]}: {part['msg']}" for part in error.errors()))


def _failed(_: Request, error: Exception) -> Response:
    return failure(503, str(error))


def _unexpected(request: Request, error: Exception) -> Response:
    _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return failure(500, "the server failed at this; its log says more")
