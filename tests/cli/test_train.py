"""`seawarden train`: a forecaster from any source, byte for byte the same, or a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from seawarden.cli.program import main
from seawarden.forecast.archive import load
from seawarden.model.error import SourceError
from seawarden.train.voyages import voyages_in

HEADER = "mmsi,timestamp,lat,lon,sog,cog\n"


def lane(ships: int = 12, minutes: int = 240) -> str:
    lines = []
    for ship in range(ships):
        for minute in range(0, minutes, 5):
            stamp = f"2024-12-25T{minute // 60:02d}:{minute % 60:02d}:00Z"
            lat = 57.0 + minute * 0.0033 + ship * 1e-3
            lines.append(f"{219_000_001 + ship},{stamp},{lat:.5f},{11.5 + ship * 2e-3:.5f},12.0,0.0")
    return HEADER + "\n".join(lines) + "\n"


@pytest.fixture
def traffic(tmp_path: Path) -> Path:
    path = tmp_path / "lane.csv"
    path.write_text(lane())
    return path


def test_voyages_are_cut_at_gaps_and_repeats_are_dropped(tmp_path: Path, traffic: Path) -> None:
    assert len(voyages_in(traffic)) == 12
    text = traffic.read_text().splitlines()
    gap = [line for line in text if "T02:" not in line or not line.startswith("219000001")]
    (tmp_path / "gap.csv").write_text("\n".join([*gap, gap[-1]]) + "\n")
    voyages = voyages_in(tmp_path / "gap.csv")
    assert len(voyages) == 13
    assert all((np.diff(voyage.t_ms) > 0).all() for voyage in voyages)
    (tmp_path / "one.csv").write_text(HEADER + text[1] + "\n")
    with pytest.raises(SourceError, match="no track of 3 positions"):
        voyages_in(tmp_path / "one.csv")


def test_a_forecaster_is_written(traffic: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "f.npz"
    assert main(["train", "forecast", str(traffic), "--out", str(out), "--json"]) == 0
    learnt = json.loads(capsys.readouterr().out)
    assert (learnt["voyages"], learnt["weights"]) == (12, False)
    assert load(out).history.n_voyages == 12
    assert main(["train", "forecast", str(traffic), "--out", str(tmp_path / "w.npz"), "--no-history"]) == 0
    assert "12 voyages learnt, too few to weigh them" in capsys.readouterr().out
    assert load(tmp_path / "w.npz").history.n_voyages == 0


def test_a_wrong_call_is_told(traffic: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "forecast", str(traffic), "--out", str(tmp_path)]) == 2
    assert "there is a folder of that name" in capsys.readouterr().err
    assert main(["train", "forecast", str(tmp_path / "none.csv"), "--out", str(tmp_path / "f.npz")]) == 1
    assert "there is no such file" in capsys.readouterr().err


def test_untimed_tracks_give_their_training_part(samples: Path) -> None:
    assert len(voyages_in(samples / "ais" / "ct_dma_subset_10min_train_val.csv.gz")) == 1_000
