"""The chance that something of hers is on the bottom: a prior, moved by her signs and by what else explains them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from seawarden.model.finding import Finding, Reason
from seawarden.model.vessel import ShipRef
from seawarden.risk.hull import hull_reason
from seawarden.risk.odds import chance_of, either
from seawarden.risk.signs import MODEL_KIND, TERM, TIMED_DIP, Sign, told_once
from seawarden.settings_risk import RiskSettings

REPEAT_SHARE = 0.3
"""Share at which a second sign of the same group counts: it repeats more than it adds (own estimate)."""
REPEAT_LIMIT = 1.5
"""The most that repeated signs of one group may add, log-odds."""
SAME_MS = 3_600_000
"""Signs of one group that began within an hour are one and the same; the strongest counts."""

OUTSIDE = (0.08, 0.24)
"""Losses beyond the family's median that begin to set a ship apart, and that do so wholly (own estimate)."""


class Suspicion(NamedTuple):
    """A declared fault and how likely this ship did it."""

    fault_id: str
    chance: float
    visibility: str
    fault_t: int


class Together(NamedTuple):
    """Many ships that slow at once, and whether this one is of the family."""

    group_id: str
    size: int
    median_loss: float
    member: bool


class Anchor(NamedTuple):
    """The chance, with what speaks for and against."""

    chance: float
    reasons: list[Reason]
    counter: list[Reason]


def anchor_out(
    signs: Sequence[Sign],
    visible: Sequence[Finding],
    ship: ShipRef,
    s: RiskSettings,
    together: Together | None,
    place: Reason | None,
) -> Anchor:
    """Chance that an anchor of hers is on the bottom.

    A change of speed that the trained model has read counts once, whoever reads it as the stronger.
    """
    raw, signs = signs, told_once(signs, s)
    reasons = [r for g in signs for r in g.reasons]
    counter = _distinct([r for g in signs for r in g.counter])
    if place is not None and signs:
        counter.append(place)
    total = s.prior_logodds
    by_group: dict[str, list[Sign]] = {}
    for g in signs:
        by_group.setdefault(g.group, []).append(g)
    for group in sorted(by_group):
        first, *others = sorted(by_group[group], key=lambda g: (-g.weight, g.finding.id))
        again = sum(g.weight for g in others if abs(g.finding.start_t - first.finding.start_t) >= SAME_MS)
        total += first.weight + min(REPEAT_LIMIT, REPEAT_SHARE * again)
    timed = max((min(1.0, g.weight / 3.0) for g in raw if _timed(g.finding, visible, s)), default=0.0)
    if timed > 0.0 and not any(g.finding.value(TIMED_DIP) for g in raw):
        text = "the loss began where her anchor would have met the asset"
        reasons.append(Reason(text=text, weight=s.timed_logodds * timed, measure="onset"))
        total += s.timed_logodds * timed
    if signs:
        hull = hull_reason(ship, s)
        if hull is not None:
            (reasons if hull.weight > 0 else counter).append(hull)
            total += hull.weight
    if together is not None and any(g.finding.kind in ("slowdown", MODEL_KIND) for g in signs):
        share = f"{together.size} ships near slow at the same time, {together.median_loss * 100:.0f} % in the median"
        if together.member:
            counter.append(Reason(text=share, weight=s.together_logodds, measure="neighbours"))
            total += s.together_logodds
        else:
            text = f"she loses more than her neighbours ({share})"
            weight = s.out_of_family_logodds * _apart(signs, together)
            reasons.append(Reason(text=text, weight=weight, measure="neighbours"))
            total += weight
    total += sum(r.weight for r in counter if r.measure not in ("neighbours", "type") and not _is_term(r))
    return Anchor(chance_of(total), reasons, counter)


def with_fault(anchor: Anchor, suspicion: Suspicion, reason: Reason, s: RiskSettings) -> Anchor:
    """The chance once a fault was declared near her: either way she came to have an anchor out."""
    chance = either(anchor.chance, suspicion.chance * s.fault_by_anchor)
    gain = math.log(chance / (1 - chance)) - math.log(max(anchor.chance, 1e-12) / (1 - min(anchor.chance, 1 - 1e-12)))
    told = Reason(text=reason.text, weight=max(0.0, gain), measure=reason.measure)
    return Anchor(chance, [*anchor.reasons, told], anchor.counter)


def _apart(signs: Sequence[Sign], together: Together) -> float:
    """How far her loss lies outside the family's, 0 to 1: a few hundredths are a smaller ship or a deeper one."""
    losses = [g.finding.value("loss") or 0.0 for g in signs if g.finding.kind in ("slowdown", MODEL_KIND)]
    low, high = OUTSIDE
    return min(1.0, max(0.0, (max(losses, default=0.0) - together.median_loss - low) / (high - low)))


def _timed(finding: Finding, visible: Sequence[Finding], s: RiskSettings) -> bool:
    if finding.kind == "crossing":
        return True  # a crossing is a sign only by what her speed did at it
    if finding.kind not in ("slowdown", MODEL_KIND):
        return False
    for other in visible:
        if other.kind == "crossing":
            after = (finding.start_t - other.start_t) / 60_000.0
            if -s.timed_before_min <= after <= s.timed_after_min:
                return True
    return False


def _is_term(reason: Reason) -> bool:
    return reason.measure.startswith(TERM)


def _distinct(reasons: Sequence[Reason]) -> list[Reason]:
    """Each explanation once, at its strongest: two findings with one cause do not excuse twice."""
    held: dict[str, Reason] = {}
    for reason in reasons:
        if reason.text not in held or abs(reason.weight) > abs(held[reason.text].weight):
            held[reason.text] = reason
    return list(held.values())
