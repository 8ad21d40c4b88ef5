"""The canary's voyage: a ship that does not exist drags an anchor across a line that does not exist.

She sails in open water of the southern Baltic, far from ports and land, at the same place at every hour; only the
time moves. Her MMSI cannot belong to any station (`demo`).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from seawarden.geodesy import KNOT_MS, destination
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.position import Positions, Provenance, make_positions
from seawarden.model.static import StaticReport
from seawarden.simulate.draws import generator

MMSI: Final = 999_000_999
NAME: Final = "CANARY"
STEADY_MIN: Final = 60
DRAG_MIN: Final = 30
STEP_S: Final = 60
SPEED_KN: Final = 11.0
LOSS: Final = 0.35
"""More than Yi Peng 3 lost: a drag that a watch which works must see."""
PULL_DEG: Final = 4.0
START: Final = (55.75, 17.2)
COURSE_DEG: Final = 90.0
LINE_ID: Final = "canary-line"


def canary_line() -> Asset:
    """The line that she crosses about a quarter of an hour after the anchor takes hold."""
    metres = (STEADY_MIN * SPEED_KN + 15 * SPEED_KN * (1.0 - LOSS)) * 60.0 * KNOT_MS
    lat, lon = destination(*START, COURSE_DEG, metres)
    return Asset(
        id=LINE_ID,
        name="Canary Line",
        kind="telecom_cable",
        status="in_service",
        versions=(AssetVersion(parts=(((lon, lat - 0.2), (lon, lat + 0.2)),), sigma_m=((50.0,),)),),
        source="invented",
        licence="CC0-1.0",
    )


def canary_ship(until_t: int) -> tuple[Positions, StaticReport, int]:
    """Her positions, all before `until_t` (ms), her static report, and when the anchor takes hold (ms)."""
    random = generator("canary")
    n = (STEADY_MIN + DRAG_MIN) * 60 // STEP_S
    minutes = np.arange(n) * STEP_S / 60.0
    held = minutes >= STEADY_MIN
    settled = np.clip((minutes - STEADY_MIN) / 6.0, 0.0, 1.0)
    pulled = random.normal(0.0, 0.05, n)
    speed = SPEED_KN * (1.0 - settled * LOSS) * (1.0 + np.where(held, pulled, 0.0))
    way = np.concatenate(([0.0], np.cumsum(speed[:-1]))) * KNOT_MS * STEP_S
    lat, lon = np.array([destination(*START, COURSE_DEG, metres) for metres in way]).T
    start_t = until_t - (STEADY_MIN + DRAG_MIN) * 60_000
    t = start_t + np.round(minutes * 60_000.0).astype(np.int64)
    heading = COURSE_DEG + np.where(held, PULL_DEG, 0.0) + random.normal(0.0, 0.7, n)
    ship = make_positions(
        n,
        t=t,
        mmsi=MMSI,
        lat=lat,
        lon=lon,
        sog_kn=np.round(speed + random.normal(0.0, 0.06, n), 1),
        cog_deg=np.round(COURSE_DEG + random.normal(0.0, 0.5, n), 1),
        heading_deg=np.round(heading),
        nav_status=0,
        msg_type=1,
        seq=np.arange(n),
        offset=np.arange(1, n + 1),
        provenance=int(Provenance.SIMULATED),
    )
    static = StaticReport(
        t=int(t[0]), mmsi=MMSI, name=NAME, ship_type=70, type_text="cargo", length_m=190.0, breadth_m=30.0,
        draught_m=10.4, simulated=True,
    )  # fmt: skip
    return ship, static, start_t + STEADY_MIN * 60_000
