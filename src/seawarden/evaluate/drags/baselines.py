"""Published rules and usual methods, as their users state them: each gives the times of its alarms on a track.

- GRAPNEL (open source): anchor drag is a run of 0.3-5 kn of 30 min and 3 km or more, course resultant length of 0.94
  or more, median speed at most 0.55 of the ship's own 75th percentile.
- Danish Maritime Authority, AisAbnormal defaults: drift is 1-5 kn with course and heading more than 45 degrees apart
  for 10 min and 500 m.
- Loitering: under 2 kn for 4 h (Starboard). Global Fishing Watch's needs 20 NM from shore on top and finds no more.
- CUSUM on log speed: the one-sided sum against the ship's own median of 45 min, allowance half and limit five of her
  own standard deviations (the textbook's choice).
- Proximity: within 10 km of an asset.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from seawarden.geography.index import nearest_of
from seawarden.geography.layer import AssetLayer
from seawarden.model.position import F64, Positions, make_positions
from seawarden.simulate.draws import generator
from seawarden.simulate.path import KN_MS, metres_per_degree, wrap_deg
from seawarden.train.drag_alarms import REARM_S

Rule = Callable[[Positions], F64]
"""Times of alarms, s, rising."""
BREAK_S: Final = 1800.0


def grapnel(ship: Positions) -> F64:
    """GRAPNEL's anchor drag: the alarm comes when a run first fulfils every condition."""
    t, v = ship.t / 1000.0, ship.sog_kn.astype(np.float64)
    step = _steps_m(ship)
    course = np.radians(ship.cog_deg.astype(np.float64))
    alarms: list[float] = []
    begin = -1
    for i in range(len(t)):
        inside = 0.3 <= v[i] <= 5.0 and (begin < 0 or i == 0 or t[i] - t[i - 1] <= BREAK_S)
        if not inside:
            begin = -1
            continue
        begin = i if begin < 0 else begin
        run = slice(begin, i + 1)
        if t[i] - t[begin] < 1800.0 or np.sum(step[begin + 1 : i + 1]) < 3000.0:
            continue
        straight = np.hypot(np.nanmean(np.sin(course[run])), np.nanmean(np.cos(course[run])))
        if straight >= 0.94 and np.median(v[run]) <= 0.55 * np.percentile(v[: i + 1], 75):
            alarms.append(t[i])
    return rearmed(np.array(alarms))


def danish_drift(ship: Positions) -> F64:
    """The Danish drift rule; without a heading it stays silent."""
    t, v = ship.t / 1000.0, ship.sog_kn.astype(np.float64)
    apart = np.abs(wrap_deg(ship.heading_deg.astype(np.float64) - ship.cog_deg))
    return _held(t, (v >= 1.0) & (v <= 5.0) & (apart > 45.0), 600.0, _steps_m(ship), 500.0)


def loitering(ship: Positions) -> F64:
    """Under 2 kn for four hours."""
    t, v = ship.t / 1000.0, ship.sog_kn.astype(np.float64)
    return _held(t, v < 2.0, 4.0 * 3600.0, np.zeros(len(t)), 0.0)


def cusum(ship: Positions, *, allowance: float = 0.5, limit: float = 5.0, memory_s: float = 2700.0) -> F64:
    """CUSUM of the loss of log speed in units of the ship's own spread; it starts anew after an alarm."""
    t = ship.t / 1000.0
    y = np.log(np.maximum(ship.sog_kn.astype(np.float64), 0.1))
    alarms: list[float] = []
    total, hold, level, sigma = 0.0, -1.0, np.nan, np.nan
    for i in range(len(t)):
        if total == 0.0:
            past = y[np.searchsorted(t, t[i] - memory_s) : i]
            if len(past) < 4:
                continue
            level = float(np.median(past))
            sigma = max(1.4826 * float(np.median(np.abs(past - level))), 0.01)
        if t[i] < hold:
            continue
        total = max(0.0, total + (level - y[i]) / sigma - allowance)
        if total > limit:
            alarms.append(t[i])
            total, hold = 0.0, t[i] + REARM_S
    return np.array(alarms)


def proximity(layer: AssetLayer, within_m: float = 10_000.0) -> Rule:
    """Within so many metres of any asset of the layer, which must reach that far."""

    def rule(ship: Positions) -> F64:
        _, away, _ = nearest_of(layer.index, ship.lat, ship.lon)
        near = np.isfinite(away) & (away >= 0.0) & (away <= within_m)
        return rearmed(ship.t[near] / 1000.0)

    return rule


def rules(layer: AssetLayer) -> Mapping[str, Rule]:
    """All of them by name."""
    return {
        "GRAPNEL anchor drag": grapnel,
        "Danish drift rule": danish_drift,
        "loitering, 2 kn for 4 h": loitering,
        "CUSUM on log speed": cusum,
        "within 10 km of an asset": proximity(layer),
    }


def rearmed(times: F64) -> F64:
    """Alarms at least `REARM_S` apart: a condition that goes on raises one an hour."""
    kept: list[float] = []
    for t in times:
        if not kept or t - kept[-1] >= REARM_S:
            kept.append(float(t))
    return np.array(kept)


def _steps_m(ship: Positions) -> F64:
    m_lat, m_lon = metres_per_degree(ship.lat)
    dy = np.diff(ship.lat, prepend=ship.lat[:1]) * m_lat
    dx = wrap_deg(np.diff(ship.lon, prepend=ship.lon[:1])) * m_lon
    return np.hypot(dx, dy)


def _held(t_s: F64, inside: npt.NDArray[np.bool_], least_s: float, step_m: F64, least_m: float) -> F64:
    """Times at which a condition has held for so long and so far."""
    alarms: list[float] = []
    begin = -1
    far = 0.0
    for i in range(len(t_s)):
        if not inside[i] or (begin >= 0 and t_s[i] - t_s[i - 1] > BREAK_S):
            begin = -1
            continue
        if begin < 0:
            begin, far = i, 0.0
        else:
            far += step_m[i]
        if t_s[i] - t_s[begin] >= least_s and far >= least_m:
            alarms.append(float(t_s[i]))
    return rearmed(np.array(alarms))


def dragging_at(speed_kn: float, *, before_kn: float = 10.0) -> Positions:
    """A made-up ship that sails two hours and then drags for three at a mean speed: to show what a rule catches."""
    t = np.arange(0.0, 5.0 * 3600.0, 60.0)
    random = generator("dragging at", str(speed_kn))
    pull = np.exp(0.15 * np.convolve(random.standard_normal(len(t) + 4), np.ones(5) / np.sqrt(5.0), "valid"))
    v = np.where(t < 7200.0, before_kn + 0.1 * random.standard_normal(len(t)), speed_kn * pull)
    run = np.cumsum(v) * KN_MS * 60.0
    return make_positions(
        len(t),
        t=(1_700_000_000 + t) * 1000.0,
        mmsi=999_000_100,
        lat=57.0 + run / 111_400.0,
        lon=11.0,
        sog_kn=v,
        cog_deg=random.normal(0.0, 1.0, len(t)) % 360.0,
        heading_deg=2.0,
    )
