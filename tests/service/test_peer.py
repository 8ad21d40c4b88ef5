"""Two desks: the same alerts under the same ids, and what is done at one is known at the other."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from fastapi.testclient import TestClient

from seawarden.model.asset import Asset
from seawarden.model.error import MessageError
from seawarden.model.rights import Rights
from seawarden.service.app import make_app
from seawarden.service.peer import Acts, Peer, fetch
from seawarden.service.replayed import Replayed

Make = Callable[..., Replayed]


def over(client: TestClient) -> Callable[[str, str, int], Acts]:
    """Asks the other node through the API itself."""

    def ask(url: str, token: str, after: int) -> Acts:
        return msgspec.json.decode(client.get(f"/api/acts?after={after}").content, type=Acts)

    return ask


def test_an_acknowledgement_is_shared_once(make_watch: Make, public_asset: Asset) -> None:
    here, there = make_watch([public_asset]), make_watch([public_asset])
    desk, other = TestClient(make_app(here)), TestClient(make_app(there))
    alert = desk.get("/api/alerts").json()["alerts"][0]["id"]
    assert alert == other.get("/api/alerts").json()["alerts"][0]["id"]
    to_there, to_here = Peer(there, "", source=over(desk)), Peer(here, "", source=over(other))
    desk.post(f"/api/alerts/{alert}/ack", json={"actor": "Ada"})
    desk.post("/api/posture", json={"actor": "Ada", "level": "raised", "text": "a word"})
    assert to_there.look() == 2
    assert other.get("/api/desk").json()["works"][alert]["acknowledged_by"] == "Ada"
    assert other.get("/api/desk").json()["posture"]["level"] == "raised"
    assert (to_here.look(), to_there.look(), to_here.look()) == (0, 0, 0), "it does not go round"
    other.post(f"/api/alerts/{alert}/comment", json={"actor": "Ben", "text": "asked: both home"})
    assert to_here.look() == 1
    assert desk.get("/api/desk").json() == other.get("/api/desk").json()


def test_a_fault_goes_from_the_operator_to_the_coast_guard_and_the_answer_back(
    make_watch: Make, public_asset: Asset
) -> None:
    guard = make_watch([public_asset])
    operator = TestClient(make_app(guard))
    fault = operator.post("/api/faults", json={"asset": "open-link", "from_t": guard.range()[0], "actor": "operator"})
    assert fault.status_code == 201
    alert = operator.get("/api/alerts").json()["alerts"][0]["id"]
    called = {"actor": "guard", "whom": "the bridge", "text": "we are slowing for a pilot", "kind": "unsatisfying"}
    operator.post(f"/api/alerts/{alert}/call", json=called)
    operator.post(f"/api/alerts/{alert}/comment", json={"actor": "operator", "text": "received"})
    work = operator.get("/api/desk").json()["works"][alert]
    assert work["calls"][0]["answer"] == "we are slowing for a pilot"
    assert work["comments"][0]["actor"] == "operator"


def test_a_desk_hears_only_of_what_it_may_see(make_watch: Make, public_asset: Asset, secret_asset: Asset) -> None:
    here = make_watch([public_asset, secret_asset])
    insider = TestClient(make_app(here, rights=Rights(frozenset({"navy"}))))
    outsider = TestClient(make_app(here))
    seen = {alert["id"] for alert in outsider.get("/api/alerts").json()["alerts"]}
    hidden = [a["id"] for a in insider.get("/api/alerts").json()["alerts"] if a["id"] not in seen]
    assert hidden
    for alert in (*seen, *hidden):
        insider.post(f"/api/alerts/{alert}/ack", json={"actor": "Ada"})
    told = {act.subject for act in msgspec.json.decode(outsider.get("/api/acts").content, type=Acts).acts}
    assert told == seen


def test_a_node_that_is_not_there_is_said_without_the_token() -> None:
    with pytest.raises(MessageError) as said:
        fetch("http://127.0.0.1:1", "s3cret", 0)
    assert "s3cret" not in str(said.value)
