"""Jumps, clones, circles, frozen and creeping positions, swaps, and what is none of them."""

from __future__ import annotations

import numpy as np
import pytest

from seawarden.behaviours.spoofing.circle import fit_circle
from seawarden.checks import Bench
from seawarden.engine.snapshot import load, save
from seawarden.model.batch import Batch
from seawarden.model.finding import Finding
from seawarden.model.position import Positions, concat, make_positions, take
from seawarden.run.integrity import integrity_across, integrity_behaviours
from seawarden.settings import DEFAULTS
from seawarden.simulate.deception import circled, cloned, drifted, jumped, swapped

MINUTE = 60_000
T0 = 1_700_006_400_000


def ship(mmsi: int, lat: float, lon: float, course: float = 0.0, sog: float = 10.0, minutes: int = 90) -> Positions:
    """A ship on a straight way, a report every half minute."""
    n = 2 * minutes
    way = sog * np.arange(n) / 120.0 / 60.0
    return make_positions(
        n, t=T0 + np.arange(n) * MINUTE // 2, mmsi=mmsi, lat=lat + way * np.cos(np.radians(course)),
        lon=lon + way * np.sin(np.radians(course)) / np.cos(np.radians(lat)), sog_kn=sog, cog_deg=course,
        heading_deg=course, msg_type=1,
    )  # fmt: skip


def seen(*ships: Positions, shards: int = 1, chunk: int = 1_000_000) -> list[Finding]:
    p = concat(ships)
    p = take(p, np.lexsort((p.mmsi, p.t)))
    p.seq[:] = np.arange(len(p.t))
    bench = Bench(integrity_behaviours(DEFAULTS), [], shards=shards)
    bench.engine.across = integrity_across(DEFAULTS)
    return bench.run(p, chunk=chunk)


def kinds(findings: list[Finding]) -> set[str]:
    return {f.kind for f in findings if f.state != "retracted"}


PLAIN = ship(219000001, 56.0, 11.0)


def test_a_plain_ship_is_nothing():
    assert seen(PLAIN) == []


def test_a_jump_that_holds_is_found_within_minutes_and_ends_when_she_is_back():
    found = seen(jumped(PLAIN, T0 + 30 * MINUTE, T0 + 50 * MINUTE, 50_000.0, 70.0))
    assert kinds(found) == {"position_jump"}
    first = found[0]
    assert first.start_t == T0 + 30 * MINUTE and first.known_from_t - first.start_t < 5 * MINUTE
    assert first.value("apart") == pytest.approx(50_000, rel=0.02)
    assert found[-1].state == "closed" and found[-1].end_t == T0 + 50 * MINUTE


def test_one_wild_position_is_nothing():
    once = jumped(PLAIN, T0 + 30 * MINUTE, T0 + 30 * MINUTE + 1, 50_000.0, 70.0)
    assert seen(once) == []


def test_a_second_transmitter_is_a_shared_number_and_no_jump():
    other = ship(219000002, 57.0, 11.0, 180.0)
    found = seen(cloned(PLAIN, other, T0 + 20 * MINUTE, T0 + 60 * MINUTE), other)
    assert kinds(found) == {"shared_number"}


@pytest.mark.parametrize("radius", [150.0, 700.0, 2_500.0])
def test_a_circle_is_found_and_measured(radius):
    found = seen(circled(PLAIN, T0 + 10 * MINUTE, T0 + 90 * MINUTE, radius, 15.0, "test"))
    assert kinds(found) == {"circling_positions"}
    assert found[-1].value("radius") == pytest.approx(radius, rel=0.05)
    assert not any("bow" in reason.text for reason in found[0].benign)


def test_a_turning_circle_that_the_wind_carries_along_is_none():
    p = circled(PLAIN, T0 + 10 * MINUTE, T0 + 90 * MINUTE, 300.0, 9.0, "test")
    away = (p.t - p.t[0]) / 3.6e6
    p.lat[:] += 1.5 * away / 60.0
    assert "circling_positions" not in kinds(seen(p))


def test_positions_that_creep_away_are_found_and_a_slow_creep_is_not():
    fast = drifted(PLAIN, T0 + 10 * MINUTE, T0 + 90 * MINUTE, 2.0, 90.0)
    assert kinds(seen(fast)) == {"position_drift"}
    assert seen(drifted(PLAIN, T0 + 10 * MINUTE, T0 + 90 * MINUTE, 0.3, 90.0)) == []


def test_frozen_while_she_reports_speed_is_found_and_lying_still_is_not():
    p = take(PLAIN, slice(None))
    p.lat[60:80], p.lon[60:80] = p.lat[60], p.lon[60]
    assert "frozen_position" in kinds(seen(p))
    still = ship(219000003, 56.0, 11.0, sog=0.0)
    assert seen(still) == []


def test_ships_that_meet_are_nothing_until_they_swap_their_numbers():
    one, two = ship(219000001, 56.0, 11.0, 0.0), ship(219000002, 56.25, 11.002, 180.0)
    assert seen(one, two) == []
    at = T0 + 45 * MINUTE
    found = seen(*swapped(one, two, at))
    assert kinds(found) == {"number_swap"} and {f.ship.mmsi for f in found} == {219000001, 219000002}
    assert found[0].value("other_number") in (219000001.0, 219000002.0)
    assert max(f.known_from_t for f in found) - at < 4 * MINUTE


def area(count: int, **how: float) -> list[Positions]:
    ships = [ship(219000010 + k, 56.0 + 0.03 * k, 11.0) for k in range(count)]
    return [jumped(s, T0 + 30 * MINUTE, T0 + 60 * MINUTE, 40_000.0, 10.0 + 90.0 * k) for k, s in enumerate(ships)]


def test_ships_that_jump_together_are_an_area_and_two_are_not():
    found = [f for f in seen(*area(4)) if f.kind == "interference"]
    assert found and found[0].ship.mmsi == 0 and found[0].area is not None
    assert found[0].known_from_t - (T0 + 30 * MINUTE) < 10 * MINUTE
    assert found[-1].state == "closed"
    assert "interference" not in kinds(seen(*area(2)))


def test_a_clock_that_jumps_is_no_area():
    ships = [ship(219000010 + k, 56.0 + 0.03 * k, 11.0, 40.0 * k, sog=20.0) for k in range(6)]
    for p in ships:
        p.t[p.t >= T0 + 45 * MINUTE] -= 25 * MINUTE
    assert "interference" not in kinds(seen(*ships))


def test_an_outage_is_no_area():
    ships = [ship(219000010 + k, 56.0 + 0.03 * k, 11.0, 40.0 * k) for k in range(6)]
    assert seen(*(take(p, (p.t < T0 + 20 * MINUTE) | (p.t > T0 + 70 * MINUTE)) for p in ships)) == []


def test_fleet_findings_do_not_depend_on_cuts_or_shards():
    one, two = ship(219000001, 57.0, 11.0, 0.0), ship(219000002, 57.25, 11.002, 180.0)
    sea = [*swapped(one, two, T0 + 45 * MINUTE), *area(4)]

    def told(found: list[Finding]) -> list[tuple[object, ...]]:
        return sorted((f.id, f.revision, f.state, f.start_t, f.end_t, str(f.measured)) for f in found)

    whole = told(seen(*sea))
    assert told(seen(*sea, shards=3)) == whole
    assert told(seen(*sea, chunk=97)) == whole


def test_a_circle_is_fitted_where_reports_are_seldom():
    t = np.cumsum(np.full(14, 170_000))
    angle = t / 1000.0 * 5.0 / 400.0
    circle = fit_circle(
        t.astype(np.int64), 56.0 + 400.0 * np.cos(angle) / 111_300.0,
        11.0 + 400.0 * np.sin(angle) / 111_300.0 / np.cos(np.radians(56.0)), np.full(14, 5.0 / 0.5144, np.float32),
    )  # fmt: skip
    assert circle is not None
    assert circle.radius_m == pytest.approx(400.0, rel=0.02) and circle.off_rad < 0.05


def test_fleet_behaviours_go_on_from_their_snapshot(tmp_path):
    one, two = ship(219000001, 57.0, 11.0, 0.0), ship(219000002, 57.25, 11.002, 180.0)
    sea = concat([*swapped(one, two, T0 + 45 * MINUTE), *area(4)])
    sea = take(sea, np.lexsort((sea.mmsi, sea.t)))
    sea.seq[:] = np.arange(len(sea.t))
    first = Bench(integrity_behaviours(DEFAULTS), [])
    first.engine.across = integrity_across(DEFAULTS)
    cut = int(np.searchsorted(sea.t, T0 + 44 * MINUTE))
    found = list(first.engine.step(Batch(positions=take(sea, slice(0, cut)))).findings)
    save(first.engine, tmp_path / "snapshot")
    second = Bench(integrity_behaviours(DEFAULTS), [])
    second.engine.across = integrity_across(DEFAULTS)
    load(second.engine, tmp_path / "snapshot")
    found += second.run(take(sea, slice(cut, None)))
    whole = seen(sea)
    assert sorted((f.id, f.revision, f.state) for f in found) == sorted((f.id, f.revision, f.state) for f in whole)
