"""Lawful look-alikes of a drag, laid on real tracks: each changes speed for a reason of its own."""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np

from seawarden.model.position import F64, I64, Positions
from seawarden.simulate.draws import generator
from seawarden.simulate.path import path_of, sail

Innocent = Literal[
    "pilot_boarding",
    "slow_steaming",
    "blackout",
    "trawl_tow",
    "cable_ship",
    "ice",
    "heaving_to",
    "port_approach",
    "queueing",
]
INNOCENTS: tuple[Innocent, ...] = get_args(Innocent)
STEP_S = 10.0


def profile(kind: Innocent, n: int, *key: int | str) -> F64:
    """Speed over the speed before, every `STEP_S` from the onset, shape (n,); it never stands quite still."""
    random = generator("innocent", kind, *key)
    t = np.arange(n) * STEP_S / 60.0
    low: float
    ratio: F64
    if kind == "pilot_boarding":  # down to boarding speed over 6-15 min, held 8-20 min, up again
        down, hold, up = random.uniform(6.0, 15.0), random.uniform(8.0, 20.0), random.uniform(6.0, 15.0)
        low = random.uniform(0.4, 0.65)
        ratio = np.interp(t, (0.0, down, down + hold, down + hold + up), (1.0, low, low, 1.0))
    elif kind == "slow_steaming":  # engine orders in one to four steps, then steady to half a percent
        steps = int(random.integers(1, 5))
        low, over = random.uniform(0.6, 0.9), random.uniform(3.0, 25.0)
        ratio = np.interp(t, np.linspace(0.0, over, steps + 1), np.linspace(1.0, low, steps + 1))
    elif kind == "blackout":  # coasts down within 10-20 min, drifts at a knot, restarts after 20-90 min
        tau, hold = random.uniform(4.0, 8.0), random.uniform(20.0, 90.0)
        low = random.uniform(0.05, 0.14)
        coast = low + (1.0 - low) * np.exp(-t / tau)
        ratio = np.where(t < hold, coast, np.minimum(low + (t - hold) / 15.0, 1.0))
    elif kind == "trawl_tow":  # shoots the gear and tows at 3-4.5 kn for hours
        over = random.uniform(5.0, 12.0)
        ratio = np.interp(t, (0.0, over), (1.0, random.uniform(0.3, 0.5)))
        ratio = ratio * (1.0 + 0.03 * np.sin(2.0 * np.pi * t / random.uniform(4.0, 12.0)))
    elif kind == "cable_ship":  # laying or surveying at a walking pace
        ratio = np.interp(t, (0.0, random.uniform(10.0, 20.0)), (1.0, random.uniform(0.08, 0.25)))
    elif kind == "ice":  # ridges: speed falls and recovers without rhythm
        knots = np.cumsum(random.exponential(4.0, 200))
        ratio = np.interp(t, knots, random.uniform(0.35, 0.95, 200))
        ratio = np.interp(t, (0.0, 6.0), (1.0, 0.0)) + np.minimum(t / 6.0, 1.0) * ratio
    elif kind == "heaving_to":  # eases down over half an hour in a gale, rough ever after
        ratio = np.interp(t, (0.0, random.uniform(20.0, 45.0)), (1.0, random.uniform(0.3, 0.5)))
        ratio = ratio * (1.0 + 0.06 * np.sin(2.0 * np.pi * t / 7.0 + random.uniform(0.0, 6.0)))
    elif kind == "port_approach":  # in steps down to harbour speed over 30-60 min
        ratio = np.interp(t, np.linspace(0.0, random.uniform(30.0, 60.0), 5), (1.0, 0.8, 0.6, 0.45, 0.2))
    else:  # queueing: slows to keep a place in line, again and again
        knots = np.cumsum(random.uniform(6.0, 15.0, 60))
        ratio = np.interp(t, np.concatenate(([0.0], knots)), np.concatenate(([1.0], random.uniform(0.5, 0.9, 60))))
    return np.clip(ratio, 0.03, 1.05)


def lay_innocent(ship: Positions, kind: Innocent, start_t: int, *key: int | str) -> Positions:
    """Lay a look-alike on one ship's positions from `start_t` on (ms); her own noise stays with the reports.

    Raises:
        ValueError: not one ship in order, or the start lies outside the track.
    """
    path = path_of(ship)
    start_s = (start_t - int(ship.t[0])) / 1000.0
    if not 0.0 <= start_s < path.t_s[-1]:
        raise ValueError("the change of speed starts outside the track")
    n = int((path.t_s[-1] - start_s) / STEP_S) + 2
    ratio = profile(kind, n, int(ship.mmsi[0]), *key)
    elapsed = np.arange(n) * STEP_S
    origin = start_s + np.concatenate(([0.0], np.cumsum(0.5 * (ratio[1:] + ratio[:-1]) * STEP_S)))
    rows: I64 = np.flatnonzero(path.t_s >= start_s).astype(np.int64)
    since = path.t_s[rows] - start_s
    laid = sail(
        ship,
        path,
        np.minimum(np.interp(since, elapsed, origin), path.t_s[-1]),
        np.interp(since, elapsed, ratio),
        ship.t[rows],
        rows,
    )
    if kind == "trawl_tow":
        laid.nav_status[:] = 7
    if kind == "cable_ship":
        laid.nav_status[:] = 3
    columns: list[Any] = [column.copy() for column in ship]
    for column, new in zip(columns, laid, strict=True):
        column[rows] = new
    return Positions(*columns)
