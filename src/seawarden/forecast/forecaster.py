"""The forecaster: history, what was learnt from it, and calibration, behind one door."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawarden.forecast.boosted import Trees, evaluate
from seawarden.forecast.calibration import STEPS, Calibration
from seawarden.forecast.candidates import ANALOGUES, Candidates, candidates
from seawarden.forecast.forecast_set import ForecastSet
from seawarden.forecast.history import History, Voyage
from seawarden.forecast.query import Queries
from seawarden.forecast.traffic import Traffic, traffic
from seawarden.forecast.walk import Successors, no_successors, successors
from seawarden.model.position import F64, I64

STEPS_AHEAD: Final = 36
"""Six hours."""
MAX_STEPS: Final = 72
"""Twelve hours."""
BLOCK: Final = 256
"""Ships forecast at once, to bound memory."""
LEARNT_FROM: Final = 50
"""Fewer voyages than this are no history: the forecast is that of the motions."""

ASHORE_STEPS: Final = 3
"""A sample that runs ashore before this many steps is no way that she may go."""

IsLand = Callable[[F64, F64], NDArray[np.bool_]]
"""Whether points (n,) of latitude and longitude are on land."""


def weigh(found: Candidates, trees: Trees | None) -> F64:
    """Weights of the candidates (n, S): prior weights times exp(score), scaled to sum 1."""
    with np.errstate(divide="ignore"):
        log_weight = np.log(found.prior)
    if trees is not None:
        n, s, width = found.features.shape
        score = evaluate(np.ascontiguousarray(found.features.reshape(n * s, width)), *trees)
        log_weight = log_weight + score.reshape(n, s)
    log_weight -= log_weight.max(1, keepdims=True)
    weight = np.exp(log_weight)
    return np.ascontiguousarray(weight / weight.sum(1, keepdims=True))


class Forecaster:
    """Where ships will be. The same history, models and question give the same answer, bit for bit."""

    def __init__(
        self,
        history: History | None = None,
        trees: Trees | None = None,
        *,
        analogues: int = ANALOGUES,
        after: Successors | None = None,
    ) -> None:
        """A forecaster without calibration; `train.forecast` makes trained ones.

        Args:
            history: past traffic; None for none.
            trees: learnt weights of candidates; None weighs them by distance alone.
            analogues: past voyages asked for each ship.
            after: continuations at the voyages' ends, when they were worked out before.
        """
        self.history = history or History()
        self.trees = trees
        self.analogues = analogues
        self.with_history = Calibration()
        self.without_history = Calibration()
        self._after: Successors = no_successors()
        self._where: Traffic = traffic(self.history.columns)
        if after is not None:
            self._after = after
        elif self.history.n_voyages:
            self._after = successors(self.history.columns, self.history.cells, self.history.rows_a_step)

    def _grow(self, first: int) -> None:
        history = self.history
        new = successors(history.columns, history.cells, history.rows_a_step, first)
        self._after = Successors(*(np.concatenate([a, b]) for a, b in zip(self._after, new, strict=True)))
        self._where = traffic(history.columns, first, self._where)

    def keep(self, wanted: NDArray[np.bool_]) -> None:
        """Drop the voyages (m,) that are not wanted, oldest knowledge first; costs as much as learning the rest."""
        if wanted.all():
            return
        self.history.keep(wanted)
        history = self.history
        self._after = successors(history.columns, history.cells, history.rows_a_step)
        self._where = traffic(history.columns)

    @property
    def continuations(self) -> Successors:
        """Where walks go on after the end of each voyage."""
        return self._after

    @property
    def where(self) -> Traffic:
        """How much traffic there is, by cell."""
        return self._where

    def extend(self, voyages: Iterable[Voyage]) -> int:
        """Add finished voyages to the history; weights and calibration stay.

        Returns:
            Pieces added.
        """
        first = self.history.n_voyages
        added, _ = self.history.extend(voyages)
        if added:
            self._grow(first)
        return added

    @property
    def learning(self) -> float:
        """How much of the history that it takes to beat plain motion there is, 0..1."""
        return min(1.0, self.history.n_voyages / LEARNT_FROM)

    @property
    def calibration(self) -> Calibration:
        """The thresholds that hold for what is forecast now: with history, or by the motions alone."""
        return self.with_history if self.learning >= 1.0 else self.without_history

    def calibration_of(self, made: ForecastSet, row: int) -> Calibration:
        """The thresholds that hold for one ship's forecast: those without history where nothing passed there."""
        return self.calibration if float(made.known_share[row]) > 0.0 else self.without_history

    def candidates(
        self, queries: Queries, steps: int, *, not_ship: I64 | None = None, not_voyage: I64 | None = None
    ) -> Candidates:
        """Candidate futures before weighing (for training)."""
        return candidates(
            queries,
            self.history,
            self._after,
            self._where,
            steps,
            k=self.analogues,
            not_ship=not_ship,
            not_voyage=not_voyage,
            analogues=self.learning >= 1.0,
        )

    def forecast(
        self,
        queries: Queries,
        *,
        steps: int = STEPS_AHEAD,
        is_land: IsLand | None = None,
        not_ship: I64 | None = None,
    ) -> ForecastSet:
        """Forecast ships.

        Args:
            queries: ships (n,).
            steps: steps of ten minutes ahead, up to MAX_STEPS.
            is_land: samples that run ashore within half an hour are dropped, unless all do; others end where they
                would, for what they say of the time before stays likely.
            not_ship: ships whose own past voyages are left out, for evaluation.

        Raises:
            ValueError: when `steps` is out of its limits.
        """
        if not 1 <= steps <= MAX_STEPS:
            raise ValueError(f"steps={steps}: must be 1..{MAX_STEPS}")
        n = len(queries.lat)
        parts = []
        for begin in range(0, max(n, 1), BLOCK):
            rows = np.arange(begin, min(begin + BLOCK, n))
            block = queries.take(rows)
            skip = None if not_ship is None else np.ascontiguousarray(not_ship[rows])
            found = self.candidates(block, steps, not_ship=skip)
            if is_land is not None:
                found = _afloat(found, is_land)
            weights = weigh(found, self.trees if self.learning >= 1.0 else None)
            alone = np.flatnonzero((found.voyage < 0).all(1))
            if self.learning >= 1.0 and len(alone):  # nothing passed there: as without any history
                weights[alone] = weigh(Candidates._make(np.ascontiguousarray(c[alone]) for c in found), None)
            known = (weights * (found.voyage >= 0)).sum(1)
            prior = found.prior / found.prior.sum(1, keepdims=True)
            parts.append((np.stack([found.lat, found.lon], -1), weights, known, found.source, prior))
        samples, weights, known, source, prior = (np.concatenate(column) for column in zip(*parts, strict=True))
        return ForecastSet(queries, samples, weights, known, source, prior)

    def oddness(self, made: ForecastSet, truth_lat: F64, truth_lon: F64) -> F64:
        """Oddness of outcomes at the calibrated horizons.

        Args:
            made: forecasts (n,).
            truth_lat: where the ships were (n, H) at each step of the forecast; NaN where unknown.
            truth_lon: likewise.

        Returns:
            (n, len(calibration.STEPS)), NaN beyond the forecast or where unknown.
        """
        out = np.full((len(truth_lat), len(STEPS)), np.nan)
        for h, step in enumerate(STEPS):
            if step <= min(made.steps, truth_lat.shape[1]):
                out[:, h] = made.oddness(
                    np.ascontiguousarray(truth_lat[:, step - 1]),
                    np.ascontiguousarray(truth_lon[:, step - 1]),
                    int(step),
                )
        return out

    def observe(self, made: ForecastSet, truth_lat: F64, truth_lon: F64) -> None:
        """Recalibrate by outcomes, in their order; arguments as for `oddness`."""
        self.learn_from(made, self.oddness(made, truth_lat, truth_lon))

    def learn_from(self, made: ForecastSet, scores: F64) -> None:
        """Recalibrate by the oddness of outcomes (n, len(calibration.STEPS)), in their order."""
        known = made.known_share > 0.0
        for calibration, rows in ((self.calibration, known), (self.without_history, ~known)):
            if rows.any():
                calibration.observe(scores[rows], made.queries.take(np.flatnonzero(rows)))


def _afloat(found: Candidates, is_land: IsLand) -> Candidates:
    """Candidates that stay off the land."""
    n, s, h = found.lat.shape
    dry = np.asarray(is_land(found.lat.ravel(), found.lon.ravel()), bool).reshape(n, s, h)
    if not dry.any():
        return found
    ashore = np.where(dry.any(2), dry.argmax(2), h)
    soon = ashore < ASHORE_STEPS
    prior = np.where(soon & ~(soon | (found.prior <= 0.0)).all(1, keepdims=True), 0.0, found.prior)
    last = np.maximum(ashore - 1, 0)[:, :, None]
    at = np.minimum(np.arange(h)[None, None, :], last)
    lat, lon = (np.take_along_axis(column, at, 2) for column in (found.lat, found.lon))
    return found._replace(lat=np.ascontiguousarray(lat), lon=np.ascontiguousarray(lon), prior=prior)
