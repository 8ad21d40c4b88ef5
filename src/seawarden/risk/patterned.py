"""What patterned motion by an asset weighs: loitering, survey patterns, tows, meetings, dragging at anchor.

Nothing here speaks of an anchor dragged under way; the weights say how much sooner than any ship such a one comes to
harm the asset at hand, by what she lowers, tows or lets go. They are bounded so that a pattern alone, though it goes
on, crosses the asset and comes again, is looked at and never called: the largest weight, a repeat and a merchant hull
stay below the chance of `challenge`. A ship that drags at anchor is another matter: her anchor is down.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from seawarden.model.finding import Finding
from seawarden.settings_patterns import PatternRiskSettings

PATTERN_GROUP: Final[Mapping[str, str]] = {
    "loitering": "speed",
    "along_asset": "speed",
    "survey_pattern": "speed",
    "repeat_visit": "speed",
    "meeting": "speed",
    "trawling": "speed",
    "dragging_at_anchor": "attitude",
}
"""A ship that waits, works or tows has slowed before, which is no second sign; one that drags at anchor drifts."""
PATTERN_LOCAL: Final = frozenset(PATTERN_GROUP) - {"dragging_at_anchor"}
"""Kinds whose harm is to the asset at hand."""
PATTERN_PHRASE: Final[Mapping[str, str]] = {
    "loitering": "loitering",
    "along_asset": "along the asset",
    "survey_pattern": "parallel legs",
    "repeat_visit": "back again",
    "meeting": "two together",
    "trawling": "trawling?",
    "dragging_at_anchor": "dragging at anchor?",
}
LONG_MIN: Final = 240.0
"""After four hours a stay weighs no more for its length."""


def weigh_pattern(f: Finding, duration_min: float, s: PatternRiskSettings) -> tuple[float, str, str, str]:
    """Weight, text, measured value and group of a finding of these kinds, before decay and doubts.

    Args:
        f: the finding.
        duration_min: how long it has gone on.
        s: weights.
    """
    long = min(1.0, duration_min / LONG_MIN)
    lasted = f"{duration_min:.0f} min" if duration_min < 120 else f"{duration_min / 60:.1f} h"
    group = PATTERN_GROUP[f.kind]
    if f.kind == "along_asset":
        km = f.value("along") or 0.0
        weight = s.along_logodds + s.more_logodds * min(1.0, km / s.along_km)
        return weight, f"followed the asset slowly for {km:.0f} km", "along", group
    if f.kind == "survey_pattern":
        legs = f.value("legs") or 0.0
        weight = s.survey_logodds + s.more_logodds * min(1.0, max(0.0, legs - 4.0) / s.survey_legs)
        return weight, f"{legs:.0f} parallel legs over the asset, to and fro", "legs", group
    if f.kind == "repeat_visit":
        visits = f.value("visits") or 0.0
        weight = s.repeat_logodds + s.more_logodds * min(1.0, max(0.0, visits - 3.0) / s.repeat_visits)
        return weight, f"visit {visits:.0f} of hers to this stretch", "visits", group
    if f.kind == "meeting":
        weight = s.meeting_logodds + s.more_logodds * long
        return weight, f"beside another ship by the asset for {lasted}", "between", group
    if f.kind == "trawling":
        weight = s.trawling_logodds + s.longer_tow_logodds * long
        return weight, f"moved like a tow across the asset for {lasted}", "speed", group
    if f.kind == "dragging_at_anchor":
        way = f.value("way") or 0.0
        weight = s.dragging_logodds + s.more_logodds * min(1.0, way / s.dragging_way_m)
        return weight, f"left the circle she swung in at anchor, {way:.0f} m by now", "way", group
    return s.loitering_logodds + s.more_logodds * long, f"waited about by the asset for {lasted}", "spread", group
