"""Ships that fall silent in good coverage, what they could have crossed, and numbers that appear meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest

from seawarden.behaviours.dark_identity import Dark, matches
from seawarden.behaviours.dark_reach import reach
from seawarden.behaviours.dark_ways import Seen, ways_of
from seawarden.behaviours.outage import Outage
from seawarden.behaviours.silence import Silence
from seawarden.checks import _NoFleet
from seawarden.engine import Engine
from seawarden.engine.snapshot import load, save
from seawarden.geography.land import Land, LandMask
from seawarden.geography.layer import build_layer
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.event import CoverageDeclared, DeclaredGap, Event
from seawarden.model.finding import Finding
from seawarden.model.position import Positions, concat, make_positions, take
from seawarden.model.static import StaticReport
from seawarden.ports import FleetBehaviour, Surroundings
from seawarden.settings import DEFAULTS
from seawarden.surroundings.coverage import CoverageBook

MINUTE = 60_000
START = 1_700_006_400_000
CABLE = Asset(
    id="c", name="C", kind="telecom_cable",
    versions=(AssetVersion(parts=(((11.0, 56.5), (11.0, 57.5)),), sigma_m=((20.0,),)),),
)  # fmt: skip
DARK_MMSI = 219_000_777
RING = ((10.0, 56.0), (12.0, 56.0), (12.0, 58.0), (10.0, 58.0))
DECLARED = [CoverageDeclared(t=START - MINUTE, source="made", polygon=RING)]


def traffic(hours: float = 14.0) -> Positions:
    """Ten ships to and fro over the cable for hours."""
    n = int(hours * 60)
    ships = []
    for k in range(10):
        phase = (np.arange(n) + 13 * k) % 120
        east = np.where(phase < 60, phase, 120 - phase) / 60.0
        ships.append(
            make_positions(
                n, t=START + np.arange(n) * MINUTE + 1_000 * k, mmsi=219_000_001 + k, lat=57.0 + 0.02 * k,
                lon=10.84 + 0.33 * east, sog_kn=10.8, cog_deg=np.where(phase < 60, 90.0, 270.0),
            )
        )  # fmt: skip
    return concat(ships)


def passing(mmsi: int = DARK_MMSI, from_min: int = 700, lon: float = 10.84, minutes: int = 135) -> Positions:
    """A ship that sails east over the cable at 10.8 kn on 57.09 N."""
    k = np.arange(minutes)
    return make_positions(
        minutes, t=START + (from_min + k) * MINUTE + 500, mmsi=mmsi, lat=57.09, lon=lon + 0.0055 * k, sog_kn=10.8,
        cog_deg=90.0,
    )  # fmt: skip


def sea(*ships: Positions) -> Positions:
    whole = concat([traffic(), *ships])
    return take(whole, np.argsort(whole.t, kind="stable"))


def hidden(p: Positions, from_min: float, to_min: float, mmsi: int = DARK_MMSI) -> Positions:
    gone = (p.t >= START + from_min * MINUTE) & (p.t < START + to_min * MINUTE)
    return take(p, ~(gone & ((p.mmsi == mmsi) if mmsi else True)))


def engine(shards: int = 1) -> Engine:
    names = Catalogue()
    names.source("made")
    layer = build_layer([CABLE])
    around = Surroundings(assets=layer, depth=None, places=None, coverage=CoverageBook(), waters=None)
    around.coverage.catalogue = names
    b = DEFAULTS.behaviours
    across: list[FleetBehaviour] = [
        Outage(b.outage, DEFAULTS.coverage),
        Silence(b.silence, b.dark, DEFAULTS.coverage.good_hours),
    ]
    return Engine(
        DEFAULTS, [], around, names, _NoFleet(), settings_hash="s", code_version="c", shards=shards, across=across
    )


def run(
    p: Positions,
    events: Sequence[Event] = (),
    statics: Sequence[StaticReport] = (),
    size: int = 10**9,
    shards: int = 1,
) -> list[Finding]:
    watch = engine(shards)
    found = list(watch.step(Batch(events=list(events), statics=list(statics))).findings)
    for k in range(0, len(p.t), size):
        found += watch.step(Batch(positions=take(p, slice(k, k + size)))).findings
    return found + watch.finish().findings


def value(finding: Finding, name: str) -> float:
    """A measured value that must be there."""
    told = finding.value(name)
    assert told is not None
    return told


def kinds(found: Sequence[Finding]) -> list[tuple[str, str]]:
    return sorted((f.kind, f.state) for f in found)


@pytest.mark.parametrize("events", [(), DECLARED], ids=["learned", "declared"])
def test_a_ship_that_goes_dark_over_the_cable(events: list[Event]) -> None:
    found = run(hidden(sea(passing()), 720, 760), events)
    assert kinds(found) == [("dark", "closed"), ("dark", "open"), ("dark", "open"), ("silence", "closed"),
                            ("silence", "open"), ("silence", "open")]  # fmt: skip
    first = next(f for f in found if f.kind == "silence" and f.revision == 1)
    assert first.ship.mmsi == DARK_MMSI and first.asset is not None and first.asset.id == "c"
    assert first.start_t == START + 719 * MINUTE + 500
    assert 15 * MINUTE <= first.known_from_t - first.start_t <= 17 * MINUTE
    assert value(first, "others_heard") >= 1
    last = next(f for f in found if f.kind == "dark" and f.state == "closed")
    assert value(last, "chance") > 0.95, "she was west of it before and east of it after"
    assert last.asset is not None and last.asset.kp_km is not None and abs(last.asset.kp_km - 65.6) < 1.5
    assert 0 < value(last, "longest_stay") < 41 * 60
    assert last.end_t == START + 760 * MINUTE + 500
    over = next(f for f in found if f.kind == "silence" and f.state == "closed")
    assert over.value("implied_speed") == pytest.approx(10.8, abs=0.3)


def test_a_ship_that_sails_out_of_what_is_declared_is_not_silent() -> None:
    ring = ((10.5, 56.0), (11.1, 56.0), (11.1, 58.0), (10.5, 58.0))
    p = sea(passing())
    east = (p.lon > 11.1) & (p.mmsi == DARK_MMSI)
    assert not [f for f in run(take(p, ~east), [CoverageDeclared(t=0, source="made", polygon=ring)]) if f.kind != "x"]


def test_where_ships_are_lost_all_the_time_one_more_says_nothing() -> None:
    quitters = [passing(219_000_800 + k, 60 * k, 10.86, 30) for k in range(12)]
    found = run(hidden(sea(passing(), *quitters), 720, 760))
    assert not [f for f in found if f.kind == "silence"]


def test_our_own_outage_is_nobody_s_silence() -> None:
    for hours in (1, 3):
        found = run(hidden(sea(passing(from_min=580, minutes=20)), 600, 600 + 60 * hours, mmsi=0), DECLARED)
        assert {f.kind for f in found} == {"feed_outage"}


def test_a_gap_that_the_source_declared_is_none() -> None:
    gap = DeclaredGap(
        t=START, source="made", mmsi=DARK_MMSI, start_t=START + 719 * MINUTE, end_t=START + 760 * MINUTE
    )
    assert not run(hidden(sea(passing()), 720, 760), [*DECLARED, gap])


def test_a_late_report_takes_the_silence_back() -> None:
    p = hidden(sea(passing()), 720, 760)
    at = int(np.searchsorted(p.t, START + 750 * MINUTE))
    late = take(passing(), slice(20, 60))
    found = run(concat([take(p, slice(0, at)), late, take(p, slice(at, None))]), DECLARED, size=50)
    silence = [f for f in found if f.kind == "silence"]
    assert silence[-1].state == "retracted"


def test_a_new_number_where_a_dark_ship_would_be() -> None:
    # she goes on under another number after twenty minutes of silence
    whole = passing()
    gone = take(whole, whole.t < START + 720 * MINUTE)
    renamed = take(whole, whole.t >= START + 740 * MINUTE)
    renamed.mmsi[:] = 351_000_001
    statics = [
        StaticReport(t=START, mmsi=DARK_MMSI, length_m=180.0, breadth_m=30.0, ship_type=70),
        StaticReport(t=START, mmsi=351_000_001, length_m=181.0, breadth_m=30.0, ship_type=79),
    ]
    found = run(sea(gone, renamed), DECLARED, statics)
    (appears,) = [f for f in found if f.kind == "reappearance"]
    assert appears.ship.mmsi == 351_000_001
    assert appears.value("candidates") == 1
    assert str(DARK_MMSI) in appears.benign[0].text and "length" in appears.benign[0].text
    other = [msgspec.structs.replace(statics[0], length_m=90.0), statics[1]]
    assert not [f for f in run(sea(gone, renamed), DECLARED, other) if f.kind == "reappearance"]


def test_nothing_depends_on_cut_shards_or_a_snapshot(tmp_path: Path) -> None:
    p = hidden(sea(passing()), 720, 760)
    found = run(p, DECLARED)
    for size, shards in ((997, 1), (10**9, 3), (101, 2)):
        assert msgspec.json.encode(run(p, DECLARED, size=size, shards=shards)) == msgspec.json.encode(found)
    for minute in (725, 745):
        first = engine()
        half = int(np.searchsorted(p.t, START + minute * MINUTE))
        parts = list(first.step(Batch(events=list(DECLARED))).findings)
        parts += first.step(Batch(positions=take(p, slice(0, half)))).findings
        save(first, tmp_path / str(minute))
        second = engine()
        load(second, tmp_path / str(minute))
        parts += second.step(Batch(positions=take(p, slice(half, None)))).findings + second.finish().findings
        assert msgspec.json.encode(parts) == msgspec.json.encode(found)


@pytest.mark.parametrize(
    ("shift_ms", "shift_deg"), [(1000 * 3_600_000, 0.0), (0, 169.0)], ids=["later", "across 180"]
)
def test_it_is_the_same_later_and_across_the_antimeridian(
    shift_ms: int, shift_deg: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    def moved(lon: float) -> float:
        return (lon + shift_deg + 180.0) % 360.0 - 180.0

    p = hidden(sea(passing()), 720, 760)
    here = run(p, DECLARED)
    there = take(p, slice(None))
    there.t[:] += shift_ms
    there.lon[:] = (there.lon + shift_deg + 180.0) % 360.0 - 180.0
    ring = tuple((moved(lon), lat) for lon, lat in RING)
    part = tuple((moved(lon), lat) for lon, lat in CABLE.current.parts[0])
    version = msgspec.structs.replace(CABLE.current, parts=(part,))
    monkeypatch.setitem(globals(), "CABLE", msgspec.structs.replace(CABLE, versions=(version,)))
    found = run(there, [CoverageDeclared(t=START + shift_ms - MINUTE, source="made", polygon=ring)])
    assert kinds(found) == kinds(here)
    for a, b in zip(here, found, strict=True):
        assert b.start_t - a.start_t == shift_ms
        assert (a.asset and a.asset.id) == (b.asset and b.asset.id)
        if a.kind == "dark" and a.state == "closed":
            assert a.value("chance") == pytest.approx(b.value("chance"), abs=0.05)


def test_ways_end_where_she_was_heard_again_and_keep_off_land() -> None:
    seen, again = Seen(0, 57.0, 10.9, 10.0, 90.0), Seen(60 * MINUTE, 57.0, 11.2, 10.0, 90.0)
    s = DEFAULTS.behaviours.dark
    ways = ways_of(seen, again.t, 15.0, s, None, ("k",), again)
    assert np.allclose(ways.lat[:, -1], 57.0, atol=1e-6) and np.allclose(ways.lon[:, -1], 11.2, atol=1e-6)
    assert ways.weight.sum() == pytest.approx(1.0)
    assert np.array_equal(ways.lat, ways_of(seen, again.t, 15.0, s, None, ("k",), again).lat)
    wall = np.zeros((400, 400), dtype=np.uint8)
    wall[:, 200:240] = 60  # 6 km inside the coast between 11.0 and 11.2 E
    land = LandMask(Land(wall, 56.0, 10.0, 0.005, 0.005))
    walled = ways_of(seen, 240 * MINUTE, 15.0, s, land, ("k",))
    assert (walled.lon.max(axis=1) < 11.001).all()
    assert (ways_of(seen, 240 * MINUTE, 15.0, s, None, ("k",)).lon.max(axis=1) > 11.0).mean() > 0.9


def test_reach_names_what_lies_ahead_and_not_what_is_out_of_reach() -> None:
    index = build_layer([CABLE]).index
    s = DEFAULTS.behaviours.dark
    ahead = reach(index, None, Seen(0, 57.0, 10.9, 10.0, 90.0), 60 * MINUTE, 15.0, s, ("a",))
    assert [r.asset for r in ahead.assets] == [0] and ahead.assets[0].chance > 0.8
    assert ahead.assets[0].first_t < ahead.assets[0].last_t
    away = reach(index, None, Seen(0, 57.0, 10.9, 10.0, 270.0), 60 * MINUTE, 15.0, s, ("a",))
    assert away.possible == 1 and (not away.assets or away.assets[0].chance < 0.2)
    far = reach(index, None, Seen(0, 57.0, 8.0, 10.0, 90.0), 60 * MINUTE, 15.0, s, ("a",))
    assert far.possible == 0 and not far.assets


def test_hulls_that_differ_are_not_one() -> None:
    dark = Dark(
        mmsi=1, branch=0, t=0, lat=57.0, lon=11.0, sog_kn=10.0, cog_deg=90.0, top_kn=13.0, interval_s=60.0,
        length_m=180.0, breadth_m=30.0, ship_type=70,
    )  # fmt: skip
    where = (30 * MINUTE, 57.0, 11.15)
    assert matches([dark], *where, StaticReport(t=0, mmsi=2, length_m=181.0, breadth_m=30.0), 15_000.0)
    assert not matches([dark], *where, StaticReport(t=0, mmsi=2, length_m=120.0), 15_000.0)
    assert not matches([dark], *where, StaticReport(t=0, mmsi=2, ship_type=30), 15_000.0)
    assert not matches([dark], 30 * MINUTE, 57.0, 11.9, None, 15_000.0), "farther than she can have come"
