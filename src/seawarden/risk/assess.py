"""One ship's risk to the assets near and ahead of her.

Three factors, each with its reasons: the chance that something of hers lies on the bottom (a prior, moved by her
signs and by what else explains them), the chance that it meets the asset (she crossed it since the first sign, lies
at anchor beside it, or will cross it), and the chance that the asset is damaged when they meet.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from seawarden.model.finding import AssetRef, Finding, Reason
from seawarden.model.risk import AssetAhead, Risk
from seawarden.model.vessel import ShipRef
from seawarden.risk.evidence import PUBLIC, TrackEvidence
from seawarden.risk.hull import hull_reason, reach_chance
from seawarden.risk.needs import Fix, Layer
from seawarden.risk.odds import chance_of, either, frequency, normal_cdf
from seawarden.risk.signs import CONTEXT_KINDS, Sign, weigh
from seawarden.settings_risk import RiskSettings

REPEAT_SHARE = 0.3
"""Share at which a second sign of the same group counts: it repeats more than it adds (own estimate)."""
REPEAT_LIMIT = 1.5
"""The most that repeated signs of one group may add, log-odds."""
SAME_MS = 3_600_000
"""Signs of one group that began within an hour are one and the same; the strongest counts."""
ROUTE_SIGMA_M = 500.0
"""Error of a route whose finding states none: that of the schematic routes (named lines, `about 500 m`)."""


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


class Assessment(NamedTuple):
    """Risk of one ship to one asset, with what an alert needs to know."""

    risk: Risk
    row: int
    lead: Finding | None
    """The strongest sign."""
    own: bool
    """Whether a sign lies at this asset itself, or it was crossed since the first sign."""
    signs: int
    """Independent signs."""
    crossed_t: int | None
    minutes: AssetAhead | None
    distance_m: float | None
    fault_id: str
    start_t: int
    doubts: str


class _Anchor(NamedTuple):
    chance: float
    reasons: list[Reason]
    counter: list[Reason]


def assess(
    track: TrackEvidence,
    ship: ShipRef,
    t: int,
    fix: Fix | None,
    ahead: Sequence[tuple[int, AssetAhead]],
    layer: Layer,
    s: RiskSettings,
    suspicions: Sequence[Suspicion] = (),
    together: Together | None = None,
    place: Reason | None = None,
) -> list[Assessment]:
    """Risks of this ship to every asset that her signs concern or that lies ahead, most likely first."""
    rows: dict[int, AssetRef] = {}
    for finding in track.findings.values():
        if finding.asset is not None and finding.state != "retracted":
            row = layer.row_of(finding.asset.id)
            if row is not None and (finding.kind not in CONTEXT_KINDS or row not in rows):
                rows[row] = finding.asset
    for row, item in ahead:
        rows.setdefault(row, item.asset)
    by_row = dict(ahead)
    out = []
    for row in sorted(rows):
        one = _one(track, ship, t, fix, row, rows[row], by_row, layer, s, suspicions, together, place)
        if one is not None:
            out.append(one)
    out.sort(key=lambda a: (-a.risk.chance, a.risk.asset.id))
    return out


def _one(
    track: TrackEvidence,
    ship: ShipRef,
    t: int,
    fix: Fix | None,
    row: int,
    ref: AssetRef,
    ahead: dict[int, AssetAhead],
    layer: Layer,
    s: RiskSettings,
    suspicions: Sequence[Suspicion],
    together: Together | None,
    place: Reason | None,
) -> Assessment | None:
    asset = layer.assets[row]
    visible = track.seen_by(asset.visibility)
    seen_t = fix.t if fix is not None else None
    speed_kn = fix.sog_kn if fix is not None else math.nan
    signs = [sign for sign in (weigh(f, t, s, seen_t) for f in visible) if sign is not None]
    here = [g for g in signs if g.finding.asset is not None and g.finding.asset.id == asset.id]
    moving = [g for g in signs if not g.local]
    told = [x for x in suspicions if x.visibility in (PUBLIC, asset.visibility)]
    suspect = max(told, key=lambda x: (x.chance, x.fault_id), default=None)
    if not signs and suspect is None:
        return None
    begun = min([g.finding.start_t for g in signs] + ([suspect.fault_t] if suspect is not None else []))
    crossed_t, crossed_kp = _crossed(visible, asset.id, begun, s)
    local = [g for g in here if g.local]
    dragging = _anchor(moving, visible, ship, s, together, place)
    at_hand = _anchor(moving + local, visible, ship, s, together, place) if local else dragging
    if suspect is not None:
        text = f"near a declared fault in place and time: {frequency(suspect.chance)} that she was the ship"
        reason = Reason(text=text, weight=0.0, measure="fault")
        dragging, at_hand = (_with_fault(a, suspect, reason, s) for a in (dragging, at_hand))
    item = ahead.get(row)
    contact, distance, why = _contact(here, crossed_t, s)
    damage = {"telecom_cable": s.damage_telecom, "pipeline": s.damage_pipeline}.get(asset.kind, s.damage_power)
    kp = crossed_kp if crossed_kp is not None else (item.asset.kp_km if item is not None else ref.kp_km)
    depth, depth_sigma = layer.depth_at(row, kp) if kp is not None else (math.nan, math.nan)
    bottom = reach_chance(ship, speed_kn, depth, depth_sigma)
    chance_here = at_hand.chance * contact * (1.0 if local else bottom) * damage
    chance_ahead = dragging.chance * item.chance * bottom * damage if item is not None else 0.0
    chance = either(chance_here, chance_ahead)
    if chance < s.floor_chance:
        return None
    reasons = list(at_hand.reasons if chance_here >= chance_ahead else dragging.reasons)
    counter = list(at_hand.counter if chance_here >= chance_ahead else dragging.counter)
    if why is not None and contact > 0.0 and chance_here >= chance_ahead:
        (reasons if contact >= 0.3 else counter).append(why)
    if item is not None and chance_ahead > 0.0:
        text = f"on her course in {item.minutes:.0f} min ({item.minutes_low:.0f}-{item.minutes_high:.0f})"
        reasons.append(Reason(text=text, weight=math.log(max(item.chance, 1e-9)), measure="ahead"))
    if bottom < 0.9:
        text = f"{depth:.0f} m of water: {frequency(bottom)} that her anchor reaches the bottom at this speed"
        counter.append(Reason(text=text, weight=math.log(bottom), measure="depth"))
    strongest = max(signs, key=lambda g: (g.weight, g.finding.id), default=None)
    lead_pool = here if here else signs
    lead = max(lead_pool, key=lambda g: (g.weight, g.finding.id), default=None)
    best = strongest if strongest is not None and (lead is None or strongest.weight > 2 * lead.weight) else lead
    doubts = next((c.text for g in signs for c in g.counter if c.measure == "input_quality"), "")
    risk = Risk(
        t=t,
        ship=ship,
        asset=layer.ref(row, kp, ref.kp_sigma_km),
        chance=chance,
        consequence=asset.consequence,
        reasons=tuple(sorted(reasons, key=lambda r: (-r.weight, r.text))),
        counter_reasons=tuple(sorted(counter, key=lambda r: (r.weight, r.text))),
        findings=tuple(g.finding.id for g in signs),
        ahead=tuple(a for _, a in sorted(ahead.items(), key=lambda kv: (kv[1].minutes, kv[1].asset.id))),
    )
    return Assessment(
        risk=risk,
        row=row,
        lead=best.finding if best is not None else None,
        own=bool(here) or crossed_t is not None,
        signs=len({g.group for g in signs if g.weight >= 0.5}),
        crossed_t=crossed_t,
        minutes=item,
        distance_m=distance,
        fault_id=suspect.fault_id if suspect is not None else "",
        start_t=best.finding.start_t if best is not None else begun,
        doubts=doubts,
    )


def _anchor(
    signs: Sequence[Sign],
    visible: Sequence[Finding],
    ship: ShipRef,
    s: RiskSettings,
    together: Together | None,
    place: Reason | None,
) -> _Anchor:
    """Chance that an anchor of hers is on the bottom."""
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
    timed = max((min(1.0, g.weight / 3.0) for g in signs if _timed(g.finding, visible, s)), default=0.0)
    if timed > 0.0:
        text = "the loss began where her anchor would have met the asset"
        reasons.append(Reason(text=text, weight=s.timed_logodds * timed, measure="onset"))
        total += s.timed_logodds * timed
    if signs:
        hull = hull_reason(ship, s)
        if hull is not None:
            (reasons if hull.weight > 0 else counter).append(hull)
            total += hull.weight
    if together is not None and any(g.finding.kind == "slowdown" for g in signs):
        share = f"{together.size} ships near slow at the same time, {together.median_loss * 100:.0f} % in the median"
        if together.member:
            counter.append(Reason(text=share, weight=s.together_logodds, measure="neighbours"))
            total += s.together_logodds
        else:
            text = f"she loses more than her neighbours ({share})"
            reasons.append(Reason(text=text, weight=s.out_of_family_logodds, measure="neighbours"))
            total += s.out_of_family_logodds
    total += sum(r.weight for r in counter if r.measure not in ("neighbours", "type"))
    return _Anchor(chance_of(total), reasons, counter)


def _with_fault(anchor: _Anchor, suspicion: Suspicion, reason: Reason, s: RiskSettings) -> _Anchor:
    chance = either(anchor.chance, suspicion.chance * s.fault_by_anchor)
    gain = math.log(chance / (1 - chance)) - math.log(max(anchor.chance, 1e-12) / (1 - min(anchor.chance, 1 - 1e-12)))
    told = Reason(text=reason.text, weight=max(0.0, gain), measure=reason.measure)
    return _Anchor(chance, [*anchor.reasons, told], anchor.counter)


def _timed(finding: Finding, visible: Sequence[Finding], s: RiskSettings) -> bool:
    if finding.kind == "crossing":
        return True  # a crossing is a sign only by what her speed did at it
    if finding.kind != "slowdown":
        return False
    for other in visible:
        if other.kind == "crossing":
            after = (finding.start_t - other.start_t) / 60_000.0
            if -s.timed_before_min <= after <= s.timed_after_min:
                return True
    return False


def _crossed(
    visible: Sequence[Finding], asset_id: str, begun: int, s: RiskSettings
) -> tuple[int | None, float | None]:
    """Time and KP of her latest crossing of the asset since shortly before the first sign."""
    since = begun - int(s.timed_after_min * 60_000)
    best: Finding | None = None
    for f in visible:
        if f.kind == "crossing" and f.asset is not None and f.asset.id == asset_id and f.start_t >= since:
            best = f if best is None or f.start_t > best.start_t else best
    return (None, None) if best is None or best.asset is None else (best.start_t, best.asset.kp_km)


def _contact(
    here: Sequence[Sign], crossed_t: int | None, s: RiskSettings
) -> tuple[float, float | None, Reason | None]:
    """Chance that what she has out met the asset or lies by it, the distance, and the reason."""
    if crossed_t is not None:
        return 1.0, 0.0, Reason(text="she crossed the asset since the first sign or just before", measure="crossing")
    best, at, sigma_at = 0.0, None, 0.0
    for g in here:
        for item in g.finding.measured:
            if item.name != "distance" or item.value is None:
                continue
            metres = item.value * {"m": 1.0, "km": 1000.0, "nmi": 1852.0}.get(item.unit, 1.0)
            sigma = math.hypot(item.sigma if item.sigma is not None else ROUTE_SIGMA_M, s.set_back_m)
            p = normal_cdf((s.contact_m - metres) / sigma) - normal_cdf((-s.contact_m - metres) / sigma)
            if p > best or at is None:
                best, at, sigma_at = p, metres, sigma
    if at is None:
        return 0.0, None, None
    text = f"{at:.0f} m from the asset, give or take {sigma_at:.0f} m"
    return best, at, Reason(text=text, weight=math.log(max(best, 1e-9)), measure="distance")


def _distinct(reasons: Sequence[Reason]) -> list[Reason]:
    """Each explanation once, at its strongest: two findings with one cause do not excuse twice."""
    held: dict[str, Reason] = {}
    for reason in reasons:
        if reason.text not in held or abs(reason.weight) > abs(held[reason.text].weight):
            held[reason.text] = reason
    return list(held.values())
