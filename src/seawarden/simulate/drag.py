"""An anchor dragged under way, laid on the real track of one ship."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np

from seawarden.model.position import F64, I64, Positions, take
from seawarden.physics.speed_loss import Law, force_for_loss
from seawarden.simulate.draws import generator
from seawarden.simulate.force import STEP_S, force_noise, speed_ratio
from seawarden.simulate.path import KN_MS, metres_per_degree, path_of, sail

DepthOf = Callable[[F64, F64], F64]
"""Depth of water, m, at latitudes and longitudes."""
ReachOf = Callable[[F64], F64]
"""Depth that the anchor reaches, m, at speeds in kn."""
HeadingOf = Callable[[Positions], Positions]
"""Gives a ship a heading that fits her speed and course (`simulate.heading`)."""


class DragPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What to lay on a track; the parameters of the simulator, which no detector may know."""

    start_t: int
    """When the anchor takes hold, ms."""
    loss: float
    """Share of the speed that the median force costs once settled, 0 for a null injection."""
    law: Law = "power"
    duration_s: float | None = None
    """Until the track's end when None; 300 or less makes the dip at a crossing."""
    settling_s: float = 300.0
    """The ship's momentum over her thrust, s: she settles in about this time (3-10 min)."""
    force_sigma: float = 0.25
    """Spread of the logarithm of the force."""
    force_memory_s: float = 240.0
    slips_per_h: float = 0.7
    hangups_per_h: float = 0.7
    wobble_deg: float = 0.0
    """Amplitude of the slow yaw, degrees; 0 switches it off."""
    wobble_period_s: float = 540.0
    drift_angle_deg: float = 0.0
    """Heading minus course held while the anchor pulls, degrees; 0 switches it off."""
    phase_s: float = 0.0
    """Shift of the sampling along the path, s: a null injection with a phase shows what resampling alone does."""


class DragTruth(msgspec.Struct, frozen=True, kw_only=True):
    """What was laid, and what came of it."""

    mmsi: int
    plan: DragPlan
    key: str
    start_t: int
    end_t: int
    force_over_thrust: float
    """Median relative force while the anchor pulls."""
    speed_before_kn: float
    mean_loss: float
    """Mean share of the speed lost from settling (or the middle of a dip) to the end."""
    contact_share: float
    """Share of the drag's time with the anchor on the bottom."""
    delay_s: float
    """How far the ship is behind her original voyage at the end, s."""


def draw_plan(*key: int | str, start_t: int, loss: float, law: Law, wobble: bool, drift_angle: bool) -> DragPlan:
    """Draw a plan's free parameters from the stated ranges: settling 3-10 min, wobble 5-15 min, drift 1-8 deg."""
    random = generator("drag plan", *key)
    amplitude, period = random.uniform(1.0, 4.0), random.uniform(300.0, 900.0)
    angle = random.uniform(1.0, 8.0) * (1.0 if random.random() < 0.5 else -1.0)
    return DragPlan(
        start_t=start_t,
        loss=loss,
        law=law,
        settling_s=random.uniform(180.0, 600.0),
        force_sigma=random.uniform(0.15, 0.35),
        force_memory_s=random.uniform(120.0, 480.0),
        slips_per_h=random.uniform(0.2, 1.5),
        hangups_per_h=random.uniform(0.2, 1.5),
        wobble_deg=amplitude if wobble else 0.0,
        wobble_period_s=period,
        drift_angle_deg=angle if drift_angle else 0.0,
    )


def lay_drag(
    ship: Positions,
    plan: DragPlan,
    *key: int | str,
    depth_of: DepthOf | None = None,
    reach_of: ReachOf | None = None,
    heading_of: HeadingOf | None = None,
) -> tuple[Positions, DragTruth]:
    """Lay a drag on one ship's positions.

    From `plan.start_t` on the ship sails her own path more slowly: at every report she is where the warped voyage has
    brought her, so positions further along come later. Earlier reports stay bit for bit. With `depth_of` and
    `reach_of`, the anchor pulls only where it reaches the bottom at the ship's speed.

    Args:
        ship: positions of one ship, in order of time.
        plan: what to lay.
        *key: names the draw; the same key gives the same drag.
        depth_of: depth of water; no gate when None.
        reach_of: depth that the anchor reaches at a speed.
        heading_of: makes up the heading of the ship as she sails with the anchor out, each from her track up to it
            alone; her own is kept when None.

    Returns:
        The positions (those from the start on marked simulated) and the truth.

    Raises:
        ValueError: not one ship in order, or the start lies outside the track.
    """
    path = path_of(ship)
    start_s = (plan.start_t - int(ship.t[0])) / 1000.0
    if not 0.0 <= start_s < path.t_s[-1]:
        raise ValueError("the drag starts outside the track")
    length_s = path.t_s[-1] - start_s
    n = int(length_s / STEP_S) + 2
    elapsed = np.arange(n) * STEP_S
    pulling = np.ones(n) if plan.duration_s is None else (elapsed < plan.duration_s).astype(np.float64)
    random = generator("drag", *key)
    median = force_for_loss(plan.law, plan.loss)
    noise = force_noise(
        random,
        n,
        sigma=plan.force_sigma,
        memory_s=plan.force_memory_s,
        slips_per_h=plan.slips_per_h,
        hangups_per_h=plan.hangups_per_h,
    )
    force = np.minimum(median * noise, 0.97 if plan.law == "thrust" else 4.0) * pulling
    phase, breadth = random.uniform(0.0, 2.0 * np.pi), random.lognormal(0.0, 0.15)
    ratio = speed_ratio(plan.law == "power", force, plan.settling_s)
    contact = pulling.copy()
    if depth_of is not None and reach_of is not None:
        for _ in range(3):  # contact depends on speed and place, speed on contact: three rounds settle it
            origin = _origin(start_s, ratio)
            depth = depth_of(np.interp(origin, path.t_s, path.lat), np.interp(origin, path.t_s, path.lon))
            speed = np.interp(origin, path.t_s, path.speed_kn) * ratio
            contact = pulling * (reach_of(speed) >= depth)
            ratio = speed_ratio(plan.law == "power", force * contact, plan.settling_s)
    if plan.loss == 0.0:
        ratio = np.ones(n)
    origin = _origin(start_s, ratio) + plan.phase_s
    now = path.t_s
    rows: I64 = np.flatnonzero(now >= start_s).astype(np.int64)
    since = now[rows] - start_s
    at_origin = np.minimum(np.interp(since, elapsed, origin), path.t_s[-1])
    at_origin = np.where(np.all(ratio == 1.0) & (plan.phase_s == 0.0), now[rows], at_origin)
    at_ratio = np.interp(since, elapsed, ratio)
    laid = sail(ship, path, at_origin, at_ratio, ship.t[rows], rows)
    grip = np.interp(since, elapsed, contact) * (1.0 - np.exp(-since / (0.5 * plan.settling_s)))
    grip *= 1.0 if plan.loss > 0.0 else 0.0
    if heading_of is not None:
        ship = heading_of(_replace(ship, rows, laid))
        laid = take(ship, rows)
    _yaw(laid, since, grip, plan, float(phase), float(breadth))
    out = _replace(ship, rows, laid)
    middle = (elapsed >= (plan.settling_s if plan.duration_s is None else plan.duration_s / 2)) & (pulling > 0)
    truth = DragTruth(
        mmsi=int(ship.mmsi[0]),
        plan=plan,
        key="/".join(str(part) for part in key),
        start_t=plan.start_t,
        end_t=int(ship.t[-1]) if plan.duration_s is None else plan.start_t + int(plan.duration_s * 1000),
        force_over_thrust=median,
        speed_before_kn=float(np.interp(start_s, path.t_s, path.speed_kn)),
        mean_loss=float(1.0 - np.mean(ratio[middle])) if np.any(middle) else 0.0,
        contact_share=float(np.sum(contact) / max(np.sum(pulling), 1.0)),
        delay_s=float(start_s + elapsed[-1] - origin[-1]),
    )
    return out, truth


def _origin(start_s: float, ratio: F64) -> F64:
    """Time of the original voyage at which the ship is, every `STEP_S`, shape of `ratio`."""
    mean = 0.5 * (ratio[1:] + ratio[:-1])
    return start_s + np.concatenate(([0.0], np.cumsum(mean * STEP_S)))


def _yaw(laid: Positions, since_s: F64, grip: F64, plan: DragPlan, phase: float, breadth: float) -> None:
    """Add the slow yaw to course and place and the drift angle to heading, in place."""
    if plan.wobble_deg > 0.0:
        # the period breathes by some percent, so that no spectral line betrays the simulator
        turn = 2.0 * np.pi * since_s / plan.wobble_period_s
        turn = turn + phase + 0.6 * breadth * np.sin(0.37 * turn + 2.1 * phase)
        swing = plan.wobble_deg * grip * np.sin(turn)
        lead = plan.wobble_deg * grip * np.sin(turn + 0.5)
        reach_m = laid.sog_kn * KN_MS * np.radians(plan.wobble_deg) * grip * plan.wobble_period_s / (2.0 * np.pi)
        side_m = -reach_m * (np.cos(turn) - np.cos(phase) * np.exp(-since_s / plan.wobble_period_s))
        course = np.radians(laid.cog_deg.astype(np.float64))
        m_lat, m_lon = metres_per_degree(laid.lat)
        laid.lat[:] += np.where(np.isfinite(side_m), -np.sin(course) * side_m, 0.0) / m_lat
        laid.lon[:] += np.where(np.isfinite(side_m), np.cos(course) * side_m, 0.0) / m_lon
        laid.cog_deg[:] = np.round((laid.cog_deg + swing) % 360.0, 1) % 360.0
        laid.heading_deg[:] = np.round((laid.heading_deg + lead) % 360.0) % 360.0
    if plan.drift_angle_deg != 0.0:
        laid.heading_deg[:] = np.round((laid.heading_deg + plan.drift_angle_deg * grip) % 360.0) % 360.0


def _replace(ship: Positions, rows: I64, laid: Positions) -> Positions:
    columns: list[Any] = [column.copy() for column in ship]
    for column, new in zip(columns, laid, strict=True):
        column[rows] = new
    return Positions(*columns)
