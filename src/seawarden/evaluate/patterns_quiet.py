"""The quiet suite: every real day as it is, before and after ports, zones and norms are known.

Nothing is planted. Each file is run twice: once with nothing known of places, and once with the shipped ports, the
user's zones and norms. Norms are the user's, or are learned crosswise: each half of a file is judged by what the
other half taught, so that no ship is called usual by her own passage. Alerts are counted by tier, and under every
kind of finding that they rest on; rates are per ship-day with exact intervals over all files together. Silence is
judged where coverage was declared for a file (give it by `--coverage`, its `source` being the file's name), and else
where what was learned of the file itself allows it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np

from seawarden import __version__
from seawarden.evaluate.intervals import Rate, poisson
from seawarden.evaluate.outcome import newest_alerts
from seawarden.evaluate.own_drag import OwnDrag, own_drag
from seawarden.evaluate.seen import Seen, seen_of
from seawarden.geography.layer import AssetLayer
from seawarden.geography.ports_table import PlacesTable
from seawarden.model.alert import TIERS, Alert
from seawarden.model.asset import Asset
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.error import SourceError
from seawarden.model.event import CoverageDeclared, Event
from seawarden.model.finding import Finding
from seawarden.model.position import I64, Positions, concat, take
from seawarden.run.build import build
from seawarden.run.charts import NO_CHARTS, Charts
from seawarden.run.merge import merged
from seawarden.run.tally import Tally, newest
from seawarden.settings import Settings, settings_hash
from seawarden.sources.door import open_source
from seawarden.surroundings.norms import Norms, Usual
from seawarden.surroundings.norms_learn import Counter as Passages

LOOK_LIMIT: Final = 0.015
"""Looks a ship-day, all kinds together: three in a watch of twelve hours on a desk of 400 ships."""


class CrossNorms:
    """Norms of two halves of one file, each asked of the other half's time."""

    def __init__(self, split_t: int, first: Norms, second: Norms) -> None:
        self._split_t, self._first, self._second = split_t, first, second

    def usual(self, lat: float, lon: float, t: int, ship_type: int, cog_deg: float, speed_kn: float) -> Usual | None:
        """As `Norms.usual`, by the half in which `t` does not lie."""
        other = self._second if t < self._split_t else self._first
        return other.usual(lat, lon, t, ship_type, cog_deg, speed_kn)


class FileCounts(msgspec.Struct, frozen=True, kw_only=True):
    """One file in one state of knowledge."""

    positions: int
    ships: int
    ship_days: float
    findings: dict[str, int]
    tiers: dict[str, int]
    """Alerts by highest tier."""


class QuietAlert(msgspec.Struct, frozen=True, kw_only=True):
    """One alert at its gravest."""

    source: str
    tier: str
    mmsi: int
    asset: str
    start_t: int
    told_t: int
    first_line: str
    second_line: str
    reasons: tuple[str, ...]
    counter_reasons: tuple[str, ...]
    kinds: tuple[str, ...]
    """Kinds of the findings that it rests on."""
    before: str
    """Highest tier of the same ship and asset before places were known, empty when none."""


class QuietMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of the suite."""

    suite: str = "quiet"
    version: str
    settings_hash: str
    drag_model: OwnDrag = msgspec.UNSET
    """A model of the user's own that looked for drags."""
    files: dict[str, dict[str, FileCounts]]
    """By file, then by state: `before` and `after` places, zones and norms are known."""
    left_out: dict[str, str]
    """Files that could not be run, and why."""
    with_coverage: tuple[str, ...]
    ship_days: float
    tiers: dict[str, dict[str, Rate]]
    """By state, then tier: alerts a ship-day over all files."""
    kinds: dict[str, dict[str, dict[str, Rate]]]
    """By state, kind and tier: alerts a ship-day that rest on a finding of that kind."""
    findings: dict[str, dict[str, Rate]]
    """By state and kind: findings a ship-day."""
    no_act: bool
    no_challenge: bool
    look_within_limit: bool
    """Looks at or under 0.015 a ship-day after places, zones and norms are known."""
    alerts: tuple[QuietAlert, ...]
    """After; the gravest first."""


class QuietRun(NamedTuple):
    """One file's run after places, zones and norms are known, for the drawings."""

    source: str
    layer: AssetLayer
    seen: Seen


class QuietOutcome(NamedTuple):
    """Metrics with the runs behind them."""

    metrics: QuietMetrics
    runs: list[QuietRun]


class _Done(NamedTuple):
    counts: FileCounts
    findings: list[Finding]
    alerts: list[Alert]
    revisions: list[Alert]
    layer: AssetLayer
    seen: Seen


def run_quiet(
    sources: Sequence[str | Path],
    *,
    settings: Settings,
    assets: Sequence[Asset],
    coverage: Sequence[CoverageDeclared] = (),
    charts: Charts = NO_CHARTS,
) -> QuietOutcome:
    """Run the suite.

    Args:
        sources: files of real positions; each is run by itself.
        settings: the whole tree.
        assets: what is watched.
        coverage: declared coverage; each polygon counts for the file that its source names, one without for all.
        charts: a user's maps of zones, norms of past traffic, and a model of drags; the model looks in both states.

    Raises:
        SourceError: no file can be run.
    """
    files: dict[str, dict[str, FileCounts]] = {}
    left: dict[str, str] = {}
    held: list[tuple[str, _Done, _Done]] = []
    declared: list[str] = []
    for source in sources:
        name = Path(source).name
        mine = [c for c in coverage if c.source in ("", name)]
        try:
            before = _run(source, settings, assets, mine, Charts(places=PlacesTable([]), drag=charts.drag))
            after = _run(source, settings, assets, mine, charts, crosswise=charts.norms is None)
        except SourceError as error:
            left[name] = str(error)
            continue
        files[name] = {"before": before.counts, "after": after.counts}
        held.append((name, before, after))
        declared += [name] if mine else []
    if not held:
        raise SourceError("none of the files can be run: " + "; ".join(left.values()))
    days = sum(after.counts.ship_days for _, _, after in held)
    made = _metrics(held, files, left, declared, days, settings)
    return QuietOutcome(
        msgspec.structs.replace(made, drag_model=own_drag(charts, settings)),
        [QuietRun(name, after.layer, after.seen) for name, _, after in held],
    )


def _run(
    source: str | Path,
    settings: Settings,
    assets: Sequence[Asset],
    coverage: Sequence[CoverageDeclared],
    charts: Charts,
    *,
    crosswise: bool = False,
) -> _Done:
    """One file; `crosswise`: by norms of its own halves."""
    names = Catalogue()
    batches = list(merged([open_source(source, catalogue=names)]))
    positions = concat(batch.positions for batch in batches)
    if len(positions.t) == 0:
        raise SourceError(f"{source}: holds no usable position")
    statics = [static for batch in batches for static in batch.statics]
    if crosswise:
        types = {static.mmsi: static.ship_type for static in statics if static.ship_type}
        charts = charts._replace(norms=_crosswise(positions, types))
    room = build(settings, assets, catalogue=names, charts=charts)
    engine = room.engine
    events: list[Event] = [*coverage, *(event for batch in batches for event in batch.events)]
    outcomes = [engine.step(Batch(positions=take(positions, slice(None)), statics=statics, events=events))]
    outcomes.append(engine.finish())
    tally = Tally(names)
    for outcome in outcomes:
        tally.came_out(outcome)
    findings = [f for f in newest([f for o in outcomes for f in o.findings]) if f.state != "retracted"]
    revisions = [a for o in outcomes for a in o.alerts]
    alerts = newest_alerts(revisions)
    counts = FileCounts(
        positions=len(positions.t),
        ships=len(np.unique(positions.mmsi)),
        ship_days=round(tally.watched_ms / 86_400_000, 3),
        findings=dict(sorted(Counter(f.kind for f in findings).items())),
        tiers={tier: sum(a.highest_tier == tier for a in alerts) for tier in TIERS},
    )
    seen = seen_of([tracked for o in outcomes for tracked in o.tracked])
    return _Done(counts, findings, alerts, revisions, room.layer, seen)


def _crosswise(p: Positions, types: dict[int, int]) -> CrossNorms:
    times: I64 = p.t
    split = int((int(times.min()) + int(times.max())) // 2)
    halves = []
    for keep in (times < split, times >= split):
        passages = Passages()
        passages.take(take(p, keep), types)
        halves.append(passages.norms({}))
    return CrossNorms(split, *halves)


def _metrics(
    held: Sequence[tuple[str, _Done, _Done]],
    files: dict[str, dict[str, FileCounts]],
    left: dict[str, str],
    declared: list[str],
    days: float,
    settings: Settings,
) -> QuietMetrics:
    tiers: dict[str, dict[str, Rate]] = {}
    kinds: dict[str, dict[str, dict[str, Rate]]] = {}
    findings: dict[str, dict[str, Rate]] = {}
    alerts: list[QuietAlert] = []
    for at, state in enumerate(("before", "after")):
        found: Counter[str] = Counter()
        by_tier: Counter[str] = Counter()
        by_kind: dict[str, Counter[str]] = {}
        for name, *runs in held:
            run: _Done = runs[at]
            named = {f.id: f.kind for f in run.findings}
            found.update(f.kind for f in run.findings)
            earlier: dict[tuple[int, str], str] = {}
            earlier.update({(a.ship.mmsi, a.asset.id): a.highest_tier for a in runs[0].alerts})
            for alert in run.alerts:
                by_tier[alert.highest_tier] += 1
                rests = tuple(sorted({named[f] for f in alert.findings if f in named}))
                for kind in rests or ("none",):
                    by_kind.setdefault(kind, Counter())[alert.highest_tier] += 1
                if state == "after":
                    alerts.append(_told(name, alert, run.revisions, rests, earlier))
        tiers[state] = {tier: poisson(by_tier[tier], days) for tier in TIERS}
        kinds[state] = {k: {tier: poisson(c[tier], days) for tier in TIERS} for k, c in sorted(by_kind.items())}
        findings[state] = {kind: poisson(n, days) for kind, n in sorted(found.items())}
    look = tiers["after"]["look"].rate or 0.0
    alerts.sort(key=lambda a: (-TIERS.index(a.tier), a.source, a.start_t, a.mmsi, a.asset))
    return QuietMetrics(
        version=__version__,
        settings_hash=settings_hash(settings),
        files=files,
        left_out=left,
        with_coverage=tuple(declared),
        ship_days=round(days, 3),
        tiers=tiers,
        kinds=kinds,
        findings=findings,
        no_act=tiers["after"]["act"].count == 0,
        no_challenge=tiers["after"]["challenge"].count == 0,
        look_within_limit=look <= LOOK_LIMIT,
        alerts=tuple(alerts),
    )


def _told(
    name: str,
    alert: Alert,
    revisions: Sequence[Alert],
    kinds: tuple[str, ...],
    earlier: dict[tuple[int, str], str],
) -> QuietAlert:
    mine = [a for a in revisions if a.id == alert.id]
    top = max(mine, key=lambda a: (TIERS.index(a.tier), a.risk, -a.revision))
    return QuietAlert(
        source=name,
        tier=alert.highest_tier,
        mmsi=alert.ship.mmsi,
        asset=alert.asset.name,
        start_t=alert.start_t,
        told_t=top.updated_t,
        first_line=top.first_line,
        second_line=top.second_line,
        reasons=tuple(r.text for r in top.reasons),
        counter_reasons=tuple(r.text for r in top.counter_reasons),
        kinds=kinds,
        before=earlier.get((alert.ship.mmsi, alert.asset.id), ""),
    )
