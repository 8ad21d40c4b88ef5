"""The published cases and the named innocents through the whole engine: which tier, when, what was said.

The tracks are reconstructions (`simulate.reconstruct`): a replay shows what the watch would have said of such a
track, not what it would have said that night.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from seawarden import __version__
from seawarden.behaviours.drag.behaviour import Drag
from seawarden.engine import Engine
from seawarden.geography.directory import Directory
from seawarden.geography.layer import build_layer
from seawarden.incidents.fleet_stage import FleetStage
from seawarden.model.alert import TIERS, Alert
from seawarden.model.asset import Asset
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.finding import Finding
from seawarden.model.position import Positions, concat, take
from seawarden.run.build import behaviours_of, surroundings_of
from seawarden.settings import Settings, settings_hash
from seawarden.simulate.reconstruct import CASES, Reconstruction, head_wind, sail_case


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one case; minutes count from the anchor's taking hold, or from the track's begin."""

    name: str
    told: str
    anchor_out: bool
    highest_tier: str
    tier_minutes: dict[str, float]
    """When each tier was first reached."""
    first_line: str
    """Of the highest alert, as first raised."""
    evidence_minutes: float | None
    """When the model's finding opened."""
    highest_log_odds: float | None
    loss: float | None
    next_asset: str
    next_asset_minutes: float | None
    """From the highest tier's raising to the next asset ahead."""
    counter_reasons: tuple[str, ...]


def run_replays(settings: Settings, assets: Sequence[Asset]) -> list[Replay]:
    """All cases, each alone in the sea but for the head wind's, who sail together."""
    replays = [_judge([case], *_run(settings, assets, sail_case(case))) for case in CASES]
    together = head_wind()
    sea = concat([sail_case(case) for case in together])
    order = sea.t.argsort(kind="stable")
    replays.append(_judge(together, *_run(settings, assets, take(sea, order))))
    return replays


def _run(settings: Settings, assets: Sequence[Asset], positions: Positions) -> tuple[list[Finding], list[Alert]]:
    layer = build_layer(assets)
    around = surroundings_of(layer)
    behaviours = [b for b in behaviours_of(settings) if b.spec.name != "drag"]
    drag = Drag(prior_log_odds=settings.risk.prior_logodds)
    engine = Engine(
        settings,
        [*behaviours, drag],
        around,
        Catalogue(),
        FleetStage(settings, layer, around, directory=Directory(around.waters, around.places)),
        settings_hash=settings_hash(settings),
        code_version=__version__,
    )
    first = engine.step(Batch(positions=positions, records=len(positions.t)))
    last = engine.finish()
    return first.findings + last.findings, first.alerts + last.alerts


def _judge(cases: Sequence[Reconstruction], findings: Sequence[Finding], alerts: Sequence[Alert]) -> Replay:
    case = cases[0]
    zero = case.start_t + int((case.out_min or 0.0) * 60_000)
    model = [f for f in findings if f.kind == "anchor_out" and f.state == "open"]
    tiers: dict[str, float] = {}
    top: Alert | None = None
    for alert in sorted(alerts, key=lambda a: a.updated_t):
        if alert.tier not in tiers:
            tiers[alert.tier] = round((alert.updated_t - zero) / 60_000, 1)
        if top is None or TIERS.index(alert.tier) > TIERS.index(top.tier):
            top = alert
    ahead = top.ahead[0] if top is not None and top.ahead else None
    odds = [v for v in (f.value("log_odds") for f in model) if v is not None]
    opened = min((f.known_from_t for f in model), default=None)
    losses = [v for v in (f.value("loss") for f in model) if v is not None]
    return Replay(
        name=case.name if len(cases) == 1 else f"head wind, {len(cases)} ships",
        told=case.told,
        anchor_out=case.guilty,
        highest_tier=top.tier if top is not None else "",
        tier_minutes=tiers,
        first_line=top.first_line if top is not None else "",
        evidence_minutes=round((opened - zero) / 60_000, 1) if opened is not None else None,
        highest_log_odds=round(max(odds), 2) if odds else None,
        loss=round(max(losses), 3) if losses else None,
        next_asset=ahead.asset.name if ahead is not None else "",
        next_asset_minutes=round(ahead.minutes, 1) if ahead is not None else None,
        counter_reasons=tuple(r.text for r in top.counter_reasons) if top is not None else (),
    )


def as_plain(replays: Sequence[Replay]) -> list[dict[str, Any]]:
    """Replays for the metrics file."""
    plain: list[dict[str, Any]] = msgspec.to_builtins(list(replays))
    return plain
