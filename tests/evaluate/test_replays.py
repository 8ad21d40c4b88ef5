"""Replays of the published cases, offline on the shipped days; and the page, made from what was written down."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest

from seawarden.evaluate.drags.replays import _replay as replay_one
from seawarden.evaluate.drags.replays_page import of_plain, page, write_replays
from seawarden.evaluate.drags.traffic import traffic_of
from seawarden.geography.land import LandMask
from seawarden.geography.pack import load_pack
from seawarden.model.position import Provenance, make_positions
from seawarden.settings import DEFAULTS
from seawarden.simulate.reconstruct import CASES, sail_case, with_heading
from seawarden.simulate.transplant import FIRST_MMSI, transplanted

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import replays as tool  # noqa: E402


@pytest.fixture(scope="module")
def eagle():
    case = next(c for c in CASES if c.name.startswith("Eagle S"))
    return replay_one([case], traffic_of([]), DEFAULTS, load_pack())


def test_eagle_s_is_missed_until_the_fault_is_declared_and_then_comes_first(eagle):
    assert eagle.highest_tier in ("", "notice")
    assert eagle.ships_beside > 10
    answer = eagle.fault
    assert answer is not None and answer.asset == "estlink-2"
    assert answer.rank == 1 and answer.chance > 0.5
    assert answer.highest_tier == "act" and answer.act_min - answer.declared_min < 3
    assert answer.first_line.startswith("SIMULATED ACT · LIKE EAGLE S 999000013")
    assert answer.next_minutes is not None and answer.next_minutes > 120


def test_the_named_innocents_are_at_most_looked_at():
    for name in ("tow at 4.5 kn", "ferry's approach"):
        case = next(c for c in CASES if c.name == name)
        assert replay_one([case], traffic_of([]), DEFAULTS, load_pack()).highest_tier in ("", "notice", "look")


def test_the_page_is_made_from_what_was_written_down():
    assert tool.PAGE.read_text() == tool.made()
    written = of_plain(msgspec.json.decode(tool.RESULT.read_bytes()))
    assert all(written.promises.values())
    assert "Eagle S" in page(written)


def test_a_report_is_written_and_escapes_what_it_shows(tmp_path):
    written = of_plain(msgspec.json.decode(tool.RESULT.read_bytes()))
    first = msgspec.structs.replace(written.cases[0], name="<b>x</b>")
    write_replays(tmp_path / "r.html", msgspec.structs.replace(written, cases=(first,)))
    text = (tmp_path / "r.html").read_text()
    assert "&lt;b&gt;x&lt;/b&gt;" in text and "<b>x</b>" not in text


def test_moved_traffic_keeps_its_shape_and_loses_its_names():
    real = make_positions(
        4, t=np.arange(4) * 60_000, mmsi=[219_000_001, 219_000_002] * 2,
        lat=[57.0, 57.01, 57.02, 57.03], lon=[11.0, 11.01, 11.02, 11.03], sog_kn=10.0, cog_deg=45.0,
    )  # fmt: skip
    moved = transplanted(real, 55.5, 17.0, 1_700_000_000_000, LandMask())
    assert set(moved.mmsi.tolist()) == {FIRST_MMSI, FIRST_MMSI + 1}
    assert np.all(moved.provenance == int(Provenance.SIMULATED))
    assert abs(int(moved.t.min() + moved.t.max()) // 2 - 1_700_000_000_000) <= 1
    assert np.ptp(moved.lat) == pytest.approx(np.ptp(real.lat), rel=1e-3)
    east = np.ptp(moved.lon) * np.cos(np.radians(55.5)) / (np.ptp(real.lon) * np.cos(np.radians(57.0)))
    assert east == pytest.approx(1.0, rel=5e-3)


def test_a_heading_is_only_where_it_is_said_to_be_ours():
    for case in CASES:
        if not case.heading:
            assert np.isnan(sail_case(case).heading_deg).all()
            assert "ours" in with_heading(case).told
