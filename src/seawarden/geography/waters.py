"""Whose waters: the territorial sea by distance from the nearest state's coast.

A first answer without treaty lines or boundaries of economic zones: within 12 nautical miles of a coast (UNCLOS,
article 3) the waters are called the nearest state's territorial sea. Straight baselines reach farther out, and
neighbours have agreed on less here and there, so the answer is a hint for a call, never a ruling. Beyond, the waters
are unknown.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from seawarden.geography.land import FILE
from seawarden.model.error import AssetError
from seawarden.model.position import U8

UNKNOWN: Final = ("unknown waters", "unknown")
TERRITORIAL_M: Final = 12 * 1852.0


class Shore(NamedTuple):
    """The nearest state to a position and how far her coast is."""

    state: str
    """ISO 3166 code of two letters, empty when unknown."""
    distance_m: float
    """NaN when unknown."""


class Waters:
    """Nearest states on a grid of some two kilometres."""

    def __init__(self, state: U8, off: U8, codes: list[str], corner: tuple[float, float], cell: tuple[float, float]):
        self._state = state
        self._off = off
        self._codes = codes
        self._corner = corner
        self._cell = cell

    @classmethod
    def shipped(cls) -> Waters:
        """The grid that was built with the base map; one that knows nothing when there is none."""
        built = resources.files("seawarden") / "data" / "built" / FILE
        if not built.is_file():
            return cls(np.zeros((1, 1), np.uint8), np.zeros((1, 1), np.uint8), [], (0.0, 0.0), (-1e-12, -1e-12))
        with resources.as_file(built) as path:
            return cls.load(path)

    @classmethod
    def load(cls, path: str | Path) -> Waters:
        """A grid from the file that `tools/basemap.py` writes.

        Raises:
            AssetError: not such a file.
        """
        try:
            with np.load(path) as held:
                west, south, _, _ = (float(v) for v in held["region"])
                dlat, dlon = (float(v) for v in held["coarse_deg"])
                codes = [str(code) for code in held["codes"]]
                return cls(held["state"], held["off"], codes, (south, west), (dlat, dlon))
        except (OSError, ValueError, KeyError) as error:
            raise AssetError(f"{path}: no waters grid ({error}); make it anew with tools/basemap.py") from error

    def shore(self, lat: float, lon: float) -> Shore:
        """The nearest state within some 125 km and the distance of her coast, to half a kilometre."""
        y, x = (lat - self._corner[0]) / self._cell[0], (lon - self._corner[1]) / self._cell[1]
        rows, cols = self._state.shape
        if not (0.0 <= y < rows and 0.0 <= x < cols):
            return Shore("", float("nan"))
        number = int(self._state[int(y), int(x)])
        if number == 0:
            return Shore("", float("nan"))
        return Shore(self._codes[number - 1], 500.0 * float(self._off[int(y), int(x)]))

    def waters_at(self, lat: float, lon: float) -> tuple[str, str]:
        """Name and kind of the waters: a state's code and `territorial sea`, or unknown."""
        shore = self.shore(lat, lon)
        if shore.state and shore.distance_m <= TERRITORIAL_M:
            return shore.state, "territorial sea"
        return UNKNOWN
