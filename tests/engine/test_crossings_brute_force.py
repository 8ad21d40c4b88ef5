"""The set of (ship, cable, minute) crossings of the Kattegat cables equals an independent geodesic brute force."""

from __future__ import annotations

import csv
import itertools

import numpy as np
import polars as pl
import pytest
from pyproj import Geod

from seawarden.behaviours.approach import Approach
from seawarden.checks import Bench
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.batch import Catalogue
from seawarden.model.position import concat
from seawarden.settings import DEFAULTS
from seawarden.sources import open_source

WGS84 = Geod(ellps="WGS84")
NAMES = {"CG2": "CG2", "Kattegat2A": "Kattegat 2A", "Kattegat2B": "Kattegat 2B"}


def cables(samples):
    lines: dict[str, list[tuple[float, float]]] = {}
    with (samples / "infra" / "dkcpc_cables_divided.csv").open() as handle:
        for row in csv.DictReader(handle):
            lines.setdefault(row["cable_id"], []).append((float(row["lon"]), float(row["lat"])))
    return lines


def gnomonic_crossings(track, line):
    """Times (ms) at which a track crosses a line: every step against every piece, by geocentric vectors.

    Two geodesic arcs of some tens of km cross where the great circles of their ends' normal vectors do, to metres.
    """

    def vectors(lon, lat):
        lon, lat = np.radians(lon), np.radians(lat)
        return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)

    fine = [line[0]]
    for (x1, y1), (x2, y2) in itertools.pairwise(line):
        n = max(1, int(WGS84.inv(x1, y1, x2, y2)[2] // 500))
        fine += [*WGS84.npts(x1, y1, x2, y2, n), (x2, y2)] if n > 1 else [(x2, y2)]
    a = vectors(np.array([x for x, _ in fine]), np.array([y for _, y in fine]))
    p = vectors(track["lon"].to_numpy(), track["lat"].to_numpy())
    t = track["t"].to_numpy()
    normal_line = np.cross(a[:-1], a[1:])
    normal_step = np.cross(p[:-1], p[1:])
    before = p[:-1] @ normal_line.T
    after = p[1:] @ normal_line.T
    left = normal_step @ a[:-1].T
    right = normal_step @ a[1:].T
    hit = ((before >= 0) != (after >= 0)) & ((left >= 0) != (right >= 0))
    steps, pieces = np.nonzero(hit)
    share = before[steps, pieces] / (before[steps, pieces] - after[steps, pieces])
    return [float(t[k] + f * (t[k + 1] - t[k])) for k, f in zip(steps, share, strict=True)]


@pytest.fixture(scope="module")
def both(samples):
    path = samples / "ais" / "dma_kattegat_2025-11-01_02_1min.csv.gz"
    lines = cables(samples)
    assets = [
        Asset(
            id=key.lower(), name=NAMES[key], kind="telecom_cable",
            versions=(AssetVersion(parts=(tuple(line),), sigma_m=((30.0,) * (len(line) - 1),)),),
        )
        for key, line in lines.items()
    ]  # fmt: skip
    catalogue = Catalogue()
    positions = concat(b.positions for b in open_source(path, catalogue=catalogue).batches())
    bench = Bench([Approach(DEFAULTS.behaviours.crossing, DEFAULTS.assets)], assets, catalogue=catalogue)
    found = [f for f in bench.run(positions) if f.kind == "crossing" and f.revision == 1]
    ours = sorted((f.ship.mmsi, f.asset.id, f.start_t) for f in found if f.asset is not None)
    table = pl.read_csv(path).with_columns(
        t=pl.col("timestamp_utc").str.to_datetime("%Y-%m-%d %H:%M:%S").dt.epoch("ms")
    )
    brute = []
    for (mmsi,), track in table.sort("t").group_by(["mmsi"], maintain_order=True):
        for key, line in lines.items():
            brute += [(int(mmsi), key.lower(), t) for t in gnomonic_crossings(track, line)]
    return ours, sorted(brute)


def test_the_same_crossings_to_the_second(both):
    ours, brute = both
    assert len(ours) == len(brute) == 492
    for a, b in zip(ours, brute, strict=True):
        assert a[:2] == b[:2]
        assert abs(a[2] - b[2]) <= 1000


def test_the_set_of_ship_cable_and_minute(both):
    """Equal but for crossings within a second of a full minute, which may fall on either side of it."""
    ours, brute = both
    differences = {(m, c, t // 60_000) for m, c, t in ours} ^ {(m, c, int(t // 60_000)) for m, c, t in brute}
    for mmsi, cable, minute in differences:
        times = [t for m, c, t in brute if m == mmsi and c == cable and abs(t / 60_000 - minute) < 2]
        assert any(min(t % 60_000, 60_000 - t % 60_000) <= 1000 for t in times), (mmsi, cable, minute)
    assert len(differences) <= 4
