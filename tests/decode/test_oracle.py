"""Our decoder against pyais, on every AIS message of every sample log."""

from __future__ import annotations

import gzip
import math
import re
from pathlib import Path
from typing import Any

import pytest
from pyais import decode
from pyais.exceptions import AISBaseException

from seawarden.decode import Decoded, LogDecoder

LOGS = (
    "7cde966d_ais-lib-communication__src__test__resources__decode_encode_messages.txt",
    "aisdb_satellite_2021-11-01.nm4",
    "dma_2013-11-12_1200_5min.nmea.gz",
    "dma_2014-09-28_drift_538004030.nmea.gz",
    "dma_2014-10-05_suddenspeed_219165000.nmea.gz",
    "gpsd_ais-nmea.log",
    "gpsd_sample.aivdm",
    "helcom_2010-06-11_28s_tagblocks.nmea.gz",
    "opencpn_hakefjord_2015-07-20.nmea.gz",
)
SENTENCE = re.compile(rb"!(..)VD[MO],(\d),(\d),(\d?),(\w?),([^,]*),(\d)\*[0-9A-Fa-f]{2}")
SHIPS = (1, 2, 3, 18, 19, 27)


@pytest.fixture(params=LOGS)
def log(request: pytest.FixtureRequest, samples: Path) -> bytes:
    path = samples / "nmea" / request.param
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return data if data.endswith(b"\n") else data + b"\n"


def oracle(data: bytes) -> dict[int, dict[str, Any]]:
    """Every message that pyais decodes, by the number of its first line."""
    out: dict[int, dict[str, Any]] = {}
    open_parts: dict[tuple[bytes, ...], list[tuple[int, bytes]]] = {}
    cache: dict[bytes, dict[str, Any] | None] = {}
    for number, line in enumerate(data.split(b"\n"), 1):
        match = SENTENCE.search(line)
        if match is None or line.startswith(b"#"):
            continue
        talker, total, place, sequence, channel = match.groups()[:5]
        parts = [(number, match[0])]
        if total != b"1":
            key = (talker, total, sequence, channel)
            held = open_parts.pop(key, []) if place != b"1" else []
            if len(held) != int(place) - 1:
                continue
            parts = held + parts
            if len(parts) < int(total):
                open_parts[key] = parts
                continue
        raw = b"".join(text for _, text in parts)
        if raw not in cache:
            try:
                cache[raw] = decode(*(text for _, text in parts)).asdict()
            except AISBaseException:
                cache[raw] = None
        if (found := cache[raw]) is not None:
            out[parts[0][0]] = found
    return out


def same(value: float, expected: float | None, missing: bool, digits: float) -> bool:
    if missing or expected is None:
        return math.isnan(value)
    return abs(value - float(expected)) <= digits


def text(value: str) -> str:
    """Up to the first @, which ends a text by the standard; pyais goes on after it."""
    return value.split("@", 1)[0].strip()


def run(data: bytes) -> Decoded:
    return LogDecoder(everything=True).feed(data)


def test_every_position_agrees(log: bytes) -> None:
    theirs = oracle(log)
    ours = run(log)
    p = ours.positions
    assert len(p.t) > 0
    for row, line in enumerate(p.offset.tolist()):
        message = theirs[line]
        kind = message["msg_type"]
        assert p.msg_type[row] == kind
        assert p.mmsi[row] == int(message["mmsi"])
        assert abs(p.lat[row] - message["lat"]) < 1e-6
        assert abs(p.lon[row] - message["lon"]) < 1e-6
        speed, course = message["speed"], message["course"]
        no_speed = speed >= (63 if kind == 27 else 102.3)
        assert same(p.sog_kn[row], speed, no_speed, 1e-5), (line, message)
        assert same(p.cog_deg[row], course, course >= 360.0, 1e-4), (line, message)
        heading = message.get("heading", 511)
        assert same(p.heading_deg[row], heading, heading >= 360, 1e-4), (line, message)
        assert p.nav_status[row] == message.get("status", -1)
        assert (p.pos_sigma_m[row] < 10.0 or kind == 27) == (bool(message["accuracy"]) or kind == 27)
        turn = message.get("turn")
        if isinstance(turn, float) and abs(turn) < 700 and not hasattr(turn, "name"):
            assert same(p.rot_deg_min[row], turn, False, 0.6), (line, turn)


def test_no_position_is_left_out(log: bytes) -> None:
    theirs = oracle(log)
    ours = run(log)
    refused = {reject.line for reject in ours.rejects}
    expected = {line for line, message in theirs.items() if message["msg_type"] in SHIPS} - refused
    assert set(ours.positions.offset.tolist()) == expected


def test_every_static_report_agrees(log: bytes) -> None:
    theirs = oracle(log)
    compared = 0
    for report in run(log).statics:
        message = theirs[report.offset]
        kind = message["msg_type"]
        assert report.mmsi == int(message["mmsi"])
        if "name" in message:
            assert report.name == text(message["name"]), (report.offset, message["name"])
        elif "shipname" in message:
            assert report.name == text(message["shipname"]), (report.offset, message["shipname"])
        if "callsign" in message:
            assert report.callsign == text(message["callsign"])
        if "ship_type" in message:
            # pyais knows no reserved codes and calls them 0
            assert report.ship_type == int(message["ship_type"]) or int(message["ship_type"]) == 0
        if kind == 5:
            assert report.imo in (message["imo"], 0)
            assert report.destination == text(message["destination"])
            assert (report.draught_m or 0.0) == pytest.approx(message["draught"])
        if report.length_m is not None:
            assert report.length_m == message["to_bow"] + message["to_stern"]
            assert report.breadth_m is None or report.breadth_m == message["to_port"] + message["to_starboard"]
        compared += 1
    assert compared > 0 or not any(m["msg_type"] in (5, 19, 21, 24) for m in theirs.values())


def test_what_is_not_a_ship_agrees(log: bytes) -> None:
    theirs = oracle(log)
    others = run(log).not_ships
    for row, line in enumerate(others.offset.tolist()):
        message = theirs[line]
        assert message["msg_type"] in (4, 9, 21)
        assert others.mmsi[row] == int(message["mmsi"])
        assert abs(others.lat[row] - message["lat"]) < 1e-6
        assert abs(others.lon[row] - message["lon"]) < 1e-6
    assert len(others.t) == len({line for line, m in theirs.items() if m["msg_type"] in (4, 9, 21)})


def test_the_samples_are_real(samples: Path) -> None:
    assert {path.name for path in (samples / "nmea").iterdir()} == set(LOGS)
