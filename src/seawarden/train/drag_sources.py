"""Reading real traffic for the drag model: whatever `open_source` understands, and tables of untimed tracks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from seawarden.model.batch import Catalogue
from seawarden.model.error import SourceError
from seawarden.model.position import I64, Positions, concat, make_positions
from seawarden.sources import open_source
from seawarden.train.drag_tracks import RealTrack, Traffic, cut_tracks, traffic_of

DENSE_S = 300.0
"""Tracks heard more often than this are dense."""


class Stratum(NamedTuple):
    """Traffic of one source and one cadence."""

    name: str
    tracks: list[RealTrack]
    traffic: Traffic | None
    dense: bool
    days: float
    """Ship-days under way."""


def read_strata(paths: Sequence[Path]) -> list[Stratum]:
    """Each file or folder as one stratum.

    Raises:
        SourceError: a path can't be read, or nothing in it is a track long enough.
    """
    strata = []
    for path in paths:
        name = path.name.split(".")[0]
        positions, key = _untimed(path) if _is_untimed(path) else (_timed(path), None)
        tracks = cut_tracks(positions, name, timed=key is None, key=key)
        if not tracks:
            raise SourceError(f"{path}: no track of eight positions or more of a ship under way")
        dense = float(np.median([track.cadence_s for track in tracks])) < DENSE_S
        days = sum(track.hours for track in tracks) / 24.0
        strata.append(Stratum(name, tracks, traffic_of(tracks), dense, days))
    return strata


def _timed(path: Path) -> Positions:
    source = open_source(path, catalogue=Catalogue())
    return concat([batch.positions for batch in source.batches()])


def _is_untimed(path: Path) -> bool:
    if not path.is_file() or ".csv" not in path.name:
        return False
    return {"track", "step10min"} <= set(pl.read_csv(path, n_rows=1).columns)


def _untimed(path: Path) -> tuple[Positions, I64]:
    """A table of tracks in ten-minute steps from an unknown start (the public ct_dma benchmark's form)."""
    table = pl.read_csv(path)
    split = table["split"].cast(pl.Categorical).to_physical().to_numpy().astype(np.int64)
    key: I64 = table["track"].to_numpy().astype(np.int64) + 1_000_000 * split
    positions = make_positions(
        table.height,
        t=table["step10min"].to_numpy() * 600_000,
        mmsi=table["mmsi"].to_numpy(),
        lat=table["lat"].to_numpy(),
        lon=table["lon"].to_numpy(),
        sog_kn=table["sog_kn"].to_numpy(),
        cog_deg=table["cog_deg"].to_numpy(),
    )
    return positions, key
