"""Past traffic from any source that the watch reads, as voyages to learn from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

from seawarden.forecast.history import Voyage
from seawarden.model.batch import Catalogue
from seawarden.model.error import SourceError
from seawarden.model.position import concat
from seawarden.sources.door import open_source
from seawarden.train.forecast_files import GAP_MS, read_any

LEAST = 3
"""Positions of a voyage."""


def voyages_in(source: str | Path, columns: Mapping[str, str] | None = None) -> list[Voyage]:
    """Voyages of a source, cut at gaps; a table of untimed ten-minute tracks gives its training tracks.

    Args:
        source: as `open_source` takes it, or a CSV in the form of ct_dma.
        columns: field to column, for tables that are not recognised.

    Raises:
        SourceError: the source can't be read, or holds no voyage.
    """
    if _is_untimed(Path(source)):
        return read_any(Path(source))
    opened = open_source(source, catalogue=Catalogue(), columns=columns)
    p = concat(batch.positions for batch in opened.batches())
    order = np.lexsort((p.t, p.mmsi))
    mmsi, t = p.mmsi[order], p.t[order]
    kept = np.flatnonzero((np.diff(mmsi, prepend=-1) != 0) | (np.diff(t, prepend=-1) > 0))
    order, mmsi, t = order[kept], mmsi[kept], t[kept]
    lat, lon = p.lat[order], p.lon[order]
    sog, cog = p.sog_kn[order].astype(np.float64), p.cog_deg[order].astype(np.float64)
    cuts = np.flatnonzero((np.diff(mmsi) != 0) | (np.diff(t) > GAP_MS)) + 1
    pieces = [piece for piece in np.split(np.arange(len(t)), cuts) if len(piece) >= LEAST]
    if not pieces:
        raise SourceError(f"{source}: no track of {LEAST} positions")
    return [Voyage(t[rows], lat[rows], lon[rows], sog[rows], cog[rows], ship=int(mmsi[rows[0]])) for rows in pieces]


def _is_untimed(path: Path) -> bool:
    if not path.is_file() or ".csv" not in path.name:
        return False
    try:
        return "step10min" in pl.read_csv(path, n_rows=1).columns
    except (OSError, pl.exceptions.PolarsError):
        return False
