"""A user's own map layers over the API, restricted by rights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient

from seawarden.geography.map_layers import MapLayer
from seawarden.model.asset import Asset
from seawarden.model.rights import Rights
from seawarden.service.app import make_app
from seawarden.service.replayed import Replayed


def point(name: str) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [11.0, 56.0]},
        "properties": {"name": name},
    }


LAYERS = (
    MapLayer(id="fairways", name="fairways", file="fairways.kml", features=(point("A"), point("near Quiet Thread"))),
    MapLayer(id="patrols", name="patrols", file="patrols.gpkg", visibility="navy", features=(point("B"),)),
)


def test_layers_are_told_to_those_who_may_see_them(
    make_watch: Callable[..., Replayed], public_asset: Asset, secret_asset: Asset
) -> None:
    watch = make_watch([public_asset, secret_asset])

    def client(*groups: str) -> TestClient:
        return TestClient(make_app(watch, rights=Rights(frozenset(groups)), map_layers=LAYERS))

    told = client().get("/api/layers").json()["layers"]
    assert [(layer["id"], layer["features"]) for layer in told] == [("fairways", 1)], "a hidden name is not told"
    assert client().get("/api/layers/patrols").status_code == 404
    names = [f["properties"]["name"] for f in client().get("/api/layers/fairways").json()["features"]]
    assert names == ["A"]
    navy = client("navy").get("/api/layers").json()["layers"]
    assert [(layer["id"], layer["features"]) for layer in navy] == [("fairways", 2), ("patrols", 1)]
    assert client("navy").get("/api/layers/patrols").json()["features"][0]["properties"]["name"] == "B"
