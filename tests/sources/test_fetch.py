"""One file from a server: resumed, checked, refused; never two versions in one, never a spoiled one kept."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawarden.model.error import SourceError, UsageError
from seawarden.sources.fetch import answer
from seawarden.sources.fetch.box import Box, box_of
from seawarden.sources.fetch.days import days_of
from seawarden.sources.fetch.public import DANISH_AIS, PUBLIC
from seawarden.sources.fetch.registry import Held, read_registry, register, state_of
from seawarden.sources.fetch.sidecar import read_sidecar, sidecar_path
from seawarden.sources.fetch.transfer import Manner, download

T = 1_764_000_000_000
BODY = bytes(range(256)) * 4_000
OTHER = bytes(reversed(range(256))) * 4_000


class Rest:
    """Counts the seconds that would have been slept."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def rest() -> Rest:
    return Rest()


@pytest.fixture
def manner(rest: Rest) -> Manner:
    return Manner(rest, T, tries=4, timeout_s=5.0)


def test_a_file_comes_with_its_record(stand_in: Any, manner: Manner, rest: Rest, tmp_path: Path) -> None:
    stand_in.serve("/a.zip", stand_in.file(BODY))
    got = download(f"{stand_in.base}/a.zip", tmp_path / "a.zip", DANISH_AIS, manner)
    assert got.path.read_bytes() == BODY
    record = read_sidecar(got.path)
    assert record is not None
    assert record == got.record
    assert (record.sha256, record.bytes) == (hashlib.sha256(BODY).hexdigest(), len(BODY))
    assert (record.etag, record.fetched_t, record.source) == ('"one"', T, "danish-ais")
    assert "Danish" in record.attribution
    assert rest.slept == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "a.zip.meta.json"]
    assert stand_in.asked[0].headers["user-agent"].startswith("seawarden/")


def test_a_good_copy_is_not_fetched_again(stand_in: Any, manner: Manner, tmp_path: Path) -> None:
    stand_in.serve("/a.zip", stand_in.file(BODY))
    url, target = f"{stand_in.base}/a.zip", tmp_path / "a.zip"
    download(url, target, DANISH_AIS, manner)
    assert download(url, target, DANISH_AIS, manner).reused
    target.write_bytes(BODY[:-1] + b"x")  # changed by hand: the record no longer holds
    again = download(url, target, DANISH_AIS, manner)
    assert not again.reused
    assert target.read_bytes() == BODY
    stand_in.serve("/a.zip", stand_in.file(OTHER, '"two"'))
    assert not download(url, target, DANISH_AIS, manner).reused
    assert target.read_bytes() == OTHER


def test_a_cut_transfer_goes_on_where_it_was_cut(stand_in: Any, manner: Manner, rest: Rest, tmp_path: Path) -> None:
    stand_in.serve("/a", stand_in.file(BODY, cut=300_000), stand_in.file(BODY, cut=1), stand_in.file(BODY))
    got = download(f"{stand_in.base}/a", tmp_path / "a", DANISH_AIS, manner)
    assert got.resumed
    assert got.path.read_bytes() == BODY
    assert [asked.headers.get("range") for asked in stand_in.asked] == [None, "bytes=300000-", "bytes=300001-"]
    assert rest.slept == [2.0, 4.0]


def test_a_later_call_goes_on_too(stand_in: Any, manner: Manner, tmp_path: Path) -> None:
    stand_in.serve("/a", stand_in.file(BODY, cut=100_000))
    url, target = f"{stand_in.base}/a", tmp_path / "a"
    with pytest.raises(SourceError, match=r"400,000 bytes are kept, call again to go on"):
        download(url, target, DANISH_AIS, manner)
    assert not target.exists()
    stand_in.serve("/a", stand_in.file(BODY))
    assert download(url, target, DANISH_AIS, manner).path.read_bytes() == BODY
    assert stand_in.asked[-1].headers["range"] == "bytes=400000-"


def test_two_versions_are_never_joined(stand_in: Any, manner: Manner, tmp_path: Path) -> None:
    stand_in.serve("/a", stand_in.file(BODY, cut=100_000), stand_in.file(OTHER, '"two"'))
    got = download(f"{stand_in.base}/a", tmp_path / "a", DANISH_AIS, manner)
    assert got.path.read_bytes() == OTHER
    assert got.record.etag == '"two"'


def test_a_server_that_ignores_if_range_is_caught(stand_in: Any, reply: Any, manner: Manner, tmp_path: Path) -> None:
    def careless(asked: Any) -> Any:
        start = int(asked.headers["range"][6:-1])
        span = f"bytes {start}-{len(OTHER) - 1}/{len(OTHER)}"
        return reply(206, OTHER[start:], headers={"ETag": '"two"', "Content-Range": span})

    stand_in.serve("/a", stand_in.file(BODY, cut=100_000), careless, stand_in.file(OTHER, '"two"'))
    got = download(f"{stand_in.base}/a", tmp_path / "a", DANISH_AIS, manner)
    assert got.path.read_bytes() == OTHER


def test_a_shrunken_file_starts_over(stand_in: Any, manner: Manner, tmp_path: Path) -> None:
    stand_in.serve("/a", stand_in.file(BODY, cut=100_000), stand_in.file(b"short"), stand_in.file(b"short"))
    got = download(f"{stand_in.base}/a", tmp_path / "a", DANISH_AIS, manner)
    assert got.path.read_bytes() == b"short"


def test_without_a_mark_of_the_version_nothing_is_joined(
    stand_in: Any, reply: Any, manner: Manner, tmp_path: Path
) -> None:
    stand_in.serve("/a", reply(body=BODY, cut=100_000), reply(body=BODY))
    got = download(f"{stand_in.base}/a", tmp_path / "a", DANISH_AIS, manner)
    assert got.path.read_bytes() == BODY
    assert [asked.headers.get("range") for asked in stand_in.asked] == [None, None]


def test_a_cut_stream_of_chunks_is_tried_again(stand_in: Any, reply: Any, manner: Manner, tmp_path: Path) -> None:
    stand_in.serve("/a", reply(body=BODY, cut=100_000, chunked=True), reply(body=BODY, chunked=True))
    assert download(f"{stand_in.base}/a", tmp_path / "a", DANISH_AIS, manner).path.read_bytes() == BODY


def test_a_busy_server_is_given_the_rest_it_asks_for(
    stand_in: Any, reply: Any, manner: Manner, rest: Rest, tmp_path: Path
) -> None:
    dated = {"Date": "Sat, 01 Nov 2025 06:00:00 GMT", "Retry-After": "Sat, 01 Nov 2025 06:00:30 GMT"}
    stand_in.serve(
        "/a",
        reply(429, b"slow down", headers={"Retry-After": "7"}),
        reply(500, b"oops"),
        stand_in.file(BODY),
    )
    download(f"{stand_in.base}/a", tmp_path / "a", DANISH_AIS, manner)
    assert rest.slept == [7.0, 4.0]
    assert answer.wait_s(0, dated) == 30.0
    assert answer.wait_s(1, {"Retry-After": "whenever"}) == 4.0


def test_a_server_that_wants_hours_is_left_alone(
    stand_in: Any, reply: Any, manner: Manner, rest: Rest, tmp_path: Path
) -> None:
    stand_in.serve("/a", reply(429, b"", headers={"Retry-After": "7200"}))
    with pytest.raises(SourceError, match="left alone for 7200 s"):
        download(f"{stand_in.base}/a", tmp_path / "a", DANISH_AIS, manner)
    assert rest.slept == []
    assert len(stand_in.asked) == 1


def test_a_server_that_stays_broken_is_told(
    stand_in: Any, reply: Any, manner: Manner, rest: Rest, tmp_path: Path
) -> None:
    stand_in.serve("/a", reply(503, b""))
    with pytest.raises(SourceError, match=r"answered 503 .* \(4 attempts\)"):
        download(f"{stand_in.base}/a", tmp_path / "a", DANISH_AIS, manner)
    assert rest.slept == [2.0, 4.0, 8.0]
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_there_is_told_at_once(stand_in: Any, manner: Manner, rest: Rest, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="answered 404"):
        download(f"{stand_in.base}/none", tmp_path / "none", DANISH_AIS, manner)
    assert rest.slept == []


def test_nobody_there_is_told(manner: Manner, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="can't be reached"):
        download("http://127.0.0.1:9/a", tmp_path / "a", DANISH_AIS, manner)
    with pytest.raises(UsageError, match="must begin with http"):
        download("file:///etc/hosts", tmp_path / "a", DANISH_AIS, manner)


def test_a_web_page_is_no_file(stand_in: Any, reply: Any, manner: Manner, tmp_path: Path) -> None:
    stand_in.serve("/a", reply(body=b"<html>Please log in</html>", kind="text/html; charset=utf-8"))
    with pytest.raises(SourceError, match=r"sent text/html, not a file: <html>Please log in"):
        download(f"{stand_in.base}/a", tmp_path / "a", DANISH_AIS, manner)
    with pytest.raises(SourceError, match=r"sent text/html, not application/zip"):
        download(f"{stand_in.base}/a", tmp_path / "a", DANISH_AIS, manner, kinds=("application/zip",))
    assert list(tmp_path.iterdir()) == []


def test_a_packed_answer_is_refused(stand_in: Any, reply: Any, manner: Manner, tmp_path: Path) -> None:
    stand_in.serve("/a", reply(body=b"x", headers={"Content-Encoding": "gzip"}))
    with pytest.raises(SourceError, match="packed the file"):
        download(f"{stand_in.base}/a", tmp_path / "a", DANISH_AIS, manner)


def test_an_old_part_never_stands_under_a_new_mark(stand_in: Any, manner: Manner, tmp_path: Path) -> None:
    stand_in.serve("/a", stand_in.file(BODY, cut=100_000))
    url, target = f"{stand_in.base}/a", tmp_path / "a"
    with pytest.raises(SourceError):
        download(url, target, DANISH_AIS, manner._replace(tries=1))
    stand_in.serve("/a", stand_in.file(OTHER, '"two"', cut=0))  # a new version, of which nothing arrives
    with pytest.raises(SourceError):
        download(url, target, DANISH_AIS, manner._replace(tries=1))
    stand_in.serve("/a", stand_in.file(OTHER, '"two"'))
    assert download(url, target, DANISH_AIS, manner).path.read_bytes() == OTHER


def test_spoiled_content_is_tried_once_more_then_refused(stand_in: Any, manner: Manner, tmp_path: Path) -> None:
    def check(path: Path) -> str:
        return "" if path.read_bytes() == BODY else "not the body"

    stand_in.serve("/a", stand_in.file(OTHER), stand_in.file(BODY))
    assert download(f"{stand_in.base}/a", tmp_path / "a", DANISH_AIS, manner, check=check).path.read_bytes() == BODY
    stand_in.serve("/b", stand_in.file(OTHER))
    with pytest.raises(SourceError, match="spoiled: not the body; nothing was kept"):
        download(f"{stand_in.base}/b", tmp_path / "b", DANISH_AIS, manner, check=check)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "a.meta.json"]


def test_a_damaged_record_is_told(stand_in: Any, manner: Manner, tmp_path: Path) -> None:
    stand_in.serve("/a", stand_in.file(BODY))
    target = tmp_path / "a"
    sidecar_path(target).write_text("{")
    with pytest.raises(SourceError, match="not the record of a download"):
        download(f"{stand_in.base}/a", target, DANISH_AIS, manner)


@settings(max_examples=20)
@given(st.lists(st.integers(1, 5_000), max_size=3), st.integers(1, 5_000))
def test_wherever_it_is_cut_the_file_is_whole(stand_in_module: Any, cuts: list[int], size: int) -> None:
    import tempfile

    body = BODY[:size]
    with stand_in_module.running() as server, tempfile.TemporaryDirectory() as folder:
        server.serve("/a", *[server.file(body, cut=cut) for cut in cuts], server.file(body))
        got = download(f"{server.base}/a", Path(folder) / "a", DANISH_AIS, Manner(lambda s: None, T))
        assert got.path.read_bytes() == body
        assert got.record.sha256 == hashlib.sha256(body).hexdigest()


def test_areas_and_days_as_people_write_them() -> None:
    assert box_of("-9.5,53,30,66") == Box(-9.5, 53, 30, 66)
    assert box_of("-9.5,53,30,66").slug == "wm9.5_s53_e30_n66"
    for wrong in ("9,53,30", "a,b,c,d", "9,66,30,53", "30,53,9,66", "9,53,30,96", "nan,1,2,3"):
        with pytest.raises(ValueError, match=wrong):
            box_of(wrong)
    assert [day.isoformat() for day in days_of("2024-02-28..2024-03-01")] == [
        "2024-02-28",
        "2024-02-29",
        "2024-03-01",
    ]
    assert len(days_of("2025-11-01")) == 1
    for wrong in ("2025-11-31", "2025-11-02..2025-11-01", "2020-01-01..2025-01-01", "yesterday"):
        with pytest.raises(ValueError, match=wrong):
            days_of(wrong)


def test_a_folder_knows_what_it_holds(tmp_path: Path) -> None:
    held = Held(
        path="a", source="ofac", what="x", sha256=hashlib.sha256(b"a").hexdigest(), bytes=1, fetched_t=T,
        licence="l", attribution="a",
    )  # fmt: skip
    assert read_registry(tmp_path).held == ()
    register(tmp_path, held)
    assert register(tmp_path, held) == read_registry(tmp_path)
    assert state_of(tmp_path, held) == "missing"
    (tmp_path / "a").write_bytes(b"a")
    assert state_of(tmp_path, held) == "as fetched"
    (tmp_path / "a").write_bytes(b"b")
    assert state_of(tmp_path, held) == "changed"
    assert json.loads((tmp_path / "registry.json").read_text())["held"][0]["path"] == "a"


def test_every_public_source_states_its_terms() -> None:
    assert set(PUBLIC) == {"danish-ais", "osm-assets", "emodnet", "gebco", "ofac", "uk-list", "marine-regions"}
    for source in PUBLIC.values():
        assert source.licence and source.attribution and source.pause_s >= 1.0
        assert source.base.startswith(("https://", "http://"))
