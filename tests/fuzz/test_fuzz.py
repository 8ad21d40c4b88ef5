"""Broken input of every door, made by the thousand: counted, or refused with a sentence; never anything else.

`just fuzz` runs many more examples of each than the ordinary tests do.
"""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from seawarden.cli.watched import columns_of, coverage_of
from seawarden.decode import encode_message, encode_sentences
from seawarden.decode.encode import sentence, tag_block
from seawarden.geography.importing import import_assets
from seawarden.geography.layer import build_layer
from seawarden.model.batch import Catalogue
from seawarden.model.error import AssetError, SeawardenError, SettingsError, SourceError, UsageError
from seawarden.settings import Settings
from seawarden.settings_load import load_settings
from seawarden.sources import REASONS, inspect, open_source
from seawarden.surroundings.coverage import CoverageBook

S = 1_709_296_215
INFORMED = ("not_a_ship", "other_type", "part", "static")


def slow(by: int) -> settings:
    """So many times fewer examples than the profile asks for: what each costs more."""
    return settings(max_examples=max(20, settings.default.max_examples // by))  # type: ignore[union-attr]


@contextmanager
def file_of(content: bytes, name: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        yield path


def taken(content: bytes, name: str) -> None:
    """Read a file through: every record is a position, a reject with a known reason, or told what else it was."""
    with file_of(content, name) as path:
        try:
            source = open_source(path, catalogue=Catalogue())
            batches = list(source.batches())
        except SourceError as error:
            said = str(error)
            assert said.startswith(name) and "\n" not in said
            assert inspect(path).refusal == said
            return
    rejects = [reject for batch in batches for reject in batch.rejects]
    positions = sum(len(batch.positions.t) for batch in batches)
    notes: dict[str, int] = getattr(source, "notes", {})
    assert {reject.reason for reject in rejects} <= set(REASONS)
    assert all(reject.file == name and len(reject.detail) <= 200 for reject in rejects)
    informed = sum(notes.get(note, 0) for note in INFORMED)
    assert sum(batch.records for batch in batches) == positions + len(rejects) + informed
    for batch in batches:
        p = batch.positions
        assert (abs(p.lat) <= 90).all() and (abs(p.lon) <= 180).all() and (p.mmsi > 0).all()


# -- sentences --

GOOD = [
    tag_block(f"s:st1,c:{S}") + encode_sentences(encode_message("1", 219_000_001, lat=55.5, lon=12.5, sog_kn=8.0))[0],
    *encode_sentences(encode_message("5", 219_000_001, name="LONG", destination="FAR"), sequence=4),
    tag_block(f"c:{S + 9}") + encode_sentences(encode_message("18", 265_000_002, lat=55.6, lon=12.4, sog_kn=5.0))[0],
    "$GPRMC,123015,A,5530.0,N,01230.0,E,5.0,90.0,010324,,*00",
]


@st.composite
def broken_sentences(draw: st.DrawFn) -> bytes:
    lines = [bytearray(line, "latin-1") for line in draw(st.lists(st.sampled_from(GOOD), min_size=1, max_size=6))]
    for _ in range(draw(st.integers(0, 6))):
        line = lines[draw(st.integers(0, len(lines) - 1))]
        at = draw(st.integers(0, len(line)))
        match draw(st.sampled_from(["put", "cut", "change", "twice"])):
            case "put":
                line[at:at] = draw(st.binary(max_size=4))
            case "cut":
                del line[at : at + draw(st.integers(1, 40))]
            case "change":
                line[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
            case _:
                line += line[at:]
    return draw(st.sampled_from([b"\n", b"\r\n", b"\r", b""])).join(bytes(line) for line in lines)


@given(broken_sentences())
@example(b"\\s:st1,c:99999999999999999999*00\\!AIVDM,1,1,,A,13@,0*00\n" * 2)
@slow(4)
def test_sentences(content: bytes) -> None:
    taken(content, "a.nmea")


@given(st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=90))
@slow(4)
def test_sentences_with_a_right_sum_and_anything_in_them(body: str) -> None:
    taken((GOOD[0] + "\n" + tag_block(f"c:{S}") + sentence(f"AIVDM,{body}") + "\n").encode("latin-1"), "a.nmea")


@given(st.text("0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVW`abcdefghijklmnopqrstuvw", max_size=80), st.integers(0, 5))
@slow(4)
def test_payloads_of_any_armoured_letters(payload: str, fill: int) -> None:
    line = tag_block(f"c:{S}") + sentence(f"AIVDM,1,1,,A,{payload},{fill}")
    taken((GOOD[0] + "\n" + line + "\n").encode(), "a.nmea")


# -- tables --

HEADERS = (
    "mmsi,timestamp_utc,lat,lon,sog,cog",
    "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,SOG,COG,Heading,Ship type",
    "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName",
)
ODD = (
    '219000001|2024-03-01 12:30:15|55.5|12.5|8.1||NaN|inf|-inf|1e308|91|181|511|102.3|360|-0|0x10|1,5|"|'
    "\u0663|null|\x00|"
    "31/12/2024 00:00:01|2024-02-30T00:00:00Z|Class A|AtoN|99999999999999999999|2038-01-19T03:14:08Z|12:00|"
    "\xe9|  219000001  "
)
CELLS = st.one_of(
    st.sampled_from(ODD.split("|")),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), max_size=12),
    st.floats(allow_nan=True).map(str),
    st.integers().map(str),
)


@given(st.sampled_from(HEADERS), st.lists(st.lists(CELLS, min_size=0, max_size=11), max_size=6))
@slow(40)
def test_table_lines(header: str, lines: list[list[str]]) -> None:
    good = "219000001,2024-03-01 12:30:15,55.5,12.5,8.1,90\n" if header == HEADERS[0] else ""
    text = header + "\n" + good + "".join(",".join(line) + "\n" for line in lines)
    taken(text.encode("utf-8", "replace"), "a.csv")


RECORDS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["lat", "lon", "t", "x"]), inner),
    max_leaves=6,
)


@given(
    st.lists(st.dictionaries(st.sampled_from(["mmsi", "t", "lat", "lon", "sog", "kf", "gaps"]), RECORDS), max_size=4)
)
@slow(40)
def test_json_lines(records: list[dict[str, Any]]) -> None:
    good = '{"mmsi":219000001,"t":1709296215,"lat":55,"lon":12}\n'
    taken((good + "".join(json.dumps(record) + "\n" for record in records)).encode(), "a.jsonl")


SUFFIXES = st.sampled_from(["a.csv", "a.nmea", "a.txt", "a.parquet", "a.zip", "a.jsonl", "a.csv.gz", "a", "a.nm4"])


@given(st.binary(max_size=400), SUFFIXES)
@example(gzip.compress(b"mmsi,time,lat,lon\n")[:15], "a.csv.gz")
@slow(20)
def test_any_bytes_under_any_name(content: bytes, name: str) -> None:
    taken(content, name)


# -- settings, options --


@given(
    st.dictionaries(
        st.sampled_from(["time", "behaviours", "risk", "alerts", "service", "tracks", "x"]),
        st.dictionaries(st.sampled_from(["tick_ms", "port", "enabled", "slowdown", "y"]), RECORDS, max_size=3),
        max_size=3,
    )
)
@slow(4)
def test_settings(tree: dict[str, dict[str, Any]]) -> None:
    text = "".join(
        f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in section.items())
        for name, section in tree.items()
    )
    with file_of(text.encode("utf-8", "replace"), "a.toml") as path:
        try:
            assert isinstance(load_settings(path, {}), Settings)
        except SettingsError as error:
            assert "a.toml" in str(error) and "\n" not in str(error)


@given(st.binary(max_size=200))
@slow(4)
def test_any_bytes_as_settings(content: bytes) -> None:
    with file_of(content, "a.toml") as path:
        try:
            assert isinstance(load_settings(path, {}), Settings)
        except SettingsError as error:
            assert "a.toml" in str(error)


@given(st.lists(st.text(max_size=20), max_size=3))
def test_column_maps(words: list[str]) -> None:
    try:
        made = columns_of(words)
    except UsageError as error:
        assert str(error)
    else:
        assert not made or all(made)


# -- assets, coverage --

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning:pyogrio")  # GDAL tells of broken shapes as it reads

NUMBERS = st.one_of(st.floats(-200, 200), st.integers(-200, 200), st.none(), st.text(max_size=3), st.floats())
SHAPES = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ["LineString", "MultiLineString", "Point", "Polygon", "GeometryCollection", "Nonsense"]
        ),
        "coordinates": st.recursive(NUMBERS, lambda inner: st.lists(inner, max_size=4), max_leaves=12)
        | st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=2, max_size=6),
    }
)
FEATURES = st.fixed_dictionaries(
    {"type": st.just("Feature"), "geometry": SHAPES | st.none(), "properties": st.none() | st.dictionaries(
        st.sampled_from(["name", "kind", "sigma_m", "visibility"]), RECORDS, max_size=3)},
)  # fmt: skip


@given(st.lists(FEATURES, max_size=3))
@slow(40)
def test_asset_files(features: list[dict[str, Any]]) -> None:
    with file_of(json.dumps({"type": "FeatureCollection", "features": features}).encode(), "a.geojson") as path:
        try:
            read = import_assets(path)
            build_layer(read.assets)
        except AssetError as error:
            assert str(error)
            return
    assert len(read.assets) + sum(p.severity == "refused" for p in read.problems) >= bool(features)


@given(
    st.binary(max_size=300),
    st.sampled_from(["a.geojson", "a.kml", "a.csv", "a.xlsx", "a.shp", "a.gpkg", "a.json", "a.000"]),
)
@slow(100)
def test_any_bytes_as_assets(content: bytes, name: str) -> None:
    with file_of(content, name) as path:
        try:
            import_assets(path)
        except AssetError as error:
            assert name in str(error)


@given(
    RECORDS
    | st.fixed_dictionaries({"type": st.just("FeatureCollection"), "features": st.lists(FEATURES, max_size=2)})
)
@slow(4)
def test_coverage_files(tree: Any) -> None:
    with file_of(json.dumps(tree).encode(), "a.geojson") as path:
        try:
            declared = coverage_of(path)
        except SeawardenError as error:
            assert "a.geojson" in str(error)
        else:
            assert declared
            book = CoverageBook()
            for area in declared:
                assert len(set(area.polygon)) >= 3
                book.declare(area)
