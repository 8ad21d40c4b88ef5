"""Owners' files into assets: every form, every problem, each explained in a sentence with its place."""

from __future__ import annotations

import json
import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from seawarden.geography.importing import ImportResult, import_assets
from seawarden.geography.importing.door import check_assets
from seawarden.geography.importing.notation import angle, number, split_angle
from seawarden.geography.land import Land, LandMask
from seawarden.geography.layer import build_layer
from seawarden.geography.pack import load_pack, write_pack
from seawarden.model.error import AssetError

ROUTE = [(11.0, 57.0), (11.4, 57.1), (11.9, 57.3)]
SEA = LandMask(Land(np.zeros((1400, 2400), np.uint8), 53.0, 5.0, 0.01, 0.01))


def geojson(path: Path, *features: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return path


def feature(coordinates: Any, shape: str = "LineString", **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": shape, "coordinates": coordinates}}


def take(path: Path, **options: Any) -> ImportResult:
    return import_assets(path, land=SEA, **options)


def said(result: ImportResult) -> dict[str, str]:
    return {p.what: str(p) for p in result.problems}


def written(path: Path, driver: str, crs: str | None = "EPSG:4326", points: Any = ROUTE) -> Path:
    wkb = np.array([shapely.to_wkb(shapely.linestrings(points))], dtype=object)
    fields, data = (["name"], [np.array(["One"], dtype=object)])
    pyogrio.raw.write(path, wkb, data, fields, driver=driver, crs=crs, geometry_type="LineString")
    return path


def test_map_files_of_every_form(tmp_path):
    made = [
        geojson(tmp_path / "a.geojson", feature(ROUTE, name="One", kind="power_cable")),
        written(tmp_path / "b.gpkg", "GPKG"),
        written(tmp_path / "c.shp", "ESRI Shapefile"),
        written(tmp_path / "d.kml", "KML"),
        written(tmp_path / "e.kmz", "LIBKML"),
    ]
    for path in made:
        result = take(path, kind="power_cable", sigma_m=25.0)
        assert [a.name for a in result.assets] == ["One"], path.name
        asset = result.assets[0]
        assert asset.kind == "power_cable"
        assert np.array(asset.current.parts[0]) == pytest.approx(np.array(ROUTE), abs=1e-6)
        assert asset.current.sigma_m == ((25.0, 25.0),)
        assert not [p for p in result.problems if p.severity == "refused"]


def test_what_a_file_does_not_say_is_assumed_in_sight(tmp_path):
    result = take(geojson(tmp_path / "a.geojson", feature(ROUTE)))
    assert result.assets[0].id == "a-1"
    assert result.assets[0].kind == "other"
    assert {"unknown_kind", "unknown_sigma"} <= set(said(result))
    own = take(
        geojson(tmp_path / "a.geojson", feature(ROUTE, power="cable", sigma_m=12)), name="Mine", visibility="navy"
    )
    assert (own.assets[0].kind, own.assets[0].name, own.assets[0].visibility) == ("power_cable", "Mine", "navy")
    assert own.assets[0].current.sigma_m[0][0] == 12.0


def test_foreign_systems_are_turned_and_unknown_ones_refused(tmp_path):
    lon, lat = np.array(ROUTE).T
    x, y = Transformer.from_crs("EPSG:4326", "EPSG:25832", always_xy=True).transform(lon, lat)
    metres = list(zip(x, y, strict=True))
    turned = take(written(tmp_path / "u.gpkg", "GPKG", "EPSG:25832", metres))
    assert "ETRS89" in said(turned)["foreign_crs"]
    assert np.array(turned.assets[0].current.parts[0]) == pytest.approx(np.array(ROUTE), abs=1e-5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bare = written(tmp_path / "n.shp", "ESRI Shapefile", None, metres)
        plain = written(tmp_path / "d.shp", "ESRI Shapefile", None)
    with pytest.raises(AssetError, match="--crs EPSG:25832"):
        take(bare)
    assert take(bare, crs="EPSG:25832").assets
    with pytest.raises(AssetError, match="unknown"):
        take(bare, crs="EPSG:nonsense")
    degrees = take(plain)
    assert "names no reference system" in said(degrees)["unknown_crs"]


@pytest.mark.parametrize(
    ("features", "what", "severity", "taken"),
    [
        ([feature([(57.0, 131.0), (57.1, 131.4)])], "swapped_axes", "refused", 0),
        ([feature([(57.0, 11.0), (57.1, 11.4)])], "swapped_axes", "doubtful", 1),
        ([feature([(11.0, 157.0), (190.4, 57.1)])], "out_of_range", "refused", 0),
        ([feature([(11.0, 57.0), (11.0, 57.0)])], "zero_length", "refused", 0),
        ([feature([(11.0, 57.0), (11.0, 57.0), (11.1, 57.0)])], "duplicate_vertices", "mended", 1),
        ([feature([11.0, 57.0], "Point")], "not_a_line", "refused", 0),
        ([{"type": "Feature", "properties": {}, "geometry": None}], "no_geometry", "refused", 0),
        ([feature([(11.0, 57.0), (12.0, 57.0), (11.5, 57.0)])], "self_overlap", "doubtful", 1),
        ([feature([(11.0, 57.0), (12.0, 57.1), (12.0, 57.0), (11.0, 57.1)])], "self_crossing", "doubtful", 1),
        ([feature([(11.0, 57.0), (11.1, 57.0), (15.0, 57.1), (11.2, 57.0)])], "spike", "doubtful", 1),
        ([feature([(11.0, 57.0), (11.1, 57.0), (11.2, 57.0), (60.2, 57.0)])], "jump", "doubtful", 1),
        ([feature(ROUTE), feature(ROUTE)], "same_line", "doubtful", 2),
        ([feature([(179.0, 10.0), (181.0, 10.5)])], "antimeridian", "mended", 1),
        (
            [feature([[(179.0, 10.0), (180.0, 10.2)], [(-180.0, 10.2), (-179.0, 10.5)]], "MultiLineString")],
            "antimeridian",
            "mended",
            1,
        ),
        (
            [feature([[(11.0, 57.0), (11.2, 57.0)], [(11.3, 57.0), (11.3, 57.0)]], "MultiLineString")],
            "zero_length",
            "mended",
            1,
        ),
    ],
)
def test_each_problem_is_explained_with_its_place(tmp_path, features, what, severity, taken):
    result = take(geojson(tmp_path / "f.geojson", *features), kind="telecom_cable", sigma_m=50.0)
    assert len(result.assets) == taken
    problem = next(p for p in result.problems if p.what == what)
    assert problem.severity == severity
    assert problem.file == "f.geojson"
    assert problem.feature
    assert len(problem.text) > 30
    build_layer(result.assets)


def test_lines_cut_at_180_degrees_become_one(tmp_path):
    cut = [[(179.0, 10.0), (180.0, 10.2)], [(-180.0, 10.2), (-179.0, 10.5)]]
    asset = take(geojson(tmp_path / "f.geojson", feature(cut, "MultiLineString"))).assets[0]
    assert len(asset.current.parts) == 1
    assert build_layer([asset]).length_km(0) == pytest.approx(225.0, rel=0.02)


@given(st.lists(st.tuples(st.floats(-12.0, 32.0), st.floats(47.0, 72.0)), min_size=2, max_size=9, unique=True))
def test_swapped_axes_are_always_noticed(tmp_path_factory, points):
    path = geojson(tmp_path_factory.mktemp("s") / "s.geojson", feature([(y, x) for x, y in points]))
    result = take(path)
    assert "swapped_axes" in said(result) or not result.assets
    right = take(path, swap_axes=True)
    assert "swapped_axes" not in said(right)


def test_vertices_on_land_are_named(tmp_path):
    inside = np.zeros((1400, 2400), np.uint8)
    inside[400:, 640:650] = 60
    ashore = LandMask(Land(inside, 53.0, 5.0, 0.01, 0.01))
    points = [(11.0, 57.5), (11.2, 57.5), (11.3, 57.5), (11.45, 57.5), (11.6, 57.5), (11.7, 57.5), (11.8, 57.5)]
    result = import_assets(geojson(tmp_path / "f.geojson", feature(points)), land=ashore)
    problem = next(p for p in result.problems if p.what == "on_land")
    assert problem.vertex == 4
    assert "6 km" in problem.text


def test_telegeography_keeps_one_asset_for_each_cable(tmp_path):
    one = {"id": "x", "name": "X", "color": "#fff"}
    path = geojson(
        tmp_path / "cables.json",
        feature([[(11.0, 57.0), (11.5, 57.0)]], "MultiLineString", feature_id="x-0", **one),
        feature([[(12.0, 57.0), (12.5, 57.0)]], "MultiLineString", feature_id="x-1", **one),
    )
    result = take(path)
    assert [(a.id, a.kind, len(a.current.parts)) for a in result.assets] == [("x", "telecom_cable", 2)]
    assert result.assets[0].current.sigma_m[0][0] == 15_000.0
    assert result.form == "TeleGeography map"


def test_telegeographys_real_map(samples):
    path = samples / "infra" / "telegeography_2022_cables_CC-BY-NC-SA.json"
    result = import_assets(path)
    assert len(result.assets) > 500
    assert all(a.kind == "telecom_cable" for a in result.assets)
    layer = build_layer(result.assets)
    assert len(layer.index.asset) > 100_000
    points = import_assets(samples / "infra" / "telegeography_2022_landing_points_CC-BY-NC-SA.json")
    assert not points.assets
    assert {p.what for p in points.problems if p.severity == "refused"} == {"not_a_line"}


def test_real_route_points_and_map_files(samples):
    points = import_assets(samples / "infra" / "dkcpc_cables_divided.csv", kind="telecom_cable")
    assert [a.name for a in points.assets] == ["CG2", "Kattegat2A", "Kattegat2B"]
    assert [len(a.current.parts[0]) for a in points.assets] == [9, 7, 9]
    loose = import_assets(samples / "infra" / "dkcpc_points_bbox_deg.csv")
    assert "self_crossing" in said(loose) or "self_overlap" in said(loose)
    osm = import_assets(samples / "infra" / "osm_submarine_power_cables.geojson")
    assert len(osm.assets) > 600
    assert {a.kind for a in osm.assets} == {"power_cable"}


def test_s57_cables_and_pipes(tmp_path, new_cell):
    cell = new_cell(scale=90_000)
    cell.line(22, ROUTE, {116: "POWER ONE", 11: "1", 5: "1.5"})
    cell.line(22, [(10.8, 57.0), (11.9, 57.3)], {116: "PHONE", 11: "4", 149: "4"})
    cell.line(94, [(11.0, 56.5), (11.7, 56.6), (12.2, 56.5)], {116: "GAS"})
    cell.line(20, [(11.0, 56.0), (11.2, 56.0), (11.2, 56.1), (11.0, 56.0)], {116: "AREA"}, prim=3)
    result = take(cell.write(tmp_path / "XX4TEST0.000"))
    by_name = {a.name: a for a in result.assets}
    assert {n: a.kind for n, a in by_name.items()} == {
        "POWER ONE": "power_cable",
        "PHONE": "telecom_cable",
        "GAS": "pipeline",
        "AREA": "other",
    }
    power = by_name["POWER ONE"].current
    assert np.array(power.parts[0]) == pytest.approx(np.array(ROUTE), abs=1e-6)
    assert power.burial_m == ((1.5, 1.5),)
    assert power.sigma_m[0][0] == 45.0, "half a millimetre at 1:90,000"
    assert by_name["PHONE"].status == "out_of_service"
    assert "Outline" in by_name["AREA"].notes
    lights = new_cell()
    lights.line(30, ROUTE, {116: "COAST"})
    with pytest.raises(AssetError, match="CBLSUB"):
        take(lights.write(tmp_path / "XX4TEST1.000"))


RPL: list[list[Any]] = [
    ["Owner's list, as laid"],
    [],
    ["Pos No", "Event", "Latitude", "Longitude", "Cable between (km)", "Cum. cable (km)", "Slack %", "Burial (m)"],
    [1, "BMH Sæby", "57°18.083'N", "10°32.062'E", None, 0.0, None, None],
    [None, None, None, None, 2.05, None, 0.5, 1.0],
    [2, "", "57°18.791'N", "10°33.866'E", None, 2.25, None, None],
    [None, None, None, None, 4.3, None, 1.0, 1.5],
    [3, "Repeater R1", "57°19.726'N", "10°37.401'E", None, 6.25, None, None],
    [4, "", "57°26.753'N", "10°57.594'E", None, 30.4, None, 0.6],
]


def sheet(path: Path, rows: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "RPL CG9"
    for row in rows:
        page.append(row)
    book.save(path)
    return path


def test_a_route_position_list_keeps_cable_distance_burial_and_events(tmp_path):
    result = take(sheet(tmp_path / "rpl.xlsx", RPL), kind="telecom_cable", name="CG9")
    assert result.form == "route position list"
    (asset,) = result.assets
    version = asset.current
    assert version.parts[0][0] == pytest.approx((10 + 32.062 / 60, 57 + 18.083 / 60))
    assert version.cable_km == ((0.0, 2.25, 6.25, 30.4),)
    assert version.burial_m[0][:2] == (1.0, 1.5)
    assert version.sigma_m[0][0] == 15.0
    assert "Repeater R1 (point 3)" in asset.notes
    layer = build_layer(result.assets)
    assert layer.cable_km(0, layer.length_km(0)) == pytest.approx(30.4)
    assert load_pack(write_pack(result.assets, tmp_path / "p.json")) == list(result.assets)


def test_cable_distance_comes_from_slack_or_pieces_where_no_total_is_given(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("pos;lat;lon;slack %\n1;57,0;11,0;2\n2;57,0;11,1;0\n3;57,0;11,2;\n")
    marks = take(path).assets[0].current.cable_km[0]
    assert marks[1] == pytest.approx(1.02 * 6.08, rel=0.01)
    path.write_text("pos,lat,lon,cable length (m)\n1,57.0,11.0,6300\n2,57.0,11.1,6200\n3,57.0,11.2,\n")
    assert take(path).assets[0].current.cable_km[0] == pytest.approx((0.0, 6.3, 12.5))
    path.write_text("pos,lat,lon,cable distance km\n1,57.0,11.0,0\n2,57.0,11.1,3\n3,57.0,11.2,13\n")
    assert "km of cable for" in said(take(path))["negative_slack"]
    path.write_text("pos,lat,lon,cable distance km\n1,57.0,11.0,0\n2,57.0,11.1,\n3,57.0,11.2,13\n")
    assert "gaps_in_cable" in said(take(path))


def test_points_in_columns_of_degrees_and_minutes_and_out_of_order(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text(
        "cable_id,point_order,lat deg,lat min,N/S,lon deg,lon min,E/W\n"
        "B,2,57,6.0,N,11,24.0,E\nB,1,57,0.0,N,11,0.0,E\nB,3,57,18.0,N,11,54.0,E\n"
    )
    (asset,) = take(path).assets
    assert np.array(asset.current.parts[0]) == pytest.approx(np.array(ROUTE))


def test_rows_that_can_not_be_read_are_named(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("name,lat,lon\nA,57.0,11.0\nA,what,11.1\nA,57.0,11.2\n")
    result = take(path)
    assert len(result.assets[0].current.parts[0]) == 2
    assert "row 3" in said(result)["bad_position"]


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("a.geojson", b"{", "can't be read"),
        ("a.geojson", b'{"type": "FeatureCollection"', "can't be read"),
        ("a.gpkg", b"SQLite format 3\x00 nonsense", "can't be read"),
        ("a.kml", b"<kml><Document>", "can't be read"),
        ("a.000", b"00123no cell", "can't be read"),
        ("a.csv", b"ship,speed\nA,1\n", "latitude and longitude"),
        ("a.csv", b"", "latitude and longitude"),
        ("a.xlsx", b"PK\x03\x04 nonsense", "spreadsheet"),
        ("a.pdf", b"%PDF", "is not read"),
    ],
)
def test_broken_files_get_a_sentence(tmp_path, file, content, says):
    path = tmp_path / file
    path.write_bytes(content)
    with pytest.raises(AssetError, match=says):
        take(path)
    with pytest.raises(AssetError, match="no such file"):
        take(tmp_path / "none.geojson")


def test_assets_at_hand_are_checked_too():
    pack = load_pack()
    assert not [p for p in check_assets(pack, land=SEA) if p.severity == "refused"]
    twice = check_assets([pack[0], pack[0]], land=SEA)
    assert {"same_id", "same_line"} <= {p.what for p in twice}


@given(st.floats(0.0, 89.99), st.sampled_from("NS"), st.integers(0, 4))
def test_angles_are_read_as_they_are_written(value, half, form):
    degrees, minutes = int(value), (value - int(value)) * 60.0
    whole, seconds = int(minutes), (minutes - int(minutes)) * 60.0
    text = (
        f"{value:.9f}{half}",
        f"{degrees}\u00b0{minutes:.7f}'{half}",
        f"{half} {degrees} {minutes:.7f}".replace(".", ","),
        f"{degrees}\u00b0 {whole}' {min(seconds, 59.99999):.5f}\" {half}",
        f"{degrees}-{minutes:.7f}{half}",
    )[form]
    want = -value if half == "S" else value
    got = angle(text)
    if got is None:
        assert "60.0" in text or "60,0" in text
    else:
        assert got == pytest.approx(want, abs=1e-6)


def test_what_is_no_angle():
    for text in ("", None, "abc", "57 61 N", "57.5 30 N", "-57 N", "10 O", "1 2 3 4", True, math.nan):
        assert angle(text) is None
    assert split_angle("57", "18.5", "S") == pytest.approx(-57.308333)
    assert split_angle("-57", "18.5", "") == pytest.approx(-57.308333)
    assert split_angle("57", "70", "N") is None
    assert number("1 250,5 m") == 1250.5
    assert number("n/a") is None
