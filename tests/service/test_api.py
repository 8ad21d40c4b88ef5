from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from seawarden.model.asset import Asset
from seawarden.service.app import make_app
from seawarden.store.ledger import Ledger
from seawarden.store.verify import verify

T0 = 1_735_084_800_000
MIN = 60_000
END = T0 + 119 * MIN
NORDIC = 219_000_001


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.sqlite") as opened:
        yield opened


@pytest.fixture
def client(make_watch: Any, public_asset: Asset, ledger: Ledger, tmp_path: Path) -> TestClient:
    page = tmp_path / "page"
    (page / "assets").mkdir(parents=True)
    (page / "index.html").write_text("<!doctype html><title>page</title>")
    (page / "assets" / "app-1.js").write_text("0123456789")
    (tmp_path / "secret.txt").write_text("not to be served")
    return TestClient(make_app(make_watch([public_asset], ledger), page=page, basemap=tmp_path / "none"))


def get(client: TestClient, path: str, **query: object) -> Any:
    answer = client.get(path, params={name: str(value) for name, value in query.items()})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_status(client: TestClient) -> None:
    status = get(client, "/api/status")
    assert status["range"] == [T0, END]
    assert status["event_t"] == T0 + 50 * MIN  # where the most urgent alert was known
    assert status["mode"] == "replay" and status["watching"] and status["why_not"] == []
    assert (status["ships"], status["assets"]) == (2, 1)
    assert status["episodes"] == [{"id": "all", "label": "The whole run", "from": T0, "to": END}]
    feed = status["feeds"][0]
    told = {"id": "made", "state": "file", "last_t": END, "records": 240, "rejected": 0, "well": True}
    assert {name: feed[name] for name in told} == told
    idle = {"lag_s", "since_t", "last_seen_t", "rate_s", "clock_offset_s", "next_try_s"}  # a file has no line
    assert {feed[name] for name in idle} == {None}
    assert {feed[name] for name in ("condition", "message")} == {""}
    assert {feed[name] for name in ("gaps", "reconnects", "copies", "shed")} == {0}
    assert status["attribution"] == ["Made data", "from the owner of Open Link"]


def test_ships_are_where_they_were(client: TestClient) -> None:
    fleet = get(client, "/api/ships", at=T0 + 10 * MIN + 30_000)
    assert fleet["n"] == 2 and fleet["mmsi"] == [NORDIC, 265_000_002]
    assert fleet["lat"] == [56.04, 55.5] and fleet["sog_kn"] == [14.4, 6.1]
    assert fleet["age_s"] == [30, 30] and fleet["heading_deg"] == [None, None]
    assert fleet["tier"] == ["", ""] and fleet["risk"] == [None, None]
    assert {len(column) for column in fleet.values() if isinstance(column, list)} == {2}


def test_risk_colours_a_ship_from_when_it_was_known(client: TestClient) -> None:
    assert get(client, "/api/ships", at=T0 + 40 * MIN)["tier"] == ["look", ""]
    assert get(client, "/api/ships", at=T0 + 50 * MIN)["tier"] == ["challenge", ""]
    assert get(client, "/api/ships")["risk"] == [0.2, None]


def test_nobody_before_the_first_position_and_nobody_who_is_long_gone(client: TestClient) -> None:
    assert get(client, "/api/ships", at=T0 - 1)["n"] == 0
    assert get(client, "/api/ships", at=END + 2 * 3_600_000)["n"] == 2
    assert get(client, "/api/ships", at=END + 2 * 3_600_000 + 1)["n"] == 0


def test_a_ship_card(client: TestClient) -> None:
    card = get(client, f"/api/ships/{NORDIC}", at=T0 + 60 * MIN)
    assert card["ship"]["name"] == "NORDIC TEST"
    assert card["position"]["t"] == T0 + 60 * MIN and card["position"]["source"] == "made"
    assert [alert["tier"] for alert in card["alerts"]] == ["challenge"]
    assert card["reasons"][0]["text"] == "slower than usual"
    assert card["ahead"][0]["asset"]["name"] == "Open Link"
    assert card["waters"]["name"] == "Denmark"
    assert set(card["script"]) == {"over", "clear"} and card["call"] == []
    assert card["dossier"]["findings"] == {"crossing": 1}


def test_a_track_with_its_crossing(client: TestClient) -> None:
    track = get(client, f"/api/ships/{NORDIC}/track", **{"from": T0 + 20 * MIN, "to": T0 + 40 * MIN})
    assert track["t"] == [T0 + minute * MIN for minute in range(20, 41)]
    assert track["crossings"] == [{"t": T0 + 30 * MIN, "asset": "open-link", "name": "Open Link", "kp_km": 3.0}]
    assert track["expected_sog_kn"][0] is None and track["depth_m"][0] is None
    assert track["provenance"][0] == 0


def test_assets(client: TestClient) -> None:
    features = get(client, "/api/assets")["features"]
    assert [feature["properties"]["id"] for feature in features] == ["open-link"]
    assert features[0]["geometry"] == {"type": "LineString", "coordinates": [[11.0, 56.2], [11.5, 56.2]]}
    assert features[0]["properties"]["sigma_m"] == 50.0


def test_an_asset_card_lists_who_is_near(client: TestClient) -> None:
    card = get(client, "/api/assets/Open Link", at=T0 + 45 * MIN)
    assert card["asset"]["contact"] == "desk of Open Link"
    assert 30 < card["length_km"] < 32
    (near,) = card["near"]
    assert near["ship"]["mmsi"] == NORDIC and near["distance_m"] < 2_300 and 12 < near["kp_km"] < 13
    assert card["next"][0]["minutes"] == 20.0
    assert [finding["kind"] for finding in card["findings"]] == ["crossing"]


def test_alerts_as_known_then(client: TestClient) -> None:
    assert get(client, "/api/alerts", at=T0 + 39 * MIN)["alerts"] == []
    assert [a["revision"] for a in get(client, "/api/alerts", at=T0 + 45 * MIN)["alerts"]] == [1]
    assert [a["revision"] for a in get(client, "/api/alerts")["alerts"]] == [2]
    assert get(client, "/api/alerts", state="closed")["alerts"] == []
    detail = get(client, "/api/alerts/alert-0")
    assert detail["revision"] == 2 and [old["revision"] for old in detail["history"]] == [1]


def test_findings_are_filtered(client: TestClient) -> None:
    assert len(get(client, "/api/findings")["findings"]) == get(client, "/api/findings")["total"] == 1
    assert get(client, "/api/findings", mmsi=1)["findings"] == []
    assert get(client, "/api/findings", kind="stop")["findings"] == []
    assert get(client, "/api/findings", asset="open-link", at=T0)["findings"] == []


def test_a_person_works_on_an_alert(client: TestClient, ledger: Ledger) -> None:
    assert client.post("/api/alerts/alert-0/ack", json={"actor": "anna"}).json()["state"] == "raised"
    assert client.post("/api/alerts/alert-0/comment", json={"actor": "anna", "text": "called"}).status_code == 200
    assert client.post("/api/alerts/alert-0/comment", json={"actor": "anna"}).status_code == 422
    assert client.post("/api/alerts/alert-0/close", json={"actor": "anna", "outcome": "bad ship"}).status_code == 422
    closed = client.post("/api/alerts/alert-0/close", json={"actor": "anna", "outcome": "benign: pilot"}).json()
    assert (closed["state"], closed["outcome"], closed["closed_t"]) == ("closed", "benign: pilot", END)
    assert get(client, "/api/alerts", state="active")["alerts"] == []
    assert [a["state"] for a in get(client, "/api/alerts", at=T0 + 60 * MIN)["alerts"]] == ["raised"]
    log = get(client, "/api/alerts/alert-0")["log"]
    assert [(entry["actor"], entry["action"]) for entry in log] == [
        ("anna", "ack"),
        ("anna", "comment"),
        ("anna", "close"),
    ]
    assert verify(ledger).whole and [entry.actor for entry in ledger.entries("action")] == ["anna"] * 3


def test_a_fault_is_declared_and_ended_and_outlives_a_restart(
    client: TestClient, ledger: Ledger, make_watch: Any, public_asset: Asset
) -> None:
    made = client.post("/api/faults", json={"asset": "Open Link", "from_t": T0, "kp_from_km": 9, "kp_to_km": 2})
    assert made.status_code == 201
    fault = made.json()
    assert (fault["kp_from_km"], fault["kp_to_km"], fault["declared_t"]) == (2, 9, END)
    assert fault["id"] in get(client, "/api/status")["faults"]
    again = TestClient(make_app(make_watch([public_asset], ledger)))
    assert get(again, f"/api/faults/{fault['id']}")["id"] == fault["id"]
    assert client.post(f"/api/faults/{fault['id']}/clear", json={"actor": "bo"}).json()["state"] == "cleared"
    assert fault["id"] not in get(client, "/api/status")["faults"]
    assert [entry.stream for entry in ledger.entries()] == ["fault", "ranking", "fault_cleared"]


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({"asset": "No Link", "from_t": T0}, 404, "there is no asset `No Link`"),
        ({"asset": "Open Link"}, 422, "missing required field `from_t`"),
        ({"asset": "Open Link", "from_t": T0, "to_t": T0 - 1}, 422, "`to_t` lies before `from_t`"),
        ({"asset": "Open Link", "from_t": T0, "kp_from_km": 99}, 422, "KP 99 lies beyond the end of the asset"),
        ({"asset": "Open Link", "from_t": T0, "kp": 3}, 422, "unknown field `kp`"),
        ({"asset": "Open Link", "from_t": "soon"}, 422, "$.from_t"),
    ],
)
def test_a_wrong_fault_is_answered_with_a_sentence(
    client: TestClient, body: dict[str, object], status: int, detail: str
) -> None:
    answer = client.post("/api/faults", json=body)
    assert answer.status_code == status
    assert detail in answer.json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/ships/1",
        "/api/ships/1/track",
        "/api/assets/none",
        "/api/alerts/none",
        "/api/faults/none",
        "/api/schemas/none.json",
        "/api/none",
        "/none.js",
        "/basemap/land.json",
        "/assets/../../secret.txt",
        "/..%2fsecret.txt",
    ],
)
def test_what_is_not_there(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json()["detail"].startswith("there is no")


@pytest.mark.parametrize("path", ["/api/ships?at=x", "/api/ships/abc", "/api/alerts?state=new", "/api/ships?at=-1"])
def test_a_wrong_question_is_answered_with_a_sentence(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 422
    assert isinstance(answer.json()["detail"], str)


def test_timeline(client: TestClient) -> None:
    line = get(client, "/api/timeline")
    assert line["bin_ms"] == 30_000 and sum(line["density"]) == 238
    assert [mark["tier"] for mark in line["alerts"]] == ["challenge"]
    assert line["findings"] == [{"t": T0 + 30 * MIN, "kind": "crossing", "n": 1}]
    assert get(client, "/api/timeline", **{"from": 0, "to": 1})["density"] == [0]
    assert len(get(client, "/api/timeline", **{"from": 0})["density"]) <= 4_000


def test_the_page_with_ranges_and_tags(client: TestClient) -> None:
    assert "<title>page</title>" in client.get("/").text
    part = client.get("/assets/app-1.js", headers={"range": "bytes=2-4"})
    assert (part.status_code, part.text) == (206, "234")
    tag = client.get("/assets/app-1.js").headers["etag"]
    assert tag
    assert "immutable" in client.get("/assets/app-1.js").headers["cache-control"]


def test_a_page_that_is_not_built_says_so(make_watch: Any, public_asset: Asset, tmp_path: Path) -> None:
    bare = TestClient(make_app(make_watch([public_asset]), page=tmp_path, basemap=tmp_path))
    assert "./run setup" in bare.get("/").text


def test_every_answer_is_guarded(client: TestClient) -> None:
    for path in ("/", "/api/status", "/api/none"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
    assert client.get("/api/status").headers["cache-control"] == "no-store"


def test_other_names_and_other_sites_are_turned_away(client: TestClient) -> None:
    assert client.get("/api/status", headers={"host": "evil.example"}).status_code == 421
    assert client.get("/api/status", headers={"host": "127.0.0.1:8600"}).status_code == 200
    assert client.get("/api/status", headers={"host": "[::1]:8600"}).status_code == 200
    foreign = client.post("/api/faults", json={}, headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert client.post("/api/faults", content="asset=x").status_code == 415
    assert client.post("/api/faults", json={"note": "x" * 100_000}).status_code == 413


def test_schemas_are_served(client: TestClient) -> None:
    assert get(client, "/api/schemas/alert.json")["$id"] == "seawarden:alert:1"
