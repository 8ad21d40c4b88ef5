"""The patterns and quiet suites, on a made day."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from seawarden.evaluate.patterns import run_patterns
from seawarden.evaluate.patterns_quiet import CrossNorms, run_quiet
from seawarden.evaluate.report.patterns import write_patterns
from seawarden.evaluate.report.quiet import write_quiet
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.error import SourceError
from seawarden.settings import DEFAULTS
from seawarden.simulate.patterns import PATTERNS
from seawarden.surroundings.norms import Usual
from seawarden.surroundings.norms_learn import Counter

LAT, LON = 56.6, 18.2  # open water east of Gotland
T0 = 1_700_006_400


@pytest.fixture(scope="module")
def cable() -> list[Asset]:
    return [
        Asset(
            id="test-cable",
            name="Test Cable",
            kind="telecom_cable",
            status="in_service",
            versions=(AssetVersion(parts=(((LON, LAT - 0.3), (LON, LAT + 0.3)),), sigma_m=((50.0,),)),),
            source="invented",
            licence="CC0-1.0",
        )
    ]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve ships that cross the cable at their sea speed, and one that stops on it."""
    parts = []
    for k in range(12):
        n = 160
        parts.append(
            pl.DataFrame(
                {
                    "mmsi": np.full(n, 219_000_001 + k),
                    "timestamp": T0 + k * 3_000 + np.arange(n) * 60,
                    "lat": LAT + 0.02 * (k - 6) + np.zeros(n),
                    "lon": LON - 0.4 + np.arange(n) * 0.005,
                    "sog": np.full(n, 9.9),
                    "cog": np.full(n, 90.0),
                }
            )
        )
    path = tmp_path_factory.mktemp("days") / "day.csv"
    pl.concat(parts).sort("timestamp").write_csv(path)
    return path


def test_every_pattern_is_laid_judged_and_drawn(day: Path, cable: list[Asset], tmp_path: Path) -> None:
    outcome = run_patterns([day], settings=DEFAULTS, assets=cable, count=1, key="test")
    m = outcome.metrics
    assert len(m.laid) == len(PATTERNS) == m.recall_all.of and not m.declared_lines
    assert m.recall_all.count == sum(case.found for case in m.laid) >= 9
    assert set(m.false_rate) == set(m.precision) and all(rate.exposure == m.false_rate["loitering"].exposure
                                                         for rate in m.false_rate.values())  # fmt: skip
    assert all(one.mmsi < 220_000_000 for one in m.real)
    write_patterns(tmp_path / "report.html", outcome)
    page = (tmp_path / "report.html").read_text()
    assert "lawn mower" in page and "://" not in page


def test_lines_are_declared_where_waters_have_no_asset(day: Path) -> None:
    m = run_patterns([day], settings=DEFAULTS, assets=[], count=1, key="test").metrics
    assert m.declared_lines == ("day.csv",)


def test_quiet_days_are_counted_by_kind_and_tier_before_and_after(
    day: Path, cable: list[Asset], tmp_path: Path
) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("mmsi,timestamp,lat,lon,sog,cog\n")
    outcome = run_quiet([day, empty], settings=DEFAULTS, assets=cable)
    m = outcome.metrics
    assert set(m.files) == {"day.csv"} and "empty.csv" in m.left_out
    assert m.findings["after"]["crossing"].count == 12
    assert m.no_act and m.no_challenge and m.look_within_limit
    assert m.tiers["after"]["look"].count == 0 and (m.tiers["after"]["look"].high or 0.0) > 0.0
    write_quiet(tmp_path / "report.html", outcome)
    assert "before" in (tmp_path / "report.html").read_text()
    with pytest.raises(SourceError, match="none of the files"):
        run_quiet([empty], settings=DEFAULTS, assets=cable)


def test_each_half_is_judged_by_what_the_other_taught() -> None:
    few, many = Usual(20, 0.1, 0.0, "first half"), Usual(40, 0.2, 0.0, "second half")

    class Says:
        def __init__(self, usual: Usual) -> None:
            self._usual = usual

        def usual(self, *_: object) -> Usual:
            return self._usual

    norms = CrossNorms(100, Says(few), Says(many))  # type: ignore[arg-type]
    assert norms.usual(0.0, 0.0, 99, 0, 0.0, 0.0) == many
    assert norms.usual(0.0, 0.0, 100, 0, 0.0, 0.0) == few
    assert Counter().norms({}).usual(0.0, 0.0, 0, 0, 0.0, 0.0) is None
