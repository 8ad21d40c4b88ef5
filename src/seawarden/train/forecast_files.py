"""Files to learn forecasting from: CSV files of positions, and the ct_dma benchmark's tracks."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl

from seawarden.forecast.archive import save
from seawarden.forecast.history import Voyage
from seawarden.forecast.query import STEP_MIN
from seawarden.model.error import SourceError
from seawarden.model.position import F64
from seawarden.train.forecast import train_forecaster

COLUMNS: Final = ("split", "track", "mmsi", "step10min", "lat", "lon", "sog_kn", "cog_deg")
NAMES: Final = {
    "mmsi": ("mmsi",),
    "time": ("timestamp_utc", "timestamp", "time", "# timestamp", "base_date_time"),
    "lat": ("lat", "latitude"),
    "lon": ("lon", "longitude", "long"),
    "sog": ("sog_kn", "sog"),
    "cog": ("cog_deg", "cog"),
}
GAP_MS: Final = 20 * 60_000


class Track(NamedTuple):
    """One track of the file, whole."""

    number: int
    mmsi: int
    table: F64
    """(m, 4): latitude, longitude, speed (kn), course (deg)."""


def read_tracks(path: Path, *, training: bool) -> list[Track]:
    """Tracks of a file.

    Args:
        path: CSV, also compressed.
        training: take the rows of split `train`; else all others. A file of one split only is taken whole.

    Raises:
        SourceError: when the file can't be read, lacks a column or holds no track.
    """
    try:
        table = pl.read_csv(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise SourceError(f"{path}: can't be read as CSV: {error}") from error
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise SourceError(f"{path}: no column {', '.join(missing)}; needed are {', '.join(COLUMNS)}")
    if table["split"].n_unique() > 1:
        wanted = pl.col("split") == "train"
        table = table.filter(wanted if training else ~wanted)
    table = table.drop_nulls(COLUMNS).sort("track", "step10min")
    out = []
    for key, rows in table.group_by(["track"], maintain_order=True):
        step = rows["step10min"].to_numpy()
        values = rows.select("lat", "lon", "sog_kn", "cog_deg").to_numpy().astype(np.float64)
        # A missing step ends the track: the benchmark knows none.
        whole = int(np.argmax(np.append(np.diff(step) != 1, True))) + 1
        out.append(Track(int(str(key[0])), int(rows["mmsi"][0]), values[:whole]))
    if not out:
        raise SourceError(f"{path}: no track of the wanted split")
    return out


def voyages_of(tracks: list[Track]) -> list[Voyage]:
    """Tracks as history; they carry no absolute time."""
    out = []
    for track in tracks:
        t = np.arange(len(track.table), dtype=np.int64) * STEP_MIN * 60_000
        lat, lon, sog, cog = (np.ascontiguousarray(track.table[:, c]) for c in range(4))
        out.append(Voyage(t, lat, lon, sog, cog, ship=track.mmsi))
    return out


def read_positions(path: Path) -> list[Voyage]:
    """Voyages of a CSV file of positions, cut at gaps of GAP_MS.

    Raises:
        SourceError: when the file can't be read, lacks a column or holds no usable row.
    """
    try:
        table = pl.read_csv(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise SourceError(f"{path}: can't be read as CSV: {error}") from error
    by_name = {name.lower(): name for name in table.columns}
    picked = {}
    for what, names in NAMES.items():
        found = [by_name[name] for name in names if name in by_name]
        if not found:
            raise SourceError(f"{path}: no column for {what}; known names are {', '.join(names)}")
        picked[what] = pl.col(found[0])
    table = table.select(**picked).with_columns(
        pl.col("time").str.to_datetime(strict=False, time_zone="UTC").dt.epoch("ms").alias("t"),
        pl.col("mmsi").cast(pl.Int64, strict=False),
        *(pl.col(name).cast(pl.Float64, strict=False) for name in ("lat", "lon", "sog", "cog")),
    )
    table = (
        table.drop_nulls(["mmsi", "t", "lat", "lon"])
        .sort("mmsi", "t")
        .unique(["mmsi", "t"], keep="first", maintain_order=True)
    )
    out = []
    for key, rows in table.group_by(["mmsi"], maintain_order=True):
        t = rows["t"].to_numpy().astype(np.int64)
        lat, lon, sog, cog = (rows[name].to_numpy().astype(np.float64) for name in ("lat", "lon", "sog", "cog"))
        for piece in np.split(np.arange(len(t)), np.flatnonzero(np.diff(t) > GAP_MS) + 1):
            if len(piece) >= 3:
                out.append(Voyage(t[piece], lat[piece], lon[piece], sog[piece], cog[piece], ship=int(str(key[0]))))
    if not out:
        raise SourceError(f"{path}: no track of three positions")
    return out


def read_any(path: Path) -> list[Voyage]:
    """Voyages of a file of positions, or of all training tracks of a file in the form of ct_dma.

    Raises:
        SourceError: as `read_positions`.
    """
    try:
        names = pl.read_csv(path, n_rows=1).columns
    except (OSError, pl.exceptions.PolarsError) as error:
        raise SourceError(f"{path}: can't be read as CSV: {error}") from error
    if "step10min" in names:
        return voyages_of(read_tracks(path, training=True))
    return read_positions(path)


def train_files(
    sources: list[Path], out: Path, *, step_s: int = STEP_MIN * 60, with_history: bool = True, threads: int = 2
) -> dict[str, Any]:
    """Train a forecaster on files and write it to `out` (.npz).

    Args:
        sources: files of positions, or in the form of ct_dma.
        out: file to write.
        step_s: seconds between rows of the history.
        with_history: False writes the weights alone, for tracks that may not be passed on.
        threads: threads of the booster.

    Returns:
        What was learnt from: voyages, points, ships, and how far the history is from enough.

    Raises:
        SourceError: when a file can't be used.
        StoreError: when `out` can't be written.
    """
    voyages = [voyage for path in sources for voyage in read_any(path)]
    forecaster = train_forecaster(voyages, step_s=step_s, threads=threads)
    save(forecaster, out, with_history=with_history)
    return {
        "voyages": forecaster.history.n_voyages,
        "points": forecaster.history.n_points,
        "ships": len(np.unique(forecaster.history.columns.ship)),
        "learning": forecaster.learning,
        "weights_learnt": forecaster.trees is not None,
    }
