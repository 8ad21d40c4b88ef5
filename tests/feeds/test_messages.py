"""What the readers of whole messages share: times of static reports, news only, and what is no such message."""

from __future__ import annotations

import msgspec
import pytest

from seawarden.model.static import StaticReport
from seawarden.sources.feeds.aisstream import AisstreamReader
from seawarden.sources.feeds.digitraffic import DigitrafficReader
from seawarden.sources.feeds.link import Chunk
from seawarden.sources.feeds.messages import MessageReader

NOW = 1_760_000_000_000
TOPIC = "vessels-v2/219000001/metadata"


def digitraffic(told_t: int | None, name: str = "NORDIC TEST") -> Chunk:
    body = {"name": name, "imo": 9_074_729, **({} if told_t is None else {"timestamp": told_t})}
    return Chunk(NOW, msgspec.json.encode(body), TOPIC)


def aisstream(told_t: int | None, name: str = "NORDIC TEST") -> Chunk:
    text = "" if told_t is None else str(msgspec.to_builtins(_utc(told_t)))
    body = {
        "MessageType": "ShipStaticData",
        "MetaData": {"time_utc": text},
        "Message": {"ShipStaticData": {"UserID": 219_000_001, "Name": name, "ImoNumber": 9_074_729}},
    }
    return Chunk(NOW, msgspec.json.encode(body))


def _utc(t: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(t / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.%f +0000 UTC")


FORMS = [(DigitrafficReader, digitraffic), (AisstreamReader, aisstream)]


def statics(reader: MessageReader, *chunks: Chunk) -> list[StaticReport]:
    return list(reader.take(chunks).batch.statics)


@pytest.mark.parametrize(("form", "message"), FORMS)
@pytest.mark.parametrize("receive_time", [False, True])
def test_a_static_report_has_our_time_only_where_it_tells_none_that_can_be(form, message, receive_time):
    for told, wanted in ((NOW - 3_600_000, NOW - 3_600_000), (None, NOW), (NOW + 86_400_000, NOW)):
        reader = form("feed", ahead_s=30, receive_time=receive_time)
        (report,) = statics(reader, message(told))
        assert (report.t, report.receive_t, report.name) == (wanted, NOW, "NORDIC TEST")


@pytest.mark.parametrize(("form", "message"), FORMS)
def test_what_a_ship_said_before_is_counted_and_left_out(form, message):
    reader = form("feed", ahead_s=30)
    reading = reader.take([message(NOW), message(NOW + 1_000), message(NOW + 2_000, "OTHER NAME")])
    assert [report.name for report in reading.batch.statics] == ["NORDIC TEST", "OTHER NAME"]
    assert reading.batch.records == 3


@pytest.mark.parametrize(("form", "message"), FORMS)
@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b'{"MessageType": 5, "timestamp": []}'])
def test_what_is_no_such_message_is_rejected_and_counted(form, message, data):
    reader = form("feed", ahead_s=30)
    reading = reader.take([Chunk(NOW, data, TOPIC), message(NOW)])
    assert [reject.reason for reject in reading.batch.rejects] == ["bad_json"]
    assert len(reading.batch.statics) == 1 and reading.batch.records == 2
