"""Outward messages of a run that is killed again and again, to receivers that fail at times.

Beside what `kills` looks at: each alert that somebody asked to hear of has come to each of their ways at least once,
in a message of its case, and so has each news of the case; what came more than once came under the same key with the
same words. What is expected is worked out from the ledger alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from seawarden.channels.gate import Gate
from seawarden.channels.notify.fold import Fold, News
from seawarden.channels.notify.outbox import OUTBOX, Outbox
from seawarden.channels.notify.rules import Recipient
from seawarden.evaluate.live.kills import SETTINGS, KillReport, run_kills, watched
from seawarden.evaluate.live.sinks import Mail, Taken, Webhook
from seawarden.model.alert import TIERS, Alert, Tier
from seawarden.run.live_ledger import LiveLedger
from seawarden.run.live_store import LiveStore
from seawarden.store.ledger import Ledger

BACK_OFF_S: Final = (0.3, 0.6, 1.2, 2.4)
"""Waits between tries, as short as the lives are."""
SETTLES_S: Final = 120.0
"""How long the last life may take to send what is due; the receivers no longer fail then."""
HEARD: Final[tuple[Tier, ...]] = TIERS
URGENT: Final[tuple[Tier, ...]] = ("challenge", "act")


class OutwardReport(msgspec.Struct, kw_only=True):
    """What came of it."""

    run: KillReport
    subscriptions: int
    """Ways of persons, each with its own rule."""
    alerts: int
    """Different alerts in the ledger."""
    cases: int
    """Cases that these belong to."""
    wanted: int
    """Alerts and subscriptions that ask for them, as pairs."""
    missed: int
    """Pairs of these of which nothing was ever taken."""
    news: int
    """Messages of cases, by subscription, that the rules ask for."""
    news_missed: int
    taken: int
    """Messages that the receivers took, repeats included."""
    repeats: int
    """Of these, those whose key had been taken before."""
    other_key: int
    """Webhook messages that came under two keys."""
    other_words: int
    """Keys under which different words came."""
    unasked: int
    """Keys that stand for no news in the ledger."""
    refused: int
    hung_up: int
    """Messages that were taken by a receiver that hung up before it said so."""
    unsent: int
    """Messages that still waited at the end."""
    took_s: float


def recipients(hook: int, mail: int) -> list[Recipient]:
    """Two persons: one hears of all alerts by webhook and mail, one of the urgent ones by webhook."""
    post = f"mailto://127.0.0.1:{mail}?from=watch@example.org&to=ada@example.org&mode=insecure"
    return [
        Recipient(name="Ada", to=(f"http://127.0.0.1:{hook}/ada", post), tiers=HEARD),
        Recipient(name="Ben", to=(f"http://127.0.0.1:{hook}/ben",), tiers=URGENT),
    ]


def run_outward(
    kills: int,
    folder: Path,
    life: Callable[..., None],
    *,
    seed: int = 1,
    life_s: float = 0.8,
    speed: float = 120.0,
    ships: int = 300,
    within_s: float = float("inf"),
    modules: tuple[str, ...] = (),
    progress: Callable[[KillReport], None] | None = None,
) -> OutwardReport:
    """Kill a run that tells people so many times, and compare what they got with the ledger.

    Args:
        kills: how many times.
        folder: takes the store.
        life: what each process does; as `kills.live`, then the ports of the webhook and of the mail.
        seed: key of the moments, and of the receivers' moods.
        life_s: mean length of a life, s.
        speed: the clock's.
        ships: plain traffic, a report a minute each.
        within_s: no life but the last begins later than this.
        modules: what the server of lives holds.
        progress: called after each look.
    """
    began = time.monotonic()
    hook, mail = Webhook(seed), Mail(seed)
    people = recipients(hook.port, mail.port)
    store = folder / "store"

    def settle() -> None:
        time.sleep(3 * life_s)
        hook.taken.well = mail.taken.well = True
        limit = time.monotonic() + SETTLES_S
        quiet = 0
        while quiet < 10 and time.monotonic() < limit:
            time.sleep(0.2)
            quiet = quiet + 1 if _unsent(store) == 0 else 0

    run = run_kills(
        kills, folder, seed=seed, life_s=life_s, speed=speed, ships=ships, preload=True, life=life,
        more=(hook.port, mail.port), modules=modules, last=settle, progress=progress,
        enough=lambda: time.monotonic() - began > within_s,
    )  # fmt: skip
    hook.close()
    mail.close()
    report = OutwardReport(
        run=run, subscriptions=sum(len(person.to) for person in people), alerts=0, cases=0, wanted=0, missed=0,
        news=0, news_missed=0, taken=0, repeats=0, other_key=0, other_words=0, unasked=0, refused=0, hung_up=0,
        unsent=_unsent(store), took_s=0.0,
    )  # fmt: skip
    _compare(report, _histories(store), people, {"http": hook.taken, "mailto": mail.taken})
    report.took_s = round(time.monotonic() - began, 1)
    return report


def _compare(
    report: OutwardReport, histories: dict[str, list[Alert]], people: list[Recipient], taken: dict[str, Taken]
) -> None:
    report.alerts = len(histories)
    report.cases = len({revisions[0].case for revisions in histories.values()})
    expected: set[str] = set()
    for person in people:
        news = news_of(histories, person)
        threads = sorted({one.thread.id for one in news})
        for way, target in enumerate(person.to):
            sink = taken[target.partition(":")[0]]
            end = f"|{person.name}|{way}"
            telling: dict[str, set[str]] = {}
            for one in news:
                for alert in one.alerts:
                    telling.setdefault(alert.id, set()).add(f"{one.key}{end}")
            report.wanted += len(telling)
            report.missed += sum(not keys & sink.copies.keys() for keys in telling.values())
            keys = {f"{one.key}{end}" for one in news}
            report.news += len(keys)
            report.news_missed += len(keys - sink.copies.keys())
            late = {key for key in sink.copies if any(key.startswith(f"{name}{end}|late") for name in threads)}
            waited = {f"{one.key}{end}" for one in news_of(histories, person, ends=False)}
            expected |= keys | late | waited
    for sink in taken.values():
        report.taken += sink.copies.total()
        report.repeats += sink.copies.total() - len(sink.copies)
        report.other_words += sum(len(bodies) > 1 for bodies in sink.bodies.values())
        if sink is taken["http"]:  # its words hold the revision; a mail may say the same of two
            plain = [{key for key in keys if "|late" not in key} for keys in sink.keys.values()]
            report.other_key += sum(len(keys) > 1 for keys in plain)
        report.unasked += len(sink.copies.keys() - expected)
        report.refused += sink.refused
        report.hung_up += sink.hung_up


def news_of(histories: dict[str, list[Alert]], person: Recipient, *, ends: bool = True) -> list[News]:
    """What a person is to be told of alerts with these revisions, by the rules alone.

    Args:
        histories: all revisions by alert.
        person: who.
        ends: whether nothing more is known after the last revision; else what waits then is told as well.
    """
    mine = [alert for revisions in histories.values() for alert in revisions if person.concerns(alert)]
    until_t = max((alert.known_from_t for alert in mine), default=0)
    fold = Fold(int(SETTINGS.notify.join_min * 60_000), fold=SETTINGS.notify.fold)
    return fold.take(mine, until_t if ends else 1 << 62, person.follows)


def _histories(store: Path) -> dict[str, list[Alert]]:
    """All revisions of each alert in the ledger, oldest first."""
    assets = watched()
    found: dict[str, list[Alert]] = {}
    with Ledger(LiveStore(store, SETTINGS.live).ledger, read_only=True) as ledger:
        for item in LiveLedger(ledger, Gate(assets)).all():
            if isinstance(item, Alert):
                found.setdefault(item.id, []).append(item)
    return {name: sorted(items, key=lambda item: item.revision) for name, items in found.items()}


def _unsent(store: Path) -> int:
    """Messages that have not been sent."""
    outbox = Outbox(store / OUTBOX)
    try:
        return sum(message.sent is None for message in outbox.log(1_000_000))
    finally:
        outbox.close()
