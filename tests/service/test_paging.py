"""Lists by pages, the past as it was known, and nothing sent twice: what others' programs build on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from fastapi.testclient import TestClient

from seawarden.model.alert import Alert
from seawarden.model.asset import Asset
from seawarden.model.event import FaultDeclared
from seawarden.model.finding import Finding
from seawarden.service.answer import ApiError
from seawarden.service.app import make_app
from seawarden.service.fresh import has_it
from seawarden.service.paging import Place, read_cursor, write_cursor
from seawarden.service.replayed import Replayed
from seawarden.store.entry import GENESIS, seal
from seawarden.store.ledger import Ledger

T0 = 1_735_084_800_000
MIN = 60_000


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite")


@pytest.fixture
def watch(make_watch: Callable[..., Replayed], public_asset: Asset, ledger: Ledger) -> Replayed:
    """Forty findings, forty alerts, six faults."""
    made = make_watch([public_asset], ledger)
    finding, alert = made._recording.findings[0], made._recording.alerts[-1]
    for k in range(39):
        changes: dict[str, Any] = {"start_t": T0 + (k % 7) * MIN, "known_from_t": T0 + k * MIN}
        made._findings.add(msgspec.structs.replace(finding, id=f"f-{k}", **changes))
        made._alerts.add(msgspec.structs.replace(alert, id=f"a-{k}", risk=(k % 5) / 10, **changes))
    for k in range(5):
        asset = public_asset.id
        made.declare_fault(FaultDeclared(t=T0 + k // 2, fault_id=f"x-{k}", asset_id=asset, from_t=T0, actor="ada"))
    return made


@pytest.fixture
def client(watch: Replayed) -> TestClient:
    return TestClient(make_app(watch))


def walk(client: TestClient, path: str, between: Callable[[], None] = lambda: None) -> list[dict[str, Any]]:
    """All pages, by the body's cursor; the header says the same."""
    pages = []
    cursor = ""
    while True:
        answer = client.get(f"{path}{'&' if '?' in path else '?'}{f'cursor={cursor}' if cursor else ''}")
        assert answer.status_code == 200, answer.text
        pages.append(answer.json())
        cursor = pages[-1]["next"] or ""
        assert ("next" in answer.links) is bool(cursor)
        if not cursor:
            return pages
        assert f"cursor={cursor}" in urlsplit(answer.links["next"]["url"]).query
        between()


@pytest.mark.parametrize(
    ("path", "name", "limits"),
    [
        ("/api/findings", "findings", (1, 7, 40, 1_000)),
        ("/api/findings?mmsi=219000001&kind=crossing", "findings", (7,)),
        ("/api/alerts", "alerts", (1, 7, 40, 1_000)),
        ("/api/alerts?state=active", "alerts", (9,)),
        ("/api/faults", "faults", (1, 2, 6)),
        (f"/api/ships?at={T0 + 50 * MIN}", "mmsi", (1, 2)),
        (f"/api/ships/219000001/track?from={T0}&to={T0 + 99 * MIN}", "t", (1, 33, 100)),
        ("/api/ledger", "entries", (1, 4, 100)),
        ("/api/ledger?stream=fault", "entries", (2,)),
    ],
)
def test_the_pages_together_are_the_whole(client: TestClient, path: str, name: str, limits: tuple[int, ...]) -> None:
    whole = client.get(path).json()
    assert whole["next"] is None and whole[name]
    columns = [k for k, v in whole.items() if isinstance(v, list) and len(v) == len(whole[name])]
    for limit in limits:
        pages = walk(client, f"{path}{'&' if '?' in path else '?'}limit={limit}")
        assert len(pages) == -(-len(whole[name]) // limit)
        for column in columns:
            assert [item for page in pages for item in page[column]] == whole[column]


def test_what_comes_in_meanwhile_shifts_nothing(client: TestClient, watch: Replayed) -> None:
    before = [alert["id"] for alert in client.get("/api/alerts").json()["alerts"]]
    alert = watch._recording.alerts[-1]
    count = iter(range(1_000))

    def more() -> None:
        known = watch.clock()
        new = msgspec.structs.replace(alert, id=f"new-{next(count)}", known_from_t=known, risk=1.0)
        watch._alerts.add(new)

    pages = walk(client, "/api/alerts?limit=6", more)
    assert [a["id"] for page in pages for a in page["alerts"]] == before
    assert len({page["at"] for page in pages}) == 1


@pytest.mark.parametrize(
    "cursor",
    [
        "x", "%00", "a" * 600, write_cursor(Place("findings", 1, 1, (1, "x"))),
        write_cursor(Place("alerts", 1, 1, (1,))),
        write_cursor(Place("alerts", -1, 1, (True, 1, 0.0, 1, "x"))),
    ],
)  # fmt: skip
def test_a_cursor_of_something_else_is_refused(client: TestClient, cursor: str) -> None:
    answer = client.get("/api/alerts", params={"cursor": cursor})
    assert answer.status_code == 422 and "cursor" in answer.json()["detail"]


def test_a_cursor_reads_back() -> None:
    place = Place("alerts", T0, T0 + 1, (True, -3, -0.1 / 3, -T0, "a-ö"))
    key = tuple[bool, int, float, int, str]
    assert read_cursor(write_cursor(place), "alerts", key) == place
    assert read_cursor("", "alerts", key) is None
    with pytest.raises(ApiError):
        read_cursor(write_cursor(place), "findings", key)


def test_the_past_as_it_was_known_and_as_it_is_known_since(client: TestClient, watch: Replayed) -> None:
    asset = watch._recording.alerts[0].asset
    base = watch._recording.findings[0]
    seen: Finding = msgspec.structs.replace(
        base, id="late", revision=1, start_t=T0 + 60 * MIN, known_from_t=T0 + 70 * MIN, asset=asset
    )
    watch._findings.add(seen)
    watch._findings.add(msgspec.structs.replace(seen, revision=2, known_from_t=T0 + 90 * MIN))

    def late(**asked: int) -> list[int]:
        found = client.get("/api/findings", params=asked).json()["findings"]
        return [finding["revision"] for finding in found if finding["id"] == "late"]

    t = {name: T0 + k * MIN for name, k in (("before", 50), ("begun", 65), ("known", 75), ("revised", 95))}
    assert late(at=t["begun"]) == []
    assert late(at=t["begun"], as_known_at=t["known"]) == [1]
    assert late(at=t["begun"], as_known_at=t["revised"]) == [2]
    assert late(at=t["before"], as_known_at=t["revised"]) == []
    assert late(as_known_at=t["known"]) == late(at=t["known"]) == [1]


def test_one_alert_as_it_was_known(client: TestClient, watch: Replayed) -> None:
    first, last = (a for a in watch._recording.alerts if a.id == "alert-0")
    detail = client.get(f"/api/alerts/alert-0?as_known_at={first.known_from_t}").json()
    assert (detail["revision"], detail["history"]) == (first.revision, [])
    assert client.get("/api/alerts/alert-0").json()["revision"] == last.revision
    assert client.get(f"/api/alerts/alert-0?as_known_at={first.known_from_t - 1}").status_code == 404
    client.post("/api/alerts/alert-0/comment", json={"text": "seen", "actor": "ada", "t": last.known_from_t + 1})
    known = [
        len(client.get(f"/api/alerts/alert-0?as_known_at={last.known_from_t + k}").json()["log"]) for k in (0, 1)
    ]
    assert known == [0, 1]


def test_ships_wear_the_alerts_that_were_known(client: TestClient, watch: Replayed) -> None:
    first: Alert = watch._recording.alerts[0]
    at = first.known_from_t + MIN
    then, before = (
        client.get("/api/ships", params={"at": at, "as_known_at": known}).json()["tier"][0] for known in (at, T0 - 1)
    )
    assert (then, before) == ("challenge", "")


@pytest.mark.parametrize(
    "path",
    ["/api/assets", f"/api/ships?at={T0 + MIN}", f"/api/alerts?at={T0 + 60 * MIN}&limit=3", "/api/openapi.json",
     "/ogc", "/api/findings?limit=2", "/api/ledger", "/ogc/collections/assets/items", "/api/export/alerts.csv"],
)  # fmt: skip
def test_nothing_is_sent_to_who_has_it(client: TestClient, path: str) -> None:
    whole = client.get(path)
    tag = whole.headers["etag"]
    assert whole.status_code == 200 and tag.startswith('"')
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get(path, headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert "content-type" not in again.headers and "content-length" not in again.headers
    assert client.get(path, headers={"if-none-match": '"other"'}).content == whole.content


def test_a_tag_changes_with_what_is_told(client: TestClient) -> None:
    before = client.get("/api/alerts/alert-0").headers["etag"]
    client.post("/api/alerts/alert-0/comment", json={"text": "seen", "actor": "ada"})
    assert client.get("/api/alerts/alert-0", headers={"if-none-match": before}).status_code == 200


def test_failures_and_acts_have_no_tag(client: TestClient) -> None:
    assert "etag" not in client.get("/api/alerts/none").headers
    assert "etag" not in client.post("/api/alerts/alert-0/ack", json={"actor": "ada"}).headers


def test_tags_are_told_apart() -> None:
    assert has_it('"a", W/"b"', '"b"') and not has_it('"ab"', '"b"') and not has_it("", '"b"')


def test_the_ledger_can_be_checked_by_somebody_else(client: TestClient, ledger: Ledger) -> None:
    client.post("/api/alerts/alert-0/ack", json={"actor": "ada"})
    entries = [entry for page in walk(client, "/api/ledger?limit=3") for entry in page["entries"]]
    previous, raw = GENESIS, {entry.sequence: entry.body for entry in ledger.entries()}
    for entry in entries:
        assert entry["previous"] == previous
        number, body = entry["sequence"], raw[entry["sequence"]]
        about = entry["stream"], entry["stream_sequence"], entry["t"], entry["actor"]
        previous = seal(entry["shard"], number, *about, body, previous)
        assert entry["hash"] == previous
    assert client.get("/api/ledger").json()["heads"] == {"main": [len(entries), previous]}
    assert [e["body"]["action"] for e in entries if e["stream"] == "action"] == ["ack"]


def test_the_ledger_is_not_for_those_from_whom_something_is_hidden(
    make_watch: Callable[..., Replayed], public_asset: Asset, secret_asset: Asset
) -> None:
    client = TestClient(make_app(make_watch([public_asset, secret_asset], Ledger(":memory:"))))
    assert client.get("/api/ledger").status_code == 403
    assert TestClient(make_app(make_watch([public_asset]))).get("/api/ledger").json()["entries"] == []


def test_it_is_all_in_the_description(client: TestClient) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    for path in ("ships", "ships/{mmsi}/track", "alerts", "findings", "faults", "ledger"):
        asked = {p["name"] for p in paths[f"/api/{path}"]["get"]["parameters"]}
        assert {"limit", "cursor", "If-None-Match"} <= asked, path
        assert "304" in paths[f"/api/{path}"]["get"]["responses"]
    for path in ("ships", "alerts", "findings", "faults", "alerts/{alert_id}"):
        assert "as_known_at" in {p["name"] for p in paths[f"/api/{path}"]["get"]["parameters"]}, path
