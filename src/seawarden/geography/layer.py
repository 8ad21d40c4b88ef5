"""The asset layer: assets, their compiled index, and what is asked of one asset by row and KP."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from pyproj import Geod

from seawarden.geography.grid import GridOver, list_cells, pad, span_longitudes
from seawarden.geography.index import AssetIndex
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.error import AssetError
from seawarden.model.finding import AssetRef
from seawarden.model.position import F64, I32

GEOD: Final = Geod(ellps="WGS84")
PIECE_M: Final = 10_000.0
"""Longest piece of an asset that is taken as straight, m."""


class Route:
    """The vertices of one asset's geometry with their KP, as arrays of shape (v,); parts run on one after another."""

    def __init__(self, version: AssetVersion) -> None:
        lon = [p[0] for part in version.parts for p in part]
        lat = [p[1] for part in version.parts for p in part]
        self.lat: F64 = np.array(lat, dtype=np.float64)
        self.lon: F64 = np.array(lon, dtype=np.float64)
        self.part: I32 = np.array([k for k, part in enumerate(version.parts) for _ in part], dtype=np.int32)
        step = np.zeros(len(lat))
        if len(lat) > 1:
            step[1:] = GEOD.inv(self.lon[:-1], self.lat[:-1], self.lon[1:], self.lat[1:])[2]
            step[1:][self.part[1:] != self.part[:-1]] = 0.0
        self.kp_km: F64 = np.cumsum(step) / 1000.0

    @property
    def length_km(self) -> float:
        """Length along the geodesics, gaps between parts left out, km."""
        return float(self.kp_km[-1]) if len(self.kp_km) else 0.0

    def at(self, kp_km: float) -> tuple[float, float]:
        """Latitude and longitude at a kilometre point; beyond the ends, the end."""
        k = int(np.searchsorted(self.kp_km, kp_km, side="right")) - 1
        k = min(max(k, 0), len(self.kp_km) - 1)
        if k == len(self.kp_km) - 1 or kp_km <= 0.0:
            return float(self.lat[k]), float(self.lon[k])
        azimuth, _, _ = GEOD.inv(self.lon[k], self.lat[k], self.lon[k + 1], self.lat[k + 1])
        lon, lat, _ = GEOD.fwd(self.lon[k], self.lat[k], azimuth, (kp_km - self.kp_km[k]) * 1000.0)
        return float(lat), float(lon)


class AssetLayer:
    """Assets by row, with the index that the kernels take."""

    def __init__(self, assets: Sequence[Asset], index: AssetIndex, routes: Sequence[Route], digest: str) -> None:
        self.assets: list[Asset] = list(assets)
        self.index = index
        self.routes: list[Route] = list(routes)
        self.hash = digest
        """SHA-256 of the assets' canonical JSON and the index's reach."""
        self._rows = {asset.id: row for row, asset in enumerate(self.assets)}

    def row_of(self, name: str) -> int | None:
        """Row of an asset by its id, name or alias (case, spaces and hyphens do not count), or None."""
        if name in self._rows:
            return self._rows[name]
        wanted = _plain(name)
        for row, asset in enumerate(self.assets):
            if wanted in {_plain(asset.id), _plain(asset.name), *map(_plain, asset.aliases)}:
                return row
        return None

    def ref(self, row: int, kp_km: float | None = None, kp_sigma_km: float | None = None) -> AssetRef:
        """The asset as findings name it."""
        asset = self.assets[row]
        return AssetRef(
            id=asset.id,
            name=asset.name,
            kind=asset.kind,
            system=asset.system,
            kp_km=kp_km,
            kp_sigma_km=kp_sigma_km,
            version=asset.current.version,
            visibility=asset.visibility,
        )

    def length_km(self, row: int) -> float:
        """Length of an asset, km."""
        return self.routes[row].length_km

    def position(self, row: int, kp_km: float) -> tuple[float, float]:
        """Latitude and longitude of a kilometre point of an asset."""
        return self.routes[row].at(kp_km)

    def depth_at(self, row: int, kp_km: float) -> tuple[float, float]:
        """Depth of water and its sigma at a kilometre point, m; NaN where the asset carries no depths."""
        version = self.assets[row].current
        if not version.depth_m:
            return math.nan, math.nan
        kp = self.routes[row].kp_km
        depth = np.concatenate([np.asarray(part) for part in version.depth_m])
        sigma = np.concatenate([np.asarray(part) for part in version.depth_sigma_m])
        return float(np.interp(kp_km, kp, depth)), float(np.interp(kp_km, kp, sigma))

    def cable_km(self, row: int, kp_km: float) -> float:
        """Cable distance at a kilometre point, km, where the owner's list gives it; NaN where it does not."""
        version = self.assets[row].current
        if not version.cable_km:
            return math.nan
        cable = np.concatenate([np.asarray(part) for part in version.cable_km])
        return float(np.interp(kp_km, self.routes[row].kp_km, cable))


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def _cut(assets: Sequence[Asset], routes: Sequence[Route]) -> dict[str, list[float]]:
    names = ("asset", "lat1", "lon1", "lat2", "lon2", "kp1", "kp2", "sigma")
    columns: dict[str, list[float]] = {name: [] for name in names}
    for row, (asset, route) in enumerate(zip(assets, routes, strict=True)):
        sigmas = [s for part in asset.current.sigma_m for s in (*part, math.nan)]
        for k in range(len(route.lat) - 1):
            length = float(route.kp_km[k + 1] - route.kp_km[k])
            if route.part[k] != route.part[k + 1] or length == 0.0:
                continue
            pieces = max(1, math.ceil(length * 1000.0 / PIECE_M))
            ends = [(float(route.lon[k]), float(route.lat[k]))]
            if pieces > 1:
                ends += GEOD.npts(route.lon[k], route.lat[k], route.lon[k + 1], route.lat[k + 1], pieces - 1)
            ends.append((float(route.lon[k + 1]), float(route.lat[k + 1])))
            for j in range(pieces):
                values = (row, ends[j][1], ends[j][0], ends[j + 1][1], ends[j + 1][0])
                kps = tuple(float(route.kp_km[k]) + length * (j + e) / pieces for e in (0, 1))
                for column, value in zip(columns.values(), (*values, *kps, sigmas[k]), strict=True):
                    column.append(value)
    return columns


def build_layer(assets: Sequence[Asset], *, reach_m: float = 9_300.0, cell_deg: float = 0.05) -> AssetLayer:
    """Cut assets into pieces, list them by cell, and hand back the layer.

    Args:
        assets: each with the geometry of its newest version.
        reach_m: how far from an asset the kernels still see it, m.
        cell_deg: size of the grid's cells, degrees; made larger when the grid would have over 60 M cells.

    Raises:
        AssetError: two assets with one id, or a geometry whose columns do not fit together.
    """
    seen: set[str] = set()
    for asset in assets:
        if asset.id in seen:
            raise AssetError(f"two assets have the id '{asset.id}': give one of them another id")
        seen.add(asset.id)
        for part, sigma in zip(asset.current.parts, asset.current.sigma_m, strict=False):
            if len(sigma) != max(0, len(part) - 1):
                raise AssetError(f"asset '{asset.id}': a part of {len(part)} vertices has {len(sigma)} sigmas")
        if len(asset.current.parts) != len(asset.current.sigma_m):
            raise AssetError(f"asset '{asset.id}': sigma_m must hold one row for each part")
    routes = [Route(asset.current) for asset in assets]
    columns = _cut(assets, routes)
    arrays = {name: np.array(values, dtype=np.float64) for name, values in columns.items()}
    over = _grid_over(arrays, reach_m, cell_deg)
    lists = list_cells(over, arrays["lat1"], arrays["lon1"], arrays["lat2"], arrays["lon2"], reach_m)
    index = AssetIndex(
        asset=arrays["asset"].astype(np.int32),
        lat1=arrays["lat1"],
        lon1=arrays["lon1"],
        lat2=arrays["lat2"],
        lon2=arrays["lon2"],
        kp1_km=arrays["kp1"],
        kp2_km=arrays["kp2"],
        sigma_m=arrays["sigma"],
        cell_start=lists[0],
        cell_items=lists[1],
        cell_dist_m=lists[2],
        lat0=over.lat0,
        lon0=over.lon0,
        cell_deg=over.cell_deg,
        rows=over.rows,
        cols=over.cols,
        reach_m=float(reach_m),
    )
    canonical = msgspec.json.encode([list(assets), float(reach_m), float(cell_deg)], order="sorted")
    return AssetLayer(assets, index, routes, hashlib.sha256(canonical).hexdigest())


def _grid_over(arrays: dict[str, F64], reach_m: float, cell_deg: float) -> GridOver:
    if not len(arrays["lat1"]):
        return GridOver(0.0, 0.0, float(cell_deg), 1, 1)
    south = min(float(arrays["lat1"].min()), float(arrays["lat2"].min()))
    north = max(float(arrays["lat1"].max()), float(arrays["lat2"].max()))
    west, width = span_longitudes(arrays["lon1"], arrays["lon2"])
    return pad(south, north, west, width, reach_m, float(cell_deg))
