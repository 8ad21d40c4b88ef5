"""What is encoded comes back; what is no AIS never raises; where a log is cut does not matter."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyais import decode

from seawarden.decode import Decoded, LogDecoder, encode_message, encode_sentences
from seawarden.decode.encode import tag_block
from seawarden.model.position import NO_TIME

T0 = 1_700_000_000
LETTERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _'-./&()", max_size=20).map(str.strip)


def lines(*sentences: str) -> bytes:
    return "".join(sentence + "\n" for sentence in sentences).encode("latin-1")


def timed(sentences: list[str], t_s: int = T0, station: str = "x1") -> list[str]:
    first, *rest = sentences
    return [tag_block(f"s:{station},c:{t_s}") + first, *rest]


def read(data: bytes) -> Decoded:
    return LogDecoder().feed(data)


@given(
    kind=st.sampled_from(["1", "2", "3", "18", "19"]),
    mmsi=st.integers(1, 999_999_999),
    lat=st.floats(-90, 90),
    lon=st.floats(-180, 180),
    sog=st.none() | st.floats(0, 102.2),
    cog=st.none() | st.floats(0, 359.9),
    heading=st.none() | st.integers(0, 359),
    nav=st.integers(0, 15),
    accuracy=st.integers(0, 1),
)
def test_a_position_comes_back(
    kind: str,
    mmsi: int,
    lat: float,
    lon: float,
    sog: float | None,
    cog: float | None,
    heading: int | None,
    nav: int,
    accuracy: int,
) -> None:
    bits = encode_message(
        kind, mmsi, lat=lat, lon=lon, sog_kn=sog, cog_deg=cog, heading_deg=heading, nav_status=nav, accuracy=accuracy
    )
    p = read(lines(*timed(encode_sentences(bits)))).positions
    assert p.mmsi.tolist() == [mmsi]
    assert p.msg_type[0] == int(kind)
    assert abs(p.lat[0] - lat) <= 0.5 / 600_000 + 1e-12
    assert abs(p.lon[0] - lon) <= 0.5 / 600_000 + 1e-12
    assert math.isnan(p.sog_kn[0]) if sog is None else abs(p.sog_kn[0] - sog) <= 0.0501
    if cog is None:
        assert math.isnan(p.cog_deg[0])
    else:
        assert abs((p.cog_deg[0] - cog + 180) % 360 - 180) <= 0.0501
    assert math.isnan(p.heading_deg[0]) if heading is None else p.heading_deg[0] == heading
    assert p.nav_status[0] == (nav if int(kind) <= 3 else -1)
    assert p.pos_sigma_m[0] == (5.0 if accuracy else 15.0)
    assert p.t[0] == p.source_t[0] == T0 * 1000
    assert p.receive_t[0] == NO_TIME


@given(
    name=LETTERS,
    callsign=st.text("ABCDEFGHIJ0123456789", max_size=7),
    destination=LETTERS,
    imo=st.integers(1_000_000, 9_999_999),
    sides=st.tuples(*[st.integers(0, 63)] * 4),
    draught=st.integers(0, 255),
)
def test_static_data_come_back(
    name: str, callsign: str, destination: str, imo: int, sides: tuple[int, ...], draught: int
) -> None:
    bits = encode_message(
        "5",
        219000001,
        name=name,
        callsign=callsign,
        destination=destination,
        imo=imo,
        ship_type=70,
        to_bow_m=sides[0],
        to_stern_m=sides[1],
        to_port_m=sides[2],
        to_starboard_m=sides[3],
        draught_m=draught / 10,
        month=3,
        day=4,
        hour=5,
        minute=6,
    )
    parts = encode_sentences(bits, sequence=3)
    assert len(parts) == 2
    (report,) = read(lines(*timed(parts))).statics
    assert (report.name, report.callsign, report.destination) == (name, callsign, destination)
    assert (report.imo, report.ship_type, report.eta) == (imo, 70, "03-04 05:06")
    assert report.length_m == (sides[0] + sides[1] or None)
    assert report.breadth_m == (sides[2] + sides[3] or None)
    assert report.draught_m == (draught / 10 if draught else None)


@given(st.sampled_from(["1", "4", "5", "9", "18", "19", "21", "24A", "24B", "27"]), st.floats(-80, 80))
def test_pyais_reads_what_we_encode(kind: str, lat: float) -> None:
    bits = encode_message(kind, 219000001, lat=lat, lon=10.0, sog_kn=9.0, cog_deg=90.0, name="A_B'C", callsign="OX1")
    message: dict[str, Any] = decode(*(part.encode() for part in encode_sentences(bits))).asdict()
    assert message["msg_type"] == int(kind.rstrip("AB"))
    if "lat" in message:
        assert abs(message["lat"] - lat) < (0.001 if kind == "27" else 1e-5)
    if kind in ("5", "19", "24A"):
        assert message["shipname"].rstrip() == "A_B'C"


def test_message_27_is_coarse() -> None:
    bits = encode_message("27", 219000001, lat=55.123, lon=12.456, sog_kn=12, cog_deg=77, nav_status=5)
    p = read(lines(*timed(encode_sentences(bits)))).positions
    assert abs(p.lat[0] - 55.123) < 1 / 1000
    assert (p.sog_kn[0], p.cog_deg[0], p.nav_status[0]) == (12.0, 77.0, 5)
    assert 54.0 < p.pos_sigma_m[0] < 60.0


@pytest.mark.parametrize(("rate", "expected"), [(None, None), (0.0, 0.0), (5.0, 5.0), (-20.0, -20.0), (700.0, 700.0)])
def test_rate_of_turn(rate: float | None, expected: float | None) -> None:
    bits = encode_message("1", 219000001, lat=55.0, lon=12.0, rot_deg_min=rate)
    turn = read(lines(*timed(encode_sentences(bits)))).positions.rot_deg_min[0]
    if expected is None:
        assert math.isnan(turn)
    else:
        assert abs(turn - expected) <= 0.5 + 0.02 * abs(expected)


def test_half_reports_of_message_24_are_joined() -> None:
    a = encode_sentences(encode_message("24A", 219000001, name="HALF"))
    b = encode_sentences(encode_message("24B", 219000001, callsign="OX1", ship_type=36, to_bow_m=7, to_stern_m=5))
    first, second = read(lines(*timed(a), *timed(b), *timed(a), *timed(b))).statics
    assert (first.name, first.callsign) == ("HALF", "")
    assert (second.name, second.callsign, second.length_m, second.ship_type) == ("HALF", "OX1", 12.0, 36)


@given(st.binary(max_size=400))
def test_random_bytes_never_raise(noise: bytes) -> None:
    decoder = LogDecoder()
    block = noise + b"\n"
    decoded = decoder.feed(block)
    left = decoder.flush()
    records = decoded.counts.get("records", 0)
    assert records == len(decoded.rejects) + len(left.rejects) + accounted(decoded)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 90), st.binary(min_size=1, max_size=2)), max_size=12))
def test_damaged_logs_never_raise_and_add_up(damages: list[tuple[int, int, bytes]]) -> None:
    texts = example_log().split(b"\n")
    for line, at, new in damages:
        text = texts[line % len(texts)]
        texts[line % len(texts)] = text[:at] + new + text[at + len(new) :]
    data = b"\n".join(texts) + b"\n"
    decoder = LogDecoder()
    decoded = decoder.feed(data)
    left = decoder.flush()
    assert decoded.counts.get("records", 0) == len(decoded.rejects) + len(left.rejects) + accounted(decoded)


def accounted(decoded: Decoded) -> int:
    counts = decoded.counts
    informed = ("not_a_ship", "other_type", "part", "static")
    return len(decoded.positions.t) + sum(counts.get(name, 0) for name in informed)


def example_log() -> bytes:
    """Single and multi-part messages of three ships, two stations and all ways of telling the time."""
    out: list[str] = []
    for i in range(12):
        kind = ("1", "5", "18", "24A", "3", "21")[i % 6]
        bits = encode_message(
            kind,
            219000001 + i % 3,
            lat=55.0 + i / 100,
            lon=11.0 + i / 50,
            sog_kn=10.0 + i,
            cog_deg=20.0 * i,
            name=f"SHIP {i}",
            callsign=f"OX{i}",
        )
        out += timed(encode_sentences(bits, sequence=i % 10, channel="AB"[i % 2]), T0 + 2 * i, f"st{i % 2}")
    return lines(*out)


@given(st.lists(st.integers(1, 40), max_size=6))
def test_blocks_do_not_matter(cuts: list[int]) -> None:
    texts = example_log().splitlines(keepends=True)
    whole = LogDecoder().feed(b"".join(texts))
    decoder = LogDecoder()
    parts: list[Decoded] = []
    at = 0
    for cut in [*cuts, len(texts)]:
        parts.append(decoder.feed(b"".join(texts[at : at + cut])))
        at += cut
    for column, field in enumerate(whole.positions._fields):
        together = np.concatenate([part.positions[column] for part in parts])
        np.testing.assert_array_equal(together, whole.positions[column], err_msg=field)
    names = [(r.offset, r.mmsi, r.name, r.callsign) for part in parts for r in part.statics]
    assert names == [(r.offset, r.mmsi, r.name, r.callsign) for r in whole.statics]


def test_a_table_of_statics_that_grows_forgets_nothing() -> None:
    decoder = LogDecoder()
    messages = [encode_message("24A", 200000000 + i, name="N") for i in range(6000)]
    sentences = [text for bits in messages for text in timed(encode_sentences(bits))]
    data = lines(*sentences)
    assert len(decoder.feed(data).statics) == 6000
    again: Any = decoder.feed(data)
    assert len(again.statics) == 0
    assert again.counts["static"] == 6000
