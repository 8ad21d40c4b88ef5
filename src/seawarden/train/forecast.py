"""Training of the forecaster from real traffic: history, weights, calibration.

Weights are learnt from the history's own voyages, each forecast without its own ship (every second voyage: without
itself only, so that what a ship did before is learnt to count). Calibration uses weights that were learnt from other
ships (cross-fitted in `FOLDS` parts), so that its cases are as new to the weights as those to come.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from seawarden.forecast.calibration import STEPS
from seawarden.forecast.candidates import Candidates
from seawarden.forecast.forecast_set import ForecastSet
from seawarden.forecast.forecaster import LEARNT_FROM, Forecaster, weigh
from seawarden.forecast.history import History, Voyage
from seawarden.forecast.likeness import NAMES
from seawarden.forecast.query import STEP_MIN
from seawarden.model.position import F64, I64
from seawarden.train.forecast_boosting import Lists, boost
from seawarden.train.forecast_cases import MIN_AHEAD, ORIGINS, Cases, cases

FOLDS: Final = 3
BLOCK: Final = 512
PLAIN_CASES: Final = 2000
"""Cases for the calibration of forecasts without history."""


def folds_of(ships: I64, count: int, seed: int = 0) -> I64:
    """A fold for each case, the same for all cases of a ship."""
    unique, inverse = np.unique(ships, return_inverse=True)
    shuffled = np.random.default_rng(seed).permutation(len(unique))
    return np.asarray(shuffled[inverse] % count, np.int64)


def find_candidates(forecaster: Forecaster, found_for: Cases, steps: int) -> Candidates:
    """Candidates of all cases, without the voyage itself, and for even voyages without the ship."""
    ship = np.where(found_for.voyage % 2 == 0, found_for.queries.ship, -2)
    n = len(ship)
    parts = []
    for begin in range(0, n, BLOCK):
        rows = np.arange(begin, min(begin + BLOCK, n))
        parts.append(
            forecaster.candidates(
                found_for.queries.take(rows),
                steps,
                not_ship=np.ascontiguousarray(ship[rows]),
                not_voyage=np.ascontiguousarray(found_for.voyage[rows]),
            )
        )
    return Candidates(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def calibration_scores(forecaster: Forecaster, found: Candidates, weights: F64, known: Cases) -> F64:
    """Oddness of the outcomes of cases, block by block."""
    out = np.full((len(weights), len(STEPS)), np.nan)
    for begin in range(0, len(weights), BLOCK):
        rows = np.arange(begin, min(begin + BLOCK, len(weights)))
        samples = np.stack([found.lat[rows], found.lon[rows]], -1)
        share = (weights[rows] * (found.voyage[rows] >= 0)).sum(1)
        made = ForecastSet(known.queries.take(rows), samples, weights[rows], share, found.source[rows])
        out[rows] = forecaster.oddness(made, known.truth_lat[rows], known.truth_lon[rows])
    return out


def train_forecaster(
    voyages: Iterable[Voyage],
    *,
    step_s: int = STEP_MIN * 60,
    origins: tuple[int, ...] = ORIGINS,
    min_ahead: int = MIN_AHEAD,
    learn: bool = True,
    threads: int = 2,
    seed: int = 0,
) -> Forecaster:
    """Build history, weights and calibration from voyages.

    Args:
        voyages: past traffic; from LEARNT_FROM voyages on, weights are learnt.
        step_s: seconds between rows of the history.
        origins: steps after a voyage's start at which forecasts are learnt.
        min_ahead: steps that it must go on for.
        learn: False builds the history alone, for weights that were learnt elsewhere.
        threads: threads of the booster; equal runs need equal numbers.
        seed: of the folds and the booster.
    """
    history = History(step_s)
    history.extend(voyages)
    forecaster = Forecaster(history)
    if not learn:
        return forecaster
    steps = int(STEPS[-1])
    known = cases(history, steps, origins, min_ahead=min_ahead)
    if not len(known.voyage):
        return forecaster
    found = find_candidates(forecaster, known, steps)
    weights = weigh(found, None)
    if history.n_voyages >= LEARNT_FROM and len(np.unique(known.queries.ship)) >= 2 * FOLDS:
        if found.features.shape[2] != len(NAMES):
            raise AssertionError("features and their names differ in number")
        lists = Lists(found, known.queries, known.truth_lat, known.truth_lon)
        fold = folds_of(known.queries.ship, FOLDS, seed)
        for f in range(FOLDS):
            held = fold == f
            partial = boost(lists, np.flatnonzero(~held), threads=threads, seed=seed)
            held_out = Candidates(*(np.ascontiguousarray(column[held]) for column in found))
            weights[held] = weigh(held_out, partial)
        forecaster.trees = boost(lists, np.arange(len(fold)), threads=threads, seed=seed)
        del lists
    forecaster.calibration.fit(calibration_scores(forecaster, found, weights, known), known.queries)
    if forecaster.learning >= 1.0:
        _calibrate_without_history(forecaster, known, steps)
    return forecaster


def _calibrate_without_history(forecaster: Forecaster, known: Cases, steps: int) -> None:
    some = known.take(np.arange(0, len(known.voyage), max(1, len(known.voyage) // PLAIN_CASES)))
    plain = Forecaster()
    found = find_candidates(plain, some, steps)
    scores = calibration_scores(plain, found, weigh(found, None), some)
    forecaster.without_history.fit(scores, some.queries)
