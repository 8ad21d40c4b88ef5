"""Whether the way made between two positions bears out the speed that a report tells.

A transmitter now and then tells a wrong speed while its positions go on as before: a digit is lost (1.5 for 15), or
the "102.2" of an unknown speed slips in. One such report looks like a stop. Whether she did change her speed, the way
that she made says: had she kept her speed to the last and then braked as hard as a ship can, she would have fallen
behind by (v0 - v)^2 / 2a. Where she did not fall behind by that much, within the errors of places, clocks and
rounding, the new speed is not believed before the next report; the speed of the leg stands in for it. A ship that
truly stops within seconds is believed one report later, because then her positions have stopped too.

The same in reverse, from the next report on: where a report told a change that the leg after it rules out and the leg
before it does not speak for, and the speed is again what it was before, that one report is refuted. Both look at what
has arrived, never ahead.
"""

from __future__ import annotations

import math
from typing import Final

from numba import njit

from seawarden.geodesy import KNOT_MS

LEG_S: Final = 600.0
"""Over a longer leg a ship can have done anything."""
SHARE: Final = 0.3
"""A change is looked at when it is this share of the greater speed, too: craft at 30 kn wander by several knots."""
ALIKE: Final = 0.3
"""Two speeds this near, as a share, tell the same."""
SLACK_KN: Final = 0.3
"""Rounding of SOG, its smoothing by the receiver, and a leg that is not quite straight."""


@njit(cache=True)
def leg_error_m(sigma_m: float, last_sigma_m: float, t_sigma_s: float, speed_kn: float, dt_s: float) -> float:
    """One error of the way that a leg seems to have: of its ends, of their times, and of the speeds told."""
    late_m = speed_kn * KNOT_MS * t_sigma_s
    return math.sqrt(sigma_m * sigma_m + last_sigma_m * last_sigma_m + 2.0 * late_m * late_m) + (
        SLACK_KN * KNOT_MS * dt_s
    )


@njit(cache=True)
def too_sudden(
    from_kn: float, to_kn: float, step_kn: float, dt_s: float, error_m: float, brake_ms2: float, gather_ms2: float
) -> bool:
    """Whether a leg at `step_kn` leaves no room for a change of speed from one end's to the other's.

    Never when the leg is nearer to the speed changed to: by then the change lies behind.

    Args:
        from_kn: speed at one end.
        to_kn: speed at the other.
        step_kn: speed of the way made good.
        dt_s: length of the leg.
        error_m: error of its way.
        brake_ms2: hardest believed loss of speed.
        gather_ms2: hardest believed gain.
    """
    if abs(step_kn - to_kn) <= abs(step_kn - from_kn):
        return False
    change_ms = (to_kn - from_kn) * KNOT_MS
    hardest = gather_ms2 if change_ms > 0.0 else brake_ms2
    apart_m = (step_kn - from_kn) * KNOT_MS * dt_s
    if change_ms < 0.0:
        apart_m = -apart_m
    return bool(change_ms * change_ms > 2.0 * hardest * (max(apart_m, 0.0) + error_m))


@njit(cache=True)
def judge(
    told_kn: float,
    way_kn: float,
    before_kn: float,
    unproven_kn: float,
    last_step_kn: float,
    step_kn: float,
    dt_s: float,
    error_m: float,
    least_kn: float,
    most_kn: float,
    brake_ms2: float,
    gather_ms2: float,
) -> tuple[bool, float, bool]:
    """Whether a speed is borne out by the leg that ends at it.

    Args:
        told_kn: the speed told.
        way_kn: the last speed of the track that was believed.
        before_kn: the believed speed before that one, NaN none.
        unproven_kn: what the last report told if it was not believed, else NaN.
        last_step_kn: speed of the way made on the leg that ended at the last report, NaN none.
        step_kn: speed of the way made good since the last report.
        dt_s: time since then.
        error_m: error of the way.
        least_kn: least change that is looked at.
        most_kn: fastest believed ship.
        brake_ms2: hardest believed loss of speed.
        gather_ms2: hardest believed gain.

    Returns:
        Whether the speed is unproven; the track's speed from here on, kn; whether the report before this is refuted.
    """
    refuted = False
    held = way_kn
    error_kn = error_m / (dt_s * KNOT_MS)
    as_before = abs(last_step_kn - before_kn) < abs(last_step_kn - way_kn)
    if as_before and before_kn > way_kn and step_kn - max(told_kn, way_kn) >= least_kn + error_kn:
        held, refuted = before_kn, True  # she went on as before, whatever the last report told
    change = abs(told_kn - held)
    looked_at = change >= least_kn and change >= SHARE * max(told_kn, held)
    if told_kn < held and step_kn > (1.0 + ALIKE) * held + error_kn:
        looked_at = False  # nor did she go on as before: the leg's places or times are wrong, not the speed
    if looked_at and too_sudden(held, told_kn, step_kn, dt_s, error_m, brake_ms2, gather_ms2):
        # a way is never longer than her speed allows, but shorter where she turns: told twice, a gain is believed
        twice = told_kn > held and abs(told_kn - unproven_kn) <= ALIKE * told_kn and told_kn <= most_kn
        if not twice:
            return True, held, refuted
    change = abs(told_kn - way_kn)
    if (
        as_before
        and change >= least_kn
        and change >= SHARE * max(told_kn, way_kn)
        and abs(told_kn - before_kn) <= ALIKE * change
    ):
        refuted = too_sudden(told_kn, way_kn, step_kn, dt_s, error_m, brake_ms2, gather_ms2)
    else:
        refuted = False
    return False, told_kn, refuted
