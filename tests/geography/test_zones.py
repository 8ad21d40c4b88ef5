"""Zones: read from the forms that people have, found fast, and taken into places and waters."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from seawarden.geography.ports_table import PlacesTable
from seawarden.geography.waters import Waters
from seawarden.geography.zones import Zone, ZoneLayer
from seawarden.geography.zones_around import ZonedPlaces, ZonedWaters
from seawarden.geography.zones_kinds import name_feature
from seawarden.geography.zones_read import read_zones, zones_of
from seawarden.model.error import AssetError

SQUARE = [[[10.0, 57.0], [10.2, 57.0], [10.2, 57.1], [10.0, 57.1], [10.0, 57.0]]]


def write(path: Path, *features: tuple[dict[str, Any], dict[str, Any]]) -> Path:
    tree = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": said, "geometry": shape} for said, shape in features],
    }
    text = json.dumps(tree).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


def polygon(rings: Any = SQUARE) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": rings}


@pytest.mark.parametrize(
    ("said", "kind", "name", "country"),
    [
        ({"seamark:type": "anchorage", "seamark:name": "Skagen Red"}, "anchorage", "Skagen Red", ""),
        ({"seamark:type": "separation_lane"}, "lane", "", ""),
        ({"seamark:type": "pilot_boarding", "name": "Kiel"}, "pilot", "Kiel", ""),
        ({"name": "Anholt", "n_turbines": 111, "country": "Denmark"}, "wind_farm", "Anholt", "Denmark"),
        ({"Dredging_ID": "001", "Site_name": "Off Tolbukhin"}, "dredging", "Off Tolbukhin", ""),
        ({"man_made": "offshore_platform", "name": "Baltic Beta"}, "platform", "Baltic Beta", ""),
        ({"A3": "FIN"}, "territorial_sea", "FI", "FI"),
        (
            {"GEONAME": "Estonian Exclusive Economic Zone", "MRGID": 5675, "POL_TYPE": "200NM", "ISO_TER1": "EST"},
            "eez", "Estonian Exclusive Economic Zone", "EE",
        ),
        ({"name": "Finnish EEZ", "state": "FIN", "kind": "200NM", "mrgid": "5676"}, "eez", "Finnish EEZ", "FI"),
        ({"MRGID": 1, "GEONAME": "Danish 12 NM", "POL_TYPE": "12NM", "ISO_TER1": "DNK"}, "territorial_sea",
         "Danish 12 NM", "DK"),
        ({"kind": "dredging", "name": "Mine"}, "dredging", "Mine", ""),
    ],
)  # fmt: skip
def test_features_are_known_by_their_own_properties(said, kind, name, country):
    assert name_feature(said) == (kind, name, country)


@pytest.mark.parametrize("said", [{"name": "x"}, {"leisure": "marina", "harbour": "yes"}, {}])
def test_what_says_nothing_known_is_no_zone(said):
    assert name_feature(said) is None
    given_kind = name_feature(said, "anchorage")
    assert said == {"leisure": "marina", "harbour": "yes"} or (
        given_kind is not None and given_kind.kind == "anchorage"
    )


def test_points_lines_and_areas_become_areas(tmp_path):
    path = write(
        tmp_path / "zones.geojson.gz",
        ({"seamark:type": "anchorage", "name": "A"}, {"type": "Point", "coordinates": [11.0, 57.0]}),
        ({"seamark:type": "separation_lane"}, {"type": "LineString", "coordinates": [[11.0, 57.5], [11.5, 57.5]]}),
        ({"plant:source": "wind", "name": "W"}, {"type": "LineString", "coordinates": SQUARE[0]}),
        ({"name": "nothing"}, polygon()),
    )
    read = read_zones(path)
    assert read.left == {"unknown_kind": 1}
    layer = ZoneLayer(read.zones)
    assert [z.name for z in layer.at(57.0, 11.0)] == ["A"]
    assert not layer.at(57.02, 11.0)  # beyond a kilometre
    assert [z.kind for z in layer.at(57.505, 11.2)] == ["lane"]
    assert [z.name for z in layer.at(57.05, 10.1)] == ["W"]


def test_a_kind_may_be_given_and_a_wrong_one_is_told(tmp_path):
    path = write(tmp_path / "mine.geojson", ({"name": "Roads"}, polygon()))
    with pytest.raises(AssetError, match="KIND="):
        zones_of([str(path)])
    assert zones_of([f"anchorage={path}"]).zones[0].kind == "anchorage"
    with pytest.raises(AssetError, match="no kind of zone"):
        zones_of([f"harbor={path}"])
    with pytest.raises(AssetError, match="no such map"):
        zones_of([str(tmp_path / "absent.gpkg")])
    (tmp_path / "broken.geojson").write_text("{")
    with pytest.raises(AssetError, match="can't be read"):
        zones_of([str(tmp_path / "broken.geojson")])


@given(lat=st.floats(56.5, 57.6), lon=st.floats(9.7, 10.6))
def test_the_grid_answers_as_the_geometry_does(lat, lon):
    shapes = [shapely.Point(10.1, 57.05).buffer(0.2), shapely.box(10.0, 57.0, 10.2, 57.1)]
    layer = ZoneLayer((Zone(kind="anchorage", name=str(k), area_km2=float(k)), s) for k, s in enumerate(shapes))
    assert {z.name for z in layer.at(lat, lon)} == {
        str(k) for k, s in enumerate(shapes) if shapely.intersects_xy(s, lon, lat)
    }


def test_nothing_is_where_nothing_is_known():
    assert ZoneLayer().at(57.0, 11.0) == [] and len(ZoneLayer()) == 0
    assert ZoneLayer([(Zone(kind="eez", name="x"), shapely.box(0, 0, 1, 1))]).at(float("nan"), 0.5) == []


def test_zones_of_work_are_places_and_others_are_not():
    zones = ZoneLayer(
        [
            (Zone(kind="anchorage", name="Roads", area_km2=1.0), shapely.box(10.0, 57.0, 10.2, 57.1)),
            (Zone(kind="lane", name="Lane", area_km2=2.0), shapely.box(10.0, 57.0, 10.4, 57.1)),
        ]
    )
    places = ZonedPlaces(PlacesTable([]), zones)
    found = places.at(57.05, 10.1)
    assert found is not None and (found.kind, found.name) == ("anchorage", "Roads")
    assert places.at(57.05, 10.3) is None


def test_waters_come_from_the_map_beyond_the_territorial_sea():
    nowhere = Waters(np.zeros((1, 1), np.uint8), np.zeros((1, 1), np.uint8), [], (0.0, 0.0), (-1e-12, -1e-12))
    zones = ZoneLayer(
        [
            (Zone(kind="eez", name="Swedish zone", country="SE", area_km2=2.0), shapely.box(17.0, 57.0, 19.0, 58.0)),
            (
                Zone(kind="territorial_sea", name="SE", country="SE", area_km2=1.0),
                shapely.box(17.0, 57.0, 17.5, 58.0),
            ),
            (Zone(kind="eez", name="Both claim it", area_km2=3.0), shapely.box(18.9, 57.0, 19.5, 58.0)),
        ]
    )
    waters = ZonedWaters(nowhere, zones)
    assert waters.waters_at(57.5, 17.2) == ("SE", "territorial sea")
    assert waters.waters_at(57.5, 18.0) == ("SE", "EEZ")
    assert waters.waters_at(57.5, 18.95) == ("Swedish zone", "EEZ")  # two claims: no side is taken
    assert waters.waters_at(57.5, 21.0) == ("unknown waters", "unknown")
    assert waters.shore(57.5, 18.0).state == "SE"


def test_the_real_maps_are_read(samples):
    geo = samples / "geo"
    names = [
        "osm_tss.geojson.gz", "osm_anchorages.geojson.gz", "emodnet_windfarmspoly.geojson.gz",
        "helcom_dredging_sites_areas.geojson.gz", "maritime_borders_12nm_northsea_baltic.geojson",
        "offshore_platforms.geojson.gz",
    ]  # fmt: skip
    layer = zones_of([str(geo / name) for name in names])
    kinds = {zone.kind for zone in layer.zones}
    assert {"lane", "separation_zone", "anchorage", "wind_farm", "dredging", "territorial_sea", "platform"} <= kinds
    assert "Anholt" in [zone.name for zone in layer.at(56.6, 11.21)]
    assert ("EE", "territorial_sea") in [(zone.country, zone.kind) for zone in layer.at(59.5, 25.0)]
