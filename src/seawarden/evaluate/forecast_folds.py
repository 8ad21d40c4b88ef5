"""The forecast suite by cross-validation within the training tracks: every track forecast from other ships alone.

Ships are dealt out over five parts; each part is forecast from the history, weights and calibration of the four
others. It decides between variants of the forecaster; the benchmark's test tracks never do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from seawarden.evaluate.forecast_scores import ENERGY_MIN, best16_published, coverage, energy_scores, joint16
from seawarden.evaluate.forecast_tracks import STEPS, Benchmark, benchmark_of
from seawarden.forecast.calibration import SPEED_EDGES_KN, speed_band
from seawarden.forecast.query import join
from seawarden.train.forecast import folds_of, train_forecaster
from seawarden.train.forecast_files import read_tracks, voyages_of

FOLDS: Final = 5
FAN: Final = 16
HORIZONS_MIN: Final = (30, 60, 120, 180, 240, 360)
BANDS: Final = (
    f"under {SPEED_EDGES_KN[0]:g} kn",
    f"{SPEED_EDGES_KN[0]:g} to {SPEED_EDGES_KN[1]:g} kn",
    f"{SPEED_EDGES_KN[1]:g} kn and more",
)


def run_folds(train: Path, *, threads: int = 2, areas: bool = True) -> dict[str, Any]:
    """Cross-validate on the tracks of split `train` of a file in the form of ct_dma.

    Args:
        train: the file.
        threads: threads of the booster.
        areas: work out the median area of the 90 % region at one hour too.

    Raises:
        SourceError: the file can't be used.
    """
    tracks = read_tracks(train, training=True)
    fold = folds_of(np.array([track.mmsi for track in tracks], np.int64), FOLDS)
    parts: list[Benchmark] = []
    paths, inside, energy, area = [], [], [], []
    for f in range(FOLDS):
        made = train_forecaster(
            voyages_of([track for track, k in zip(tracks, fold, strict=True) if k != f]), threads=threads
        )
        bench = benchmark_of([track for track, k in zip(tracks, fold, strict=True) if k == f])
        found = made.forecast(bench.queries, steps=STEPS)
        parts.append(bench)
        paths.append(found.fan(FAN)[0])
        within = np.full((len(bench.track), len(HORIZONS_MIN)), np.nan)
        for h, minute in enumerate(HORIZONS_MIN):
            step = minute // 10
            odd = found.oddness(bench.truth_lat[:, step - 1].copy(), bench.truth_lon[:, step - 1].copy(), step)
            held = (odd <= made.calibration.at(bench.queries, step)).astype(np.float64)
            within[:, h] = np.where(np.isnan(odd), np.nan, held)
        inside.append(within)
        energy.append(
            np.stack(
                [
                    energy_scores(found.samples, found.weights, bench.truth_lat, bench.truth_lon, minute // 10)
                    for minute in ENERGY_MIN
                ],
                -1,
            )
        )
        if areas:
            area += [found.area_km2(q, 6, made.calibration) for q in range(len(bench.track))]
    lat, lon = (np.concatenate([getattr(part, name) for part in parts]) for name in ("truth_lat", "truth_lon"))
    together, held_all = np.concatenate(paths), np.concatenate(inside)
    band = speed_band(join([part.queries for part in parts]).sog_kn)
    scores = np.concatenate(energy)
    return {
        "tracks": len(lat),
        "best16_published_nmi": best16_published(together, lat, lon),
        "joint16_nmi": joint16(together, lat, lon),
        "energy_km": {str(m): float(np.nanmean(scores[:, k])) for k, m in enumerate(ENERGY_MIN)},
        "area90_km2_60min_median": float(np.median(area)) if area else None,
        "coverage90": _strata(held_all, band),
    }


def _strata(inside: np.ndarray, band: np.ndarray) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for h, minute in enumerate(HORIZONS_MIN):
        known = ~np.isnan(inside[:, h])
        row = {"all": coverage(inside[known, h] > 0)}
        for g, name in enumerate(BANDS):
            mine = known & (band == g)
            row[name] = coverage(inside[mine, h] > 0)
        out[str(minute)] = row
    seen = ~np.isnan(inside)
    out["overall"] = {"coverage": float(inside[seen].mean()), "n": int(seen.sum())}
    return out
