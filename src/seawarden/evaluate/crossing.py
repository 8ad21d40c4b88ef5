"""The crossing suite: how well crossings of cables within the next hour or two are foretold on real tracks.

Ships are split in folds; each is forecast from the history of the others. Only moments after which the ship was
watched for the whole time are scored. All chances, the baselines' too, are calibrated on the other folds; intervals
are clustered by ship. Constant velocity stands in two forms: what it says (crosses or not), and with the margin by
which it says so, which is as much as can be made of it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from seawarden.evaluate.crossing_cases import HORIZONS_MIN, Cases, cases_of_all, in_question, read_assets
from seawarden.evaluate.crossing_scores import (
    brier,
    fit_logistic,
    logit,
    paired_gain,
    reliability,
    ship_draws,
)
from seawarden.forecast.archive import load, shipped
from seawarden.forecast.boosted import Trees
from seawarden.forecast.crossing import (
    NEVER,
    Crossings,
    Segments,
    chance_within,
    crossings,
    weighted_quantiles,
)
from seawarden.forecast.forecast_set import ForecastSet
from seawarden.forecast.history import Voyage
from seawarden.forecast.motions import N_MOTIONS, N_OU, STRAIGHT, motions
from seawarden.forecast.query import Queries
from seawarden.model.position import F64, I64
from seawarden.train.forecast import folds_of, train_forecaster
from seawarden.train.forecast_files import read_any, read_positions

FOLDS: Final = 5
STEP_S: Final = 120
"""History at two minutes, so that a crossing is timed well."""
STEPS: Final = max(HORIZONS_MIN) // 10 + 6
"""An hour beyond the last horizon, because the time of a crossing is itself uncertain."""
BLOCK: Final = 128


def _motions_only(queries: Queries, kind: str) -> ForecastSet:
    lat, lon = motions(queries, STEPS)
    rows = [STRAIGHT] if kind == "constant_velocity" else list(range(N_MOTIONS - N_OU, N_MOTIONS))
    n, s = len(lat), len(rows)
    samples = np.ascontiguousarray(np.stack([lat[:, rows], lon[:, rows]], -1))
    return ForecastSet(queries, samples, np.full((n, s), 1 / s), np.zeros(n), np.ones((n, s), np.int64))


def _summary(made: ForecastSet, segments: Segments) -> tuple[F64, F64]:
    """Raw chances (n, A, horizons), and the median time of crossing (n, A), NEVER where few paths cross."""
    chances, medians = [], []
    for begin in range(0, len(made.weights), BLOCK):
        part = made.take(np.arange(begin, min(begin + BLOCK, len(made.weights))))
        found: Crossings = crossings(part, segments)
        chances.append(np.stack([chance_within(found, part.weights, m) for m in HORIZONS_MIN], -1))
        median = np.full(found.minutes.shape[::2], NEVER)
        for q, a in np.argwhere((found.minutes < NEVER).any(1)):
            hit = found.minutes[q, :, a] < NEVER
            if part.weights[q, hit].sum() >= 0.5:
                median[q, a] = weighted_quantiles(found.minutes[q, hit, a], part.weights[q, hit], (0.5,))[0]
        medians.append(median)
    return np.concatenate(chances), np.concatenate(medians)


def _cross_fit(features: F64, hit: F64, fold: I64) -> F64:
    out = np.empty(len(hit))
    for f in range(FOLDS):
        train, test = fold != f, fold == f
        c = fit_logistic(features[train], hit[train])
        out[test] = 1 / (1 + np.exp(-(c[0] + features[test] @ c[1:])))
    return out


def _margin(median: F64, minutes: int) -> F64:
    """What constant velocity says, as features: whether it crosses in time, and by how much it makes or misses it."""
    room = np.where(median < NEVER, np.clip((minutes - median) / 10.0, -6, 6), -6.0)
    return np.column_stack([(median <= minutes).astype(float), np.maximum(room, 0), np.minimum(room, 0)])


def _forecasts(
    voyages: list[Voyage], cases: Cases, segments: Segments, trees: Trees | None
) -> dict[str, tuple[F64, F64]]:
    ships = np.array([voyage.ship for voyage in voyages], np.int64)
    both = folds_of(np.concatenate([ships, cases.queries.ship]), FOLDS)
    fold_voyage, fold_case = both[: len(ships)], both[len(ships) :]
    shape = cases.reach_km.shape
    chance, median = np.zeros((*shape, len(HORIZONS_MIN))), np.full(shape, NEVER)
    prior, prior_median = chance.copy(), median.copy()
    for f in range(FOLDS):
        others = [voyage for voyage, g in zip(voyages, fold_voyage, strict=True) if g != f]
        forecaster = train_forecaster(others, step_s=STEP_S, learn=False)
        forecaster.trees = trees
        rows = np.flatnonzero(fold_case == f)
        made = forecaster.forecast(cases.queries.take(rows), steps=STEPS)
        chance[rows], median[rows] = _summary(made, segments)
        forecaster.trees = None
        made = forecaster.forecast(cases.queries.take(rows), steps=STEPS)
        prior[rows], prior_median[rows] = _summary(made, segments)
    out = {"seawarden": (chance, median), "analogues": (prior, prior_median)}
    for kind in ("ornstein_uhlenbeck", "constant_velocity"):
        out[kind] = _summary(_motions_only(cases.queries, kind), segments)
    return out


def _score(cases: Cases, forecasts: dict[str, tuple[F64, F64]], minutes: int) -> dict[str, Any]:
    pairs = in_question(cases, minutes)
    q, a = pairs[:, 0], pairs[:, 1]
    hit = (cases.crossed_min[q, a] <= minutes).astype(np.float64)
    ship = cases.queries.ship[q]
    fold = folds_of(ship, FOLDS, seed=1)
    draws = ship_draws(ship)
    chances: dict[str, F64] = {}
    h = HORIZONS_MIN.index(minutes)
    raw = {name: logit(chance[q, a, h]) for name, (chance, _) in forecasts.items()}
    for name in ("analogues", "ornstein_uhlenbeck", "constant_velocity"):
        chances[name] = _cross_fit(raw[name][:, None], hit, fold)
    together = np.column_stack([raw["seawarden"], raw["ornstein_uhlenbeck"]])
    chances["seawarden"] = _cross_fit(together, hit, fold)
    cv_median = forecasts["constant_velocity"][1][q, a]
    chances["constant_velocity_margin"] = _cross_fit(_margin(cv_median, minutes), hit, fold)
    models: dict[str, Any] = {}
    for name, p in chances.items():
        models[name] = brier(p, hit, draws) | {"calibration": reliability(p, hit, draws)}
        if name in forecasts:
            when = forecasts[name][1][q, a]
            timed = (hit > 0) & (when < NEVER)
            error = np.abs(when[timed] - cases.crossed_min[q, a][timed])
            models[name]["time_error_min"] = float(np.median(error)) if len(error) else None
            models[name]["timed"] = int(timed.sum())
    return {
        "pairs": len(hit),
        "crossings": int(hit.sum()),
        "ships": len(np.unique(ship)),
        "models": models,
        "calibration_fit": [float(c) for c in fit_logistic(together, hit)],
        "gain": {
            rival: paired_gain(chances["seawarden"], chances[rival], hit, draws)
            for rival in ("constant_velocity", "constant_velocity_margin", "ornstein_uhlenbeck")
        },
    }


def run_crossing_suite(
    positions: list[Path],
    out: Path,
    *,
    assets: Path,
    history: Sequence[Path] = (),
    weights: Path | None = None,
) -> dict[str, Any]:
    """Run the suite and write `metrics.json`.

    Args:
        positions: CSV files of positions; the ships of all are each other's history, scores are by file.
        out: folder to write to.
        assets: routes, a CSV of points or a GeoJSON of lines.
        history: files of past traffic of other times, in the form of the positions or of ct_dma; ships under test
            are left out of these too.
        weights: trained forecaster whose weights are used; the shipped ones when None.

    Raises:
        SourceError: when a file of positions can't be used.
        AssetError: when the routes can't be read.
    """
    names, segments = read_assets(assets)
    files = [read_positions(path) for path in positions]
    per_file = [cases_of_all(voyages, segments) for voyages in files]
    voyages = [voyage for one in files for voyage in one]
    for path in history:
        voyages += read_any(path)
    trees = load(weights).trees if weights is not None else shipped().trees
    report: dict[str, Any] = {"suite": "crossing", "assets": len(names), "files": {}}
    for path, cases in zip(positions, per_file, strict=True):
        forecasts = _forecasts(voyages, cases, segments, trees)
        result: dict[str, Any] = {"tracks": len(voyages), "cases": len(cases.observed_min)}
        for minutes in HORIZONS_MIN:
            pairs = in_question(cases, minutes)
            hits = (cases.crossed_min[pairs[:, 0], pairs[:, 1]] <= minutes).sum() if len(pairs) else 0
            # Too few of either outcome say nothing, and can't be cross-fitted.
            if 10 <= hits <= len(pairs) - 10:
                result[str(minutes)] = _score(cases, forecasts, minutes)
            else:
                result[str(minutes)] = {"pairs": len(pairs), "crossings": int(hits), "models": {}}
        report["files"][path.name] = result
    out.mkdir(parents=True, exist_ok=True)
    (out / "metrics.json").write_text(json.dumps(report, indent=1, sort_keys=True) + "\n", "utf-8")
    return report
