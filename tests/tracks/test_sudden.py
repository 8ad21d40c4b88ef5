"""Speeds that the way made does not bear out: doubted as speeds, while the places stay as good as they were."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.checks import Bench
from seawarden.engine.register import points
from seawarden.engine.ship_stage import ShipStage
from seawarden.engine.snapshot import load, save
from seawarden.engine.view import StageView
from seawarden.geodesy import KNOT_MS
from seawarden.geography.layer import build_layer
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.position import F64, I64, Positions, Trust, concat, make_positions, take
from seawarden.ports import Enriched, Surroundings
from seawarden.run.tally import Tally
from seawarden.settings import DEFAULTS
from seawarden.sources.door import open_source
from seawarden.surroundings.coverage import CoverageBook
from seawarden.tracks.order import Order
from seawarden.tracks.statics import StaticBook
from seawarden.tracks.sudden import too_sudden

T0 = 1_700_000_000_000 // 3_600_000 * 3_600_000
NEVER = np.iinfo(np.int64).max
UNPROVEN = np.uint32(Trust.SPEED_UNPROVEN)
SPIKE = "dma_2014-10-05_suddenspeed_219165000.nmea.gz"


def sail(times_s: Any, speed_kn: Any, told_kn: Any = None, **columns: Any) -> Positions:
    """A ship that sails north at a speed given second by second, reporting at these seconds."""
    at = np.asarray(times_s)
    v = np.broadcast_to(np.asarray(speed_kn, dtype=np.float64), (int(at[-1]) + 1,))
    way_m = np.concatenate([[0.0], np.cumsum(v[1:] * KNOT_MS)])[at]
    told = v[at] if told_kn is None else told_kn
    fixed = {"mmsi": 219_000_001, "lon": 11.0, "cog_deg": 0.0, "seq": np.arange(len(at))} | columns
    return make_positions(len(at), t=T0 + at * 1000, lat=57.0 + way_m / 111_195.0, sog_kn=told, **fixed)


def stage() -> ShipStage:
    around = Surroundings(assets=build_layer([]), depth=None, places=None, coverage=CoverageBook(), waters=None)
    return ShipStage(DEFAULTS, [], around, Catalogue(), StaticBook(), ("", ""))


def tracked(p: Positions) -> Enriched:
    return stage().enrich(p)


def unproven(e: Enriched) -> list[int]:
    return np.flatnonzero(e.p.trust & UNPROVEN).tolist()


def every(minutes: float, n: int) -> I64:
    return (np.arange(n) * minutes * 60).astype(np.int64)


@pytest.mark.parametrize("minutes", [1 / 6, 1, 3, 9])
@pytest.mark.parametrize("wrong", [1.1, 0.0, 102.2])
def test_one_wrong_speed_is_no_speed_and_its_place_stands(minutes: float, wrong: float) -> None:
    p = sail(every(minutes, 20), 11.0)
    p.sog_kn[12] = wrong
    e = tracked(p)
    assert unproven(e) == [12] and (e.believed == 1).all() and not e.refutes.any()
    assert not (e.p.trust[e.p.trust > 0] & ~UNPROVEN).any()
    assert e.speed_kn == pytest.approx(np.full(20, 11.0), abs=0.1)
    assert e.prev_sog_kn[13] == pytest.approx(11.0, abs=0.1)


def test_a_lost_digit_for_half_an_hour_is_never_believed() -> None:
    p = sail(every(2, 40), 15.0)
    p.sog_kn[10:25] = 1.5
    assert unproven(tracked(p)) == list(range(10, 25))


def test_a_wild_speed_of_a_ship_at_her_berth_is_not_believed() -> None:
    p = sail(every(1, 20), 0.0)
    p.sog_kn[[8, 9, 14]] = 102.2
    e = tracked(p)
    assert unproven(e) == [8, 9, 14] and e.speed_kn.max() < 0.1


@pytest.mark.parametrize("minutes", [1 / 6, 1, 3])
@pytest.mark.parametrize("seconds", [1, 5, 30])
def test_who_truly_stops_is_believed_a_report_later_at_the_latest(minutes: float, seconds: int) -> None:
    at = every(minutes, 30)
    stop = int(at[15]) - 2
    v = np.interp(np.arange(int(at[-1]) + 1), [stop - seconds, stop], [14.0, 0.0])
    e = tracked(sail(at, v))
    assert set(unproven(e)) <= {15} and not e.refutes.any()
    assert (e.speed_kn[16:] < 0.1).all() and (e.believed == 1).all()


def test_who_leaps_ahead_is_believed_when_she_says_so_twice() -> None:
    v = np.interp(np.arange(29 * 60 + 1), [598, 600], [1.0, 25.0])
    turning = sail(every(1, 30), v)
    turning.lat[11:] = turning.lat[10]  # about and about: the way made good says nothing
    e = tracked(turning)
    assert set(unproven(e)) <= {10, 11} and (e.speed_kn[13:] > 20.0).all()


@given(
    cadence=st.integers(2, 400), v0=st.floats(0.0, 30.0), v1=st.floats(0.0, 30.0), start=st.integers(100, 2_000),
    share=st.floats(0.05, 0.95), phase=st.integers(0, 400), noise=st.lists(st.floats(-9.0, 9.0), min_size=30),
)  # fmt: skip
def test_who_changes_her_speed_as_ships_do_is_never_doubted(cadence, v0, v1, start, share, phase, noise) -> None:
    hardest = DEFAULTS.tracks.brake_ms2 if v1 < v0 else DEFAULTS.tracks.gather_ms2
    length = abs(v1 - v0) * KNOT_MS / (share * hardest)
    at = phase + np.arange(0, 4_000, cadence)
    v = np.interp(np.arange(int(at[-1]) + 1), [start, start + length], [v0, v1])
    p = sail(at, v, np.round(v[at], 1))
    p.lat[:] += np.resize(noise, len(at)) / 111_195.0  # each end of a leg within its error of 10 m
    e = tracked(p)
    assert unproven(e) == [] and not e.refutes.any()


def test_a_way_that_fits_neither_speed_speaks_against_the_place_or_clock() -> None:
    p = sail(every(1, 20), 6.0)
    p.sog_kn[12] = 1.0
    p.lat[12:] += 0.01  # over half a mile more in this minute
    assert unproven(tracked(p)) == []


def rough(wrong: int = 12) -> Positions:
    """Times cut to minutes, so that one leg alone looks half as fast as it was."""
    p = sail(every(3, 20), 11.0, t_sigma_s=17.3)
    p.sog_kn[wrong] = 1.1
    p.lat[wrong] -= 0.0033
    return p


def test_what_the_leg_before_leaves_open_the_leg_after_refutes() -> None:
    e = tracked(rough())
    assert unproven(e) == [] and np.flatnonzero(e.refutes).tolist() == [13]


def test_a_stop_that_the_leg_before_bears_out_is_not_refuted() -> None:
    v = np.interp(np.arange(48 * 60 + 1), [600, 610, 1440, 1441], [9.0, 0.0, 0.0, 9.0])
    e = tracked(sail(every(2, 25), v, t_sigma_s=17.3))
    assert not e.refutes.any()


def test_a_view_shows_a_wrong_speed_until_the_report_that_refutes_it_and_no_longer() -> None:
    p, made = rough(), stage()
    made.advance(p, int(p.t[-1]) + 1)
    at = StageView(made, int(p.t[13])).track(0, T0)
    assert at.sog_kn[12] == np.float32(1.1) and at.trust[12] == 0
    after = StageView(made, int(p.t[13]) + 1).track(0, T0)
    assert np.isnan(after.sog_kn[12]) and after.trust[12] & UNPROVEN
    assert made.history.positions(made.history.row_ids(0, T0, NEVER)).sog_kn[12] == np.float32(1.1)


def test_a_view_has_the_speed_of_the_leg_and_a_finding_tells_none() -> None:
    p, made = sail(every(1, 20), 11.0), stage()
    p.sog_kn[12] = 1.1
    made.advance(p, int(p.t[-1]) + 1)
    made.seen = made.count
    track = StageView(made, NEVER).track(0, T0)
    assert track.sog_kn[12] == pytest.approx(11.0, abs=0.1)
    assert StageView(made, NEVER).mean_sog(0, T0, NEVER) == pytest.approx(11.0)
    told = points(track)[12]
    assert told.sog_kn is None and told.trust & UNPROVEN
    assert made.history.positions(made.history.row_ids(0, T0, NEVER)).sog_kn[12] == np.float32(1.1)


def wrong_ones(n: int = 200) -> Positions:
    """A ship with wrong speeds of all kinds, reports of another between them."""
    k = np.arange(n)
    p = sail(np.where(k % 40 < 30, 180, 30).cumsum(), 11.0, t_sigma_s=17.3)
    p.sog_kn[k % 10 == 5] = 1.1
    p.lat[k % 20 == 15] -= 0.0033
    p.sog_kn[k % 27 == 2] = 102.2
    p.mmsi[k % 3 == 1] += 7
    p.lat[k % 3 == 1] = 56.0
    return p


def columns(e: Enriched) -> list[F64]:
    told = (e.p.trust, e.speed_kn, e.refutes, e.prev_sog_kn, e.expected_kn)
    return [column.astype(np.float64) for column in told]


@pytest.mark.parametrize("cut", [1, 7, 50])
def test_doubts_do_not_depend_on_cuts(cut: int) -> None:
    whole = columns(tracked(wrong_ones()))
    made = stage()
    parts = [columns(made.enrich(take(wrong_ones(), slice(k, k + cut)))) for k in range(0, 200, cut)]
    assert whole[2].any() and (whole[0] > 0).any()
    for one, many in zip(whole, zip(*parts, strict=True), strict=True):
        np.testing.assert_array_equal(one, np.concatenate(many))


def doubts_of(made: Bench) -> list[tuple[int, int, int, float]]:
    """MMSI, time, doubts and speed of each report, as known at the end."""
    out = []
    for held in made.engine.stages:
        view = StageView(held, NEVER)
        for slot in range(held.count):
            track = view.track(slot, T0)
            kept = zip(track.t, track.trust & ~np.uint32(Trust.LATE), np.nan_to_num(track.sog_kn), strict=True)
            out += [(int(held.tracks.mmsi[slot]), int(t), int(b), round(float(v), 3)) for t, b, v in kept]
    return sorted(out)


def test_shards_a_snapshot_and_a_late_report_bring_the_same_doubts(tmp_path) -> None:
    p = wrong_ones()
    one = Bench([], [])
    one.run(p)
    expected = doubts_of(one)
    assert any(bits for _, _, bits, _ in expected)
    several = Bench([], [], shards=3)
    several.run(p, chunk=11)
    first, second = Bench([], []), Bench([], [])
    first.engine.step(Batch(positions=take(p, slice(0, 120))))
    save(first.engine, tmp_path / "snapshot")
    load(second.engine, tmp_path / "snapshot")
    second.run(take(p, slice(120, None)))
    order = np.concatenate([np.delete(np.arange(160), [90, 91, 100]), [90, 91, 100], np.arange(160, 200)])
    late = Bench([], [])
    late.run(take(p, order), chunk=20)
    assert late.engine.corrected == 3
    assert doubts_of(several) == doubts_of(second) == doubts_of(late) == expected


def test_both_kinds_of_doubt_are_counted_by_one_reason() -> None:
    p, made = rough(), Bench([], [])
    p.sog_kn[17] = 102.2
    tally = Tally(made.engine.catalogue)
    tally.came_in(Batch(positions=p))
    for outcome in (made.engine.step(Batch(positions=p)), made.engine.finish()):
        tally.came_out(outcome)
    assert tally.doubted == {"speed_unproven": 2}


def test_a_change_that_lies_behind_is_not_too_sudden() -> None:
    assert not too_sudden(14.0, 0.0, 0.1, 10.0, 20.0, 0.03, 0.2)
    assert too_sudden(14.0, 0.0, 13.9, 60.0, 20.0, 0.03, 0.2)
    assert not too_sudden(14.0, 0.0, 13.9, 60.0, 20.0, 2.0, 0.2)


def test_a_real_fishing_vessel_at_her_berth_does_not_make_a_hundred_knots(samples) -> None:
    source = open_source(samples / "nmea" / SPIKE, catalogue=Catalogue())
    order, made = Order(DEFAULTS.time), stage()
    parts = [order.push(batch).positions for batch in source.batches()]
    e = made.enrich(concat([*parts, order.flush()[0].positions]))
    wild = (e.p.sog_kn > 100.0) & (e.slot >= 0)
    assert wild.sum() == 1 and ((e.p.trust & UNPROVEN > 0) == wild).all()
    assert e.speed_kn[e.slot >= 0].max() < 1.0
