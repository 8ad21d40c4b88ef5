"""A GeoJSON that names an unknown reference system is refused with a sentence, never taken for degrees in silence."""

from __future__ import annotations

import json

import pytest

from seawarden.geography.importing import import_assets
from seawarden.model.error import AssetError


def geojson(name: str) -> str:
    line = {"type": "LineString", "coordinates": [[11.0, 57.0], [11.5, 57.2]]}
    feature = {"type": "Feature", "properties": {"name": "Line"}, "geometry": line}
    member = {"type": "name", "properties": {"name": name}}
    return json.dumps({"type": "FeatureCollection", "crs": member, "features": [feature]})


@pytest.mark.parametrize("name", ["EPSG:9", "EPSG:999999", "our own grid"])
def test_an_unknown_system_is_refused(tmp_path, name):
    file = tmp_path / "routes.geojson"
    file.write_text(geojson(name))
    with pytest.raises(AssetError, match="reference system"):
        import_assets(file)


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"])
def test_degrees_by_any_name_are_degrees(tmp_path, name):
    file = tmp_path / "routes.geojson"
    file.write_text(geojson(name))
    assets = import_assets(file, kind="telecom_cable", sigma_m=100.0).assets
    assert assets[0].current.parts[0] == ((11.0, 57.0), (11.5, 57.2))
