"""Where a ship is: near a port or pilot station, or with land all round, speed changes as a matter of course."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from seawarden.geodesy import distance_m, local_radii
from seawarden.geography.land import Land, LandMask, inside_m
from seawarden.geography.ports_table import PlacesTable
from seawarden.model.position import F64

FAR_KM: Final = 60.0
BEARINGS: Final = 12
RINGS_M: Final = (2_500.0, 6_000.0)


@njit(cache=True)
def _place(land: Land, known: bool, port_lat: F64, port_lon: F64, lat: F64, lon: F64, out: F64) -> None:
    for k in range(len(lat)):
        least = FAR_KM * 1000.0
        for i in range(len(port_lat)):
            if abs(port_lat[i] - lat[k]) < 0.6:
                least = min(least, distance_m(lat[k], lon[k], port_lat[i], port_lon[i]))
        out[k, 0] = least / 1000.0
        if not known:
            out[k, 1] = math.nan
            continue
        m_lat, m_lon = local_radii(lat[k])
        ashore = 0
        seen = 0
        for ring in RINGS_M:
            for b in range(BEARINGS):
                angle = 2.0 * math.pi * b / BEARINGS
                inside = inside_m(
                    land, lat[k] + ring * math.cos(angle) / m_lat, lon[k] + ring * math.sin(angle) / m_lon
                )
                if not math.isnan(inside):
                    seen += 1
                    ashore += 1 if inside > 0.0 else 0
        out[k, 1] = ashore / seen if seen else math.nan


def place_of(lat: F64, lon: F64, places: PlacesTable | None, land: LandMask | None) -> F64:
    """Distance to the nearest port or pilot station (km, at most `FAR_KM`) and share of land round, shape (m, 2).

    NaN where no table of places or no land grid is at hand.
    """
    out = np.full((len(lat), 2), np.nan)
    mask = land if land is not None else LandMask()
    port_lat, port_lon = (places.lat, places.lon) if places is not None else (np.empty(0), np.empty(0))
    _place(mask.grid, mask.known, port_lat, port_lon, np.ascontiguousarray(lat), np.ascontiguousarray(lon), out)
    if places is None:
        out[:, 0] = np.nan
    return out
