"""Feeds that are unwell, each with the state and the sentence that a watch officer reads."""

from __future__ import annotations

import os
import re
import socket
import ssl
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import get_args

import msgspec
import numpy as np
import pytest
from tests.feeds.counterparts import PATIENT, QUICK, Listening, hold, listening, many, position, reset, static, timed

from seawarden.model.event import FeedState
from seawarden.model.position import Trust
from seawarden.service.watch import FeedHealth
from seawarden.sources.feeds.clock import SETTLE_S, EdgeClock
from seawarden.sources.feeds.failure import Condition
from seawarden.sources.feeds.health import LEAST


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def tcp(server, **options: str) -> str:
    tail = "".join(f",{key}={value}" for key, value in options.items())
    return f"tcp://127.0.0.1:{server.port}#name=coast{tail}"


def sending(*parts: bytes, then=hold):
    def script(line: socket.socket) -> None:
        for part in parts:
            line.sendall(part)
        then(line)

    return script


def flood(line_of, seconds: float = 30.0):
    """Send blocks until the other side leaves."""

    def script(line: socket.socket) -> None:
        end = time.monotonic() + seconds
        k = 0
        while time.monotonic() < end:
            line.sendall(line_of(k))
            k += 1
            time.sleep(0.005)

    return script


# ---------------------------------------------------------------- the line


def test_nobody_listens():
    door = socket.create_server(("127.0.0.1", 0))
    port = door.getsockname()[1]
    door.close()
    with listening(f"tcp://127.0.0.1:{port}") as heard:
        report = heard.becomes("refused_connection")
        assert "nobody listens there" in report.message
        assert not report.up and report.next_try_s is not None


def test_a_name_that_nobody_knows():
    with listening("tcp://no-such-host.invalid:5631") as heard:
        report = heard.becomes("unknown_host", "no_route")
        assert "no-such-host.invalid:5631" in report.message


def test_it_hangs_up_at_once(serve):
    with listening(tcp(serve(lambda line: None))) as heard:
        assert "hung up" in heard.becomes("ended", "reset").message
        assert heard.until(lambda r: r.reconnects >= 3).gaps >= 3


def test_it_breaks_the_line_off(serve):
    with listening(tcp(serve(sending(many(3), then=reset)))) as heard:
        assert "broke the line off" in heard.becomes("reset").message


def test_half_open(serve):
    """It takes the call and never says a word: quiet first, then called anew."""
    server = serve(hold)
    with listening(tcp(server)) as heard:
        quiet = heard.becomes("quiet")
        assert quiet.up and not quiet.well and "nothing has come" in quiet.message
        assert "the line may be dead" in heard.becomes("silent").message
        heard.until(lambda r: r.reconnects >= 1 and server.callers >= 2, "called anew")


def test_it_falls_silent(serve):
    with listening(tcp(serve(sending(many(5))))) as heard:
        heard.positions(5)
        assert heard.becomes("quiet").last_seen_t is not None
        heard.becomes("silent")


def test_a_slow_drip(serve):
    """Bytes come one by one and never make a sentence."""
    with listening(tcp(serve(flood(lambda k: b"!AIVDM,1,1,,B,"[k % 14 : k % 14 + 1])))) as heard:
        report = heard.becomes("garbage")
        assert "no whole record" in report.message and report.up


def test_a_slow_drip_of_whole_sentences(serve):
    data = many(2)
    with listening(tcp(serve(flood(lambda k: data[k : k + 1] if k < len(data) else b"\n"))), PATIENT) as heard:
        assert heard.positions(2) == [219_000_000, 219_000_001]


def test_a_line_that_comes_and_goes(serve):
    """Each call brings one ship, then the line breaks: nothing is lost, and the gaps are counted."""
    number = iter(range(1000))
    with listening(tcp(serve(lambda line: line.sendall(many(1, next(number)))))) as heard:
        mmsi = heard.positions(4)
        assert mmsi[:4] == [219_000_000, 219_000_001, 219_000_002, 219_000_003]
        assert heard.until(lambda r: r.gaps >= 3).reconnects >= 3
        ups = [event.up for batch in heard.batches for event in batch.events if isinstance(event, FeedState)]
        assert ups[:4] == [True, False, True, False]


def test_half_a_message_is_not_joined_to_the_next_call(serve):
    first, second = static()
    calls = iter([first.encode(), second.encode() + many(1)])
    with listening(tcp(serve(lambda line: line.sendall(next(calls, b""))))) as heard:
        heard.positions(1)
        heard.until(lambda r: r.reasons.get("part_lost", 0) >= 1)
        assert not [report for batch in heard.batches for report in batch.statics]


def test_half_a_line_is_not_joined_to_the_next_call(serve):
    whole = many(1)
    calls = iter([whole[:20], whole[20:] + many(1, 7)])
    with listening(tcp(serve(lambda line: line.sendall(next(calls, b""))))) as heard:
        assert heard.positions(1) == [219_000_007]


# ---------------------------------------------------------------- what comes over it


def test_lines_of_something_else(serve):
    with listening(tcp(serve(flood(lambda k: b"HTTP/1.1 400 Bad Request %d\r\n" % k)))) as heard:
        report = heard.becomes("garbage")
        assert "not understood" in report.message and report.reasons["not_a_sentence"] >= LEAST


def test_bytes_of_something_else(serve):
    noise = bytes(range(128, 256)) * 200
    with listening(tcp(serve(flood(lambda k: noise)))) as heard:
        heard.becomes("garbage")
        assert heard.feed.health.report().reasons.get("long_line", 0) > 0


def test_checksums_that_do_not_fit(serve):
    def bad(k: int) -> bytes:
        return position(219_000_000 + k).replace("A,1", "A,2", 1).encode()

    with listening(tcp(serve(flood(bad)))) as heard:
        assert "bad_checksum" in heard.becomes("garbage").message


def test_a_duplicate_flood(serve):
    block = many(1) * 200
    with listening(tcp(serve(flood(lambda k: block)))) as heard:
        report = heard.becomes("copies")
        assert "looped back" in report.message
        assert report.copies > 10 * report.positions


def test_a_flood(serve):
    """More comes at once than may be read: the newest is, the rest is counted, and every line is one or the other."""
    settings = msgspec.structs.replace(PATIENT, unread_mb=0.02)
    lines = 20_000  # more than the buffers of a line hold, so that much of it waits at the first read

    def script(line: socket.socket) -> None:
        line.sendall(many(lines // 2))
        line.sendall(many(lines // 2, lines // 2))
        hold(line)

    with listening(tcp(serve(script)), settings) as heard:
        report = heard.becomes("shedding")
        assert report.up and not report.well and "more comes than can be taken" in report.message
        heard.until(lambda r: r.positions + r.copies + r.rejected + r.shed >= lines, "all are accounted for")
        assert heard.feed.health.report().rejected == 0
        newest = heard.batches[-1].positions.mmsi
        assert newest[-1] == 219_000_000 + lines - 1


def test_every_condition_is_explained():
    """Each word that a feed's health may be in stands in the table of the page, and the API tells it."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "feeds.md").read_text(encoding="utf-8")
    table = page[page.index("| condition | the line stands") :].partition("\n\n")[0]
    told = set(re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in table.splitlines())))
    assert told == set(get_args(Condition))
    fields = {"state", "condition", "message", "well", "since_t", "next_try_s", "shed"}
    assert fields <= set(FeedHealth.__struct_fields__)


def test_an_hour_out_of_order(serve):
    """Every third record is an hour old: the feed is well, and all are taken in order of arrival."""

    def mixed(k: int) -> bytes:
        t = now_ms() - (3_600_000 if k % 3 == 0 else 0)
        return timed(position(219_000_000 + k), t).encode()

    with listening(tcp(serve(flood(mixed)))) as heard:
        heard.positions(60)
        assert heard.until(lambda r: r.condition == "up").well
        t = np.concatenate([batch.positions.t for batch in heard.batches])
        assert (np.diff(t) < -3_000_000).sum() >= 10


def test_a_clock_in_1970(serve):
    with listening(tcp(serve(flood(lambda k: timed(position(219_000_000 + k), 1_000 * k).encode())))) as heard:
        assert "bad_time" in heard.becomes("garbage").message


def test_a_clock_in_2038(serve):
    """Records from the future get the time of their reception, and are marked."""
    t = 2_147_483_647_000
    with listening(tcp(serve(flood(lambda k: timed(position(219_000_000 + k), t).encode())))) as heard:
        report = heard.becomes("clock")
        assert "ahead of ours" in report.message and report.ahead >= LEAST
        p = heard.batches[-1].positions
        assert (p.t == p.receive_t).all() and (p.source_t == t).all()
        assert (p.trust & np.uint32(Trust.CLOCK) != 0).all()


def test_a_clock_an_hour_behind(serve):
    with listening(
        tcp(serve(flood(lambda k: timed(position(219_000_000 + k), now_ms() - 3_600_000).encode())))
    ) as heard:
        report = heard.becomes("late")
        assert "60 min old" in report.message and report.lag_s == pytest.approx(3_600, abs=5)


def test_our_time_cures_a_clock_an_hour_behind(serve):
    script = flood(lambda k: timed(position(219_000_000 + k), now_ms() - 3_600_000).encode())
    with listening(tcp(serve(script), time="receive")) as heard:
        heard.positions(40)
        assert heard.becomes("up").well
        p = heard.batches[-1].positions
        assert (p.t == p.receive_t).all()


def test_the_machines_clock_jumps_forward_and_back():
    wall, steady = [1_700_000_000.0], [100.0]
    clock = EdgeClock(lambda: wall[0], lambda: steady[0])
    begin = clock.now()

    def later(seconds: float, jump: float = 0.0) -> int:
        wall[0] += seconds + jump
        steady[0] += seconds
        return clock.now() - begin

    assert later(1.0) == 1_000
    assert later(1.0, jump=0.5) == 2_500, "corrections of a time server are followed"
    assert later(1.0, jump=86_400.0) == 3_500, "a day forward is not"
    assert "set forward by 86,400 s" in clock.sentence()
    assert later(1.0, jump=-86_400.0) == 4_500 and not clock.sentence()
    later(1.0, jump=-7_200.0)
    assert "set back by 7,200 s" in clock.sentence()
    assert later(SETTLE_S + 1.0) == 5_500 + (SETTLE_S + 1.0) * 1_000 - 7_200_000, "what stands is followed"
    assert not clock.sentence()


def test_the_machines_clock_is_before_the_journals_end():
    clock = EdgeClock(lambda: 3_600.0, lambda: 0.0, floor_ms=1_700_000_000_000)
    assert clock.now() == 1_700_000_000_000 and "set back" in clock.sentence()


# ---------------------------------------------------------------- TLS


@pytest.mark.parametrize(
    ("server", "words"),
    [
        ("expired", "has expired"),
        ("others", "for another name"),
        ("stranger", "signed by nobody this machine trusts"),
    ],
)
def test_certificates(server, words, request, serve, ca_file):
    context: ssl.SSLContext = request.getfixturevalue(server)

    def script(line: socket.socket) -> None:
        with suppress(OSError, ssl.SSLError):
            hold(context.wrap_socket(line, server_side=True))

    with listening(f"tls://127.0.0.1:{serve(script).port}#ca={ca_file}") as heard:
        assert words in heard.becomes("tls").message


def test_a_good_certificate(serve, good, ca_file):
    def script(line: socket.socket) -> None:
        with good.wrap_socket(line, server_side=True) as secure:
            secure.sendall(many(3))
            hold(secure)

    with listening(f"tls://127.0.0.1:{serve(script).port}#ca={ca_file}", PATIENT) as heard:
        assert len(heard.positions(3)) == 3


def test_no_tls_on_that_port(serve, ca_file):
    with listening(f"tls://127.0.0.1:{serve(sending(b'hello, who is there?' * 20)).port}#ca={ca_file}") as heard:
        assert "does it speak TLS" in heard.becomes("tls").message


# ---------------------------------------------------------------- datagrams and devices


def test_a_port_that_is_taken():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        with listening(f"udp://127.0.0.1:{other.getsockname()[1]}") as heard:
            assert "can't listen there" in heard.becomes("address").message


def test_a_receiver_that_is_not_there():
    with listening("serial:///dev/there-is-no-such-receiver") as heard:
        assert "plugged in" in heard.becomes("device").message


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="pseudo-terminals are a matter of POSIX")
def test_a_receiver_that_is_pulled_out():
    ours, theirs = os.openpty()
    with listening(f"serial://{os.ttyname(theirs)}#name=receiver", PATIENT) as heard:
        heard.until(lambda r: r.up)
        os.write(ours, many(3))
        assert len(heard.positions(3)) == 3
        os.close(theirs)
        os.close(ours)
        assert "the receiver is gone" in heard.becomes("device").message


# ---------------------------------------------------------------- WebSockets


@pytest.fixture
def socket_server(good):
    """Make WebSocket servers of a handler; closed at the end."""
    from websockets.sync.server import serve as listen

    made = []

    def start(handler, **options):
        server = listen(handler, "127.0.0.1", 0, ssl=good, **options)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        made.append(server)
        return server.socket.getsockname()[1]

    yield start
    for server in made:
        server.shutdown()


def aisstream(port: int, ca_file, key: str = "the-key") -> Listening:
    uri = f"wss://127.0.0.1:{port}/v0/stream#form=aisstream,name=stream,ca={ca_file}"
    return listening(uri, SEAWARDEN_FEED_STREAM_TOKEN=key)


def test_a_key_that_is_not_valid(socket_server, ca_file, caplog):
    def handler(line) -> None:
        told = line.recv()
        assert "the-wrong-key" in told
        line.send('{"error": "Api Key the-wrong-key Is Not Valid"}')
        line.close()

    with aisstream(socket_server(handler), ca_file, "the-wrong-key") as heard:
        report = heard.becomes("sign_in")
        assert "Is Not Valid" in report.message
        events = [e.reason for batch in heard.batches for e in batch.events if isinstance(e, FeedState)]
    assert "the-wrong-key" not in report.message + "".join(events) + caplog.text + repr(heard.feed.__dict__)


@pytest.mark.parametrize(("status", "condition"), [(401, "sign_in"), (404, "no_such_place"), (503, "down")])
def test_a_door_that_stays_shut(status, condition, socket_server, ca_file):
    def refuse(connection, request):
        return connection.respond(status, "no\n")

    with aisstream(socket_server(lambda line: None, process_request=refuse), ca_file) as heard:
        assert str(status) in heard.becomes(condition).message


def test_no_websocket_there(serve, good, ca_file):
    def script(line: socket.socket) -> None:
        with good.wrap_socket(line, server_side=True) as secure:
            secure.recv(4096)
            secure.sendall(b"220 mail.example ESMTP\r\n\r\n")

    with aisstream(serve(script).port, ca_file) as heard:
        assert "WebSocket" in heard.becomes("protocol").message


def test_it_says_farewell(socket_server, ca_file):
    with aisstream(socket_server(lambda line: (line.recv(), line.close(1001, "going down"))), ca_file) as heard:
        assert "1001: going down" in heard.becomes("ended").message


# ---------------------------------------------------------------- MQTT


def mqtt(broker, ca_file, topics: str = "", **environment: str) -> Listening:
    tail = f",topics={topics}" if topics else ""
    uri = f"wss://127.0.0.1:{broker.port}/mqtt#form=digitraffic,name=fi,ca={ca_file}{tail}"
    return listening(uri, PATIENT if not topics else QUICK, **environment)


def test_a_topic_that_is_closed(broker, ca_file):
    with mqtt(broker, ca_file, "closed/to/us") as heard:
        assert "does not grant the topic closed/to/us" in heard.becomes("no_such_place").message


def test_a_topic_on_which_nothing_comes(broker, ca_file):
    with mqtt(broker, ca_file, "vessels-v9/+/location") as heard:
        assert "nothing has come" in heard.becomes("quiet").message


def test_a_password_that_is_wrong(broker, ca_file):
    secrets = {"SEAWARDEN_FEED_FI_USER": "somebody", "SEAWARDEN_FEED_FI_PASSWORD": "not-the-right-one"}
    with mqtt(broker, ca_file, **secrets) as heard:
        report = heard.becomes("sign_in")
    assert "not-the-right-one" not in report.message + repr(heard.feed.__dict__)


def test_the_broker_ends(broker, ca_file):
    with mqtt(broker, ca_file) as heard:
        heard.until(lambda r: r.up)
        broker.close()
        report = heard.becomes("ended", "reset", "refused_connection")
        assert not report.up and report.gaps == 1


# ---------------------------------------------------------------- HTTP


@pytest.fixture
def web(monkeypatch):
    """A web service that answers as it is told."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    answers: dict[str, tuple[int, bytes]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers.get(self.path, (404, b""))
            if body == b"never":
                time.sleep(30)
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1], answers
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "condition", "words"),
    [
        (500, b"oops", "down", "it answers 500"),
        (403, b"", "sign_in", "does not let us in"),
        (404, b"", "no_such_place", "nothing at that path"),
        (429, b"", "refused_connection", "too often"),
        (200, b"<html>Welcome to the hotel's network</html>", "protocol", "no JSON"),
        (200, b'[{"a": 1, "b": 2}]', "protocol", "is recognised as mmsi"),
        (200, b"never", "timeout", "no answer in time"),
    ],
)
def test_answers_that_are_none(status, body, condition, words, web):
    port, answers = web
    answers["/ais"] = (status, body)
    with listening(f"http://127.0.0.1:{port}/ais#name=web,every_s=0.1") as heard:
        assert words in heard.becomes(condition).message
