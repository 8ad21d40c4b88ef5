"""What a user brings along for the whole run: maps of zones, and norms learned from past traffic."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from seawarden.geography.ports_table import PlacesTable
from seawarden.geography.zones import ZoneLayer
from seawarden.geography.zones_read import zones_of
from seawarden.surroundings.norms import Norms, Taught


class Charts(NamedTuple):
    """Maps and norms, each None where there is none."""

    zones: ZoneLayer | None = None
    norms: Taught | None = None
    places: PlacesTable | None = None
    """Ports and pilot stations instead of the shipped ones."""


NO_CHARTS: Final = Charts()


def charts_of(zones: Sequence[str], norms: Path | None) -> Charts:
    """Charts from a user's files.

    Args:
        zones: maps of zones, `PATH` or `KIND=PATH`.
        norms: what `seawarden train norms` wrote.

    Raises:
        AssetError: one of them can't be read.
    """
    return Charts(zones_of(zones) if zones else None, Norms.load(norms) if norms is not None else None)
