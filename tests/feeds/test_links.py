"""Every kind of line against a real other side, and every form that comes over it."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.feeds.counterparts import PATIENT, hold, listening, many, position, static, timed

from seawarden.model.position import NO_TIME
from seawarden.sources import open_source
from seawarden.sources.feeds.link import Chunk
from seawarden.sources.feeds.nmea import NmeaReader
from seawarden.sources.feeds.opening import open_feed

NOW = 1_764_000_000_000


def test_kystverkets_form(serve):
    """Tag blocks tell station and time; static reports come in two parts; both positions and names arrive."""
    t = time.time_ns() // 1_000_000
    lines = [timed(position(257_000_001).replace("!AIVDM", "!AIVDM"), t)]
    lines += [timed(part, t) for part in static(257_000_001)]

    def script(line: socket.socket) -> None:
        line.sendall("".join(lines).encode())
        hold(line)

    with listening(f"tcp://127.0.0.1:{serve(script).port}#name=kystverket", PATIENT) as heard:
        heard.positions(1)
        heard.until(lambda _: any(b.statics for b in heard.batches), "a static report")
        p = heard.batches[-1].positions if len(heard.batches[-1].positions.t) else heard.batches[0].positions
        assert p.t[0] // 1000 == t // 1000 and p.source_t[0] // 1000 == t // 1000
        assert heard.feed.catalogue.receivers == ["2573135"]
        (report,) = [report for batch in heard.batches for report in batch.statics]
        assert (report.name, report.imo, report.receiver) == ("NORDIC TEST", 9_074_729, 0)


def test_stations_that_call_us():
    with listening("tcp-listen://127.0.0.1:0#name=stations", PATIENT) as heard:
        heard.until(lambda r: r.up)
        port = heard.feed.link.port  # type: ignore[attr-defined]
        with socket.create_connection(("127.0.0.1", port)) as a, socket.create_connection(("127.0.0.1", port)) as b:
            one, two = many(1), many(1, 1)
            for k in range(0, len(one), 7):  # their lines come in pieces, in turn
                a.sendall(one[k : k + 7])
                b.sendall(two[k : k + 7])
                time.sleep(0.001)
            assert sorted(heard.positions(2)) == [219_000_000, 219_000_001]
        assert heard.feed.health.report().rejected == 0


def test_datagrams():
    with listening("udp://127.0.0.1:0#name=plotter", PATIENT) as heard:
        heard.until(lambda r: r.up)
        port = heard.feed.link.port  # type: ignore[attr-defined]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for k in range(3):
                sender.sendto(many(2, 2 * k).rstrip(b"\r\n"), ("127.0.0.1", port))
        assert heard.positions(6) == [219_000_000 + k for k in range(6)]


def test_a_multicast_group():
    group, loopback = "239.192.0.4", socket.inet_aton("127.0.0.1")
    with listening(f"udp://{group}:0#name=group,interface=127.0.0.1", PATIENT) as heard:
        heard.until(lambda r: r.up)
        port = heard.feed.link.port  # type: ignore[attr-defined]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, loopback)
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 1)
            sender.sendto(many(2), (group, port))
        assert len(heard.positions(2)) == 2


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="pseudo-terminals are a matter of POSIX")
def test_a_serial_line():
    ours, theirs = os.openpty()
    try:
        with listening(f"serial://{os.ttyname(theirs)}#name=receiver,baud=38400", PATIENT) as heard:
            heard.until(lambda r: r.up)
            for byte in many(3):
                os.write(ours, bytes([byte]))
            assert len(heard.positions(3)) == 3
    finally:
        os.close(theirs)
        os.close(ours)


LOCATION = {
    "time": NOW // 1000, "sog": 10.7, "cog": 326.6, "navStat": 0, "rot": 5, "posAcc": True, "raim": False,
    "heading": 325, "lon": 20.345818, "lat": 60.03802,
}  # fmt: skip
METADATA = {
    "timestamp": NOW, "destination": "UST LUGA", "name": "NORDIC TEST", "draught": 68, "eta": 733376, "posType": 15,
    "refA": 160, "refB": 33, "refC": 20, "refD": 12, "callSign": "V7WW7", "imo": 9543756, "type": 70,
}  # fmt: skip


def test_digitraffics_form_over_mqtt_on_secure_websockets(broker, ca_file):
    uri = f"wss://127.0.0.1:{broker.port}/mqtt#form=digitraffic,name=fi,ca={ca_file}"
    secrets = {"SEAWARDEN_FEED_FI_USER": "watch", "SEAWARDEN_FEED_FI_PASSWORD": "right"}
    with listening(uri, PATIENT, **secrets) as heard:
        heard.until(lambda r: r.up)
        broker.publish("vessels-v2/230982000/metadata", json.dumps(METADATA).encode())
        broker.publish("vessels-v2/230982000/location", json.dumps(LOCATION).encode())
        bare = {
            "time": NOW // 1000,
            "lat": 60.0,
            "lon": 20.0,
            "sog": 102.3,
            "cog": 360.0,
            "heading": 511,
            "rot": -128,
        }
        broker.publish("vessels-v2/230982001/location", json.dumps(bare).encode())
        broker.publish("vessels-v2/230982002/location", b'{"lat": 91, "lon": 181, "time": 1764000000}')
        broker.publish("vessels-v2/230982003/location", b"not json")
        heard.positions(2)
        report = heard.until(lambda r: r.rejected >= 2)
        assert report.reasons == {"bad_json": 1, "no_position": 1}
        p = [batch.positions for batch in heard.batches if len(batch.positions.t)]
        first, second = p[0], p[-1]
        assert (first.mmsi[0], first.t[0], first.lat[0], first.lon[0]) == (230_982_000, NOW, 60.03802, 20.345818)
        assert first.sog_kn[0] == pytest.approx(10.7) and first.heading_deg[0] == 325 and first.nav_status[0] == 0
        assert first.rot_deg_min[0] == pytest.approx((5 / 4.733) ** 2) and first.pos_sigma_m[0] == 5
        for column in (second.sog_kn, second.cog_deg, second.heading_deg, second.rot_deg_min):
            assert np.isnan(column[-1])
        (told,) = [r for batch in heard.batches for r in batch.statics]
        assert (told.name, told.length_m, told.breadth_m, told.draught_m) == ("NORDIC TEST", 193, 32, 6.8)
        assert (told.eta, told.destination, told.ship_type, told.t) == ("11-06 03:00", "UST LUGA", 70, NOW)
        assert "Fintraffic" not in heard.feed.attribution, "this host is somebody else's"


def test_whose_data_it_is():
    assert "CC 4.0 BY" in open_feed("wss://meri.digitraffic.fi:443/mqtt", environment={}).attribution
    assert "NLOD" in open_feed("tcp://153.44.253.27:5631", environment={}).attribution


def test_aisstreams_form_over_secure_websockets(good, ca_file):
    from websockets.sync.server import serve as listen

    asked: list[dict[str, object]] = []
    meta = {"MMSI": 259000420, "ShipName": "AUGUSTSON", "time_utc": "2025-11-24 16:00:00.318353123 +0000 UTC"}
    report = {
        "Cog": 308.2, "Latitude": 66.02695, "Longitude": 12.253821, "NavigationalStatus": 15,
        "PositionAccuracy": True, "RateOfTurn": 4, "Sog": 1.2, "Timestamp": 31, "TrueHeading": 235,
        "UserID": 259000420, "MessageID": 1, "Valid": True,
    }  # fmt: skip
    ship = {
        "UserID": 259000420, "Name": "AUGUSTSON@@@", "CallSign": "LK1234 ", "ImoNumber": 9074729, "Type": 30,
        "Dimension": {"A": 10, "B": 20, "C": 3, "D": 4}, "MaximumStaticDraught": 4.2, "Destination": "BODO",
        "Eta": {"Month": 12, "Day": 1, "Hour": 9, "Minute": 0},
    }  # fmt: skip

    def handler(line) -> None:
        asked.append(json.loads(line.recv()))
        for kind, body in (("ShipStaticData", ship), ("PositionReport", report), ("SafetyBroadcastMessage", {})):
            line.send(json.dumps({"MessageType": kind, "MetaData": meta, "Message": {kind: body}}).encode())
        line.send('{"MessageType": "PositionReport", "Message": {}}')
        line.send("[1, 2]")
        line.recv()

    server = listen(handler, "127.0.0.1", 0, ssl=good)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.socket.getsockname()[1]
    uri = f"wss://127.0.0.1:{port}/v0/stream#form=aisstream,name=stream,ca={ca_file},box=53/9/66/31"
    try:
        with listening(uri, PATIENT, SEAWARDEN_FEED_STREAM_TOKEN="the-key") as heard:
            heard.positions(1)
            assert heard.until(lambda r: r.rejected >= 2).reasons == {"bad_json": 2}
            (p,) = (batch.positions for batch in heard.batches if len(batch.positions.t))
            assert (p.mmsi[0], p.lat[0], p.lon[0], p.t[0]) == (259_000_420, 66.02695, 12.253821, NOW + 318)
            assert p.msg_type[0] == 1 and p.nav_status[0] == 15
            (told,) = (report for batch in heard.batches for report in batch.statics)
            assert (told.name, told.callsign, told.length_m, told.eta) == ("AUGUSTSON", "LK1234", 30, "12-01 09:00")
    finally:
        server.shutdown()
    assert asked[0]["APIKey"] == "the-key" and asked[0]["BoundingBoxes"] == [[[53.0, 9.0], [66.0, 31.0]]]
    assert "PositionReport" in asked[0]["FilterMessageTypes"]  # type: ignore[operator]


FEATURES = {
    "type": "FeatureCollection",
    "dataUpdatedTime": "2025-11-24T16:00:00Z",
    "features": [
        {
            "mmsi": 219598000,
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [20.85169, 55.770832]},
            "properties": {
                "mmsi": 219598000, "sog": 0.1, "cog": 346.5, "navStat": 1, "rot": 4, "posAcc": True, "raim": False,
                "heading": 79, "timestamp": 59, "timestampExternal": NOW,
            },
        }
    ],
}  # fmt: skip
LIST = [
    {"MMSI": "219598000", "Latitude": "55.770832", "Longitude": "20.85169", "Speed": 0.1, "Course": 346.5,
     "BaseDateTime": "2025-11-24T16:00:00", "VesselName": "NORDIC TEST", "Length": 90},
    {"MMSI": "219598001", "Latitude": "95", "Longitude": "20.85169", "BaseDateTime": "2025-11-24T16:00:00"},
    {"MMSI": "219598002", "Latitude": "55", "Longitude": "20.85169", "BaseDateTime": None},
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "reasons"), [(FEATURES, {}), (LIST, {"bad_latitude": 1, "no_time": 1}), ({"data": LIST[:1]}, {})]
)
def test_web_services(body, reasons, monkeypatch):
    """Times are told from seconds of the minute; an answer that has not changed is asked for by its tag."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    asked: list[str | None] = []
    data = [json.dumps(body).encode()]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            tag = f'"{hash(data[0])}"'
            asked.append(self.headers.get("if-none-match"))
            same = asked[-1] == tag
            self.send_response(304 if same else 200)
            self.send_header("etag", tag)
            self.send_header("content-length", "0" if same else str(len(data[0])))
            self.end_headers()
            if not same:
                self.wfile.write(data[0])

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with listening(f"http://127.0.0.1:{server.server_address[1]}/ais#name=web,every_s=0.1", PATIENT) as heard:
            heard.positions(1)
            heard.until(lambda _: len(asked) >= 4, "four questions")
            assert asked[-1] == f'"{hash(data[0])}"', "it asks whether anything has changed"
            p = heard.batches[0].positions
            assert (p.mmsi[0], p.lat[0], p.lon[0], p.t[0]) == (219_598_000, 55.770832, 20.85169, NOW)
            assert p.sog_kn[0] == pytest.approx(0.1)
            report = heard.feed.health.report()
            assert report.positions == 1 and report.reasons == reasons and report.condition != "quiet"
    finally:
        server.shutdown()
        server.server_close()


def test_the_one_door_opens_feeds(serve):
    from seawarden.model.batch import Catalogue

    def script(line: socket.socket) -> None:
        line.sendall(timed(position(), NOW).encode())
        hold(line)

    catalogue = Catalogue()
    catalogue.source("another")
    source = open_source(f"tcp://127.0.0.1:{serve(script).port}#name=coast", catalogue=catalogue)
    for batch in source.batches():
        if len(batch.positions.t):
            assert catalogue.sources[batch.positions.source[0]] == "coast"
            assert catalogue.receivers[batch.positions.receiver[0]] == "2573135"
            source.feed.stop()  # type: ignore[attr-defined]


SEA = b"".join(
    [
        many(4),
        timed(position(257_000_001), NOW).encode(),
        *[timed(part, NOW).encode() for part in static()],
        b"# a comment\r\n\r\n$GPGGA,1*00\r\nnonsense\r\n",
        position(219_000_009).replace("A,1", "A,3", 1).encode(),
        many(3, 20),
    ]
)


def pieces(cuts: list[int]) -> list[Chunk]:
    edges = [0, *sorted(c % (len(SEA) + 1) for c in cuts), len(SEA)]
    return [Chunk(NOW + 500, SEA[a:b]) for a, b in pairwise(edges) if a < b]


def read(chunks: list[Chunk], together: int) -> tuple[list[tuple[int, int]], list[str], list[str], int]:
    reader = NmeaReader("coast", ahead_s=30)
    got = [reader.take(chunks[k : k + together]) for k in range(0, len(chunks), together)]
    positions = [
        (int(m), int(t)) for r in got for m, t in zip(r.batch.positions.mmsi, r.batch.positions.t, strict=True)
    ]
    statics = [report.name for r in got for report in r.batch.statics]
    rejects = [reject.reason for r in got for reject in r.batch.rejects]
    return positions, statics, rejects, sum(r.batch.records for r in got)


@given(st.lists(st.integers(min_value=0), max_size=12), st.integers(min_value=1, max_value=4))
def test_sentences_are_the_same_however_they_are_cut(cuts, together):
    assert read(pieces(cuts), together) == read([Chunk(NOW + 500, SEA)], 1)


def test_times_of_sentences():
    """Its own where it tells one; else that of reception, which is then no time of the source."""
    reader = NmeaReader("coast", ahead_s=30)
    p = reader.take([Chunk(NOW + 500, many(1) + timed(position(257_000_001), NOW).encode())]).batch.positions
    assert p.t.tolist() == [NOW + 500, NOW]
    assert p.receive_t.tolist() == [NOW + 500, NOW + 500]
    assert p.source_t.tolist() == [NO_TIME, NOW]


def test_copies_within_one_delivery_are_one():
    reader = NmeaReader("coast", ahead_s=30)
    reading = reader.take([Chunk(NOW, many(2) * 3), Chunk(NOW, many(2))])
    assert len(reading.batch.positions.t) == 2 and reading.copies == 6
    assert reading.batch.records == 8, "copies are counted among the records"
