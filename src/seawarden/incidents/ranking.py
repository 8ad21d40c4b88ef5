"""Every ship that could have done it, ranked: a posterior over the ships seen and one that nobody saw.

A ship's weight is the product of how well her passage fits the fault in place and time (`closest`), whether a hull
like hers carries an anchor that reaches the bottom there, whether she could have gone on at her speed, and the
likelihood ratio of what her speed and behaviour did. The ship nobody saw weighs as many passages as may have gone
unseen, at the average of the unknown: with nobody near, she is the likeliest. All weights together make 1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from seawarden.incidents.closest import Stretch, Window, passages
from seawarden.incidents.speed_change import SpeedChange, loss_ratio, quick_ratio, speed_change
from seawarden.model.event import FaultDeclared
from seawarden.model.fault import Candidate
from seawarden.model.finding import Finding, Reason
from seawarden.model.position import NO_TIME
from seawarden.model.vessel import ShipRef
from seawarden.ports import FleetView, Track
from seawarden.risk.evidence import TrackEvidence
from seawarden.risk.hull import reach_chance, ship_class
from seawarden.risk.needs import Layer
from seawarden.risk.signs import belief
from seawarden.settings_risk import IncidentSettings, RiskSettings

MAX_COST: Final = 40.0
"""Passages that miss by more than six standard errors are not weighed."""
CAPABLE: Final = {"merchant": 1.0, "unknown": 0.6, "small": 0.15, "passenger": 0.25}
"""How likely a ship of a class drags an anchor across a cable, against a merchant ship (own estimate)."""
BEHAVED: Final = {"drifting": 4.0, "stopped_over_asset": 5.0, "anchored_over_asset": 12.0, "about_to_anchor": 4.0}
"""Likelihood ratio of a finding at the passage (own estimate)."""
SILENT: Final = 1.8
"""Likelihood ratio of a silence at the passage: dark ships are few, broken sets are many (own estimate)."""


class Scored(NamedTuple):
    """One ship's passage, weighed."""

    slot: int
    ship: ShipRef
    weight: float
    place: float
    """Likelihood of place and time, 1 for a passage inside both."""
    cost: float
    distance_m: float
    sigma_m: float
    kp_km: float
    passed_t: int
    gap_s: float
    speeds: SpeedChange
    speaks_for: tuple[Reason, ...]
    speaks_against: tuple[Reason, ...]


class Seen(NamedTuple):
    """How well the place and time of a fault were seen."""

    covered: bool
    """Whether someone declared that ships are heard there."""
    fed: bool
    """Whether our own feed delivered in the window."""


class Ranking(NamedTuple):
    """The posterior: scored ships with their chances, and the chance that nobody saw the ship."""

    scored: tuple[Scored, ...]
    chances: tuple[float, ...]
    unseen: float
    considered: int
    blind: str


def window_of(fault: FaultDeclared, s: IncidentSettings) -> tuple[int, int]:
    """The window of time of a fault, ms: from the declared beginning to its end, or to when we were told."""
    to_t = fault.to_t if fault.to_t != NO_TIME else max(fault.t, fault.from_t)
    return fault.from_t, max(fault.from_t, to_t)


def rank(
    fault: FaultDeclared,
    row: int,
    view: FleetView,
    evidence: Mapping[str, TrackEvidence],
    layer: Layer,
    s: IncidentSettings,
    r: RiskSettings,
    seen: Seen = Seen(False, True),  # noqa: B008 - a tuple
    only: Sequence[int] | None = None,
) -> Ranking:
    """Rank every track that the view knows, or the rows in `only`, for one fault of the asset in `row`."""
    from_t, to_t = window_of(fault, s)
    allowance = int(s.allowance_min * 60_000)
    bracket = int(s.bracket_min * 60_000)
    slots, tracks = _gather(view, from_t - bracket, to_t + bracket, only)
    kp_from = fault.kp_from_km if fault.kp_from_km is not None else -math.inf
    kp_to = fault.kp_to_km if fault.kp_to_km is not None else (math.inf if fault.kp_from_km is None else kp_from)
    window = Window(
        from_t=float(from_t),
        to_t=float(to_t),
        time_sigma_ms=float(max(s.time_sigma_min * 60_000, allowance / 4)),
        kp_from_km=min(kp_from, kp_to),
        kp_to_km=max(kp_from, kp_to),
        kp_sigma_km=s.kp_sigma_km,
        set_back_m=s.set_back_m,
        key_frame_sigma_m=s.key_frame_sigma_m,
        interpolation_share=s.interpolation_share,
        interpolation_time_share=s.interpolation_time_share,
    )
    out = np.empty((len(slots), 8))
    if slots:
        lengths = np.array([len(track.t) for track in tracks], dtype=np.int64)
        start = np.zeros(len(slots) + 1, dtype=np.int64)
        np.cumsum(lengths, out=start[1:])
        passages(
            start,
            np.concatenate([np.asarray(x.t, dtype=np.int64) for x in tracks]),
            np.concatenate([np.asarray(x.lat, dtype=np.float64) for x in tracks]),
            np.concatenate([np.asarray(x.lon, dtype=np.float64) for x in tracks]),
            np.concatenate([np.asarray(x.provenance, dtype=np.int8) for x in tracks]),
            stretch_of(layer, row, window),
            window,
            out,
        )
    scored = []
    for k, slot in enumerate(slots):
        if out[k, 0] <= MAX_COST:
            ship = view.ship(slot)
            held = evidence.get(ship.track_id)
            known = held.seen_by(layer.assets[row].visibility) if held is not None else []
            scored.append(_score(slot, ship, tracks[k], out[k], known, window, layer, row, s, r))
    scored.sort(key=lambda c: (-c.weight, c.ship.mmsi, c.ship.track_id))
    share = s.unseen_share if seen.covered and seen.fed else s.unseen_share_uncovered
    unseen = s.unseen_floor + share * sum(c.place for c in scored)
    if not seen.fed:
        unseen += s.unseen_unfed
    total = unseen * CAPABLE["unknown"] + sum(c.weight for c in scored)
    return Ranking(
        scored=tuple(scored),
        chances=tuple(c.weight / total for c in scored),
        unseen=unseen * CAPABLE["unknown"] / total,
        considered=len(slots),
        blind=_blind(scored, seen),
    )


def _gather(view: FleetView, since_t: int, until_t: int, only: Sequence[int] | None) -> tuple[list[int], list[Track]]:
    slots, tracks = [], []
    for slot in view.slots() if only is None else only:
        track = view.track(slot, since_t, until_t)
        if len(track.t) >= 2:
            slots.append(int(slot))
            tracks.append(track)
    return slots, tracks


def stretch_of(layer: Layer, row: int, window: Window) -> Stretch:
    """Pieces of the asset inside the KP range and six standard errors around it."""
    index = layer.index
    slack = 6.0 * window.kp_sigma_km
    pick = (
        (index.asset == row)
        & (np.maximum(index.kp1_km, index.kp2_km) >= window.kp_from_km - slack)
        & (np.minimum(index.kp1_km, index.kp2_km) <= window.kp_to_km + slack)
    )
    columns = (index.lat1, index.lon1, index.lat2, index.lon2, index.kp1_km, index.kp2_km, index.sigma_m)
    return Stretch(*(np.ascontiguousarray(column[pick]) for column in columns))


def _score(
    slot: int,
    ship: ShipRef,
    track: Track,
    found: np.ndarray[tuple[int], np.dtype[np.float64]],
    findings: Sequence[Finding],
    window: Window,
    layer: Layer,
    row: int,
    s: IncidentSettings,
    r: RiskSettings,
) -> Scored:
    cost, distance, sigma, kp, at, gap, _, _ = (float(x) for x in found)
    place = math.exp(-0.5 * cost)
    speeds = speed_change(track, at)
    pro: list[Reason] = []
    con: list[Reason] = []
    if cost < 1.0:
        pro.append(Reason(text=f"passed {distance:.0f} m from the stretch inside the stated time", measure="place"))
    else:
        text = f"her passage misses place or time by {math.sqrt(cost):.1f} standard errors"
        con.append(Reason(text=text, weight=-0.5 * cost, measure="place"))
    if gap > 600.0:
        con.append(Reason(text=f"no position for {gap / 60:.0f} min around the passage", measure="gap"))
    behaved = _behaviour(speeds, findings, at, s, r, pro, con)
    found_class = ship_class(ship)
    capable = CAPABLE[found_class]
    if found_class != "merchant":
        text = "her type and size are not known" if found_class == "unknown" else f"a {found_class} ship"
        con.append(Reason(text=text, weight=math.log(capable), measure="type"))
    quick = quick_ratio(speeds.at_kn, s)
    if quick < 0.7:
        text = f"{speeds.at_kn:.1f} kn: towed at such a speed a chain streams out behind"
        con.append(Reason(text=text, weight=math.log(quick), measure="speed_at"))
    depth, depth_sigma = layer.depth_at(row, kp)
    bottom = reach_chance(ship, speeds.at_kn, depth, depth_sigma)
    if bottom < 0.9:
        text = f"{depth:.0f} m of water is deep for her anchor at this speed"
        con.append(Reason(text=text, weight=math.log(bottom), measure="depth"))
    return Scored(
        slot=slot,
        ship=ship,
        weight=place * behaved * capable * quick * bottom,
        place=place,
        cost=cost,
        distance_m=distance,
        sigma_m=sigma,
        kp_km=kp,
        passed_t=int(at),
        gap_s=gap,
        speeds=speeds,
        speaks_for=tuple(sorted(pro, key=lambda x: (-x.weight, x.text))),
        speaks_against=tuple(sorted(con, key=lambda x: (x.weight, x.text))),
    )


def _behaviour(
    speeds: SpeedChange,
    findings: Sequence[Finding],
    at: float,
    s: IncidentSettings,
    r: RiskSettings,
    pro: list[Reason],
    con: list[Reason],
) -> float:
    """Likelihood ratio of what she did, and the reasons; speed counts once, however often it was seen."""
    ratio = loss_ratio(speeds.loss, speeds.sigma, s)
    text = f"{speeds.before_kn:.1f} kn before, {speeds.after_kn:.1f} kn after"
    other = 1.0
    for f in findings:
        around = f.start_t <= at + 30 * 60_000 and (f.end_t is None or f.end_t >= at - 30 * 60_000)
        if not around:
            continue
        share, _ = belief(f, r)
        if f.kind == "slowdown":
            seen = loss_ratio(f.value("loss") or 0.0, 0.02, s) ** share
            if f.start_t < at - 15 * 60_000:
                seen = math.sqrt(max(1.0, seen))  # she was slow already: dragging since, or for another reason
            if not math.isfinite(speeds.loss) or seen > ratio:
                ratio, text = max(seen, ratio if math.isfinite(speeds.loss) else 0.0), "a slow-down was found here"
            for benign in f.benign:
                con.append(Reason(text=benign.text, weight=-0.7, measure=benign.measure))
                other *= 0.5
        elif f.kind in BEHAVED or f.kind == "silence":
            gain = (BEHAVED.get(f.kind, SILENT)) ** share
            other *= gain
            pro.append(Reason(text=f"{f.kind.replace('_', ' ')} found here", weight=math.log(gain), measure=f.kind))
    if ratio > 1.05:
        pro.append(Reason(text=f"lost speed at the passage: {text}", weight=math.log(ratio), measure="loss"))
    elif math.isfinite(speeds.loss):
        con.append(Reason(text=f"kept her speed: {text}", weight=math.log(ratio), measure="loss"))
    elif not any(c.measure == "gap" for c in con):
        con.append(Reason(text="her speeds around the passage can't be told", measure="loss"))
    return ratio * other


def _blind(scored: Sequence[Scored], seen: Seen) -> str:
    said = []
    if not seen.fed:
        said.append("our own feed delivered little in this window")
    if not seen.covered:
        said.append("no coverage was declared here: a ship that sends nothing would not be seen")
    gaps = [c for c in scored if c.gap_s > 600.0]
    if gaps:
        longest = max(c.gap_s for c in gaps) / 60.0
        said.append(f"{len(gaps)} of {len(scored)} passages lie in gaps of up to {longest:.0f} min")
    if not scored:
        said.append("no ship was seen to pass in this window")
    return "; ".join(said)


def unseen_candidate(rank_no: int, ranking: Ranking) -> Candidate:
    """The ship nobody saw."""
    return Candidate(
        rank=rank_no,
        ship=None,
        chance=ranking.unseen,
        speaks_for=(Reason(text=ranking.blind or "some ships pass unseen everywhere", measure="coverage"),),
    )
