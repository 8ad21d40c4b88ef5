"""One person's alerts folded by ship's case: told once when it begins, rises, has reached more assets, and is over.

Made for one person from what they may see and asked for, and from event time alone: the same alerts, in whatever
pieces they come, are told in the same messages. A thread is a case as that person sees it. Cases of one ship whose
restricted and public alerts have ids of their own come into one thread when they have one cause or a common finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Final, Literal, NamedTuple

import msgspec

from seawarden.model.alert import OVER, TIERS, Alert, AlertState, Tier

RANK: Final[dict[str, int]] = {"": -1} | {tier: k for k, tier in enumerate(TIERS)}
Follows = Callable[[Alert], bool]


class Member(msgspec.Struct, kw_only=True):
    """One alert of a thread, as far as it is known."""

    revision: int
    tier: Tier
    state: AlertState
    wanted: bool
    """Whether the person asked to be told of it at the tier that it has."""

    @property
    def counts(self) -> bool:
        """Whether it stands, and is asked for."""
        return self.wanted and self.state not in OVER


class Thread(msgspec.Struct, kw_only=True):
    """One case, and what a person was told of it; kept beside the messages."""

    id: str
    track_id: str
    cause: str
    cases: list[str]
    members: dict[str, Member] = {}
    findings: list[str] = []
    tier: str = ""
    """Highest tier of what counts; empty while nothing does."""
    owed: list[str] = []
    """Alerts that were raised, or raised higher, since the last message."""
    told_t: int = 0
    """Event time of the last message, ms."""
    late: list[str] = []
    """Alerts of which the person knows that nobody acknowledged them in time."""
    late_t: int = 0

    @property
    def revision(self) -> int:
        """The sum of its alerts' revisions: it grows with each of them, and names a message of this thread."""
        return sum(member.revision for member in self.members.values())


Why = Literal["raised", "risen", "joined", "over"]


class News(NamedTuple):
    """What is to be told of a thread."""

    thread: Thread
    why: Why
    t: int
    """Event time, ms."""
    about: tuple[str, ...]
    """Alerts that make it news."""
    revision: int
    alerts: tuple[Alert, ...]
    """The thread's alerts that the person asked for, as they were then."""

    @property
    def key(self) -> str:
        """Names the message, whoever it goes to."""
        return f"{self.thread.id}-{self.revision}"


class Fold:
    """The threads of one person.

    Args:
        join_ms: least event time between a message and one that only tells of more assets.
        fold: whether alerts are folded at all; else each is a thread of its own.
        threads: as they were kept.
    """

    def __init__(self, join_ms: int, *, fold: bool = True, threads: Iterable[Thread] = ()) -> None:
        self._join_ms = join_ms
        self._fold = fold
        self.threads = {thread.id: thread for thread in threads}
        self._of: dict[str, Thread] = {name: th for th in self.threads.values() for name in th.members}
        self._by_case = {case: thread for thread in self.threads.values() for case in thread.cases}
        self._by_track: dict[str, list[Thread]] = {}
        for thread in self.threads.values():
            self._by_track.setdefault(thread.track_id, []).append(thread)
        self.alerts: dict[str, Alert] = {}
        """The newest revision taken of each alert."""
        self.changed: set[str] = set()
        """Threads that are other than they were kept; whoever keeps them empties it."""
        self._owing = {thread.id for thread in self.threads.values() if thread.owed}

    def holds(self, alert_id: str) -> bool:
        """Whether an alert is in a thread already."""
        return alert_id in self._of

    def of(self, alert_id: str) -> Thread:
        """The thread that an alert is in.

        Raises:
            KeyError: it is in none.
        """
        return self._of[alert_id]

    def know(self, alert: Alert, wanted: bool, late: bool = False) -> None:
        """Take an alert that the person was told of by other messages: what stands now is no news."""
        thread = self._put(alert, wanted)
        thread.owed = [name for name in thread.owed if name != alert.id]
        if not thread.owed:
            self._owing.discard(thread.id)
        if late:
            thread.late.append(alert.id)
        thread.tier, thread.told_t = self._tier(thread), max(thread.told_t, alert.known_from_t)

    def take(self, revisions: Iterable[Alert], until_t: int, follows: Follows) -> list[News]:
        """Take revisions, and tell what has become news until a time.

        Args:
            revisions: new ones, known by then, of alerts that concern the person.
            until_t: event time up to which all revisions were given, ms.
            follows: whether the person asked for an alert.
        """
        news: list[News] = []
        ordered = sorted(revisions, key=lambda a: (a.known_from_t, a.id, a.revision))
        for t, group in groupby(ordered, key=lambda a: a.known_from_t):
            news += self._due(t - 1)
            rounds: dict[str, list[Alert]] = {}
            for alert in group:
                rounds.setdefault(alert.id, []).append(alert)
            for k in range(max(map(len, rounds.values()))):
                touched: dict[str, Thread] = {}
                for held in rounds.values():
                    if k < len(held):
                        thread = self._put(held[k], follows(held[k]))
                        touched[thread.id] = thread
                news += [made for thread in touched.values() for made in self._step(thread, t)]
        return news + self._due(until_t)

    def now(self, alerts: Iterable[Alert], t: int, follows: Follows) -> list[News]:
        """Take alerts as they stand, for a person who was told of nothing yet."""
        touched = {thread.id: thread for thread in [self._put(alert, follows(alert)) for alert in alerts]}
        return [made for thread in touched.values() for made in self._step(thread, t)]

    def escalated(self, thread: Thread, late: Sequence[str], t: int) -> tuple[str, ...]:
        """Alerts to be told of because nobody acknowledged them; later ones wait as more assets do.

        Args:
            thread: of which.
            late: its alerts that have waited too long.
            t: event time, ms.
        """
        fresh = tuple(sorted(set(late) - set(thread.late)))
        if not fresh or (thread.late and t - thread.late_t < self._join_ms):
            return ()
        thread.late += fresh
        thread.late_t = t
        self.changed.add(thread.id)
        return fresh

    def _put(self, alert: Alert, wanted: bool) -> Thread:
        thread = self._of.get(alert.id) or self._thread(alert)
        before = thread.members.get(alert.id)
        now = Member(revision=alert.revision, tier=alert.tier, state=alert.state, wanted=wanted)
        thread.members[alert.id] = now
        self._of[alert.id] = thread
        self.alerts[alert.id] = alert
        known = RANK[before.tier] if before is not None and before.counts else -1
        if now.counts and RANK[now.tier] > known and alert.id not in thread.owed:
            thread.owed.append(alert.id)
            self._owing.add(thread.id)
        if not set(alert.findings) <= set(thread.findings):
            thread.findings = sorted({*thread.findings, *alert.findings})
        self.changed.add(thread.id)
        return thread

    def _thread(self, alert: Alert) -> Thread:
        name = alert.case if self._fold and alert.case else alert.id
        thread = self._by_case.get(name)
        if thread is None and self._fold and alert.case:
            thread = next((th for th in self._by_track.get(alert.ship.track_id, ()) if _same(th, alert)), None)
        if thread is None:
            thread = Thread(id=name, track_id=alert.ship.track_id, cause=alert.cause, cases=[])
            self.threads[name] = thread
            self._by_track.setdefault(thread.track_id, []).append(thread)
        if name not in thread.cases:
            thread.cases.append(name)
            self._by_case[name] = thread
        return thread

    def _step(self, thread: Thread, t: int) -> list[News]:
        before, tier = thread.tier, self._tier(thread)
        if not tier and any(m.state not in OVER for m in thread.members.values()):
            return []  # what stands of it has a tier that somebody else is told of
        thread.tier = tier
        if not tier:
            return [self._tell(thread, "over", t, tuple(thread.members))] if before else []
        if not before:
            return [self._tell(thread, "raised", t, tuple(n for n, m in thread.members.items() if m.counts))]
        if RANK[tier] > RANK[before]:
            return [self._tell(thread, "risen", t, tuple(thread.owed))]
        if thread.owed and t - thread.told_t >= self._join_ms:
            return [self._tell(thread, "joined", t, tuple(thread.owed))]
        return []

    def _due(self, until_t: int) -> list[News]:
        """What has waited long enough, in order of time."""
        news = []
        for due, name in sorted((self.threads[name].told_t + self._join_ms, name) for name in self._owing):
            thread = self.threads[name]
            if due <= until_t and thread.tier:
                news.append(self._tell(thread, "joined", due, tuple(thread.owed)))
        return news

    def _tell(self, thread: Thread, why: Why, t: int, about: tuple[str, ...]) -> News:
        thread.owed, thread.told_t = [], t
        self._owing.discard(thread.id)
        self.changed.add(thread.id)
        alerts = tuple(self.alerts[name] for name, m in thread.members.items() if m.wanted and name in self.alerts)
        return News(thread, why, t, tuple(sorted(about)), thread.revision, alerts)

    def _tier(self, thread: Thread) -> str:
        return max((m.tier for m in thread.members.values() if m.counts), key=RANK.__getitem__, default="")


def _same(thread: Thread, alert: Alert) -> bool:
    """Whether an alert of another case is told with a thread that is open: what one id may not give away."""
    if all(member.state in OVER for member in thread.members.values()):
        return False
    return thread.cause == alert.cause or not set(thread.findings).isdisjoint(alert.findings)
