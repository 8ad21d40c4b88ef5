"""What the API's description says beside what its functions do: ETags, pages, and the line that is no HTTP."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

KNOWN: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 200, "pattern": '^(W/)?"[0-9a-f]{1,64}"$'},
    "description": "ETag of the answer that the reader has; answered with 304 where it is still the same",
}
ABOUT: Final = """Ships, tracks, assets, findings, alerts, faults, forecasts, watch state and the ledger of one watch.

All times are milliseconds UTC of event time. `at` looks at a moment; `as_known_at` says with the knowledge of which.
Lists that take `limit` and `cursor` give `next`, the cursor of the page that follows, and a `Link` header to it.
Ships as they move come over a WebSocket, `/api/ships/live`, and alerts as server-sent events, `/api/stream`."""
ENDLESS: Final = "/api/stream"


def described(app: FastAPI) -> dict[str, Any]:
    """The description of an application."""
    made = get_openapi(title=app.title, version=app.version, description=ABOUT, routes=app.routes)
    for path, operations in made["paths"].items():
        asked = operations.get("get")
        if asked is None or path == ENDLESS:
            continue
        asked.setdefault("parameters", []).append(KNOWN)
        asked["responses"]["304"] = {"description": "As the reader has it"}
        asked["responses"]["200"].setdefault("headers", {})["ETag"] = {"schema": {"type": "string"}}
    return made
