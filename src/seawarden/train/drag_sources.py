"""Reading real traffic for the drag model: whatever `open_source` understands, and tables of untimed tracks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import polars as pl

from seawarden.model.batch import Catalogue
from seawarden.model.error import SourceError
from seawarden.model.position import I64, Positions, concat, make_positions
from seawarden.sources import open_source
from seawarden.train.drag_lanes import history_of, with_history
from seawarden.train.drag_tracks import RealTrack, cut_tracks

OFTEN_S = 100.0
"""A stratum is heard every minute where half of the time under way lies in gaps no longer than this."""
RARELY_S = 300.0
"""And rarely where half of it lies in longer gaps than this."""
Heard = Literal["minute", "uneven", "rare"]


class Stratum(NamedTuple):
    """Traffic of one source and one cadence."""

    name: str
    tracks: list[RealTrack]
    heard: Heard
    days: float
    """Ship-days under way."""

    @property
    def dense(self) -> bool:
        """Whether a score must hold over two ticks of a minute."""
        return self.heard != "rare"


def read_strata(paths: Sequence[Path]) -> list[Stratum]:
    """Each file or folder as one stratum.

    Raises:
        SourceError: a path can't be read, or nothing in it is a track long enough.
    """
    strata: list[Stratum] = []
    for path in paths:
        name = path.name.split(".")[0]
        positions, key = _untimed(path) if _is_untimed(path) else (_timed(path), None)
        tracks = cut_tracks(positions, name, timed=key is None, key=key)
        if not tracks:
            raise SourceError(f"{path}: no track of eight positions or more of a ship under way")
        days = sum(track.hours for track in tracks) / 24.0
        strata.append(Stratum(name, tracks, heard_of(tracks), days))
    return remember(strata)


def remember(strata: Sequence[Stratum]) -> list[Stratum]:
    """The strata, each track with what the other ships of all of them did where she sails."""
    history = history_of(t for s in strata if s.heard != "rare" for t in s.tracks)
    return [stratum._replace(tracks=with_history(stratum.tracks, history)) for stratum in strata]


def heard_of(tracks: Sequence[RealTrack]) -> Heard:
    """How often ships are heard: by the gap in which half of the time lies, not by the gap that is commonest.

    Sources that drop reports of steady ships send bursts at every turn: their median gap is seconds, while most of
    the voyage lies in gaps of minutes.
    """
    gaps = np.sort(np.concatenate([np.diff(track.positions.t) / 1000.0 for track in tracks]))
    total = np.cumsum(gaps)
    middle = float(gaps[np.searchsorted(total, 0.5 * total[-1])])
    return "minute" if middle <= OFTEN_S else "uneven" if middle <= RARELY_S else "rare"


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
