"""Drills over the API: marked everywhere, in no count, told to nobody who did not ask, ended by themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fastapi.testclient import TestClient

from seawarden.channels.messages.told import Told
from seawarden.channels.notify.outbox import Outbox
from seawarden.channels.notify.rules import Recipient
from seawarden.geography.layer import build_layer
from seawarden.model.asset import Asset
from seawarden.model.drill import EXERCISE_MMSI
from seawarden.model.event import OperatorAction
from seawarden.run.build import surroundings_of
from seawarden.run.exercise import Drillmaster
from seawarden.service.accounts import Accounts
from seawarden.service.app import make_app
from seawarden.service.exercised import exercised
from seawarden.service.notifier import Notifier
from seawarden.service.watch import Watch
from seawarden.settings import DEFAULTS
from seawarden.simulate.canary import canary_line
from seawarden.store.ledger import Ledger
from seawarden.store.verify import verify

MIN = 60_000
LINE = "canary-line"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite")


@pytest.fixture
def watch(make_watch: Callable[..., Any], public_asset: Asset, ledger: Ledger) -> Watch:
    assets = [public_asset, canary_line()]
    around = surroundings_of(build_layer(assets))._replace(land=None, places=None)
    return exercised(make_watch([public_asset, canary_line()], ledger), Drillmaster(DEFAULTS, around))


@pytest.fixture
def client(watch: Watch) -> TestClient:
    return TestClient(make_app(watch), raise_server_exceptions=False)


@pytest.fixture
def start_t(watch: Watch) -> int:
    return watch.range()[0] + 10 * MIN


@pytest.fixture
def drill(client: TestClient, start_t: int) -> dict[str, Any]:
    body = {"asset": LINE, "actor": "Ada", "text": "monthly drill", "minutes": 45, "t": start_t}
    answer = client.post("/api/drills", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def ours(client: TestClient, at: int, **more: Any) -> list[dict[str, Any]]:
    return [a for a in client.get("/api/alerts", params={"at": at} | more).json()["alerts"] if a.get("exercise")]


def test_a_drill_from_beginning_to_debrief(client: TestClient, drill: dict[str, Any], ledger: Ledger) -> None:
    t = drill["t"]
    assert drill["mmsi"] in EXERCISE_MMSI and drill["runs"]
    assert ours(client, t - 1) == []
    alert = ours(client, t + 25 * MIN)[0]
    assert alert["tier"] in ("challenge", "act"), "a drill asks for everything"
    assert alert["first_line"].startswith("EXERCISE · ") and alert["second_line"].startswith("EXERCISE")
    assert alert["ship"]["name"].startswith("EXERCISE") and alert["simulated"]
    for name, body, after in (
        ("ack", {}, 12),
        ("call", {"whom": "the bridge", "text": "both home"}, 14),
        ("check", {"text": "asset's operator told"}, 15),
        ("phase", {"phase": "challenge"}, 15),
    ):
        answer = client.post(f"/api/alerts/{alert['id']}/{name}", json={"actor": "Ben", "t": t + after * MIN} | body)
        assert answer.status_code == 200, answer.text
    client.post(f"/api/alerts/{alert['id']}/close", json={"actor": "Ada", "outcome": "true", "t": t + 30 * MIN})
    assert {a["state"] for a in ours(client, t + 31 * MIN) if a["id"] == alert["id"]} == {"closed"}
    told = client.get(f"/api/drills/{drill['id']}", params={"at": t + 60 * MIN}).json()
    assert told["ended"] and told["ended_by"] == ""
    debrief = told["debrief"]
    steps = {step["what"]: step for step in debrief["steps"]}
    assert steps["acknowledged"]["by"] == "Ben"
    assert steps["called"]["minutes"] - steps["acknowledged"]["minutes"] == pytest.approx(2.0, abs=0.11)
    assert steps["closed"]["minutes"] > 0 and steps["escalated"]["t"] is None
    assert debrief["people"] == ["Ada", "Ben"] and debrief["ticks"] == 1 and debrief["phases"] == ["challenge"]
    assert not verify(ledger).flaws
    begun = [e.content() for e in ledger.entries("action") if e.content()["action"] == "drill"]
    assert [one["actor"] for one in begun] == ["Ada"] and begun[0]["detail"]["text"] == "monthly drill"


def test_it_ends_by_itself_and_what_nobody_closed_is_closed(client: TestClient, drill: dict[str, Any]) -> None:
    end = drill["end_t"]
    assert [d["id"] for d in client.get("/api/desk", params={"at": end - 1}).json()["drills"]] == [drill["id"]]
    assert client.get("/api/desk", params={"at": end}).json()["drills"] == []
    after = ours(client, end)
    assert after and {a["state"] for a in after} == {"closed"}
    assert {a["outcome"] for a in after} == {"exercise over"}
    assert ours(client, end, state="active") == []
    assert drill["mmsi"] not in client.get("/api/ships", params={"at": end}).json()["mmsi"]


def test_it_is_ended_early_by_a_named_person(client: TestClient, drill: dict[str, Any]) -> None:
    t = drill["t"]
    ended = client.post(f"/api/drills/{drill['id']}/end", json={"actor": "Ben", "t": t + 20 * MIN})
    assert ended.status_code == 200 and ended.json()["ended_by"] == "Ben"
    assert ours(client, t + 21 * MIN, state="active") == []
    assert ours(client, t + 19 * MIN, state="active") != [], "the past is as it was"
    again = client.post(f"/api/drills/{drill['id']}/end", json={"actor": "Ben", "t": t + 22 * MIN})
    assert again.status_code == 404


def test_it_is_in_no_count_and_in_no_ones_export(client: TestClient, drill: dict[str, Any], watch: Watch) -> None:
    t = drill["t"] + 25 * MIN
    real = watch.real  # type: ignore[attr-defined]
    assert all(not a.exercise for a in real.alerts(real.clock()))
    assert client.get("/api/status").json()["ships"] == 2
    drawn = client.get("/api/ships", params={"at": t}).json()
    row = drawn["mmsi"].index(drill["mmsi"])
    assert drawn["simulated"][row] and drawn["name"][row].startswith("EXERCISE")
    line = client.get("/api/timeline").json()
    assert not {a["id"] for a in line["alerts"]} & {a["id"] for a in ours(client, t)}
    for form in ("geojson", "csv", "kml", "atom"):
        assert "EXERCISE" not in client.get(f"/api/export/alerts.{form}", params={"at": t}).text
        assert "EXERCISE" in client.get(f"/api/export/alerts.{form}", params={"at": t, "exercises": True}).text
    sheet = client.get("/api/handover", params={"at": t}).json()
    assert all(not a["line"].startswith("EXERCISE") for a in sheet["alerts"]) and len(sheet["drills"]) == 1


def test_its_messages_say_exercise(client: TestClient, drill: dict[str, Any]) -> None:
    alert = ours(client, drill["t"] + 25 * MIN)[0]
    cap = client.get(f"/api/alerts/{alert['id']}/cap").text
    assert "<status>Exercise</status>" in cap and "EXERCISE" in cap
    assert "a-j-S-X" in client.get(f"/api/alerts/{alert['id']}/cot").text


def test_only_those_who_take_part_are_told(watch: Watch, start_t: int) -> None:
    outbox = Outbox(":memory:")
    people = [
        Recipient(name="Ada", to=("https://a.example/x",), tiers=("look", "challenge", "act")),
        Recipient(name="Ben", to=("https://b.example/x",), tiers=("look", "challenge", "act"), exercises=True),
    ]
    notifier = Notifier(watch, people, outbox, sender=lambda *_: None)
    notifier.look(0.0)
    late = watch.clock() - 30 * MIN
    drills = watch.drillmaster.places(LINE)  # type: ignore[attr-defined]
    kp, course = drills[0]
    detail = {"asset": LINE, "kp_km": kp, "course_deg": course, "mmsi": 999_000_600, "end_t": late + 60 * MIN}
    watch.act(OperatorAction(t=late, actor="Ada", action="drill", subject="drill-x", detail=detail))
    assert notifier.look(1.0) > 0
    assert {message.person for message in outbox.log()} == {"Ben"}
    assert all(msgspec.json.decode(m.body, type=Told).exercise for m in outbox.due(2.0))


def test_a_restart_finds_the_same_drill(
    client: TestClient, drill: dict[str, Any], watch: Watch, make_watch: Callable[..., Any], public_asset: Asset,
    ledger: Ledger,
) -> None:  # fmt: skip
    before = ours(client, drill["t"] + 25 * MIN)
    again = exercised(make_watch([public_asset, canary_line()], ledger), watch.drillmaster)  # type: ignore[attr-defined]
    assert ours(TestClient(make_app(again)), drill["t"] + 25 * MIN) == before


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"asset": "nothing"}, 404, "no asset"),
        ({"text": ""}, 422, "length >= 1"),
        ({"minutes": 5}, 422, ">= 15"),
        ({"kp_km": 4_000.0}, 422, "beyond the end"),
    ],
)
def test_what_can_not_be_begun_is_told(
    client: TestClient, start_t: int, body: dict[str, Any], status: int, said: str
) -> None:
    whole = {"asset": LINE, "actor": "Ada", "text": "drill", "t": start_t} | body
    answer = client.post("/api/drills", json=whole)
    assert answer.status_code == status and said in answer.json()["detail"]


def test_one_at_a_time(client: TestClient, drill: dict[str, Any]) -> None:
    body = {"asset": LINE, "actor": "Ada", "text": "again", "t": drill["t"] + MIN}
    assert client.post("/api/drills", json=body).status_code == 409


def test_it_needs_the_right_to_do_so(watch: Watch, tmp_path: Path, start_t: int) -> None:
    accounts = Accounts(tmp_path / "accounts.db", work=1 << 10)
    accounts.add("vera", "viewer", "a long enough word")
    client = TestClient(make_app(watch, accounts=accounts))
    assert client.post("/api/signin", json={"name": "vera", "password": "a long enough word"}).status_code == 200
    body = {"asset": LINE, "actor": "Ada", "text": "drill", "t": start_t}
    assert client.post("/api/drills", json=body).status_code == 403
    assert watch.deeds() == []


def test_the_checklist_of_an_alert(client: TestClient) -> None:
    alert = next(a for a in client.get("/api/alerts").json()["alerts"] if a["asset"]["kind"] == "power_cable")
    t = alert["updated_t"] + 5 * MIN
    for text in ("asset's operator told", "a point of long ago"):
        client.post(f"/api/alerts/{alert['id']}/check", json={"actor": "Ada", "text": text, "t": t})
    told = client.get(f"/api/alerts/{alert['id']}/checklist").json()
    points = {p["text"]: p for phase in told["phases"] for p in phase["points"]}
    assert (points["asset's operator told"]["by"], points["asset's operator told"]["t"]) == ("Ada", t)
    assert "control room told that the link may trip" in points, "what its kind needs"
    assert [tick["text"] for tick in told["others"]] == ["a point of long ago"]
    before = client.get(f"/api/alerts/{alert['id']}/checklist", params={"at": t - 1}).json()
    assert not any(p["by"] for phase in before["phases"] for p in phase["points"]) and before["others"] == []
    assert client.get("/api/alerts/none/checklist").status_code == 404
