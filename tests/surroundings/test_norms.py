"""Norms: what past traffic teaches, how it is asked, and what is said of a finding."""

from __future__ import annotations

import math

import numpy as np
import pytest

from seawarden.behaviours.normal import normal_here
from seawarden.geography.layer import build_layer
from seawarden.model.error import AssetError
from seawarden.model.position import Positions, concat, make_positions
from seawarden.ports import Surroundings
from seawarden.surroundings.coverage import CoverageBook
from seawarden.surroundings.norms import Norms, cell_key, class_of, season_of, sector_of
from seawarden.surroundings.norms_learn import Counter

T0 = 1_700_006_400_000
MINUTE = 60_000


def crossing(mmsi: int, kn: float, *, stop: bool = False, t0: int = T0) -> Positions:
    """A ship that crosses one cell eastwards in forty minutes; one that stops lies still for twenty of them."""
    n = 40
    lon = 11.01 + np.arange(n) * 0.002
    sog = np.full(n, kn)
    if stop:
        sog[10:30] = 0.1
    return make_positions(n, t=t0 + np.arange(n) * MINUTE, mmsi=mmsi, lat=57.02, lon=lon, sog_kn=sog, cog_deg=90.0)


def learned(stopping: int = 5, passing: int = 35, types: dict[int, int] | None = None) -> Norms:
    counter = Counter()
    ships = [crossing(219_000_000 + k, 12.0) for k in range(passing)]
    ships += [crossing(219_100_000 + k, 10.0, stop=True) for k in range(stopping)]
    counter.take(concat(ships), types or {})
    return counter.norms({"sources": "made"})


def test_a_share_is_of_passages_and_not_of_reports():
    usual = learned().usual(57.02, 11.05, T0, 0, math.nan, 12.0)
    assert usual is not None
    assert (usual.passages, usual.stops) == (40, 5 / 40)
    assert usual.slower == pytest.approx((5 + 0.5 * 35) / 40)


def test_what_is_slow_here_is_told_by_class_first():
    types = {219_000_000 + k: 70 for k in range(35)}
    norms = learned(types=types)
    cargo = norms.usual(57.02, 11.05, T0, 70, math.nan, 5.0)
    assert cargo is not None and (cargo.passages, cargo.slower, cargo.stops) == (35, 0.0, 0.0)
    tanker = norms.usual(57.02, 11.05, T0, 80, math.nan, 5.0)
    assert tanker is not None and tanker.of == "ships" and tanker.passages == 40


def test_little_traffic_says_nothing():
    norms = learned(stopping=1, passing=3)
    assert norms.usual(57.02, 11.05, T0, 0, math.nan, 5.0) is None
    assert learned().usual(10.0, -40.0, T0, 0, math.nan, 5.0) is None
    assert learned().usual(math.nan, 11.0, T0, 0, math.nan, 5.0) is None


def test_a_file_keeps_all_and_a_wrong_one_is_told(tmp_path):
    path = tmp_path / "norms.npz"
    norms = learned()
    norms.save(path)
    again = Norms.load(path)
    assert again.usual(57.02, 11.05, T0, 0, 90.0, 11.0) == norms.usual(57.02, 11.05, T0, 0, 90.0, 11.0)
    assert again.card["ships"] == "40"
    (tmp_path / "no.npz").write_bytes(b"nothing")
    with pytest.raises(AssetError, match="train norms"):
        Norms.load(tmp_path / "no.npz")


def test_cells_seasons_sectors_and_classes():
    assert cell_key(57.02, 11.05) == cell_key(57.02, 371.05) != cell_key(57.02, 11.15)
    assert cell_key(0.01, 179.99) != cell_key(0.01, -179.99)
    assert season_of(1_704_067_200_000) == 0 and season_of(1_700_006_400_000) == 3
    assert (sector_of(359.0), sector_of(1.0), sector_of(90.0)) == (0, 0, 2)
    assert [class_of(code) for code in (0, 30, 52, 60, 71, 80, 36, 35)] == [0, 1, 2, 3, 4, 5, 6, 7]


def test_a_usual_stop_is_a_reason_and_a_rare_one_a_figure():
    def around(norms: Norms | None) -> Surroundings:
        return Surroundings(build_layer([]), None, None, CoverageBook(), None, norms=norms)

    measured, reasons = normal_here(around(learned()), 57.02, 11.05, T0, 0, 0.2, stopped=True)
    assert measured[0].name == "stop_here" and measured[0].value == 0.125
    assert reasons[0].text.startswith("1 in 8 ships") and reasons[0].weight < -3
    rare, none = normal_here(around(learned(stopping=0, passing=40)), 57.02, 11.05, T0, 0, 0.2, stopped=True)
    assert rare[0].value == 0.0 and none == ()
    assert normal_here(around(None), 57.02, 11.05, T0, 0, 0.2) == ((), ())
