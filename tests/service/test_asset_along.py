"""One asset along its length: who comes next, how it is watched, and any kilometre point."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from seawarden.model.asset import Asset
from seawarden.model.rights import Rights
from seawarden.service.app import make_app
from seawarden.service.asset_along import kp_of, place_at
from seawarden.service.replayed import Replayed

T0 = 1_735_084_800_000
MIN = 60_000
NORDIC = 219_000_001


@pytest.fixture
def watch(make_watch: Callable[..., Replayed], public_asset: Asset, secret_asset: Asset) -> Replayed:
    return make_watch([public_asset, secret_asset])


def along(watch: Replayed, name: str, at: int, *groups: str) -> Any:
    client = TestClient(make_app(watch, rights=Rights(frozenset(groups))))
    return client.get(f"/api/assets/{name}/along", params={"at": at})


def test_the_ship_on_a_crossing_course_comes_next_in_her_time_at_her_place(watch: Replayed) -> None:
    at = T0 + 20 * MIN  # she is at 56.08 N, 14.4 kn due north; the line lies at 56.2 N
    told = along(watch, "open-link", at).json()
    (row,) = [row for row in told["next"] if row["ship"]["mmsi"] == NORDIC]
    assert row["by"] == "course"
    assert row["minutes"] == pytest.approx(0.12 * 60.1 / 14.4 * 60, rel=0.02)
    assert row["kp_km"] == pytest.approx(0.2 * 62.0, rel=0.02)
    after = along(watch, "open-link", T0 + 60 * MIN).json()
    assert after["next"] == [], "behind her it is not ahead"


def test_its_history_is_as_known_then(watch: Replayed) -> None:
    now = along(watch, "open-link", T0 + 110 * MIN).json()
    assert now["crossings_day"] == 1 and [a["highest_tier"] for a in now["alerts"]] == ["challenge"]
    assert [f["id"] for f in now["faults"]] == ["fault-0"]
    before = along(watch, "open-link", T0 + 20 * MIN).json()
    assert before["crossings_day"] == 0 and before["alerts"] == [] and before["faults"] == []


def test_the_watch_state_is_told_only_to_those_who_may_know(watch: Replayed) -> None:
    assert along(watch, "open-link", T0).json()["watch"] is None
    assert isinstance(along(watch, "open-link", T0, "watch_state").json()["watch"], list)


def test_a_hidden_asset_is_as_good_as_none(watch: Replayed) -> None:
    assert along(watch, "quiet-thread", T0).status_code == 404
    assert along(watch, "quiet-thread", T0, "navy").status_code == 200
    assert TestClient(make_app(watch)).get("/api/assets/quiet-thread/kp/1").status_code == 404


def test_a_kilometre_point(watch: Replayed) -> None:
    client = TestClient(make_app(watch))
    told = client.get("/api/assets/open-link/kp/12.4", params={"at": T0 + 50 * MIN}).json()
    assert told["lat"] == pytest.approx(56.2) and told["lon"] == pytest.approx(11.2, abs=0.002)
    assert told["near"][0]["ship"]["mmsi"] == NORDIC and told["near"][0]["distance_m"] < 500
    beyond = client.get("/api/assets/open-link/kp/99")
    assert beyond.status_code == 422 and "beyond the end" in beyond.json()["detail"]


def test_places_and_points_are_each_others_inverse(public_asset: Asset) -> None:
    for kp in (0.0, 3.3, 17.0, 30.9):
        assert kp_of(public_asset, *place_at(public_asset, kp)) == pytest.approx(kp, abs=0.01)
