"""Alerts reach people who do not sit at the page: what is news, once, and never what they may not see."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from fastapi.testclient import TestClient

from seawarden.channels.messages.told import Told
from seawarden.channels.notify.outbox import Heard, Outbox
from seawarden.channels.notify.rules import Recipient
from seawarden.model.alert import TIERS
from seawarden.model.asset import Asset
from seawarden.model.error import MessageError, StoreError
from seawarden.model.event import OperatorAction
from seawarden.service.accounts import Accounts
from seawarden.service.app import make_app
from seawarden.service.notifier import Notifier
from seawarden.service.replayed import Replayed

ALL = TIERS


class Post:
    """Takes messages, or refuses them."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, Told]] = []
        self.refuses = False

    def __call__(self, target: str, key: str, body: bytes) -> None:
        if self.refuses:
            raise MessageError("no line")
        self.taken.append((key, msgspec.json.decode(body, type=Told)))


@pytest.fixture
def watch(make_watch: Callable[..., Replayed], public_asset: Asset, secret_asset: Asset) -> Replayed:
    made = make_watch([public_asset, secret_asset])
    made.mode = "live"
    return made


def notifier(watch: Replayed, post: Post, path: Path, *people: Recipient) -> Notifier:
    return Notifier(watch, people, Outbox(path), sender=post)


def ada(**more: object) -> Recipient:
    return Recipient(name="Ada", to=("x://one", "x://two"), tiers=ALL, **more)  # type: ignore[arg-type]


def test_each_way_once_even_after_a_restart(watch: Replayed, tmp_path: Path) -> None:
    post = Post()
    first = notifier(watch, post, tmp_path / "o.db", ada())
    made = first.look(100.0)
    assert made == 2 * len({told.id for told in map(_told, first.outbox.due(100.0))}) > 0
    assert first.look(101.0) == 0
    assert first.deliver(102.0) == made
    again = notifier(watch, post, tmp_path / "o.db", ada())
    assert again.look(103.0) == 0
    assert again.deliver(104.0) == 0
    assert len({key for key, _ in post.taken}) == made


def _told(message: object) -> Told:
    return msgspec.json.decode(message.body, type=Told)  # type: ignore[attr-defined]


def test_what_is_refused_is_tried_again(watch: Replayed, tmp_path: Path) -> None:
    post = Post()
    post.refuses = True
    one = notifier(watch, post, tmp_path / "o.db", ada())
    made = one.look(100.0)
    assert one.deliver(100.0) == 0
    assert one.outbox.log()[0].failed == "no line"
    post.refuses = False
    assert one.deliver(101.0) == 0
    assert one.deliver(106.0) == made


def test_nobody_hears_of_what_they_may_not_see(watch: Replayed, tmp_path: Path) -> None:
    post = Post()
    both = notifier(
        watch, post, tmp_path / "o.db", ada(), Recipient(name="Nav", to=("n",), tiers=ALL, groups=("navy",))
    )
    both.look(100.0)
    both.deliver(100.0)
    heard = {name: {t.asset_id for key, t in post.taken if f"|{name}|" in key} for name in ("Ada", "Nav")}
    assert heard == {"Ada": {"open-link"}, "Nav": {"open-link", "quiet-thread"}}


def test_a_past_run_wakes_nobody(watch: Replayed, tmp_path: Path) -> None:
    watch.mode = "replay"
    one = notifier(watch, Post(), tmp_path / "o.db", ada())
    assert one.look(100.0) == 0
    assert one.look(101.0) == 0


def test_what_is_silenced_is_not_told(watch: Replayed, tmp_path: Path) -> None:
    alert = watch.alerts(watch.clock())[0]
    detail = {
        "assets": ["open-link", "quiet-thread"],
        "tier": "act",
        "until_t": watch.clock() + 3_600_000,
        "text": "tow",
    }
    watch.act(OperatorAction(t=alert.raised_t, actor="Ada", action="silence", subject="s", detail=detail))
    assert notifier(watch, Post(), tmp_path / "o.db", ada()).look(100.0) == 0


def test_the_test_button(watch: Replayed, tmp_path: Path) -> None:
    post = Post()
    one = notifier(watch, post, tmp_path / "o.db", ada())
    client = TestClient(make_app(watch, notifier=one))
    assert client.post("/api/notify/Ada/test", json={}).json() == {"name": "Ada", "ways": 2}
    assert client.post("/api/notify/Nobody/test", json={}).status_code == 404
    one.deliver(one.outbox.log()[0].made + 1)
    assert [told.first_line[:4] for _, told in post.taken] == ["TEST", "TEST"]
    told = client.get("/api/notify").json()
    assert told["recipients"][0]["ways"] == 2
    assert "x://" not in client.get("/api/notify").text


def revised(watch: Replayed, **changes: object) -> None:
    alert = watch.alert_history("alert-0")[-1]
    watch._alerts.add(msgspec.structs.replace(alert, **changes))


def test_what_came_and_went_while_nobody_was_there_is_told(watch: Replayed, tmp_path: Path) -> None:
    """Killed between the ledger and the outbox: the next one goes through all revisions."""
    post = Post()
    notifier(watch, post, tmp_path / "o.db", ada()).look(100.0)
    alert = watch.alerts(watch.clock())[0]
    new = msgspec.structs.replace(alert, id="new", revision=1, state="raised", tier="look")
    for item in (
        new,
        msgspec.structs.replace(new, revision=2, tier="act", highest_tier="act"),
        msgspec.structs.replace(new, revision=3, risk=0.5),
        msgspec.structs.replace(new, revision=4, state="closed"),
    ):
        watch._alerts.add(item)
    again = notifier(watch, post, tmp_path / "o.db", ada())
    assert again.look(200.0) == 6
    keys = sorted(message.key for message in again.outbox.due(200.0) if message.key.startswith("new"))
    assert keys == [f"new-{revision}|Ada|{way}" for revision in (1, 2, 4) for way in (0, 1)]


def test_a_revision_that_is_no_news_is_told_by_no_restart(watch: Replayed, tmp_path: Path) -> None:
    notifier(watch, Post(), tmp_path / "o.db", ada()).look(100.0)
    revised(watch, revision=7, risk=0.3)
    assert notifier(watch, Post(), tmp_path / "o.db", ada()).look(200.0) == 0
    revised(watch, revision=8, tier="act", highest_tier="act")
    assert notifier(watch, Post(), tmp_path / "o.db", ada()).look(300.0) == 2


def test_what_was_told_before_there_were_cases_is_no_news(watch: Replayed, tmp_path: Path) -> None:
    old = notifier(watch, Post(), tmp_path / "o.db", ada())
    old.look(100.0)
    old.outbox._db.execute("DROP TABLE threads")
    old.outbox._db.execute("DROP TABLE about")
    late = {"alert-0|late": Heard(revision=2, tier="challenge", state="raised")}
    old.outbox.take("Ada", late, [], 100.0)
    again = notifier(watch, Post(), tmp_path / "o.db", ada())
    assert again.look(200.0) == 0
    revised(watch, revision=8, tier="act", highest_tier="act")
    assert again.look(300.0) == 2
    revised(watch, revision=9, state="closed", tier="act", highest_tier="act")
    assert again.look(400.0) == 2
    assert again.outbox.about("alert-0") == {f"alert-0-{n}|Ada|{way}" for n in (8, 9) for way in (0, 1)}


def test_that_nobody_acknowledged_it_is_told_once(watch: Replayed, tmp_path: Path) -> None:
    watch._alerts.add(msgspec.structs.replace(watch.alert_history("alert-0")[-1], id="new", known_from_t=0))
    someone = ada(escalations=True)
    for _ in range(3):
        one = notifier(watch, Post(), tmp_path / "o.db", someone)
        one.look(100.0)
        revised(watch, revision=watch.alert_history("alert-0")[-1].revision + 1)
    keys = [entry.key for entry in one.outbox.log()]
    assert len([key for key in keys if key.startswith("alert-0")]) == 2


def test_somebody_new_is_told_of_what_is_in_force_and_no_more(watch: Replayed, tmp_path: Path) -> None:
    notifier(watch, Post(), tmp_path / "o.db", ada()).look(100.0)
    ben = Recipient(name="Ben", to=("b",), tiers=ALL)
    both = notifier(watch, Post(), tmp_path / "o.db", ada(), ben)
    assert both.look(200.0) == 1


def test_a_full_disk_takes_neither_the_message_nor_the_mark(watch: Replayed, tmp_path: Path) -> None:
    one = notifier(watch, Post(), tmp_path / "o.db", ada())
    one.outbox._db.execute("CREATE TRIGGER full BEFORE INSERT ON messages BEGIN SELECT RAISE(ABORT, 'full'); END")
    with pytest.raises(StoreError):
        one.look(100.0)
    one.outbox._db.execute("DROP TRIGGER full")
    assert one.look(101.0) == 2


def test_a_sounder_is_tested_at_the_sign_in(watch: Replayed, tmp_path: Path) -> None:
    post = Post()
    ways = ("sounder:///dev/x", "https://hook.example", "command:///usr/bin/siren")
    people = [Recipient(name=name, to=ways, tiers=(), sounds=name == "ada") for name in ("ada", "ben")]
    one = notifier(watch, post, tmp_path / "o.db", *people)
    accounts = Accounts(tmp_path / "a.db", work=1 << 10)
    for name in ("ada", "ben"):
        accounts.add(name, "officer", "four in the morning")
    client = TestClient(make_app(watch, accounts=accounts, notifier=one))
    for name, word in (("ada", "wrong"), ("ben", "four in the morning"), ("ada", "four in the morning")):
        client.post("/api/signin", json={"name": name, "password": word})
    sent = one.outbox.due(time.time() + 1)
    assert [(m.person, m.target) for m in sent] == [("ada", ways[0]), ("ada", ways[2])]


def test_a_late_reminder_goes_to_who_was_told_of_the_case_and_has_an_asset_in_it(
    make_watch: Callable[..., Replayed], public_asset: Asset, tmp_path: Path
) -> None:
    """Two owners of parallel lines, one line in the case; and a floor that was out of hours when it began."""
    other = msgspec.structs.replace(public_asset, id="other-link", name="Other Link", owner="Else AB")
    watch = make_watch([msgspec.structs.replace(public_asset, owner="Grid AS"), other])
    watch.mode = "live"
    apart = watch.alert_history("alert-1")[-1]
    watch._alerts.add(msgspec.structs.replace(apart, revision=apart.revision + 1, state="retracted", known_from_t=0))
    last = watch.alert_history("alert-0")[-1]
    start = last.known_from_t
    revised(watch, revision=last.revision + 1, raised_t=start, case="c", cause="speed")
    clock = [start]
    watch.clock = lambda: clock[0]  # type: ignore[method-assign]
    begins = time.strftime("%H:%M", time.gmtime(start / 1000 + 300))
    ends = time.strftime("%H:%M", time.gmtime(start / 1000 + 7_200))
    people = [
        Recipient(name="Grid", to=("g",), owners=("Grid AS",)),
        Recipient(name="Else", to=("e",), owners=("Else AB",), escalations=True),
        Recipient(name="Floor", to=("f",), hours=f"{begins}-{ends}"),
        Recipient(name="Chief", to=("c",), tiers=("act",), escalations=True),
    ]
    post = Post()
    seen = []
    for minutes in (0, 6, 11, 30):
        clock[0] = start + minutes * 60_000
        one = notifier(watch, post, tmp_path / "o.db", *people)  # each time anew: nothing is kept but the outbox
        one.look(float(minutes))
        one.deliver(float(minutes))
        seen.append(sorted(key.split("|", 1)[1] for key, _ in post.taken))
        post.taken.clear()
    assert seen == [["Grid|0"], [], ["Chief|0|late", "Grid|0|late"], []]
    assert one.outbox.named("Grid") == {"alert-0"}
    assert one.outbox.named("Else") == one.outbox.named("Floor") == set()
