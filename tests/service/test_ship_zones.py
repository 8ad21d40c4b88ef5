"""One ship's dossier on the page: her way through waters and zones, who has the watch, and the reader's rights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import shapely
from fastapi.testclient import TestClient

from seawarden.geography.layer import build_layer
from seawarden.geography.zones import Zone, ZoneLayer
from seawarden.model.asset import Asset
from seawarden.run.build import surroundings_of
from seawarden.run.charts import Charts
from seawarden.service.app import make_app
from seawarden.service.surround import Surround

NORDIC = 219_000_001


def client_of(make_watch: Any, assets: list[Asset], tmp_path: Path, charts: Charts) -> TestClient:
    around = Surround(surroundings_of(build_layer(assets), charts=charts))
    return TestClient(make_app(make_watch(assets, None, around=around), page=tmp_path, basemap=tmp_path))


def test_the_dossier_tells_waters_zones_and_who_has_the_watch(
    make_watch: Any, public_asset: Asset, tmp_path: Path
) -> None:
    lane = Zone(kind="lane", name="Test lane", area_km2=10.0)
    eez = Zone(kind="eez", name="Test zone", country="SE", area_km2=1e5)
    zones = ZoneLayer([(lane, shapely.box(11.1, 56.1, 11.3, 56.2)), (eez, shapely.box(10.0, 55.0, 13.0, 58.0))])
    client = client_of(make_watch, [public_asset], tmp_path, Charts(zones=zones))
    told = client.get(f"/api/ships/{NORDIC}/dossier").json()
    assert told["positions"] == 120 and told["number"]["flag"] == "Denmark"
    stays = {(stay["kind"], stay["name"]) for stay in told["zones"]}
    assert ("zone", "Test lane") in stays
    assert any(kind == "waters" for kind, _ in stays)
    assert told["watch"]
    assert [finding["kind"] for finding in told["findings"]] == ["crossing"]


def test_what_is_restricted_stays_out_of_the_dossier(
    make_watch: Any, public_asset: Asset, secret_asset: Asset, tmp_path: Path
) -> None:
    client = client_of(make_watch, [public_asset, secret_asset], tmp_path, Charts())
    answer = client.get(f"/api/ships/{NORDIC}/dossier")
    assert answer.status_code == 200 and secret_asset.name not in answer.text
    assert public_asset.name in answer.text


def test_an_unknown_ship_is_not_found(make_watch: Any, public_asset: Asset, tmp_path: Path) -> None:
    assert client_of(make_watch, [public_asset], tmp_path, Charts()).get("/api/ships/1/dossier").status_code == 404
