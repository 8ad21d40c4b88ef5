"""Where patterns are laid: places of real assets in real traffic, or declared lines where there are none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from seawarden.geodesy import bearing_deg, destination
from seawarden.geography.index import nearest_of
from seawarden.geography.layer import AssetLayer, build_layer
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.error import UsageError
from seawarden.model.position import Positions
from seawarden.ports import Surroundings
from seawarden.simulate.draws import generator
from seawarden.simulate.patterns import Spot

DEPTH_M: Final = 12.0
NEAR_DEG: Final = 0.15
LEAST_NEAR: Final = 20
"""Positions of real traffic within a tenth of a degree or so of a place: it is part of the sea that was heard."""
SHARE: Final = 0.01
"""Share of positions within reach of an asset below which a file's waters are said to have none."""
LINE_M: Final = 30_000.0


def assets_or_lines(positions: Positions, assets: Sequence[Asset]) -> tuple[list[Asset], bool]:
    """The assets, and whether they are lines declared for the occasion: three across the busiest water."""
    layer = build_layer(assets)
    inside = np.isfinite(positions.lat) & np.isfinite(positions.lon)
    lat, lon = np.ascontiguousarray(positions.lat[inside]), np.ascontiguousarray(positions.lon[inside])
    if len(lat) and float(np.mean(nearest_of(layer.index, lat, lon)[0] >= 0)) >= SHARE:
        return list(assets), False
    cells, counts = np.unique(np.round(np.stack([lat, lon], 1) / 0.2).astype(np.int64), axis=0, return_counts=True)
    busiest = cells[np.argsort(-counts, kind="stable")][:3] * 0.2
    return [_line(k, float(at[0]), float(at[1]), 60.0 * k + 20.0) for k, at in enumerate(busiest)], True


def _line(number: int, lat: float, lon: float, bearing: float) -> Asset:
    one, other = destination(lat, lon, bearing, LINE_M), destination(lat, lon, bearing + 180.0, LINE_M)
    return Asset(
        id=f"declared-line-{number + 1}",
        name=f"Declared line {number + 1}",
        kind="telecom_cable",
        status="in_service",
        versions=(AssetVersion(parts=(((one[1], one[0]), (other[1], other[0])),), sigma_m=((50.0,),)),),
        source="declared for the bench: no such cable is known",
        licence="CC0-1.0",
    )


def spots(positions: Positions, layer: AssetLayer, around: Surroundings, count: int, *key: int | str) -> list[Spot]:
    """Places of assets in the traffic, in water and outside of ports.

    Args:
        positions: the real traffic.
        layer: the assets.
        around: depth and places.
        count: how many.
        *key: names the draw.

    Raises:
        UsageError: no asset runs through these waters.
    """
    random = generator("spots", *key)
    index = layer.index
    lat, lon = positions.lat, positions.lon
    south, north = np.nanpercentile(lat, (1, 99))
    west, east = np.nanpercentile(lon, (1, 99))
    fit = (
        (np.minimum(index.lat1, index.lat2) < north) & (np.maximum(index.lat1, index.lat2) > south)
        & (np.minimum(index.lon1, index.lon2) < east) & (np.maximum(index.lon1, index.lon2) > west)
    )  # fmt: skip
    rows = np.flatnonzero(fit)
    out: list[Spot] = []
    for _ in range(400 * count if len(rows) else 0):
        s, u = int(random.choice(rows)), float(random.random())
        at = (
            float(index.lat1[s] + u * (index.lat2[s] - index.lat1[s])),
            float(index.lon1[s] + u * (index.lon2[s] - index.lon1[s])),
        )
        near = (np.abs(lat - at[0]) < NEAR_DEG) & (np.abs(lon - at[1]) < 2.0 * NEAR_DEG)
        if int(near.sum()) < LEAST_NEAR or _ashore(around, *at):
            continue
        bearing = bearing_deg(index.lat1[s], index.lon1[s], index.lat2[s], index.lon2[s])
        out.append(Spot(at[0], at[1], float(bearing)))
        if len(out) == count:
            return out
    if not out:
        raise UsageError("no asset runs through the waters of these positions: name others with --assets")
    return [out[k % len(out)] for k in range(count)]


def _ashore(around: Surroundings, lat: float, lon: float) -> bool:
    if around.places is not None and around.places.at(lat, lon) is not None:
        return True
    points = [(lat, lon), *(destination(lat, lon, 45.0 * k, 4_000.0) for k in range(8))]
    lats, lons = np.array([p[0] for p in points]), np.array([p[1] for p in points])
    if around.land is not None and bool((around.land.on_land(lats, lons, 0.0) > 0).any()):
        return True
    if around.depth is None:
        return False
    depth, _ = around.depth.depth_m(lats[:1], lons[:1])
    return bool(depth[0] < DEPTH_M)
