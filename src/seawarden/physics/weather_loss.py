"""What wind, waves and current cost of a ship's speed at unchanged power, with its error.

Speed loss after Y. J. Kwon, "Speed loss due to added resistance in wind and waves", The Naval Architect, March 2008:
`loss % = C_beta * C_U * C_form`, with `C_form = 0.5 BN + BN^6.5 / (2.7 V^(2/3))`, BN the Beaufort number and V the
volume displaced (m3). The article itself was not read; its coefficients are those that three public programs agree
on (a fourth prints other signs in C_U). Three changes of our own: C_U lies on a straight line between the block
coefficients that the article lists; the first term takes the wind and its direction, the second the waves and
theirs, because the Baltic's waves are lower than the open sea's at the same wind; and nothing grows beyond BN 8.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from seawarden.geodesy import KNOT_MS
from seawarden.model.weather import Weather
from seawarden.physics.equipment import CLASSES, TYPICAL_LENGTH_M

BLOCKS: Final = (0.55, 0.60, 0.65, 0.70, 0.75, 0.80, 0.85)
SPEED_TERMS: Final = (
    (1.7, -1.4, -7.4),
    (2.2, -2.5, -9.7),
    (2.6, -3.7, -11.6),
    (3.1, -5.3, -12.4),
    (2.4, -10.6, -9.5),
    (2.6, -13.1, -15.1),
    (3.1, -18.7, 28.0),
)
"""`C_U = a + b Fn + c Fn^2` for each block coefficient, loaded."""
LEAST_SPEED_TERM: Final = 0.1
MOST_SPEED_TERM: Final = 2.0
WAVE_M: Final = (0.0, 0.1, 0.2, 0.6, 1.0, 2.0, 3.0, 4.0, 5.5, 7.0, 9.0, 11.5, 14.0)
"""Probable wave height of Beaufort 0 to 12 in the open sea, m (WMO Beaufort scale)."""
MOST_BEAUFORT: Final = 8.0
"""Beyond it ships ease their engines, and the formula, fitted to moderate weather, says nothing."""
MOST_LOSS: Final = 0.5
MOST_FROUDE: Final = 0.3
"""Merchant ships sail below it; beyond, the terms fall to nothing and fast craft would feel no sea."""
MODEL_SHARE: Final = 0.4
"""Error of the formula as a share of what it gives (own estimate: the hull's form, load and engine are guessed)."""
MODEL_FLOOR: Final = 0.01
SHELTER: Final = (0.35, 2.5, 0.7)
"""Without waves given, their number lies below the wind's by 0.35 for each above 2.5, with an error of 0.7: measured
on 6,264 hours at nine places of the Baltic (ERA5's wind beside a wave model), -0.6, -0.8, -1.3, -1.5 at 4 to 7."""


class Loss(NamedTuple):
    """Share of the speed lost (negative when gained) and its standard error."""

    share: float
    sigma: float


def beaufort(wind_ms: float) -> float:
    """The Beaufort number, not rounded, of a wind 10 m above the sea: `v = 0.836 B^1.5` (WMO)."""
    return math.pow(max(wind_ms, 0.0) / 0.836, 2.0 / 3.0)


def wave_beaufort(height_m: float) -> float:
    """The Beaufort number that such waves belong to in the open sea."""
    return float(np.interp(height_m, WAVE_M, np.arange(len(WAVE_M), dtype=np.float64)))


def weather_loss(length_m: float | None, kind: str, sog_kn: float, course_deg: float, weather: Weather) -> Loss:
    """Share of her speed that the weather costs a ship.

    Args:
        length_m: her length; the class's typical one, with a larger error, when None.
        kind: a class of `physics.equipment.CLASSES`.
        sog_kn: her speed over the ground before the loss, kn.
        course_deg: her course or heading, degrees; NaN when unknown.
        weather: with its errors.

    Returns:
        The mean over the weather's own errors, and the error of both weather and formula. NaN and 1 when nothing is
        known of wind, waves and current.
    """
    if weather.wind_ms is None and weather.wave_height_m is None and weather.current_ms is None:
        return Loss(math.nan, 1.0)
    speed = max(sog_kn, 1.0)
    block, slim, shallow, *_ = CLASSES.get(kind, CLASSES["other"])
    given = length_m is not None and length_m > 0.0
    length = float(length_m) if length_m is not None and length_m > 0.0 else TYPICAL_LENGTH_M.get(kind, 80.0)
    volume = block * length * (slim * length) * (shallow * slim * length)
    froude = min(speed * KNOT_MS / math.sqrt(9.81 * length), MOST_FROUDE)
    ease = _speed_term(block, froude)
    resisted = [
        _resisted(wind, wind_angle, wave, wave_angle, volume, ease)
        for wind, wind_angle, wave, wave_angle in _nodes(weather, course_deg)
    ]
    mean = float(np.mean(resisted)) if resisted else 0.0
    spread = float(np.std(resisted)) if resisted else 0.0
    model = MODEL_SHARE * (1.0 if given else 1.5) * mean + (MODEL_FLOOR if resisted else 0.0)
    carried, carried_sigma = _carried(weather, course_deg, speed)
    return Loss(mean + carried, math.sqrt(spread * spread + model * model + carried_sigma * carried_sigma))


def _speed_term(block: float, froude: float) -> float:
    terms = [a + b * froude + c * froude * froude for a, b, c in SPEED_TERMS]
    return min(max(float(np.interp(block, BLOCKS, terms)), LEAST_SPEED_TERM), MOST_SPEED_TERM)


def direction_term(angle_deg: float, number: float) -> float:
    """C_beta for the angle between the bow and where it comes from, 0..180 degrees."""
    if angle_deg <= 30.0:
        return 1.0
    if angle_deg <= 60.0:
        return max((1.7 - 0.03 * (number - 4.0) ** 2) / 2.0, 0.0)
    if angle_deg <= 150.0:
        return max((0.9 - 0.06 * (number - 6.0) ** 2) / 2.0, 0.0)
    return max((0.4 - 0.03 * (number - 8.0) ** 2) / 2.0, 0.0)


def _resisted(wind: float, wind_angle: float, wave: float, wave_angle: float, volume: float, ease: float) -> float:
    wind, wave = min(wind, MOST_BEAUFORT), min(wave, MOST_BEAUFORT)
    blown = direction_term(wind_angle, wind) * 0.5 * wind
    tossed = direction_term(wave_angle, wave) * math.pow(wave, 6.5) / (2.7 * math.pow(volume, 2.0 / 3.0))
    return min(ease * (blown + tossed) / 100.0, MOST_LOSS)


def _nodes(weather: Weather, course_deg: float) -> Iterator[tuple[float, float, float, float]]:
    """Wind's number and angle, waves' number and angle, at the points of a cubature of third degree.

    Three normal errors (two components of the wind, the wave height): six points at sqrt(3) sigma, equal weights.
    """
    if weather.wind_ms is None and weather.wave_height_m is None:
        return
    reach = math.sqrt(3.0)
    for axis in range(3):
        for sign in (-reach, reach):
            along, across, up = (sign if axis == k else 0.0 for k in range(3))
            wind, wind_from = _shifted(weather.wind_ms, weather.wind_from_deg, weather.wind_sigma_ms, along, across)
            if weather.wave_height_m is not None:
                wave = wave_beaufort(max(weather.wave_height_m + up * weather.wave_sigma_m, 0.0))
                wave_from = weather.wave_from_deg if weather.wave_from_deg is not None else wind_from
            else:
                number = beaufort(wind)
                wave = max(number - SHELTER[0] * max(number - SHELTER[1], 0.0) + SHELTER[2] * up, 0.0)
                wave_from = wind_from
            number = beaufort(wind) if weather.wind_ms is not None else wave
            blown = wind_from if weather.wind_ms is not None else wave_from
            yield number, _angle(blown, course_deg), wave, _angle(wave_from, course_deg)


def _shifted(
    speed: float | None, from_deg: float | None, sigma: float, along: float, across: float
) -> tuple[float, float | None]:
    if speed is None:
        return 0.0, None
    ahead, aside = speed + along * sigma, across * sigma
    if from_deg is None:
        return math.hypot(ahead, aside), None
    return math.hypot(ahead, aside), (from_deg + math.degrees(math.atan2(aside, ahead))) % 360.0


def _angle(from_deg: float | None, course_deg: float) -> float:
    """Angle from the bow, 0..180; abeam when either direction is unknown."""
    if from_deg is None or not math.isfinite(course_deg):
        return 90.0
    return abs((from_deg - course_deg + 180.0) % 360.0 - 180.0)


def _carried(weather: Weather, course_deg: float, speed_kn: float) -> tuple[float, float]:
    """Share that the current takes, and its error; what is not known is left to the caller's own spread."""
    if weather.current_ms is None:
        return 0.0, 0.0
    through = speed_kn * KNOT_MS
    if weather.current_to_deg is None or not math.isfinite(course_deg):
        return 0.0, weather.current_ms / through
    along = weather.current_ms * math.cos(math.radians(weather.current_to_deg - course_deg))
    return -along / through, weather.current_sigma_ms / through
