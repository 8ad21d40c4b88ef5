"""The real drift log: a tanker adrift for two and a half hours, then under way again."""

from __future__ import annotations

import pytest

from seawarden.geography.pack import load_pack
from seawarden.run.replay import replay
from seawarden.settings import DEFAULTS

MMSI = 538_004_030


@pytest.fixture(scope="module")
def run(samples):
    path = samples / "nmea" / "dma_2014-09-28_drift_538004030.nmea.gz"
    return replay([path], settings=DEFAULTS, assets=load_pack()).recording


def test_she_is_found_adrift_and_her_getting_under_way_ends_it(run):
    hers = [f for f in run.findings if f.kind == "drifting" and f.ship.mmsi == MMSI]
    assert hers
    last = max(hers, key=lambda f: f.revision)
    assert last.state == "closed" and last.end_t is not None
    assert last.end_t - last.start_t > 10 * 60_000
    under_way = run.positions.t[(run.positions.mmsi == MMSI) & (run.positions.sog_kn > 5.0)]
    assert last.end_t <= under_way.max()


def test_no_anchor_is_said_to_be_out_and_nobody_is_called(run):
    assert not [f for f in run.findings if f.kind == "anchor_out"]
    assert not [a for a in run.alerts if a.highest_tier in ("look", "challenge", "act")]
