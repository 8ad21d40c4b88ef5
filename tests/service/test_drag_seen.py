"""How well a drag would be seen, by the API: of one ship, and of all near assets that a reader may see."""

from __future__ import annotations

import numpy as np
import pytest
from fastapi.testclient import TestClient

from seawarden.behaviours.drag.before import BEFORE
from seawarden.behaviours.drag.model import DragModel, shipped
from seawarden.behaviours.drag.seen import TERMS, Seen
from seawarden.geography.layer import build_layer
from seawarden.model.rights import Rights
from seawarden.ports import Surroundings
from seawarden.service import drag_seen
from seawarden.service.app import make_app
from seawarden.service.surround import Surround

T0 = 1_735_084_800_000
MIN = 60_000
NORDIC = 219_000_001


@pytest.fixture
def model() -> DragModel:
    made = DragModel.__new__(DragModel)
    made.__dict__.update(shipped().__dict__)
    lines = [
        {
            "loss": loss, "minutes": minutes, "rate": rate, "angle": angle, "constant": 4.0,
            "weights": [-1.0] * len(TERMS), "shares": {"below": 0.0, "rare": 0.02},
        }
        for loss in (0.3, 0.15) for minutes in (15, 30) for rate in ("noticed", "look") for angle in (False, True)
    ]  # fmt: skip
    plain = {"before": list(BEFORE), "terms": list(TERMS), "cases": 1, "ships": 1, "thresholds": {}, "lines": lines}
    made.seen = Seen(plain)
    return made


def client(make_watch, assets, model, rights=None) -> TestClient:
    around = Surroundings(assets=build_layer(assets), depth=None, places=None, coverage=None, waters=None)
    more = {} if rights is None else {"rights": rights}
    return TestClient(make_app(make_watch(assets, around=Surround(around, drag=model)), **more))


def test_a_ship_is_told_with_what_lowers_her_chance(model, make_watch, public_asset):
    with client(make_watch, [public_asset], model) as api:
        card = api.get(f"/api/ships/{NORDIC}", params={"at": T0 + 100 * MIN}).json()
        early = api.get(f"/api/ships/{NORDIC}", params={"at": T0 + 9 * MIN}).json()
        before = api.get(f"/api/ships/{NORDIC}", params={"at": T0 - 1}).json()
    assert card["seen"]["how"] == "well"
    assert card["seen"]["reasons"] == ["past traffic not known here"]
    assert card["seen"]["line"].startswith(
        "a drag of 30 % beginning now would be noticed within 15 min, more than 19"
    )
    assert early["seen"]["reasons"] == ["heard for 9 min only", "past traffic not known here"]
    assert early["seen"]["chance"] < card["seen"]["chance"]
    assert before["seen"] is None


def test_ships_near_assets_are_counted_and_the_blind_ones_named(model, make_watch, public_asset, secret_asset):
    assets = [public_asset, secret_asset]
    with client(make_watch, assets, model) as api:
        seen = api.get("/api/seen", params={"at": T0 + 52 * MIN}).json()["seen"]
        far = api.get("/api/seen", params={"at": T0 + 118 * MIN}).json()["seen"]
        hidden = api.get("/api/seen", params={"at": T0 + 79 * MIN}).json()["seen"]
        status = api.get("/api/status").json()["seen"]
    assert seen["t"] == T0 + 50 * MIN
    assert (seen["ships"], seen["well"], seen["hardly"]) == (1, 1, 0)
    assert seen["line"] == (
        "of one ship under way near assets, a drag of 30 % would be noticed within 15 min on 1 (8 in 10 or better)"
    )
    assert seen["blind"] == []
    assert far["ships"] == 0 and far["line"] == "no ship is under way near assets"
    assert hidden["ships"] == 0
    assert status["t"] % drag_seen.EVERY_MS == 0
    with client(make_watch, assets, model, Rights(frozenset({"navy"}))) as api:
        assert api.get("/api/seen", params={"at": T0 + 79 * MIN}).json()["seen"]["ships"] == 1


def test_a_ship_on_which_hardly_a_drag_would_be_seen_is_named(model, make_watch, public_asset):
    with client(make_watch, [public_asset], model) as api:
        seen = api.get("/api/seen", params={"at": T0 + 42 * MIN}).json()["seen"]
        assert seen["hardly"] == 0
        model.seen.__dict__["_lines"] = {
            key: line._replace(constant=-3.0, weights=np.zeros(len(TERMS)))
            for key, line in model.seen.__dict__["_lines"].items()
        }
        seen = api.get("/api/seen", params={"at": T0 + 52 * MIN}).json()["seen"]
    assert seen["hardly"] == 1
    assert [(ship["mmsi"], ship["name"]) for ship in seen["blind"]] == [(NORDIC, "NORDIC TEST")]


def test_without_a_model_that_says_it_nothing_is_said(model, make_watch, public_asset):
    model.seen = None
    with client(make_watch, [public_asset], model) as api:
        assert api.get("/api/seen", params={"at": T0 + 52 * MIN}).json()["seen"] is None
        assert api.get(f"/api/ships/{NORDIC}", params={"at": T0 + 52 * MIN}).json()["seen"] is None
    with client(make_watch, [public_asset], None) as api:
        assert api.get("/api/seen").json()["seen"] is None
    with TestClient(make_app(make_watch([public_asset]))) as api:
        assert api.get("/api/status").json()["seen"] is None
