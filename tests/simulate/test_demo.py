from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest

from seawarden.model.error import SourceError, UsageError
from seawarden.model.position import Provenance
from seawarden.simulate.demo import DEMO_DAY, DEMO_MMSI, demo_ship, read_key_frames
from seawarden.simulate.slowdown import crossing_times, speed_between_kn
from seawarden.simulate.synthetic_day import synthetic_day, table, write_day


@pytest.fixture(scope="module")
def ship():
    return demo_ship()


def test_the_demo_ship_slows_by_a_quarter_and_crosses_swepol_hours_before_the_next_line(ship):
    p, start = ship.positions, ship.truth.start_t
    before = speed_between_kn(p, start - 3_600_000, start)
    after = speed_between_kn(p, start + 1_800_000, start + 5 * 3_600_000)
    assert 0.22 <= 1.0 - after / before <= 0.32
    lines = json.loads((files("seawarden") / "data" / "named_lines_baltic.geojson").read_text(encoding="utf-8"))
    when: dict[str, list[int]] = {}
    for feature in lines["features"]:
        shape = feature["geometry"]
        parts = shape["coordinates"] if shape["type"] == "MultiLineString" else [shape["coordinates"]]
        for t in crossing_times(p, parts):
            when.setdefault(feature["properties"]["name"], []).append(t)
    swepol, aurora = when["HVDC SwePol"][0], when["Aurora (Simrishamn-Bornholm)"][0]
    assert 1.0 < (swepol - start) / 3_600_000 < 1.5
    assert 4.0 < (aurora - swepol) / 3_600_000 < 7.0


def test_the_demo_ship_is_marked_and_her_number_can_belong_to_nobody(ship):
    assert set(ship.positions.mmsi) == {DEMO_MMSI}
    assert DEMO_MMSI // 1_000_000 == 999
    assert set(ship.positions.provenance) == {int(Provenance.SIMULATED)}
    assert ship.static.simulated
    assert np.all(np.diff(ship.positions.t) > 0)
    assert 30.0 <= np.median(np.diff(ship.positions.t)) / 1000.0 <= 60.0


def test_the_demo_ship_is_the_same_every_time(ship):
    for a, b in zip(ship.positions, demo_ship().positions, strict=True):
        np.testing.assert_array_equal(a, b)


def test_an_absent_day_or_ship_is_refused_with_a_sentence():
    with pytest.raises(SourceError, match="no shipped day"):
        read_key_frames("1999-01-01", 1)
    with pytest.raises(SourceError, match="holds no ship"):
        read_key_frames(DEMO_DAY, 1)


def test_a_synthetic_day_has_the_asked_records_in_order_and_plausible_speeds(tmp_path):
    day = synthetic_day(20_000, "t", ships=100)
    p = day.positions
    assert len(p.t) == 20_000
    assert np.all(np.diff(p.t) >= 0)
    assert len(np.unique(p.mmsi)) == 100
    assert np.nanmax(p.sog_kn) < 28.0
    again = synthetic_day(20_000, "t", ships=100)
    np.testing.assert_array_equal(p.lat, again.positions.lat)
    one = p.mmsi == p.mmsi[0]
    assert (
        speed_between_kn(p._replace(**{f: getattr(p, f)[one] for f in p._fields}), int(p.t[0]), int(p.t[-1])) < 28.0
    )
    for name in ("day.csv", "day.parquet"):
        write_day(day, tmp_path / name)
        assert (tmp_path / name).stat().st_size > 0
    assert table(day).height == 20_000


def test_a_synthetic_day_refuses_what_it_cannot_do(tmp_path):
    with pytest.raises(UsageError, match="at least as many records"):
        synthetic_day(10, "t", ships=100)
    with pytest.raises(UsageError, match=r"\.csv or \.parquet"):
        write_day(synthetic_day(10, "t", ships=2), tmp_path / "day.txt")
