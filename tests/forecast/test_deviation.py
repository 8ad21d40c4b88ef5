"""Departures: a ship that leaves her lane is seen, one that keeps it is not, and nothing is said without outcomes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seawarden.forecast.deviation import KIND, Deviation
from seawarden.forecast.feed import HOUR_MS, Feed
from seawarden.forecast.forecaster import Forecaster
from seawarden.forecast.history import History
from seawarden.model.finding import Finding
from seawarden.model.position import NO_TIME
from seawarden.model.vessel import ShipRef
from seawarden.ports import Track
from seawarden.settings_forecast import ForecastSettings

T0 = 1_762_000_000_000
SHIP = ShipRef(mmsi=5, track_id="5-0")


class View:
    """One ship's track, seen up to `t`."""

    def __init__(self, t: int, lat: np.ndarray, lon: np.ndarray, when: np.ndarray, sog: np.ndarray) -> None:
        self.t = t
        keep = when < t
        n = int(keep.sum())
        small, whole = np.full(n, np.nan, np.float32), np.zeros(n, np.int32)
        self._track = Track(
            when[keep], lat[keep], lon[keep], sog[keep].astype(np.float32), small, small, np.zeros(n, np.int8),
            np.zeros(n, np.uint32), np.zeros(n, np.int8), small, small, np.full(n, NO_TIME, np.int64), whole, whole,
            whole, np.zeros(n, np.int64),
        )  # fmt: skip

    def find(self, track_id: str) -> int | None:
        return 0 if track_id == SHIP.track_id else None

    def ship(self, slot: int) -> ShipRef:
        return SHIP

    def track(self, slot: int, since_t: int, until_t: int | None = None) -> Track:
        columns: list[Any] = [column[self._track.t >= since_t] for column in self._track]
        return Track(*columns)


@pytest.fixture(scope="module")
def feed(sea: SimpleNamespace) -> Feed:
    made = Feed(Forecaster(History(600, HOUR_MS)), ForecastSettings())
    made._made.extend(sea.lanes(80))
    voyages = [v._replace(ship=5_000 + k) for k, v in enumerate(sea.lanes(60))]
    made._recalibrate(voyages)
    made._recalibrate(voyages)
    return made


def view(sea: SimpleNamespace, t: int, aside: bool) -> View:
    voyage = sea.lane(3, branch=1, speed_kn=11, points=40)
    when = T0 + np.arange(0, 390) * 60_000
    grid = T0 + voyage.t_ms
    lat, lon = np.interp(when, grid, voyage.lat), np.interp(when, grid, voyage.lon)
    late = np.maximum(when - (T0 + 100 * 60_000), 0) / HOUR_MS
    if aside:
        lon = lon - 0.25 * late
        lat = lat - 0.12 * late
    return View(t, lat, lon, when, np.full(len(when), 11.0))


def finding(t: int) -> Finding:
    return Finding(id="x", revision=1, kind="slowdown", state="open", ship=SHIP, start_t=t, known_from_t=t)


def walked(sea: SimpleNamespace, feed: Feed, aside: bool) -> list[Any]:
    behaviour = Deviation(feed, ForecastSettings())
    start = T0 + 95 * 60_000
    out = list(behaviour.on_tick(start, [finding(start)], [], view(sea, start, aside), None))  # type: ignore[arg-type]
    while (wake := behaviour.next_wake()) is not None:
        out += behaviour.on_tick(wake, [], [], view(sea, wake, aside), None)  # type: ignore[arg-type]
    return out


def test_a_ship_that_leaves_her_lane_is_seen(sea: SimpleNamespace, feed: Feed) -> None:
    assert feed.reference() is not None
    changes = walked(sea, feed, aside=True)
    opened = [c for c in changes if c.action == "open"]
    assert len(opened) >= 1
    first = opened[0]
    assert first.kind == KIND and first.slot == 0
    values = {m.name: m.value for m in first.measured}
    assert values["p_value"] <= 0.01 and values["off"] >= 1.5
    assert first.area is not None and len(first.area.polygon) > 3
    assert first.area.polygon[0] == first.area.polygon[-1]


def test_a_ship_that_keeps_it_is_not(sea: SimpleNamespace, feed: Feed) -> None:
    assert walked(sea, feed, aside=False) == []


def test_without_outcomes_nothing_is_odd(sea: SimpleNamespace) -> None:
    untaught = Feed(Forecaster(History(600, HOUR_MS)), ForecastSettings())
    assert untaught.reference() is None
    assert walked(sea, untaught, aside=True) == []


def test_who_is_watched_outlives_a_snapshot(sea: SimpleNamespace, feed: Feed) -> None:
    one, other = Deviation(feed, ForecastSettings()), Deviation(feed, ForecastSettings())
    start = T0 + 95 * 60_000
    one.on_tick(start, [finding(start)], [], view(sea, start, True), None)  # type: ignore[arg-type]
    other.restore(one.snapshot())
    assert other.next_wake() == one.next_wake() is not None


def test_crossings_alone_call_for_no_look(sea: SimpleNamespace, feed: Feed) -> None:
    behaviour = Deviation(feed, ForecastSettings())
    crossing = Finding(id="y", revision=1, kind="crossing", state="open", ship=SHIP, start_t=T0, known_from_t=T0)
    behaviour.on_tick(T0, [crossing], [], view(sea, T0, False), None)  # type: ignore[arg-type]
    assert behaviour.next_wake() is None
