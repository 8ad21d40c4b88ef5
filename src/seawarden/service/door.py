"""Who is asking: the sign-in at the page, API tokens, and what each role may do.

Without accounts everybody on this machine is the same nameless officer, who says who they are with each act. With
accounts every question and act has a name, and nobody can act under another's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Request, Response
from msgspec import Meta
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from seawarden.channels.gate import Gate
from seawarden.model.error import UsageError
from seawarden.model.person import Deed, Person
from seawarden.model.rights import NOBODY, Rights
from seawarden.service.accounts import SHIFT_S, Accounts
from seawarden.service.answer import ApiError, JsonResponse, body_of, failure, takes
from seawarden.service.view import View
from seawarden.service.watch import Watch

COOKIE: Final = "seawarden"
OPEN: Final = frozenset({"/api/signin", "/api/signout", "/api/me", "/api/openapi.json", "/healthz", "/readyz"})
"""What is answered to anyone: who they are, how to become somebody, and whether the server lives."""
GUARDED: Final = ("/api/", "/ogc", "/metrics")
NOBODY_NAME: Final = "operator"


class SignInBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A name and its password."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    password: Annotated[str, Meta(min_length=1, max_length=1_000)]


class Door:
    """Tells who somebody is, and keeps a view for each set of rights."""

    def __init__(self, watch: Watch, accounts: Accounts | None = None, rights: Rights = NOBODY) -> None:
        """Make the door.

        Args:
            watch: what is watched.
            accounts: who may come in; None lets everybody in who reaches this machine's loopback.
            rights: what readers may see where there are no accounts.
        """
        self.accounts = accounts
        self._watch = watch
        self._anyone = Person(name="", role="officer", rights=rights)
        self._views: dict[Rights, View] = {}

    def person(self, headers: Headers) -> Person | None:
        """Who asks, by token or sign-in; None for a stranger."""
        if self.accounts is None:
            return self._anyone
        secret = secret_of(headers)
        return None if secret is None else self.accounts.who(secret)

    def view(self, person: Person) -> View:
        """The watch as this person sees it."""
        view = self._views.get(person.rights)
        if view is None:
            view = self._views[person.rights] = View(self._watch, Gate(self._watch.assets(), person.rights))
        return view


class Doorkeeper:
    """Asks the door about every request, and turns strangers away from all that tells of the watch."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        person = self._door.person(Headers(scope=scope))
        scope.setdefault("state", {})["person"] = person
        path = scope["path"]
        if person is None and path.startswith(GUARDED) and path not in OPEN:
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 4401, "reason": "sign in first"})
            else:
                await failure(401, "sign in first")(scope, receive, send)
            return
        await self._app(scope, receive, send)


def secret_of(headers: Headers) -> str | None:
    """The secret that a request carries, from `Authorization: Bearer` or the page's cookie."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and given:
        return given.strip()
    try:
        crumb = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return crumb.value if crumb is not None else None


def person_of(request: Request) -> Person:
    """Who asks.

    Raises:
        ApiError: a stranger.
    """
    person: Person | None = request.state.person
    if person is None:
        raise ApiError(401, "sign in first")
    return person


def view_of(request: Request) -> View:
    """The watch as this reader sees it.

    Raises:
        ApiError: a stranger.
    """
    door: Door = request.app.state.door
    return door.view(person_of(request))


def allow(request: Request, deed: Deed, stated: str = NOBODY_NAME) -> str:
    """The name under which a deed goes into the ledger.

    Args:
        request: the request.
        deed: what is to be done.
        stated: who they say they are; counts only where there are no accounts.

    Raises:
        ApiError: their role does not allow it.
    """
    person = person_of(request)
    if not person.may(deed):
        raise ApiError(403, f"{person.name or 'nobody'} is {person.role}: that needs another role")
    return person.name or stated


router = APIRouter(prefix="/api", default_response_class=JsonResponse)


@router.get("/me")
def me(request: Request) -> Response:
    """Who is asking, and whether signing in is needed."""
    return JsonResponse(_about(request, request.state.person))


@router.post("/signin", openapi_extra=takes(SignInBody))
async def sign_in(request: Request) -> Response:
    """Sign in for a shift."""
    door: Door = request.app.state.door
    body = await body_of(request, SignInBody)
    if door.accounts is None:
        raise ApiError(409, "there are no accounts here: everybody on this machine may look")
    try:
        secret = await asyncio.to_thread(door.accounts.sign_in, body.name, body.password)
    except UsageError as error:
        raise ApiError(429 if "too many" in str(error) else 401, str(error)) from None
    sound: Callable[[str], object] | None = request.app.state.signed_in
    if sound is not None:
        await asyncio.to_thread(sound, body.name)
    answer = JsonResponse(_about(request, door.accounts.who(secret)))
    answer.set_cookie(
        COOKIE,
        secret,
        max_age=int(SHIFT_S),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
        path="/",
    )
    return answer


@router.post("/signout")
async def sign_out(request: Request) -> Response:
    """End the sign-in."""
    door: Door = request.app.state.door
    secret = secret_of(request.headers)
    if door.accounts is not None and secret is not None:
        await asyncio.to_thread(door.accounts.sign_out, secret)
    answer = JsonResponse({"needed": door.accounts is not None, "name": ""})
    answer.delete_cookie(COOKIE, path="/")
    return answer


def _about(request: Request, person: Person | None) -> dict[str, Any]:
    needed = request.app.state.door.accounts is not None
    if person is None:
        return {"needed": needed, "name": "", "role": "", "groups": []}
    return {"needed": needed, "name": person.name, "role": person.role, "groups": sorted(person.rights.groups)}
