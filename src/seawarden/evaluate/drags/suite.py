"""`seawarden evaluate --suite drags`: real traffic in, metrics.json and an HTML report out; the same every time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from seawarden import __version__
from seawarden.behaviours.drag.model import DragModel
from seawarden.evaluate.drags import cases as lay
from seawarden.evaluate.drags import tables
from seawarden.evaluate.drags.baselines import rules
from seawarden.evaluate.drags.checks import run_checks
from seawarden.evaluate.drags.goals import must_show
from seawarden.evaluate.drags.pictures import natural_slowdowns, worst
from seawarden.evaluate.drags.redrawn import redrawn_table
from seawarden.evaluate.drags.report import write_report
from seawarden.evaluate.drags.scored import UNTIL_S, Bench, Scored, found, joined, score_case, scored_cases, select
from seawarden.evaluate.drags.seen import seen_table
from seawarden.geography.layer import AssetLayer, build_layer
from seawarden.geography.pack import load_pack
from seawarden.model.asset import Asset
from seawarden.model.error import UsageError
from seawarden.train.drag import digests, train_model
from seawarden.train.drag_alarms import Tail, tail_of
from seawarden.train.drag_sources import read_strata

Say = Callable[[str], None]
Tails = dict[bool, Tail]
"""Background without and with a heading."""
HEARD = {"minute": "every minute", "uneven": "unevenly", "rare": "every ten minutes"}


def run_drag_suite(
    positions: Sequence[Path],
    out: Path,
    *,
    assets: Sequence[Asset] | None = None,
    quick: bool = False,
    say: Say = lambda text: None,
) -> dict[str, Any]:
    """Run the bench and write `metrics.json`, `model.json` and `report.html` into `out`.

    Args:
        positions: sources of real traffic, each a stratum.
        out: folder, made when absent.
        assets: for crossings and proximity; the default pack when None.
        quick: leave out the held-out law, the shuffled labels, the split by time, cadence and depth.
        say: told what is being done.

    Returns:
        The metrics, as written.

    Raises:
        UsageError: no positions were given.
        SourceError: a source can't be read.
    """
    if not positions:
        raise UsageError("the drag suite needs at least one source of real positions: --positions SOURCE")
    strata = read_strata(positions)
    layer = build_layer(list(assets) if assets is not None else load_pack("northern-europe"), reach_m=11_000.0)
    trained = train_model(strata, digests(positions), say)
    bench = Bench(strata, trained.fits, trained.lines)
    metrics: dict[str, Any] = {
        "suite": "drags",
        "version": __version__,
        "model_hash": DragModel(trained.content).hash,
        "card": DragModel(trained.content).card,
        "calibration": tables.calibration_table(trained.rows, trained.fits),
        "seen": seen_table(trained.begun, trained.thresholds),
        "strata": {},
    }
    shown: dict[str, Any] = {}
    scored: dict[str, tuple[Tails, list[Scored]]] = {}
    for heard in HEARD:
        numbers = [k for k, stratum in enumerate(strata) if stratum.heard == heard]
        if numbers:
            say(f"scoring tracks heard {HEARD[heard]}")
            metrics["strata"][heard], scored[heard] = _stratum(bench, numbers, layer, shown, say)
    metrics["together"] = _together(bench, scored)
    often = [s for s in strata if s.heard == "minute"]
    if not quick and often:
        metrics["checks"] = run_checks(trained, often, say)
    metrics["must_show"] = must_show(metrics)
    out.mkdir(parents=True, exist_ok=True)
    content = msgspec.json.format(msgspec.json.encode(metrics), indent=1)
    (out / "metrics.json").write_bytes(content + b"\n")
    (out / "model.json").write_bytes(trained.content)
    plain: dict[str, Any] = msgspec.json.decode(content)
    write_report(plain, shown, out / "report.html")
    return plain


def _stratum(
    bench: Bench, numbers: list[int], layer: AssetLayer, shown: dict[str, Any], say: Say
) -> tuple[dict[str, Any], tuple[Tails, list[Scored]]]:
    """All tables of the strata that are heard alike, and what they were made from."""
    days = sum(bench.strata[k].days for k in numbers)
    real = {
        heading: scored_cases(bench, numbers, lambda s, h=heading: lay.reals(s, heading=h))  # type: ignore[misc]
        for heading in (False, True)
    }
    tails = {heading: tables.tail_from(real[heading], days) for heading in real}
    drags = scored_cases(bench, numbers, lay.drags)
    say(f"{len(drags):,} drags scored")
    nulls = scored_cases(bench, numbers, lay.nulls)
    result: dict[str, Any] = {
        "ship_days": round(days, 2),
        "background": tables.background_table(tails[False], _cable_km(bench, numbers, layer)),
        "background_with_heading": tables.background_table(tails[True], None),
        "recall": tables.recall_table(drags, tails),
        "recall_from_30": tables.severe_table(drags, tails),
        "baselines": tables.baseline_table(
            bench, rules(layer), real[True], [s for s in drags if s.case.drift and s.case.heading], days, tails[True]
        ),
        "precision": tables.precision_table(tails[False], drags),
        "null": tables.null_table(nulls, real[False], tails[False]),
    }
    if bench.strata[numbers[0]].heard == "minute":
        result["redrawn"] = redrawn_table(real, drags, _hours(bench, numbers))
        alike = scored_cases(bench, numbers, lay.look_alikes)
        result["look_alikes"] = tables.look_alike_table(alike, tails[False])
        dips = [
            (score_case(bench, k, case, until_s=UNTIL_S), crossed)
            for k in numbers
            for case, crossed in lay.dips(bench.strata[k], layer)
        ]
        crossed_by = {(k, n): lay.crossing_times(t.positions, layer) for k in numbers for n, t in _tracks(bench, k)}
        result["dip"] = tables.dip_table(
            dips, [(s, crossed_by[(s.stratum, s.case.track)]) for s in real[False]], days, tails[False]
        )
        result["lead"] = _lead(bench, drags, tails[False], layer)
        shown["natural"] = natural_slowdowns(bench, numbers, real[False])
        shown["worst"] = worst(bench, real[False], drags, tails[False])
        shown["drags"] = len(drags)
        result["natural_slowdowns"] = [
            {k: v for k, v in item.items() if k not in ("t", "v")} for item in shown["natural"]
        ]
    return result, (tails, drags)


def _together(bench: Bench, scored: dict[str, tuple[Tails, list[Scored]]]) -> dict[str, Any]:
    """Ships heard every minute and unevenly as one: at one threshold for all, and each at a threshold of its own."""
    parts = [scored[heard] for heard in ("minute", "uneven") if heard in scored]
    days = sum(s.days for s in bench.strata if s.heard != "rare")
    result: dict[str, Any] = {"ship_days": round(days, 2), "recall": []}
    for way in ("one threshold", "own thresholds"):
        for heading, drift, wobble in tables.AIDS:
            high = np.concatenate([tails[heading].high for tails, _ in parts]) if parts else np.empty(0)
            joint = tail_of(high, days)
            for loss in (0.15, 0.30):
                for rate in (0.3, 0.1, 0.05, 0.02):
                    outcomes = []
                    for tails, drags in parts:
                        mine = select(drags, loss=loss, law="power", heading=heading, wobble=wobble)
                        mine = [s for s in mine if s.case.drift == drift]
                        tail = joint if way == "one threshold" else tails[heading]
                        outcomes.append(found(mine, tail.fitted(rate)))
                    row = tables.recall(joined(outcomes), "together", str(loss), str(rate))
                    aids = {"heading": heading, "drift_angle": drift, "wobble": wobble}
                    result["recall"].append({"way": way, "loss": loss, **aids, "alarms_a_ship_day": rate, **row})
    return result


def _hours(bench: Bench, numbers: Sequence[int]) -> dict[int, float]:
    """Hours under way by ship."""
    hours: dict[int, float] = {}
    for _, track in (pair for k in numbers for pair in _tracks(bench, k)):
        hours[track.mmsi] = hours.get(track.mmsi, 0.0) + track.hours
    return hours


def _tracks(bench: Bench, k: int) -> list[tuple[int, Any]]:
    return list(enumerate(bench.strata[k].tracks))


def _lead(bench: Bench, drags: Sequence[Scored], tail: Tail, layer: AssetLayer) -> dict[str, Any]:
    """Minutes from the first alarm to the next asset that the ship then crossed, where she crossed one."""
    minutes, missed = [], 0
    mine = select(drags, loss=0.30, law="power", heading=False, wobble=False)
    outcome = found(mine, tail.fitted(0.1))
    for s, after in zip(mine, outcome.minutes, strict=True):
        times = lay.crossing_times(s.case.positions, layer)
        ahead = times[times > s.case.onset_s]
        if len(ahead) == 0:
            continue
        if np.isnan(after) or s.case.onset_s + after * 60.0 > ahead[-1]:
            missed += 1
            continue
        alarm = s.case.onset_s + after * 60.0
        minutes.append((float(ahead[ahead >= alarm][0]) - alarm) / 60.0)
    return {
        "loss": 0.30,
        "alarms_a_ship_day": 0.1,
        "ships_that_crossed_later": len(minutes) + missed,
        "warned_before_a_crossing": len(minutes),
        "median_minutes": round(float(np.median(minutes)), 1) if minutes else None,
    }


def _cable_km(bench: Bench, numbers: Sequence[int], layer: AssetLayer) -> float | None:
    """Kilometre-days of assets inside the boxes of the timed dense strata."""
    total = 0.0
    for k in numbers:
        stratum = bench.strata[k]
        if stratum.heard != "minute" or not stratum.tracks[0].timed:
            continue
        lat = np.concatenate([t.positions.lat for t in stratum.tracks])
        lon = np.concatenate([t.positions.lon for t in stratum.tracks])
        t = np.concatenate([t.positions.t for t in stratum.tracks])
        index = layer.index
        inside = (
            (index.lat1 > lat.min()) & (index.lat1 < lat.max()) & (index.lon1 > lon.min()) & (index.lon1 < lon.max())
        )
        km = float(np.sum(np.abs(index.kp2_km - index.kp1_km)[inside]))
        total += km * float(t.max() - t.min()) / 86_400_000.0
    return total or None
