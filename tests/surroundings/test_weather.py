"""The weather book: nearest in space and time, never later than now, and an error that grows."""

from __future__ import annotations

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seawarden.geodesy import distances_m
from seawarden.model.event import WeatherSample
from seawarden.surroundings.weather import MOST_AGE_H, MOST_KM, TRAVEL_KM_H, WIND, WeatherBook

T = 1_735_106_400_000
HOUR = 3_600_000


def sample(hours: float = 0.0, lat: float = 60.0, lon: float = 25.0, **values: float) -> WeatherSample:
    return WeatherSample(t=T + int(hours * HOUR), lat=lat, lon=lon, **(values or {"wind_ms": 10.0}))  # type: ignore[arg-type]


def book(*samples: WeatherSample) -> WeatherBook:
    made = WeatherBook()
    for one in samples:
        made.declare(one)
    return made


def test_the_latest_before_now_and_nothing_of_the_future() -> None:
    made = book(sample(-1, wind_ms=5.0), sample(0, wind_ms=6.0), sample(1, wind_ms=7.0))
    found = made.at(60.0, 25.0, T + HOUR - 1)
    assert found is not None
    assert found.wind_ms == 6.0
    assert made.at(60.0, 25.0, T - 2 * HOUR) is None


def test_each_quantity_from_its_own_nearest_sample() -> None:
    made = book(sample(0, lon=25.2, wind_ms=8.0, wind_from_deg=90.0), sample(-1, lon=25.0, wave_height_m=2.0))
    found = made.at(60.0, 25.0, T)
    assert found is not None
    assert (found.wind_ms, found.wind_from_deg, found.wave_height_m) == (8.0, 90.0, 2.0)
    assert found.current_ms is None
    assert found.age_h == 1.0
    assert 11.0 < found.distance_km < 11.3


def test_the_error_grows_with_distance_and_age() -> None:
    here = book(sample()).at(60.0, 25.0, T)
    later = book(sample()).at(60.0, 25.0, T + 4 * HOUR)
    afar = book(sample(lat=62.0)).at(60.0, 25.0, T)
    assert here is not None and later is not None and afar is not None
    assert here.wind_sigma_ms == WIND.at_once
    assert here.wind_sigma_ms < later.wind_sigma_ms < afar.wind_sigma_ms
    assert round(later.wind_sigma_ms, 2) == 2.7  # hypot(1.5, 6.8 (1 - exp(-0.4)))


def test_limits_of_space_and_time() -> None:
    assert book(sample(lat=63.0)).at(60.0, 25.0, T) is None
    assert book(sample()).at(60.0, 25.0, T + int(MOST_AGE_H * HOUR) + 1) is None
    assert book().at(60.0, 25.0, T) is None


def test_across_the_antimeridian() -> None:
    found = book(sample(lon=-179.9)).at(60.0, 179.9, T)
    assert found is not None
    assert found.distance_km < 12.0


def test_an_old_near_sample_gives_way_to_a_fresh_one_farther_off() -> None:
    made = book(sample(-5, wind_ms=5.0), sample(0, lat=60.3, wind_ms=6.0))
    found = made.at(60.0, 25.0, T)
    assert found is not None
    assert found.wind_ms == 6.0


told = st.lists(
    st.builds(
        sample,
        hours=st.sampled_from([-3.0, -2.0, -1.0, 0.0]),
        lat=st.sampled_from([59.75, 60.0, 60.25]),
        lon=st.sampled_from([24.75, 25.0, 25.25]),
        wind_ms=st.sampled_from([3.0, 7.0]),
        wave_height_m=st.sampled_from([1.0, 2.0]),
    ),
    max_size=20,
)


@given(samples=told, order=st.randoms(use_true_random=False))
def test_neither_order_nor_a_snapshot_nor_forgetting_changes_an_answer(
    samples: list[WeatherSample], order: object
) -> None:
    first = book(*samples)
    shuffled = list(samples)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    second = book(*shuffled)
    third = WeatherBook()
    third.recall(msgspec.json.decode(msgspec.json.encode(first.memory())))
    first.forget(T - 10 * HOUR)
    for lat in (59.9, 60.0):
        for hours in (-2, 0, 3):
            t = T + hours * HOUR
            assert first.at(lat, 25.0, t) == second.at(lat, 25.0, t) == third.at(lat, 25.0, t)


def test_forgetting_frees() -> None:
    made = book(sample(-30), sample())
    made.forget(T - 10 * HOUR)
    assert len(made.memory()) == 1
    assert made.at(60.0, 25.0, T) is not None


@given(
    places=st.lists(
        st.tuples(st.floats(50.0, 70.0), st.floats(-180.0, 179.99), st.integers(-8, 0)), min_size=1, max_size=30
    ),
    lat=st.floats(50.0, 70.0),
    lon=st.floats(-180.0, 179.99),
)
def test_the_short_way_finds_what_looking_at_all_finds(
    places: list[tuple[float, float, int]], lat: float, lon: float
) -> None:
    samples = [sample(h, lat=y, lon=(lon + x / 40.0 + 180.0) % 360.0 - 180.0, wind_ms=1.0 + k)
               for k, (y, x, h) in enumerate(places)]  # fmt: skip
    lags = {}
    for one in samples:
        km = float(distances_m(*(np.array([v]) for v in (lat, lon, one.lat, one.lon)))[0]) / 1000.0
        age = (T - one.t) / HOUR
        if km <= MOST_KM and age <= MOST_AGE_H:
            lags[one.wind_ms] = age + km / TRAVEL_KM_H
    found = book(*samples).at(lat, lon, T)
    if not lags:
        assert found is None
    else:
        assert found is not None and found.wind_ms is not None
        assert lags[found.wind_ms] <= min(lags.values()) + 1e-9
