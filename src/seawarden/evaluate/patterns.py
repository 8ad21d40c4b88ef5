"""The patterns suite: survey, loitering, tows, anchoring, drags and drifts laid over real routes among real traffic.

Each file of positions is run once, with simulated ships among its real ones. Found means: a finding of a kind that
names what was laid, on that ship, while it went on. Whatever the same kinds say of real ships counts as false, though
some of them trawl, survey and wait: nobody has labelled them, so the precision is a lower bound, and each is drawn.
Where a file's waters have no asset, lines are declared across its traffic, and are told as such.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np

from seawarden import __version__
from seawarden.engine import Outcome
from seawarden.evaluate.intervals import Rate, Share, binomial, poisson
from seawarden.evaluate.outcome import newest_alerts
from seawarden.evaluate.own_drag import OwnDrag, own_drag
from seawarden.evaluate.patterns_ground import assets_or_lines, spots
from seawarden.evaluate.seen import Seen, seen_of
from seawarden.geography.layer import AssetLayer
from seawarden.model.alert import TIERS
from seawarden.model.asset import Asset
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.event import CoverageDeclared, Event
from seawarden.model.finding import Finding
from seawarden.model.position import concat, take
from seawarden.run.build import build
from seawarden.run.charts import NO_CHARTS, Charts
from seawarden.run.merge import merged
from seawarden.run.tally import Tally, newest
from seawarden.settings import Settings, settings_hash
from seawarden.simulate.draws import generator
from seawarden.simulate.patterns import EXPECTED, PATTERNS, Case, Manner, PatternTruth, kinds_expected, lay_pattern
from seawarden.sources.door import open_source

FIRST_MMSI: Final = 999_200_000
"""No station can carry such a number."""
LATE_MS: Final = 1_800_000
"""A finding may become known up to this long after the end of what was laid."""


class Laid(msgspec.Struct, frozen=True, kw_only=True):
    """One laid case and what became of it."""

    source: str
    kind: str
    mmsi: int
    start_t: int
    end_t: int
    ship_type: int
    cadence_s: float
    found: bool
    minutes_to_find: float | None
    kinds: dict[str, int]
    """All findings of her meanwhile, crossings and approaches left out."""
    tier: str
    """Highest tier of an alert of her, empty when none."""


class Real(msgspec.Struct, frozen=True, kw_only=True):
    """One finding on a real ship."""

    source: str
    kind: str
    mmsi: int
    type: str
    asset: str
    start_t: int
    end_t: int | None
    values: dict[str, float | None]
    benign: tuple[str, ...]
    tier: str
    """Highest tier of an alert that names it, empty when none."""


class PatternMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of the suite."""

    suite: str = "patterns"
    version: str
    settings_hash: str
    drag_model: OwnDrag = msgspec.UNSET
    """A model of the user's own that looked for drags."""
    sources: tuple[str, ...]
    declared_lines: tuple[str, ...]
    """Files in whose waters lines were declared."""
    ship_days: float
    """Of real ships."""
    recall: dict[str, Share]
    """By what was laid."""
    recall_all: Share
    precision: dict[str, Share]
    """By kind of finding: of ships with one, those on which such a thing was laid; real ships count as false."""
    false_rate: dict[str, Rate]
    """Findings on real ships by kind, per ship-day."""
    confused: dict[str, dict[str, int]]
    """What was laid, and on how many of its ships each kind was found."""
    tiers: dict[str, dict[str, int]]
    """What was laid, and the highest tier of alerts of its ships."""
    laid: tuple[Laid, ...]
    real: tuple[Real, ...]
    key: str


class Ground(NamedTuple):
    """One run, for the report."""

    source: str
    layer: AssetLayer
    seen: Seen


class PatternOutcome(NamedTuple):
    """Metrics with the runs behind them."""

    metrics: PatternMetrics
    grounds: list[Ground]


def run_patterns(
    sources: Sequence[str | Path],
    *,
    settings: Settings,
    assets: Sequence[Asset],
    coverage: Sequence[CoverageDeclared] = (),
    charts: Charts = NO_CHARTS,
    count: int = 8,
    key: str = "patterns",
) -> PatternOutcome:
    """Run the suite.

    Args:
        sources: files of real positions; each is run by itself.
        settings: the whole tree.
        assets: what is watched.
        coverage: declared coverage of the sources.
        charts: a user's maps of zones, norms of past traffic, and a model of drags.
        count: cases of each kind in each file.
        key: names the draws.

    Raises:
        SourceError: a file can't be used.
        UsageError: no asset runs through a file's waters.
    """
    laid: list[Laid] = []
    real: list[Real] = []
    grounds: list[Ground] = []
    lines: list[str] = []
    days = 0.0
    for number, source in enumerate(sources):
        name = Path(source).name
        run = _Run(source, settings, assets, coverage, charts)
        run.plant(count, FIRST_MMSI + 10_000 * number, key)
        run.go()
        if run.declared:
            lines.append(name)
        days += run.real_days
        laid += [run.judge(case.truth, manner, name) for case, manner in run.cases]
        real += run.real(name)
        grounds.append(Ground(name, run.layer, run.seen))
    made = _metrics(laid, real, days, lines, [Path(s).name for s in sources], settings, key)
    return PatternOutcome(msgspec.structs.replace(made, drag_model=own_drag(charts, settings)), grounds)


class _Run:
    """One file with its laid cases."""

    def __init__(
        self,
        source: str | Path,
        settings: Settings,
        assets: Sequence[Asset],
        coverage: Sequence[CoverageDeclared],
        charts: Charts,
    ) -> None:
        self.catalogue = Catalogue()
        self.batches = list(merged([open_source(source, catalogue=self.catalogue)]))
        self.positions = concat(batch.positions for batch in self.batches)
        held, self.declared = assets_or_lines(self.positions, assets)
        self.room = build(settings, held, catalogue=self.catalogue, charts=charts)
        self.layer = self.room.layer
        self.coverage = coverage
        self.cases: list[tuple[Case, Manner]] = []
        self.findings: list[Finding] = []
        self.outcomes: list[Outcome] = []
        self.real_days = 0.0

    def plant(self, count: int, first_mmsi: int, key: str) -> None:
        """Lay the cases."""
        first, last = int(self.positions.t.min()), int(self.positions.t.max())
        places = spots(self.positions, self.layer, self.room.around, count * len(PATTERNS), key, first_mmsi)
        for k, kind in enumerate(PATTERNS):
            for n in range(count):
                random = generator(key, kind, n, first_mmsi)
                manner = Manner(
                    float(random.choice([10.0, 30.0, 60.0, 180.0])), bool(random.random() < 0.7),
                    bool(random.random() < 0.7),
                )  # fmt: skip
                begin = first + int(random.random() * max(last - first - 8 * 3_600_000, 0))
                case = lay_pattern(kind, places[k * count + n], begin, first_mmsi + 2 * (k * count + n), manner, key)
                self.cases.append((case, manner))

    def go(self) -> None:
        """Run the real and the laid ships together."""
        names = self.catalogue
        mark = names.source("simulated")
        ships = [ship for case, _ in self.cases for ship in case.ships]
        for ship in ships:
            ship.source[:] = mark
        whole = concat([self.positions, *ships])
        whole = take(whole, np.lexsort((whole.seq, whole.mmsi, whole.t)))
        events: list[Event] = [*self.coverage, *(event for batch in self.batches for event in batch.events)]
        statics = [s for batch in self.batches for s in batch.statics] + [s for c, _ in self.cases for s in c.statics]
        engine = self.room.engine
        self.outcomes = [engine.step(Batch(positions=whole, statics=statics, events=events)), engine.finish()]
        self.findings = [f for f in newest([f for o in self.outcomes for f in o.findings]) if f.state != "retracted"]
        self.alerts = newest_alerts([a for o in self.outcomes for a in o.alerts])
        tally = Tally(names)
        for outcome in self.outcomes:
            tally.came_out(outcome)
        self.seen = seen_of([tracked for o in self.outcomes for tracked in o.tracked])
        simulated = sum(int(ship.t[-1]) - int(ship.t[0]) for ship in ships)
        self.real_days = max(0.0, (tally.watched_ms - simulated) / 86_400_000)

    def judge(self, truth: PatternTruth, manner: Manner, name: str) -> Laid:
        """What became of one case."""
        mine = [
            f
            for f in self.findings
            if f.ship.mmsi in (truth.mmsi, truth.mmsi + 1)
            and f.start_t <= truth.end_t
            and (f.end_t is None or f.end_t >= truth.start_t)
            and f.kind not in ("crossing", "approach")
        ]
        first: dict[str, int] = {}
        for outcome in self.outcomes:
            for f in outcome.findings:
                first.setdefault(f.id, f.known_from_t)
        wanted = [f for f in mine if f.kind in EXPECTED[truth.kind] and first[f.id] <= truth.end_t + LATE_MS]
        known = min((first[f.id] for f in wanted), default=None)
        tiers = [a.highest_tier for a in self.alerts if a.ship.mmsi in (truth.mmsi, truth.mmsi + 1)]
        return Laid(
            source=name,
            kind=truth.kind,
            mmsi=truth.mmsi,
            start_t=truth.start_t,
            end_t=truth.end_t,
            ship_type=truth.ship_type,
            cadence_s=manner.cadence_s,
            found=known is not None,
            minutes_to_find=None if known is None else round((known - truth.start_t) / 60_000, 1),
            kinds=dict(sorted(Counter(f.kind for f in mine).items())),
            tier=max(tiers, key=TIERS.index, default=""),
        )

    def real(self, name: str) -> list[Real]:
        """Findings of the suite's kinds on real ships."""
        kinds = kinds_expected(PATTERNS)
        found = [f for f in self.findings if f.kind in kinds and f.ship.mmsi < FIRST_MMSI]
        return [
            Real(
                source=name,
                kind=f.kind,
                mmsi=f.ship.mmsi,
                type=f.ship.type,
                asset=f.asset.name if f.asset else "",
                start_t=f.start_t,
                end_t=f.end_t,
                values={m.name: m.value for m in f.measured},
                benign=tuple(r.text for r in f.benign),
                tier=max((a.highest_tier for a in self.alerts if f.id in a.findings), key=TIERS.index, default=""),
            )
            for f in sorted(found, key=lambda f: (f.kind, f.start_t, f.id))
        ]


def _metrics(
    laid: list[Laid], real: list[Real], days: float, lines: list[str], sources: list[str], s: Settings, key: str
) -> PatternMetrics:
    kinds = sorted(kinds_expected(PATTERNS))
    precision = {}
    for kind in kinds:
        right = sum(kind in case.kinds and kind in EXPECTED[case.kind] for case in laid)
        wrong = len({(r.source, r.mmsi) for r in real if r.kind == kind})
        precision[kind] = binomial(right, right + wrong)
    return PatternMetrics(
        version=__version__,
        settings_hash=settings_hash(s),
        sources=tuple(sources),
        declared_lines=tuple(lines),
        ship_days=round(days, 3),
        recall={k: binomial(sum(c.found for c in laid if c.kind == k), sum(c.kind == k for c in laid))
                for k in PATTERNS},
        recall_all=binomial(sum(c.found for c in laid), len(laid)),
        precision=precision,
        false_rate={kind: poisson(sum(r.kind == kind for r in real), days) for kind in kinds},
        confused={
            k: dict(sorted(Counter(f for c in laid if c.kind == k for f in c.kinds).items())) for k in PATTERNS
        },
        tiers={k: dict(sorted(Counter(c.tier or "none" for c in laid if c.kind == k).items())) for k in PATTERNS},
        laid=tuple(laid),
        real=tuple(real),
        key=key,
    )  # fmt: skip
