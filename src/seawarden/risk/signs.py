"""What one finding says about an anchor on the bottom: its weight, in words, and how far its inputs may be believed.

A weight is a natural log-odds. It never falls when a loss of speed grows, and whatever doubts there are about the
positions shrink it towards nothing, never below.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import msgspec

from seawarden.model.finding import Finding, Reason
from seawarden.risk.odds import frequency, logit
from seawarden.risk.patterned import PATTERN_GROUP, PATTERN_LOCAL, PATTERN_PHRASE, weigh_pattern
from seawarden.risk.restart import restart_reason
from seawarden.settings_risk import RiskSettings

SIGN_GROUP: Final[dict[str, str]] = {
    "slowdown": "speed",
    "stopped_over_asset": "speed",
    "anchored_over_asset": "speed",
    "about_to_anchor": "speed",
    "drifting": "attitude",
    "silence": "silence",
    "anchor_out": "speed",
    "deviation": "way",
    "to_and_fro": "speed",
    **PATTERN_GROUP,
}
"""Kinds that count as signs, by what they measure: two signs are independent when their groups differ.

Slowing, stopping and lying at anchor are one group: who anchors has slowed and stopped before. The trained model
reads the same speed as the slow-down does, so it is of that group too: the stronger reading counts, never both
(`told_once`). What it read of her heading is another measurement, by another instrument (`heading_of`).
"""

CONTEXT_KINDS: Final = frozenset({"crossing", "approach"})
"""Kinds that tell where a ship was; alone they raise nothing."""

LOCAL_KINDS: Final = frozenset({"stopped_over_asset", "anchored_over_asset", "about_to_anchor"}) | PATTERN_LOCAL
"""Kinds whose harm is to the asset at hand; a ship at rest threatens nothing ahead of her."""

PHRASE: Final[dict[str, str]] = {
    "slowdown": "slowing?",
    "stopped_over_asset": "stopped",
    "anchored_over_asset": "at anchor",
    "about_to_anchor": "about to anchor?",
    "drifting": "drifting",
    "silence": "silent",
    "anchor_out": "anchor out?",
    "crossing": "speed dip?",
    "deviation": "off her way?",
    "to_and_fro": "to and fro",
    **PATTERN_PHRASE,
}
"""What a first line says of each kind."""


MODEL_KIND: Final = "anchor_out"
REPLACED_KINDS: Final = frozenset({"slowdown", "crossing"})
"""Kinds whose change of speed the model has read already."""
REPLACED_MS: Final = 3_600_000
"""A change of speed within an hour of the model's span is one that it has read: it looks back so far."""
TERM: Final = "term."
"""Measured values of a model's finding that are its shares of log-odds begin so."""
HEADING_TERM: Final = "term.heading"
TIMED_DIP: Final = "term.timed dip"
"""The model's finding names so a dip that it has timed to a crossing, and holds that in its own evidence."""
LEAST_BEFORE_KN: Final = 5.0
"""Slower ships work, wait or manoeuvre, and what their speed does at an asset says nothing (as `slowdown` has it)."""
LEAST_TERM: Final = 0.2
"""Shares of less than a fifth of a natural log-odds are not told."""


class Sign(NamedTuple):
    """One finding, weighed."""

    finding: Finding
    group: str
    weight: float
    """After decay and doubts, before the innocent explanations."""
    reasons: tuple[Reason, ...]
    counter: tuple[Reason, ...]
    local: bool
    faith: float = 1.0
    """Share of the weight that is left after decay and doubts."""


def effective_loss(finding: Finding) -> float:
    """A slow-down's loss as a share, shrunk by its own error; grows with the loss."""
    loss = finding.value("loss")
    return shrunk(loss, _sigma(finding, "loss") or 0.0) if loss is not None else 0.0


def shrunk(loss: float, sigma: float) -> float:
    """A loss, as a share, as far as its own error lets it be believed; 0 where nothing was lost."""
    if not loss > 0.0:
        return 0.0
    ratio = sigma / loss
    return loss / (1.0 + ratio * ratio)


def loss_logodds(loss: float, s: RiskSettings) -> float:
    """Weight of a loss of speed (share), straight between the settings' knots; never falling."""
    knots = (
        (0.0, 0.0),
        (0.05, s.slowdown_05_logodds),
        (0.10, s.slowdown_10_logodds),
        (0.20, s.slowdown_20_logodds),
        (0.30, s.slowdown_30_logodds),
        (0.50, s.slowdown_50_logodds),
    )
    top = 0.0
    for (x0, y0), (x1, y1) in pairwise(knots):
        low, high = max(top, y0), max(top, y1)
        if loss <= x1:
            return low + (high - low) * (loss - x0) / (x1 - x0)
        top = high
    return top


def belief(finding: Finding, s: RiskSettings) -> tuple[float, str]:
    """Share of a finding's weight that its inputs bear (0..1), and the doubt in words (empty when there is none)."""
    quality = finding.input_quality
    if quality is None:
        return 1.0, ""
    share, doubts = 1.0, []
    if quality.provenance in ("key_frame", "interpolated"):
        share *= s.key_frame_share
        doubts.append("positions are thinned key frames")
    elif quality.median_interval_s is not None and quality.median_interval_s > 60.0:
        factor = 0.5 ** ((quality.median_interval_s - 60.0) / s.sparse_interval_s)
        share *= factor
        if factor < 0.9:
            doubts.append(f"a position only every {quality.median_interval_s / 60.0:.0f} min")
    if quality.doubted and quality.positions:
        part = min(1.0, quality.doubted / quality.positions)
        share *= 1.0 - part * (1.0 - s.doubted_share)
        doubts.append(f"{quality.doubted} of {quality.positions} positions doubted")
    return share, ", ".join(doubts)


def weigh(
    finding: Finding, t: int, s: RiskSettings, seen_t: int | None = None, *, at_place: bool = False
) -> Sign | None:
    """The sign that a finding is at a time; None for kinds that say nothing alone or no longer count.

    Args:
        finding: its newest revision.
        t: event time, ms.
        s: weights.
        seen_t: when the ship was last seen, ms: what is open has lasted until then, and no longer.
        at_place: whether she is where ships slow as a matter of course.
    """
    if finding.state == "retracted":
        return None
    base = _base(finding, min(t, seen_t) if seen_t is not None else finding.known_from_t, s)
    if base is None:
        return None
    weight, text, measure, group = base
    restart = restart_reason(finding, s, at_place=at_place) if finding.kind == MODEL_KIND else None
    weight += restart.weight if restart is not None else 0.0
    age_min = 0.0 if finding.end_t is None else max(0.0, (t - finding.end_t) / 60_000.0)
    if age_min > s.memory_min:
        return None
    fade = 0.5 ** (age_min / s.half_life_min)
    share, doubt = belief(finding, s)
    weight = max(0.0, weight) * fade * share
    if fade < 0.9:
        text += f"; ended {_ago(age_min)} ago"
    counter: list[Reason] = []
    if doubt:
        counter.append(Reason(text=f"inputs in doubt: {doubt}", weight=0.0, measure="input_quality"))
    quality = finding.input_quality
    if quality is not None and quality.heading_share == 0.0 and finding.kind == "slowdown":
        counter.append(Reason(text="no heading was received", weight=s.no_heading_logodds * share, measure="heading"))
    for benign in finding.benign:
        found = s.benign_logodds if benign.measure else s.standing_logodds
        if benign.measure == "turned":
            found = s.turned_logodds * min(2.0, (finding.value("turned") or 45.0) / 45.0)
        given = -abs(benign.weight) if benign.weight else found
        counter.append(msgspec.structs.replace(benign, weight=given * fade))
    reason = Reason(text=text, weight=weight, measure=measure)
    speaks, against = _terms(finding)
    if restart is not None:
        speaks = (*speaks, restart) if restart.weight > 0.0 else speaks
        against = against if restart.weight > 0.0 else (*against, restart)
    return Sign(
        finding, group, weight, (reason, *speaks), (*counter, *against), finding.kind in LOCAL_KINDS, fade * share
    )


def _base(f: Finding, until_t: int, s: RiskSettings) -> tuple[float, str, str, str] | None:
    """Weight, text, measured value and group of a finding, before decay and doubts."""
    duration = _duration_min(f, until_t)
    if f.kind == "slowdown":
        loss = f.value("loss") or 0.0
        full = min(1.0, 0.5 + 0.5 * duration / s.sustained_min)
        speeds = _span(f.value("expected_speed"), f.value("speed"))
        text = f"lost {loss * 100:.0f} % of her expected speed{speeds}, {_ago(duration)} so far"
        return loss_logodds(effective_loss(f), s) * full + _held(f, duration, s), text, "loss", "speed"
    if f.kind == "crossing":
        drop = speed_drop(f)
        if drop >= s.drop_share:
            before, after = f.value("speed_before") or 0.0, f.value("speed_after") or 0.0
            text = f"from {before:.1f} kn before the crossing to {after:.1f} kn after it"
            return loss_logodds(drop, s), text, "speed_after", "speed"
        dip = speed_dip(f)
        if dip is None or dip < s.dip_share:
            return None
        text = f"dipped {dip * 100:.0f} % at the asset"
        return s.dip_logodds * min(2.0, dip / s.dip_share), text, "speed_at", "speed"
    longer = s.duration_logodds * min(1.0, duration / 120.0)
    if f.kind == "stopped_over_asset":
        return s.stopped_logodds + longer, f"stopped by the asset, {_ago(duration)} so far", "duration", "speed"
    if f.kind == "anchored_over_asset":
        return s.anchored_logodds + longer, f"at anchor by the asset, {_ago(duration)} so far", "duration", "speed"
    if f.kind == "drifting":
        angle = f.value("angle")
        swung = f", bow {angle:.0f} deg off her course" if angle is not None else ""
        return s.drifting_logodds + longer, f"adrift{swung}, {_ago(duration)} so far", "angle", "attitude"
    if f.kind == "about_to_anchor":
        return s.about_to_anchor_logodds, "losing way in anchoring depth by the asset", "deceleration", "speed"
    if f.kind == "silence":
        silent = f.value("silent_for")
        told = f" for {silent / 60.0:.0f} min" if silent is not None else ""
        return s.silence_logodds, f"silent{told} where ships are heard", "silent_for", "silence"
    if f.kind == "deviation":
        off, p = f.value("off") or 0.0, f.value("p_value") or 0.01
        text = f"{off:.1f} km from where the forecast of an hour before had her: {frequency(p)} of such hours"
        return s.deviation_logodds, text, "p_value", "way"
    if f.kind == "to_and_fro":
        legs, leg = f.value("legs") or 0.0, f.value("leg") or 0.0
        text = f"{legs:.0f} times to and fro over some {leg:.0f} m where she came to lie, {_ago(duration)} so far"
        return s.to_and_fro_logodds, text, "legs", "speed"
    if f.kind == MODEL_KIND:
        return _by_model(f, duration, s)
    if f.kind in PATTERN_GROUP:
        return weigh_pattern(f, duration, s.patterns)
    return None


def _by_model(f: Finding, duration_min: float, s: RiskSettings) -> tuple[float, str, str, str]:
    """The trained model's evidence takes the place of the hand-set weights: chance and prior part again here."""
    weight = logit(f.value("chance") or 0.0) - s.prior_logodds + _held(f, duration_min, s)
    loss = f.value("loss")
    lost = f", {loss * 100:.0f} % lost" if loss is not None and loss > 0.0 else ""
    speeds = _span(f.value("expected_speed"), f.value("speed"))
    text = f"{_times(weight)} with an anchor out{lost}{speeds}, {_ago(duration_min)} so far"
    return weight, text, "log_odds", "speed"


def heading_of(model: Sign, s: RiskSettings) -> Sign | None:
    """What the model's finding says of her heading: a sign of its own, for a compass knows nothing of speed."""
    share = model.finding.value(HEADING_TERM) or 0.0
    if model.finding.kind != MODEL_KIND or share < s.heading_sign_logodds:
        return None
    step = model.finding.value("heading_step")
    by = f" by {abs(step):.0f} deg" if step is not None else ""
    text = f"her heading stepped off her course{by} as her speed changed, and is held"
    reason = Reason(text=text, weight=share * model.faith, measure="heading_step")
    return Sign(model.finding, "attitude", share * model.faith, (reason,), (), False, model.faith)


def told_once(signs: Sequence[Sign], s: RiskSettings) -> list[Sign]:
    """Signs of which each change of speed counts once: by the model or by the hand-set weight, whichever is more.

    The weaker reading keeps its words and weighs nothing. Where the model's is the stronger, what speaks against a
    change of speed alone is left to it: it has read her turns and her heading. Her heading is added, as its own sign.
    """
    models = [g for g in signs if g.finding.kind == MODEL_KIND]
    if not models:
        return list(signs)
    headings = [h for h in (heading_of(m, s) for m in models) if h is not None]
    own = {h.finding.id: h.weight for h in headings}
    kept = [
        g._replace(weight=max(0.0, g.weight - own.get(g.finding.id, 0.0))) if g in models and not _dipped(g) else g
        for g in signs
    ]
    best = max(g.weight for g in kept if g.finding.kind == MODEL_KIND)
    read = [g.finding.kind in REPLACED_KINDS and any(read_by(m.finding, g.finding) for m in models) for g in kept]
    hand = max((g.weight for g, same in zip(kept, read, strict=True) if same), default=0.0)
    out = []
    for g, same in zip(kept, read, strict=True):
        if same and hand <= best:
            counter = tuple(r for r in g.counter if r.measure not in ("turned", "heading"))
            g = _silent(g)._replace(counter=counter)
        elif g.finding.kind == MODEL_KIND and hand > best:
            g = _silent(g)._replace(reasons=_silent(g).reasons[:1], counter=_untold(g.counter))
        out.append(g)
    return out + headings


def _silent(g: Sign) -> Sign:
    """A sign whose words are kept and whose weight another carries."""
    return g._replace(weight=0.0, reasons=tuple(msgspec.structs.replace(r, weight=0.0) for r in g.reasons))


def _untold(counter: Sequence[Reason]) -> tuple[Reason, ...]:
    return tuple(r for r in counter if not r.measure.startswith(TERM))


def _dipped(g: Sign) -> bool:
    """Whether a dip timed to a crossing stands for the model's terms."""
    return bool(g.finding.value(TIMED_DIP)) and g.finding.value(TIMED_DIP) == g.finding.value("log_odds")


def read_by(model: Finding, other: Finding) -> bool:
    """Whether the model's finding spans the beginning of another, or lies within its look-back of it."""
    ended = model.end_t is not None and other.start_t > model.end_t + REPLACED_MS
    return other.start_t >= model.start_t - REPLACED_MS and not ended


def _terms(f: Finding) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """The model's shares in words, for and against; they are parts of its weight and never added to it."""
    told = [
        Reason(text=item.method, weight=item.value, measure=item.name)
        for item in f.measured
        if item.name.startswith(TERM) and item.value is not None and abs(item.value) >= LEAST_TERM
    ]
    return tuple(r for r in told if r.weight > 0.0), tuple(r for r in told if r.weight < 0.0)


def _held(f: Finding, duration_min: float, s: RiskSettings) -> float:
    """What a loss gains by lasting: nothing for half an hour, all of it for two, in proportion up to a fifth lost."""
    lasted = min(1.0, max(0.0, duration_min - 30.0) / 90.0)
    return s.held_logodds * lasted * min(1.0, effective_loss(f) / 0.2)


def _times(logodds: float) -> str:
    """Evidence in words: how many times likelier her track is."""
    if logodds < 0.05:
        return "her track is no likelier"
    n = math.exp(min(logodds, 20.0))
    return f"her track is {n:.0f} times likelier" if n >= 9.5 else f"her track is {n:.1f} times likelier"


def at_crossing(f: Finding, s: RiskSettings) -> bool:
    """Whether a crossing shows a change of speed that counts as a sign."""
    return f.kind == "crossing" and (speed_drop(f) >= s.drop_share or (speed_dip(f) or 0.0) >= s.dip_share)


def speed_drop(f: Finding) -> float:
    """Share of her speed that a ship lost from before a crossing to after it; 0 where it is not known."""
    before, after = f.value("speed_before"), f.value("speed_after")
    if before is None or after is None or not before > LEAST_BEFORE_KN:
        return 0.0
    return max(0.0, 1.0 - after / before)


def speed_dip(f: Finding) -> float | None:
    """Share by which the speed at a crossing lies below the lesser of the speeds before and after."""
    at, before, after = f.value("speed_at"), f.value("speed_before"), f.value("speed_after")
    if at is None or before is None or after is None or min(before, after) <= LEAST_BEFORE_KN:
        return None
    return max(0.0, 1.0 - at / min(before, after))


def _duration_min(f: Finding, until_t: int) -> float:
    """Duration in minutes: as measured, and for what is open at least until she was last seen."""
    end = f.end_t if f.end_t is not None else until_t
    lasted = max(0.0, (end - f.start_t) / 60_000.0)
    for item in f.measured:
        if item.name == "duration" and item.value is not None:
            measured = max(0.0, item.value / {"s": 60.0, "min": 1.0, "h": 1.0 / 60.0}.get(item.unit, 60.0))
            return measured if f.end_t is not None else max(measured, lasted)
    return lasted


def _sigma(f: Finding, name: str) -> float | None:
    for item in f.measured:
        if item.name == name:
            return item.sigma
    return None


def _span(before: float | None, now: float | None) -> str:
    if before is None or now is None or not (math.isfinite(before) and math.isfinite(now)):
        return ""
    return f" ({before:.1f} kn expected, {now:.1f} kn now)"


def _ago(minutes: float) -> str:
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60.0:.1f} h"
