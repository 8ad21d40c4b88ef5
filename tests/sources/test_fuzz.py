"""Whatever a file holds, the door gives batches or a sentence, and the records add up."""

from __future__ import annotations

import gzip
import io
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.decode import encode_message, encode_sentences
from seawarden.decode.encode import tag_block
from seawarden.model.batch import Catalogue
from seawarden.model.error import SeawardenError
from seawarden.sources import REASONS, open_source

INFORMED = ("not_a_ship", "other_type", "part", "static")


def examples() -> dict[str, bytes]:
    """One small good file of each form."""
    frame = pl.DataFrame(
        {
            "mmsi": [219000001 + i % 3 for i in range(30)],
            "timestamp_utc": [f"2024-03-01 12:{i:02}:15" for i in range(30)],
            "lat": [55.0 + i / 100 for i in range(30)],
            "lon": [12.0 + i / 100 for i in range(30)],
            "sog": [8.0] * 30,
            "name": [f"SHIP, {i % 3}" for i in range(30)],
            "status": ["Moored"] * 30,
        }
    )
    parquet, archive = io.BytesIO(), io.BytesIO()
    frame.write_parquet(parquet)
    text = frame.write_csv().encode()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr("one.csv", text)
        members.writestr("two.csv", text)
    sentences: list[str] = []
    for i in range(20):
        bits = encode_message(("1", "5", "18", "24A")[i % 4], 219000001, lat=55.0, lon=12.0, name="FUZZ")
        first, *rest = encode_sentences(bits, sequence=i % 10)
        sentences += [tag_block(f"s:a,c:{1_709_296_215 + i}") + first, *rest]
    days = (
        b'{"mmsi":219000001,"name":"A","kf":[[1709296215,12,55,8,90],[1709296315,12.1,55,8,90]],"gaps":[[1,2]]}\n' * 3
    )
    return {
        "a.csv": text,
        "a.parquet": parquet.getvalue(),
        "a.zip": archive.getvalue(),
        "a.csv.gz": gzip.compress(text),
        "a.nmea": "\n".join(sentences).encode(),
        "a.jsonl": "".join(row + "\n" for row in frame.write_ndjson().splitlines()).encode(),
        "day.jsonl": days,
    }


EXAMPLES = examples()


def read(name: str, data: bytes) -> tuple[int, str]:
    """Number of positions and the sentence, if any; everything else is a failure."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        positions = records = 0
        rejects: Counter[str] = Counter()
        try:
            source = open_source(path, catalogue=Catalogue(), chunk=7)
            for batch in source.batches():
                positions += len(batch.positions.t)
                records += batch.records
                rejects.update(reject.reason for reject in batch.rejects)
                assert set(rejects) <= set(REASONS)
                assert (abs(batch.positions.lat) <= 90).all()
                assert (abs(batch.positions.lon) <= 180).all()
                assert (batch.positions.mmsi > 0).all()
                assert (batch.positions.t > 0).all()
        except SeawardenError as error:
            return positions, str(error)
        notes = getattr(source, "notes", {})
        assert records == positions + sum(rejects.values()) + sum(notes.get(note, 0) for note in INFORMED)
        return positions, ""


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_good_ones_are_good(name: str) -> None:
    positions, sentence = read(name, EXAMPLES[name])
    assert positions >= 3
    assert sentence == ""


@given(name=st.sampled_from(sorted(EXAMPLES)), data=st.binary(max_size=300))
def test_noise(name: str, data: bytes) -> None:
    read(name, data)


@given(
    name=st.sampled_from(sorted(EXAMPLES)),
    damages=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 6), st.binary(max_size=6)), min_size=1, max_size=8),
    cut=st.floats(0.3, 1),
)
def test_damage(name: str, damages: list[tuple[float, int, bytes]], cut: float) -> None:
    data = EXAMPLES[name]
    for where, length, new in damages:
        at = int(where * len(data))
        data = data[:at] + new + data[at + length :]
    read(name, data[: int(cut * len(data))])


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["219000001", "0", "-1", "x", "", "1e9", "219000001.0", "99999999999999999999"]),
            st.sampled_from(["2024-03-01 12:00:00", "", "1709296215", "20255-01-01 00:00:00", "1e400", "noon", "-1"]),
            st.sampled_from(["55", "91", "-91", "nan", "inf", "5,5", "", "55.5.5", "1e300"]),
            st.sampled_from(["12", "181", "-181", "200", "x", ""]),
            st.sampled_from(["8", "102.3", "", "fast", "-1", '"8"', '"', "8,9", "\x00"]),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_cells(rows: list[tuple[str, ...]]) -> None:
    text = "mmsi,t,lat,lon,sog\n" + "".join(",".join(row) + "\n" for row in rows)
    read("a.csv", text.encode())
