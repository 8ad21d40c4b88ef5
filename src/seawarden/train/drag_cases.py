"""Simulated drags on real tracks, as rows for training and as cases for measuring."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from seawarden.behaviours.drag.names import INDEX
from seawarden.behaviours.drag.series import extract, series_of
from seawarden.model.position import F64, Positions
from seawarden.physics.speed_loss import Law
from seawarden.simulate.drag import DragPlan, draw_plan, lay_drag
from seawarden.simulate.draws import generator
from seawarden.simulate.heading import with_heading
from seawarden.simulate.innocent import Innocent, lay_innocent
from seawarden.train.drag_tracks import RealTrack, place_at, ticks_of

HISTORY_S = 1500.0
"""A drag begins at least this long after the track does, so that there is a speed before."""
ROOM_S = 1800.0
"""And this long before it ends."""


class Case(NamedTuple):
    """One track as it is scored: real, or with something laid on it."""

    track: int
    kind: str
    """`real`, `drag`, `dip`, `null` or the name of an innocent."""
    law: str
    loss: float
    wobble: bool
    drift: bool
    heading: bool
    onset_s: float
    """NaN for a real track."""
    positions: Positions


def onset_of(track: RealTrack, *key: int | str) -> float | None:
    """A time to begin, s: any moment under way (over 4 kn) with history before and room after; None without one."""
    t_s = track.positions.t / 1000.0
    history, room = (HISTORY_S, ROOM_S) if track.cadence_s < 300.0 else (4.0 * track.cadence_s, 3.0 * track.cadence_s)
    fit = (t_s >= t_s[0] + history) & (t_s <= t_s[-1] - room) & (track.positions.sog_kn > 4.0)
    rows = np.flatnonzero(fit)
    if len(rows) == 0:
        return None
    random = generator("onset", track.mmsi, int(track.positions.t[0]), *key)
    return float(t_s[rows[random.integers(0, len(rows))]] + random.uniform(0.0, track.cadence_s * 0.9))


def lay(
    track: RealTrack,
    number: int,
    *key: int | str,
    loss: float,
    law: Law,
    wobble: bool = False,
    drift: bool = False,
    heading: bool = False,
    dip_s: float | None = None,
    onset_s: float | None = None,
) -> Case | None:
    """A drag on a track; None where the track has no room for one."""
    begin = onset_of(track, *key) if onset_s is None else onset_s
    if begin is None:
        return None
    name = (track.mmsi, int(track.positions.t[0]), *key)
    plan = draw_plan(*name, start_t=int(begin * 1000.0), loss=loss, law=law, wobble=wobble, drift_angle=drift)
    if loss == 0.0:
        phase = generator("phase", *name).uniform(-0.5, 0.5) * track.cadence_s
        plan = DragPlan(start_t=plan.start_t, loss=0.0, phase_s=float(phase))
    elif dip_s is not None:
        plan = DragPlan(
            start_t=plan.start_t, loss=loss, law=law, duration_s=dip_s, settling_s=60.0, force_sigma=0.15,
            slips_per_h=0.0, hangups_per_h=0.0, wobble_deg=plan.wobble_deg, drift_angle_deg=plan.drift_angle_deg,
        )  # fmt: skip
    heading_of = (lambda ship: with_heading(ship, *name[:2])) if heading else None
    laid, _ = lay_drag(track.positions, plan, *name, heading_of=heading_of)
    kind = "null" if loss == 0.0 else "drag" if dip_s is None else "dip"
    return Case(number, kind, law, loss, wobble, drift, heading, begin, laid)


def real(track: RealTrack, number: int, *, heading: bool) -> Case:
    """The track as it is, with or without a made-up heading."""
    name = (track.mmsi, int(track.positions.t[0]))
    ship = with_heading(track.positions, *name) if heading else track.positions
    return Case(number, "real", "", 0.0, False, False, heading, float("nan"), ship)


def rows_of(case: Case, track: RealTrack, *, until_s: float | None = None, step: int = 1) -> tuple[F64, F64]:
    """Ticks (s) and feature vectors of a case: all of a real track, from the onset to `until_s` later of a laid one.

    Returns:
        Ticks, shape (m,), and features, shape (m, COUNT), of those ticks at which the ship could be scored.
    """
    series = series_of(case.positions)
    ticks = ticks_of(track)
    if np.isfinite(case.onset_s):
        last = case.onset_s + until_s if until_s is not None else np.inf
        ticks = ticks[(ticks > case.onset_s) & (ticks <= last)]
    ticks = np.ascontiguousarray(ticks[::step])
    out = extract(series, ticks, place_at(case.positions, ticks), track.crossed_s, track.lanes, track.own_lanes)
    fit = ~np.isnan(out[:, INDEX["loss"]])
    return ticks[fit], out[fit]


def innocent(track: RealTrack, number: int, kind: Innocent, *key: int | str, heading: bool = False) -> Case | None:
    """A lawful look-alike on a track; None where the track has no room for one."""
    begin = onset_of(track, kind, *key)
    if begin is None:
        return None
    name = (track.mmsi, int(track.positions.t[0]))
    ship = with_heading(track.positions, *name) if heading else track.positions
    laid = lay_innocent(ship, kind, int(begin * 1000.0), *key)
    return Case(number, kind, "", 0.0, False, False, heading, begin, laid)
