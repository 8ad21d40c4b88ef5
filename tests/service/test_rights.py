"""A restricted asset leaves the engine to nobody without the right, in no output."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seawarden.channels.gate import Gate
from seawarden.channels.jsonl import write_alerts, write_faults, write_findings
from seawarden.channels.risk_table import write_risks
from seawarden.channels.run_folder import write_run
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.finding import Reason
from seawarden.model.rights import NOBODY, Rights
from seawarden.service.app import make_app
from seawarden.store.recording import Recording

T0 = 1_735_084_800_000
END = T0 + 119 * 60_000
SHIPS = (219_000_001, 265_000_002)

WORDS = ["amber", "quiet", "north", "thread", "delta", "link", "polar", "wire", "stone", "line"]


@st.composite
def worlds(draw: st.DrawFn) -> list[Asset]:
    """Up to six assets near the ships' ways, some of them for a group alone; names may hold one another."""
    names = draw(
        st.lists(
            st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True).map(" ".join),
            min_size=1,
            max_size=6,
            unique=True,
        )
    )
    assets = []
    for number, name in enumerate(names):
        # decimals that no ship's position and no other asset has
        lon = round(draw(st.integers(0, 3_000)) / 10_000 + 11.00003 + number * 1e-6, 6)
        lat = round(draw(st.integers(0, 4_000)) / 10_000 + 56.00007 + number * 1e-6, 6)
        bend = draw(st.integers(1, 3_000)) / 10_000
        group = draw(st.sampled_from(["public", "public", "navy", "owner"]))
        assets.append(
            Asset(
                id=f"{name.replace(' ', '-')}-{number}x",
                name=f"{name.title()} {number}X",
                kind="telecom_cable",
                versions=(
                    AssetVersion(
                        parts=(((lon, lat), (round(lon + bend, 6), round(lat + bend, 6))),), sigma_m=((20.0,),)
                    ),
                ),
                aliases=(f"{name.upper()}-{number}-ALIAS",),
                part_of=f"system-{number}x",
                visibility=group,
                owner=f"Owner{number}x",
                contact=f"contact{number}x",
                attribution=f"attribution{number}x",
            )
        )
    return assets


def secrets_of(assets: Sequence[Asset], rights: Rights) -> set[str]:
    """All that must not be read: ids, names, words about it, and its vertices."""
    found = set()
    for asset in assets:
        if not rights.may_see(asset.visibility):
            found |= {
                asset.id,
                asset.name,
                *asset.aliases,
                asset.system,
                asset.owner,
                asset.contact,
                asset.attribution,
            }
            found |= {repr(value) for part in asset.current.parts for point in part for value in point}
    return found


def everything_served(client: TestClient, assets: Sequence[Asset]) -> dict[str, str]:
    """Every answer that the API gives, by its question."""
    paths = ["/api/status", "/api/ships", "/api/assets", "/api/alerts", "/api/alerts?state=all", "/api/findings"]
    paths += ["/api/faults", "/api/timeline", "/api/openapi.json", f"/api/ships?at={T0 + 60 * 60_000}"]
    paths += ["/api/cases", "/api/cases?state=all", "/api/export/alerts.geojson?fold=true"]
    for mmsi in SHIPS:
        paths += [f"/api/ships/{mmsi}", f"/api/ships/{mmsi}?at={T0 + 70 * 60_000}"]
        paths += [f"/api/ships/{mmsi}/track?from={T0}&to={END}"]
    for number in range(len(assets)):
        paths += [f"/api/alerts/alert-{number}", f"/api/cases/alert-{number}/cap", f"/api/faults/fault-{number}"]
    answers = {path: client.get(path).text for path in paths}
    for number, asset in enumerate(assets):
        for name in (asset.id, asset.name, *asset.aliases):
            detail = client.get(f"/api/assets/{name}")
            answers[f"asset {number} {name}"] = "" if detail.status_code == 404 else detail.text
            made = client.post("/api/faults", json={"asset": name, "from_t": T0})
            answers[f"fault {number} {name}"] = "" if made.status_code == 404 else made.text
        for action, body in (("ack", {}), ("close", {"outcome": "true"})):
            answers[f"{action} {number}"] = client.post(f"/api/alerts/alert-{number}/{action}", json=body).text
        answers[f"clear {number}"] = client.post(f"/api/faults/fault-{number}/clear", json={}).text
    return answers


def leaks(texts: dict[str, str], secrets: set[str]) -> list[tuple[str, str]]:
    """Secrets that stand in a text; a number counts as a whole, not as the beginning of a longer one."""
    patterns = {
        secret: re.compile(rf"(?<![\d.]){re.escape(secret)}(?!\d)" if secret[-1:].isdigit() else re.escape(secret))
        for secret in secrets
    }
    return [(where, secret) for where, text in texts.items() for secret, p in patterns.items() if p.search(text)]


READERS = st.sampled_from([NOBODY, Rights(frozenset({"navy"})), Rights(frozenset({"owner"}))])


@given(assets=worlds(), rights=READERS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_no_answer_tells_of_a_hidden_asset(make_watch: Any, assets: list[Asset], rights: Rights) -> None:
    watch = make_watch(assets)
    answers = everything_served(TestClient(make_app(watch, rights=rights)), assets)
    assert leaks(answers, secrets_of(assets, rights)) == []
    seen = {feature["id"] for feature in json.loads(answers["/api/assets"])["features"]}
    assert seen == {asset.id for asset in assets if rights.may_see(asset.visibility)}
    shown = {alert["asset"]["id"] for alert in json.loads(answers["/api/alerts"])["alerts"]}
    assert shown == seen
    assert json.loads(answers["/api/status"])["assets"] == len(seen)


@given(assets=worlds(), rights=READERS)
@settings(max_examples=25)
def test_no_file_tells_of_a_hidden_asset(
    recorded: Callable[[Sequence[Asset]], Recording], assets: list[Asset], rights: Rights
) -> None:
    run = recorded(assets)
    gate = Gate(assets, rights)
    with tempfile.TemporaryDirectory() as named:
        out = Path(named)
        shown = sum(rights.may_see(asset.visibility) for asset in assets)
        assert len(write_findings(out / "findings.jsonl", run.findings, gate)) == shown
        assert write_alerts(out / "alerts.jsonl", run.alerts, gate) == 2 * shown
        assert write_faults(out / "faults.jsonl", run.faults, gate) == shown
        assert write_risks(out / "risk.parquet", run.risks, gate) == shown
        write_run(out / "run", run, [], gate, positions=True)
        texts = {str(path): path.read_text() for path in [*out.glob("**/*.jsonl"), *out.glob("**/*.json")]}
        texts["risk.parquet"] = str(pq.read_table(out / "risk.parquet").to_pylist())
    assert leaks(texts, secrets_of(assets, rights)) == []


@given(assets=worlds())
@settings(max_examples=25)
def test_a_sentence_that_names_a_hidden_asset_is_held_back(
    recorded: Callable[[Sequence[Asset]], Recording], assets: list[Asset]
) -> None:
    """Whatever the engine writes into a text about something public, a hidden name does not pass."""
    gate = Gate(assets)
    hidden = [asset for asset in assets if not NOBODY.may_see(asset.visibility)]
    for finding in recorded(assets).findings:
        assert finding.asset is not None
        for other in hidden:
            for word in (other.id, other.name.upper(), other.aliases[0]):
                told = msgspec.structs.replace(finding, benign=(Reason(text=f"also near {word}, 300 m"),))
                assert gate.one(told) is None


def test_a_public_name_inside_a_hidden_one_and_the_other_way_round(
    public_asset: Asset, recorded: Callable[[Sequence[Asset]], Recording]
) -> None:
    longer = msgspec.structs.replace(public_asset, id="open-link-2", name="Open Link 2")
    hidden = msgspec.structs.replace(public_asset, visibility="navy")
    gate = Gate([longer, hidden])
    assert [asset.id for asset in gate.assets] == ["open-link-2"]
    assert not gate.tells("crossed Open Link 2 at KP 3")
    assert gate.tells("crossed Open Link at KP 3")
    assert gate.tells("OPEN LINK and Open Link 2")
    assert [finding.id for finding in gate.all(recorded([longer, hidden]).findings)] == ["crossing-0"]


def test_with_the_right_all_is_seen(make_watch: Any, public_asset: Asset, secret_asset: Asset) -> None:
    client = TestClient(make_app(make_watch([public_asset, secret_asset]), rights=Rights(frozenset({"navy"}))))
    assert len(client.get("/api/assets").json()["features"]) == 2
    assert client.get("/api/status").json()["rights"] == ["navy"]
    assert client.get(f"/api/assets/{secret_asset.id}").status_code == 200


@pytest.mark.parametrize("at", [T0, END])
def test_a_hidden_asset_colours_no_ship(make_watch: Any, secret_asset: Asset, at: int) -> None:
    client = TestClient(make_app(make_watch([secret_asset])))
    assert client.get("/api/ships", params={"at": at}).json()["tier"] == ["", ""]
    assert client.get("/api/timeline").json()["alerts"] == []
