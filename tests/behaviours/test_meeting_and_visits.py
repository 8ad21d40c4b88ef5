"""Two ships together near an asset, and one ship that comes back over days: seen in the whole engine."""

from __future__ import annotations

import numpy as np
import pytest

from seawarden.engine import Engine
from seawarden.engine.snapshot import load, save
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.finding import Finding
from seawarden.model.position import Positions, concat, make_positions, take
from seawarden.run.build import build
from seawarden.settings import DEFAULTS

MINUTE = 60_000
HOUR = 60 * MINUTE
T0 = 1_700_006_400_000
LAT, LON = 56.6, 18.2  # open water east of Gotland, far from any port


def cable() -> Asset:
    return Asset(
        id="test-cable",
        name="Test Cable",
        kind="telecom_cable",
        status="in_service",
        versions=(AssetVersion(parts=(((LON, LAT - 0.3), (LON, LAT + 0.3)),), sigma_m=((50.0,),)),),
        source="invented",
        licence="CC0-1.0",
    )


def waits(mmsi: int, t0: int, minutes: int, lon: float = LON, lat: float = LAT) -> Positions:
    """A ship that goes round in a small square at a knot and a quarter, a report a minute."""
    n = minutes
    turn = (np.arange(n) // 6) % 4
    step = 1.25 * 1852 / 60 / 111_200
    return make_positions(
        n,
        t=t0 + np.arange(n) * MINUTE,
        mmsi=mmsi,
        lat=lat + step * np.cumsum(np.where(turn == 0, 1, np.where(turn == 2, -1, 0))),
        lon=lon + step / np.cos(np.radians(lat)) * np.cumsum(np.where(turn == 1, 1, np.where(turn == 3, -1, 0))),
        sog_kn=1.2,
        cog_deg=turn * 90.0,
        heading_deg=turn * 90.0,
        nav_status=0,
    )


def run(*ships: Positions, chunk: int = 1_000_000) -> list[Finding]:
    whole = concat(ships)
    whole = take(whole, np.lexsort((whole.mmsi, whole.t)))
    names = Catalogue()
    names.source("test")
    engine = build(DEFAULTS, [cable()], catalogue=names).engine
    found: list[Finding] = []
    for begin in range(0, len(whole.t), chunk):
        found += engine.step(Batch(positions=take(whole, slice(begin, begin + chunk)))).findings
    return found + engine.finish().findings


def newest(findings: list[Finding], kind: str) -> list[Finding]:
    last = {f.id: f for f in findings if f.kind == kind}
    return list(last.values())


def test_two_ships_side_by_side_are_a_meeting_and_named_by_number():
    found = run(
        waits(219000001, T0, 240), waits(219000002, T0, 240, LON + 0.001), waits(219000003, T0, 240, LON + 0.1)
    )
    (meeting,) = newest(found, "meeting")
    assert {meeting.ship.mmsi, int(meeting.value("other_mmsi") or 0)} == {219000001, 219000002}
    assert (meeting.value("between") or 1e9) < 100
    assert meeting.asset is not None and meeting.asset.id == "test-cable"


def test_ships_a_mile_apart_are_no_meeting():
    assert not newest(run(waits(219000001, T0, 240), waits(219000002, T0, 240, LON + 0.03)), "meeting")


def test_a_meeting_does_not_depend_on_how_the_stream_is_cut():
    ships = (waits(219000001, T0, 240), waits(219000002, T0 + 30_000, 240, LON + 0.001))
    whole = [(f.id, f.revision, f.state) for f in run(*ships) if f.kind == "meeting"]
    assert whole and whole == [(f.id, f.revision, f.state) for f in run(*ships, chunk=37) if f.kind == "meeting"]


def test_the_third_visit_is_told_with_those_before_it():
    visits = [waits(219000001, T0 + day * 24 * HOUR, 100) for day in range(4)]
    found = newest(run(*visits, waits(219000009, T0, 6000, LON + 1.0)), "repeat_visit")
    assert [f.value("visits") for f in sorted(found, key=lambda f: f.start_t)] == [3, 4]
    assert found[0].value("since_the_first") == pytest.approx(2 * 86_400, abs=3_600)


def test_pauses_within_one_visit_are_not_visits():
    parts = [waits(219000001, T0 + k * 3 * HOUR, 80) for k in range(4)]
    assert not newest(run(*parts), "repeat_visit")


def test_visits_to_far_parts_of_the_asset_are_not_the_same():
    visits = [waits(219000001, T0 + day * 24 * HOUR, 100, lat=LAT + 0.15 * (day - 1)) for day in range(3)]
    assert not newest(run(*visits, waits(219000009, T0, 4000, LON + 1.0)), "repeat_visit")


def test_what_is_remembered_survives_a_snapshot_in_the_middle(tmp_path):
    ships = [waits(219000001, T0 + day * 24 * HOUR, 100) for day in range(3)]
    ships += [waits(219000002, T0 + 2 * 24 * HOUR, 100, LON + 0.001), waits(219000009, T0, 4000, LON + 1.0)]
    p = concat(ships)
    p = take(p, np.lexsort((p.mmsi, p.t)))
    cut = int(np.searchsorted(p.t, T0 + 2 * 24 * HOUR + 50 * MINUTE))

    def engine() -> Engine:
        names = Catalogue()
        names.source("test")
        return build(DEFAULTS, [cable()], catalogue=names).engine

    first = engine()
    found = first.step(Batch(positions=take(p, slice(0, cut)))).findings
    save(first, tmp_path / "snapshot")
    second = engine()
    load(second, tmp_path / "snapshot")
    found += second.step(Batch(positions=take(p, slice(cut, None)))).findings + second.finish().findings
    told = [(f.kind, f.id, f.revision, f.state) for f in found if f.kind in ("meeting", "repeat_visit")]
    whole = engine()
    once = whole.step(Batch(positions=p)).findings + whole.finish().findings
    assert told == [(f.kind, f.id, f.revision, f.state) for f in once if f.kind in ("meeting", "repeat_visit")]
    assert {kind for kind, *_ in told} == {"meeting", "repeat_visit"}
