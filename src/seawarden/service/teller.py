"""Tells one person: from what they may see and asked for to the messages that are put into the outbox for them.

Alerts are taken in event time, up to the time before which nothing can become known any more, and folded by ship's
case. What was taken, the threads and the messages are kept in one step: whoever is killed between any two of these
tells neither twice nor never.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from seawarden.alerts.desk import Desk
from seawarden.channels.messages.told import Told
from seawarden.channels.notify.fold import Fold, News, Thread
from seawarden.channels.notify.outbox import Heard, Letter, Outbox
from seawarden.channels.notify.rules import Recipient
from seawarden.model.alert import Alert
from seawarden.model.error import StoreError
from seawarden.service.case_list import told_by
from seawarden.service.view import ACTIVE, View
from seawarden.service.work import kinds_of, place_of
from seawarden.settings_notify import NotifySettings

LATE: Final = "late"


class Teller:
    """One recipient of a watch.

    Args:
        person: who.
        view: what they may see.
        outbox: where their messages and threads are kept.
        settings: how alerts become messages.
    """

    def __init__(self, person: Recipient, view: View, outbox: Outbox, settings: NotifySettings) -> None:
        self.person = person
        self._view = view
        self._outbox = outbox
        self._s = settings
        self._owners = {asset.id: asset.owner for asset in view.assets()}
        self._heard: dict[str, Heard] = {}
        self._named: set[str] = set()
        self._fold = Fold(0)
        self._adopted = False
        self._load()

    def tell(self, settled: int, at: int, desk: Desk, now: float) -> int:
        """Put what they are to be told; returns how many messages are new.

        Args:
            settled: event time up to which all is known, ms.
            at: the watch's own time, ms.
            desk: what people have done until then.
            now: the machine's clock, s.

        Raises:
            StoreError: the outbox can't be written; nothing was taken.
        """
        try:
            return self._tell(settled, at, desk, now)
        except StoreError:
            self._load()
            raise

    def _tell(self, settled: int, at: int, desk: Desk, now: float) -> int:
        known = self._outbox.knows(self.person.name)
        alerts = self._view.alerts(settled, "all")
        mine = [alert for alert in alerts if self._concerns(alert)]
        fresh: dict[str, Heard] = {}
        if not self._adopted:
            self._adopt(mine)
        news = self._news(mine, settled, fresh) if known else self._first(mine, settled)
        for alert in alerts:
            far = self._heard.get(alert.id)
            if far is None or alert.revision > far.revision:
                fresh[alert.id] = Heard(revision=alert.revision, tier=alert.tier, state=alert.state)
        letters = [letter for item in news for letter in self._letters(item, at, desk)]
        letters += self._late(mine, {item.thread.id for item in news}, at, desk, told=known or self._live)
        if known and not fresh and not letters and not self._fold.changed:
            return 0
        threads = {name: msgspec.json.encode(self._fold.threads[name]) for name in sorted(self._fold.changed)}
        taken = self._outbox.take(self.person.name, fresh, letters, now, threads)
        self._heard |= fresh
        self._named.update(*(letter.about for letter in letters))
        self._fold.changed.clear()
        return taken

    @property
    def _live(self) -> bool:
        return self._view.watch.mode == "live"

    def _first(self, mine: Sequence[Alert], settled: int) -> list[News]:
        """Somebody who is followed for the first time is told of what is in force in a live watch, and no more."""
        news = self._fold.now(mine, settled, self.person.follows)
        return news if self._live else []

    def _news(self, mine: Sequence[Alert], settled: int, fresh: dict[str, Heard]) -> list[News]:
        """What the revisions since are news of; none is passed over, however many came while nobody was there."""
        revisions: list[Alert] = []
        for alert in mine:
            far = self._heard.get(alert.id)
            if far is not None and alert.revision <= far.revision:
                continue
            since = 0 if far is None else far.revision
            revisions += [
                one
                for one in self._view.alert(alert.id, since)
                if one.revision <= alert.revision and one.known_from_t <= settled
            ]
        return self._fold.take(revisions, settled, self.person.follows)

    def _adopt(self, mine: Sequence[Alert]) -> None:
        """Take up threads as they were kept, and what was told of before there were any."""
        self._adopted = True
        for alert in mine:
            far = self._heard.get(alert.id)
            if far is None:
                continue
            if self._fold.holds(alert.id):
                self._fold.alerts[alert.id] = self._at(alert, far)
            elif far.state in ACTIVE:
                late = f"{alert.id}|{LATE}" in self._heard
                self._fold.know(self._at(alert, far), self.person.follows(alert), late)

    def _at(self, alert: Alert, far: Heard) -> Alert:
        """An alert at the revision that was taken last."""
        if alert.revision == far.revision:
            return alert
        return next((one for one in reversed(self._view.alert(alert.id)) if one.revision <= far.revision), alert)

    def _concerns(self, alert: Alert) -> bool:
        return self.person.concerns(alert, self._owners.get(alert.asset.id, ""))

    def _letters(self, news: News, at: int, desk: Desk) -> list[Letter]:
        if not self.person.listens(at):
            return []
        shown = [alert for alert in news.alerts if not self._silenced(alert, at, desk)]
        if not {alert.id for alert in shown} & set(news.about):
            return []
        return self._ways(self._told(news.thread, news.revision, shown, news.t))

    def _late(self, mine: Sequence[Alert], told_now: set[str], at: int, desk: Desk, *, told: bool) -> list[Letter]:
        """That nobody acknowledged alerts in time: for those who were told of the case, and for whoever asked for
        escalations. Who has just been told of it at all is not told that as well."""
        late: dict[str, list[str]] = {}
        for alert in mine:
            if alert.state in ACTIVE and self._fold.holds(alert.id) and desk.escalated(alert):
                late.setdefault(self._fold.of(alert.id).id, []).append(alert.id)
        letters: list[Letter] = []
        for name, ids in sorted(late.items()):
            thread = self._fold.threads[name]
            knows = name in told_now or not self._named.isdisjoint(thread.members)
            if not knows and not self.person.escalations:
                continue
            again = bool(thread.late)
            about = self._fold.escalated(thread, ids, at)
            if not about or not told or name in told_now or not self.person.listens(at):
                continue
            held = [self._fold.alerts[one] for one in thread.members if one in self._fold.alerts]
            asked = [alert for alert in held if self.person.follows(alert, escalated=alert.id in ids)]
            shown = [alert for alert in asked if not self._silenced(alert, at, desk)]
            if {alert.id for alert in shown} & set(about):
                mark = f"{LATE}-{len(thread.late)}" if again else LATE
                letters += self._ways(self._told(thread, thread.revision, shown, at), mark)
        return letters

    def _silenced(self, alert: Alert, at: int, desk: Desk) -> bool:
        place = place_of(self._view, alert, at)
        return desk.silenced(alert, kinds_of(self._view, alert, at), place) is not None

    def _told(self, thread: Thread, revision: int, alerts: Sequence[Alert], t: int) -> Told:
        return told_by(self._view, thread.id, revision, alerts, t, asked=self.person.covers)

    def _ways(self, item: Told, mark: str = "") -> list[Letter]:
        return letters(self.person, item, mark)

    def _load(self) -> None:
        name = self.person.name
        self._heard = self._outbox.heard(name)
        self._named = self._outbox.named(name)
        threads = [msgspec.json.decode(body, type=Thread) for body in self._outbox.threads(name)]
        self._fold = Fold(int(self._s.join_min * 60_000), fold=self._s.fold, threads=threads)
        self._adopted = False


def letters(person: Recipient, item: Told, mark: str) -> list[Letter]:
    """One message for each way; that nobody acknowledged it is told once, whatever revision it is at."""
    body = msgspec.json.encode(item)
    about = item.id if mark.startswith(LATE) else item.key
    end = f"|{mark}" if mark else ""
    return [
        Letter(
            key=f"{about}|{person.name}|{k}{end}",
            target=target,
            body=body,
            about=tuple(line.alert for line in item.lines),
        )
        for k, target in enumerate(person.to)
    ]
