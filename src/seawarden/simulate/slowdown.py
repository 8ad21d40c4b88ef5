"""An unexplained, sustained slow-down laid on a real track; no cause is modelled."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np

from seawarden.model.position import Positions
from seawarden.simulate.drag import DragPlan, lay_drag
from seawarden.simulate.path import metres_per_degree, path_of, wrap_deg


class SlowdownTruth(msgspec.Struct, frozen=True, kw_only=True):
    """What was laid."""

    mmsi: int
    start_t: int
    end_t: int
    loss: float


def lay_slowdown(
    ship: Positions, *key: int | str, start_t: int, loss: float, duration_s: float, settling_s: float = 300.0
) -> tuple[Positions, SlowdownTruth]:
    """Let the ship lose `loss` of her speed from `start_t` for `duration_s`; steady, settling in some minutes.

    Raises:
        ValueError: not one ship in order, or the start lies outside the track.
    """
    plan = DragPlan(
        start_t=start_t,
        loss=loss,
        law="thrust",
        duration_s=duration_s,
        settling_s=settling_s,
        force_sigma=0.03,
        slips_per_h=0.0,
        hangups_per_h=0.0,
    )
    laid, truth = lay_drag(ship, plan, "slowdown", *key)
    return laid, SlowdownTruth(mmsi=truth.mmsi, start_t=truth.start_t, end_t=truth.end_t, loss=loss)


def crossing_times(ship: Positions, lines: Sequence[Sequence[tuple[float, float]]]) -> list[int]:
    """When the ship's path crosses any of the polylines, ms, in order of time.

    Args:
        ship: positions of one ship in order of time.
        lines: polylines of (lon, lat), degrees, straight on the plate carree between vertices.
    """
    path = path_of(ship)
    x1, y1, x2, y2 = path.lon[:-1], path.lat[:-1], path.lon[1:], path.lat[1:]
    times: list[int] = []
    for line in lines:
        for (ax, ay), (bx, by) in pairwise(line):
            shift = 360.0 * np.round((np.mean(path.lon) - ax) / 360.0)
            dx, dy = bx - ax, by - ay
            ax_ = ax + shift
            cross = (x2 - x1) * dy - (y2 - y1) * dx
            with np.errstate(divide="ignore", invalid="ignore"):
                along = ((ax_ - x1) * dy - (ay - y1) * dx) / cross
                on = ((ax_ - x1) * (y2 - y1) - (ay - y1) * (x2 - x1)) / cross
            hit = np.flatnonzero((along >= 0.0) & (along < 1.0) & (on >= 0.0) & (on <= 1.0))
            step = np.diff(ship.t)
            times.extend(int(ship.t[i] + along[i] * step[i]) for i in hit)
    return sorted(times)


def speed_between_kn(ship: Positions, start_t: int, end_t: int) -> float:
    """Mean speed between two times from positions alone, kn; NaN with fewer than two positions."""
    rows = np.flatnonzero((ship.t >= start_t) & (ship.t <= end_t))
    if len(rows) < 2:
        return float("nan")
    m_lat, m_lon = metres_per_degree(ship.lat[rows])
    dy = np.diff(ship.lat[rows]) * m_lat[1:]
    dx = wrap_deg(np.diff(ship.lon[rows])) * m_lon[1:]
    return float(np.sum(np.hypot(dx, dy)) / (ship.t[rows[-1]] - ship.t[rows[0]]) * 1000.0 * 3600.0 / 1852.0)
