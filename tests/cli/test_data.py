"""`seawarden data` from command to register: fetched from a stand-in, converted, listed, matched, compared."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from seawarden.cli.program import main
from seawarden.geography.fetching.economic_zones import zones_of_features
from seawarden.geography.fetching.overpass_lines import lines_of_elements
from seawarden.geography.pack import load_pack
from seawarden.surroundings.watchlists.door import read_watchlist

DANISH = (
    "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,Heading,IMO,Callsign,Name,"
    "Ship type,Cargo type,Width,Length,Type of position fixing device,Draught,Destination,ETA,Data source type,"
    "A,B,C,D\n"
    "01/11/2025 00:00:00,Class A,273414440,57.1,11.5,Under way using engine,,12.0,10.0,10,9074729,UBCD,"
    "NORTHERN WHALE,Tanker,,32,180,GPS,10.0,X,,AIS,90,90,16,16\n"
    "01/11/2025 00:01:00,Class A,219000001,57.2,11.5,Under way using engine,,12.0,10.0,10,Unknown,,FERRY,"
    "Passenger,,20,100,GPS,5.0,X,,AIS,50,50,10,10\n"
)
UK = (
    "Report Date: 03-Jun-2026\n"
    "Last Updated,Unique ID,Name 6,Name 1,Name type,Regime Name,Designation Type,Date Designated,IMO number\n"
    "31/07/2024,RUS2176,NORTHERN WHALE,,Primary Name,The Russia Regulations 2019,Ship,17/07/2024,9074729\n"
)
SDN = (
    '<sdnList xmlns="x"><publshInformation><Publish_Date>03/20/2026</Publish_Date></publshInformation><sdnEntry>'
    "<uid>1</uid><lastName>NORTHERN WHALE</lastName><sdnType>Vessel</sdnType><idList><id><idType>Vessel Registration "
    "Identification</idType><idNumber>IMO 9074729</idNumber></id></idList></sdnEntry></sdnList>"
)
LINE = [[11.0, 57.0], [11.5, 57.2], [12.0, 57.3]]


@pytest.fixture(autouse=True)
def rests(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Nobody sleeps; what would have been slept is told."""
    slept: list[float] = []
    monkeypatch.setattr("seawarden.cli.data_get.time.sleep", slept.append)
    return slept


def registered(folder: Path) -> dict[str, Any]:
    return {held["path"]: held for held in json.loads((folder / "registry.json").read_text())["held"]}


def feature(**properties: object) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": f"pipelines.{properties.get('name', 1)}",
        "properties": properties,
        "geometry": {"type": "LineString", "coordinates": LINE},
    }


def page(features: list[dict[str, Any]]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, "numberMatched": len(features)}).encode()


@pytest.fixture
def danish(stand_in: Any, reply: Any) -> Any:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("aisdk-2025-11-01.csv", DANISH)
    key = "aisdk-2025-11-01.zip"
    size = len(held.getvalue())

    def root(asked: Any) -> Any:
        row = f"<Contents><Key>{key}</Key><Size>{size}</Size></Contents>"
        rows = row if key.startswith(asked.query["prefix"]) else ""
        return reply(body=f"<ListBucketResult>{rows}</ListBucketResult>".encode(), kind="application/xml")

    stand_in.serve("/", root)
    stand_in.serve(f"/{key}", stand_in.file(held.getvalue(), kind="application/zip"))
    return stand_in


def test_danish_days_are_fetched_registered_and_matched(
    danish: Any, rests: list[float], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    got = ["data", "get", "danish-ais", "2025-11-01", "--to", str(tmp_path), "--from-url", danish.base]
    assert main(got) == 0
    said = capsys.readouterr()
    assert "licence: Danish public data" in said.err
    assert "seawarden replay" in said.out
    assert rests and min(rests) >= 2.0  # polite between the two listings and the file
    held = registered(tmp_path)["danish-ais/aisdk-2025-11-01.zip"]
    assert held["url"].endswith("/aisdk-2025-11-01.zip")

    assert main(["data", "list", "--to", str(tmp_path), "--check"]) == 0
    assert "as fetched" in capsys.readouterr().out

    own = tmp_path / "own.csv"
    own.write_text("name,imo\nNORTHERN WHALE,9074729\n")
    day = tmp_path / "danish-ais/aisdk-2025-11-01.zip"
    assert main(["data", "match", "--list", str(own), "--positions", str(day), "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["mmsi"], found["by"], found["weak"]) == (273414440, ["imo", "name"], False)
    assert main(["data", "match", "--list", str(own), str(day)]) == 0
    said = capsys.readouterr()
    assert "1 of 2 ships are named on a list. A listing is no finding." in said.out
    assert "own of unknown date: 1 ships" in said.err

    day.write_bytes(b"")
    assert main(["data", "list", "--to", str(tmp_path), "--check"]) == 1
    assert "1 files are missing or changed: danish-ais/aisdk-2025-11-01.zip" in capsys.readouterr().err


def test_a_day_that_the_archive_lacks_is_told(
    danish: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    got = ["data", "get", "danish-ais", "2025-11-01..2025-11-02", "--to", str(tmp_path), "--from-url", danish.base]
    assert main(got) == 1
    assert "does not hold 2025-11-02; what it holds was fetched" in capsys.readouterr().err
    assert (tmp_path / "danish-ais/aisdk-2025-11-01.zip").is_file()


def test_openstreetmap_becomes_a_pack(
    stand_in: Any, reply: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    points = [{"lon": lon, "lat": lat} for lon, lat in LINE]
    way = {
        "type": "way",
        "id": 7,
        "geometry": points,
        "tags": {"power": "cable", "name": "A Link", "submarine": "yes"},
    }
    answer = json.dumps({"elements": [way]}).encode()
    stand_in.serve("/api/interpreter", reply(body=answer, kind="application/json"))
    url = f"{stand_in.base}/api/interpreter"
    assert main(["data", "get", "osm-assets", "9,53,30,66", "--to", str(tmp_path), "--from-url", url]) == 0
    pack = tmp_path / "osm-assets/osm_w9_s53_e30_n66.json"
    (asset,) = load_pack(pack)
    assert (asset.id, asset.name, asset.kind) == ("osm-way-7", "A Link", "power_cable")
    assert "OpenStreetMap" in asset.attribution and asset.licence == "ODbL 1.0"
    held = registered(tmp_path)
    assert held["osm-assets/osm_w9_s53_e30_n66.json"]["made_from"] == ["osm-assets/overpass_w9_s53_e30_n66.json"]
    capsys.readouterr()
    assert main(["assets", "list", str(pack)]) == 0
    assert "A Link" in capsys.readouterr().out


def test_an_area_west_of_greenwich_is_no_option(stand_in: Any, tmp_path: Path, capsys: Any) -> None:
    url = f"{stand_in.base}/x"
    assert main(["data", "get", "osm-assets", "-10,50,-5,55", "--to", str(tmp_path), "--from-url", url]) == 1
    assert "answered 404" in capsys.readouterr().err


def test_relations_are_drawn_once_and_holes_cut() -> None:
    points = [{"lon": lon, "lat": lat} for lon, lat in LINE]
    relation = {
        "type": "relation",
        "id": 1,
        "tags": {"man_made": "pipeline", "name": "Pipe"},
        "members": [{"type": "way", "ref": 7, "geometry": [*points, None, *points]}, {"type": "node", "ref": 1}],
    }
    elements = [relation, {"type": "way", "id": 7, "geometry": points, "tags": {}}, {"type": "node", "id": 3}]
    (drawn,) = lines_of_elements(elements)["features"]
    assert drawn["properties"]["kind"] == "pipeline"
    assert len(drawn["geometry"]["coordinates"]) == 2


def test_emodnet_becomes_a_pack_and_a_missing_layer_is_told(
    stand_in: Any, reply: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def layers(asked: Any) -> Any:
        layer = asked.query["typeNames"]
        if layer == "emodnet:sigcables":
            return reply(body=b"<ExceptionReport>Feature type unknown</ExceptionReport>", kind="application/xml")
        lines = [feature(name="Pipe A", status="Active")] if layer == "emodnet:pipelines" else []
        return reply(body=page(lines), kind="application/json")

    stand_in.serve("/wfs", layers)
    got = ["data", "get", "emodnet", "--to", str(tmp_path), "--from-url", f"{stand_in.base}/wfs"]
    assert main(got) == 1
    assert "layer emodnet:sigcables was not fetched" in capsys.readouterr().err
    (asset,) = load_pack(tmp_path / "emodnet/emodnet_all.json")
    assert (asset.name, asset.kind, asset.status) == ("Pipe A", "pipeline", "in_service")
    assert asset.current.sigma_m[0][0] == 500.0


def grid(folder: Path) -> bytes:
    file = folder / "made.nc"
    with h5py.File(file, "w") as made:
        made["lat"] = np.linspace(56.0, 56.1, 5)
        made["lon"] = np.linspace(10.0, 10.1, 5)
        made["elevation"] = np.full((5, 5), -30, np.int16)
    return file.read_bytes()


def test_depths_are_fetched_and_read(stand_in: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = grid(tmp_path)
    kind = "application/x-netcdf"
    stand_in.serve("/GEBCO_2020.nc", stand_in.file(body, kind=kind, cut=900), stand_in.file(body, kind=kind))
    got = ["data", "get", "gebco", "10,56,10.1,56.1", "--to", str(tmp_path), "--from-url", stand_in.base, "--json"]
    assert main(got) == 0
    (held,) = json.loads(capsys.readouterr().out)["held"]
    assert held["path"] == "gebco/gebco_2020_w10_s56_e10.1_n56.1.nc"
    assert (tmp_path / held["path"]).read_bytes() == body
    stand_in.serve("/GEBCO_2020.nc", stand_in.file(body[:-3_000], '"two"', kind))
    assert main(got) == 1
    assert "spoiled" in capsys.readouterr().err
    assert (tmp_path / held["path"]).read_bytes() == body  # the good copy stays


def test_lists_are_fetched_dated_and_compared(
    stand_in: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stand_in.serve("/UK-Sanctions-List.csv", stand_in.file(UK.encode(), kind="text/csv"))
    stand_in.serve("/SDN.XML", stand_in.file(SDN.encode(), kind="application/xml"))
    where = ["--to", str(tmp_path), "--from-url", stand_in.base]
    assert main(["data", "get", "uk-list", *where]) == 0
    assert main(["data", "get", "ofac", *where]) == 0
    uk, ofac = tmp_path / "uk-list/uk_2026-06-03.json", tmp_path / "ofac/ofac_2026-03-20.json"
    assert read_watchlist(uk).entries[0].imo == read_watchlist(ofac).entries[0].imo == 9074729
    later = UK.replace("03-Jun", "04-Jun") + (
        "31/07/2024,RUS9,BELUGA,,Primary Name,The Russia Regulations 2019,Ship,17/07/2024,9224984\n"
    )
    stand_in.serve("/UK-Sanctions-List.csv", stand_in.file(later.encode(), '"two"', kind="text/csv"))
    assert main(["data", "get", "uk-list", *where]) == 0
    capsys.readouterr()
    new = tmp_path / "uk-list/uk_2026-06-04.json"
    assert main(["data", "diff", str(uk), str(new)]) == 0
    said = capsys.readouterr().out
    assert "+ IMO 9224984" in said
    assert "2026-06-03 to 2026-06-04: 1 added, 0 taken off, 0 changed, 1 the same" in said
    assert main(["data", "diff", str(new), str(uk), "--json"]) == 0
    assert [ship["imo"] for ship in json.loads(capsys.readouterr().out)["removed"]] == [9224984]


def test_ofacs_table_comes_with_its_other_names(stand_in: Any, tmp_path: Path) -> None:
    remarks = "Vessel Registration Identification IMO 9074729."
    row = f'15,"NORTHERN WHALE","vessel","IRAN",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"{remarks}"\r\n'
    stand_in.serve("/SDN.CSV", stand_in.file(row.encode(), kind="text/csv"))
    stand_in.serve("/ALT.CSV", stand_in.file(b'15,1,"fka","OLD WHALE",-0- \r\n', kind="text/csv"))
    assert main(["data", "get", "ofac", "--form", "csv", "--to", str(tmp_path), "--from-url", stand_in.base]) == 0
    (made,) = (tmp_path / "ofac").glob("ofac_*.json")
    assert made.name == "ofac_2025-11-01.json"  # the table is undated: the day on which it last changed
    assert read_watchlist(made).entries[0].aliases == ("OLD WHALE",)
    assert set(registered(tmp_path)[f"ofac/{made.name}"]["made_from"]) == {"ofac/ALT.CSV", "ofac/SDN.CSV"}


def test_days_that_do_not_fit_the_disk_are_not_begun(
    danish: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("seawarden.cli.data_get.disk_usage", lambda path: (1, 1, 1))
    got = ["data", "get", "danish-ais", "2025-11-01", "--to", str(tmp_path), "--from-url", danish.base]
    assert main(got) == 1
    assert "free on its disk" in capsys.readouterr().err
    assert not (tmp_path / "danish-ais/aisdk-2025-11-01.zip").exists()


def test_a_list_that_is_none_is_refused(stand_in: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stand_in.serve("/UK-Sanctions-List.csv", stand_in.file(b"Temporarily unavailable", kind="text/csv"))
    assert main(["data", "get", "uk-list", "--to", str(tmp_path), "--from-url", stand_in.base]) == 1
    assert "no column names a ship" in capsys.readouterr().err
    assert not (tmp_path / "registry.json").exists()


def zone(name: str, ring: list[list[float]], **properties: object) -> dict[str, Any]:
    said = {
        "mrgid": 1,
        "geoname": name,
        "pol_type": "200NM",
        "iso_ter1": "DNK",
        "sovereign1": "Denmark",
        **properties,
    }
    return {"type": "Feature", "properties": said, "geometry": {"type": "Polygon", "coordinates": [ring]}}


SQUARE = [[10.0, 56.0], [11.0, 56.0], [11.0, 57.0], [10.0, 57.0], [10.0, 56.0]]
BOW_TIE = [[10.0, 56.0], [11.0, 57.0], [11.0, 56.0], [10.0, 57.0], [10.0, 56.0]]


def test_zones_are_fetched_as_polygons(
    stand_in: Any, reply: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = page([zone("Danish EEZ", SQUARE), zone("Bow tie", BOW_TIE)])
    stand_in.serve("/wfs", reply(body=answer, kind="application/json"))
    got = ["data", "get", "marine-regions", "--bbox", "9,53,30,66", "--to", str(tmp_path)]
    assert main([*got, "--from-url", f"{stand_in.base}/wfs"]) == 0
    assert "1 mended" in capsys.readouterr().err
    out = tmp_path / "marine-regions/eez_w9_s53_e30_n66.geojson"
    zones = json.loads(out.read_text())
    first = zones["features"][0]["properties"]
    assert (first["name"], first["state"], first["kind"]) == ("Danish EEZ", "DNK", "200NM")
    assert "Flanders Marine Institute" in zones["attribution"]


def test_what_is_no_zone_is_counted() -> None:
    bad = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [0.0, 0.0]}}
    features = [zone("Danish EEZ", SQUARE), bad, {"type": "Feature", "properties": {}, "geometry": None}]
    zones, left = zones_of_features(features)
    assert (len(zones["features"]), left) == (1, {"no_geometry": 1, "no_polygon": 1})


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["get", "danish-ais", "yesterday"], 2, "not a range of days"),
        (["get", "gebco", "1,2,3"], 2, "not an area"),
        (["get", "ofac", "--from-url", "ftp://x"], 2, "write it as https"),
        (["get", "gebco", "-180,-90,180,90"], 2, "million cells"),
        (["match", "--list", "none.csv", "--positions", "none"], 1, "can't be read as a list"),
        (["diff", "none.csv", "none.csv"], 1, "can't be read as a list"),
    ],
)
def test_wrong_calls_end_in_a_sentence(
    words: list[str], code: int, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--to", str(tmp_path)] if words[0] == "get" else []
    assert main(["data", *words, *where]) == code
    said = capsys.readouterr().err
    assert why in said
    assert "Traceback" not in said


def test_a_match_needs_positions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own.csv"
    own.write_text("name\nA\n")
    assert main(["data", "match", "--list", str(own)]) == 2
    assert "--positions SOURCE" in capsys.readouterr().err


def test_an_empty_folder_holds_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "list", "--to", str(tmp_path)]) == 0
    assert "0 files" in capsys.readouterr().out
    (tmp_path / "registry.json").write_text("{")
    assert main(["data", "list", "--to", str(tmp_path)]) == 1
    assert "not a register of data" in capsys.readouterr().err
