"""A gallery of broken files and sentences: each gives its counts or its sentence, none a traceback."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from seawarden.decode import encode_message, encode_sentences
from seawarden.decode.encode import sentence, tag_block
from seawarden.model.batch import Catalogue
from seawarden.model.error import SourceError, UsageError
from seawarden.model.reject import Reject
from seawarden.sources import REASONS, inspect, open_source

S = 1_709_296_215
HEADER = "mmsi,timestamp_utc,lat,lon,sog,cog\n"
ROW = "219000001,2024-03-01 12:30:15,55.5,12.5,8.1,90.0\n"
DANISH = (
    "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,Heading,IMO,Callsign,Name,"
    "Ship type,Cargo type,Width,Length,Type of position fixing device,Draught,Destination,ETA,Data source type,"
    "A,B,C,D\n"
)
DANISH_ROW = (
    "31/12/2024 00:00:01,{mobile},219000001,{lat},12.5,Under way using engine,,8.1,90.0,89,Unknown,Unknown,,"
    "Undefined,,,,Undefined,,Unknown,,AIS,,,,\n"
)


def position(mmsi: int = 219000001, lat: float | None = 55.5, lon: float | None = 12.5) -> str:
    return encode_sentences(encode_message("1", mmsi, lat=lat, lon=lon, sog_kn=8.0, cog_deg=90.0))[0]


def raw(mmsi: int, lat: int, lon: int, *, bits: int = 168) -> str:
    """A position with whatever numbers one likes in its fields."""
    text = f"{1:06b}00{mmsi:030b}0000{0:08b}{80:010b}1{lon & (1 << 28) - 1:028b}{lat & (1 << 27) - 1:027b}{900:012b}"
    return encode_sentences((text + f"{90:09b}").ljust(168, "0")[:bits])[0]


def with_sum(body: str) -> str:
    return tag(sentence(body))


def tag(text: str) -> str:
    return tag_block(f"s:st1,c:{S}") + text


GOOD = tag(position())
LONG = encode_sentences(encode_message("5", 219000001, name="LONG", destination="FAR"), sequence=4)


def log(*texts: str) -> bytes:
    return ("\n".join([GOOD, *texts]) + "\n").encode("latin-1")


def table(*rows: str) -> bytes:
    return (HEADER + ROW + "".join(row + "\n" for row in rows)).encode()


def damaged(text: str) -> str:
    star = text.rindex("*")
    return text[: star + 1] + f"{int(text[star + 1 :], 16) ^ 0x11:02X}"


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_dot_", "."), data)
    return out.getvalue()


ONE_JSON = b'{"mmsi":219000001,"t":1709296215,"lat":55,"lon":12}\n'


def gz_cut(data: bytes, share: float = 0.5) -> bytes:
    packed = gzip.compress(data)
    return packed[: int(len(packed) * share)]


def parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


# name, file name, content, rejects by reason, positions
COUNTED: list[tuple[str, str, bytes, dict[str, int], int]] = [
    # sentences
    ("checksum wrong", "a.nmea", log(damaged(GOOD)), {"bad_checksum": 1}, 1),
    ("checksum missing", "a.nmea", log(GOOD[:-3]), {"bad_checksum": 1}, 1),
    ("checksum no hex", "a.nmea", log(GOOD[:-2] + "ZZ"), {"bad_checksum": 1}, 1),
    ("sentence cut", "a.nmea", log(GOOD[:-12]), {"bad_checksum": 1}, 1),
    ("fields missing", "a.nmea", log(with_sum("AIVDM,1,1,,A")), {"bad_sentence": 1}, 1),
    ("too many fields", "a.nmea", log(with_sum("AIVDM,1,1,,A,13@:`L0P000,0,0")), {"bad_sentence": 1}, 1),
    ("no total", "a.nmea", log(with_sum("AIVDM,,1,,A,13@:`L0P000,0")), {"bad_sentence": 1}, 1),
    ("part 3 of 2", "a.nmea", log(with_sum("AIVDM,2,3,1,A,13@:`L0P000,0")), {"bad_sentence": 1}, 1),
    ("fill bits 7", "a.nmea", log(with_sum("AIVDM,1,1,,A,13@:`L0P000,7")), {"bad_sentence": 1}, 1),
    ("payload empty", "a.nmea", log(with_sum("AIVDM,1,1,,A,,0")), {"bad_sentence": 1}, 1),
    (
        "payload not armour",
        "a.nmea",
        log(with_sum("AIVDM,1,1,,A,13@:`L0\x7fP000000000000000000,0")),
        {"bad_payload": 1},
        1,
    ),
    (
        "payload with X..Z",
        "a.nmea",
        log(with_sum("AIVDM,1,1,,A,13XYZ`L0P00000000000000000000,0")),
        {"bad_payload": 1},
        1,
    ),
    ("position too short", "a.nmea", log(tag(raw(219000001, 0, 0, bits=120))), {"short_message": 1}, 1),
    ("static too short", "a.nmea", log(with_sum("AIVDM,1,1,,A,53@:`L0P000,0")), {"short_message": 1}, 1),
    ("first half only", "a.nmea", log(tag(LONG[0])), {"part_lost": 1}, 1),
    ("second half only", "a.nmea", log(tag(LONG[1])), {"part_lost": 1}, 1),
    ("halves swapped", "a.nmea", log(tag(LONG[1]), tag(LONG[0])), {"part_lost": 2}, 1),
    ("MMSI 0", "a.nmea", log(tag(position(0))), {"bad_mmsi": 1}, 1),
    ("MMSI of ten digits", "a.nmea", log(tag(position(1_000_000_001))), {"bad_mmsi": 1}, 1),
    ("latitude 91", "a.nmea", log(tag(position(lat=None, lon=None))), {"no_position": 1}, 1),
    ("latitude 91.5", "a.nmea", log(tag(raw(219000001, 54_900_000, 0))), {"bad_latitude": 1}, 1),
    ("longitude 200", "a.nmea", log(tag(raw(219000001, 0, 120_000_000))), {"bad_longitude": 1}, 1),
    (
        "tag block damaged",
        "a.nmea",
        log(damaged(tag_block(f"c:{S}")[:-1]) + "\\" + position()),
        {"bad_tag_block": 1},
        1,
    ),
    ("tag block without end", "a.nmea", log(f"\\c:{S}*00" + position()), {"bad_tag_block": 1}, 1),
    ("time in 1970", "a.nmea", log(tag_block("c:1000") + position()), {"bad_time": 1}, 1),
    ("time no number", "a.nmea", log(tag_block("c:noon") + position()), {"bad_time": 1}, 1),
    ("no time for one", "a.nmea", log(position()), {"no_time": 1}, 1),
    ("prose", "a.nmea", log("the receiver was restarted"), {"not_a_sentence": 1}, 1),
    ("NULs", "a.nmea", log("\x00\x00\x00garbage\x00"), {"not_a_sentence": 1}, 1),
    ("a very long line", "a.nmea", log("!AIVDM," + "x" * 3_000_000, GOOD), {"long_line": 1}, 2),
    ("bytes that are no text", "a.nmea", log("\xff\xfe\x80\x81" * 5), {"not_a_sentence": 1}, 1),
    ("CRLF and blank lines", "a.nmea", log("", GOOD + "\r", "\r", GOOD), {}, 3),
    (
        "gzip cut",
        "a.nmea.gz",
        gz_cut(log(*[tag(position(219000001 + i)) for i in range(3000)])),
        {"truncated": 1},
        -1,
    ),
    ("bzip2 cut", "a.nmea.bz2", bz2.compress(log(*[GOOD] * 20))[:-8], {"truncated": 1}, -1),
    # tables
    ("latitude no number", "a.csv", table("219000001,2024-03-01 12:30:15,fifty,12.5,8,90"), {"bad_latitude": 1}, 1),
    ("latitude 91 in a table", "a.csv", table("219000001,2024-03-01 12:30:15,91,181,8,90"), {"no_position": 1}, 1),
    (
        "latitude 91.5 in a table",
        "a.csv",
        table("219000001,2024-03-01 12:30:15,91.5,12,8,90"),
        {"bad_latitude": 1},
        1,
    ),
    (
        "longitude 200 in a table",
        "a.csv",
        table("219000001,2024-03-01 12:30:15,55,200,8,90"),
        {"bad_longitude": 1},
        1,
    ),
    ("place empty", "a.csv", table("219000001,2024-03-01 12:30:15,,,8,90"), {"no_position": 1}, 1),
    ("place nan", "a.csv", table("219000001,2024-03-01 12:30:15,nan,nan,8,90"), {"bad_latitude": 1}, 1),
    ("MMSI with letters", "a.csv", table("MOON,2024-03-01 12:30:15,55,12,8,90"), {"bad_mmsi": 1}, 1),
    ("MMSI negative", "a.csv", table("-219000001,2024-03-01 12:30:15,55,12,8,90"), {"bad_mmsi": 1}, 1),
    (
        "MMSI of ten digits in a table",
        "a.csv",
        table("2190000011,2024-03-01 12:30:15,55,12,8,90"),
        {"bad_mmsi": 1},
        1,
    ),
    ("MMSI with a half", "a.csv", table("219000001.5,2024-03-01 12:30:15,55,12,8,90"), {"bad_mmsi": 1}, 1),
    ("year 20255", "a.csv", table("219000001,20255-03-01 12:30:15,55,12,8,90"), {"bad_time": 1}, 1),
    ("thirtieth of February", "a.csv", table("219000001,2024-02-30 12:30:15,55,12,8,90"), {"bad_time": 1}, 1),
    ("year 1970", "a.csv", table("219000001,1970-01-01 00:00:01,55,12,8,90"), {"bad_time": 1}, 1),
    ("clock of 2038 is kept", "a.csv", table("219000001,2038-01-19 03:14:07,55,12,8,90"), {}, 2),
    ("time empty", "a.csv", table("219000001,,55,12,8,90"), {"no_time": 1}, 1),
    ("too few columns", "a.csv", table("219000001,2024-03-01 12:30:15,55"), {"bad_columns": 1}, 1),
    ("too many columns", "a.csv", table("219000001,2024-03-01 12:30:15,55,12,8,90,1,2"), {"bad_columns": 1}, 1),
    ("one too few, one too many", "a.csv", table(ROW[:-6], ROW[:-1] + ",1"), {"bad_columns": 2}, 1),
    ("header again", "a.csv", table(HEADER.strip(), ROW.strip()), {"repeated_header": 1}, 2),
    ("blank lines in a table", "a.csv", table("", ROW.strip(), "  "), {}, 2),
    ("quote not closed", "a.csv", table('219000001,"2024-03-01 12:30:15,55'), {"bad_quote": 1}, 1),
    ("NULs in a table", "a.csv", table("219000001,2024-03-01 12:30:15,5\x005,12,8,90"), {"bad_latitude": 1}, 1),
    ("long line in a table", "a.csv", table("9" * 200_000), {"long_line": 1}, 1),
    ("speeds that are none", "a.csv", table("219000001,2024-03-01 12:30:15,55,12,fast,nan"), {}, 2),
    ("table gzip cut", "a.csv.gz", gz_cut((HEADER + ROW * 4000).encode()), {"truncated": 1}, -1),
    ("table xz cut", "a.csv.xz", lzma.compress((HEADER + ROW * 40).encode())[:-20], {"truncated": 1}, -1),
    (
        "base stations and aids",
        "aisdk-2024-12-31.csv",
        (
            DANISH + "".join(DANISH_ROW.format(mobile=m, lat=55.5) for m in ("Class A", "Base Station", "AtoN"))
        ).encode(),
        {},
        1,
    ),
    (
        "Danish row without a place",
        "aisdk-2024-12-31.csv",
        (
            DANISH + DANISH_ROW.format(mobile="Class A", lat=55.5) + DANISH_ROW.format(mobile="Class A", lat=91.0)
        ).encode(),
        {"no_position": 1},
        1,
    ),
    # JSON lines
    ("JSON line cut", "a.jsonl", ONE_JSON + b'{"mmsi":2190\n', {"bad_json": 1}, 1),
    ("JSON list in a line", "a.jsonl", ONE_JSON + b"[1,2]\n", {"bad_json": 1}, 1),
    ("JSON without a place", "a.jsonl", ONE_JSON + b'{"mmsi":219000001,"t":1709296215}\n', {"no_position": 1}, 1),
    (
        "ship-day cut",
        "day.jsonl",
        b'{"mmsi":219000001,"kf":[[1709296215,12,55,8,90]],"gaps":[]}\n{"mmsi":219000002,"kf":[[17092',
        {"bad_json": 1},
        1,
    ),
    (
        "key frame at latitude 95",
        "day.jsonl",
        b'{"mmsi":219000001,"kf":[[1709296215,12,55,8,90],[1709296300,12,95,8,90]]}\n',
        {"bad_latitude": 1},
        1,
    ),
    (
        "ship-day of MMSI 0",
        "day.jsonl",
        b'{"mmsi":219000001,"kf":[[1709296215,12,55,8,90]]}\n{"mmsi":0,"kf":[]}\n',
        {"bad_mmsi": 1},
        1,
    ),
]

# name, file name, content, words of the sentence
REFUSED: list[tuple[str, str, bytes, str]] = [
    ("empty", "a.csv", b"", "the file is empty"),
    ("blank", "a.csv", b"\n\n  \n", "the file is blank"),
    ("a gzip of nothing", "a.nmea.gz", gzip.compress(b""), "the file is empty"),
    ("lone header", "a.csv", HEADER.encode(), "a header and no row"),
    ("no ship column", "a.csv", b"time,lat,lon\n2024-03-01 12:30:15,55,12\n", "no column is recognised as mmsi"),
    ("no place columns", "a.csv", b"mmsi,time,speed\n219000001,2024-03-01 12:30:15,5\n", "recognised as lat or lon"),
    (
        "no time column",
        "a.csv",
        b"mmsi,lat,lon\n219000001,55,12\n",
        "holds 1 position reports of 1 ships but no usable",
    ),
    ("a time column of words", "a.csv", b"mmsi,time,lat,lon\n219000001,noon,55,12\n", "no usable time"),
    (
        "days or months",
        "a.csv",
        b"mmsi,time,lat,lon\n219000001,01/02/2024 10:00:00,55,12\n",
        "do not tell day from month",
    ),
    (
        "untimed log",
        "a.nmea",
        (position() + "\n" + position(219000002) + "\n").encode(),
        "2 position reports of 2 ships",
    ),
    ("UTF-16", "a.csv", (HEADER + ROW).encode("utf-16"), "UTF-16"),
    ("PDF", "a.csv", b"%PDF-1.7 whatever\n", "a PDF document"),
    ("SQLite", "a.csv", b"SQLite format 3\x00" + bytes(100), "an SQLite database"),
    ("NetCDF", "a.nc", b"\x89HDF\r\n\x1a\n" + bytes(100), "an HDF5 or NetCDF file"),
    ("HTML", "a.csv", b"<!DOCTYPE html><html>404</html>", "an XML or HTML page"),
    ("GeoJSON", "a.geojson", b'{"type": "FeatureCollection", "features": []}', "a map layer"),
    ("JSON list", "a.json", b'[{"mmsi": 1}]', "a JSON list"),
    ("binary", "a.bin", bytes(range(256)) * 4, "binary data"),
    ("prose", "a.txt", b"Dear sirs\nplease find attached", "text that begins 'Dear sirs'"),
    ("zip damaged", "a.zip", zipped(a_dot_csv=HEADER.encode() + ROW.encode() * 50)[:-30], "the zip is damaged"),
    ("zip empty", "a.zip", zipped(), "holds no file"),
    ("zip of prose", "a.zip", zipped(readme_dot_txt=b"Dear sirs"), "text that begins"),
    ("Parquet cut", "a.parquet", parquet(pl.DataFrame({"mmsi": [1], "lat": [2.0]}))[:-9], "not a readable Parquet"),
    (
        "Parquet without rows",
        "a.parquet",
        parquet(pl.DataFrame({"mmsi": [], "lat": [], "lon": [], "t": []})),
        "no row",
    ),
    ("Parquet of something else", "a.parquet", parquet(pl.DataFrame({"price": [1.0]})), "no column is recognised"),
    ("JSON records of something else", "a.jsonl", b'{"price": 1}\n', "no column is recognised"),
]


def read(path: Path, chunk: int = 500_000) -> tuple[int, int, list[Reject]]:
    positions = records = 0
    rejects: list[Reject] = []
    for batch in open_source(path, catalogue=Catalogue(), chunk=chunk).batches():
        positions += len(batch.positions.t)
        records += batch.records
        rejects += batch.rejects
    return positions, records, rejects


@pytest.mark.parametrize(("name", "file", "data", "expected", "positions"), COUNTED, ids=[c[0] for c in COUNTED])
def test_counted(name: str, file: str, data: bytes, expected: dict[str, int], positions: int, tmp_path: Path) -> None:
    path = tmp_path / file
    path.write_bytes(data)
    found, records, rejects = read(path)
    assert Counter(reject.reason for reject in rejects) == expected, name
    assert found == positions or (positions < 0 and found >= 0)
    assert all(reject.file == file and reject.line > 0 and len(reject.detail) <= 200 for reject in rejects)
    assert {reject.reason for reject in rejects} <= set(REASONS)
    notes = sum(inspect(path).notes.get(note, 0) for note in ("not_a_ship", "other_type", "part", "static"))
    assert records == found + len(rejects) + notes
    assert (found, records, len(rejects)) == (lambda a: (a[0], a[1], len(a[2])))(read(path, chunk=1))


@pytest.mark.parametrize(("name", "file", "data", "words"), REFUSED, ids=[c[0] for c in REFUSED])
def test_refused(name: str, file: str, data: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / file
    path.write_bytes(data)
    with pytest.raises(SourceError) as caught:
        read(path)
    assert words in str(caught.value), name
    assert str(caught.value).startswith(file)
    assert words in inspect(path).refusal


def test_the_gallery_is_large_enough() -> None:
    kinds = {reason for case in COUNTED for reason in case[3]}
    assert len(COUNTED) + len(REFUSED) >= 40
    assert len(kinds) + len({case[3] for case in REFUSED}) >= 12


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9, 0.999])
def test_a_cut_gzip_gives_all_its_whole_lines(cut: float, tmp_path: Path) -> None:
    texts = [tag(position(219000000 + i, 50.0 + i / 1000)) for i in range(2000)]
    path = tmp_path / "cut.nmea.gz"
    packed = gzip.compress(log(*texts))
    path.write_bytes(packed[: int(len(packed) * cut)])
    import zlib

    whole = zlib.decompressobj(wbits=31).decompress(path.read_bytes()).count(b"\n")
    positions, _, rejects = read(path)
    assert positions == whole > 0
    assert [(reject.reason, reject.line) for reject in rejects] == [("truncated", whole + 1)]


@pytest.mark.parametrize(
    ("uri", "kind", "words"),
    [
        ("/nowhere/at/all.csv", SourceError, "there is no such file"),
        ("/nowhere/*.csv", SourceError, "no file fits"),
        ("ftp://127.0.0.1:9", SourceError, "ftp:// are not understood; feeds understood: .*mqtt.*tcp"),
        ("mqtt://x/y", UsageError, "say what comes there: #form=digitraffic or nmea"),
    ],
)
def test_addresses_that_lead_nowhere(uri: str, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        open_source(uri, catalogue=Catalogue())


def test_a_folder_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no file"):
        open_source(tmp_path, catalogue=Catalogue())


Maker = Callable[[bytes], bytes]


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)])
def test_junk_after_the_end_of_compressed_data(suffix: str, pack: Maker, tmp_path: Path) -> None:
    path = tmp_path / f"a.csv{suffix}"
    path.write_bytes(pack((HEADER + ROW).encode()) + b"junk")
    positions, _, rejects = read(path)
    assert positions == 1
    assert [reject.reason for reject in rejects] == ["truncated"]
    path.write_bytes(pack((HEADER + ROW).encode()) + pack(ROW.encode()) + bytes(512))
    assert read(path)[0] == 2
