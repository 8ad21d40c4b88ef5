"""Two real days over three Kattegat cables: what an ordinary day costs the watch."""

from __future__ import annotations

import csv
from pathlib import Path

from seawarden.model.asset import Asset, AssetVersion
from seawarden.run.replay import replay
from seawarden.settings import Settings


def cables(folder: Path) -> list[Asset]:
    points: dict[str, list[tuple[float, float]]] = {}
    with (folder / "infra/dkcpc_cables_divided.csv").open() as file:
        for r in csv.DictReader(file):
            points.setdefault(r["cable_id"], []).append((float(r["lon"]), float(r["lat"])))
    return [
        Asset(
            id=name.lower(),
            name=name,
            kind="telecom_cable",
            versions=(AssetVersion(parts=(tuple(p),), sigma_m=((20.0,) * (len(p) - 1),)),),
        )
        for name, p in sorted(points.items())
    ]


def test_nobody_is_called_and_an_officer_looks_twice(samples):
    source = samples / "ais/dma_kattegat_2025-11-01_02_1min.csv.gz"
    recording = replay([source], settings=Settings(), assets=cables(samples)).recording
    highest = {a.id: a.highest_tier for a in recording.alerts}
    assert "act" not in highest.values() and "challenge" not in highest.values()
    assert sum(tier == "look" for tier in highest.values()) <= 2
    assert all(len(a.first_line) <= 130 for a in recording.alerts)
    assert all(a.counter_reasons for a in recording.alerts if a.tier == "look")
