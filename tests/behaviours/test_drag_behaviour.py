from __future__ import annotations

import numpy as np
import pytest

from seawarden.behaviours.drag.behaviour import Drag
from seawarden.checks import CHECKS, Bench
from seawarden.geography.land import LandMask
from seawarden.geography.pack import load_pack
from seawarden.geography.ports_table import PlacesTable
from seawarden.model.batch import Catalogue
from seawarden.model.position import concat, take
from seawarden.simulate.demo import demo_ship
from seawarden.simulate.reconstruct import CASES, sail_case
from seawarden.sources import open_source
from seawarden.train.drag_cases import lay
from seawarden.train.drag_tracks import cut_tracks

DRIFT = "dma_2014-09-28_drift_538004030.nmea.gz"
KATTEGAT = "dma_kattegat_2025-11-01_02_1min.csv.gz"


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__)
def test_the_drag_behaviour_keeps_the_contract(check):
    check(Drag())


@pytest.fixture(scope="module")
def demo_findings():
    ship = demo_ship()
    return ship, Bench([Drag()], load_pack("northern-europe")).run(ship.positions, [])


def test_the_demo_ship_is_found_within_the_hour_and_long_before_the_next_line(demo_findings):
    ship, findings = demo_findings
    after = [f for f in findings if f.known_from_t >= ship.truth.start_t]
    first = min(after, key=lambda f: f.known_from_t)
    assert first.kind == "anchor_out"
    assert (first.known_from_t - ship.truth.start_t) / 60_000 < 60.0
    assert abs(first.start_t - ship.truth.start_t) / 60_000 < 15.0
    assert first.simulated


def test_a_finding_tells_its_quantities_terms_and_model(demo_findings):
    _, findings = demo_findings
    names = {m.name for m in findings[0].measured}
    assert {"chance", "log_odds", "loss", "expected_speed", "speed", "duration", "heading_step"} <= names
    assert sum(name.startswith("term.") for name in names) >= 5
    assert Drag().model.hash in next(m.method for m in findings[0].measured if m.name == "chance")
    assert all(f.model_hash == Drag().model.hash for f in findings)


@pytest.mark.parametrize("case", [c for c in CASES if not c.guilty], ids=lambda c: c.name)
def test_named_innocents_reach_no_challenge_by_the_model(case):
    drag = Drag()
    findings = Bench([drag], load_pack("northern-europe")).run(sail_case(case), [])
    values = [f.value("log_odds") or 0.0 for f in findings]
    assert max(values, default=-9.0) < drag.model.tiers["challenge"]
    if case.nav_status == 2:
        assert not findings


def test_a_real_tanker_adrift_is_never_called_an_anchor_out(samples):
    catalogue = Catalogue()
    source = open_source(samples / "nmea" / DRIFT, catalogue=catalogue)
    positions = concat([batch.positions for batch in source.batches()])
    positions.file[:], positions.receiver[:] = -1, -1
    findings = Bench([Drag()], load_pack("northern-europe")).run(positions, [])
    assert len(positions.t) > 500
    assert not [f for f in findings if f.kind == "anchor_out"]


def test_the_watch_weighs_a_great_loss_in_open_water_as_the_bench_does(samples):
    catalogue = Catalogue()
    source = open_source(samples / "ais" / KATTEGAT, catalogue=catalogue)
    tracks = cut_tracks(concat([batch.positions for batch in source.batches()]), "kattegat")
    laid = (lay(track, 0, "great", loss=0.5, law="power") for track in tracks)
    cases = [case.positions for case in laid if case is not None][:12]
    bench = Bench([Drag()], load_pack("northern-europe"), places=PlacesTable.shipped(), land=LandMask.shipped())
    sea = concat(cases)
    sea = take(sea, np.lexsort((sea.mmsi, sea.t)))
    sea.file[:], sea.receiver[:] = -1, -1
    weights = [f.value("term.beyond natural losses") for f in bench.run(sea) if f.kind == "anchor_out"]
    assert max(weight for weight in weights if weight is not None) > 1.0
    without = Bench([Drag()], load_pack("northern-europe")).run(sea)
    assert not any(f.value("term.beyond natural losses") for f in without)  # no places: no sea that was learned
