"""Depth of water from a grid, with how far it may be believed.

Depth is metres, positive down; land is negative. Grids come as NetCDF (the shipped ETOPO5, GEBCO's `elevation`,
EMODnet's `elevation` or `depth`) or GeoTIFF. Between nodes depth is bilinear over the nodes that are known.

**Sigma.** ETOPO5 has 5-minute cells of 1988: the Gotland Deep reads 211 m (truly 249), and a 48 m plateau lies under
most of the Kattegat; 20 m. A user's grid takes the figure given for it, or one by the size of its cells.
"""

from __future__ import annotations

import hashlib
import math
from importlib import resources
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from numba import njit

from seawarden.geography.densify import densify
from seawarden.geography.depth_read import Box, RawGrid, read_depths
from seawarden.geography.layer import GEOD, Route
from seawarden.model.asset import Asset
from seawarden.model.depth import DepthSource
from seawarden.model.position import F32, F64

ETOPO5_SIGMA_M: Final = 20.0
"""Measured loosely against charted depths; see the module's text."""


class Grid(NamedTuple):
    """A regular grid of depths, for kernels: node (i, j) lies at lat0 + i dlat, lon0 + j dlon."""

    depth_m: F32
    """(rows, cols) depth, positive down, NaN unknown."""
    lat0: float
    lon0: float
    dlat: float
    dlon: float
    sigma_m: float


@njit(cache=True, error_model="numpy")
def sample(grid: Grid, lat: float, lon: float) -> tuple[float, float]:
    """Depth and its sigma at a point, m; NaN outside the grid and where no node near is known."""
    rows, cols = grid.depth_m.shape
    y = (lat - grid.lat0) / grid.dlat
    east = lon - grid.lon0
    east -= 360.0 * math.floor(east / 360.0)
    x = east / grid.dlon
    if x > cols - 0.5 and x >= 360.0 / grid.dlon - 0.5:
        x -= 360.0 / grid.dlon
    depth = math.nan
    sigma = math.nan
    if -0.5 <= y <= rows - 0.5 and -0.5 <= x <= cols - 0.5:
        y = min(max(y, 0.0), rows - 1.0)
        x = min(max(x, 0.0), cols - 1.0)
        i = min(int(y), max(rows - 2, 0))
        j = min(int(x), max(cols - 2, 0))
        fy = y - i
        fx = x - j
        total = 0.0
        weight = 0.0
        for di in range(2):
            for dj in range(2):
                w = (fy if di else 1.0 - fy) * (fx if dj else 1.0 - fx)
                if w > 0.0:
                    value = grid.depth_m[i + di, j + dj]
                    if not math.isnan(value):
                        total += w * value
                        weight += w
        if weight > 0.0:
            depth = total / weight
            sigma = grid.sigma_m
    return depth, sigma


@njit(cache=True, error_model="numpy")
def _sample_all(grid: Grid, lat: F64, lon: F64, depth: F64, sigma: F64) -> None:
    for k in range(lat.shape[0]):
        depth[k], sigma[k] = sample(grid, lat[k], lon[k])


class DepthGrid:
    """A grid of depths and where it came from."""

    def __init__(self, raw: RawGrid, *, sigma_m: float, source: str) -> None:
        self.grid = Grid(raw.depth_m, raw.lat0, raw.lon0, raw.dlat, raw.dlon, float(sigma_m))
        self.source = source

    @classmethod
    def shipped(cls) -> DepthGrid:
        """The ETOPO5 cut of the North Sea and the Baltic that ships."""
        with resources.as_file(resources.files("seawarden") / "data" / "etopo5_northsea_baltic.nc") as path:
            return cls(read_depths(path), sigma_m=ETOPO5_SIGMA_M, source="NOAA ETOPO5, 5 arc-minutes, public domain")

    @classmethod
    def load(cls, path: str | Path, *, box: Box | None = None, sigma_m: float | None = None) -> DepthGrid:
        """A user's grid: GEBCO or EMODnet NetCDF, or GeoTIFF.

        Args:
            path: the file.
            box: (south, west, north, east), degrees: only this part is read.
            sigma_m: standard error of its depths, m; by default from the size of its cells (`sigma_of_cells`).

        Raises:
            AssetError: the file can't be read as a grid of depths, or the box lies outside it.
        """
        raw = read_depths(Path(path), box=box)
        known = sigma_m if sigma_m is not None else sigma_of_cells(raw.dlat)
        return cls(raw, sigma_m=known, source=Path(path).name)

    def depth_m(self, lat: F64, lon: F64) -> tuple[F64, F64]:
        """Depth and sigma at points, arrays of shape (n,), m; NaN where unknown."""
        lat = np.ascontiguousarray(lat, dtype=np.float64)
        lon = np.ascontiguousarray(lon, dtype=np.float64)
        depth = np.full(lat.shape, np.nan)
        sigma = np.full(lat.shape, np.nan)
        _sample_all(self.grid, lat, lon, depth, sigma)
        return depth, sigma

    def is_land(self, lat: F64, lon: F64) -> npt.NDArray[np.bool_]:
        """Whether the grid has land at points, (n,); False where unknown."""
        return np.asarray(self.depth_m(lat, lon)[0] < 0.0)

    def sources(self) -> tuple[DepthSource, ...]:
        """What depths come from: this grid."""
        g = self.grid
        nodes = hashlib.sha256(repr((g.depth_m.shape, g.lat0, g.lon0, g.dlat, g.dlon)).encode())
        nodes.update(g.depth_m.data)
        return (
            DepthSource(
                source=self.source, cell_deg=round(g.dlat, 6), sigma_m=round(g.sigma_m, 1), hash=nodes.hexdigest()
            ),
        )


def sigma_of_cells(cell_deg: float) -> float:
    """Standard error of a depth by the size of a grid's cells, m.

    ETOPO5's 5 minutes and 20 m set the scale; a tenth of that is left for grids of 15 seconds (GEBCO) and finer,
    whose soundings still lie apart. A guess that a user's own figure replaces.
    """
    return float(min(100.0, max(2.0, ETOPO5_SIGMA_M * cell_deg * 12.0)))


class Profile(NamedTuple):
    """Depth along an asset, arrays of shape (n,)."""

    kp_km: F64
    lat: F64
    lon: F64
    depth_m: F64
    sigma_m: F64


def profile(asset: Asset, depths: DepthGrid, *, step_km: float = 1.0) -> Profile:
    """Depth of water every `step_km` along an asset's current geometry, ends and vertices included.

    Sigma adds to the grid's own what the route's error makes of the slope: the depths half a sigma to either side.
    """
    route = Route(asset.current)
    every = np.arange(0.0, route.length_km, step_km)
    marks = np.unique(np.concatenate([every, route.kp_km]))
    places = [route.at(float(kp)) for kp in marks]
    lat = np.array([p[0] for p in places])
    lon = np.array([p[1] for p in places])
    depth, sigma = depths.depth_m(lat, lon)
    across = _across(asset, route, marks)
    spread = np.zeros(len(marks))
    for bearing in (0.0, 90.0, 180.0, 270.0):
        there_lon, there_lat, _ = GEOD.fwd(lon, lat, np.full(len(marks), bearing), across)
        there, _ = depths.depth_m(np.asarray(there_lat), np.asarray(there_lon))
        spread = np.fmax(spread, np.abs(there - depth))
    return Profile(marks, lat, lon, depth, np.hypot(sigma, spread))


def _across(asset: Asset, route: Route, marks: F64) -> F64:
    """Sigma of the route across its line at KPs, m."""
    sigmas = np.array([s for part in asset.current.sigma_m for s in (*part, part[-1] if part else 0.0)])
    row = np.clip(np.searchsorted(route.kp_km, marks, side="right") - 1, 0, max(len(sigmas) - 1, 0))
    return sigmas[row] if len(sigmas) else np.zeros(len(marks))


def with_depths(asset: Asset, depths: DepthGrid, *, step_km: float = 5.0) -> Asset:
    """The asset with depth and sigma at each vertex of its current geometry; unchanged where it has them already.

    Long pieces get a vertex every `step_km` on their geodesic first. Depths are rounded to a decimetre; a vertex
    outside the grid has NaN.
    """
    if asset.current.depth_m:
        return asset
    version = densify(asset.current, step_km)
    denser = msgspec.structs.replace(asset, versions=(*asset.versions[:-1], version))
    at_vertex = profile(denser, depths, step_km=1e9)
    route = Route(version)
    row = np.searchsorted(at_vertex.kp_km, route.kp_km)
    depth: list[tuple[float, ...]] = []
    sigma: list[tuple[float, ...]] = []
    for part in range(len(version.parts)):
        mine = row[route.part == part]
        depth.append(tuple(round(float(v), 1) for v in at_vertex.depth_m[mine]))
        sigma.append(tuple(round(float(v), 1) for v in at_vertex.sigma_m[mine]))
    newest = msgspec.structs.replace(version, depth_m=tuple(depth), depth_sigma_m=tuple(sigma))
    return msgspec.structs.replace(asset, versions=(*asset.versions[:-1], newest))
