"""Alerts reach people who do not sit at the page: what is news, once, and never what they may not see."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from fastapi.testclient import TestClient

from seawarden.channels.messages.told import Told
from seawarden.channels.notify.outbox import Outbox
from seawarden.channels.notify.rules import Recipient
from seawarden.model.alert import TIERS
from seawarden.model.asset import Asset
from seawarden.model.error import MessageError
from seawarden.model.event import OperatorAction
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
    assert one.look(100.0, first=True) == 0
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
