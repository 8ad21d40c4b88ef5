"""What a user brings along for the whole run: maps of zones, norms learned from past traffic, a grid of depths,
a model of dragged anchors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from seawarden.behaviours.drag.model import DragModel, load
from seawarden.geography.depth_own import OwnDepths
from seawarden.geography.depth_read import Box
from seawarden.geography.ports_table import PlacesTable
from seawarden.geography.zones import ZoneLayer
from seawarden.geography.zones_read import zones_of
from seawarden.model.asset import Asset
from seawarden.run.weather import area_of
from seawarden.surroundings.norms import Norms, Taught


class Charts(NamedTuple):
    """Maps, norms, depths and a model, each None where there is none."""

    zones: ZoneLayer | None = None
    norms: Taught | None = None
    places: PlacesTable | None = None
    """Ports and pilot stations instead of the shipped ones."""
    depth: OwnDepths | None = None
    """A user's grid of depths over the shipped one."""
    drag: DragModel | None = None
    """The model that looks for drags instead of the shipped one."""


NO_CHARTS: Final = Charts()


def charts_of(
    zones: Sequence[str],
    norms: Path | None = None,
    depths: Path | None = None,
    assets: Sequence[Asset] = (),
    drag_model: Path | None = None,
) -> Charts:
    """Charts from a user's files.

    Args:
        zones: maps of zones, `PATH` or `KIND=PATH`.
        norms: what `seawarden train norms` wrote.
        depths: a grid of depths; what lies around the assets is read of it.
        assets: what is watched.
        drag_model: what `seawarden train drag` wrote.

    Raises:
        AssetError: one of them can't be read, or the depths lie nowhere near the assets.
        SeawardenError: the drag model can't be read.
    """
    return Charts(
        zones=zones_of(zones) if zones else None,
        norms=Norms.load(norms) if norms is not None else None,
        depth=OwnDepths.load(depths, box_around(assets)) if depths is not None else None,
        drag=load(drag_model) if drag_model is not None else None,
    )


def box_around(assets: Sequence[Asset]) -> Box | None:
    """South, west, north and east of all assets with the margin of `area_of`, degrees; None without any."""
    area = area_of(assets)
    if not area:
        return None
    south, west, north, east = zip(*area, strict=True)
    return float(min(south)), float(min(west)), float(max(north)), float(max(east))
