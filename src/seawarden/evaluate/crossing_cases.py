"""Cases for crossing forecasts: moments on real tracks whose following hours were observed, and what they crossed."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl

from seawarden.forecast.crossing import NEVER, Segments, crossings
from seawarden.forecast.forecast_set import ForecastSet
from seawarden.forecast.history import Voyage
from seawarden.forecast.query import STEP_MIN, Queries, join, queries_at
from seawarden.model.error import AssetError, SourceError
from seawarden.model.position import F64, I64
from seawarden.train.forecast_files import GAP_MS

EVERY_MIN: Final = 10
"""A forecast every so many minutes of each track."""
FIRST_MIN: Final = 10
"""Past needed before the first forecast."""
HORIZONS_MIN: Final = (60, 120)


class Cases(NamedTuple):
    """Forecast moments, n of them."""

    queries: Queries
    observed_min: F64
    """How long the ship was watched afterwards, without a gap (n,)."""
    crossed_min: F64
    """Minutes to the first crossing of each asset (n, A), NEVER when there was none while watched."""
    reach_km: F64
    """Distance to each asset (n, A)."""


def _parts(path: Path) -> list[tuple[str, F64]]:
    if path.suffix == ".csv":
        table = pl.read_csv(path)
        missing = {"cable_id", "point_order", "lat", "lon"} - set(table.columns)
        if missing:
            raise AssetError(f"{path}: no column {', '.join(sorted(missing))}")
        groups = table.sort("cable_id", "point_order").group_by(["cable_id"], maintain_order=True)
        return [(str(key[0]), rows.select("lon", "lat").to_numpy()) for key, rows in groups]
    out: list[tuple[str, F64]] = []
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    for feature in document["features"]:
        name = str(feature.get("properties", {}).get("name") or feature.get("id") or len(out))
        shape = feature["geometry"]
        lines = [shape["coordinates"]] if shape["type"] == "LineString" else shape["coordinates"]
        if shape["type"] in ("LineString", "MultiLineString"):
            out += [(name, np.array(line, np.float64)[:, :2]) for line in lines if len(line) > 1]
    return out


def read_assets(path: Path) -> tuple[list[str], Segments]:
    """Assets' names and segments from a CSV of route points (cable_id, point_order, lat, lon) or a GeoJSON of lines.

    Raises:
        AssetError: when the file can't be read or holds no line.
    """
    try:
        parts = _parts(path)
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError) as error:
        raise AssetError(f"{path}: can't be read as routes: {error}") from error
    if not parts:
        raise AssetError(f"{path}: no line")
    names = sorted({name for name, _ in parts})
    number = {name: i for i, name in enumerate(names)}
    rows = [(a[1], a[0], b[1], b[0], number[name]) for name, line in parts for a, b in pairwise(line)]
    table = np.array(rows, np.float64)
    lat1, lon1, lat2, lon2 = (np.ascontiguousarray(table[:, c]) for c in range(4))
    return names, Segments(lat1, lon1, lat2, lon2, table[:, 4].astype(np.int64))


def as_path(queries: Queries, lat: F64, lon: F64) -> ForecastSet:
    """One certain path for each query (n, H), as a forecast of one sample."""
    n = len(lat)
    samples = np.ascontiguousarray(np.stack([lat, lon], -1)[:, None])
    return ForecastSet(queries, samples, np.ones((n, 1)), np.zeros(n), np.zeros((n, 1), np.int64))


def cases_of(voyage: Voyage, segments: Segments) -> Cases | None:
    """Forecast moments of one voyage; None when it is too short."""
    first = voyage.t_ms[0] + FIRST_MIN * 60_000
    moments = np.arange(first, voyage.t_ms[-1] - min(HORIZONS_MIN) * 60_000 + 1, EVERY_MIN * 60_000)
    if not len(moments):
        return None
    queries, used = queries_at(
        voyage.t_ms,
        voyage.lat,
        voyage.lon,
        voyage.sog_kn,
        voyage.cog_deg,
        moments,
        ship=voyage.ship,
        gap_ms=GAP_MS,
    )
    if not len(used):
        return None
    at = voyage.t_ms[np.searchsorted(voyage.t_ms, moments[used], side="right") - 1]
    watched = (voyage.t_ms[-1] - at) / 60_000.0
    minutes = np.arange(1, max(HORIZONS_MIN) + 1)
    ahead = at[:, None] + minutes[None, :] * 60_000
    lat = np.interp(ahead, voyage.t_ms, voyage.lat)
    lon = np.interp(ahead, voyage.t_ms, np.degrees(np.unwrap(np.radians(voyage.lon))))
    # One step of this path is one minute; crossing times come in steps of STEP_MIN.
    # Pieces far out of reach are left out, so that the closest approach is NEVER for them.
    truth = crossings(as_path(queries, lat, lon), segments, look_km=1.0)
    crossed = np.where(truth.minutes[:, 0] < NEVER, truth.minutes[:, 0] / STEP_MIN, NEVER)
    here = as_path(queries, queries.lat[:, None], queries.lon[:, None])
    reach = crossings(here, segments, look_km=300.0).closest_km[:, 0]
    return Cases(queries, watched, crossed, reach)


def cases_of_all(voyages: list[Voyage], segments: Segments) -> Cases:
    """Forecast moments of many voyages.

    Raises:
        SourceError: when no voyage is long enough.
    """
    found = [cases for cases in (cases_of(voyage, segments) for voyage in voyages) if cases is not None]
    if not found:
        raise SourceError(f"none of {len(voyages)} tracks is long enough for a forecast and its outcome")
    return Cases(
        join([one.queries for one in found]),
        np.concatenate([one.observed_min for one in found]),
        np.concatenate([one.crossed_min for one in found]),
        np.concatenate([one.reach_km for one in found]),
    )


def in_question(cases: Cases, minutes: int) -> I64:
    """Pairs (k, 2) of case and asset that are scored: watched all the time, the asset within reach in it."""
    fast_km = np.maximum(cases.queries.sog_kn, 3.0) * 1.852 * 1.3 * minutes / 60.0 + 2.0
    pairs = (cases.observed_min >= minutes)[:, None] & (cases.reach_km <= fast_km[:, None])
    return np.argwhere(pairs).astype(np.int64)
