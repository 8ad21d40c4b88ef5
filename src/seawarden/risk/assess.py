"""One ship's risk to the assets near and ahead of her.

Three factors, each with its reasons: the chance that something of hers lies on the bottom (`anchor`), the chance that
it meets the asset (she crossed it since the first sign, lies at anchor beside it, or will cross it), and the chance
that the asset is damaged when they meet.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from seawarden.model.finding import AssetRef, Finding, Reason
from seawarden.model.risk import AssetAhead, Risk
from seawarden.model.vessel import ShipRef
from seawarden.risk.anchor import Anchor, Suspicion, Together, anchor_out, with_fault
from seawarden.risk.answers import Answer, with_answer
from seawarden.risk.arrival import loss_now, with_loss
from seawarden.risk.company import Company, with_company
from seawarden.risk.evidence import PUBLIC, TrackEvidence
from seawarden.risk.hull import FLOOR, reach_chance
from seawarden.risk.needs import Fix, Layer
from seawarden.risk.odds import either, frequency, normal_cdf
from seawarden.risk.signs import CONTEXT_KINDS, MODEL_KIND, REPLACED_KINDS, Sign, read_by, told_once, weigh
from seawarden.risk.weather import Felt, with_weather
from seawarden.risk.works import with_works
from seawarden.settings_risk import RiskSettings

ROUTE_SIGMA_M = 500.0
"""Error of a route whose finding states none: that of the schematic routes (named lines, `about 500 m`)."""

LEAST_SIGN = 0.5
"""Log-odds from which a sign counts as one."""


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
    unsatisfied: bool = False
    """She was asked, and her answer does not satisfy."""
    early: bool = False
    """She has crossed no asset since shortly before the first sign."""
    begun_before: bool = False
    """The first sign is older than any such crossing."""


class Case(NamedTuple):
    """What is known of a ship when she is assessed."""

    track: TrackEvidence
    ship: ShipRef
    t: int
    fix: Fix | None
    ahead: Sequence[tuple[int, AssetAhead]] = ()
    suspicions: Sequence[Suspicion] = ()
    together: Together | None = None
    place: Reason | None = None
    felt: Felt | None = None
    """What the weather does to her; None when none is known."""
    company: Company | None = None
    """What the ships around her did with their speed."""
    answer: Answer | None = None
    """Her latest answer to a call, while it counts."""
    works: Reason | None = None
    """Declared works that she may be at."""


class _Known(NamedTuple):
    """What those know who may see assets of one visibility."""

    visible: list[Finding]
    signs: list[Sign]
    by_asset: dict[str, list[Sign]]
    crossed: dict[str, Finding]
    """The latest crossing of each asset since shortly before the first sign."""
    moving: list[Sign]
    dragging: Anchor
    suspect: Suspicion | None
    begun: int
    doubts: str


Told = dict[str, "_Known | None"]
"""What those know who may see assets of each visibility: the same for a case whatever lies ahead of her."""


def assess(case: Case, layer: Layer, s: RiskSettings, told: Told | None = None) -> list[Assessment]:
    """Risks of this ship to every asset that her signs concern or that lies ahead, most likely first.

    Args:
        case: what is known of her.
        layer: the assets.
        s: of the risk.
        told: filled, and used again for a case that differs in nothing but what lies ahead.
    """
    rows: dict[int, AssetRef] = {}
    for finding in case.track.findings.values():
        if finding.asset is not None and finding.state != "retracted":
            row = layer.row_of(finding.asset.id)
            if row is not None and (finding.kind not in CONTEXT_KINDS or row not in rows):
                rows[row] = finding.asset
    for row, item in case.ahead:
        rows.setdefault(row, item.asset)
    known: Told = told if told is not None else {}
    spans: dict[str, dict[int, AssetAhead]] = {}
    out = []
    for row in sorted(rows):
        visibility = layer.assets[row].visibility
        if visibility not in known:
            known[visibility] = _known(case, visibility, s)
        seen = known[visibility]
        if seen is None:
            continue
        if visibility not in spans:
            spans[visibility] = with_loss(case.ahead, loss_now(g.finding for g in seen.signs))
        one = _one(case, seen, row, rows[row], spans[visibility], layer, s)
        if one is not None:
            out.append(one)
    out.sort(key=lambda a: (-a.risk.chance, a.risk.asset.id))
    return out


def dragging_chance(case: Case, s: RiskSettings, told: Told | None = None) -> float:
    """Chance that something of hers is on the bottom, by what everybody may see; 0 when nothing speaks of it.

    `told` as for `assess`.
    """
    held: Told = told if told is not None else {}
    if PUBLIC not in held:
        held[PUBLIC] = _known(case, PUBLIC, s)
    known = held[PUBLIC]
    return known.dragging.chance if known is not None else 0.0


def _known(case: Case, visibility: str, s: RiskSettings) -> _Known | None:
    """None when nothing speaks of an anchor out."""
    visible = case.track.seen_by(visibility)
    seen_t = case.fix.t if case.fix is not None else None
    weighed = (weigh(f, case.t, s, seen_t, at_place=case.place is not None) for f in visible)
    raw = [sign for sign in weighed if sign is not None]
    signs = told_once(raw, s)
    told = [x for x in case.suspicions if x.visibility in (PUBLIC, visibility)]
    suspect = max(told, key=lambda x: (x.chance, x.fault_id), default=None)
    if not signs and suspect is None:
        return None
    begun = min([g.finding.start_t for g in signs] + ([suspect.fault_t] if suspect is not None else []))
    moving = [g for g in raw if not g.local]
    alone = anchor_out(moving, visible, case.ship, s, case.together, case.place)
    dragging = _told(alone, moving, suspect, case, s)
    doubts = next((c.text for g in signs for c in g.counter if c.measure == "input_quality"), "")
    by_asset: dict[str, list[Sign]] = {}
    for sign in signs:
        if sign.finding.asset is not None:
            by_asset.setdefault(sign.finding.asset.id, []).append(sign)
    return _Known(visible, signs, by_asset, _crossed(visible, begun, s), moving, dragging, suspect, begun, doubts)


def _told(anchor: Anchor, signs: Sequence[Sign], suspect: Suspicion | None, case: Case, s: RiskSettings) -> Anchor:
    """The chance once weather, the ships around her, a fault and her answer have been heard."""
    explained = with_works(with_weather(anchor, signs, case.felt, s), case.works)
    if case.together is None:  # a group's family and its outliers are weighed as such
        explained = with_company(explained, signs, case.company, s)
    return with_answer(_suspected(explained, suspect, s), case.answer, s)


def _suspected(anchor: Anchor, suspect: Suspicion | None, s: RiskSettings) -> Anchor:
    if suspect is None:
        return anchor
    text = f"near a declared fault in place and time: {frequency(suspect.chance)} that she was the ship"
    return with_fault(anchor, suspect, Reason(text=text, weight=0.0, measure="fault"), s)


def _one(
    case: Case, known: _Known, row: int, ref: AssetRef, ahead: dict[int, AssetAhead], layer: Layer, s: RiskSettings
) -> Assessment | None:
    asset, item = layer.assets[row], ahead.get(row)
    here = known.by_asset.get(asset.id, [])
    crossing = known.crossed.get(asset.id)
    crossed_t = crossing.start_t if crossing is not None else None
    crossed_kp = crossing.asset.kp_km if crossing is not None and crossing.asset is not None else None
    if item is None and not here and crossed_t is None:
        return None
    local = [g for g in here if g.local]
    at_hand = known.dragging
    if local:
        anchor = anchor_out(known.moving + local, known.visible, case.ship, s, case.together, case.place)
        at_hand = _told(anchor, known.moving + local, known.suspect, case, s)
    contact, distance, why = _contact(here, crossed_t, s)
    damage = {"telecom_cable": s.damage_telecom, "pipeline": s.damage_pipeline}.get(asset.kind, s.damage_power)
    likely = either(at_hand.chance * contact, known.dragging.chance * item.chance if item is not None else 0.0)
    if likely * damage < s.floor_chance:
        return None
    kp = crossed_kp if crossed_kp is not None else (item.asset.kp_km if item is not None else ref.kp_km)
    depth, depth_sigma = layer.depth_at(row, kp) if kp is not None else (math.nan, math.nan)
    bottom = reach_chance(case.ship, case.fix.sog_kn if case.fix is not None else math.nan, depth, depth_sigma)
    reached = _reached(known.signs)  # where the model has weighed the depth under her, it is not weighed again
    chance_here = at_hand.chance * contact * (1.0 if local or reached is not None else bottom) * damage
    further = bottom if reached is None else min(1.0, bottom / max(reached, FLOOR))
    chance_ahead = known.dragging.chance * item.chance * further * damage if item is not None else 0.0
    chance = either(chance_here, chance_ahead)
    if chance < s.floor_chance:
        return None
    told = at_hand if chance_here >= chance_ahead else known.dragging
    reasons, counter = list(told.reasons), list(told.counter)
    if why is not None and contact > 0.0 and chance_here >= chance_ahead:
        (reasons if contact >= 0.3 else counter).append(why)
    if item is not None and chance_ahead > 0.0:
        text = f"on her course in {item.minutes:.0f} min ({item.minutes_low:.0f}-{item.minutes_high:.0f})"
        reasons.append(Reason(text=text, weight=math.log(max(item.chance, 1e-9)), measure="ahead"))
    if bottom < 0.9:
        text = f"{depth:.0f} m of water: {frequency(bottom)} that her anchor reaches the bottom at this speed"
        counter.append(Reason(text=text, weight=math.log(bottom), measure="depth"))
    lead = _lead(here, known.signs)
    risk = Risk(
        t=case.t,
        ship=case.ship,
        asset=layer.ref(row, kp, ref.kp_sigma_km),
        chance=chance,
        consequence=asset.consequence,
        reasons=tuple(sorted(reasons, key=lambda r: (-r.weight, r.text))),
        counter_reasons=tuple(sorted(counter, key=lambda r: (r.weight, r.text))),
        findings=tuple(g.finding.id for g in known.signs),
        ahead=tuple(ahead.values()),
    )
    return Assessment(
        risk=risk,
        row=row,
        lead=lead.finding if lead is not None else None,
        own=bool(here) or crossed_t is not None,
        signs=len({g.group for g in known.signs if g.weight >= LEAST_SIGN}),
        crossed_t=crossed_t,
        minutes=item,
        distance_m=distance,
        fault_id=known.suspect.fault_id if known.suspect is not None else "",
        start_t=lead.finding.start_t if lead is not None else known.begun,
        doubts=known.doubts,
        unsatisfied=case.answer is not None and case.answer.kind == "unsatisfying",
        early=not known.crossed,
        begun_before=all(known.begun < f.start_t for f in known.crossed.values()),
    )


def _reached(signs: Sequence[Sign]) -> float | None:
    """Chance that her anchor reaches the bottom where she is, where the model's finding has weighed it."""
    told = [g.finding.value("on_bottom") for g in signs if g.finding.kind == MODEL_KIND and g.weight > 0.0]
    known = [x for x in told if x is not None]
    return max(known, default=None)


def _lead(here: Sequence[Sign], signs: Sequence[Sign]) -> Sign | None:
    """The sign that the line speaks of: the strongest at this asset, unless another is twice as strong; and the
    model's, where it has read the change of speed that is the strongest."""
    strongest = max(signs, key=lambda g: (g.weight, g.finding.id), default=None)
    lead = max(here, key=lambda g: (g.weight, g.finding.id), default=strongest)
    if strongest is not None and lead is not None and strongest.weight > 2 * lead.weight:
        lead = strongest
    if lead is not None and lead.finding.kind in REPLACED_KINDS:
        told = lead.finding
        models = [g for g in signs if g.finding.kind == MODEL_KIND and read_by(g.finding, told)]
        lead = max(models, key=lambda g: (g.faith, g.finding.id), default=lead)
    return lead


def _crossed(visible: Sequence[Finding], begun: int, s: RiskSettings) -> dict[str, Finding]:
    """Her latest crossing of each asset since shortly before the first sign."""
    since = begun - int(s.timed_after_min * 60_000)
    latest: dict[str, Finding] = {}
    for f in visible:
        if f.kind == "crossing" and f.asset is not None and f.start_t >= since:
            best = latest.get(f.asset.id)
            latest[f.asset.id] = f if best is None or f.start_t > best.start_t else best
    return latest


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
