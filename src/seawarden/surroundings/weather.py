"""The weather as told by events: for a place and time the nearest sample of each kind, with an error that grows.

Wind, waves and current are looked up apart, because models give them on different grids. Of all samples with
t <= now inside the limits the one with the least *lag* is taken: its age, plus its distance over the speed at which
weather travels. How the error grows with the lag was measured on 6,264 hours at nine places of the Baltic (wind of
ERA5, waves and currents of a marine model): the root mean square change of a component of the wind was 0.95, 2.0,
3.1, 4.6 and 6.0 m/s after 1, 3, 6, 12 and 24 h, that of the wave height 0.06, 0.17, 0.30, 0.48 and 0.68 m. The errors
at no lag, and distance taken as time at 10 m/s, are own estimates.
"""

from __future__ import annotations

import bisect
import math
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

from seawarden.geodesy import distances_m
from seawarden.model.event import WeatherSample
from seawarden.model.position import F64, I64
from seawarden.model.weather import Weather

MOST_KM: Final = 300.0
"""Farther off is other weather."""
MOST_AGE_H: Final = 6.0
"""Models come hourly to six-hourly; older is a forecast of ours that we can't make."""
TRAVEL_KM_H: Final = 36.0
"""10 m/s: about how fast fronts pass."""
HOUR_MS: Final = 3_600_000
CELL_DEG: Final = 1e-4


class Growth(NamedTuple):
    """Standard error against lag: `hypot(at_once, most (1 - exp(-lag / hours)))`."""

    at_once: float
    most: float
    hours: float

    def at(self, lag_h: float) -> float:
        """The error at a lag, in the quantity's unit."""
        return math.hypot(self.at_once, self.most * (1.0 - math.exp(-lag_h / self.hours)))


WIND: Final = Growth(1.5, 6.8, 10.0)
WAVE: Final = Growth(0.3, 0.75, 12.0)
CURRENT: Final = Growth(0.1, 0.15, 6.0)
"""Baltic surface currents are 0.1 to 0.3 m/s and turn with the wind (own estimate)."""


class _Kind:
    """All samples of one quantity: points, and for each its times and samples in order."""

    def __init__(self) -> None:
        self.lat: list[float] = []
        self.lon: list[float] = []
        self.times: list[list[int]] = []
        self.samples: list[list[WeatherSample]] = []
        self._row: dict[tuple[int, int], int] = {}
        self._cells: dict[tuple[int, int], list[int]] = {}
        """Rows by whole degrees of latitude and of longitude (from 0, 180 degrees west)."""
        self._places: tuple[F64, F64] | None = None

    def add(self, sample: WeatherSample) -> None:
        key = (round(sample.lat / CELL_DEG), round(sample.lon / CELL_DEG))
        row = self._row.get(key)
        if row is None:
            row = self._row[key] = len(self.lat)
            self.lat.append(sample.lat)
            self.lon.append(sample.lon)
            self.times.append([])
            self.samples.append([])
            self._cells.setdefault((math.floor(sample.lat), (math.floor(sample.lon) + 180) % 360), []).append(row)
            self._places = None
        times, held = self.times[row], self.samples[row]
        at = bisect.bisect_left(times, sample.t)
        if at < len(times) and times[at] == sample.t:
            # two sources for one place and hour: the choice must not depend on which was read first
            if msgspec.json.encode(sample) < msgspec.json.encode(held[at]):
                held[at] = sample
            return
        times.insert(at, sample.t)
        held.insert(at, sample)

    def best(self, lat: float, lon: float, t: int) -> tuple[WeatherSample, float, float] | None:
        """The sample of least lag with its distance (km) and age (h)."""
        if not self.lat:
            return None
        if self._places is None:
            self._places = np.array(self.lat), np.array(self.lon)
        y, x = math.floor(lat), math.floor(lon)
        near = [
            row
            for dy in (-1, 0, 1)
            for dx in (-1, 0, 1)
            for row in self._cells.get((y + dy, (x + dx + 180) % 360), ())
        ]
        # whatever lies outside of these nine cells is a degree away at least
        beyond_km = 110.0 * max(math.cos(math.radians(min(abs(lat) + 2.0, 90.0))), 0.0)
        found = self._least(lat, lon, t, np.array(near, dtype=np.int64))
        if found is not None and found[2] + found[1] / TRAVEL_KM_H < beyond_km / TRAVEL_KM_H:
            return found
        return self._least(lat, lon, t, np.arange(len(self.lat)))

    def _least(self, lat: float, lon: float, t: int, rows: I64) -> tuple[WeatherSample, float, float] | None:
        assert self._places is not None
        lats, lons = self._places[0][rows], self._places[1][rows]
        n = len(rows)
        km = distances_m(np.full(n, lat), np.full(n, lon), lats, lons) / 1000.0
        found: tuple[WeatherSample, float, float] | None = None
        least = math.inf
        for k in np.lexsort((lons, lats, km)):  # equally far: by place, not by order of arrival
            if km[k] > MOST_KM or km[k] / TRAVEL_KM_H >= least:
                break
            row = int(rows[k])
            at = bisect.bisect_right(self.times[row], t) - 1
            if at < 0:
                continue
            age = (t - self.times[row][at]) / HOUR_MS
            lag = age + km[k] / TRAVEL_KM_H
            if age <= MOST_AGE_H and lag < least:
                least, found = lag, (self.samples[row][at], float(km[k]), age)
        return found

    def forget(self, before_t: int) -> None:
        for times, held in zip(self.times, self.samples, strict=True):
            n = bisect.bisect_left(times, before_t)
            if n:
                del times[:n], held[:n]


class WeatherBook:
    """All samples that the stream has told, for as long as anything may ask for them."""

    def __init__(self) -> None:
        self._wind, self._wave, self._current = _Kind(), _Kind(), _Kind()
        self.told = 0
        """Samples ever told."""

    def declare(self, sample: WeatherSample) -> None:
        """Add a sample."""
        self.told += 1
        for kind, value in self._kinds(sample):
            if value is not None:
                kind.add(sample)

    def at(self, lat: float, lon: float, t: int) -> Weather | None:
        """The weather at a place and time by what had been told of `t` or before; None when nothing is near.

        Args:
            lat: degrees.
            lon: degrees.
            t: event time, ms.
        """
        wind, wave, current = (kind.best(lat, lon, t) for kind in (self._wind, self._wave, self._current))
        used = [found for found in (wind, wave, current) if found is not None]
        if not used:
            return None
        return Weather(
            wind_ms=wind[0].wind_ms if wind else None,
            wind_from_deg=wind[0].wind_from_deg if wind else None,
            wind_sigma_ms=_error(WIND, wind),
            wave_height_m=wave[0].wave_height_m if wave else None,
            wave_from_deg=wave[0].wave_from_deg if wave else None,
            wave_sigma_m=_error(WAVE, wave),
            current_ms=current[0].current_ms if current else None,
            current_to_deg=current[0].current_to_deg if current else None,
            current_sigma_ms=_error(CURRENT, current),
            distance_km=max(found[1] for found in used),
            age_h=max(found[2] for found in used),
        )

    def forget(self, before_t: int) -> None:
        """Drop samples before a time, ms."""
        for kind in (self._wind, self._wave, self._current):
            kind.forget(before_t)

    def memory(self) -> list[Any]:
        """All samples as plain values, for a snapshot."""
        told: dict[bytes, WeatherSample] = {}
        for kind in (self._wind, self._wave, self._current):
            for held in kind.samples:
                told.update((msgspec.json.encode(sample), sample) for sample in held)
        return [msgspec.to_builtins(told[key]) for key in sorted(told)]

    def recall(self, memory: list[Any]) -> None:
        """Take up what `memory` gave."""
        self._wind, self._wave, self._current = _Kind(), _Kind(), _Kind()
        for sample in msgspec.convert(memory, list[WeatherSample]):
            self.declare(sample)

    def _kinds(self, sample: WeatherSample) -> tuple[tuple[_Kind, float | None], ...]:
        return (
            (self._wind, sample.wind_ms),
            (self._wave, sample.wave_height_m),
            (self._current, sample.current_ms),
        )


def _error(growth: Growth, found: tuple[WeatherSample, float, float] | None) -> float:
    return 0.0 if found is None else growth.at(found[2] + found[1] / TRAVEL_KM_H)
