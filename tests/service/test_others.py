"""What other programs read: alerts in their forms, and features as GDAL opens them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi.testclient import TestClient

from seawarden.channels.messages import cap, cot, geojson, kml, news, table
from seawarden.model.asset import Asset
from seawarden.service.app import make_app
from seawarden.service.host import listen
from seawarden.service.replayed import Replayed

READ = """
import json, sys, pyogrio
source, layer, options = json.loads(sys.argv[1])
options = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
meta, _, shapes, values = pyogrio.raw.read(source, layer=layer, **options)
columns = [[str(v) for v in column] for column in values]
json.dump([list(meta["fields"]), [s.hex() for s in shapes], columns], sys.stdout)
"""
READERS = {"geojson": geojson.decode, "kml": kml.decode, "csv": table.from_csv, "atom": news.decode}


@pytest.fixture
def watch(make_watch: Callable[..., Replayed], public_asset: Asset, secret_asset: Asset) -> Replayed:
    return make_watch([public_asset, secret_asset])


@pytest.fixture
def client(watch: Replayed) -> TestClient:
    return TestClient(make_app(watch), raise_server_exceptions=False)


@pytest.fixture
def address(watch: Replayed) -> Iterator[str]:
    """A server on this machine's loopback."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(make_app(watch), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.mark.parametrize("form", sorted(READERS))
def test_each_export_tells_the_same(client: TestClient, form: str) -> None:
    told = READERS["geojson"](client.get("/api/export/alerts.geojson?state=all").content)
    answer = client.get(f"/api/export/alerts.{form}?state=all")
    read = READERS[form](answer.content)
    assert sorted(read, key=lambda one: one.id) == sorted(told, key=lambda one: one.id)
    assert read and all(one.asset_id == "open-link" for one in read), "no restricted asset leaves"
    assert b"Quiet" not in answer.content
    again = client.get(f"/api/export/alerts.{form}?state=all", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304 and not again.content


def test_a_geopackage_is_given(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "a.gpkg").write_bytes(client.get("/api/export/alerts.gpkg?state=all").content)
    told = READERS["geojson"](client.get("/api/export/alerts.geojson?state=all").content)
    assert table.from_geopackage(tmp_path / "a.gpkg") == told


def test_one_alert_in_each_form(client: TestClient) -> None:
    alert = client.get("/api/alerts").json()["alerts"][0]
    kind, told = cap.decode(client.get(f"/api/alerts/{alert['id']}/cap").content)
    assert (told.id, told.revision, told.tier) == (alert["id"], alert["revision"], alert["tier"])
    assert kind in ("Alert", "Update", "Cancel")
    assert cap.decode(client.get(f"/api/alerts/{alert['id']}/cap?ack=true").content)[0] == "Ack"
    assert cot.decode(client.get(f"/api/alerts/{alert['id']}/cot").content) == told
    drafts = client.get(f"/api/alerts/{alert['id']}/drafts").json()
    assert drafts["characters"] == len(drafts["safety_text"]) <= 156
    for form in ("cap", "cot", "drafts"):
        assert client.get(f"/api/alerts/none/{form}").status_code == 404


def test_a_link_leads_to_the_alerts(client: TestClient) -> None:
    assert b"/api/export/alerts.kml?state=active" in client.get("/api/export/link.kml").content


def gdal(source: str, layer: str, **options: object) -> tuple[list[str], list[str], list[list[str]]]:
    """Fields, shapes and columns as GDAL reads them: in another process, since GDAL waits without letting go."""
    read = subprocess.run(
        [sys.executable, "-c", READ, json.dumps([source, layer, options])],
        capture_output=True,
        timeout=60,
        check=True,
    )
    fields, shapes, values = json.loads(read.stdout)
    return fields, shapes, values


@pytest.mark.parametrize(("collection", "columns"), [("assets", {"kind"}), ("ships", {"mmsi"}), ("alerts", {"tier"})])
def test_gdal_reads_the_collections(address: str, client: TestClient, collection: str, columns: set[str]) -> None:
    fields, shapes, values = gdal(f"OAPIF:{address}/ogc", collection)
    wanted = client.get(f"/ogc/collections/{collection}/items").json()["features"]
    assert len(wanted) == len(shapes) > 0
    assert columns <= set(fields)
    column = columns.pop()
    read = values[fields.index(column)]
    assert sorted(map(str, read)) == sorted(str(f["properties"][column]) for f in wanted)


def test_gdal_reads_page_by_page_and_by_box(address: str) -> None:
    source = f"OAPIF:{address}/ogc"
    every = gdal(source, "ships")[1]
    paged = gdal(source, "ships", PAGE_SIZE="1")[1]
    assert sorted(every) == sorted(paged) and len(every) > 1
    nothing = gdal(source, "ships", bbox=(-30.0, 10.0, -29.0, 11.0))[1]
    assert len(nothing) == 0


def test_pages_follow_each_other(client: TestClient) -> None:
    seen, url = [], "/ogc/collections/ships/items?limit=1"
    while url:
        page = client.get(url).json()
        seen += [feature["id"] for feature in page["features"]]
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
    assert seen == [f["id"] for f in client.get("/ogc/collections/ships/items").json()["features"]]
    assert len(seen) == len(set(seen)) == 2


def test_the_past_is_as_it_was_known(client: TestClient) -> None:
    first, last = client.get("/api/status").json()["range"]
    early = client.get(f"/ogc/collections/alerts/items?as_known_at={first}").json()
    late = client.get(f"/ogc/collections/alerts/items?as_known_at={last}").json()
    assert early["numberMatched"] < late["numberMatched"]
    by_time = client.get("/ogc/collections/alerts/items?datetime=2024-12-25T00:00:00Z").json()
    assert by_time["features"] == early["features"]
    one = late["features"][0]
    assert client.get(f"/ogc/collections/alerts/items/{one['id']}").json()["properties"] == one["properties"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ogc/collections/none", 404),
        ("/ogc/collections/ships/items/none", 404),
        ("/ogc/collections/ships/items?bbox=1,2,3", 400),
        ("/ogc/collections/ships/items?bbox=1,9,3,2", 400),
        ("/ogc/collections/ships/items?bbox=a,b,c,d", 400),
        ("/ogc/collections/ships/items?datetime=yesterday", 400),
        ("/ogc/collections/ships/items?limit=0", 422),
        ("/api/export/alerts.doc", 422),
    ],
)
def test_what_cannot_be_read_is_said(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_a_cap_message_leads_back_to_those_before_it(client: TestClient) -> None:
    newest = client.get("/api/alerts/alert-0/cap")
    names = re.search(rb"<references>(.*)</references>", newest.content)
    assert names is not None
    for name in names[1].decode().split():
        _, identifier, sent = name.split(",")
        earlier = client.get(f"/api/alerts/alert-0/cap?revision={identifier.rpartition('-')[2]}").content.decode()
        assert f"<identifier>{identifier}</identifier>" in earlier and f"<sent>{sent}</sent>" in earlier
    assert client.get("/api/alerts/alert-0/cap?revision=99").status_code == 404


def test_an_acknowledgement_is_of_what_was_there_then(client: TestClient) -> None:
    first = client.get("/api/alerts/alert-0").json()["history"][0]
    client.post("/api/alerts/alert-0/ack", json={"actor": "ada", "t": first["known_from_t"] + 1_000})
    kind, told = cap.decode(client.get("/api/alerts/alert-0/cap?ack=true").content)
    assert (kind, told.revision) == ("Ack", first["revision"])
    assert b"acknowledged by ada" in client.get("/api/alerts/alert-0/cap?ack=true").content
