"""Two real days over the Kattegat cables: the set of (ship, cable, minute) against pyproj and shapely alone.

The brute force knows neither grid nor tangent plane: legs and cables are cut along pyproj's geodesics every 200 m,
where a chord lies within 2 mm of its geodesic, and shapely intersects them as plain lines of longitude and latitude.
"""

from __future__ import annotations

import csv
import gzip
import math
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely
from pyproj import Geod

from seawarden.geography.index import crossings
from seawarden.geography.layer import build_layer
from seawarden.geography.pack import load_pack

GEOD = Geod(ellps="WGS84")
CUT_M = 200.0
Fix = tuple[float, float, float]


def tracks(path: Path) -> dict[str, list[Fix]]:
    by_track: dict[str, list[Fix]] = {}
    with gzip.open(path, "rt") as file:
        for row in csv.DictReader(file):
            t = datetime.fromisoformat(row["timestamp_utc"].replace("Z", "+00:00")).timestamp()
            by_track.setdefault(f"{row['mmsi']}/{row['track_id']}", []).append(
                (t, float(row["lat"]), float(row["lon"]))
            )
    return {name: sorted(fixes) for name, fixes in by_track.items()}


def cut(a: tuple[float, float], b: tuple[float, float]) -> list[tuple[float, float]]:
    n = max(1, math.ceil(GEOD.inv(*a, *b)[2] / CUT_M))
    return [a, *((float(x), float(y)) for x, y in (GEOD.npts(*a, *b, n - 1) if n > 1 else [])), b]


def test_crossings_of_the_kattegat_cables_equal_an_independent_brute_force(samples):
    ships = tracks(samples / "ais" / "dma_kattegat_2025-11-01_02_1min.csv.gz")
    cables = [a for a in load_pack() if a.id in ("cg2", "kattegat-2a", "kattegat-2b")]
    layer = build_layer(cables)
    lines = []
    for cable in cables:
        (part,) = cable.current.parts
        dense = [part[0]]
        for a, b in pairwise(part):
            dense += cut(a, b)[1:]
        lines.append(shapely.linestrings(dense))
    for line in lines:
        shapely.prepare(line)
    got: set[tuple[str, str, int]] = set()
    want: set[tuple[str, str, int]] = set()
    out = (np.zeros(64, np.int32), np.zeros(64), np.zeros(64), np.zeros(64, np.int32))
    for name, fixes in ships.items():
        for (t1, lat1, lon1), (t2, lat2, lon2) in pairwise(fixes):
            n = crossings(layer.index, lat1, lon1, lat2, lon2, *out)
            for k in range(n):
                t = t1 + float(out[1][k]) * (t2 - t1)
                got.add((name, layer.assets[out[0][k]].id, int(t // 60)))
            if (lat1, lon1) == (lat2, lon2):
                continue
            leg = shapely.linestrings(cut((lon1, lat1), (lon2, lat2)))
            for cable, line in zip(cables, lines, strict=True):
                if not line.intersects(leg):
                    continue
                far = GEOD.inv(lon1, lat1, lon2, lat2)[2]
                for point in shapely.get_parts(line.intersection(leg)):
                    gone = GEOD.inv(lon1, lat1, point.x, point.y)[2]
                    want.add((name, cable.id, int((t1 + gone / far * (t2 - t1)) // 60)))
    assert len(want) > 300
    assert got == want
