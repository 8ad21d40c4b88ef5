"""A user's own map layers: what is read, and how what can't be is told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from seawarden.geography.map_layers import layers_of, read_layer
from seawarden.model.error import AssetError

KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>Patrol box</name><Polygon><outerBoundaryIs>
<LinearRing><coordinates>11,56 12,56 12,57 11,56</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>
<Placemark><name>Buoy</name><Point><coordinates>11.5,56.5</coordinates></Point></Placemark></Document></kml>"""


def geojson(*features: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def feature(geometry: object, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def test_geojson_kml_and_geopackage_are_read_alike(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text(
        geojson(feature({"type": "LineString", "coordinates": [[11, 56], [12, 57]]}, name="Fairway", depth=12))
    )
    (tmp_path / "b.kml").write_text(KML)
    pyogrio.raw.write(
        tmp_path / "c.gpkg",
        shapely.to_wkb(shapely.points([[11.0, 56.0]])),
        [np.array(["Post"], dtype=object)],
        ["name"],
        geometry_type="Point",
        crs="EPSG:4326",
    )
    a, b, c = layers_of([str(tmp_path / name) for name in ("a.geojson", "b.kml", "c.gpkg")])
    assert a.features[0]["properties"] == {"name": "Fairway", "depth": 12}
    assert a.features[0]["geometry"] == {"type": "LineString", "coordinates": [[11.0, 56.0], [12.0, 57.0]]}
    assert [f["properties"]["name"] for f in b.features] == ["Patrol box", "Buoy"]
    assert [f["geometry"]["type"] for f in b.features] == ["Polygon", "Point"]
    assert c.features[0]["properties"]["name"] == "Post" and c.problems == ()


def test_another_reference_system_is_turned_into_degrees(tmp_path: Path) -> None:
    path = tmp_path / "utm.gpkg"
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapely.points([[691_875.6, 6_098_907.8]])),
        [np.array(["Post"], dtype=object)],
        ["name"],
        geometry_type="Point",
        crs="EPSG:25832",
    )
    lon, lat = read_layer(path).features[0]["geometry"]["coordinates"]
    assert (lon, lat) == (pytest.approx(12.0, abs=0.001), pytest.approx(55.0, abs=0.001))


def test_a_group_alone_sees_its_layer_and_names_do_not_clash(tmp_path: Path) -> None:
    path = tmp_path / "b.kml"
    path.write_text(KML)
    one, two = layers_of([f"navy={path}", str(path)])
    assert (one.visibility, two.visibility) == ("navy", "public")
    assert one.id != two.id


def test_bad_features_are_told_by_number_and_the_rest_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "mixed.geojson"
    path.write_text(
        geojson(
            feature({"type": "Point", "coordinates": [11, 56]}, name="good"),
            feature({"type": "Point", "coordinates": [691875, 6098907]}, name="metres"),
            feature(None, name="nothing"),
        )
    )
    layer = read_layer(path)
    assert [f["properties"]["name"] for f in layer.features] == ["good"]
    assert [p.feature for p in layer.problems] == ["2 'metres'", "3 'nothing'"]
    assert "are these metres" in str(layer.problems[0]) and "has no geometry" in str(layer.problems[1])


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("x.geojson", '{"type": "FeatureCollection",\n "features": [}', "x.geojson, line 2, column 15: is no JSON"),
        ("x.json", '{"a": 1}', "no GeoJSON: it has no `type`"),
        ("x.geojson", geojson(), "it holds no feature"),
        ("x.geojson", geojson(feature(None, name="n")), "nothing in it can be drawn: x.geojson, feature 1 'n'"),
        ("x.kml", "<kml>\n<Document>\n</kml>", "x.kml, line 3: is no XML"),
        ("x.gpkg", "no database", "can't be read as a map"),
        ("x.dwg", "", "the form '.dwg' is not read"),
    ],
)
def test_a_bad_file_is_told_with_its_place(tmp_path: Path, name: str, text: str, said: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(AssetError) as told:
        read_layer(path)
    assert said in str(told.value)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="there is no such map layer"):
        read_layer(tmp_path / "gone.kml")
