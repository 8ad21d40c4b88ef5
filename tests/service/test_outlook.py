"""One ship's forecast over the API: drawn as a fan and regions, from what was known then, through the gate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from fastapi.testclient import TestClient
from shapely.geometry import shape

from seawarden.geography.layer import build_layer
from seawarden.model.asset import Asset
from seawarden.run.build import surroundings_of
from seawarden.service.app import make_app
from seawarden.service.recorded_outlook import RecordedOutlook
from seawarden.settings import DEFAULTS
from seawarden.store.recording import Recording

T0 = 1_735_084_800_000
MIN = 60_000
NORDIC = 219_000_001


@pytest.fixture(scope="module")
def client(
    make_watch: Any,
    recorded: Callable[[Sequence[Asset]], Recording],
    public_asset: Asset,
    secret_asset: Asset,
) -> TestClient:
    assets = [public_asset, secret_asset]
    layer = build_layer(assets)
    outlook = RecordedOutlook(recorded(assets), layer, DEFAULTS, surroundings_of(layer))
    return TestClient(make_app(make_watch(assets, outlook=outlook)))


def test_a_fan_with_its_regions(client: TestClient) -> None:
    answer = client.get(f"/api/ships/{NORDIC}/forecast", params={"at": T0 + 40 * MIN})
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert made["t"] <= made["at"] == T0 + 40 * MIN
    assert made["by"] in {"history", "motion"}
    assert 1 <= len(made["paths"]) <= 16
    assert sum(path["chance"] for path in made["paths"]) == pytest.approx(1, abs=0.01)
    assert {len(path["line"]) for path in made["paths"]} == {len(made["minutes"])} == {73}
    assert [region["minutes"] for region in made["regions"]] == [60, 120, 180, 360, 720]
    assert [region["validated"] for region in made["regions"]] == [True, True, True, True, False]
    for region in made["regions"]:
        assert shape(region["geometry"]).area > 0 and region["area_km2"] > 0


def test_what_a_reader_may_not_see_is_not_ahead(client: TestClient) -> None:
    made = client.get(f"/api/ships/{NORDIC}/forecast", params={"at": T0 + 10 * MIN}).json()
    assert "quiet" not in str(made).casefold()
    card = client.get(f"/api/ships/{NORDIC}", params={"at": T0 + 10 * MIN}).json()
    assert "quiet" not in str(card["ahead"]).casefold()


def test_the_past_knows_nothing_of_the_future(client: TestClient) -> None:
    at = {"at": T0 + 30 * MIN}
    before = client.get(f"/api/ships/{NORDIC}/forecast", params=at).json()
    client.get(f"/api/ships/{NORDIC}/forecast", params={"at": T0 + 100 * MIN})
    assert client.get(f"/api/ships/{NORDIC}/forecast", params=at).json() == before


def test_no_forecast_without_a_past_or_a_ship(client: TestClient) -> None:
    assert client.get(f"/api/ships/{NORDIC}/forecast", params={"at": T0 - 60 * MIN}).status_code == 404
    assert client.get("/api/ships/999999999/forecast").status_code == 404


def test_a_watch_without_forecasts_says_so(make_watch: Any, public_asset: Asset) -> None:
    plain = TestClient(make_app(make_watch([public_asset])))
    assert plain.get(f"/api/ships/{NORDIC}/forecast").status_code == 404
    assert plain.get("/api/status").json()["forecast"] is None
