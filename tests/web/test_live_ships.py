"""Ships move on the page by themselves: over the socket, with the sign-in, without a reload and without polling."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, WebSocket
from tests.web import test_night
from tests.web.test_night import WORD, Watchroom

from seawarden.geography.pack import write_pack
from seawarden.service.accounts import Accounts
from seawarden.service.frame import decode
from seawarden.simulate.canary import canary_line

SHIP = 219_000_777


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Watchroom]:
    if not test_night.STATIC.is_file():
        pytest.skip("the page is not built: `./run setup`, or `npm run build` in web/")
    accounts = Accounts(tmp_path / "accounts.db", work=1 << 10)
    accounts.add("ada", "viewer", WORD)
    accounts.close()
    test_night.positions(tmp_path / "night.csv")
    write_pack([canary_line()], tmp_path / "assets.json")
    made = Watchroom(tmp_path)
    made.start()
    yield made
    made.end()


def test_a_ship_moves_without_a_reload(room: Watchroom, browser: Browser) -> None:
    frames: list[bytes] = []
    said: list[object] = []
    asked: list[str] = []

    def opened(line: WebSocket) -> None:
        assert line.url.endswith("/api/ships/live")
        line.on("framereceived", lambda data: frames.append(data if isinstance(data, bytes) else data.encode()))
        line.on("framesent", lambda data: said.append(json.loads(data)))

    context = browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.on("websocket", opened)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{room.url}/?theme=dark", timeout=120_000)
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(WORD)
    page.get_by_role("button", name="Sign in").click()

    def until(what: str) -> None:
        for _ in range(3_000):
            if page.evaluate(what):
                return
            page.wait_for_timeout(100)
        pytest.fail(f"never true: {what}; {len(frames)} frames", pytrace=False)

    until(f"!!window.__seawarden && window.__seawarden.ships().includes({SHIP})")
    page.wait_for_timeout(3_000)  # the first frames, and what they lead to, are over
    page.evaluate("window.__mark = 'not loaded anew'")
    page.evaluate(f"window.__seawarden.look({SHIP}, 10)")
    where = f"window.__seawarden.project({SHIP})"
    before = page.evaluate(where)
    first, polled = len(frames), sum("/api/ships?" in url for url in asked)
    until(f"Math.hypot({where}.x - {before['x']}, {where}.y - {before['y']}) > 5")
    assert page.evaluate("window.__mark") == "not loaded anew"
    told = [decode(data) for data in frames[first:]]
    assert any(SHIP in frame.rows["mmsi"] for frame in told), "the socket told of it"
    assert sum("/api/ships?" in url for url in asked) <= polled + 1, "and nobody asked for all ships"
    west, south, east, north = [m["box"] for m in said if "box" in m][-1]  # type: ignore[operator,index]
    assert 0 < east - west < 10 and 0 < north - south < 10, "the box is what is looked at"
    context.close()
