"""The voyage of a drill's ship: she comes in steadily, drags an anchor across one line, stops beyond it and lies."""

from __future__ import annotations

from typing import Final

import numpy as np

from seawarden.geodesy import KNOT_MS, destination
from seawarden.model.drill import EXERCISE
from seawarden.model.position import F64, Positions, Provenance, make_positions
from seawarden.model.static import StaticReport
from seawarden.simulate.draws import generator

BEFORE_MIN: Final = 60
"""She is heard for an hour before the anchor takes hold: what is usual for her must be known."""
TO_LINE_MIN: Final = 20
STOP_MIN: Final = 35
"""Minutes after the hold at which she takes way off."""
STOPPED_MIN: Final = 42
STEP_S: Final = 30
SPEED_KN: Final = 11.0
LOSS: Final = 0.7
"""A heavy drag, down to 3.3 kn: everything that the watch asks for, up to `act`, is practised within 20 minutes."""
PULL_DEG: Final = 15.0
HOLD_MIN: Final = 6.0
"""Minutes in which the speed settles after the anchor has taken hold."""


def speed_kn(minutes: F64) -> F64:
    """Her speed through a drill, kn; minutes from the hold, (n,)."""
    held = 1.0 - LOSS * np.clip(minutes / HOLD_MIN, 0.0, 1.0)
    way = np.clip((STOPPED_MIN - minutes) / (STOPPED_MIN - STOP_MIN), 0.0, 1.0)
    out: F64 = SPEED_KN * held * way
    return out


def voyage(
    lat: float, lon: float, course_deg: float, *, hold_t: int, end_t: int, mmsi: int, key: str
) -> tuple[Positions, StaticReport]:
    """Her positions and her static report, both marked as simulated.

    Args:
        lat: where she crosses the line, degrees.
        lon: the same.
        course_deg: her course there.
        hold_t: when the anchor takes hold, ms.
        end_t: when she is no longer heard, ms.
        mmsi: her number.
        key: names the draws of her noise: the same key, the same voyage.
    """
    n = BEFORE_MIN * 60 // STEP_S + max(1, (end_t - hold_t) // (STEP_S * 1000))
    minutes = np.arange(n) * STEP_S / 60.0 - BEFORE_MIN
    random = generator("drill", key)
    held = minutes >= 0.0
    speed = speed_kn(np.maximum(minutes, 0.0)) * (1.0 + np.where(held, random.normal(0.0, 0.04, n), 0.0))
    way = np.concatenate(([0.0], np.cumsum(speed[:-1]))) * KNOT_MS * STEP_S
    to_line = float(np.interp(TO_LINE_MIN, minutes, way))
    back = (course_deg + 180.0) % 360.0
    places = [
        destination(lat, lon, course_deg, m - to_line) if m >= to_line else destination(lat, lon, back, to_line - m)
        for m in way.tolist()
    ]
    at = np.array(places)
    t = hold_t + np.round(minutes * 60_000.0).astype(np.int64)
    positions = make_positions(
        n,
        t=t,
        mmsi=mmsi,
        lat=at[:, 0],
        lon=at[:, 1],
        sog_kn=np.round(np.maximum(speed + random.normal(0.0, 0.06, n), 0.0), 1),
        cog_deg=np.round((course_deg + random.normal(0.0, 0.5, n)) % 360.0, 1),
        heading_deg=np.round((course_deg + np.where(held, PULL_DEG, 0.0) + random.normal(0.0, 0.7, n)) % 360.0) % 360,
        nav_status=0,
        msg_type=1,
        seq=np.arange(n),
        offset=np.arange(1, n + 1),
        provenance=int(Provenance.SIMULATED),
    )
    static = StaticReport(
        t=int(t[0]), mmsi=mmsi, name=f"{EXERCISE} {mmsi % 1000}", ship_type=70, type_text="cargo", length_m=190.0,
        breadth_m=30.0, draught_m=10.4, simulated=True,
    )  # fmt: skip
    return positions, static
