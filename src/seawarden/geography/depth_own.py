"""A user's grid of depths over the one that ships: depths of water for ships."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from seawarden.geography.depth import DepthGrid
from seawarden.geography.depth_read import Box
from seawarden.model.depth import DepthSource
from seawarden.model.error import AssetError
from seawarden.model.position import F64

DRY_M: Final = 0.0
"""A node no deeper than this is land: its height is no depth of water."""


class OwnDepths:
    """Depths from a user's grid and, where it knows nothing, from the grid beneath it, each with its own error.

    A ship floats: nodes of land in the user's grid are left out between the nodes of water around her, and where
    there are none but land her depth is not known. The grid beneath is not asked there, since the finer one has
    answered.

    Args:
        own: the user's; its nodes of land are taken out of it.
        beneath: asked where the user's grid ends or has no value.
    """

    def __init__(self, own: DepthGrid, beneath: DepthGrid) -> None:
        self._sources = (*own.sources(), *beneath.sources())
        self._land = np.asarray(own.grid.depth_m <= DRY_M)
        own.grid.depth_m[self._land] = np.nan
        self._own, self._beneath = own, beneath

    @classmethod
    def load(cls, path: str | Path, box: Box | None = None) -> OwnDepths:
        """A user's file over the grid that ships.

        Args:
            path: as `DepthGrid.load` takes it.
            box: (south, west, north, east), degrees: only this part is read.

        Raises:
            AssetError: the file can't be read as a grid of depths, the box lies outside it, or there is no water.
        """
        own = DepthGrid.load(path, box=box)
        if not bool((own.grid.depth_m > DRY_M).any()):
            raise AssetError(f"{path}: holds land alone in the area of interest; is its sign turned?")
        return cls(own, DepthGrid.shipped())

    def depth_m(self, lat: F64, lon: F64) -> tuple[F64, F64]:
        """Depth of water and its sigma at points, arrays of shape (n,), m; NaN where unknown and on own land."""
        depth, sigma = self._own.depth_m(lat, lon)
        missing = np.flatnonzero(np.isnan(depth))
        missing = missing[~self._dry(lat[missing], lon[missing])]
        depth[missing], sigma[missing] = self._beneath.depth_m(lat[missing], lon[missing])
        return depth, sigma

    def is_land(self, lat: F64, lon: F64) -> npt.NDArray[np.bool_]:
        """Whether there is land at points, (n,), by the grid that answers there; False where unknown."""
        land = np.zeros(len(lat), dtype=np.bool_)
        missing = np.flatnonzero(np.isnan(self._own.depth_m(lat, lon)[0]))
        lat, lon = lat[missing], lon[missing]
        land[missing] = self._dry(lat, lon) | self._beneath.is_land(lat, lon)
        return land

    def sources(self) -> tuple[DepthSource, ...]:
        """What depths come from, the first asked first."""
        return self._sources

    def _dry(self, lat: F64, lon: F64) -> npt.NDArray[np.bool_]:
        """Whether the nearest node of the user's grid is land, (n,); False outside of it."""
        g = self._own.grid
        rows, cols = self._land.shape
        i = np.rint((lat - g.lat0) / g.dlat)
        j = np.rint(np.mod(lon - g.lon0 + 0.5 * g.dlon, 360.0) / g.dlon - 0.5)
        inside = np.flatnonzero((i >= 0) & (i < rows) & (j >= 0) & (j < cols))
        dry = np.zeros(len(lat), dtype=np.bool_)
        dry[inside] = self._land[i[inside].astype(np.int64), j[inside].astype(np.int64)]
        return dry
