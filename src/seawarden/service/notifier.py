"""Tells people who do not sit at the page: follows the alerts, fills the outbox, and empties it, in a thread.

What is worth telling is decided by going from revision to revision, folded by ship's case, with what people have
silenced left out. How far each person has been told is kept beside the messages, in one step with them: what changed
while nobody was there to tell it, however shortly, is told by the next one, and nothing is put twice. The key of each
message is made of case, revision, person and way; a receiver knows a repeat by it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from seawarden.alerts.desk import Desk
from seawarden.channels.gate import Gate
from seawarden.channels.messages.told import Told
from seawarden.channels.notify.outbox import Outbox
from seawarden.channels.notify.rules import Recipient
from seawarden.channels.notify.send import SOUNDERS, send
from seawarden.model.error import MessageError, StoreError
from seawarden.model.event import OperatorAction
from seawarden.service.teller import Teller, letters
from seawarden.service.view import View
from seawarden.service.watch import Watch
from seawarden.settings_notify import NotifySettings

_LOG = logging.getLogger(__name__)
EVERY_S: Final = 1.0
LATE_S: Final = 5.0
"""While nothing is new, alerts that nobody acknowledges are looked for so often."""

Sender = Callable[[str, str, bytes], None]


class Notifier:
    """Follows one watch for its recipients."""

    def __init__(
        self,
        watch: Watch,
        recipients: Sequence[Recipient],
        outbox: Outbox,
        *,
        settings: NotifySettings = NotifySettings(),  # noqa: B008
        sender: Sender | None = None,
        every_s: float = EVERY_S,
    ) -> None:
        self.outbox = outbox
        self.recipients = list(recipients)
        self._watch = watch
        self._tellers = [
            Teller(person, View(watch, Gate(watch.assets(), person.rights)), outbox, settings)
            for person in self.recipients
        ]
        self._folded: Sequence[OperatorAction] | None = None
        self._desk = Desk((), 0)
        self._later = False
        self._sender = sender or partial(send, lines=settings.lines)
        self._every_s = every_s
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; what is already known is told of only where it was put into the outbox before."""
        self.look(time.time())
        self._thread = threading.Thread(target=self._run, name="notifier", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End, after the message that is being sent."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=30.0)

    def look(self, now: float) -> int:
        """Put into the outbox what has become worth telling; returns how many messages.

        A person who is followed for the first time is told of what is in force in a live watch, and of nothing that
        a past run found: a watch that opens on one wakes nobody.

        Args:
            now: the machine's clock, s.
        """
        settled = self._watch.settled()  # first: what comes meanwhile is taken by the next look
        at = self._watch.clock()
        desk = self._desk_at(at)
        return sum(teller.tell(settled, at, desk, now) for teller in self._tellers)

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

    def sound(self, name: str, now: float) -> int:
        """Test the sounders of somebody who signs in and wants that; returns how many."""
        if not any(person.sounds for person in self.recipients if person.name == name):
            return 0
        return self.test(name, now, only=SOUNDERS)

    def test(self, name: str, now: float, *, only: Sequence[str] = ()) -> int:
        """Put a test message to one person into the outbox; returns on how many ways, 0 for an unknown name.

        Args:
            name: who.
            now: the machine's clock, s.
            only: kinds of ways; all when empty.
        """
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
        made = [w for p in self.recipients if p.name == name for w in letters(p, item, f"test-{now:.3f}")]
        made = [letter for letter in made if not only or urlsplit(letter.target).scheme in only]
        return sum(self.outbox.put(letter.key, name, letter.target, letter.body, now) for letter in made)

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
        while not self._stop.wait(self._every_s):
            try:
                state = self._watch.news(1 << 62)[0], self._watch.deeds()
                new = known is None or state[0] != known[0] or state[1] is not known[1]
                if new or time.monotonic() - looked >= LATE_S:
                    self.look(time.time())
                    known, looked = state, time.monotonic()
                self.deliver(time.time())
            except StoreError as error:
                _LOG.error("nobody can be told: %s", error)
