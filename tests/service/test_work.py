"""The work on alerts over the API: from the first acknowledgement to the signed hand-over, and as known then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from seawarden.model.asset import Asset
from seawarden.service.app import make_app
from seawarden.service.replayed import Replayed
from seawarden.store.ledger import Ledger
from seawarden.store.verify import verify

MIN = 60_000


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite")


@pytest.fixture
def watch(make_watch: Callable[..., Replayed], public_asset: Asset, secret_asset: Asset, ledger: Ledger) -> Replayed:
    return make_watch([public_asset, secret_asset], ledger)


@pytest.fixture
def client(watch: Replayed) -> TestClient:
    return TestClient(make_app(watch), raise_server_exceptions=False)


@pytest.fixture
def alert(client: TestClient) -> dict[str, Any]:
    first: dict[str, Any] = client.get("/api/alerts").json()["alerts"][0]
    return first


def do(client: TestClient, alert: dict[str, Any], action: str, status: int = 200, **body: object) -> dict[str, Any]:
    answer = client.post(f"/api/alerts/{alert['id']}/{action}", json={"actor": "Ada"} | body)
    assert answer.status_code == status, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_night_on_one_alert(client: TestClient, alert: dict[str, Any], ledger: Ledger) -> None:
    t = alert["updated_t"]
    do(client, alert, "ack", t=t + MIN)
    do(client, alert, "phase", phase="verify", t=t + 2 * MIN)
    do(client, alert, "check", text="position checked against another source", t=t + 2 * MIN)
    do(client, alert, "call", whom="the bridge", text="both anchors home", kind="satisfying", t=t + 3 * MIN)
    work = do(client, alert, "promise", text="revolutions reported", due_t=t + 10 * MIN, t=t + 4 * MIN)["work"]
    promise = work["promises"][0]["id"]
    do(client, alert, "assign", to="Ben", t=t + 5 * MIN)
    do(client, alert, "unit", text="patrol boat", t=t + 6 * MIN)
    do(client, alert, "hold", t=t + 7 * MIN)
    then = client.get("/api/desk", params={"at": t + 12 * MIN}).json()
    assert [p["overdue"] for p in then["promises"]] == [True]
    do(client, alert, "keep", id=promise, t=t + 13 * MIN)
    done = do(client, alert, "close", outcome="benign: engine trouble", t=t + 14 * MIN)
    assert done["state"] == "closed" and done["outcome"] == "benign: engine trouble"
    work = done["work"]
    assert work["acknowledged_by"] == "Ada" and work["phase"] == "verify"
    assert work["calls"][0]["answer"] == "both anchors home"
    assert work["promises"][0]["kept_by"] == "Ada"
    assert client.get("/api/desk", params={"at": t + 12 * MIN}).json() == then, "the past is as it was known"
    early = client.get("/api/desk", params={"at": t}).json()
    assert early["works"] == {}
    verdict = verify(ledger)
    assert not verdict.flaws and verdict.entries == 10
    actors = {entry.actor for entry in ledger.entries("action")}
    assert actors == {"Ada"}


@pytest.mark.parametrize(
    ("action", "body", "said"),
    [
        ("comment", {}, "needs `text`"),
        ("assign", {}, "needs `to`"),
        ("phase", {}, "needs `phase`"),
        ("phase", {"phase": "sunk"}, "phase"),
        ("promise", {"text": "x"}, "needs `due_t`"),
        ("close", {}, "outcome"),
        ("close", {"outcome": "sabotage"}, "outcome"),
        ("call", {"kind": "angry", "whom": "x"}, "kind"),
        ("ack", {"tex": "x"}, "tex"),
    ],
)
def test_what_is_missing_is_said(
    client: TestClient, alert: dict[str, Any], action: str, body: dict[str, object], said: str
) -> None:
    assert said in do(client, alert, action, 422, **body)["detail"]


def test_an_unknown_action_or_alert(client: TestClient, alert: dict[str, Any]) -> None:
    assert client.post(f"/api/alerts/{alert['id']}/sink", json={}).status_code == 422
    assert client.post("/api/alerts/none/ack", json={}).status_code == 404


def test_a_silence_is_made_from_an_alert_and_ends(client: TestClient, alert: dict[str, Any]) -> None:
    t = alert["updated_t"]
    body = {"alert": alert["id"], "until_t": t + 60 * MIN, "text": "a tow, declared", "actor": "Ada", "t": t}
    made = client.post("/api/silences", json=body)
    assert made.status_code == 201, made.text
    silence = made.json()
    assert silence["mmsi"] == alert["ship"]["mmsi"] and silence["tier"] == alert["tier"]
    assert "quiet-thread" not in made.text
    desk = client.get("/api/desk", params={"at": t + MIN}).json()
    assert desk["silenced"] == {alert["id"]: silence["id"]}
    assert client.post(f"/api/silences/{silence['id']}/end", json={"t": t + 2 * MIN}).status_code == 200
    assert client.get("/api/desk", params={"at": t + 3 * MIN}).json()["silences"] == []
    assert client.get("/api/desk", params={"at": t + MIN}).json()["silenced"], "as known then"
    for wrong in ({"until_t": t}, {"until_t": t + 13 * 60 * MIN}, {"text": ""}, {"by": ["area"]}):
        assert client.post("/api/silences", json=body | wrong).status_code == 422
    assert client.post("/api/silences", json=body | {"alert": "none"}).status_code == 404


def test_a_posture_has_a_name_and_a_reason(client: TestClient) -> None:
    assert client.post("/api/posture", json={"level": "raised", "text": "", "actor": "Ada"}).status_code == 422
    told = {"level": "high", "text": "a fault next door", "actor": "Ada"}
    assert client.post("/api/posture", json=told).status_code == 200
    assert client.get("/api/desk").json()["posture"]["level"] == "high"
    assert client.get("/api/desk").json()["posture"]["actor"] == "Ada"


def test_a_watch_is_handed_over_on_one_sheet(client: TestClient, alert: dict[str, Any]) -> None:
    t = client.get("/api/status").json()["range"][1]
    do(client, alert, "ack", t=t)
    do(client, alert, "promise", text="a photo <soon>", due_t=t + MIN, t=t)
    given = client.post("/api/handover", json={"actor": "Ada", "text": "quiet night", "t": t})
    assert given.status_code == 201
    name = given.json()["id"]
    assert client.post(f"/api/handover/{name}/take", json={"actor": "Ada", "t": t}).status_code == 409
    taken = client.post(f"/api/handover/{name}/take", json={"actor": "Ben", "t": t}).json()
    assert (taken["given_by"], taken["taken_by"]) == ("Ada", "Ben")
    assert client.post(f"/api/handover/{name}/take", json={"actor": "Cy", "t": t}).status_code == 409
    sheet = client.get("/api/handover", params={"at": t}).json()
    assert sheet["promises"][0]["promise"]["text"] == "a photo <soon>"
    assert sheet["handovers"][0]["taken_by"] == "Ben"
    page = client.get("/api/handover.html", params={"at": t})
    assert page.headers["content-type"].startswith("text/html")
    assert "a photo &lt;soon&gt;" in page.text and "Taken by: Ben" in page.text
    assert "Quiet Thread" not in page.text
