"""A strait of thirty parallel lines: a ship that may have an anchor out is thirty alerts, and people are told once.

She is made, and passes the whole chain; the lines belong to two owners, and one of them is restricted.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fastapi.testclient import TestClient

from seawarden.channels.messages import cap, geojson, kml, news, table
from seawarden.channels.messages.told import Told
from seawarden.channels.notify.fold import Fold
from seawarden.channels.notify.outbox import Outbox
from seawarden.channels.notify.rules import Recipient
from seawarden.geodesy import KNOT_MS, destination
from seawarden.geography.layer import build_layer
from seawarden.model.alert import Tier
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.error import StoreError
from seawarden.model.rights import Rights
from seawarden.run.replay import replay
from seawarden.service.app import make_app
from seawarden.service.notifier import Notifier
from seawarden.service.replayed import Replayed
from seawarden.settings import DEFAULTS
from seawarden.settings_notify import NotifySettings
from seawarden.simulate.draws import generator
from seawarden.store.recording import Recording

MIN = 60_000
T0 = 1_735_084_800_000
LAT, LON = 57.0, 11.0
LINES = 30
SECRET = 7
ASKED: tuple[Tier, ...] = ("look", "challenge", "act")
JOIN_MS = int(NotifySettings().join_min * MIN)


def make_line(k: int) -> Asset:
    lon = LON + 0.012 * k
    owner = ("Grid AS", "Tele AB")[k % 2]
    version = AssetVersion(parts=(((lon, LAT - 0.3), (lon, LAT + 0.3)),), sigma_m=((50.0,),))
    return Asset(
        id=f"line-{k:02d}",
        name=f"Line {k:02d}",
        kind="power_cable",
        owner=owner,
        contact=f"desk of {owner}",
        visibility="navy" if k == SECRET else "public",
        versions=(version,),
    )


ASSETS = [make_line(k) for k in range(LINES)]


def write_ship(path: Path) -> None:
    """Eastbound, 11 kn, then 7.7 kn with her bow pulled off her course, across all lines."""
    random = generator("strait")
    lat, lon, t = LAT, LON - 0.35, T0
    lines = ["timestamp,mmsi,lat,lon,sog,cog,heading,nav_status,ship_type"]
    for minutes, speed, heading, spread in ((70, 11.0, 90, 0.06), (150, 7.7, 94, 0.25), (60, 7.6, 94, 0.25)):
        for _ in range(2 * minutes):
            at = datetime.fromtimestamp(t / 1000, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            sog = speed + float(random.normal(0.0, spread))
            lines.append(f"{at},219000001,{lat:.6f},{lon:.6f},{sog:.1f},90.0,{heading},0,Tanker")
            lat, lon = destination(lat, lon, 90.0, speed * KNOT_MS * 30)
            t += 30_000
    path.write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def strait(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    path = tmp_path_factory.mktemp("strait") / "ship.csv"
    write_ship(path)
    return replay([path], settings=DEFAULTS, assets=ASSETS).recording


class Sea(Replayed):
    """A live watch over the strait, at any moment."""

    def __init__(self, recording: Recording) -> None:
        super().__init__(recording, build_layer(ASSETS), DEFAULTS, mode="live")
        self.now = T0

    def clock(self) -> int:
        return self.now


PEOPLE = [
    Recipient(name="Floor", to=("x://floor",), tiers=ASKED),
    Recipient(name="Grid", to=("x://grid",), tiers=ASKED, owners=("grid as",)),
    Recipient(name="Tele", to=("x://tele",), tiers=ASKED, owners=("Tele AB",)),
    Recipient(name="One", to=("x://one",), tiers=ASKED, assets=("line-20",)),
    Recipient(name="Navy", to=("x://navy",), tiers=ASKED, groups=("navy",)),
]
Letters = dict[str, bytes]


def all_of(outbox: Outbox) -> Letters:
    rows = outbox._do("SELECT key, body FROM messages", ()).fetchall()
    return dict(rows)


def told(
    recording: Recording,
    path: Path,
    *,
    every_min: int = 10,
    fold: bool = True,
    fails: Callable[[int], bool] | None = None,
) -> Letters:
    """All messages of a day on which people are told every so many minutes.

    Args:
        recording: what is watched.
        path: of the outbox.
        every_min: minutes of event time from look to look.
        fold: whether cases are folded.
        fails: at which step of the outbox whoever tells is ended; the next one takes over.
    """
    watch, step = Sea(recording), 0
    last = max(alert.known_from_t for alert in recording.alerts)

    class Box(Outbox):
        def _do(self, query: str, values: tuple[Any, ...]) -> Any:
            nonlocal step
            if fails is not None and query.startswith(("INSERT", "COMMIT")):
                step += 1
                if fails(step):
                    raise StoreError("ended here")
            return super()._do(query, values)

    settings = NotifySettings(fold=fold)
    one = Notifier(watch, PEOPLE, Box(path), settings=settings, sender=lambda *_: None)
    for now in [*range(T0, last, every_min * MIN), last]:
        watch.now, looked = now, False
        while not looked:
            try:
                one.look(0.0)
                looked = True
            except StoreError:
                one = Notifier(watch, PEOPLE, Box(path), settings=settings, sender=lambda *_: None)
    one.outbox.close()
    outbox = Outbox(path)
    try:
        return all_of(outbox)
    finally:
        outbox.close()


@pytest.fixture(scope="module")
def messages(strait: Recording, tmp_path_factory: pytest.TempPathFactory) -> Letters:
    return told(strait, tmp_path_factory.mktemp("told") / "outbox.db")


def of(messages: Letters, name: str) -> list[Told]:
    mine = [msgspec.json.decode(body, type=Told) for key, body in messages.items() if f"|{name}|" in key]
    return sorted(mine, key=lambda item: item.revision)


def test_thirty_alerts_are_one_case_and_a_restricted_one_apart(strait: Recording) -> None:
    newest = {alert.id: alert for alert in strait.alerts}
    assert len(newest) == LINES
    cases = {
        alert.asset.visibility: {a.case for a in newest.values() if a.asset == alert.asset}
        for alert in newest.values()
    }
    assert {group: len(names) for group, names in cases.items()} == {"public": 1, "navy": 1}
    assert len({a.case for a in newest.values() if a.asset.visibility == "public"}) == 1
    assert cases["public"] != cases["navy"]


def test_one_message_a_revision_with_the_worst_first(strait: Recording, messages: Letters) -> None:
    mine = of(messages, "Floor")
    assert 2 <= len(mine) <= 6, "thirty lines, and a handful of messages"
    first = mine[0]
    assert len(first.lines) + len(first.ahead) >= LINES - 10, "the first tells what comes next as well"
    assert [c.minutes for c in first.ahead] == sorted(c.minutes for c in first.ahead)
    assert len({item.id for item in mine}) == 1
    assert [len(item.lines) for item in mine] == sorted(len(item.lines) for item in mine)
    last = mine[-1]
    assert len({line.asset_id for line in last.lines}) == LINES - 1
    assert last.first_line.endswith(f"· +{LINES - 2} more assets")
    assert last.asset_id == last.lines[0].asset_id and last.tier == "challenge"
    assert {line.owner for line in last.lines} == {"Grid AS", "Tele AB"}
    assert all(line.call == f"desk of {line.owner}" and line.when for line in last.lines)


def test_each_is_told_of_their_own_assets_alone(messages: Letters) -> None:
    heard = {p.name: {line.asset_id for item in of(messages, p.name) for line in item.lines} for p in PEOPLE}
    public = {asset.id for asset in ASSETS if asset.visibility == "public"}
    assert heard["Floor"] == public
    assert heard["Grid"] == {asset.id for asset in ASSETS if asset.owner == "Grid AS"}
    assert heard["Tele"] == {asset.id for asset in ASSETS if asset.owner == "Tele AB"} & public
    assert heard["One"] == {"line-20"}
    assert heard["Navy"] == {asset.id for asset in ASSETS}
    for name in heard:
        for item in of(messages, name):
            words = msgspec.json.encode(item).decode().casefold()
            named = {asset.id for asset in ASSETS if asset.name.casefold() in words or asset.id in words}
            assert named <= heard[name], "in no word of a message"
            told_of = [*(line.asset_id for line in item.lines), *(coming.asset_id for coming in item.ahead)]
            assert len(told_of) == len(set(told_of)) and set(told_of) >= named


def test_who_sees_all_has_one_thread_and_nobody_else_learns_of_its_name(messages: Letters) -> None:
    assert len({item.id for item in of(messages, "Navy")}) == 1
    public = {item.id for item in of(messages, "Floor")}
    assert all({item.id for item in of(messages, name)} == public for name in ("Grid", "Tele", "One"))


def test_without_the_restricted_line_public_messages_are_the_same(
    strait: Recording, messages: Letters, tmp_path: Path
) -> None:
    plain = msgspec.structs.replace(
        strait, alerts=[alert for alert in strait.alerts if alert.asset.visibility == "public"]
    )
    without = told(plain, tmp_path / "outbox.db")
    names = [p.name for p in PEOPLE if p.name != "Navy"]
    assert [of(without, name) for name in names] == [of(messages, name) for name in names]


def in_time(messages: Letters) -> Letters:
    """All but what hangs on when somebody looked: that nobody had acknowledged by then."""
    return {key: body for key, body in messages.items() if "late" not in key}


def test_what_is_told_does_not_hang_on_when_one_looks(strait: Recording, messages: Letters, tmp_path: Path) -> None:
    """Every few minutes, or after it was down for an hour: the same messages, and in the same words."""
    assert in_time(told(strait, tmp_path / "outbox.db", every_min=63)) == in_time(messages)


@pytest.mark.parametrize("shift", [0, 1])
def test_ended_again_and_again_between_any_steps(
    strait: Recording, messages: Letters, tmp_path: Path, shift: int
) -> None:
    cubes = {k**3 + shift for k in range(1, 20)}  # seldom enough for the largest step to come through in the end
    made = told(strait, tmp_path / "outbox.db", every_min=40, fails=cubes.__contains__)
    assert in_time(made) == in_time(messages)


def test_unfolded_each_alert_has_messages_of_its_own(strait: Recording, messages: Letters, tmp_path: Path) -> None:
    apart = of(told(strait, tmp_path / "outbox.db", fold=False), "Floor")
    assert len({item.id for item in apart}) == LINES - 1
    assert len(apart) >= LINES - 1 > 4 * len(of(messages, "Floor"))


def test_a_rule_of_the_ledger_alone_tells_the_same(strait: Recording, messages: Letters) -> None:
    public = [alert for alert in strait.alerts if alert.asset.visibility == "public"]
    last = max(alert.known_from_t for alert in strait.alerts)
    made = Fold(JOIN_MS).take(public, last, PEOPLE[0].follows)
    keys = {key.partition("|")[0] for key in messages if "|Floor|" in key and "late" not in key}
    assert {one.key for one in made} == keys


@pytest.fixture(scope="module")
def sea(strait: Recording) -> Sea:
    watch = Sea(strait)
    watch.now = max(alert.known_from_t for alert in strait.alerts)
    return watch


@pytest.mark.parametrize(("groups", "lines"), [((), LINES - 1), (("navy",), LINES)])
def test_the_api_tells_of_one_case(sea: Sea, groups: tuple[str, ...], lines: int) -> None:
    client = TestClient(make_app(sea, rights=Rights(frozenset(groups))))
    body = client.get("/api/cases").json()
    assert body["total"] == 1
    case = msgspec.convert(body["cases"][0], Told)
    assert len(case.lines) == lines and case.asset_id == case.lines[0].asset_id
    secret = {alert.case for alert in sea.alerts(sea.now) if alert.asset.visibility == "navy"}.pop()
    data = client.get(f"/api/cases/{case.id}/cap")
    kind, told_ = cap.decode(data.content)
    assert (kind, len(told_.lines), told_.id) == ("Update", lines, case.id)
    assert data.content.count(b"seawarden@testserver,") >= 2, "it names the messages before it"
    assert client.get(f"/api/cases/{case.id}/cap", headers={"if-none-match": data.headers["etag"]}).status_code == 304
    assert client.get(f"/api/cases/{secret}/cap").status_code == (200 if groups else 404)
    assert client.get("/api/cases/none/cap").status_code == 404


@pytest.mark.parametrize("form", ["geojson", "kml", "csv", "atom", "gpkg"])
def test_an_export_folds_where_that_is_asked_for(sea: Sea, form: str, tmp_path: Path) -> None:
    client = TestClient(make_app(sea))
    found = []
    for query in ("", "?fold=true"):
        data = client.get(f"/api/export/alerts.{form}{query}").content
        (tmp_path / "a.gpkg").write_bytes(data)
        read = {"geojson": geojson.decode, "kml": kml.decode, "csv": table.from_csv, "atom": news.decode}.get(form)
        found.append(table.from_geopackage(tmp_path / "a.gpkg") if read is None else read(data))
    assert [len(items) for items in found] == [LINES - 1, 1]
    assert found[1][0].first_line.endswith(f"· +{LINES - 2} more assets")


def test_the_sheet_of_a_handover_has_one_line_a_case(sea: Sea) -> None:
    client = TestClient(make_app(sea))
    first = client.get("/api/handover").json()["alerts"]
    assert [(line["alerts"], line["acknowledged"]) for line in first] == [(LINES - 1, 0)]
    client.post(f"/api/alerts/{first[0]['id']}/ack", json={"actor": "Ada"})
    assert f"acknowledged by Ada for 1 of {LINES - 1} assets" in client.get("/api/handover.html").text
