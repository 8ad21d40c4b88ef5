"""Two real days, longer than any memory: the same findings and alerts however they are cut."""

from __future__ import annotations

import pytest

from seawarden.geography.pack import load_pack
from seawarden.run.replay import replay
from seawarden.settings import DEFAULTS


@pytest.fixture(scope="module")
def whole(samples):
    return run(samples)


def run(samples, **options):
    path = samples / "ais" / "dma_kattegat_2025-11-01_02_1min.csv.gz"
    return replay([path], settings=DEFAULTS, assets=load_pack(), **options).recording.summary


def test_chunks_and_shards(samples, whole):
    assert run(samples, chunk=997).digest == whole.digest
    assert run(samples, shards=2).digest == whole.digest


def test_the_day_is_counted(whole):
    assert whole.records == whole.positions == 28_996
    assert whole.ships == 250
    assert 19.9 <= whole.ship_days <= 20.0
    assert whole.findings["crossing"] == 494
