"""Finding ships by name, MMSI, IMO number and call sign, and assets by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from fastapi.testclient import TestClient

from seawarden.model.asset import Asset
from seawarden.service.app import make_app
from seawarden.service.replayed import Replayed


@pytest.fixture
def client(make_watch: Callable[..., Replayed], public_asset: Asset, secret_asset: Asset) -> TestClient:
    watch = make_watch([public_asset, secret_asset])
    nordic, other = watch._recording.ships
    watch._recording.ships[:] = [msgspec.structs.replace(nordic, imo=9123456, callsign="OX1AB"), other]
    return TestClient(make_app(watch))


def found(client: TestClient, q: str, **more: Any) -> tuple[list[int], list[str]]:
    told = client.get("/api/search", params={"q": q} | more).json()
    return [ship["mmsi"] for ship in told["ships"]], [asset["id"] for asset in told["assets"]]


@pytest.mark.parametrize("q", ["nordic", "TEST", "2190", "219000001", "9123456", "IMO 9123456", "imo9123", "ox1ab"])
def test_a_ship_is_found(client: TestClient, q: str) -> None:
    assert found(client, q)[0] == [219_000_001]


def test_an_asset_is_found_and_a_hidden_one_is_not(client: TestClient) -> None:
    assert found(client, "open")[1] == ["open-link"]
    assert found(client, "quiet") == ([], [])


def test_as_known_then(client: TestClient) -> None:
    assert found(client, "nordic", at=1_735_084_000_000) == ([], [])
    assert client.get("/api/search", params={"q": ""}).status_code == 422
