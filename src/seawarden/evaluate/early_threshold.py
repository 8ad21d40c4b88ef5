"""The early look's own proposal: its threshold from quiet peaks under its rule, its worth from planted drags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from seawarden.evaluate.early_look import Case, Rule, Trial, lead_min, median, rules, share
from seawarden.evaluate.intervals import Rate, Share, poisson
from seawarden.evaluate.natural_peaks import (
    DAY_MS,
    HeldOut,
    Peak,
    Proposal,
    halved,
    held_out,
    peaks_of,
    proposal,
    threshold_at,
    two_figures,
)
from seawarden.model.risk import Risk
from seawarden.settings_risk import AlertSettings

EARLY: Final = "look_ahead"
"""How the proposal for the early look is called, as its setting is."""


class EarlyLook(msgspec.Struct, frozen=True, kw_only=True):
    """The look at ships that crossed nothing yet: its threshold and its rule, on quiet days and on planted drags."""

    rule: Rule
    """In force."""
    proposal: Proposal
    together: Rate
    """Days of ships that either look speaks of, by the thresholds in force: they share the allowed rate."""
    together_proposed: Rate
    """The same by those proposed."""
    drags: int
    """Planted, one a ship, some way before an asset that she then comes to."""
    named_in_force: Share
    """Of them, those whose asset an alert named before they came to it, by the settings in force."""
    named_proposed: Share
    """The same, or found by the early look at its threshold as proposed."""
    found_in_force: Share
    """By the early look alone at its threshold in force."""
    found_proposed: Share
    """By the early look alone at its threshold as proposed."""
    median_proposed_min: float | None
    """Of those named by the thresholds proposed, minutes before the asset."""
    trials: tuple[Trial, ...]
    """The rule in force and others, each with the early look alone, at the threshold that its own quiet peaks ask."""
    held_out: tuple[HeldOut, ...]


def early_look(
    peaks: Sequence[Peak],
    quiet: Sequence[tuple[str, Sequence[Risk]]],
    cases: Sequence[Case],
    days: float,
    middles: dict[str, int],
    s: AlertSettings,
) -> EarlyLook:
    """What quiet days and planted drags say of the early look.

    Args:
        peaks: of all quiet ships.
        quiet: source, and the risks of its ships that had crossed nothing yet.
        cases: planted drags.
        days: ship-days watched in quiet.
        middles: of the days of each source, ms.
        s: the settings in force.
    """
    in_force = Rule(likely_chance=s.likely_chance, likely_min=s.likely_min)
    rate = s.look_per_ship_day

    def early(rule: Rule) -> list[Peak]:
        return [p for name, risks in quiet for p in peaks_of([r for r in risks if rule.holds(r)], name)]

    def trial(rule: Rule) -> Trial:
        mine = early(rule)
        chance, how = threshold_at(mine, days, rate)
        told = found(rule, chance)
        return Trial(
            rule=rule, quiet_peaks=len(mine), proposed_chance=two_figures(chance), rate_is=how, found=share(told),
            median_min=median(told),
        )  # fmt: skip

    def found(rule: Rule, chance: float) -> list[float | None]:
        return [lead_min(case, rule, chance, s.raise_after_s) for case in cases]

    def together(look: float, ahead: float) -> Rate:
        days_of_ships = {(p.source, p.mmsi, p.t // DAY_MS) for p in peaks if p.chance >= look}
        days_of_ships |= {(p.source, p.mmsi, p.t // DAY_MS) for p in own if p.chance >= ahead}
        return poisson(len(days_of_ships), days)

    own = early(in_force)
    asked = proposal(EARLY, own, days, rate, s.look_ahead_chance)
    halves = halved(own, middles)
    then = found(in_force, asked.proposed_chance)
    named = [case.named_min for case in cases]
    either = [max((x for x in pair if x is not None), default=None) for pair in zip(named, then, strict=True)]
    return EarlyLook(
        rule=in_force,
        proposal=asked,
        together=together(s.look_chance, s.look_ahead_chance),
        together_proposed=together(threshold_at(peaks, days, rate)[0], asked.proposed_chance),
        drags=len(cases),
        named_in_force=share(named),
        named_proposed=share(either),
        found_in_force=share(found(in_force, s.look_ahead_chance)),
        found_proposed=share(then),
        median_proposed_min=median(either),
        trials=tuple(trial(rule) for rule in rules(in_force)),
        held_out=tuple(held_out(halves[k], halves[1 - k], days / 2.0, rate) for k in (0, 1)),
    )
