"""A second desk: what people do at one node is known at the other.

Two nodes that are fed alike raise the same alerts under the same ids, so an act needs nothing but its alert's id.
Each node asks the other, under a token of its own, for the acts that it may see; an act is the same wherever it is
kept, and is taken once.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, Final

import msgspec
from fastapi import APIRouter, Query, Request, Response

from seawarden.model.error import MessageError
from seawarden.model.event import OperatorAction
from seawarden.service.answer import JsonResponse
from seawarden.service.routes import view_of
from seawarden.service.view import View
from seawarden.service.watch import Watch

router = APIRouter(prefix="/api", default_response_class=JsonResponse)
_LOG = logging.getLogger(__name__)

EVERY_S: Final = 2.0
TIMEOUT_S: Final = 10.0
PAGE: Final = 1_000
ABOUT_NO_ALERT: Final = frozenset({"posture", "handover", "take_over", "unsilence"})
"""Acts that concern no one alert: they are everybody's."""


class Acts(msgspec.Struct, frozen=True, kw_only=True):
    """A page of acts, and where the next one begins."""

    next: int
    acts: list[OperatorAction]


@router.get("/acts")
def acts(request: Request, after: int = Query(default=0, ge=0, le=1_000_000_000)) -> Response:
    """What people did, in order, as far as this reader may see what it was about."""
    view = view_of(request)
    done = view.watch.deeds()
    page = done[after : after + PAGE]
    return JsonResponse(Acts(next=min(len(done), after + len(page)), acts=[a for a in page if _may_see(view, a)]))


def identity(act: OperatorAction) -> str:
    """What makes an act the same act: who did what to what, when."""
    plain = [act.t, act.actor, act.action, act.subject, act.detail]
    return hashlib.sha256(msgspec.json.encode(plain, order="sorted")).hexdigest()


def fetch(url: str, token: str, after: int) -> Acts:
    """One page of another node's acts.

    Raises:
        MessageError: the other node does not answer, or not with acts; the sentence holds no token.
    """
    asked = urllib.request.Request(f"{url.rstrip('/')}/api/acts?after={after}")
    if token:
        asked.add_header("authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(asked, timeout=TIMEOUT_S) as answer:
            return msgspec.json.decode(answer.read(), type=Acts)
    except urllib.error.HTTPError as error:
        raise MessageError(f"the other node answered {error.code}") from None
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise MessageError(f"the other node does not answer ({type(error).__name__})") from None


class Peer:
    """Follows another node's acts."""

    def __init__(
        self, watch: Watch, url: str, token: str = "", *, source: Callable[[str, str, int], Acts] = fetch
    ) -> None:
        self._watch = watch
        self._url = url
        self._token = token
        self._source = source
        self._after = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.trouble = ""

    def look(self) -> int:
        """Take what is new at the other node; returns how many acts.

        Raises:
            MessageError: it does not answer.
        """
        known = {identity(act) for act in self._watch.deeds()}
        taken = 0
        while True:
            page = self._source(self._url, self._token, self._after)
            for act in page.acts:
                if identity(act) not in known:
                    known.add(identity(act))
                    self._watch.act(act)
                    taken += 1
            more = page.next > self._after
            self._after = page.next
            if not more or len(page.acts) < PAGE:
                return taken

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name="peer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=TIMEOUT_S)

    def _run(self) -> None:
        while not self._stop.wait(EVERY_S):
            try:
                self.look()
                self.trouble = ""
            except MessageError as error:
                if not self.trouble:
                    _LOG.warning("acts are not shared: %s", error)
                self.trouble = str(error)


def _may_see(view: View, act: OperatorAction) -> bool:
    if act.action in ABOUT_NO_ALERT:
        return True
    if act.action == "silence":
        named: Any = act.detail.get("assets", ())
        return all(view.asset(name) is not None for name in named)
    return bool(view.alert(act.subject))
