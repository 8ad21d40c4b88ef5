"""The lead suite: how long before the next asset an alert names it, with forecasts and with steady courses.

Drags are laid on real tracks, some way before a crossing, one a ship. The same positions then go through the engine
three times: with the forecaster, with the fan of steady courses alone, and with the forecaster but without the look
that a likely crossing ahead gives earlier. The next asset is the first that the dragging ship comes to cross. It is
named when an alert of hers of `look` or more is about its system. Names of systems that she does not cross are
counted beside it: a watch that names everything is no help. Such a name is wrong where the outcome was observed: she
was heard until after the time told, or came to rest elsewhere. Where her track ends before, as at a file's edge,
nobody knows: it is counted as not observed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from seawarden import __version__
from seawarden.evaluate.intervals import Share, binomial
from seawarden.evaluate.own_drag import OwnDrag, own_drag
from seawarden.geography.layer import AssetLayer, build_layer
from seawarden.model.alert import TIERS, Alert
from seawarden.model.asset import Asset
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.error import UsageError
from seawarden.model.event import CoverageDeclared, Event
from seawarden.model.finding import Finding
from seawarden.model.position import Positions, concat, take
from seawarden.model.risk import Risk
from seawarden.run.build import build
from seawarden.run.charts import NO_CHARTS, Charts
from seawarden.run.merge import merged
from seawarden.settings import Settings, settings_hash
from seawarden.simulate.drag import draw_plan, lay_drag
from seawarden.simulate.draws import generator
from seawarden.sources.door import open_source

PAST_MS = 40 * 60_000
"""Track wanted before the drag."""
BEHIND_MS = 60 * 60_000
"""What she crossed an hour before the drag is rightly named too."""
GAP_MS = 20 * 60_000
REST_MS = 30 * 60_000
REST_KN = 0.5
"""Slower than this for the last half hour, a ship has come to where she was going."""
LEAST_KN = 6.0
DRAWS = 2_000


class LeadCase(msgspec.Struct, frozen=True, kw_only=True):
    """One drag and when the next asset was named."""

    mmsi: int
    asset: str
    system: str
    start_t: int
    crossed_t: int
    minutes_ahead: float
    """From the start of the drag to the next asset."""
    forecast_min: float | None
    """Before she was there, the alert named it; None when none did in time."""
    steady_min: float | None
    late_min: float | None
    """With forecasts, and one threshold of a `look` before and after the crossing."""
    forecast_wrong: int
    """Systems named by then that she neither crossed before nor came to cross, though she was heard long enough."""
    steady_wrong: int
    forecast_unobserved: int = 0
    """Systems named by then that she was not seen to cross, when her track ends before the time told."""
    steady_unobserved: int = 0
    forecast_within: bool | None
    """Whether she came within the span that the naming alert gave."""
    steady_within: bool | None


class Gain(msgspec.Struct, frozen=True, kw_only=True):
    """A paired difference with its interval by bootstrap over ships."""

    mean: float
    low: float
    high: float


class LeadMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of the suite."""

    suite: str = "lead"
    version: str
    settings_hash: str
    assets_hash: str
    drag_model: OwnDrag = msgspec.UNSET
    """A model of the user's own that looked for drags."""
    sources: tuple[str, ...]
    loss: float
    cases: tuple[LeadCase, ...]
    named_by_forecast: Share
    named_by_steady: Share
    named_without_early_look: Share
    median_forecast_min: float | None
    """Over the cases that both named."""
    median_steady_min: float | None
    gain_min: Gain | None
    """Minutes that forecasts add to steady courses; a case that is not named counts as none before."""
    early_gain_min: Gain | None
    """Minutes that the earlier look of a likely crossing adds."""
    wrong_by_forecast: int
    """Names whose outcome was observed, and was another."""
    wrong_by_steady: int
    unobserved_by_forecast: int
    """Names of which nobody knows whether they were right."""
    unobserved_by_steady: int
    within_forecast: Share
    within_steady: Share


class Watched(NamedTuple):
    """What an engine made of positions: all revisions."""

    findings: list[Finding]
    alerts: list[Alert]
    risks: list[Risk]


class Laid(NamedTuple):
    """A drag in the positions, and until when the ship is heard."""

    mmsi: int
    start_t: int
    heard_t: int
    """When her track ends."""
    rests: bool = False
    """Whether she lies still at the end of it."""


class Named(NamedTuple):
    """What alerts before the next asset said of it, and of others."""

    minutes: float | None
    """How long before she was there; None when no alert named it."""
    wrong: int
    unobserved: int
    within: bool | None
    """Whether the span given held her arrival."""


def run_lead(
    sources: Sequence[str | Path],
    *,
    settings: Settings,
    assets: Sequence[Asset],
    coverage: Sequence[CoverageDeclared] = (),
    charts: Charts = NO_CHARTS,
    loss: float = 0.3,
    ahead_min: tuple[float, float] = (20.0, 150.0),
    key: str = "lead",
) -> LeadMetrics:
    """Run the suite over all sources together.

    Args:
        sources: files of real positions.
        settings: the whole tree.
        assets: what is watched.
        coverage: declared coverage of the sources.
        charts: a user's maps of zones, norms of past traffic, and a model of drags.
        loss: share of the speed that each drag costs.
        ahead_min: least and most time from the drag's start to the crossing, were she not slowed, minutes.
        key: names the draw.

    Raises:
        UsageError: no crossing is fit.
    """
    catalogue = Catalogue()
    opened = [open_source(uri, catalogue=catalogue) for uri in sources]
    batches = list(merged(opened))
    positions = concat(batch.positions for batch in batches)
    layer = build_layer(assets)
    plain = msgspec.structs.replace(settings, forecast=msgspec.structs.replace(settings.forecast, enabled=False))
    quiet = watched(positions, batches, catalogue, plain, assets, coverage, charts).findings
    changed, laid = plant(positions, quiet, loss, ahead_min, key)
    if not laid:
        raise UsageError("no crossing is fit for a drag before it: longer tracks are needed")
    findings, steady, _ = watched(changed, batches, catalogue, plain, assets, coverage, charts)
    foreseen = watched(changed, batches, catalogue, settings, assets, coverage, charts).alerts
    one_look = msgspec.structs.replace(settings.alerts, look_ahead_chance=settings.alerts.look_chance)
    single = msgspec.structs.replace(settings, alerts=one_look)
    late = watched(changed, batches, catalogue, single, assets, coverage, charts).alerts
    cases = [case for one in laid if (case := _judge(one, findings, foreseen, steady, late)) is not None]
    made = _metrics(cases, settings, layer, [s.name for s in opened], loss)
    return msgspec.structs.replace(made, drag_model=own_drag(charts, settings))


def watched(
    positions: Positions,
    batches: Sequence[Batch],
    catalogue: Catalogue,
    settings: Settings,
    assets: Sequence[Asset],
    coverage: Sequence[CoverageDeclared],
    charts: Charts = NO_CHARTS,
) -> Watched:
    """Run positions through an engine in one step, with what else the batches brought."""
    names = Catalogue()
    names.recall(catalogue.sources, catalogue.receivers, catalogue.files)
    engine = build(settings, assets, catalogue=names, charts=charts).engine
    events: list[Event] = [*coverage, *(event for batch in batches for event in batch.events)]
    statics = [static for batch in batches for static in batch.statics]
    first = engine.step(Batch(positions=take(positions, slice(None)), statics=statics, events=events))
    last = engine.finish()
    return Watched(first.findings + last.findings, first.alerts + last.alerts, first.risks + last.risks)


def plant(
    positions: Positions,
    quiet: Sequence[Finding],
    loss: float = 0.3,
    ahead_min: tuple[float, float] = (20.0, 150.0),
    key: str = "lead",
) -> tuple[Positions, list[Laid]]:
    """One drag a ship, before the first crossing that has enough track before it; the rest as `run_lead`."""
    rest = np.ones(len(positions.t), dtype=np.bool_)
    parts: list[Positions] = []
    laid: list[Laid] = []
    crossings = sorted((f for f in quiet if f.kind == "crossing"), key=lambda f: (f.start_t, f.id))
    for mmsi in sorted({f.ship.mmsi for f in crossings}):
        mine = positions.mmsi == mmsi
        ship = take(positions, np.flatnonzero(mine)[np.argsort(positions.t[mine], kind="stable")])
        for finding in (f for f in crossings if f.ship.mmsi == mmsi):
            room = finding.start_t - _unbroken_since(ship, finding.start_t) - PAST_MS
            least, most = (int(m * 60_000) for m in ahead_min)
            if room < least or not (finding.value("speed_at") or 0.0) >= LEAST_KN:
                continue
            before = int(generator(key, mmsi).uniform(least, min(most, room)))
            start_t = finding.start_t - before
            at = int(np.searchsorted(ship.t, start_t))
            if not float(ship.sog_kn[min(at, len(ship.t) - 1)]) >= LEAST_KN:
                continue
            plan = draw_plan(key, mmsi, start_t=start_t, loss=loss, law="power", wobble=True, drift_angle=False)
            dragging = lay_drag(ship, plan, key, mmsi)[0]
            parts.append(dragging)
            rest &= ~mine
            laid.append(Laid(mmsi, start_t, int(dragging.t[-1]), _rests(dragging)))
            break
    whole = concat([take(positions, rest), *parts])
    return take(whole, np.lexsort((whole.seq, whole.mmsi, whole.t))), laid


def _rests(ship: Positions) -> bool:
    """Whether a track, in order, ends with a ship that has lain still for a while."""
    last = ship.t > ship.t[-1] - REST_MS
    return bool(ship.t[-1] - ship.t[0] >= REST_MS and np.all(ship.sog_kn[last] < REST_KN))


def _unbroken_since(ship: Positions, until_t: int) -> int:
    times = ship.t[ship.t <= until_t]
    broken = np.flatnonzero(np.diff(times) > GAP_MS)
    return int(times[broken[-1] + 1]) if len(broken) else int(times[0])


def _judge(
    one: Laid, findings: Sequence[Finding], foreseen: list[Alert], steady: list[Alert], late: list[Alert]
) -> LeadCase | None:
    crossed = sorted(
        (f for f in findings if f.kind == "crossing" and f.ship.mmsi == one.mmsi and f.start_t > one.start_t
         and f.asset is not None and f.state != "retracted"),
        key=lambda f: (f.start_t, f.id),
    )  # fmt: skip
    if not crossed or crossed[0].asset is None:
        return None
    following = crossed[0]
    systems = {
        f.asset.system
        for f in findings
        if f.kind == "crossing" and f.ship.mmsi == one.mmsi and f.asset is not None
        and f.start_t > one.start_t - BEHIND_MS
    }  # fmt: skip
    told = [named(one, following, systems, alerts) for alerts in (foreseen, steady, late)]
    asset = crossed[0].asset
    return LeadCase(
        mmsi=one.mmsi,
        asset=asset.name,
        system=asset.system,
        start_t=one.start_t,
        crossed_t=following.start_t,
        minutes_ahead=round((following.start_t - one.start_t) / 60_000, 1),
        forecast_min=told[0].minutes,
        steady_min=told[1].minutes,
        late_min=told[2].minutes,
        forecast_wrong=told[0].wrong,
        steady_wrong=told[1].wrong,
        forecast_unobserved=told[0].unobserved,
        steady_unobserved=told[1].unobserved,
        forecast_within=told[0].within,
        steady_within=told[1].within,
    )


def named(one: Laid, following: Finding, systems: set[str], alerts: Sequence[Alert]) -> Named:
    """What was named before she came to the next asset.

    Args:
        one: the drag.
        following: her next crossing.
        systems: what she crossed, from shortly before the drag to the end of her track.
        alerts: all revisions, of all ships.
    """
    assert following.asset is not None
    mine = [
        a
        for a in alerts
        if a.ship.mmsi == one.mmsi
        and one.start_t <= a.known_from_t < following.start_t
        and a.tier in TIERS[1:]
        and a.state == "raised"
    ]
    others = {a.asset.system for a in mine} - systems
    known = {a.asset.system for a in mine if one.rests or _told_until(a) <= one.heard_t}
    wrong = len(others & known)
    right = [a for a in mine if a.asset.system == following.asset.system]
    if not right:
        return Named(None, wrong, len(others) - wrong, None)
    first = min(right, key=lambda a: (a.known_from_t, a.id, a.revision))
    minutes = (following.start_t - first.known_from_t) / 60_000
    item = next((x for x in first.ahead if x.asset.id == following.asset.id), None)
    within = None if item is None else bool(item.minutes_low <= minutes <= item.minutes_high)
    return Named(round(minutes, 1), wrong, len(others) - wrong, within)


def _told_until(alert: Alert) -> float:
    """Late end of the time that an alert gave for its system, ms; that of the alert when it gave none."""
    late = [x.minutes_high for x in alert.ahead if x.asset.system == alert.asset.system]
    return alert.known_from_t + max(late, default=0.0) * 60_000


def _gain(pairs: Sequence[tuple[float, float]]) -> Gain | None:
    if not pairs:
        return None
    difference = np.array([a - b for a, b in pairs])
    random = generator("lead", "bootstrap", len(pairs))
    draws = random.choice(difference, (DRAWS, len(difference))).mean(1)
    low, high = (round(float(x), 2) for x in np.percentile(draws, [2.5, 97.5]))
    return Gain(mean=round(float(difference.mean()), 2), low=low, high=high)


def _metrics(
    cases: list[LeadCase], settings: Settings, layer: AssetLayer, names: list[str], loss: float
) -> LeadMetrics:
    pairs = [(c.forecast_min or 0.0, c.steady_min or 0.0) for c in cases]
    both = [(a, b) for c, (a, b) in zip(cases, pairs, strict=True) if c.forecast_min and c.steady_min]

    def share(values: Sequence[bool | None]) -> Share:
        known = [v for v in values if v is not None]
        return binomial(sum(known), len(known))

    return LeadMetrics(
        version=__version__,
        settings_hash=settings_hash(settings),
        assets_hash=layer.hash,
        sources=tuple(names),
        loss=loss,
        cases=tuple(cases),
        named_by_forecast=share([c.forecast_min is not None for c in cases]),
        named_by_steady=share([c.steady_min is not None for c in cases]),
        named_without_early_look=share([c.late_min is not None for c in cases]),
        median_forecast_min=round(float(np.median([a for a, _ in both])), 1) if both else None,
        median_steady_min=round(float(np.median([b for _, b in both])), 1) if both else None,
        gain_min=_gain(pairs),
        early_gain_min=_gain([(c.forecast_min or 0.0, c.late_min or 0.0) for c in cases]),
        wrong_by_forecast=sum(c.forecast_wrong for c in cases),
        wrong_by_steady=sum(c.steady_wrong for c in cases),
        unobserved_by_forecast=sum(c.forecast_unobserved for c in cases),
        unobserved_by_steady=sum(c.steady_unobserved for c in cases),
        within_forecast=share([c.forecast_within for c in cases]),
        within_steady=share([c.steady_within for c in cases]),
    )
