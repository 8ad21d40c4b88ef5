"""How much of a loss of speed wind, waves and current explain, and what that takes off its weight.

A ship's expected speed is her own of the last hour and a half, so what weather explains is its *change* since then:
the loss at her course now, less that at her course before. In heavy weather ships also ease their engines and meet
groups of waves, so the innocent spread grows with the whole loss that the weather costs. The weight of the loss is
then taken at what is left of it, shrunk by that spread. Where no weather is known, the spread is that of all weather.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from seawarden.model.finding import Finding, Reason
from seawarden.risk.anchor import Anchor
from seawarden.risk.odds import chance_of, logit
from seawarden.risk.signs import Sign, loss_logodds, shrunk, speed_drop, told_once
from seawarden.settings_risk import RiskSettings

MEASURE: Final = "weather"
EASED_SHARE: Final = 0.3
"""Spread of what ships lose by easing and by wave groups, as a share of what the weather costs (own estimate)."""
COMMON_SHARE: Final = 0.5
"""Part of the error of the two losses that they do not share: hull and formula are the same before and after."""
LEAST_LEFT: Final = 0.25
"""Share of a weight that no weather takes: hull, load and the hour of a gust are guessed, and Yi Peng 3 dragged in a
head wind of 30 kn (own estimate)."""
UNKNOWN_SPREAD: Final = 0.033
"""Spread of what the weather does to a merchant ship's speed within an hour, where it is not known: the root mean
square of `Felt.change` with its error over 6,264 hours at nine places of the Baltic, eight courses, ships of 110, 160
and 200 m at 10.5 kn (wind and waves of the hour; 0.012 in the median, 0.18 in one hour of a hundred)."""
CALM_SHARE: Final = 0.03
"""Weather that costs less explains nothing that a person would mention."""
GROUP: Final = "speed"
KINDS: Final = ("slowdown", "anchor_out", "crossing")
"""Kinds whose weight is a loss of speed."""


class Felt(NamedTuple):
    """What the weather does to a ship now and did before she slowed: shares of her speed."""

    now: float
    now_sigma: float
    before: float | None
    """None when nothing is known of the time before."""
    before_sigma: float
    words: str
    """The weather in words: `head wind of 30 kn, waves of 2.5 m`."""

    def change(self) -> tuple[float, float]:
        """Share of the speed that the change of weather and course explains, and its error."""
        eased = EASED_SHARE * max(self.now, 0.0)
        if self.before is None:
            half = 0.5 * max(self.now, 0.0)
            return half, math.sqrt(half**2 + (COMMON_SHARE * self.now_sigma) ** 2 + eased**2)
        own = COMMON_SHARE * max(self.now_sigma, self.before_sigma)
        return self.now - self.before, math.hypot(own, eased)


def weather_reason(felt: Felt | None, signs: Sequence[Sign], s: RiskSettings) -> Reason | None:
    """What the weather says of a ship whose signs include a loss of speed; None when none does.

    Args:
        felt: None when no weather is known: a loss is then shrunk by the spread of all weather.
        signs: all of hers.
        s: weights.
    """
    speed = [sign for sign in told_once(signs, s) if sign.finding.kind in KINDS and sign.group == GROUP]
    lost = [(sign, *_lost(sign.finding)) for sign in speed]
    lost = [item for item in lost if item[1] > 0.0]
    if not lost:
        return None
    sign, loss, sigma = max(lost, key=lambda item: (item[0].weight, item[0].finding.id))
    if felt is None:
        # of the weight of the loss alone: what else the model has read, a dip or a swing, is no matter of weather
        weight = -min(sign.weight, loss_logodds(shrunk(loss, sigma), s)) * (1.0 - left_share(loss, sigma, None, s))
        taken = f"taken as ±{UNKNOWN_SPREAD * 100:.0f} % of her speed"
        text = f"no weather known, {taken}: a gale may explain any part of her {loss * 100:.0f} %"
        return Reason(text=text, weight=weight, measure=MEASURE)
    share = left_share(loss, sigma, felt, s)
    change, spread = felt.change()
    weight = -sign.weight * (1.0 - share)
    if felt.now < CALM_SHARE and weight > -0.1:
        return Reason(text=f"{felt.words}: explains next to nothing of her loss", weight=weight, measure=MEASURE)
    part = f"{max(change, 0.0) * 100:.0f} % (±{spread * 100:.0f}) of her {loss * 100:.0f} %"
    whole = f"; {felt.before * 100:.0f} % before" if felt.before is not None and felt.before >= 0.01 else ""
    return Reason(text=f"{felt.words}: explains {part}{whole}", weight=weight, measure=MEASURE)


def left_share(loss: float, sigma: float, felt: Felt | None, s: RiskSettings) -> float:
    """Share, 0.25 to 1, of the weight of a loss that the weather leaves; of all weather when none is known."""
    change, spread = felt.change() if felt is not None else (0.0, UNKNOWN_SPREAD)
    plain = loss_logodds(shrunk(loss, sigma), s)
    if plain <= 0.0:
        return 1.0
    left = loss_logodds(shrunk(loss - max(change, 0.0), math.hypot(sigma, spread)), s)
    return min(max(left / plain, LEAST_LEFT), 1.0)


def with_weather(anchor: Anchor, signs: Sequence[Sign], felt: Felt | None, s: RiskSettings) -> Anchor:
    """The chance of an anchor out with what the weather explains taken off it, and the reason among those against."""
    reason = weather_reason(felt, signs, s)
    if reason is None:
        return anchor
    chance = chance_of(logit(anchor.chance) + reason.weight) if reason.weight else anchor.chance
    return Anchor(chance, anchor.reasons, [*anchor.counter, reason])


def _lost(finding: Finding) -> tuple[float, float]:
    """Share of her speed lost, and its error."""
    if finding.kind == "crossing":
        return speed_drop(finding), 0.0
    for item in finding.measured:
        if item.name == "loss" and item.value is not None:
            return item.value, item.sigma or 0.0
    return 0.0, 0.0
