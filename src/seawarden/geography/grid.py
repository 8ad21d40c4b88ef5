"""The grid under the asset index: its extent, across the antimeridian too, and each cell's list of segments."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from seawarden.geodesy import local_radii, segment_nearest, wrap_deg
from seawarden.model.position import F32, F64, I32

MOST_CELLS: Final = 60_000_000
"""A grid has no more cells than this; a world of assets takes larger cells instead."""


class GridOver(NamedTuple):
    """Extent of a grid of square cells (in degrees)."""

    lat0: float
    lon0: float
    cell_deg: float
    rows: int
    cols: int


def span_longitudes(lon1: F64, lon2: F64) -> tuple[float, float]:
    """The smallest arc of longitude that holds all segments: its western end and its width, degrees."""
    west = (lon1 + 0.0) % 360.0
    turn = (lon2 - lon1 + 180.0) % 360.0 - 180.0
    begin = np.where(turn < 0, west + turn, west) % 360.0
    order = np.argsort(begin, kind="stable")
    begin = begin[order]
    end = begin + np.abs(turn[order])
    reach = np.maximum.accumulate(end)
    gaps = np.append(begin[1:], begin[0] + 360.0) - reach
    widest = int(np.argmax(gaps))
    if gaps[widest] <= 0.0:
        return -180.0, 360.0
    first = float(begin[(widest + 1) % len(begin)])
    return (first + 180.0) % 360.0 - 180.0, 360.0 - float(gaps[widest])


def pad(south: float, north: float, west: float, width: float, reach_m: float, cell_deg: float) -> GridOver:
    """A grid over a box and `reach_m` around it; the whole circle of longitude where that is nearly reached."""
    margin = reach_m / 110_500.0 + cell_deg + 0.02
    south, north = max(-90.0, south - margin), min(90.0, north + margin)
    per_lon = local_radii(min(89.9, max(abs(south), abs(north))))[1]
    side = min(180.0, reach_m / per_lon + cell_deg + 0.02)
    width += 2.0 * side
    west -= side
    while math.ceil((north - south) / cell_deg) * math.ceil(min(360.0, width) / cell_deg) > MOST_CELLS:
        cell_deg *= 2.0
    if width >= 360.0 - cell_deg:
        cell_deg = 360.0 / math.ceil(360.0 / cell_deg)
        return GridOver(south, -180.0, cell_deg, math.ceil((north - south) / cell_deg), round(360.0 / cell_deg))
    cols = math.ceil(width / cell_deg)
    return GridOver(south, wrap_deg(west), cell_deg, math.ceil((north - south) / cell_deg), cols)


@njit(cache=True, error_model="numpy")
def _sweep(
    lat0: float,
    lon0: float,
    cell_deg: float,
    rows: int,
    cols: int,
    lat1: F64,
    lon1: F64,
    lat2: F64,
    lon2: F64,
    reach_m: float,
    count: I32,
    items: I32,
    bound: F32,
    fill: bool,
) -> None:
    """Visit every (segment, cell) within reach: count them, or write them where `count` says."""
    for s in range(lat1.shape[0]):
        dlon = wrap_deg(lon2[s] - lon1[s])
        # A geodesic bulges poleward of its ends by up to the sagitta: a hundredth of a degree is ample for 10 km.
        south = min(lat1[s], lat2[s]) - reach_m / 110_500.0 - 0.01
        north = max(lat1[s], lat2[s]) + reach_m / 110_500.0 + 0.01
        per_lon = local_radii(min(89.9, max(abs(south), abs(north))))[1]
        side = min(180.0, reach_m / per_lon + 0.01)
        west = lon1[s] + min(0.0, dlon) - side - lon0
        west -= 360.0 * math.floor(west / 360.0)
        first_col = math.floor(west / cell_deg)
        last_col = math.floor((west + abs(dlon) + 2.0 * side) / cell_deg)
        last_col = min(last_col, first_col + math.ceil(360.0 / cell_deg) - 1)
        whole = cols == round(360.0 / cell_deg)
        first_row = max(0, math.floor((south - lat0) / cell_deg))
        last_row = min(rows - 1, math.floor((north - lat0) / cell_deg))
        for row in range(first_row, last_row + 1):
            low = lat0 + row * cell_deg
            centre_lat = low + 0.5 * cell_deg
            equatorward = low if abs(low) < abs(low + cell_deg) else low + cell_deg
            if low < 0.0 < low + cell_deg:
                equatorward = 0.0
            a, b = local_radii(equatorward)
            half = 0.5 * cell_deg * math.hypot(1.01 * a, b) + 1.0
            for c in range(first_col, last_col + 1):
                col = c % cols if whole else c
                if col >= cols:
                    continue
                centre_lon = lon0 + (col + 0.5) * cell_deg
                far, _ = segment_nearest(centre_lat, centre_lon, lat1[s], lon1[s], lat2[s], lon2[s])
                if far > reach_m + half:
                    continue
                cell = row * cols + col
                if fill:
                    items[count[cell]] = s
                    bound[count[cell]] = max(0.0, 0.9995 * far - half)
                    count[cell] += 1
                else:
                    count[cell + 1] += 1


@njit(cache=True, error_model="numpy")
def _sort_cells(start: I32, items: I32, bound: F32) -> None:
    for cell in range(start.shape[0] - 1):
        first = start[cell]
        for k in range(first + 1, start[cell + 1]):
            item, far = items[k], bound[k]
            j = k
            while j > first and (bound[j - 1] > far or (bound[j - 1] == far and items[j - 1] > item)):
                items[j] = items[j - 1]
                bound[j] = bound[j - 1]
                j -= 1
            items[j] = item
            bound[j] = far


def list_cells(over: GridOver, lat1: F64, lon1: F64, lat2: F64, lon2: F64, reach_m: float) -> tuple[I32, I32, F32]:
    """Each cell's segments within reach, nearest first: where each list begins, segments, lower bounds in m."""
    start = np.zeros(over.rows * over.cols + 1, dtype=np.int32)
    none = np.zeros(0, dtype=np.int32)
    nothing = np.zeros(0, dtype=np.float32)
    _sweep(*over, lat1, lon1, lat2, lon2, float(reach_m), start, none, nothing, False)
    start = np.cumsum(start, dtype=np.int32)
    items = np.zeros(int(start[-1]), dtype=np.int32)
    bound = np.zeros(int(start[-1]), dtype=np.float32)
    _sweep(*over, lat1, lon1, lat2, lon2, float(reach_m), start[:-1].copy(), items, bound, True)
    _sort_cells(start, items, bound)
    return start, items, bound
