"""Who is told of what, at least once, never made twice; and the ways out, with real counterparts on this machine."""

from __future__ import annotations

import os
import socketserver
import stat
import threading
import tty
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from seawarden.channels.messages.told import Told, told
from seawarden.channels.notify.outbox import BACK_OFF_S, GIVE_UP_S, Outbox
from seawarden.channels.notify.rules import Recipient, read_rules, unheard
from seawarden.channels.notify.send import KEY, SIGNATURE, send, sign
from seawarden.evaluate.live.sinks import Mail
from seawarden.model.alert import Alert, Tier
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.error import MessageError, SettingsError
from seawarden.model.finding import AssetRef
from seawarden.model.vessel import ShipRef

T0 = 1_732_010_400_000  # 10:00 UTC
HOUR = 3_600_000


def alert(tier: Tier = "challenge", state: str = "raised", revision: int = 1, asset: str = "link") -> Alert:
    return Alert(
        id="a",
        revision=revision,
        tier=tier,
        highest_tier=tier,
        state=state,  # type: ignore[arg-type]
        ship=ShipRef(mmsi=219_000_001, track_id="219000001-0", name="NORDIC TEST"),
        asset=AssetRef(id=asset, name=asset, kind="power", system=asset),
        first_line="CHALLENGE · NORDIC TEST",
        start_t=T0,
        raised_t=T0,
        updated_t=T0,
        known_from_t=T0,
        risk=0.1,
    )


BODY = msgspec.json.encode(told(alert(), (57.0, 11.0)))


@pytest.mark.parametrize(
    ("person", "tier", "t", "escalated", "wanted"),
    [
        ({}, "challenge", T0, False, True),
        ({}, "look", T0, False, False),
        ({"tiers": ("look",)}, "look", T0, False, True),
        ({"assets": ("pipe",)}, "act", T0, False, False),
        ({"hours": "18:00-06:00"}, "act", T0, False, False),
        ({"hours": "18:00-06:00"}, "act", T0 + 10 * HOUR, False, True),
        ({"hours": "18:00-06:00"}, "act", T0 + 18 * HOUR, False, True),
        ({"hours": "09:00-11:00"}, "act", T0, False, True),
        ({"tiers": (), "escalations": True}, "challenge", T0, True, True),
        ({"tiers": (), "escalations": True}, "challenge", T0, False, False),
    ],
)
def test_each_person_by_tier_asset_and_hours(
    person: dict[str, object], tier: Tier, t: int, escalated: bool, wanted: bool
) -> None:
    someone = Recipient(name="Ada", to=("x",), **person)  # type: ignore[arg-type]
    one = alert(tier)
    told_of = someone.concerns(one) and someone.listens(t) and someone.follows(one, escalated=escalated)
    assert told_of is wanted


def test_rules_are_read_and_secrets_come_from_the_environment(tmp_path: Path) -> None:
    path = tmp_path / "notify.toml"
    path.write_text('[[person]]\nname = "Ada"\nto = ["tgram://${BOT}/1"]\ntiers = ["act"]\nhours = "18:00-06:00"\n')
    assert read_rules(path, {"BOT": "s3cret"})[0].to == ("tgram://s3cret/1",)
    with pytest.raises(SettingsError, match="environment has no BOT"):
        read_rules(path, {})
    for text in ("person = 1", '[[person]]\nname = "A"\nto = []', '[[person]]\nname="A"\nto=["x"]\nhours="6-7"', "["):
        path.write_text(text)
        with pytest.raises(SettingsError, match=r"notify\.toml"):
            read_rules(path, {})


def test_an_operator_is_told_of_its_own_assets() -> None:
    someone = Recipient(name="Ada", to=("x",), owners=("Grid AS",), assets=("pipe",))
    assert someone.concerns(alert(), "GRID AS") and someone.concerns(alert(asset="pipe"), "Other")
    assert not someone.concerns(alert(), "Other") and not someone.concerns(alert())


def test_what_nobody_would_be_told_of_is_said() -> None:
    version = AssetVersion(parts=(((11.0, 57.0), (11.5, 57.0)),), sigma_m=((50.0,),))
    assets = [Asset(id="link", name="Link", kind="power_cable", owner="Grid AS", versions=(version,))]
    well = Recipient(name="Ada", to=("x",), assets=("link",), owners=("GRID as",))
    typo = Recipient(name="Ben", to=("x",), assets=("lnik",), owners=("Grid",))
    assert unheard([well], assets) == []
    assert unheard([well, typo], assets) == [
        "Ben: there is no asset of the id 'lnik'",
        "Ben: no asset has the owner 'Grid'",
    ]


def test_a_message_is_taken_once_and_kept_until_it_is_sent(tmp_path: Path) -> None:
    box = Outbox(tmp_path / "outbox.db")
    assert box.put("a-1|Ada|0", "Ada", "x", BODY, 100.0)
    assert not box.put("a-1|Ada|0", "Ada", "x", BODY, 101.0)
    box.failed("a-1|Ada|0", 0, "no line", 100.0)
    assert box.due(100.0 + BACK_OFF_S[0] - 1) == []
    box.close()
    again = Outbox(tmp_path / "outbox.db")  # after a crash
    waiting = again.due(100.0 + BACK_OFF_S[0])
    assert [(w.key, w.tries, w.body) for w in waiting] == [("a-1|Ada|0", 1, BODY)]
    assert again.log()[0].failed == "no line"
    assert again.due(100.0 + GIVE_UP_S) == [], "given up after a day"
    again.sent("a-1|Ada|0", 110.0)
    assert again.due(1_000.0) == []
    assert again.log()[0].sent == 110.0


class _Hook(BaseHTTPRequestHandler):
    got: ClassVar[list[tuple[dict[str, str], bytes]]] = []
    status = 204
    says = b""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.says)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def hook() -> Iterator[tuple[str, type[_Hook]]]:
    """A webhook's other end."""

    class Hook(_Hook):
        got: ClassVar[list[tuple[dict[str, str], bytes]]] = []

    server = HTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/alerts", Hook
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_webhook_is_signed(hook: tuple[str, type[_Hook]]) -> None:
    url, other = hook
    send(url, "a-1|Ada|0", BODY, {"SEAWARDEN_WEBHOOK_KEY": "s3cret"})
    headers, body = other.got[0]
    assert headers[KEY] == "a-1|Ada|0"
    assert headers[SIGNATURE] == sign(body, "s3cret")
    assert msgspec.json.decode(body, type=Told).mmsi == 219_000_001
    send(url, "k", BODY, {})
    assert SIGNATURE not in other.got[1][0]


def test_what_was_not_taken_is_said_without_the_address(hook: tuple[str, type[_Hook]]) -> None:
    url, other = hook
    other.status = 503
    with pytest.raises(MessageError, match="answered 503"):
        send(url, "k", BODY, {})
    for target in ("http://127.0.0.1:1/s3cret", "nonsense://s3cret", "command:///no/s3cret", "sounder:///no/s3cret"):
        with pytest.raises(MessageError) as told_:
            send(target, "k", BODY, {})
        assert "s3cret" not in str(told_.value)


def test_apprise_posts_json(hook: tuple[str, type[_Hook]]) -> None:
    url, other = hook
    send(url.replace("http://", "json://"), "k", BODY, {})
    assert msgspec.json.decode(other.got[0][1])["title"] == "Seawarden CHALLENGE"


def test_mail_reaches_a_server() -> None:
    lines: list[str] = []

    class Post(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            data = False
            for raw in self.rfile:
                line = raw.decode().rstrip("\r\n")
                lines.append(line)
                if data:
                    if line == ".":
                        data = False
                        self.wfile.write(b"250 ok\r\n")
                    continue
                word = line.split(" ")[0].upper()
                if word == "DATA":
                    data = True
                    self.wfile.write(b"354 go on\r\n")
                elif word == "QUIT":
                    self.wfile.write(b"221 bye\r\n")
                    return
                else:
                    self.wfile.write(b"250 ok\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Post) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        port = server.server_address[1]
        send(f"mailto://127.0.0.1:{port}?from=watch@example.org&to=ada@example.org&mode=insecure", "k", BODY, {})
        server.shutdown()
        thread.join()
    assert any("ada@example.org" in line for line in lines)
    assert any(line.startswith("Subject:") and "Seawarden" in line for line in lines)


def test_a_sounder_gets_its_byte_and_a_command_the_tier(tmp_path: Path) -> None:
    line = tmp_path / "line"
    line.touch()
    send(f"sounder://{line}?byte=Z", "k", BODY, {})
    assert line.read_bytes() == b"Z"
    program = tmp_path / "siren"
    program.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/heard\n')
    os.chmod(program, stat.S_IRWXU)
    send(f"command://{program}", "k", BODY, {})
    assert (tmp_path / "heard").read_text() == "challenge\n"


def test_a_sounder_on_a_serial_line() -> None:
    ours, theirs = os.openpty()
    try:
        tty.setraw(theirs)
        send(f"sounder://{os.ttyname(theirs)}?byte=S", "k", BODY, {})
        assert os.read(ours, 10) == b"S"
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_gateway_to_phones_on_the_own_network(hook: tuple[str, type[_Hook]]) -> None:
    url, other = hook
    other.status, other.says = 200, b'{"result": [{"message_id": "1", "status": "ok"}]}'
    send(url.replace("http://", "smseagle://t0ken@").replace("/alerts", "/+4512345678"), "k", BODY, {})
    asked = msgspec.json.decode(other.got[0][1])
    assert asked["params"]["to"] == "+4512345678" and "NORDIC TEST" in asked["params"]["message"]


def test_a_mail_carries_its_key() -> None:
    mail = Mail(1)
    mail.taken.well = True
    target = f"mailto://127.0.0.1:{mail.port}?from=watch@example.org&to=ada@example.org&mode=insecure"
    for _ in range(2):
        send(target, "a-1|Ada B|0", BODY, {})
    mail.close()
    assert dict(mail.taken.copies) == {"a-1|Ada B|0": 2}
