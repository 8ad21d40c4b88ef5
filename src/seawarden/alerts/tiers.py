"""From a chance to a tier: thresholds set offline, lowered by a fault or a raised posture, in sight of all."""

from __future__ import annotations

from typing import Final, NamedTuple

from seawarden.model.alert import TIERS, Tier
from seawarden.model.finding import Reason
from seawarden.risk.assess import Assessment
from seawarden.risk.odds import frequency
from seawarden.settings_risk import AlertSettings

RANK: Final[dict[str, int]] = {"": 0} | {tier: k + 1 for k, tier in enumerate(TIERS)}
"""Order of tiers; the empty name is below notice."""

POSTURES: Final = ("normal", "raised", "high")


class Verdict(NamedTuple):
    """The tier that a chance reaches, and what should be said about how."""

    tier: Tier | None
    keeps: Tier | None
    """The tier that it still holds when it already had it (hysteresis)."""
    reasons: tuple[Reason, ...]
    counter: tuple[Reason, ...]


def thresholds(s: AlertSettings, factor: float, look_chance: float | None = None) -> tuple[tuple[Tier, float], ...]:
    """Tiers with the least chance of each, highest first; `look_chance` instead of that of the settings."""
    return (
        ("act", s.act_chance * factor),
        ("challenge", s.challenge_chance * factor),
        ("look", (s.look_chance if look_chance is None else look_chance) * factor),
        ("notice", s.notice_chance),
    )


def likely_ahead(a: Assessment, s: AlertSettings) -> bool:
    """Whether she crossed nothing since the first sign, and is likely to cross this asset within the hour.

    Quiet ships lose speed at crossings, by helm and traffic; a loss of speed well before one is rarer by far, so that
    the same allowed rate asks for less.
    """
    item = a.minutes
    return a.early and item is not None and item.chance >= s.likely_chance and item.minutes <= s.likely_min


def look_least(a: Assessment, s: AlertSettings) -> float:
    """The least chance of a `look` for her, in normal times."""
    return min(s.look_chance, s.look_ahead_chance) if likely_ahead(a, s) else s.look_chance


def posture_factor(posture: str, s: AlertSettings) -> float:
    """What a posture multiplies the thresholds by."""
    return {"raised": s.posture_raised_factor, "high": s.posture_high_factor}.get(posture, 1.0)


def judge(a: Assessment, t: int, posture: str, posture_actor: str, s: AlertSettings) -> Verdict:
    """The tier of one assessment.

    `act` needs two independent signs, a fault, or an answer that does not satisfy, and an asset crossed or within
    reach; what lacks them is held at `challenge`, and the alert says so.
    """
    factor = posture_factor(posture, s)
    reasons: list[Reason] = []
    counter: list[Reason] = []
    if a.fault_id:
        factor *= s.near_fault_factor
        text = f"thresholds lowered to {factor:.2g} of normal near an open fault"
        reasons.append(Reason(text=text, measure="threshold"))
    elif factor < 1.0:
        text = f"thresholds lowered to {factor:.2g} of normal: posture {posture}, set by {posture_actor or 'someone'}"
        reasons.append(Reason(text=text, measure="threshold"))
    tier = _reached(a.risk.chance, thresholds(s, factor, look_least(a, s)))
    # whom an officer looked at for an asset ahead is not let go because she has come to it
    kept = min(s.look_chance, s.look_ahead_chance) if a.begun_before else s.look_chance
    keeps = _reached(a.risk.chance, thresholds(s, factor, kept), s.lower_ratio)
    if tier == "look" and a.risk.chance < s.look_chance * factor:
        least = s.look_ahead_chance * factor
        text = f"looked at from {said(least)} on: an asset is likely ahead within the hour, and she crossed none yet"
        reasons.append(Reason(text=text, measure="threshold"))
    lacking = _lacking(a, s)
    if lacking and "act" in (tier, keeps):
        if tier == "act":
            counter.append(Reason(text=f"held at challenge: {lacking}", measure="tier"))
            tier = "challenge"
        keeps = "challenge"
    return Verdict(tier, keeps, tuple(reasons), tuple(counter))


def _reached(chance: float, tiers: tuple[tuple[Tier, float], ...], ratio: float = 1.0) -> Tier | None:
    return next((name for name, least in tiers if chance >= least * ratio), None)


def _lacking(a: Assessment, s: AlertSettings) -> str:
    if a.signs < 2 and not a.fault_id and not a.unsatisfied:
        return "one kind of sign alone"
    reached = a.minutes is not None and a.minutes.minutes <= s.act_ahead_min
    if a.crossed_t is None and not reached and not (a.distance_m is not None and a.distance_m <= 500.0):
        return f"no asset crossed or within {s.act_ahead_min:.0f} min"
    return ""


def said(chance: float) -> str:
    """The chance as the first line says it."""
    return frequency(chance)
