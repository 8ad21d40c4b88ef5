"""Where the watch is blind is told to nobody without the right, in no answer and no file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from seawarden.channels.gate import Gate
from seawarden.channels.run_folder import read_run, write_run
from seawarden.cli.program import app
from seawarden.geography.layer import build_layer
from seawarden.model.asset import Asset
from seawarden.model.error import StoreError
from seawarden.model.rights import NOBODY, Rights
from seawarden.model.watch import WATCH_RIGHT, WatchChange, stretches_at
from seawarden.service.app import make_app
from seawarden.service.replayed import Replayed
from seawarden.settings import DEFAULTS
from seawarden.store.recording import Recording

T0 = 1_735_084_800_000
MIN = 60_000
Recorded = Callable[[Sequence[Asset]], Recording]
RIGHT = Rights(frozenset({WATCH_RIGHT}))


def change(asset: str, kp: tuple[float, float], state: str, since_min: int, known_min: int) -> WatchChange:
    return WatchChange(
        asset=asset, kp_from_km=kp[0], kp_to_km=kp[1], state=state,  # type: ignore[arg-type]
        since_t=T0 + since_min * MIN, known_t=T0 + known_min * MIN,
    )  # fmt: skip


@pytest.fixture
def run(recorded: Recorded, public_asset: Asset, secret_asset: Asset) -> Recording:
    held = recorded([public_asset, secret_asset])
    held.watch = [
        change("open-link", (0.0, 20.0), "observed", 10, 10),
        change("quiet-thread", (0.0, 9.0), "observed", 10, 10),
        change("open-link", (5.0, 10.0), "unobserved", 30, 34),
        change("open-link", (5.0, 10.0), "observed", 60, 61),
    ]
    held.summary = msgspec.structs.replace(held.summary, watched={"observed": 0.6, "unobserved": 0.4})
    return held


def client(run: Recording, assets: Sequence[Asset], rights: Rights) -> TestClient:
    watch = Replayed(run, build_layer(list(assets)), DEFAULTS)
    return TestClient(make_app(watch, rights=rights), base_url="http://127.0.0.1")


def test_stretches_as_known_then_and_in_hindsight(run: Recording, public_asset: Asset, secret_asset: Asset) -> None:
    api = client(run, [public_asset, secret_asset], RIGHT)
    then = api.get("/api/watch-state", params={"at": T0 + 32 * MIN, "asset": "Open Link"}).json()
    (row,) = then["assets"]
    assert [s["state"] for s in row["stretches"]] == ["observed", "unobserved"], "the last km were never heard"
    late = api.get("/api/watch-state", params={"at": T0 + 32 * MIN, "asset": "open-link", "hindsight": True}).json()
    parts = late["assets"][0]["stretches"]
    assert [(s["kp_from_km"], s["kp_to_km"], s["state"]) for s in parts][:3] == [
        (0.0, 5.0, "observed"), (5.0, 10.0, "unobserved"), (10.0, 20.0, "observed"),
    ]  # fmt: skip
    assert parts[1]["since_t"] == T0 + 30 * MIN
    known = api.get("/api/watch-state", params={"at": T0 + 40 * MIN}).json()
    assert known["km"]["observed"] == 15.0
    assert {row["asset"] for row in known["assets"]} == {"open-link"}, "a restricted asset is not even named"
    assert api.get("/api/watch-state", params={"asset": "quiet-thread"}).status_code == 404


def test_without_the_right_nothing_is_told(
    run: Recording, public_asset: Asset, secret_asset: Asset, tmp_path: Path
) -> None:
    assets = [public_asset, secret_asset]
    refused = client(run, assets, NOBODY).get("/api/watch-state")
    assert refused.status_code == 403 and "watch_state" in refused.json()["detail"]
    summary = write_run(tmp_path / "a", run, [], Gate(assets), positions=True)
    assert summary.watched == {} and not (tmp_path / "a/watch_state.jsonl").exists()
    assert read_run(tmp_path / "a")[0].watch == []


def test_a_run_keeps_it_for_those_with_the_right(
    run: Recording, public_asset: Asset, secret_asset: Asset, tmp_path: Path
) -> None:
    assets = [public_asset, secret_asset]
    write_run(tmp_path, run, [], Gate(assets, RIGHT), positions=True)
    assert {c.asset for c in read_run(tmp_path)[0].watch} == {"open-link"}
    both = Rights(frozenset({WATCH_RIGHT, "navy"}))
    summary = write_run(tmp_path, run, [], Gate(assets, both), positions=True)
    assert summary.watched == run.summary.watched
    assert read_run(tmp_path)[0].watch == run.watch


def test_the_command_shows_a_run_s_watch_state(run: Recording, public_asset: Asset, tmp_path: Path) -> None:
    write_run(tmp_path / "told", run, [], Gate([public_asset], RIGHT))
    asked = ["assets", "watch-state", str(tmp_path / "told")]
    done = CliRunner().invoke(app, [*asked, "--at", str(T0 + 40 * MIN)])
    assert done.exit_code == 0, done.output
    assert "KP     5.0-10.0    unobserved since" in done.output and "15 km observed" in done.output
    late = CliRunner().invoke(
        app, [*asked, "--at", str(T0 + 31 * MIN), "--hindsight", "--json", "--asset", "Open Link"]
    )
    parts = msgspec.json.decode(late.stdout)["assets"]["open-link"]
    assert [part["state"] for part in parts][:3] == ["observed", "unobserved", "observed"]
    write_run(tmp_path / "untold", run, [], Gate([public_asset]))
    refused = CliRunner().invoke(app, ["assets", "watch-state", str(tmp_path / "untold")])
    assert isinstance(refused.exception, StoreError) and "--rights watch_state" in str(refused.exception)


def test_stretches_join_and_part() -> None:
    changes = [
        change("a", (0.0, 3.0), "thin", 1, 1), change("a", (3.0, 5.0), "thin", 1, 1),
        change("a", (4.0, 5.0), "jammed", 2, 3),
    ]  # fmt: skip
    assert [(s.kp_from_km, s.kp_to_km, s.state) for s in stretches_at(changes, 6.0, T0 + MIN)] == [
        (0.0, 5.0, "thin"), (5.0, 6.0, "unobserved"),
    ]  # fmt: skip
    later = stretches_at(changes, 6.0, T0 + 3 * MIN)
    assert [s.state for s in later] == ["thin", "jammed", "unobserved"]
    assert later[-1].since_t is None
    assert stretches_at([], 6.0, T0)[0].state == "unobserved"
