"""When a ship that has lost speed is at an asset: her speed is the force's, and the force does not hold still.

The forecast takes her as she goes now, with the spread of ships that go on. What cost her a share of her speed may
pull more or less in the minutes to come, or let go: that is added, by the ship's own balance of thrust and force.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from seawarden.model.finding import Finding
from seawarden.model.risk import AssetAhead

SPEED_KINDS: Final = frozenset({"slowdown", "anchor_out"})
"""Kinds that measure a loss of speed that goes on."""
FORCE_SIGMA: Final = 0.25
"""Spread of the logarithm of a dragged anchor's force over minutes: three to six anchor weights for nine in ten would
be 0.21, slips and hang-ups make it more (own estimate)."""
NINE_IN_TEN: Final = 1.645
LARGEST: Final = 0.8
"""Beyond this loss she hardly moves, and no law of a ship under way says how her speed will change."""


def loss_now(findings: Iterable[Finding]) -> float:
    """Share of her speed that a ship is losing, the most that her open findings measure; 0 when she holds it."""
    lost = (f.value("loss") or 0.0 for f in findings if f.kind in SPEED_KINDS and f.state == "open")
    return min(LARGEST, max([0.0, *lost]))


def speed_sigma(loss: float) -> float:
    """Spread of the logarithm of her speed while a force costs her that share of it.

    At constant power the speed `r`, over the speed before, balances the force `f`, over the thrust before, by
    `1 / r = r^2 + f`; so `d ln r / d ln f = -(1 - r^3) / (1 + 2 r^3)`: 0.11 for a tenth lost, 0.39 for three tenths.
    """
    cube = (1.0 - min(max(loss, 0.0), LARGEST)) ** 3
    return FORCE_SIGMA * (1.0 - cube) / (1.0 + 2.0 * cube)


def with_loss(ahead: Sequence[tuple[int, AssetAhead]], loss: float) -> dict[int, AssetAhead]:
    """Assets ahead by their rows, in order, with the spans that hold for a ship that is losing speed.

    The ends move out by the root of the sum of squares; middle and chance stay, and without a loss all does.

    Args:
        ahead: rows and assets, as forecast.
        loss: share of her speed that she is losing.
    """
    if not loss > 0.0:
        return dict(ahead)
    more = math.exp(NINE_IN_TEN * speed_sigma(loss))
    return {row: _wider(item, 1.0 - 1.0 / more, more - 1.0) for row, item in ahead}


def _wider(item: AssetAhead, sooner: float, later: float) -> AssetAhead:
    at = item.minutes
    low = at - math.hypot(at - item.minutes_low, at * sooner)
    high = at + math.hypot(item.minutes_high - at, at * later)
    return msgspec.structs.replace(item, minutes_low=max(0.0, low), minutes_high=high)
