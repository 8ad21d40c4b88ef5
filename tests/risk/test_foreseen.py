"""Assets ahead by the forecaster: calibrated where there is traffic, her own motion where there is none."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from seawarden.forecast.archive import shipped
from seawarden.forecast.feed import Feed
from seawarden.forecast.history import Voyage
from seawarden.geography.layer import build_layer
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.position import NO_TIME, Trust
from seawarden.ports import Track
from seawarden.risk.ahead import Seen, SteadyCourse
from seawarden.risk.foreseen import Foreseen
from seawarden.risk.needs import Fix
from seawarden.settings_forecast import ForecastSettings
from seawarden.settings_risk import RiskSettings

T0 = 1_762_000_000_000
MIN = 60_000


def line(name: str, *points: tuple[float, float]) -> Asset:
    version = AssetVersion(parts=(points,), sigma_m=((50.0,) * (len(points) - 1),))
    return Asset(id=name, name=name, kind="telecom_cable", versions=(version,))


LAYER = build_layer(
    [
        line("near", (10.0, 55.5), (12.0, 55.5)),
        line("east", (11.6, 55.9), (11.6, 57.5)),
        line("far", (5.0, 57.0), (12.0, 57.0)),
    ]
)
"""Ships go north from 55 N 11 E and turn north-west at 55.5 N; `east` is for those that turn the other way."""


def way(speed_kn: float, minutes: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """North for 55 km and then to the north-west, a point a minute."""
    t = np.arange(minutes, dtype=np.int64) * MIN
    km = t / 3.6e6 * speed_kn * 1.852
    turned = np.maximum(km - 55.0, 0)
    north = np.minimum(km, 55.0) + turned * math.cos(math.pi / 4)
    lat = 55 + north / 111.195
    lon = 11 - turned * math.cos(math.pi / 4) / (111.195 * math.cos(math.radians(55.7)))
    return t, lat, lon, np.where(turned > 0, 315.0, 0.0)


class View:
    """One ship sailing the way at a minute, until `t`."""

    def __init__(self, t: int, speed_kn: float = 12.0) -> None:
        self.t = t
        when, lat, lon, cog = way(speed_kn, 600)
        keep = when + T0 < t
        n = int(keep.sum())
        small, whole = np.full(n, np.nan, np.float32), np.zeros(n, np.int32)
        self._track = Track(
            when[keep] + T0, lat[keep], lon[keep], np.full(n, speed_kn, np.float32), cog[keep].astype(np.float32),
            small, np.zeros(n, np.int8), np.zeros(n, np.uint32), np.zeros(n, np.int8), small, small,
            np.full(n, NO_TIME, np.int64), whole, whole, whole, np.zeros(n, np.int64),
        )  # fmt: skip

    def track(self, slot: int, since_t: int, until_t: int | None = None) -> Track:
        rows = self._track.t >= since_t
        columns: list[Any] = [column[rows] for column in self._track]
        return Track(*columns)

    def fix(self) -> Fix:
        k = self._track
        return Fix(int(k.t[-1]), float(k.lat[-1]), float(k.lon[-1]), float(k.sog_kn[-1]), float(k.cog_deg[-1]),
                   math.nan, 0)  # fmt: skip

    def seen(self) -> Seen:
        return Seen(self, 0, "7-0", 7)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def empty() -> Foreseen:
    return Foreseen(LAYER, RiskSettings(), Feed(shipped(), ForecastSettings()), 1e-4)


@pytest.fixture(scope="module")
def taught() -> Foreseen:
    start = shipped()
    voyages = []
    for k in range(80):
        t, lat, lon, cog = way(9 + k % 6, 600)
        voyages.append(Voyage(t, lat, lon + 0.002 * (k % 7), np.full(len(t), 9.0 + k % 6), cog, ship=100 + k))
    start.extend(voyages)
    return Foreseen(LAYER, RiskSettings(), Feed(start, ForecastSettings()), 1e-4)


def by_name(found: list[Any]) -> dict[str, Any]:
    return {item.asset.id: item for _, item in found}


def test_without_history_she_goes_on_by_her_own_motion(empty: Foreseen) -> None:
    view = View(T0 + 60 * MIN)
    near = by_name(empty.ahead(view.fix(), 720, view.seen()))["near"]
    assert near.by == "motion" and near.validated
    assert near.chance > 0.6
    # 55.6 km at 12 kn from the start, an hour of which is sailed
    assert near.minutes == pytest.approx(55.6 / (12 * 1.852 / 60) - 60, abs=10)
    assert near.minutes_low <= near.minutes <= near.minutes_high


@pytest.mark.parametrize(
    ("doubt", "by"), [(Trust.BAD_MMSI, "motion"), (Trust.LATE, "motion"), (Trust.JUMP, "steady")]
)
def test_only_doubts_of_her_place_take_her_past_away(empty: Foreseen, doubt: Trust, by: str) -> None:
    view = View(T0 + 60 * MIN)
    view._track.trust[:] = np.uint32(doubt)
    empty._held.clear()
    found = empty.ahead(view.fix(), 720, view.seen())
    empty._held.clear()
    assert {item.by for _, item in found} == {by}


def test_past_traffic_tells_which_way_ships_turn(taught: Foreseen) -> None:
    view = View(T0 + 120 * MIN)
    found = by_name(taught.ahead(view.fix(), 720, view.seen()))
    assert found["near"].by == "history"
    assert found["near"].chance > 0.9
    assert found["far"].chance > 0.5
    assert "east" not in found or found["east"].chance < 0.1
    assert (
        found["far"].minutes_high - found["far"].minutes_low > found["near"].minutes_high - found["near"].minutes_low
    )
    assert found["near"].asset.kp_km is not None


def test_beyond_six_hours_it_is_marked(taught: Foreseen) -> None:
    view = View(T0 + 40 * MIN, speed_kn=10.0)
    far = by_name(taught.ahead(view.fix(), 900, view.seen())).get("far")
    assert far is not None
    assert far.validated == (far.minutes <= 360)


def test_an_old_fix_shortens_the_time(taught: Foreseen) -> None:
    now, later = View(T0 + 60 * MIN), View(T0 + 60 * MIN)
    later.t += 5 * MIN
    a = by_name(taught.ahead(now.fix(), 720, now.seen()))["near"]
    b = by_name(taught.ahead(now.fix(), 720, later.seen()))["near"]
    assert a.minutes - b.minutes == pytest.approx(5, abs=0.11)


def test_the_cheap_answer_and_a_ship_without_a_past_are_by_steady_courses(taught: Foreseen) -> None:
    view = View(T0 + 60 * MIN)
    steady = SteadyCourse(LAYER, RiskSettings()).ahead(view.fix(), 720)
    assert taught.ahead(view.fix(), 720) == steady
    first = View(T0 + MIN)
    assert taught.ahead(first.fix(), 720, first.seen()) == SteadyCourse(LAYER, RiskSettings()).ahead(first.fix(), 720)
    assert {item.by for _, item in steady} == {"steady"}


def test_the_same_question_has_the_same_answer(taught: Foreseen) -> None:
    view, again = View(T0 + 90 * MIN), View(T0 + 90 * MIN)
    first = taught.ahead(view.fix(), 720, view.seen())
    taught._held.clear()
    assert taught.ahead(again.fix(), 720, again.seen()) == first
