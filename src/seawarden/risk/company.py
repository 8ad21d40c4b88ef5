"""What the ships around did with their speed since she began to lose hers: a cause that all feel is not her anchor.

Weather, current and ice are told by the ships themselves. The part of her loss that ships near her and on her course
lost too is taken off the loss, with their spread as its error, and what is left is weighed again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from seawarden.model.finding import Finding, Reason
from seawarden.risk.anchor import Anchor
from seawarden.risk.odds import chance_of, logit
from seawarden.risk.signs import MODEL_KIND, Sign, loss_logodds, shrunk, told_once
from seawarden.settings_risk import RiskSettings

MEASURE: Final = "company"
LEAST: Final = 3
"""Fewer ships tell of themselves, not of the sea."""
LEAST_SPREAD: Final = 0.03
"""Ships feel one sea by some hundredths of their speed more or less (own estimate)."""
KINDS: Final = ("slowdown", MODEL_KIND)


class Company(NamedTuple):
    """Ships near her and on her course, by what they did since her onset."""

    ships: int
    slower: int
    """Those that lost a twentieth or more."""
    median: float
    """Share of their speed that they lost in the median."""
    spread: float
    """Robust standard deviation of it."""


def company_reason(company: Company | None, signs: Sequence[Sign], s: RiskSettings) -> Reason | None:
    """What they say of her loss; None when there are too few of them, or she lost nothing."""
    if company is None or company.ships < LEAST:
        return None
    speed = [g for g in told_once(signs, s) if g.finding.kind in KINDS and g.weight > 0.0 and g.group == "speed"]
    lead = max(speed, key=lambda g: (g.weight, g.finding.id), default=None)
    loss = lead.finding.value("loss") if lead is not None else None
    if lead is None or loss is None or not loss > 0.0:
        return None
    if company.median < 0.02:
        text = f"{company.ships} ships near on her course kept their speed"
        return Reason(text=text, measure=MEASURE)
    sigma = math.hypot(_sigma(lead.finding), max(company.spread, LEAST_SPREAD) * math.sqrt(1.0 + 1.0 / company.ships))
    whole = loss_logodds(shrunk(loss, _sigma(lead.finding)), s)
    left = loss_logodds(shrunk(loss - company.median, sigma), s)
    weight = -lead.weight * (1.0 - min(1.0, left / whole)) if whole > 0.0 else 0.0
    many = f"{company.slower} of {company.ships} ships near on her course slow too"
    text = f"{many}: {company.median * 100:.0f} % in the median"
    return Reason(text=text, weight=weight, measure=MEASURE)


def with_company(anchor: Anchor, signs: Sequence[Sign], company: Company | None, s: RiskSettings) -> Anchor:
    """The chance with what they explain taken off it, as far as the known weather has not explained it."""
    reason = company_reason(company, signs, s)
    if reason is None:
        return anchor
    if reason.weight == 0.0:
        return anchor._replace(reasons=[*anchor.reasons, reason])
    explained = sum(r.weight for r in anchor.counter if r.measure == "weather")
    further = min(0.0, reason.weight - explained)
    chance = chance_of(logit(anchor.chance) + further)
    told_so = Reason(text=reason.text, weight=further, measure=MEASURE)
    return anchor._replace(chance=chance, counter=[*anchor.counter, told_so])


def _sigma(finding: Finding) -> float:
    for item in finding.measured:
        if item.name == "loss" and item.sigma is not None:
            return item.sigma
    return 0.0
