"""Whoever is killed between any two steps of telling people: each message comes, and a repeat is known by its key."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.service.conftest import make_asset, make_recorded

from seawarden.channels.notify.outbox import Outbox
from seawarden.channels.notify.rules import Recipient
from seawarden.channels.notify.send import send
from seawarden.evaluate.live.outward import news_of, recipients, run_outward
from seawarden.evaluate.live.sinks import KEY, Mail, Taken, Webhook
from seawarden.geography.layer import build_layer
from seawarden.model.alert import TIERS, Alert
from seawarden.model.error import MessageError
from seawarden.service.notifier import Notifier
from seawarden.service.replayed import Replayed
from seawarden.settings import DEFAULTS

STEPS = (
    "BEGIN",
    "INSERT OR IGNORE INTO people",
    "INSERT OR REPLACE",
    "INSERT OR IGNORE INTO messages",
    "INSERT OR IGNORE INTO about",
    "COMMIT",
    "UPDATE",
)
LINES = 30


@pytest.fixture
def watch() -> Replayed:
    return seen()


class Dying(Outbox):
    """Kills its own process before or after a step, the n-th time that it comes to it."""

    def __init__(self, path: Path, step: str, after: bool, times: int) -> None:
        self._step, self._after, self._left = step, after, times
        super().__init__(path, back_off_s=(0.0,))

    def _do(self, query: str, values: tuple[Any, ...]) -> Any:
        self._left -= query.startswith(self._step)
        if query.startswith(self._step) and self._left == 0 and not self._after:
            os.kill(os.getpid(), signal.SIGKILL)
        done = super()._do(query, values)
        if query.startswith(self._step) and self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return done


def life(path: str, hook: int, dies: tuple[str, bool, int] | None) -> None:
    watch = seen(LINES)
    outbox = Outbox(path, back_off_s=(0.0,)) if dies is None else Dying(Path(path), *dies)
    ways = tuple(f"http://127.0.0.1:{hook}/{way}" for way in "abc")
    one = Notifier(watch, [Recipient(name="Ada", to=ways, tiers=TIERS)], outbox)
    one.look(100.0)
    for t in range(20):
        one.deliver(101.0 + t)


def seen(lines: int = 1) -> Replayed:
    """A ship near one asset, or near many parallel ones of which she has one case."""
    assets = [make_asset(f"Open Link {k}", 56.2 + 0.001 * k) for k in range(lines)]
    recorded = make_recorded(assets)
    if lines > 1:
        recorded.alerts = [msgspec.structs.replace(alert, case="c1") for alert in recorded.alerts]
    made = Replayed(recorded, build_layer(assets), DEFAULTS)
    made.mode = "live"
    return made


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step(tmp_path: Path, step: str, after: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    hook = Webhook(1)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    context: Any = multiprocessing.get_context("forkserver")  # a fork of this process could inherit a held lock
    context.set_forkserver_preload(["tests.service.test_outward"])
    path = str(tmp_path / "o.db")
    killed = 0
    for times in (1, 2, 1):
        child = context.Process(target=life, args=(path, hook.port, (step, after, times)), daemon=True)
        child.start()
        child.join(60)
        killed += child.exitcode == -signal.SIGKILL
    assert killed >= 1
    hook.taken.well = True
    life(path, hook.port, None)
    hook.close()
    assert hook.taken.copies.keys() == {f"c1-{2 * LINES}|Ada|{way}" for way in range(3)}
    assert all(len(bodies) == 1 for bodies in hook.taken.bodies.values())
    assert all(len(keys) == 1 for keys in hook.taken.keys.values())


def test_the_receivers_fail_at_times_and_take_what_they_do_not_say(watch: Replayed) -> None:
    hook, mail = Webhook(7), Mail(7)
    body = msgspec.json.encode(_told(watch))
    outcomes: dict[str, int] = {}
    for way, target in enumerate(recipients(hook.port, mail.port)[0].to):
        for k in range(40):
            try:
                send(target, f"k{k}", body, {})
                outcomes[f"{way} sent"] = outcomes.get(f"{way} sent", 0) + 1
            except MessageError:
                outcomes[f"{way} not"] = outcomes.get(f"{way} not", 0) + 1
    hook.close()
    mail.close()
    for way, sink in enumerate((hook.taken, mail.taken)):
        assert sink.refused and sink.hung_up
        assert outcomes[f"{way} not"] == sink.refused + sink.hung_up
        assert sink.copies.total() == outcomes[f"{way} sent"] + sink.hung_up
        assert sink.copies.keys() <= {f"k{k}" for k in range(40)}, f"the {KEY} comes with it"


def _told(watch: Replayed) -> Any:
    from seawarden.channels.messages.told import told

    return told(watch.alerts(watch.clock())[0], (57.0, 11.0))


def test_what_is_expected_follows_the_rules(watch: Replayed) -> None:
    base: Alert = watch.alerts(watch.clock())[0]
    tiers = ("notice", "notice", "look", "challenge", "challenge", "look")
    history = [
        msgspec.structs.replace(base, revision=k + 1, tier=tier, highest_tier=tier, state="raised")
        for k, tier in enumerate(tiers)
    ]
    history.append(msgspec.structs.replace(history[-1], revision=7, state="closed", highest_tier="challenge"))
    history = [msgspec.structs.replace(one, known_from_t=base.known_from_t + k) for k, one in enumerate(history)]
    ada, ben = ([one.revision for one in news_of({base.id: history}, person)] for person in recipients(1, 2))
    assert (ada, ben) == ([1, 3, 4, 7], [4, 7])


def test_a_sink_knows_repeats() -> None:
    taken = Taken("x", 1)
    for key, words in (("a", b"1"), ("a", b"1"), ("b", b"1"), ("a", b"2")):
        taken.take(key, words)
    assert (taken.copies["a"], len(taken.bodies["a"]), sorted(map(len, taken.keys.values()))) == (3, 2, [1, 2])


@pytest.mark.ci
def test_four_kills_under_load(tmp_path: Path) -> None:
    from seawarden.service.told_life import live

    report = run_outward(4, tmp_path, live, modules=("seawarden.service.told_life",))
    run = report.run
    assert (run.lost, run.twice, run.told_twice, run.broken_ledgers) == (0, 0, 0, 0), report
    bad = report.missed, report.news_missed, report.other_key, report.other_words, report.unasked, report.unsent
    assert bad == (0, 0, 0, 0, 0, 0), report
    assert run.same_digest and run.records > 0
