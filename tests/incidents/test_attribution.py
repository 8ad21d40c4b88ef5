"""Who did it? Simulated faults on real crossings of three Kattegat cables, by place and time alone and with speed.

Each real crossing in turn is the culprit's: the fault is stated as a stretch and a window of time that hold it
somewhere inside, the culprit's track behind the crossing is slowed by a law of its own (a uniform loss, settling in
some minutes; nothing at all in 15 of 100), and in one of ten cases the culprit is taken out of the data. The ranking
knows none of this.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pytest

from seawarden.geography.index import crossings
from seawarden.geography.layer import AssetLayer, build_layer
from seawarden.incidents.ranking import Ranking, rank
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.event import FaultDeclared
from seawarden.model.vessel import ShipRef
from seawarden.ports import Track
from seawarden.settings_risk import IncidentSettings, RiskSettings

MIN = 60_000


class Crossing(NamedTuple):
    slot: int
    row: int
    t: float
    kp_km: float


class Case(NamedTuple):
    ranks: float
    """Expected rank of the culprit among the ships, ties shared."""
    top1: float
    top3: float
    chances: list[float]
    hits: list[bool]


class Recorded:
    """Tracks as recorded, one of them replaced."""

    t = np.iinfo(np.int64).max

    def __init__(self, tracks: list[Track], refs: list[ShipRef]) -> None:
        self.tracks, self.refs = tracks, refs
        self.changed: dict[int, Track | None] = {}

    def slots(self) -> list[int]:
        return [k for k in range(len(self.tracks)) if self.changed.get(k, self.tracks[k]) is not None]

    def track(self, slot: int, since_t: int, until_t: int | None = None) -> Track:
        tr = self.changed.get(slot) or self.tracks[slot]
        a, b = np.searchsorted(tr.t, [since_t, until_t if until_t is not None else self.t])
        made: list[Any] = [c[a:b] for c in tr]
        return Track(*made)

    def ship(self, slot: int) -> ShipRef:
        return self.refs[slot]

    def mean_sog(self, slot: int, since_t: int, until_t: int) -> float:
        return float(np.nanmean(self.track(slot, since_t, until_t).sog_kn))

    def static(self, slot: int) -> None:
        return None

    def last(self):
        raise AssertionError("the ranking looks at windows, not at last positions")


def cables(folder: Path) -> AssetLayer:
    points: dict[str, list[tuple[float, float]]] = {}
    with (folder / "infra/dkcpc_cables_divided.csv").open() as file:
        for r in csv.DictReader(file):
            points.setdefault(r["cable_id"], []).append((float(r["lon"]), float(r["lat"])))
    return build_layer(
        [
            Asset(id=name.lower(), name=name, kind="telecom_cable", part_of="kattegat",
                  versions=(AssetVersion(parts=(tuple(p),), sigma_m=((20.0,) * (len(p) - 1),)),))
            for name, p in sorted(points.items())
        ]
    )


def recorded(folder: Path) -> Recorded:
    table = pl.read_csv(folder / "ais/dma_kattegat_2025-11-01_02_1min.csv.gz", try_parse_dates=True)
    tracks: list[Track] = []
    refs: list[ShipRef] = []
    for (mmsi, _), g in table.sort("mmsi", "timestamp_utc").group_by(["mmsi", "track_id"], maintain_order=True):
        n = len(g)
        zeros, nan = np.zeros(n, np.int32), np.full(n, np.nan, np.float32)
        tracks.append(
            Track(
                g["timestamp_utc"].dt.epoch("ms").to_numpy().copy(), g["lat"].to_numpy().copy(),
                g["lon"].to_numpy().copy(), g["sog_kn"].to_numpy().astype(np.float32),
                g["cog_deg"].to_numpy().astype(np.float32), nan, zeros.astype(np.int8), zeros.astype(np.uint32),
                zeros.astype(np.int8), nan, nan, np.zeros(n, np.int64), zeros, zeros, zeros, np.zeros(n, np.int64),
            )
        )
        refs.append(ShipRef(mmsi=int(mmsi), track_id=f"{mmsi}-{len(refs)}"))
    return Recorded(tracks, refs)


def find_crossings(fleet: Recorded, layer: AssetLayer) -> list[Crossing]:
    asset, seg = np.empty(64, np.int32), np.empty(64, np.int32)
    frac, kp = np.empty(64), np.empty(64)
    out = []
    for slot, tr in enumerate(fleet.tracks):
        for i in range(len(tr.t) - 1):
            if tr.t[i + 1] - tr.t[i] > 10 * MIN:
                continue
            n = crossings(layer.index, tr.lat[i], tr.lon[i], tr.lat[i + 1], tr.lon[i + 1], asset, frac, kp, seg)
            gap = tr.t[i + 1] - tr.t[i]
            out += [Crossing(slot, int(asset[k]), tr.t[i] + frac[k] * gap, float(kp[k])) for k in range(n)]
    return out


def slowed(tr: Track, at: float, loss: float, settle_min: float) -> Track:
    """The same way, sailed slower from `at` on: positions lag and the speed falls within minutes."""
    minutes = (tr.t - at) / MIN
    factor = np.where(minutes > 0, 1 - loss * (1 - np.exp(-np.maximum(minutes, 0) / settle_min)), 1.0)
    step = np.diff(tr.t, prepend=tr.t[0]).astype(float)
    sailed = tr.t[0] + np.cumsum(step * factor)
    return tr._replace(
        lat=np.interp(sailed, tr.t, tr.lat), lon=np.interp(sailed, tr.t, tr.lon),
        sog_kn=(tr.sog_kn * factor).astype(np.float32),
    )


def attribute(
    fleet: Recorded, layer: AssetLayer, cases: list[Crossing], width_km: float, width_min: float, *, speed: bool,
    unseen: float = 0.0, power: float = 0.85,
) -> list[Case]:
    """Rank the ships for each case; `speed` off weighs place and time alone."""
    rng = np.random.default_rng(20251101)
    settings, out = IncidentSettings(), []
    for c in cases:
        t0 = int(c.t - rng.uniform(0, width_min) * MIN)
        k0 = c.kp_km - rng.uniform(0, width_km)
        shows, loss, settle = rng.uniform() < power, rng.uniform(0.05, 0.45), rng.uniform(1.0, 3.0)
        hidden = rng.uniform() < unseen
        tr = fleet.tracks[c.slot]
        fleet.changed = {c.slot: slowed(tr, c.t, loss, settle) if speed and shows else tr}
        if hidden:
            fleet.changed = {c.slot: None}
        fault = FaultDeclared(t=t0 + int(width_min * MIN), fault_id="f", asset_id=layer.assets[c.row].id, from_t=t0,
                              to_t=t0 + int(width_min * MIN), kp_from_km=k0, kp_to_km=k0 + width_km)
        ranking = rank(fault, c.row, fleet, {}, layer, settings, RiskSettings())
        out.append(judge(ranking, c.slot, hidden, speed=speed))
    fleet.changed = {}
    return out


def judge(ranking: Ranking, slot: int, hidden: bool, *, speed: bool) -> Case:
    weights = np.array([s.weight if speed else round(s.place, 6) for s in ranking.scored])
    slots = [s.slot for s in ranking.scored]
    hits = [s == slot and not hidden for s in slots] + [hidden]
    chances = [*ranking.chances, ranking.unseen]
    if hidden or slot not in slots:
        return Case(math.inf, 0.0, 0.0, chances, hits)
    mine = weights[slots.index(slot)]
    above, ties = int((weights > mine).sum()), int((weights == mine).sum())
    share = [max(0.0, min(ties, top - above)) / ties for top in (1, 3)]
    return Case(above + (ties + 1) / 2, share[0], share[1], chances, hits)


def reliability(cases: list[Case]) -> tuple[float, float, float, float]:
    """Slope and intercept of a recalibration, ten-bin error, and that error of a perfect forecast."""
    p = np.clip(np.concatenate([c.chances for c in cases]), 1e-6, 1 - 1e-6)
    y = np.concatenate([c.hits for c in cases]).astype(float)
    x, beta = np.log(p / (1 - p)), np.array([0.0, 1.0])
    design = np.column_stack([np.ones_like(x), x])
    for _ in range(50):
        q = 1 / (1 + np.exp(-design @ beta))
        hessian = (design * (q * (1 - q))[:, None]).T @ design
        beta = beta + np.linalg.solve(hessian, design.T @ (y - q))
    rng = np.random.default_rng(7)
    perfect = np.mean([binned(p, (rng.uniform(size=len(p)) < p).astype(float)) for _ in range(200)])
    return float(beta[1]), float(beta[0]), binned(p, y), float(perfect)


def binned(p, y) -> float:
    which = np.minimum((p * 10).astype(int), 9)
    return float(sum(abs(p[which == k].sum() - y[which == k].sum()) for k in range(10)) / len(p))


@pytest.fixture(scope="module")
def sea(samples):
    layer = cables(samples)
    fleet = recorded(samples)
    found = find_crossings(fleet, layer)
    assert len(found) == 492
    return layer, fleet, found


def test_place_and_time_alone_reach_the_floor(sea):
    layer, fleet, found = sea
    near = attribute(fleet, layer, found[::4], 2.0, 60.0, speed=False)
    assert np.mean([c.top1 for c in near]) >= 0.58
    assert np.mean([c.top3 for c in near]) >= 0.90


def test_speed_tells_the_culprit_apart(sea):
    layer, fleet, found = sea
    alone = attribute(fleet, layer, found[::4], 2.0, 360.0, speed=False)
    told = attribute(fleet, layer, found[::4], 2.0, 360.0, speed=True)
    assert np.mean([c.top1 for c in told]) >= 0.70
    assert np.mean([c.top1 for c in told]) > np.mean([c.top1 for c in alone]) + 0.3
    assert np.mean([c.top3 for c in told]) >= 0.85


def test_chances_are_calibrated_with_a_ship_nobody_saw_among_them(sea):
    layer, fleet, found = sea
    cases = attribute(fleet, layer, found[::2], 2.0, 60.0, speed=True, unseen=1 / 6)
    for case in cases:
        assert sum(case.chances) == pytest.approx(1.0)
    slope, _, error, perfect = reliability(cases)
    assert 0.75 <= slope <= 1.3
    assert error <= perfect + 0.02
