"""Tables as the world writes them: column names, times, numbers, and what becomes of them."""

from __future__ import annotations

import gzip
import io
import json
import math
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from seawarden.model.batch import Batch, Catalogue
from seawarden.model.error import SourceError, UsageError
from seawarden.model.position import NO_TIME, Provenance, make_positions
from seawarden.sources import open_source, parse_columns

T = 1_709_296_215_000
"""2024-03-01 12:30:15 UTC"""

DANISH_HEADER = (
    "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,Heading,IMO,Callsign,Name,"
    "Ship type,Cargo type,Width,Length,Type of position fixing device,Draught,Destination,ETA,Data source type,"
    "A,B,C,D"
)
DANISH = "\n".join(
    [
        DANISH_HEADER,
        "01/03/2024 12:30:16,Class A,219000002,55.600000,12.600000,At anchor,,0.1,360.0,511,9000001,OXAB2,THE SECOND,"
        "Tanker,No additional information,20,180,GPS,9.5,GOTHENBURG,02/03/2024 10:00:00,AIS,150,30,10,10",
        "01/03/2024 12:30:15,Class A,219000001,55.500000,12.500000,Under way using engine,-3.5,8.1,90.0,89,Unknown,"
        'Unknown,"ONE, THE FIRST",Cargo,,12,90,GPS,5.0,Unknown,,AIS,,,,',
        "01/03/2024 12:30:15,Base Station,2190001,56.0,11.0,Unknown value,,,,,Unknown,Unknown,,Undefined,,,,Surveyed,"
        ",Unknown,,AIS,,,,",
        "01/03/2024 12:30:17,Class B,219000001,55.500100,12.500000,Unknown value,,8.2,90.0,,Unknown,Unknown,"
        '"ONE, THE FIRST",Cargo,,12,90,GPS,5.0,Unknown,,AIS,,,,',
        "",
    ]
)
NOAA = (
    "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length,Width,Draft,Cargo,"
    "TransceiverClass\n"
    "338075892,2024-03-01T12:30:15,43.65322,-70.25298,102.3,-112.3,511.0,PILOT BOAT,IMO9000002,WDB1,50,5,20,6,2.1,50,"
    "B\n"
)
NOAA_NEW = (
    "mmsi,base_date_time,longitude,latitude,sog,cog,heading,vessel_name,imo,call_sign,vessel_type,status,length,width,"
    "draft,cargo,transceiver\n"
    "338075892,2024-03-01 12:30:15,-70.25298,43.65322,0.0,47.7,511.0,PILOT BOAT,IMO9000002,WDB1,50,5,20,6,2.1,50,B\n"
)


def read(path: Path, columns: Mapping[str, str] | None = None, chunk: int = 500_000) -> tuple[Batch, Catalogue]:
    """All of a file as one batch."""
    catalogue = Catalogue()
    batches = list(open_source(path, catalogue=catalogue, columns=columns, chunk=chunk).batches())
    assert len(batches) == 1
    return batches[0], catalogue


def put(folder: Path, name: str, data: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize("way", ["bare", "zip", "gz", "semicolons", "crlf"])
def test_danish_day_file(way: str, tmp_path: Path) -> None:
    name = "aisdk-2024-03-01.csv"
    data = DANISH.replace("\n", "\r\n").encode() if way == "crlf" else DANISH.encode()
    if way == "semicolons":
        data = DANISH.replace('"ONE, THE FIRST"', "ONE; THE FIRST").replace(";", "_").replace(",", ";").encode()
        data = data.replace(b"ONE_ THE FIRST", b'"ONE, THE FIRST"')
    if way == "zip":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(name, data)
        path = put(tmp_path, "aisdk-2024-03.zip", out.getvalue())
    elif way == "gz":
        path = put(tmp_path, name + ".gz", gzip.compress(data))
    else:
        path = put(tmp_path, name, data)
    batch, catalogue = read(path)
    p = batch.positions
    assert p.t.tolist() == [T, T + 1000, T + 2000]
    assert p.mmsi.tolist() == [219000001, 219000002, 219000001]
    assert p.offset.tolist() == [3, 2, 5]
    assert p.nav_status.tolist() == [0, 1, -1]
    assert p.rot_deg_min[0] == np.float32(-3.5)
    assert math.isnan(p.cog_deg[1])
    assert math.isnan(p.heading_deg[1])
    assert (batch.records, batch.rejects) == (4, [])
    assert set(p.provenance.tolist()) == {int(Provenance.OBSERVED)}
    assert catalogue.files == ["aisdk-2024-03.zip/aisdk-2024-03-01.csv" if way == "zip" else path.name]
    first, second = batch.statics
    assert (first.t, first.name, first.imo, first.callsign, first.destination) == (T, "ONE, THE FIRST", 0, "", "")
    assert (first.type_text, first.length_m, first.breadth_m, first.draught_m) == ("Cargo", 90.0, 12.0, 5.0)
    assert (second.name, second.imo, second.callsign) == ("THE SECOND", 9000001, "OXAB2")
    assert second.eta == "02/03/2024 10:00:00"
    assert (second.to_bow_m, second.to_port_m, second.offset) == (150.0, 10.0, 2)


@pytest.mark.parametrize("data", [NOAA, NOAA_NEW], ids=["2009-2024", "2025"])
@pytest.mark.parametrize("way", ["csv", "zst"])
def test_marine_cadastre(data: str, way: str, tmp_path: Path) -> None:
    raw = data.encode()
    if way == "zst":
        sink = pa.BufferOutputStream()
        with pa.CompressedOutputStream(sink, "zstd") as stream:
            stream.write(raw)
        raw = sink.getvalue().to_pybytes()
    batch, _ = read(put(tmp_path, f"AIS_2024_03_01.csv{'.zst' if way == 'zst' else ''}", raw))
    p = batch.positions
    assert (p.t[0], p.mmsi[0], p.lat[0], p.lon[0]) == (T, 338075892, 43.65322, -70.25298)
    assert math.isnan(p.heading_deg[0])
    assert math.isnan(p.sog_kn[0]) == (data is NOAA)
    assert math.isnan(p.cog_deg[0]) == (data is NOAA)
    assert p.nav_status[0] == 5
    (report,) = batch.statics
    assert (report.imo, report.ship_type, report.callsign) == (9000002, 50, "WDB1")
    assert report.draught_m == pytest.approx(2.1)


@pytest.mark.parametrize(
    ("cell", "t"),
    [
        ("2024-03-01 12:30:15", T),
        ("2024-03-01T12:30:15Z", T),
        ("2024-03-01T12:30:15.250Z", T + 250),
        ("2024-03-01 12:30:15 UTC", T),
        ("2024-03-01T14:30:15+02:00", T),
        ("2024-03-01 07:30:15-0500", T),
        ("2024-03-01 12:30:15.5+00:00", T + 500),
        ("2024-03-01 12:30", T - 15_000),
        ("2024/03/01 12:30:15", T),
        ("13/03/2024 12:30:15", T + 12 * 86_400_000),
        ("03/13/2024 12:30:15", T + 12 * 86_400_000),
        ("01.03.2024 12:30:15", T),
        ("20240301T123015", T),
        ("20240301T123015Z", T),
        ("20240301 123015", T),
        ("1709296215", T),
        ("1709296215.25", T + 250),
        ("1709296215000", T),
        ("1709296215000000", T),
    ],
)
def test_ways_to_write_a_time(cell: str, t: int, tmp_path: Path) -> None:
    batch, _ = read(put(tmp_path, "a.csv", f"mmsi,t,lat,lon\n219000001,{cell},55,12\n"))
    assert batch.positions.t.tolist() == [t]
    assert batch.positions.source_t.tolist() == [t]


def test_ways_are_mixed_in_one_column(tmp_path: Path) -> None:
    cells = ["2024-03-01 12:30:15", "2024-03-01T12:30:16Z", "2024-03-01 12:30:17.5", "2024-03-01T14:30:18+02:00"]
    rows = "".join(f"219000001,{cell},55,12\n" for cell in cells)
    batch, _ = read(put(tmp_path, "a.csv", "mmsi,t,lat,lon\n" + rows))
    assert batch.positions.t.tolist() == [T, T + 1000, T + 2500, T + 3000]


@pytest.mark.parametrize(
    "header",
    [
        "MMSI,Time,Latitude_degrees,Longitude_degrees,SOG_knots,COG_degrees",
        "ssvid,timestamp,lat,lng,speed,course",
        "User MMSI,utc_time,Lat (dd),LONG,Speed over ground (kn),Course over ground",
        "mmsi,received_at,y,x,sog_kn,cog_deg",
        "mmsi,epoch,latitude,longitude,SOG,COG",
    ],
)
def test_names_of_columns(header: str, tmp_path: Path) -> None:
    batch, _ = read(put(tmp_path, "a.csv", f"{header}\n219000001,2024-03-01 12:30:15,55.5,12.5,8.25,90\n"))
    p = batch.positions
    assert (p.t[0], p.mmsi[0], p.lat[0], p.lon[0], p.sog_kn[0], p.cog_deg[0]) == (T, 219000001, 55.5, 12.5, 8.25, 90)
    assert p.receive_t[0] == (T if "received" in header else NO_TIME)


def test_a_second_of_the_minute_is_no_time(tmp_path: Path) -> None:
    data = "mmsi,lat,lon,timestamp,timestampExternal\n219000001,55,12,45,1709296215000\n"
    assert read(put(tmp_path, "a.csv", data))[0].positions.t.tolist() == [T]


def test_decimal_commas(tmp_path: Path) -> None:
    data = "mmsi;t;lat;lon;sog\n219000001;2024-03-01 12:30:15;55,25;12,5;8,5\n"
    p = read(put(tmp_path, "a.csv", data))[0].positions
    assert (p.lat[0], p.lon[0], p.sog_kn[0]) == (55.25, 12.5, 8.5)


def test_mapped_columns(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "ship,when,north,east,v\n219000001,01/02/2024 10:00:00,55,12,8\n")
    with pytest.raises(SourceError, match="no column is recognised as mmsi or lat or lon"):
        read(path)
    text = "mmsi=ship, t=when, lat=north, lon=east, sog_kn=v, time_format=%d/%m/%Y %H:%M:%S"
    p = read(path, parse_columns(text))[0].positions
    assert (p.t[0], p.sog_kn[0]) == (1_706_781_600_000, 8.0)


@pytest.mark.parametrize("suffix", [".toml", ".json"])
def test_mapping_from_a_file(suffix: str, tmp_path: Path) -> None:
    mapping = {"mmsi": "ship", "lat": "north"}
    text = json.dumps(mapping) if suffix == ".json" else "[columns]\nmmsi = 'ship'\nlat = 'north'\n"
    assert parse_columns(str(put(tmp_path, f"map{suffix}", text))) == mapping


@pytest.mark.parametrize("text", ["mmsi", "ship=mmsi", "mmsi=", "/nowhere/map.toml"])
def test_mappings_that_are_wrong(text: str) -> None:
    with pytest.raises(UsageError, match="--columns"):
        parse_columns(text)


def test_mapping_to_a_column_that_is_not_there(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "mmsi,t,lat,lon\n219000001,2024-03-01 12:30:15,55,12\n")
    with pytest.raises(UsageError, match="lat=north, but the columns are mmsi, t, lat, lon"):
        read(path, {"lat": "north"})


def test_parquet_of_our_own_columns(tmp_path: Path) -> None:
    positions = make_positions(
        3,
        t=[T + 1000, T, T],
        mmsi=[1000001, 219000003, 219000002],
        lat=[1.0, 2.0, 3.0],
        lon=[4.0, 5.0, 6.0],
        sog_kn=[1.0, np.nan, 3.0],
        cog_deg=[10.0, 20.0, 30.0],
        heading_deg=[1.0, 2.0, np.nan],
        nav_status=[0, -1, 5],
        msg_type=[1, 18, 3],
        rot_deg_min=[0.5, np.nan, -1.0],
        provenance=[0, 3, 1],
        pos_sigma_m=[5.0, 10.0, 61.0],
        t_sigma_s=[0.5, 1.0, 17.0],
    )
    frame = pl.DataFrame(positions._asdict())
    path = tmp_path / "own.parquet"
    frame.write_parquet(path)
    p = read(path)[0].positions
    assert p.t.tolist() == [T, T, T + 1000]
    assert p.mmsi.tolist() == [219000002, 219000003, 1000001]
    assert p.offset.tolist() == [3, 2, 1]
    order = [2, 1, 0]
    for name in (
        "provenance",
        "pos_sigma_m",
        "t_sigma_s",
        "lat",
        "lon",
        "sog_kn",
        "cog_deg",
        "heading_deg",
        "nav_status",
        "msg_type",
        "rot_deg_min",
    ):
        np.testing.assert_array_equal(getattr(p, name), getattr(positions, name)[order], err_msg=name)


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Copenhagen"])
def test_parquet_with_real_times(unit: str, zone: str | None, tmp_path: Path) -> None:
    times = pl.Series([T]).cast(pl.Datetime("ms")).dt.cast_time_unit(unit)  # type: ignore[arg-type]
    times = times.dt.replace_time_zone("UTC").dt.convert_time_zone(zone) if zone else times
    pl.DataFrame({"MMSI": [219000001], "BaseDateTime": times, "LAT": [55.0], "LON": [12.0]}).write_parquet(
        tmp_path / "a.parquet"
    )
    assert read(tmp_path / "a.parquet")[0].positions.t.tolist() == [T]


def test_statics_only_when_they_change(tmp_path: Path) -> None:
    names = ["ONE", "ONE", "TWO", "TWO", "ONE", ""]
    rows = "".join(f"219000001,2024-03-01 12:30:{15 + i},55,12,{name}\n" for i, name in enumerate(names))
    batch, _ = read(put(tmp_path, "a.csv", "mmsi,t,lat,lon,name\n" + rows))
    assert [(report.name, report.t) for report in batch.statics] == [("ONE", T), ("TWO", T + 2000), ("ONE", T + 4000)]


def test_receivers_have_names(tmp_path: Path) -> None:
    rows = "219000001,2024-03-01 12:30:15,55,12,SKAGEN\n219000002,2024-03-01 12:30:15,55,12,\n"
    batch, catalogue = read(put(tmp_path, "a.csv", "mmsi,t,lat,lon,station\n" + rows))
    assert catalogue.receivers == ["SKAGEN"]
    assert batch.positions.receiver.tolist() == [0, -1]


def test_bad_utf8_in_a_name_costs_nothing(tmp_path: Path) -> None:
    data = b"mmsi,t,lat,lon,name\n219000001,2024-03-01 12:30:15,55,12,K\xf8BENHAVN\n"
    batch, _ = read(put(tmp_path, "a.csv", data))
    assert [report.name for report in batch.statics] == ["K\ufffdBENHAVN"]
    assert len(batch.positions.t) == 1


def test_a_quotation_mark_within_a_name(tmp_path: Path) -> None:
    data = 'mmsi,t,lat,lon,name\n219000001,2024-03-01 12:30:15,55,12,FIVE 5" GUN\n'
    batch, _ = read(put(tmp_path, "a.csv", data))
    assert [report.name for report in batch.statics] == ["FIVE 5' GUN"]


def test_segment_regression_lines(tmp_path: Path) -> None:
    lines = [
        {
            "ssvid": "666666601",
            "timestamp": "2024-03-01T12:30:15+00:00",
            "lon": 120.42,
            "lat": 22.47,
            "speed": 6.30000019,
            "course": 261.5,
            "heading": 511.0,
            "type": "AIS.19",
            "receiver": "r1",
            "shipname": "A",
        },
        {
            "ssvid": "666666601",
            "timestamp": "2024-03-01T12:30:16+00:00",
            "lon": None,
            "lat": None,
            "type": "AIS.24",
            "shipname": "B",
        },
    ]
    batch, catalogue = read(put(tmp_path, "a.jsonl", "".join(json.dumps(line) + "\n" for line in lines)))
    assert batch.positions.msg_type.tolist() == [19]
    assert catalogue.receivers == ["r1"]
    assert [report.name for report in batch.statics] == ["A", "B"]
    assert (batch.records, batch.rejects) == (2, [])
