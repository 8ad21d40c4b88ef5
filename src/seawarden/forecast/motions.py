"""Futures that need no history: constant velocity, stopping, turning back, and the Ornstein-Uhlenbeck process.

They stand beside the analogues, so that a ship that does what none did before has a forecast that covers it, and
they are the whole forecast where there is no history.

The Ornstein-Uhlenbeck model of a ship's velocity is that of Millefiori, Braca, Bryan and Willett, "Modeling vessel
kinematics using a stochastic mean-reverting process for long-term prediction", IEEE Trans. AES 52 (2016): velocity
returns to the mean of the last hour, so that the variance of position grows with time and not with its cube.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.special import ndtri

from seawarden.forecast.query import KM_PER_DEG, KNOT_KMH, PAST, STEP_MIN, Queries
from seawarden.forecast.walk import halton
from seawarden.model.position import F64

SPEED_FACTORS: Final = np.array([0.0, 0.35, 0.7, 0.88, 0.96, 1.0, 1.04, 1.1])
"""Constant velocity at these multiples of the present speed; 0 stops here."""
STRAIGHT: Final = 5
"""Which of the motions is plain constant velocity."""
N_OU: Final = 12
N_MOTIONS: Final = len(SPEED_FACTORS) + 4 + N_OU
OU_RATE_PER_H: Final = 0.5
"""How fast velocity returns to its mean, 1/h."""
OU_SIGMA_KMH: Final = 3.2
"""Noise of velocity, km/h per square root of an hour."""
_NORMAL: Final = ndtri(halton(N_OU // 2, 2))


def velocity_kmh(queries: Queries) -> F64:
    """East and north velocity of each ship from its speed and course, km/h (n, 2)."""
    course = np.radians(queries.cog_deg)
    return np.stack([np.sin(course), np.cos(course)], -1) * (queries.sog_kn * KNOT_KMH)[:, None]


def past_km(queries: Queries) -> F64:
    """The past in km east and north of the present position (n, PAST, 2)."""
    east = (queries.past_lon - queries.lon[:, None] + 180.0) % 360.0 - 180.0
    kx = KM_PER_DEG * np.cos(np.radians(queries.lat))[:, None]
    return np.stack([east * kx, (queries.past_lat - queries.lat[:, None]) * KM_PER_DEG], -1)


def ou_mean_and_sigma(queries: Queries, steps: int) -> tuple[F64, F64]:
    """Mean path (n, H, 2) and standard deviation (H,) of the Ornstein-Uhlenbeck forecast, km from the ship."""
    hours = np.arange(1, steps + 1) * STEP_MIN / 60.0
    past = past_km(queries)
    rows = np.arange(len(queries.lat))
    k = np.minimum(queries.n_past, 6)
    now = velocity_kmh(queries)
    long_run = np.where((k > 0)[:, None], -past[rows, k] / np.maximum(k, 1)[:, None] * 60.0 / STEP_MIN, now)
    g = OU_RATE_PER_H
    settle = (1.0 - np.exp(-g * hours)) / g
    mean = long_run[:, None] * (hours - settle)[None, :, None] + now[:, None] * settle[None, :, None]
    grown = 2 * g * hours - 3 + 4 * np.exp(-g * hours) - np.exp(-2 * g * hours)
    return mean, OU_SIGMA_KMH / g**1.5 * np.sqrt(np.maximum(grown, 0.0) / 2)


def motions(queries: Queries, steps: int) -> tuple[F64, F64]:
    """All futures without history.

    Returns:
        Latitudes and longitudes in degrees, each (n, N_MOTIONS, H).
    """
    n = len(queries.lat)
    hours = np.arange(1, steps + 1) * STEP_MIN / 60.0
    v = velocity_kmh(queries)
    past = past_km(queries)
    rows = np.arange(n)
    out = [v[:, None, None] * SPEED_FACTORS[None, :, None, None] * hours[None, None, :, None]]
    for lag in (3, 6):  # at the mean velocity of the last half hour and hour
        k = np.minimum(queries.n_past, lag)
        mean = -past[rows, k] / np.maximum(k, 1)[:, None] * 60.0 / STEP_MIN
        out.append((mean[:, None] * hours[None, :, None])[:, None])
    back = np.minimum(np.minimum(np.arange(1, steps + 1), PAST - 1)[None, :], queries.n_past[:, None])
    out.append(past[rows[:, None], back][:, None])  # the way she came
    d1, d2 = past[:, 0] - past[:, 1], past[:, 1] - past[:, 2]
    turn = np.arctan2(d1[:, 0], d1[:, 1]) - np.arctan2(d2[:, 0], d2[:, 1])
    turn = np.where(queries.n_past >= 2, np.clip((turn + np.pi) % (2 * np.pi) - np.pi, -1, 1), 0.0)
    fade = 1.5 * (1.0 - np.exp(-np.arange(1, steps + 1) / 3.0))
    heading = np.radians(queries.cog_deg)[:, None] + turn[:, None] * fade
    leg = np.stack([np.sin(heading), np.cos(heading)], -1)
    leg *= (queries.sog_kn * KNOT_KMH * STEP_MIN / 60.0)[:, None, None]
    out.append(np.cumsum(leg, axis=1)[:, None])  # on with the present turn, fading
    mean, sigma = ou_mean_and_sigma(queries, steps)
    draws = np.concatenate([_NORMAL, -_NORMAL])
    out.append(mean[:, None] + draws[None, :, None, :] * sigma[None, None, :, None])
    km = np.concatenate(out, axis=1)
    kx = KM_PER_DEG * np.cos(np.radians(queries.lat))[:, None, None]
    lat = np.clip(queries.lat[:, None, None] + km[..., 1] / KM_PER_DEG, -89.9, 89.9)
    lon = (queries.lon[:, None, None] + km[..., 0] / kx + 180.0) % 360.0 - 180.0
    return lat, lon
