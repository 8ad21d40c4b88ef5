"""The forms that public servers speak: listings of buckets, Overpass, pages of features, subsets of grids."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from seawarden.model.error import SourceError, UsageError
from seawarden.sources.fetch.box import box_of
from seawarden.sources.fetch.danish_ais import fetch_days, plan
from seawarden.sources.fetch.days import days_of
from seawarden.sources.fetch.depth_grid import fetch_depths
from seawarden.sources.fetch.feature_pages import features_of, fetch_features
from seawarden.sources.fetch.listing import list_bucket
from seawarden.sources.fetch.overpass import fetch_overpass, question
from seawarden.sources.fetch.public import DANISH_AIS, EMODNET
from seawarden.sources.fetch.transfer import Manner

BOX = box_of("9,53,30,66")
S3 = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


@pytest.fixture
def manner() -> Manner:
    return Manner(lambda seconds: None, 1_764_000_000_000, tries=3, timeout_s=5.0)


def listing(keys: dict[str, int], more: str = "") -> bytes:
    rows = "".join(
        f"<Contents><Key>{key}</Key><LastModified>2025-11-02T05:00:00.000Z</LastModified>"
        f'<ETag>"e"</ETag><Size>{size}</Size><StorageClass>STANDARD</StorageClass></Contents>'
        for key, size in keys.items()
    )
    token = f"<NextContinuationToken>{more}</NextContinuationToken>" if more else ""
    truncated = "true" if more else "false"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><ListBucketResult {S3}><Name>aisdata.ais.dk</Name>'
        f"<IsTruncated>{truncated}</IsTruncated>{token}{rows}</ListBucketResult>"
    ).encode()


def day_zip(day: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(f"aisdk-{day}.csv", "# Timestamp,Type of mobile,MMSI\n")
    return held.getvalue()


@pytest.fixture
def bucket(stand_in: Any, reply: Any) -> Any:
    """Days at the root, an older day under its year, and a month in one zip."""
    files = {
        "aisdk-2025-11-01.zip": day_zip("2025-11-01"),
        "aisdk-2025-11-02.zip": day_zip("2025-11-02"),
        "2024/aisdk-2024-03-01.zip": day_zip("2024-03-01"),
        "2024/aisdk-2024-02.zip": day_zip("2024-02-29"),
    }

    def root(asked: Any) -> Any:
        prefix = asked.query["prefix"]
        assert asked.query["list-type"] == "2"
        held = {key: len(body) for key, body in files.items() if key.startswith(prefix)}
        return reply(body=listing(held), kind="application/xml")

    stand_in.serve("/", root)
    for key, body in files.items():
        stand_in.serve(f"/{key}", stand_in.file(body, kind="application/zip"))
    return stand_in


def test_days_are_found_where_the_archive_keeps_them(bucket: Any, manner: Manner, tmp_path: Path) -> None:
    base = f"{bucket.base}/"
    found = plan(days_of("2024-02-28..2024-03-02"), base, tmp_path, manner)
    assert [item.key for item in found.files] == ["2024/aisdk-2024-02.zip", "2024/aisdk-2024-03-01.zip"]
    assert found.missing == (date(2024, 3, 2),)
    got = list(fetch_days(found.files, base, tmp_path, manner))
    assert [one.path.name for one in got] == ["aisdk-2024-02.zip", "aisdk-2024-03-01.zip"]
    assert [zipfile.ZipFile(one.path).namelist() for one in got][1] == ["aisdk-2024-03-01.csv"]
    assert all(one.reused for one in fetch_days(found.files, base, tmp_path, manner))


def test_a_damaged_zip_and_a_wrong_size_are_refused(bucket: Any, manner: Manner, tmp_path: Path) -> None:
    base = f"{bucket.base}/"
    found = plan(days_of("2025-11-01"), base, tmp_path, manner)
    bucket.serve("/aisdk-2025-11-01.zip", bucket.file(day_zip("2025-11-01")[:-30], kind="application/zip"))
    with pytest.raises(SourceError, match="the zip is damaged"):
        list(fetch_days(found.files, base, tmp_path, manner))
    turned = bytearray(day_zip("2025-11-01"))
    turned[60] ^= 1
    bucket.serve("/aisdk-2025-11-01.zip", bucket.file(bytes(turned), kind="application/zip"))
    with pytest.raises(SourceError, match="in the zip is damaged"):
        list(fetch_days(found.files, base, tmp_path, manner))
    bucket.serve("/aisdk-2025-11-01.zip", bucket.file(day_zip("2025-11-01x"), kind="application/zip"))
    with pytest.raises(SourceError, match="the listing says"):
        list(fetch_days(found.files, base, tmp_path, manner))


def test_a_listing_goes_on_page_by_page(stand_in: Any, reply: Any, manner: Manner, tmp_path: Path) -> None:
    def pages(asked: Any) -> Any:
        if asked.query.get("continuation-token") == "t/1=":
            return reply(body=listing({"b": 2}), kind="application/xml")
        return reply(body=listing({"a": 1}, more="t/1="), kind="application/xml")

    stand_in.serve("/", pages)
    found = list_bucket(f"{stand_in.base}/", "", tmp_path / "l.xml", DANISH_AIS, manner)
    assert [(item.key, item.bytes) for item in found] == [("a", 1), ("b", 2)]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<Error><Code>AccessDenied</Code></Error>", "no listing of files but <Error>"),
        (listing({"a": 1})[:-20], "no listing of files"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x/>', "declares entities"),
        (listing({"a": 1}, more="same"), "there is more but not from where"),
        (listing({"a": 1}).replace(b"<Size>1</Size>", b""), "without its size"),
    ],
)
def test_what_is_no_listing_is_told(
    body: bytes, why: str, stand_in: Any, reply: Any, manner: Manner, tmp_path: Path
) -> None:
    stand_in.serve("/", reply(body=body, kind="application/xml"))
    with pytest.raises(SourceError, match=why):
        list_bucket(f"{stand_in.base}/", "x", tmp_path / "l.xml", DANISH_AIS, manner)


def test_overpass_is_asked_for_undersea_lines(stand_in: Any, reply: Any, manner: Manner, tmp_path: Path) -> None:
    answer = json.dumps({"version": 0.6, "elements": []}).encode()
    stand_in.serve("/api/interpreter", reply(body=answer, kind="application/json"))
    got = fetch_overpass(BOX, f"{stand_in.base}/api/interpreter", tmp_path, manner)
    assert stand_in.asked[0].query["data"] == question(BOX)
    assert "(53,9,66,30)" in question(BOX)  # south, west, north, east
    assert got.path.name == "overpass_w9_s53_e30_n66.json"


@pytest.mark.parametrize(
    ("body", "kind", "why"),
    [
        (b'{"elements":[],"remark":"runtime error: Query timed out"}', "application/json", "smaller area"),
        (b'{"elements":[{"type":"wa', "application/json", "no JSON"),
        (b"[]", "application/json", "no elements"),
        (b'{"elements":[3]}', "application/json", "no element of a map"),
        (b'{"elements":[{"type":"relation","members":[3]}]}', "application/json", "no element of a map"),
        (b"<html>rate limited</html>", "text/html", "sent text/html"),
    ],
)
def test_overpass_that_gives_up_is_told(
    body: bytes, kind: str, why: str, stand_in: Any, reply: Any, manner: Manner, tmp_path: Path
) -> None:
    stand_in.serve("/", reply(body=body, kind=kind))
    with pytest.raises(SourceError, match=why):
        fetch_overpass(BOX, f"{stand_in.base}/", tmp_path, manner)


def features(numbers: range, matched: int | str | None) -> bytes:
    rows = [{"type": "Feature", "id": f"x.{n}", "properties": {"n": n}, "geometry": None} for n in numbers]
    page: dict[str, Any] = {"type": "FeatureCollection", "features": rows}
    return json.dumps(page if matched is None else {**page, "numberMatched": matched}).encode()


@pytest.mark.parametrize("matched", [7, "unknown"])
def test_features_come_page_by_page(
    matched: int | str, stand_in: Any, reply: Any, manner: Manner, tmp_path: Path
) -> None:
    def pages(asked: Any) -> Any:
        start, count = int(asked.query["startIndex"]), int(asked.query["count"])
        assert asked.query["bbox"].startswith("53,9,66,30,urn:")  # latitude first, as EPSG:4326 has it
        return reply(body=features(range(start, min(7, start + count)), matched), kind="application/json")

    stand_in.serve("/wfs", pages)
    got = fetch_features("e:pipes", f"{stand_in.base}/wfs", tmp_path, EMODNET, manner, box=BOX, page=3)
    assert [feature["properties"]["n"] for feature in features_of(got)] == list(range(7))
    assert len(got) == 3


def test_a_layer_that_changes_or_repeats_is_refused(
    stand_in: Any, reply: Any, manner: Manner, tmp_path: Path
) -> None:
    kind = "application/json"
    for second, why in (
        (features(range(3, 6), 8), "changed while it was read"),
        (features(range(3), 7), "the first page again"),
        (features(range(0), 7), "promised 7 features and sent 3"),
    ):
        stand_in.serve("/wfs", reply(body=features(range(3), 7), kind=kind), reply(body=second, kind=kind))
        with pytest.raises(SourceError, match=why):
            fetch_features("e:pipes", f"{stand_in.base}/wfs", tmp_path / why[:5], EMODNET, manner, page=3)


def test_what_is_no_feature_is_told(stand_in: Any, reply: Any, manner: Manner, tmp_path: Path) -> None:
    for body in (b'{"features":[3]}', b'{"features":[{"geometry":3}]}', b'{"features":[{"properties":[1]}]}'):
        stand_in.serve("/wfs", reply(body=body, kind="application/json"))
        with pytest.raises(SourceError, match="what is no feature"):
            fetch_features("e:pipes", f"{stand_in.base}/wfs", tmp_path, EMODNET, manner)


def test_an_exception_report_is_no_page(stand_in: Any, reply: Any, manner: Manner, tmp_path: Path) -> None:
    report = b"<ows:ExceptionReport><ows:ExceptionText>Feature type unknown</ows:ExceptionText></ows:ExceptionReport>"
    stand_in.serve("/wfs", reply(body=report, kind="application/xml"))
    with pytest.raises(SourceError, match="Feature type unknown"):
        fetch_features("e:pipes", f"{stand_in.base}/wfs", tmp_path, EMODNET, manner)


def test_a_subset_of_the_grid_is_asked_for(stand_in: Any, reply: Any, manner: Manner, tmp_path: Path) -> None:
    box = box_of("10,56,10.5,56.5")
    stand_in.serve("/griddap/GEBCO_2020.nc", reply(body=b"CDF\x01rest", kind="application/x-netcdf"))
    seen: list[Path] = []

    def check(path: Path) -> str:
        seen.append(path)
        return ""

    got = fetch_depths(box, f"{stand_in.base}/griddap/", tmp_path, manner, check)
    assert list(stand_in.asked[0].query) == []  # ERDDAP's question is no pair of name and value
    assert got.path.name == "gebco_2020_w10_s56_e10.5_n56.5.nc"
    assert len(seen) == 1
    stand_in.serve("/griddap/GEBCO_2020.nc", reply(body=b"Error {\n code=404;", kind="application/x-netcdf"))
    with pytest.raises(SourceError, match="no NetCDF"):
        fetch_depths(box, f"{stand_in.base}/griddap/", tmp_path / "b", manner, lambda path: "")
    with pytest.raises(UsageError, match="million cells"):
        fetch_depths(box_of("-180,-90,180,90"), f"{stand_in.base}/griddap/", tmp_path, manner, lambda path: "")
