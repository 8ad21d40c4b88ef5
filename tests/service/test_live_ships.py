"""The ships of a viewport, live: whole first, then what changed; only the box; never a queue; to nobody uninvited."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from starlette.websockets import WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect

from seawarden.model.asset import Asset
from seawarden.model.vessel import ShipRef
from seawarden.service import live_ships
from seawarden.service.accounts import Accounts
from seawarden.service.app import make_app
from seawarden.service.door import COOKIE
from seawarden.service.frame import DELTA, KEY, ROW, UNKNOWN, Frame, decode, encode, scaled
from seawarden.service.host import Server, listen
from seawarden.service.picture import Painter, Picture
from seawarden.service.replayed import Replayed
from seawarden.service.viewport import KEY_EVERY, Box, Viewport
from seawarden.service.watch import Stretch

WORLD = [-180, -90, 180, 90]
PATH = "/api/ships/live"


class Sea:
    """Ships that go where a test puts them, before whatever watch stands behind."""

    def __init__(self, watch: Replayed, lat: list[float], lon: list[float]) -> None:
        self._watch = watch
        self.lat, self.lon = np.array(lat), np.array(lon)
        self.now = watch.clock()
        self.named = "MADE"

    def __getattr__(self, name: str) -> Any:
        return getattr(self._watch, name)

    def clock(self) -> int:
        return self.now

    def last(self, at: int) -> Stretch:
        n = len(self.lat)
        number, small = np.arange(n), np.zeros(n, np.int8)
        f32 = np.full(n, np.nan, np.float32)
        return Stretch(
            number.astype(np.int32), np.full(n, at), self.lat.copy(), self.lon.copy(), np.full(n, 12.34, np.float32),
            np.full(n, 90.0, np.float32), f32, small, np.zeros(n, np.uint32), small, np.zeros(n, np.int32), f32, f32,
            np.full(n, 12.34, np.float32),
        )  # fmt: skip

    def ship(self, track: int) -> ShipRef:
        if track == 0:
            return self._watch.ship(0)
        mmsi = 219_000_100 + track
        return ShipRef(mmsi=mmsi, track_id=f"{mmsi}-1", name=f"{self.named} {track}", length_m=50.0)


@pytest.fixture
def sea(make_watch: Callable[..., Replayed], public_asset: Asset, secret_asset: Asset) -> Sea:
    return Sea(make_watch([public_asset, secret_asset]), [56.0, 56.5, 57.0], [11.0, 11.5, 179.9])


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames as fast as they are taken in."""
    monkeypatch.setattr("seawarden.service.live_ships.EVERY_S", 0.0)
    monkeypatch.setattr("seawarden.service.picture.EVERY_S", 0.0)


class Screen:
    """What a reader makes of the frames."""

    def __init__(self) -> None:
        self.ships: dict[int, tuple[float, float]] = {}
        self.names: dict[int, str] = {}
        self.frames: list[Frame] = []

    def take(self, data: bytes) -> Frame:
        frame = decode(data)
        if frame.kind == KEY:
            self.ships.clear()
        for number in frame.gone.tolist():
            del self.ships[number], self.names[number]
        self.names |= {number: name for number, name, _, _ in frame.words}
        for row in frame.rows:
            self.ships[int(row["id"])] = (row["lat"] / 1e6, row["lon"] / 1e6)
        assert len(self.ships) == frame.within and set(self.names) >= set(self.ships)
        self.frames.append(frame)
        return frame


def client_of(watch: Any, **more: Any) -> TestClient:
    return TestClient(make_app(watch, **more))


def test_whole_first_then_what_changed(sea: Sea) -> None:
    screen = Screen()
    with client_of(sea) as client, client.websocket_connect(PATH) as line:
        line.send_json({"box": WORLD})
        first = screen.take(line.receive_bytes())
        assert (first.kind, first.sequence, first.within, first.ships) == (KEY, 1, 3, 3)
        assert screen.names == {0: "NORDIC TEST", 1: "MADE 1", 2: "MADE 2"}
        whole = client.get("/api/ships").json()
        row = dict(zip(ROW.names or (), first.rows[0], strict=True))
        assert (row["mmsi"], row["t"], row["sog"], row["heading"], row["length"]) == (
            219_000_001, sea.now, 1234, UNKNOWN, 1800,
        )  # fmt: skip
        assert screen.ships[0] == (whole["lat"][0], whole["lon"][0])
        assert float(row["risk"]) == pytest.approx(whole["risk"][0])
        assert ("", "notice", "look", "challenge", "act")[row["tier"]] == whole["tier"][0] == "challenge"
        line.send_json({"got": 1})
        still = screen.take(line.receive_bytes())
        assert (still.kind, len(still.rows), still.words, len(still.gone)) == (DELTA, 0, [], 0)
        sea.lat[1] += 0.25
        line.send_json({"got": 2})
        moved = screen.take(line.receive_bytes())
        assert moved.rows["id"].tolist() == [1] and screen.ships[1] == (56.75, 11.5)


def test_only_the_box_and_what_leaves_it_is_gone(sea: Sea) -> None:
    screen = Screen()
    with client_of(sea) as client, client.websocket_connect(PATH) as line:
        line.send_json({"box": [10.0, 55.0, 12.0, 56.6]})
        screen.take(line.receive_bytes())
        assert sorted(screen.ships) == [0, 1]
        sea.lat[0] = 60.0
        line.send_json({"got": 1, "box": [10.0, 55.0, 12.0, 56.6]})
        assert screen.take(line.receive_bytes()).gone.tolist() == [0]
        line.send_json({"got": 2, "box": [170.0, 50.0, -170.0, 60.0]})
        assert screen.take(line.receive_bytes()).gone.tolist() == [1]
        assert sorted(screen.ships) == [2]


def test_a_slow_reader_gets_the_newest_and_never_a_queue(sea: Sea) -> None:
    screen = Screen()
    with client_of(sea) as client, client.websocket_connect(PATH) as line:
        line.send_json({"box": WORLD})
        screen.take(line.receive_bytes())
        for step in range(50):
            sea.lat[0] = 50.0 + step / 10
            line.send_json({"box": WORLD})  # says much, takes nothing in
        line.send_json({"got": 1})
        frame = screen.take(line.receive_bytes())
        assert frame.sequence == 2 and screen.ships[0][0] == pytest.approx(54.9)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "x",
        "[]",
        '{"box": [1, 2, 3]}',
        '{"box": [0, 10, 1, 5]}',
        '{"box": [0, 0, 900, 1]}',
        '{"at": 1}',
        "{" * 2_000,
    ],
)
def test_what_is_not_understood_ends_with_a_sentence(sea: Sea, said: str) -> None:
    with client_of(sea) as client, client.websocket_connect(PATH) as line:
        line.send_text(said)
        with pytest.raises(WebSocketDisconnect) as ended:
            line.receive_bytes()
        assert ended.value.code == live_ships.NOT_UNDERSTOOD and ended.value.reason


def test_bytes_are_not_understood_either(sea: Sea) -> None:
    with client_of(sea) as client, client.websocket_connect(PATH) as line:
        line.send_bytes(b"\0")
        with pytest.raises(WebSocketDisconnect) as ended:
            line.receive_bytes()
        assert ended.value.code == live_ships.NOT_UNDERSTOOD


def test_strangers_and_other_sites_do_not_come_in(sea: Sea, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = Accounts(tmp_path / "a.db", work=1 << 10)
    accounts.add("ada", "viewer", "four in the morning")
    with client_of(sea, accounts=accounts) as client:
        with pytest.raises(WebSocketDisconnect) as shut, client.websocket_connect(PATH):
            pass
        assert shut.value.code == 4401
        secret = accounts.sign_in("ada", "four in the morning")
        client.cookies.set(COOKIE, secret)
        with (
            pytest.raises(WebSocketDisconnect) as shut,
            client.websocket_connect(PATH, headers={"origin": "http://x"}),
        ):
            pass
        assert shut.value.code == 4403
        with client.websocket_connect(PATH) as line:
            line.send_json({"box": WORLD})
            assert decode(line.receive_bytes()).within == 3
            monkeypatch.setattr(live_ships, "SIGNED_IN_S", 0.0)
            accounts.sign_out(secret)
            with pytest.raises(WebSocketDisconnect) as shut:
                line.receive_bytes()
            assert shut.value.code == live_ships.SIGNED_OUT


def test_alerts_about_hidden_assets_colour_no_ship(
    make_watch: Callable[..., Replayed], secret_asset: Asset, tmp_path: Path
) -> None:
    accounts = Accounts(tmp_path / "a.db", work=1 << 10)
    for name, groups in (("ada", ["navy"]), ("ben", [])):
        accounts.add(name, "viewer", "four in the morning", groups)
    seen = {}
    with client_of(Sea(make_watch([secret_asset]), [56.0], [11.0]), accounts=accounts) as client:
        for name in ("ada", "ben"):
            client.cookies.set(COOKIE, accounts.sign_in(name, "four in the morning"))
            with client.websocket_connect(PATH) as line:
                line.send_json({"box": WORLD})
                (row,) = decode(line.receive_bytes()).rows
                seen[name] = int(row["tier"]), math.isnan(row["risk"])
    assert seen == {"ada": (3, False), "ben": (0, True)}


class Served:
    """A real server in a task of the test's own loop."""

    def __init__(self, app: FastAPI) -> None:
        self.listener = listen("127.0.0.1", 0)
        self.port: int = self.listener.getsockname()[1]
        self.server = Server(
            uvicorn.Config(app, log_level="error", ws_per_message_deflate=False, timeout_graceful_shutdown=3)
        )


async def _reader(port: int, k: int, frames: int) -> Screen:
    screen = Screen()
    async with connect(f"ws://127.0.0.1:{port}{PATH}", compression=None, max_size=None) as line:
        assert "sec-websocket-extensions" not in line.response.headers  # type: ignore[union-attr]
        await line.send(json.dumps({"box": [10.0 + k * 0.1, 54.0, 12.0 + k * 0.1, 58.0]}))
        for _ in range(frames):
            screen.take(await _bytes(line))
            await line.send(json.dumps({"got": screen.frames[-1].sequence}))
    return screen


async def _bytes(line: ClientConnection) -> bytes:
    data = await asyncio.wait_for(line.recv(), 30)
    assert isinstance(data, bytes)
    return data


def test_fifty_readers_each_with_a_box(sea: Sea) -> None:
    n = 2_000
    draw = np.random.default_rng(5)
    sea.lat, sea.lon = draw.uniform(53, 59, n), draw.uniform(8, 20, n)
    app = make_app(sea)

    async def all_of_them() -> list[Screen]:
        served = Served(app)
        running = asyncio.create_task(served.server.serve(sockets=[served.listener]))
        try:
            return await asyncio.gather(*(_reader(served.port, k, 5) for k in range(50)))
        finally:
            served.server.should_exit = True
            await running
            served.listener.close()

    screens = asyncio.run(all_of_them())
    for k, screen in enumerate(screens):
        inside = (sea.lat >= 54) & (sea.lat <= 58) & (sea.lon >= 10 + k * 0.1) & (sea.lon <= 12 + k * 0.1)
        assert sorted(screen.ships) == np.flatnonzero(inside).tolist()
        assert [frame.kind for frame in screen.frames] == [KEY, DELTA, DELTA, DELTA, DELTA]
    assert len(app.state.painters) == 1  # one picture for all who have the same rights


def test_readers_do_not_hold_up_the_end(sea: Sea) -> None:
    async def ends() -> int:
        served = Served(make_app(sea))
        running = asyncio.create_task(served.server.serve(sockets=[served.listener]))
        try:
            async with connect(f"ws://127.0.0.1:{served.port}{PATH}") as line:
                await line.send(json.dumps({"box": WORLD}))
                await _bytes(line)
                served.server.should_exit = True
                await asyncio.wait_for(line.wait_closed(), 20)
                return line.close_code or 0
        finally:
            await running
            served.listener.close()

    assert asyncio.run(ends()) in (1001, 1012)


# ---------------------------------------------------------------- frames


boxes = st.tuples(st.floats(-180, 180), st.floats(-80, 0), st.floats(-180, 180), st.floats(0, 80))


@st.composite
def pictures(draw: st.DrawFn) -> list[Picture]:
    made = []
    for at in range(draw(st.integers(1, 5))):
        ids = sorted(draw(st.sets(st.integers(0, 30), max_size=20)))
        rows = np.zeros(len(ids), dtype=ROW)
        rows["id"] = ids
        places = st.tuples(st.integers(-80, 80), st.integers(-180, 180))
        lat, lon = np.array([draw(places) for _ in ids], dtype=np.float64).reshape(-1, 2).T
        rows["lat"], rows["lon"], rows["risk"] = lat * 1e6, lon * 1e6, np.nan
        revision = np.array([draw(st.integers(1, 2)) for _ in ids], dtype=np.int64)
        words = {k: (f"ship {k} {r}", "", "") for k, r in zip(ids, revision.tolist(), strict=True)}
        made.append(Picture(at, rows, lat, lon, revision, words))  # type: ignore[arg-type]
    return made


@given(seen=pictures(), looked=st.lists(boxes, min_size=5, max_size=5))
def test_frames_in_a_row_make_the_screen_that_a_whole_one_would(seen: list[Picture], looked: list[Any]) -> None:
    viewport = Viewport(Box(*looked[0]))
    screen = Screen()
    for picture, box in zip(seen, looked, strict=False):
        viewport.box = Box(*box)
        screen.take(encode(viewport.frame(picture)))
        whole = Screen()
        whole.take(encode(Viewport(viewport.box).frame(picture)))
        assert screen.ships == whole.ships
        assert {k: screen.names[k] for k in screen.ships} == whole.names


def test_a_key_frame_comes_again(sea: Sea) -> None:
    painter, viewport = Painter(_view(sea)), Viewport(Box(-180, -90, 180, 90))
    kinds = [viewport.frame(painter.picture()).kind for _ in range(KEY_EVERY + 2)]
    assert [k for k, kind in enumerate(kinds) if kind == KEY] == [0, KEY_EVERY]


def test_a_new_name_is_told(sea: Sea, monkeypatch: pytest.MonkeyPatch) -> None:
    painter, viewport = Painter(_view(sea)), Viewport(Box(-180, -90, 180, 90))
    viewport.frame(painter.paint(0.0))
    sea.named = "OTHER"
    assert viewport.frame(painter.paint(1.0)).words == []
    frame = viewport.frame(painter.paint(100.0))
    assert [words[1] for words in frame.words] == ["OTHER 1", "OTHER 2"] and not len(frame.rows)


def _view(sea: Sea) -> Any:
    from seawarden.channels.gate import Gate
    from seawarden.service.view import View

    return View(sea, Gate(sea.assets()))


@given(data=st.binary(max_size=200))
def test_what_is_no_frame_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="frame"):
        decode(data)


def test_what_does_not_fit_is_unknown() -> None:
    assert scaled(np.array([0.004, 102.2, np.nan, -1.0, 655.34, 700.0]), 100).tolist() == [
        0, 10220, UNKNOWN, UNKNOWN, 65534, UNKNOWN,
    ]  # fmt: skip


def test_the_page_reads_the_same_bytes() -> None:
    """`web/test/live-ships.test.ts` decodes this file."""
    rows = np.zeros(3, dtype=ROW)
    rows[0] = (1_735_123_320_000, 7, 219_000_001, 57_000_001, 11_500_000, 0.125, 1234, 3599, UNKNOWN, 1805, 3, 0)
    rows[1] = (1_735_123_319_500, 8, 999_000_017, -33_900_000, -179_999_999, np.nan, UNKNOWN, 0, 10, UNKNOWN, 0, 1)
    rows[2] = (1_735_123_319_000, 4_000_000_000, 265_859_000, 1, -1, 1.0, 0, 1800, 1800, 65534, 4, 3)
    told = [(7, "NORDIC TEST", "tanker", "219000001-1"), (8, "ÖSTERSJÖ", "", "999000017-2")]
    frame = Frame(DELTA, 9, 1_735_123_321_000, rows, np.array([3, 70_000], dtype=np.uint32), told, 12, 20_000)
    kept = Path(__file__).resolve().parents[2] / "web/test/ships-frame.hex"
    assert encode(frame).hex() == kept.read_text().strip()
