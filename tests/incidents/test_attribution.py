"""Who did it? Simulated faults on real crossings of three Kattegat cables, by place and time alone and with speed."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from seawarden.evaluate.attribution import UNSEEN, Asked, attribute
from seawarden.evaluate.calibration import calibration_of
from seawarden.evaluate.recorded import Crossing, Recorded, find_crossings, recorded
from seawarden.geography.layer import AssetLayer, build_layer
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.batch import Catalogue
from seawarden.model.position import concat
from seawarden.settings import DEFAULTS
from seawarden.sources import open_source


def cables(folder: Path) -> AssetLayer:
    points: dict[str, list[tuple[float, float]]] = {}
    with (folder / "infra/dkcpc_cables_divided.csv").open() as file:
        for r in csv.DictReader(file):
            points.setdefault(r["cable_id"], []).append((float(r["lon"]), float(r["lat"])))
    return build_layer(
        [
            Asset(
                id=name.lower(),
                name=name,
                kind="telecom_cable",
                part_of="kattegat",
                versions=(AssetVersion(parts=(tuple(p),), sigma_m=((20.0,) * (len(p) - 1),)),),
            )
            for name, p in sorted(points.items())
        ]
    )


@pytest.fixture(scope="module")
def sea(samples: Path) -> tuple[AssetLayer, Recorded, list[Crossing]]:
    layer = cables(samples)
    source = open_source(samples / "ais/dma_kattegat_2025-11-01_02_1min.csv.gz", catalogue=Catalogue())
    fleet = recorded(concat(batch.positions for batch in source.batches()))
    found = find_crossings(fleet, layer)
    assert len(found) == 492
    assert len({c.slot for c in found}) == 233
    return layer, fleet, found


def test_place_and_time_alone_reach_the_floor(sea):
    layer, fleet, found = sea
    near = attribute(fleet, layer, found[::4], Asked(2.0, 60.0), DEFAULTS, speed=False)
    assert np.mean([c.top1 for c in near]) >= 0.58
    assert np.mean([c.top3 for c in near]) >= 0.90


def test_speed_tells_the_culprit_apart(sea):
    layer, fleet, found = sea
    alone = attribute(fleet, layer, found[::4], Asked(2.0, 360.0), DEFAULTS, speed=False)
    told = attribute(fleet, layer, found[::4], Asked(2.0, 360.0), DEFAULTS)
    assert np.mean([c.top1 for c in told]) >= 0.70
    assert np.mean([c.top1 for c in told]) > np.mean([c.top1 for c in alone]) + 0.3
    assert np.mean([c.top3 for c in told]) >= 0.85


def test_chances_are_calibrated_with_a_ship_nobody_saw_among_them(sea):
    layer, fleet, found = sea
    cases = attribute(fleet, layer, found[::2], Asked(2.0, 60.0), DEFAULTS, unseen=UNSEEN)
    assert any(case.hits[-1] for case in cases)
    for case in cases:
        assert sum(case.chances) == pytest.approx(1.0)
    measured = calibration_of(
        np.concatenate([c.chances for c in cases]),
        np.concatenate([c.hits for c in cases]).astype(float),
        np.repeat(np.arange(len(cases)), [len(c.chances) for c in cases]),
        "test",
    )
    assert 0.75 <= measured.slope <= 1.3
    assert measured.error <= measured.error_if_perfect + 0.02
