"""How soon the regions hold again after the traffic changes: online recalibration under injected changes.

Ships are held out, forecast at many moments, and their outcomes are changed all at once: every ship slows by a fifth
after the forecast, or a lane is closed and all pass to starboard of it. Outcomes are then shown to the forecaster in
a fixed order, and the coverage of what it says before each is counted: once with all forecasts in an order drawn by
lot, as of many ships at sea together, and once ship after ship, each with all her forecasts, so that it is counted in
ships. An outcome is shown at once; in life it comes as late as the horizon is long.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any, Final

import numpy as np

from seawarden.forecast.calibration import STEPS, Calibration
from seawarden.forecast.forecaster import Forecaster
from seawarden.forecast.history import History
from seawarden.forecast.query import KM_PER_DEG, Queries
from seawarden.model.position import F64, I64
from seawarden.train.forecast import folds_of, train_forecaster
from seawarden.train.forecast_cases import Cases, cases
from seawarden.train.forecast_files import read_tracks, voyages_of

SLOWER: Final = 0.8
ASIDE_KM: Final = 5.0
"""How far to starboard ships pass of a closed lane, reached within an hour."""
FOLDS: Final = 5
WINDOW: Final = 100
"""Forecasts over which running coverage is counted."""
SHIPS: Final = 10
"""Ships over which it is counted when they come one after the other."""
DRAWS: Final = 2_000
HELD: Final = (0.88, 0.92)
HORIZONS: Final = (3, 4, 5, 6, 7)
"""Rows of STEPS whose outcomes are pooled: 60 to 240 minutes."""


def all_slower(known: Cases, factor: float = SLOWER) -> tuple[F64, F64]:
    """Outcomes as if every ship had gone on along its path at `factor` of its pace."""
    n, h = known.truth_lat.shape
    at = np.arange(1, h + 1) * factor
    steps = np.arange(h + 1)
    lat, lon = np.empty((n, h)), np.empty((n, h))
    for q in range(n):
        lat[q] = np.interp(at, steps, np.append(known.queries.lat[q], known.truth_lat[q]))
        lon[q] = np.interp(at, steps, np.append(known.queries.lon[q], known.truth_lon[q]))
    return lat, lon


def lane_closed(known: Cases, aside_km: float = ASIDE_KM) -> tuple[F64, F64]:
    """Outcomes as if every ship had passed to starboard of where it went."""
    course = np.radians(known.queries.cog_deg)[:, None]
    grown = aside_km * np.minimum(np.arange(1, known.truth_lat.shape[1] + 1) / 6.0, 1.0)[None, :]
    lat = known.truth_lat - grown * np.sin(course) / KM_PER_DEG
    kx = KM_PER_DEG * np.cos(np.radians(known.queries.lat))[:, None]
    return lat, known.truth_lon + grown * np.cos(course) / kx


def running(scores: F64, queries: Queries, start: Calibration, *, learn: bool) -> F64:
    """Share of outcomes inside, of each ship in turn over the pooled horizons (n,); NaN where none is known."""
    calibration = copy.deepcopy(start)
    out = np.full(len(scores), np.nan)
    for q in range(len(scores)):
        one = queries.take(np.array([q]))
        row = scores[q, list(HORIZONS)]
        limits = np.array([calibration.at(one, int(STEPS[h]))[0] for h in HORIZONS])
        seen = ~np.isnan(row)
        if seen.any():
            out[q] = float((row[seen] <= limits[seen]).mean())
        if learn:
            calibration.observe(scores[q : q + 1], one)
    return out


def held_again_after(inside: F64) -> int | None:
    """Forecasts until the coverage of all that follow is within HELD; None when it never is."""
    known = inside[~np.isnan(inside)]
    for q in range(0, len(known) - WINDOW, 10):
        if HELD[0] <= known[q:].mean() <= HELD[1] and HELD[0] <= known[q : q + 2 * WINDOW].mean() <= HELD[1]:
            return q
    return None


def by_ship(inside: F64, ship: I64) -> tuple[F64, I64]:
    """Forecasts inside, and all, of each ship in the order in which they come (k,)."""
    known = ~np.isnan(inside)
    _, first, number = np.unique(ship, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    held = np.bincount(number[known], weights=inside[known], minlength=len(first))
    count = np.bincount(number[known], minlength=len(first)).astype(np.int64)
    return held[order].astype(np.float64), count[order]


def share_inside(held: F64, count: I64) -> dict[str, Any]:
    """Coverage over ships, with its interval by bootstrap over them."""
    rows = np.random.default_rng(0).integers(0, len(held), (DRAWS, len(held)))
    draws = held[rows].sum(1) / np.maximum(count[rows].sum(1), 1)
    low, high = np.percentile(draws, [2.5, 97.5])
    total = int(count.sum())
    return {"coverage": float(held.sum() / total), "n": total, "interval": [float(low), float(high)]}


def ships_until_held(held: F64, count: I64) -> int | None:
    """Ships until the coverage of all that follow, and of the next twenty, is within HELD; None when it never is."""
    for k in range(len(held) - 2 * SHIPS):
        rest, soon = slice(k, None), slice(k, k + 2 * SHIPS)
        if all(HELD[0] <= held[part].sum() / count[part].sum() <= HELD[1] for part in (rest, soon)):
            return k
    return None


def ship_after_ship(scores: F64, queries: Queries, start: Calibration) -> dict[str, Any]:
    """Recalibration counted in ships: each comes with all her forecasts, one ship after the other."""
    ships = np.random.default_rng(1).permutation(np.unique(queries.ship))
    turn = {int(ship): k for k, ship in enumerate(ships)}
    order = np.argsort([turn[int(ship)] for ship in queries.ship], kind="stable")
    asked = queries.take(order)
    held, count = by_ship(running(scores[order], asked, start, learn=True), asked.ship)
    return {
        "ships": len(held),
        "coverage_by_ten_ships": [
            float(held[k : k + SHIPS].sum() / count[k : k + SHIPS].sum())
            for k in range(0, len(held) - SHIPS + 1, SHIPS)
        ],
        "held_again_after_ships": ships_until_held(held, count),
        "after_ten_ships": share_inside(held[SHIPS:], count[SHIPS:]),
    }


def run_recalibration(train: Path, out: Path, *, threads: int = 2) -> dict[str, Any]:
    """Run the changes on held-out ships of a file in the form of ct_dma, and write `recalibration.json`.

    Args:
        train: file with tracks of split `train`.
        out: folder to write to.
        threads: threads of the booster.

    Raises:
        SourceError: when the file can't be used.
    """
    tracks = read_tracks(train, training=True)
    fold = folds_of(np.array([track.mmsi for track in tracks], np.int64), FOLDS)
    forecaster: Forecaster = train_forecaster(
        voyages_of([track for track, f in zip(tracks, fold, strict=True) if f]), threads=threads
    )
    held = History()
    held.extend(voyages_of([track for track, f in zip(tracks, fold, strict=True) if not f]))
    known = cases(held, int(STEPS[-1]))
    known = known.take(np.random.default_rng(0).permutation(len(known.voyage)))
    made = forecaster.forecast(known.queries, steps=int(STEPS[-1]))
    changes = {
        "unchanged": (known.truth_lat, known.truth_lon),
        "all_speeds_down_20_percent": all_slower(known),
        "lane_closed_5_km_aside": lane_closed(known),
    }
    ship = known.queries.ship
    report: dict[str, Any] = {"forecasts": len(ship), "ships": len(np.unique(ship)), "changes": {}}
    for name, (lat, lon) in changes.items():
        scores = forecaster.oddness(made, lat, lon)
        fixed = running(scores, known.queries, forecaster.calibration, learn=False)
        learnt = running(scores, known.queries, forecaster.calibration, learn=True)
        report["changes"][name] = {
            "coverage_without": float(np.nanmean(fixed)),
            "coverage_by_hundred_forecasts": [
                float(np.nanmean(learnt[q : q + WINDOW])) for q in range(0, len(learnt) - WINDOW + 1, WINDOW)
            ],
            "held_again_after_forecasts": held_again_after(learnt),
            "ships_in_first_hundred": len(np.unique(ship[:WINDOW])),
            "ship_after_ship": ship_after_ship(scores, known.queries, forecaster.calibration),
        }
    out.mkdir(parents=True, exist_ok=True)
    (out / "recalibration.json").write_text(json.dumps(report, indent=1, sort_keys=True) + "\n", "utf-8")
    return report
