"""From the quantities of one hour on a set of places to weather samples."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from seawarden.model.event import WeatherSample
from seawarden.model.position import F64

HOUR_MS = 3_600_000


def samples(t: int, lat: F64, lon: F64, values: Mapping[str, F64], source: str) -> Iterator[WeatherSample]:
    """Samples of one time; places of which nothing is known are left out.

    Args:
        t: event time, ms.
        lat: degrees, shape (n,).
        lon: degrees, -180..180, shape (n,).
        values: by our names (`quantity.NAMES`), each of shape (n,), NaN where missing, in m/s, m and degrees.
        source: name of the file.
    """
    none = np.full(len(lat), np.nan)
    wind, wind_from = values.get("wind", none), values.get("wind_from", none)
    if "wind_east" in values and "wind_north" in values:
        east, north = values["wind_east"], values["wind_north"]
        wind, wind_from = np.hypot(east, north), np.degrees(np.arctan2(-east, -north)) % 360.0
    wave, wave_from = values.get("wave", none), values.get("wave_from", none)
    current, current_to = values.get("current", none), values.get("current_to", none)
    if "current_east" in values and "current_north" in values:
        east, north = values["current_east"], values["current_north"]
        current, current_to = np.hypot(east, north), np.degrees(np.arctan2(east, north)) % 360.0
    known = np.isfinite(wind) | np.isfinite(wave) | np.isfinite(current)
    for k in np.flatnonzero(known).tolist():
        yield WeatherSample(
            t=t,
            source=source,
            lat=round(float(lat[k]), 5),
            lon=round(float(lon[k]), 5),
            wind_ms=_stated(wind[k], 2),
            wind_from_deg=_stated(wind_from[k] % 360.0, 1),
            wave_height_m=_stated(wave[k], 2),
            wave_from_deg=_stated(wave_from[k] % 360.0, 1),
            current_ms=_stated(current[k], 3),
            current_to_deg=_stated(current_to[k] % 360.0, 1),
        )


def _stated(value: float, digits: int) -> float | None:
    return round(float(value), digits) if math.isfinite(value) else None


def usable(names: set[str]) -> bool:
    """Whether these quantities together tell anything: a component alone does not."""
    return (
        bool(names & {"wind", "wave", "current"})
        or {"wind_east", "wind_north"} <= names
        or {"current_east", "current_north"} <= names
    )


def hourly(times: list[int]) -> list[int]:
    """Rows of the times to keep, in order of time: the first in each hour."""
    kept: list[int] = []
    last = None
    for row in sorted(range(len(times)), key=lambda k: (times[k], k)):
        if times[row] // HOUR_MS != last:
            last = times[row] // HOUR_MS
            kept.append(row)
    return kept
