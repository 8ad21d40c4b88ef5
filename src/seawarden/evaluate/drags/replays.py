"""The published cases and the named innocents through the whole watch, among real traffic: which tier, when, what was
said, and how long before the next asset.

The tracks are reconstructions (`simulate.reconstruct`): a replay shows what the watch would have said of such a
track, not what it would have said that night. The traffic around them is real: the shipped day of the same date, or
positions of the user's own, moved to the place and time (`simulate.transplant`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np

from seawarden import __version__
from seawarden.evaluate.drags.traffic import Traffic, traffic_of
from seawarden.model.alert import TIERS, Alert
from seawarden.model.asset import Asset
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.event import Event, FaultDeclared
from seawarden.model.fault import Fault
from seawarden.model.finding import Finding
from seawarden.model.position import Positions, concat, take
from seawarden.run.build import build
from seawarden.settings import Settings, settings_hash
from seawarden.simulate.reconstruct import CASES, Reconstruction, head_wind, sail_case, static_of, with_heading

LIKELY: Final = 0.1
"""Chance from which an asset ahead is called the next."""
TOLD_AFTER_MIN: Final = 4.0
"""A fault is declared so long after it happened: Estlink 2's was known at once (own estimate)."""


class Crossed(msgspec.Struct, frozen=True, kw_only=True):
    """An asset crossed with the anchor out, and how long before somebody was told of the ship."""

    asset: str
    minutes: float
    """From the anchor's taking hold."""
    warned_min: dict[str, float]
    """Minutes between the first alert of each tier about her and this crossing; absent where none came before it."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What declaring the fault gave."""

    asset: str
    declared_min: float
    """From the anchor's taking hold."""
    rank: int | None
    """Hers among all, at the first ranking; None when she was not among them."""
    chance: float | None
    considered: int
    highest_tier: str
    act_min: float | None
    """From the anchor's taking hold."""
    first_line: str
    """Of her highest alert after it."""
    next_asset: str
    next_minutes: float | None
    """From the declaration to the next asset ahead of her, as foretold."""


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one case; minutes count from the anchor's taking hold, or from the track's begin."""

    name: str
    told: str
    anchor_out: bool
    traffic: str
    ships_beside: int
    beside: dict[str, int]
    """Alerts of the ships beside her by highest tier."""
    neighbours: dict[str, int]
    """Alerts of the ships that belong to the case with her."""
    highest_tier: str
    tier_minutes: dict[str, float]
    """When each tier was first reached."""
    first_lines: dict[str, str]
    """The line with which each tier was first raised."""
    kinds: dict[str, float]
    """Minute at which the first finding of each kind came that is more than a crossing."""
    highest_log_odds: float | None
    loss: float | None
    chance: float
    """The highest chance of damage to any asset."""
    crossed: tuple[Crossed, ...]
    reasons: tuple[str, ...]
    """For, of her own highest alert, strongest first."""
    counter_reasons: tuple[str, ...]
    fault: Answer | None = None


class ReplayMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of the suite."""

    suite: str = "replays"
    version: str
    settings_hash: str
    model_hash: str
    traffic: tuple[str, ...]
    """Names of the files, or `shipped days`."""
    cases: tuple[Replay, ...]
    promises: dict[str, bool]
    """What is asked of the named innocents, and whether it was so."""


class _Out(NamedTuple):
    findings: list[Finding]
    alerts: list[Alert]
    faults: list[Fault]


def run_replay_suite(positions: Sequence[Path], *, settings: Settings, assets: Sequence[Asset]) -> ReplayMetrics:
    """Run all cases.

    Args:
        positions: real positions that the cases sail among, moved to each; the shipped days of the same date where
            none are given.
        settings: the whole tree.
        assets: what is watched.

    Raises:
        SourceError: a source can't be used.
    """
    traffic = traffic_of(positions)
    cases: list[list[Reconstruction]] = []
    for case in CASES:
        cases.append([case])
        if case.guilty and not case.heading:
            cases.append([with_heading(case)])
    cases.append(head_wind())
    made = tuple(_replay(group, traffic, settings, assets) for group in cases)
    return ReplayMetrics(
        version=__version__,
        settings_hash=settings_hash(settings),
        model_hash=_model_hash(),
        traffic=traffic.names,
        cases=made,
        promises=promises(made),
    )


def promises(cases: Sequence[Replay]) -> dict[str, bool]:
    """What is asked of the innocents: at most a `look`; the one adrift is told as drifting and never as a drag."""
    kept = {}
    for case in cases:
        if case.anchor_out:
            continue
        if "adrift" in case.name:
            lines = " ".join(case.first_lines.values())
            kept[f"{case.name}: a look or a challenge"] = case.highest_tier in ("look", "challenge")
            kept[f"{case.name}: never a drag"] = "anchor out" not in lines and "anchor_out" not in case.kinds
        else:
            kept[f"{case.name}: at most a look"] = case.highest_tier in ("", "notice", "look")
            if case.neighbours:
                calls = case.neighbours["challenge"] + case.neighbours["act"]
                kept[f"{case.name}: at most a look of each neighbour"] = calls == 0
    return kept


def _model_hash() -> str:
    from seawarden.behaviours.drag.model import shipped

    return shipped().hash


def _replay(cases: Sequence[Reconstruction], traffic: Traffic, settings: Settings, assets: Sequence[Asset]) -> Replay:
    case = cases[0]
    ships = concat([sail_case(c) for c in cases])
    zero = case.start_t + int((case.out_min or 0.0) * 60_000)
    mine = ships.mmsi == case.mmsi
    k = int(np.searchsorted(ships.t[mine], zero + (0 if case.guilty else 180 * 60_000)))
    k = min(k, int(mine.sum()) - 1)
    around = traffic.at(float(ships.lat[mine][k]), float(ships.lon[mine][k]), int(ships.t[mine][k]))
    around = take(around, (around.t >= ships.t.min()) & (around.t <= ships.t.max()))
    sea = concat([ships, around])
    sea = take(sea, np.lexsort((sea.mmsi, sea.t)))
    out = _run(settings, assets, cases, sea, ())
    answer = None
    if case.fault is not None:
        asset_id, minute = case.fault
        at = case.start_t + int(minute * 60_000)
        told = FaultDeclared(
            t=at + int(TOLD_AFTER_MIN * 60_000), fault_id="reconstruction", asset_id=asset_id,
            from_t=at - 5 * 60_000, to_t=at + 60_000, actor="replay",
        )  # fmt: skip
        answer = _answer(case, zero, told, _run(settings, assets, cases, sea, [told]))
    beside = len(np.unique(around.mmsi))
    return _judge(cases, zero, out, traffic, beside, answer)


def _run(
    settings: Settings,
    assets: Sequence[Asset],
    cases: Sequence[Reconstruction],
    sea: Positions,
    events: Sequence[Event],
) -> _Out:
    names = Catalogue()
    names.source("reconstruction")
    engine = build(settings, assets, catalogue=names).engine
    batch = Batch(positions=take(sea, slice(None)), statics=[static_of(c) for c in cases], events=list(events))
    steps = [engine.step(batch), engine.finish()]
    return _Out(
        [f for step in steps for f in step.findings],
        [a for step in steps for a in step.alerts],
        [f for step in steps for f in step.faults],
    )


def _judge(
    cases: Sequence[Reconstruction], zero: int, out: _Out, traffic: Traffic, ships_beside: int, answer: Answer | None
) -> Replay:
    case = cases[0]
    hers = {c.mmsi for c in cases}
    alerts = [a for a in out.alerts if a.ship.mmsi == case.mmsi or (len(cases) > 1 and a.group_size > 1)]
    findings = [f for f in out.findings if f.ship.mmsi == case.mmsi]
    tiers: dict[str, float] = {}
    lines: dict[str, str] = {}
    top: Alert | None = None
    for alert in sorted(alerts, key=lambda a: (a.updated_t, a.id, a.revision)):
        if alert.state not in ("raised", "lowered"):
            continue
        if alert.tier not in tiers:
            tiers[alert.tier] = _minutes(alert.updated_t, zero)
            lines[alert.tier] = alert.first_line
        if top is None or _weight(alert) > _weight(top):
            top = alert
    told = max((a for a in alerts if a.group_size == 1), key=_weight, default=top)
    single = {a.id: a for a in out.alerts if a.group_size == 1}
    beside = [a.highest_tier for a in single.values() if a.ship.mmsi not in hers]
    neighbours = [a.highest_tier for a in single.values() if a.ship.mmsi in hers - {case.mmsi}]
    kinds: dict[str, float] = {}
    for f in sorted(findings, key=lambda f: f.known_from_t):
        if f.kind not in ("crossing", "approach"):
            kinds.setdefault(f.kind, _minutes(f.known_from_t, zero))
    model = [f for f in findings if f.kind == "anchor_out"]
    odds = [v for v in (f.value("log_odds") for f in model) if v is not None]
    losses = [v for v in (f.value("loss") for f in model) if v is not None]
    return Replay(
        name=case.name if len(cases) == 1 else f"bulk carrier in a head wind, with {len(cases) - 1} neighbours",
        told=case.told,
        anchor_out=case.guilty,
        traffic=traffic.told,
        ships_beside=ships_beside,
        beside={tier: beside.count(tier) for tier in TIERS},
        neighbours={tier: neighbours.count(tier) for tier in TIERS} if neighbours else {},
        highest_tier=top.tier if top is not None else "",
        tier_minutes=tiers,
        first_lines=lines,
        kinds=kinds,
        highest_log_odds=round(max(odds), 2) if odds else None,
        loss=round(max(losses), 3) if losses else None,
        chance=max((a.risk for a in alerts), default=0.0),
        crossed=_crossed(case, zero, findings, alerts) if case.guilty else (),
        reasons=tuple(r.text for r in told.reasons if r.weight > 0.0) if told is not None else (),
        counter_reasons=tuple(r.text for r in told.counter_reasons) if told is not None else (),
        fault=answer,
    )


def _weight(alert: Alert) -> tuple[int, float, int]:
    """The more urgent the greater; of equal ones the later."""
    return TIERS.index(alert.tier), alert.risk, alert.updated_t


def _crossed(
    case: Reconstruction, zero: int, findings: Sequence[Finding], alerts: Sequence[Alert]
) -> tuple[Crossed, ...]:
    first: dict[str, tuple[int, str]] = {}
    for f in findings:
        if f.kind == "crossing" and f.state != "retracted" and f.asset is not None and f.start_t >= zero - 60_000:
            first.setdefault(f.asset.system, (f.start_t, f.asset.name))
    out = []
    for t, name in sorted(first.values()):
        warned: dict[str, float] = {}
        for tier in TIERS[1:]:
            told = [a.updated_t for a in alerts if TIERS.index(a.tier) >= TIERS.index(tier) and a.updated_t <= t]
            if told:
                warned[tier] = _minutes(t, min(told))
        out.append(Crossed(asset=name, minutes=_minutes(t, zero), warned_min=warned))
    return tuple(out)


def _answer(case: Reconstruction, zero: int, told: FaultDeclared, out: _Out) -> Answer:
    ranked = [f for f in out.faults if f.candidates]
    first = ranked[0] if ranked else None
    hers = [c for c in first.candidates if c.ship is not None and c.ship.mmsi == case.mmsi] if first else []
    alerts = [a for a in out.alerts if a.ship.mmsi == case.mmsi and a.updated_t >= told.t]
    top = max(alerts, key=lambda a: (TIERS.index(a.tier), a.risk), default=None)
    acted = min((a.updated_t for a in alerts if a.tier == "act"), default=None)
    coming = [a for a in hers[0].ahead if a.chance >= LIKELY and a.asset.id != told.asset_id] if hers else []
    ahead = coming[0] if coming else None
    return Answer(
        asset=told.asset_id,
        declared_min=_minutes(told.t, zero),
        rank=hers[0].rank if hers else None,
        chance=round(hers[0].chance, 3) if hers else None,
        considered=first.ships_considered if first else 0,
        highest_tier=top.tier if top is not None else "",
        act_min=_minutes(acted, zero) if acted is not None else None,
        first_line=top.first_line if top is not None else "",
        next_asset=ahead.asset.name if ahead is not None else "",
        next_minutes=round(ahead.minutes, 1) if ahead is not None else None,
    )


def _minutes(t: int, zero: int) -> float:
    return round((t - zero) / 60_000, 1)
