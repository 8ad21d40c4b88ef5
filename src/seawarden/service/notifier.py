"""Tells people who do not sit at the page: follows the alerts, fills the outbox, and empties it, in a thread.

What is worth telling is decided by comparing revisions, with what people have silenced left out; the key of each
message is made of alert, revision, person and way, so that a restart tells nothing twice from here.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from seawarden.alerts.desk import Desk
from seawarden.channels.gate import Gate
from seawarden.channels.messages.told import Told, told
from seawarden.channels.notify.outbox import Outbox
from seawarden.channels.notify.rules import Recipient, worth_telling
from seawarden.channels.notify.send import send
from seawarden.model.alert import Alert
from seawarden.model.error import MessageError, StoreError
from seawarden.model.event import OperatorAction
from seawarden.service.view import ACTIVE, View
from seawarden.service.watch import Watch
from seawarden.service.work import kinds_of, place_of

_LOG = logging.getLogger(__name__)
EVERY_S: Final = 1.0
LATE_S: Final = 5.0
"""While nothing is new, alerts that nobody acknowledges are looked for so often."""

Sender = Callable[[str, str, bytes], None]


class Notifier:
    """Follows one watch for its recipients."""

    def __init__(
        self, watch: Watch, recipients: Sequence[Recipient], outbox: Outbox, *, sender: Sender = send
    ) -> None:
        self.outbox = outbox
        self.recipients = list(recipients)
        self._watch = watch
        self._views = [View(watch, Gate(watch.assets(), person.rights)) for person in self.recipients]
        self._known: list[dict[str, Alert]] = [{} for _ in self.recipients]
        self._escalated: list[set[str]] = [set() for _ in self.recipients]
        self._folded: Sequence[OperatorAction] | None = None
        self._desk = Desk((), 0)
        self._later = False
        self._sender = sender
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; what is already known is told of only where it was put into the outbox before."""
        self.look(time.time(), first=True)
        self._thread = threading.Thread(target=self._run, name="notifier", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End, after the message that is being sent."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=30.0)

    def look(self, now: float, *, first: bool = False) -> int:
        """Put into the outbox what has become worth telling; returns how many messages.

        Args:
            now: the machine's clock, s.
            first: only remember what there is: a watch that opens on a past run wakes nobody.
        """
        at = self._watch.clock()
        desk = self._desk_at(at)
        made = 0
        for person, view, known, escalated in zip(
            self.recipients, self._views, self._known, self._escalated, strict=True
        ):
            for alert in view.alerts(at, "all"):
                before = known.get(alert.id)
                known[alert.id] = alert
                late = alert.state in ACTIVE and alert.id not in escalated and desk.escalated(alert)
                if late:
                    escalated.add(alert.id)
                if (first and self._watch.mode != "live") or not (late or worth_telling(before, alert)):
                    continue
                if not person.wants(alert, at, escalated=late):
                    continue
                place = place_of(view, alert, at)
                if desk.silenced(alert, kinds_of(view, alert, at), place) is not None:
                    continue
                made += self._put(person, told(alert, place), now, "late" if late else "")
        return made

    def deliver(self, now: float) -> int:
        """Send what is due; returns how many were taken."""
        taken = 0
        for message in self.outbox.due(now):
            try:
                self._sender(message.target, message.key, message.body)
            except MessageError as error:
                self.outbox.failed(message.key, message.tries, str(error), now)
                _LOG.warning("message to %s not taken: %s", message.person, error)
            else:
                self.outbox.sent(message.key, now)
                taken += 1
        return taken

    def test(self, name: str, now: float) -> int:
        """Put a test message to one person into the outbox; returns on how many ways, 0 for an unknown name."""
        item = Told(
            id="test",
            revision=1,
            tier="notice",
            highest_tier="notice",
            state="raised",
            mmsi=0,
            ship="",
            asset_id="",
            asset="",
            risk=0.0,
            start_t=0,
            raised_t=0,
            updated_t=0,
            first_line="TEST · this is a test of the way to you, nothing has happened",
            second_line="",
            exercise=True,
        )
        return sum(self._put(p, item, now, f"test-{now:.3f}") for p in self.recipients if p.name == name)

    def _put(self, person: Recipient, item: Told, now: float, mark: str) -> int:
        body = msgspec.json.encode(item)
        keys = [f"{item.key}|{person.name}|{k}{f'|{mark}' if mark else ''}" for k in range(len(person.to))]
        pairs = zip(keys, person.to, strict=True)
        return sum(self.outbox.put(key, person.name, target, body, now) for key, target in pairs)

    def _desk_at(self, at: int) -> Desk:
        """The desk at a time; folded anew only when somebody did something, or time went back."""
        deeds = self._watch.deeds()
        if deeds is not self._folded or self._later or at < self._desk.at:
            self._desk, self._folded = Desk(deeds, at), deeds
            self._later = any(deed.t > at for deed in deeds)
        self._desk.at = at
        return self._desk

    def _run(self) -> None:
        known: tuple[int, Sequence[OperatorAction]] | None = None
        looked = 0.0
        while not self._stop.wait(EVERY_S):
            try:
                state = self._watch.news(1 << 62)[0], self._watch.deeds()
                new = known is None or state[0] != known[0] or state[1] is not known[1]
                if new or time.monotonic() - looked >= LATE_S:
                    known, looked = state, time.monotonic()
                    self.look(time.time())
                self.deliver(time.time())
            except StoreError as error:
                _LOG.error("nobody can be told: %s", error)
