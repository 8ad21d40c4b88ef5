"""The forecast suite: the ct_dma protocol on given files, the published metric and the honest ones.

Beside the forecaster stand constant velocity, Ornstein-Uhlenbeck, and analogues weighed by distance alone. Nothing
of the test file is used but its queries until the scores are taken.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from seawarden.evaluate.forecast_baselines import (
    analogues_only,
    constant_velocity,
    errors_km,
    ornstein_uhlenbeck,
)
from seawarden.evaluate.forecast_report import write_report
from seawarden.evaluate.forecast_scores import (
    ENERGY_MIN,
    best16_published,
    coverage,
    energy_scores,
    joint16,
)
from seawarden.evaluate.forecast_tracks import STEPS, Benchmark, benchmark_of
from seawarden.forecast.calibration import SPEED_EDGES_KN, Calibration, conformal_quantile, speed_band
from seawarden.forecast.forecast_set import ForecastSet
from seawarden.forecast.forecaster import Forecaster
from seawarden.model.position import F64, I64
from seawarden.train.forecast import train_forecaster
from seawarden.train.forecast_cases import Cases, cases
from seawarden.train.forecast_files import read_tracks, voyages_of

FAN: Final = 16
MIN_STRATUM: Final = 100
"""A stratum with fewer test cases is merged with its neighbour."""
COVERAGE_MIN: Final = (30, 60, 120, 180, 240, 360)
BAND_NAMES: Final = (
    f"under {SPEED_EDGES_KN[0]:g} kn",
    f"{SPEED_EDGES_KN[0]:g} to {SPEED_EDGES_KN[1]:g} kn",
    f"{SPEED_EDGES_KN[1]:g} kn and more",
)


class Model(NamedTuple):
    """A model under test."""

    forecast: Callable[[Benchmark], ForecastSet]
    calibration: Calibration | None
    """None: circles of `radius_km` round a single path."""
    radius_km: dict[int, float]
    train_s: float


def _circle_radii(known: Cases) -> dict[int, float]:
    made = constant_velocity(known.queries, STEPS)
    radii = {}
    for minute in COVERAGE_MIN:
        error = errors_km(made, known.truth_lat, known.truth_lon, minute // 10)
        radii[minute] = conformal_quantile(error[~np.isnan(error)])
    return radii


def _ou_calibration(known: Cases) -> Calibration:
    made = ornstein_uhlenbeck(known.queries, STEPS)
    calibration = Calibration()
    calibration.fit(Forecaster().oddness(made, known.truth_lat, known.truth_lon), known.queries)
    return calibration


def _merged_strata(inside: np.ndarray, band: I64) -> dict[str, Any]:
    """Coverage by speed band; a band under MIN_STRATUM is joined to the next one, and the last to the one before."""
    groups: list[list[int]] = []
    open_group: list[int] = []
    for g in range(len(BAND_NAMES)):
        open_group.append(g)
        if int(np.isin(band, open_group).sum()) >= MIN_STRATUM:
            groups.append(open_group)
            open_group = []
    if open_group:
        if groups:
            groups[-1] += open_group
        else:
            groups.append(open_group)
    return {" + ".join(BAND_NAMES[g] for g in group): coverage(inside[np.isin(band, group)]) for group in groups}


def _regions(model: Model, made: ForecastSet, bench: Benchmark) -> tuple[dict[str, Any], dict[str, Any]]:
    covered: dict[str, Any] = {}
    areas: dict[str, Any] = {}
    band = speed_band(bench.queries.sog_kn)
    pooled: list[np.ndarray] = []
    for minute in COVERAGE_MIN:
        step = minute // 10
        seen = np.flatnonzero(~np.isnan(bench.truth_lat[:, step - 1]))
        if not len(seen):
            continue
        if model.calibration is None:
            radius = model.radius_km[minute]
            inside = errors_km(made, bench.truth_lat, bench.truth_lon, step)[seen] <= radius
            area = np.full(len(seen), np.pi * radius**2)
        else:
            odd = made.oddness(bench.truth_lat[:, step - 1].copy(), bench.truth_lon[:, step - 1].copy(), step)
            inside = (odd <= model.calibration.at(bench.queries, step))[seen]
            area = np.array([made.area_km2(int(q), step, model.calibration) for q in seen])
        pooled.append(inside)
        covered[str(minute)] = {"all": coverage(inside), "strata": _merged_strata(inside, band[seen])}
        areas[str(minute)] = {"median": float(np.median(area)), "mean": float(area.mean())}
    together = np.concatenate(pooled)
    covered["overall"] = {"coverage": float(together.mean()), "n": len(together)}
    return covered, areas


def _scores(made: ForecastSet, paths: F64, bench: Benchmark, rows: np.ndarray) -> dict[str, Any]:
    lat, lon = bench.truth_lat[rows], bench.truth_lon[rows]
    part = made.take(rows)
    energy = {}
    for minute in ENERGY_MIN:
        if not np.isnan(lat[:, minute // 10 - 1]).all():
            energy[str(minute)] = float(np.nanmean(energy_scores(part.samples, part.weights, lat, lon, minute // 10)))
    return {
        "n_tracks": len(rows),
        "best16_published_nmi": best16_published(paths[rows], lat, lon),
        "joint16_nmi": joint16(paths[rows], lat, lon),
        "joint16_over_180min_nmi": joint16(paths[rows], lat, lon, 18),
        "energy_km": energy,
    }


def evaluate_model(model: Model, bench: Benchmark, unseen: np.ndarray) -> tuple[dict[str, Any], ForecastSet, F64]:
    """All scores of one model on the benchmark.

    Args:
        model: what to score.
        bench: queries and truth.
        unseen: which tracks are of ships that training did not see (n,).

    Returns:
        The scores, the forecasts, and the sixteen paths of each (n, 16, H, 2).
    """
    n = len(bench.track)
    warm = bench._replace(queries=bench.queries.take(np.arange(min(2, n))))
    first = model.forecast(warm)
    first.fan(FAN)
    started = time.perf_counter()
    made = model.forecast(bench)
    forecast_s = time.perf_counter() - started
    started = time.perf_counter()
    if made.samples.shape[1] > FAN:
        paths, _ = made.fan(FAN)
    else:
        paths = np.repeat(made.samples[:, :1], FAN, axis=1)
    fan_s = time.perf_counter() - started
    everyone = np.arange(n)
    result = _scores(made, paths, bench, everyone)
    result["coverage90"], result["area90_km2"] = _regions(model, made, bench)
    result["ms_per_query"] = 1000 * forecast_s / n
    result["ms_per_fan"] = 1000 * fan_s / n
    result["train_s"] = model.train_s
    if unseen.any() and not unseen.all():
        result["unseen_ships"] = _scores(made, paths, bench, np.flatnonzero(unseen))
        result["seen_ships"] = _scores(made, paths, bench, np.flatnonzero(~unseen))
    return result, made, paths


def mb_per_million_points(forecaster: Forecaster) -> float:
    """Memory of the history, its index and what was worked out from it, MB a million points."""
    history = forecaster.history
    parts = (history.columns, history.cells, forecaster.continuations, forecaster.where)
    return sum(array.nbytes for part in parts for array in part) / max(history.n_points, 1)


def run_forecast_suite(train: Path, test: Path, out: Path, *, threads: int = 2) -> dict[str, Any]:
    """Train on one file, score on the other, and write `metrics.json` and `forecast.html`.

    Args:
        train: file with tracks of split `train` (of one split only: all of it).
        test: file with tracks of any other split (of one split only: all of it).
        out: folder to write to.
        threads: threads of the booster.

    Raises:
        SourceError: when a file can't be used.
    """
    tracks = read_tracks(train, training=True)
    bench = benchmark_of(read_tracks(test, training=False))
    started = time.perf_counter()
    forecaster = train_forecaster(voyages_of(tracks), threads=threads)
    train_s = time.perf_counter() - started
    known = cases(forecaster.history, STEPS)
    started = time.perf_counter()
    plain = analogues_only(forecaster, known)
    plain_s = time.perf_counter() - started
    models = {
        "constant_velocity": Model(lambda b: constant_velocity(b.queries, STEPS), None, _circle_radii(known), 0.0),
        "ornstein_uhlenbeck": Model(lambda b: ornstein_uhlenbeck(b.queries, STEPS), _ou_calibration(known), {}, 0.0),
        "analogues": Model(lambda b: plain.forecast(b.queries, steps=STEPS), plain.calibration, {}, plain_s),
        "seawarden": Model(
            lambda b: forecaster.forecast(b.queries, steps=STEPS), forecaster.calibration, {}, train_s
        ),
    }
    unseen = ~np.isin(bench.queries.ship, np.array([track.mmsi for track in tracks]))
    report: dict[str, Any] = {
        "suite": "forecast",
        "train_tracks": len(tracks),
        "test_tracks": len(bench.track),
        "test_tracks_of_unseen_ships": int(unseen.sum()),
        "history_points": forecaster.history.n_points,
        "mb_per_million_points": mb_per_million_points(forecaster),
        "models": {},
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, model in models.items():
        report["models"][name], made, paths = evaluate_model(model, bench, unseen)
        if name == "seawarden":
            write_report(out / "forecast.html", report, forecaster, made, paths, bench)
    (out / "metrics.json").write_text(json.dumps(report, indent=1, sort_keys=True) + "\n", "utf-8")
    return report
