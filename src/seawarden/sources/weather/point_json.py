"""Hourly weather at a point as JSON: the answers of Open-Meteo, alone or several in one file.

An answer is an object with `latitude`, `longitude`, `hourly` (lists of equal length, `time` among them) and
`hourly_units`. A file holds one, a list of them, or an object whose members are such answers (say `marine` and
`atmosphere`). Waves and wind are given by where they come from, currents by where they go to (Open-Meteo's docs).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from seawarden.model.error import SourceError
from seawarden.model.event import WeatherSample
from seawarden.model.position import F64
from seawarden.sources.weather.quantity import factor, named, plausible
from seawarden.sources.weather.samples import hourly, samples, usable


def read_points(path: Path) -> Iterator[WeatherSample]:
    """All samples of a file in order of time.

    Raises:
        SourceError: it is no such JSON, a list is of another length, a unit is unknown, or nothing usable is in it.
    """
    try:
        tree = msgspec.json.decode(path.read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{path.name}: no JSON, or cut off ({error})") from None
    answers = _answers(tree)
    if not answers:
        raise SourceError(f"{path.name}: holds no answer with 'latitude', 'longitude' and 'hourly'")
    told = False
    found: list[WeatherSample] = []
    for where, answer in answers:
        read = _answer(f"{path.name}{where}", path.name, answer)
        told = told or read is not None
        found.extend(read or ())
    if not told:
        raise SourceError(f"{path.name}: none of its series is wind, waves or currents")
    yield from sorted(found, key=lambda sample: (sample.t, sample.lat, sample.lon))


def _answers(tree: Any) -> list[tuple[str, dict[str, Any]]]:
    if isinstance(tree, list):
        return [(f" [{k}]{where}", answer) for k, item in enumerate(tree) for where, answer in _answers(item)]
    if not isinstance(tree, dict):
        return []
    if isinstance(tree.get("hourly"), dict):
        return [("", tree)]
    return [(f" {name}", part) for name, part in tree.items() if isinstance(part, dict) and "hourly" in part]


def _answer(where: str, source: str, answer: dict[str, Any]) -> list[WeatherSample] | None:
    hours, units = answer["hourly"], answer.get("hourly_units", {})
    lat, lon = _degrees(answer.get("latitude")), _degrees(answer.get("longitude"))
    if not isinstance(hours, dict) or not isinstance(units, dict) or lat is None or lon is None:
        raise SourceError(f"{where}: 'latitude' and 'longitude' must be numbers, 'hourly' an object of lists")
    lon = (lon + 180.0) % 360.0 - 180.0
    if not abs(lat) <= 90.0:
        raise SourceError(f"{where}: latitude {lat} is none")
    times = _times(where, hours.get("time"), answer.get("utc_offset_seconds", 0))
    values: dict[str, F64] = {}
    for name, series in hours.items():
        ours = named(name)
        if ours is not None:
            read = _numbers(f"{where} {name}", series, len(times))
            values[ours] = plausible(ours, read * factor(ours, units.get(name), f"{where} {name}"))
    if not usable(set(values)):
        return None
    place = np.array([lat]), np.array([lon])
    return [
        sample
        for row in hourly(times)
        for sample in samples(times[row], *place, {k: v[row : row + 1] for k, v in values.items()}, source)
    ]


def _times(where: str, series: Any, offset_s: Any) -> list[int]:
    if not isinstance(series, list) or not series:
        raise SourceError(f"{where}: 'hourly' has no list of times")
    shift = int(float(offset_s) * 1000) if _is_number(offset_s) else 0
    times = []
    for k, told in enumerate(series):
        try:
            if isinstance(told, str):
                read = datetime.fromisoformat(told)
                local = read.tzinfo is None
                stamp = round((read.replace(tzinfo=UTC) if local else read).timestamp() * 1000)
                times.append(stamp - shift if local else stamp)
            else:
                times.append(round(float(told) * 1000))
        except (TypeError, ValueError, OverflowError):
            raise SourceError(f"{where}: time {k + 1}, '{told}', is none") from None
    return times


def _numbers(where: str, series: Any, n: int) -> F64:
    if not isinstance(series, list) or len(series) != n:
        told = f"{len(series)} values" if isinstance(series, list) else "no list"
        raise SourceError(f"{where}: {told} beside {n} times")
    wrong = next((k for k, v in enumerate(series) if v is not None and not _is_number(v)), None)
    if wrong is not None:
        raise SourceError(f"{where}: value {wrong + 1}, '{series[wrong]}', is no number")
    return np.array([math.nan if v is None else float(v) for v in series])


def _degrees(value: Any) -> float | None:
    return float(value) if _is_number(value) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
