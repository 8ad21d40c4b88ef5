"""Real traffic moved to another sea and another day: a reconstruction then sails among ships that behave like ships.

The tracks keep their shape in metres, their noise and their cadence. Every ship loses her identity: she gets a number
that no station can bear (see `demo`), and every position is marked simulated. Positions that fall on land at the new
place are left out.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from seawarden.geography.land import LandMask
from seawarden.model.position import Positions, Provenance, take
from seawarden.simulate.path import metres_per_degree, wrap_deg

FIRST_MMSI: Final = 999_500_000


def transplanted(p: Positions, lat: float, lon: float, t: int, land: LandMask) -> Positions:
    """The traffic with its middle at a place and time, in order of time.

    Args:
        p: real positions, shape (n,).
        lat: of the new middle, degrees.
        lon: degrees.
        t: of the new middle, ms.
        land: the coast.
    """
    out = take(p, slice(None))
    if not len(p.t):
        return out
    middle_lat, middle_lon = float(np.median(p.lat)), float(np.median(p.lon))
    m_lat, m_lon = metres_per_degree(p.lat)
    north = (p.lat - middle_lat) * m_lat
    east = wrap_deg(p.lon - middle_lon) * m_lon
    new_lat_m, _ = metres_per_degree(np.array([lat]))
    out.lat[:] = lat + north / new_lat_m[0]
    _, there = metres_per_degree(out.lat)
    out.lon[:] = wrap_deg(lon + east / there)
    shift = t - (int(p.t.min()) + int(p.t.max())) // 2
    out.t[:] = p.t + shift
    ships, number = np.unique(p.mmsi, return_inverse=True)
    del ships
    out.mmsi[:] = FIRST_MMSI + number
    out.provenance[:] = int(Provenance.SIMULATED)
    out.file[:], out.receiver[:] = -1, -1
    afloat = take(out, land.on_land(out.lat, out.lon) == 0)
    return take(afloat, np.lexsort((afloat.mmsi, afloat.t)))
