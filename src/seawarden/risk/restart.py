"""What her speed after a stop says: slower than before it, as something still out would have it, or as fast.

A tanker that dragged an anchor in December 2024 stopped twice and was slower each time. Of 109 stops at sea (5 km and
more from ports and anchorages) of 30 innocent ships, 11 were followed by a tenth less than before, beyond the error
(0.10; exact 95 % 0.05-0.17), 3 by a fifth less. How much likelier her change is with something out is the weight. The
error of the measurement is in both chances, so that what is measured badly weighs nothing; it is read off the same
speed as a loss, hence no sign of its own but a part of the model's.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from seawarden.model.finding import Finding, Reason
from seawarden.settings_risk import RiskSettings

MEASURE: Final = "after_stop"
TERM: Final = "term.restart"
AS_FAST_SIGMA: Final = 0.1
"""Spread of log speed after less before where a ship is as fast: half of those stops lie within -0.100 and 0.041."""
SLOWER: Final = (-0.25, 0.12)
"""Mean and spread of log speed where she is slower: losses of published cases run from 5 to 30 % (own estimate)."""


class Restart(NamedTuple):
    """Log speed after a stop less before it, and its error."""

    change: float
    sigma: float


def restart_of(finding: Finding) -> Restart | None:
    """What a finding has measured over her last stop; None without one."""
    for item in finding.measured:
        if item.name == MEASURE and item.value is not None and item.value > -1.0 and item.sigma is not None:
            return Restart(math.log1p(item.value), item.sigma / (1.0 + item.value))
    return None


def restart_logodds(restart: Restart, s: RiskSettings) -> float:
    """Log of how much likelier her change is with something out; never falling as she is slower.

    A faster ship counts as one that is as fast: ships at sea are faster after a stop as often as slower, since many
    slow before they stop. Of what she may have had out before it says little, and nothing of an anchor out now.
    """
    slow_mean, slow_sigma = SLOWER
    change = min(max(restart.change, slow_mean), 0.0)
    slower = _density(change - slow_mean, math.hypot(slow_sigma, restart.sigma))
    as_fast = _density(change, math.hypot(AS_FAST_SIGMA, restart.sigma))
    out = s.restart_out_share * slower + (1.0 - s.restart_out_share) * as_fast
    innocent = s.restart_slower_share * slower + (1.0 - s.restart_slower_share) * as_fast
    return math.log(out / innocent)


def restart_reason(finding: Finding, s: RiskSettings, *, at_place: bool) -> Reason | None:
    """The weight in words; None without a stop. In a port's or a pilot's waters being slower weighs nothing.

    Args:
        finding: of the model.
        s: weights.
        at_place: whether she is where ships slow as a matter of course.
    """
    restart = restart_of(finding)
    if restart is None:
        return None
    weight = restart_logodds(restart, s)
    told = next((item.method for item in finding.measured if item.name == MEASURE), "")
    return Reason(text=told, weight=min(weight, 0.0) if at_place else weight, measure=TERM)


def _density(off: float, sigma: float) -> float:
    return math.exp(-0.5 * (off / sigma) ** 2) / sigma
