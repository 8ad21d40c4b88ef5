"""Land: how far inside the coast a position lies.

A grid of some 550 m, made by `tools/basemap.py` from Natural Earth's 1:10 million coast. That coast is off by up to a
kilometre and leaves small islands and harbour basins out: only what lies inside it by more than a tolerance is called
land. Outside the grid, or when it was not made, nothing is known and nothing is flagged.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.model.error import AssetError
from seawarden.model.position import F64, U8

FILE: Final = "land.npz"
STEP_M: Final = 100.0
"""One step of the grid's values."""
TOLERANCE_M: Final = 1_000.0
"""Inside the coast by less is not called land: the coast's own error."""


class Land(NamedTuple):
    """The grid, for kernels."""

    inside: U8
    """(rows, cols) distance inside the coast in steps of 100 m, 0 at sea; (1, 1) when nothing is known."""
    lat0: float
    lon0: float
    dlat: float
    dlon: float


@njit(cache=True, error_model="numpy")
def inside_m(land: Land, lat: float, lon: float) -> float:
    """How far inside the coast a point lies, m, 0 at sea; NaN where nothing is known."""
    rows, cols = land.inside.shape
    y = (lat - land.lat0) / land.dlat
    x = (lon - land.lon0) / land.dlon
    known = 0.0 <= y < rows and 0.0 <= x < cols
    return land.inside[int(y), int(x)] * STEP_M if known else np.nan


@njit(cache=True, error_model="numpy", nogil=True)
def _on_land(land: Land, lat: F64, lon: F64, tolerance_m: float, out: U8) -> None:
    for k in range(lat.shape[0]):
        out[k] = 1 if inside_m(land, lat[k], lon[k]) > tolerance_m else 0


@njit(cache=True, error_model="numpy")
def _inside(land: Land, lat: F64, lon: F64, out: F64) -> None:
    for k in range(lat.shape[0]):
        out[k] = inside_m(land, lat[k], lon[k])


class LandMask:
    """The land grid with array answers."""

    def __init__(self, grid: Land | None = None) -> None:
        self.known = grid is not None
        """False when the base map was not built: nothing is called land then."""
        nothing = Land(np.zeros((1, 1), dtype=np.uint8), 0.0, 0.0, -1e-12, -1e-12)
        self.grid = grid if grid is not None else nothing

    @classmethod
    def shipped(cls) -> LandMask:
        """The grid that was built with the base map; one that knows nothing when there is none."""
        built = resources.files("seawarden") / "data" / "built" / FILE
        if not built.is_file():
            return cls()
        with resources.as_file(built) as path:
            return cls.load(path)

    @classmethod
    def load(cls, path: str | Path) -> LandMask:
        """A grid from the file that `tools/basemap.py` writes.

        Raises:
            AssetError: not such a file.
        """
        try:
            with np.load(path) as held:
                west, south, _, _ = (float(v) for v in held["region"])
                dlat, dlon = (float(v) for v in held["fine_deg"])
                inside = np.ascontiguousarray(held["inside"], dtype=np.uint8)
        except (OSError, ValueError, KeyError) as error:
            raise AssetError(f"{path}: no land grid ({error}); make it anew with tools/basemap.py") from error
        return cls(Land(inside, south, west, dlat, dlon))

    def on_land(self, lat: F64, lon: F64, tolerance_m: float = TOLERANCE_M) -> U8:
        """1 for points inside the coast by more than the tolerance, else 0; arrays (n,)."""
        out = np.zeros(len(lat), dtype=np.uint8)
        _on_land(self.grid, np.ascontiguousarray(lat), np.ascontiguousarray(lon), tolerance_m, out)
        return out

    def inside_m(self, lat: F64, lon: F64) -> F64:
        """Distance inside the coast, m, 0 at sea, NaN where nothing is known; arrays (n,)."""
        out = np.full(len(lat), np.nan)
        _inside(self.grid, np.ascontiguousarray(lat), np.ascontiguousarray(lon), out)
        return out
