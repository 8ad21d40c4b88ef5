"""The look at a ship before she crossed anything: what its threshold should be, and what it finds.

A risk counts as early where the rule would have asked for less (`alerts.tiers.likely_ahead`): she crossed nothing
since shortly before her first sign, and is foretold to cross this asset soon and likely enough. That is read off the
risks and findings that a run leaves, so that rules other than the one in force can be tried on the same runs: for
each, the chance at which its quiet peaks meet the allowed rate, and the share of planted drags that it finds there
before they reach the next asset. As in the watch, a threshold must be passed for a minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import msgspec
import numpy as np

from seawarden.evaluate.intervals import Share, binomial
from seawarden.evaluate.lead import Laid, Watched, named
from seawarden.model.finding import Finding
from seawarden.model.risk import Risk

LIKELY: Final = (0.3, 0.5, 0.7, 0.9)
"""Chances of a crossing that are tried."""
WITHIN_MIN: Final = (30.0, 60.0, 120.0)
"""Minutes to it that are tried; forecasts are shown for an hour and indicative for two."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """From which chance of crossing within how many minutes an asset is likely ahead."""

    likely_chance: float
    likely_min: float

    def holds(self, risk: Risk) -> bool:
        """Whether the asset of a risk is likely ahead."""
        return any(
            a.chance >= self.likely_chance and a.minutes <= self.likely_min
            for a in risk.ahead
            if a.asset.id == risk.asset.id
        )


class Case(NamedTuple):
    """A planted drag and the risks of her ship from then until she is at the next asset."""

    mmsi: int
    start_t: int
    crossed_t: int
    risks: list[Risk]
    """Of the system that she comes to cross, while she has crossed nothing, in order of time."""
    named_min: float | None
    """Before the asset, an alert of `look` or more named its system; None when none did in time."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """A rule at the threshold that its quiet days ask for."""

    rule: Rule
    quiet_peaks: int
    """Days of ships on which it held at all."""
    proposed_chance: float
    rate_is: str
    found: Share
    """Planted drags that it alone finds there before the next asset."""
    median_min: float | None
    """Of those, from then to the asset."""


class Spans(NamedTuple):
    """When what was found began, and when it was known."""

    begun: dict[str, int]
    crossings: dict[str, list[tuple[int, int]]]
    """(known from, crossed) of each track, crossings that were taken back left out."""


def spans_of(findings: Sequence[Finding]) -> Spans:
    """From all revisions of a run."""
    gone = {f.id for f in findings if f.state == "retracted"}
    begun: dict[str, int] = {}
    crossings: dict[str, list[tuple[int, int]]] = {}
    for f in findings:
        begun[f.id] = min(f.start_t, begun.get(f.id, f.start_t))
        if f.kind == "crossing" and f.asset is not None and f.revision == 1 and f.id not in gone:
            crossings.setdefault(f.ship.track_id, []).append((f.known_from_t, f.start_t))
    return Spans(begun, crossings)


def early_of(risks: Iterable[Risk], findings: Sequence[Finding], before_min: float) -> list[Risk]:
    """The risks of ships that had crossed nothing since shortly before their first sign.

    Args:
        risks: of a run without faults.
        findings: all revisions of the run.
        before_min: how long before the first sign a crossing counts (`risk.timed_after_min`).
    """
    spans = spans_of(findings)
    out = []
    for risk in risks:
        started = [spans.begun[f] for f in risk.findings if f in spans.begun]
        if not started:
            continue
        since = min(started) - int(before_min * 60_000)
        known = spans.crossings.get(risk.ship.track_id, ())
        if not any(known_t <= risk.t and crossed_t >= since for known_t, crossed_t in known):
            out.append(risk)
    return out


def cases_of(laid: Sequence[Laid], made: Watched, before_min: float) -> list[Case]:
    """Planted drags that come to an asset at all, with what was made of them until then."""
    out = []
    findings = made.findings
    by_ship: dict[int, list[Risk]] = {}
    for risk in early_of(made.risks, findings, before_min):
        by_ship.setdefault(risk.ship.mmsi, []).append(risk)
    for one in laid:
        crossed = [
            f for f in findings
            if f.kind == "crossing" and f.ship.mmsi == one.mmsi and f.start_t > one.start_t and f.asset is not None
            and f.state != "retracted"
        ]  # fmt: skip
        if not crossed:
            continue
        following = min(crossed, key=lambda f: (f.start_t, f.id))
        assert following.asset is not None
        system = following.asset.system
        mine = [
            r for r in by_ship.get(one.mmsi, ())
            if one.start_t <= r.t < following.start_t and r.asset.system == system
        ]  # fmt: skip
        told = named(one, following, set(), made.alerts).minutes
        out.append(Case(one.mmsi, one.start_t, following.start_t, sorted(mine, key=lambda r: r.t), told))
    return out


def lead_min(case: Case, rule: Rule, chance: float, hold_s: float) -> float | None:
    """Minutes before the asset at which the early look speaks of a drag; None where it does not.

    Args:
        case: the drag.
        rule: of the look.
        chance: its threshold.
        hold_s: how long that must be passed (`alerts.raise_after_s`).
    """
    since: int | None = None
    for risk in case.risks:
        if since is not None and risk.t - since >= hold_s * 1000:
            break
        if not (rule.holds(risk) and risk.chance >= chance):
            since = None
        elif since is None:
            since = risk.t
    if since is None or since + hold_s * 1000 >= case.crossed_t:
        return None
    return (case.crossed_t - since) / 60_000 - hold_s / 60.0


def share(minutes: Sequence[float | None]) -> Share:
    """The cases that were found, with the exact interval."""
    return binomial(sum(x is not None for x in minutes), len(minutes))


def median(minutes: Sequence[float | None]) -> float | None:
    """Of the cases that were found."""
    known = [x for x in minutes if x is not None]
    return round(float(np.median(known)), 1) if known else None


def rules(in_force: Rule) -> list[Rule]:
    """The rule in force, then those that are tried beside it."""
    grid = [Rule(likely_chance=c, likely_min=m) for c in LIKELY for m in WITHIN_MIN]
    return [in_force, *(rule for rule in grid if rule != in_force)]
