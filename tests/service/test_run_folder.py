from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest

from seawarden.channels.gate import Gate
from seawarden.channels.run_folder import read_run, write_run
from seawarden.model.asset import Asset
from seawarden.model.error import StoreError
from seawarden.model.reject import Reject
from seawarden.model.rights import Rights
from seawarden.store.canonical import digest
from seawarden.store.recording import Recording
from seawarden.store.summary import Summary

Recorded = Callable[[Sequence[Asset]], Recording]


def test_a_run_comes_back_as_it_was(tmp_path: Path, recorded: Recorded, public_asset: Asset) -> None:
    run = recorded([public_asset])
    rejects = [Reject(file="a.csv", line=3, reason="no_time")]
    summary = write_run(tmp_path, run, rejects, Gate([public_asset]), positions=True)
    back, assets = read_run(tmp_path)
    assert assets == [public_asset]
    assert back.summary == summary
    assert (back.findings, back.alerts, back.faults, back.risks) == (run.findings, run.alerts, run.faults, run.risks)
    assert back.ships == run.ships and back.catalogue.sources == ["made"]
    assert np.array_equal(back.track, run.track) and np.array_equal(back.starts, run.starts)
    assert np.array_equal(back.positions.lat, run.positions.lat)
    assert (tmp_path / "rejects.jsonl").read_text() == '{"file":"a.csv","line":3,"reason":"no_time","detail":""}\n'


def test_the_summary_counts_what_was_written(
    tmp_path: Path, recorded: Recorded, public_asset: Asset, secret_asset: Asset
) -> None:
    run = recorded([public_asset, secret_asset])
    hidden = write_run(tmp_path, run, [], Gate([public_asset, secret_asset]))
    assert (hidden.assets, hidden.findings, hidden.alerts["challenge"], hidden.faults) == (1, {"crossing": 1}, 1, 1)
    shown = write_run(tmp_path, run, [], Gate([public_asset, secret_asset], Rights(frozenset({"navy"}))))
    assert (shown.assets, shown.findings, shown.alerts["challenge"], shown.faults) == (2, {"crossing": 2}, 2, 2)
    assert shown.digest == digest(run.findings, run.alerts) != hidden.digest
    assert msgspec.json.decode((tmp_path / "summary.json").read_bytes(), type=Summary) == shown


def test_a_second_run_leaves_nothing_of_the_first(tmp_path: Path, recorded: Recorded, public_asset: Asset) -> None:
    run = recorded([public_asset])
    write_run(tmp_path, run, [], Gate([public_asset]), positions=True)
    write_run(tmp_path, run, [], Gate([public_asset]), positions=True)
    assert len(read_run(tmp_path)[0].positions.t) == 240
    write_run(tmp_path, run, [], Gate([public_asset]))
    with pytest.raises(StoreError, match="replay with --positions"):
        read_run(tmp_path)


def test_no_run_and_a_damaged_one(tmp_path: Path, recorded: Recorded, public_asset: Asset) -> None:
    with pytest.raises(StoreError, match="there is no run here"):
        read_run(tmp_path)
    write_run(tmp_path, recorded([public_asset]), [], Gate([public_asset]), positions=True)
    (tmp_path / "alerts.jsonl").write_text('{"id":"a"}\n')
    with pytest.raises(StoreError, match=r"alerts\.jsonl, line 1: .*missing required field"):
        read_run(tmp_path)
